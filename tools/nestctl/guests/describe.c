/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* describe.c - CPUs, policies and plans in words and in JSON. */
#include "guests/describe.h"

#include <json-c/json.h>
#include <stdio.h>

#include <nestxml/nestxml.h>

#include "output.h"
#include "vendors.h"

/* ---- a CPU ---- */

void describe_cpu(const struct nestxml_domain *domain, char *text, size_t size)
{
	const char *policies[VENDORS] = {NULL};
	char features[128];
	char model[96] = "";

	FOR_EACH_VENDOR(vendor)
		policies[vendor] = nestxml_domain_get_feature_policy(domain, vendor);
	nestxml_text_escape(nestxml_domain_get_cpu_model(domain), model, sizeof(model));
	if (!nestxml_domain_get_cpu_mode(domain))
		snprintf(text, size, "none");
	else
		snprintf(text, size, "%s%s%s%s", nestxml_domain_get_cpu_mode(domain), model[0] ? " " : "", model,
			 output_list_features(policies, features, sizeof(features)));
}

struct json_object *describe_cpu_json(const struct nestxml_domain *domain)
{
	struct json_object *object;

	if (!domain || !nestxml_domain_get_cpu_mode(domain))
		return NULL;
	object = json_object_new_object();
	output_add_string(object, "mode", nestxml_domain_get_cpu_mode(domain));
	output_add_escaped(object, "model", *nestxml_domain_get_cpu_model(domain) ? nestxml_domain_get_cpu_model(domain) : NULL);
	FOR_EACH_VENDOR(vendor)
		output_add_string(object, nestxml_vendor_feature(vendor), nestxml_domain_get_feature_policy(domain, vendor));
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

	output_add_string(object, "nested", error ? NULL : nestxml_nested_to_string(policy->nested));
	output_add_string(object, "source", error ? NULL : sources[policy->source]);
	output_add_escaped(object, "file", policy->file);
	json_object_object_add(object, "line", policy->file ? json_object_new_int64(policy->line) : NULL);
	output_add_string(object, "error", error);
	return object;
}

/* ---- an answer of QEMU ---- */

struct json_object *describe_answer_json(enum qemu_answer answer)
{
	return answer == QEMU_ANSWER_NONE ? NULL : json_object_new_boolean(answer == QEMU_ANSWER_YES);
}

/* ---- a plan ---- */

struct json_object *describe_warnings_json(const struct nestxml_edits *edits)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; edits && i < nestxml_edits_count_warnings(edits); i++)
		json_object_array_add(list, json_object_new_string(nestxml_edits_get_warning(edits, i)));
	return list;
}

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

static void describe_managed(const struct plan *plan, char *text, size_t size)
{
	char source[320];
	char manager[160];

	nestxml_policy_describe_source(&plan->policy, source, sizeof(source));
	snprintf(text, size,
		 "left alone: %s asks for nested=%s, but another program manages it (%s): state it there, or run: nestctl apply GUEST",
		 source, nestxml_nested_to_string(plan->policy.nested), nestxml_text_escape(plan->manager, manager, sizeof(manager)));
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
	case PLAN_MANAGED:
		describe_managed(plan, text, size);
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
