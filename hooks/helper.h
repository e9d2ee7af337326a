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

/**
 * Starts `nestctl hook-helper` for the guest with @uuid: it waits until this process has ended, rewrites the guest's stored definition, and
 * with
 * @start starts the guest. There is at most one at a time for a guest; so what it starts itself does not start another.
 */
enum helper helper_start(const char *uuid, bool start);

#endif
