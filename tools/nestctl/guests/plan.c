/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan.c - from domain, policy and host to what is to be done with a stored definition. Pure, except for host_policy_read(). */
#include "guests/plan.h"

#include <nestxml/nestxml.h>

int host_policy_read(const char *root, struct host_policy *host_policy, struct nestxml_error *error)
{
	struct host_policy made = {0};
	int code = nestxml_config_new(root, &made.config, error);

	if (code == 0)
		code = nestxml_host_new(root, &made.host, error);
	if (code != 0) {
		host_policy_clear(&made);
		return code;
	}
	*host_policy = made;
	return 0;
}

void host_policy_clear(struct host_policy *host_policy)
{
	nestxml_host_free(host_policy->host);
	nestxml_config_free(host_policy->config);
	*host_policy = (struct host_policy){0};
}

static enum plan_state plan_edits(const struct nestxml_domain *domain, struct plan *plan)
{
	const struct nestxml_policy *policy = &plan->policy;

	if (nestxml_edits_new(domain, policy->nested, policy->mode, plan->vendor, &plan->edits, &plan->error) != 0)
		return PLAN_IMPOSSIBLE;
	return nestxml_edits_count(plan->edits) > 0 ? PLAN_REWRITE : PLAN_CURRENT;
}

/*
 * The verdict is the hook's on a start of this definition. A CPU mode that differs from the policy's is rewritten, but makes no guest
 * stale.
 */
void plan_make(const struct host_policy *host_policy, const struct nestxml_domain *domain, struct plan *plan)
{
	struct nestxml_check *check;

	*plan = (struct plan){.state = PLAN_UNKNOWN, .verdict = NESTXML_VERDICT_REFUSE};
	if (nestxml_check_domain(host_policy->config, host_policy->host, NESTXML_OPERATION_START, domain, &check, &plan->error) != 0)
		return;
	plan->policy = *nestxml_check_get_policy(check);
	plan->vendor = nestxml_check_get_vendor(check);
	plan->verdict = nestxml_check_get_verdict(check);
	plan->manager = nestxml_check_get_manager(check);
	if (nestxml_check_get_problem(check))
		plan->error = *nestxml_check_get_problem(check);
	if (plan->policy.nested == NESTXML_NESTED_LEAVE)
		plan->state = PLAN_LEAVE;
	else if (nestxml_check_get_cpu_state(check) == NESTXML_CPU_NOT_APPLICABLE) /* which matters where nesting is required */
		plan->state = plan->verdict == NESTXML_VERDICT_REFUSE ? PLAN_IMPOSSIBLE : PLAN_LEAVE;
	else if (nestxml_check_get_cpu_state(check) == NESTXML_CPU_UNKNOWN)
		plan->state = PLAN_IMPOSSIBLE;
	else
		plan->state = plan_edits(domain, plan);
	nestxml_check_free(check);
}

void plan_spare_manager(struct plan *plan)
{
	if (plan->state == PLAN_REWRITE && plan->manager)
		plan->state = PLAN_MANAGED;
}

void plan_clear(struct plan *plan)
{
	nestxml_edits_free(plan->edits);
	plan->edits = NULL;
}
