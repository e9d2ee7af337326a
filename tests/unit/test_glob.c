/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_glob.c - globs: what is refused as a typo, and that everything else is read as fnmatch(3) reads it. */
#include <fnmatch.h>

#include "glob.h"
#include "support.h"

static void test_what_cannot_be_meant_is_named(void **state)
{
	static const struct {
		const char *pattern;
		const char *reason;
	} rows[] = {
		{"[z-a]", "a range in it"},
		{"vm[9-0]", "a range in it"},
		{"vm[ab9-0]", "a range in it"},
		{"vm[!9-0]", "a range in it"},
		{"vm[b-\\a]", "a range in it"},
		{"[\xc3\xb6-\xc3\xa4]", "a range in it"},
		{"[a-z]*[z-a]", "a range in it"},
		{"[", "is not closed"},
		{"[]", "is not closed"},
		{"[!]", "is not closed"},
		{"[^]", "is not closed"},
		{"a[b", "is not closed"},
		{"[[:digit:]", "is not closed"},
		{"[[:]", "is not closed"},
		{"\"vm\"", "without quotes"},
		{"'vm*'", "without quotes"},
		{"[[:digits:]]", "class"},
		{"[[:Digit:]]", "class"},
		{"[[:foo:]x]", "class"},
		{"[x[::]]", "class"},
		{"[+-[:digit:]]", "class"},
		{"[[.a.]]", "class"},
		{"[[=a=]]", "class"},
		{"[a[.]", "class"},
		{"\\", "ends in a '\\'"},
		{"{a,b}", "{a,b}"},
		{"[{]x{a,b}", "{a,b}"},
		{"\\{x{a,b}", "{a,b}"},
		{"vm\\", "ends in a '\\'"},
		{"[a]\\", "ends in a '\\'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *reason = nestxml_glob_find_typo(rows[i].pattern);

		CHECK(reason && strstr(reason, rows[i].reason), "%s: %s", rows[i].pattern, reason ? reason : "taken");
	}
}

static void test_what_can_be_meant_is_taken(void **state)
{
	static const char *const patterns[] = {
		"",
		"a",
		"[a-a]",
		"[a-]",
		"[-a]",
		"[--0]",
		"[]]",
		"[!]]",
		"[]-a]",
		"[[]",
		"[z\\-a]",
		"\\[z-a]",
		"z-a",
		"[x{]a,b}",
		"\\{a,b}",
		"{a}",
		"]",

		"a\\\\",
		"[a\\]]",
		"[[:digit:]-]",
		"[[:alnum:][:blank:][:cntrl:][:graph:][:print:]]",
		"[\xc3\xa4-\xc3\xb6]",
		"[[:alpha:]z]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		const char *reason = nestxml_glob_find_typo(patterns[i]);

		CHECK(!reason, "%s: %s", patterns[i], reason);
	}
}

/* The @number-th text of @length characters out of @alphabet. */
static void make_text(char *text, size_t length, unsigned int number, const char *alphabet)
{
	size_t size = strlen(alphabet);

	for (size_t i = 0; i < length; i++, number /= (unsigned int)size)
		text[i] = alphabet[number % size];
	text[length] = '\0';
}

static unsigned int count_texts(size_t length, const char *alphabet)
{
	unsigned int count = 1;

	for (size_t i = 0; i < length; i++)
		count *= (unsigned int)strlen(alphabet);
	return count;
}

static void check_all_names(const char *pattern, size_t length)
{
	static const char alphabet[] = "ab[]!-\\:5 ";
	char name[8];

	for (unsigned int i = 0; i < count_texts(length, alphabet); i++) {
		make_text(name, length, i, alphabet);
		CHECK(nestxml_glob_is_match(pattern, name) == (fnmatch(pattern, name, 0) == 0), "%s and '%s'", pattern, name);
	}
}

/* Every pattern of up to four characters that is no typo, against every name of up to two. */
static void test_every_short_glob_is_read_as_fnmatch_reads_it(void **state)
{
	static const char alphabet[] = "ab[]!^-\\*?:=.";
	unsigned int taken = 0;
	char pattern[8];

	(void)state;
	for (size_t length = 0; length <= 4; length++)
		for (unsigned int i = 0; i < count_texts(length, alphabet); i++) {
			make_text(pattern, length, i, alphabet);
			if (nestxml_glob_find_typo(pattern))
				continue;
			taken++;
			for (size_t name_length = 0; name_length <= 2; name_length++)
				check_all_names(pattern, name_length);
		}
	assert_true(taken > 10000);
}

/* Longer ones, made of pieces that belong to sets. */
static void test_sets_and_classes_are_read_as_fnmatch_reads_them(void **state)
{
	static const char *const classes[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph",
					      "lower", "print", "punct", "space", "upper", "xdigit"};
	static const char *const forms[] = {"[[:%s:]]", "[![:%s:]]", "[x[:%s:]-]", "[]b[:%s:]]", "*[[:%s:]]?", "[[:%s:]"};
	char pattern[64];
	char name[2] = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(classes) * ARRAY_SIZE(forms); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(pattern, sizeof(pattern), forms[i % ARRAY_SIZE(forms)], classes[i / ARRAY_SIZE(forms)]);
#pragma GCC diagnostic pop
		for (int c = 1; c < 0x80 && !nestxml_glob_find_typo(pattern); c++) {
			name[0] = (char)c;
			CHECK(nestxml_glob_is_match(pattern, name) == (fnmatch(pattern, name, 0) == 0), "%s and %#x", pattern,
			      (unsigned int)c);
		}
		check_all_names(pattern, 2);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_cannot_be_meant_is_named),
		cmocka_unit_test(test_what_can_be_meant_is_taken),
		cmocka_unit_test(test_every_short_glob_is_read_as_fnmatch_reads_it),
		cmocka_unit_test(test_sets_and_classes_are_read_as_fnmatch_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
