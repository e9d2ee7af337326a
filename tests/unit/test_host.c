/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_host.c - what is told of a host, from fake trees of /proc and /sys. */
#include "support.h"

#include <errno.h>

struct expected {
	enum nestxml_vendor vendor;
	enum nestxml_state state;
	bool fixable;
	const char *fact;
};

/* @fact may end in '*'. */
static bool is_like(const char *text, const char *pattern)
{
	size_t length = strlen(pattern);

	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(text, pattern, length - 1) == 0 && strlen(text) > length - 1;
	return strcmp(text, pattern) == 0;
}

static void check_host(const struct tree *tree, struct expected expected)
{
	struct nestxml_error error;
	struct nestxml_host *host = NULL;

	assert_int_equal(nestxml_host_new(tree->root, &host, &error), 0);
	CHECK(is_like(nestxml_host_get_evidence(host), expected.fact), "%s, not %s", nestxml_host_get_evidence(host), expected.fact);
	CHECK(is_printable(nestxml_host_get_evidence(host)), "%s", expected.fact);
	CHECK(nestxml_host_get_vendor(host) == expected.vendor, "%s", expected.fact);
	CHECK(nestxml_host_get_state(host) == expected.state, "%s", expected.fact);
	CHECK(nestxml_host_is_fixable(host) == expected.fixable, "%s", expected.fact);
	CHECK(nestxml_host_detect_vendor(tree->root) == expected.vendor, "%s", expected.fact); /* asked alone, it is the same */
	nestxml_host_free(host);
}

#define INTEL NESTXML_VENDOR_INTEL
#define AMD NESTXML_VENDOR_AMD
#define NONE NESTXML_VENDOR_NONE
#define ON NESTXML_STATE_ON
#define OFF NESTXML_STATE_OFF
#define UNKNOWN NESTXML_STATE_UNKNOWN
#define UNSUPPORTED NESTXML_STATE_UNSUPPORTED

static void test_five_vendor_ids_are_known(void **state)
{
	static const struct {
		const char *id;
		enum nestxml_vendor vendor;
	} cases[] = {
		{"GenuineIntel", INTEL}, {"CentaurHauls", INTEL}, {"  Shanghai  ", INTEL},
		{"Shanghai", INTEL},	 {"AuthenticAMD", AMD},	  {"HygonGenuine", AMD},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_clear(*state);
		tree_host(*state, cases[i].id, "kvm_intel", "Y\n");
		tree_host(*state, cases[i].id, "kvm_amd", "1\n");
		check_host(*state, (struct expected){cases[i].vendor, ON, true,
						     cases[i].vendor == INTEL ? "kvm_intel nested=Y" : "kvm_amd nested=1"});
	}
}

static void test_another_vendor_is_none(void **state)
{
	static const char *const ids[] = {"TransmetaCPU", "genuineintel", "GenuineIntelX", "Genuine", "AuthenticAMD AuthenticAMD"};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		tree_clear(*state);
		tree_host(*state, ids[i], "kvm_intel", "Y\n");
		check_host(*state, (struct expected){NONE, UNKNOWN, false, "the processor's vendor is *"});
	}
}

static void test_a_vendor_that_would_talk_to_the_terminal_is_escaped(void **state)
{
	tree_host(*state, "\x1b[31mEvil\xff", NULL, NULL);
	check_host(*state, (struct expected){NONE, UNKNOWN, false,
					     "the processor's vendor is \\x1b[31mEvil\\xff, whose nesting nestxml does not know"});
}

