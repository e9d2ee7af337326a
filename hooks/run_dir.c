/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run_dir.c - marks of guests that arrive and the locks of helpers, in /run/nestxml. */
#include "run_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "io.h"
#include "lock_file.h"
#include "macros.h"
#include "root.h"
#include "run_directory.h"

/* Returns false, with errno set, if @text is no UUID. */
static bool take_uuid(const char *text, struct uuid *uuid)
{
	if (uuid_read(text, uuid))
		return true;
	errno = EINVAL;
	return false;
}

/* ---- marks ---- */

/*
 * After a restore or a migration libvirt calls `prepare` for the same guest. If the guest's CPU is passed through, nothing in the XML tells
 * that `prepare` from the one of a plain start (docs/libvirt-facts.md #8). So the first call leaves a mark, which the second one removes.
 * If no `prepare` follows, as after an offline migration, the mark counts for a minute at most, and not beyond the guest's next `release`.
 *
 * A mark's file is named after the guest, since at `release` nothing but the name is looked at. It holds the guest's UUID and the time when
 * it was left.
 */
#define MARK_AGE 60000 /* milliseconds */

/* libvirt itself has a file NAME.xml for each guest, so "in-NAME", which is shorter, is a valid file name too. */
static bool make_mark_name(const char *name, char *file, size_t size)
{
	int length = snprintf(file, size, "in-%s", name);

	if (!strchr(name, '/') && length > 0 && (size_t)length < size)
		return true;
	errno = EINVAL;
	return false;
}

static bool write_mark(int directory, const char *file, const struct uuid *uuid)
{
	AUTO_CLOSE int fd = openat(directory, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	char text[80];
	int length;
	int code;

	if (fd < 0)
		return false;
	length = snprintf(text, sizeof(text), "%s %" PRId64 "\n", uuid->digits, nestxml_clock_boottime());
	code = io_write(fd, text, (size_t)length);
	errno = -code;
	return code == 0;
}

bool run_dir_leave_mark(const char *name, const char *uuid)
{
	AUTO_CLOSE int directory = run_directory_open(HOOK_ROOT);
	struct uuid of;
	char file[300];

	if (directory < 0 || !make_mark_name(name, file, sizeof(file)) || !take_uuid(uuid, &of))
		return false;
	unlinkat(directory, file, 0); /* an older one */
	return write_mark(directory, file, &of);
}

/* Its age is measured by the boot's own clock, so that setting the wall clock does not turn an arrival into a start. */
static bool read_mark(int fd, struct uuid *uuid)
{
	char text[80] = "";
	long length = io_read_into(fd, text, sizeof(text) - 1, 0);
	const size_t digits = sizeof(uuid->digits) - 1;
	char *end;
	int64_t age;
	int64_t left;

	if (length <= 0)
		return false;
	text[length] = '\0';
	if (text[digits] != ' ')
		return false;
	text[digits] = '\0';
	if (!uuid_read(text, uuid))
		return false;
	left = strtoll(text + digits + 1, &end, 10);
	if (strcmp(end, "\n") != 0 || left < 0)
		return false;
	age = nestxml_clock_boottime() - left;
	return age >= 0 && age <= MARK_AGE;
}

bool run_dir_take_mark(const char *name, struct uuid *uuid)
{
	AUTO_CLOSE int directory = run_directory_open(HOOK_ROOT);
	AUTO_CLOSE int fd = -1;
	char file[300];

	if (directory < 0 || !make_mark_name(name, file, sizeof(file)))
		return false;
	fd = openat(directory, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	unlinkat(directory, file, 0);
	return fd >= 0 && read_mark(fd, uuid);
}

/* ---- locks ---- */

static bool make_lock_name(const char *text, char *file, size_t size)
{
	struct uuid uuid;

	if (!take_uuid(text, &uuid))
		return false;
	snprintf(file, size, "lock-%s", uuid.digits);
	return true;
}

int run_dir_lock(const char *uuid)
{
	AUTO_CLOSE int directory = run_directory_open(HOOK_ROOT);
	char file[64];

	if (directory < 0 || !make_lock_name(uuid, file, sizeof(file)))
		return -1;
	return lock_file_take(directory, file);
}

void run_dir_remove_lock(const char *uuid)
{
	AUTO_CLOSE int directory = run_directory_open(HOOK_ROOT);
	char file[64];

	if (directory >= 0 && make_lock_name(uuid, file, sizeof(file)))
		unlinkat(directory, file, 0);
}
