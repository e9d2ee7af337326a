/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stale.h - a guest whose CPU does not state its policy. */
#ifndef NESTXML_STALE_H
#define NESTXML_STALE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#define STALE_NEXT 1280 /* bytes for what people are told, the final NUL included */

/**
 * Has the stored definition of the guest @name rewritten, where it has one that is nobody else's. Returns whether it may start as it is;
 * otherwise @next is what people are told to do, or what is being done.
 */
bool stale_handle(const char *name, const struct nestxml_check *check, char next[STALE_NEXT]);

#endif
