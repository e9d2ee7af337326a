/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output.c - rows and members, the same for every command. */
#include "output.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>

#include <nestxml/nestxml.h>

void output_row(const char *name, const char *format, ...)
{
	va_list arguments;

	printf("%-20s", name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

void output_add_string(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, value ? json_object_new_string(value) : NULL);
}

void output_add_escaped(struct json_object *object, const char *key, const char *value)
{
	char shown[1024];

	output_add_string(object, key, value ? nestxml_text_escape(value, shown, sizeof(shown)) : NULL);
}

void output_add_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}
