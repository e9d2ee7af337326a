/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_edits.c - the edits: in order, apart from each other, and what they make of each kind of CPU. */
#include "support.h"

#include "domain.h"

#define INTEL NESTXML_VENDOR_INTEL
#define AMD NESTXML_VENDOR_AMD
#define KEEP NESTXML_MODE_KEEP
#define REQUIRE NESTXML_NESTED_REQUIRE
#define OPTIONAL NESTXML_NESTED_OPTIONAL
#define DISABLE NESTXML_NESTED_DISABLE

/* ---- helpers ---- */

struct wanted {
	enum nestxml_nested nested;
	enum nestxml_mode mode;
	enum nestxml_vendor vendor;
};

/* In order, none overlapping, in the document; and the splice made by hand, the caller's to free. */
static char *splice(const struct nestxml_edits *edits, const char *xml)
{
	struct nestxml_buffer made = {0};
	size_t at = 0;

	for (size_t i = 0; i < nestxml_edits_count(edits); i++) {
		const struct nestxml_edit *edit = nestxml_edits_get(edits, i);

		CHECK(edit->offset >= at, "edit %zu at %zu overlaps the one before, which ends at %zu: %s", i, edit->offset, at, xml);
		CHECK(edit->offset + edit->length <= strlen(xml), "edit %zu: %s", i, xml);
		CHECK(strlen(edit->text) == edit->text_length, "edit %zu: %s", i, xml);
		CHECK(edit->length + edit->text_length > 0, "edit %zu does nothing: %s", i, xml);
		nestxml_buffer_add(&made, xml + at, edit->offset - at);
		nestxml_buffer_add(&made, edit->text, edit->text_length);
		at = edit->offset + edit->length;
	}
	nestxml_buffer_add_string(&made, xml + at);
	assert_null(nestxml_edits_get(edits, nestxml_edits_count(edits)));
	return made.data;
}

/* Rewrites once, and checks what holds for every rewrite. The result is the caller's to free. */
static char *rewrite_once(const char *xml, struct wanted wanted, size_t *count)
{
	struct nestxml_domain *domain = domain_of(xml);
	struct nestxml_edits *edits;
	struct nestxml_error error = {0};
	int code = nestxml_edits_new(domain, wanted.nested, wanted.mode, wanted.vendor, &edits, &error);
	char *by_hand;
	char *made;
	size_t length;

	CHECK(code == 0, "%s: %s", xml, error.message);
	*count = nestxml_edits_count(edits);
	by_hand = splice(edits, xml);
	assert_int_equal(nestxml_edits_apply(edits, &made, &length), 0);
	CHECK(length == strlen(by_hand) && memcmp(made, by_hand, length + 1) == 0, "%s: %s, not %s", xml, made, by_hand);
	CHECK((*count == 0) == (strcmp(made, xml) == 0), "%s", xml);
	free(by_hand);
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
	return made;
}

/* Twice is the same as once. */
static char *rewrite(const char *xml, struct wanted wanted)
{
	size_t count;
	char *once = rewrite_once(xml, wanted, &count);
	char *twice = rewrite_once(once, wanted, &count);

	CHECK(count == 0, "%s became %s became %s", xml, once, twice);
	free(twice);
	return once;
}

static void check_rewrite(const char *xml, struct wanted wanted, const char *expected)
{
	char *made = rewrite(xml, wanted);

	CHECK(strcmp(made, expected) == 0, "%s\nbecame\n%s\nnot\n%s", xml, made, expected);
	free(made);
}

/* Both with the same frame around them. */
static void check_cpu(const char *cpu, struct wanted wanted, const char *expected)
{
	char xml[4096];
	char whole[4096];

	snprintf(xml, sizeof(xml), "<domain type='kvm'>\n  <name>vm</name>\n%s\n</domain>\n", cpu);
	snprintf(whole, sizeof(whole), "<domain type='kvm'>\n  <name>vm</name>\n%s\n</domain>\n", expected);
	check_rewrite(xml, wanted, whole);
}

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

/* ---- removals next to insertions ---- */

