/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_config.c - the policy files: which are read, in which order, and that one that is bad refuses all. */
#include "support.h"

#include <unistd.h>

#include "config.h"
#include "policy_files.h"

/* ---- what is read, in which order ---- */

static void test_no_files_are_no_sections(void **state)
{
	struct nestxml_config *config = load(*state);

	assert_int_equal(config->sections_count, 0);
	nestxml_config_free(config);
	tree_directory(*state, DROP_INS);
	config = load(*state);
	assert_int_equal(config->sections_count, 0);
	nestxml_config_free(config);
	nestxml_config_free(NULL);
}

static void test_three_places_are_read_in_order_and_drop_ins_by_their_names_bytes(void **state)
{
	static const char *const files[] = {VENDOR_FILE,	   ADMIN_FILE,	       DROP_INS "/00.conf",	 DROP_INS "/10-B.conf",
					    DROP_INS "/10-a.conf", DROP_INS "/9.conf", DROP_INS "/\xc3\xa4.conf"};
	struct nestxml_config *config;

	for (size_t i = ARRAY_SIZE(files); i-- > 0;)
		tree_write(*state, files[i], "# the first line\n[guest a]\nnested = require\n[default]\nnested = disable\n");
	config = load(*state);
	assert_int_equal(config->sections_count, 2 * ARRAY_SIZE(files));
	for (size_t i = 0; i < config->sections_count; i++) {
		const struct section *section = &config->sections[i];

		assert_string_equal(section->place.file, files[i / 2]);
		assert_int_equal(section->settings[POLICY_KEY_NESTED].line, i % 2 ? 5 : 3);
		assert_int_equal(section->settings[POLICY_KEY_NESTED].value, i % 2 ? NESTXML_NESTED_DISABLE : NESTXML_NESTED_REQUIRE);
		assert_true(i % 2 ? !section->pattern : strcmp(section->pattern, "a") == 0);
	}
	nestxml_config_free(config);
}

static void test_other_names_among_the_drop_ins_are_ignored(void **state)
{
	static const char *const names[] = {"/.hidden.conf", "/.conf",	  "/a.conf~", "/a.conf.rpmnew", "/a.CONF", "/a",
					    "/conf",	     "/a.config", "/README",  "/aconf"};
	struct nestxml_config *config;
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), DROP_INS "%s", names[i]);
		tree_write(*state, path, "nonsense");
	}
	tree_directory(*state, DROP_INS "/directory/x.conf");
	config = load(*state);
	assert_int_equal(config->sections_count, 0);
	nestxml_config_free(config);
}

static void test_a_link_to_a_good_file_is_read(void **state)
{
	struct nestxml_config *config;

	tree_write(*state, DROP_INS "/target", "[default]\nnested = require\n");
	assert_int_equal(symlink("target", tree_path(*state, DROP_INS "/a.conf")), 0);
	config = load(*state);
	assert_int_equal(config->sections_count, 1);
	assert_string_equal(config->sections[0].place.file, DROP_INS "/a.conf");
	nestxml_config_free(config);
}

static void test_the_vendors_own_file_asks_for_nothing(void **state)
{
	static const char text[] =
		"[default]\nnested = leave        # leave, require, optional or disable\n"
		"on-stale = restart    # restart, refuse or allow: what happens\nmode = keep           # keep, host-model\n";
	struct nestxml_config *config;

	tree_write(*state, VENDOR_FILE, text);
	config = load(*state);
	assert_int_equal(config->sections_count, 1);
	assert_int_equal(config->sections[0].settings[POLICY_KEY_NESTED].value, NESTXML_NESTED_LEAVE);
	assert_int_equal(config->sections[0].settings[POLICY_KEY_MODE].value, NESTXML_MODE_KEEP);
	assert_int_equal(config->sections[0].settings[POLICY_KEY_ON_STALE].value, NESTXML_ON_STALE_RESTART);
	nestxml_config_free(config);
}

