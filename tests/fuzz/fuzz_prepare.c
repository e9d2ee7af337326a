/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_prepare.c - lets libFuzzer look for a guest, a policy and a host that break the hook's contract.
 *
 * The input is a byte (which call, which vendor) and the guest's name, the policy file, the module's parameter, libvirt's file of the
 * definition, one of a snapshot, and the XML on stdin. The hook itself is called, its main() and all: exit status, one line on stderr, what
 * goes to the log and to stdout; then the library is asked the same.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "../../hooks/helper.h"
#include "hook.h"

enum { NAME, POLICY, NESTED, STORED, SNAPSHOT, XML, PARTS };

/* The call that is judged. */
struct call {
	const char *operation;
	enum nestxml_operation occasion;
	const char *name;
	bool is_marked; /* it has just arrived, by what /run/nestxml says */
};

/* What the hook did. */
struct outcome {
	int status;
	char said[1 << 14]; /* on stderr */
	size_t said_length;
	char printed[1 << 16]; /* on stdout; longer ones are not looked at */
	ssize_t printed_length;
};

/* ---- the hook's surroundings; the linker sends it here (--wrap) ---- */

void *__wrap_dlopen(const char *name, int flags);
void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags)
{
	/* The library is part of this program, instrumented. */
	return __real_dlopen(strncmp(name, "libnestxml", 10) == 0 ? NULL : name, flags);
}

/* No process is started; the guest's UUID says what seems to have become of it. */
enum helper helper_start(const char *uuid, char answer[HELPER_ANSWER])
{
	PROMISE(*uuid, "a helper for no guest");
	if (answer)
		snprintf(answer, HELPER_ANSWER, "%s", strlen(uuid) % 2 ? "" : "it is started again");
	return (enum helper)((unsigned char)*uuid % 3);
}

