/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * yielding.h - how the watcher and the hook's helper, which no user has pointed at a guest, change its stored definition: giving way to any
 * other program that may be at work on it.
 */
#ifndef NESTXML_YIELDING_H
#define NESTXML_YIELDING_H

#include <stdbool.h>
#include <stddef.h>

#include "guests/definition.h"
#include "guests/pending.h"

/** What a rewrite needs in order to give way. */
struct yielding {
	struct pending *pending;
	const struct host_policy *host_policy;
	bool (*hear)(void *context); /* puts into @pending what has happened by now; false: libvirt has gone, or the process is to end */
	bool (*is_alone)(void *context); /* asks whether nobody else is connected for writing */
	void *context;
};

/**
 * Rewrites on @virt as definition_rewrite_on(), except a manager's guest. It makes sure right before each write that the reason still holds
 * for which the guest was taken from @pending; if not, the result is REWRITE_YIELDED, and the caller must call pending_postpone().
 *
 * @is_alone	the reason: nobody else is connected for writing; else that the guest has been quiet for PENDING_QUIET
 */
void yielding_rewrite(const struct yielding *yielding, struct virt *virt, const struct virt_domain *guest, bool is_alone,
		      struct rewritten *rewritten);

/** Undefines a guest that is back, as definition_undo(); it is kept if it is no longer back. What has happened to it is forgotten. */
enum undone yielding_undo(const struct yielding *yielding, struct virt_domain *guest, char *message, size_t size);

#endif
