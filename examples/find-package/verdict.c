/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * verdict.c - prints in one line what this host's policy says of a guest that is about to start, the same line that the library gives the
 * hook; exit status 0 if the guest may start.
 *
 *	cmake -B build && cmake --build build && build/verdict VM <vm.xml
 */
#include <nestxml/nestxml.h>

#include <stdio.h>
#include <stdlib.h>

static char xml[1 << 20];

int main(int argc, char **argv)
{
	size_t length = fread(xml, 1, sizeof(xml), stdin);
	struct nestxml_error error = {0};
	struct nestxml_check *check;
	int status;

	if (argc != 2 || length == sizeof(xml)) {
		fprintf(stderr, "usage: verdict NAME <XML\n");
		return 2;
	}
	if (nestxml_check_new("/", NESTXML_OPERATION_START, argv[1], xml, length, &check, &error) != 0) {
		fprintf(stderr, "verdict: %s\n", error.message);
		return EXIT_FAILURE;
	}
	puts(nestxml_check_get_report(check));
	status = nestxml_check_get_verdict(check) == NESTXML_VERDICT_PASS ? EXIT_SUCCESS : EXIT_FAILURE;
	nestxml_check_free(check);
	return status;
}
