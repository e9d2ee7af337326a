/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.h - libkmod's calls, all of them; a test puts another file in the place of module.c. */
#ifndef NESTXML_MODULE_H
#define NESTXML_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

struct kernel_module;

/** Where a module that is not in /sys/module is. */
enum kernel_module_place {
	KERNEL_MODULE_FILE,	   /* a file that can be loaded */
	KERNEL_MODULE_BLACKLISTED, /* a file, and modprobe.d forbids to load it by name */
	KERNEL_MODULE_BUILTIN,	   /* in the kernel itself */
	KERNEL_MODULE_ABSENT,	   /* this kernel has none */
};

/**
 * The module @name of the running kernel, as modprobe's configuration has it now.
 *
 * @root	the folder that stands for /
 * @overlay	a folder of modprobe.d files that go before all others; NULL: none
 *
 * Returns 0 or a negative errno.
 */
int kernel_module_open(const char *root, const char *name, const char *overlay, struct kernel_module **module);
void kernel_module_close(struct kernel_module *module);

enum kernel_module_place kernel_module_get_place(const struct kernel_module *module);

/** What modprobe would load it with ("nested=1 npt=1"), of files and kernel command line together; a later word wins. Borrowed. */
const char *kernel_module_get_options(const struct kernel_module *module);

/** The type of a parameter as modinfo shows it ("bool", "int"); "" where it is not known or there is no such parameter. */
void kernel_module_get_type(const struct kernel_module *module, const char *parameter, char *type, size_t size);

/**
 * Loads it with what it needs.
 *
 * @options	added to the configured ones; NULL: none
 * @force	whatever modprobe.d's `install` and `blacklist` say: to bring back what was there before
 *
 * Returns 0 or a negative errno.
 */
int kernel_module_load(struct kernel_module *module, const char *options, bool force);

/** Unloads it alone. Returns 0 or a negative errno; -EAGAIN or -EBUSY: it is in use. */
int kernel_module_unload(struct kernel_module *module);

#endif
