/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_parse.c - one policy file's text into sections. Pure.
 *
 * libinih splits the lines. Two of its limits are dealt with here. It keeps 50 bytes of a section's name, while a guest's name may have
 * 255: so sections are taken out of the text before it sees them. And it would read a line longer than its buffer as two: so such a line is
 * an error.
 */
#include "config.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "macros.h"
#include "policy.h"
#include "typo.h"
#include "utf8.h"
#include "words.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

#define UNSEEN "it has an invisible character, or one that looks like a blank"

/* One file while it is being read. */
struct reading {
	struct nestxml_config *config;
	struct nestxml_error *error;
	const char *file;
	const char *at; /* the rest of the text */
	size_t left;
	unsigned int line;
	bool in_section;
	int code; /* the first failure */
};

static void fail(struct reading *reading, const char *reason)
{
	if (reading->code == 0)
		reading->code = nestxml_error_set_at(reading->error, NESTXML_E_CONFIG, reading->line, 0, "policy file %s:%u: %s",
						     reading->file, reading->line, reason);
}

static void fail_word(struct reading *reading, const char *what, const char *word, const char *hint)
{
	char shown[80];
	char reason[320];

	snprintf(reason, sizeof(reason), "%s '%s'; %s", what, nestxml_text_escape(word, shown, sizeof(shown)), hint);
	fail(reading, reason);
}

/* @word is none of those that @expected lists. One that looks like one of them may have a character that does not show. */
static void fail_unknown(struct reading *reading, const char *what, const char *word, const char *expected)
{
	bool has_unseen = nestxml_has_unseen(word, strlen(word));

	fail_word(reading, what, word, has_unseen ? UNSEEN : expected);
}

static void fail_nomem(struct reading *reading)
{
	if (reading->code == 0)
		reading->code = nestxml_error_set_nomem(reading->error);
}

/* ---- sections and keys ---- */

void nestxml_section_clear(struct section *section)
{
	nestxml_metadata_pattern_free(section->metadata);
	free(section->pattern);
}

/* @pattern and @metadata are taken over; both NULL: [default]. */
static void begin_section(struct reading *reading, char *pattern, struct metadata_pattern *metadata)
{
	struct nestxml_config *config = reading->config;
	struct section *sections = reallocarray(config->sections, config->sections_count + 1, sizeof(*sections));

	if (!sections) {
		nestxml_section_clear(&(struct section){.pattern = pattern, .metadata = metadata});
		fail_nomem(reading);
		return;
	}
	config->sections = sections;
	sections[config->sections_count++] =
		(struct section){.place = {pattern, reading->file, reading->line}, .pattern = pattern, .metadata = metadata};
	reading->in_section = true;
}

/* The characters that libinih treats as blanks: if the two differed, a line might be a section for one and not for the other. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void cut_blanks(char *text)
{
	for (size_t length = strlen(text); length > 0 && is_blank(text[length - 1]);)
		text[--length] = '\0';
}

/* The ']' that ends a section's name: the first one that nothing but a comment follows; a glob may contain others. */
static const char *find_close(const char *line, size_t length)
{
	const char *end = line + length;

	for (const char *close = line; (close = memchr(close, ']', (size_t)(end - close))); close++) {
		const char *rest = close + 1;

		while (rest < end && is_blank(*rest))
			rest++;
		if (rest == end || *rest == '#' || *rest == ';')
			return close;
	}
	return NULL;
}

/* Whether a "]#" or "];" may be part of a name and not begin a comment: no blank follows the ']', and another ']' ends the line. */
static bool is_ambiguous(const char *close, const char *end)
{
	while (is_blank(end[-1]))
		end--;
	return end - 1 > close && end[-1] == ']' && !is_blank(close[1]);
}

/* @start is what follows "guest" in a section's name. */
static void read_guest_section(struct reading *reading, char *start)
{
	AUTO_FREE char *pattern = NULL;
	struct metadata_pattern *metadata = NULL;
	const char *reason = NULL;

	while (is_blank(*start))
		start++;
	cut_blanks(start);
	if (!*start) {
		fail(reading, "a [guest] section without a name; write [guest NAME], where NAME may also be a glob or a UUID");
		return;
	}
	if (nestxml_has_unseen(start, strlen(start))) {
		reason = UNSEEN "; if that is intended, write ? in its place";
	} else if (nestxml_metadata_is_pattern(start)) {
		metadata = nestxml_metadata_pattern_new(start, &reason);
		if (!metadata && !reason)
			fail_nomem(reading);
	} else {
		reason = nestxml_pattern_find_typo(start);
	}
	if (reason)
		fail_word(reading, "wrong pattern", start, reason);
	if (reading->code != 0)
		return;
	pattern = strdup(start);
	if (!pattern) {
		nestxml_metadata_pattern_free(metadata);
		fail_nomem(reading);
		return;
	}
	begin_section(reading, TAKE(pattern), metadata);
}

