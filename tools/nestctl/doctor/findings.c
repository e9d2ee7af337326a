/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* findings.c - rows, and which of them comes first. */
#include "doctor/findings.h"

#include <stdarg.h>
#include <stdlib.h>

#include <nestxml/nestxml.h>

#include "escape.h"

struct finding *findings_add(struct findings *findings, const char *name, enum finding_mark mark, const char *format, ...)
{
	struct finding *finding;
	va_list arguments;

	if (findings->count == FINDINGS_MAX)
		abort();
	finding = &findings->list[findings->count++];
	*finding = (struct finding){.name = name, .mark = mark};
	va_start(arguments, format);
	nestxml_text_vprint(finding->text, sizeof(finding->text), format, arguments);
	va_end(arguments);
	return finding;
}

void finding_advise(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	nestxml_text_vprint(finding->remedy, sizeof(finding->remedy), format, arguments);
	va_end(arguments);
}

static const struct finding *find_mark(const struct findings *findings, enum finding_mark mark, bool with_host)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].mark == mark && (with_host || !findings->list[i].is_of_host))
			return &findings->list[i];
	return NULL;
}

const struct finding *findings_find_first(const struct findings *findings, bool with_host)
{
	const struct finding *first = find_mark(findings, FINDING_NOT, with_host);

	return first ? first : find_mark(findings, FINDING_UNKNOWN, with_host);
}
