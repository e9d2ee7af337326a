/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* edits.c - the splices that fulfil a goal, in order, and the XML with them. Each lies in /domain/cpu or inserts one. */
#include <stdlib.h>
#include <string.h>

#include "cpu_edits.h"
#include "error.h"
#include "warnings.h"

struct nestxml_edits {
	const struct nestxml_domain *domain;
	struct nestxml_edit *list; /* each text is owned */
	size_t count;
	struct warnings warnings;
};

/* By offset; an insertion comes before a removal that starts where it is. */
static int compare_edits(const void *left, const void *right)
{
	const struct nestxml_edit *a = left;
	const struct nestxml_edit *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return (a->length > b->length) - (a->length < b->length);
}

/* No splice may begin within another: nestxml_edits_apply() relies on it, so it is checked. */
static bool is_in_order(const struct nestxml_edits *edits)
{
	for (size_t i = 1; i < edits->count; i++)
		if (edits->list[i].offset < edits->list[i - 1].offset + edits->list[i - 1].length)
			return false;
	return true;
}

static int check_arguments(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_mode mode,
			   enum nestxml_vendor vendor, struct nestxml_error *error)
{
	int code;

	if (nested == NESTXML_NESTED_LEAVE || !nestxml_nested_to_string(nested))
		return nestxml_error_set(error, NESTXML_E_ARGUMENT, "nested is none of require, optional and disable");
	if (!nestxml_mode_to_string(mode) || (unsigned int)vendor > NESTXML_VENDOR_LAST)
		return nestxml_error_set(error, NESTXML_E_ARGUMENT, "the mode or the vendor is outside its range");
	code = nestxml_domain_check_applicable(domain, vendor, error);
	if (code != NESTXML_E_ENCRYPTED || nested != NESTXML_NESTED_DISABLE)
		return code;
	if (error) /* KVM does not run in the guest, but its CPUID must not say otherwise either */
		*error = (struct nestxml_error){0};
	return 0;
}

/* Sorts the edits and makes sure that they can be applied. */
static int finish(struct nestxml_edits *edits, struct nestxml_error *error)
{
	if (edits->count > 1)
		qsort(edits->list, edits->count, sizeof(*edits->list), compare_edits);
	if (!is_in_order(edits))
		return nestxml_error_set(error, NESTXML_E_INTERNAL, "two edits overlap, so none is made");
	return 0;
}

NESTXML_EXPORT int nestxml_edits_new(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_mode mode,
				     enum nestxml_vendor vendor, struct nestxml_edits **edits, struct nestxml_error *error)
{
	struct nestxml_edits *made;
	struct draft draft;
	int code = check_arguments(domain, nested, mode, vendor, error);

	if (code != 0)
		return code;
	made = calloc(1, sizeof(*made));
	if (!made)
		return nestxml_error_set_nomem(error);
	nestxml_draft_begin(&draft, domain);
	nestxml_warn(domain, nested, vendor, nestxml_cpu_edits(&draft, nested, mode, vendor), &made->warnings);
	if (!nestxml_mode_is_possible(domain, mode))
		nestxml_warn_of_mode(mode, &made->warnings);
	made->domain = domain;
	made->list = draft.list;
	made->count = draft.count;
	code = draft.failed ? nestxml_error_set_nomem(error) : finish(made, error);
	if (code != 0)
		nestxml_edits_free(made);
	else
		*edits = made;
	return code;
}

NESTXML_EXPORT void nestxml_edits_free(struct nestxml_edits *edits)
{
	if (!edits)
		return;
	for (size_t i = 0; i < edits->count; i++)
		free((char *)edits->list[i].text);
	free(edits->list);
	free(edits);
}

NESTXML_EXPORT size_t nestxml_edits_count(const struct nestxml_edits *edits)
{
	return edits->count;
}

NESTXML_EXPORT const struct nestxml_edit *nestxml_edits_get(const struct nestxml_edits *edits, size_t index)
{
	return index < edits->count ? &edits->list[index] : NULL;
}

NESTXML_EXPORT size_t nestxml_edits_count_warnings(const struct nestxml_edits *edits)
{
	return edits->warnings.count;
}

NESTXML_EXPORT const char *nestxml_edits_get_warning(const struct nestxml_edits *edits, size_t index)
{
	return index < edits->warnings.count ? edits->warnings.list[index] : NULL;
}

NESTXML_EXPORT int nestxml_edits_apply(const struct nestxml_edits *edits, char **xml, size_t *length)
{
	const struct nestxml_domain *domain = edits->domain;
	size_t total = domain->length;
	size_t read = 0;
	size_t written = 0;
	char *made;

	for (size_t i = 0; i < edits->count; i++)
		total = total - edits->list[i].length + edits->list[i].text_length;
	made = malloc(total + 1);
	if (!made)
		return NESTXML_E_NOMEM;
	for (size_t i = 0; i < edits->count; i++) {
		const struct nestxml_edit *edit = &edits->list[i];

		memcpy(made + written, domain->xml + read, edit->offset - read);
		written += edit->offset - read;
		memcpy(made + written, edit->text, edit->text_length);
		written += edit->text_length;
		read = edit->offset + edit->length;
	}
	memcpy(made + written, domain->xml + read, domain->length - read);
	made[total] = '\0';
	*xml = made;
	*length = total;
	return 0;
}
