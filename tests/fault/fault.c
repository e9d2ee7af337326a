/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fault.c - runs a program and lets one of its system calls fail, or do half of what it was asked for.
 *
 *	fault REPORT NUMBER WHAT CALLS PROGRAM [ARGUMENT...]
 *
 * Call number NUMBER, from 1, of those named in CALLS ("read,write") becomes WHAT: an error ("EIO"), an error from then on ("ENOSPC+"), or
 * "short". Counted are those after the program's first look at descriptor 0 (io_guard_descriptors()), so that the loader of a program is
 * left alone and what the program itself loads is not; what is written to stderr is not counted, since people must be told. REPORT becomes
 * "CALL PATH" of the call that it was, or "none" where there were fewer. The exit status is the program's; 125 if that cannot be traced.
 * For x86_64 alone: it writes to registers.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum argument { ARGUMENT_NONE, ARGUMENT_FD, ARGUMENT_PATH, ARGUMENT_AT };

static const struct call {
	const char *name;
	long number;
	enum argument argument;
} calls[] = {
	{"read", SYS_read, ARGUMENT_FD},	   {"read", SYS_pread64, ARGUMENT_FD},	      {"write", SYS_write, ARGUMENT_FD},
	{"write", SYS_writev, ARGUMENT_FD},	   {"write", SYS_pwrite64, ARGUMENT_FD},      {"open", SYS_open, ARGUMENT_PATH},
	{"open", SYS_openat, ARGUMENT_AT},	   {"close", SYS_close, ARGUMENT_FD},	      {"sync", SYS_fsync, ARGUMENT_FD},
	{"sync", SYS_fdatasync, ARGUMENT_FD},	   {"rename", SYS_rename, ARGUMENT_PATH},     {"rename", SYS_renameat, ARGUMENT_AT},
	{"rename", SYS_renameat2, ARGUMENT_AT},	   {"stat", SYS_stat, ARGUMENT_PATH},	      {"stat", SYS_lstat, ARGUMENT_PATH},
	{"stat", SYS_fstat, ARGUMENT_FD},	   {"stat", SYS_newfstatat, ARGUMENT_AT},     {"stat", SYS_statx, ARGUMENT_AT},
	{"attribute", SYS_fchown, ARGUMENT_FD},	   {"attribute", SYS_fchmod, ARGUMENT_FD},    {"attribute", SYS_flistxattr, ARGUMENT_FD},
	{"attribute", SYS_fgetxattr, ARGUMENT_FD}, {"attribute", SYS_fsetxattr, ARGUMENT_FD}, {"attribute", SYS_readlink, ARGUMENT_PATH},
	{"list", SYS_getdents64, ARGUMENT_FD},	   {"poll", SYS_poll, ARGUMENT_NONE},	      {"poll", SYS_ppoll, ARGUMENT_NONE},
	{"mark", SYS_unlink, ARGUMENT_PATH},	   {"mark", SYS_mkdir, ARGUMENT_PATH},
};

