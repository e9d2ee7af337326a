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

#include "libvirt/virt.h"

#define PENDING_UUID 37	       /* bytes, the final NUL included */
#define PENDING_LIMIT 1024     /* guests; where there are more, all are looked at */
#define PENDING_QUIET 300      /* milliseconds after a guest's last event */
#define PENDING_SOON 50	       /* milliseconds after it: most who only define a guest have disconnected by then */
#define PENDING_OWN_TIME 10000 /* milliseconds after an own change; its event is not expected any more after that */

/** Starts zeroed. */
struct pending {
	struct pending_guest {
		char uuid[PENDING_UUID];
		bool is_wanted;	 /* it is to be looked at; else only left alone */
		bool is_gone;	 /* it was undefined, and not defined since */
		bool is_back;	 /* pending_is_back() */
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

/** The next @events definitions of this guest are this process's own. */
void pending_expect(struct pending *pending, const char *uuid, size_t events, int64_t now);
/**
 * An event. A guest that was defined is to be looked at, and so is one whose metadata were changed, which hold a policy.
 *
 * Returns false if there is no more room: then all guests are to be looked at, PENDING_QUIET later at the earliest.
 */
bool pending_add(struct pending *pending, const char *uuid, enum virt_event event, int64_t now);
/** Without an event: this process gave way to another program, so the guest is to be looked at again. Returns as pending_add(). */
bool pending_postpone(struct pending *pending, const char *uuid, int64_t now);
/**
 * Takes the first guest that may be looked at.
 *
 * @is_alone	nobody else is connected to libvirt for writing: then each guest may be looked at
 *
 * Returns false if there is none.
 */
bool pending_take(struct pending *pending, bool is_alone, int64_t now, char uuid[PENDING_UUID]);
/** The same for one guest, which is to be looked at anyway. Returns false if it may not be looked at yet: then it waits for its turn. */
bool pending_want(struct pending *pending, const char *uuid, bool is_alone, int64_t now);
/**
 * Whether an own definition has brought this guest back: another program had undefined it just before, and has done nothing to it since
 * except stop it, which does not show that it knows of the new definition. If the other program had defined the guest again in between,
 * there would have been one more definition than is expected.
 */
bool pending_is_back(const struct pending *pending, const char *uuid);
/** Finds the first guest that is back and has been quiet for PENDING_QUIET. Returns false if there is none. */
bool pending_find_back(const struct pending *pending, int64_t now, char uuid[PENDING_UUID]);
/** Forgets what has happened to this guest. */
void pending_remove(struct pending *pending, const char *uuid);
/**
 * How long it takes until a guest may be looked at, if nothing happens in the meantime: milliseconds; -1: there is none.
 *
 * @may_leave	others are connected for writing. When they leave there is no event, so libvirt is asked again, often at first, since a
 *		shell's `virsh define` disconnects within 2 ms, and its `virsh start` follows within 20 ms
 */
int pending_get_wait(const struct pending *pending, bool may_leave, int64_t now);
/**
 * Forgets everything, as when the connection has ended: the events that were expected do not come, and the next ones are other programs'.
 */
void pending_forget(struct pending *pending);

#endif
