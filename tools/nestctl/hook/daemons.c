/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* daemons.c - finds libvirtd and virtqemud by their PID files, and sends them SIGHUP. */
#include "hook/daemons.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "file.h"
#include "io.h"
#include "macros.h"
#include "paths.h"

#define TICK 20		 /* milliseconds: the kernel reports a process's start time no more precisely than this */
#define RELOAD_MAX 10000 /* milliseconds that a reload may take, of a host with many guests too */

/* Distributions differ in where they keep the PID files. */
static const struct {
	const char *name;
	const char *pid_file;
} known[] = {
	{"libvirtd", "/run/libvirtd.pid"},
	{"libvirtd", "/run/libvirt/libvirtd.pid"},
	{"virtqemud", "/run/virtqemud.pid"},
	{"virtqemud", "/run/libvirt/virtqemud.pid"},
};

/* ---- which run ---- */

static bool has_name(const char *root, const char *comm, const char *name)
{
	char text[64];

	if (nestxml_file_read_small(root, comm, text, sizeof(text)) < 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, name) == 0;
}

/* A PID file outlives its daemon, and another process may have the number by now. */
static bool is_named(const char *root, pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	return has_name(root, path, name);
}

/* Field 22 of /proc/PID/stat; the second one is a name in parentheses that may hold anything. */
bool daemons_read_ticks(const char *root, pid_t pid, unsigned long long *ticks)
{
	char path[64];
	char text[1024];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (nestxml_file_read_small(root, path, text, sizeof(text)) < 0)
		return false;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	*ticks = strtoull(at, NULL, 10);
	return true;
}

static long long milliseconds(const struct timespec *time)
{
	return (long long)time->tv_sec * 1000 + time->tv_nsec / 1000000;
}

static long long time_of_ticks(unsigned long long ticks)
{
	struct timespec now = {0};
	struct timespec since_boot = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &since_boot);
	return milliseconds(&now) - milliseconds(&since_boot) + (long long)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

static bool is_listed(const struct daemons *daemons, const char *name)
{
	for (size_t i = 0; i < daemons->count; i++)
		if (strcmp(daemons->list[i].name, name) == 0)
			return true;
	return false;
}

void daemons_find(const char *root, struct daemons *daemons)
{
	daemons->count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(known) && daemons->count < DAEMONS_MAX; i++) {
		struct daemon daemon = {.name = known[i].name};
		char text[32];

		if (is_listed(daemons, daemon.name) || nestxml_file_read_small(root, known[i].pid_file, text, sizeof(text)) < 0)
			continue;
		daemon.pid = (pid_t)strtol(text, NULL, 10);
		if (daemon.pid <= 1 || !is_named(root, daemon.pid, daemon.name) || !daemons_read_ticks(root, daemon.pid, &daemon.ticks))
			continue;
		daemon.started = time_of_ticks(daemon.ticks);
		daemons->list[daemons->count++] = daemon;
	}
}

/* ---- which were told ---- */

static char *make_record_path(const char *root, const struct daemon *daemon)
{
	char path[64];

	snprintf(path, sizeof(path), NESTXML_RUN_DIRECTORY "/told-%s", daemon->name);
	return nestxml_path_join(root, path);
}

static void make_record(const struct daemon *daemon, char *text, size_t size)
{
	snprintf(text, size, "%d %llu\n", (int)daemon->pid, daemon->ticks);
}

/* Only for `nestctl hook status`, which says "unknown" if this cannot be written. */
static void remember(const char *root, const struct daemon *daemon)
{
	AUTO_FREE char *directory = nestxml_path_join(root, NESTXML_RUN_DIRECTORY);
	AUTO_FREE char *path = make_record_path(root, daemon);
	AUTO_CLOSE int fd = -1;
	char text[64];

	if (!directory || !path)
		return;
	mkdir(directory, 0700);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	make_record(daemon, text, sizeof(text));
	io_write(fd, text, strlen(text));
}

static bool was_told(const char *root, const struct daemon *daemon, const struct timespec *since)
{
	AUTO_FREE char *path = make_record_path(root, daemon);
	char told[64];
	char wanted[64];
	struct stat status;

	make_record(daemon, wanted, sizeof(wanted));
	return path && lstat(path, &status) == 0 && S_ISREG(status.st_mode) && milliseconds(&status.st_mtim) >= milliseconds(since) &&
	       nestxml_file_read_small("", path, told, sizeof(told)) > 0 && strcmp(told, wanted) == 0;
}

/* ---- telling them ---- */

/* libvirtd writes its PID file before it has a handler for SIGHUP, which would end it until then. */
static bool catches_sighup(const char *root, pid_t pid)
{
	char path[64];
	char text[4096];
	const char *caught;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (nestxml_file_read_small(root, path, text, sizeof(text)) < 0)
		return true;
	caught = strstr(text, "\nSigCgt:");
	return !caught || strtoull(caught + strlen("\nSigCgt:"), NULL, 16) & (1ULL << (SIGHUP - 1));
}

/* Such a daemon ignores SIGHUP (libvirt's src/remote/remote_daemon.c, daemonReloadHandler()). */
static bool is_starting_or_reloading(const char *root, pid_t pid)
{
	char directory[64];
	AUTO_FREE char *path = NULL;
	AUTO_CLOSEDIR DIR *threads = NULL;
	const struct dirent *thread;

	snprintf(directory, sizeof(directory), "/proc/%d/task", (int)pid);
	path = nestxml_path_join(root, directory);
	threads = path ? opendir(path) : NULL;
	while (threads && (thread = readdir(threads))) {
		char comm[384];

		snprintf(comm, sizeof(comm), "%s/%s/comm", directory, thread->d_name);
		if (has_name(root, comm, "daemon-init") || has_name(root, comm, "daemon-reload"))
			return true;
	}
	return false;
}

/*
 * A reload looks for hooks first, so one that begins after this finds the hook that is in place now, even if it answers another program's
 * SIGHUP and ours is ignored.
 */
static int wait_until_idle(const char *root, pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	int64_t end = nestxml_clock_monotonic() + RELOAD_MAX;

	while (!catches_sighup(root, pid) || is_starting_or_reloading(root, pid)) {
		if (nestxml_clock_monotonic() > end)
			return -EBUSY;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int daemons_tell(const char *root, const struct daemon *daemon)
{
	AUTO_CLOSE int fd = (int)syscall(SYS_pidfd_open, daemon->pid, 0);
	int code;

	if (fd < 0)
		return -errno;
	code = wait_until_idle(root, daemon->pid);
	if (code != 0)
		return code;
	/*
	 * A pidfd never refers to any process other than the one that it was opened for, so it is enough to check the name once more before
	 * the signal.
	 */
	if (!is_named(root, daemon->pid, daemon->name))
		code = -ESRCH;
	else if (syscall(SYS_pidfd_send_signal, fd, SIGHUP, NULL, 0) < 0)
		code = -errno;
	if (code == 0)
		remember(root, daemon);
	return code;
}

bool daemons_has_looked(const char *root, const struct daemon *daemon, const struct timespec *since)
{
	return daemon->started > milliseconds(since) + TICK || was_told(root, daemon, since);
}
