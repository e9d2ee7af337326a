/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* words.c - the words of an enum. */
#include "words.h"

#include <string.h>

const char *nestxml_word_of(const char *const *words, size_t count, unsigned int value)
{
	return value < count ? words[value] : NULL;
}

bool nestxml_word_find(const char *const *words, size_t count, const char *word, unsigned int *value)
{
	for (unsigned int i = 0; i < count; i++) {
		if (words[i] && strcmp(words[i], word) == 0) {
			*value = i;
			return true;
		}
	}
	return false;
}
