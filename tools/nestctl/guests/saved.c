/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* saved.c - a managed save: libvirt restores it with the CPU that was saved, so that CPU is judged, not the definition's. */
#include "guests/saved.h"

#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "macros.h"
#include "xml_error.h"

/* For the reason that the hook gives. */
static void describe_refusal(const struct nestxml_check *check, const struct host_policy *host_policy, struct saved *saved)
{
	const size_t size = sizeof(saved->reason);
	char *text = saved->reason;
	const char *override = nestxml_domain_get_cpu_override(nestxml_check_get_domain(check));
	enum nestxml_nested nested = nestxml_check_get_policy(check)->nested;
	enum nestxml_cpu_state cpu = nestxml_check_get_cpu_state(check);

	if (cpu == NESTXML_CPU_OVERRIDDEN && nested != NESTXML_NESTED_OPTIONAL) {
		snprintf(text, size, "in its managed save, %s wins over its <cpu>", override ? override : "an argument");
	} else if (nested == NESTXML_NESTED_DISABLE && cpu == NESTXML_CPU_UNKNOWN) {
		snprintf(text, size, "%s", nestxml_check_get_problem(check)->message);
	} else if (nested == NESTXML_NESTED_DISABLE) {
		snprintf(text, size, "the CPU of its managed save does not disable %s",
			 nestxml_vendor_feature(nestxml_check_get_vendor(check)));
	} else {
		saved->needs_host = true;
		snprintf(text, size, "its managed save needs nesting: %s", nestxml_host_get_evidence(host_policy->host));
	}
}

/*
 * Whether what was saved is as the guest's own metadata asks now: the hook judges a saved state by the metadata in it, which is of the
 * time when it was saved.
 */
static bool is_as_stated(const struct nestxml_domain *saved, const struct plan *plan)
{
	enum nestxml_nested nested = plan->policy.nested;

	if (plan->policy.source != NESTXML_SOURCE_METADATA || plan->state == PLAN_LEAVE || plan->state == PLAN_IMPOSSIBLE)
		return true;
	if (nestxml_domain_get_cpu_override(saved))
		return false;
	if (nested == NESTXML_NESTED_DISABLE && nestxml_domain_has_expanded_cpu(saved) &&
	    !nestxml_domain_get_feature_policy(saved, plan->vendor))
		return !nestxml_model_has_feature(nestxml_domain_get_cpu_model(saved), plan->vendor);
	return nestxml_domain_is_stating(saved, plan->vendor, nested);
}

static int judge(const char *xml, const struct host_policy *host_policy, const struct plan *plan, struct saved *saved,
		 struct nestxml_error *error)
{
	struct nestxml_domain *domain;
	struct nestxml_check *check;
	int code = nestxml_domain_new(xml, strlen(xml), &domain, error);

	if (code != 0)
		return code;
	code = nestxml_check_domain(host_policy->config, host_policy->host, NESTXML_OPERATION_INCOMING, domain, &check, error);
	if (code == 0) {
		saved->known = true;
		saved->verdict = nestxml_check_get_verdict(check);
		saved->unmet = nestxml_check_is_unmet(check) || !is_as_stated(domain, plan);
		if (saved->verdict == NESTXML_VERDICT_REFUSE)
			describe_refusal(check, host_policy, saved);
		nestxml_check_free(check);
	}
	nestxml_domain_free(domain);
	return code;
}

void saved_read(const struct virt_domain *guest, const struct host_policy *host_policy, const struct plan *plan, struct saved *saved)
{
	AUTO_FREE char *xml = NULL;
	struct virt_error virt_error;
	struct nestxml_error error;

	*saved = (struct saved){0};
	saved->exists = !virt_domain_is_running(guest) && virt_domain_is_persistent(guest) && virt_domain_has_saved_state(guest);
	if (!saved->exists)
		return;
	if (virt_domain_get_xml(guest, VIRT_XML_SAVED, &xml, &virt_error) < 0)
		snprintf(saved->reason, sizeof(saved->reason), "%s", virt_error.message);
	else if (judge(xml, host_policy, plan, saved, &error) != 0)
		nestxml_xml_error_describe("its XML", &error, saved->reason, sizeof(saved->reason));
}