static void test_a_section_is_given_with_its_file_and_line(void **state)
{
	struct nestxml_config *config;

	tree_write(*state, ADMIN_FILE, "# one\n[default]\nnested = leave\n\n [guest a,b]\n");
	config = load(*state);
	assert_null(nestxml_config_get_section(config, 0)->pattern);
	assert_int_equal(nestxml_config_get_section(config, 0)->line, 2);
	assert_string_equal(nestxml_config_get_section(config, 1)->pattern, "a,b");
	assert_string_equal(nestxml_config_get_section(config, 1)->file, ADMIN_FILE);
	assert_int_equal(nestxml_config_get_section(config, 1)->line, 5);
	assert_null(nestxml_config_get_section(config, 2));
	nestxml_config_free(config);
}

/* ---- what is refused ---- */

static void test_a_section_of_one_file_does_not_reach_into_the_next(void **state)
{
	tree_write(*state, VENDOR_FILE, "[default]\n");
	tree_write(*state, ADMIN_FILE, "\nnested = require\n");
	check_refused(*state, 2, ADMIN_FILE ":2: ", "before the first section");
}

static void test_one_bad_file_refuses_all(void **state)
{
	tree_write(*state, ADMIN_FILE, "[default]\nnested = require\n");
	tree_write(*state, DROP_INS "/10.conf", "[guest a]\nnested = require\n");
	tree_write(*state, DROP_INS "/20.conf", "x\n");
	tree_write(*state, DROP_INS "/30.conf", "y\n");
	check_refused(*state, 1, DROP_INS "/20.conf:1: ", "key = value");
}

static void test_a_mib_is_read_and_a_byte_more_is_refused(void **state)
{
	static const char start[] = "[default]\nnested = require\n#";
	size_t size = (size_t)1 << 20;
	char *text = malloc(size + 1);
	struct nestxml_config *config;

	assert_non_null(text);
	memset(text, 'x', size + 1);
	memcpy(text, start, strlen(start));
	tree_write_bytes(*state, ADMIN_FILE, text, size, 0644);
	config = load(*state);
	assert_int_equal(config->sections_count, 1);
	assert_int_equal(config->sections[0].settings[POLICY_KEY_NESTED].value, NESTXML_NESTED_REQUIRE);
	nestxml_config_free(config);
	tree_write_bytes(*state, ADMIN_FILE, text, size + 1, 0644);
	check_file_refused(*state, ADMIN_FILE, "larger than 1 MiB");
	free(text);
}

static void test_a_drop_in_with_a_name_that_cannot_be_shown_is_refused(void **state)
{
	static const char *const names[] = {"a\nb.conf", "\x1b[31m.conf", "a\\b.conf", "\xff.conf", "\xe2\x80\xae.conf"};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		tree_clear(*state);
		snprintf(path, sizeof(path), DROP_INS "/%s", names[i]);
		tree_write(*state, path, "[default]\n");
		check_refused(*state, 0, DROP_INS "/", "cannot be shown");
	}
}

/* Where the escaped name no longer fits into a buffer of the size of a name. */
static void test_a_control_character_at_the_end_of_a_long_name_is_seen(void **state)
{
	char path[512] = DROP_INS "/";

	for (size_t i = 0; i < 247; i++)
		strcat(path, "a");
	strcat(path, "\xe2\x80\xae.conf");
	tree_write(*state, path, "[default]\n");
	check_refused(*state, 0, DROP_INS "/", "cannot be shown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_no_files_are_no_sections),
		TREE_TEST(test_three_places_are_read_in_order_and_drop_ins_by_their_names_bytes),
		TREE_TEST(test_other_names_among_the_drop_ins_are_ignored),
		TREE_TEST(test_a_link_to_a_good_file_is_read),
		TREE_TEST(test_the_vendors_own_file_asks_for_nothing),
		TREE_TEST(test_a_section_of_one_file_does_not_reach_into_the_next),
		TREE_TEST(test_one_bad_file_refuses_all),
		TREE_TEST(test_a_section_is_given_with_its_file_and_line),
		TREE_TEST(test_a_mib_is_read_and_a_byte_more_is_refused),
		TREE_TEST(test_a_drop_in_with_a_name_that_cannot_be_shown_is_refused),
		TREE_TEST(test_a_control_character_at_the_end_of_a_long_name_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
