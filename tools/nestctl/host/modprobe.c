/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modprobe.c - reads modprobe.d for what a person wants to know: file, line, text. What counts in the end is asked of libkmod. */
#include "host/modprobe.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "file.h"
#include "host/parameter.h"

const char *const modprobe_directories[] = {"/etc/modprobe.d",	   "/run/modprobe.d", "/usr/local/lib/modprobe.d",
					    "/usr/lib/modprobe.d", "/lib/modprobe.d", NULL};

/* A file that counts: its name decides the order, its directory only where it is. */
struct config_file {
	char name[256];
	const char *directory;
};

struct reader {
	const char *root;
	const char *module;
	struct modprobe_lines *lines;
	struct config_file *files;
	size_t count;
	bool is_out_of_memory;
};

bool modprobe_is_same_name(const char *a, size_t length, const char *b)
{
	if (strlen(b) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
			return false;
	return true;
}

/* The caller's to free; NULL: out of memory. */
static char *escape(const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *escaped = malloc(size);

	return escaped ? nestxml_text_escape(text, escaped, size) : NULL;
}

static void note_unread(struct reader *reader, const char *what, int error)
{
	AUTO_FREE char *shown = escape(what);

	if (!shown)
		reader->is_out_of_memory = true;
	else if (!reader->lines->unread && asprintf(&reader->lines->unread, "%s: %s", shown, strerror(error)) < 0)
		reader->lines->unread = NULL;
}

/* ---- files ---- */

static bool is_hidden(const struct reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->files[i].name, name) == 0)
			return true;
	return false;
}

static void add_file(struct reader *reader, const char *directory, const char *name)
{
	struct config_file *files = reallocarray(reader->files, reader->count + 1, sizeof(*files));

	if (!files) {
		reader->is_out_of_memory = true;
		return;
	}
	reader->files = files;
	snprintf(files[reader->count].name, sizeof(files->name), "%s", name);
	files[reader->count++].directory = directory;
}

static bool has_ending(const char *name, const char *ending)
{
	size_t length = strlen(name);

	return length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0;
}

/* kmod before 33 reads "*.alias", too. libkmod does not say which version it is: it counts as the one that was built against. */
static bool is_config_name(const char *name)
{
	return name[0] != '.' && (has_ending(name, ".conf") || (KMOD_READS_ALIAS_FILES && has_ending(name, ".alias")));
}

static void list_directory(struct reader *reader, const char *directory)
{
	AUTO_FREE char *path = nestxml_path_join(reader->root, directory);
	AUTO_CLOSEDIR DIR *stream = path ? opendir(path) : NULL;

	if (!stream) {
		if (path && errno != ENOENT)
			note_unread(reader, directory, errno);
		return;
	}
	for (struct dirent *entry; (entry = readdir(stream));)
		if (is_config_name(entry->d_name) && !is_hidden(reader, entry->d_name))
			add_file(reader, directory, entry->d_name);
}

static int compare_files(const void *left, const void *right)
{
	return strcmp(((const struct config_file *)left)->name, ((const struct config_file *)right)->name);
}

/* ---- lines ---- */

/* The next word of *@text, which is cut out; NULL: there is none. */
static char *next_word(char **text, const char *blanks)
{
	char *word = *text + strspn(*text, blanks);
	size_t length = strcspn(word, blanks);

	if (length == 0)
		return NULL;
	*text = word + length + (word[length] != '\0');
	word[length] = '\0';
	return word;
}

/* Its words separated by single blanks, escaped; NULL: out of memory. */
static char *normalize(const char *text)
{
	AUTO_BUFFER struct nestxml_buffer joined = {0};
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy;

	for (char *word; copy && (word = next_word(&rest, " \t\r"));)
		if ((joined.length > 0 && !nestxml_buffer_add_string(&joined, " ")) || !nestxml_buffer_add_string(&joined, word))
			return NULL;
	return copy && joined.data ? escape(joined.data) : NULL;
}

static void clear_line(struct modprobe_line *line)
{
	free(line->file);
	free(line->text);
	free(line->arguments);
}

static void keep_line(struct reader *reader, const char *file, const struct modprobe_line *found, const char *text)
{
	struct modprobe_lines *lines = reader->lines;
	struct modprobe_line *list = reallocarray(lines->list, lines->count + 1, sizeof(*list));
	struct modprobe_line kept = *found;

	if (list)
		lines->list = list;
	kept.file = escape(file);
	kept.text = normalize(text);
	kept.arguments = strdup(found->arguments);
	if (!list || !kept.file || !kept.text || !kept.arguments) {
		clear_line(&kept);
		reader->is_out_of_memory = true;
		return;
	}
	list[lines->count++] = kept;
}

