/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_edits.c - the edits: that they fulfil every wish for every kind of CPU, and when there are none. */
#include "support.h"

#include "domain.h"
#include "rewrite.h"

/* ---- every combination, by what it then says ---- */

static const char *const cpus[] = {
	"",
	"<cpu/>",
	"<cpu\n/>",
	"<cpu match='exact' />",
	"<cpu mode='custom' match='exact'\n/>",
	"<cpu>\n</cpu>",
	"<cpu>\n  <numa/>\n</cpu>",
	"<cpu mode='custom'><model>EPYC</model><vendor>AMD</vendor><numa/></cpu>",
	"<cpu mode='custom' match='exact'>\n  <model>qemu64</model>\n  <feature policy='require' name='svm'/>\n</cpu>",
	"<cpu mode='host-model'>\n  <model fallback='allow'/>\n  <feature policy='force' name='vmx'/>\n  <feature name='svm'/>\n</cpu>",
	"<cpu mode='host-passthrough' migratable='on'>\n  <cache mode='passthrough'/>\n</cpu>",
	"<cpu mode='maximum'><feature policy='forbid' name='svm'/><feature policy='optional' name='vmx-ept'/></cpu>",
	"<cpu mode='unheard-of'><feature policy='optional' name='svm'/><feature name='npt'/></cpu>",
	"<cpu mode='host-model'>text<feature name='svm'/>text<feature name='vmx'/>text</cpu>",
	"<cpu mode='host-model'>\n  <feature name='svm'/>\n  <!-- why -->\n</cpu>",
	"<cpu match='exact'>\n<model>x</model>\n<feature name='vmx'/><feature name='vmx'/>\n<feature name='vmx'/>\n</cpu>",
};

/* Reads the result as a fresh document and asks what it says. */
static void check_stated(const char *xml, struct wanted wanted)
{
	struct nestxml_domain *domain = domain_of(xml);
	size_t own = 0;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];
		bool wants = child->policy == POLICY_FORCE || child->policy == POLICY_REQUIRE || child->policy == POLICY_OPTIONAL;

		if (child->kind != CHILD_FEATURE)
			continue;
		if (child->extension == wanted.vendor) {
			own++;
			CHECK(wanted.nested != REQUIRE || child->policy == POLICY_REQUIRE || child->policy == POLICY_FORCE, "%s", xml);
			CHECK(wanted.nested != OPTIONAL || child->policy == POLICY_OPTIONAL, "%s", xml);
			CHECK(wanted.nested != DISABLE || child->policy == POLICY_DISABLE || child->policy == POLICY_FORBID, "%s", xml);
		} else {
			CHECK(child->extension == NESTXML_VENDOR_NONE || !wants, "%s", xml);
		}
		CHECK(child->sub_extension == NESTXML_VENDOR_NONE || child->sub_extension == wanted.vendor || !wants, "%s", xml);
	}
	CHECK(own == 1, "%zu features of the vendor in %s", own, xml);
	CHECK(domain->has_cpu && (domain->mode != CPU_MODE_CUSTOM || domain->model.length > 0), "%s", xml);
	CHECK(wanted.mode == KEEP || (int)domain->mode == (int)wanted.mode, "%s", xml); /* both count host-model as 1 */
	nestxml_domain_free(domain);
}

static void test_every_wish_for_every_kind_of_cpu_is_fulfilled_once_and_for_all(void **state)
{
	static const char *const frames[][2] = {
		{"<domain type='kvm'>", "</domain>"},
		{"<domain type='kvm'>\n  <name>a</name>\n  ", "\n</domain>\n"},
		{"<domain type=\"kvm\">\r\n\t<os/>", "\r\n</domain>"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cpus) * ARRAY_SIZE(frames) * 3 * 4 * 2; i++) {
		const char *const *frame = frames[i / ARRAY_SIZE(cpus) % ARRAY_SIZE(frames)];
		size_t rest = i / ARRAY_SIZE(cpus) / ARRAY_SIZE(frames);
		struct wanted wanted = {REQUIRE + rest % 3, KEEP + rest / 3 % 4, rest / 12 ? INTEL : AMD};
		char xml[1024];
		char *made;

		snprintf(xml, sizeof(xml), "%s%s%s", frame[0], cpus[i % ARRAY_SIZE(cpus)], frame[1]);
		made = rewrite(xml, wanted);
		check_stated(made, wanted);
		free(made);
	}
}

/* ---- refusals ---- */

static void test_what_nesting_does_not_apply_to_gets_no_edits(void **state)
{
	static const struct {
		const char *xml;
		enum nestxml_vendor vendor;
		int code;
	} cases[] = {
		{"<domain type='xen'/>", INTEL, NESTXML_E_TYPE},
		{"<domain/>", INTEL, NESTXML_E_TYPE},
		{"<domain type='kvm'><os><type arch='aarch64'/></os></domain>", AMD, NESTXML_E_ARCH},
		{"<domain type='qemu'/>", INTEL, NESTXML_E_TCG},
		{"<domain type='kvm'/>", NESTXML_VENDOR_NONE, NESTXML_E_VENDOR},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain = domain_of(cases[i].xml);

		for (enum nestxml_nested nested = REQUIRE; nested <= DISABLE; nested++) {
			struct nestxml_edits *edits = NULL;
			struct nestxml_error error = {0};

			CHECK(nestxml_edits_new(domain, nested, KEEP, cases[i].vendor, &edits, &error) == cases[i].code, "%s",
			      cases[i].xml);
			assert_int_equal(error.code, cases[i].code);
			assert_int_equal(nestxml_edits_new(domain, nested, KEEP, cases[i].vendor, &edits, NULL), cases[i].code);
			assert_null(edits);
		}
		nestxml_domain_free(domain);
	}
	nestxml_edits_free(NULL);
}

