/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* view.h - a document as both of its readers see it, for the judge. */
#ifndef NESTXML_TESTS_VIEW_H
#define NESTXML_TESTS_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

/* From byte @start to before byte @end. */
struct range {
	size_t start;
	size_t end;
};

/* An element child of <cpu>: what it means and how it is written. */
struct child {
	xmlNode *node;
	struct range range;
};

/* libxml2's tree, and the places of the elements in its bytes. */
struct view {
	const char *xml;
	size_t length;
	xmlDoc *tree;
	xmlNode *root;
	struct range root_range;
	xmlNode *cpu; /* NULL: there is none */
	struct range cpu_range;
	struct child *children; /* of the cpu */
	size_t count;
};

/** @xml is borrowed. False: it is no well-formed domain without a DTD, or there is no memory; to be closed all the same. */
bool view_open(struct view *view, const char *xml, size_t length, bool *plain);
void view_close(struct view *view);

/** The tree alone, NULL where there is none. @plain (may be NULL): whether libxml2 has nothing to object to. */
xmlDoc *view_read_tree(const char *xml, size_t length, bool *plain);
/** Lets libxml2 keep to itself what it objects to: outside a parser (C14N) it would say so on stderr. */
void view_silence(void);

bool view_is_element(const xmlNode *node, const char *name);

/* Properties as libvirt reads them: with xmlGetProp(), thus by the local name. */
bool view_is_property(xmlNode *node, const char *name, const char *value);
bool view_has_property(xmlNode *node, const char *name);
bool view_is_one_of(xmlNode *node, const char *name, const char *const *words);

/** The domain's type, which libvirt 9.0 reads by XPath: one with a prefix is another attribute. */
bool view_is_type(const struct view *view, const char *type);

#endif
