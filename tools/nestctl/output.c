/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output.c - rows and members, the same for every command. */
#include "output.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>

#include <nestxml/nestxml.h>

#include "vendors.h"

const char *output_join_features(const char *separator, char *buffer, size_t size)
{
	size_t length = 0;

	buffer[0] = '\0';
	FOR_EACH_VENDOR(vendor)
		if (length < size)
			length += (size_t)snprintf(buffer + length, size - length, "%s%s", length > 0 ? separator : "",
						   nestxml_vendor_feature(vendor));
	return buffer;
}

const char *output_list_features(const char *const words[], char *buffer, size_t size)
{
	size_t length = 0;
	char features[64];

	FOR_EACH_VENDOR(vendor)
		if (words[vendor] && length < size)
			length +=
				(size_t)snprintf(buffer + length, size - length, ", %s %s", nestxml_vendor_feature(vendor), words[vendor]);
	if (length == 0)
		snprintf(buffer, size, ", neither %s", output_join_features(" nor ", features, sizeof(features)));
	return buffer;
}

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
