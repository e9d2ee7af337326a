/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kernel_module.h - libkmod's calls, all of them; the tests replace those that load and unload. */
#ifndef NESTXML_KERNEL_MODULE_H
#define NESTXML_KERNEL_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "macros.h"

struct kernel_module;

/** Where a module that is not in /sys/module is. */
enum kernel_module_place {
	KERNEL_MODULE_FILE,	   /* a file that can be loaded */
	KERNEL_MODULE_BLACKLISTED, /* a file, and modprobe.d forbids loading it by name */
	KERNEL_MODULE_BUILTIN,	   /* in the kernel itself */
	KERNEL_MODULE_ABSENT,	   /* this kernel has none */
};

/**
 * The module @name of the running kernel, as modprobe's configuration has it now; to be released with kernel_module_close().
 *
 * @root	the directory that stands for /
 * @overlay	a directory of modprobe.d files that go before all others; NULL: none
 *
 * Returns 0 or a negative errno.
 */
int kernel_module_open(const char *root, const char *name, const char *overlay, struct kernel_module **module);
/** @module may be NULL. */
void kernel_module_close(struct kernel_module *module);
#define AUTO_KERNEL_MODULE CLEANUP(kernel_module_cleanup)
static inline void kernel_module_cleanup(struct kernel_module **module)
{
	kernel_module_close(*module);
}

enum kernel_module_place kernel_module_get_place(const struct kernel_module *module);

/** What modprobe would load it with ("nested=1 npt=1"), of files and kernel command line together; a later word wins. Borrowed. */
const char *kernel_module_get_options(const struct kernel_module *module);

/** The command that modprobe would run instead of loading it; NULL: none. Borrowed. */
const char *kernel_module_get_install(const struct kernel_module *module);

/**
 * Calls @visit for each module that must be loaded before it, with its name and the command that modprobe would run instead of loading that
 * (NULL: none), until that returns false.
 */
void kernel_module_visit_needed(const struct kernel_module *module, bool (*visit)(void *data, const char *name, const char *install),
				void *data);

/** The types of all its parameters, a line each ("nested:int\n"), the caller's to free; NULL: out of memory. */
char *kernel_module_get_types(const struct kernel_module *module);

/** The kernel that its file was built for, the first word of modinfo's vermagic; "" where it does not say. */
void kernel_module_get_release(const struct kernel_module *module, char *release, size_t size);

/**
 * Loads it with what it needs.
 *
 * @options	added to the configured ones; NULL: none
 * @force	ignores modprobe.d's `install` and `blacklist`, to bring back what was there before
 *
 * Returns 0 or a negative errno.
 */
int kernel_module_load(struct kernel_module *module, const char *options, bool force);

/** Unloads it alone. Returns 0 or a negative errno; -EAGAIN or -EBUSY: it is in use. */
int kernel_module_unload(struct kernel_module *module);

#endif
