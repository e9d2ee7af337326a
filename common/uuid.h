/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uuid.h - a UUID as libvirt takes it: with and without its hyphens, in either case. */
#ifndef NESTXML_UUID_H
#define NESTXML_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ascii.h"

/** Its 32 digits alone, in lower case. */
struct uuid {
	char digits[33];
};

/** Reads @text. False: it is no UUID, and @uuid is then undefined. */
static inline bool uuid_read(const char *text, struct uuid *uuid)
{
	size_t length = 0;

	for (; *text; text++) {
		if (*text == '-')
			continue;
		if (!ascii_is_xdigit((unsigned char)*text) || length == sizeof(uuid->digits) - 1)
			return false;
		uuid->digits[length++] = ascii_to_lower(*text);
	}
	uuid->digits[length] = '\0';
	return length == sizeof(uuid->digits) - 1;
}

static inline bool uuid_is_equal(const struct uuid *left, const struct uuid *right)
{
	return strcmp(left->digits, right->digits) == 0;
}

#endif
