/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_text.c - what a terminal is shown, what counts as UTF-8, classes of characters, errors, the string that grows. */
#include <ctype.h>

#include "ascii.h"
#include "support.h"

/* Writes @point in @length bytes as the pattern of UTF-8 wants it, allowed or not. */
static void encode(char *to, size_t length, unsigned int point)
{
	static const unsigned char leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};

	for (size_t i = length; i-- > 1; point >>= 6)
		to[i] = (char)(0x80 | (point & 0x3f));
	to[0] = (char)(leads[length] | point);
	to[length] = '\0';
}

static size_t shortest(unsigned int point)
{
	if (point < 0x80)
		return 1;
	if (point < 0x800)
		return 2;
	return point < 0x10000 ? 3 : 4;
}

/* ---- UTF-8 ---- */

static void check_point(unsigned int point)
{
	bool allowed = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
	size_t proper = shortest(point);
	char text[5];

	for (size_t length = proper; length <= 4; length++) {
		size_t expected = allowed && length == proper ? length : 0;

		encode(text, length, point);
		CHECK(nestxml_utf8_length(text, length) == expected, "U+%04X in %zu bytes", point, length);
		for (size_t cut = 0; cut < length; cut++)
			CHECK(nestxml_utf8_length(text, cut) == 0, "U+%04X in %zu bytes cut to %zu", point, length, cut);
	}
}

static void test_utf8_is_the_shortest_form_of_every_character_but_the_surrogates(void **state)
{
	static const unsigned int edges[] = {0xd7ff,  0xd800,  0xdfff,	 0xe000,   0xfffd,   0xffff,   0x10000,	 0x3ffff,
					     0x40000, 0xfffff, 0x100000, 0x10ffff, 0x110000, 0x13ffff, 0x140000, 0x1fffff};

	(void)state;
	for (unsigned int point = 1; point < 0x1000; point++)
		check_point(point);
	for (unsigned int point = 0x1000; point < 0x200000; point += 61)
		check_point(point);
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++)
		check_point(edges[i]);
}

static void test_utf8_needs_its_continuation_bytes(void **state)
{
	static const char *const lone[] = {"\x80",
					   "\xbf",
					   "\xc0",
					   "\xc1",
					   "\xf5",
					   "\xf8",
					   "\xfe",
					   "\xff",
					   "\xc3"
					   "a",
					   "\xc3\xc3",
					   "\xe2"
					   "aa",
					   "\xe2\x82"
					   "a",
					   "\xf0"
					   "aaa",
					   "\xf0\x9f"
					   "aa",
					   "\xf0\x9f\x98"
					   "a",
					   "\xf0\x9f\x98\xc0"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lone); i++)
		CHECK(nestxml_utf8_length(lone[i], strlen(lone[i])) == 0, "%zu", i);
	assert_int_equal(nestxml_utf8_length("a", 0), 0);
	assert_int_equal(nestxml_utf8_length("\xc3\xa4", 2), 2);
}

static void test_a_span_ends_at_a_bad_byte_in_any_place(void **state)
{
	static const char bad[] = {'\0', '\x80', '\xbf', '\xc0', '\xc3', '\xe2', '\xf0', '\xff'};
	enum { LENGTH = 64 };

	(void)state;
	for (size_t length = 0; length <= LENGTH; length++) {
		char *text = malloc(length ? length : 1); /* of just this size, so that reading past it is seen */

		assert_non_null(text);
		memset(text, 'x', length);
		assert_int_equal(nestxml_utf8_span(text, length), length);
		for (size_t at = 0; at < length; at++) {
			for (size_t i = 0; i < sizeof(bad); i++) {
				text[at] = bad[i];
				CHECK(nestxml_utf8_span(text, length) == at, "0x%02x at %zu of %zu", (unsigned char)bad[i], at, length);
			}
			text[at] = 'x';
		}
		free(text);
	}
}

static void test_a_span_goes_over_characters_in_any_place(void **state)
{
	static const char *const characters[] = {"\x7f", "\x01", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
		size_t step = strlen(characters[i]);

		for (size_t at = 0; at + step <= sizeof(text); at++) {
			memset(text, 'x', sizeof(text));
			memcpy(text + at, characters[i], step);
			CHECK(nestxml_utf8_span(text, sizeof(text)) == sizeof(text), "%s at %zu", characters[i], at);
			if (step > 1) /* cut in the middle by the end */
				CHECK(nestxml_utf8_span(text, at + step - 1) == at, "%s cut at %zu", characters[i], at);
		}
	}
}

