/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake_virt.h - a libvirt with one guest, which may refuse a definition, or store something else. */
#ifndef NESTXML_FAKE_VIRT_H
#define NESTXML_FAKE_VIRT_H

#include "support.h"

#include "guests/definition.h"

#define DOMAIN(before, cpu, after) "<domain type='kvm'><name>vm</name>" before cpu after "</domain>"
#define PLAIN "<cpu mode='host-model'/>"
#define REQUIRED "<cpu mode='host-model'><feature policy='require' name='svm'/></cpu>"
#define SECRET "<devices><graphics passwd='geheim'/></devices>"

/* Starts zeroed. */
struct virt {
	char stored[4096];
	const char *instead[3]; /* of what is defined first, second and third; NULL: that itself */
	size_t defines;
	size_t fails_from; /* the define with this number, from 1, and those after it; 0: none */
	size_t fails_only; /* the define with this number alone; 0: none */
	bool unreadable;
	bool undefined;		 /* why it is unreadable */
	size_t readable_defines; /* with @unreadable: from this many defines on */
	size_t reads;
	const char *meanwhile; /* what another program defines, just before the read or the define with this number, from 1 */
	size_t meanwhile_read;
	size_t meanwhile_define;
	const char *drops;	/* the attributes of a feature that libvirt does not keep; NULL: it keeps all */
	size_t unreadable_from; /* the read with this number, and those after it; 0: none */
	size_t transient_from;	/* from the read with this number on, it runs and is undefined; 0: never */
	size_t lost_from; /* the define with this number, and those after it, are stored but not answered: the connection is lost; 0: none
			   */
	size_t unanswered_from; /* from the read with this number on, libvirt does not say whether it is defined; 0: never */
};

struct virt_domain {
	struct virt *virt;
};

/** Makes the tree a host that nests, with this policy for all guests, stores @xml, and reads the policy; the caller clears it. */
void fake_virt_begin(const struct tree *tree, struct virt *virt, const char *xml, const char *keys, struct host_policy *host_policy);

/** A rewrite_terms.may_write: whether @context, a bool, is true. */
bool fake_virt_may_write(void *context);

#endif
