/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config.c - reads the policy files into sections.
 *
 * libinih splits the lines. Of its limits two are dealt with here: it keeps 50 bytes of a section's name, while libvirt's names of
 * guests have up to 255, so the names are taken from the lines before it sees them; and a line longer than its buffer would be read
 * as two, so such a line is an error.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ascii.h"
#include "error.h"
#include "glob.h"
#include "io.h"
#include "macros.h"
#include "policy.h"
#include "trusted_path.h"
#include "utf8.h"
#include "uuid.h"
#include "words.h"

#define MAX_FILE_SIZE ((size_t)1 << 20)

static const char vendor_file[] = NESTXML_VENDOR_DIRECTORY "/nestxml.conf";
static const char admin_file[] = NESTXML_ADMIN_DIRECTORY "/nestxml.conf";
static const char drop_in_directory[] = NESTXML_DROP_IN_DIRECTORY;
static const char byte_order_mark[] = "\xef\xbb\xbf";

/* One file while it is read. */
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

static void fail_nomem(struct reading *reading)
{
	if (reading->code == 0)
		reading->code = nestxml_error_set_nomem(reading->error);
}

/* ---- sections and keys ---- */

static void section_clear(struct section *section)
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
		section_clear(&(struct section){.pattern = pattern, .metadata = metadata});
		fail_nomem(reading);
		return;
	}
	config->sections = sections;
	sections[config->sections_count++] =
		(struct section){.place = {pattern, reading->file, reading->line}, .pattern = pattern, .metadata = metadata};
	reading->in_section = true;
}

/* What libinih, too, takes for blank: where the two differ, a line would be a section for one and not for the other. */
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

/* One digit too many or too few. */
static bool is_nearly_uuid(const char *pattern)
{
	size_t hyphens = 0;
	size_t digits = 0;

	for (const char *at = pattern; *at; at++) {
		hyphens += *at == '-';
		digits += ascii_is_xdigit((unsigned char)*at);
	}
	return hyphens == 4 && hyphens + digits == strlen(pattern) && digits != 32 && digits >= 28 && digits <= 36;
}

/* As other programs write a UUID: {UUID}, urn:uuid:UUID, "UUID:  ..." of virsh dominfo. */
static bool is_decorated_uuid(const char *pattern)
{
	static const char *const decorations[] = {"{", "urn:uuid:", "uuid:", "uuid="};

	for (size_t i = 0; i < ARRAY_SIZE(decorations); i++) {
		const size_t length = strlen(decorations[i]);
		const char *rest = pattern + length;
		char uuid[40];
		struct uuid ignored;

		if (strncasecmp(pattern, decorations[i], length) != 0)
			continue;
		rest += strspn(rest, " \t");
		snprintf(uuid, sizeof(uuid), "%.*s", (int)strcspn(rest, "}"), rest);
		if (uuid_read(uuid, &ignored) && (!rest[strlen(uuid)] || strcmp(rest + strlen(uuid), "}") == 0))
			return true;
	}
	return false;
}

/*
 * Unicode 15's spaces but that of ASCII, its letters without a shape, and its characters that are shown as nothing (White_Space,
 * Default_Ignorable_Code_Point). U+FE00 to U+FE0F are not among them: they stand in names of emoji.
 */
