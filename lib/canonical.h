/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canonical.h - the canonical form of a domain's XML, which can be compared byte by byte. */
#ifndef NESTXML_CANONICAL_H
#define NESTXML_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>

/** Of a larger document no form is made: libxml2 2.9 may need fifty times its size for its tree. */
#define NESTXML_CANONICAL_SIZE ((size_t)1 << 20)

/**
 * What a document of libvirt's starts: its domain as libvirt reads it, without what libvirt writes only sometimes, which is the ID of a
 * running guest, and what it hides from hooks, displays' passwords and network disks' cookies.
 */
struct canonical {
	char *domain;	   /* NULL: there is none, or the document is a snapshot without memory */
	char *with_cookie; /* the same with the CPU in a snapshot's <cookie>, if it has one */
};

/** Fills the zeroed @canonical. Returns 0 or what nestxml_domain_new() does; in either case, call nestxml_canonical_clear(). */
int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical);
void nestxml_canonical_clear(struct canonical *canonical);
#define AUTO_CANONICAL CLEANUP(nestxml_canonical_clear)

/** Whether @document can start exactly the domain of @guest. */
bool nestxml_canonical_can_start(const struct canonical *document, const struct canonical *guest);

#endif
