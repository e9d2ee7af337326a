/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* definition.h - a guest's stored definition: read, planned for, rewritten. */
#ifndef NESTXML_STORED_H
#define NESTXML_STORED_H

#include <stddef.h>

#include <nestxml/nestxml.h>

#include "guests/plan.h"
#include "libvirt/virt.h"

/** A definition as it was read, and what it needs. */
struct definition {
	char *xml;
	struct nestxml_domain *domain;
	struct plan plan;
};

/**
 * Reads the definition and makes its plan; to be released with definition_clear().
 *
 * @which	VIRT_XML_STORED, or VIRT_XML_SECRET for one that is to be defined again
 * @why		why it failed; ready for a terminal
 *
 * Returns 0 or -1.
 */
int definition_read(const struct virt_domain *guest, enum virt_xml which, const struct host_policy *host_policy,
		    struct definition *definition, char *why, size_t size);
void definition_clear(struct definition *definition);

enum rewrite {
	REWRITE_NOTHING, /* it was as its policy asks, or nothing is asked */
	REWRITE_DONE,
	REWRITE_FAILED, /* what was stored is stored still, or @message says that it is not */
};

/** What has become of a definition. */
struct rewritten {
	enum rewrite result;
	bool is_current;    /* it states its policy now, by this rewrite or by somebody else's */
	size_t defines;	    /* how often libvirt was made to store one: as many events come of it */
	char message[1024]; /* a line about what was done, or why it failed, without the guest's name; ready for a terminal */
};

/**
 * Rewrites the stored definition by policy, if it needs that: defines it, reads it back, and puts the old one back if anything but its
 * <cpu> has changed, and that is stored still. If somebody else has defined it meanwhile, it begins again with that; what cannot be read
 * back is left as it is. What somebody defines between the reading and the writing is lost, and so is what he defines between the writing
 * and the reading back where it states the policy too and so looks like libvirt's doing, each about a millisecond: libvirt has no lock that
 * would hold in between.
 *
 * @guest	must have a stored definition: defining would give it one
 */
void definition_rewrite(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
			struct rewritten *rewritten);

#endif
