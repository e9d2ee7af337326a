/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* places.c - reads what is where libvirt looks for a qemu hook. */
#include "hook/places.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "hook_mark.h"
#include "io.h"
#include "macros.h"

#define CHAIN_VERSION 6005000UL
#define CHAIN_DIRECTORY HOOK_DIRECTORY "/qemu.d"
#define CHAIN_NAME "10-nestxml"
#define MAX_PROGRAM ((size_t)16 << 20)

const char *hook_place_path(enum hook_place place)
{
	static const char *const paths[HOOK_PLACES] = {
		[HOOK_PLACE_ALONE] = HOOK_DIRECTORY "/qemu",
		[HOOK_PLACE_CHAIN] = CHAIN_DIRECTORY "/" CHAIN_NAME,
	};

	return paths[place];
}

/* ---- what is there ---- */

/* @flags: O_NOFOLLOW or 0 */
static bool read_program(const char *path, int flags, char **data, size_t *length)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);

	return fd >= 0 && io_read(fd, MAX_PROGRAM, 0, data, length) == 0;
}

static enum hook_content classify(const struct hook *hook, const char *data, size_t length)
{
	if (hook->program && length == hook->length && memcmp(data, hook->program, length) == 0)
		return HOOK_CONTENT_CURRENT;
	/* A script may name the hook, but is not ELF. */
	if (length > 4 && memcmp(data, "\177ELF", 4) == 0 && memmem(data, length, HOOK_MARK, strlen(HOOK_MARK)))
		return HOOK_CONTENT_OTHER;
	return HOOK_CONTENT_NOT_OURS;
}

