/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* describe.c - CPUs, policies and plans in words and in JSON. */
#include "describe.h"

#include <json-c/json.h>
#include <stdio.h>

#include "../lib/domain.h"
#include "report.h"

/* ---- a CPU ---- */

static const char *mode_to_string(enum cpu_mode mode)
{
	static const char *const words[] = {
		[CPU_MODE_CUSTOM] = "custom",	[CPU_MODE_HOST_MODEL] = "host-model", [CPU_MODE_HOST_PASSTHROUGH] = "host-passthrough",
		[CPU_MODE_MAXIMUM] = "maximum", [CPU_MODE_UNKNOWN] = "unknown",
	};

	return words[mode];
}

/* The policy of vmx or svm in this XML; NULL: it does not state any. */
static const char *find_policy(const struct nestxml_domain *domain, enum nestxml_vendor vendor)
{
	static const char *const words[] = {
		[POLICY_FORCE] = "force",     [POLICY_REQUIRE] = "require", [POLICY_OPTIONAL] = "optional",
		[POLICY_DISABLE] = "disable", [POLICY_FORBID] = "forbid",   [POLICY_UNKNOWN] = "unknown",
	};

	for (size_t i = 0; i < domain->children_count; i++)
		if (domain->children[i].kind == CHILD_FEATURE && domain->children[i].extension == vendor)
			return words[domain->children[i].policy];
	return NULL;
}

void describe_cpu(const struct nestxml_domain *domain, char *text, size_t size)
{
	const char *vmx = find_policy(domain, NESTXML_VENDOR_INTEL);
	const char *svm = find_policy(domain, NESTXML_VENDOR_AMD);
	char model[96] = "";

	if (domain->model.length > 0)
		nestxml_text_escape(domain->model.data, model, sizeof(model));
	if (!domain->has_cpu)
		snprintf(text, size, "none");
	else
		snprintf(text, size, "%s%s%s%s%s%s%s%s", mode_to_string(domain->mode), model[0] ? " " : "", model, vmx ? ", vmx " : "",
			 vmx ? vmx : "", svm ? ", svm " : "", svm ? svm : "", vmx || svm ? "" : ", neither vmx nor svm");
}

struct json_object *describe_cpu_json(const struct nestxml_domain *domain)
{
	struct json_object *object;

	if (!domain || !domain->has_cpu)
		return NULL;
	object = json_object_new_object();
	report_add_string(object, "mode", mode_to_string(domain->mode));
	report_add_foreign(object, "model", domain->model.length > 0 ? domain->model.data : NULL);
	report_add_string(object, "vmx", find_policy(domain, NESTXML_VENDOR_INTEL));
	report_add_string(object, "svm", find_policy(domain, NESTXML_VENDOR_AMD));
	return object;
}

/* ---- a policy ---- */

struct json_object *describe_policy_json(const struct nestxml_policy *policy, const char *error)
{
	static const char *const sources[] = {
		[NESTXML_SOURCE_NONE] = "none",		[NESTXML_SOURCE_DEFAULT] = "default", [NESTXML_SOURCE_CPU] = "cpu",
		[NESTXML_SOURCE_METADATA] = "metadata", [NESTXML_SOURCE_SECTION] = "section",
	};
	struct json_object *object = json_object_new_object();

	report_add_string(object, "nested", error ? NULL : nestxml_nested_to_string(policy->nested));
	report_add_string(object, "source", error ? NULL : sources[policy->source]);
	report_add_foreign(object, "file", policy->file);
	json_object_object_add(object, "line", policy->file ? json_object_new_int64(policy->line) : NULL);
	report_add_string(object, "error", error);
	return object;
}

/* ---- a plan ---- */

/* "BEFORE nested=require (svm)AFTER, which its metadata asks for" */
static void describe_stated(const struct plan *plan, const char *before, const char *after, char *text, size_t size)
{
	char source[320];

	nestxml_policy_describe_source(&plan->policy, source, sizeof(source));
	snprintf(text, size, "%s nested=%s (%s)%s, which %s asks for", before, nestxml_nested_to_string(plan->policy.nested),
		 nestxml_vendor_feature(plan->vendor), after, source);
}

static void describe_impossible(const struct plan *plan, char *text, size_t size)
{
	char source[320];

	nestxml_policy_describe_source(&plan->policy, source, sizeof(source));
	snprintf(text, size, "not rewritten: %s asks for nested=%s, but %s", source, nestxml_nested_to_string(plan->policy.nested),
		 plan->error.message);
}

void describe_plan(const struct plan *plan, char *text, size_t size)
{
	switch (plan->state) {
	case PLAN_LEAVE:
		if (plan->policy.nested == NESTXML_NESTED_LEAVE)
			snprintf(text, size, "unchanged: nesting is left alone");
		else
			snprintf(text, size, "unchanged: nesting does not apply to it: %s", plan->error.message);
		break;
	case PLAN_CURRENT:
		describe_stated(plan, "unchanged: its CPU states", " already", text, size);
		break;
	case PLAN_REWRITE:
		describe_stated(plan, "to be rewritten: its CPU would state", "", text, size);
		break;
	case PLAN_UNKNOWN:
		snprintf(text, size, "not rewritten: its policy is unknown: %s", plan->error.message);
		break;
	case PLAN_IMPOSSIBLE:
		describe_impossible(plan, text, size);
		break;
	}
}

void describe_rewritten(const struct plan *plan, char *text, size_t size)
{
	describe_stated(plan, "rewritten: its CPU states", " now", text, size);
}
