/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.c - whether two documents that libvirt wrote describe the same definition. Pure.
 *
 * They are compared byte by byte and not parsed into trees: for metadata that a tenant has crafted for the purpose, libxml2 2.9 needs
 * quadratic time to build a tree, and fifty times the document's size in memory (tried).
 */
#include "document.h"

#include <string.h>

#include "macros.h"
#include "xml_tag.h"

/* Reads a document from one significant byte to the next. */
struct reader {
	struct span left;
	const char *tag;	    /* the '<' of the tag that it is in; NULL: between two tags */
	char quote;		    /* of the attribute's value that it is in; 0: of none */
	bool after_tag;		    /* nothing but whitespace since the last tag */
	const char *end;	    /* of the comment or the like that it is in; NULL: of none */
	const char *root;	    /* the '<' of the first tag */
	const char *after_metadata; /* from here on nothing is a tenant's choice */
};

static bool starts_with(struct span text, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(text.end - text.at) >= length && memcmp(text.at, word, length) == 0;
}

/* The place after the first @word; NULL: there is none. */
static const char *find_after(struct span text, const char *word)
{
	const char *found = memmem(text.at, (size_t)(text.end - text.at), word, strlen(word));

	return found ? found + strlen(word) : NULL;
}

/* The place after whitespace that indents a tag or ends the document; @text.at itself if the whitespace is part of a text. */
static const char *skip_indentation(struct span text)
{
	const char *at = text.at;

	while (at < text.end && is_xml_space(*at))
		at++;
	return at == text.end || *at == '<' ? at : text.at;
}

/*
 * The place after what makes no difference after a tag: indentation, and from @after_metadata on a network disk's cookies, which libvirt
 * treats as a secret.
 */
static const char *skip_after_tag(struct span text, const char *after_metadata)
{
	const char *end;

	text.at = skip_indentation(text);
	if (text.at < after_metadata || !starts_with(text, "<cookies>"))
		return text.at;
	end = find_after(text, "</cookies>");
	return end ? skip_indentation((struct span){end, text.end}) : text.at;
}

/* The place after an attribute that libvirt writes only sometimes; @text.at itself if none follows. */
static const char *skip_attribute(struct span text, const char *tag)
{
	static const char *const occasional[][2] = {{"<domain ", " id='"}, {"<graphics ", " passwd='"}};

	for (size_t i = 0; i < ARRAY_SIZE(occasional); i++) {
		const char *value = text.at + strlen(occasional[i][1]);
		const char *close;

		if (!starts_with((struct span){tag, text.end}, occasional[i][0]) || !starts_with(text, occasional[i][1]))
			continue;
		close = memchr(value, '\'', (size_t)(text.end - value));
		return close ? close + 1 : text.at;
	}
	return text.at;
}

/*
 * The end of the comment, CDATA section or processing instruction that begins here, in which quotes and '<' have no meaning. NULL: none
 * begins. libvirt keeps those in <metadata>.
 */
static const char *find_end(struct span text)
{
	static const char *const marks[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *end;

		if (!starts_with(text, marks[i][0]))
			continue;
		end = find_after((struct span){text.at + strlen(marks[i][0]), text.end}, marks[i][1]);
		return end ? end : text.end;
	}
	return NULL;
}

/* The next byte of a comment or the like. Its end counts as the end of a tag. */
static int next_of_opaque(struct reader *reader)
{
	unsigned char c = (unsigned char)*reader->left.at++;

	if (reader->left.at == reader->end) {
		reader->end = NULL;
		reader->after_tag = true;
	}
	return c;
}

/* The next byte; -1: the end. */
static int next(struct reader *reader)
{
	char c;

	if (reader->end)
		return next_of_opaque(reader);
	if (reader->after_tag)
		reader->left.at = skip_after_tag(reader->left, reader->after_metadata);
	else if (reader->tag && !reader->quote && (reader->tag == reader->root || reader->tag >= reader->after_metadata))
		reader->left.at = skip_attribute(reader->left, reader->tag);
	if (reader->left.at == reader->left.end)
		return -1;
	if (!reader->tag && (reader->end = find_end(reader->left)))
		return next_of_opaque(reader);
	c = *reader->left.at++;
	reader->after_tag = reader->tag && !reader->quote && c == '>';
	if (reader->quote)
		reader->quote = c == reader->quote ? 0 : reader->quote;
	else if (reader->tag && (c == '\'' || c == '"'))
		reader->quote = c;
	else if (reader->after_tag)
		reader->tag = NULL;
	else if (c == '<')
		reader->tag = reader->left.at - 1;
	return (unsigned char)c;
}

/*
 * Where the metadata ends; the start of @text if there is none. Outside the metadata libvirt escapes '<' in every text, so the last
 * "</metadata>" is the real one.
 */
static const char *find_end_of_metadata(struct span text)
{
	const char *found;

	while ((found = find_after(text, "</metadata>")))
		text.at = found;
	return text.at;
}

static struct reader make_reader(struct span text)
{
	return (struct reader){
		.left = text, .after_tag = true, .root = skip_indentation(text), .after_metadata = find_end_of_metadata(text)};
}

bool nestxml_document_is_same(struct span a, struct span b)
{
	struct reader left = make_reader(a);
	struct reader right = make_reader(b);
	int c;

	do {
		c = next(&left);
		if (c != next(&right))
			return false;
	} while (c >= 0);
	return true;
}
