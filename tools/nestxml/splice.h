/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* splice.h - a document with its edits, written without a copy of it. */
#ifndef NESTXML_SPLICE_H
#define NESTXML_SPLICE_H

#include <stddef.h>

#include <nestxml/nestxml.h>

/** Writes @xml with @edits (NULL: none) spliced in. Returns 0 or a negative errno. */
int splice_write(int fd, const char *xml, size_t length, const struct nestxml_edits *edits);

#endif
