/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* saved.h - what a start from a guest's managed save would meet. */
#ifndef NESTXML_SAVED_H
#define NESTXML_SAVED_H

#include <stdbool.h>

#include "guests/plan.h"
#include "libvirt/virt.h"

/** Starts zeroed. */
struct saved {
	bool exists; /* a managed save, from which the next start comes */
	bool known;  /* what follows is known; else @reason says why not */
	bool unmet;  /* it would pass, but not as its policy asks */
	enum nestxml_verdict verdict;
	bool needs_host;  /* refused because this host does not provide the nesting that it needs */
	char reason[640]; /* of a refusal, ready for a terminal */
};

/**
 * Judges what was saved, as the hook does when libvirt restores it. A guest that runs, or has no definition, has no managed save.
 *
 * @host_policy	the policy files and this host
 * @plan	of its stored definition, all zero where that is not known: the policy that it states by now
 */
void saved_read(const struct virt_domain *guest, const struct host_policy *host_policy, const struct plan *plan, struct saved *saved);

#endif
