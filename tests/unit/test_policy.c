/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_policy.c - whose word counts for a guest: the order of DESIGN 3.3, key by key. */
#include <locale.h>

#include "support.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define METADATA(word) "<metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='" word "'/></metadata>"
#define REQUIRING_CPU "<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>"

struct expected {
	enum nestxml_nested nested;
	enum nestxml_source source;
	unsigned int line; /* in the administrator's file; 0: no file says it */
};

/* Resolves the policy of the guest `vm` with @xml in it under the administrator's file @text. */
static int resolve(const struct tree *tree, const char *text, const char *xml, struct nestxml_policy *policy, struct nestxml_error *error)
{
	struct nestxml_config *config = NULL;
	struct nestxml_domain *domain;
	char document[2048];
	int code;

	tree_write(tree, ADMIN_FILE, text);
	code = nestxml_config_new(tree->root, &config, error);
	CHECK(code == 0, "%s", error->message);
	snprintf(document, sizeof(document), "<domain type='kvm'><name>vm</name><uuid>" UUID "</uuid>%s</domain>", xml);
	domain = domain_of(document);
	code = nestxml_config_resolve(config, domain, policy, error);
	if (code == 0 && policy->file) /* borrowed: looked at while the config lives */
		CHECK(strcmp(policy->file, ADMIN_FILE) == 0, "%s", policy->file);
	nestxml_domain_free(domain);
	nestxml_config_free(config);
	return code;
}

static void check_policy(const struct tree *tree, const char *text, const char *xml, struct expected expected)
{
	struct nestxml_policy policy = {0};
	struct nestxml_error error = {0};
	int code = resolve(tree, text, xml, &policy, &error);

	CHECK(code == 0, "%s + %s: %s", text, xml, error.message);
	CHECK(policy.nested == expected.nested, "%s + %s: nested %d", text, xml, (int)policy.nested);
	CHECK(policy.source == expected.source, "%s + %s: source %d", text, xml, (int)policy.source);
	CHECK((policy.file != NULL) == (expected.line > 0), "%s + %s: file", text, xml);
	CHECK(policy.line == expected.line, "%s + %s: line %u", text, xml, policy.line);
}

/* ---- the order of the sources ---- */

/* Every subset of the four sources, each with a word of its own; the strongest one there wins. */
static void test_section_then_metadata_then_cpu_then_default(void **state)
{
	for (unsigned int set = 0; set < 16; set++) {
		bool has_default = set & 1;
		bool has_cpu = set & 2;
		bool has_metadata = set & 4;
		bool has_section = set & 8;
		struct expected expected = {NESTXML_NESTED_LEAVE, NESTXML_SOURCE_NONE, 0};
		char text[256];
		char xml[512];

		snprintf(text, sizeof(text), "%s%s", has_section ? "[guest vm]\nnested = leave\n" : "# no\n# section\n",
			 has_default ? "[default]\nnested = optional\n" : "");
		snprintf(xml, sizeof(xml), "%s%s", has_metadata ? METADATA("disable") : "", has_cpu ? REQUIRING_CPU : "");
		if (has_section)
			expected = (struct expected){NESTXML_NESTED_LEAVE, NESTXML_SOURCE_SECTION, 2};
		else if (has_metadata)
			expected = (struct expected){NESTXML_NESTED_DISABLE, NESTXML_SOURCE_METADATA, 0};
		else if (has_cpu)
			expected = (struct expected){NESTXML_NESTED_REQUIRE, NESTXML_SOURCE_CPU, 0};
		else if (has_default)
			expected = (struct expected){NESTXML_NESTED_OPTIONAL, NESTXML_SOURCE_DEFAULT, 4};
		check_policy(*state, text, xml, expected);
	}
}

static void test_each_word_of_the_metadata_counts(void **state)
{
	check_policy(*state, "[default]\nnested = require\n", METADATA("leave"),
		     (struct expected){NESTXML_NESTED_LEAVE, NESTXML_SOURCE_METADATA, 0});
	check_policy(*state, "", METADATA("require"), (struct expected){NESTXML_NESTED_REQUIRE, NESTXML_SOURCE_METADATA, 0});
	check_policy(*state, "", METADATA("optional"), (struct expected){NESTXML_NESTED_OPTIONAL, NESTXML_SOURCE_METADATA, 0});
	check_policy(*state, "", METADATA("disable") REQUIRING_CPU, (struct expected){NESTXML_NESTED_DISABLE, NESTXML_SOURCE_METADATA, 0});
}

