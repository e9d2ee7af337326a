/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.c - what a command on stored guests works with. */
#include "session.h"

#include "nestctl.h"

int session_open(const char *uri, bool writable, const char *undone, struct session *session)
{
	struct nestxml_error error;
	struct virt_error virt_error;

	if (rules_read(NESTCTL_ROOT, &session->rules, &error) != 0)
		return nestctl_fail(NESTCTL_FAILED, "%s: %s", undone, error.message);
	if (virt_open(uri, writable, &session->virt, &virt_error) < 0) {
		rules_clear(&session->rules);
		return nestctl_fail(NESTCTL_FAILED, "%s: libvirt: %s", undone, virt_error.message);
	}
	if (!virt_is_local_qemu(session->virt)) {
		session_close(session);
		return nestctl_fail(NESTCTL_UNKNOWN, "%s: the policy and the module are this host's: run this on the guests' own host",
				    undone);
	}
	return NESTCTL_YES;
}

void session_close(struct session *session)
{
	virt_close(session->virt);
	rules_clear(&session->rules);
}
