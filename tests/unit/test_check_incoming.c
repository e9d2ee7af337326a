/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_check_incoming.c - what becomes of a guest that arrives with a state, and what people are told. */
#include "support.h"

#include "ask.h"

#define PASSED_THROUGH(policy) "<cpu mode='host-passthrough'><feature policy='" policy "' name='vmx'/></cpu>"

static const enum nestxml_operation arrivals[] = {NESTXML_OPERATION_INCOMING, NESTXML_OPERATION_START_INCOMING};

static void test_what_arrives_and_requires_nesting_needs_a_host_that_has_it(void **state)
{
	static const struct row on[] = {
		{"", REQUIRED, PASS, "require"},
		{"nested = require", FIXED_REQUIRED, PASS, "require"},
		{"nested = optional", REQUIRED, PASS, "optional"},
	};
	static const struct row off[] = {
		{"", REQUIRED, REFUSE, "kvm_intel nested=N|nestctl host enable"},
		{"nested = require", FIXED_REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"nested = require", FORCED, REFUSE, "kvm_intel nested=N"},
		/* whatever the policy says: the XML requires it */
		{"nested = optional", REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"nested = leave", REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"nested = optional", OPTIONAL, PASS, "optional"},
		{"nested = leave", PLAIN, PASS, "left alone"},
		{"", PLAIN, PASS, "left alone"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(arrivals); i++) {
		tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		check_rows(*state, arrivals[i], "kvm", on, ARRAY_SIZE(on));
		tree_host(*state, "GenuineIntel", "kvm_intel", "N\n");
		check_rows(*state, arrivals[i], "kvm", off, ARRAY_SIZE(off));
	}
}

/* Their CPU cannot be changed for this run, so they pass, and people are told. */
static void test_what_arrives_without_what_it_is_to_have_passes_and_is_unmet(void **state)
{
	static const struct {
		const char *policy;
		const char *cpu;
	} guests[] = {
		{"nested = require", FIXED},
		{"nested = require", "<cpu mode='custom' match='strict' check='full'><model>Skylake-Client</model></cpu>"},
		{"nested = require", PLAIN},
		{"nested = require", PASSED_THROUGH("disable")},
		{"nested = require", PASSED_THROUGH("optional")},
		{"nested = optional", PLAIN},
		{"nested = optional", FIXED_DISABLED},
		{"nested = require", PLAIN ENCRYPTED},
	};
	static const char *const hosts[] = {"Y\n", "N\n"};

	for (size_t i = 0; i < ARRAY_SIZE(guests) * ARRAY_SIZE(hosts) * ARRAY_SIZE(arrivals); i++) {
		const char *xml = document("kvm", "x86_64", guests[i / 4].cpu);
		struct nestxml_check *check;

		tree_host(*state, "GenuineIntel", "kvm_intel", hosts[i / 2 % 2]);
		state_policy(*state, guests[i / 4].policy);
		check = ask(*state, arrivals[i % 2], "vm", xml);
		CHECK(nestxml_check_get_verdict(check) == PASS, "%s: %s", xml, nestxml_check_get_report(check));
		CHECK(nestxml_check_is_unmet(check), "%s: %s", xml, nestxml_check_get_report(check));
		check_words(said(check),
			    "guest 'vm'|is asked for by " ADMIN_FILE ":2, but|saved state, a snapshot or another host|passes as it is");
		nestxml_check_free(check);
	}
}

static void test_what_is_as_its_policy_asks_is_not_unmet(void **state)
{
	static const struct {
		enum nestxml_operation operation;
		const char *policy;
		const char *cpu;
	} guests[] = {
		{NESTXML_OPERATION_START, "nested = require", REQUIRED},
		{NESTXML_OPERATION_INCOMING, "nested = require", REQUIRED},
		{NESTXML_OPERATION_START, "nested = optional", OPTIONAL},
		{NESTXML_OPERATION_INCOMING, "nested = disable", DISABLED},
		{NESTXML_OPERATION_START, "nested = leave", PLAIN},
		{NESTXML_OPERATION_START, "nested = require", PLAIN},
		{NESTXML_OPERATION_START, "nested = optional", PLAIN ENCRYPTED},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		struct nestxml_check *check;

		state_policy(*state, guests[i].policy);
		check = ask(*state, guests[i].operation, "vm", document("kvm", "x86_64", guests[i].cpu));
		CHECK(!nestxml_check_is_unmet(check), "%s + %s", guests[i].policy, guests[i].cpu);
		nestxml_check_free(check);
	}
}

static void test_what_arrives_with_what_it_must_not_have_is_refused_on_any_host(void **state)
{
	static const struct row rows[] = {
		{"nested = disable", DISABLED, PASS, "disable"},
		{"nested = disable", FORBIDDEN, PASS, "disable"},
		{"nested = disable", FIXED_DISABLED, PASS, "disable"},
		{"nested = disable", FIXED, PASS, "disable"}, /* described in full, without it */
		{"nested = disable", FIXED_REQUIRED, REFUSE,
		 "does not disable vmx|cannot be changed|virsh managedsave-remove vm|nested = leave"},
		{"nested = disable", PASSED_THROUGH("require"), REFUSE, "does not disable vmx"},
		{"nested = disable", "<cpu mode=\'maximum\'/>", REFUSE, "does not disable vmx"},
		{"nested = disable", PLAIN, REFUSE, "does not disable vmx"},
	};
	static const char *const hosts[] = {"Y\n", "N\n"};

	for (size_t i = 0; i < ARRAY_SIZE(arrivals) * ARRAY_SIZE(hosts); i++) {
		tree_host(*state, "GenuineIntel", "kvm_intel", hosts[i / 2]);
		check_rows(*state, arrivals[i % 2], "kvm", rows, ARRAY_SIZE(rows));
	}
}

/* libvirt starts what arrives with its CPU expanded or passed through: with any other it is a start, whoever has announced it. */
static void test_what_no_saved_state_can_have_is_a_start_whatever_was_announced(void **state)
{
	static const struct row rows[] = {
		{"nested = require", DISABLED, STALE, "nested=require"},
		{"nested = require", "<cpu mode='custom' match='exact' check='none'><model>kvm64</model></cpu>", STALE, "nested=require"},
		{"nested = require", "", STALE, "nested=require"},
		{"nested = disable", REQUIRED, STALE, "nested=disable"},
		{"nested = disable", "", STALE, "nested=disable"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START_INCOMING, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_at_arrival_an_unknown_host_is_not_on(void **state)
{
	static const struct row rows[] = {
		{"", REQUIRED, REFUSE, "/proc/cpuinfo cannot be read"},
		{"nested = disable", DISABLED, REFUSE, "is unknown|nestctl host"},
		{"nested = require", PLAIN, PASS, "require"},
	};

	check_rows(*state, NESTXML_OPERATION_INCOMING, "kvm", rows, ARRAY_SIZE(rows));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_what_arrives_and_requires_nesting_needs_a_host_that_has_it),
		TREE_TEST(test_what_arrives_without_what_it_is_to_have_passes_and_is_unmet),
		TREE_TEST(test_what_is_as_its_policy_asks_is_not_unmet),
		TREE_TEST(test_what_arrives_with_what_it_must_not_have_is_refused_on_any_host),
		TREE_TEST(test_what_no_saved_state_can_have_is_a_start_whatever_was_announced),
		TREE_TEST(test_at_arrival_an_unknown_host_is_not_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
