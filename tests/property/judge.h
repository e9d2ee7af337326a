/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * judge.h - says whether a rewritten domain is what was asked for, and knows nothing of how it was made.
 *
 * It reads DESIGN 3.1 again with libxml2's trees, XPath and C14N and a small scanner of its own, so that a mistake in the library's single
 * pass is not made here once more. The property test and the fuzz target ask it.
 */
#ifndef NESTXML_JUDGE_H
#define NESTXML_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

/** What is asked of the library. */
struct judge_wish {
	enum nestxml_nested nested;
	enum nestxml_mode mode;
	enum nestxml_vendor vendor;
};

/** One document, read once, and the last complaint about what became of it. */
struct judge;

/** @xml is borrowed. NULL: libxml2 does not accept it as a well-formed domain without a DTD (or there is no memory). */
struct judge *judge_new(const char *xml, size_t length);
void judge_free(struct judge *judge);

/** Whether libxml2 has nothing to object to, not even an undeclared prefix: the library is then to take it too. */
bool judge_is_plain(const struct judge *judge);

/** Whether the document says what is wished already, so that there is nothing to do. */
bool judge_is_right(const struct judge *judge, const struct judge_wish *wish);

/** Whether the CPU states what the hook asks for (DESIGN 3.4): its own feature, and for `optional` at least that. */
bool judge_is_stated(const struct judge *judge, const struct judge_wish *wish);

/** How many wishes there are: each of nested, mode and vendor with each of the others. */
#define JUDGE_WISHES 24
/** Wish number @index, below JUDGE_WISHES. */
struct judge_wish judge_wish_get(unsigned int index);
/** "nested=... mode=... vendor=...", into @buffer. */
const char *judge_wish_to_string(const struct judge_wish *wish, char *buffer, size_t size);

/**
 * Lets the library rewrite the document, twice, and judges what comes out. False: judge_get_reason() says what is wrong with it.
 * @edits (may be NULL) becomes the number of edits of the first run; a refusal that is right counts as none.
 */
bool judge_rewrite(struct judge *judge, const struct judge_wish *wish, size_t *edits);

/** What was wrong; with what the library wrote, if it wrote something: @xml is borrowed and may be NULL. */
const char *judge_get_reason(const struct judge *judge);
const char *judge_get_output(const struct judge *judge, size_t *length);

#endif
