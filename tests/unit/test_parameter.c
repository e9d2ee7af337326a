/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_parameter.c - values as the kernel reads them (lib/kstrtox.c); the lab gives some of them to the real modules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/parameter.h"
#include "macros.h"

static void values_mean_what_the_kernel_takes_them_for(void **state)
{
	static const struct {
		const char *type;
		const char *value;
		enum parameter_value wanted;
	} rows[] = {
		{"bool", "1", PARAMETER_ON},
		{"bool", "yes", PARAMETER_ON},
		{"bool", "true", PARAMETER_ON},
		{"bool", "oN", PARAMETER_ON},
		{"bool", NULL, PARAMETER_ON},
		{"bool", "0", PARAMETER_OFF},
		{"bool", "no", PARAMETER_OFF},
		{"bool", "False", PARAMETER_OFF},
		{"bool", "OFf", PARAMETER_OFF},
		{"bool", "o", PARAMETER_INVALID},
		{"bool", "2", PARAMETER_INVALID},
		{"bool", "", PARAMETER_INVALID},
		{"bool", " 1", PARAMETER_INVALID},
		{"int", "1", PARAMETER_ON},
		{"int", "-1", PARAMETER_ON},
		{"int", "+0x10", PARAMETER_ON},
		{"int", "00", PARAMETER_OFF},
		{"int", "0x0", PARAMETER_OFF},
		{"int", "2147483647", PARAMETER_ON},
		{"int", "2147483648", PARAMETER_INVALID},
		{"int", "-2147483649", PARAMETER_INVALID},
		{"int", "99999999999999999999", PARAMETER_INVALID},
		{"int", "08", PARAMETER_INVALID},
		{"int", "0x", PARAMETER_INVALID},
		{"int", "y", PARAMETER_INVALID},
		{"int", "1 ", PARAMETER_INVALID},
		{"int", " 1", PARAMETER_INVALID},
		{"int", "--1", PARAMETER_INVALID},
		{"int", "", PARAMETER_INVALID},
		{"int", NULL, PARAMETER_INVALID},
		{"uint", "4294967295", PARAMETER_ON},
		{"uint", "4294967296", PARAMETER_INVALID},
		{"uint", "-1", PARAMETER_INVALID},
		{"charp", "1", PARAMETER_UNKNOWN},
		{"", "1", PARAMETER_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (parameter_parse(rows[i].type, rows[i].value) != rows[i].wanted)
			fail_msg("%s '%s' is not %d", rows[i].type, rows[i].value ? rows[i].value : "(none)", (int)rows[i].wanted);
}

static void the_last_word_of_a_name_counts(void **state)
{
	struct parameter_word word;

	(void)state;
	assert_true(parameter_find_last(" nested=0\tnpt=1  nested=\"1\" xnested=3 nestedx=4", "nested", &word));
	assert_true(word.has_value);
	assert_string_equal(word.value, "1");
	assert_true(parameter_find_last("nested=1 nested", "nested", &word));
	assert_false(word.has_value);
	assert_string_equal(word.value, "");
	assert_true(parameter_find_last("nested=", "nested", &word));
	assert_true(word.has_value);
	assert_true(parameter_find_last("\"nested=a\"", "nested", &word));
	assert_string_equal(word.value, "a");
	assert_true(parameter_find_last("nested=1\r\f", "nested", &word)); /* the kernel's isspace() */
	assert_string_equal(word.value, "1");
	assert_true(parameter_find_last("nested=1 dyndbg=\"a nested=0 b\" npt=1", "nested", &word));
	assert_string_equal(word.value, "1");
	assert_false(parameter_find_last("npt=1", "nested", &word));
	assert_false(parameter_find_last("", "nested", &word));
}

static void what_is_too_long_is_cut(void **state)
{
	char text[1000];
	const char *options = text;
	struct parameter_word word;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[500] = '=';
	text[sizeof(text) - 1] = '\0';
	assert_true(parameter_next(&options, &word));
	assert_int_equal(strlen(word.name), sizeof(word.name) - 1);
	assert_int_equal(strlen(word.value), sizeof(word.value) - 1);
	assert_false(parameter_next(&options, &word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_mean_what_the_kernel_takes_them_for),
		cmocka_unit_test(the_last_word_of_a_name_counts),
		cmocka_unit_test(what_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
