/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stale.c - a guest whose CPU does not state its policy: what is done about it, and what people are told. */
#include "stale.h"

#include <stdlib.h>
#include <unistd.h>

#include "helper.h"
#include "io.h"
#include "library.h"
#include "log.h"

static void print_rewritten(const struct nestxml_check *check)
{
	char *xml;
	size_t length;

	/* libvirt throws this away (docs/libvirt-facts.md #2), and who reads it sees a closed pipe too: so no failure is one. */
	if (sym_nestxml_edits_apply(sym_nestxml_check_get_edits(check), &xml, &length) == 0) {
		io_write(STDOUT_FILENO, xml, length);
		free(xml);
	}
}

/* What becomes of a guest that a helper sees to; it starts the guest with @restart. */
static const char *describe_helper(enum helper helper, bool restart, enum nestxml_nested nested)
{
	if (helper == HELPER_UNDER_WAY)
		return "its definition is being rewritten since an earlier start: wait for it, and start it again if it does not run then";
	if (!restart)
		return "its definition is being rewritten: start it again";
	switch (nested) {
	case NESTXML_NESTED_REQUIRE:
		return "its definition is being rewritten, and the guest is being started again with nested virtualization";
	case NESTXML_NESTED_DISABLE:
		return "its definition is being rewritten, and the guest is being started again without nested virtualization";
	default:
		return "its definition is being rewritten, and the guest is being started again with what its policy states";
	}
}

/*
 * libvirt cannot change this start: the definition is rewritten by a helper, for the start that follows. Where there is none, or no helper,
 * people are told how to do it by hand. Where libvirt's file is current but this start is not, libvirt may hold another definition than its
 * file (as after a revert that failed, libvirt 9.0, measured), or somebody creates a guest over one that is defined: so the helper rewrites
 * what libvirt holds and starts nothing.
 */
bool stale_handle(const struct nestxml_check *check, const char **next)
{
	const struct nestxml_policy *policy = sym_nestxml_check_get_policy(check);
	enum nestxml_definition definition = sym_nestxml_check_get_definition(check);
	bool restart = policy->on_stale == NESTXML_ON_STALE_RESTART && definition == NESTXML_DEFINITION_STALE;
	const char *uuid = sym_nestxml_domain_get_uuid(sym_nestxml_check_get_domain(check)); /* libvirt gives each guest one */
	enum helper helper = HELPER_FAILED;

	print_rewritten(check);
	if (definition != NESTXML_DEFINITION_UNKNOWN && *uuid) {
		helper = helper_start(uuid, restart);
		if (helper == HELPER_FAILED)
			log_write(LOG_ERR, "nestctl cannot be started: %m");
	}
	if (policy->on_stale == NESTXML_ON_STALE_ALLOW) {
		log_write(LOG_WARNING, "started as it is (on-stale = allow): %s", sym_nestxml_check_get_report(check));
		return true;
	}
	if (helper == HELPER_FAILED || definition != NESTXML_DEFINITION_STALE)
		*next = sym_nestxml_check_get_advice(check);
	else
		*next = describe_helper(helper, restart, policy->nested);
	return false;
}
