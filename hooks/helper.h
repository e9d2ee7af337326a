/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.h - the detached process that does what a hook must not: talk to libvirt. */
#ifndef NESTXML_HELPER_H
#define NESTXML_HELPER_H

/** Whether a helper works on a guest. */
enum helper {
	HELPER_STARTED,	  /* by a helper of this call */
	HELPER_UNDER_WAY, /* by one of an earlier call */
	HELPER_FAILED,	  /* by none: it could not be started; the log says why */
};

/** Bytes for what a helper answers, the final NUL included. */
#define HELPER_ANSWER 512

/**
 * Starts `nestctl hook-helper` for the guest with @uuid. When this process has ended it rewrites the guest's stored definition. There is at
 * most one at a time for a guest; so what it starts itself does not start another.
 *
 * @answer	not NULL: the helper is to start the guest too, if then nobody else is at work on it. It answers at once what will become of
 *		the guest; @answer is then that sentence (such as "it is started again"), or "" if none came in time, in which case the
 *		helper starts nothing.
 */
enum helper helper_start(const char *uuid, char answer[HELPER_ANSWER]);

#endif
