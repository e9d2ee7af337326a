/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * promises.c - what nestxml.h promises, held against the shared library as its users link it: NULL may be freed, results are written on
 * success only, and each code has an input that leads to it.
 *
 *	promises ROOT		a directory in which files may be written
 *
 * Two codes are not asked for: NESTXML_E_INTERNAL, to which no input is known to lead (test_edits.c makes it out of facts that contradict
 * each other), and NESTXML_E_LIBRARY, for which libxml2 would have to be away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

static unsigned int failures;

static void check(bool good, const char *what)
{
	if (good)
		return;
	failures++;
	printf("not ok - %s\n", what);
}

/* ---- free(NULL) ---- */

static void free_nothing(void)
{
	nestxml_domain_free(NULL);
	nestxml_config_free(NULL);
	nestxml_host_free(NULL);
	nestxml_edits_free(NULL);
	nestxml_check_free(NULL);
}

/* ---- each code ---- */

#define DOMAIN(type, rest) "<domain type='" type "'>" rest "</domain>"

static const struct {
	const char *xml;
	enum nestxml_code code;
} refused[] = {
	{"", NESTXML_E_SYNTAX},
	{"<domain>", NESTXML_E_SYNTAX},
	{"<!DOCTYPE domain><domain/>", NESTXML_E_DTD},
	{"<domain>\xc0\x80</domain>", NESTXML_E_ENCODING},
	{"<network/>", NESTXML_E_ROOT},
};

/* Whether nothing was written where something failed, and the error says the same. */
static bool fails_as(int code, enum nestxml_code expected, const void *result, const struct nestxml_error *error)
{
	return code == (int)expected && result == NULL && error->code == expected && error->message[0] && !strchr(error->message, '\n');
}

static void refuse_domains(void)
{
	char *large = calloc(1, NESTXML_MAX_SIZE + 1);

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain = NULL;
		int code = nestxml_domain_new(refused[i].xml, strlen(refused[i].xml), &domain, &error);

		check(fails_as(code, refused[i].code, domain, &error), refused[i].xml);
		check(nestxml_domain_new(refused[i].xml, strlen(refused[i].xml), &domain, NULL) == code, "an error may be NULL");
	}
	if (large) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain = NULL;

		check(fails_as(nestxml_domain_new(large, NESTXML_MAX_SIZE + 1, &domain, &error), NESTXML_E_TOO_BIG, domain, &error),
		      "TOO_BIG");
	}
	free(large);
}

static void refuse_edits(const char *xml, int nested, int vendor, enum nestxml_code expected)
{
	struct nestxml_error error = {0};
	struct nestxml_domain *domain = NULL;
	struct nestxml_edits *edits = NULL;
	int code;

	check(nestxml_domain_new(xml, strlen(xml), &domain, NULL) == 0, xml);
	code = nestxml_edits_new(domain, (enum nestxml_nested)nested, NESTXML_MODE_KEEP, (enum nestxml_vendor)vendor, &edits, &error);
	check(fails_as(code, expected, edits, &error), xml);
	nestxml_domain_free(domain);
}

static void refuse_all_edits(void)
{
	refuse_edits(DOMAIN("kvm", ""), NESTXML_NESTED_LEAVE, NESTXML_VENDOR_AMD, NESTXML_E_ARGUMENT);
	refuse_edits(DOMAIN("kvm", ""), 99, NESTXML_VENDOR_AMD, NESTXML_E_ARGUMENT);
	refuse_edits(DOMAIN("kvm", ""), NESTXML_NESTED_REQUIRE, 99, NESTXML_E_ARGUMENT);
	refuse_edits(DOMAIN("kvm", ""), NESTXML_NESTED_REQUIRE, NESTXML_VENDOR_NONE, NESTXML_E_VENDOR);
	refuse_edits(DOMAIN("qemu", ""), NESTXML_NESTED_REQUIRE, NESTXML_VENDOR_INTEL, NESTXML_E_TCG);
	refuse_edits(DOMAIN("xen", ""), NESTXML_NESTED_REQUIRE, NESTXML_VENDOR_AMD, NESTXML_E_TYPE);
	refuse_edits(DOMAIN("kvm", "<os><type arch='aarch64'/></os>"), NESTXML_NESTED_REQUIRE, NESTXML_VENDOR_AMD, NESTXML_E_ARCH);
}

