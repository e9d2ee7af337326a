/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log.c - sends datagrams to /dev/log, as glibc's syslog(3) does, but without a timestamp: journald and rsyslog add their own, and
 * formatting one would make each start of a guest read /etc/localtime.
 */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef LOG_SOCKET /* the tests have logs of their own */
#define LOG_SOCKET "/dev/log"
#endif

#define MAX_LINE 8192

/* One log for a process, as openlog() has it. */
static const char *log_ident = "nestxml";
static int log_fd = -1;
static int log_wait = LOG_WAIT; /* milliseconds for which the log may still be waited for */

void log_open(const char *ident)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = LOG_SOCKET;
	int saved = errno;

	log_ident = ident;
	if (log_fd >= 0)
		close(log_fd);
	log_fd = -1;
	if (path && strlen(path) < sizeof(address.sun_path))
		log_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (log_fd >= 0) {
		memcpy(address.sun_path, path, strlen(path)); /* the rest is zero */
		if (connect(log_fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
			close(log_fd);
			log_fd = -1;
		}
	}
	errno = saved;
}

/* "<28>nestxml-hook[4711]: "; the length of it. */
static size_t write_header(int priority, char *line, size_t size)
{
	return (size_t)snprintf(line, size, "<%d>%s[%d]: ", LOG_DAEMON | priority, log_ident, (int)getpid());
}

/* Returns false if the log is full and its time is up; true if it has taken the line, or has gone. */
static bool send_line(const char *line, size_t length)
{
	struct pollfd ready = {.fd = log_fd, .events = POLLOUT};

	while (send(log_fd, line, length, MSG_NOSIGNAL) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != ENOBUFS)
			return true; /* the log has gone: syslog(3) says nothing either */
		if (log_wait == 0)
			return false;
		poll(&ready, 1, log_wait);
		log_wait = 0;
	}
	return true;
}

void log_write(int priority, const char *format, ...)
{
	char line[MAX_LINE];
	int saved = errno; /* %m */
	va_list arguments;
	size_t header;

	if (log_fd < 0)
		return;
	header = write_header(priority, line, sizeof(line));
	errno = saved;
	va_start(arguments, format);
	vsnprintf(line + header, sizeof(line) - header, format, arguments);
	va_end(arguments);
	if (!send_line(line, strlen(line)))
		dprintf(STDERR_FILENO, "%s: cannot write to the system's log; the message was: %s\n", log_ident, line + header);
	errno = saved;
}
