/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_rewrite.c - lets libFuzzer look for a document that breaks a promise of the rewrite.
 *
 * The first byte says what is asked for (nested, mode, vendor), the rest is the document. That one is refused is fine, unless libxml2's
 * tree parser finds nothing wrong with it; the result for one that is taken goes to the judge of the property test.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void complain(const struct judge *judge, const struct judge_wish *wish)
{
	char buffer[80];
	size_t length = 0;
	const char *output = judge_get_output(judge, &length);

	fprintf(stderr, "fuzz_rewrite: %s: %s\n", judge_wish_to_string(wish, buffer, sizeof(buffer)), judge_get_reason(judge));
	if (output)
		fprintf(stderr, "---- output\n%.*s\n", (int)length, output);
	abort();
}

/* What the library accepts as a domain, libxml2's tree parser must accept as one too. */
static void check_refused(const char *xml, size_t length)
{
	struct nestxml_domain *domain;

	if (nestxml_domain_new(xml, length, &domain, NULL) != 0)
		return;
	fputs("fuzz_rewrite: taken, and no well-formed domain\n", stderr);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct judge_wish wish;
	struct judge *judge;
	size_t length;
	char *xml;

	if (size == 0)
		return 0;
	wish = judge_wish_get(data[0] % JUDGE_WISHES);
	length = size - 1;
	xml = malloc(length + !length); /* a copy of its own, so that the sanitizer sees a byte read past its end */
	if (!xml)
		return 0;
	memcpy(xml, data + 1, length);
	judge = judge_new(xml, length);
	if (!judge)
		check_refused(xml, length);
	else if (!judge_rewrite(judge, &wish, NULL))
		complain(judge, &wish);
	judge_free(judge);
	free(xml);
	return 0;
}
