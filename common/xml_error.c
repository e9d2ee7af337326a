/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_error.c - an error about XML in words. */
#include "xml_error.h"

#include <stdbool.h>
#include <stdio.h>

static bool is_about_xml(enum nestxml_code code)
{
	switch (code) {
	case NESTXML_E_SYNTAX:
	case NESTXML_E_DTD:
	case NESTXML_E_ENCODING:
	case NESTXML_E_TOO_BIG:
	case NESTXML_E_ROOT:
	case NESTXML_E_LIBRARY:
		return true;
	default:
		return false;
	}
}

void nestxml_xml_error_describe(const char *what, const struct nestxml_error *error, char *text, size_t size)
{
	if (!is_about_xml(error->code))
		snprintf(text, size, "%s", error->message);
	else if (error->line > 0)
		snprintf(text, size, "%s, line %u, %s", what, error->line, error->message);
	else
		snprintf(text, size, "%s %s", what, error->message);
}
