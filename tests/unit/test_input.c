/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_input.c - what a document's bytes must be: UTF-8, of a bounded size. */
#include "support.h"

#include "domain.h"
#include "refusal.h"

/* ---- encoding ---- */

static void test_what_is_not_utf8_is_refused_with_its_place(void **state)
{
	static const struct refusal cases[] = {
		{"\xff", NESTXML_E_ENCODING, 1, 1, "0xff"},
		{"<domain>\xe4</domain>", NESTXML_E_ENCODING, 1, 9, "0xe4"},
		{"<domain>\n\n  <name>\xc3\xa4\xe4</name></domain>", NESTXML_E_ENCODING, 3, 11, "0xe4"},
		{"<domain>\r\n\xc0\xaf</domain>", NESTXML_E_ENCODING, 2, 1, "0xc0"},
		{"<domain/>\n<!-- \xed\xa0\x80 -->", NESTXML_E_ENCODING, 2, 6, "0xed"},
		{"<domain/>\xe2\x82", NESTXML_E_ENCODING, 1, 10, "0xe2"},
		{"<domain>\xf4\x90\x80\x80</domain>", NESTXML_E_ENCODING, 1, 9, "0xf4"},
	};

	(void)state;
	check_refusals(cases, ARRAY_SIZE(cases));
}

static void test_a_nul_byte_is_refused_with_its_place(void **state)
{
	static const char xml[] = "<domain type='kvm'>\n<name>a\0b</name></domain>";
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse_bytes(xml, sizeof(xml) - 1, &error), NESTXML_E_ENCODING);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 8);
	assert_int_equal(parse_bytes("<domain/>", 10, &error), NESTXML_E_ENCODING);
	assert_int_equal(parse_bytes("", 1, &error), NESTXML_E_ENCODING);
}

static void test_utf16_is_refused_by_its_name(void **state)
{
	struct nestxml_error error;

	(void)state;
	assert_int_equal(parse_bytes("\xff\xfe<\0d\0", 6, &error), NESTXML_E_ENCODING);
	assert_non_null(strstr(error.message, "UTF-16"));
	assert_int_equal(parse_bytes("\xfe\xff\0<\0d", 6, &error), NESTXML_E_ENCODING);
	assert_non_null(strstr(error.message, "UTF-16"));
	assert_int_equal(parse_bytes("<\0d\0", 4, &error), NESTXML_E_ENCODING);
	assert_int_equal(parse_bytes("\0<\0d", 4, &error), NESTXML_E_ENCODING);
}

static void test_another_declared_encoding_is_refused(void **state)
{
	static const char *const declarations[] = {
		"<?xml version='1.0' encoding='ISO-8859-1'?>",
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
		"<?xml version='1.0' encoding = 'ISO-8859-1' ?>",
		"<?xml version='1.0'\n\tencoding\n=\n\"latin1\" standalone='yes'?>",
		"<?xml version='1.0' encoding='UTF-16'?>",
		"<?xml version='1.0' encoding='UTF-7'?>",
		"<?xml version='1.0' encoding='UTF-8-MAC'?>",
		"<?xml version='1.0' encoding='EBCDIC-CP-US'?>",
		"<?xml version='1.0' encoding='x-no-such-encoding-with-a-very-long-name-indeed'?>",
		BOM "<?xml version='1.0' encoding='ISO-8859-1'?>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(declarations); i++) {
		struct nestxml_error error;
		char xml[256];

		snprintf(xml, sizeof(xml), "%s<domain type='kvm'/>", declarations[i]);
		CHECK(parse(xml, &error) == NESTXML_E_ENCODING, "%s: %s", xml, error.message);
		CHECK(error.line == 1 && strstr(error.message, "declares its encoding"), "%s: %s", xml, error.message);
		CHECK(is_printable(error.message), "%s", xml);
	}
}

