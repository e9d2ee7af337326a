/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* document.c - whether two documents that libvirt wrote are of the same definition. Pure. */
#include "document.h"

#include <string.h>

#include "macros.h"
#include "xml_tag.h"

/* A document as it is read from one significant byte to the next. */
struct reader {
	struct span left;
	const char *tag; /* the name of the tag that it is in; NULL: between two tags */
	char quote;	 /* of the attribute's value that it is in; 0: of none */
	bool after_tag;	 /* nothing but whitespace since the last tag */
};

static bool starts_with(struct span text, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(text.end - text.at) >= length && memcmp(text.at, word, length) == 0;
}

static struct span skip_space(struct span text)
{
	while (text.at < text.end && is_xml_space(*text.at))
		text.at++;
	return text;
}

/* After an attribute that libvirt writes only sometimes; @text.at itself if none follows. */
static const char *skip_attribute(struct span text, const char *tag)
{
	static const struct {
		const char *tag;
		const char *attribute;
	} occasional[] = {{"domain ", "id='"}, {"graphics ", "passwd='"}};
	struct span attribute = skip_space(text);

	for (size_t i = 0; attribute.at > text.at && i < ARRAY_SIZE(occasional); i++) {
		const char *value = attribute.at + strlen(occasional[i].attribute);
		const char *close;

		if (!starts_with((struct span){tag, text.end}, occasional[i].tag) || !starts_with(attribute, occasional[i].attribute))
			continue;
		close = memchr(value, '\'', (size_t)(text.end - value));
		return close ? close + 1 : text.at;
	}
	return text.at;
}

/* Past what does not count. */
static void skip(struct reader *reader)
{
	if (!reader->tag && reader->after_tag) {
		struct span rest = skip_space(reader->left);

		if (rest.at == rest.end || *rest.at == '<')
			reader->left = rest;
	} else if (reader->tag && !reader->quote && !is_xml_space(reader->left.at[-1])) {
		reader->left.at = skip_attribute(reader->left, reader->tag);
	}
}

/* The next byte; -1: the end. */
static int next(struct reader *reader)
{
	char c;

	skip(reader);
	if (reader->left.at == reader->left.end)
		return -1;
	c = *reader->left.at++;
	reader->after_tag = false;
	if (reader->quote) {
		if (c == reader->quote)
			reader->quote = 0;
	} else if (!reader->tag) {
		if (c == '<')
			reader->tag = reader->left.at;
	} else if (c == '>') {
		reader->tag = NULL;
		reader->after_tag = true;
	} else if (c == '\'' || c == '"') {
		reader->quote = c;
	}
	return (unsigned char)c;
}

bool nestxml_document_is_same(struct span a, struct span b)
{
	struct reader left = {.left = a, .after_tag = true};
	struct reader right = {.left = b, .after_tag = true};
	int c;

	do {
		c = next(&left);
		if (c != next(&right))
			return false;
	} while (c >= 0);
	return true;
}