/* What goes is removed with the blanks after it; what comes stands after what went. */
static void test_an_insertion_after_a_removed_element_does_not_overlap_it(void **state)
{
	static const char *const ends[] = {"", " ", "   ", "\t", " \t ", "\r", " \r"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char cpu[512];
		size_t count;

		/* a other feature, the last one */
		snprintf(cpu, sizeof(cpu),
			 "<domain type='kvm'>\n <cpu mode='host-model'>\n  <feature policy='require' name='svm'/>%s\n </cpu>\n</domain>",
			 ends[i]);
		free(rewrite_once(cpu, (struct wanted){REQUIRE, KEEP, INTEL}, &count));
		/* a model that the new mode does not have */
		snprintf(cpu, sizeof(cpu), "<domain type='kvm'>\n <cpu>\n  <model>qemu64</model>%s\n </cpu>\n</domain>", ends[i]);
		free(rewrite_once(cpu, (struct wanted){REQUIRE, NESTXML_MODE_MAXIMUM, AMD}, &count));
		/* a duplicate, with the other vendor's feature to be disabled */
		snprintf(
			cpu, sizeof(cpu),
			"<domain type='kvm'>\n <cpu>\n  <model>EPYC</model>\n  <feature name='vmx'/>\n  <feature name='vmx'/>%s\n </cpu>\n</domain>",
			ends[i]);
		free(rewrite_once(cpu, (struct wanted){REQUIRE, KEEP, INTEL}, &count));
	}
}

/* Whether a line of @text holds nothing but blanks. */
static bool has_blank_line(const char *text)
{
	for (const char *line = text; *line;) {
		size_t blanks = strspn(line, " \t\r");

		if (line[blanks] == '\n')
			return true;
		line = strchrnul(line, '\n');
		line += *line == '\n';
	}
	return false;
}

static void test_what_is_removed_takes_its_line_along(void **state)
{
	static const char *const ends[] = {"\n", "  \n", "\t\n", "\r\n", " \r\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char xml[512];
		char *made;

		snprintf(
			xml, sizeof(xml),
			"<domain type='kvm'>%s <cpu mode='host-model'>%s  <feature name='svm'/>%s  <feature name='vmx'/>%s </cpu>%s</domain>",
			ends[i], ends[i], ends[i], ends[i], ends[i]);
		made = rewrite(xml, (struct wanted){REQUIRE, KEEP, INTEL});
		CHECK(!has_blank_line(made) && !strstr(made, "svm") && strstr(made, "\n  <feature name='vmx'/>"), "%s became %s", xml,
		      made);
		free(made);
	}
}

