/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.h - what a command on stored guests works with. */
#ifndef NESTXML_SESSION_H
#define NESTXML_SESSION_H

#include "plan.h"
#include "virt.h"

struct session {
	struct rules rules; /* this host's */
	struct virt *virt;  /* of this host too: what keeps the guests */
};

/**
 * Opens a session at @uri (NULL: libvirt's own choice). @undone: what is told first where that fails, as in "nothing was set".
 * Returns NESTCTL_YES, to be released with session_close(); else another status, having said why.
 */
int session_open(const char *uri, bool writable, const char *undone, struct session *session);
void session_close(struct session *session);

#endif
