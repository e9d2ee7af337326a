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

int nestxml_fd_read(int fd, size_t limit, char **text, size_t *length)
{
	size_t capacity = 4096;
	size_t used = 0;
	AUTO_FREE char *made = malloc(capacity);

	if (!made)
		return -ENOMEM;
	while (used <= limit) {
		size_t room;
		ssize_t got;

		if (used + 1 == capacity) {
			char *more = realloc(made, 2 * capacity);

			if (!more)
				return -ENOMEM;
			made = more;
			capacity *= 2;
		}
		room = capacity - used - 1;
		got = read(fd, made + used, room < limit + 1 - used ? room : limit + 1 - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	made[used] = '\0';
	*text = TAKE(made);
	*length = used;
	return 0;
}

int nestxml_file_read(const char *root, const char *path, size_t limit, char **text, size_t *length)
{
	AUTO_FREE char *joined = nestxml_path_join(root, path);
	AUTO_FREE char *made = NULL;
	size_t made_length = 0;
	int fd = joined ? open(joined, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	int code;

	if (fd < 0)
		return joined ? -errno : -ENOMEM;
	code = nestxml_fd_read(fd, limit, &made, &made_length);
	close(fd);
	if (code != 0)
		return code;
	if (made_length > limit)
		return -EFBIG;
	*text = TAKE(made);
	*length = made_length;
	return 0;
}