static void refuse_words(void)
{
	enum nestxml_nested nested = NESTXML_NESTED_DISABLE;
	enum nestxml_mode mode = NESTXML_MODE_MAXIMUM;
	enum nestxml_on_stale on_stale = NESTXML_ON_STALE_ALLOW;
	enum nestxml_vendor vendor = NESTXML_VENDOR_AMD;

	check(nestxml_nested_from_string("Require", &nested) == NESTXML_E_ARGUMENT && nested == NESTXML_NESTED_DISABLE, "nested");
	check(nestxml_mode_from_string("", &mode) == NESTXML_E_ARGUMENT && mode == NESTXML_MODE_MAXIMUM, "mode");
	check(nestxml_on_stale_from_string("x", &on_stale) == NESTXML_E_ARGUMENT && on_stale == NESTXML_ON_STALE_ALLOW, "on-stale");
	check(nestxml_vendor_from_string("via", &vendor) == NESTXML_E_ARGUMENT && vendor == NESTXML_VENDOR_AMD, "vendor");
	check(!nestxml_nested_to_string((enum nestxml_nested)99) && !nestxml_mode_to_string((enum nestxml_mode) - 1), "words outside");
	check(!nestxml_vendor_to_string(NESTXML_VENDOR_NONE) && !nestxml_vendor_feature((enum nestxml_vendor)7), "no vendor");
}

static void refuse_policies(const char *root)
{
	static const char wrong[] = DOMAIN("kvm", "<metadata><p:policy xmlns:p='urn:nestxml:nested:1' nested='x'/></metadata>");
	char path[4096];
	struct nestxml_error error = {0};
	struct nestxml_config *config = NULL;
	struct nestxml_check *verdict = NULL;
	FILE *file;

	check(fails_as(nestxml_check_new(root, NESTXML_OPERATION_START, "vm", wrong, strlen(wrong), &verdict, &error), NESTXML_E_METADATA,
		       verdict, &error),
	      "METADATA");
	snprintf(path, sizeof(path), "%s/etc", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/etc/nestxml", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/etc/nestxml/nestxml.conf", root);
	file = fopen(path, "we");
	check(file && fputs("nonsense\n", file) >= 0 && fclose(file) == 0 && chmod(path, 0644) == 0, path);
	check(fails_as(nestxml_config_new(root, &config, &error), NESTXML_E_CONFIG, config, &error), "CONFIG");
	check(error.line == 1, "the line of a policy file");
}

/* In a child that may have no more than it has. */
static void run_out_of_memory(void)
{
	size_t length = (size_t)16 << 20;
	char *xml = malloc(length);
	int status = 0;
	pid_t child;

	check(xml != NULL, "memory");
	if (!xml)
		return;
	memset(xml, 'a', length);
	memcpy(xml, "<domain><name>", 14);
	memcpy(xml + length - 16, "</name></domain>", 16);
	child = fork();
	if (child == 0) {
		struct rlimit none = {(rlim_t)1 << 20, (rlim_t)1 << 20};
		struct nestxml_error error = {0};
		struct nestxml_domain *domain = NULL;

		setrlimit(RLIMIT_AS, &none);
		_exit(!fails_as(nestxml_domain_new(xml, length, &domain, &error), NESTXML_E_NOMEM, domain, &error));
	}
	check(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, "NOMEM");
	free(xml);
}

int main(int argc, char **argv)
{
	free_nothing();
	refuse_domains();
	refuse_all_edits();
	refuse_words();
	refuse_policies(argc > 1 ? argv[1] : ".");
	run_out_of_memory();
	printf("%u promises broken\n", failures);
	return failures > 0;
}
