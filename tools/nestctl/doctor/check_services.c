/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check_services.c - what `nestctl hook status` knows, whether the watcher runs, and whether the policy files can be read. */
#include <string.h>

#include <nestxml/nestxml.h>

#include "doctor/checks.h"
#include "hook/places.h"
#include "hook/status.h"
#include "macros.h"
#include "watch/watcher.h"

/* Of "yes: this version's hook is installed", the mark of the row says the first word. */
static const char *skip_answer(const char *verdict)
{
	const char *colon = strstr(verdict, ": ");

	return colon ? colon + 2 : verdict;
}

static void check_hook(const char *root, struct findings *findings)
{
	AUTO_HOOK struct hook hook = {0};
	struct hook_state state;
	char verdict[512];
	char advice[sizeof(verdict)];
	enum nestctl_status status;
	struct finding *finding;
	int code = hook_read(root, &hook);

	if (code == 0)
		code = hook_find_caller(root, &hook);
	if (code != 0) {
		finding = findings_add(findings, "hook", FINDING_UNKNOWN, "%s cannot be read: %s", HOOK_DIRECTORY, strerror(-code));
		finding_advise(finding, "nestctl hook status");
		return;
	}
	hook_state_read(root, &hook, &state);
	status = hook_state_describe(&state, verdict, advice, sizeof(verdict));
	finding = findings_add(findings, "hook",
			       status == NESTCTL_YES  ? FINDING_OK
			       : status == NESTCTL_NO ? FINDING_NOT
						      : FINDING_UNKNOWN,
			       "%s", skip_answer(verdict));
	if (status != NESTCTL_YES)
		finding_advise(finding, "%s", advice);
}

static void check_watcher(const char *root, struct findings *findings)
{
	pid_t pid = watcher_find(root);

	if (pid > 0)
		findings_add(findings, "watcher", FINDING_OK, "nestctl watch is running (PID %d)", (int)pid);
	else if (pid == 0)
		finding_advise(findings_add(findings, "watcher", FINDING_NOT,
					    "nestctl watch is not running: guests are judged only when they start or arrive"),
			       "systemctl enable --now nestxml");
	else
		finding_advise(findings_add(findings, "watcher", FINDING_UNKNOWN, "/proc cannot be read: %s", strerror(-(int)pid)),
			       "systemctl status nestxml");
}

#define AUTO_CONFIG CLEANUP(cleanup_config)
static void cleanup_config(struct nestxml_config **config)
{
	nestxml_config_free(*config);
}

static void check_policy_files(const char *root, struct findings *findings)
{
	AUTO_CONFIG struct nestxml_config *config = NULL;
	struct nestxml_error error;

	if (nestxml_config_new(root, &config, &error) == 0)
		findings_add(findings, "policy files", FINDING_OK, "they can be read");
	else
		finding_advise(findings_add(findings, "policy files", FINDING_NOT, "%s", error.message),
			       "correct that (see: man nestxml.conf); until then guests do not start");
}

void check_services(const char *root, struct findings *findings)
{
	check_hook(root, findings);
	check_watcher(root, findings);
	check_policy_files(root, findings);
}
