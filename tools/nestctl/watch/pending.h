/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pending.h - the guests whose definitions have changed and are to be seen to, less the pending that are the watcher's own. Bounded; pure.
 */
#ifndef NESTXML_CHANGES_H
#define NESTXML_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nestxml/nestxml.h>

#define PENDING_UUID 37	       /* bytes, the final NUL included */
#define PENDING_LIMIT 1024     /* guests; where there are more, all are seen to */
#define PENDING_OWN_TIME 10000 /* milliseconds in which the event of an own change comes, or does not */

/** Starts zeroed. */
struct pending {
	char waiting[PENDING_LIMIT][PENDING_UUID]; /* a ring: each guest once, in the order of their events */
	size_t first;
	size_t count;
	struct own {
		char uuid[PENDING_UUID];
		int64_t until; /* milliseconds by the caller's clock */
	} own[PENDING_LIMIT];  /* a ring too; one for each event that is to come */
	size_t own_first;
	size_t own_count;
};

/** The next @events events of this guest are the watcher's own. */
void pending_expect(struct pending *pending, const char *uuid, size_t events, int64_t now);
/** An event. Returns false if there is no more room: then all guests are to be seen to. */
bool pending_add(struct pending *pending, const char *uuid, int64_t now);
/** Takes the guest that has waited longest. Returns false if there is none. */
bool pending_take(struct pending *pending, char uuid[PENDING_UUID]);
/** Forgets who waits, since all are being seen to; what is expected stays so. */
void pending_clear(struct pending *pending);
/** Forgets what is expected as well: where the connection has ended, those events do not come, and the next ones are others'. */
void pending_forget(struct pending *pending);

#endif
