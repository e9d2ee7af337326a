/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.c - all of it for one guest: domain XML, policy, host, verdict, edits, and the line that tells people. */
#include <stdio.h>
#include <string.h>

#include "assess.h"
#include "error.h"
#include "escape.h"
#include "libvirt_files.h"
#include "macros.h"
#include "policy.h"
#include "prescan.h"
#include "shell_name.h"

struct nestxml_check {
	/* What was read, where nestxml_check_new() has read it: the policy borrows from the first, the edits from the last. */
	struct nestxml_config *config;
	struct nestxml_host *host;
	struct nestxml_domain *domain;

	const struct nestxml_domain *judged; /* that domain, or the caller's; NULL: it passed without being parsed */
	enum nestxml_operation operation;
	struct nestxml_policy policy;
	struct assessment assessment;
	struct stored_definition definition; /* known where the CPU does not state the policy */
	struct nestxml_edits *edits;
	enum nestxml_verdict verdict;
	char name[320]; /* escaped */
	char report[1024];
	char advice[1024];
};

/* ---- whether the CPU comes from a saved state ---- */

/*
 * Whether a CPU that a saved state can have cannot be that of the stored definition. An expanded one is none that a definition has, or not
 * this one. One that is passed through is the same in both, but the rest of the domain shows that it has run (libvirt 9.0, measured: the
 * start of a snapshot is the snapshot's domain to the letter); that is less sure, and against `disable` doubt fails closed.
 */
static bool is_another(const struct nestxml_check *check)
{
	const struct nestxml_domain *domain = check->judged;
	const struct stored_definition *stored = &check->definition;

	if (nestxml_domain_has_expanded_cpu(domain))
		return stored->state == NESTXML_DEFINITION_CURRENT || !stored->is_fixed;
	return domain->has_cpu && (domain->mode == CPU_MODE_HOST_PASSTHROUGH || domain->mode == CPU_MODE_MAXIMUM) &&
	       check->policy.nested != NESTXML_NESTED_DISABLE && nestxml_domain_has_backing_store(domain) && !stored->shows_run;
}

/*
 * Whether what is prepared comes from a saved state that was not announced: a revert to a snapshot with memory. What libvirt shows of its
 * CPU anybody may write into a definition. But a start from nothing has the CPU of the stored definition, except where `virsh create` or a
 * revert to a snapshot without memory brings another one along. So the CPU must be another, and that of a snapshot with memory. Without a
 * stored definition its looks decide (docs/libvirt-facts.md #8), except against `disable`.
 */
static bool is_saved(const struct nestxml_check *check, const char *root, const char *name)
{
	if (check->definition.state == NESTXML_DEFINITION_UNKNOWN)
		return check->policy.nested != NESTXML_NESTED_DISABLE && nestxml_domain_has_expanded_cpu(check->judged);
	return is_another(check) && nestxml_snapshot_has_cpu_of(root, name, check->judged);
}

/* ---- the report ---- */

static void report_refusal(struct nestxml_check *check, const struct nestxml_host *host)
{
	const struct assessment *assessment = &check->assessment;
	char source[320];

	/* An incoming guest is measured by what its CPU has, whatever its policy. */
	if (check->operation == NESTXML_OPERATION_INCOMING)
		snprintf(source, sizeof(source), "its CPU");
	else
		nestxml_policy_describe_source(&check->policy, source, sizeof(source));
	if (assessment->cpu == NESTXML_CPU_NOT_APPLICABLE) {
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nested virtualization is required by %s, but %s",
				   check->name, source, assessment->problem.message);
		nestxml_text_print(check->advice, sizeof(check->advice), "set nested = leave there");
		return;
	}
	if (assessment->cpu == NESTXML_CPU_UNKNOWN && check->policy.nested == NESTXML_NESTED_DISABLE) {
		nestxml_text_print(check->report, sizeof(check->report),
				   "guest '%s': it cannot be told whether it would start without nesting, as %s asks: %s", check->name,
				   source, assessment->problem.message);
		nestxml_text_print(check->advice, sizeof(check->advice), "run: nestctl host");
		return;
	}
	nestxml_text_print(check->report, sizeof(check->report),
			   "guest '%s': nested virtualization is required by %s, but this host does not provide it: %s", check->name,
			   source, nestxml_host_get_evidence(host));
	nestxml_text_print(check->advice, sizeof(check->advice), "%s",
			   nestxml_host_is_fixable(host) ? "run: nestctl host enable (details: nestctl host)" : "details: nestctl host");
}

