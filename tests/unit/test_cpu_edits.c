/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_cpu_edits.c - what the edits make of each kind of CPU: its mode, its features, their sub-features. */
#include "support.h"

#include "rewrite.h"

/* ---- one feature, every policy ---- */

static const char *const policies[] = {"force", "require", "optional", "disable", "forbid", "nonsense", ""};

static bool stays(enum nestxml_nested nested, const char *policy)
{
	if (strcmp(policy, nestxml_nested_to_string(nested)) == 0)
		return true;
	return (nested == REQUIRE && strcmp(policy, "force") == 0) || (nested == DISABLE && strcmp(policy, "forbid") == 0);
}

static void test_each_wish_against_each_existing_policy(void **state)
{
	(void)state;
	for (enum nestxml_nested nested = REQUIRE; nested <= DISABLE; nested++) {
		for (size_t i = 0; i < 2 * ARRAY_SIZE(policies); i++) {
			const char *policy = policies[i / 2];
			enum nestxml_vendor vendor = i % 2 ? AMD : INTEL;
			char cpu[256];
			char expected[256];

			snprintf(cpu, sizeof(cpu), "<cpu mode='host-model'><feature policy=\"%s\" name='%s'/></cpu>", policy,
				 nestxml_vendor_feature(vendor));
			snprintf(expected, sizeof(expected), "<cpu mode='host-model'><feature policy=\"%s\" name='%s'/></cpu>",
				 stays(nested, policy) ? policy : nestxml_nested_to_string(nested), nestxml_vendor_feature(vendor));
			check_cpu(cpu, (struct wanted){nested, KEEP, vendor}, expected);
		}
	}
}

/* libvirt reads it as require. */
static void test_a_feature_without_a_policy_is_required(void **state)
{
	static const char cpu[] = "<cpu mode='host-model'><feature name=\"vmx\"/></cpu>";

	(void)state;
	check_cpu(cpu, (struct wanted){REQUIRE, KEEP, INTEL}, cpu);
	check_cpu(cpu, (struct wanted){OPTIONAL, KEEP, INTEL}, "<cpu mode='host-model'><feature policy=\"optional\" name=\"vmx\"/></cpu>");
	check_cpu(cpu, (struct wanted){DISABLE, KEEP, INTEL}, "<cpu mode='host-model'><feature policy=\"disable\" name=\"vmx\"/></cpu>");
}

static void test_each_wish_where_nothing_is_said(void **state)
{
	(void)state;
	for (enum nestxml_nested nested = REQUIRE; nested <= DISABLE; nested++) {
		char expected[256];

		snprintf(expected, sizeof(expected), "  <cpu mode='host-model'>\n    <feature policy='%s' name='svm'/>\n  </cpu>",
			 nestxml_nested_to_string(nested));
		check_cpu("  <cpu mode='host-model'/>", (struct wanted){nested, KEEP, AMD}, expected);
	}
}

static void test_each_wish_against_each_policy_of_the_other_vendors_feature(void **state)
{
	/* Not "nonsense", which no document of libvirt's has. */
	static const char *const others[] = {"force", "require", "optional", "disable", "forbid"};

	(void)state;
	for (enum nestxml_nested nested = REQUIRE; nested <= DISABLE; nested++) {
		for (size_t i = 0; i < 2 * ARRAY_SIZE(others); i++) {
			static const char *const names[] = {"vmx-ept", "npt"};
			bool goes = i / 2 < 3;
			bool is_amd = i % 2;
			const char *other = is_amd ? "vmx" : "svm";
			const char *other_sub = is_amd ? names[0] : names[1];
			const char *own = is_amd ? "svm" : "vmx";
			char line[512];
			char cpu[1024];
			char expected[1024];

			snprintf(line, sizeof(line), "\n    <feature policy='%s' name='%s'/>\n    <feature policy='%s' name='%s'/>",
				 others[i / 2], other, others[i / 2], other_sub);
			snprintf(cpu, sizeof(cpu), "  <cpu mode='host-model'>%s\n    <feature policy='%s' name='%s'/>\n  </cpu>", line,
				 nestxml_nested_to_string(nested), own);
			snprintf(expected, sizeof(expected), "  <cpu mode='host-model'>%s\n    <feature policy='%s' name='%s'/>\n  </cpu>",
				 goes ? "" : line, nestxml_nested_to_string(nested), own);
			check_cpu(cpu, (struct wanted){nested, KEEP, is_amd ? AMD : INTEL}, expected);
		}
	}
}

