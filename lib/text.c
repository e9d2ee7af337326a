/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text.c - UTF-8, what a terminal may be shown, error messages, a string that grows. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

size_t nestxml_utf8_length(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;

	if (length == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2) /* a continuation byte, or the start of an overlong form */
		return 0;
	if (s[0] < 0xe0)
		return length >= 2 && is_continuation(s[1]) ? 2 : 0;
	if (s[0] < 0xf0) {
		if (length < 3 || !is_continuation(s[1]) || !is_continuation(s[2]))
			return 0;
		if (s[0] == 0xe0 && s[1] < 0xa0) /* overlong */
			return 0;
		if (s[0] == 0xed && s[1] >= 0xa0) /* a surrogate */
			return 0;
		return 3;
	}
	if (s[0] > 0xf4 || length < 4 || !is_continuation(s[1]) || !is_continuation(s[2]) || !is_continuation(s[3]))
		return 0;
	if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90)) /* overlong; above U+10FFFF */
		return 0;
	return 4;
}

size_t nestxml_utf8_span(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length) {
		uint64_t word;
		size_t step;

		/* Domain XML is nearly all ASCII: eight bytes at a time, none with its high bit set and none zero. */
		while (length - i >= sizeof(word)) {
			memcpy(&word, text + i, sizeof(word));
			if (((word | (word - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) != 0)
				break;
			i += sizeof(word);
		}
		if (i == length || text[i] == '\0')
			break;
		step = nestxml_utf8_length(text + i, length - i);
		if (step == 0)
			break;
		i += step;
	}
	return i;
}

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

/* Cuts off the rest of a character that a full buffer left behind. */
static void print_whole(char *buffer, size_t size, const char *format, va_list arguments) __attribute__((format(printf, 3, 0)));
static void print_whole(char *buffer, size_t size, const char *format, va_list arguments)
{
	if (vsnprintf(buffer, size, format, arguments) >= (int)size)
		buffer[nestxml_utf8_span(buffer, strlen(buffer))] = '\0';
}

void nestxml_text_print(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_whole(buffer, size, format, arguments);
	va_end(arguments);
}

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
	print_whole(error->message, sizeof(error->message), format, arguments);
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

/* Whether virsh takes the name for what it is, and a shell too: no number, no option, no UUID, nothing to quote. */
static bool is_plain_name(const char *name)
{
	size_t length = strlen(name);

	if (!isalpha((unsigned char)name[0]) || length == 36 || length == 32)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._-+@", name[i]))
			return false;
	return true;
}

static bool is_plain_uuid(const char *uuid)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(uuid) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'x' ? !isxdigit((unsigned char)uuid[i]) : uuid[i] != shape[i])
			return false;
	return true;
}

const char *nestxml_name_for_shell(const char *name, const char *uuid)
{
	if (is_plain_name(name))
		return name;
	return is_plain_uuid(uuid) ? uuid : "GUEST";
}

bool nestxml_buffer_add(struct nestxml_buffer *buffer, const char *text, size_t length)
{
	size_t needed = buffer->length + length + 1;

	if (needed > buffer->capacity) {
		size_t capacity = needed < 64 ? 64 : needed + needed / 2;
		char *data = realloc(buffer->data, capacity);

		if (!data)
			return false;
		buffer->data = data;
		buffer->capacity = capacity;
	}
	if (length > 0)
		memcpy(buffer->data + buffer->length, text, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
	return true;
}

bool nestxml_buffer_add_string(struct nestxml_buffer *buffer, const char *text)
{
	return nestxml_buffer_add(buffer, text, strlen(text));
}

void nestxml_buffer_clear(struct nestxml_buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct nestxml_buffer){0};
}
