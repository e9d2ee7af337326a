/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_tag.h - the bytes of one start tag, and the white space around it. */
#ifndef NESTXML_XML_TAG_H
#define NESTXML_XML_TAG_H

#include <stdbool.h>
#include <stddef.h>

/** A part of the XML: from byte @start to before byte @end. */
struct xml_span {
	size_t start;
	size_t end;
};

/** An attribute as it is written. */
struct xml_attribute {
	struct xml_span whole; /* with the white space before it */
	struct xml_span value; /* between the quotes */
	char quote;
};

/**
 * Finds the attribute with the local name @name in the start tag at @start in well-formed @xml; the first one whatever its name if @name is
 * NULL. False: there is none.
 */
bool xml_tag_find_attribute(const char *xml, size_t start, const char *name, struct xml_attribute *attribute);

/** The end of the element's name in the start tag at @start: where an attribute may be put. */
size_t xml_tag_name_end(const char *xml, size_t start);

bool is_xml_space(char c);

/**
 * Replaces each "&#38;" by '&': that is how libxml2 writes one in the values and namespaces that it gives to a SAX handler
 * (xmlParseAttValueInternal()). Returns the new length.
 */
size_t xml_restore_ampersands(char *text, size_t length);

/**
 * The indentation of the line in which @at is, if nothing but white space stands before it there. False: something does, or it is
 * the first line.
 */
bool xml_line_indentation(const char *xml, size_t at, struct xml_span *indentation);

#endif