static void report_stale(struct nestxml_check *check)
{
	const struct nestxml_policy *policy = &check->policy;
	bool keeps = policy->mode == NESTXML_MODE_KEEP;
	const char *nested = nestxml_nested_to_string(policy->nested);
	const char *mode = keeps ? "" : nestxml_mode_to_string(policy->mode);
	const char *guest = nestxml_shell_name(nestxml_domain_get_name(check->judged), nestxml_domain_get_uuid(check->judged));
	char filter[64];
	char source[320];

	snprintf(filter, sizeof(filter), "nestxml -n %s%s%s", nested, keeps ? "" : " -m ", mode);
	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': its CPU does not state nested=%s (%s), which %s asks for",
			   check->name, nested, nestxml_vendor_feature(check->assessment.vendor),
			   nestxml_policy_describe_source(policy, source, sizeof(source)));
	if (check->definition.state == NESTXML_DEFINITION_CURRENT) {
		nestxml_text_print(check->advice, sizeof(check->advice),
				   "its stored definition does, so it does not start from that: in a moment run: virsh start %s "
				   "(what it is created from: %s FILE | virsh create /dev/stdin)",
				   guest, filter);
		return;
	}
	nestxml_text_print(check->advice, sizeof(check->advice),
			   "rewrite its definition: virsh dumpxml --inactive --security-info %s | %s | virsh define /dev/stdin "
			   "(without a definition: %s FILE | virsh create /dev/stdin)",
			   guest, filter, filter);
}

static void report_untouched(struct nestxml_check *check)
{
	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nesting is left alone", check->name);
}

static void report_pass(struct nestxml_check *check)
{
	static const char *const reasons[] = {
		[NESTXML_CPU_CURRENT] = "its CPU states it",
		[NESTXML_CPU_RESTORED] = "its CPU comes from a saved state or another host",
		[NESTXML_CPU_NOT_APPLICABLE] = "nesting does not apply to it",
		[NESTXML_CPU_UNKNOWN] = "its CPU is not judged, since the vendor of this host's processor is not known",
	};
	char source[320];

	if (check->policy.nested == NESTXML_NESTED_LEAVE)
		report_untouched(check);
	else
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': passed with nested=%s of %s: %s", check->name,
				   nestxml_nested_to_string(check->policy.nested),
				   nestxml_policy_describe_source(&check->policy, source, sizeof(source)), reasons[check->assessment.cpu]);
}

static void report(struct nestxml_check *check, const struct nestxml_host *host)
{
	switch (check->verdict) {
	case NESTXML_VERDICT_REFUSE:
		report_refusal(check, host);
		break;
	case NESTXML_VERDICT_STALE:
		report_stale(check);
		break;
	case NESTXML_VERDICT_PASS:
		report_pass(check);
		break;
	}
}

/* ---- the steps ---- */

static int assess(struct nestxml_check *check, const struct nestxml_config *config, const struct nestxml_host *host,
		  struct nestxml_error *error)
{
	int code = nestxml_config_resolve(config, check->judged, &check->policy, error);

	if (code == 0)
		nestxml_assess(check->judged, check->policy.nested, host, &check->assessment);
	return code;
}

/* A stale CPU that cannot be changed for this start is one that was restored. */
static int conclude(struct nestxml_check *check, const struct nestxml_host *host, struct nestxml_error *error)
{
	struct assessment *assessment = &check->assessment;
	int code = 0;

	if (assessment->cpu == NESTXML_CPU_STALE && check->operation != NESTXML_OPERATION_START)
		assessment->cpu = NESTXML_CPU_RESTORED;
	check->verdict = nestxml_verdict_decide(check->operation, check->policy.nested, assessment->state, assessment->cpu,
						nestxml_domain_is_requiring_nesting(check->judged));
	if (check->verdict == NESTXML_VERDICT_STALE)
		code = nestxml_edits_new(check->judged, check->policy.nested, check->policy.mode, assessment->vendor, &check->edits, error);
	if (code == 0)
		report(check, host);
	return code;
}

NESTXML_EXPORT int nestxml_check_domain(const struct nestxml_config *config, const struct nestxml_host *host,
					enum nestxml_operation operation, const struct nestxml_domain *domain, struct nestxml_check **check,
					struct nestxml_error *error)
{
	struct nestxml_check *made = calloc(1, sizeof(*made));
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	made->operation = operation;
	made->judged = domain;
	nestxml_text_escape(nestxml_domain_get_name(domain), made->name, sizeof(made->name));
	code = assess(made, config, host, error);
	if (code == 0)
		code = conclude(made, host, error);
	if (code != 0) {
		nestxml_check_free(made);
		return code;
	}
	*check = made;
	return 0;
}

