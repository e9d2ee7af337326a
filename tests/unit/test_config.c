/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_config.c - the policy files: which are read, in which order, what they may say, and what is refused with its place. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "support.h"

#include <fcntl.h>
#include <ini.h>
#include <unistd.h>

#include "config.h"
#include "trusted_path.h"

/* ---- helpers ---- */

static struct nestxml_config *load(const struct tree *tree)
{
	struct nestxml_config *config = NULL;
	struct nestxml_error error = {0};
	int code = nestxml_config_new(tree->root, &config, &error);

	CHECK(code == 0, "%s", error.message);
	return config;
}

/* The files must be refused; the error's message is shown by the caller's words, each of which it must contain. */
static void check_refused(const struct tree *tree, unsigned int line, const char *first, const char *second)
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

/* ---- how it may be written ---- */

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

/* ---- files that are not safe, or no files ---- */

static void check_file_refused(const struct tree *tree, const char *file, const char *word)
{
	char place[256];

	snprintf(place, sizeof(place), "policy file %s: ", file);
	check_refused(tree, 0, place, word);
}

static const char *const places[] = {VENDOR_FILE, ADMIN_FILE, DROP_INS "/a.conf"};

static void test_a_file_that_others_can_write_is_refused(void **state)
{
	static const mode_t bad[] = {0664, 0646, 0666, 0620, 0602, 0777, 0622};

	for (size_t i = 0; i < ARRAY_SIZE(places) * ARRAY_SIZE(bad); i++) {
		const char *file = places[i % ARRAY_SIZE(places)];

		tree_clear(*state);
		tree_write_bytes(*state, file, "[default]\n", 10, bad[i / ARRAY_SIZE(places)]);
		check_file_refused(*state, file, "is writable by users other than its owner");
	}
}

static void test_a_file_that_only_its_owner_can_write_is_good(void **state)
{
	static const mode_t good[] = {0644, 0600, 0640, 0755, 0700, 0444, 0400};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct nestxml_config *config;

		tree_clear(*state);
		tree_write_bytes(*state, ADMIN_FILE, "[default]\n", 10, good[i]);
		config = load(*state);
		assert_int_equal(config->sections_count, 1);
		nestxml_config_free(config);
	}
}

static void test_a_file_of_another_user_is_refused(void **state)
{
	if (geteuid() != 0) {
		print_message("only root can give a file away\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "[default]\n");
		assert_int_equal(chown(tree_path(*state, places[i]), 12345, 0), 0);
		check_file_refused(*state, places[i], "does not belong to root");
	}
	/* Neither a link's own nor what it leads to. */
	tree_clear(*state);
	tree_write(*state, DROP_INS "/target", "[default]\n");
	assert_int_equal(chown(tree_path(*state, DROP_INS "/target"), 12345, 0), 0);
	assert_int_equal(symlink("target", tree_path(*state, DROP_INS "/a.conf")), 0);
	check_file_refused(*state, DROP_INS "/a.conf", "/target, which leads to it, does not belong to root; replace the link with a copy");
	assert_int_equal(chown(tree_path(*state, DROP_INS "/target"), 0, 0), 0);
	assert_int_equal(lchown(tree_path(*state, DROP_INS "/a.conf"), 12345, 0), 0);
	check_file_refused(*state, DROP_INS "/a.conf", "does not belong to root");
}

/* "chmod go-w /tmp" would be worse than what it is to correct. */
static void test_what_a_link_leads_to_is_not_to_be_changed(void **state)
{
	tree_directory(*state, "/tmp");
	tree_write(*state, "/tmp/a", "[default]\n");
	assert_int_equal(chmod(tree_path(*state, "/tmp"), 01777), 0);
	tree_directory(*state, "/etc/nestxml");
	assert_int_equal(symlink("/tmp/a", tree_path(*state, ADMIN_FILE)), 0);
	check_file_refused(
		*state, ADMIN_FILE,
		"/tmp, which leads to it, is writable by users other than its owner; replace the link with a copy of the file or directory");
	assert_int_equal(chmod(tree_path(*state, "/etc/nestxml"), 0777), 0); /* before the link */
	check_file_refused(
		*state, ADMIN_FILE,
		"/etc/nestxml, which leads to it, is writable by users other than its owner; remove that permission with chmod go-w");
	/* And after it: the policy's own file. */
	tree_clear(*state);
	tree_directory(*state, "/etc");
	assert_int_equal(symlink("/srv/nestxml", tree_path(*state, "/etc/nestxml")), 0);
	tree_write_bytes(*state, "/srv/nestxml/nestxml.conf", "[default]\n", 10, 0666);
	check_file_refused(
		*state, ADMIN_FILE,
		"/srv/nestxml/nestxml.conf, which leads to it, is writable by users other than its owner; remove that permission with chmod");
}

static void test_a_file_of_ones_own_is_good(void **state)
{
	struct nestxml_config *config;

	if (geteuid() != 0) {
		print_message("only root can become another user\n");
		skip();
	}
	tree_write(*state, VENDOR_FILE, "[default]\n"); /* root's */
	tree_write(*state, ADMIN_FILE, "[default]\n");
	assert_int_equal(chown(tree_path(*state, ADMIN_FILE), 65534, 0), 0);
	become_nobody();
	config = load(*state);
	assert_int_equal(config->sections_count, 2);
	nestxml_config_free(config);
}

static void test_a_directory_in_a_files_place_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_directory(*state, places[i]);
		check_file_refused(*state, places[i], "not a regular file");
	}
}

