/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* assess.c - how a domain's CPU compares with its policy on a host. Pure. */
#include "assess.h"

/*
 * Whether libvirt itself makes sure that the guest lacks the feature: with check='full' it stops a start if QEMU's CPU has a feature that
 * neither the model contains nor the XML lists ("extra features: svm"; docs/libvirt-facts.md #14).
 */
static bool is_excluded_by_full_check(const struct nestxml_domain *domain, enum nestxml_vendor vendor)
{
	const char *model = nestxml_domain_get_cpu_model(domain);

	return nestxml_domain_has_expanded_cpu(domain) && *model && !nestxml_model_has_feature(model, vendor) &&
	       !nestxml_domain_get_feature_policy(domain, vendor);
}

enum nestxml_cpu_state nestxml_assess_cpu(const struct nestxml_domain *domain, enum nestxml_vendor vendor, enum nestxml_nested nested)
{
	if (nestxml_domain_get_cpu_override(domain))
		return NESTXML_CPU_OVERRIDDEN;
	if (nestxml_domain_is_stating(domain, vendor, nested) ||
	    (nested == NESTXML_NESTED_DISABLE && is_excluded_by_full_check(domain, vendor)))
		return NESTXML_CPU_CURRENT;
	return NESTXML_CPU_STALE;
}

static enum nestxml_cpu_state find_cpu_state(const struct nestxml_domain *domain, enum nestxml_vendor vendor, enum nestxml_nested nested,
					     struct nestxml_error *problem)
{
	switch (nestxml_domain_check_applicable(domain, vendor, problem)) {
	case NESTXML_OK:
		return nestxml_assess_cpu(domain, vendor, nested);
	case NESTXML_E_ENCRYPTED:
		if (nested != NESTXML_NESTED_DISABLE)
			return NESTXML_CPU_NOT_APPLICABLE;
		/* KVM does not run in such a guest, but its CPUID must not say otherwise. */
		*problem = (struct nestxml_error){0};
		return nestxml_assess_cpu(domain, vendor, nested);
	case NESTXML_E_VENDOR:
		return NESTXML_CPU_UNKNOWN;
	default:
		return NESTXML_CPU_NOT_APPLICABLE;
	}
}

void nestxml_assess(const struct nestxml_domain *domain, enum nestxml_nested nested, const struct nestxml_host *host,
		    struct assessment *assessment)
{
	*assessment = (struct assessment){
		.vendor = nestxml_domain_get_vendor(domain, nestxml_host_get_vendor(host)),
		/* The host's module does not matter to an emulated guest. */
		.state = nestxml_domain_is_tcg(domain) ? NESTXML_STATE_ON : nestxml_host_get_state(host),
		.cpu = NESTXML_CPU_CURRENT,
	};
	if (nested != NESTXML_NESTED_LEAVE)
		assessment->cpu = find_cpu_state(domain, assessment->vendor, nested, &assessment->problem);
}