void __wrap_log_write(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void __wrap_log_write(int priority, const char *format, ...)
{
	char line[4096];
	va_list arguments;

	(void)priority;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	PROMISE(fuzz_is_printable(line), "not fit for a log: %s", line);
}

/* A file without a name, with these bytes, in place of the descriptor @fd; returns what was there. */
static int put_in_place(int fd, const char *data, size_t length)
{
	int saved = dup(fd);
	int file = memfd_create("fuzz", MFD_CLOEXEC);

	PROMISE(saved >= 0 && file >= 0 && write(file, data, length) == (ssize_t)length && lseek(file, 0, SEEK_SET) == 0 &&
			dup2(file, fd) == fd,
		"descriptor %d", fd);
	close(file);
	return saved;
}

static void put_back(int fd, int saved)
{
	dup2(saved, fd);
	close(saved);
}

static void read_said(struct outcome *outcome)
{
	ssize_t length = pread(STDERR_FILENO, outcome->said, sizeof(outcome->said) - 1, 0);

	outcome->said_length = length > 0 ? (size_t)length : 0;
	outcome->said[outcome->said_length] = '\0';
}

static void run_hook(const struct call *call, const char *xml, size_t length, struct outcome *outcome)
{
	char *arguments[] = {(char *)"qemu", (char *)call->name, (char *)call->operation, (char *)"begin", (char *)"-", NULL};
	int error = put_in_place(STDERR_FILENO, "", 0);
	int input = put_in_place(STDIN_FILENO, xml, length);
	int output = put_in_place(STDOUT_FILENO, "", 0);

	outcome->status = hook_main(5, arguments);
	fflush(stderr);
	read_said(outcome);
	put_back(STDERR_FILENO, error);
	outcome->printed_length = pread(STDOUT_FILENO, outcome->printed, sizeof(outcome->printed), 0);
	put_back(STDIN_FILENO, input);
	put_back(STDOUT_FILENO, output);
}

/* ---- what it must have done ---- */

/* Nothing, or one line that names the guest. */
static void check_words(struct outcome *outcome)
{
	char *end = strchr(outcome->said, '\n');

	PROMISE(outcome->status == 0 || outcome->status == 1, "exit status %d", outcome->status);
	PROMISE(strlen(outcome->said) == outcome->said_length, "a NUL on stderr");
	if (outcome->status == 0) {
		PROMISE(outcome->said_length == 0, "passed, but: %s", outcome->said);
		return;
	}
	PROMISE(end && end[1] == '\0' && strncmp(outcome->said, "nestxml: guest '", 16) == 0, "not one line: %s", outcome->said);
	*end = '\0';
	PROMISE(fuzz_is_printable(outcome->said), "not fit for a terminal: %s", outcome->said);
}

/* Where nobody asks for anything and the XML cannot either, the hook need not look at it closer. */
static bool may_ask(const struct part *parts)
{
	static const char *const words[] = {"vmx", "svm", "urn:nestxml:nested:1", "&"};

	if (parts[POLICY].length > 0)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (memmem(parts[XML].data, parts[XML].length, words[i], strlen(words[i])))
			return true;
	return false;
}

/* As the hook asks: what would not pass as a start may be what has just arrived. */
static int ask(const struct call *call, const struct part *parts, struct nestxml_check **check, struct nestxml_error *error)
{
	int code = nestxml_check_new(fuzz_root(), call->occasion, call->name, parts[XML].data, parts[XML].length, check, error);

	if (code != 0 || !call->is_marked || nestxml_check_get_verdict(*check) == NESTXML_VERDICT_PASS)
		return code;
	nestxml_check_free(*check);
	*check = NULL;
	return nestxml_check_new(fuzz_root(), NESTXML_OPERATION_START_INCOMING, call->name, parts[XML].data, parts[XML].length, check,
				 error);
}

/* Where it cannot be noted that a guest arrives, as without a UUID, it does not. */
static bool is_not_noted(const struct call *call, const struct outcome *outcome)
{
	return call->occasion == NESTXML_OPERATION_INCOMING && outcome->status == 1 &&
	       strstr(outcome->said, "its arrival cannot be recorded");
}

/* The library, asked directly. */
static void compare(const struct call *call, const struct part *parts, const struct outcome *outcome)
{
	struct nestxml_check *check = NULL;
	struct nestxml_error error = {0};
	enum nestxml_verdict verdict;
	bool allowed;

	if (ask(call, parts, &check, &error) != 0) {
		PROMISE(!check && error.code != 0 && fuzz_is_printable(error.message), "not fit for a terminal: %s", error.message);
		PROMISE(outcome->status == 1 || !may_ask(parts), "passed in doubt: %s", error.message);
		return;
	}
	verdict = nestxml_check_get_verdict(check);
	allowed = nestxml_check_get_policy(check)->on_stale == NESTXML_ON_STALE_ALLOW;
	PROMISE((outcome->status == 0) == (verdict == NESTXML_VERDICT_PASS || (verdict == NESTXML_VERDICT_STALE && allowed)) ||
			(verdict == NESTXML_VERDICT_PASS && is_not_noted(call, outcome)),
		"status %d, verdict %d: %s", outcome->status, (int)verdict, nestxml_check_get_report(check));
	PROMISE((outcome->printed_length > 0) == (verdict == NESTXML_VERDICT_STALE), "printed %zd bytes, verdict %d",
		outcome->printed_length, (int)verdict);
	PROMISE((nestxml_check_get_edits(check) != NULL) == (verdict == NESTXML_VERDICT_STALE), "edits, verdict %d", (int)verdict);
	nestxml_check_free(check);
}

/* A start with what the hook printed for this one passes. */
static void check_printed(const struct call *call, const struct outcome *outcome)
{
	struct outcome *again = malloc(sizeof(*again));

	PROMISE(again, "no memory");
	PROMISE(strcmp(call->operation, "prepare") == 0, "printed at %s", call->operation);
	if ((size_t)outcome->printed_length < sizeof(outcome->printed)) {
		run_hook(call, outcome->printed, (size_t)outcome->printed_length, again);
		PROMISE(again->status == 0 && again->printed_length == 0, "what it printed does not pass: %s", again->said);
	}
	free(again);
}

static void write_host(const struct part *parts, bool is_intel)
{
	static char intel[] = "processor\t: 0\nvendor_id\t: GenuineIntel\n";
	static char amd[] = "processor\t: 0\nvendor_id\t: AuthenticAMD\n";

	fuzz_write("/proc/cpuinfo", is_intel ? &(struct part){intel, strlen(intel)} : &(struct part){amd, strlen(amd)});
	fuzz_write(is_intel ? "/sys/module/kvm_intel/parameters/nested" : "/sys/module/kvm_amd/parameters/nested", &parts[NESTED]);
	fuzz_remove(is_intel ? "/sys/module/kvm_amd/parameters/nested" : "/sys/module/kvm_intel/parameters/nested");
}

/* Whether a name is one that libvirt's file can have. */
static bool is_file_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static void judge(const struct call *call, const struct part *parts)
{
	struct outcome *outcome = malloc(sizeof(*outcome));

	PROMISE(outcome, "no memory");
	run_hook(call, parts[XML].data, parts[XML].length, outcome);
	check_words(outcome);
	compare(call, parts, outcome);
	if (outcome->printed_length > 0)
		check_printed(call, outcome);
	free(outcome);
}

/*
 * @flags: 0 a start; 1 an arrival; 2 an arrival and the start that follows it; 4 Intel's. For a user's libvirtd, each image may be a
 * managed save, which no `restore` refuses.
 */
static void judge_all(unsigned int flags, const struct part *parts, const char *mark)
{
	struct call call = {flags & 2 || geteuid() != 0 ? "migrate" : "restore", NESTXML_OPERATION_INCOMING, parts[NAME].data, false};
	struct stat status;

	if (flags & 3)
		judge(&call, parts);
	if (flags & 1)
		return;
	call.operation = "prepare";
	call.occasion = NESTXML_OPERATION_START;
	call.is_marked = lstat(mark, &status) == 0;
	judge(&call, parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[PARTS];
	char stored[256];
	char snapshots[256];
	char snapshot[320];
	char mark[256];
	unsigned int flags = size > 0 ? data[0] : 0;

	fuzz_split(data + (size > 0), size - (size > 0), parts, PARTS);
	if (parts[NAME].length > 120)
		parts[NAME].data[120] = '\0';
	snprintf(stored, sizeof(stored), "/etc/libvirt/qemu/%s.xml", parts[NAME].data);
	snprintf(snapshots, sizeof(snapshots), "/var/lib/libvirt/qemu/snapshot/%s", parts[NAME].data);
	snprintf(snapshot, sizeof(snapshot), "%s/one.xml", snapshots);
	snprintf(mark, sizeof(mark), "%s/run/nestxml/in-%s", fuzz_root(), parts[NAME].data);
	write_host(parts, flags & 4);
	fuzz_write("/etc/nestxml/nestxml.conf", &parts[POLICY]);
	fuzz_write("/run/there", &(struct part){(char *)"it", 2}); /* /run is there on every host */
	if (is_file_name(parts[NAME].data)) {
		fuzz_write(stored, &parts[STORED]);
		fuzz_write(snapshot, &parts[SNAPSHOT]);
	}
	judge_all(flags, parts, mark);
	unlink(mark);
	if (is_file_name(parts[NAME].data)) {
		fuzz_remove(stored);
		fuzz_remove(snapshot);
		fuzz_remove(snapshots);
	}
	fuzz_clear(parts, PARTS);
	return 0;
}
