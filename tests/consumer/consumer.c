/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* consumer.c - a program of somebody else's, built against what is installed: rewrites one guest and prints it. */
#include <nestxml/nestxml.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	static const char xml[] = "<domain type='kvm'><name>vm</name><cpu mode='host-model'/></domain>";
	struct nestxml_error error;
	struct nestxml_domain *domain;
	struct nestxml_edits *edits;
	char *rewritten;
	size_t length;

	if (nestxml_domain_new(xml, strlen(xml), &domain, &error) != 0 ||
	    nestxml_edits_new(domain, NESTXML_NESTED_REQUIRE, NESTXML_MODE_KEEP, NESTXML_VENDOR_AMD, &edits, &error) != 0) {
		fprintf(stderr, "%s\n", error.message);
		return EXIT_FAILURE;
	}
	if (nestxml_edits_apply(edits, &rewritten, &length) != 0)
		return EXIT_FAILURE;
	puts(rewritten);
	free(rewritten);
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
	return EXIT_SUCCESS;
}
