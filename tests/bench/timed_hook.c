/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timed_hook.c - stands in the hook's place and runs /run/timed, a hook: adds a line to /run/calls with what /run/kind says, the operation,
 * and the call's microseconds, of the wall clock and of the processor.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(const struct timeval *time)
{
	return 1000000LL * time->tv_sec + time->tv_usec;
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return 1000000LL * time.tv_sec + time.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	long long start = now();
	struct rusage usage;
	char kind[32] = "";
	int status = 1 << 8;
	FILE *file;
	pid_t pid = vfork();

	if (pid == 0) {
		execv("/run/timed", argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 1;
	start = now() - start;
	file = fopen("/run/kind", "r");
	if (file && fgets(kind, sizeof(kind), file))
		kind[strcspn(kind, "\n")] = '\0';
	if (file)
		fclose(file);
	file = fopen("/run/calls", "a");
	if (file) {
		fprintf(file, "%s %s %lld %lld\n", kind, argc > 2 ? argv[2] : "-", start,
			microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime));
		fclose(file);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
