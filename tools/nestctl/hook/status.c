/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status.c - asks in the order in which libvirt does: is the hook there, may it be executed, has the daemon seen it. */
#include "hook/status.h"

#include <stdio.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#define HELPER NESTXML_BINDIR "/nestctl"

/* The daemon executes the hook; the hook, confined by the daemon's profile, executes its helper. */
static void ask_apparmor(const char *root, struct hook_state *state, const char *path)
{
	state->apparmor_rule = HELPER " PUx,";
	state->apparmor = confinement_ask_apparmor(root, HELPER, state->apparmor_detail, sizeof(state->apparmor_detail));
	if (state->apparmor != CONFINEMENT_ALLOWS && state->apparmor != CONFINEMENT_NONE)
		return; /* the hook alone is not enough */
	state->apparmor_rule = HOOK_DIRECTORY "/** rmix,";
	state->apparmor = confinement_ask_apparmor(root, path, state->apparmor_detail, sizeof(state->apparmor_detail));
}

void hook_state_read(const char *root, const struct hook *hook, struct hook_state *state)
{
	enum hook_place asked;

	*state = (struct hook_state){.hook = hook, .place = hook_find(hook)};
	asked = state->place < HOOK_PLACES ? state->place : HOOK_PLACE_ALONE;
	daemons_find(root, &state->daemons);
	for (size_t i = 0; i < state->daemons.count; i++)
		state->looked[i] =
			state->place < HOOK_PLACES && daemons_has_looked(root, &state->daemons.list[i], &hook->at[asked].status.st_ctim);
	ask_apparmor(root, state, hook_place_path(asked));
	state->selinux = confinement_ask_selinux(root, state->selinux_detail, sizeof(state->selinux_detail));
}

/* ---- the verdict ---- */

/* A running daemon that may not have looked for hooks since then; NULL: there is none. */
static const struct daemon *find_unaware(const struct hook_state *state)
{
	for (size_t i = 0; i < state->daemons.count; i++)
		if (!state->looked[i])
			return &state->daemons.list[i];
	return NULL;
}

static const char *describe_content(const struct hook_state *state)
{
	if (state->place == HOOK_PLACES)
		return "it is not installed";
	if (!state->hook->at[state->place].executable)
		return "it is not executable";
	if (!state->hook->program)
		return "its version is unknown: " NESTXML_HOOK_PROGRAM " cannot be read";
	return state->hook->at[state->place].content == HOOK_CONTENT_CURRENT ? "this version's hook is installed"
									     : "another version's hook is installed";
}

static bool is_installed(const struct hook_state *state)
{
	return state->place < HOOK_PLACES && state->hook->at[state->place].executable &&
	       state->hook->at[state->place].content == HOOK_CONTENT_CURRENT;
}

/* AppArmor or SELinux keeps libvirt from it. Returns false where neither does. */
static bool describe_confinement(const struct hook_state *state, char *verdict, char *advice, size_t size)
{
	if (state->apparmor == CONFINEMENT_FORBIDS || state->apparmor == CONFINEMENT_DENIES)
		snprintf(verdict, size, "no: AppArmor: %s", state->apparmor_detail);
	else if (state->selinux == CONFINEMENT_FORBIDS)
		snprintf(verdict, size, "no: SELinux: %s", state->selinux_detail);
	else
		return false;
	if (state->apparmor == CONFINEMENT_FORBIDS)
		snprintf(advice, size, "add \"%s\" to the profile's file in /etc/apparmor.d/local, and reload the profile",
			 state->apparmor_rule);
	else if (state->apparmor == CONFINEMENT_DENIES)
		snprintf(advice, size, "remove that rule, which wins over any that allows this, and reload the profile");
	else
		snprintf(advice, size, "setsebool -P virt_hooks_unconfined on");
	return true;
}

static enum nestctl_status describe_installed(const struct hook_state *state, char *verdict, char *advice, size_t size)
{
	const struct daemon *unaware = find_unaware(state);
	bool apparmor = state->apparmor == CONFINEMENT_UNKNOWN;

	if (unaware) {
		snprintf(verdict, size, "unknown: %s (PID %d) started before the hook was installed", unaware->name, (int)unaware->pid);
		snprintf(advice, size, "nestctl hook install");
		return NESTCTL_UNKNOWN;
	}
	if (apparmor || state->selinux == CONFINEMENT_UNKNOWN) {
		snprintf(verdict, size, "unknown: %s: %s", apparmor ? "AppArmor" : "SELinux",
			 apparmor ? state->apparmor_detail : state->selinux_detail);
		snprintf(advice, size, geteuid() != 0 ? "sudo nestctl hook status" : "start a guest and look: journalctl -t nestxml-hook");
		return NESTCTL_UNKNOWN;
	}
	snprintf(verdict, size, "yes: %s", describe_content(state));
	snprintf(advice, size, "state a policy: man nestxml.conf");
	return NESTCTL_YES;
}

/*
 * Something else may run it: a link or a copy does, and of a script only the script knows. If libvirt runs it twice, the second run no
 * longer knows whether a guest is arriving, because the first has consumed the mark that says so (hooks/run_dir.c).
 */
static enum nestctl_status describe_caller(const struct hook_state *state, char *verdict, char *advice, size_t size)
{
	bool is_chain_run = hook_is_chain_run(state->hook);
	char caller[256];

	nestxml_text_escape(state->hook->caller, caller, sizeof(caller));
	if (state->place < HOOK_PLACES) {
		snprintf(verdict, size, "unknown: %s seems to run nestxml's hook as well; if it does, each start is judged twice", caller);
		snprintf(advice, size, "remove the call from %s, or remove the file", caller);
		return NESTCTL_UNKNOWN;
	}
	snprintf(verdict, size, "unknown: it is not installed, but %s seems to run it", caller);
	if (is_chain_run)
		snprintf(advice, size, "remove the call from %s, or remove the file; then: nestctl hook install", caller);
	else
		snprintf(advice, size, "start a guest and look: journalctl -t nestxml-hook");
	return NESTCTL_UNKNOWN;
}

enum nestctl_status hook_state_describe(const struct hook_state *state, char *verdict, char *advice, size_t size)
{
	if (state->place == HOOK_PLACES && state->hook->caller)
		return describe_caller(state, verdict, advice, size);
	if (!is_installed(state)) {
		snprintf(verdict, size, "no: %s", describe_content(state));
		snprintf(advice, size, state->hook->program ? "nestctl hook install" : "reinstall nestxml");
		return NESTCTL_NO;
	}
	if (state->place == HOOK_PLACE_CHAIN && !hook_is_chain_run(state->hook)) {
		snprintf(verdict, size, "no: this libvirt is older than 6.5 and runs nothing in qemu.d");
		snprintf(advice, size, "update libvirt, or make %s end with: exec " NESTXML_HOOK_PROGRAM " \"$@\"",
			 hook_place_path(HOOK_PLACE_ALONE));
		return NESTCTL_NO;
	}
	if (hook_is_double(state->hook)) {
		snprintf(verdict, size, "no: it is in both places, so each start is judged twice");
		snprintf(advice, size, "nestctl hook install");
		return NESTCTL_NO;
	}
	if (describe_confinement(state, verdict, advice, size))
		return NESTCTL_NO;
	if (state->hook->caller)
		return describe_caller(state, verdict, advice, size);
	return describe_installed(state, verdict, advice, size);
}
