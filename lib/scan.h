/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan.h - one pass of libxml2 over a document. */
#ifndef NESTXML_SCAN_H
#define NESTXML_SCAN_H

#include <libxml/parserInternals.h>

#include <nestxml/nestxml.h>

#include "buffer.h"

/** More namespaces than any domain has, which is a handful. */
#define MAX_NAMESPACES 256

/**
 * Callbacks for what a document contains, called in its order (each may be NULL), and a limit. @data is the struct scan that
 * nestxml_scan() was given: the first member of what a handler keeps.
 */
struct scan_handler {
	/** An element begins, at scan->depth. @attributes has five pointers for each of @count (libxml2's startElementNsSAX2Func). */
	void (*start)(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes, int count);
	/** The element at scan->depth ends. */
	void (*end)(void *data);
	/** Character data or a CDATA section in the element at scan->depth, perhaps a part of it. */
	void (*text)(void *data, const xmlChar *text, size_t length);
	/** A document that declares more of them is refused: libxml2 searches them one by one. */
	int max_namespaces;
};

/** A pass. Starts zeroed. */
struct scan {
	const struct scan_handler *handler;
	const char *xml;
	size_t length;
	struct nestxml_error *error;
	int code; /* the first failure */
	xmlParserCtxt *parser;
	size_t read; /* bytes given to the parser */
	unsigned int depth;
	int namespaces;
};

/** Parses @xml and calls @handler, until the end or the first failure. Returns 0 or what nestxml_domain_new() does. */
int nestxml_scan(struct scan *scan, const struct scan_handler *handler, const char *xml, size_t length, struct nestxml_error *error);

/** Ends the pass with @code, unless an earlier failure has. */
void nestxml_scan_fail(struct scan *scan, int code);

/** The same with "out of memory". */
void nestxml_scan_fail_nomem(struct scan *scan);

/** Appends to @buffer; false: out of memory, which ends the pass. */
bool nestxml_scan_append(struct scan *scan, struct nestxml_buffer *buffer, const void *text, size_t length);

#endif
