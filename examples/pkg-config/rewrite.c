/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rewrite.c - states nested virtualization in a guest's XML: stdin to stdout.
 *
 *	make && virsh dumpxml --inactive --security-info VM | ./rewrite require
 */
#include <nestxml/nestxml.h>

#include <stdio.h>
#include <stdlib.h>

static char xml[1 << 20];

int main(int argc, char **argv)
{
	size_t length = fread(xml, 1, sizeof(xml), stdin);
	struct nestxml_error error = {0};
	struct nestxml_domain *domain = NULL;
	struct nestxml_edits *edits = NULL;
	enum nestxml_nested nested;
	enum nestxml_vendor vendor;
	char *rewritten;
	int status = EXIT_FAILURE;

	if (argc != 2 || nestxml_nested_from_string(argv[1], &nested) != 0) {
		fprintf(stderr, "usage: rewrite require|optional|disable\n");
		return 2;
	}
	if (length == sizeof(xml)) {
		fprintf(stderr, "rewrite: larger than this program takes\n");
		return EXIT_FAILURE;
	}
	if (nestxml_domain_new(xml, length, &domain, &error) == 0) {
		vendor = nestxml_domain_get_vendor(domain, nestxml_host_detect_vendor("/"));
		nestxml_edits_new(domain, nested, NESTXML_MODE_KEEP, vendor, &edits, &error);
	}
	if (edits && nestxml_edits_apply(edits, &rewritten, &length) == 0) {
		if (fwrite(rewritten, 1, length, stdout) == length && fflush(stdout) == 0)
			status = EXIT_SUCCESS;
		free(rewritten);
	} else {
		fprintf(stderr, "rewrite: line %u: %s\n", error.line, error.message);
	}
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
	return status;
}
