/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scan.c - one SAX pass of libxml2 over the whole document: proves it well-formed, and builds no tree. A handler collects what
 * it needs: elements.c a domain's facts.
 */
#include "scan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "libxml.h"
#include "macros.h"

/*
 * libxml2 looks names up one by one, or in a table that does not grow: a document full of different names would take minutes (2.9.14,
 * measured). libvirt's whole schema has 20 KiB of them.
 */
#define MAX_NAMES 1024 /* KiB of different names */
#define MAX_DEPTH 256  /* libxml2's own, without XML_PARSE_HUGE (xmlParserMaxDepth) */

void nestxml_scan_fail(struct scan *scan, int code)
{
	if (scan->code == 0)
		scan->code = code;
}

void nestxml_scan_fail_nomem(struct scan *scan)
{
	nestxml_scan_fail(scan, nestxml_error_set_nomem(scan->error));
}

bool nestxml_scan_append(struct scan *scan, struct nestxml_buffer *buffer, const void *text, size_t length)
{
	if (nestxml_buffer_add(buffer, text, length))
		return true;
	nestxml_scan_fail_nomem(scan);
	return false;
}

/* The last call of a callback: stopping releases the input, into which the callback's arguments point. */
static void stop_if_failed(struct scan *scan)
{
	if (scan->code != 0)
		sym_xmlStopParser(scan->parser);
}

/* ---- libxml2's callbacks ---- */

/* Sets the limit before the first name is read, and no earlier: when it begins, libxml2 2.15 sets one of its own. */
static void on_start_document(void *data)
{
	struct scan *scan = data;

	sym_xmlDictSetLimit(scan->parser->dict, (size_t)MAX_NAMES << 10);
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces_count,
		     const xmlChar **namespaces, int attributes_count, int defaulted_count, const xmlChar **attributes)
{
	struct scan *scan = data;

	(void)namespaces;
	(void)defaulted_count;
	scan->depth++;
	scan->namespaces += namespaces_count;
	if (scan->code == 0 && scan->namespaces > scan->handler->max_namespaces)
		nestxml_scan_fail(scan, nestxml_error_set(scan->error, NESTXML_E_TOO_BIG, "declares more than %d namespaces",
							  scan->handler->max_namespaces));
	if (scan->code == 0 && scan->handler->start)
		scan->handler->start(scan, name, prefix, uri, attributes, attributes_count);
	stop_if_failed(scan);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct scan *scan = data;

	(void)name;
	(void)prefix;
	(void)uri;
	if (scan->code == 0 && scan->handler->end)
		scan->handler->end(scan);
	scan->depth--;
}

static void on_text(void *data, const xmlChar *text, int length)
{
	struct scan *scan = data;

	if (scan->code == 0 && scan->handler->text)
		scan->handler->text(scan, text, (size_t)length);
	stop_if_failed(scan);
}

/* libxml2 2.9 limits the length of a comment only if there is a callback. */
static void on_comment(void *data, const xmlChar *text)
{
	(void)data;
	(void)text;
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
	struct scan *scan = data;

	(void)name;
	(void)external_id;
	(void)system_id;
	if (scan->code == 0)
		nestxml_scan_fail(scan, nestxml_error_set_at(
						scan->error, NESTXML_E_DTD, (unsigned int)sym_xmlSAX2GetLineNumber(scan->parser), 0,
						"has a document type declaration (<!DOCTYPE>), which libvirt's XML never has; remove it"));
	stop_if_failed(scan);
}

/* Whether libxml2's message is about one of its limits, and not about the syntax. libvirt has the same limits. */
static bool is_limit(const char *words)
{
	static const char *const limits[] = {"too big", "too long", "Excessive depth", "Resource limit"};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (strstr(words, limits[i]))
			return true;
	return false;
}

static void cut_off(char *words, const char *from)
{
	char *found = strstr(words, from);

	if (found)
		*found = '\0';
}

/* libxml2's words, without its advice to programmers, ready for a terminal. */
static void show_problem(LIBXML_ERROR *problem, char shown[static 200])
{
	char raw[200];

	snprintf(raw, sizeof(raw), "%s", problem->message ? problem->message : "");
	cut_off(raw, "\n");
	cut_off(raw, " use XML_PARSE_HUGE");
	cut_off(raw, ", try XML_PARSE_HUGE");
	nestxml_text_escape(raw, shown, 200);
}

