/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unmet.c - a running guest against its policy, with the words of `nestctl verify`. */
#include "watch/unmet.h"

#include <stdio.h>

#include <nestxml/nestxml.h>

#include "guests/diagnosis.h"
#include "guests/diagnosis_read.h"

/* If the evidence is contradictory or missing, the policy is neither met nor unmet: that is worth telling, too. */
static bool is_worth_telling(const struct diagnosis *diagnosis)
{
	if (diagnosis->policy_error.code != NESTXML_OK)
		return true;
	return plan_is_binding(diagnosis->policy.nested) && diagnosis_is_policy_met(diagnosis) != QEMU_ANSWER_YES;
}

static void describe(const struct diagnosis *diagnosis, char *text, size_t size)
{
	bool is_unmet = diagnosis_is_policy_met(diagnosis) == QEMU_ANSWER_NO;
	char name[320];
	char source[320];
	char now[768];
	char advice[768];

	nestxml_text_escape(virt_domain_get_name(diagnosis->guest), name, sizeof(name));
	if (diagnosis->policy_error.code != NESTXML_OK) {
		snprintf(text, size, "guest '%s': it is running, and its policy is unknown: %s", name, diagnosis->policy_error.message);
		return;
	}
	nestxml_policy_describe_source(&diagnosis->policy, source, sizeof(source));
	diagnosis_describe_verdict(diagnosis, now, sizeof(now));
	diagnosis_describe_advice(diagnosis, advice, sizeof(advice));
	snprintf(text, size, "guest '%s': %s: nested=%s, stated by %s; nested now: %s; next: %s", name,
		 is_unmet ? "its policy is not met" : "whether its policy is met is unknown",
		 nestxml_nested_to_string(diagnosis->policy.nested), source, now, advice);
}

bool unmet_read(const struct host_policy *host_policy, const struct qemu_processes *processes, struct virt_domain *guest,
		struct unmet *unmet)
{
	AUTO_DIAGNOSIS struct diagnosis diagnosis = {.guest = guest, .host = host_policy->host, .processes = processes};

	*unmet = (struct unmet){0};
	if (!diagnosis_read(host_policy, &diagnosis, unmet->message, sizeof(unmet->message)))
		return false;
	if (!is_worth_telling(&diagnosis))
		return true;
	unmet->said = (struct run_said){true, diagnosis.running.pid, diagnosis.policy.nested, diagnosis_is_policy_met(&diagnosis)};
	describe(&diagnosis, unmet->message, sizeof(unmet->message));
	return true;
}
