/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* assess.c - what a domain's XML is, measured by a policy on a host. Pure. */
#include "assess.h"

static enum nestxml_cpu_state find_cpu_state(const struct nestxml_domain *domain, const struct assessment *assessment,
					     enum nestxml_nested nested)
{
	switch (assessment->problem.code) {
	case NESTXML_OK:
		return nestxml_domain_is_stating(domain, assessment->vendor, nested) ? NESTXML_CPU_CURRENT : NESTXML_CPU_STALE;
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
	if (nested == NESTXML_NESTED_LEAVE)
		return;
	nestxml_domain_check_applicable(domain, assessment->vendor, &assessment->problem);
	assessment->cpu = find_cpu_state(domain, assessment, nested);
}