/* And is not waited for. */
static void test_a_fifo_in_a_files_place_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "");
		assert_int_equal(unlink(tree_path(*state, places[i])), 0);
		assert_int_equal(mkfifo(tree_path(*state, places[i]), 0600), 0);
		check_file_refused(*state, places[i], "not a regular file");
	}
}

static void test_a_device_in_a_files_place_is_refused(void **state)
{
	tree_directory(*state, DROP_INS);
	assert_int_equal(symlink("/dev/null", tree_path(*state, DROP_INS "/a.conf")), 0);
	tree_directory(*state, "/dev");
	if (geteuid() == 0)
		assert_int_equal(mknod(tree_path(*state, "/dev/null"), S_IFCHR | 0600, makedev(1, 3)), 0);
	check_file_refused(*state, DROP_INS "/a.conf", geteuid() == 0 ? "not a regular file" : "is not there");
}

static void test_a_file_in_the_directorys_place_is_refused(void **state)
{
	tree_write(*state, DROP_INS, "[default]\n");
	check_file_refused(*state, DROP_INS, "Not a directory");
	tree_clear(*state);
	tree_write(*state, "/etc/nestxml", "[default]\n");
	check_file_refused(*state, ADMIN_FILE, "/etc/nestxml, which leads to it: Not a directory");
}

static void test_a_file_that_cannot_be_read_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write_bytes(*state, places[i], "[default]\n", 10, 0);
		become_nobody();
		check_file_refused(*state, places[i], "Permission denied");
		become_oneself();
	}
}

static void test_a_directory_that_cannot_be_read_is_refused(void **state)
{
	static const struct {
		const char *directory;
		const char *file;
	} cases[] = {{DROP_INS, DROP_INS}, {"/etc/nestxml", ADMIN_FILE}, {"/usr/share/nestxml", VENDOR_FILE}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_directory(*state, cases[i].directory);
		assert_int_equal(chmod(tree_path(*state, cases[i].directory), 0), 0);
		become_nobody();
		check_file_refused(*state, cases[i].file, "Permission denied");
		become_oneself();
		assert_int_equal(chmod(tree_path(*state, cases[i].directory), 0755), 0);
	}
}

static void test_links_in_a_circle_are_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "");
		assert_int_equal(unlink(tree_path(*state, places[i])), 0);
		assert_int_equal(symlink(strrchr(places[i], '/') + 1, tree_path(*state, places[i])), 0);
		check_file_refused(*state, places[i], "symbolic links");
	}
}