/* Whether a start whose CPU is stale is a revert to a snapshot: libvirt's files tell. */
static int find_revert(struct nestxml_check *check, const char *root, const char *name, struct nestxml_error *error)
{
	if (check->assessment.cpu != NESTXML_CPU_STALE || check->operation != NESTXML_OPERATION_START)
		return 0;
	if (nestxml_stored_definition_read(root, name, check->judged, check->assessment.vendor, check->policy.nested, &check->definition) !=
	    0)
		return nestxml_error_set_nomem(error);
	if (is_saved(check, root, name))
		check->operation = NESTXML_OPERATION_START_INCOMING;
	return 0;
}

static int check_xml(struct nestxml_check *check, const char *root, const char *name, const char *xml, size_t length,
		     struct nestxml_error *error)
{
	int code = nestxml_domain_new(xml, length, &check->domain, error);

	if (code == 0)
		code = nestxml_host_new(root, &check->host, error);
	if (code != 0)
		return code;
	check->judged = check->domain;
	code = assess(check, check->config, check->host, error);
	if (code == 0)
		code = find_revert(check, root, name, error);
	return code == 0 ? conclude(check, check->host, error) : code;
}

NESTXML_EXPORT int nestxml_check_new(const char *root, enum nestxml_operation operation, const char *name, const char *xml, size_t length,
				     struct nestxml_check **check, struct nestxml_error *error)
{
	struct nestxml_check *made = calloc(1, sizeof(*made));
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	made->operation = operation;
	made->verdict = NESTXML_VERDICT_PASS;
	nestxml_text_escape(name, made->name, sizeof(made->name));
	code = nestxml_config_new(root, &made->config, error);
	/* The fast path: no section can match the guest, and its XML contains neither vmx, svm nor the metadata namespace. */
	if (code == 0 && nestxml_config_is_silent(made->config, name) && nestxml_prescan_is_silent(name, xml, length))
		report_untouched(made);
	else if (code == 0)
		code = check_xml(made, root, name, xml, length, error);
	if (code != 0) {
		nestxml_check_free(made);
		return code;
	}
	*check = made;
	return 0;
}

NESTXML_EXPORT void nestxml_check_free(struct nestxml_check *check)
{
	if (!check)
		return;
	nestxml_edits_free(check->edits);
	nestxml_domain_free(check->domain);
	nestxml_host_free(check->host);
	nestxml_config_free(check->config);
	free(check);
}

/* ---- the answers ---- */

NESTXML_EXPORT enum nestxml_verdict nestxml_check_get_verdict(const struct nestxml_check *check)
{
	return check->verdict;
}

NESTXML_EXPORT const struct nestxml_policy *nestxml_check_get_policy(const struct nestxml_check *check)
{
	return &check->policy;
}

NESTXML_EXPORT enum nestxml_vendor nestxml_check_get_vendor(const struct nestxml_check *check)
{
	return check->assessment.vendor;
}

NESTXML_EXPORT enum nestxml_cpu_state nestxml_check_get_cpu_state(const struct nestxml_check *check)
{
	return check->assessment.cpu;
}

NESTXML_EXPORT const struct nestxml_error *nestxml_check_get_problem(const struct nestxml_check *check)
{
	return check->assessment.problem.code != NESTXML_OK ? &check->assessment.problem : NULL;
}

NESTXML_EXPORT const char *nestxml_check_get_report(const struct nestxml_check *check)
{
	return check->report;
}

NESTXML_EXPORT const char *nestxml_check_get_advice(const struct nestxml_check *check)
{
	return check->advice;
}

NESTXML_EXPORT const struct nestxml_domain *nestxml_check_get_domain(const struct nestxml_check *check)
{
	return check->judged;
}

NESTXML_EXPORT enum nestxml_definition nestxml_check_get_definition(const struct nestxml_check *check)
{
	return check->verdict == NESTXML_VERDICT_STALE ? check->definition.state : NESTXML_DEFINITION_UNKNOWN;
}

NESTXML_EXPORT const struct nestxml_edits *nestxml_check_get_edits(const struct nestxml_check *check)
{
	return check->edits;
}
