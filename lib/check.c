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
	bool has_definition; /* known where the CPU does not state the policy */
	char report[1024];
	char advice[1024];
};

/* What the report is made of. */
struct findings {
	enum nestxml_occasion occasion;
	const char *root;
	const char *plain_name;
	const char *name; /* escaped */
	const struct nestxml_host *host;
	enum nestxml_vendor vendor;
	enum nestxml_state state; /* as it matters to this guest */
	enum nestxml_cpu cpu;
	struct nestxml_error foreign; /* why nesting does not apply */
};

/* ---- whether the CPU comes from a saved state ---- */

enum stored {
	STORED_UNKNOWN, /* there is no definition that could be read */
	STORED_STALE,
	STORED_CURRENT,
};

/*
 * How libvirt's own file of the definition stands to the policy; libvirt itself must not be asked while it waits for a hook. A name
 * with a '/' is no guest's of libvirt.
 */
static enum stored judge_stored(const struct nestxml_check *check, const char *root, const char *name, enum nestxml_vendor vendor)
{
	AUTO_FREE char *file = NULL;
	AUTO_FREE char *xml = NULL;
	struct nestxml_domain *domain;
	enum stored stored = STORED_UNKNOWN;
	size_t length;

	if (strchr(name, '/') || asprintf(&file, "/etc/libvirt/qemu/%s.xml", name) < 0)
		return STORED_UNKNOWN;
	if (nestxml_file_read(root, file, NESTXML_MAX_SIZE, &xml, &length) != 0 || nestxml_domain_new(xml, length, &domain, NULL) != 0)
		return STORED_UNKNOWN;
	/* libvirt gives each guest one; two without are not known to be the same. */
	if (*nestxml_domain_get_uuid(domain) && strcmp(nestxml_domain_get_uuid(domain), nestxml_domain_get_uuid(check->domain)) == 0)
		stored = nestxml_domain_states(domain, vendor, check->policy.nested) ? STORED_CURRENT : STORED_STALE;
	nestxml_domain_free(domain);
	return stored;
}

/*
 * A restore and a migration are announced; a snapshot revert is not, and what libvirt shows of its CPU anybody may write into a definition.
 * But a start from nothing has the CPU of the stored definition: where that one states the policy and this one does not, it comes from a
 * snapshot. Without a stored definition its looks decide (DESIGN, fact 8), except against `disable`, which fails closed.
 */
static bool is_saved(struct nestxml_check *check, const struct findings *findings)
{
	enum stored stored;

	if (findings->occasion != NESTXML_AT_PREPARE)
		return true;
	stored = judge_stored(check, findings->root, findings->plain_name, findings->vendor);
	check->has_definition = stored != STORED_UNKNOWN;
	if (check->has_definition)
		return stored == STORED_CURRENT;
	return check->policy.nested != NESTXML_NESTED_DISABLE && nestxml_domain_is_fixed(check->domain);
}

/* ---- how the CPU stands to the policy ---- */

static int find_cpu(struct nestxml_check *check, struct findings *findings, struct nestxml_error *error)
{
	const struct nestxml_policy *policy = &check->policy;
	int code;

	findings->cpu = NESTXML_CPU_CURRENT;
	if (policy->nested == NESTXML_NESTED_LEAVE)
		return 0;
	code = nestxml_domain_accepts(check->domain, findings->vendor, &findings->foreign);
	if (code == NESTXML_E_TYPE || code == NESTXML_E_ARCH) {
		findings->cpu = NESTXML_CPU_FOREIGN;
		return 0;
	}
	if (code == NESTXML_E_VENDOR) {
		/* Required, the host's state refuses it; disabled, it cannot be told whether it is. */
		if (policy->nested != NESTXML_NESTED_DISABLE || findings->occasion != NESTXML_AT_PREPARE)
			return 0;
		if (error)
			*error = findings->foreign;
		return code;
	}
	if (nestxml_domain_states(check->domain, findings->vendor, policy->nested))
		return 0;
	findings->cpu = is_saved(check, findings) ? NESTXML_CPU_FIXED : NESTXML_CPU_STALE;
	return nestxml_edits_new(check->domain, policy->nested, policy->mode, findings->vendor, &check->edits, error);
}

/* ---- the report ---- */

static void report_refusal(struct nestxml_check *check, const struct findings *findings)
{
	char source[320];

	/* What arrives is measured by what its CPU has, whatever its policy. */
	if (findings->occasion == NESTXML_AT_ARRIVAL)
		snprintf(source, sizeof(source), "its CPU");
	else
		nestxml_policy_describe_source(&check->policy, source, sizeof(source));
	if (findings->cpu == NESTXML_CPU_FOREIGN) {
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nested virtualization is required by %s, but %s",
				   findings->name, source, findings->foreign.message);
		nestxml_text_print(check->advice, sizeof(check->advice), "set nested = leave there");
		return;
	}
	nestxml_text_print(check->report, sizeof(check->report),
			   "guest '%s': nested virtualization is required by %s, but this host does not give it: %s", findings->name,
			   source, nestxml_host_get_fact(findings->host));
	nestxml_text_print(check->advice, sizeof(check->advice), "%s",
			   nestxml_host_is_mendable(findings->host) ? "run: nestctl host enable (the whole picture: nestctl host)"
								    : "the whole picture: nestctl host");
}

