/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* metadata_match.h - a section's pattern for what a manager writes into <metadata>: "metadata:NAMESPACE PATH=GLOB". */
#ifndef NESTXML_METADATA_MATCH_H
#define NESTXML_METADATA_MATCH_H

#include <stdbool.h>

#include "metadata.h"

struct metadata_pattern;

/** Whether @pattern is one for metadata, and not for a guest's name or UUID. */
bool nestxml_metadata_is_pattern(const char *pattern);

/**
 * Reads "metadata:NAMESPACE STEP/STEP.../STEP=GLOB" or "...STEP/@ATTRIBUTE=GLOB", where a STEP is NAME or NAME[@ATTRIBUTE='VALUE'].
 * NULL where it is not that, with @reason, a literal; or with @reason NULL: out of memory.
 */
struct metadata_pattern *nestxml_metadata_pattern_new(const char *pattern, const char **reason);
void nestxml_metadata_pattern_free(struct metadata_pattern *pattern);

/** Whether one of the elements that the path leads to has a text (or an attribute) that the glob matches. */
bool nestxml_metadata_is_match(const struct metadata_pattern *pattern, const struct metadata *metadata);

#endif