static const struct {
	const char *name;
	int number;
} errors[] = {{"EINTR", EINTR}, {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EPIPE", EPIPE}, {"EMFILE", EMFILE}, {"EACCES", EACCES}};

/* What is to be done, and how far it is. */
struct plan {
	const char *names;
	bool is_short;
	bool goes_on;
	int error;
	long left;
	bool begun;
	bool hit;
	bool inside; /* between the entry and the exit of a call that fails */
	FILE *report;
};

static int fail(const char *what)
{
	fprintf(stderr, "fault: %s: %s\n", what, strerror(errno));
	return 125;
}

static bool is_named(const char *names, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = names; (at = strstr(at, name)); at += length)
		if ((at == names || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
			return true;
	return false;
}

static const struct call *find_call(const struct plan *plan, const struct user_regs_struct *registers)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct call *call = &calls[i];

		if (call->number != (long)registers->orig_rax || !is_named(plan->names, call->name))
			continue;
		if (call->argument == ARGUMENT_FD && (int)registers->rdi == STDERR_FILENO)
			continue;
		if (plan->is_short && registers->rdx < 2)
			continue;
		return call;
	}
	return NULL;
}

static void read_text(pid_t child, uint64_t address, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : pread(fd, text, size - 1, (off_t)address);
	text[length > 0 ? length : 0] = '\0';
	close(fd);
}

static void tell(const struct plan *plan, pid_t child, const struct call *call, const struct user_regs_struct *registers)
{
	char path[PATH_MAX] = "";
	char link[64];

	if (call->argument == ARGUMENT_FD) {
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", child, (int)registers->rdi);
		if (readlink(link, path, sizeof(path) - 1) < 0)
			path[0] = '\0';
	} else if (call->argument != ARGUMENT_NONE) {
		read_text(child, call->argument == ARGUMENT_PATH ? registers->rdi : registers->rsi, path, sizeof(path));
	}
	fprintf(plan->report, "%s %s\n", call->name, path);
}

static bool enter(struct plan *plan, pid_t child, struct user_regs_struct *registers)
{
	const struct call *call;

	if (!plan->begun) {
		plan->begun = registers->orig_rax == SYS_fcntl && registers->rdi == STDIN_FILENO && registers->rsi == F_GETFD;
		return true;
	}
	call = find_call(plan, registers);
	if (!call || plan->left == 0 || --plan->left > 0)
		return true;
	if (!plan->hit)
		tell(plan, child, call, registers);
	plan->hit = true;
	if (plan->is_short) {
		registers->rdx = (registers->rdx + 1) / 2;
	} else {
		plan->inside = true;
		registers->orig_rax = (unsigned long long)-1; /* no call at all */
	}
	plan->left = plan->goes_on;
	return ptrace(PTRACE_SETREGS, child, NULL, registers) == 0;
}

static bool leave(struct plan *plan, pid_t child, struct user_regs_struct *registers)
{
	if (!plan->inside)
		return true;
	plan->inside = false;
	registers->rax = (unsigned long long)-plan->error;
	return ptrace(PTRACE_SETREGS, child, NULL, registers) == 0;
}

static int follow(struct plan *plan, pid_t child)
{
	struct user_regs_struct registers;
	bool is_entry = true;
	int signal = 0;
	int status;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, (void *)(intptr_t)signal) < 0 || waitpid(child, &status, 0) < 0)
			return fail("trace");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (signal != 0)
			continue;
		if (ptrace(PTRACE_GETREGS, child, NULL, &registers) < 0 ||
		    !(is_entry ? enter(plan, child, &registers) : leave(plan, child, &registers)))
			return fail("registers");
		is_entry = !is_entry;
	}
}

static int run(struct plan *plan, char **arguments)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return fail("fork");
	if (child == 0) {
		fclose(plan->report);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(arguments[0], arguments);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
		return fail(arguments[0]);
	if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		return fail("options");
	return follow(plan, child);
}

static bool make_plan(struct plan *plan, char **arguments)
{
	size_t length = strcspn(arguments[3], "+");

	*plan = (struct plan){
		.names = arguments[4],
		.is_short = strcmp(arguments[3], "short") == 0,
		.goes_on = arguments[3][length] == '+',
		.left = strtol(arguments[2], NULL, 10),
		.report = fopen(arguments[1], "we"),
	};
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strlen(errors[i].name) == length && strncmp(errors[i].name, arguments[3], length) == 0)
			plan->error = errors[i].number;
	return plan->report && plan->left > 0 && (plan->is_short || plan->error);
}

int main(int argc, char **argv)
{
	struct plan plan;
	int status;

	if (argc < 6 || !make_plan(&plan, argv)) {
		fputs("usage: fault REPORT NUMBER WHAT CALLS PROGRAM [ARGUMENT...]\n", stderr);
		return 125;
	}
	status = run(&plan, argv + 5);
	if (!plan.begun)
		fputs("unguarded\n", plan.report); /* nothing was counted: a mistake of the test */
	else if (!plan.hit)
		fputs("none\n", plan.report);
	fclose(plan.report);
	return status;
}
