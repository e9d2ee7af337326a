/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* utf8.c - which bytes are UTF-8 (RFC 3629). */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

uint32_t nestxml_utf8_decode(const char *text, size_t length)
{
	uint32_t character = (unsigned char)*text;

	if (length > 1)
		character &= 0x7fU >> length;
	for (size_t i = 1; i < length; i++)
		character = character << 6 | ((unsigned char)text[i] & 0x3f);
	return character;
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
