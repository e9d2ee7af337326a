/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* metadata_match.c - compares a section's pattern with a domain's metadata. Pure, except that a pattern allocates memory. */
#include "metadata_match.h"

#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "glob.h"
#include "macros.h"

static const char prefix[] = "metadata:";

/* An element of the path. All strings point into the pattern's text. */
struct step {
	const char *name;
	const char *attribute; /* NULL: whatever its attributes are */
	const char *value;
};

struct metadata_pattern {
	char *text; /* owned */
	const char *name_space;
	struct step steps[METADATA_MAX_DEPTH];
	size_t steps_count;
	const char *attribute; /* of the last element, whose value is compared; NULL: its text is */
	const char *glob;
};

bool nestxml_metadata_is_pattern(const char *pattern)
{
	return strncmp(pattern, prefix, sizeof(prefix) - 1) == 0;
}

/* ---- from a section's name to a pattern ---- */

static const char blanks[] = " \t\r\v\f";

static char *skip_blanks(char *at)
{
	return at + strspn(at, blanks);
}

/*
 * Takes a word from *@at, up to one of the characters @ends: *@end is that character, and a NUL takes its place. NULL: the word is empty.
 */
static const char *take_word(char **at, const char *ends, char *end)
{
	char *word = *at;
	size_t length = strcspn(word, ends);

	*end = word[length];
	*at = word + length + (*end != '\0');
	word[length] = '\0';
	return length > 0 ? word : NULL;
}

/*
 * The same for the name of an element or attribute. NULL also if it has a prefix, or any other character that no such name has: it would
 * match nothing, and the typo would let every guest pass.
 */
static const char *take_name(char **at, const char *ends, char *end)
{
	const char *name = take_word(at, ends, end);

	for (const char *c = name; c && *c; c++)
		if (!ascii_is_alnum((unsigned char)*c) && !strchr("-._", *c) && (unsigned char)*c < 0x80)
			return NULL;
	return name;
}

/* [@ATTRIBUTE='VALUE'], from the '@' on. */
static bool take_condition(char **at, struct step *step)
{
	char end;
	char quotes[2] = "";

	if (*(*at)++ != '@')
		return false;
	step->attribute = take_name(at, "=[]/'\" \t\r\v\f", &end);
	if (!step->attribute || end != '=' || (**at != '\'' && **at != '"'))
		return false;
	quotes[0] = *(*at)++;
	step->value = *at;
	take_word(at, quotes, &end);
	return end == quotes[0] && *(*at)++ == ']';
}

/* Takes PATH and the '=' after it. Returns what is wrong with it, or NULL. */
static const char *take_path(char **at, struct metadata_pattern *pattern)
{
	static const char bad_path[] = "expected a path like element/element or element/@attribute, without prefixes, after the namespace";
	char end = '/';

	while (end == '/') {
		struct step step = {0};

		if (**at == '@' && pattern->steps_count > 0) {
			++*at;
			pattern->attribute = take_name(at, "=/[]@ \t\r\v\f", &end);
			if (!pattern->attribute || end == '/' || end == '[')
				return bad_path;
			break;
		}
		step.name = take_name(at, "/[]@= \t\r\v\f", &end);
		if (!step.name)
			return bad_path;
		if (end == '[') {
			if (!take_condition(at, &step))
				return "expected [@attribute='value'], without a prefix, after an element";
			end = **at;
			*at += end != '\0';
		}
		if (pattern->steps_count == METADATA_MAX_DEPTH)
			return "its path has more than 8 elements";
		pattern->steps[pattern->steps_count++] = step;
	}
	if (end && strchr(blanks, end)) {
		*at = skip_blanks(*at);
		end = **at;
		*at += end != '\0';
	}
	return end == '=' ? NULL : "expected '=' and a glob after the path";
}

static const char *parse(struct metadata_pattern *pattern)
{
	char *at = pattern->text + sizeof(prefix) - 1;
	const char *reason;
	char end;

	pattern->name_space = take_word(&at, blanks, &end);
	if (!pattern->name_space || !end)
		return "expected a namespace, a blank and a path";
	if (strpbrk(pattern->name_space, "\"'<>") || strstr(pattern->name_space, "&amp;"))
		return "expected the namespace as it is, without quotes and with a plain '&'";
	at = skip_blanks(at);
	reason = take_path(&at, pattern);
	if (reason)
		return reason;
	pattern->glob = skip_blanks(at);
	if (!*pattern->glob)
		return "expected a glob after '='";
	return nestxml_glob_find_typo(pattern->glob);
}

struct metadata_pattern *nestxml_metadata_pattern_new(const char *pattern, const char **reason)
{
	struct metadata_pattern *made = calloc(1, sizeof(*made));

	*reason = NULL;
	if (!made)
		return NULL;
	made->text = strdup(pattern);
	if (made->text)
		*reason = parse(made);
	if (made->text && !*reason)
		return made;
	nestxml_metadata_pattern_free(made);
	return NULL;
}

void nestxml_metadata_pattern_free(struct metadata_pattern *pattern)
{
	if (!pattern)
		return;
	free(pattern->text);
	free(pattern);
}

/* ---- the match ---- */

static const char *find_attribute(const struct metadata *metadata, const struct metadata_element *element, const char *name)
{
	for (size_t i = 0; i < element->attributes_count; i++) {
		const struct metadata_attribute *attribute = &metadata->attributes[element->attributes + i];

		if (strcmp(metadata->text.data + attribute->name, name) == 0)
			return metadata->text.data + attribute->value;
	}
	return NULL;
}

static bool is_step(const struct metadata_pattern *pattern, const struct metadata *metadata, const struct metadata_element *element)
{
	const struct step *step = &pattern->steps[element->depth - 1];
	const char *text = metadata->text.data;
	const char *value;

	if (element->depth == 1 ? strcmp(text + element->name_space, pattern->name_space) != 0 : element->is_foreign)
		return false;
	if (strcmp(text + element->name, step->name) != 0)
		return false;
	value = step->attribute ? find_attribute(metadata, element, step->attribute) : NULL;
	return !step->attribute || (value && strcmp(value, step->value) == 0);
}

static bool has_value(const struct metadata_pattern *pattern, const struct metadata *metadata, const struct metadata_element *element)
{
	const char *value = element->has_text ? metadata->text.data + element->text : NULL;

	if (pattern->attribute)
		value = find_attribute(metadata, element, pattern->attribute);
	return value && nestxml_glob_is_match(pattern->glob, value);
}

bool nestxml_metadata_is_match(const struct metadata_pattern *pattern, const struct metadata *metadata)
{
	unsigned int matched = 0; /* how many of the steps the element that is looked at and those around it have matched */

	for (size_t i = 0; !metadata->is_cut && i < metadata->elements_count; i++) {
		const struct metadata_element *element = &metadata->elements[i];

		if (element->depth <= matched)
			matched = element->depth - 1;
		if (element->depth != matched + 1 || matched == pattern->steps_count || !is_step(pattern, metadata, element))
			continue;
		matched++;
		if (matched == pattern->steps_count && has_value(pattern, metadata, element))
			return true;
	}
	return false;
}