static void test_the_parameter_is_spelled_in_four_ways(void **state)
{
	static const struct {
		const char *text;
		enum nestxml_state state;
		const char *fact; /* after the module's name */
	} cases[] = {
		{"Y\n", ON, "nested=Y"},
		{"N\n", OFF, "nested=N"},
		{"1\n", ON, "nested=1"},
		{"0\n", OFF, "nested=0"},
		{"Y", ON, "nested=Y"},
		{"0", OFF, "nested=0"},
		{"1\n\n", ON, "nested=1"},
		{"", UNKNOWN, "nested=''*"},
		{"\n", UNKNOWN, "nested=''*"},
		{"y\n", UNKNOWN, "nested='y'*"},
		{"2\n", ON, "nested=2"}, /* an int, of which the module takes any but 0 as on */
		{"-1\n", ON, "nested=-1"},
		{"2147483647\n", ON, "nested=2147483647"},
		{"2147483648\n", UNKNOWN, "nested='2147483648'*"},
		{"2x\n", UNKNOWN, "nested='2x'*"},
		{"+1\n", UNKNOWN, "nested='+1'*"},
		{"-\n", UNKNOWN, "nested='-'*"},
		{"maybe\n", UNKNOWN, "nested='maybe'*"},
		{"YES\n", UNKNOWN, "nested='YES'*"},
		{" 1\n", UNKNOWN, "nested=' 1'*"},
		{"\x1b\n", UNKNOWN, "nested='\\x1b'*"},
		{"1111111111111111111111111111111111111111111111111111111111\n", UNKNOWN, "nested='1111111111*"},
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		const char *module = i % 2 ? "kvm_amd" : "kvm_intel";
		char fact[128];

		tree_clear(*state);
		tree_host(*state, i % 2 ? "AuthenticAMD" : "GenuineIntel", module, cases[i / 2].text);
		snprintf(fact, sizeof(fact), "%s %s", module, cases[i / 2].fact);
		check_host(*state, (struct expected){i % 2 ? AMD : INTEL, cases[i / 2].state, true, fact});
	}
}

static void test_a_module_without_the_parameter_has_no_nesting(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", NULL);
	check_host(*state, (struct expected){INTEL, UNSUPPORTED, false, "kvm_intel has no parameter nested"});
	tree_host(*state, "AuthenticAMD", NULL, NULL);
	tree_directory(*state, "/sys/module/kvm_amd");
	check_host(*state, (struct expected){AMD, UNSUPPORTED, false, "kvm_amd has no parameter nested"});
}

static void test_a_module_that_is_not_loaded_can_be_fixed(void **state)
{
	tree_host(*state, "GenuineIntel", NULL, NULL);
	check_host(*state, (struct expected){INTEL, OFF, true, "kvm_intel is not loaded"});
	tree_directory(*state, "/sys/module/kvm/parameters");
	tree_directory(*state, "/sys/module/kvmgt");
	check_host(*state, (struct expected){INTEL, OFF, true, "kvm_intel is not loaded"});
	tree_host(*state, "AuthenticAMD", NULL, NULL);
	check_host(*state, (struct expected){AMD, OFF, true, "kvm_amd is not loaded"});
}

static void test_a_kvm_without_nesting_is_named(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_pvm", NULL);
	check_host(*state, (struct expected){INTEL, UNSUPPORTED, false, "the KVM that is loaded cannot nest: kvm_pvm"});
	tree_host(*state, "GenuineIntel", "kvm_pvm", "Y\n");
	check_host(*state, (struct expected){INTEL, UNSUPPORTED, false, "the KVM that is loaded cannot nest: kvm_pvm"});
	tree_directory(*state, "/sys/module/kvm_x\x1b[31m");
	check_host(*state, (struct expected){INTEL, UNSUPPORTED, false, "the KVM that is loaded cannot nest: *"});
}

static void test_a_kvm_without_nesting_has_a_name_of_its_own(void **state)
{
	const struct tree *tree = *state;
	struct nestxml_host *host;

	tree_host(tree, "GenuineIntel", "kvm_pvm", NULL);
	assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
	assert_string_equal(nestxml_host_get_other_kvm(host), "kvm_pvm");
	nestxml_host_free(host);
	tree_clear(tree);
	tree_host(tree, "GenuineIntel", "kvm_intel", "Y\n");
	assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
	assert_null(nestxml_host_get_other_kvm(host));
	nestxml_host_free(host);
}

