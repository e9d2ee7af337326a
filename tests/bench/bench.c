/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench.c - the hook and the filter next to the limits that the machine sets and next to what people would take instead, as whole
 * processes: wall clock from spawn to exit, instructions, and peak memory.
 *
 * Both sides of a row run in turns, so that what else the machine does hits them alike; figures are medians, and a ratio is that of two
 * medians of the same run. It prints, and judges nothing by its exit status but whether measuring was possible.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inputs.h"
#include "process.h"
#include "sizes.h"

#define MIB ((size_t)1 << 20)
#define LARGE_SIZE (11 * (size_t)1000 * 1000)
#define MEMORY_GOAL (8 * MIB)
#define GROWTH_GOAL 1.1
#define MAX_RUNS 100000
#define NO_GOAL 0

struct options {
	char *filter;
	char *hook;
	char *hook_sections; /* with 10,000 sections in its policy */
	char *empty_static;
	char *empty_libc;
	char *empty_libxml2;
	char *sax;
	char *sources; /* the directory with the peers' scripts */
	const char *json;
	const char *svg;
	const char *inputs; /* only write the documents, into this directory */
	bool count;	    /* instructions too */
	unsigned int runs;  /* of small documents */
	unsigned int large_runs;
};

/* The documents, in the order of `documents`. */
enum { USUAL, NESTED, LARGE, DOCUMENTS };
static const struct {
	const char *name;
	enum input input;
	size_t size;
} documents[DOCUMENTS] = {
	[USUAL] = {"small.xml", INPUT_USUAL, 0},
	[NESTED] = {"nested.xml", INPUT_NESTED, 0},
	[LARGE] = {"large.xml", INPUT_USUAL, LARGE_SIZE},
};

/* One line of the table: two sides, one document, and how far apart they may be. */
struct row {
	const char *what;
	const char *against;
	process_commands ours;
	process_commands theirs;
	unsigned int document;
	double goal;
	/* results */
	bool skipped;
	struct process_cost our_cost;
	struct process_cost their_cost;
	unsigned long long our_count; /* instructions; 0: not counted */
	unsigned long long their_count;
};

static double ratio_of(const struct row *row)
{
	return row->our_cost.milliseconds / row->their_cost.milliseconds;
}

/* ---- what is printed ---- */

static void print_head(void)
{
	printf("%-36s %-29s %8s %9s %6s %5s %4s   %s\n", "whole processes, medians", "compared with", "ours ms", "its ms", "ratio", "goal",
	       "met", "instructions, millions");
}

static void print_row(const struct row *row)
{
	printf("%-36s %-29s ", row->what, row->against);
	if (row->skipped) {
		printf("skipped: %s is not installed\n", (*row->theirs)[0]);
		return;
	}
	printf("%8.3f %9.3f %6.3f ", row->our_cost.milliseconds, row->their_cost.milliseconds, ratio_of(row));
	if (row->goal > NO_GOAL)
		printf("%5.2f %4s", row->goal, ratio_of(row) <= row->goal ? "yes" : "no");
	else
		printf("%5s %4s", "-", "-");
	if (row->our_count > 0 && row->their_count > 0)
		printf("   %.2f : %.2f = %.3f", (double)row->our_count / 1e6, (double)row->their_count / 1e6,
		       (double)row->our_count / (double)row->their_count);
	putchar('\n');
	fflush(stdout);
}

static void print_memory(size_t peak, size_t input)
{
	printf("\npeak memory, filter, 11 MB: %.2f MiB, which is %.2f MiB more than the input (%.2f MiB); goal %.2f MiB more: %s\n",
	       (double)peak / (double)MIB, ((double)peak - (double)input) / (double)MIB, (double)input / (double)MIB,
	       (double)MEMORY_GOAL / (double)MIB, peak <= input + MEMORY_GOAL ? "met" : "not met");
}