static bool is_unseen(uint32_t character)
{
	static const struct {
		uint32_t low;
		uint32_t high;
	} ranges[] = {{0x80, 0xa0},	{0xad, 0xad},	  {0x34f, 0x34f},     {0x61c, 0x61c},	  {0x115f, 0x1160},
		      {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x2000, 0x200f},	  {0x2028, 0x202f},
		      {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000},   {0x3164, 0x3164},	  {0xfeff, 0xfeff},
		      {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (character >= ranges[i].low && character <= ranges[i].high)
			return true;
	return false;
}

/* @text is UTF-8. */
static bool has_unseen(const char *text, size_t length)
{
	for (size_t step; length > 0; text += step, length -= step) {
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return true;
		step = (unsigned char)*text < 0x80 ? 1 : nestxml_utf8_length(text, length);
		if (step == 0 || (step > 1 && is_unseen(nestxml_utf8_decode(text, step))))
			return true;
	}
	return false;
}

/* Why @pattern matches other names than it seems to, or none: a typo that would let guests pass. NULL: none is seen. */
static const char *find_typo(const char *pattern)
{
	if (is_decorated_uuid(pattern))
		return "it is a UUID with something around it; write the UUID alone";
	if (is_nearly_uuid(pattern))
		return "it looks like a UUID, but does not have 32 digits; if it is a name, write ? for one of its characters";
	/* libvirt refuses such a name. */
	if (strchr(pattern, '/'))
		return "no guest's name has a '/'; a section about metadata is [guest metadata:NAMESPACE PATH=GLOB]";
	return nestxml_glob_find_typo(pattern);
}

/* What stands after "guest". */
static void read_guest_section(struct reading *reading, char *start)
{
	AUTO_FREE char *pattern = NULL;
	struct metadata_pattern *metadata = NULL;
	const char *reason = NULL;

	while (is_blank(*start))
		start++;
	cut_blanks(start);
	if (!*start) {
		fail(reading, "a [guest] section without a name; write [guest NAME], a glob or a UUID");
		return;
	}
	if (has_unseen(start, strlen(start))) {
		reason = "it has an invisible character, or one that looks like a blank; if that is intended, write ? in its place";
	} else if (nestxml_metadata_is_pattern(start)) {
		metadata = nestxml_metadata_pattern_new(start, &reason);
		if (!metadata && !reason)
			fail_nomem(reading);
	} else {
		reason = find_typo(start);
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
		fail_word(reading, "unknown section", name, "expected [default] or [guest NAME]");
	}
}

/* Splits "word   # comment" off the value that libinih gives. */
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
	fail_word(reading, what, value, hint);
}

/* The one key whose value is a list. No [guest] section may have it: metadata shows whose guest it is before its policy is known. */
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
	fail_word(reading, "unknown key", name, hint);
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

/* Whether it is neither quoted nor escaped, and has nothing but a blank after it. A comma within a namespace is part of it. */
static bool is_namespace(const char *word, size_t length)
{
	return !has_unseen(word, length) && strcspn(word, "\"'<>") >= length && !strchr(",;", word[length - 1]) && !strstr(word, ",!") &&
	       !strstr(word, "&amp;");
}

/* Namespaces with blanks between them, each with a '!' before it or without. */
static void set_managers(struct reading *reading, const char *value)
{
	static const char blanks[] = " \t\r\v\f";

	for (value += strspn(value, blanks); *value && reading->code == 0; value += strspn(value, blanks)) {
		size_t length = strcspn(value, blanks);

		if (length == 1 && *value == '!')
			fail(reading, "managers = '!' without a namespace after it");
		else if (!is_namespace(value, length))
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
 * What libinih is to see of a line: nothing of sections and comments; of others no indentation, since it would take an indented line for
 * more of the value before it.
 */
static void take_line(struct reading *reading, const char *line, size_t length, char *buffer, size_t size)
{
	buffer[0] = '\0';
	for (; length > 0 && is_blank(*line); length--)
		line++;
	if (length == 0 || *line == '#' || *line == ';')
		return;
	if (*line == '[') {
		read_section(reading, line, length);
	} else if (starts_with_mark(line, length)) {
		/* libinih drops a mark on its first line alone: the same words would mean something else there than on other lines. */
		fail(reading, "a byte order mark that is not at the top of the file");
	} else if (length + 1 >= size) {
		/* From r59 on, libinih takes a full buffer without a line end for part of a longer line: it would ask for the rest. */
		fail(reading, "the line is too long; managers = can be written more than once, and a comment on a line of its own");
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
	/* A libinih can be built for longer lines. */
	if ((size_t)snprintf(word, sizeof(word), "%s", value) >= sizeof(word))
		fail(reading, "the line is too long");
	cut_comment(word);
	if (!reading->in_section)
		fail(reading, "a key before the first section; write [default] or [guest NAME] above it");
	else
		set_key(reading, key, word);
	return reading->code == 0;
}

static int parse(struct nestxml_config *config, const char *file, const char *text, size_t length, struct nestxml_error *error)
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

/* ---- files ---- */

static int fail_file(struct nestxml_error *error, const char *file, const char *reason)
{
	return nestxml_error_set(error, NESTXML_E_CONFIG, "policy file %s: %s", file, reason);
}

static const char *find_danger(const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return "is not a regular file";
	if (status->st_size < 0 || (size_t)status->st_size > MAX_FILE_SIZE)
		return "is larger than 1 MiB";
	return NULL;
}

/* Returns 0 too where there is no such file. */
static int read_file(struct nestxml_config *config, const char *root, const char *file, struct nestxml_error *error)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -1;
	char **files = reallocarray(config->files, config->files_count + 1, sizeof(*files));
	struct stat status;
	const char *danger;
	size_t length = 0;
	int code;

	if (files)
		config->files = files;
	if (!files || !(files[config->files_count] = strdup(file)))
		return nestxml_error_set_nomem(error);
	file = files[config->files_count++];
	code = nestxml_trusted_open(root, file, &fd, error);
	if (code != 0 || fd < 0)
		return code;
	danger = fstat(fd, &status) == 0 ? find_danger(&status) : strerror(errno);
	if (danger)
		return fail_file(error, file, danger);
	code = io_read(fd, MAX_FILE_SIZE, 0, &text, &length);
	if (code != 0)
		return fail_file(error, file, strerror(-code));
	return parse(config, file, text, length, error);
}

static int is_drop_in(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

/* In the order of the bytes, whatever the locale. */
static int compare_names(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static int read_drop_ins(struct nestxml_config *config, const char *root, struct nestxml_error *error)
{
	AUTO_CLOSE int fd = -1;
	struct dirent **entries = NULL;
	int code = nestxml_trusted_open(root, drop_in_directory, &fd, error);
	int count;

	if (code != 0 || fd < 0)
		return code;
	count = scandirat(fd, ".", &entries, is_drop_in, compare_names);
	if (count < 0)
		return errno == ENOMEM ? nestxml_error_set_nomem(error) : fail_file(error, drop_in_directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		char file[sizeof(drop_in_directory) + 256];
		char shown[4 * sizeof(entries[i]->d_name)];

		snprintf(file, sizeof(file), "%s/%s", drop_in_directory, entries[i]->d_name);
		if (code == 0 && strchr(nestxml_text_escape(entries[i]->d_name, shown, sizeof(shown)), '\\'))
			code = nestxml_error_set(error, NESTXML_E_CONFIG, "policy file %s/%s: a name that cannot be shown; rename it",
						 drop_in_directory, shown);
		if (code == 0)
			code = read_file(config, root, file, error);
		free(entries[i]);
	}
	free(entries);
	return code;
}

NESTXML_EXPORT int nestxml_config_new(const char *root, struct nestxml_config **config, struct nestxml_error *error)
{
	struct nestxml_config *made = calloc(1, sizeof(*made));
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	code = read_file(made, root, vendor_file, error);
	if (code == 0)
		code = read_file(made, root, admin_file, error);
	if (code == 0)
		code = read_drop_ins(made, root, error);
	if (code != 0) {
		nestxml_config_free(made);
		return code;
	}
	*config = made;
	return 0;
}

NESTXML_EXPORT void nestxml_config_free(struct nestxml_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->files_count; i++)
		free(config->files[i]);
	for (size_t i = 0; i < config->managers_count; i++)
		free(config->managers[i].name_space);
	free(config->managers);
	for (size_t i = 0; i < config->sections_count; i++)
		section_clear(&config->sections[i]);
	free(config->files);
	free(config->sections);
	free(config);
}
