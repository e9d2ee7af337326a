/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.c - all of it for one guest: domain XML, policy, host, verdict, edits, and the line that tells people. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "assess.h"
#include "error.h"
#include "escape.h"
#include "libvirt_files.h"
#include "macros.h"
#include "managers.h"
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
	const char *manager; /* of that domain; NULL: none */
	struct nestxml_policy policy;
	struct assessment assessment;
	enum nestxml_definition definition; /* where a start is stale */
	struct nestxml_edits *edits;
	enum nestxml_verdict verdict;
	char name[320]; /* escaped */
	char report[1024];
	char advice[1024];
};

/* ---- the report ---- */

/* What arrives is measured by what its CPU requires, whatever its policy. */
static bool is_arriving(const struct nestxml_check *check)
{
	return check->operation != NESTXML_OPERATION_START;
}

/* The guest, what it is asked for and by whom, and what stands in the way. */
static void report_conflict(struct nestxml_check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void report_conflict(struct nestxml_check *check, const char *format, ...)
{
	char source[320];
	char reason[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nested=%s is asked for by %s, but %s", check->name,
			   nestxml_nested_to_string(check->policy.nested),
			   nestxml_policy_describe_source(&check->policy, source, sizeof(source)), reason);
}

static void advise(struct nestxml_check *check, const char *advice)
{
	nestxml_text_print(check->advice, sizeof(check->advice), "%s", advice);
}

/* The host is in the way. */
static void report_host(struct nestxml_check *check, const struct nestxml_host *host)
{
	char source[320] = "its CPU";

	if (!is_arriving(check))
		nestxml_policy_describe_source(&check->policy, source, sizeof(source));
	nestxml_text_print(check->report, sizeof(check->report),
			   "guest '%s': nested virtualization is required by %s, but this host does not provide it: %s", check->name,
			   source, nestxml_host_get_evidence(host));
	advise(check, nestxml_host_is_fixable(host) ? "run: nestctl host enable (details: nestctl host)" : "details: nestctl host");
}

/* It has arrived with a CPU that is not disabled. */
static void report_arrival(struct nestxml_check *check)
{
	const char *guest = nestxml_shell_name(nestxml_domain_get_name(check->judged), nestxml_domain_get_uuid(check->judged));

	report_conflict(
		check,
		"its CPU does not disable %s, and the CPU of a guest that comes from a saved state or another host cannot be changed",
		nestxml_vendor_feature(check->assessment.vendor));
	nestxml_text_print(
		check->advice, sizeof(check->advice),
		"start it from its definition instead (where it has a managed save: virsh managedsave-remove %s), or set nested = leave "
		"for it",
		guest);
}

static void report_refusal(struct nestxml_check *check, const struct nestxml_host *host)
{
	const struct assessment *assessment = &check->assessment;
	bool disable = check->policy.nested == NESTXML_NESTED_DISABLE;

	if (assessment->cpu == NESTXML_CPU_OVERRIDDEN && check->policy.nested != NESTXML_NESTED_OPTIONAL) {
		report_conflict(check, "%s decides what its CPU has, and not its <cpu>", nestxml_domain_get_cpu_override(check->judged));
		advise(check, "take that out of its definition, or set nested = leave for it");
	} else if (disable && assessment->cpu == NESTXML_CPU_UNKNOWN) {
		report_conflict(check, "whether it would start without nesting cannot be told: %s", assessment->problem.message);
		advise(check, "run: nestctl host");
	} else if (disable) {
		report_arrival(check);
	} else if (!is_arriving(check) && assessment->cpu == NESTXML_CPU_NOT_APPLICABLE) {
		report_conflict(check, "%s", assessment->problem.message);
		advise(check, "set nested = leave for it");
	} else {
		report_host(check, host);
	}
}

/* The mode for virt-install's --cpu: the policy's, or the guest's own where it may be kept. */
static const char *find_mode(const struct nestxml_check *check)
{
	static const char *const modes[] = {"host-model", "host-passthrough", "maximum"};
	const char *now = check->policy.mode == NESTXML_MODE_KEEP ? nestxml_domain_get_cpu_mode(check->judged)
								  : nestxml_mode_to_string(check->policy.mode);

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (now && strcmp(now, modes[i]) == 0)
			return modes[i];
	return modes[0];
}

/* A transient guest has no definition: what its caller can do is said as well. */
static void advise_rewrite(struct nestxml_check *check, const char *guest, const char *filter)
{
	const char *nested = nestxml_nested_to_string(check->policy.nested);
	const char *feature = nestxml_vendor_feature(check->assessment.vendor);

	nestxml_text_print(check->advice, sizeof(check->advice),
			   "rewrite its definition: virsh dumpxml --inactive --security-info %s | %s | virsh define /dev/stdin "
			   "(without a definition: create it with <feature policy='%s' name='%s'/> in its <cpu>: "
			   "virt-install --cpu %s,%s=%s, or %s FILE | virsh create /dev/stdin)",
			   guest, filter, nested, feature, find_mode(check), nested, feature, filter);
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
	if (check->definition == NESTXML_DEFINITION_CURRENT) {
		nestxml_text_print(check->advice, sizeof(check->advice),
				   "its stored definition does, so it does not start from that: in a moment run: virsh start %s "
				   "(what it is created from: %s FILE | virsh create /dev/stdin)",
				   guest, filter);
		return;
	}
	if (check->definition == NESTXML_DEFINITION_OTHER) {
		nestxml_text_print(
			check->advice, sizeof(check->advice),
			"it may not be its stored definition that was to start: run: nestctl apply %s, then start it again, or revert "
			"to its snapshot again (what it is created from: %s FILE | virsh create /dev/stdin)",
			guest, filter);
		return;
	}
	advise_rewrite(check, guest, filter);
}

static void report_untouched(struct nestxml_check *check)
{
	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nesting is left alone", check->name);
}

static void report_pass(struct nestxml_check *check)
{
	static const char *const reasons[] = {
		[NESTXML_CPU_CURRENT] = "its CPU states it",
		[NESTXML_CPU_STALE] = "",
		[NESTXML_CPU_OVERRIDDEN] = "",
		[NESTXML_CPU_NOT_APPLICABLE] = "nesting does not apply to it",
		[NESTXML_CPU_UNKNOWN] = "its CPU is not judged, since the vendor of this host's processor is not known",
	};
	char source[320];

	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': passed with nested=%s of %s: %s", check->name,
			   nestxml_nested_to_string(check->policy.nested),
			   nestxml_policy_describe_source(&check->policy, source, sizeof(source)), reasons[check->assessment.cpu]);
}

