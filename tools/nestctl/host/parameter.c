/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parameter.c - reads values as the kernel does, so that what it would refuse is found before a module is unloaded. */
#include "host/parameter.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

/* The first character decides, except that for "on" and "off" the second does; newer kernels take "enable" and "disable" too. */
static enum parameter_value parse_bool(const char *value)
{
	switch (tolower((unsigned char)value[0])) {
	case 'y':
	case 't':
	case 'e':
	case '1':
		return PARAMETER_ON;
	case 'n':
	case 'f':
	case 'd':
	case '0':
		return PARAMETER_OFF;
	case 'o':
		if (tolower((unsigned char)value[1]) == 'n')
			return PARAMETER_ON;
		return tolower((unsigned char)value[1]) == 'f' ? PARAMETER_OFF : PARAMETER_INVALID;
	default:
		return PARAMETER_INVALID;
	}
}

/* Decimal, 0x or octal, with a sign; no white space before it, nothing after it. */
static enum parameter_value parse_number(const char *value, bool has_sign)
{
	bool is_signed = value[0] == '-' || value[0] == '+';
	char *end;
	long number;

	if (!isdigit((unsigned char)value[is_signed ? 1 : 0]) || (value[0] == '-' && !has_sign))
		return PARAMETER_INVALID;
	errno = 0;
	number = strtol(value, &end, 0);
	if (*end || errno != 0 || number > (has_sign ? INT_MAX : (long)UINT_MAX) || number < INT_MIN)
		return PARAMETER_INVALID;
	return number != 0 ? PARAMETER_ON : PARAMETER_OFF;
}

enum parameter_value parameter_parse(const char *type, const char *value)
{
	if (strcmp(type, "bool") == 0)
		return value ? parse_bool(value) : PARAMETER_ON;
	if (strcmp(type, "int") == 0)
		return value ? parse_number(value, true) : PARAMETER_INVALID;
	if (strcmp(type, "uint") == 0)
		return value ? parse_number(value, false) : PARAMETER_INVALID;
	return PARAMETER_UNKNOWN;
}

/* Quotes may be around the value or around the whole word. */
static void unquote(char *text)
{
	size_t length = strlen(text);

	if (length > 0 && text[length - 1] == '"')
		text[--length] = '\0';
	if (text[0] == '"')
		memmove(text, text + 1, length);
}

#define BLANKS " \t\n\v\f\r"

/* A blank between quotes ends nothing. */
static size_t find_end(const char *word)
{
	bool is_quoted = false;
	size_t length = 0;

	for (; word[length] && (is_quoted || !strchr(BLANKS, word[length])); length++)
		is_quoted ^= word[length] == '"';
	return length;
}

bool parameter_next(const char **options, struct parameter_word *word)
{
	const char *start = *options + strspn(*options, BLANKS);
	size_t length = find_end(start);
	size_t name = strcspn(start, "=");

	*options = start + length;
	if (length == 0)
		return false;
	word->has_value = name < length;
	if (!word->has_value)
		name = length;
	snprintf(word->name, sizeof(word->name), "%.*s", (int)name, start);
	snprintf(word->value, sizeof(word->value), "%.*s", word->has_value ? (int)(length - name - 1) : 0,
		 word->has_value ? start + name + 1 : "");
	unquote(word->name);
	unquote(word->value);
	return true;
}

bool parameter_find_last(const char *options, const char *name, struct parameter_word *word)
{
	struct parameter_word next;
	bool found = false;

	while (parameter_next(&options, &next)) {
		if (strcmp(next.name, name) != 0)
			continue;
		*word = next;
		found = true;
	}
	return found;
}
