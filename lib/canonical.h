/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canonical.h - the canonical form of a domain's XML, which can be compared byte by byte. */
#ifndef NESTXML_CANONICAL_H
#define NESTXML_CANONICAL_H

#include "buffer.h"
#include "xml_tag.h"

/**
 * The canonical form of a domain, from its own document or a snapshot's. What libvirt writes only sometimes is left out: white space
 * between two tags, even if it is all that an element contains; the id that a running guest has; and what it hides from hooks: displays'
 * passwords and network disks' cookies.
 */
struct canonical {
	struct nestxml_buffer domain;
	struct xml_span cpu;  /* the place of its CPU in @domain; all zero: it has none */
	struct xml_span numa; /* that of the CPU's NUMA cells */

	/* of a snapshot only */
	struct nestxml_buffer state;	  /* the guest's when the snapshot was taken */
	struct nestxml_buffer cookie_cpu; /* the CPU in its <cookie> */
};

/** Fills the zeroed @canonical. Returns 0 or what nestxml_domain_new() does; in either case, call nestxml_canonical_clear(). */
int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical);
void nestxml_canonical_clear(struct canonical *canonical);
#define AUTO_CANONICAL CLEANUP(nestxml_canonical_clear)

/** Whether the domains are the same. A document that has no domain is the same as no other. */
bool nestxml_canonical_is_same(const struct canonical *a, const struct canonical *b);

/**
 * Replaces the domain's CPU by the one in the snapshot's <cookie>, if both exist, and appends the domain's NUMA cells to that. False:
 * out of memory, and nothing was replaced.
 */
bool nestxml_canonical_use_cookie(struct canonical *canonical);

#endif
