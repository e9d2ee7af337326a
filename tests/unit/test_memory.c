/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_memory.c - each allocation of the library fails in turn: nothing crashes, nothing leaks, nobody passes for want of memory. */
#include "support.h"

#include <errno.h>

/* The linker sends the library's calls here (--wrap): the one that counts to zero fails. */
static long countdown; /* 0: none fails */
static bool has_failed;

static bool fails(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	has_failed = true;
	return true;
}

#define WRAP(type, name, parameters, ...)                           \
	type __real_##name parameters;                              \
	type __wrap_##name parameters;                              \
	type __wrap_##name parameters                               \
	{                                                           \
		return fails() ? NULL : __real_##name(__VA_ARGS__); \
	}

WRAP(void *, malloc, (size_t size), size)
WRAP(void *, calloc, (size_t count, size_t size), count, size)
WRAP(void *, realloc, (void *pointer, size_t size), pointer, size)
WRAP(void *, reallocarray, (void *pointer, size_t count, size_t size), pointer, count, size)
WRAP(char *, strdup, (const char *text), text)
WRAP(char *, strndup, (const char *text, size_t size), text, size)

static const char document[] =
	"<domain type='kvm' id='1'><name>a&amp;b</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"
	"<metadata><p:policy xmlns:p='urn:nestxml:nested:1' nested='require'/></metadata>"
	"<os><type arch='x86_64'>hvm</type></os><cpu mode='custom' match='exact'><model>EPYC</model><vendor>AMD</vendor>"
	"<feature policy='require' name='svm'/><feature name='vmx-ept'/><feature name='npt'/>%s</cpu></domain>";
static const char policy[] = "[default]\nnested = optional\n[guest *]\n%s[guest c7a5fdbd-edaf-9455-926a-d65c16db1809]\non-stale = allow\n";

/* What may come of a failed allocation. */
static void check_outcome(long failing, int code, const struct nestxml_check *check, const struct nestxml_error *error, bool is_strict)
{
	/* A host that cannot be read for want of memory is an unknown one, which is not on. */
	if (code == 0) {
		CHECK(nestxml_check_get_verdict(check) != NESTXML_VERDICT_PASS, "allocation %ld: %s", failing,
		      nestxml_check_get_report(check));
		return;
	}
	CHECK(error->code == (enum nestxml_code)code && !check, "allocation %ld", failing);
	if (is_strict)
		CHECK(code == NESTXML_E_NOMEM || code == NESTXML_E_VENDOR || strstr(error->message, strerror(ENOMEM)), "allocation %ld: %s",
		      failing, error->message);
}

/* Asks with each allocation failing in turn, until none is left to fail. */
static void check_every_failure(const struct tree *tree, const char *keys, const char *features, bool is_strict)
{
	char xml[1024];
	char text[256];

	snprintf(xml, sizeof(xml), document, features);
	snprintf(text, sizeof(text), policy, keys);
	tree_write(tree, ADMIN_FILE, text);
	tree_write(tree, DROP_INS "/a.conf", "# nothing\n");
	for (long failing = 1;; failing++) {
		struct nestxml_check *check = NULL;
		struct nestxml_error error = {0};
		int code;

		has_failed = false;
		countdown = failing;
		code = nestxml_check_new(tree->root, NESTXML_OPERATION_START, "vm", xml, strlen(xml), &check, &error);
		countdown = 0;
		if (!has_failed) {
			assert_int_equal(code, 0);
			assert_int_equal(nestxml_check_get_verdict(check), NESTXML_VERDICT_STALE);
			nestxml_check_free(check);
			assert_true(failing > 15);
			return;
		}
		check_outcome(failing, code, check, &error, is_strict);
		nestxml_check_free(check);
	}
}

static void check_every_policy(const struct tree *tree, bool is_strict)
{
	tree_host(tree, "AuthenticAMD", "kvm_amd", "1\n");
	check_every_failure(tree, "nested = disable\nmode = maximum\n", "", is_strict);
	check_every_failure(tree, "nested = disable\n", "", is_strict);
	tree_host(tree, "GenuineIntel", "kvm_intel", "Y\n");
	check_every_failure(tree, "", "", is_strict); /* svm is to go */
	check_every_failure(tree, "nested = require\n", "<feature name='vmx'/><feature name='vmx' policy='disable'/>", is_strict);
	check_every_failure(tree, "nested = require\nmode = host-model\n", "<numa/>", is_strict);
}

static void test_no_guest_passes_for_want_of_memory(void **state)
{
	check_every_policy(*state, false);
}

static void test_want_of_memory_is_reported_as_such(void **state)
{
	check_every_policy(*state, true);
}

static void test_edits_are_applied_or_out_of_memory(void **state)
{
	struct nestxml_domain *domain = domain_of("<domain type='kvm'/>");
	struct nestxml_edits *edits;
	char *made = NULL;
	size_t length = 7;

	(void)state;
	assert_int_equal(nestxml_edits_new(domain, NESTXML_NESTED_REQUIRE, NESTXML_MODE_KEEP, NESTXML_VENDOR_AMD, &edits, NULL), 0);
	countdown = 1;
	assert_int_equal(nestxml_edits_apply(edits, &made, &length), NESTXML_E_NOMEM);
	countdown = 0;
	assert_null(made);
	assert_int_equal(length, 7);
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_no_guest_passes_for_want_of_memory),
		TREE_TEST(test_want_of_memory_is_reported_as_such),
		cmocka_unit_test(test_edits_are_applied_or_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
