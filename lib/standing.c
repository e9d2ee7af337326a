/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* standing.c - how a domain stands to what is asked of it on a host, as far as its XML tells: what the verdict is made of. */
#include "domain.h"

static enum nestxml_cpu find_cpu(const struct nestxml_domain *domain, const struct standing *standing, enum nestxml_nested nested)
{
	switch (standing->why.code) {
	case NESTXML_E_TYPE:
	case NESTXML_E_ARCH:
		return NESTXML_CPU_FOREIGN;
	case NESTXML_E_VENDOR: /* required, the host's state refuses it */
		return NESTXML_CPU_CURRENT;
	default:
		return nestxml_domain_states(domain, standing->vendor, nested) ? NESTXML_CPU_CURRENT : NESTXML_CPU_STALE;
	}
}

void nestxml_standing_find(const struct nestxml_domain *domain, enum nestxml_nested nested, const struct nestxml_host *host,
			   struct standing *standing)
{
	*standing = (struct standing){
		.vendor = nestxml_domain_get_vendor(domain, nestxml_host_get_vendor(host)),
		/* The host's module does not matter to an emulated guest. */
		.state = nestxml_domain_is_tcg(domain) ? NESTXML_STATE_ON : nestxml_host_get_state(host),
		.cpu = NESTXML_CPU_CURRENT,
	};
	if (nested == NESTXML_NESTED_LEAVE)
		return;
	nestxml_domain_accepts(domain, standing->vendor, &standing->why);
	standing->cpu = find_cpu(domain, standing, nested);
	standing->is_in_doubt = standing->why.code == NESTXML_E_VENDOR && nested == NESTXML_NESTED_DISABLE;
}
