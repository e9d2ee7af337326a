/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench.c - the filter beside the limits that the machine sets, as whole processes: wall clock from spawn to exit, and peak memory.
 *
 * Both sides of a row run in turns, so that what else the machine does hits them alike; figures are medians, and a ratio is that of two
 * medians of the same run. It prints, and judges nothing by its exit status but whether measuring was possible.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "inputs.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)
#define LARGE_SIZE (11 * (size_t)1000 * 1000)
#define MEMORY_GOAL (8 * MIB)
#define WARM_UP 5
#define MAX_RUNS 100000

extern char **environ;

struct options {
	const char *filter;
	const char *empty;
	const char *sax;
	const char *json;
	const char *inputs; /* only write the documents, into this folder */
	unsigned int small_runs;
	unsigned int large_runs;
};

/* What one process cost. */
struct cost {
	double milliseconds;
	size_t peak; /* bytes */
};

/* One line of the table: two programs, one input, and how far apart they may be. */
struct row {
	const char *what;
	const char *program;
	const char *baseline;
	int input;
	size_t size;
	unsigned int runs;
	double goal;
	/* results */
	double ours;
	double theirs;
	size_t peak; /* the largest of all runs of @program */
};

/* ---- one process ---- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static bool run(const char *program, int input, posix_spawn_file_actions_t *actions, struct cost *cost)
{
	char *argv[] = {(char *)program, NULL};
	struct rusage usage;
	double start;
	int status;
	pid_t child;

	if (lseek(input, 0, SEEK_SET) < 0) /* the offset is shared with the child before */
		return false;
	start = now();
	if (posix_spawn(&child, program, actions, NULL, argv, environ) != 0)
		return false;
	while (wait4(child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			return false;
	cost->milliseconds = now() - start;
	cost->peak = (size_t)usage.ru_maxrss * KIB;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- one row ---- */

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

static bool measure_with(struct row *row, posix_spawn_file_actions_t *actions, double *ours, double *theirs)
{
	for (unsigned int i = 0; i < row->runs + WARM_UP; i++) {
		unsigned int at = i < WARM_UP ? 0 : i - WARM_UP;
		struct cost cost;

		if (!run(row->program, row->input, actions, &cost)) {
			fprintf(stderr, "bench: %s fails; run it by hand on the output of --inputs\n", row->program);
			return false;
		}
		ours[at] = cost.milliseconds;
		row->peak = cost.peak > row->peak ? cost.peak : row->peak;
		if (!run(row->baseline, row->input, actions, &cost)) {
			fprintf(stderr, "bench: %s fails\n", row->baseline);
			return false;
		}
		theirs[at] = cost.milliseconds;
	}
	row->ours = median(ours, row->runs);
	row->theirs = median(theirs, row->runs);
	return true;
}

static bool measure(struct row *row)
{
	posix_spawn_file_actions_t actions;
	double *ours = calloc(row->runs, sizeof(*ours));
	double *theirs = calloc(row->runs, sizeof(*theirs));
	bool done = false;

	if (ours && theirs && posix_spawn_file_actions_init(&actions) == 0) {
		if (posix_spawn_file_actions_adddup2(&actions, row->input, STDIN_FILENO) == 0 &&
		    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0)
			done = measure_with(row, &actions, ours, theirs);
		posix_spawn_file_actions_destroy(&actions);
	}
	free(ours);
	free(theirs);
	return done;
}

/* ---- what is printed ---- */

static const char *yes_no(bool met)
{
	return met ? "yes" : "no";
}

static void print_table(const struct row *rows, size_t count)
{
	const struct row *large = &rows[count - 1];

	printf("%-46s %10s %13s %7s %6s %4s\n", "time, whole process (medians)", "ours ms", "baseline ms", "ratio", "goal", "met");
	for (size_t i = 0; i < count; i++) {
		double ratio = rows[i].ours / rows[i].theirs;

		printf("%-46s %10.3f %13.3f %7.3f %6.2f %4s\n", rows[i].what, rows[i].ours, rows[i].theirs, ratio, rows[i].goal,
		       yes_no(ratio <= rows[i].goal));
	}
	printf("\n%-46s %10s %13s %7s %6s %4s\n", "peak memory", "ours MiB", "input MiB", "over", "goal", "met");
	printf("%-46s %10.2f %13.2f %7.2f %6.2f %4s\n", "filter, 11 MB", (double)large->peak / (double)MIB,
	       (double)large->size / (double)MIB, ((double)large->peak - (double)large->size) / (double)MIB,
	       (double)MEMORY_GOAL / (double)MIB, yes_no(large->peak <= large->size + MEMORY_GOAL));
}

static bool print_json(const char *path, const struct row *rows, size_t count)
{
	const struct row *large = &rows[count - 1];
	FILE *file = fopen(path, "w");

	if (!file) {
		perror(path);
		return false;
	}
	fputs("{\n  \"times\": [\n", file);
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		double ratio = row->ours / row->theirs;

		fprintf(file,
			"    {\"what\": \"%s\", \"input_bytes\": %zu, \"runs\": %u, \"ours_ms\": %.4f, \"baseline_ms\": %.4f, "
			"\"ratio\": %.4f, \"goal\": %.2f, \"met\": %s}%s\n",
			row->what, row->size, row->runs, row->ours, row->theirs, ratio, row->goal, ratio <= row->goal ? "true" : "false",
			i + 1 < count ? "," : "");
	}
	fprintf(file, "  ],\n  \"memory\": {\"peak_bytes\": %zu, \"input_bytes\": %zu, \"goal_bytes\": %zu, \"met\": %s}\n}\n", large->peak,
		large->size, large->size + MEMORY_GOAL, large->peak <= large->size + MEMORY_GOAL ? "true" : "false");
	return fclose(file) == 0;
}

/* ---- the inputs ---- */

/*
 * In a memfd, and written piece by piece: a child that shares this process's memory until it executes inherits its peak as its own, so
 * that a large buffer here would be counted as the filter's.
 */
static int make_input(size_t size, size_t *length)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	struct stat status;

	if (fd < 0 || !inputs_write(fd, size) || fstat(fd, &status) < 0)
		return -1;
	*length = (size_t)status.st_size;
	return fd;
}

