/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* findings.h - what `nestctl doctor` found, one row for each thing that nesting needs. */
#ifndef NESTXML_DOCTOR_FINDINGS_H
#define NESTXML_DOCTOR_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

enum finding_mark { FINDING_OK, FINDING_NOT, FINDING_UNKNOWN };

struct finding {
	const char *name; /* static */
	enum finding_mark mark;
	bool is_of_host;   /* about this host's own nesting, which not every guest needs */
	char text[1024];   /* ready for a terminal, as the next one */
	char remedy[1536]; /* what to do about it; never empty unless the mark is FINDING_OK */
};

#define FINDINGS_MAX 16

struct findings {
	struct finding list[FINDINGS_MAX];
	size_t count;
};

/** Adds a row with @text, and returns it so that its remedy can be set with finding_advise(). */
struct finding *findings_add(struct findings *findings, const char *name, enum finding_mark mark, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void finding_advise(struct finding *finding, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * The first finding that is FINDING_NOT, else the first that is FINDING_UNKNOWN; NULL: nothing is wrong. @with_host: those about this
 * host's own nesting count too.
 */
const struct finding *findings_find_first(const struct findings *findings, bool with_host);

#endif
