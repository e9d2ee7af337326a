/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_watch.c - inotify on the directories of the policy files, and on those in which these directories may be made. */
#include "watch/policy_watch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "macros.h"

#define EVENTS (IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB)

/* The directories, and the one name in each that matters; NULL: every name. The parents come first. */
static const struct directory {
	const char *path;
	const char *name;
} directories[] = {
	{"/usr/share", "nestxml"},	 {NESTXML_PACKAGE_DIRECTORY, NULL}, {"/etc", "nestxml"},
	{NESTXML_ADMIN_DIRECTORY, NULL}, {NESTXML_DROP_IN_DIRECTORY, NULL},
};

struct policy_watch {
	int fd;
	const char *root;
	int watches[ARRAY_SIZE(directories)]; /* of inotify; -1: the directory is not there */
};

/* A directory that is watched already keeps its number; one that was made again gets another. */
static void watch_directories(struct policy_watch *files)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s%s", files->root, directories[i].path);
		files->watches[i] = inotify_add_watch(files->fd, path, EVENTS | IN_ONLYDIR);
	}
}

struct policy_watch *policy_watch_new(const char *root)
{
	struct policy_watch *files = calloc(1, sizeof(*files));

	if (!files)
		return NULL;
	files->root = root;
	files->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (files->fd < 0) {
		free(files);
		return NULL;
	}
	watch_directories(files);
	return files;
}

void policy_watch_free(struct policy_watch *files)
{
	if (files)
		close(files->fd);
	free(files);
}

int policy_watch_get_fd(const struct policy_watch *files)
{
	return files->fd;
}

static bool matters(const struct policy_watch *files, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (files->watches[i] == event->wd)
			return !directories[i].name || (event->len > 0 && strcmp(event->name, directories[i].name) == 0);
	return false;
}

bool policy_watch_has_changed(struct policy_watch *files)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool changed = false;
	ssize_t length;

	while ((length = read(files->fd, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event;

		for (size_t at = 0; at < (size_t)length; at += sizeof(*event) + event->len) {
			const void *place = buffer + at;

			event = place;
			changed = changed || matters(files, event);
		}
	}
	watch_directories(files);
	return changed;
}