static void test_neighbours_that_are_all_removed(void **state)
{
	static const char cpu[] = " <cpu mode='host-model'>\n  <feature name='vmx'/>\n  <feature name='vmx-ept'/> \n"
				  "  <feature name='vmx'/><feature name='vmx-vpid'/>\n  <feature policy='require' name='svm'/>\n </cpu>";
	char xml[1024];
	char *made;

	(void)state;
	snprintf(xml, sizeof(xml), "<domain type='kvm'>\n%s\n</domain>", cpu);
	made = rewrite(xml, (struct wanted){REQUIRE, KEEP, AMD});
	assert_null(strstr(made, "vmx"));
	assert_non_null(strstr(made, "<feature policy='require' name='svm'/>\n </cpu>"));
	free(made);
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

/* ---- where and how a feature is written ---- */

static void test_a_feature_is_written_after_the_last_feature_and_before_numa(void **state)
{
	static const struct wanted wanted = {REQUIRE, KEEP, INTEL};

	(void)state;
	check_cpu("<cpu mode='host-model'><feature name='a'/><topology/></cpu>", wanted,
		  "<cpu mode='host-model'><feature name='a'/><feature policy='require' name='vmx'/><topology/></cpu>");
	check_cpu("<cpu mode='host-model'><topology/><cache/><numa/></cpu>", wanted,
		  "<cpu mode='host-model'><topology/><cache/><feature policy='require' name='vmx'/><numa/></cpu>");
	check_rewrite("<domain type='kvm'><cpu mode='host-model'><numa/></cpu></domain>", wanted,
		      "<domain type='kvm'><cpu mode='host-model'><feature policy='require' name='vmx'/><numa/></cpu></domain>");
}

static void test_style_follows_the_document(void **state)
{
	static const struct wanted wanted = {REQUIRE, KEEP, INTEL};

	(void)state;
	check_rewrite(
		"<domain type=\"kvm\">\r\n\t<os/>\r\n</domain>\r\n", wanted,
		"<domain type=\"kvm\">\r\n\t<os/>\r\n\t<cpu mode=\"host-model\">\r\n\t\t<feature policy=\"require\" name=\"vmx\"/>\r\n\t</cpu>"
		"\r\n</domain>\r\n");
	check_rewrite("<domain type='kvm'><os/></domain>", wanted,
		      "<domain type='kvm'><os/><cpu mode='host-model'><feature policy='require' name='vmx'/></cpu></domain>");
	check_rewrite("<domain type='kvm'/>", wanted,
		      "<domain type='kvm'><cpu mode='host-model'><feature policy='require' name='vmx'/></cpu></domain>");
	check_rewrite("<domain type='kvm'></domain>", wanted,
		      "<domain type='kvm'><cpu mode='host-model'><feature policy='require' name='vmx'/></cpu></domain>");
	check_rewrite(
		"<domain type='kvm' >\n    <cpu mode=\"host-model\" />\n</domain>", wanted,
		"<domain type='kvm' >\n    <cpu mode=\"host-model\">\n        <feature policy=\"require\" name=\"vmx\"/>\n    </cpu>\n</domain>");
}

static void test_a_cpu_is_written_where_libvirt_writes_it(void **state)
{
	static const struct wanted wanted = {REQUIRE, KEEP, INTEL};
	static const char cpu[] = "<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>";
	static const char *const halves[][2] = {
		{"<domain type='kvm'><os/><features><acpi/></features>", "<clock/></domain>"},
		{"<domain type='kvm'><os><type>hvm</type></os>", "<clock/></domain>"},
		{"<domain type='kvm'><name>vm</name><clock/>", "</domain>"},
		{"<domain type='kvm'><features/><os/><x><features/></x>", "</domain>"},
	};
	static const size_t behind_features = 3;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(halves); i++) {
		char xml[512];
		char expected[512];

		snprintf(xml, sizeof(xml), "%s%s", halves[i][0], halves[i][1]);
		if (i == behind_features)
			snprintf(expected, sizeof(expected), "<domain type='kvm'><features/>%s<os/><x><features/></x></domain>", cpu);
		else
			snprintf(expected, sizeof(expected), "%s%s%s", halves[i][0], cpu, halves[i][1]);
		check_rewrite(xml, wanted, expected);
	}
}

static void test_only_the_domains_own_first_cpu_is_edited(void **state)
{
	static const char before[] = "<domain type='kvm'><!-- <cpu/> --><metadata><cpu/><x:cpu xmlns:x='u'/></metadata><x:cpu xmlns:x='u'/>"
				     "<cpu xmlns='u'/><description><![CDATA[<cpu/>]]></description>";
	static const char after[] = "<cpu mode='custom'/></domain><!-- <cpu/> -->";
	char xml[1024];
	char expected[1024];

	(void)state;
	snprintf(xml, sizeof(xml), "%s<cpu mode='host-model'></cpu>%s", before, after);
	snprintf(expected, sizeof(expected), "%s<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>%s", before, after);
	check_rewrite(xml, (struct wanted){REQUIRE, KEEP, INTEL}, expected);
}

static void test_names_and_policies_in_character_references_are_understood(void **state)
{
	(void)state;
	check_cpu("<cpu mode='host-m&#111;del'><feature policy='&#114;equire' name='v&#x6d;x'/></cpu>",
		  (struct wanted){REQUIRE, KEEP, INTEL},
		  "<cpu mode='host-m&#111;del'><feature policy='&#114;equire' name='v&#x6d;x'/></cpu>");
	check_cpu("<cpu mode='host-model'><feature policy='d&#105;sable' name='v&#x6d;x'/></cpu>", (struct wanted){REQUIRE, KEEP, INTEL},
		  "<cpu mode='host-model'><feature policy='require' name='v&#x6d;x'/></cpu>");
}