static void test_sub_features_of_the_own_vendor_stay(void **state)
{
	static const char intel[] =
		"<cpu mode='host-model'><feature policy='require' name='vmx-ept'/><feature policy='require' name='vmx'/></cpu>";
	static const char amd[] =
		"<cpu mode='host-model'><feature policy='require' name='npt'/><feature policy='require' name='svm'/></cpu>";

	(void)state;
	check_cpu(intel, (struct wanted){REQUIRE, KEEP, INTEL}, intel);
	check_cpu(amd, (struct wanted){REQUIRE, KEEP, AMD}, amd);
}

/* The names that libvirt 9.0 has for AMD's CPUID 0x8000000A, and some of Intel's. */
static void test_every_sub_feature_goes_with_its_vendor(void **state)
{
	static const struct {
		const char *name;
		enum nestxml_vendor vendor;
	} cases[] = {
		{"npt", AMD},
		{"lbrv", AMD},
		{"svm-lock", AMD},
		{"nrip-save", AMD},
		{"tsc-scale", AMD},
		{"vmcb-clean", AMD},
		{"flushbyasid", AMD},
		{"decodeassists", AMD},
		{"pause-filter", AMD},
		{"pfthreshold", AMD},
		{"avic", AMD},
		{"v-vmsave-vmload", AMD},
		{"vgif", AMD},
		{"svme-addr-chk", AMD},
		{"vmx-ept", INTEL},
		{"vmx-shadow-vmcs", INTEL},
		{"vmx-ins-outs", INTEL},
		{"x2apic", NESTXML_VENDOR_NONE},
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		enum nestxml_vendor vendor = i % 2 ? AMD : INTEL;
		bool goes = cases[i / 2].vendor != NESTXML_VENDOR_NONE && cases[i / 2].vendor != vendor;
		char feature[128];
		char cpu[256];
		char expected[256];

		snprintf(feature, sizeof(feature), "<feature policy='require' name='%s'/>", cases[i / 2].name);
		snprintf(cpu, sizeof(cpu), "<cpu mode='host-model'>%s<feature name='%s'/></cpu>", feature, nestxml_vendor_feature(vendor));
		snprintf(expected, sizeof(expected), "<cpu mode='host-model'>%s<feature name='%s'/></cpu>", goes ? "" : feature,
			 nestxml_vendor_feature(vendor));
		check_cpu(cpu, (struct wanted){REQUIRE, KEEP, vendor}, expected);
	}
}

static void test_features_that_only_look_alike_stay(void **state)
{
	static const char cpu[] = "<cpu mode='host-model'><feature policy='require' name='svme-addr-chk-x'/>"
				  "<feature policy='require' name='vmx-'/><feature policy='require' name='vmxx'/>"
				  "<feature policy='require' name='ssse3'/><x:feature xmlns:x='u' policy='require' name='vmx'/>"
				  "<!-- <feature policy='require' name='vmx'/> --><feature policy='require' name='svm'/></cpu>";

	(void)state;
	check_cpu(cpu, (struct wanted){REQUIRE, KEEP, AMD}, cpu);
}

static void test_duplicates_are_removed_and_the_first_is_corrected(void **state)
{
	(void)state;
	check_cpu("<cpu mode='host-model'>\n<feature policy='disable' name='vmx'/>\n<feature policy='require' name='vmx'/>\n"
		  "<feature policy='require' name='x2apic'/>\n<feature name='vmx'/></cpu>",
		  (struct wanted){REQUIRE, KEEP, INTEL},
		  "<cpu mode='host-model'>\n<feature policy='require' name='vmx'/>\n<feature policy='require' name='x2apic'/>\n</cpu>");
}

static void test_tcg_gets_svm(void **state)
{
	(void)state;
	check_rewrite("<domain type='qemu'><cpu mode='maximum'></cpu></domain>", (struct wanted){REQUIRE, KEEP, AMD},
		      "<domain type='qemu'><cpu mode='maximum'><feature policy='require' name='svm'/></cpu></domain>");
}

