/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file.c - reading the small files of /proc and /sys below a root folder. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

char *nestxml_path_join(const char *root, const char *path)
{
	size_t root_length = strlen(root);
	size_t path_length = strlen(path);
	char *joined;

	while (root_length > 0 && root[root_length - 1] == '/')
		root_length--;
	joined = malloc(root_length + path_length + 1);
	if (!joined)
		return NULL;
	memcpy(joined, root, root_length);
	memcpy(joined + root_length, path, path_length + 1);
	return joined;
}

long nestxml_file_read_small(const char *root, const char *path, char *buffer, size_t size)
{
	AUTO_FREE char *joined = nestxml_path_join(root, path);
	size_t used = 0;
	int saved = 0;
	int fd;

	if (!joined)
		return -ENOMEM;
	fd = open(joined, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	while (used < size - 1) {
		ssize_t got = read(fd, buffer + used, size - 1 - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			saved = errno;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	close(fd);
	buffer[used] = '\0';
	return saved ? -saved : (long)used;
}
