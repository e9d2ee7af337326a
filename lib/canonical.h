/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canonical.h - the canonical form of a domain's XML, which can be compared byte by byte. */
#ifndef NESTXML_CANONICAL_H
#define NESTXML_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>

/** A larger document has no form: its tree can take fifty times its size in memory. */
#define NESTXML_CANONICAL_SIZE ((size_t)1 << 20)

/**
 * The domain that a document of libvirt's starts, as libvirt reads it. Left out are the ID of a running guest, which libvirt writes only
 * sometimes, and what it hides from hooks: displays' passwords and network disks' cookies.
 */
struct canonical {
	char *domain;	   /* NULL: there is none, or the document is a snapshot without memory */
	char *with_cookie; /* the same with the CPU from the snapshot's <cookie>; NULL: there is none */
};

/** Fills the zeroed @canonical. Returns 0 or an error of nestxml_domain_new(). In either case, call nestxml_canonical_clear(). */
int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical);
void nestxml_canonical_clear(struct canonical *canonical);
#define AUTO_CANONICAL CLEANUP(nestxml_canonical_clear)

/** Whether @document can start exactly the domain of @guest. */
bool nestxml_canonical_can_start(const struct canonical *document, const struct canonical *guest);

#endif
