/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rewrite.c - documents before and after their edits. */
#include "rewrite.h"

#include "support.h"

/* In order, none overlapping, in the document; and the splice made by hand, the caller's to free. */
static char *splice(const struct nestxml_edits *edits, const char *xml)
{
	struct nestxml_buffer made = {0};
	size_t at = 0;

	for (size_t i = 0; i < nestxml_edits_count(edits); i++) {
		const struct nestxml_edit *edit = nestxml_edits_get(edits, i);

		CHECK(edit->offset >= at, "edit %zu at %zu overlaps the one before, which ends at %zu: %s", i, edit->offset, at, xml);
		CHECK(edit->offset + edit->length <= strlen(xml), "edit %zu: %s", i, xml);
		CHECK(strlen(edit->text) == edit->text_length, "edit %zu: %s", i, xml);
		CHECK(edit->length + edit->text_length > 0, "edit %zu does nothing: %s", i, xml);
		nestxml_buffer_add(&made, xml + at, edit->offset - at);
		nestxml_buffer_add(&made, edit->text, edit->text_length);
		at = edit->offset + edit->length;
	}
	nestxml_buffer_add_string(&made, xml + at);
	assert_null(nestxml_edits_get(edits, nestxml_edits_count(edits)));
	return made.data;
}

char *rewrite_once(const char *xml, struct wanted wanted, size_t *count)
{
	struct nestxml_domain *domain = domain_of(xml);
	struct nestxml_edits *edits;
	struct nestxml_error error = {0};
	int code = nestxml_edits_new(domain, wanted.nested, wanted.mode, wanted.vendor, &edits, &error);
	char *by_hand;
	char *made;
	size_t length;

	CHECK(code == 0, "%s: %s", xml, error.message);
	*count = nestxml_edits_count(edits);
	by_hand = splice(edits, xml);
	assert_int_equal(nestxml_edits_apply(edits, &made, &length), 0);
	CHECK(length == strlen(by_hand) && memcmp(made, by_hand, length + 1) == 0, "%s: %s, not %s", xml, made, by_hand);
	CHECK((*count == 0) == (strcmp(made, xml) == 0), "%s", xml);
	free(by_hand);
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
	return made;
}

char *rewrite(const char *xml, struct wanted wanted)
{
	size_t count;
	char *once = rewrite_once(xml, wanted, &count);
	char *twice = rewrite_once(once, wanted, &count);

	CHECK(count == 0, "%s became %s became %s", xml, once, twice);
	free(twice);
	return once;
}

void check_rewrite(const char *xml, struct wanted wanted, const char *expected)
{
	char *made = rewrite(xml, wanted);

	CHECK(strcmp(made, expected) == 0, "%s\nbecame\n%s\nnot\n%s", xml, made, expected);
	free(made);
}

void check_cpu(const char *cpu, struct wanted wanted, const char *expected)
{
	char xml[4096];
	char whole[4096];

	snprintf(xml, sizeof(xml), "<domain type='kvm'>\n  <name>vm</name>\n%s\n</domain>\n", cpu);
	snprintf(whole, sizeof(whole), "<domain type='kvm'>\n  <name>vm</name>\n%s\n</domain>\n", expected);
	check_rewrite(xml, wanted, whole);
}
