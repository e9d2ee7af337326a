/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy_files.c - inotify on the folders of the policy files, and on those in which these folders may be made. */
#include "policy_files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "../lib/config.h"

#define EVENTS (IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB)

/* Each with what in it matters; NULL: everything. The parents come first. */
static const struct folder {
	const char *path;
	const char *name;
} folders[] = {
	{CONFIG_VENDOR_PARENT, CONFIG_NAME}, {CONFIG_VENDOR_FOLDER, NULL},  {CONFIG_ADMIN_PARENT, CONFIG_NAME},
	{CONFIG_ADMIN_FOLDER, NULL},	     {CONFIG_DROP_IN_FOLDER, NULL},
};

struct policy_files {
	int fd;
	const char *root;
	int watches[ARRAY_SIZE(folders)]; /* of inotify; -1: the folder is not there */
};

/* A folder that is watched already keeps its number; one that was made anew gets another. */
static void watch_folders(struct policy_files *files)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s%s", files->root, folders[i].path);
		files->watches[i] = inotify_add_watch(files->fd, path, EVENTS | IN_ONLYDIR);
	}
}

struct policy_files *policy_files_watch(const char *root)
{
	struct policy_files *files = calloc(1, sizeof(*files));

	if (!files)
		return NULL;
	files->root = root;
	files->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (files->fd < 0) {
		free(files);
		return NULL;
	}
	watch_folders(files);
	return files;
}

void policy_files_free(struct policy_files *files)
{
	if (files)
		close(files->fd);
	free(files);
}

int policy_files_get_fd(const struct policy_files *files)
{
	return files->fd;
}

static bool matters(const struct policy_files *files, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (files->watches[i] == event->wd)
			return !folders[i].name || (event->len > 0 && strcmp(event->name, folders[i].name) == 0);
	return false;
}

bool policy_files_have_changed(struct policy_files *files)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool changed = false;
	ssize_t length;

	while ((length = read(files->fd, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event;

		for (const char *at = buffer; at < buffer + length; at += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(const void *)at;
			changed = changed || matters(files, event);
		}
	}
	watch_folders(files);
	return changed;
}