static void test_a_misnamed_policy_in_the_metadata_is_an_error(void **state)
{
	static const char misnamed[] = "<metadata><n:policies xmlns:n='urn:nestxml:nested:1' nested='disable'/></metadata>";
	static const char both[] =
		"<metadata xmlns:n='urn:nestxml:nested:1'><n:Policy nested='require'/><n:policy nested='disable'/></metadata>";
	static const char others[] = "<metadata><n:policies xmlns:n='urn:x' nested='disable'/></metadata>";
	struct nestxml_policy policy;
	struct nestxml_error error;

	assert_int_equal(resolve(*state, "", misnamed, &policy, &error), NESTXML_E_METADATA);
	assert_non_null(strstr(error.message, "expected <nested:policy nested='...'>"));
	assert_int_equal(resolve(*state, "[default]\nnested = require\n", misnamed, &policy, &error), NESTXML_E_METADATA);
	check_policy(*state, "[guest vm]\nnested = optional\n", misnamed,
		     (struct expected){NESTXML_NESTED_OPTIONAL, NESTXML_SOURCE_SECTION, 2});
	check_policy(*state, "", both, (struct expected){NESTXML_NESTED_DISABLE, NESTXML_SOURCE_METADATA, 0});
	check_policy(*state, "", others, (struct expected){NESTXML_NESTED_LEAVE, NESTXML_SOURCE_NONE, 0});
}

static void test_a_cpu_that_does_not_require_says_nothing(void **state)
{
	static const char *const cpus[] = {
		"<cpu mode='host-passthrough'/>",
		"<cpu mode='host-model'><feature policy='optional' name='vmx'/></cpu>",
		"<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>",
		"<cpu mode='host-model'><feature policy='require' name='vmx-ept'/></cpu>",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++)
		check_policy(*state, "[default]\nnested = disable\n", cpus[i],
			     (struct expected){NESTXML_NESTED_DISABLE, NESTXML_SOURCE_DEFAULT, 2});
}

static void test_a_section_for_another_guest_says_nothing(void **state)
{
	check_policy(*state, "[guest other]\nnested = require\n", "", (struct expected){NESTXML_NESTED_LEAVE, NESTXML_SOURCE_NONE, 0});
	check_policy(*state, "[guest other]\nnested = require\n", METADATA("optional"),
		     (struct expected){NESTXML_NESTED_OPTIONAL, NESTXML_SOURCE_METADATA, 0});
}

static void test_a_section_without_the_key_says_nothing_of_it(void **state)
{
	static const char text[] = "[default]\nnested = optional\n[guest vm]\nmode = maximum\non-stale = allow\n";

	check_policy(*state, text, "", (struct expected){NESTXML_NESTED_OPTIONAL, NESTXML_SOURCE_DEFAULT, 2});
	check_policy(*state, text, REQUIRING_CPU, (struct expected){NESTXML_NESTED_REQUIRE, NESTXML_SOURCE_CPU, 0});
	check_policy(*state, text, METADATA("disable"), (struct expected){NESTXML_NESTED_DISABLE, NESTXML_SOURCE_METADATA, 0});
}

/* ---- several sections ---- */

static void test_a_later_section_wins_key_by_key(void **state)
{
	static const char text[] = "[guest v*]\nnested = require\nmode = host-passthrough\non-stale = allow\n"
				   "[guest *]\nmode = maximum\n"
				   "[guest vm]\nnested = disable\n"
				   "[guest other]\nnested = leave\nmode = keep\non-stale = restart\n";
	struct nestxml_policy policy;
	struct nestxml_error error;

	assert_int_equal(resolve(*state, text, "", &policy, &error), 0);
	assert_int_equal(policy.nested, NESTXML_NESTED_DISABLE);
	assert_int_equal(policy.line, 8);
	assert_int_equal(policy.mode, NESTXML_MODE_MAXIMUM);
	assert_int_equal(policy.on_stale, NESTXML_ON_STALE_ALLOW);
}

