/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* draft.h - the splices that are being made of a domain, in the document's own style. */
#ifndef NESTXML_DRAFT_H
#define NESTXML_DRAFT_H

#include "domain.h"
#include "vendor.h"

struct draft {
	const struct nestxml_domain *domain; /* borrowed */
	const char *xml;
	struct nestxml_edit *list; /* in the order in which they were made; it and each text are the owner's to free */
	size_t count;
	size_t capacity;
	char quote;
	bool failed; /* out of memory: nothing more is added. Checked once, at the end */
};

/** The features that <cpu> does not list yet, in the order in which they are written. */
struct missing {
	struct {
		const char *policy;
		const char *name;
	} features[NESTXML_VENDOR_LAST + MODEL_SUB_FEATURES_MAX];
	size_t count;
};

/** An empty draft of @domain. */
void nestxml_draft_begin(struct draft *draft, const struct nestxml_domain *domain);

/** Sets the attribute @name of @element, which may have it already. */
void nestxml_draft_set_attribute(struct draft *draft, const struct element *element, const char *name, const char *value);

/** Removes the attribute @name of @element, if it has one. */
void nestxml_draft_remove_attribute(struct draft *draft, const struct element *element, const char *name);

/** Removes @element: with its lines if it is alone on them, otherwise without anything around it. */
void nestxml_draft_remove_element(struct draft *draft, const struct element *element);

/** Adds the features to the domain's <cpu>, after what has been removed from it. */
void nestxml_draft_insert_features(struct draft *draft, const struct missing *missing);

/** Adds a <cpu> with @mode and the features to a domain without one. */
void nestxml_draft_insert_cpu(struct draft *draft, const char *mode, const struct missing *missing);

#endif
