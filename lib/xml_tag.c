/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_tag.c - finds attributes and indentation in bytes that the parser has proven well-formed, so nothing is checked again. */
#include "xml_tag.h"

#include <string.h>

bool is_xml_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t xml_restore_ampersands(char *text, size_t length)
{
	static const char written[] = "&#38;";
	const size_t size = sizeof(written) - 1;
	size_t used = 0;

	if (!memchr(text, '&', length))
		return length;
	for (size_t i = 0; i < length; i += length - i >= size && memcmp(text + i, written, size) == 0 ? size : 1)
		text[used++] = text[i];
	return used;
}

static size_t skip_space(const char *xml, size_t at)
{
	while (is_xml_space(xml[at]))
		at++;
	return at;
}

static size_t skip_name(const char *xml, size_t at)
{
	while (!is_xml_space(xml[at]) && xml[at] != '=' && xml[at] != '>' && xml[at] != '/')
		at++;
	return at;
}

size_t xml_tag_name_end(const char *xml, size_t start)
{
	return skip_name(xml, start + 1);
}

/*
 * By the local name, whatever its prefix: see find_attribute() in elements.c. `x::mode` and `:mode` are no names with a prefix to libxml2,
 * but names as they stand.
 */
static bool is_named(const char *xml, struct xml_span written, const char *name)
{
	static const char declaration[] = "xmlns";
	size_t length = strlen(name);
	size_t prefix = written.end - written.start - length; /* with its colon */
	const char *start = xml + written.start;

	if (written.end - written.start < length || memcmp(xml + written.end - length, name, length) != 0)
		return false;
	if (prefix == 0)
		return true;
	if (prefix == 1 || memchr(start, ':', prefix) != start + prefix - 1)
		return false;
	return prefix != sizeof(declaration) || memcmp(start, declaration, prefix - 1) != 0;
}

bool xml_tag_find_attribute(const char *xml, size_t start, const char *name, struct xml_attribute *attribute)
{
	size_t at = xml_tag_name_end(xml, start);

	for (;;) {
		size_t whole = at;
		size_t name_start = skip_space(xml, at);
		size_t name_end = skip_name(xml, name_start);
		size_t open;
		size_t close;

		if (name_end == name_start) /* at '>' or '/' */
			return false;
		open = skip_space(xml, skip_space(xml, name_end) + 1); /* after the '=' */
		close = open + 1;
		while (xml[close] != xml[open])
			close++;
		if (!name || is_named(xml, (struct xml_span){name_start, name_end}, name)) {
			*attribute = (struct xml_attribute){{whole, close + 1}, {open + 1, close}, xml[open]};
			return true;
		}
		at = close + 1;
	}
}

bool xml_line_indentation(const char *xml, size_t at, struct xml_span *indentation)
{
	size_t start = at;

	while (start > 0 && (xml[start - 1] == ' ' || xml[start - 1] == '\t'))
		start--;
	if (start == 0 || xml[start - 1] != '\n')
		return false;
	*indentation = (struct xml_span){start, at};
	return true;
}