/* ---- escaping ---- */

static const char *escape(const char *text)
{
	static char shown[1024];

	return nestxml_text_escape(text, shown, sizeof(shown));
}

/* The escape of @length bytes, byte by byte. */
static const char *hex(const char *text, size_t length)
{
	static char shown[64];

	for (size_t i = 0; i < length; i++)
		snprintf(shown + 4 * i, 5, "\\x%02x", (unsigned char)text[i]);
	return shown;
}

static void check_point_is_escaped(unsigned int point, bool is_escaped)
{
	char text[5];
	size_t length = shortest(point);

	encode(text, length, point);
	CHECK(strcmp(escape(text), is_escaped ? hex(text, length) : text) == 0, "U+%04X is shown as %s", point, escape(text));
}

static void test_control_characters_are_escaped(void **state)
{
	(void)state;
	for (unsigned int point = 1; point < 0x20; point++)
		check_point_is_escaped(point, true);
	for (unsigned int point = 0x20; point < 0x7f; point++)
		if (point != '\\')
			check_point_is_escaped(point, false);
	for (unsigned int point = 0x7f; point < 0xa0; point++)
		check_point_is_escaped(point, true);
	for (unsigned int point = 0xa0; point < 0x600; point++)
		check_point_is_escaped(point, false);
}

static void test_what_turns_the_direction_or_ends_the_line_is_escaped(void **state)
{
	static const unsigned int escaped[] = {0x61c,  0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b,
					       0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};

	(void)state;
	for (unsigned int point = 0x600; point < 0x2800; point++) {
		bool is_escaped = false;

		for (size_t i = 0; i < ARRAY_SIZE(escaped); i++)
			is_escaped |= point == escaped[i];
		check_point_is_escaped(point, is_escaped);
	}
}

