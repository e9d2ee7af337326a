/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* escape.h - text that is cut at whole characters; nestxml_text_escape() itself is public. */
#ifndef NESTXML_ESCAPE_H
#define NESTXML_ESCAPE_H

#include <stdarg.h>
#include <stddef.h>

/** vsnprintf() that cuts what does not fit at a whole character. */
void nestxml_text_vprint(char *buffer, size_t size, const char *format, va_list arguments) __attribute__((format(printf, 3, 0)));
/** snprintf() that cuts what does not fit at a whole character. */
void nestxml_text_print(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