/* It passes, and is not what was asked for. */
static void report_unmet(struct nestxml_check *check)
{
	const struct assessment *assessment = &check->assessment;

	switch (assessment->cpu) {
	case NESTXML_CPU_OVERRIDDEN:
		report_conflict(check, "%s decides what its CPU has, and not its <cpu>: it passes as it is",
				nestxml_domain_get_cpu_override(check->judged));
		break;
	case NESTXML_CPU_STALE:
		report_conflict(
			check,
			"its CPU, which comes from a saved state or another host, does not state it (%s) and cannot be changed: it passes "
			"as it is, until it is shut down and started again",
			nestxml_vendor_feature(assessment->vendor));
		break;
	default:
		report_conflict(check, "%s: it passes as it is, since it comes from a saved state or another host",
				assessment->problem.message);
		break;
	}
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
		if (check->policy.nested == NESTXML_NESTED_LEAVE)
			report_untouched(check);
		else if (nestxml_check_is_unmet(check))
			report_unmet(check);
		else
			report_pass(check);
		break;
	}
}

/* ---- the steps ---- */

static int assess(struct nestxml_check *check, const struct nestxml_config *config, const struct nestxml_host *host,
		  struct nestxml_error *error)
{
	int code = nestxml_config_resolve(config, check->judged, &check->policy, error);

	check->manager = nestxml_find_manager(config, check->judged);
	if (code == 0)
		nestxml_assess(check->judged, check->policy.nested, host, &check->assessment);
	return code;
}

static int conclude(struct nestxml_check *check, const struct nestxml_host *host, struct nestxml_error *error)
{
	const struct assessment *assessment = &check->assessment;
	int code = 0;

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

/* Whether it can come from a saved state or another host: libvirt starts that with its CPU expanded (docs/libvirt-facts.md #8). */
static bool can_be_saved(const struct nestxml_domain *domain)
{
	return nestxml_domain_has_expanded_cpu(domain) ||
	       (domain->has_cpu && (domain->mode == CPU_MODE_HOST_PASSTHROUGH || domain->mode == CPU_MODE_MAXIMUM));
}

/*
 * Whether a guest with a stale CPU arrives: it was announced and its CPU can be that of a saved state, or it is the domain of a snapshot
 * with memory. A start from nothing is the stored definition to the letter. If it could be both, it is refused as a start, and the helper
 * must not start the definition in place of what was to arrive.
 */
static int find_arrival(struct nestxml_check *check, const char *root, const char *name, struct nestxml_error *error)
{
	bool announced = check->operation == NESTXML_OPERATION_START_INCOMING;
	bool arrives;

	if (check->assessment.cpu != NESTXML_CPU_STALE || check->operation == NESTXML_OPERATION_INCOMING)
		return 0;
	if (nestxml_stored_definition_read(root, name, check->judged, check->assessment.vendor, check->policy.nested, &check->definition) !=
	    0)
		return nestxml_error_set_nomem(error);
	arrives = (announced && can_be_saved(check->judged)) || nestxml_snapshot_is_starting_as(root, name, check->judged);
	check->operation =
		arrives && check->definition != NESTXML_DEFINITION_STALE ? NESTXML_OPERATION_START_INCOMING : NESTXML_OPERATION_START;
	if ((announced || arrives) && check->definition == NESTXML_DEFINITION_STALE)
		check->definition = NESTXML_DEFINITION_OTHER;
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
		code = find_arrival(check, root, name, error);
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

/* What is optional is not owed where nesting does not apply, or nothing is known of the host. */
NESTXML_EXPORT bool nestxml_check_is_unmet(const struct nestxml_check *check)
{
	enum nestxml_cpu_state cpu = check->assessment.cpu;

	return check->verdict == NESTXML_VERDICT_PASS && ((check->policy.nested == NESTXML_NESTED_REQUIRE && cpu != NESTXML_CPU_CURRENT) ||
							  cpu == NESTXML_CPU_STALE || cpu == NESTXML_CPU_OVERRIDDEN);
}

NESTXML_EXPORT enum nestxml_definition nestxml_check_get_definition(const struct nestxml_check *check)
{
	return check->verdict == NESTXML_VERDICT_STALE ? check->definition : NESTXML_DEFINITION_UNKNOWN;
}

NESTXML_EXPORT const struct nestxml_edits *nestxml_check_get_edits(const struct nestxml_check *check)
{
	return check->edits;
}

NESTXML_EXPORT const char *nestxml_check_get_manager(const struct nestxml_check *check)
{
	return check->manager;
}
