/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.c - starts `nestctl hook-helper`, at most one for each guest, in a session of its own and without a descriptor of libvirt's. */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "run_dir.h"

#ifndef HOOK_HELPER /* the tests have one of their own */
#define HOOK_HELPER NESTXML_BINDIR "/nestctl"
#endif

/* What the helper finds open: 0 ends when the hook has ended, 3 is its lock; it never touches that, and the lock goes when it goes. */
enum { HELPER_LOCK = STDERR_FILENO + 1, HELPER_FIRST_CLOSED };

/* dup2() onto itself would leave the descriptor to be closed by exec. */
static int move_above(int fd, int floor)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, floor);

	close(fd);
	return moved;
}

/* Returns 0 or an errno. */
static int spawn(char *const *arguments, int stdin_fd, int lock_fd)
{
	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, stdin_fd, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, lock_fd, HELPER_LOCK);
	posix_spawn_file_actions_addclosefrom_np(&actions, HELPER_FIRST_CLOSED);
	posix_spawnattr_init(&attributes);
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(&attributes, &signals);
	sigfillset(&signals);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn(&pid, arguments[0], &actions, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

enum helper helper_start(const char *uuid, bool start)
{
	char *const arguments[] = {(char *)HOOK_HELPER, (char *)"hook-helper", (char *)uuid, (char *)(start ? "--start" : NULL), NULL};
	int ends[2];
	int lock;
	int error;

	if (!arguments[0]) { /* as a test may have it */
		errno = ENOENT;
		return HELPER_FAILED;
	}
	lock = run_dir_lock(uuid);
	if (lock < 0)
		return errno == EAGAIN ? HELPER_UNDER_WAY : HELPER_FAILED;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return HELPER_FAILED;
	lock = move_above(lock, HELPER_FIRST_CLOSED);
	ends[0] = move_above(ends[0], HELPER_FIRST_CLOSED);
	error = lock < 0 || ends[0] < 0 ? errno : spawn(arguments, ends[0], lock);
	/* ends[1] stays open until this process ends: that is what the helper waits for. */
	close(lock);
	close(ends[0]);
	errno = error;
	return error == 0 ? HELPER_STARTED : HELPER_FAILED;
}
