/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prescan.c - whether a guest's XML says nothing about nesting, told without a parser. That is the case for most starts on most hosts.
 *
 * When in doubt, the answer is no, and the XML is parsed: where a character reference, a declaration or another encoding might hide a word.
 */
#include "prescan.h"

#include <string.h>

#include "buffer.h"
#include "macros.h"
#include "vendor.h"

/* memmem() takes several times as long for words this short (tests/bench). A word has at least two characters. */
static bool has(const char *xml, size_t length, const char *word)
{
	const char *end = xml + length;
	size_t word_length = strlen(word);

	for (const char *at = xml; (at = memchr(at, *word, (size_t)(end - at))); at++)
		if ((size_t)(end - at) >= word_length && at[1] == word[1] && memcmp(at, word, word_length) == 0)
			return true;
	return false;
}

/* Whether the document is about the guest @name: libvirt writes its name so where it needs no escaping. */
static bool has_name(const char *xml, size_t length, const char *name)
{
	AUTO_BUFFER struct nestxml_buffer element = {0};

	if (name[strcspn(name, "<>&'\"\r\n")] != '\0')
		return false;
	return nestxml_buffer_add_string(&element, "<name>") && nestxml_buffer_add_string(&element, name) &&
	       nestxml_buffer_add_string(&element, "</name>") && memmem(xml, length, element.data, element.length);
}

/* Catches half a document; that does not prove it well-formed. */
static bool is_whole(const char *xml, size_t length)
{
	static const char end[] = "</domain>";

	while (length > 0 && strchr(" \t\r\n", xml[length - 1]))
		length--;
	return length > sizeof(end) - 1 && length <= NESTXML_MAX_SIZE && memcmp(xml, "<domain ", sizeof("<domain ") - 1) == 0 &&
	       memcmp(xml + length - (sizeof(end) - 1), end, sizeof(end) - 1) == 0;
}

bool nestxml_prescan_is_silent(const char *name, const char *xml, size_t length)
{
	static const char *const words[] = {NESTXML_METADATA_NAMESPACE, "&#", "<!"}; /* the last two may hide a word */

	if (!is_whole(xml, length) || memchr(xml, '\0', length) || !has_name(xml, length, name))
		return false;
	FOR_EACH_VENDOR(vendor)
		if (has(xml, length, nestxml_vendor_feature(vendor)))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (has(xml, length, words[i]))
			return false;
	return true;
}
