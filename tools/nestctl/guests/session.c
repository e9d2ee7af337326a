/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session.c - what a command on guests works with. */
#include "guests/session.h"

#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "nestctl.h"

/* Reads policy files and host. If the policy files cannot be read and @policy is not NULL, the command goes on without them. */
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
	return nestctl_fail(NESTCTL_UNKNOWN,
			    "%s: the guests are on another host, so this host's policy and module do not apply to them; run this there",
			    undone);
}

/* libvirt's error names the socket. */
const char *session_find_unit(const struct virt_error *error)
{
	if (!error->no_daemon)
		return NULL;
	if (strstr(error->message, "/run/libvirt/libvirt-sock"))
		return "libvirtd";
	return strstr(error->message, "/run/libvirt/virtqemud-sock") ? "virtqemud" : NULL;
}

static enum nestctl_status refuse_connection(const char *undone, const struct virt_error *error)
{
	const char *unit = session_find_unit(error);

	if (unit)
		return nestctl_fail(NESTCTL_FAILED, "%s: libvirt's daemon is not running; run: systemctl start %s.socket", undone, unit);
	return nestctl_fail(NESTCTL_FAILED, "%s: libvirt: %s", undone, error->message);
}

static enum nestctl_status connect_to_libvirt(const char *uri, bool writable, const char *undone, struct virt **virt)
{
	struct virt_error error;
	bool local;

	if (virt_open(uri, writable, virt, &error) < 0 || virt_ask_local_qemu(*virt, &local, &error) < 0)
		return refuse_connection(undone, &error);
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
		return nestctl_fail(NESTCTL_NO, "guest '%s': libvirt knows no guest of this name or UUID; see: virsh list --all", shown);
	return nestctl_fail(NESTCTL_FAILED, "guest '%s': libvirt: %s", shown, error.message);
}

void session_tell_whose(const struct session *session, const char *words)
{
	if (virt_is_session(session->virt))
		fprintf(stderr,
			"nestctl: these are the user's own guests (qemu:///session), which neither the hook nor the watcher handles; for the host's, run: "
			"sudo nestctl %s, or add -c qemu:///system\n",
			words);
}
