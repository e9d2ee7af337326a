/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.h - the options of nestctl's commands, taken the same way by each. */
#ifndef NESTXML_OPTIONS_H
#define NESTXML_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "nestctl.h"

/** One option: it sets @flag, or @value to the argument that follows it (borrowed). */
struct option_rule {
	const char *name;   /* the long one */
	char letter;	    /* the short one; '\0': none */
	bool *flag;	    /* NULL: it takes a value */
	const char **value; /* NULL: it takes none */
};

/** -c, --connect=URI, of the commands that ask libvirt. */
/* clang-format off */
#define OPTION_CONNECT(uri) {.name = "connect", .letter = 'c', .value = (uri)}
/* clang-format on */

/** No command has more rules. */
#define OPTIONS_MOST 8

/**
 * Parses the options of @command (@count rules, at most OPTIONS_MOST) and -h, --help, which prints @help. The arguments that are no options
 * are then at argv[optind] and after it.
 * Returns NESTCTL_CONTINUE, or the status to exit with.
 */
enum nestctl_status options_take(const char *command, const char *help, const struct option_rule *rules, size_t count, int argc,
				 char **argv);

#endif