static void test_what_is_not_utf8_is_escaped_byte_by_byte(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {
		{"", ""},
		{"plain", "plain"},
		{"\\", "\\\\"},
		{"\\x41", "\\\\x41"},
		{"a\xff"
		 "b",
		 "a\\xffb"},
		{"\xc0\xaf", "\\xc0\\xaf"},
		{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
		{"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
		{"\xe2\x82", "\\xe2\\x82"},
		{"\xe2\x82"
		 "a",
		 "\\xe2\\x82a"},
		{"\xc3\xa4\xc3", "\xc3\xa4\\xc3"},
		{"\x9b"
		 "31m",
		 "\\x9b31m"},
		{"\xc2\x9b"
		 "31m",
		 "\\xc2\\x9b31m"},
		{"\x1b]0;x\x07\n", "\\x1b]0;x\\x07\\x0a"},
		{"\xf0\x9f\x98\x80\xe2\x82\xac", "\xf0\x9f\x98\x80\xe2\x82\xac"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(escape(cases[i].text), cases[i].shown);
}

static void test_escaped_text_is_cut_at_a_whole_character_at_each_size(void **state)
{
	static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\\\x1b\xc2\x9b\xff\xe2\x80\xae"
				   "z";
	/* What each character becomes. */
	static const char *const units[] = {"a",     "\xc3\xa4",   "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\\\\",
					    "\\x1b", "\\xc2\\x9b", "\\xff",	   "\\xe2\\x80\\xae",  "z"};
	size_t whole = strlen(escape(text));

	(void)state;
	for (size_t size = 1; size <= whole + 2; size++) {
		char *buffer = malloc(size);
		char expected[128] = "";

		assert_non_null(buffer);
		for (size_t i = 0; i < ARRAY_SIZE(units) && strlen(expected) + strlen(units[i]) < size; i++)
			strcat(expected, units[i]);
		assert_ptr_equal(nestxml_text_escape(text, buffer, size), buffer);
		CHECK(strcmp(buffer, expected) == 0, "%zu bytes: %s, not %s", size, buffer, expected);
		free(buffer);
	}
}

/* ---- errors ---- */

static void test_an_error_holds_its_code_place_and_message(void **state)
{
	struct nestxml_error error = {.line = 9, .column = 9};

	(void)state;
	assert_int_equal(nestxml_error_set_at(&error, NESTXML_E_SYNTAX, 3, 4, "%s %d", "five", 6), NESTXML_E_SYNTAX);
	assert_int_equal(error.code, NESTXML_E_SYNTAX);
	assert_int_equal(error.line, 3);
	assert_int_equal(error.column, 4);
	assert_string_equal(error.message, "five 6");
	assert_int_equal(nestxml_error_set(&error, NESTXML_E_ROOT, "root"), NESTXML_E_ROOT);
	assert_int_equal(error.line, 0);
	assert_int_equal(error.column, 0);
	assert_int_equal(nestxml_error_set_nomem(&error), NESTXML_E_NOMEM);
	assert_string_equal(error.message, "out of memory");
}

static void test_an_error_may_be_null(void **state)
{
	(void)state;
	assert_int_equal(nestxml_error_set(NULL, NESTXML_E_DTD, "%d", 1), NESTXML_E_DTD);
	assert_int_equal(nestxml_error_set_at(NULL, NESTXML_E_DTD, 1, 1, "%d", 1), NESTXML_E_DTD);
	assert_int_equal(nestxml_error_set_nomem(NULL), NESTXML_E_NOMEM);
}

static void test_a_message_that_is_too_long_is_cut_at_a_whole_character(void **state)
{
	struct nestxml_error error;
	char text[1024];

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'x', shift);
		for (size_t i = shift; i + 5 < sizeof(text); i += 4)
			memcpy(text + i, "\xf0\x9f\x98\x80", 5);
		nestxml_error_set(&error, NESTXML_E_CONFIG, "%s", text);
		CHECK(is_printable(error.message), "%zu bytes before the wide characters", shift);
	}
}

/* ---- the string that grows ---- */

static void test_a_buffer_grows_and_stays_terminated(void **state)
{
	struct nestxml_buffer buffer = {0};
	char expected[2001];

	(void)state;
	assert_true(nestxml_buffer_add(&buffer, "", 0));
	assert_string_equal(buffer.data, "");
	for (size_t i = 0; i < 1000; i++) {
		memcpy(expected + 2 * i, "ab", 3);
		assert_true(i % 2 ? nestxml_buffer_add_string(&buffer, "ab") : nestxml_buffer_add(&buffer, "abc", 2));
		assert_int_equal(buffer.length, 2 * i + 2);
		assert_string_equal(buffer.data, expected);
		assert_true(buffer.capacity > buffer.length);
	}
	nestxml_buffer_clear(&buffer);
	assert_null(buffer.data);
	assert_int_equal(buffer.length + buffer.capacity, 0);
	nestxml_buffer_clear(&buffer);
}

/* A test program sets no locale, so its libc has that of C. */
static void test_the_classes_of_characters_are_those_of_the_c_locale(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		CHECK(ascii_is_alnum((uint32_t)c) == (isalnum(c) != 0), "alnum %d", c);
		CHECK(ascii_is_alpha((uint32_t)c) == (isalpha(c) != 0), "alpha %d", c);
		CHECK(ascii_is_digit((uint32_t)c) == (isdigit(c) != 0), "digit %d", c);
		CHECK(ascii_is_lower((uint32_t)c) == (islower(c) != 0), "lower %d", c);
		CHECK(ascii_is_punct((uint32_t)c) == (ispunct(c) != 0), "punct %d", c);
		CHECK(ascii_is_space((uint32_t)c) == (isspace(c) != 0), "space %d", c);
		CHECK(ascii_is_upper((uint32_t)c) == (isupper(c) != 0), "upper %d", c);
		CHECK(ascii_is_xdigit((uint32_t)c) == (isxdigit(c) != 0), "xdigit %d", c);
		CHECK(ascii_to_lower((char)c) == (char)tolower(c), "to lower %d", c);
	}
	assert_false(ascii_is_alnum(0x100 + 'a')); /* no byte, but a character as well */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_is_the_shortest_form_of_every_character_but_the_surrogates),
		cmocka_unit_test(test_utf8_needs_its_continuation_bytes),
		cmocka_unit_test(test_a_span_ends_at_a_bad_byte_in_any_place),
		cmocka_unit_test(test_a_span_goes_over_characters_in_any_place),
		cmocka_unit_test(test_control_characters_are_escaped),
		cmocka_unit_test(test_what_turns_the_direction_or_ends_the_line_is_escaped),
		cmocka_unit_test(test_what_is_not_utf8_is_escaped_byte_by_byte),
		cmocka_unit_test(test_escaped_text_is_cut_at_a_whole_character_at_each_size),
		cmocka_unit_test(test_an_error_holds_its_code_place_and_message),
		cmocka_unit_test(test_an_error_may_be_null),
		cmocka_unit_test(test_a_message_that_is_too_long_is_cut_at_a_whole_character),
		cmocka_unit_test(test_a_buffer_grows_and_stays_terminated),
		cmocka_unit_test(test_the_classes_of_characters_are_those_of_the_c_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
