/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.c - what a command on guests works with. */
#include "guests/session.h"

#include <stdio.h>

#include <nestxml/nestxml.h>

#include "nestctl.h"

/* The host_policy; without the config where that cannot be read and the command goes on without it. */
static enum nestctl_status read_host_policy(const char *undone, struct nestxml_error *policy, struct host_policy *host_policy)
{
	struct nestxml_error error = {0};
	int code = host_policy_read(NESTCTL_ROOT, host_policy, &error);

	if (code != 0 && policy) {
		*policy = error;
		*host_policy = (struct host_policy){0};
		code = nestxml_host_new(NESTCTL_ROOT, &host_policy->host, &error);
	}
	return code == 0 ? NESTCTL_YES : nestctl_fail(NESTCTL_FAILED, "%s: %s", undone, error.message);
}

enum nestctl_status session_refuse_elsewhere(const char *undone)
{
	return nestctl_fail(NESTCTL_UNKNOWN, "%s: the policy and the module are this host's: run this on the guests' own host", undone);
}

static enum nestctl_status connect_to_libvirt(const char *uri, bool writable, const char *undone, struct virt **virt)
{
	struct virt_error error;
	bool local;

	if (virt_open(uri, writable, virt, &error) < 0 || virt_ask_local_qemu(*virt, &local, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "%s: libvirt: %s", undone, error.message);
	return local ? NESTCTL_YES : session_refuse_elsewhere(undone);
}

enum nestctl_status session_open(const char *uri, bool writable, const char *undone, struct nestxml_error *policy, struct session *session)
{
	enum nestctl_status status;

	*session = (struct session){0};
	status = read_host_policy(undone, policy, &session->host_policy);
	if (status == NESTCTL_YES)
		status = connect_to_libvirt(uri, writable, undone, &session->virt);
	if (status != NESTCTL_YES)
		session_close(session);
	return status;
}

void session_close(struct session *session)
{
	virt_close(session->virt);
	host_policy_clear(&session->host_policy);
	session->virt = NULL;
}

enum nestctl_status session_find(const struct session *session, const char *word, struct virt_domain **guest)
{
	struct virt_error error;
	char shown[320];

	if (virt_find(session->virt, word, guest, &error) == 0)
		return NESTCTL_YES;
	nestxml_text_escape(word, shown, sizeof(shown));
	if (error.no_domain)
		return nestctl_fail(NESTCTL_NO, "guest '%s': libvirt knows none of this name or UUID; see: virsh list --all", shown);
	return nestctl_fail(NESTCTL_FAILED, "guest '%s': libvirt: %s", shown, error.message);
}

void session_tell_whose(const struct session *session, const char *words)
{
	if (virt_is_session(session->virt))
		fprintf(stderr,
			"nestctl: these are the user's own guests (qemu:///session), which no hook and no watcher sees to; the host's: "
			"sudo nestctl %s, or -c qemu:///system\n",
			words);
}
