/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* next_load.h - what nesting will be the next time the module is loaded, by the present configuration. */
#ifndef NESTXML_HOST_NEXT_LOAD_H
#define NESTXML_HOST_NEXT_LOAD_H

#include "host/load_options.h"
#include "host/state.h"

/** A value among the module's options that the kernel would refuse, and the module with it. */
struct bad_value {
	struct load_options options; /* the ones that it is among */
	struct parameter_word word;
	char type[16];
};

/** What nesting will be the next time the module is loaded, as far as the present configuration says. */
struct next_load {
	enum nestxml_state nested;
	char source[448]; /* "/etc/modprobe.d/a.conf:1"; "" nothing says so */
};

/** Finds out from @state what nesting will be. */
void next_load_find(const struct host_state *state, struct next_load *next);
/** The same, as if nothing kept the module from being loaded: by its options alone. */
void next_load_find_configured(const struct host_state *state, struct next_load *next);
/** Finds the first value among the options that the kernel would refuse; what @file says (NULL: none) does not count. */
bool next_load_find_bad_value(const struct host_state *state, const char *file, struct bad_value *bad);
/** Finds what the command of modprobe.d's `install`, where that loads the module, sets its parameter @name to. False: nothing. */
bool next_load_find_install_option(const struct host_state *state, const char *name, struct parameter_word *word);
/** What the module makes of @word, its option nested: on, off or, if it refuses the value, unknown. */
enum nestxml_state next_load_parse_nested(const struct host_state *state, const struct parameter_word *word);

#endif
