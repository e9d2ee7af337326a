/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* words.h - the words of an enum. */
#ifndef NESTXML_WORDS_H
#define NESTXML_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/** words[value], which may be NULL; NULL outside the range too. */
const char *nestxml_word_of(const char *const *words, size_t count, unsigned int value);
/** Finds @word among @count words, of which some may be NULL. Sets *@value to its place; false: it is not among them. */
bool nestxml_word_find(const char *const *words, size_t count, const char *word, unsigned int *value);

#endif
