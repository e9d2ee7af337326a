/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* elements.h - the facts of a domain, collected in one pass over its document. */
#ifndef NESTXML_ELEMENTS_H
#define NESTXML_ELEMENTS_H

#include "domain.h"

/** Fills the zeroed @domain from its xml and length. Codes as nestxml_domain_new(). */
int nestxml_elements_read(struct nestxml_domain *domain, struct nestxml_error *error);

#endif
