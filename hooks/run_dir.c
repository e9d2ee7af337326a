/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_dir.c - marks of incoming guests and the lock of helpers, in /run/nestxml. */
#include "run_dir.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "paths.h"
#include "root.h"

/* That it cannot be made shows when it is used. */
static void make_directory(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s" NESTXML_RUN_DIRECTORY, HOOK_ROOT);
	mkdir(path, 0700);
}

/* ---- marks ---- */

/*
 * libvirt follows a restore and a migration by `prepare` of the same guest, and where its CPU is passed through shows nothing in its XML
 * that tells this from a start from nothing (measured, libvirt 9.0). So the first call leaves a mark that the second one takes away. One
 * that nothing followed, as where the guest was running already, counts for a minute at most, and not after the guest's next end.
 */
#define MARK_AGE 60 /* seconds */

/* Guests' names hold no '/', and with ".xml" are files of libvirt's; so with three bytes more they are names of files here too. */
static bool make_mark_path(char *path, size_t size, const char *name)
{
	int length = snprintf(path, size, "%s" NESTXML_RUN_DIRECTORY "/in-%s", HOOK_ROOT, name);

	return !strchr(name, '/') && length > 0 && (size_t)length < size;
}

void run_dir_leave_mark(const char *name)
{
	char path[4096];
	int fd;

	make_directory();
	if (!make_mark_path(path, sizeof(path), name))
		return;
	unlink(path); /* an old one would keep its time */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
}

bool run_dir_take_mark(const char *name)
{
	char path[4096];
	struct stat status;
	time_t age;

	if (!make_mark_path(path, sizeof(path), name) || lstat(path, &status) < 0 || unlink(path) < 0)
		return false;
	age = time(NULL) - status.st_mtime;
	return status.st_uid == geteuid() && age >= -1 && age <= MARK_AGE;
}

/* ---- the lock ---- */

/* A place in the file of locks, from the UUID's last digits; two guests with the same ones would wait for each other, and no more. */
static off_t make_place(const char *uuid)
{
	uint64_t place = 0; /* which loses the first digits */

	for (const char *at = uuid; *at; at++)
		if (isxdigit((unsigned char)*at))
			place = place << 4 | (uint64_t)(isdigit((unsigned char)*at) ? *at - '0' : tolower((unsigned char)*at) - 'a' + 10);
	return (off_t)(place & 0xfffffffffffffff); /* room below the greatest off_t */
}

int run_dir_lock(const char *uuid)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = make_place(uuid), .l_len = 1};
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s" NESTXML_RUN_DIRECTORY "/lock", HOOK_ROOT);
	make_directory();
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		int error = errno == EACCES ? EAGAIN : errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}
