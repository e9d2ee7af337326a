/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* assess.h - how a domain's CPU compares with its policy on a host, from which the verdict is made. */
#ifndef NESTXML_ASSESS_H
#define NESTXML_ASSESS_H

#include "domain.h"

struct assessment {
	enum nestxml_vendor vendor; /* whose feature it is about */
	enum nestxml_state state;   /* of nesting, as it matters to this guest */
	enum nestxml_cpu_state cpu;
	struct nestxml_error problem; /* why @cpu is NOT_APPLICABLE or UNKNOWN; all zero otherwise */
};

void nestxml_assess(const struct nestxml_domain *domain, enum nestxml_nested nested, const struct nestxml_host *host,
		    struct assessment *assessment);

/** How the CPU of @domain, to which nesting applies, compares with @nested, which is not leave. */
enum nestxml_cpu_state nestxml_assess_cpu(const struct nestxml_domain *domain, enum nestxml_vendor vendor, enum nestxml_nested nested);

#endif
