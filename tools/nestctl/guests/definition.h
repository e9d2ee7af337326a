/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* definition.h - a guest's stored definition: read, planned for, rewritten. */
#ifndef NESTXML_DEFINITION_H
#define NESTXML_DEFINITION_H

#include <stdbool.h>
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
#define AUTO_DEFINITION CLEANUP(definition_clear)

/** Bytes for the warnings about a definition. */
enum { DEFINITION_WARNINGS = 2048 };

/** Collects the warnings of @plan, a line each; "" where there are none. */
void definition_describe_warnings(const struct plan *plan, char *text, size_t size);

enum rewrite {
	REWRITE_NOTHING, /* it was as its policy asks, or nothing is asked */
	REWRITE_LEFT,	 /* it is a manager's, and was left alone */
	REWRITE_YIELDED, /* not now: another program may be at work on it */
	REWRITE_DONE,
	REWRITE_FAILED, /* the old definition is still stored, unless @message says that it is not, or that this is unknown */
};

/** What has become of a definition. */
struct rewritten {
	enum rewrite result;
	bool is_current;    /* it states its policy now, by this rewrite or another program's */
	size_t defines;	    /* how many definitions libvirt confirmed storing: as many events follow */
	char message[1024]; /* a line about what was done, or why it failed, without the guest's name; ready for a terminal */
	char warnings[DEFINITION_WARNINGS]; /* lines about what no rewrite can put right, each with its line end */
};

/** How a rewrite that no user has asked for by the guest's name keeps out of other programs' way. */
struct rewrite_terms {
	bool spares_managers; /* a guest with a manager's metadata is left alone */
	/* Asked before each write, before the definition is read for the last time. False: not now. NULL: a write is always allowed. */
	bool (*may_write)(void *context);
	/* Asked right before each write. False: something has come up since may_write() was asked. NULL: nothing can have. */
	bool (*is_undisturbed)(void *context);
	void *context;
};

/**
 * Rewrites the stored definition by policy, if it needs that: defines it, reads it back, and puts the old one back if libvirt has dropped
 * what the new <cpu> states, unless another program has since changed it. If another program has defined it in the meantime, it begins
 * again with that; what cannot be read back is left as it is. The definition is read once more right before the write. What another program
 * defines between that and the write is lost. What it defines between the write and the reading back stays, except in one case: if it
 * differs from what was stored before inside <cpu> alone and does not state the policy, it looks as if libvirt had dropped the feature, and
 * is lost if libvirt then rejects the next attempt, or drops the feature each time. Each of these moments lasts about a millisecond, and
 * libvirt has no lock over them. Whether another program is at work on the guest is for @terms to know.
 *
 * @guest	must have a stored definition: defining would give it one
 * @terms	NULL: none, as when a user names the guest
 */
void definition_rewrite_on(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
			   const struct rewrite_terms *terms, struct rewritten *rewritten);
/** The same without terms. */
void definition_rewrite(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
			struct rewritten *rewritten);

enum undone { UNDO_DONE, UNDO_GONE, UNDO_KEPT, UNDO_FAILED };

/**
 * Undefines a guest that a rewrite has brought back, since another program undefined it at the same moment. It is kept if its definition is
 * not what a rewrite leaves, or @terms say that it may not be written: then another program has since done something to it. UNDO_GONE: by
 * now it is undefined, and not by us.
 *
 * @terms	as of definition_rewrite_on(); the write that they are asked about is the undefining
 * @message	a line about what was done, without the guest's name; ready for a terminal
 */
enum undone definition_undo(struct virt_domain *guest, const struct host_policy *host_policy, const struct rewrite_terms *terms,
			    char *message, size_t size);

#endif
