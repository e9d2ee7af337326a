/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* buffer.h - a string that grows. */
#ifndef NESTXML_BUFFER_H
#define NESTXML_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "macros.h"

/** Starts zeroed. */
struct nestxml_buffer {
	char *data; /* NUL-terminated once anything was added */
	size_t length;
	size_t capacity;
};
/** Appends; false: out of memory, and the buffer is as it was. */
bool nestxml_buffer_add(struct nestxml_buffer *buffer, const char *text, size_t length);
bool nestxml_buffer_add_string(struct nestxml_buffer *buffer, const char *text);
void nestxml_buffer_clear(struct nestxml_buffer *buffer);
#define AUTO_BUFFER CLEANUP(nestxml_buffer_clear)

#endif
