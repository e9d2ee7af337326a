/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan.h - what a guest's stored definition needs, by the policy and this host. */
#ifndef NESTXML_PLAN_H
#define NESTXML_PLAN_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

/** The policy files and the host that each guest of it is compared with. */
struct host_policy {
	struct nestxml_config *config;
	struct nestxml_host *host;
};

/** Reads both below @root. Codes as nestxml_config_new(). */
int host_policy_read(const char *root, struct host_policy *host_policy, struct nestxml_error *error);
void host_policy_clear(struct host_policy *host_policy);

enum plan_state {
	PLAN_LEAVE,   /* nothing is asked of it, or nesting does not apply and need not */
	PLAN_CURRENT, /* it is as its policy asks */
	PLAN_REWRITE,
	PLAN_MANAGED,	 /* it would be rewritten, but it is a manager's: see plan_spare_manager() */
	PLAN_UNKNOWN,	 /* its policy is unknown: the error says why */
	PLAN_IMPOSSIBLE, /* its policy cannot be met: the error says why */
};

struct plan {
	enum plan_state state;
	struct nestxml_policy policy; /* borrows from the host_policy; all zero in PLAN_UNKNOWN */
	enum nestxml_vendor vendor;   /* whose feature it is about */
	enum nestxml_verdict verdict; /* on a start of the definition as it is */
	struct nestxml_edits *edits;  /* PLAN_REWRITE, PLAN_MANAGED: borrows from the domain; else NULL */
	struct nestxml_error error;   /* PLAN_UNKNOWN, PLAN_IMPOSSIBLE */
	const char *manager;	      /* nestxml_check_get_manager(): borrows from the domain */
};

/** Whether @nested is one that a guest's run can fail to meet: `optional` and `leave` are met by any. */
static inline bool plan_is_binding(enum nestxml_nested nested)
{
	return nested == NESTXML_NESTED_REQUIRE || nested == NESTXML_NESTED_DISABLE;
}

/** Makes the plan of @domain; to be released with plan_clear(). */
void plan_make(const struct host_policy *host_policy, const struct nestxml_domain *domain, struct plan *plan);
/** For a guest that no user has named: if it is a manager's, it is left alone, so PLAN_REWRITE becomes PLAN_MANAGED. */
void plan_spare_manager(struct plan *plan);
void plan_clear(struct plan *plan);
#define AUTO_PLAN CLEANUP(plan_clear)

#endif
