/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* io.c - bytes in and out: short reads and writes, interruptions and closed descriptors are handled here, once. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "macros.h"

/* Open until the program ends. */
static int guards[STDERR_FILENO + 1];

void io_guard_descriptors(void)
{
	/* Whether it is read or written, a descriptor of O_PATH fails with EBADF, as a closed one does. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			guards[fd] = open("/dev/null", O_PATH);
}

/* @deadline: a time of nestxml_clock_monotonic(); 0: none. */
static int wait_readable(int fd, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	int ready;

	if (deadline == 0)
		return 0;
	do {
		int64_t left = deadline - nestxml_clock_monotonic();

		ready = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	return ready == 0 ? -ETIMEDOUT : 0;
}

/* The one loop over read(). */
long io_read_into(int fd, void *buffer, size_t size, int64_t deadline)
{
	size_t used = 0;

	while (used < size) {
		int code = wait_readable(fd, deadline);
		ssize_t got = code == 0 ? read(fd, (char *)buffer + used, size - used) : 0;

		if (code != 0)
			return code;
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			break;
		if (got > 0)
			used += (size_t)got;
	}
	return (long)used;
}

/* Room for a whole regular file and one byte more, so that one read shows its end; for anything else, a first guess. */
static size_t first_capacity(int fd, size_t limit)
{
	struct stat status;

	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && (size_t)status.st_size <= limit)
		return (size_t)status.st_size + 2;
	return (size_t)64 << 10;
}

int io_read(int fd, size_t limit, unsigned int timeout, char **data, size_t *length)
{
	size_t capacity = first_capacity(fd, limit);
	int64_t deadline = timeout > 0 ? nestxml_clock_monotonic() + timeout * 1000LL : 0;
	AUTO_FREE char *made = NULL;
	size_t used = 0;
	bool is_full;

	do {
		char *more = realloc(made, capacity);
		size_t room = capacity - used - 1;
		long got;

		if (!more)
			return -ENOMEM;
		made = more;
		got = io_read_into(fd, made + used, room < limit + 1 - used ? room : limit + 1 - used, deadline);
		if (got < 0)
			return (int)got;
		used += (size_t)got;
		is_full = (size_t)got == room;
		capacity *= 2;
	} while (is_full && used <= limit);
	made[used] = '\0';
	*data = TAKE(made);
	*length = used;
	return 0;
}

int io_write(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t put = write(fd, text, length);

		if (put < 0 && errno != EINTR)
			return -errno;
		if (put > 0) {
			text += put;
			length -= (size_t)put;
		}
	}
	return 0;
}