static int write_inputs(const char *folder)
{
	static const struct {
		const char *name;
		size_t size;
	} files[] = {{"small.xml", 0}, {"large.xml", LARGE_SIZE}};
	char path[4096];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd;
		bool written;

		snprintf(path, sizeof(path), "%s/%s", folder, files[i].name);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		written = fd >= 0 && inputs_write(fd, files[i].size);
		if (fd >= 0)
			close(fd);
		if (!written) {
			perror(path);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

/* ---- the command line ---- */

static int print_usage(void)
{
	fputs("Usage: bench --filter PROGRAM --empty PROGRAM --sax PROGRAM [--json FILE] [--small-runs N] [--large-runs N]\n"
	      "       bench --inputs FOLDER     only writes the documents that are measured\n",
	      stderr);
	return 2;
}

static bool parse_options(struct options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"filter", required_argument, NULL, 'f'},     {"empty", required_argument, NULL, 'e'},
		{"sax", required_argument, NULL, 's'},	      {"json", required_argument, NULL, 'j'},
		{"inputs", required_argument, NULL, 'i'},     {"small-runs", required_argument, NULL, 'm'},
		{"large-runs", required_argument, NULL, 'l'}, {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == 'f')
			options->filter = optarg;
		else if (option == 'e')
			options->empty = optarg;
		else if (option == 's')
			options->sax = optarg;
		else if (option == 'j')
			options->json = optarg;
		else if (option == 'i')
			options->inputs = optarg;
		else if (option == 'm')
			options->small_runs = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 'l')
			options->large_runs = (unsigned int)strtoul(optarg, NULL, 10);
		else
			return false;
	}
	return options->inputs || (options->filter && options->empty && options->sax && options->small_runs > 0 &&
				   options->small_runs <= MAX_RUNS && options->large_runs > 0 && options->large_runs <= MAX_RUNS);
}

int main(int argc, char **argv)
{
	struct options options = {.small_runs = 1000, .large_runs = 41};
	size_t small_size;
	size_t large_size;
	int small;
	int large;

	if (!parse_options(&options, argc, argv))
		return print_usage();
	if (options.inputs)
		return write_inputs(options.inputs);
	small = make_input(0, &small_size);
	large = make_input(LARGE_SIZE, &large_size);
	if (small < 0 || large < 0) {
		perror("bench: the inputs");
		return EXIT_FAILURE;
	}
	struct row rows[] = {
		{"filter, 9 KB : empty program with libxml2", options.filter, options.empty, small, small_size, options.small_runs, 1.2, 0,
		 0, 0},
		{"filter, 11 MB : bare SAX parse", options.filter, options.sax, large, large_size, options.large_runs, 1.25, 0, 0, 0},
	};
	size_t count = sizeof(rows) / sizeof(rows[0]);

	for (size_t i = 0; i < count; i++)
		if (!measure(&rows[i]))
			return EXIT_FAILURE;
	print_table(rows, count);
	return !options.json || print_json(options.json, rows, count) ? EXIT_SUCCESS : EXIT_FAILURE;
}
