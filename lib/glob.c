/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glob.c - names matched by globs, in UTF-8 whatever the locale. Pure. */
#include "glob.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ascii.h"
#include "macros.h"
#include "utf8.h"

/* Takes a character off *@at, which is not at its end. A byte that is not UTF-8 is none that UTF-8 can be. */
static uint32_t take(const char **at)
{
	size_t length = nestxml_utf8_length(*at, strlen(*at));
	uint32_t character = (unsigned char)**at;

	if (length == 0) {
		(*at)++;
		return character | UINT32_C(1) << 31;
	}
	if (length > 1)
		character &= 0x7fU >> length;
	for (size_t i = 1; i < length; i++)
		character = character << 6 | ((unsigned char)(*at)[i] & 0x3f);
	*at += length;
	return character;
}

/* After the ']' that closes the set which starts after @pattern's '['. NULL: it is not closed. */
static const char *find_set_end(const char *pattern)
{
	const char *at = pattern + (*pattern == '!' || *pattern == '^');

	if (*at == ']') /* one that comes first is one of the set */
		at++;
	for (; *at; at++) {
		if (*at == ']')
			return at + 1;
		if (*at == '\\' && at[1])
			at++;
		else if (*at == '[' && at[1] == ':' && strstr(at, ":]"))
			at = strstr(at, ":]") + 1;
	}
	return NULL;
}

/* [:name:] at *@at, which it is moved past. False: there is no such class, or @character is not in it. */
static bool take_class(const char **at, uint32_t character, bool *is_class)
{
	static const struct {
		const char *name;
		bool (*has)(uint32_t character);
	} classes[] = {{"alnum", ascii_is_alnum}, {"alpha", ascii_is_alpha}, {"digit", ascii_is_digit}, {"lower", ascii_is_lower},
		       {"punct", ascii_is_punct}, {"space", ascii_is_space}, {"upper", ascii_is_upper}, {"xdigit", ascii_is_xdigit}};

	*is_class = false;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		size_t length = strlen(classes[i].name);

		if (strncmp(*at + 2, classes[i].name, length) != 0 || strncmp(*at + 2 + length, ":]", 2) != 0)
			continue;
		*at += length + 4;
		*is_class = true;
		return classes[i].has(character);
	}
	return false;
}

static uint32_t take_literal(const char **at)
{
	if (**at == '\\' && (*at)[1])
		(*at)++;
	return take(at);
}

/* @at is after the '[' of a set that ends before @end. */
static bool is_in_set(const char *at, const char *end, uint32_t character)
{
	bool is_negated = *at == '!' || *at == '^';
	const char *last = end - 1; /* its ']' */
	bool found = false;

	at += is_negated;
	for (bool is_first = true; at < last || (is_first && at == last); is_first = false) {
		bool is_class = false;
		uint32_t low;
		uint32_t high;

		if (at[0] == '[' && at[1] == ':' && take_class(&at, character, &is_class))
			found = true;
		if (is_class)
			continue;
		low = take_literal(&at);
		high = low;
		if (*at == '-' && at + 1 < last) {
			at++;
			high = take_literal(&at);
		}
		found = found || (low <= character && character <= high);
	}
	return found != is_negated;
}

/* Whether one character of *@name is what *@pattern asks for; moves past both. */
static bool take_match(const char **pattern, const char **name)
{
	const char *end = **pattern == '[' ? find_set_end(*pattern + 1) : NULL;
	uint32_t character = take(name);
	bool is_match;

	if (**pattern == '?') {
		(*pattern)++;
		return true;
	}
	if (!end)
		return take_literal(pattern) == character;
	is_match = is_in_set(*pattern + 1, end, character);
	*pattern = end;
	return is_match;
}

bool nestxml_glob_is_match(const char *pattern, const char *name)
{
	const char *star = NULL;       /* the pattern after the last '*' */
	const char *after_star = NULL; /* where in the name it was tried */

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			after_star = name;
		} else if (!*pattern || !take_match(&pattern, &name)) {
			if (!star)
				return false;
			take(&after_star); /* is the star's */
			pattern = star;
			name = after_star;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

bool nestxml_glob_is_closed(const char *pattern)
{
	for (const char *at = pattern; (at = strpbrk(at, "[\\"));) {
		if (*at == '\\')
			at += at[1] ? 2 : 1; /* the next character stands for itself */
		else if (!(at = find_set_end(at + 1)))
			return false;
	}
	return true;
}

bool nestxml_glob_is_quoted(const char *pattern)
{
	size_t length = strlen(pattern);

	return length > 1 && (*pattern == '"' || *pattern == '\'') && pattern[length - 1] == *pattern;
}
