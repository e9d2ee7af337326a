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
static enum nestxml_verdict judge(const struct rules *rules, const struct nestxml_domain *domain, const struct plan *plan,
				  enum nestxml_cpu cpu)
{
	enum nestxml_state state = nestxml_domain_is_tcg(domain) ? NESTXML_STATE_ON : nestxml_host_get_state(rules->host);

	return nestxml_verdict_decide(NESTXML_AT_PREPARE, plan->policy.nested, state, cpu, nestxml_domain_has_required(domain));
}

/* Nesting does not apply to the guest, which matters where it is required. */
static void plan_foreign(const struct rules *rules, const struct nestxml_domain *domain, struct plan *plan)
{
	plan->verdict = judge(rules, domain, plan, NESTXML_CPU_FOREIGN);
	plan->state = plan->verdict == NESTXML_VERDICT_REFUSE ? PLAN_IMPOSSIBLE : PLAN_LEAVE;
}

static void plan_edits(const struct rules *rules, const struct nestxml_domain *domain, struct plan *plan)
{
	const struct nestxml_policy *policy = &plan->policy;
	bool states = nestxml_domain_states(domain, plan->vendor, policy->nested);

	plan->verdict = judge(rules, domain, plan, states ? NESTXML_CPU_CURRENT : NESTXML_CPU_STALE);
	if (nestxml_edits_new(domain, policy->nested, policy->mode, plan->vendor, &plan->edits, &plan->error) != 0)
		return;
	plan->state = nestxml_edits_count(plan->edits) > 0 ? PLAN_REWRITE : PLAN_CURRENT;
}

void plan_make(const struct rules *rules, const struct nestxml_domain *domain, struct plan *plan)
{
	int code;

	*plan = (struct plan){.state = PLAN_IMPOSSIBLE, .verdict = NESTXML_VERDICT_REFUSE};
	if (nestxml_config_resolve(rules->config, domain, &plan->policy, &plan->error) != 0) {
		plan->state = PLAN_UNKNOWN;
		plan->policy = (struct nestxml_policy){0};
		return;
	}
	if (plan->policy.nested == NESTXML_NESTED_LEAVE) {
		plan->state = PLAN_LEAVE;
		plan->verdict = NESTXML_VERDICT_PASS;
		return;
	}
	plan->vendor = nestxml_domain_get_vendor(domain, nestxml_host_get_vendor(rules->host));
	code = nestxml_domain_accepts(domain, plan->vendor, &plan->error);
	if (code == NESTXML_E_TYPE || code == NESTXML_E_ARCH)
		plan_foreign(rules, domain, plan);
	else if (code == 0)
		plan_edits(rules, domain, plan);
}

void plan_clear(struct plan *plan)
{
	nestxml_edits_free(plan->edits);
	plan->edits = NULL;
}
