/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* error.c - fills struct nestxml_error. */
#include "error.h"

#include <stdarg.h>

#include "escape.h"

static void set_message(struct nestxml_error *error, enum nestxml_code code, unsigned int line, unsigned int column, const char *format,
			va_list arguments) __attribute__((format(printf, 5, 0)));
static void set_message(struct nestxml_error *error, enum nestxml_code code, unsigned int line, unsigned int column, const char *format,
			va_list arguments)
{
	if (!error)
		return;
	error->code = code;
	error->line = line;
	error->column = column;
	nestxml_text_vprint(error->message, sizeof(error->message), format, arguments);
}

int nestxml_error_set(struct nestxml_error *error, enum nestxml_code code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_message(error, code, 0, 0, format, arguments);
	va_end(arguments);
	return code;
}

int nestxml_error_set_at(struct nestxml_error *error, enum nestxml_code code, unsigned int line, unsigned int column, const char *format,
			 ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_message(error, code, line, column, format, arguments);
	va_end(arguments);
	return code;
}

int nestxml_error_set_nomem(struct nestxml_error *error)
{
	return nestxml_error_set(error, NESTXML_E_NOMEM, "out of memory");
}
