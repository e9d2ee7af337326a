/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* escape.c - text from elsewhere, made safe for a terminal or a log. */
#include "escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "macros.h"
#include "utf8.h"

/* Whether a whole character does something to a terminal instead of being shown. */
static bool is_control(const char *text, size_t step)
{
	const unsigned char *s = (const unsigned char *)text;

	if (step == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	if (step == 2)
		return (s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xd8 && s[1] == 0x9c); /* C1, U+061C */
	if (step == 3 && s[0] == 0xe2 && s[1] == 0x80)					/* U+200E, 200F, 2028 to 202E */
		return s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae);
	return step == 3 && s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9; /* U+2066 to 2069 */
}

/* Appends @count bytes of @text to @to as \xNN; false where they do not fit. */
static bool put_hex(char *to, size_t room, const char *text, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	if (room < 4 * count)
		return false;
	for (size_t i = 0; i < count; i++) {
		unsigned char byte = (unsigned char)text[i];

		*to++ = '\\';
		*to++ = 'x';
		*to++ = digits[byte >> 4];
		*to++ = digits[byte & 15];
	}
	return true;
}

NESTXML_EXPORT char *nestxml_text_escape(const char *text, char *buffer, size_t size)
{
	size_t length = strlen(text);
	size_t used = 0;

	for (size_t i = 0; i < length;) {
		size_t step = nestxml_utf8_length(text + i, length - i);
		size_t room = size - used - 1;

		if (step == 0 || is_control(text + i, step)) {
			step = step == 0 ? 1 : step;
			if (!put_hex(buffer + used, room, text + i, step))
				break;
			used += 4 * step;
		} else if (text[i] == '\\') {
			if (room < 2)
				break;
			memcpy(buffer + used, "\\\\", 2);
			used += 2;
		} else {
			if (room < step)
				break;
			memcpy(buffer + used, text + i, step);
			used += step;
		}
		i += step;
	}
	buffer[used] = '\0';
	return buffer;
}

void nestxml_text_vprint(char *buffer, size_t size, const char *format, va_list arguments)
{
	if (vsnprintf(buffer, size, format, arguments) >= (int)size) /* a full buffer may end in part of a character */
		buffer[nestxml_utf8_span(buffer, strlen(buffer))] = '\0';
}

void nestxml_text_print(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	nestxml_text_vprint(buffer, size, format, arguments);
	va_end(arguments);
}