static void test_a_later_default_wins_key_by_key(void **state)
{
	static const char text[] = "[default]\nnested = require\nmode = maximum\n[default]\nnested = optional\non-stale = refuse\n";
	struct nestxml_policy policy;
	struct nestxml_error error;

	assert_int_equal(resolve(*state, text, "", &policy, &error), 0);
	assert_int_equal(policy.nested, NESTXML_NESTED_OPTIONAL);
	assert_int_equal(policy.source, NESTXML_SOURCE_DEFAULT);
	assert_int_equal(policy.line, 5);
	assert_int_equal(policy.mode, NESTXML_MODE_MAXIMUM);
	assert_int_equal(policy.on_stale, NESTXML_ON_STALE_REFUSE);
}

static void test_a_guests_section_wins_over_a_default_that_comes_later(void **state)
{
	static const char text[] =
		"[guest vm]\nnested = require\nmode = host-model\n[default]\nnested = disable\nmode = maximum\non-stale = allow\n";
	struct nestxml_policy policy;
	struct nestxml_error error;

	assert_int_equal(resolve(*state, text, "", &policy, &error), 0);
	assert_int_equal(policy.nested, NESTXML_NESTED_REQUIRE);
	assert_int_equal(policy.line, 2);
	assert_int_equal(policy.mode, NESTXML_MODE_HOST_MODEL);
	assert_int_equal(policy.on_stale, NESTXML_ON_STALE_ALLOW);
}

static void test_mode_and_on_stale_of_the_files_count_next_to_the_metadata(void **state)
{
	static const char text[] = "[default]\nmode = maximum\non-stale = allow\nnested = disable\n";
	struct nestxml_policy policy;
	struct nestxml_error error;

	assert_int_equal(resolve(*state, text, METADATA("require"), &policy, &error), 0);
	assert_int_equal(policy.nested, NESTXML_NESTED_REQUIRE);
	assert_int_equal(policy.source, NESTXML_SOURCE_METADATA);
	assert_int_equal(policy.mode, NESTXML_MODE_MAXIMUM);
	assert_int_equal(policy.on_stale, NESTXML_ON_STALE_ALLOW);
}

static void test_nothing_said_is_leave_keep_and_restart(void **state)
{
	struct nestxml_policy policy = {1, 1, 1, 1, "x", 1};
	struct nestxml_error error;

	assert_int_equal(resolve(*state, "", "", &policy, &error), 0);
	assert_int_equal(policy.nested, NESTXML_NESTED_LEAVE);
	assert_int_equal(policy.mode, NESTXML_MODE_KEEP);
	assert_int_equal(policy.on_stale, NESTXML_ON_STALE_RESTART);
	assert_int_equal(policy.source, NESTXML_SOURCE_NONE);
	assert_null(policy.file);
	assert_int_equal(policy.line, 0);
}

static void test_a_drop_in_wins_over_the_administrators_file_and_that_over_the_vendors(void **state)
{
	static const char *const files[] = {VENDOR_FILE, ADMIN_FILE, DROP_INS "/10.conf", DROP_INS "/9.conf"};
	struct nestxml_domain *domain = domain_of("<domain type='kvm'><name>vm</name></domain>");

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct nestxml_config *config;
		struct nestxml_policy policy;

		tree_write(*state, files[i], "[guest vm]\nnested = require\n");
		assert_int_equal(nestxml_config_new(((struct tree *)*state)->root, &config, NULL), 0);
		assert_int_equal(nestxml_config_resolve(config, domain, &policy, NULL), 0);
		assert_string_equal(policy.file, files[i]);
		nestxml_config_free(config);
	}
	nestxml_domain_free(domain);
}

/* ---- which guests a section is for ---- */

