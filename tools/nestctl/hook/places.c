/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* places.c - reads what is where libvirt looks for a qemu hook. */
#include "hook/places.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "io.h"
#include "macros.h"

#define CHAIN_VERSION 6005000UL
#define MAX_PROGRAM ((size_t)16 << 20)
/* The hook's name in syslog, which is in every version of it; so a script that calls the hook must be told apart by not being ELF. */
#define MARK "nestxml-hook"

const char *hook_place_path(enum hook_place place)
{
	static const char *const paths[HOOK_PLACES] = {
		[HOOK_PLACE_ALONE] = HOOK_DIRECTORY "/qemu",
		[HOOK_PLACE_CHAIN] = HOOK_DIRECTORY "/qemu.d/10-nestxml",
	};

	return paths[place];
}

/* ---- what is there ---- */

static bool read_program(const char *path, char **data, size_t *length)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd >= 0 && io_read(fd, MAX_PROGRAM, 0, data, length) == 0;
}

static enum hook_content classify(const struct hook *hook, const char *path)
{
	AUTO_FREE char *data = NULL;
	size_t length;

	if (!read_program(path, &data, &length))
		return HOOK_CONTENT_NOT_OURS;
	if (hook->program && length == hook->length && memcmp(data, hook->program, length) == 0)
		return HOOK_CONTENT_CURRENT;
	if (length > 4 && memcmp(data, "\177ELF", 4) == 0 && memmem(data, length, MARK, strlen(MARK)))
		return HOOK_CONTENT_OTHER;
	return HOOK_CONTENT_NOT_OURS;
}

static int read_place(const char *root, struct hook *hook, enum hook_place place)
{
	AUTO_FREE char *path = nestxml_path_join(root, hook_place_path(place));
	struct stat status;

	if (!path)
		return -ENOMEM;
	hook->at[place].content = HOOK_CONTENT_NOTHING;
	if (lstat(path, &status) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	hook->at[place].content = S_ISREG(status.st_mode) ? classify(hook, path) : HOOK_CONTENT_NOT_OURS;
	hook->at[place].executable = (status.st_mode & 0100) != 0;
	hook->at[place].changed = status.st_ctim;
	return 0;
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
	if (!read_program(path, &made.program, &made.length))
		made.program = NULL;
	for (enum hook_place place = 0; code == 0 && place < HOOK_PLACES; place++)
		code = read_place(root, &made, place);
	if (code != 0)
		return code;
	made.libvirt = find_libvirt();
	*hook = made;
	made.program = NULL;
	return 0;
}

void hook_clear(struct hook *hook)
{
	free(hook->program);
	hook->program = NULL;
}

/* ---- what follows from it ---- */

bool hook_is_ours(const struct hook *hook, enum hook_place place)
{
	return hook->at[place].content == HOOK_CONTENT_CURRENT || hook->at[place].content == HOOK_CONTENT_OTHER;
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
