/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_xml_tag.c - attributes and indentation in the bytes of a tag, however they are written. */
#include "support.h"
#include "xml_tag.h"

/* ---- attributes ---- */

static const struct {
	const char *tag;
	const char *name;
	const char *value; /* NULL: there is no such attribute */
	const char *whole;
} attributes[] = {
	{"<cpu/>", "mode", NULL, NULL},
	{"<cpu>", "mode", NULL, NULL},
	{"<cpu />", "mode", NULL, NULL},
	{"<cpu\n\t>", "mode", NULL, NULL},
	{"<cpu mode='a'/>", "mode", "a", " mode='a'"},
	{"<cpu mode=\"a\"/>", "mode", "a", " mode=\"a\""},
	{"<cpu mode=''/>", "mode", "", " mode=''"},
	{"<cpu  mode = 'a' />", "mode", "a", "  mode = 'a'"},
	{"<cpu\n\tmode\n=\r\n'a'\n>", "mode", "a", "\n\tmode\n=\r\n'a'"},
	{"<cpu a='1' mode='2' b='3'>", "mode", "2", " mode='2'"},
	{"<cpu a='1'\n     mode='2'\n     b='3'>", "b", "3", "\n     b='3'"},
	{"<cpu a='>' mode='2'>", "mode", "2", " mode='2'"},
	{"<cpu a='/>' mode='2'/>", "mode", "2", " mode='2'"},
	{"<cpu a='/' mode='x/y>z'>", "mode", "x/y>z", " mode='x/y>z'"},
	{"<cpu a=\"mode='x'\" mode='2'>", "mode", "2", " mode='2'"},
	{"<cpu a='mode=\"x\"' mode=\"it's\">", "mode", "it's", " mode=\"it's\""},
	{"<cpu a='=' mode='='>", "mode", "=", " mode='='"},
	{"<cpu mode='&gt;&#x3e;&apos;'>", "mode", "&gt;&#x3e;&apos;", " mode='&gt;&#x3e;&apos;'"},
	{"<cpu a='1'>mode='2'</cpu>", "mode", NULL, NULL},
	{"<cpu/> mode='2'", "mode", NULL, NULL},
	/* the whole name */
	{"<cpu xmode='1'/>", "mode", NULL, NULL},
	{"<cpu modes='1'/>", "mode", NULL, NULL},
	{"<cpu mod='1'/>", "mode", NULL, NULL},
	{"<cpu x-mode='1' mode.x='2' mode='3'/>", "mode", "3", " mode='3'"},
	{"<cpu Mode='1'/>", "mode", NULL, NULL},
	{"<c a='1'/>", "migratable", NULL, NULL},
	/* prefixes */
	{"<cpu x:mode='1'/>", "mode", "1", " x:mode='1'"},
	{"<cpu x:mode='1' mode='2'/>", "mode", "1", " x:mode='1'"},
	{"<cpu mode='2' x:mode='1'/>", "mode", "2", " mode='2'"},
	{"<cpu mode:x='1'/>", "mode", NULL, NULL},
	{"<cpu x:amode='1'/>", "mode", NULL, NULL},
	{"<cpu xmlns:mode='urn:x' mode='2'/>", "mode", "2", " mode='2'"},
	{"<cpu xmlns:mode='urn:x'/>", "mode", NULL, NULL},
	{"<cpu xmlnsx:mode='1'/>", "mode", "1", " xmlnsx:mode='1'"},
	{"<a:cpu mode='1'/>", "mode", "1", " mode='1'"},
	{"<mode:mode a='1'/>", "mode", NULL, NULL},
	/* the first, whatever its name */
	{"<cpu/>", NULL, NULL, NULL},
	{"<cpu>", NULL, NULL, NULL},
	{"<cpu\txmlns:a=\"u\" b='1'/>", NULL, "u", "\txmlns:a=\"u\""},
	{"<cpu b='1' c=\"2\"/>", NULL, "1", " b='1'"},
	/* names that are not ASCII */
	{"<\xc3\xa4 \xc3\xb6='1' mode='2'/>", "mode", "2", " mode='2'"},
};

static bool is_span(const char *xml, struct xml_span span, const char *text)
{
	return span.end - span.start == strlen(text) && memcmp(xml + span.start, text, strlen(text)) == 0;
}

/* Each case at the start of the text, and after something that has the same attributes. */
static void test_attributes_are_found_however_they_are_written(void **state)
{
	static const char before[] = "<x mode='0' migratable='0' b='0'/>\n  ";
	char text[256];

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(attributes); i++) {
		size_t start = i % 2 ? strlen(before) : 0;
		const char *value = attributes[i / 2].value;
		struct xml_attribute found = {0};
		bool is_found;

		snprintf(text, sizeof(text), "%s%s", i % 2 ? before : "", attributes[i / 2].tag);
		is_found = xml_tag_find_attribute(text, start, attributes[i / 2].name, &found);
		CHECK(is_found == (value != NULL), "%s", text);
		if (!value)
			continue;
		CHECK(is_span(text, found.value, value), "%s", text);
		CHECK(is_span(text, found.whole, attributes[i / 2].whole), "%s", text);
		CHECK(found.quote == text[found.value.start - 1] && found.quote == text[found.value.end], "%s", text);
	}
}

static void test_an_attribute_goes_after_the_name(void **state)
{
	static const struct {
		const char *tag;
		size_t end;
	} cases[] = {
		{"<cpu/>", 4},	   {"<cpu>", 4},	  {"<cpu />", 4}, {"<cpu\n a='1'>", 4}, {"<cpu\t>", 4},
		{"<cpu\r\n/>", 4}, {"<a:cpu a='1'/>", 6}, {"<c/>", 2},	  {"<\xc3\xa4>", 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(xml_tag_name_end(cases[i].tag, 0) == cases[i].end, "%s", cases[i].tag);
}

static void test_space_is_what_xml_calls_so(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		CHECK(is_xml_space((char)c) == (c == ' ' || c == '\t' || c == '\n' || c == '\r'), "0x%02x", (unsigned int)c);
}

/* ---- indentation ---- */

static void test_indentation_is_the_blanks_from_the_lines_start(void **state)
{
	/* The place asked for is that of the first '<'. */
	static const struct {
		const char *text;
		const char *indentation; /* NULL: something else is before it in its line */
	} cases[] = {
		{"<a/>", NULL},		 {"  <a/>", NULL},	{"\n<a/>", ""},	      {"x\n  <a/>", "  "}, {"x\n\t<a/>", "\t"},
		{"x\n \t <a/>", " \t "}, {"x\r\n  <a/>", "  "}, {"x\n y <a/>", NULL}, {"x\n\n <a/>", " "}, {"x\n  \n<a/>", ""},
		{"x\r<a/>", NULL},	 {"x <a/>", NULL},	{"\n\v<a/>", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct xml_span found = {77, 78};
		size_t at = strcspn(cases[i].text, "<");
		bool is_found = xml_line_indentation(cases[i].text, at, &found);

		CHECK(is_found == (cases[i].indentation != NULL), "%zu", i);
		if (is_found)
			CHECK(is_span(cases[i].text, found, cases[i].indentation) && found.end == at, "%zu", i);
		else
			CHECK(found.start == 77 && found.end == 78, "%zu", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attributes_are_found_however_they_are_written),
		cmocka_unit_test(test_an_attribute_goes_after_the_name),
		cmocka_unit_test(test_space_is_what_xml_calls_so),
		cmocka_unit_test(test_indentation_is_the_blanks_from_the_lines_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
