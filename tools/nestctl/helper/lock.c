/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lock.c - the guests' locks, one for each helper. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/helper.h"
#include "macros.h"
#include "paths.h"

#define LOCK_NAME "lock-"

/* A helper that was killed leaves the file of its lock, but not the lock. */
static bool is_locked(int directory, const char *file)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	AUTO_CLOSE int fd = openat(directory, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

size_t helper_count(void)
{
	AUTO_CLOSEDIR DIR *locks = opendir(NESTXML_RUN_DIRECTORY);
	int directory = locks ? dirfd(locks) : -1;
	size_t count = 0;

	for (struct dirent *entry; directory >= 0 && (entry = readdir(locks));)
		if (strncmp(entry->d_name, LOCK_NAME, strlen(LOCK_NAME)) == 0 && is_locked(directory, entry->d_name))
			count++;
	return count;
}

/* The lock itself would be released with the end of this process, but its file would stay, one for each such guest. */
void helper_release_lock(struct helper *helper)
{
	static const char locks[] = NESTXML_RUN_DIRECTORY "/" LOCK_NAME;
	char link[32];
	char path[PATH_MAX];
	ssize_t length;

	if (!helper->has_lock)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", HELPER_LOCK);
	length = readlink(link, path, sizeof(path) - 1);
	if (length > 0)
		path[length] = '\0';
	if (length > 0 && strncmp(path, locks, strlen(locks)) == 0)
		unlink(path);
	close(HELPER_LOCK);
	helper->has_lock = false;
}