static void report_stale(struct nestxml_check *check, const struct findings *findings)
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
			   findings->name, nested, nestxml_vendor_feature(findings->vendor),
			   nestxml_policy_describe_source(policy, source, sizeof(source)));
	nestxml_text_print(
		check->advice, sizeof(check->advice),
		"rewrite its definition: virsh dumpxml --inactive --security-info %s | %s | virsh define /dev/stdin (without a definition: %s FILE | virsh create /dev/stdin)",
		guest, filter, filter);
}

static void report_pass(struct nestxml_check *check, const struct findings *findings)
{
	static const char *const reasons[] = {
		[NESTXML_CPU_CURRENT] = "its CPU states it",
		[NESTXML_CPU_STALE] = "its CPU is not judged on arrival",
		[NESTXML_CPU_FIXED] = "its CPU comes from a saved state",
		[NESTXML_CPU_FOREIGN] = "nesting does not apply to it",
	};
	char source[320];
	const char *reason = reasons[findings->cpu];

	if (findings->foreign.code == NESTXML_E_VENDOR)
		reason = "its CPU is not judged, since the vendor of this host's processor is not known";
	if (check->policy.nested == NESTXML_NESTED_LEAVE)
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': nesting is left alone", findings->name);
	else
		nestxml_text_print(check->report, sizeof(check->report), "guest '%s': passed with nested=%s of %s: %s", findings->name,
				   nestxml_nested_to_string(check->policy.nested),
				   nestxml_policy_describe_source(&check->policy, source, sizeof(source)), reason);
}

/* ---- all together ---- */

static int decide(struct nestxml_check *check, struct findings *findings, struct nestxml_error *error)
{
	int code = nestxml_config_resolve(check->config, check->domain, &check->policy, error);

	if (code == 0)
		code = find_cpu(check, findings, error);
	if (code != 0)
		return code;
	check->verdict = nestxml_verdict_decide(findings->occasion, check->policy.nested, findings->state, findings->cpu,
						nestxml_domain_has_required(check->domain));
	switch (check->verdict) {
	case NESTXML_VERDICT_REFUSE:
		report_refusal(check, findings);
		break;
	case NESTXML_VERDICT_STALE:
		report_stale(check, findings);
		break;
	case NESTXML_VERDICT_PASS:
		report_pass(check, findings);
		break;
	}
	return 0;
}

static int judge(struct nestxml_check *check, struct findings *findings, const char *xml, size_t length, struct nestxml_error *error)
{
	struct nestxml_host *host = NULL;
	int code = nestxml_domain_new(xml, length, &check->domain, error);

	if (code == 0)
		code = nestxml_host_new(findings->root, &host, error);
	if (code == 0) {
		findings->host = host;
		findings->vendor = nestxml_domain_get_vendor(check->domain, nestxml_host_get_vendor(host));
		findings->state = nestxml_domain_is_tcg(check->domain) ? NESTXML_STATE_ON : nestxml_host_get_state(host);
		code = decide(check, findings, error);
	}
	nestxml_host_free(host);
	return code;
}

NESTXML_EXPORT int nestxml_check_new(const char *root, enum nestxml_occasion occasion, const char *name, const char *xml, size_t length,
				     struct nestxml_check **check, struct nestxml_error *error)
{
	struct nestxml_check *made = calloc(1, sizeof(*made));
	struct findings findings = {.occasion = occasion, .root = root, .plain_name = name};
	char shown[320];
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	findings.name = nestxml_text_escape(name, shown, sizeof(shown));
	made->verdict = NESTXML_VERDICT_PASS;
	code = nestxml_config_new(root, &made->config, error);
	if (code == 0 && nestxml_config_is_silent(made->config, name) && nestxml_sight_is_silent(name, xml, length))
		report_pass(made, &findings);
	else if (code == 0)
		code = judge(made, &findings, xml, length, error);
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

NESTXML_EXPORT bool nestxml_check_has_definition(const struct nestxml_check *check)
{
	return check->verdict == NESTXML_VERDICT_STALE && check->has_definition;
}

NESTXML_EXPORT const struct nestxml_edits *nestxml_check_get_edits(const struct nestxml_check *check)
{
	return check->verdict == NESTXML_VERDICT_STALE ? check->edits : NULL;
}
