/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stale.h - a guest whose CPU does not state its policy. */
#ifndef NESTXML_STALE_H
#define NESTXML_STALE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#define STALE_NEXT 1280 /* bytes for what people are told, the final NUL included */

/**
 * Handles a guest with the verdict stale: has its stored definition rewritten, if it has one and no other program manages it. Returns
 * whether the guest may start as it is; if not, @next tells people what to do, or what is being done.
 */
bool stale_handle(const char *name, const struct nestxml_check *check, char next[STALE_NEXT]);

#endif
