/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* view.c - reads a document twice: as libxml2's tree, and for the places of its elements. */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

/* ---- the places of elements, found by hand: well-formed and without a DTD, there are only these kinds of markup ---- */

static size_t skip_past(const char *xml, size_t length, size_t at, const char *end)
{
	const char *found = memmem(xml + at, length - at, end, strlen(end));

	return found ? (size_t)(found - xml) + strlen(end) : length;
}

static size_t skip_tag(const char *xml, size_t length, size_t at)
{
	char quote = '\0';

	for (; at < length; at++) {
		if (quote) {
			if (xml[at] == quote)
				quote = '\0';
		} else if (xml[at] == '"' || xml[at] == '\'') {
			quote = xml[at];
		} else if (xml[at] == '>') {
			return at + 1;
		}
	}
	return length;
}

enum markup { MARKUP_NONE, MARKUP_OPEN, MARKUP_CLOSE, MARKUP_EMPTY };

/* The next tag from *@at on; *@at becomes its end. */
static enum markup next_tag(const char *xml, size_t length, size_t *at, size_t *start)
{
	while (*at < length) {
		const char *found = memchr(xml + *at, '<', length - *at);

		if (!found)
			break;
		*start = (size_t)(found - xml);
		if (strncmp(found, "<!--", 4) == 0) {
			*at = skip_past(xml, length, *start + 4, "-->");
		} else if (strncmp(found, "<![CDATA[", 9) == 0) {
			*at = skip_past(xml, length, *start, "]]>");
		} else if (found[1] == '?') {
			*at = skip_past(xml, length, *start, "?>");
		} else {
			*at = skip_tag(xml, length, *start);
			if (found[1] == '/')
				return MARKUP_CLOSE;
			return xml[*at - 2] == '/' ? MARKUP_EMPTY : MARKUP_OPEN;
		}
	}
	return MARKUP_NONE;
}

/*
 * The range of the element that begins at or after @from, and those of its element children: at most @capacity of them into @children.
 * Returns their number.
 */
static size_t find_children(const char *xml, size_t length, size_t from, struct range *element, struct range *children, size_t capacity)
{
	size_t at = from;
	size_t depth = 0;
	size_t count = 0;
	size_t start = 0;
	enum markup markup;

	while ((markup = next_tag(xml, length, &at, &start)) != MARKUP_NONE) {
		struct range *child = count < capacity ? &children[count] : NULL;

		if (depth == 0)
			element->start = start;
		else if (depth == 1 && markup != MARKUP_CLOSE && child)
			child->start = start;
		depth += markup == MARKUP_OPEN;
		depth -= markup == MARKUP_CLOSE;
		if (depth == 0)
			break;
		if (depth == 1 && (markup == MARKUP_CLOSE || (markup == MARKUP_EMPTY))) {
			if (child)
				child->end = at;
			count++;
		}
	}
	element->end = at;
	return count;
}

/* ---- a view ---- */

bool view_is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && !node->ns && strcmp((const char *)node->name, name) == 0;
}

static size_t count_elements(xmlNode *parent)
{
	return xmlChildElementCount(parent);
}

static bool place_cpu(struct view *view)
{
	size_t count = count_elements(view->root);
	struct range *ranges = calloc(count + 1, sizeof(*ranges));
	size_t index = 0;
	bool found;

	if (!ranges)
		return false;
	found = find_children(view->xml, view->length, 0, &view->root_range, ranges, count) == count;
	for (xmlNode *node = xmlFirstElementChild(view->root); node && !view->cpu; node = xmlNextElementSibling(node), index++) {
		if (view_is_element(node, "cpu")) {
			view->cpu = node;
			view->cpu_range = ranges[index];
		}
	}
	free(ranges);
	return found;
}

static bool place_children(struct view *view)
{
	struct range *ranges;
	struct range ignored;
	size_t index = 0;
	bool found;

	view->count = count_elements(view->cpu);
	ranges = calloc(view->count + 1, sizeof(*ranges));
	view->children = calloc(view->count + 1, sizeof(*view->children));
	found = ranges && view->children &&
		find_children(view->xml, view->length, view->cpu_range.start, &ignored, ranges, view->count) == view->count &&
		ignored.end == view->cpu_range.end;
	for (xmlNode *node = found ? xmlFirstElementChild(view->cpu) : NULL; node; node = xmlNextElementSibling(node), index++)
		view->children[index] = (struct child){node, ranges[index]};
	free(ranges);
	return found;
}

void view_close(struct view *view)
{
	xmlFreeDoc(view->tree);
	free(view->children);
}

/* libxml2 2.12 made the error const. */
#if LIBXML_VERSION >= 21200
static void ignore_error(void *data, const xmlError *error)
#else
static void ignore_error(void *data, xmlError *error)
#endif
{
	(void)data;
	(void)error;
}

void view_silence(void)
{
	xmlSetStructuredErrorFunc(NULL, ignore_error);
}

xmlDoc *view_read_tree(const char *xml, size_t length, bool *plain)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();
	xmlDoc *tree;

	if (!parser)
		return NULL;
	tree = xmlCtxtReadMemory(parser, xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (plain)
		*plain = parser->errNo == XML_ERR_OK && parser->nsWellFormed;
	xmlFreeParserCtxt(parser);
	return tree;
}

bool view_open(struct view *view, const char *xml, size_t length, bool *plain)
{
	view->xml = xml;
	view->length = length;
	view->tree = view_read_tree(xml, length, plain);
	view->root = view->tree ? xmlDocGetRootElement(view->tree) : NULL;
	return view->root && !view->tree->intSubset && view_is_element(view->root, "domain") && place_cpu(view) &&
	       (!view->cpu || place_children(view));
}

/* ---- what an element says ---- */

bool view_is_property(xmlNode *node, const char *name, const char *value)
{
	xmlChar *found = xmlGetProp(node, (const xmlChar *)name);
	bool same = found && strcmp((const char *)found, value) == 0;

	xmlFree(found);
	return same;
}

bool view_has_property(xmlNode *node, const char *name)
{
	return xmlHasProp(node, (const xmlChar *)name) != NULL;
}

bool view_is_one_of(xmlNode *node, const char *name, const char *const *words)
{
	xmlChar *found = xmlGetProp(node, (const xmlChar *)name);
	bool same = false;

	for (; found && *words && !same; words++)
		same = strcmp((const char *)found, *words) == 0;
	xmlFree(found);
	return same;
}

bool view_is_type(const struct view *view, const char *type)
{
	xmlChar *found = xmlGetNoNsProp(view->root, (const xmlChar *)"type");
	bool same = found && strcmp((const char *)found, type) == 0;

	xmlFree(found);
	return same;
}