/* kmod treats the name after `install` as a pattern, and that of the others literally. */
static bool is_matching(enum modprobe_verb verb, char *name, const char *module)
{
	if (verb != MODPROBE_INSTALL)
		return modprobe_is_same_name(name, strlen(name), module);
	for (char *at = name; (at = strpbrk(at, "-[")); at++) {
		if (*at == '-')
			*at = '_';
		else if (!(at = strchr(at, ']')))
			return false; /* what kmod refuses */
	}
	return fnmatch(name, module, 0) == 0;
}

/* Sets @line's verb and its arguments, which point into @text, whose words are cut out. */
static bool parse_line(const struct reader *reader, char *text, struct modprobe_line *line)
{
	static const char *const verbs[] = {
		[MODPROBE_OPTIONS] = "options", [MODPROBE_BLACKLIST] = "blacklist", [MODPROBE_INSTALL] = "install"};
	char *rest = text;
	const char *verb = next_word(&rest, " \t"); /* kmod treats a carriage return as an ordinary character */
	char *name = verb ? next_word(&rest, " \t") : NULL;

	for (size_t i = 0; name && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verb, verbs[i]) != 0)
			continue;
		line->verb = (enum modprobe_verb)i;
		line->arguments = rest + strspn(rest, " \t");
		return (*rest || line->verb == MODPROBE_BLACKLIST) && is_matching(line->verb, name, reader->module);
	}
	return false;
}

/* kmod drops each backslash and keeps what follows it, another backslash too. */
static void drop_backslashes(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++) {
		at += *at == '\\' && at[1];
		*to++ = *at;
	}
	*to = '\0';
}

static void read_line(struct reader *reader, const char *file, unsigned int number, const char *text)
{
	AUTO_FREE char *copy = strdup(text);
	struct modprobe_line line = {.line = number};

	if (copy)
		drop_backslashes(copy);
	if (!copy)
		reader->is_out_of_memory = true;
	else if (parse_line(reader, copy, &line))
		keep_line(reader, file, &line, text);
}

/* Whether the next line continues @line, which loses its end. */
static bool cut_end(char *line)
{
	size_t length = strcspn(line, "\n");
	size_t backslashes = 0;

	line[length] = '\0';
	while (backslashes < length && line[length - backslashes - 1] == '\\')
		backslashes++;
	if (backslashes % 2 == 0)
		return false;
	line[length - 1] = '\0';
	return true;
}

static void read_lines(struct reader *reader, FILE *stream, const char *file)
{
	AUTO_FREE char *line = NULL;
	AUTO_BUFFER struct nestxml_buffer whole = {0};
	size_t size = 0;
	unsigned int first = 1;

	for (unsigned int number = 1; getline(&line, &size, stream) >= 0; number++) {
		bool continues = cut_end(line);

		if (!nestxml_buffer_add_string(&whole, line))
			reader->is_out_of_memory = true;
		if (continues)
			continue;
		if (whole.data)
			read_line(reader, file, first, whole.data);
		nestxml_buffer_clear(&whole);
		first = number + 1;
	}
	if (whole.data) /* the last line continues, and nothing comes */
		read_line(reader, file, first, whole.data);
}

static void read_file(struct reader *reader, const struct config_file *found)
{
	char file[320];
	AUTO_FREE char *path = NULL;
	AUTO_FCLOSE FILE *stream = NULL;

	snprintf(file, sizeof(file), "%s/%s", found->directory, found->name);
	path = nestxml_path_join(reader->root, file);
	stream = path ? fopen(path, "re") : NULL;
	if (stream)
		read_lines(reader, stream, file);
	else if (path && errno != ENOENT)
		note_unread(reader, file, errno);
}

static void clear_reader(struct reader *reader)
{
	free(reader->files);
}

bool modprobe_lines_read(const char *root, const char *module, struct modprobe_lines *lines)
{
	CLEANUP(clear_reader) struct reader reader = {.root = root, .module = module, .lines = lines};

	*lines = (struct modprobe_lines){0};
	for (size_t i = 0; modprobe_directories[i]; i++)
		list_directory(&reader, modprobe_directories[i]);
	if (reader.count > 1)
		qsort(reader.files, reader.count, sizeof(*reader.files), compare_files);
	for (size_t i = 0; i < reader.count; i++)
		read_file(&reader, &reader.files[i]);
	if (reader.is_out_of_memory)
		modprobe_lines_clear(lines);
	return !reader.is_out_of_memory;
}

void modprobe_lines_clear(struct modprobe_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		clear_line(&lines->list[i]);
	free(lines->list);
	free(lines->unread);
	*lines = (struct modprobe_lines){0};
}

bool modprobe_line_sets(const struct modprobe_line *line, const char *parameter)
{
	struct parameter_word word;

	return line->verb == MODPROBE_OPTIONS && parameter_find_last(line->arguments, parameter, &word);
}

const struct modprobe_line *modprobe_lines_find(const struct modprobe_lines *lines, enum modprobe_verb verb)
{
	for (size_t i = 0; i < lines->count; i++)
		if (lines->list[i].verb == verb)
			return &lines->list[i];
	return NULL;
}
