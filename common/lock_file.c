/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lock_file.c - a lock file, which its holder removes. */
#include "lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "macros.h"

/*
 * Whether the locked file is still in its directory: the process that had the lock before may have removed it, and another one may then
 * lock a new file of that name.
 */
static bool has_name(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_nlink > 0;
}

int lock_file_take(int directory, const char *name)
{
	for (;;) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
		AUTO_CLOSE int fd = openat(directory, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd < 0)
			return -1;
		if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
			if (errno == EACCES)
				errno = EAGAIN;
			return -1;
		}
		if (has_name(fd))
			return TAKE_FD(fd);
	}
}
