/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boot_line.h - what the kernel's command line says of the module. */
#ifndef NESTXML_HOST_BOOT_LINE_H
#define NESTXML_HOST_BOOT_LINE_H

#include "host/state.h"

/**
 * Reads the command line below @root into @state, whose module is known: the words about the module, and what blacklists it. Returns 0 or
 * -ENOMEM.
 */
int boot_line_read(const char *root, struct host_state *state);
/** Whether the kernel itself refuses @module, by its parameter module_blacklist. */
bool boot_line_is_blacklisting(const struct host_state *state, const char *module);
/**
 * Takes the next word about the module from *@cmdline, the rest of the command line in @state, and copies its option ("nested=1") to @word.
 */
bool boot_line_next(const struct host_state *state, const char **cmdline, char *word, size_t size);
/** Finds what the command line sets the module's parameter @name to; the last word counts. False: nothing. */
bool boot_line_find_option(const struct host_state *state, const char *name, struct parameter_word *word);
/** Writes into @text how a module that is built in gets @nested ("1", "0"): by a change of the command line, and a reboot. */
void boot_line_describe_change(const struct host_state *state, const char *nested, char *text, size_t size);

#endif