/* ---- a model that contains the other vendor's feature ---- */

static void test_svm_is_disabled_with_a_model_that_contains_it_on_intel(void **state)
{
	static const char *const models[] = {"qemu64", "phenom", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5",
					     "Dhyana", "EPYC",	 "EPYC-IBPB",  "EPYC-Rome",  "EPYC-Milan", "EPYC-v4"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		char cpu[512];
		char expected[512];

		snprintf(cpu, sizeof(cpu), "<cpu mode='custom'>\n<model>%s</model>\n</cpu>", models[i]);
		for (enum nestxml_nested nested = REQUIRE; nested <= OPTIONAL; nested++) {
			snprintf(expected, sizeof(expected),
				 "<cpu mode='custom'>\n<model>%s</model>\n<feature policy='%s' name='vmx'/>\n"
				 "<feature policy='disable' name='svm'/>\n</cpu>",
				 models[i], nestxml_nested_to_string(nested));
			check_cpu(cpu, (struct wanted){nested, KEEP, INTEL}, expected);
		}
		snprintf(expected, sizeof(expected),
			 "<cpu mode='custom'>\n<model>%s</model>\n<feature policy='require' name='svm'/>\n</cpu>", models[i]);
		check_cpu(cpu, (struct wanted){REQUIRE, KEEP, AMD}, expected);
	}
}

static void test_other_models_need_nothing_besides_vmx(void **state)
{
	static const char *const models[] = {"Skylake-Client", "qemu32", "kvm64", "Opteron_G1", "core2duo", "EPY", "xEPYC", "epyc"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		char cpu[512];
		char expected[512];

		snprintf(cpu, sizeof(cpu), "<cpu><model>%s</model></cpu>", models[i]);
		snprintf(expected, sizeof(expected), "<cpu><model>%s</model><feature policy='require' name='vmx'/></cpu>", models[i]);
		check_cpu(cpu, (struct wanted){REQUIRE, KEEP, INTEL}, expected);
	}
}

static void test_svm_in_any_policy_is_disabled_with_such_a_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		char cpu[512];

		snprintf(cpu, sizeof(cpu),
			 "<cpu><model>EPYC</model><feature policy='%s' name='svm'/><feature policy='require' name='vmx'/></cpu>",
			 policies[i]);
		check_cpu(cpu, (struct wanted){REQUIRE, KEEP, INTEL},
			  "<cpu><model>EPYC</model><feature policy='disable' name='svm'/><feature policy='require' name='vmx'/></cpu>");
	}
}

static void test_such_a_model_does_not_matter_where_the_mode_changes(void **state)
{
	(void)state;
	check_cpu("<cpu mode='custom'><model>EPYC</model></cpu>", (struct wanted){REQUIRE, NESTXML_MODE_HOST_PASSTHROUGH, INTEL},
		  "<cpu mode='host-passthrough'><feature policy='require' name='vmx'/></cpu>");
}

static void test_vmx_disabled_on_intel_leaves_such_a_model_alone(void **state)
{
	(void)state;
	check_cpu("<cpu><model>EPYC</model></cpu>", (struct wanted){DISABLE, KEEP, INTEL},
		  "<cpu><model>EPYC</model><feature policy='disable' name='vmx'/></cpu>");
}

/* ---- the mode ---- */

static void test_a_cpu_that_is_not_usable_becomes_host_model(void **state)
{
	static const struct wanted wanted = {REQUIRE, KEEP, AMD};

	(void)state;
	check_cpu("  <cpu/>", wanted, "  <cpu mode='host-model'>\n    <feature policy='require' name='svm'/>\n  </cpu>");
	check_cpu("  <cpu></cpu>", wanted, "  <cpu mode='host-model'>\n    <feature policy='require' name='svm'/>\n  </cpu>");
	check_cpu("  <cpu>\n    <topology sockets='1'/>\n  </cpu>", wanted,
		  "  <cpu mode='host-model'>\n    <topology sockets='1'/>\n    <feature policy='require' name='svm'/>\n  </cpu>");
	check_cpu("  <cpu>\n    <numa/>\n  </cpu>", wanted,
		  "  <cpu mode='host-model'>\n    <feature policy='require' name='svm'/>\n    <numa/>\n  </cpu>");
	check_cpu("<cpu mode=\"custom\" match=\"exact\"/>", wanted,
		  "<cpu mode=\"host-model\">\n  <feature policy=\"require\" name=\"svm\"/>\n</cpu>");
	check_cpu("<cpu><model/></cpu>", wanted, "<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>");
}