static void on_error(void *data, LIBXML_ERROR *problem)
{
	struct scan *scan = data;
	unsigned int line = problem->line > 0 ? (unsigned int)problem->line : 0;
	unsigned int column = problem->int2 > 0 ? (unsigned int)problem->int2 : 0;
	char shown[200];

	if (scan->code != 0 || problem->level < XML_ERR_ERROR)
		return;
	/*
	 * An undeclared prefix is no error to libvirt either: it is part of the name. And libxml2 2.9 calls a namespace empty that it had
	 * no memory for.
	 */
	if (problem->domain == XML_FROM_NAMESPACE) {
		if (errno == ENOMEM)
			nestxml_scan_fail_nomem(scan);
		return;
	}
	if (problem->code == XML_ERR_NO_MEMORY) {
		/* Too many names, or out of memory: libxml2's room for names grows fourfold, so it may run out far below the limit. */
		if (scan->parser && sym_xmlDictGetUsage(scan->parser->dict) > ((size_t)MAX_NAMES << 10) / 8) {
			nestxml_scan_fail(scan,
					  nestxml_error_set(scan->error, NESTXML_E_TOO_BIG, "has more than %d KiB of names", MAX_NAMES));
			stop_if_failed(scan);
		} else {
			nestxml_scan_fail_nomem(scan);
		}
		return;
	}
	show_problem(problem, shown);
	if (is_limit(shown))
		scan->code =
			nestxml_error_set_at(scan->error, NESTXML_E_SYNTAX, line, column,
					     "is more than libxml2 reads: %s (its limits: %d bytes of a comment or value, %d of a name, "
					     "%d levels)",
					     shown, XML_MAX_TEXT_LENGTH, XML_MAX_NAME_LENGTH, MAX_DEPTH);
	else
		scan->code = nestxml_error_set_at(scan->error, NESTXML_E_SYNTAX, line, column,
						  "is not well-formed XML: %s; correct it there", shown);
}

static int on_read(void *data, char *buffer, int size)
{
	struct scan *scan = data;
	size_t left = scan->length - scan->read;
	size_t count = (size_t)size < left ? (size_t)size : left;

	if (scan->code != 0) /* the first failure decides: let the parser believe that the document ends here */
		return 0;
	memcpy(buffer, scan->xml + scan->read, count);
	scan->read += count;
	return (int)count;
}

static void parse(struct scan *scan)
{
	xmlDoc *tree;

	scan->parser = sym_xmlNewParserCtxt();
	if (!scan->parser) {
		scan->code = nestxml_error_set_nomem(scan->error);
		return;
	}
	memset(scan->parser->sax, 0, sizeof(*scan->parser->sax));
	scan->parser->sax->initialized = XML_SAX2_MAGIC;
	scan->parser->sax->startDocument = on_start_document;
	scan->parser->sax->startElementNs = on_start;
	scan->parser->sax->endElementNs = on_end;
	scan->parser->sax->characters = on_text;
	scan->parser->sax->cdataBlock = on_text;
	scan->parser->sax->comment = on_comment;
	scan->parser->sax->internalSubset = on_doctype;
	scan->parser->sax->serror = on_error;
	scan->parser->userData = scan;
	/*
	 * Read through a callback, since libxml2 would copy the whole of a document in memory. Its limits on depth and length stay, as in
	 * libvirt.
	 */
	tree = sym_xmlCtxtReadIO(scan->parser, on_read, NULL, scan, NULL, NULL, XML_PARSE_NONET);
	if (scan->code == 0 && scan->read == 0) /* there was no memory to begin with */
		scan->code = nestxml_error_set_nomem(scan->error);
	if (scan->code == 0 && !scan->parser->wellFormed)
		scan->code = nestxml_error_set(scan->error, NESTXML_E_SYNTAX, "is not well-formed XML; correct it");
	sym_xmlFreeDoc(tree);
	sym_xmlFreeParserCtxt(scan->parser);
}

int nestxml_scan(struct scan *scan, const struct scan_handler *handler, const char *xml, size_t length, struct nestxml_error *error)
{
	struct libxml_handler error_handler = {on_error, scan};
	int code = nestxml_libxml_load(error);

	if (code != 0)
		return code;
	scan->handler = handler;
	scan->xml = xml;
	scan->length = length;
	scan->error = error;
	nestxml_libxml_swap_handler(&error_handler);
	errno = 0;
	parse(scan);
	nestxml_libxml_swap_handler(&error_handler);
	return scan->code;
}
