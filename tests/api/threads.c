/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* threads.c - two threads, each with objects of its own, at once, from the first call of the library on: ThreadSanitizer is the judge. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#define ROUNDS 300

static const char *const domains[] = {
	"<domain type='kvm'><name>one</name><cpu mode='host-model'/></domain>",
	"<domain type='qemu'><name>two</name><os><type arch='x86_64'>hvm</type></os></domain>",
	"<domain type='kvm'><name>not well-formed</domain>",
};

static pthread_barrier_t start;

static bool work(const char *root, const char *xml)
{
	struct nestxml_error error = {0};
	struct nestxml_domain *domain;
	struct nestxml_edits *edits;
	struct nestxml_check *check;
	char *made;
	size_t length;
	bool good = false;

	if (nestxml_domain_new(xml, strlen(xml), &domain, &error) != 0)
		return error.code == NESTXML_E_SYNTAX && error.message[0];
	if (nestxml_edits_new(domain, NESTXML_NESTED_REQUIRE, NESTXML_MODE_KEEP, NESTXML_VENDOR_AMD, &edits, &error) == 0) {
		good = nestxml_edits_apply(edits, &made, &length) == 0 && strstr(made, "<feature policy='require' name='svm'/>");
		free(made);
		nestxml_edits_free(edits);
	}
	nestxml_domain_free(domain);
	if (nestxml_check_new(root, NESTXML_OPERATION_START, "vm", xml, strlen(xml), &check, &error) != 0)
		return false;
	good = good && nestxml_check_get_verdict(check) == NESTXML_VERDICT_PASS;
	nestxml_check_free(check);
	return good;
}

static void *run(void *root)
{
	unsigned long failures = 0;

	pthread_barrier_wait(&start);
	for (unsigned int i = 0; i < ROUNDS; i++)
		for (size_t j = 0; j < sizeof(domains) / sizeof(domains[0]); j++)
			failures += !work(root, domains[j]);
	return (void *)failures;
}

int main(int argc, char **argv)
{
	pthread_t threads[2];
	unsigned long failures = 0;

	if (argc != 2 || pthread_barrier_init(&start, NULL, 2) != 0)
		return 2;
	for (size_t i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, run, argv[1]) != 0)
			return 2;
	for (size_t i = 0; i < 2; i++) {
		void *failed = NULL;

		pthread_join(threads[i], &failed);
		failures += (unsigned long)failed;
	}
	printf("two threads, %d rounds, %lu failures\n", ROUNDS, failures);
	return failures > 0;
}
