/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file.c - files below a root directory, which tests replace. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "io.h"
#include "macros.h"

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

/* Returns a descriptor or a negative errno. A device or a pipe is not waited for. */
static int open_below(const char *root, const char *path)
{
	AUTO_FREE char *joined = nestxml_path_join(root, path);
	int fd = joined ? open(joined, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

	if (!joined)
		return -ENOMEM;
	return fd < 0 ? -errno : fd;
}

bool nestxml_file_exists(const char *root, const char *path)
{
	AUTO_FREE char *joined = nestxml_path_join(root, path);

	return joined && access(joined, F_OK) == 0;
}

long nestxml_file_read_small(const char *root, const char *path, char *buffer, size_t size)
{
	AUTO_CLOSE int fd = open_below(root, path);
	long got = fd < 0 ? fd : io_read_into(fd, buffer, size - 1, 0);

	if (got >= 0)
		buffer[got] = '\0';
	return got;
}

int nestxml_file_read(const char *root, const char *path, size_t limit, char **text, size_t *length)
{
	AUTO_CLOSE int fd = open_below(root, path);
	AUTO_FREE char *made = NULL;
	size_t made_length = 0;
	int code = fd < 0 ? fd : io_read(fd, limit, 0, &made, &made_length);

	if (code != 0)
		return code;
	if (made_length > limit)
		return -EFBIG;
	*text = TAKE(made);
	*length = made_length;
	return 0;
}
