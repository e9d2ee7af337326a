/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* elements.h - what scan.c and elements.c share of one pass over a document. */
#ifndef NESTXML_ELEMENTS_H
#define NESTXML_ELEMENTS_H

#include <libxml/parserInternals.h>

#include "domain.h"

/** More namespaces than any domain has, which is a handful; libxml2 searches them one by one. */
#define MAX_NAMESPACES 256

/** The branch below <domain> that the parser is in. */
enum branch { BRANCH_NONE, BRANCH_CPU, BRANCH_OS, BRANCH_METADATA, BRANCH_QEMU_COMMANDLINE, BRANCH_QEMU_OVERRIDE };

/** A pass. */
struct scan {
	struct nestxml_domain *domain;
	struct nestxml_error *error;
	int code; /* the first failure */
	xmlParserCtxt *parser;
	size_t read; /* bytes given to the parser */
	unsigned int depth;
	int namespaces;
	enum branch branch;
	struct nestxml_buffer *text; /* what character data is added to, or NULL */
	unsigned int text_depth;     /* the depth of the element that it belongs to */
	bool seen_name, seen_uuid, seen_os_type, seen_model, seen_metadata, seen_launch_security;
	const xmlChar *metadata_namespaces[MAX_NAMESPACES]; /* the parser's own strings, each once */
	bool misplaced; /* a tag was not where the parser said: our own error, unless the document turns out not to be well-formed */
};

/** Ends the pass with @code, unless an earlier failure has. */
void nestxml_scan_fail(struct scan *scan, int code);

void nestxml_scan_fail_nomem(struct scan *scan);

/** An element begins, at the pass's depth. */
void nestxml_scan_start(struct scan *scan, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, const xmlChar **attributes,
			int count);

/** The element at the pass's depth ends. */
void nestxml_scan_end(struct scan *scan);

/** Character data in the element at the pass's depth. */
void nestxml_scan_text(struct scan *scan, const xmlChar *text, int length);

#endif
