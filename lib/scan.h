/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan.h - one pass over the document: proves it well-formed and finds the facts. */
#ifndef NESTXML_SCAN_H
#define NESTXML_SCAN_H

#include "domain.h"

/** Fills the zeroed @domain from its xml and length. Codes as nestxml_domain_new(). */
int nestxml_scan(struct nestxml_domain *domain, struct nestxml_error *error);

#endif