static void test_declarations_of_utf8_in_any_spelling_are_good(void **state)
{
	static const char *const declarations[] = {
		"",
		BOM,
		"<?xml version='1.0'?>",
		"<?xml version='1.0' standalone='yes'?>\n",
		"<?xml version='1.0' encoding='UTF-8'?>",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
		"<?xml version='1.0' encoding='Utf-8' standalone='no'?>",
		"<?xml version='1.0' encoding = \"UTF-8\" ?>\n",
		"<?xml version='1.0'\n\tencoding\n=\n'uTf-8'\n?>\n",
		BOM "<?xml version='1.0' encoding='UTF-8'?>\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(declarations); i++) {
		struct nestxml_domain *domain;
		char xml[256];

		snprintf(xml, sizeof(xml), "%s<domain type='kvm'><name>\xc3\xa4</name><cpu mode='host-model'></cpu></domain>",
			 declarations[i]);
		domain = domain_of(xml);
		assert_string_equal(nestxml_domain_get_name(domain), "\xc3\xa4");
		CHECK(strncmp(xml + domain->root.start, "<domain ", 8) == 0, "%s", xml);
		CHECK(strncmp(xml + domain->cpu.start, "<cpu ", 5) == 0 && strcmp(xml + domain->cpu.end, "</domain>") == 0, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_only_the_xml_declaration_declares_an_encoding(void **state)
{
	static const char *const good[] = {
		"<?xml-stylesheet type='text/xsl' encoding='ISO-8859-1'?><domain/>",
		"<?xml version='1.0'?><?other encoding='ISO-8859-1'?><domain/>",
		"<?xml version='1.0'?><domain encoding='ISO-8859-1'/>",
		"<!-- encoding='ISO-8859-1' ?> --><domain/>",
		"<domain>&lt;?xml encoding='ISO-8859-1'?&gt;</domain>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct nestxml_error error;

		CHECK(parse(good[i], &error) == 0, "%s: %s", good[i], error.message);
	}
}

/* ---- size ---- */

static void test_more_than_64_mib_is_refused_unread(void **state)
{
	struct nestxml_error error;
	struct nestxml_domain *domain = NULL;

	(void)state;
	assert_int_equal(NESTXML_MAX_SIZE, 67108864);
	assert_int_equal(nestxml_domain_new("<domain/>", NESTXML_MAX_SIZE + 1, &domain, &error), NESTXML_E_TOO_BIG);
	assert_int_equal(nestxml_domain_new("<domain/>", SIZE_MAX, &domain, &error), NESTXML_E_TOO_BIG);
	assert_non_null(strstr(error.message, "64 MiB"));
	assert_null(domain);
}

static void test_64_mib_are_read_and_their_last_cpu_is_found(void **state)
{
	static const char head[] = "<domain type='kvm'><name>big</name>\n";
	static const char tail[] = "<cpu mode='host-model'/></domain>";
	static const char filler[] = "<x/>\n<!-- > -->";
	static const size_t step = 65536; /* libxml2 allows one text no more than 10 MB */
	char *xml = malloc(NESTXML_MAX_SIZE);
	struct nestxml_domain *domain;
	struct nestxml_error error;

	(void)state;
	assert_non_null(xml);
	memset(xml, '\n', NESTXML_MAX_SIZE);
	memcpy(xml, head, strlen(head));
	for (size_t at = step; at < NESTXML_MAX_SIZE; at += step)
		memcpy(xml + at, filler, strlen(filler));
	memcpy(xml + NESTXML_MAX_SIZE - strlen(tail), tail, strlen(tail));
	assert_int_equal(nestxml_domain_new(xml, NESTXML_MAX_SIZE, &domain, &error), 0);
	assert_string_equal(nestxml_domain_get_name(domain), "big");
	assert_int_equal(domain->cpu.start, NESTXML_MAX_SIZE - strlen(tail));
	assert_int_equal(domain->root.end, NESTXML_MAX_SIZE);
	nestxml_domain_free(domain);
	free(xml);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_utf8_is_refused_with_its_place),
		cmocka_unit_test(test_a_nul_byte_is_refused_with_its_place),
		cmocka_unit_test(test_utf16_is_refused_by_its_name),
		cmocka_unit_test(test_another_declared_encoding_is_refused),
		cmocka_unit_test(test_declarations_of_utf8_in_any_spelling_are_good),
		cmocka_unit_test(test_only_the_xml_declaration_declares_an_encoding),
		cmocka_unit_test(test_more_than_64_mib_is_refused_unread),
		cmocka_unit_test(test_64_mib_are_read_and_their_last_cpu_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
