/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* buffer.c - a string that grows. */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

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