static bool is_matched(const struct tree *tree, const char *pattern, const char *name, const char *uuid)
{
	struct nestxml_config *config;
	struct nestxml_domain *domain;
	struct nestxml_policy policy;
	char text[1024];

	snprintf(text, sizeof(text), "[guest %s]\nnested = require\n", pattern);
	tree_write(tree, ADMIN_FILE, text);
	assert_int_equal(nestxml_config_new(tree->root, &config, NULL), 0);
	snprintf(text, sizeof(text), "<domain type='kvm'><name>%s</name>%s%s%s</domain>", name, *uuid ? "<uuid>" : "", uuid,
		 *uuid ? "</uuid>" : "");
	domain = domain_of(text);
	assert_int_equal(nestxml_config_resolve(config, domain, &policy, NULL), 0);
	nestxml_domain_free(domain);
	nestxml_config_free(config);
	return policy.nested == NESTXML_NESTED_REQUIRE;
}

static void test_a_section_matches_by_name_glob(void **state)
{
	static const struct {
		const char *pattern;
		const char *name; /* as XML */
		bool matches;
	} cases[] = {
		{"vm", "vm", true},
		{"vm", "vm2", false},
		{"vm", "VM", false},
		{"vm", "", false},
		{"*", "vm", true},
		{"*", "", true},
		{"*", ".vm", true},
		{"*", "a/b", true},
		{"devstack-*", "devstack-1", true},
		{"devstack-*", "devstack-", true},
		{"devstack-*", "devstack", false},
		{"devstack-*", "xdevstack-1", false},
		{"*-prod-*", "a-prod-b", true},
		{"vm?", "vm1", true},
		{"vm?", "vm12", false},
		{"web[0-9]", "web7", true},
		{"web[0-9]", "webx", false},
		{"web[!0-9]", "webx", true},
		{"web\\[0\\]", "web[0]", true},
		{"web[0]", "web[0]", false},
		{"a\\*b", "a*b", true},
		{"a\\*b", "axb", false},
		{"a.b", "a.b", true},
		{"a.b", "axb", false},
		{"\\[", "[", true},
		{"[]]", "]", true},
		{"[]a]", "a", true},
		{"[!]a]", "b", true},
		{"[!]a]", "]", false},
		{"[^a]", "b", true},
		{"[^a]", "a", false},
		{"[a-]", "-", true},
		{"[-a]", "-", true},
		{"[\\]]", "]", true},
		{"[a\\-c]", "b", false},
		{"[a\\-c]", "-", true},
		{"[[:digit:]x]", "7", true},
		{"[[:digit:]x]", "x", true},
		{"[[:digit:]x]", "y", false},
		{"[![:alpha:]]", "1", true},
		{"[\xc3\xa4-\xc3\xb6]", "\xc3\xa5", true},
		{"[\xc3\xa4-\xc3\xb6]", "\xc3\xbc", false},
		{"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbXbX", false},
		{"*?", "", false},
		{"**", "", true},
		{"?*", "a", true},
		{"a b", "a b", true},
		{"a&b", "a&amp;b", true},
		{"\xc3\xa4*", "\xc3\xa4x", true},
		{"\xc3\xa4", "&#xe4;", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(is_matched(*state, cases[i].pattern, cases[i].name, "") == cases[i].matches, "[guest %s] and %s", cases[i].pattern,
		      cases[i].name);
}

static void test_a_section_matches_by_uuid_however_it_is_written(void **state)
{
	static const struct {
		const char *pattern;
		const char *uuid;
		bool matches;
	} cases[] = {
		{UUID, UUID, true},
		{"C7A5FDBD-EDAF-9455-926A-D65C16DB1809", UUID, true},
		{UUID, "C7A5FDBD-EDAF-9455-926A-D65C16DB1809", true},
		{"c7a5fdbdedaf9455926ad65c16db1809", UUID, true},
		{UUID, "c7a5fdbdedaf9455926ad65c16db1809", true},
		{"c7a5fdbd-edaf9455-926ad65c16db1809", UUID, true},
		{"c7a5fdbdedaf9455926ad65c16db180", UUID, false},
		{"c7a5fdbdedaf9455926ad65c16db18090", UUID, false},
		{UUID " \t", UUID, true},
		{"c7a5fdbd-edaf-9455-926a-d65c16db180a", UUID, false},
		{"d7a5fdbd-edaf-9455-926a-d65c16db1809", UUID, false},
		{UUID, "", false},
		{"-", "", false},
		{"-", "-", false},
		{"g7a5fdbd-edaf-9455-926a-d65c16db1809", "g7a5fdbd-edaf-9455-926a-d65c16db1809", false},
		{"c7a5", "c7a5", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(is_matched(*state, cases[i].pattern, "vm", cases[i].uuid) == cases[i].matches, "[guest %s] and %s", cases[i].pattern,
		      cases[i].uuid);
	/* A guest that is called like another one's UUID is not that one. */
	assert_false(is_matched(*state, UUID, UUID, "11111111-1111-1111-1111-111111111111"));
	assert_true(is_matched(*state, "11111111-*", "11111111-1111-1111-1111-111111111111", UUID));
}

/* In whatever locale the caller is, which keeps it. */
static void test_a_question_mark_is_a_character_everywhere(void **state)
{
	static const char *const locales[] = {"C", "C.UTF-8"};

	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		assert_non_null(setlocale(LC_ALL, locales[i]));
		assert_true(is_matched(*state, "vm?", "vm\xc3\xa4", ""));
		assert_true(is_matched(*state, "?\xe6\x97\xa5?",
				       "\xe6\x9c\xac\xe6\x97\xa5"
				       "1",
				       ""));
		assert_false(is_matched(*state, "vm??", "vm\xc3\xa4", ""));
		assert_true(is_matched(*state, "vm[\xc3\xa4\xc3\xb6]", "vm\xc3\xb6", ""));
		assert_string_equal(setlocale(LC_ALL, NULL), locales[i]);
	}
	setlocale(LC_ALL, "C");
}

static void test_which_guests_a_section_is_about_can_be_asked(void **state)
{
	struct nestxml_domain *vm = domain_of("<domain type='kvm'><name>vm</name><uuid>" UUID "</uuid></domain>");
	struct nestxml_domain *other = domain_of("<domain type='kvm'><name>other</name></domain>");
	struct nestxml_config *config = NULL;

	tree_write(*state, ADMIN_FILE, "[default]\n[guest vm-]\n[guest v?]\n[guest " UUID "]\n");
	assert_int_equal(nestxml_config_new(((struct tree *)*state)->root, &config, NULL), 0);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(nestxml_config_is_section_matching(config, i, vm), i == 0 || i == 2 || i == 3);
		assert_int_equal(nestxml_config_is_section_matching(config, i, other), i == 0);
	}
	nestxml_config_free(config);
	nestxml_domain_free(vm);
	nestxml_domain_free(other);
}

/* As it stands in nestxml.conf(5). */
static void test_nobody_nests_but_for_one_guest(void **state)
{
	static const struct {
		const char *uuid;
		enum nestxml_nested nested;
	} guests[] = {{UUID, NESTXML_NESTED_OPTIONAL}, {"11111111-1111-1111-1111-111111111111", NESTXML_NESTED_DISABLE}};
	static const char *const own[] = {"", "<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>",
					  "<metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='require'/></metadata>"};

	tree_write(*state, ADMIN_FILE, "[guest *]\nnested = disable\non-stale = refuse\n\n[guest " UUID "]\nnested = optional\n");
	for (size_t i = 0; i < ARRAY_SIZE(guests) * ARRAY_SIZE(own); i++) {
		struct nestxml_config *config = NULL;
		struct nestxml_policy policy;
		struct nestxml_domain *domain;
		char xml[512];

		snprintf(xml, sizeof(xml), "<domain type='kvm'><name>" UUID "</name><uuid>%s</uuid>%s</domain>", guests[i % 2].uuid,
			 own[i / 2]);
		domain = domain_of(xml);
		assert_int_equal(nestxml_config_new(((struct tree *)*state)->root, &config, NULL), 0);
		assert_int_equal(nestxml_config_resolve(config, domain, &policy, NULL), 0);
		CHECK(policy.nested == guests[i % 2].nested, "%s: %s", xml, nestxml_nested_to_string(policy.nested));
		nestxml_domain_free(domain);
		nestxml_config_free(config);
	}
}

static void test_a_name_of_255_bytes_is_matched_whole(void **state)
{
	char name[256];
	char other[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	memcpy(other, name, 256);
	other[254] = 'm';
	assert_true(is_matched(*state, name, name, ""));
	assert_false(is_matched(*state, name, other, ""));
}

/* ---- a wrong word in the metadata ---- */

static const char *const wrong_metadata[] = {METADATA("yes"), METADATA(""), METADATA("Require"), METADATA(" require"),
					     "<metadata><n:policy xmlns:n='urn:nestxml:nested:1'/></metadata>"};

static void test_wrong_metadata_is_an_error(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong_metadata); i++) {
		static const char *const texts[] = {"", "[default]\nnested = disable\n", "[guest vm]\nmode = keep\n",
						    "[guest other]\nnested = disable\n"};

		for (size_t j = 0; j < ARRAY_SIZE(texts); j++) {
			struct nestxml_policy policy = {.line = 77};
			struct nestxml_error error = {0};

			CHECK(resolve(*state, texts[j], wrong_metadata[i], &policy, &error) == NESTXML_E_METADATA, "%s + %s", texts[j],
			      wrong_metadata[i]);
			assert_int_equal(error.code, NESTXML_E_METADATA);
			assert_non_null(strstr(error.message, "metadata"));
			assert_non_null(strstr(error.message, "leave, require, optional or disable"));
			assert_int_equal(policy.line, 77);
		}
	}
}

static void test_wrong_metadata_does_not_matter_where_a_section_decides(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong_metadata); i++)
		check_policy(*state, "[guest vm]\nnested = disable\n", wrong_metadata[i],
			     (struct expected){NESTXML_NESTED_DISABLE, NESTXML_SOURCE_SECTION, 2});
}