/* The policy is there and cannot be read: whoever was kept from nesting by it must not get it. */
static void test_a_dangling_link_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		tree_clear(*state);
		tree_write(*state, places[i], "");
		assert_int_equal(unlink(tree_path(*state, places[i])), 0);
		assert_int_equal(symlink("nowhere", tree_path(*state, places[i])), 0);
		check_file_refused(*state, places[i], "/nowhere, which is not there");
	}
}

static void test_a_dangling_link_in_the_directorys_place_is_refused(void **state)
{
	tree_directory(*state, "/etc/nestxml");
	assert_int_equal(symlink("nowhere", tree_path(*state, DROP_INS)), 0);
	check_file_refused(*state, DROP_INS, "a link on its path leads to /etc/nestxml/nowhere, which is not there");
}

/* The place of the policy is one that is not mounted yet: without it every start would pass. */
static void test_a_link_on_the_way_that_leads_nowhere_is_refused(void **state)
{
	static const struct {
		const char *link;
		const char *target;
		const char *file;
		const char *missing;
	} cases[] = {
		{"/etc/nestxml", "/srv/policy", ADMIN_FILE, "/srv"},
		{"/etc/nestxml", "../srv/policy/", ADMIN_FILE, "/srv"},
		{"/usr/share/nestxml", "/srv/a/../policy", VENDOR_FILE, "/srv"},
		{"/etc", "/srv/etc", ADMIN_FILE, "/srv"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char words[256];

		tree_clear(*state);
		tree_directory(*state, cases[i].link);
		assert_int_equal(rmdir(tree_path(*state, cases[i].link)), 0);
		assert_int_equal(symlink(cases[i].target, tree_path(*state, cases[i].link)), 0);
		snprintf(words, sizeof(words), "a link on its path leads to %s, which is not there", cases[i].missing);
		check_file_refused(*state, cases[i].file, words);
	}
	/* What a link leads to is there; that there is no policy in it is no error. */
	tree_clear(*state);
	tree_directory(*state, "/etc");
	tree_directory(*state, "/srv/policy");
	assert_int_equal(symlink("/srv/policy", tree_path(*state, "/etc/nestxml")), 0);
	nestxml_config_free(load(*state));
	tree_write(*state, "/srv/policy/nestxml.conf.d/a.conf", "[default]\nnested = sometimes\n");
	check_refused(*state, 2, "policy file " DROP_INS "/a.conf:2: ", "sometimes");
}

/* Who can rename a directory on the way can put a policy of their own in place of root's. */
static void test_whoever_can_write_on_the_way_to_a_policy_has_it_refused(void **state)
{
	static const char *const directories[] = {"/",	  "/etc",	   "/etc/nestxml", DROP_INS,
						  "/srv", "/srv/policies", "/usr",	   "/usr/share/nestxml"};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		struct nestxml_error error = {0};
		struct nestxml_config *config = NULL;
		char path[512];

		tree_clear(*state);
		tree_write(*state, VENDOR_FILE, "[default]\n");
		tree_write(*state, "/srv/policies/site.conf", "[default]\n");
		tree_directory(*state, DROP_INS);
		assert_int_equal(symlink("/srv/policies/site.conf", tree_path(*state, ADMIN_FILE)), 0);
		nestxml_config_free(load(*state));
		snprintf(path, sizeof(path), "%s", tree_path(*state, directories[i]));
		for (mode_t bad = 0720; bad; bad = bad == 0720 ? 0702 : bad == 0702 ? 01777 : 0) {
			assert_int_equal(chmod(path, bad), 0);
			CHECK(nestxml_config_new(((struct tree *)*state)->root, &config, &error) == NESTXML_E_CONFIG, "%s", path);
			CHECK(strstr(error.message, "is writable by users other than its owner") && strstr(error.message, directories[i]),
			      "%s", error.message);
		}
		assert_int_equal(chmod(path, 0755), 0);
		if (geteuid() != 0)
			continue;
		assert_int_equal(chown(path, 12345, 0), 0);
		CHECK(nestxml_config_new(((struct tree *)*state)->root, &config, &error) == NESTXML_E_CONFIG, "%s", path);
		CHECK(strstr(error.message, "does not belong to root") && strstr(error.message, directories[i]), "%s", error.message);
		assert_int_equal(chown(path, 0, 0), 0);
	}
}