/* libvirt takes the first by its local name, in what is read and in what is written. */
static void test_prefixed_attributes_are_corrected_where_libvirt_reads_them(void **state)
{
	(void)state;
	check_cpu("<cpu mode='host-model' xmlns:x='u'><feature x:policy='disable' policy='require' name='vmx'/></cpu>",
		  (struct wanted){REQUIRE, KEEP, INTEL},
		  "<cpu mode='host-model' xmlns:x='u'><feature x:policy='require' policy='require' name='vmx'/></cpu>");
	check_cpu("<cpu mode='host-model' xmlns:x='u'><feature policy='disable' x:policy='require' name='vmx'/></cpu>",
		  (struct wanted){REQUIRE, KEEP, INTEL},
		  "<cpu mode='host-model' xmlns:x='u'><feature policy='require' x:policy='require' name='vmx'/></cpu>");
}

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

/* ---- warnings ---- */

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

static void test_tcg_gets_svm(void **state)
{
	(void)state;
	check_rewrite("<domain type='qemu'><cpu mode='maximum'></cpu></domain>", (struct wanted){REQUIRE, KEEP, AMD},
		      "<domain type='qemu'><cpu mode='maximum'><feature policy='require' name='svm'/></cpu></domain>");
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
		cmocka_unit_test(test_each_wish_against_each_existing_policy),
		cmocka_unit_test(test_a_feature_without_a_policy_is_required),
		cmocka_unit_test(test_each_wish_where_nothing_is_said),
		cmocka_unit_test(test_each_wish_against_each_policy_of_the_other_vendors_feature),
		cmocka_unit_test(test_sub_features_of_the_own_vendor_stay),
		cmocka_unit_test(test_every_sub_feature_goes_with_its_vendor),
		cmocka_unit_test(test_features_that_only_look_alike_stay),
		cmocka_unit_test(test_duplicates_are_removed_and_the_first_is_corrected),
		cmocka_unit_test(test_an_insertion_after_a_removed_element_does_not_overlap_it),
		cmocka_unit_test(test_what_is_removed_takes_its_line_along),
		cmocka_unit_test(test_neighbours_that_are_all_removed),
		cmocka_unit_test(test_svm_is_disabled_with_a_model_that_contains_it_on_intel),
		cmocka_unit_test(test_other_models_need_nothing_besides_vmx),
		cmocka_unit_test(test_svm_in_any_policy_is_disabled_with_such_a_model),
		cmocka_unit_test(test_such_a_model_does_not_matter_where_the_mode_changes),
		cmocka_unit_test(test_vmx_disabled_on_intel_leaves_such_a_model_alone),
		cmocka_unit_test(test_a_cpu_that_is_not_usable_becomes_host_model),
		cmocka_unit_test(test_the_mode_changes_where_another_is_asked),
		cmocka_unit_test(test_what_the_new_mode_does_not_allow_goes),
		cmocka_unit_test(test_a_custom_cpu_with_its_model_is_kept),
		cmocka_unit_test(test_a_feature_is_written_after_the_last_feature_and_before_numa),
		cmocka_unit_test(test_style_follows_the_document),
		cmocka_unit_test(test_a_cpu_is_written_where_libvirt_writes_it),
		cmocka_unit_test(test_only_the_domains_own_first_cpu_is_edited),
		cmocka_unit_test(test_names_and_policies_in_character_references_are_understood),
		cmocka_unit_test(test_prefixed_attributes_are_corrected_where_libvirt_reads_them),
		cmocka_unit_test(test_every_wish_for_every_kind_of_cpu_is_fulfilled_once_and_for_all),
		cmocka_unit_test(test_what_nesting_does_not_apply_to_gets_no_edits),
		cmocka_unit_test(test_nested_paging_that_is_disabled_is_warned_of),
		cmocka_unit_test(test_a_full_check_that_may_end_the_start_is_warned_of),
		cmocka_unit_test(test_what_wins_over_the_cpu_is_warned_of),
		cmocka_unit_test(test_all_warnings_fit),
		cmocka_unit_test(test_encrypted_memory_refuses_all_but_disable),
		cmocka_unit_test(test_what_is_asked_must_be_require_optional_or_disable),
		cmocka_unit_test(test_tcg_gets_svm),
		cmocka_unit_test(test_a_mode_or_vendor_outside_its_enum_is_refused),
		cmocka_unit_test(test_facts_that_contradict_each_other_make_no_edit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
