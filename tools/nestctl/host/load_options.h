/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* load_options.h - the options that the module gets the next time it is loaded, and where each of them is written. */
#ifndef NESTXML_HOST_LOAD_OPTIONS_H
#define NESTXML_HOST_LOAD_OPTIONS_H

#include "host/state.h"

/** Options that are written in one place. All zero before the first call of load_options_next(). */
struct load_options {
	const char *text;		  /* "nested=1 npt=0" */
	const struct modprobe_line *line; /* NULL: no line of modprobe.d that was read */
	const char *place;		  /* then: "the kernel's command line", or the command of `install` */
	bool is_of_boot;		  /* they are on the kernel's command line */

	/* Where the next ones are. */
	size_t next_line;
	const char *rest; /* of the kernel's command line */
	bool is_at_end;
	char word[256];
};

/**
 * Goes on to the next place, in the order in which a later one wins: the lines of modprobe.d, the kernel's command line, the command of
 * modprobe.d's `install`. Where that command loads the module with insmod, it alone counts. False: there is none. Pure.
 */
bool load_options_next(const struct host_state *state, struct load_options *options);
/** Writes where they are written into @text: "FILE, line 3", "the kernel's command line". Returns @text. */
const char *load_options_describe(const struct load_options *options, char *text, size_t size);

#endif