/* As a directory that is another host's root would have it. */
static void test_a_link_does_not_lead_out_of_the_root(void **state)
{
	struct nestxml_config *config;

	tree_directory(*state, "/etc/nestxml");
	tree_write(*state, "/policy.conf", "[default]\nnested = require\n");
	assert_int_equal(symlink("../../../../../../../../policy.conf", tree_path(*state, ADMIN_FILE)), 0);
	config = load(*state);
	assert_int_equal(config->sections_count, 1);
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

static void test_a_path_that_is_too_long_is_refused_and_not_cut(void **state)
{
	char path[2048] = "/etc/nestxml";
	struct nestxml_error error;
	int fd;

	tree_directory(*state, path);
	while (strlen(path) < 1500)
		strcat(path, "/.");
	strcat(path, "/missing");
	assert_int_equal(nestxml_trusted_open(((struct tree *)*state)->root, path, &fd, &error), NESTXML_E_CONFIG);
	assert_int_equal(fd, -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_no_files_are_no_sections),
		TREE_TEST(test_three_places_are_read_in_order_and_drop_ins_by_their_names_bytes),
		TREE_TEST(test_other_names_among_the_drop_ins_are_ignored),
		TREE_TEST(test_a_link_to_a_good_file_is_read),
		TREE_TEST(test_keys_have_their_values_and_lines),
		TREE_TEST(test_the_vendors_own_file_asks_for_nothing),
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
		TREE_TEST(test_a_section_of_one_file_does_not_reach_into_the_next),
		TREE_TEST(test_one_bad_file_refuses_all),
		TREE_TEST(test_long_words_do_not_overrun_the_message),
		TREE_TEST(test_a_message_with_a_long_file_name_stays_whole_characters),
		TREE_TEST(test_a_file_that_others_can_write_is_refused),
		TREE_TEST(test_a_file_that_only_its_owner_can_write_is_good),
		TREE_TEST(test_a_file_of_another_user_is_refused),
		TREE_TEST(test_what_a_link_leads_to_is_not_to_be_changed),
		TREE_TEST(test_a_file_of_ones_own_is_good),
		TREE_TEST(test_a_directory_in_a_files_place_is_refused),
		TREE_TEST(test_a_fifo_in_a_files_place_is_refused),
		TREE_TEST(test_a_device_in_a_files_place_is_refused),
		TREE_TEST(test_a_file_in_the_directorys_place_is_refused),
		TREE_TEST(test_a_file_that_cannot_be_read_is_refused),
		TREE_TEST(test_a_directory_that_cannot_be_read_is_refused),
		TREE_TEST(test_links_in_a_circle_are_refused),
		TREE_TEST(test_a_path_that_is_too_long_is_refused_and_not_cut),
		TREE_TEST(test_a_dangling_link_is_refused),
		TREE_TEST(test_a_dangling_link_in_the_directorys_place_is_refused),
		TREE_TEST(test_a_link_on_the_way_that_leads_nowhere_is_refused),
		TREE_TEST(test_whoever_can_write_on_the_way_to_a_policy_has_it_refused),
		TREE_TEST(test_a_link_does_not_lead_out_of_the_root),
		TREE_TEST(test_a_section_is_given_with_its_file_and_line),
		TREE_TEST(test_a_mib_is_read_and_a_byte_more_is_refused),
		TREE_TEST(test_many_sections_are_all_read),
		TREE_TEST(test_a_drop_in_with_a_name_that_cannot_be_shown_is_refused),
		TREE_TEST(test_a_control_character_at_the_end_of_a_long_name_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