static void print_sizes(const struct sizes_point *points)
{
	printf("\n%-36s %12s %12s %7s %14s\n", "filter over size", "filter ms", "bare SAX ms", "ratio", "filter ns/byte");
	for (unsigned int i = 0; i < SIZES_COUNT; i++)
		printf("%24.1f KiB         %12.3f %12.3f %7.3f %14.2f\n", (double)points[i].bytes / 1024, points[i].filter, points[i].sax,
		       points[i].filter / points[i].sax, points[i].filter * 1e6 / (double)points[i].bytes);
	printf("a byte costs at most %.2f times what it costs in a smaller document; goal %.2f: %s\n", sizes_growth(points), GROWTH_GOAL,
	       sizes_growth(points) <= GROWTH_GOAL ? "met" : "not met");
}

static void print_json_row(FILE *file, const struct row *row, bool last)
{
	fprintf(file, "    {\"what\": \"%s\", \"compared_with\": \"%s\"", row->what, row->against);
	if (row->goal > NO_GOAL)
		fprintf(file, ", \"goal\": %g", row->goal);
	if (row->skipped)
		fputs(", \"skipped\": true", file);
	else
		fprintf(file, ", \"ours_ms\": %.6f, \"its_ms\": %.6f, \"ratio\": %.4f", row->our_cost.milliseconds,
			row->their_cost.milliseconds, ratio_of(row));
	if (row->our_count > 0 && row->their_count > 0)
		fprintf(file, ", \"ours_instructions\": %llu, \"its_instructions\": %llu", row->our_count, row->their_count);
	fprintf(file, "}%s\n", last ? "" : ",");
}

static bool print_json(const char *path, const struct row *rows, size_t count, size_t peak, size_t input, const struct sizes_point *points)
{
	FILE *file = fopen(path, "w");

	if (!file) {
		perror(path);
		return false;
	}
	fputs("{\n  \"rows\": [\n", file);
	for (size_t i = 0; i < count; i++)
		print_json_row(file, &rows[i], i + 1 == count);
	fprintf(file, "  ],\n  \"memory\": {\"peak_bytes\": %zu, \"input_bytes\": %zu, \"goal_bytes\": %zu},\n  \"sizes\": [\n", peak,
		input, input + MEMORY_GOAL);
	for (unsigned int i = 0; i < SIZES_COUNT; i++)
		fprintf(file, "    {\"bytes\": %zu, \"filter_ms\": %.6f, \"sax_ms\": %.6f}%s\n", points[i].bytes, points[i].filter,
			points[i].sax, i + 1 < SIZES_COUNT ? "," : "");
	fprintf(file, "  ],\n  \"sizes_growth\": %.4f\n}\n", sizes_growth(points));
	return fclose(file) == 0;
}

/* ---- the documents ---- */

/*
 * In a memfd, and written piece by piece: a child that shares this process's memory until it executes inherits its peak as its own, so
 * that a large buffer here would be counted as the filter's.
 */
static bool make_documents(int *inputs, size_t *large_size)
{
	struct stat status;

	for (unsigned int i = 0; i < DOCUMENTS; i++) {
		inputs[i] = memfd_create("input", MFD_CLOEXEC);
		if (inputs[i] < 0 || !inputs_write(inputs[i], documents[i].input, documents[i].size) || fstat(inputs[i], &status) < 0) {
			perror("bench: the inputs");
			return false;
		}
	}
	*large_size = (size_t)status.st_size;
	return true;
}

