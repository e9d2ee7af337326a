/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ascii.h - the character classes that <ctype.h> has in the C locale, whatever the current locale. They are inline because the dynamic
 * loader would look up each function of libc at every start of the hook (tests/bench).
 */
#ifndef NESTXML_ASCII_H
#define NESTXML_ASCII_H

#include <stdbool.h>
#include <stdint.h>

static inline bool ascii_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_lower(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool ascii_is_upper(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool ascii_is_alpha(uint32_t c)
{
	return ascii_is_lower(c) || ascii_is_upper(c);
}

static inline bool ascii_is_alnum(uint32_t c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline bool ascii_is_graph(uint32_t c)
{
	return c > ' ' && c < 0x7f;
}

static inline bool ascii_is_punct(uint32_t c)
{
	return ascii_is_graph(c) && !ascii_is_alnum(c);
}

static inline bool ascii_is_print(uint32_t c)
{
	return c >= ' ' && c < 0x7f;
}

static inline bool ascii_is_cntrl(uint32_t c)
{
	return c < ' ' || c == 0x7f;
}

static inline bool ascii_is_blank(uint32_t c)
{
	return c == ' ' || c == '\t';
}

static inline bool ascii_is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool ascii_is_xdigit(uint32_t c)
{
	return ascii_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline char ascii_to_lower(char c)
{
	return ascii_is_upper((unsigned char)c) ? (char)(c - 'A' + 'a') : c;
}

#endif