/* A section line, from its '[' on. */
static void read_section(struct reading *reading, const char *line, size_t length)
{
	static const char guest[] = "guest";
	AUTO_FREE char *name = NULL;
	const char *close = find_close(line, length);

	if (!close) {
		fail(reading, "a section that does not end in ']'");
		return;
	}
	name = strndup(line + 1, (size_t)(close - line) - 1);
	if (!name) {
		fail_nomem(reading);
	} else if (strcmp(name, "default") == 0) {
		begin_section(reading, NULL, NULL);
	} else if (strncmp(name, guest, strlen(guest)) == 0 && is_blank(name[strlen(guest)])) {
		if (is_ambiguous(close, line + length))
			fail(reading,
			     "what follows ']' may be a comment or part of the name; before a comment write a blank, in a name write [#] or [;]");
		else
			read_guest_section(reading, name + strlen(guest));
	} else {
		fail_unknown(reading, "unknown section", name, "expected [default] or [guest NAME]");
	}
}

/* Cuts the comment off "word # comment", which libinih gives as the value. */
static void cut_comment(char *value)
{
	char *comment = value;

	while ((comment = strpbrk(comment, "#;")) && comment > value && !is_blank(comment[-1]))
		comment++;
	if (comment)
		*comment = '\0';
	cut_blanks(value);
}

/* A word that @key does not take. */
static void fail_key(struct reading *reading, const struct policy_key *key, const char *value)
{
	char what[32];
	char words[128];
	char hint[160];

	snprintf(what, sizeof(what), "%s =", key->name);
	nestxml_policy_describe_words(key->words, key->count, words, sizeof(words));
	snprintf(hint, sizeof(hint), "expected %s", words);
	fail_unknown(reading, what, value, hint);
}

/* The one key whose value is a list. No [guest] section may have it: whether a program manages a guest is decided without its policy. */
static const char managers_key[] = "managers";

static void fail_unknown_key(struct reading *reading, const char *name)
{
	const char *names[NESTXML_POLICY_KEYS + 1] = {[NESTXML_POLICY_KEYS] = managers_key};
	char words[128];
	char hint[160];

	for (size_t i = 0; i < NESTXML_POLICY_KEYS; i++)
		names[i] = nestxml_policy_keys[i].name;
	nestxml_policy_describe_words(names, NESTXML_POLICY_KEYS + 1, words, sizeof(words));
	snprintf(hint, sizeof(hint), "expected %s", words);
	fail_unknown(reading, "unknown key", name, hint);
}

static bool add_manager(struct nestxml_config *config, const char *word, size_t length)
{
	struct manager *managers = reallocarray(config->managers, config->managers_count + 1, sizeof(*managers));
	bool excepts = *word == '!';
	char *name_space = strndup(word + excepts, length - excepts);

	if (managers)
		config->managers = managers;
	if (!managers || !name_space) {
		free(name_space);
		return false;
	}
	managers[config->managers_count++] = (struct manager){name_space, !excepts};
	return true;
}

/* @value: namespaces separated by blanks, each of which may have a '!' before it. */
static void set_managers(struct reading *reading, const char *value)
{
	static const char blanks[] = " \t\r\v\f";

	for (value += strspn(value, blanks); *value && reading->code == 0; value += strspn(value, blanks)) {
		size_t length = strcspn(value, blanks);

		if (length == 1 && *value == '!')
			fail(reading, "managers = '!' without a namespace after it");
		else if (!nestxml_is_namespace(value, length))
			fail(reading,
			     "managers = takes namespaces with blanks between them, without quotes, commas, semicolons or characters that do not show");
		else if (!add_manager(reading->config, value, length))
			fail_nomem(reading);
		value += length;
	}
}

