/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_warnings.c - what the edits cannot put right, and people are warned of. */
#include "support.h"

#include "rewrite.h"

struct warned {
	const char *cpu;
	struct wanted wanted;
	const char *word; /* of the only warning; NULL: there is none */
};

static void check_warning(const struct warned *c)
{
	struct nestxml_domain *domain;
	struct nestxml_edits *edits;
	char xml[1024];
	const char *warning;

	snprintf(xml, sizeof(xml), "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>%s</domain>", c->cpu);
	domain = domain_of(xml);
	assert_int_equal(nestxml_edits_new(domain, c->wanted.nested, c->wanted.mode, c->wanted.vendor, &edits, NULL), 0);
	warning = nestxml_edits_get_warning(edits, 0);
	CHECK(nestxml_edits_count_warnings(edits) == (c->word ? 1 : 0), "%s: %s", xml, warning ? warning : "none");
	CHECK(!c->word || (strstr(warning, c->word) && is_printable(warning)), "%s: %s", xml, warning);
	assert_null(nestxml_edits_get_warning(edits, nestxml_edits_count_warnings(edits)));
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
}

#define FULL(match, model, features) "<cpu mode='custom' match='" match "' check='full'><model>" model "</model>" features "</cpu>"
#define SVM(policy) "<feature policy='" policy "' name='svm'/>"
#define NPT(policy) "<feature policy='" policy "' name='npt'/>"
#define EPT(policy) "<feature policy='" policy "' name='vmx-ept'/>"

