/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_prescan.c - which documents pass without a parser, and that none of them states anything. */
#include "support.h"

#include "domain.h"
#include "prescan.h"

#define UUID "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"
#define DOMAIN(body) "<domain type='kvm'><name>vm</name>" UUID body "</domain>\n"

static const struct {
	const char *xml;
	const char *name;
	bool is_silent;
} rows[] = {
	{DOMAIN(""), "vm", true},
	{DOMAIN("<cpu mode='host-model'/>"), "vm", true},
	{DOMAIN("<cpu mode='host-passthrough'><feature policy='require' name='pcid'/></cpu>"), "vm", true},
	{DOMAIN("<metadata><a:b xmlns:a='urn:other'/></metadata>"), "vm", true},
	{"<domain type='kvm' id='1'>\n  <name>two words</name>\n</domain>  \n\n", "two words", true},
	/* the words themselves, wherever they are */
	{DOMAIN("<cpu><feature policy='require' name='vmx'/></cpu>"), "vm", false},
	{DOMAIN("<cpu><feature policy='disable' name='svm'/></cpu>"), "vm", false},
	{DOMAIN("<metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='require'/></metadata>"), "vm", false},
	{DOMAIN("<description>no vmx here</description>"), "vm", false},
	/* what may hide one */
	{DOMAIN("<cpu><feature policy='require' name='&#118;mx'/></cpu>"), "vm", false},
	{DOMAIN("<cpu><feature policy='require' name='v&#x6d;x'/></cpu>"), "vm", false},
	{"<!DOCTYPE domain>" DOMAIN(""), "vm", false},
	{DOMAIN("<!-- -->"), "vm", false},
	{DOMAIN("<title><![CDATA[]]></title>"), "vm", false},
	{"<?xml version='1.0' encoding='UTF-7'?>" DOMAIN(""), "vm", false},
	{"\xef\xbb\xbf" DOMAIN(""), "vm", false},
	/* what is no whole domain, or another's */
	{"", "vm", false},
	{"<domain", "vm", false},
	{"<domain type='kvm'><name>vm</name>", "vm", false},
	{"<domains><name>vm</name></domain>", "vm", false},
	{"<network><name>vm</name></network>", "vm", false},
	{DOMAIN(""), "v", false},
	{DOMAIN(""), "other", false},
	{DOMAIN(""), "", false},
	{"<domain type='kvm'><name>a&amp;b</name></domain>", "a&b", false},
};

static void test_what_is_seen_to_be_silent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(nestxml_prescan_is_silent(rows[i].name, rows[i].xml, strlen(rows[i].xml)) == rows[i].is_silent, "%s as %s",
		      rows[i].xml, rows[i].name);
}

static void test_a_nul_byte_leaves_it_in_doubt(void **state)
{
	static const char xml[] = "<domain type='kvm'><name>vm</name>\0</domain>";

	(void)state;
	assert_false(nestxml_prescan_is_silent("vm", xml, sizeof(xml) - 1));
}

/* The parser is the judge: nothing that the prescan calls silent states anything. */
static void test_nothing_that_states_a_policy_is_silent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nestxml_domain *domain;

		if (nestxml_domain_new(rows[i].xml, strlen(rows[i].xml), &domain, NULL) != 0)
			continue;
		CHECK(!rows[i].is_silent || (!nestxml_domain_is_requiring_nesting(domain) && !domain->has_stated), "%s", rows[i].xml);
		nestxml_domain_free(domain);
	}
}

/* The same policy with the parser and without: a comment makes all the difference between the two ways. */
static void check_both_ways(const struct tree *tree, const char *policy, enum nestxml_nested nested, enum nestxml_verdict verdict)
{
	static const char *const documents[] = {DOMAIN("<cpu mode='host-model'/>"), DOMAIN("<!-- --><cpu mode='host-model'/>")};

	tree_clear(tree);
	tree_host(tree, "AuthenticAMD", "kvm_amd", "1\n");
	tree_write(tree, ADMIN_FILE, policy);
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		struct nestxml_check *check;

		assert_int_equal(
			nestxml_check_new(tree->root, NESTXML_OPERATION_START, "vm", documents[i], strlen(documents[i]), &check, NULL), 0);
		CHECK(nestxml_check_get_verdict(check) == verdict, "%s, way %zu", policy, i);
		CHECK(nestxml_check_get_policy(check)->nested == nested, "%s, way %zu", policy, i);
		nestxml_check_free(check);
	}
}

static void test_both_ways_lead_to_the_same_verdict(void **state)
{
	static const struct {
		const char *policy;
		enum nestxml_nested nested;
		enum nestxml_verdict verdict;
	} policies[] = {
		{"", NESTXML_NESTED_LEAVE, NESTXML_VERDICT_PASS},
		{"[default]\nnested = leave\n", NESTXML_NESTED_LEAVE, NESTXML_VERDICT_PASS},
		{"[default]\nnested = require\n", NESTXML_NESTED_REQUIRE, NESTXML_VERDICT_STALE},
		{"[default]\nnested = require\n[default]\nnested = leave\n", NESTXML_NESTED_LEAVE, NESTXML_VERDICT_PASS},
		{"[guest other]\nnested = require\n", NESTXML_NESTED_LEAVE, NESTXML_VERDICT_PASS},
		{"[guest v?]\nnested = require\n", NESTXML_NESTED_REQUIRE, NESTXML_VERDICT_STALE},
		{"[guest v?]\nnested = leave\n", NESTXML_NESTED_LEAVE, NESTXML_VERDICT_PASS},
		{"[guest C7A5FDBDEDAF9455926AD65C16DB1809]\nnested = disable\n", NESTXML_NESTED_DISABLE, NESTXML_VERDICT_STALE},
		{"[guest 00000000-edaf-9455-926a-d65c16db1809]\nnested = disable\n", NESTXML_NESTED_LEAVE, NESTXML_VERDICT_PASS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		check_both_ways(*state, policies[i].policy, policies[i].nested, policies[i].verdict);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_seen_to_be_silent),
		cmocka_unit_test(test_a_nul_byte_leaves_it_in_doubt),
		cmocka_unit_test(test_nothing_that_states_a_policy_is_silent),
		TREE_TEST(test_both_ways_lead_to_the_same_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