static void set_key(struct reading *reading, const char *name, const char *value)
{
	struct section *section = &reading->config->sections[reading->config->sections_count - 1];

	if (strcmp(name, managers_key) == 0) {
		if (section->pattern)
			fail(reading, "managers = in a [guest ...] section; write it into [default]");
		else
			set_managers(reading, value);
		return;
	}
	for (size_t i = 0; i < NESTXML_POLICY_KEYS; i++) {
		const struct policy_key *key = &nestxml_policy_keys[i];
		unsigned int found;

		if (strcmp(name, key->name) != 0)
			continue;
		if (nestxml_word_find(key->words, key->count, value, &found))
			section->settings[i] = (struct setting){true, found, reading->line};
		else
			fail_key(reading, key, value);
		return;
	}
	fail_unknown_key(reading, name);
}

/* ---- libinih's callbacks ---- */

static bool starts_with_mark(const char *text, size_t length)
{
	const size_t mark = sizeof(byte_order_mark) - 1;

	return length >= mark && memcmp(text, byte_order_mark, mark) == 0;
}

/*
 * Whether a carriage return stands within the line, and not only at its end: some editors begin a new line there. If a comment comes before
 * it, what they show as a line of its own is part of that comment, and the policy in it is lost.
 */
static bool has_inner_return(const char *line, size_t length)
{
	while (length > 0 && is_blank(line[length - 1]))
		length--;
	return memchr(line, '\r', length) != NULL;
}

/*
 * Fills @buffer with what libinih is to see of a line: nothing of a section or a comment; any other line without its indentation, since
 * libinih would treat an indented line as a continuation of the value before it.
 */
static void take_line(struct reading *reading, const char *line, size_t length, char *buffer, size_t size)
{
	buffer[0] = '\0';
	for (; length > 0 && is_blank(*line); length--)
		line++;
	if (has_inner_return(line, length)) {
		fail(reading, "a carriage return within the line; end each line with a line feed (for example with tr '\\r' '\\n')");
		return;
	}
	if (length == 0 || *line == '#' || *line == ';')
		return;
	if (*line == '[') {
		read_section(reading, line, length);
	} else if (starts_with_mark(line, length)) {
		/* libinih would drop the mark on the first line and keep it on any other, where the key would then be unknown. */
		fail(reading, "a byte order mark that is not at the top of the file");
	} else if (length + 1 >= size) {
		/* From r59 on, libinih takes a full buffer without a line end for part of a longer line: it would ask for the rest. */
		fail(reading, "the line is too long; split it into several lines 'managers = ...', and put a comment on a line of its own");
	} else {
		memcpy(buffer, line, length);
		buffer[length] = '\0';
	}
}

/* Gives libinih the next line that it is to split, as fgets() would. */
static char *on_read(char *buffer, int size, void *data)
{
	struct reading *reading = data;
	const char *end;
	size_t length;

	if (reading->left == 0 || reading->code != 0)
		return NULL;
	end = memchr(reading->at, '\n', reading->left);
	length = end ? (size_t)(end - reading->at) : reading->left;
	reading->line++;
	take_line(reading, reading->at, length, buffer, (size_t)size);
	reading->left -= length + (end != NULL);
	reading->at += length + (end != NULL);
	return reading->code == 0 ? buffer : NULL;
}

static int on_key(void *data, const char *ignored_section, const char *key, const char *value)
{
	struct reading *reading = data;
	char word[4096];

	(void)ignored_section;
	/* libinih may have been built for longer lines. */
	if ((size_t)snprintf(word, sizeof(word), "%s", value) >= sizeof(word))
		fail(reading, "the line is too long");
	cut_comment(word);
	if (!reading->in_section)
		fail(reading, "a key before the first section; write [default] or [guest NAME] above it");
	else
		set_key(reading, key, word);
	return reading->code == 0;
}

int nestxml_config_parse(struct nestxml_config *config, const char *file, const char *text, size_t length, struct nestxml_error *error)
{
	struct reading reading = {.config = config, .error = error, .file = file, .at = text, .left = length};
	size_t good = nestxml_utf8_span(text, length);
	int status;

	if (starts_with_mark(text, length)) {
		reading.at += sizeof(byte_order_mark) - 1;
		reading.left -= sizeof(byte_order_mark) - 1;
	}
	if (good < length) {
		for (const char *at = text; at < text + good && (at = memchr(at, '\n', (size_t)(text + good - at))); at++)
			reading.line++;
		reading.line++;
		fail(&reading, "a byte that is not UTF-8");
		return reading.code;
	}
	status = ini_parse_stream(on_read, &reading, on_key, &reading);
	if (status < 0)
		fail_nomem(&reading);
	if (status > 0) /* the line that libinih could not split; what was found here is in the code already */
		reading.line = (unsigned int)status;
	if (status > 0)
		fail(&reading, "neither a section, nor 'key = value', nor a comment");
	return reading.code;
}
