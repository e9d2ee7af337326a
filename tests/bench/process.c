/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.c - runs processes in turns and takes the medians. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP 5
#define CALLGRIND "/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"
#define MAX_ARGUMENTS 32

extern char **environ;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* ---- one process ---- */

/* @errors: what stderr goes to. */
static bool run(char *const *argv, int input, int errors, struct process_cost *cost)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	double start;
	int status;
	int error;
	pid_t child;

	if (lseek(input, 0, SEEK_SET) < 0 || posix_spawn_file_actions_init(&actions) != 0)
		return false;
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
	start = now();
	error = posix_spawn(&child, argv[0], &actions, NULL, argv, environ);
	while (error == 0 && wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			error = errno;
	cost->milliseconds = now() - start;
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0)
		return false;
	cost->peak = (size_t)usage.ru_maxrss << 10;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run_all(process_commands commands, int input, struct process_cost *cost)
{
	*cost = (struct process_cost){0};
	for (; *commands; commands++) {
		struct process_cost one;

		if (!run(*commands, input, STDERR_FILENO, &one)) {
			fprintf(stderr, "bench: %s fails; run it by hand on the output of --inputs\n", (*commands)[0]);
			return false;
		}
		cost->milliseconds += one.milliseconds;
		cost->peak = one.peak > cost->peak ? one.peak : cost->peak;
	}
	return true;
}

/* ---- many ---- */

static int compare_numbers(const void *left, const void *right)
{
	const double *a = left;
	const double *b = right;

	return (*a > *b) - (*a < *b);
}

static double median(double *numbers, size_t count)
{
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	return count % 2 ? numbers[count / 2] : (numbers[count / 2 - 1] + numbers[count / 2]) / 2;
}

bool process_measure(process_commands ours, process_commands theirs, int input, unsigned int runs, struct process_cost *our_cost,
		     struct process_cost *their_cost)
{
	const process_commands sides[] = {ours, theirs};
	struct process_cost *costs[] = {our_cost, their_cost};
	double *times[] = {calloc(runs, sizeof(double)), calloc(runs, sizeof(double))};
	bool done = times[0] && times[1];

	for (size_t side = 0; side < 2; side++)
		costs[side]->peak = 0;
	for (unsigned int i = 0; done && i < runs + WARM_UP; i++) {
		for (size_t side = 0; done && side < 2; side++) {
			struct process_cost cost;

			done = run_all(sides[side], input, &cost);
			times[side][i < WARM_UP ? 0 : i - WARM_UP] = cost.milliseconds;
			costs[side]->peak = cost.peak > costs[side]->peak ? cost.peak : costs[side]->peak;
		}
	}
	for (size_t side = 0; side < 2; side++) {
		if (done)
			costs[side]->milliseconds = median(times[side], runs);
		free(times[side]);
	}
	return done;
}

/* ---- instructions ---- */

static unsigned long long read_count(int fd)
{
	static const char mark[] = "Collected : ";
	char text[16384];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	const char *at;

	text[got > 0 ? got : 0] = '\0';
	at = strstr(text, mark);
	return at ? strtoull(at + sizeof(mark) - 1, NULL, 10) : 0;
}

static unsigned long long count_one(char *const *argv, int input)
{
	char *counted[MAX_ARGUMENTS] = {CALLGRIND};
	size_t used = 3;
	struct process_cost ignored;
	unsigned long long count;
	int said = memfd_create("callgrind", MFD_CLOEXEC);

	for (; *argv && used < MAX_ARGUMENTS - 1; argv++)
		counted[used++] = *argv;
	if (said < 0)
		return 0;
	count = run(counted, input, said, &ignored) ? read_count(said) : 0;
	close(said);
	return count;
}

unsigned long long process_count(process_commands commands, int input)
{
	unsigned long long sum = 0;

	for (; *commands; commands++) {
		unsigned long long count = count_one(*commands, input);

		if (count == 0)
			return 0;
		sum += count;
	}
	return sum;
}
