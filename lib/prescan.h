/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prescan.h - the fast path: whether a guest's XML says nothing about nesting, found without a parser. */
#ifndef NESTXML_PRESCAN_H
#define NESTXML_PRESCAN_H

#include <stdbool.h>
#include <stddef.h>

/** Whether @xml, of the guest @name, states nothing about nesting, as far as can be seen without a parser. */
bool nestxml_prescan_is_silent(const char *name, const char *xml, size_t length);

#endif