static void test_nested_paging_that_is_disabled_is_warned_of(void **state)
{
	static const struct warned cases[] = {
		{"<cpu mode='host-model'>" NPT("disable") "</cpu>", {REQUIRE, KEEP, AMD}, "npt"},
		{"<cpu mode='host-model'>" NPT("forbid") "</cpu>", {REQUIRE, KEEP, AMD}, "npt"},
		{"<cpu mode='host-model'>" NPT("disable") SVM("require") "</cpu>", {OPTIONAL, KEEP, AMD}, "npt"},
		{"<cpu mode='maximum'>" EPT("disable") EPT("disable") "</cpu>", {REQUIRE, KEEP, INTEL}, "vmx-ept"},
		{"<cpu mode='host-model'>" NPT("disable") "</cpu>", {DISABLE, KEEP, AMD}, NULL},
		{"<cpu mode='host-model'>" NPT("disable") "</cpu>", {REQUIRE, KEEP, INTEL}, NULL},
		{"<cpu mode='host-model'>" EPT("disable") "</cpu>", {REQUIRE, KEEP, AMD}, NULL},
		{"<cpu mode='host-model'>" NPT("require") "</cpu>", {REQUIRE, KEEP, AMD}, NULL},
		{"<cpu mode='host-model'>" NPT("optional") "</cpu>", {REQUIRE, KEEP, AMD}, NULL},
		{"<cpu mode='host-model'><feature policy='disable' name='vgif'/></cpu>", {REQUIRE, KEEP, AMD}, NULL},
		/* as libvirt describes the CPU of a guest that ran without the feature: without the one named alone it would not nest
		   either */
		{"<cpu mode='host-model'>" EPT("disable") "<feature policy='disable' name='vmx-nmi-exit'/>"
							  "<feature policy='disable' name='vmx-hlt-exit'/></cpu>",
		 {REQUIRE, KEEP, INTEL},
		 "vmx-ept and 2 more of vmx's features"},
		{"<cpu mode='host-model'><feature policy='disable' name='vgif'/>" NPT("disable") "</cpu>",
		 {OPTIONAL, KEEP, AMD},
		 "disables npt, so"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_warning(&cases[i]);
}

/* Measured on libvirt 9.0 with QEMU 7.2: what starts is not warned of, but for models whose sub-features the XML does not name. */
static void test_a_full_check_that_may_end_the_start_is_warned_of(void **state)
{
	static const struct warned cases[] = {
		{"<cpu mode='host-model' check='full'/>", {DISABLE, KEEP, AMD}, "missing features"},
		{"<cpu mode='host-model' check='full'>" SVM("disable") "</cpu>", {DISABLE, KEEP, AMD}, "missing features"},
		{FULL("minimum", "qemu64", ""), {DISABLE, KEEP, AMD}, "missing features"},
		{FULL("minimum", "EPYC-Rome", ""), {DISABLE, KEEP, AMD}, "missing features"},
		{FULL("exact", "EPYC", SVM("disable")), {REQUIRE, KEEP, AMD}, "extra features"},
		{FULL("exact", "phenom", SVM("forbid")), {OPTIONAL, KEEP, AMD}, "extra features"},
		{FULL("exact", "EPYC", ""), {DISABLE, NESTXML_MODE_HOST_MODEL, AMD}, "missing features"},

		{"<cpu mode='host-model' check='partial'/>", {DISABLE, KEEP, AMD}, NULL},
		{"<cpu mode='host-model' check='full'/>", {REQUIRE, KEEP, AMD}, NULL},
		{"<cpu mode='host-model' check='full'/>", {DISABLE, NESTXML_MODE_MAXIMUM, AMD}, NULL},
		{"<cpu mode='maximum' check='full'/>", {DISABLE, KEEP, AMD}, NULL},
		{"<cpu mode='host-passthrough' check='full' match='minimum'/>", {DISABLE, KEEP, AMD}, NULL},
		{FULL("exact", "qemu64", ""), {DISABLE, KEEP, AMD}, NULL},
		{FULL("exact", "EPYC-Rome", ""), {DISABLE, KEEP, AMD}, NULL},
		{FULL("exact", "qemu64", SVM("disable")), {REQUIRE, KEEP, AMD}, NULL},
		{FULL("exact", "EPYC", SVM("disable") NPT("require")), {REQUIRE, KEEP, AMD}, NULL},
		{FULL("exact", "EPYC", SVM("require")), {REQUIRE, KEEP, AMD}, NULL},
		{FULL("exact", "EPYC-Rome", SVM("require") NPT("require")), {DISABLE, KEEP, AMD}, NULL},
		{FULL("exact", "EPYC-Rome", SVM("require")), {DISABLE, KEEP, INTEL}, NULL},
		{"<cpu match='minimum'><model>EPYC-Rome</model></cpu>", {DISABLE, KEEP, AMD}, NULL},
		{"", {DISABLE, KEEP, AMD}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_warning(&cases[i]);
}

static void test_what_wins_over_the_cpu_is_warned_of(void **state)
{
	static const char arguments[] = "<qemu:commandline><qemu:arg value='-cpu'/><qemu:arg value='max'/></qemu:commandline>";
	static const struct warned cases[] = {
		{arguments, {REQUIRE, KEEP, AMD}, "-cpu in <qemu:commandline>"},
		{arguments, {OPTIONAL, KEEP, AMD}, "-cpu in <qemu:commandline>"},
		{arguments, {DISABLE, KEEP, INTEL}, "-cpu in <qemu:commandline>"},
		{"<qemu:commandline><qemu:arg value='-snapshot'/></qemu:commandline>", {REQUIRE, KEEP, AMD}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_warning(&cases[i]);
}

static void test_all_warnings_fit(void **state)
{
	struct nestxml_domain *domain = domain_of(
		"<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>" //
		FULL("exact", "EPYC",
		     SVM("disable")) "<q:commandline><q:env name='LD_"
				     "\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b\xc2\x9b"
				     "'/></q:commandline></domain>");
	struct nestxml_edits *edits;

	(void)state;
	assert_int_equal(nestxml_edits_new(domain, REQUIRE, KEEP, AMD, &edits, NULL), 0);
	assert_int_equal(nestxml_edits_count_warnings(edits), 2);
	for (size_t i = 0; i < 2; i++) {
		const char *warning = nestxml_edits_get_warning(edits, i);

		CHECK(is_printable(warning) && (strstr(warning, "check='partial'") || strstr(warning, "; remove LD_")), "%s", warning);
	}
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested_paging_that_is_disabled_is_warned_of),
		cmocka_unit_test(test_a_full_check_that_may_end_the_start_is_warned_of),
		cmocka_unit_test(test_what_wins_over_the_cpu_is_warned_of),
		cmocka_unit_test(test_all_warnings_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
