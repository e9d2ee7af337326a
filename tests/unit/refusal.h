/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refusal.h - documents that are refused: with which code, where, and in which words. */
#ifndef NESTXML_TESTS_REFUSAL_H
#define NESTXML_TESTS_REFUSAL_H

#include <stddef.h>

#include <nestxml/nestxml.h>

#define BOM "\xef\xbb\xbf"

#define ANYWHERE (~0U)

struct refusal {
	const char *xml;
	enum nestxml_code code;
	unsigned int line;   /* ANYWHERE: not looked at */
	unsigned int column; /* ANYWHERE: any but 0 */
	const char *word;    /* of the message */
};

/** What nestxml_domain_new() says of the document. */
int parse_bytes(const char *xml, size_t length, struct nestxml_error *error);
int parse(const char *xml, struct nestxml_error *error);

/** Each must be refused as it says. */
void check_refusals(const struct refusal *cases, size_t count);

#endif
