/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * runs.h - which guests run, which of them are still to be looked at, and what was said of each. Never longer than
 * libvirt's own list of them. Pure.
 */
#ifndef NESTXML_RUNS_H
#define NESTXML_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <nestxml/nestxml.h>

#include "guests/qemu_verdict.h"
#include "libvirt/virt.h"

#define RUNS_PAUSE 1000 /* milliseconds after a guest has come up in which more may come up: they are looked at together */

/** What was said of a guest; all zero: nothing. */
struct run_said {
	bool is_said; /* all else can be zero: if neither the guest's QEMU nor its policy is known */
	pid_t pid;    /* of its QEMU; 0: not known */
	enum nestxml_nested nested;
	enum qemu_answer met; /* NONE: it is unknown */
};

struct run {
	struct virt_run run;
	bool is_due;	 /* it is to be looked at */
	bool is_started; /* it has since come up: due when they are listed next */
	struct run_said said;
};

/** Starts zeroed. */
struct runs {
	struct run *list; /* in the order of their UUIDs */
	size_t count;
	size_t next; /* none before this one is due */
};

/**
 * Takes the list of the guests that run now: each that did not run when this was called last is due. Returns 0, or -ENOMEM: then nothing
 * has changed.
 */
int runs_update(struct runs *runs, const struct virt_run *now, size_t count);
/**
 * Notes that this guest has come up. If it was listed before that, its QEMU may not have been there yet: it is due when they are listed
 * next.
 */
void runs_note_start(struct runs *runs, const char *uuid);
/** Each of them is due, as when the policy has changed. */
void runs_make_due(struct runs *runs);
/** Takes the next one that is due; NULL: there is none. Borrowed, until the next runs_update(). */
struct run *runs_take(struct runs *runs);
/** Whether one is due. */
bool runs_has_due(struct runs *runs);
/** Whether @said has not been said of @run yet; from now on it counts as said. */
bool run_is_news(struct run *run, const struct run_said *said);
/** Releases it and leaves it all zero. */
void runs_clear(struct runs *runs);

#endif
