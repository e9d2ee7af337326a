/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* admin.c - asks `nestctl admin-clients`, which asks libvirt's admin API. */
#include "libvirt/admin.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "macros.h"

#define MOST_CLIENTS ((size_t)1 << 16) /* more than any daemon takes */

#define FRESH 100 /* milliseconds in which an answer that came late still counts */

struct admin {
	int fd;
	pid_t pid;
	bool is_owed; /* the answer to the last question, which has not come in time */
};

static int fail(struct virt_error *error, const char *message)
{
	error->no_domain = false;
	error->no_daemon = false;
	snprintf(error->message, sizeof(error->message), "%s", message);
	return -1;
}

/* ---- the process ---- */

/* Returns 0 or an errno. */
static int spawn(int fd, pid_t *pid)
{
	char *const arguments[] = {(char *)"nestctl", (char *)"admin-clients", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	sigfillset(&signals);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int admin_open(struct admin **admin, struct virt_error *error)
{
	struct admin *made = calloc(1, sizeof(*made));
	int ends[2];
	int code;

	if (!made)
		return fail(error, "out of memory");
	/* Both ends are above the standard descriptors, which are open; otherwise the child's own end might be closed in it. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		free(made);
		return fail(error, strerror(errno));
	}
	code = spawn(ends[1], &made->pid);
	close(ends[1]);
	made->fd = ends[0];
	if (code != 0) {
		close(made->fd);
		free(made);
		return fail(error, strerror(code));
	}
	*admin = made;
	return 0;
}

/* The process may hang in a call to a daemon that hangs. It changes nothing, so it may be killed at any point. */
void admin_close(struct admin *admin)
{
	if (!admin)
		return;
	close(admin->fd);
	kill(admin->pid, SIGKILL);
	while (waitpid(admin->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	free(admin);
}

/* ---- questions and answers ---- */

/* Returns 0 or a negative errno. */
static int receive(int fd, void *to, size_t size, int64_t deadline)
{
	long got = io_read_into(fd, to, size, deadline);

	return got < 0 ? (int)got : (size_t)got < size ? -EPIPE : 0;
}

/* Whether something comes, or the other end is gone. */
static bool wait_for_answer(const struct admin *admin, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = admin->fd, .events = POLLIN};
	int ready;

	do {
		int64_t left = deadline - nestxml_clock_monotonic();

		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* What has begun to come is read whole. */
static int read_answer(const struct admin *admin, struct clients *clients, int64_t *at, struct virt_error *error)
{
	int64_t deadline = nestxml_clock_monotonic() + ADMIN_TIME;
	struct clients made = {0};
	struct admin_answer header = {0};

	if (receive(admin->fd, &header, sizeof(header), deadline) < 0)
		return fail(error, "no answer from libvirt's admin API");
	if (header.code < 0 || header.count > MOST_CLIENTS) {
		fail(error, header.code < 0 ? header.message : "too many clients");
		error->no_daemon = header.no_daemon;
		return -1;
	}
	made.list = calloc(header.count + 1, sizeof(*made.list));
	if (!made.list || receive(admin->fd, made.list, header.count * sizeof(*made.list), deadline) < 0) {
		free(made.list);
		return fail(error, "incomplete answer from libvirt's admin API");
	}
	made.count = header.count;
	*clients = made;
	*at = header.at;
	return 0;
}

int admin_list_clients(struct admin *admin, struct clients *clients, struct virt_error *error)
{
	int64_t deadline = nestxml_clock_monotonic() + ADMIN_TIME;
	int64_t at = 0;

	for (;;) {
		if (!admin->is_owed && send(admin->fd, "", 1, MSG_NOSIGNAL) != 1)
			return fail(error, "no answer from libvirt's admin API");
		admin->is_owed = true;
		if (!wait_for_answer(admin, deadline)) {
			fail(error, "no answer from libvirt's admin API");
			return ADMIN_LATE;
		}
		if (read_answer(admin, clients, &at, error) < 0)
			return -1;
		admin->is_owed = false;
		if (nestxml_clock_monotonic() - at <= FRESH)
			return 0;
		clients_clear(clients);
	}
}
