/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stale.c - a guest whose CPU does not state its policy: what is done about it, and what people are told. */
#include "stale.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "escape.h"
#include "helper.h"
#include "io.h"
#include "library.h"
#include "log.h"
#include "shell_name.h"

static void print_rewritten(const struct nestxml_check *check)
{
	char *xml;
	size_t length;

	/*
	 * For those who run the hook by hand, and for a libvirt that would use it; today's versions of libvirt discard it
	 * (docs/libvirt-facts.md #2). So a failure to print it does not matter.
	 */
	if (sym_nestxml_edits_apply(sym_nestxml_check_get_edits(check), &xml, &length) == 0) {
		io_write(STDOUT_FILENO, xml, length);
		free(xml);
	}
}

/* ---- what people are told ---- */

/* A manager relies on the definition that it wrote. */
static void describe_managed(const char *name, const struct nestxml_check *check, const char *manager, char *next, size_t size)
{
	const struct nestxml_domain *domain = sym_nestxml_check_get_domain(check);
	char shown[160];

	nestxml_text_print(
		next, size,
		"it stays stopped and its definition unchanged, because another program manages it (%s): state the feature there, "
		"or run: nestctl apply %s",
		nestxml_text_escape(manager, shown, sizeof(shown)), nestxml_shell_name(name, sym_nestxml_domain_get_uuid(domain)));
}

/* @answer: the helper's; "" where it was not asked to start the guest, or has not answered in time. */
static const char *describe_helper(enum helper helper, const char *answer)
{
	if (helper == HELPER_UNDER_WAY)
		return "an earlier start is already rewriting its definition; if the guest is not running shortly, start it again";
	return *answer ? answer : "its definition is being rewritten: start it again in a second";
}

/* ---- what is done ---- */

/* Also returns HELPER_FAILED if there is no definition to rewrite. */
static enum helper rewrite(const struct nestxml_check *check, char answer[HELPER_ANSWER])
{
	const struct nestxml_policy *policy = sym_nestxml_check_get_policy(check);
	enum nestxml_definition definition = sym_nestxml_check_get_definition(check);
	bool starts = policy->on_stale == NESTXML_ON_STALE_RESTART && definition == NESTXML_DEFINITION_STALE;
	const char *uuid = sym_nestxml_domain_get_uuid(sym_nestxml_check_get_domain(check)); /* libvirt gives each guest one */

	if (definition == NESTXML_DEFINITION_UNKNOWN || !*uuid)
		return HELPER_FAILED;
	return helper_start(uuid, starts ? answer : NULL);
}

/*
 * The start that is being judged cannot be changed, so a helper rewrites the definition for the next one. Where there is no definition or
 * no helper, people are told how to do it by hand. Where libvirt's file states the policy but this start does not, libvirt may hold a
 * different definition from that in its file (as after a revert that failed, libvirt 9.0, measured), or another program may create a guest
 * over one that is defined: the helper then rewrites what libvirt holds, and starts nothing.
 */
bool stale_handle(const char *name, const struct nestxml_check *check, char next[STALE_NEXT])
{
	const char *manager = sym_nestxml_check_get_manager(check);
	char answer[HELPER_ANSWER] = "";
	enum helper helper;

	print_rewritten(check);
	helper = manager ? HELPER_FAILED : rewrite(check, answer);
	if (sym_nestxml_check_get_policy(check)->on_stale == NESTXML_ON_STALE_ALLOW) {
		log_write(LOG_WARNING, "started as it is (on-stale = allow): %s", sym_nestxml_check_get_report(check));
		return true;
	}
	if (manager && sym_nestxml_check_get_definition(check) != NESTXML_DEFINITION_UNKNOWN)
		describe_managed(name, check, manager, next, STALE_NEXT);
	else if (helper == HELPER_FAILED || sym_nestxml_check_get_definition(check) != NESTXML_DEFINITION_STALE)
		snprintf(next, STALE_NEXT, "%s", sym_nestxml_check_get_advice(check));
	else
		snprintf(next, STALE_NEXT, "%s", describe_helper(helper, answer));
	return false;
}
