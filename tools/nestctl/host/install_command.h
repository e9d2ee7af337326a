/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* install_command.h - what the command of modprobe.d's `install` does about its module. Pure. */
#ifndef NESTXML_INSTALL_COMMAND_H
#define NESTXML_INSTALL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

/**
 * Whether @command, which modprobe hands to sh(1) instead of loading @module (its name with underscores), may load it: whether a command in
 * it that the shell may reach is modprobe or insmod. The word modprobe in a comment, in the words of echo or logger, as part of a path or
 * after `false &&` does not count. What this does not read, such as `$(...)` or a case, may load it if the command names modprobe or insmod
 * at all.
 *
 * @options	becomes what the command adds to the module's options ("nested=0"), "" nothing; what does not fit is cut
 */
bool install_command_may_load(const char *command, const char *module, char *options, size_t size);

/** Whether @command, which may load @module, does so with insmod: that reads neither modprobe.d's options nor the kernel's command line. */
bool install_command_reads_no_options(const char *command, const char *module);

#endif