static void test_the_mode_changes_where_another_is_asked(void **state)
{
	static const enum nestxml_mode modes[] = {NESTXML_MODE_HOST_MODEL, NESTXML_MODE_HOST_PASSTHROUGH, NESTXML_MODE_MAXIMUM};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes) * ARRAY_SIZE(modes); i++) {
		enum nestxml_mode from = modes[i % 3];
		enum nestxml_mode to = modes[i / 3];
		char cpu[256];
		char expected[256];

		snprintf(cpu, sizeof(cpu), "<cpu mode='%s'><feature policy='require' name='vmx'/></cpu>", nestxml_mode_to_string(from));
		snprintf(expected, sizeof(expected), "<cpu mode='%s'><feature policy='require' name='vmx'/></cpu>",
			 nestxml_mode_to_string(to));
		check_cpu(cpu, (struct wanted){REQUIRE, to, INTEL}, expected);
		check_cpu(cpu, (struct wanted){REQUIRE, KEEP, INTEL}, cpu);
	}
}

static void test_what_the_new_mode_does_not_allow_goes(void **state)
{
	static const char cpu[] =
		"<cpu mode='custom' match='exact' migratable='on'><model fallback='forbid'>EPYC</model><vendor>AMD</vendor>"
		"<cache mode='passthrough'/><feature policy='require' name='svm'/></cpu>";

	(void)state;
	check_cpu(cpu, (struct wanted){REQUIRE, NESTXML_MODE_HOST_MODEL, AMD},
		  "<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>");
	check_cpu(cpu, (struct wanted){REQUIRE, NESTXML_MODE_HOST_PASSTHROUGH, AMD},
		  "<cpu mode='host-passthrough' migratable='on'><cache mode='passthrough'/><feature policy='require' name='svm'/></cpu>");
}

static void test_a_custom_cpu_with_its_model_is_kept(void **state)
{
	(void)state;
	check_cpu("<cpu match='exact'><model>Skylake-Client</model><vendor>Intel</vendor></cpu>", (struct wanted){REQUIRE, KEEP, INTEL},
		  "<cpu match='exact'><model>Skylake-Client</model><vendor>Intel</vendor><feature policy='require' name='vmx'/></cpu>");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_wish_against_each_existing_policy),
		cmocka_unit_test(test_a_feature_without_a_policy_is_required),
		cmocka_unit_test(test_each_wish_where_nothing_is_said),
		cmocka_unit_test(test_each_wish_against_each_policy_of_the_other_vendors_feature),
		cmocka_unit_test(test_sub_features_of_the_own_vendor_stay),
		cmocka_unit_test(test_every_sub_feature_goes_with_its_vendor),
		cmocka_unit_test(test_features_that_only_look_alike_stay),
		cmocka_unit_test(test_duplicates_are_removed_and_the_first_is_corrected),
		cmocka_unit_test(test_svm_is_disabled_with_a_model_that_contains_it_on_intel),
		cmocka_unit_test(test_other_models_need_nothing_besides_vmx),
		cmocka_unit_test(test_svm_in_any_policy_is_disabled_with_such_a_model),
		cmocka_unit_test(test_such_a_model_does_not_matter_where_the_mode_changes),
		cmocka_unit_test(test_vmx_disabled_on_intel_leaves_such_a_model_alone),
		cmocka_unit_test(test_a_cpu_that_is_not_usable_becomes_host_model),
		cmocka_unit_test(test_the_mode_changes_where_another_is_asked),
		cmocka_unit_test(test_what_the_new_mode_does_not_allow_goes),
		cmocka_unit_test(test_a_custom_cpu_with_its_model_is_kept),
		cmocka_unit_test(test_tcg_gets_svm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
