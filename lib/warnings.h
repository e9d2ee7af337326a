/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* warnings.h - what a rewrite of the CPU cannot put right, and people should know. */
#ifndef NESTXML_WARNINGS_H
#define NESTXML_WARNINGS_H

#include "domain.h"

struct warnings {
	char list[4][320]; /* ready for a terminal */
	size_t count;
};

/** Fills the zeroed @warnings about @domain as it is after the rewrite, which leaves its <cpu> with @mode. Pure. */
void nestxml_warn(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_vendor vendor, enum cpu_mode mode,
		  struct warnings *warnings);

/** Adds a warning that @mode was asked for and is not possible. */
void nestxml_warn_of_mode(enum nestxml_mode mode, struct warnings *warnings);

#endif
