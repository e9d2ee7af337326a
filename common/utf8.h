/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* utf8.h - which bytes are UTF-8. */
#ifndef NESTXML_UTF8_H
#define NESTXML_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** Bytes of the UTF-8 character at @text (at most @length): 1 to 4; 0 where there is none (RFC 3629: no surrogates, no overlong form). */
size_t nestxml_utf8_length(const char *text, size_t length);
/** The code point of the UTF-8 character at @text, which has @length bytes, 1 to 4. */
uint32_t nestxml_utf8_decode(const char *text, size_t length);
/** The offset of the first byte of @text that is not UTF-8, or that is NUL, which no document may contain; @length where there is none. */
size_t nestxml_utf8_span(const char *text, size_t length);

#endif
