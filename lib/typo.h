/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* typo.h - finds what cannot be meant in a policy file. */
#ifndef NESTXML_TYPO_H
#define NESTXML_TYPO_H

#include <stdbool.h>
#include <stddef.h>

/** Whether @text, which is UTF-8, has a control character, a blank other than ASCII's, or a character that is shown as nothing. */
bool nestxml_has_unseen(const char *text, size_t length);
/** Why @pattern, of a guest's name or UUID, matches other names than it seems to, or none. NULL: no reason is seen. Static. */
const char *nestxml_pattern_find_typo(const char *pattern);
/** Whether the word of @length bytes, not empty, is an XML namespace without the quotes or separators of another syntax. */
bool nestxml_is_namespace(const char *word, size_t length);

#endif
