/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.h - the detached process that does what a hook must not: talk to libvirt. */
#ifndef NESTXML_HELPER_H
#define NESTXML_HELPER_H

#include <stdbool.h>

/** Whether a helper works on a guest. */
enum helper {
	HELPER_STARTED,	  /* by a helper of this call */
	HELPER_UNDER_WAY, /* by one of an earlier call */
	HELPER_FAILED,	  /* by none: it could not be started; errno says why */
};

/** Bytes for what a helper answers, the final NUL included. */
#define HELPER_ANSWER 512

/**
 * Starts `nestctl hook-helper` for the guest with @uuid. It answers at once what will become of the guest. When this process has ended it
 * rewrites the guest's stored definition, and with @start starts the guest, if then nobody else is at work on it. There is at most one at a
 * time for a guest; so what it starts itself does not start another.
 *
 * @answer	a sentence about the guest, as in "it is started again"; "" if none came in time: then the helper starts nothing.
 *		NULL: it is not waited for, and nothing may be started
 */
enum helper helper_start(const char *uuid, bool start, char answer[HELPER_ANSWER]);

#endif
