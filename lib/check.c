/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.c - the whole way for one guest: domain XML, policy, host, verdict, edits, and the line that tells people. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "domain.h"

struct nestxml_check {
	struct nestxml_config *config; /* the policy borrows from it */
	struct nestxml_policy policy;
	struct nestxml_domain *domain; /* the edits borrow from it */
	struct nestxml_edits *edits;
	enum nestxml_verdict verdict;
	struct record record; /* known where the CPU does not state the policy */
	char report[1024];
	char advice[1024];
};

/* One guest as it is asked about, and what was found. */
struct inquiry {
	enum nestxml_occasion occasion;
	const char *root;
	const char *plain_name;
	const char *name; /* escaped */
	const struct nestxml_host *host;
	struct standing standing;
};

/* ---- whether the CPU comes from a saved state ---- */

/*
 * Whether a CPU that a saved state can have cannot be that of the stored definition. An expanded one is none that a definition has, or not
 * this one. One that is passed through is the same in both, but the rest of the domain shows that it has run (libvirt 9.0, measured: the
 * start of a snapshot is the snapshot's domain to the letter); that is less sure, and against `disable` doubt fails closed.
 */
static bool is_another(const struct nestxml_check *check)
{
	const struct nestxml_domain *domain = check->domain;
	const struct record *record = &check->record;

	if (nestxml_domain_is_fixed(domain))
		return record->definition == NESTXML_DEFINITION_CURRENT || !record->is_fixed;
	return domain->has_cpu && (domain->mode == CPU_MODE_HOST_PASSTHROUGH || domain->mode == CPU_MODE_MAXIMUM) &&
	       check->policy.nested != NESTXML_NESTED_DISABLE && nestxml_record_shows_run(domain) && !record->shows_run;
}

/*
 * Whether what is prepared comes from a saved state that was not announced: a revert to a snapshot with memory. What libvirt shows of its
 * CPU anybody may write into a definition. But a start from nothing has the CPU of the stored definition, except where `virsh create` or a
 * revert to a snapshot without memory brings another one along. So the CPU must be another, and that of a snapshot with memory. Without a
 * stored definition its looks decide (DESIGN, fact 8), except against `disable`.
 */
static bool is_saved(const struct nestxml_check *check, const struct inquiry *inquiry)
{
	if (check->record.definition == NESTXML_DEFINITION_UNKNOWN)
		return check->policy.nested != NESTXML_NESTED_DISABLE && nestxml_domain_is_fixed(check->domain);
	return is_another(check) && nestxml_record_has_snapshot(inquiry->root, inquiry->plain_name, check->domain);
}

/* ---- how the CPU stands to the policy ---- */

static int find_cpu(struct nestxml_check *check, struct inquiry *inquiry, struct nestxml_error *error)
{
	const struct nestxml_policy *policy = &check->policy;
	struct standing *standing = &inquiry->standing;

	nestxml_standing_find(check->domain, policy->nested, inquiry->host, standing);
	if (standing->is_in_doubt && inquiry->occasion == NESTXML_AT_PREPARE) {
		if (error)
			*error = standing->why;
		return (int)standing->why.code;
	}
	if (standing->cpu != NESTXML_CPU_STALE)
		return 0;
	if (inquiry->occasion != NESTXML_AT_PREPARE) { /* it was announced */
		standing->cpu = NESTXML_CPU_FIXED;
		return 0;
	}
	if (nestxml_record_judge(inquiry->root, inquiry->plain_name, check->domain, standing->vendor, policy->nested, &check->record) != 0)
		return nestxml_error_set_nomem(error);
	if (is_saved(check, inquiry)) {
		standing->cpu = NESTXML_CPU_FIXED;
		return 0;
	}
	return nestxml_edits_new(check->domain, policy->nested, policy->mode, standing->vendor, &check->edits, error);
}

/* ---- the report ---- */

static void report_refusal(struct nestxml_check *check, const struct inquiry *inquiry)
{
	char source[320];

	/* What arrives is measured by what its CPU has, whatever its policy. */
	if (inquiry->occasion == NESTXML_AT_ARRIVAL)
		snprintf(source, sizeof(source), "its CPU");
	else
		nestxml_policy_describe_source(&check->policy, source, sizeof(source));
	if (inquiry->standing.cpu == NESTXML_CPU_FOREIGN) {
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nested virtualization is required by %s, but %s",
				   inquiry->name, source, inquiry->standing.why.message);
		nestxml_text_print(check->advice, sizeof(check->advice), "set nested = leave there");
		return;
	}
	nestxml_text_print(check->report, sizeof(check->report),
			   "guest '%s': nested virtualization is required by %s, but this host does not give it: %s", inquiry->name, source,
			   nestxml_host_get_fact(inquiry->host));
	nestxml_text_print(check->advice, sizeof(check->advice), "%s",
			   nestxml_host_is_mendable(inquiry->host) ? "run: nestctl host enable (the whole picture: nestctl host)"
								   : "the whole picture: nestctl host");
}

