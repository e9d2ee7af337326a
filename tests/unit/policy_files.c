/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_files.c - policy files that are good, and those that are refused. */
#include "policy_files.h"

struct nestxml_config *load(const struct tree *tree)
{
	struct nestxml_config *config = NULL;
	struct nestxml_error error = {0};
	int code = nestxml_config_new(tree->root, &config, &error);

	CHECK(code == 0, "%s", error.message);
	return config;
}

void check_refused(const struct tree *tree, unsigned int line, const char *first, const char *second)
{
	struct nestxml_config *config = NULL;
	struct nestxml_error error = {0};
	int code = nestxml_config_new(tree->root, &config, &error);

	nestxml_config_free(config);
	CHECK(code == NESTXML_E_CONFIG && error.code == NESTXML_E_CONFIG, "expected: %s, %s", first, second);
	CHECK(error.line == line, "line %u, not %u: %s", error.line, line, error.message);
	CHECK(strstr(error.message, first), "%s: %s", first, error.message);
	CHECK(strstr(error.message, second), "%s: %s", second, error.message);
	CHECK(is_printable(error.message), "%s", error.message);
	assert_int_equal(nestxml_config_new(tree->root, &config, NULL), NESTXML_E_CONFIG);
}

void check_file_refused(const struct tree *tree, const char *file, const char *word)
{
	char place[256];

	snprintf(place, sizeof(place), "policy file %s: ", file);
	check_refused(tree, 0, place, word);
}
