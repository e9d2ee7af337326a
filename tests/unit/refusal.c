/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refusal.c - documents that are refused. */
#include "refusal.h"

#include "support.h"

int parse_bytes(const char *xml, size_t length, struct nestxml_error *error)
{
	/* A copy of just this size, without a NUL: what reads past it is seen. */
	char *copy = malloc(length ? length : 1);
	struct nestxml_domain *domain = (struct nestxml_domain *)copy;
	int code;

	assert_non_null(copy);
	memcpy(copy, xml, length);
	memset(error, 0, sizeof(*error));
	code = nestxml_domain_new(copy, length, &domain, error);
	if (code != 0)
		assert_ptr_equal(domain, copy); /* written on success only */
	else
		nestxml_domain_free(domain);
	free(copy);
	return code;
}

int parse(const char *xml, struct nestxml_error *error)
{
	return parse_bytes(xml, strlen(xml), error);
}

void check_refusals(const struct refusal *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct refusal *c = &cases[i];
		struct nestxml_error error;

		CHECK(parse(c->xml, &error) == (int)c->code, "%s: %s", c->xml, error.message);
		CHECK(error.code == c->code, "%s", c->xml);
		CHECK(c->line == ANYWHERE || error.line == c->line, "%s: line %u", c->xml, error.line);
		CHECK(c->column == ANYWHERE ? error.column > 0 : error.column == c->column, "%s: column %u", c->xml, error.column);
		CHECK(strstr(error.message, c->word), "%s: %s", c->xml, error.message);
		CHECK(is_printable(error.message), "%s: %s", c->xml, error.message);
		CHECK(error.message[strlen(error.message) - 1] != '.', "%s: %s", c->xml, error.message);
	}
}