static void test_encrypted_memory_refuses_all_but_disable(void **state)
{
	struct nestxml_domain *domain = domain_of("<domain type='kvm'><launchSecurity type='sev'/></domain>");
	struct nestxml_edits *edits = NULL;
	struct nestxml_error error = {0};

	(void)state;
	assert_int_equal(nestxml_edits_new(domain, REQUIRE, KEEP, AMD, &edits, &error), NESTXML_E_ENCRYPTED);
	assert_int_equal(nestxml_edits_new(domain, OPTIONAL, KEEP, AMD, &edits, NULL), NESTXML_E_ENCRYPTED);
	assert_null(edits);
	assert_int_equal(nestxml_edits_new(domain, DISABLE, KEEP, AMD, &edits, &error), 0);
	assert_int_equal(error.code, 0);
	assert_int_equal(nestxml_edits_count(edits), 1);
	nestxml_edits_free(edits);
	assert_int_equal(nestxml_edits_new(domain, DISABLE, KEEP, AMD, &edits, NULL), 0);
	nestxml_edits_free(edits);
	assert_int_equal(nestxml_edits_new(domain, DISABLE, KEEP, NESTXML_VENDOR_NONE, &edits, NULL), NESTXML_E_VENDOR);
	nestxml_domain_free(domain);
}

static void test_what_is_asked_must_be_require_optional_or_disable(void **state)
{
	struct nestxml_domain *domain = domain_of("<domain type='kvm'/>");
	struct nestxml_edits *edits = NULL;
	struct nestxml_error error;

	(void)state;
	assert_int_equal(nestxml_edits_new(domain, NESTXML_NESTED_LEAVE, KEEP, AMD, &edits, &error), NESTXML_E_ARGUMENT);
	assert_int_equal(error.code, NESTXML_E_ARGUMENT);
	assert_int_equal(nestxml_edits_new(domain, (enum nestxml_nested)4, KEEP, AMD, &edits, NULL), NESTXML_E_ARGUMENT);
	assert_int_equal(nestxml_edits_new(domain, REQUIRE, (enum nestxml_mode)4, AMD, &edits, NULL), NESTXML_E_ARGUMENT);
	assert_null(edits);
	nestxml_domain_free(domain);
}

static void test_a_mode_or_vendor_outside_its_enum_is_refused(void **state)
{
	struct nestxml_domain *domain = domain_of("<domain type='kvm'/>");
	struct nestxml_edits *edits = NULL;

	(void)state;
	for (unsigned int value = 4; value < 40; value++) {
		assert_int_equal(nestxml_edits_new(domain, REQUIRE, (enum nestxml_mode)value, AMD, &edits, NULL), NESTXML_E_ARGUMENT);
		assert_int_equal(nestxml_edits_new(domain, REQUIRE, KEEP, (enum nestxml_vendor)value, &edits, NULL), NESTXML_E_ARGUMENT);
	}
	assert_int_equal(nestxml_edits_new(domain, REQUIRE, KEEP, (enum nestxml_vendor)(AMD + 1), &edits, NULL), NESTXML_E_ARGUMENT);
	assert_null(edits);
	nestxml_domain_free(domain);
}

static void test_facts_that_contradict_each_other_make_no_edit(void **state)
{
	struct nestxml_domain *domain =
		domain_of("<domain type='kvm'><cpu mode='host-model'><feature policy='require' name='svm'/>"
			  "<feature policy='require' name='svm'/><feature policy='require' name='svm'/></cpu></domain>");
	struct nestxml_error error = {0};
	struct nestxml_edits *edits = NULL;

	(void)state;
	domain->children[2].element.start = domain->children[1].element.start + 1;
	assert_int_equal(nestxml_edits_new(domain, REQUIRE, KEEP, NESTXML_VENDOR_AMD, &edits, &error), NESTXML_E_INTERNAL);
	assert_int_equal(error.code, NESTXML_E_INTERNAL);
	assert_null(edits);
	nestxml_domain_free(domain);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_wish_for_every_kind_of_cpu_is_fulfilled_once_and_for_all),
		cmocka_unit_test(test_what_nesting_does_not_apply_to_gets_no_edits),
		cmocka_unit_test(test_encrypted_memory_refuses_all_but_disable),
		cmocka_unit_test(test_what_is_asked_must_be_require_optional_or_disable),
		cmocka_unit_test(test_a_mode_or_vendor_outside_its_enum_is_refused),
		cmocka_unit_test(test_facts_that_contradict_each_other_make_no_edit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
