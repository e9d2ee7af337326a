/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_scan.c - what is not well-formed is refused, with its place, and so is a document type declaration. */
#include "support.h"

#include "refusal.h"

#define NESTED "urn:nestxml:nested:1"

static void test_what_is_not_well_formed_is_refused_with_its_place(void **state)
{
	static const struct refusal cases[] = {
		{"", NESTXML_E_SYNTAX, 0, 0, "empty"},
		{" ", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"\n\n", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{BOM, NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"text", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<!-- no root -->", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<?xml version='1.0'?>\n", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"<domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>\n<name>\n</domain>", NESTXML_E_SYNTAX, 3, ANYWHERE, "mismatch"},
		{"<domain>\n\n  <cpu>\n</domain>", NESTXML_E_SYNTAX, 4, ANYWHERE, "mismatch"},
		{"<domain type='kvm' type='qemu'/>", NESTXML_E_SYNTAX, 1, ANYWHERE, "redefined"},
		{"<domain type=kvm/>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain type='a<b'/>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>&undefined;</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>a & b</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>&#0;</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>\x01</domain>", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain>\n<![CDATA[ </domain>", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"<domain>\n<!-- -- --></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain/>\n<domain/>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain/>\ntext", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"\n<?xml version='1.0'?><domain/>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu mode='custom'>\n<feature policy='require' name='vmx'>\n</cpu>\n</domain>", NESTXML_E_SYNTAX, 4, ANYWHERE,
		 "mismatch"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_an_error_after_the_cpu_refuses_the_whole_document(void **state)
{
	static const struct refusal cases[] = {
		{"<domain type='kvm'>\n<cpu mode='host-model'/>\n<devices>\n</domain>", NESTXML_E_SYNTAX, 4, ANYWHERE, "mismatch"},
		{"<domain type='kvm'>\n<cpu mode='host-model'/>\n</domain>\n<", NESTXML_E_SYNTAX, 4, ANYWHERE, "well-formed"},
		{"<domain type='kvm'>\n<cpu/>\n</domain>\n\n\xff", NESTXML_E_ENCODING, 5, 1, "0xff"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

/* A pipe that broke, a disk that was full: cut inside a tag too. */
static void test_a_document_cut_anywhere_is_not_well_formed(void **state)
{
	static const char xml[] = "<?xml version='1.0'?>\n<domain type='kvm'>\n<name>a&amp;b</name><os><type arch='i686'>hvm</type></os>\n"
				  "<metadata><p:policy xmlns:p='" NESTED "' nested='leave'/></metadata><!-- c --><features/>"
				  "<cpu mode='custom'><model>x</model><feature name='vmx' /></cpu ><![CDATA[d]]></domain >";
	size_t name_start = (size_t)(strstr(xml, "domain") - xml);
	unsigned int wrong = 0;

	(void)state;
	for (size_t length = 0; length < strlen(xml); length++) {
		struct nestxml_error error;
		int code = parse_bytes(xml, length, &error);
		bool is_in_roots_name = length > name_start && length < name_start + strlen("domain");

		if (code != NESTXML_E_SYNTAX && !(is_in_roots_name && code == NESTXML_E_ROOT) && wrong++ == 0)
			print_error("cut at %zu: code %d, %s\n", length, code, error.message);
	}
	assert_int_equal(wrong, 0);
}

static void test_a_tag_that_does_not_end_is_not_well_formed(void **state)
{
	static const struct refusal cases[] = {
		{"<domain<", NESTXML_E_SYNTAX, 1, ANYWHERE, "well-formed"},
		{"<domain type='kvm'\n<cpu/>", NESTXML_E_SYNTAX, ANYWHERE, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu mode='custom'</cpu></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu><feature name='vmx'</cpu></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu/ ></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<cpu></cpu</domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<x a='1'b='2'/></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
		{"<domain>\n<x a></x></domain>", NESTXML_E_SYNTAX, 2, ANYWHERE, "well-formed"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_hostile_text_in_a_syntax_error_is_escaped(void **state)
{
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse("<domain><\xe2\x80\xaegpj\xc2\x9b></domain>", &error), NESTXML_E_SYNTAX);
	assert_int_equal(parse("<domain><\xe0\xb8\x81\xe0\xb8\x81></domain>", &error), NESTXML_E_SYNTAX);
	assert_true(is_printable(error.message));
}

static void test_a_document_type_declaration_is_refused(void **state)
{
	static const struct refusal cases[] = {
		{"<!DOCTYPE domain><domain/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
		{"<?xml version='1.0'?>\n<!DOCTYPE domain SYSTEM 'file:///etc/passwd'>\n<domain/>", NESTXML_E_DTD, 2, 0, "<!DOCTYPE>"},
		{"<!-- a -->\n\n<!DOCTYPE domain [\n<!ENTITY a 'b'>\n]>\n<domain>&a;</domain>", NESTXML_E_DTD, ANYWHERE, 0, "<!DOCTYPE>"},
		{"<!DOCTYPE domain [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><domain><name>&c;</name></domain>", NESTXML_E_DTD, 1, 0,
		 "<!DOCTYPE>"},
		{"<!DOCTYPE domain [<!ATTLIST domain type CDATA 'kvm'>]><domain/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
		{"<!DOCTYPE domain PUBLIC 'x' 'http://127.0.0.1:9/'><domain/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
		{"<!DOCTYPE x><x/>", NESTXML_E_DTD, 1, 0, "<!DOCTYPE>"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static char *nest(unsigned int depth)
{
	struct nestxml_buffer xml = {0};

	nestxml_buffer_add_string(&xml, "<domain>");
	for (unsigned int i = 1; i < depth; i++)
		nestxml_buffer_add_string(&xml, "<a>");
	for (unsigned int i = 1; i < depth; i++)
		nestxml_buffer_add_string(&xml, "</a>");
	nestxml_buffer_add_string(&xml, "</domain>");
	return xml.data;
}

static void test_depth_is_limited_as_in_libvirt(void **state)
{
	AUTO_FREE char *fits = nest(200);
	AUTO_FREE char *too_deep = nest(100000);
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse(fits, &error), 0);
	assert_int_equal(parse(too_deep, &error), NESTXML_E_SYNTAX);
	assert_true(is_printable(error.message));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_well_formed_is_refused_with_its_place),
		cmocka_unit_test(test_an_error_after_the_cpu_refuses_the_whole_document),
		cmocka_unit_test(test_a_document_cut_anywhere_is_not_well_formed),
		cmocka_unit_test(test_a_tag_that_does_not_end_is_not_well_formed),
		cmocka_unit_test(test_hostile_text_in_a_syntax_error_is_escaped),
		cmocka_unit_test(test_a_document_type_declaration_is_refused),
		cmocka_unit_test(test_depth_is_limited_as_in_libvirt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
