/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_config_parse.c - what a policy file may say, and what is refused with its place. */
#include "support.h"

#include <ini.h>

#include "config.h"
#include "policy_files.h"

/* ---- how it may be written ---- */

/* The only section of the administrator's file must be one for @pattern (NULL: the default). */
static void check_only_pattern(const struct tree *tree, const char *text, const char *pattern)
{
	struct nestxml_config *config;

	tree_write(tree, ADMIN_FILE, text);
	config = load(tree);
	CHECK(config->sections_count == 1, "%s: %zu sections", text, config->sections_count);
	if (pattern)
		CHECK(config->sections[0].pattern && strcmp(config->sections[0].pattern, pattern) == 0, "%s: '%s'", text,
		      config->sections[0].pattern ? config->sections[0].pattern : "(default)");
	else
		CHECK(!config->sections[0].pattern, "%s: '%s'", text, config->sections[0].pattern);
	nestxml_config_free(config);
}

static void test_keys_have_their_values_and_lines(void **state)
{
	static const char text[] =
		"[default]\nnested = optional\nmode=host-model\n\n on-stale\t=\tallow \n[guest x]\n[guest y]\nmode: maximum\n"
		"nested = require\nnested = disable\n";
	struct nestxml_config *config;
	const struct section *section;

	tree_write(*state, ADMIN_FILE, text);
	config = load(*state);
	assert_int_equal(config->sections_count, 3);
	section = &config->sections[0];
	assert_true(section->settings[POLICY_KEY_NESTED].has && section->settings[POLICY_KEY_NESTED].value == NESTXML_NESTED_OPTIONAL &&
		    section->settings[POLICY_KEY_NESTED].line == 2);
	assert_true(section->settings[POLICY_KEY_MODE].has && section->settings[POLICY_KEY_MODE].value == NESTXML_MODE_HOST_MODEL &&
		    section->settings[POLICY_KEY_MODE].line == 3);
	assert_true(section->settings[POLICY_KEY_ON_STALE].has && section->settings[POLICY_KEY_ON_STALE].value == NESTXML_ON_STALE_ALLOW &&
		    section->settings[POLICY_KEY_ON_STALE].line == 5);
	section = &config->sections[1];
	assert_false(section->settings[POLICY_KEY_NESTED].has || section->settings[POLICY_KEY_MODE].has ||
		     section->settings[POLICY_KEY_ON_STALE].has);
	section = &config->sections[2];
	assert_true(section->settings[POLICY_KEY_MODE].has && section->settings[POLICY_KEY_MODE].value == NESTXML_MODE_MAXIMUM &&
		    section->settings[POLICY_KEY_MODE].line == 8);
	assert_true(section->settings[POLICY_KEY_NESTED].has && section->settings[POLICY_KEY_NESTED].value == NESTXML_NESTED_DISABLE &&
		    section->settings[POLICY_KEY_NESTED].line == 10);
	assert_false(section->settings[POLICY_KEY_ON_STALE].has);
	nestxml_config_free(config);
}

static void test_lines_may_be_written_in_many_ways(void **state)
{
	/* Each says: nested is required, in [default]. */
	static const char *const texts[] = {
		"[default]\nnested = require\n",
		"[default]\nnested = require",
		"[default]\r\nnested = require\r\n",
		"[default]\r\nnested = require\r",
		"\xef\xbb\xbf[default]\nnested = require\n",
		"\xef\xbb\xbf# comment\r\n[default]\r\nnested = require",
		"\n\n\t\n   \n[default]\n\nnested = require\n\n",
		"  [default]\n    nested = require\n",
		"\t[default]  \n\tnested=require\t\n",
		"# comment\n; comment\n[default]\n# nested = disable\n;nested = disable\n   # nested = disable\nnested = require\n",
		"[default] # comment\nnested = require # comment\n",
		"[default] ; comment\nnested = require ; comment\n",
		"[default]# comment\nnested = require\t# comment\n",
		"[default]\nnested = require # a ; b\n",
		"[default]\nnested = require ; a # b\n",
		"[default]\nnested = require #\n",
		"[default]\n# \xc3\xa4\xe2\x82\xac\nnested = require # \xc3\xa4\n",
		"[default]\nnested = disable\nnested = require\n",
		"# [guest x]\n[default]\nnested = require\n#[guest x]",
		"\f[default]\n\v\fnested\f=\vrequire\f\n",
		"\f# comment\n\v\n[default]\v\nnested = require\f# comment\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct nestxml_config *config;

		tree_write(*state, ADMIN_FILE, texts[i]);
		config = load(*state);
		CHECK(config->sections_count == 1 && !config->sections[0].pattern, "%s", texts[i]);
		CHECK(config->sections[0].settings[POLICY_KEY_NESTED].has &&
			      config->sections[0].settings[POLICY_KEY_NESTED].value == NESTXML_NESTED_REQUIRE,
		      "%s", texts[i]);
		nestxml_config_free(config);
	}
}

