/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.h - what a command on guests works with. */
#ifndef NESTXML_SESSION_H
#define NESTXML_SESSION_H

#include <nestxml/nestxml.h>

#include "guests/plan.h"
#include "libvirt/virt.h"
#include "nestctl.h"

struct session {
	struct host_policy host_policy; /* this host's */
	struct virt *virt;		/* the libvirt that has the guests, which are on this host too */
};

/**
 * Opens a session at @uri (NULL: libvirt's own choice).
 *
 * @undone	how the error message begins if that fails, as in "nothing was set"
 * @policy	NULL: a policy that cannot be read is a failure. Else the reason goes into it, and the host_policy has no config; code 0:
 * it could be read
 *
 * Returns NESTCTL_YES, to be released with session_close(); else another status, having said why.
 */
enum nestctl_status session_open(const char *uri, bool writable, const char *undone, struct nestxml_error *policy, struct session *session);
/** Releases @session, which may be all zero. */
void session_close(struct session *session);
#define AUTO_SESSION CLEANUP(session_close)

/** Finds the guest of this name or UUID. Returns NESTCTL_YES; or, having said why not, NESTCTL_NO (there is none) or NESTCTL_FAILED. */
enum nestctl_status session_find(const struct session *session, const char *word, struct virt_domain **guest);

/** Where these are a user's own guests, says so on stderr, with the command that shows the host's: `nestctl @words`. */
void session_tell_whose(const struct session *session, const char *words);

/** If @error says that nothing listens on the daemon's socket, the systemd unit of that daemon ("libvirtd"), static; otherwise NULL. */
const char *session_find_unit(const struct virt_error *error);

/** Says that the guests of a libvirt are not this host's. Returns NESTCTL_UNKNOWN. */
enum nestctl_status session_refuse_elsewhere(const char *undone);

#endif
