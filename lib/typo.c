/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* typo.c - finds what cannot be meant in a policy file: a pattern that would silently match no guest, or the wrong ones. Pure. */
#include "typo.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "glob.h"
#include "macros.h"
#include "utf8.h"
#include "uuid.h"

/* ---- characters that do not show ---- */

/*
 * Unicode 15's spaces except ASCII's, its letters without a shape, and its characters that are shown as nothing (White_Space,
 * Default_Ignorable_Code_Point). U+FE00 to U+FE0F are not among them: they stand in names of emoji.
 */
static bool is_unseen(uint32_t character)
{
	static const struct {
		uint32_t low;
		uint32_t high;
	} ranges[] = {{0x80, 0xa0},	{0xad, 0xad},	  {0x34f, 0x34f},     {0x61c, 0x61c},	  {0x115f, 0x1160},
		      {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x2000, 0x200f},	  {0x2028, 0x202f},
		      {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000},   {0x3164, 0x3164},	  {0xfeff, 0xfeff},
		      {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (character >= ranges[i].low && character <= ranges[i].high)
			return true;
	return false;
}

bool nestxml_has_unseen(const char *text, size_t length)
{
	for (size_t step; length > 0; text += step, length -= step) {
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return true;
		step = (unsigned char)*text < 0x80 ? 1 : nestxml_utf8_length(text, length);
		if (step == 0 || (step > 1 && is_unseen(nestxml_utf8_decode(text, step))))
			return true;
	}
	return false;
}

/* ---- a guest's name, a glob or a UUID ---- */

/* A few digits too many or too few. */
static bool is_nearly_uuid(const char *pattern)
{
	size_t hyphens = 0;
	size_t digits = 0;

	for (const char *at = pattern; *at; at++) {
		hyphens += *at == '-';
		digits += ascii_is_xdigit((unsigned char)*at);
	}
	return hyphens == 4 && hyphens + digits == strlen(pattern) && digits != 32 && digits >= 28 && digits <= 36;
}

/* As other programs write a UUID: {UUID}, urn:uuid:UUID, "UUID:  ..." of virsh dominfo. */
static bool is_decorated_uuid(const char *pattern)
{
	static const char *const decorations[] = {"{", "urn:uuid:", "uuid:", "uuid="};

	for (size_t i = 0; i < ARRAY_SIZE(decorations); i++) {
		const size_t length = strlen(decorations[i]);
		const char *rest = pattern + length;
		char uuid[40];
		struct uuid ignored;

		if (strncasecmp(pattern, decorations[i], length) != 0)
			continue;
		rest += strspn(rest, " \t");
		snprintf(uuid, sizeof(uuid), "%.*s", (int)strcspn(rest, "}"), rest);
		if (uuid_read(uuid, &ignored) && (!rest[strlen(uuid)] || strcmp(rest + strlen(uuid), "}") == 0))
			return true;
	}
	return false;
}

const char *nestxml_pattern_find_typo(const char *pattern)
{
	if (is_decorated_uuid(pattern))
		return "it is a UUID with something around it; write the UUID alone";
	if (is_nearly_uuid(pattern))
		return "it looks like a UUID, but does not have 32 digits; if it is a name, write ? for one of its characters";
	/* libvirt refuses such a name. */
	if (strchr(pattern, '/'))
		return "no guest's name has a '/'; a section about metadata is [guest metadata:NAMESPACE PATH=GLOB]";
	return nestxml_glob_find_typo(pattern);
}

/* ---- a namespace ---- */

/* Whether it is neither quoted nor escaped, and has nothing but a blank after it. A comma within a namespace is part of it. */
bool nestxml_is_namespace(const char *word, size_t length)
{
	return !nestxml_has_unseen(word, length) && strcspn(word, "\"'<>") >= length && !strchr(",;", word[length - 1]) &&
	       !memmem(word, length, ",!", 2) && !memmem(word, length, "&amp;", 5);
}
