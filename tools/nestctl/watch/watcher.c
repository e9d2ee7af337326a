/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watcher.c - finds `nestctl watch` by its arguments, which every user may read. */
#include "watch/watcher.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "macros.h"

/* The arguments are "nestctl\0watch\0...", the first perhaps with a path. */
static bool is_watcher(const char *root, const char *entry)
{
	char path[320];
	char line[4096];
	const char *name;
	long length;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", entry);
	length = nestxml_file_read_small(root, path, line, sizeof(line));
	if (length <= 0)
		return false;
	name = strrchr(line, '/');
	name = name ? name + 1 : line;
	return strcmp(name, "nestctl") == 0 && strlen(line) + 1 < (size_t)length && strcmp(line + strlen(line) + 1, "watch") == 0;
}

pid_t watcher_find(const char *root)
{
	AUTO_FREE char *proc = nestxml_path_join(root, "/proc");
	AUTO_CLOSEDIR DIR *stream = proc ? opendir(proc) : NULL;

	if (!stream)
		return proc ? -errno : -ENOMEM;
	for (struct dirent *entry; (entry = readdir(stream));)
		if (isdigit((unsigned char)entry->d_name[0]) && is_watcher(root, entry->d_name))
			return (pid_t)strtol(entry->d_name, NULL, 10);
	return 0;
}
