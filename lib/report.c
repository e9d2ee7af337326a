/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.c - one line that tells people what was decided about a guest and why, and one that says what they can do. Pure. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "cpu_edits.h"
#include "escape.h"
#include "macros.h"
#include "policy.h"
#include "shell_name.h"

/* Whether it comes from a saved state or another host. */
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

/*
 * It arrives, and neither its CPU nor its arguments for QEMU can be changed. @condition goes on from "once the definition", and says what
 * that must be like.
 */
static void advise_arrival(struct nestxml_check *check, const char *condition)
{
	const char *guest = nestxml_shell_name(nestxml_domain_get_name(check->judged), nestxml_domain_get_uuid(check->judged));
	/* What is stated on this host changes nothing in the metadata of a saved state. */
	const char *where =
		check->policy.source != NESTXML_SOURCE_SECTION
			? " in a [guest ...] section (metadata set on this host does not count: the guest is judged by the metadata that was saved or "
			  "migrated with it)"
			: "";

	nestxml_text_print(
		check->advice, sizeof(check->advice),
		"start it from its stored definition instead, once the definition %s (if it has a managed save, first run: virsh managedsave-remove %s), or "
		"set nested = leave for it%s",
		condition, guest, where);
}

/* It arrives with a CPU that does not disable the feature. */
static void report_arrival(struct nestxml_check *check)
{
	const char *feature = nestxml_vendor_feature(check->assessment.vendor);
	char condition[32];

	report_conflict(
		check,
		"its CPU does not disable %s, and the CPU of a guest that comes from a saved state or another host cannot be changed",
		feature);
	snprintf(condition, sizeof(condition), "disables %s", feature);
	advise_arrival(check, condition);
}

/* An argument for QEMU decides in place of its CPU. */
static void report_override(struct nestxml_check *check)
{
	const char *override = nestxml_domain_get_cpu_override(check->judged);
	char condition[160];

	report_conflict(check, "%s overrides its <cpu>", override);
	snprintf(condition, sizeof(condition), "has no %s", override);
	if (is_arriving(check))
		advise_arrival(check, condition);
	else
		nestxml_text_print(check->advice, sizeof(check->advice),
				   "remove %s from its definition, or set nested = leave for this guest", override);
}

static void report_refusal(struct nestxml_check *check, const struct nestxml_host *host)
{
	const struct assessment *assessment = &check->assessment;
	bool disable = check->policy.nested == NESTXML_NESTED_DISABLE;

	if (assessment->cpu == NESTXML_CPU_OVERRIDDEN && check->policy.nested != NESTXML_NESTED_OPTIONAL) {
		report_override(check);
	} else if (disable && assessment->cpu == NESTXML_CPU_UNKNOWN) {
		report_conflict(check, "whether it would start without nesting is unknown: %s", assessment->problem.message);
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
	bool keeps = check->policy.mode == NESTXML_MODE_KEEP || !nestxml_mode_is_possible(check->judged, check->policy.mode);
	const char *now = keeps ? nestxml_domain_get_cpu_mode(check->judged) : nestxml_mode_to_string(check->policy.mode);

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (now && strcmp(now, modes[i]) == 0)
			return modes[i];
	return modes[0];
}

/* What makes the next start pass. A transient guest has no definition that could be rewritten; its caller can state the feature. */
static void advise_rewrite(struct nestxml_check *check, const char *guest, const char *filter)
{
	const char *nested = nestxml_nested_to_string(check->policy.nested);
	const char *feature = nestxml_vendor_feature(check->assessment.vendor);
	char rewrite[512];
	char create[320];

	nestxml_text_print(rewrite, sizeof(rewrite),
			   "rewrite its definition: virsh dumpxml --inactive --security-info %s | %s | virsh define /dev/stdin", guest,
			   filter);
	nestxml_text_print(create, sizeof(create),
			   "create it with <feature policy='%s' name='%s'/> in its <cpu>: virt-install --cpu %s,%s=%s, or %s FILE | virsh "
			   "create /dev/stdin",
			   nested, feature, find_mode(check), nested, feature, filter);
	if (check->has_no_definition)
		nestxml_text_print(check->advice, sizeof(check->advice), "it has no stored definition that could be rewritten: %s", create);
	else if (check->definition == NESTXML_DEFINITION_STALE)
		nestxml_text_print(check->advice, sizeof(check->advice), "%s", rewrite);
	else
		nestxml_text_print(check->advice, sizeof(check->advice), "%s (if it has no definition: %s)", rewrite, create);
}

/* It has a definition, but the refused start was not made from it, or perhaps not. */
static void advise_start(struct nestxml_check *check, const char *guest, const char *filter)
{
	bool is_current = check->definition == NESTXML_DEFINITION_CURRENT;

	nestxml_text_print(
		check->advice, sizeof(check->advice), "%s%s%s (if the guest is created from a file: %s FILE | virsh create /dev/stdin)",
		is_current
			? "its stored definition states it, so this start was not made from that definition; to start from it, run: virsh start "
			: "this start was perhaps not made from its stored definition; run: nestctl apply ",
		guest, is_current ? "" : ", then start it again or revert to its snapshot again", filter);
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
	if (check->definition == NESTXML_DEFINITION_CURRENT || check->definition == NESTXML_DEFINITION_OTHER)
		advise_start(check, guest, filter);
	else
		advise_rewrite(check, guest, filter);
}

void nestxml_check_report_untouched(struct nestxml_check *check)
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

	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': passes: %s asks for nested=%s, and %s", check->name,
			   nestxml_policy_describe_source(&check->policy, source, sizeof(source)),
			   nestxml_nested_to_string(check->policy.nested), reasons[check->assessment.cpu]);
}

/* It passes, and is not what was asked for. */
static void report_unmet(struct nestxml_check *check)
{
	const struct assessment *assessment = &check->assessment;

	switch (assessment->cpu) {
	case NESTXML_CPU_OVERRIDDEN:
		report_conflict(check, "%s overrides its <cpu>: it passes as it is", nestxml_domain_get_cpu_override(check->judged));
		break;
	case NESTXML_CPU_STALE:
		report_conflict(
			check,
			"its CPU, which comes from a saved state, a snapshot or another host, does not state it (%s) and cannot be changed: it passes "
			"as it is, and keeps this CPU until it is shut down and started again",
			nestxml_vendor_feature(assessment->vendor));
		break;
	default:
		report_conflict(check, "%s: it passes as it is, since it comes from a saved state, a snapshot or another host",
				assessment->problem.message);
		break;
	}
}

void nestxml_check_report(struct nestxml_check *check, const struct nestxml_host *host)
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
			nestxml_check_report_untouched(check);
		else if (nestxml_check_is_unmet(check))
			report_unmet(check);
		else
			report_pass(check);
		break;
	}
}
