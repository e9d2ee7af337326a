/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pending.h - the guests that something has happened to, and when each may be looked at. Bounded; pure: the clock is the caller's.
 *
 * libvirt has no lock over reading and writing a definition (docs/libvirt-facts.md #20), so a guest that another program may be working
 * on is left alone until it has been quiet for PENDING_QUIET. Where nobody else is connected, nobody works on it.
 */
#ifndef NESTXML_PENDING_H
#define NESTXML_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PENDING_UUID 37	       /* bytes, the final NUL included */
#define PENDING_LIMIT 1024     /* guests; where there are more, all are looked at */
#define PENDING_QUIET 300      /* milliseconds after a guest's last event */
#define PENDING_SOON 50	       /* milliseconds after it in which most who define a guest and go have gone */
#define PENDING_OWN_TIME 10000 /* milliseconds in which the event of an own change comes, or does not */

/** What happened to a guest. */
enum pending_event {
	PENDING_DEFINED,   /* it was defined, maybe by the watcher itself: it is to be looked at */
	PENDING_ADDED,	   /* it was defined, and had no definition before: it is to be looked at */
	PENDING_CHANGED,   /* its metadata was, which hold a policy: it is to be looked at */
	PENDING_YIELDED,   /* nothing: the watcher gave way to another program, and is to look at it again */
	PENDING_UNDEFINED, /* its definition was removed */
	PENDING_STOPPED,   /* it runs no more, which does not show that anyone knows of its definition */
	PENDING_TOUCHED,   /* anything else: another program is at work on it */
};

/** Starts zeroed. */
struct pending {
	struct pending_guest {
		char uuid[PENDING_UUID];
		bool is_wanted;	 /* it is to be looked at; else only left alone */
		bool is_gone;	 /* it was undefined, and not defined since */
		bool is_back;	 /* an own definition has brought it back, and nothing has happened to it since */
		int64_t last;	 /* its last event; milliseconds by the caller's clock */
	} guests[PENDING_LIMIT]; /* each once, in the order of their first events */
	size_t count;
	struct own {
		char uuid[PENDING_UUID];
		int64_t until;
	} own[PENDING_LIMIT]; /* a ring; one for each event that is to come */
	size_t own_first;
	size_t own_count;
};

/** The next @events definitions of this guest are the watcher's own. */
void pending_expect(struct pending *pending, const char *uuid, size_t events, int64_t now);
/** An event. Returns false if there is no more room: then all guests are to be looked at, PENDING_QUIET later at the earliest. */
bool pending_add(struct pending *pending, const char *uuid, enum pending_event event, int64_t now);
/**
 * Takes the first guest that may be looked at.
 *
 * @is_alone	nobody else is connected to libvirt for writing: each of them may
 *
 * Returns false if there is none.
 */
bool pending_take(struct pending *pending, bool is_alone, int64_t now, char uuid[PENDING_UUID]);
/**
 * Takes the first guest that an own definition has brought back: another program had undefined it right before, and has done nothing to it
 * for PENDING_QUIET since. If it had been defined again in between, there would have been one definition more.
 *
 * Returns false if there is none.
 */
bool pending_take_back(struct pending *pending, int64_t now, char uuid[PENDING_UUID]);
/** The same of one guest that is to be looked at anyway. Returns false if it may not be yet: then it waits for its turn. */
bool pending_want(struct pending *pending, const char *uuid, bool is_alone, int64_t now);
/**
 * How long it takes until a guest may be looked at, if nothing happens meanwhile: milliseconds; -1: there is none.
 *
 * @may_leave	others are connected for writing, who leave without an event: they are asked after, often at first, since who defines a
 *		guest in a shell is gone two milliseconds later and back to start it in twenty
 */
int pending_get_wait(const struct pending *pending, bool may_leave, int64_t now);
/** Forgets all: where the connection has ended, what was expected does not come, and the next events are other programs'. */
void pending_forget(struct pending *pending);

#endif
