/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.c - all of it for one guest: domain XML, policy, host, verdict, edits; report.c puts it in words. */
#include "check.h"
#include "error.h"
#include "escape.h"
#include "libvirt_files.h"
#include "macros.h"
#include "managers.h"
#include "policy.h"
#include "prescan.h"

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
		nestxml_check_report(check, host);
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

/*
 * Whether the CPU can be that of a saved state or of a guest from another host: there libvirt has expanded it, unless its mode is
 * host-passthrough or maximum (docs/libvirt-facts.md #8). Expanding a CPU leaves match='strict' as it is.
 * nestxml_domain_has_expanded_cpu() does not count it as expanded, so under `disable` a feature that it does not
 * list is not taken for one that is disabled.
 */
static bool can_be_saved(const struct nestxml_domain *domain)
{
	bool is_strict = domain->has_cpu && domain->mode == CPU_MODE_CUSTOM && domain->match_strict && domain->check_full;

	return nestxml_domain_has_expanded_cpu(domain) || is_strict ||
	       (domain->has_cpu && (domain->mode == CPU_MODE_HOST_PASSTHROUGH || domain->mode == CPU_MODE_MAXIMUM));
}

/*
 * Finds out whether a guest with a stale CPU arrives: it does if a mark has announced it and its CPU can be that of a saved state, or if
 * its XML is that of a snapshot with memory. It does not if its XML is exactly that of the stored definition. If both are possible,
 * it is judged as a start, and the definition counts as a different one, so that the helper does not start it in place of what was to
 * arrive. XML that is too large for a form cannot be told from a stored definition.
 */
static int find_arrival(struct nestxml_check *check, const char *root, const char *name, struct nestxml_error *error)
{
	bool announced = check->operation == NESTXML_OPERATION_START_INCOMING;
	enum snapshot_match match = SNAPSHOT_MATCH_FOUND;
	AUTO_CANONICAL struct canonical form = {0};
	bool is_definition;
	bool may_be_definition;

	if (check->assessment.cpu != NESTXML_CPU_STALE || check->operation == NESTXML_OPERATION_INCOMING)
		return 0;
	if (nestxml_canonical_read(check->judged->xml, check->judged->length, &form) == NESTXML_E_NOMEM ||
	    nestxml_stored_definition_read(root, name, check->judged, &form, check->assessment.vendor, check->policy.nested,
					   &check->definition) != 0)
		return nestxml_error_set_nomem(error);
	check->has_no_definition = check->definition == NESTXML_DEFINITION_UNKNOWN;
	if (!announced || !can_be_saved(check->judged))
		match = nestxml_snapshot_match(root, name, &form);
	is_definition = check->definition == NESTXML_DEFINITION_STALE;
	may_be_definition = is_definition || (!form.domain && !check->has_no_definition);
	check->operation = match == SNAPSHOT_MATCH_FOUND && !may_be_definition ? NESTXML_OPERATION_START_INCOMING : NESTXML_OPERATION_START;
	if (is_definition && (announced || match != SNAPSHOT_MATCH_NONE))
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
		nestxml_check_report_untouched(made);
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

/* Where nesting does not apply or the vendor of the host is unknown, `optional` is met all the same, and `require` is not. */
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
