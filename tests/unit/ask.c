/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ask.c - what becomes of a guest, as the hook asks it. */
#include "ask.h"

void state_policy(const struct tree *tree, const char *keys)
{
	char text[256];

	snprintf(text, sizeof(text), "[guest *]\n%s\n", keys ? keys : "");
	tree_write(tree, ADMIN_FILE, text);
}

const char *document(const char *type, const char *arch, const char *body)
{
	static char xml[4096];

	snprintf(xml, sizeof(xml), "<domain type='%s'><name>vm</name><uuid>" UUID "</uuid><os><type arch='%s'>hvm</type></os>%s</domain>",
		 type, arch, body);
	return xml;
}

struct nestxml_check *ask(const struct tree *tree, enum nestxml_operation occasion, const char *name, const char *xml)
{
	struct nestxml_check *check = NULL;
	struct nestxml_error error = {0};
	int code = nestxml_check_new(tree->root, occasion, name, xml, strlen(xml), &check, &error);
	const struct nestxml_edits *edits;

	CHECK(code == 0, "%s: %s", xml, error.message);
	CHECK(is_printable(nestxml_check_get_report(check)), "%s: %s", xml, nestxml_check_get_report(check));
	edits = nestxml_check_get_edits(check);
	CHECK((edits != NULL) == (nestxml_check_get_verdict(check) == STALE), "%s", xml);
	CHECK(!edits || nestxml_edits_count(edits) > 0, "%s", xml);
	return check;
}

const char *said(const struct nestxml_check *check)
{
	static char line[2100];

	snprintf(line, sizeof(line), "%s; %s", nestxml_check_get_report(check), nestxml_check_get_advice(check));
	return line;
}

void check_words(const char *report, const char *words)
{
	char copy[512];
	char *rest = NULL;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, "|", &rest); word; word = strtok_r(NULL, "|", &rest)) {
		if (*word == '!')
			CHECK(!strstr(report, word + 1), "%s in %s", word + 1, report);
		else
			CHECK(strstr(report, word), "%s in %s", word, report);
	}
}

void check_rows(const struct tree *tree, enum nestxml_operation occasion, const char *type, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nestxml_check *check;

		state_policy(tree, rows[i].policy);
		check = ask(tree, occasion, "vm", document(type, "x86_64", rows[i].body));
		CHECK(nestxml_check_get_verdict(check) == rows[i].verdict, "%s + %s: %s", rows[i].policy, rows[i].body,
		      nestxml_check_get_report(check));
		check_words(said(check), "guest 'vm'");
		check_words(said(check), rows[i].words);
		nestxml_check_free(check);
	}
}