static int read_place(const char *root, struct hook *hook, enum hook_place place)
{
	AUTO_FREE char *path = nestxml_path_join(root, hook_place_path(place));
	AUTO_FREE char *data = NULL;
	struct stat *status = &hook->at[place].status;
	size_t length;

	if (!path)
		return -ENOMEM;
	hook->at[place].content = HOOK_CONTENT_NOTHING;
	if (lstat(path, status) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	hook->at[place].content = HOOK_CONTENT_NOT_OURS;
	if (S_ISREG(status->st_mode) && read_program(path, O_NOFOLLOW, &data, &length))
		hook->at[place].content = classify(hook, data, length);
	hook->at[place].executable = (status->st_mode & 0100) != 0;
	return 0;
}

/* ---- what else runs our hook ---- */

/* Whether @name stands in the line as a word of its own. */
static bool has_word(const char *line, size_t length, const char *name)
{
	const char *end = line + length;

	for (const char *at = line; (at = memmem(at, (size_t)(end - at), name, strlen(name)));) {
		at += strlen(name);
		if (at == end || !(isalnum((unsigned char)*at) || strchr("._-+/", *at)))
			return true;
	}
	return false;
}

/* Whether a script names the hook in a line that is no comment. It need not run it: only the script knows. */
static bool names_ours(const char *data, size_t length)
{
	const char *end = data + length;

	if (length < 2 || memcmp(data, "#!", 2) != 0)
		return false;
	for (const char *line = data, *next; line < end; line = next) {
		next = memchr(line, '\n', (size_t)(end - line));
		next = next ? next + 1 : end;
		while (line < next && (*line == ' ' || *line == '\t'))
			line++;
		if (line < next && *line != '#' &&
		    (has_word(line, (size_t)(next - line), NESTXML_HOOK_PROGRAM) ||
		     has_word(line, (size_t)(next - line), CHAIN_DIRECTORY "/" CHAIN_NAME)))
			return true;
	}
	return false;
}

/* Whether libvirt runs our hook if it runs @file: it is ours or a link to ours, or a script that seems to run it. */
static bool runs_ours(const char *root, const struct hook *hook, const char *file)
{
	AUTO_FREE char *path = nestxml_path_join(root, file);
	AUTO_FREE char *data = NULL;
	struct stat status;
	size_t length;

	if (!path || stat(path, &status) < 0 || !S_ISREG(status.st_mode) || (status.st_mode & 0111) == 0)
		return false;
	return read_program(path, 0, &data, &length) && (classify(hook, data, length) != HOOK_CONTENT_NOT_OURS || names_ours(data, length));
}

/* Looks at everything in qemu.d but our own file; libvirt leaves out no name. */
static int find_caller_in_chain(const char *root, struct hook *hook)
{
	AUTO_FREE char *path = nestxml_path_join(root, CHAIN_DIRECTORY);
	AUTO_CLOSEDIR DIR *entries = path ? opendir(path) : NULL;
	struct dirent *entry;

	while (entries && !hook->caller && (entry = readdir(entries))) {
		AUTO_FREE char *file = NULL;

		if (strcmp(entry->d_name, CHAIN_NAME) == 0 && hook_is_ours(hook, HOOK_PLACE_CHAIN))
			continue;
		if (asprintf(&file, CHAIN_DIRECTORY "/%s", entry->d_name) < 0)
			return -ENOMEM;
		if (runs_ours(root, hook, file)) {
			hook->caller = file;
			file = NULL;
		}
	}
	return 0;
}

int hook_find_caller(const char *root, struct hook *hook)
{
	const char *alone = hook_place_path(HOOK_PLACE_ALONE);

	if (hook->at[HOOK_PLACE_ALONE].content != HOOK_CONTENT_NOT_OURS || !runs_ours(root, hook, alone))
		return hook_is_chain_run(hook) ? find_caller_in_chain(root, hook) : 0;
	hook->caller = strdup(alone);
	return hook->caller ? 0 : -ENOMEM;
}

/* The version of the library is the daemon's: both are built from one source. */
static unsigned long find_libvirt(void)
{
	void *library = dlopen("libvirt.so.0", RTLD_NOW | RTLD_LOCAL); /* never closed: it has threads of its own */
	int (*get_version)(unsigned long *, const char *, unsigned long *) = NULL;
	unsigned long version = 0;

	if (library)
		*(void **)&get_version = dlsym(library, "virGetVersion");
	if (!get_version || get_version(&version, NULL, NULL) < 0)
		version = 0;
	return version;
}

int hook_read(const char *root, struct hook *hook)
{
	AUTO_FREE char *path = nestxml_path_join(root, NESTXML_HOOK_PROGRAM);
	AUTO_HOOK struct hook made = {0};
	int code = 0;

	if (!path)
		return -ENOMEM;
	if (!read_program(path, O_NOFOLLOW, &made.program, &made.length))
		made.program = NULL;
	for (enum hook_place place = 0; code == 0 && place < HOOK_PLACES; place++)
		code = read_place(root, &made, place);
	if (code != 0)
		return code;
	made.libvirt = find_libvirt();
	*hook = made;
	made = (struct hook){0};
	return 0;
}

void hook_clear(struct hook *hook)
{
	free(hook->program);
	free(hook->caller);
	hook->program = NULL;
	hook->caller = NULL;
}

/* ---- what follows from it ---- */

bool hook_is_ours(const struct hook *hook, enum hook_place place)
{
	return hook->at[place].content == HOOK_CONTENT_CURRENT || hook->at[place].content == HOOK_CONTENT_OTHER;
}

bool hook_is_double(const struct hook *hook)
{
	return hook_is_chain_run(hook) && hook_is_ours(hook, HOOK_PLACE_ALONE) && hook_is_ours(hook, HOOK_PLACE_CHAIN);
}

enum hook_place hook_find(const struct hook *hook)
{
	enum hook_place place = HOOK_PLACE_ALONE;

	while (place < HOOK_PLACES && !hook_is_ours(hook, place))
		place++;
	return place;
}

enum hook_place hook_choose_place(const struct hook *hook)
{
	if (hook_find(hook) < HOOK_PLACES)
		return hook_find(hook);
	if (hook->at[HOOK_PLACE_ALONE].content == HOOK_CONTENT_NOTHING)
		return HOOK_PLACE_ALONE;
	return hook->at[HOOK_PLACE_CHAIN].content == HOOK_CONTENT_NOTHING ? HOOK_PLACE_CHAIN : HOOK_PLACES;
}

bool hook_is_chain_run(const struct hook *hook)
{
	return hook->libvirt == 0 || hook->libvirt >= CHAIN_VERSION;
}

void hook_describe_libvirt(const struct hook *hook, char *text, size_t size)
{
	unsigned long version = hook->libvirt;

	snprintf(text, size, "%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}