static void test_an_empty_file_and_one_of_comments_are_good(void **state)
{
	static const char *const texts[] = {"", "\n", "#", ";", "# a\n; b\n\n", "\xef\xbb\xbf", "   ", "\r\n\r\n"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct nestxml_config *config;

		tree_write(*state, ADMIN_FILE, texts[i]);
		config = load(*state);
		CHECK(config->sections_count == 0, "%s", texts[i]);
		nestxml_config_free(config);
	}
}

static void test_names_of_guests_are_kept_as_they_are(void **state)
{
	static const struct {
		const char *text;
		const char *pattern;
	} cases[] = {
		{"[default]", NULL},
		{"[guest default]", "default"},
		{"[guest a]", "a"},
		{"[guest   a]", "a"},
		{"[guest \ta]", "a"},
		{"\f[guest\fa\v]\f", "a"},
		{"[guest a b]", "a b"},
		{"[guest devstack-*]", "devstack-*"},
		{"[guest a.b.example.org]", "a.b.example.org"},
		{"[guest web[0-9]]", "web[0-9]"},
		{"[guest web[0-9]] # one digit", "web[0-9]"},
		{"[guest [abc]]", "[abc]"},
		{"[guest \\[x\\]]", "\\[x\\]"},
		{"[guest a]b]", "a]b"},
		{"[guest a#b]", "a#b"},
		{"[guest #a]", "#a"},
		{"[guest a;b]", "a;b"},
		{"[guest a=b:c]", "a=b:c"},
		{"[guest a'b\"c]", "a'b\"c"},
		{"[guest \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80]", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
		{"[guest c7a5fdbd-edaf-9455-926a-d65c16db1809]", "c7a5fdbd-edaf-9455-926a-d65c16db1809"},
		{"[guest a]\t", "a"},
		{"[guest a]\r\n", "a"},
		{"[guest a] # comment", "a"},
		{"[guest a] ; comment", "a"},
		{"[guest a]# comment", "a"},
		{"[guest a] # a list[0]", "a"},
		{"[guest a[b][#]c]", "a[b][#]c"},
		{"[guest a[{]b,c}]", "a[{]b,c}"},
		{"[guest a\\{b,c}]", "a\\{b,c}"},
		{"[guest a{b}]", "a{b}"},
		{"[guest c7a5fdbd-edaf-9455-926a-d65c16db18?]", "c7a5fdbd-edaf-9455-926a-d65c16db18?"},
		{"[guest a-b-c-d-e]", "a-b-c-d-e"},
		{"[guest a{b,c]", "a{b,c"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_only_pattern(*state, cases[i].text, cases[i].pattern);
}

/* A pattern that takes the comment along matches no guest, and nobody is told. */
static void test_a_bracket_in_a_comment_is_no_part_of_the_name(void **state)
{
	static const char *const texts[] = {"[guest a] # see [1]", "[guest a]  # see [1]", "[guest a]\t# see [1]",
					    "[guest a] ; see [1]", "[guest a]  ; see [1]", "[guest a]\t; see [1]"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check_only_pattern(*state, texts[i], "a");
}

static void test_names_have_up_to_255_bytes_and_more(void **state)
{
	static const size_t lengths[] = {1, 49, 50, 51, 199, 200, 201, 255, 1000, 5000};
	char name[5001];
	char text[6000];

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct nestxml_config *config;

		memset(name, 'n', lengths[i]);
		name[lengths[i] - 1] = 'z';
		name[lengths[i]] = '\0';
		snprintf(text, sizeof(text), "[guest %s]\nnested = require\n", name);
		tree_write(*state, ADMIN_FILE, text);
		config = load(*state);
		assert_int_equal(config->sections_count, 1);
		assert_string_equal(config->sections[0].pattern, name);
		assert_int_equal(config->sections[0].settings[POLICY_KEY_NESTED].line, 2);
		nestxml_config_free(config);
	}
}

/* Writes "[default]\n", then a line of @length bytes that starts with @start and goes on with @fill, then a good one. */
static void write_long_line(const struct tree *tree, const char *start, char fill, size_t length)
{
	char *text = malloc(length + 128);
	size_t used;

	assert_non_null(text);
	used = (size_t)sprintf(text, "[default]\n%s", start);
	memset(text + used, fill, length - strlen(start));
	strcpy(text + used + length - strlen(start), "\nnested = require\n");
	tree_write(tree, ADMIN_FILE, text);
	free(text);
}

static void test_comments_and_indentation_may_be_of_any_length(void **state)
{
	for (size_t length = 100; length < 20000; length = length * 3 / 2) {
		static const char *const starts[] = {"#", ";", "  # ", ""};

		for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
			struct nestxml_config *config;

			write_long_line(*state, starts[i], starts[i][0] ? 'x' : ' ', length);
			config = load(*state);
			assert_int_equal(config->sections_count, 1);
			assert_int_equal(config->sections[0].settings[POLICY_KEY_NESTED].line, 3);
			assert_int_equal(config->sections[0].settings[POLICY_KEY_NESTED].value, NESTXML_NESTED_REQUIRE);
			nestxml_config_free(config);
		}
	}
}

/* A reader for libinih that only looks at how large its buffer is, which differs between distributions. */
static char *note_size(char *buffer, int size, void *data)
{
	(void)buffer;
	*(int *)data = size;
	return NULL;
}

static int ignore_key(void *data, const char *section, const char *key, const char *value)
{
	(void)data;
	(void)section;
	(void)key;
	(void)value;
	return 1;
}

/* Whole, or refused; never read as two lines. */
static void test_a_line_that_libinih_cannot_hold_is_refused(void **state)
{
	int size = 0;

	assert_int_equal(ini_parse_stream(note_size, &size, ignore_key, NULL), 0);
	assert_true(size > 64);
	for (size_t length = 20; length < 3 * (size_t)size; length++) {
		struct nestxml_config *config;

		write_long_line(*state, "mode = keep # ", 'x', length);
		if (length + 1 >= (size_t)size) {
			check_refused(*state, 2, ADMIN_FILE ":2: ", "too long");
			continue;
		}
		config = load(*state);
		CHECK(config->sections[0].settings[POLICY_KEY_NESTED].line == 3 && config->sections[0].settings[POLICY_KEY_MODE].line == 2,
		      "%zu bytes", length);
		nestxml_config_free(config);
	}
}

static void test_a_value_is_compared_whole(void **state)
{
	char text[8192];

	for (size_t blanks = 1; blanks < 8000; blanks += blanks < 300 ? 1 : 501) {
		snprintf(text, sizeof(text), "[default]\nnested = require%*s\n", (int)blanks + 1, "d");
		tree_write(*state, ADMIN_FILE, text);
		check_refused(*state, 2, ADMIN_FILE ":2: ", blanks < 100 ? "expected leave, require, optional or disable" : "");
	}
}

static void test_many_sections_are_all_read(void **state)
{
	struct nestxml_buffer text = {0};
	struct nestxml_config *config;
	char line[64];

	for (int i = 0; i < 10000; i++) {
		snprintf(line, sizeof(line), "[guest g%d]\nnested = require\n", i);
		assert_true(nestxml_buffer_add_string(&text, line));
	}
	tree_write(*state, ADMIN_FILE, text.data);
	nestxml_buffer_clear(&text);
	config = load(*state);
	assert_int_equal(config->sections_count, 10000);
	assert_string_equal(config->sections[9999].pattern, "g9999");
	assert_int_equal(config->sections[9999].settings[POLICY_KEY_NESTED].line, 20000);
	nestxml_config_free(config);
}

/* ---- what is refused ---- */

static void test_wrong_text_is_refused_with_file_and_line(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *word;
	} cases[] = {
		/* sections */
		{"[guests a]\n", 1, "unknown section 'guests a'"},
		{"\n[Default]\n", 2, "unknown section 'Default'"},
		{"[]\n", 1, "unknown section ''"},
		{"[guest]\n", 1, "[guest NAME]"},
		{"[guest ]\n", 1, "[guest NAME]"},
		{"[guest \t ]\n", 1, "[guest NAME]"},
		{"[guesta]\n", 1, "unknown section"},
		{"[GUEST a]\n", 1, "unknown section"},
		{"[default a]\n", 1, "unknown section"},
		{"[default\n", 1, "does not end in ']'"},
		{"[guest a\nnested = require\n", 1, "does not end in ']'"},
		{"[\n", 1, "does not end in ']'"},
		{"[guest a] nested = require\n", 1, "does not end in ']'"},
		{"[default]x\n", 1, "does not end in ']'"},
		{"[guest a]# see [1]\n", 1, "before a comment write a blank, in a name write [#] or [;]"},
		{"[guest a[b];x] \t\n", 1, "before a comment write a blank, in a name write [#] or [;]"},
		/* what no guest is called */
		{"[guest a[b]\n", 1, "'a[b'; its '[' is not closed"},
		{"[guest \"a\"]\n", 1, "'\"a\"'; write it without quotes"},
		{"[guest 'a b*']\n", 1, "write it without quotes"},
		{"[guest vm[9-0]]\n", 1, "wrong pattern 'vm[9-0]'; a range in it is the wrong way round"},
		{"\n[guest metadata:urn:x a/@b=[z-a]]\n", 2, "a range in it is the wrong way round"},
		{"[guest vm[[:digits:]]]\n", 1, "an unknown class of characters"},
		{"[guest vm[]]\n", 1, "'vm[]'; its '[' is not closed"},
		{"[guest vm\\]\n", 1, "it ends in a '\\', with nothing after it"},
		{"[guest c7a5fdbd-edaf-9455-926a-d65c16db180]\n", 1, "it looks like a UUID, but does not have 32 digits"},
		{"[guest C7A5FDBD-EDAF-9455-926A-D65C16DB18090]\n", 1, "it looks like a UUID, but does not have 32 digits"},
		{"[guest vm-{a,b}]\n", 1, "write a section for each"},
		{"[guest {a,b}]\n", 1, "write a section for each"},
		{"[guest a/b]\n", 1, "no guest's name has a '/'"},
		{"[guest a\xc2\xa0]\n", 1, "it has an invisible character, or one that looks like a blank"},
		{"[guest \xe2\x80\x8b"
		 "a]\n",
		 1, "it has an invisible character, or one that looks like a blank"},
		{"[guest a \xef\xbb\xbf]\n", 1, "it has an invisible character, or one that looks like a blank"},
		{"[guest a\xc2\xad*]\n", 1, "it has an invisible character, or one that looks like a blank"},	  /* a soft hyphen */
		{"[guest a\xe2\x80\x89z]\n", 1, "it has an invisible character, or one that looks like a blank"}, /* a thin space */
		{"[guest a\xe2\x80\x8e]\n", 1, "it has an invisible character, or one that looks like a blank"},  /* a mark of direction */
		{"[guest a\xe3\x80\x80z]\n", 1, "it has an invisible character, or one that looks like a blank"}, /* an ideographic space */
		{"[guest a\xc2\x85]\n", 1, "it has an invisible character, or one that looks like a blank"},	  /* a next line */
		{"[guest a\xf3\xa0\x80\xa0]\n", 1, "it has an invisible character, or one that looks like a blank"}, /* a tag */
		{"[guest a\x7f]\n", 1, "it has an invisible character, or one that looks like a blank"},
		{"[default]\n\xc2\xa0nested = require\n", 2,
		 "unknown key '\xc2\xa0nested'; it has an invisible character, or one that looks"},
		{"[default]\nnested = require\xe2\x80\x8b\n", 2, "'; it has an invisible character, or one that looks like a blank"},
		{"[default\xc2\xa0]\n", 1, "'; it has an invisible character, or one that looks like a blank"},
		{"[default]\nmanagers = !urn:x\xe2\x80\x8b\n", 2, "characters that do not show"},
		{"[guest UUID:   c7a5fdbd-edaf-9455-926a-d65c16db1809]\n", 1, "write the UUID alone"},
		{"[guest {c7a5fdbdedaf9455926ad65c16db1809}]\n", 1, "write the UUID alone"},
		{"[guest metadata:urn:x a=b\xe2\x80\x8b]\n", 1, "it has an invisible character, or one that looks like a blank"},
		{"[guest {c7a5fdbd-edaf-9455-926a-d65c16db1809}]\n", 1, "write the UUID alone"},
		{"[guest urn:uuid:c7a5fdbd-edaf-9455-926a-d65c16db1809]\n", 1, "write the UUID alone"},
		{"[guest UUID=C7A5FDBD-EDAF-9455-926A-D65C16DB1809]\n", 1, "write the UUID alone"},
		{"[default]\rnested = require\r", 1, "a carriage return within the line"},
		{"# ok\n[default]\nmode = keep\n[x]\n", 4, "unknown section 'x'"},
		/* keys */
		{"nested = require\n", 1, "before the first section"},
		{"\n# x\nnested = require\n[default]\n", 3, "before the first section"},
		{"[default]\nnesting = require\n", 2, "unknown key 'nesting'"},
		{"[default]\nNested = require\n", 2, "unknown key 'Nested'"},
		{"[default]\non_stale = allow\n", 2, "unknown key 'on_stale'"},
		{"[guest a]\n\n\non-stale x = allow\n", 4, "unknown key 'on-stale x'"},
		{"[default]\n= require\n", 2, "unknown key ''"},
		{"[default]\nnested\n", 2, "key = value"},
		{"[default]\nmode = keep\nrequire\nmode = keep\n", 3, "key = value"},
		{"[default]\n]\n", 2, "key = value"},
		/* values */
		{"[default]\nnested = yes\n", 2, "nested = 'yes'; expected leave, require, optional or disable"},
		{"[default]\nnested =\n", 2, "nested = ''"},
		{"[default]\nnested = # require\n", 2, "nested = ''"},
		{"[default]\nnested = Require\n", 2, "nested = 'Require'"},
		{"[default]\nnested = require#\n", 2, "nested = 'require#'"},
		{"[default]\nnested = require optional\n", 2, "nested = 'require optional'"},
		{"[default]\nnested = \"require\"\n", 2, "nested = '\"require\"'"},
		{"[default]\nnested = force\n", 2, "nested = 'force'"},
		{"[default]\nmode = custom\n", 2, "mode = 'custom'; expected keep, host-model, host-passthrough or maximum"},
		{"[default]\non-stale = ignore\n", 2, "on-stale = 'ignore'; expected restart, refuse or allow"},
		{"[default]\nnested = keep\n", 2, "nested = 'keep'"},
		{"[default]\nmode = keep\n  require\n", 3, "key = value"}, /* no continuation of a value */
		{"[default]\nmode = keep\n\frequire\n", 3, "key = value"},
		{"[default]\n\f[guests a]\nnested = require\n", 2, "unknown section 'guests a'"},
		{"[default]\nnested = \x1b[31m\n", 2, "nested = '\\x1b[31m'"},
		{"[default]\nnested = require\rmode = keep\n", 2, "a carriage return within the line"},
		/* what an editor shows as a line after a comment would be part of the comment */
		{"# comment\r[default]\rnested = require\r", 1, "a carriage return within the line"},
		{"[default]\n# comment\rnested = require\n", 2, "a carriage return within the line"},
		{"[default] # comment\rnested = require\r\n", 1, "a carriage return within the line"},
		{"[default]\nnested = require ; comment\rmode = keep\r\n", 2, "a carriage return within the line"},
		{"[\x07]\n", 1, "unknown section '\\x07'"},
		{"[default]\n\xc2\x9b = keep\n", 2, "unknown key '\\xc2\\x9b'"},
		/* marks: libinih overlooks one on a file's first line only */
		{" \xef\xbb\xbf[default]\n", 1, "a byte order mark"},
		{" \xef\xbb\xbf# comment\n", 1, "a byte order mark"},
		{"\xef\xbb\xbf\xef\xbb\xbf# comment\n", 1, "a byte order mark"},
		{"\n\xef\xbb\xbf# comment\n", 2, "a byte order mark"},
		/* the first of several */
		{"[default]\nmode = a\nmode = b\n[c]\n", 2, "mode = 'a'"},
		/* bytes */
		{"[default]\nmode = keep\n# \xe4\n", 3, "not UTF-8"},
		{"\xff\xfe[\n", 1, "not UTF-8"},
		{"# \xed\xa0\x80\n", 1, "not UTF-8"},
	};

	for (size_t i = 0; i < 3 * ARRAY_SIZE(cases); i++) {
		static const char *const files[] = {VENDOR_FILE, ADMIN_FILE, DROP_INS "/a b.conf"};
		char place[128];

		tree_clear(*state);
		tree_write(*state, files[i % 3], cases[i / 3].text);
		snprintf(place, sizeof(place), "policy file %s:%u: ", files[i % 3], cases[i / 3].line);
		check_refused(*state, cases[i / 3].line, place, cases[i / 3].word);
	}
}

static void test_a_nul_byte_is_refused(void **state)
{
	static const char in_comment[] = "[default]\n# \0\nnested = require\n";
	static const char in_value[] = "[default]\nnested = require\0x\n";
	static const char at_start[] = "\0[default]\n";

	tree_write_bytes(*state, ADMIN_FILE, in_comment, sizeof(in_comment) - 1, 0644);
	check_refused(*state, 2, ADMIN_FILE ":2: ", "not UTF-8");
	tree_write_bytes(*state, ADMIN_FILE, in_value, sizeof(in_value) - 1, 0644);
	check_refused(*state, 2, ADMIN_FILE ":2: ", "not UTF-8");
	tree_write_bytes(*state, ADMIN_FILE, at_start, sizeof(at_start) - 1, 0644);
	check_refused(*state, 1, ADMIN_FILE ":1: ", "not UTF-8");
}

static void test_long_words_do_not_overrun_the_message(void **state)
{
	char name[300];
	char text[400];

	memset(name, 'x', sizeof(name));
	name[180] = '\0';
	snprintf(text, sizeof(text), "[default]\n%s = %s\n", "mode", name);
	tree_write(*state, ADMIN_FILE, text);
	check_refused(*state, 2, "mode = 'xxxx", "expected keep");
	snprintf(text, sizeof(text), "[default]\n%s = keep\n", name);
	tree_write(*state, ADMIN_FILE, text);
	check_refused(*state, 2, "unknown key 'xxxx", "expected nested");
	snprintf(text, sizeof(text), "[x%s]\n", name);
	tree_write(*state, ADMIN_FILE, text);
	check_refused(*state, 1, "unknown section 'xxxx", "expected [default]");
}

/* The longest path and the longest word there are. */
static void test_a_message_with_a_long_file_name_stays_whole_characters(void **state)
{
	for (size_t shift = 0; shift < 4; shift++) {
		char path[512] = DROP_INS "/";
		char text[256] = "[default]\n";

		for (size_t i = 0; i < 62; i++)
			strcat(path, "\xf0\x9f\x98\x80");
		strcat(path, ".conf");
		memset(text + strlen(text), 'x', shift);
		for (size_t i = 0; i < 30; i++)
			strcat(text, "\xf0\x9f\x98\x80");
		strcat(text, " = 1\n");
		tree_clear(*state);
		tree_write(*state, path, text);
		check_refused(*state, 2, DROP_INS "/\xf0\x9f\x98\x80", "unknown key");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_keys_have_their_values_and_lines),
		TREE_TEST(test_lines_may_be_written_in_many_ways),
		TREE_TEST(test_an_empty_file_and_one_of_comments_are_good),
		TREE_TEST(test_names_of_guests_are_kept_as_they_are),
		TREE_TEST(test_a_bracket_in_a_comment_is_no_part_of_the_name),
		TREE_TEST(test_names_have_up_to_255_bytes_and_more),
		TREE_TEST(test_comments_and_indentation_may_be_of_any_length),
		TREE_TEST(test_a_line_that_libinih_cannot_hold_is_refused),
		TREE_TEST(test_a_value_is_compared_whole),
		TREE_TEST(test_wrong_text_is_refused_with_file_and_line),
		TREE_TEST(test_a_nul_byte_is_refused),
		TREE_TEST(test_long_words_do_not_overrun_the_message),
		TREE_TEST(test_a_message_with_a_long_file_name_stays_whole_characters),
		TREE_TEST(test_many_sections_are_all_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
