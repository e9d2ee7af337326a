/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.h - the detached process that does what a hook must not: talk to libvirt. */
#ifndef NESTXML_HELPER_H
#define NESTXML_HELPER_H

/** Which helper works on a guest. */
enum helper {
	HELPER_STARTED,	  /* one that this call has started */
	HELPER_UNDER_WAY, /* one that an earlier call has started */
	HELPER_FAILED,	  /* none: it could not be started, and the log says why */
};

/** Bytes for what a helper answers, the final NUL included. */
#define HELPER_ANSWER 512

/**
 * Starts `nestctl hook-helper` for the guest with @uuid. Once this process has ended, the helper rewrites the guest's stored definition. A
 * guest has at most one helper at a time, so the start that a helper makes does not start another one.
 *
 * @answer	NULL: the helper only rewrites. Otherwise it also starts the guest, unless another program is then at work on it, and
 *		says at once what it will do: @answer becomes that clause, or "" if it did not come in time, in which case the helper does
 *		not start the guest.
 */
enum helper helper_start(const char *uuid, char answer[HELPER_ANSWER]);

#endif
