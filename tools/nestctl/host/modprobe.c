/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modprobe.c - reads modprobe.d for what a person wants to know: file, line, text. What counts in the end is asked of libkmod. */
#include "host/modprobe.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "file.h"
#include "macros.h"

const char *const modprobe_folders[] = {"/etc/modprobe.d",     "/run/modprobe.d", "/usr/local/lib/modprobe.d",
					"/usr/lib/modprobe.d", "/lib/modprobe.d", NULL};

/* A file that counts: its name decides the order, its folder only where it lies. */
struct found {
	char name[256];
	const char *folder;
};

struct finder {
	const char *root;
	const char *module;
	struct modprobe_lines *lines;
	struct found *files;
	size_t count;
	bool failed; /* out of memory */
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

static void note_unread(struct finder *finder, const char *what, int error)
{
	AUTO_FREE char *shown = escape(what);

	if (!shown)
		finder->failed = true;
	else if (!finder->lines->unread && asprintf(&finder->lines->unread, "%s: %s", shown, strerror(error)) < 0)
		finder->lines->unread = NULL;
}

/* ---- files ---- */

static bool is_hidden(const struct finder *finder, const char *name)
{
	for (size_t i = 0; i < finder->count; i++)
		if (strcmp(finder->files[i].name, name) == 0)
			return true;
	return false;
}

static void add_file(struct finder *finder, const char *folder, const char *name)
{
	struct found *files = reallocarray(finder->files, finder->count + 1, sizeof(*files));

	if (!files) {
		finder->failed = true;
		return;
	}
	finder->files = files;
	snprintf(files[finder->count].name, sizeof(files->name), "%s", name);
	files[finder->count++].folder = folder;
}

static void list_folder(struct finder *finder, const char *folder)
{
	AUTO_FREE char *path = nestxml_path_join(finder->root, folder);
	DIR *stream = path ? opendir(path) : NULL;

	if (!stream) {
		if (path && errno != ENOENT)
			note_unread(finder, folder, errno);
		return;
	}
	for (struct dirent *entry; (entry = readdir(stream));) {
		size_t length = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0 &&
		    !is_hidden(finder, entry->d_name))
			add_file(finder, folder, entry->d_name);
	}
	closedir(stream);
}

static int compare_files(const void *left, const void *right)
{
	return strcmp(((const struct found *)left)->name, ((const struct found *)right)->name);
}

/* ---- lines ---- */

/* The next word of *@text, which is cut out; NULL: there is none. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, " \t\r\n");
	size_t length = strcspn(word, " \t\r\n");

	if (length == 0)
		return NULL;
	*text = word + length + (word[length] != '\0');
	word[length] = '\0';
	return word;
}

static void keep_line(struct finder *finder, const char *file, unsigned int number, const char *text)
{
	struct modprobe_lines *lines = finder->lines;
	struct modprobe_line *list = reallocarray(lines->list, lines->count + 1, sizeof(*list));
	AUTO_BUFFER struct nestxml_buffer joined = {0};
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy;

	if (list)
		lines->list = list;
	for (char *word; copy && (word = next_word(&rest));)
		if ((joined.length > 0 && !nestxml_buffer_add_string(&joined, " ")) || !nestxml_buffer_add_string(&joined, word))
			finder->failed = true;
	if (!list || !copy || !joined.data || finder->failed) {
		finder->failed = true;
		return;
	}
	list[lines->count] = (struct modprobe_line){escape(file), number, escape(joined.data)};
	finder->failed = !list[lines->count].file || !list[lines->count].text;
	lines->count++;
}

static bool is_about(const struct finder *finder, const char *text)
{
	static const char *const verbs[] = {"options", "blacklist", "install"};
	AUTO_FREE char *copy = strdup(text);
	char *rest = copy;
	const char *verb = copy ? next_word(&rest) : NULL;
	const char *name = verb ? next_word(&rest) : NULL;

	for (size_t i = 0; name && i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verb, verbs[i]) == 0)
			return modprobe_is_same_name(name, strlen(name), finder->module);
	return false;
}

static void read_lines(struct finder *finder, FILE *stream, const char *file)
{
	AUTO_FREE char *line = NULL;
	AUTO_BUFFER struct nestxml_buffer whole = {0};
	size_t size = 0;
	unsigned int number = 0;
	unsigned int first = 1;

	for (ssize_t length; (length = getline(&line, &size, stream)) >= 0;) {
		bool continues = false;

		number++;
		while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			line[--length] = '\0';
		if (length > 0 && line[length - 1] == '\\') {
			line[length - 1] = ' ';
			continues = true;
		}
		if (!nestxml_buffer_add_string(&whole, line))
			finder->failed = true;
		if (continues)
			continue;
		if (whole.data && is_about(finder, whole.data))
			keep_line(finder, file, first, whole.data);
		nestxml_buffer_clear(&whole);
		first = number + 1;
	}
}

static void read_file(struct finder *finder, const struct found *found)
{
	char file[320];
	AUTO_FREE char *path = NULL;
	FILE *stream;

	snprintf(file, sizeof(file), "%s/%s", found->folder, found->name);
	path = nestxml_path_join(finder->root, file);
	stream = path ? fopen(path, "re") : NULL;
	if (!stream) {
		if (path && errno != ENOENT)
			note_unread(finder, file, errno);
		return;
	}
	read_lines(finder, stream, file);
	fclose(stream);
}

bool modprobe_find(const char *root, const char *module, struct modprobe_lines *lines)
{
	struct finder finder = {.root = root, .module = module, .lines = lines};

	*lines = (struct modprobe_lines){0};
	for (size_t i = 0; modprobe_folders[i]; i++)
		list_folder(&finder, modprobe_folders[i]);
	if (finder.count > 1)
		qsort(finder.files, finder.count, sizeof(*finder.files), compare_files);
	for (size_t i = 0; i < finder.count; i++)
		read_file(&finder, &finder.files[i]);
	free(finder.files);
	if (finder.failed)
		modprobe_clear(lines);
	return !finder.failed;
}

void modprobe_clear(struct modprobe_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		free(lines->list[i].file);
		free(lines->list[i].text);
	}
	free(lines->list);
	free(lines->unread);
	*lines = (struct modprobe_lines){0};
}

bool modprobe_line_sets(const struct modprobe_line *line, const char *parameter)
{
	size_t length = strlen(parameter);

	if (strncmp(line->text, "options ", 8) != 0)
		return false;
	for (const char *at = line->text; (at = strchr(at, ' ')); at++)
		if (strncmp(at + 1, parameter, length) == 0 && (at[1 + length] == '=' || at[1 + length] == ' ' || at[1 + length] == '\0'))
			return true;
	return false;
}

const struct modprobe_line *modprobe_find_block(const struct modprobe_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if (strncmp(lines->list[i].text, "options ", 8) != 0)
			return &lines->list[i];
	return NULL;
}
