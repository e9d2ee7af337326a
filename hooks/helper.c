/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* helper.c - starts `nestctl hook-helper`, at most one for each guest, in a session of its own and without a descriptor of libvirt's. */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "io.h"
#include "log.h"
#include "macros.h"
#include "paths.h"
#include "run_dir.h"

#ifndef HOOK_HELPER /* the tests have their own */
#define HOOK_HELPER NESTXML_BINDIR "/nestctl"
#endif

#define ANSWER_TIME 2000 /* milliseconds; libvirt waits for the hook, and the user for both */

/*
 * The helper's descriptors. 0 gives a byte once the hook has read the helper's answer, and end of file once the hook has ended. 1 takes the
 * answer. 3 has the helper's lock, which is released when the helper ends; it removes the lock's file itself.
 */
enum { HELPER_LOCK = STDERR_FILENO + 1, HELPER_FIRST_CLOSED };

/* If spawn() had to dup2() a descriptor onto itself, the descriptor would keep O_CLOEXEC and exec would close it. */
static int move_above(int fd, int floor)
{
	int moved = fcntl(fd, F_DUPFD_CLOEXEC, floor);

	close(fd);
	return moved;
}

/* Makes a pipe whose ends are above the helper's own descriptors. Returns false, with errno set, if that fails. */
static bool make_pipe(int ends[2])
{
	int made[2];

	if (pipe2(made, O_CLOEXEC) < 0)
		return false;
	ends[0] = move_above(made[0], HELPER_FIRST_CLOSED);
	ends[1] = move_above(made[1], HELPER_FIRST_CLOSED);
	return ends[0] >= 0 && ends[1] >= 0;
}

/* Returns 0 or an errno. */
static int spawn(char *const *arguments, int stdin_fd, int stdout_fd, int lock_fd)
{
	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, stdin_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, stdout_fd, STDOUT_FILENO);
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

/*
 * Reads a line and escapes it, since anything may have written it. @line is NUL-terminated at each step. Returns whether a whole line came
 * in time.
 */
static bool read_answer(int fd, char answer[HELPER_ANSWER])
{
	int64_t deadline = nestxml_clock_monotonic() + ANSWER_TIME;
	char line[HELPER_ANSWER] = "";
	size_t used = 0;
	char *end;

	while (!(end = strchr(line, '\n')) && used < sizeof(line) - 1) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		int64_t left = deadline - nestxml_clock_monotonic();
		int ready = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
		ssize_t got = ready > 0 ? read(fd, line + used, sizeof(line) - 1 - used) : 0;

		if (got > 0)
			used += (size_t)got;
		else if (ready >= 0 || errno != EINTR)
			break;
	}
	if (!end)
		return false;
	*end = '\0';
	nestxml_text_escape(line, answer, HELPER_ANSWER);
	return true;
}

static enum helper start_helper(char *const *arguments, int lock, char *answer)
{
	AUTO_CLOSE int helper_stdin = -1;
	AUTO_CLOSE int answer_fd = -1;
	AUTO_CLOSE int helper_stdout = -1;
	int hook_end;
	int ends[2];
	int error;

	if (!make_pipe(ends))
		return HELPER_FAILED;
	helper_stdin = ends[0];
	hook_end = ends[1]; /* stays open until this process ends: that is what the helper waits for */
	if (!answer) {
		helper_stdout = move_above(open("/dev/null", O_WRONLY | O_CLOEXEC), HELPER_FIRST_CLOSED);
	} else if (make_pipe(ends)) {
		answer_fd = ends[0];
		helper_stdout = ends[1];
	}
	if (helper_stdout < 0)
		return HELPER_FAILED;
	error = spawn(arguments, helper_stdin, helper_stdout, lock);
	close(TAKE_FD(helper_stdout));
	/* A later answer is not shown to the user, so a helper that does not get this byte does not start the guest. */
	if (error == 0 && answer && read_answer(answer_fd, answer))
		io_write(hook_end, "y", 1);
	errno = error;
	return error == 0 ? HELPER_STARTED : HELPER_FAILED;
}

enum helper helper_start(const char *uuid, char answer[HELPER_ANSWER])
{
	char *const arguments[] = {(char *)HOOK_HELPER, (char *)"hook-helper", (char *)uuid, (char *)(answer ? "--start" : NULL), NULL};
	AUTO_CLOSE int lock = -1;
	enum helper helper;
	char shown[64];

	if (!arguments[0]) /* a test may have none */
		return HELPER_FAILED;
	nestxml_text_escape(uuid, shown, sizeof(shown));
	lock = run_dir_lock(uuid);
	if (lock < 0 && errno == EAGAIN)
		return HELPER_UNDER_WAY;
	if (lock < 0) {
		log_write(LOG_ERR,
			  "guest %s: its definition is not rewritten, since its lock cannot be taken (%m): make " NESTXML_RUN_DIRECTORY
			  " a directory that only root can write to, with free space",
			  shown);
		return HELPER_FAILED;
	}
	lock = move_above(lock, HELPER_FIRST_CLOSED);
	helper = lock < 0 ? HELPER_FAILED : start_helper(arguments, lock, answer);
	if (helper == HELPER_FAILED) {
		log_write(LOG_ERR, "guest %s: its definition is not rewritten, since nestctl cannot be started: %m", shown);
		run_dir_remove_lock(uuid);
	}
	return helper;
}