static void test_many_other_modules_do_not_overrun_the_fact(void **state)
{
	char path[128];

	tree_host(*state, "AuthenticAMD", NULL, NULL);
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "/sys/module/kvm_%050d", i);
		tree_directory(*state, path);
	}
	check_host(*state, (struct expected){AMD, UNSUPPORTED, false, "the KVM that is loaded cannot nest: kvm_0*"});
}

static void test_the_vendors_own_module_counts_among_others(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_amd", "0\n");
	check_host(*state, (struct expected){INTEL, OFF, true, "kvm_intel is not loaded"});
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_host(*state, (struct expected){INTEL, ON, true, "kvm_intel nested=Y"});
	tree_host(*state, "AuthenticAMD", NULL, NULL);
	check_host(*state, (struct expected){AMD, OFF, true, "kvm_amd nested=0"});
	tree_clear(*state);
	tree_host(*state, "AuthenticAMD", "kvm_intel", "Y\n");
	check_host(*state, (struct expected){AMD, OFF, true, "kvm_amd is not loaded"});
	tree_directory(*state, "/sys/module/kvm_pvm");
	check_host(*state, (struct expected){AMD, UNSUPPORTED, false, "the KVM that is loaded cannot nest: kvm_pvm"});
	tree_host(*state, "AuthenticAMD", "kvm_amd", "1\n");
	check_host(*state, (struct expected){AMD, ON, true, "kvm_amd nested=1"});
}

static void test_a_parameter_that_cannot_be_read_is_not_on(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	assert_int_equal(chmod(tree_path(*state, "/sys/module/kvm_intel/parameters/nested"), 0), 0);
	become_nobody();
	check_host(*state, (struct expected){INTEL, UNKNOWN, true, "kvm_intel's parameter nested cannot be read: Permission denied"});
	become_oneself();
	assert_int_equal(chmod(tree_path(*state, "/sys/module/kvm_intel/parameters"), 0), 0);
	become_nobody();
	check_host(*state, (struct expected){INTEL, UNKNOWN, true, "kvm_intel's parameter nested cannot be read: Permission denied"});
	become_oneself();
	assert_int_equal(chmod(tree_path(*state, "/sys/module/kvm_intel/parameters"), 0755), 0);
}

static void test_a_directory_in_the_parameters_place_is_not_on(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", NULL);
	tree_directory(*state, "/sys/module/kvm_intel/parameters/nested");
	check_host(*state, (struct expected){INTEL, UNKNOWN, true, "kvm_intel's parameter nested cannot be read: Is a directory"});
}

static void test_no_cpuinfo_is_no_vendor(void **state)
{
	check_host(*state, (struct expected){NONE, UNKNOWN, false, "/proc/cpuinfo cannot be read: No such file or directory"});
	tree_directory(*state, "/proc/cpuinfo");
	check_host(*state, (struct expected){NONE, UNKNOWN, false, "/proc/cpuinfo cannot be read: Is a directory"});
}

static void test_cpuinfo_that_cannot_be_read_is_no_vendor(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	assert_int_equal(chmod(tree_path(*state, "/proc/cpuinfo"), 0), 0);
	become_nobody();
	check_host(*state, (struct expected){NONE, UNKNOWN, false, "/proc/cpuinfo cannot be read: Permission denied"});
}

static void test_cpuinfo_without_a_vendor(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\n",
		"model name\t: vendor_id : GenuineIntel\n",
		"processor\t: 0\nvendor_id", /* without its value */
		"processor\t: 0\nvendor_id\t: \n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		tree_write(*state, "/proc/cpuinfo", texts[i]);
		check_host(*state, (struct expected){NONE, UNKNOWN, false, "/proc/cpuinfo names no vendor of the processor"});
	}
}

static void test_the_vendor_may_stand_in_the_first_line(void **state)
{
	tree_host(*state, "AuthenticAMD", "kvm_amd", "1\n");
	tree_write(*state, "/proc/cpuinfo", "vendor_id : AuthenticAMD");
	check_host(*state, (struct expected){AMD, ON, true, "kvm_amd nested=1"});
}

