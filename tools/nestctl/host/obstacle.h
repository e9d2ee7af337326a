/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* obstacle.h - what keeps this host's module from being loaded as asked, and what to do about it. Pure. */
#ifndef NESTXML_OBSTACLE_H
#define NESTXML_OBSTACLE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "host/state.h"

/** Both ready for a terminal. */
struct obstacle {
	char cause[1024];
	char remedy[1536];
	bool is_final;	      /* nothing on this machine can be changed to remove it */
	bool is_later;	      /* the module can be loaded again now, but not after the next boot */
	bool is_until_reboot; /* a reboot removes it; the remedy says what to do before that */
	bool is_configured;   /* it is in a file or on the kernel's command line: once removed, `nestctl host enable` does the rest */
};

/**
 * Finds the first thing that keeps the module from being loaded, or loaded again, with nesting on (@enable) or off. Its being in
 * use is no obstacle; nor, if nesting is to be turned off, is a machine that cannot nest. False: there is nothing.
 */
bool obstacle_find(const struct host_state *state, bool enable, struct obstacle *obstacle);

/** The same for what files and the kernel's command line say, whatever the machine and the kernel can do now. */
bool obstacle_find_configured(const struct host_state *state, struct obstacle *obstacle);

/** The same for a value among the module's options that the kernel refuses. */
bool obstacle_find_bad_value(const struct host_state *state, struct obstacle *obstacle);

/**
 * Finds what would win over nestxml.conf with a value other than @wanted, and writes into @text what to remove ("remove "nested=0" from
 * FILE, line 1, and ..."). Returns how many options that is; 0: none, and @text is undefined.
 */
size_t obstacle_find_winners(const struct host_state *state, enum nestxml_state wanted, char *text, size_t size);

/** What to do where nesting is on now and off after the next load. Nothing has to be loaded now, so only the configuration matters. Returns
 * @text. */
const char *obstacle_advise_keeping(const struct host_state *state, char *text, size_t size);

/** The command that turns nesting on now, preceded by what to remove and which programs to stop. Returns @text. */
const char *obstacle_advise_enabling(const struct host_state *state, char *text, size_t size);

/** Who uses the module and must end first ("kvm_amd is in use by 'web' (PID 4711); stop it first"). Returns @text. */
const char *obstacle_describe_use(const struct host_state *state, char *text, size_t size);

/** Why the kernel did not load the module: the words for the negative errno @code, ready for a terminal. Returns @text. */
const char *obstacle_describe_load_error(const struct host_state *state, int code, char *text, size_t size);

#endif
