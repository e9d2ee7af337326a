/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* metadata.h - what other programs have written into a domain's <metadata>, as elements.c reads it and metadata_match.c compares it. */
#ifndef NESTXML_METADATA_H
#define NESTXML_METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* nova writes some dozen elements and a few KiB, vdsm as much for each device; what is kept must not grow with a document made to do harm.
 */
#define METADATA_MAX_ELEMENTS 4096   /* and as many attributes */
#define METADATA_MAX_BYTES (1 << 18) /* of names, values and text */
#define METADATA_MAX_DEPTH 8	     /* a child of <metadata> is 1; what is deeper is not kept, since no path leads there */

struct metadata_attribute {
	size_t name;
	size_t value;
};

/** All strings are offsets into the text of struct metadata, each with its NUL. */
struct metadata_element {
	unsigned int depth;
	size_t name;
	size_t name_space; /* of the child of <metadata> that it is in, or is */
	bool is_foreign;   /* it has a different namespace from the child of <metadata> that it is in */
	bool has_text;	   /* false: it contains elements, and what is between them is no value */
	size_t text;	   /* without the white space around it */
	size_t attributes; /* the first of its own */
	size_t attributes_count;
};

/** Starts zeroed. */
struct metadata {
	struct nestxml_buffer text;
	struct metadata_element *elements; /* in the document's order */
	size_t elements_count;
	size_t elements_capacity;
	struct metadata_attribute *attributes;
	size_t attributes_count;
	size_t attributes_capacity;
	const char *open_name_space; /* of the child of <metadata> that was begun last, the parser's own string */
	size_t name_space;	     /* the same in @text */
	bool is_open;		     /* the last element may have more text */
	bool is_cut;		     /* there is more than is kept: what is not found here may be there all the same */
};

/**
 * Begins an element @depth levels below <metadata>; its attributes follow, then its text. @name_space (NULL: none) must last until the end
 * of the scan. Each of these functions returns false if out of memory, and does nothing once the metadata is cut.
 *
 * @name_space and @value are as libxml2 gives them to a SAX handler, where a '&' is "&#38;".
 */
bool nestxml_metadata_begin(struct metadata *metadata, unsigned int depth, const char *name, const char *name_space);
bool nestxml_metadata_add_attribute(struct metadata *metadata, const char *name, const char *value, size_t length);
bool nestxml_metadata_add_text(struct metadata *metadata, const char *text, size_t length);
bool nestxml_metadata_end(struct metadata *metadata);
void nestxml_metadata_clear(struct metadata *metadata);

#endif
