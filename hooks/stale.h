/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stale.h - a guest whose CPU does not state its policy. */
#ifndef NESTXML_STALE_H
#define NESTXML_STALE_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

/**
 * Has the stored definition of the guest rewritten, where it has one. Returns whether it may start as it is; otherwise *@next is what
 * people are told to do, or what is being done: static or borrowed from @check.
 */
bool stale_handle(const struct nestxml_check *check, const char **next);

#endif
