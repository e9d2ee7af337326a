/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.h - what whole processes cost: time from spawn to exit, peak memory, instructions. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/** Commands that run one after the other, each with the same document on stdin; ends with NULL, as each argv does. */
typedef char *const *const *process_commands;
#define COMMAND(...) ((char *const[]){__VA_ARGS__, NULL})
#define COMMANDS(...) ((char *const *const[]){__VA_ARGS__, NULL})

struct process_cost {
	double milliseconds; /* of all together; the median of the runs */
	size_t peak;	     /* bytes, of the largest of all runs */
};

/**
 * Runs both sides in turns, @runs times each, so that what else the machine does hits them alike. False: a command could not be run or
 * failed, and stderr names it.
 */
bool process_measure(process_commands ours, process_commands theirs, int input, unsigned int runs, struct process_cost *our_cost,
		     struct process_cost *their_cost);

/** The instructions in user space as counted by valgrind's callgrind, which repeat where times do not; 0: they could not be counted. */
unsigned long long process_count(process_commands commands, int input);

#endif
