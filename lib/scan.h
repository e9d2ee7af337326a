/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan.h - one pass of libxml2 over a document. */
#ifndef NESTXML_SCAN_H
#define NESTXML_SCAN_H

#include <libxml/parserInternals.h>

#include <nestxml/nestxml.h>

/** More namespaces than any domain has, which is a handful; libxml2 searches them one by one. */
#define MAX_NAMESPACES 256

/** What is told of a document's contents, in their order. @data is the pass, which may be the first member of what collects them. */
struct scan_handler {
	/** An element begins, at the pass's depth. @attributes has five pointers for each of @count (libxml2's startElementNsSAX2Func). */
	void (*start)(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes, int count);
	/** The element at the pass's depth ends. */
	void (*end)(void *data);
	/** Character data in the element at the pass's depth, perhaps a part of it. */
	void (*text)(void *data, const xmlChar *text, size_t length);
	/** A processing instruction, or a comment, whose @target is empty. If this is NULL, they are passed over. */
	void (*other)(void *data, const xmlChar *target, const xmlChar *text);
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
	const xmlChar **declared; /* by the tag that begins: of each namespace its prefix, or NULL, and itself */
	int declared_count;
};

/** Tells @handler of the document, until its end or the first failure. Returns 0 or, as nestxml_domain_new(), why it failed. */
int nestxml_scan(struct scan *scan, const struct scan_handler *handler, const char *xml, size_t length, struct nestxml_error *error);

/** Ends the pass with @code, unless an earlier failure has. */
void nestxml_scan_fail(struct scan *scan, int code);

void nestxml_scan_fail_nomem(struct scan *scan);

#endif
