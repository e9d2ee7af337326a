/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* glob.c - names matched by globs, in UTF-8 whatever the locale. Pure. */
#include "glob.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ascii.h"
#include "macros.h"
#include "utf8.h"

#define MOST_BYTES 4 /* that a character has */

/* Takes a character off *@at, which is not at its end. A byte that is not UTF-8 becomes a number that is no character's. */
static uint32_t take(const char **at)
{
	size_t length = nestxml_utf8_length(*at, strnlen(*at, MOST_BYTES));
	uint32_t character = length == 0 ? (unsigned char)**at | UINT32_C(1) << 31 : nestxml_utf8_decode(*at, length);

	*at += length == 0 ? 1 : length;
	return character;
}

/* The place after the ']' that closes the set whose '[' is just before @pattern. NULL: it is not closed. */
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

/* Whether [:x:], [.x.] or [=x=] begins at @at; the last two are known to fnmatch(3) alone. */
static bool is_bracketed(const char *at)
{
	return at[0] == '[' &&
	       ((at[1] == ':' && strstr(at, ":]")) || (at[1] == '.' && strstr(at, ".]")) || (at[1] == '=' && strstr(at, "=]")));
}

/* One member of a set such as [a-c[:digit:]]. */
struct item {
	bool (*has)(uint32_t character); /* a class; NULL: the characters from @low to @high */
	uint32_t low;
	uint32_t high;
};

/* Whether a class [:name:] is at *@at, which is then moved past it. */
static bool take_class(const char **at, struct item *item)
{
	static const struct {
		const char *name;
		bool (*has)(uint32_t character);
	} classes[] = {{"alnum", ascii_is_alnum}, {"alpha", ascii_is_alpha}, {"blank", ascii_is_blank}, {"cntrl", ascii_is_cntrl},
		       {"digit", ascii_is_digit}, {"graph", ascii_is_graph}, {"lower", ascii_is_lower}, {"print", ascii_is_print},
		       {"punct", ascii_is_punct}, {"space", ascii_is_space}, {"upper", ascii_is_upper}, {"xdigit", ascii_is_xdigit}};

	if ((*at)[0] != '[' || (*at)[1] != ':')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		size_t length = strlen(classes[i].name);

		if (strncmp(*at + 2, classes[i].name, length) != 0 || strncmp(*at + 2 + length, ":]", 2) != 0)
			continue;
		*at += length + 4;
		item->has = classes[i].has;
		return true;
	}
	return false;
}

static uint32_t take_literal(const char **at)
{
	if (**at == '\\' && (*at)[1])
		(*at)++;
	return take(at);
}

/* @last is the set's ']'. */
static struct item take_item(const char **at, const char *last)
{
	struct item item = {0};

	if (take_class(at, &item))
		return item;
	item.low = take_literal(at);
	item.high = item.low;
	if (**at == '-' && *at + 1 < last) {
		++*at;
		item.high = take_literal(at);
	}
	return item;
}

/* @at is after the '[' of a set that ends before @end. */
static bool is_in_set(const char *at, const char *end, uint32_t character)
{
	bool is_negated = *at == '!' || *at == '^';
	const char *last = end - 1;
	bool found = false;

	at += is_negated;
	for (bool is_first = true; at < last || (is_first && at == last); is_first = false) {
		struct item item = take_item(&at, last);

		found = found || (item.has ? item.has(character) : item.low <= character && character <= item.high);
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
	const char *after_star = NULL; /* where in the name that part is tried */

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			after_star = name;
		} else if (!*pattern || !take_match(&pattern, &name)) {
			if (!star)
				return false;
			take(&after_star); /* the star takes one character more */
			pattern = star;
			name = after_star;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

/* As in a shell; here the quotes would be two of its characters. */
static bool is_quoted(const char *pattern)
{
	size_t length = strlen(pattern);

	return length > 1 && (*pattern == '"' || *pattern == '\'') && pattern[length - 1] == *pattern;
}

/* Why the set that begins at @at, after its '[', and ends before @end cannot be meant. NULL: no reason is seen. */
static const char *find_set_typo(const char *at, const char *end)
{
	static const char no_class[] = "it names an unknown class of characters; write [[:digit:]] for a digit";
	const char *last = end - 1;

	at += *at == '!' || *at == '^';
	for (bool is_first = true; at < last || (is_first && at == last); is_first = false) {
		const char *start = at;
		struct item item = take_item(&at, last);

		if (!item.has && (is_bracketed(start) || (at > start + 1 && is_bracketed(at - 1))))
			return no_class;
		if (item.low > item.high)
			return "a range in it is the wrong way round; write [a-z], not [z-a]";
	}
	return NULL;
}

/* {a,b}, as a shell has it. */
static bool has_alternatives(const char *open)
{
	const char *comma = strchr(open, ',');

	return comma && strchr(comma, '}');
}

const char *nestxml_glob_find_typo(const char *pattern)
{
	for (const char *at = pattern; (at = strpbrk(at, "[{\\"));) {
		const char *end = *at == '[' ? find_set_end(at + 1) : at + (*at == '{' ? 1 : 2); /* a '\\' and what it quotes */
		const char *typo;

		if (*at == '{' && has_alternatives(at))
			return "{a,b} is not supported; write a section for each, or [{] for the character itself";
		if (*at == '[' && !end)
			return "its '[' is not closed; write [[] for the character itself";
		if (*at == '\\' && !at[1])
			return "it ends in a '\\', with nothing after it; write \\\\ for the character itself";
		typo = *at == '[' ? find_set_typo(at + 1, end) : NULL;
		if (typo)
			return typo;
		at = end;
	}
	if (is_quoted(pattern))
		return "write it without quotes; if a quote is part of the name, write [\"] for it";
	return NULL;
}
