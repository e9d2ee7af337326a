/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* generate.h - a domain's XML out of a seed: every oddity that a document may have and libvirt's own output mostly has not. */
#ifndef PROPERTY_GENERATE_H
#define PROPERTY_GENERATE_H

#include <stddef.h>
#include <stdint.h>

/** A generated document. */
struct document {
	char *xml; /* NUL-terminated */
	size_t length;
	size_t capacity;
	char indentation; /* ' ' or '\t' where every line is indented with that; else 0 */
};

/**
 * Makes the document of @seed: well-formed, of type kvm or qemu, for x86. The same seed gives the same document on every machine.
 * @document's memory is used again; it starts zeroed, and its xml is the caller's to free.
 */
void generate(uint64_t seed, struct document *document);

#endif