static int write_documents(const char *directory)
{
	char path[4096];

	for (unsigned int i = 0; i < DOCUMENTS; i++) {
		int fd;
		bool written;

		snprintf(path, sizeof(path), "%s/%s", directory, documents[i].name);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		written = fd >= 0 && inputs_write(fd, documents[i].input, documents[i].size);
		if (fd >= 0)
			close(fd);
		if (!written) {
			perror(path);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

/* ---- the table ---- */

static bool measure(struct row *row, const struct options *options, const int *inputs)
{
	int input = inputs[row->document];

	row->skipped = access((*row->theirs)[0], X_OK) < 0;
	if (!row->skipped && !process_measure(row->ours, row->theirs, input, row->document == LARGE ? options->large_runs : options->runs,
					      &row->our_cost, &row->their_cost))
		return false;
	if (!row->skipped && options->count) {
		row->our_count = process_count(row->ours, input);
		row->their_count = process_count(row->theirs, input);
	}
	print_row(row);
	return true;
}

/* The last row is the one whose memory is looked at. */
static int measure_all(const struct options *options, struct row *rows, size_t count, process_commands filter, process_commands sax)
{
	const struct process_cost *large = &rows[count - 1].our_cost;
	struct sizes_point points[SIZES_COUNT];
	int inputs[DOCUMENTS];
	size_t large_size;

	if (!make_documents(inputs, &large_size))
		return EXIT_FAILURE;
	print_head();
	for (size_t i = 0; i < count; i++)
		if (!measure(&rows[i], options, inputs))
			return EXIT_FAILURE;
	print_memory(large->peak, large_size);
	if (!sizes_measure(filter, sax, points))
		return EXIT_FAILURE;
	print_sizes(points);
	if (options->svg && !sizes_draw(options->svg, points)) {
		perror(options->svg);
		return EXIT_FAILURE;
	}
	return !options->json || print_json(options->json, rows, count, large->peak, large_size, points) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run_all(const struct options *options)
{
#define HOOK(operation, suboperation) COMMAND(options->hook, "bench", operation, suboperation, "-")
	char *const *prepare = HOOK("prepare", "begin");
	char *const *start = HOOK("start", "begin");
	char *const *started = HOOK("started", "begin");
	char *const *stopped = HOOK("stopped", "end");
	char *const *release = HOOK("release", "end");
	char *const *empty = COMMAND(options->empty_static);
	process_commands five_calls = COMMANDS(prepare, start, started, stopped, release);
	process_commands five_empty = COMMANDS(empty, empty, empty, empty, empty);
	process_commands empty_libxml2 = COMMANDS(COMMAND(options->empty_libxml2));
	process_commands filter = COMMANDS(COMMAND(options->filter));
	process_commands sax = COMMANDS(COMMAND(options->sax));
	process_commands xmlstarlet =
		COMMANDS(COMMAND("/usr/bin/xmlstarlet", "ed", "-s", "/domain/cpu", "-t", "elem", "-n", "feature", "-v", "", "-i",
				 "/domain/cpu/feature[last()]", "-t", "attr", "-n", "policy", "-v", "require", "-i",
				 "/domain/cpu/feature[last()]", "-t", "attr", "-n", "name", "-v", "svm"));
	char stylesheet[4096];
	char minidom_script[4096];
	char etree_script[4096];
	process_commands xsltproc = COMMANDS(COMMAND("/usr/bin/xsltproc", stylesheet, "-"));
	process_commands minidom = COMMANDS(COMMAND("/usr/bin/python3", minidom_script));
	process_commands etree = COMMANDS(COMMAND("/usr/bin/python3", etree_script));
	struct row rows[] = {
		{"an empty program with libc", "an empty static program", COMMANDS(COMMAND(options->empty_libc)), COMMANDS(empty), USUAL,
		 .goal = NO_GOAL},
		{"hook, start", "an empty static program", COMMANDS(start), COMMANDS(empty), USUAL, .goal = 1.4},
		{"hook, started", "an empty static program", COMMANDS(started), COMMANDS(empty), USUAL, .goal = 1.4},
		{"hook, stopped", "an empty static program", COMMANDS(stopped), COMMANDS(empty), USUAL, .goal = 1.4},
		{"hook, release", "an empty static program", COMMANDS(release), COMMANDS(empty), USUAL, .goal = 1.4},
		{"hook, reconnect", "an empty static program", COMMANDS(HOOK("reconnect", "begin")), COMMANDS(empty), USUAL, .goal = 1.4},
		{"hook, prepare, no policy, no mark", "an empty static program", COMMANDS(prepare), COMMANDS(empty), USUAL, .goal = 1.6},
		{"hook, prepare of a nested guest", "an empty program with libxml2", COMMANDS(prepare), empty_libxml2, NESTED,
		 .goal = 1.25},
		{"hook, prepare, 10,000 sections", "an empty program with libxml2",
		 COMMANDS(COMMAND(options->hook_sections, "bench", "prepare", "begin", "-")), empty_libxml2, USUAL, .goal = 4},
		{"hook, the five calls", "five empty static programs", five_calls, five_empty, USUAL, .goal = 2},
		{"hook, the five calls, nested guest", "five empty static programs", five_calls, five_empty, NESTED, .goal = 2},
		{"filter, 9 KB", "an empty program with libxml2", filter, empty_libxml2, USUAL, .goal = 1.2},
		{"filter, 9 KB", "xmlstarlet", filter, xmlstarlet, USUAL, .goal = 0.85},
		{"filter, 9 KB", "xsltproc", filter, xsltproc, USUAL, .goal = NO_GOAL},
		{"filter, 9 KB", "Python, minidom", filter, minidom, USUAL, .goal = 0.1},
		{"filter, 9 KB", "Python, ElementTree", filter, etree, USUAL, .goal = 0.1},
		{"an empty program with libxml2", "Python, minidom", empty_libxml2, minidom, USUAL, .goal = NO_GOAL},
		{"filter, 11 MB", "xmlstarlet", filter, xmlstarlet, LARGE, .goal = 0.25},
		{"filter, 11 MB", "xsltproc", filter, xsltproc, LARGE, .goal = 0.06},
		{"filter, 11 MB", "a bare SAX parse", filter, sax, LARGE, .goal = 1.25},
	};

	snprintf(stylesheet, sizeof(stylesheet), "%s/require.xsl", options->sources);
	snprintf(minidom_script, sizeof(minidom_script), "%s/minidom_require.py", options->sources);
	snprintf(etree_script, sizeof(etree_script), "%s/etree_require.py", options->sources);
	return measure_all(options, rows, sizeof(rows) / sizeof(rows[0]), filter, sax);
}

/* ---- the command line ---- */

static int print_usage(void)
{
	fputs("Usage: bench --filter PROGRAM --hook PROGRAM --hook-sections PROGRAM --empty-static PROGRAM --empty-libc PROGRAM\n"
	      "             --empty-libxml2 PROGRAM\n"
	      "             --sax PROGRAM --sources DIRECTORY [--json FILE] [--svg FILE] [--instructions] [--runs N] [--large-runs N]\n"
	      "       bench --inputs DIRECTORY     only writes the documents that are measured\n",
	      stderr);
	return 2;
}

static bool parse_options(struct options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"filter", required_argument, NULL, 'f'},
		{"hook", required_argument, NULL, 'h'},
		{"empty-static", required_argument, NULL, 'e'},
		{"empty-libxml2", required_argument, NULL, 'x'},
		{"empty-libc", required_argument, NULL, 'b'},
		{"sax", required_argument, NULL, 's'},
		{"sources", required_argument, NULL, 'd'},
		{"json", required_argument, NULL, 'j'},
		{"svg", required_argument, NULL, 'v'},
		{"inputs", required_argument, NULL, 'i'},
		{"instructions", no_argument, NULL, 'c'},
		{"runs", required_argument, NULL, 'r'},
		{"large-runs", required_argument, NULL, 'l'},
		{"hook-sections", required_argument, NULL, 'o'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == 'f')
			options->filter = optarg;
		else if (option == 'h')
			options->hook = optarg;
		else if (option == 'o')
			options->hook_sections = optarg;
		else if (option == 'e')
			options->empty_static = optarg;
		else if (option == 'x')
			options->empty_libxml2 = optarg;
		else if (option == 'b')
			options->empty_libc = optarg;
		else if (option == 's')
			options->sax = optarg;
		else if (option == 'd')
			options->sources = optarg;
		else if (option == 'j')
			options->json = optarg;
		else if (option == 'v')
			options->svg = optarg;
		else if (option == 'i')
			options->inputs = optarg;
		else if (option == 'c')
			options->count = true;
		else if (option == 'r')
			options->runs = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 'l')
			options->large_runs = (unsigned int)strtoul(optarg, NULL, 10);
		else
			return false;
	}
	return options->inputs || (options->filter && options->hook && options->hook_sections && options->empty_static &&
				   options->empty_libc && options->empty_libxml2 && options->sax && options->sources && options->runs > 0 &&
				   options->runs <= MAX_RUNS && options->large_runs > 0 && options->large_runs <= MAX_RUNS);
}

int main(int argc, char **argv)
{
	struct options options = {.runs = 500, .large_runs = 15};

	if (!parse_options(&options, argc, argv))
		return print_usage();
	return options.inputs ? write_documents(options.inputs) : run_all(&options);
}
