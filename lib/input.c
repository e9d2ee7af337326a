/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* input.c - what a document's bytes must be before the parser sees them: UTF-8, of a bounded size, with tags of bounded size. */
#include "input.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "error.h"
#include "utf8.h"
#include "xml_tag.h"

static unsigned int line_of(const char *xml, size_t offset, unsigned int *column)
{
	unsigned int line = 1;
	size_t start = 0;

	for (const char *at; (at = memchr(xml + start, '\n', offset - start)); start = (size_t)(at - xml) + 1)
		line++;
	*column = (unsigned int)(offset - start) + 1;
	return line;
}

/* The encoding that an XML declaration states, as a part of @xml; NULL where none does. Sets *@length. */
static const char *declared_encoding(const char *xml, size_t size, size_t *length)
{
	const char *end = size > 5 && memcmp(xml, "<?xml", 5) == 0 && is_xml_space(xml[5]) ? memmem(xml, size, "?>", 2) : NULL;
	const char *at = end ? memmem(xml, (size_t)(end - xml), "encoding", 8) : NULL;
	const char *close;

	if (!at)
		return NULL;
	at += 8;
	while (at < end && *at != '"' && *at != '\'')
		at++;
	close = at < end ? memchr(at + 1, *at, (size_t)(end - at - 1)) : NULL;
	if (!close)
		return NULL; /* not well-formed: the parser says where */
	*length = (size_t)(close - at - 1);
	return at + 1;
}

static bool starts_with(const char *xml, size_t length, const char *prefix, size_t prefix_length)
{
	return length >= prefix_length && memcmp(xml, prefix, prefix_length) == 0;
}

static int check_encoding(const char *xml, size_t length, struct nestxml_error *error)
{
	size_t mark = starts_with(xml, length, "\xef\xbb\xbf", 3) ? 3 : 0;
	size_t good = nestxml_utf8_span(xml, length);
	size_t name_length = 0;
	const char *name;
	unsigned int line;
	unsigned int column;

	if (starts_with(xml, length, "\xff\xfe", 2) || starts_with(xml, length, "\xfe\xff", 2))
		return nestxml_error_set(error, NESTXML_E_ENCODING,
					 "is UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8) and correct its XML declaration");
	if (good < length) {
		line = line_of(xml, good, &column);
		return nestxml_error_set_at(error, NESTXML_E_ENCODING, line, column,
					    "is not UTF-8: byte 0x%02x; convert it (iconv -t UTF-8)", (unsigned char)xml[good]);
	}
	name = declared_encoding(xml + mark, length - mark, &name_length);
	if (name && !(name_length == 5 && strncasecmp(name, "UTF-8", 5) == 0)) {
		char raw[32] = "";
		char shown[64];

		snprintf(raw, sizeof(raw), "%.*s", (int)(name_length < 31 ? name_length : 31), name);
		return nestxml_error_set_at(
			error, NESTXML_E_ENCODING, 1, 0,
			"declares its encoding as '%s', not UTF-8; convert it (iconv -t UTF-8) and correct its XML declaration",
			nestxml_text_escape(raw, shown, sizeof(shown)));
	}
	return 0;
}

/* Twenty times what any element of libvirt's has: libxml2 compares each attribute of a tag with every other. */
#define MAX_ATTRIBUTES ((size_t)512)

/*
 * Whether the tag that begins at @tag has too many attributes; these bytes hold no other '<'. Nothing else is checked. What only looks like
 * a tag, in a comment or CDATA, is treated as one only if it holds as many ="".
 */
static bool has_too_many_attributes(const char *tag, size_t length)
{
	size_t count = 0;

	if (length < 2 || tag[1] == '!' || tag[1] == '?' || is_xml_space(tag[1]))
		return false;
	for (const char *at = tag, *end = tag + length; at < end && *at != '>' && count <= MAX_ATTRIBUTES; at++) {
		const char *before = at - 1;

		if (*at != '"' && *at != '\'')
			continue;
		while (is_xml_space(*before))
			before--;
		count += *before == '=';
		at = memchr(at + 1, *at, (size_t)(end - at - 1));
		if (!at)
			break;
	}
	return count > MAX_ATTRIBUTES;
}

/*
 * In well-formed XML no tag contains a '<', and an attribute takes at least five bytes. So a tag with too many attributes begins at a '<'
 * that has no other one within the next 5 * MAX_ATTRIBUTES bytes. Where there is another one, all up to the last of them is skipped.
 */
static int check_tags(const char *xml, size_t length, struct nestxml_error *error)
{
	const char *end = xml + length;
	const size_t stride = 5 * MAX_ATTRIBUTES;
	const char *next;
	unsigned int line;
	unsigned int column;

	for (const char *at = memchr(xml, '<', length); at; at = next) {
		size_t left = (size_t)(end - at - 1);

		next = memrchr(at + 1, '<', left < stride ? left : stride);
		if (next)
			continue;
		next = left > stride ? memchr(at + 1 + stride, '<', left - stride) : NULL;
		if (has_too_many_attributes(at, (size_t)((next ? next : end) - at))) {
			line = line_of(xml, (size_t)(at - xml), &column);
			return nestxml_error_set_at(error, NESTXML_E_TOO_BIG, line, column, "has a tag with more than %zu attributes",
						    MAX_ATTRIBUTES);
		}
	}
	return 0;
}

int nestxml_input_check(const char *xml, size_t length, struct nestxml_error *error)
{
	int code;

	if (length > NESTXML_MAX_SIZE)
		return nestxml_error_set(error, NESTXML_E_TOO_BIG, "is larger than %zu MiB, which no domain's XML is",
					 NESTXML_MAX_SIZE >> 20);
	if (length == 0)
		return nestxml_error_set(error, NESTXML_E_SYNTAX, "is empty; expected what virsh dumpxml prints");
	code = check_encoding(xml, length, error);
	return code == 0 ? check_tags(xml, length, error) : code;
}
