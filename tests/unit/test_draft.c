/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_draft.c - how the edits are written: where, in the document's own style, with nothing left of what goes. */
#include "support.h"

#include "rewrite.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_insertion_after_a_removed_element_does_not_overlap_it),
		cmocka_unit_test(test_what_is_removed_takes_its_line_along),
		cmocka_unit_test(test_neighbours_that_are_all_removed),
		cmocka_unit_test(test_a_feature_is_written_after_the_last_feature_and_before_numa),
		cmocka_unit_test(test_style_follows_the_document),
		cmocka_unit_test(test_a_cpu_is_written_where_libvirt_writes_it),
		cmocka_unit_test(test_only_the_domains_own_first_cpu_is_edited),
		cmocka_unit_test(test_names_and_policies_in_character_references_are_understood),
		cmocka_unit_test(test_prefixed_attributes_are_corrected_where_libvirt_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