static void test_the_first_processor_decides_in_a_huge_cpuinfo(void **state)
{
	enum { SIZE = 2 << 20 };
	char *text = malloc(SIZE + 1);
	size_t used = 0;

	assert_non_null(text);
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	used += (size_t)sprintf(text, "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: ");
	memset(text + used, 'f', SIZE - used);
	text[SIZE] = '\0';
	memcpy(text + SIZE - 30, "\nvendor_id\t: AuthenticAMD\n", 26);
	tree_write(*state, "/proc/cpuinfo", text);
	free(text);
	check_host(*state, (struct expected){INTEL, ON, true, "kvm_intel nested=Y"});
}

static void test_slashes_at_the_roots_end_are_one(void **state)
{
	struct tree tree = *(struct tree *)*state;

	tree_host(&tree, "AuthenticAMD", "kvm_amd", "1\n");
	strcat(tree.root, "//");
	check_host(&tree, (struct expected){AMD, ON, true, "kvm_amd nested=1"});
	nestxml_host_free(NULL);
}

static void test_a_path_is_joined_below_the_root(void **state)
{
	static const char *const cases[][2] = {{"", "/p"}, {"/", "/p"}, {"//", "/p"}, {"/r", "/r/p"}, {"/r/", "/r/p"}, {"r//", "r/p"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_FREE char *joined = nestxml_path_join(cases[i][0], "/p");

		assert_string_equal(joined, cases[i][1]);
	}
}

static void test_a_small_file_is_read_up_to_the_buffers_size(void **state)
{
	const struct tree *tree = *state;
	char buffer[8];

	tree_write(tree, "/f", "0123456789");
	assert_int_equal(nestxml_file_read_small(tree->root, "/f", buffer, sizeof(buffer)), 7);
	assert_string_equal(buffer, "0123456");
	assert_int_equal(nestxml_file_read_small(tree->root, "/f", buffer, 1), 0);
	assert_string_equal(buffer, "");
	tree_write(tree, "/f", "");
	assert_int_equal(nestxml_file_read_small(tree->root, "/f", buffer, sizeof(buffer)), 0);
	assert_int_equal(nestxml_file_read_small(tree->root, "/g", buffer, sizeof(buffer)), -ENOENT);
	assert_int_equal(nestxml_file_read_small(tree->root, "/f/g", buffer, sizeof(buffer)), -ENOTDIR);
	assert_int_equal(nestxml_file_read_small(tree->root, "/", buffer, sizeof(buffer)), -EISDIR);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_five_vendor_ids_are_known),
		TREE_TEST(test_another_vendor_is_none),
		TREE_TEST(test_a_vendor_that_would_talk_to_the_terminal_is_escaped),
		TREE_TEST(test_the_parameter_is_spelled_in_four_ways),
		TREE_TEST(test_a_module_without_the_parameter_has_no_nesting),
		TREE_TEST(test_a_module_that_is_not_loaded_can_be_fixed),
		TREE_TEST(test_a_kvm_without_nesting_is_named),
		TREE_TEST(test_a_kvm_without_nesting_has_a_name_of_its_own),
		TREE_TEST(test_many_other_modules_do_not_overrun_the_fact),
		TREE_TEST(test_the_vendors_own_module_counts_among_others),
		TREE_TEST(test_a_parameter_that_cannot_be_read_is_not_on),
		TREE_TEST(test_a_directory_in_the_parameters_place_is_not_on),
		TREE_TEST(test_no_cpuinfo_is_no_vendor),
		TREE_TEST(test_cpuinfo_that_cannot_be_read_is_no_vendor),
		TREE_TEST(test_cpuinfo_without_a_vendor),
		TREE_TEST(test_the_vendor_may_stand_in_the_first_line),
		TREE_TEST(test_the_first_processor_decides_in_a_huge_cpuinfo),
		TREE_TEST(test_slashes_at_the_roots_end_are_one),
		cmocka_unit_test(test_a_path_is_joined_below_the_root),
		TREE_TEST(test_a_small_file_is_read_up_to_the_buffers_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
