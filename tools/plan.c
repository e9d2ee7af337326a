/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan.c - domain, policy and host to what is to be done with a stored definition. Pure, but for the reading of the rules. */
#include "plan.h"

#include "../lib/domain.h"

int rules_read(const char *root, struct rules *rules, struct nestxml_error *error)
{
	struct rules made = {0};
	int code = nestxml_config_new(root, &made.config, error);

	if (code == 0)
		code = nestxml_host_new(root, &made.host, error);
	if (code != 0) {
		rules_clear(&made);
		return code;
	}
	*rules = made;
	return 0;
}

void rules_clear(struct rules *rules)
{
	nestxml_host_free(rules->host);
	nestxml_config_free(rules->config);
	*rules = (struct rules){0};
}

/* What a start of it would meet; the mode of the policy makes no guest stale. */
static enum nestxml_verdict judge(const struct nestxml_domain *domain, enum nestxml_nested nested, const struct standing *standing)
{
	if (standing->is_in_doubt)
		return NESTXML_VERDICT_REFUSE;
	return nestxml_verdict_decide(NESTXML_AT_PREPARE, nested, standing->state, standing->cpu, nestxml_domain_has_required(domain));
}

static enum plan_state plan_edits(const struct nestxml_domain *domain, struct plan *plan)
{
	const struct nestxml_policy *policy = &plan->policy;

	if (nestxml_edits_new(domain, policy->nested, policy->mode, plan->vendor, &plan->edits, &plan->error) != 0)
		return PLAN_IMPOSSIBLE;
	return nestxml_edits_count(plan->edits) > 0 ? PLAN_REWRITE : PLAN_CURRENT;
}

void plan_make(const struct rules *rules, const struct nestxml_domain *domain, struct plan *plan)
{
	struct standing standing;

	*plan = (struct plan){.state = PLAN_UNKNOWN, .verdict = NESTXML_VERDICT_REFUSE};
	if (nestxml_config_resolve(rules->config, domain, &plan->policy, &plan->error) != 0) {
		plan->policy = (struct nestxml_policy){0};
		return;
	}
	nestxml_standing_find(domain, plan->policy.nested, rules->host, &standing);
	plan->vendor = standing.vendor;
	plan->verdict = judge(domain, plan->policy.nested, &standing);
	plan->error = standing.why;
	if (plan->policy.nested == NESTXML_NESTED_LEAVE)
		plan->state = PLAN_LEAVE;
	else if (standing.cpu == NESTXML_CPU_FOREIGN) /* which matters where nesting is required */
		plan->state = plan->verdict == NESTXML_VERDICT_REFUSE ? PLAN_IMPOSSIBLE : PLAN_LEAVE;
	else if (standing.why.code != NESTXML_OK)
		plan->state = PLAN_IMPOSSIBLE;
	else
		plan->state = plan_edits(domain, plan);
}

void plan_clear(struct plan *plan)
{
	nestxml_edits_free(plan->edits);
	plan->edits = NULL;
}
