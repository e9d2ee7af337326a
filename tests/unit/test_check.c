/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_check.c - what comes with the answer for one guest, and each error as its code. */
#include "support.h"

#include "ask.h"

static void test_the_policy_and_the_edits_come_with_the_answer(void **state)
{
	const char *xml = document("kvm", "x86_64", "<cpu mode='host-model'></cpu>");
	struct nestxml_check *check;
	char *made;
	size_t length;

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require\non-stale = allow");
	check = ask(*state, NESTXML_OPERATION_START, "vm", xml);
	assert_int_equal(nestxml_check_get_policy(check)->nested, NESTXML_NESTED_REQUIRE);
	assert_int_equal(nestxml_check_get_policy(check)->on_stale, NESTXML_ON_STALE_ALLOW);
	assert_int_equal(nestxml_check_get_policy(check)->source, NESTXML_SOURCE_SECTION);
	assert_string_equal(nestxml_check_get_policy(check)->file, ADMIN_FILE);
	assert_int_equal(nestxml_check_get_verdict(check), STALE);
	assert_int_equal(nestxml_edits_apply(nestxml_check_get_edits(check), &made, &length), 0);
	assert_non_null(strstr(made, "<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>"));
	nestxml_check_free(check);
	check = ask(*state, NESTXML_OPERATION_START, "vm", made); /* what the edits make is current */
	assert_int_equal(nestxml_check_get_verdict(check), PASS);
	nestxml_check_free(check);
	free(made);
	nestxml_check_free(NULL);
}

static void test_whatever_is_wrong_comes_as_its_code(void **state)
{
	static const struct {
		const char *policy;
		const char *xml;
		int code;
	} cases[] = {
		{"nested = leave", "", NESTXML_E_SYNTAX},
		{"nested = leave", "<domain>", NESTXML_E_SYNTAX},
		{"nested = leave", "<!DOCTYPE a><domain/>", NESTXML_E_DTD},
		{"nested = leave", "<domain>\xff</domain>", NESTXML_E_ENCODING},
		{"nested = leave", "<network/>", NESTXML_E_ROOT},
		{"", "<domain type='kvm'>" METADATA("maybe") "</domain>", NESTXML_E_METADATA},
		{"nested = maybe", "<domain type='kvm'/>", NESTXML_E_CONFIG},
		{"x", "<domain type='kvm'/>", NESTXML_E_CONFIG},
	};
	const struct tree *tree = *state;

	tree_host(tree, "GenuineIntel", "kvm_intel", "Y\n");
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		enum nestxml_operation occasion = i % 2 ? NESTXML_OPERATION_START : NESTXML_OPERATION_INCOMING;
		const char *xml = cases[i / 2].xml;
		struct nestxml_check *check = NULL;
		struct nestxml_error error = {0};

		state_policy(tree, cases[i / 2].policy);
		CHECK(nestxml_check_new(tree->root, occasion, "vm", xml, strlen(xml), &check, &error) == cases[i / 2].code, "%s", xml);
		assert_int_equal(error.code, cases[i / 2].code);
		assert_int_equal(nestxml_check_new(tree->root, occasion, "vm", xml, strlen(xml), &check, NULL), cases[i / 2].code);
		assert_null(check);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_the_policy_and_the_edits_come_with_the_answer),
		TREE_TEST(test_whatever_is_wrong_comes_as_its_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
