/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glob.h - names matched by globs, in UTF-8 whatever the locale. */
#ifndef NESTXML_GLOB_H
#define NESTXML_GLOB_H

#include <stdbool.h>

/**
 * Whether @name matches @pattern: `*` is any characters, `?` one, [abc] and [a-c] one of these, [!abc] and [^abc] any one except these,
 * [[:digit:]] and the like one of an ASCII class; a backslash makes the next character stand for itself. Both are UTF-8; a byte that is not
 * counts as a character. fnmatch(3) would ask the caller's locale, and in that of C.UTF-8 its '?' matches half a character, too
 * (glibc 2.36, tried).
 */
bool nestxml_glob_is_match(const char *pattern, const char *name);
/**
 * Why @pattern cannot be meant as it stands: a '[' that is not closed, a range like [z-a], a class like [:digits:] or what only fnmatch(3)
 * knows ([=a=], [.a.]), a '\' at its end, quotes around it, {a,b}. NULL: none of these. Static.
 */
const char *nestxml_glob_find_typo(const char *pattern);

#endif
