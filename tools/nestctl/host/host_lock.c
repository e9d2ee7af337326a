/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host_lock.c - a lock file in a directory of root's own, so that nobody else can take the lock and keep it. */
#include "host/host_lock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "lock_file.h"
#include "paths.h"
#include "run_directory.h"

#define FILE_NAME "host"
#define WAIT_MAX 5000 /* milliseconds: loading a module again takes less, even if it is tried twice */

/* Where there is no /run, as when an image is built, no other run can be in the way. */
static void warn_unlocked(void)
{
	if (errno != ENOENT && errno != EROFS)
		fprintf(stderr, "nestctl: warning: going on without a lock in " NESTXML_RUN_DIRECTORY ": %s\n",
			errno == EPERM ? "it belongs to another user, or others can write to it" : strerror(errno));
}

bool host_lock_take(const char *root, struct host_lock *lock)
{
	int64_t end = nestxml_clock_monotonic() + WAIT_MAX;

	lock->directory = run_directory_open(root);
	if (lock->directory < 0) {
		warn_unlocked();
		return true;
	}
	for (;;) {
		lock->fd = lock_file_take(lock->directory, FILE_NAME);
		if (lock->fd >= 0)
			return true;
		if (errno != EAGAIN) {
			warn_unlocked();
			return true;
		}
		if (nestxml_clock_monotonic() >= end)
			return false;
		usleep(50000);
	}
}

/* A note that cannot be written is no reason to stop: it is needed only if this run is killed. */
void host_lock_set_note(const struct host_lock *lock, const char *module)
{
	if (lock->fd >= 0 && ftruncate(lock->fd, 0) == 0)
		io_write(lock->fd, module, strlen(module));
}

bool host_lock_has_note(const struct host_lock *lock, const char *module)
{
	char note[64];
	ssize_t length = lock->fd < 0 ? -1 : pread(lock->fd, note, sizeof(note), 0);

	return length > 0 && (size_t)length == strlen(module) && memcmp(note, module, (size_t)length) == 0;
}

static bool is_empty(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_size == 0;
}

void host_lock_release(struct host_lock *lock)
{
	if (lock->fd >= 0) {
		if (is_empty(lock->fd))
			unlinkat(lock->directory, FILE_NAME, 0);
		close(lock->fd);
	}
	if (lock->directory >= 0)
		close(lock->directory);
	*lock = HOST_LOCK_NONE;
}
