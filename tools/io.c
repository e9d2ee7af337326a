/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* io.c - bytes in and out: short reads and writes, interruptions and closed descriptors are dealt with here, once. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void io_guard_descriptors(void)
{
	/* Opened the wrong way round on purpose: reading from 0 or writing to 1 and 2 then fails with EBADF. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return;
}

/* Room for a whole regular file and a byte more at once, else something to begin with. */
static size_t first_capacity(int fd, size_t limit)
{
	struct stat status;

	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && (size_t)status.st_size <= limit)
		return (size_t)status.st_size + 2;
	return (size_t)64 << 10;
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* @deadline: of CLOCK_MONOTONIC, in milliseconds; 0: none. */
static int wait_readable(int fd, long long deadline)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	int ready;

	if (deadline == 0)
		return 0;
	do {
		long long left = deadline - now();

		ready = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return -errno;
	return ready == 0 ? -ETIMEDOUT : 0;
}

int io_read(int fd, size_t limit, unsigned int timeout, char **data, size_t *length)
{
	size_t capacity = first_capacity(fd, limit);
	size_t used = 0;
	char *made = malloc(capacity);
	long long deadline = timeout > 0 ? now() + timeout * 1000LL : 0;
	int code = made ? 0 : -ENOMEM;

	while (code == 0 && used <= limit) {
		size_t room;
		ssize_t got;

		if (used + 1 == capacity) {
			char *more = realloc(made, 2 * capacity);

			if (!more) {
				code = -ENOMEM;
				break;
			}
			made = more;
			capacity *= 2;
		}
		code = wait_readable(fd, deadline);
		if (code != 0)
			break;
		room = capacity - used - 1;
		got = read(fd, made + used, room < limit + 1 - used ? room : limit + 1 - used);
		if (got == 0)
			break;
		if (got > 0)
			used += (size_t)got;
		else if (errno != EINTR)
			code = -errno;
	}
	if (code != 0) {
		free(made);
		return code;
	}
	made[used] = '\0';
	*data = made;
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
