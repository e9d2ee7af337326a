/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.h - libkmod's calls, all of them; a test puts another file in the place of module.c. */
#ifndef NESTXML_MODULE_H
#define NESTXML_MODULE_H

#include <stdbool.h>
#include <stddef.h>

struct module;

/** Where a module that is not in /sys/module is. */
enum module_place {
	MODULE_FILE,	    /* a file that can be loaded */
	MODULE_BLACKLISTED, /* a file, and modprobe.d forbids to load it by name */
	MODULE_BUILTIN,	    /* in the kernel itself */
	MODULE_ABSENT,	    /* this kernel has none */
};

/**
 * The module @name of the running kernel, as modprobe's configuration has it now.
 *
 * @root	the folder that stands for /
 * @overlay	a folder of modprobe.d files that go before all others; NULL: none
 *
 * Returns 0 or a negative errno.
 */
int module_open(const char *root, const char *name, const char *overlay, struct module **module);
void module_close(struct module *module);

enum module_place module_get_place(const struct module *module);

/** What modprobe would load it with ("nested=1 npt=1"), of files and kernel command line together; a later word wins. Borrowed. */
const char *module_get_options(const struct module *module);

/** The type of a parameter as modinfo shows it ("bool", "int"); "" where it is not known or there is no such parameter. */
void module_get_type(const struct module *module, const char *parameter, char *type, size_t size);

/**
 * Loads it with what it needs.
 *
 * @options	added to the configured ones; NULL: none
 * @force	whatever modprobe.d's `install` and `blacklist` say: to bring back what was there before
 *
 * Returns 0 or a negative errno.
 */
int module_load(struct module *module, const char *options, bool force);

/** Unloads it alone. Returns 0 or a negative errno; -EAGAIN or -EBUSY: it is in use. */
int module_unload(struct module *module);

#endif
