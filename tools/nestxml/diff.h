/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diff.h - the edits as a unified diff. */
#ifndef NESTXML_DIFF_H
#define NESTXML_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

/**
 * Writes to @fd what @edits change in @xml, as a unified diff with three lines of context under @name; nothing where there are none.
 *
 * @escape	whether control characters are escaped, for a terminal
 *
 * Returns 0 or a negative errno.
 */
int diff_write(int fd, const char *name, const char *xml, size_t length, const struct nestxml_edits *edits, bool escape);

#endif