static void report_stale(struct nestxml_check *check, const struct inquiry *inquiry)
{
	const struct nestxml_policy *policy = &check->policy;
	bool keeps = policy->mode == NESTXML_MODE_KEEP;
	const char *nested = nestxml_nested_to_string(policy->nested);
	const char *mode = keeps ? "" : nestxml_mode_to_string(policy->mode);
	const char *guest = nestxml_name_for_shell(nestxml_domain_get_name(check->domain), nestxml_domain_get_uuid(check->domain));
	char filter[64];
	char source[320];

	snprintf(filter, sizeof(filter), "nestxml -n %s%s%s", nested, keeps ? "" : " -m ", mode);
	nestxml_text_print(check->report, sizeof(check->report), "guest '%s': its CPU does not state nested=%s (%s), which %s asks for",
			   inquiry->name, nested, nestxml_vendor_feature(inquiry->standing.vendor),
			   nestxml_policy_describe_source(policy, source, sizeof(source)));
	if (check->record.definition == NESTXML_DEFINITION_CURRENT) {
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

static void report_pass(struct nestxml_check *check, const struct inquiry *inquiry)
{
	static const char *const reasons[] = {
		[NESTXML_CPU_CURRENT] = "its CPU states it",
		[NESTXML_CPU_FIXED] = "its CPU comes from a saved state or another host",
		[NESTXML_CPU_FOREIGN] = "nesting does not apply to it",
	};
	char source[320];
	const char *reason = reasons[inquiry->standing.cpu];

	if (inquiry->standing.why.code == NESTXML_E_VENDOR)
		reason = "its CPU is not judged, since the vendor of this host's processor is not known";
	if (check->policy.nested == NESTXML_NESTED_LEAVE)
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nesting is left alone", inquiry->name);
	else
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': passed with nested=%s of %s: %s", inquiry->name,
				   nestxml_nested_to_string(check->policy.nested),
				   nestxml_policy_describe_source(&check->policy, source, sizeof(source)), reason);
}

/* ---- all together ---- */

static int decide(struct nestxml_check *check, struct inquiry *inquiry, struct nestxml_error *error)
{
	int code = nestxml_config_resolve(check->config, check->domain, &check->policy, error);

	if (code == 0)
		code = find_cpu(check, inquiry, error);
	if (code != 0)
		return code;
	check->verdict = nestxml_verdict_decide(inquiry->occasion, check->policy.nested, inquiry->standing.state, inquiry->standing.cpu,
						nestxml_domain_has_required(check->domain));
	switch (check->verdict) {
	case NESTXML_VERDICT_REFUSE:
		report_refusal(check, inquiry);
		break;
	case NESTXML_VERDICT_STALE:
		report_stale(check, inquiry);
		break;
	case NESTXML_VERDICT_PASS:
		report_pass(check, inquiry);
		break;
	}
	return 0;
}

static int judge(struct nestxml_check *check, struct inquiry *inquiry, const char *xml, size_t length, struct nestxml_error *error)
{
	struct nestxml_host *host = NULL;
	int code = nestxml_domain_new(xml, length, &check->domain, error);

	if (code == 0)
		code = nestxml_host_new(inquiry->root, &host, error);
	if (code == 0) {
		inquiry->host = host;
		code = decide(check, inquiry, error);
	}
	nestxml_host_free(host);
	return code;
}

NESTXML_EXPORT int nestxml_check_new(const char *root, enum nestxml_occasion occasion, const char *name, const char *xml, size_t length,
				     struct nestxml_check **check, struct nestxml_error *error)
{
	struct nestxml_check *made = calloc(1, sizeof(*made));
	struct inquiry inquiry = {.occasion = occasion, .root = root, .plain_name = name};
	char shown[320];
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	inquiry.name = nestxml_text_escape(name, shown, sizeof(shown));
	made->verdict = NESTXML_VERDICT_PASS;
	code = nestxml_config_new(root, &made->config, error);
	if (code == 0 && nestxml_config_is_silent(made->config, name) && nestxml_sight_is_silent(name, xml, length))
		report_pass(made, &inquiry);
	else if (code == 0)
		code = judge(made, &inquiry, xml, length, error);
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
	nestxml_config_free(check->config);
	free(check);
}

NESTXML_EXPORT enum nestxml_verdict nestxml_check_get_verdict(const struct nestxml_check *check)
{
	return check->verdict;
}

NESTXML_EXPORT const struct nestxml_policy *nestxml_check_get_policy(const struct nestxml_check *check)
{
	return &check->policy;
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
	return check->domain;
}

NESTXML_EXPORT enum nestxml_definition nestxml_check_get_definition(const struct nestxml_check *check)
{
	return check->verdict == NESTXML_VERDICT_STALE ? check->record.definition : NESTXML_DEFINITION_UNKNOWN;
}

NESTXML_EXPORT const struct nestxml_edits *nestxml_check_get_edits(const struct nestxml_check *check)
{
	return check->verdict == NESTXML_VERDICT_STALE ? check->edits : NULL;
}