static void test_wrong_metadata_counts_more_than_a_cpu_that_requires(void **state)
{
	struct nestxml_policy policy;
	struct nestxml_error error;

	assert_int_equal(resolve(*state, "", METADATA("no") REQUIRING_CPU, &policy, &error), NESTXML_E_METADATA);
}

static void test_hostile_metadata_is_escaped_in_the_error(void **state)
{
	static const char *const values[] = {"\xe2\x80\xae", "\xc2\x9b[31m", "&#10;&#9;",
					     "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct nestxml_policy policy;
		struct nestxml_error error;
		char xml[1024];

		for (size_t pad = 0; pad < 70; pad += 3) {
			snprintf(xml, sizeof(xml), "<metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='%*s%s%s'/></metadata>",
				 (int)pad, "", values[i], values[i]);
			assert_int_equal(resolve(*state, "", xml, &policy, &error), NESTXML_E_METADATA);
			CHECK(is_printable(error.message), "%s", xml);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_section_then_metadata_then_cpu_then_default),
		TREE_TEST(test_each_word_of_the_metadata_counts),
		TREE_TEST(test_a_misnamed_policy_in_the_metadata_is_an_error),
		TREE_TEST(test_a_cpu_that_does_not_require_says_nothing),
		TREE_TEST(test_a_section_for_another_guest_says_nothing),
		TREE_TEST(test_a_section_without_the_key_says_nothing_of_it),
		TREE_TEST(test_a_later_section_wins_key_by_key),
		TREE_TEST(test_a_later_default_wins_key_by_key),
		TREE_TEST(test_a_guests_section_wins_over_a_default_that_comes_later),
		TREE_TEST(test_mode_and_on_stale_of_the_files_count_next_to_the_metadata),
		TREE_TEST(test_nothing_said_is_leave_keep_and_restart),
		TREE_TEST(test_a_drop_in_wins_over_the_administrators_file_and_that_over_the_vendors),
		TREE_TEST(test_a_section_matches_by_name_glob),
		TREE_TEST(test_a_section_matches_by_uuid_however_it_is_written),
		TREE_TEST(test_a_question_mark_is_a_character_everywhere),
		TREE_TEST(test_which_guests_a_section_is_about_can_be_asked),
		TREE_TEST(test_nobody_nests_but_for_one_guest),
		TREE_TEST(test_a_name_of_255_bytes_is_matched_whole),
		TREE_TEST(test_wrong_metadata_is_an_error),
		TREE_TEST(test_wrong_metadata_does_not_matter_where_a_section_decides),
		TREE_TEST(test_wrong_metadata_counts_more_than_a_cpu_that_requires),
		TREE_TEST(test_hostile_metadata_is_escaped_in_the_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
