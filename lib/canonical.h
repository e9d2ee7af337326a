/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* canonical.h - what libvirt's XML says of a domain, in a form that can be compared byte by byte. */
#ifndef NESTXML_CANONICAL_H
#define NESTXML_CANONICAL_H

#include "buffer.h"

/** A part of a form: from byte @start to before byte @end. */
struct part {
	size_t start;
	size_t end; /* 0: there is none */
};

/**
 * The canonical form of a domain, from its own document or from a snapshot's. What libvirt writes differently on each occasion is left
 * out: the indentation, the id that a running guest has, and what it keeps from hooks, that is displays' passwords and network disks'
 * cookies.
 */
struct canonical {
	struct nestxml_buffer domain;
	struct part cpu;  /* of @domain */
	struct part numa; /* the NUMA cells of its CPU */

	/* of a snapshot only */
	struct nestxml_buffer state;	  /* the guest's when it was taken; empty: not known */
	struct nestxml_buffer cookie_cpu; /* the CPU in its <cookie> */
};

/**
 * Fills the zeroed @canonical, as far as @xml can be read. Free it with nestxml_canonical_clear(). Returns 0 or what nestxml_domain_new()
 * does; any element may be the root.
 */
int nestxml_canonical_read(const char *xml, size_t length, struct canonical *canonical);
void nestxml_canonical_clear(struct canonical *canonical);
#define AUTO_CANONICAL CLEANUP(nestxml_canonical_clear)

/** Whether the domains are the same. */
bool nestxml_canonical_is_same(const struct canonical *a, const struct canonical *b);

/**
 * Replaces the domain's CPU by the one in the snapshot's <cookie>, if there are both, and appends the domain's NUMA cells to that. False:
 * out of memory, and nothing was replaced.
 */
bool nestxml_canonical_use_cookie(struct canonical *canonical);

#endif
