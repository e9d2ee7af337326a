/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cpuid.c - how much of a program's time is CPUID, which glibc executes at each start and a hypervisor traps: what a figure from a virtual
 * machine says about a real one. It steps through the program one instruction at a time, and counts.
 */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OPCODE 0xa20fUL /* 0f a2 */
#define ROUNDS 1000

static double microseconds_of_cpuid(void)
{
	struct timespec start;
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int a;
		unsigned int b;
		unsigned int c;
		unsigned int d;

		__cpuid_count(4, 0, a, b, c, d);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3) / ROUNDS;
}

/* -1: it could not be traced. */
static long count(const char *program)
{
	struct user_regs_struct registers;
	long found = 0;
	int status;
	pid_t child = fork();

	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	while (WIFSTOPPED(status)) {
		if (ptrace(PTRACE_GETREGS, child, NULL, &registers) == 0)
			found += ((unsigned long)ptrace(PTRACE_PEEKTEXT, child, registers.rip, NULL) & 0xffff) == OPCODE;
		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) < 0 || waitpid(child, &status, 0) < 0)
			return -1;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? found : -1;
}

int main(int argc, char **argv)
{
	double each = microseconds_of_cpuid();
	long found = argc == 2 ? count(argv[1]) : -1;

	if (found < 0) {
		fputs("Usage: cpuid PROGRAM     a program that can be traced\n", stderr);
		return EXIT_FAILURE;
	}
	printf("\nan empty static program executes CPUID %ld times, at %.2f us each here: %.3f ms of its time\n", found, each,
	       (double)found * each / 1e3);
	return EXIT_SUCCESS;
}
