/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu.c - libvirt's qemu hook: judges a guest when it is prepared, migrated in or restored.
 *
 * libvirt runs it as `qemu NAME OPERATION SUB-OPERATION EXTRA` with the domain's XML on stdin; exit status 1 stops a start, and stderr
 * is shown to the user. For every other call the status must be 0 whatever happens: a failing `reconnect` kills the running guest
 * (libvirt 9.0, measured). So this program needs nothing but libc to start, and loads libnestxml only when there is a guest to judge.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "helper.h"
#include "hook.h"
#include "io.h"

#ifndef LIBRARY /* tests/bench has no ld.so.cache to be found in */
#define LIBRARY "libnestxml.so.0"
#endif
#ifndef READ_TIMEOUT
#define READ_TIMEOUT 20 /* seconds; libvirt writes at once */
#endif

enum status { STATUS_PASS = 0, STATUS_REFUSE = 1 };

/* ---- which calls are judged ---- */

static bool is_judged(int argc, char **argv, enum nestxml_occasion *occasion)
{
	static const struct {
		const char *operation;
		enum nestxml_occasion occasion;
	} judged[] = {
		{"prepare", NESTXML_AT_PREPARE},
		{"migrate", NESTXML_AT_ARRIVAL},
		{"restore", NESTXML_AT_ARRIVAL},
	};

	if (argc < 4 || strcmp(argv[3], "begin") != 0)
		return false;
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		if (strcmp(argv[2], judged[i].operation) == 0) {
			*occasion = judged[i].occasion;
			return true;
		}
	}
	return false;
}

/* ---- what has just arrived ---- */

/*
 * libvirt follows a restore and a migration by `prepare` of the same guest, and where its CPU is passed through shows nothing in its XML
 * that tells this from a start from nothing (measured, libvirt 9.0). So the first call leaves a mark that the second one takes away. One
 * that nothing followed, as where the guest was running already, counts for a minute at most, and not after the guest's next end.
 */
#define MARK_AGE 60 /* seconds */

/* Guests' names hold no '/', and with ".xml" are files of libvirt's; so with three bytes more they are names of files here too. */
static bool make_mark_path(char *path, size_t size, const char *name)
{
	int length = snprintf(path, size, "%s" HOOK_RUN "/in-%s", HOOK_ROOT, name);

	return !strchr(name, '/') && length > 0 && (size_t)length < size;
}

void hook_make_run_folder(void)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s" HOOK_RUN, HOOK_ROOT);
	mkdir(path, 0700);
}

static void leave_mark(const char *name)
{
	char path[4096];
	int fd;

	hook_make_run_folder();
	if (!make_mark_path(path, sizeof(path), name))
		return;
	unlink(path); /* an old one would keep its time */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
}

static bool take_mark(const char *name)
{
	char path[4096];
	struct stat status;
	time_t age;

	if (!make_mark_path(path, sizeof(path), name) || lstat(path, &status) < 0 || unlink(path) < 0)
		return false;
	age = time(NULL) - status.st_mtime;
	return status.st_uid == geteuid() && age >= -1 && age <= MARK_AGE;
}

static bool is_end(int argc, char **argv)
{
	return argc >= 3 && strcmp(argv[2], "release") == 0;
}

/* ---- the library ---- */

/* Each function of the library that is called here, by its own name and type. */
/* clang-format off */
#define FUNCTIONS(use)            \
	use(check_new)            \
	use(check_free)           \
	use(check_get_verdict)    \
	use(check_get_policy)     \
	use(check_get_report)     \
	use(check_get_advice)     \
	use(check_get_definition) \
	use(check_get_edits)      \
	use(check_get_domain)     \
	use(domain_get_uuid)      \
	use(edits_apply)
/* clang-format on */

#define DECLARE(name) __typeof__(nestxml_##name) *name;
struct library {
	FUNCTIONS(DECLARE)
};

static bool load_library(struct library *library)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool complete = handle != NULL;

#define LOAD(name) complete = complete && (library->name = (__typeof__(library->name))dlsym(handle, "nestxml_" #name)) != NULL;
	FUNCTIONS(LOAD)
	return complete;
}

/* ---- what is said ---- */

/* One line for the user, through libvirt's error message, and for the log. */
static enum status refuse(const char *name, const char *what, const char *reason)
{
	char shown[320];

	nestxml_text_escape(name, shown, sizeof(shown));
	fprintf(stderr, "nestxml: guest '%s': %s%s\n", shown, what, reason);
	syslog(LOG_WARNING, "guest '%s': refused: %s%s", shown, what, reason);
	return STATUS_REFUSE;
}

static enum status refuse_error(const char *name, const struct nestxml_error *error)
{
	char reason[sizeof(error->message) + 64];

	if (error->line > 0 && error->code != NESTXML_E_CONFIG) /* whose message names file and line */
		snprintf(reason, sizeof(reason), "its XML, line %u, %s", error->line, error->message);
	else
		snprintf(reason, sizeof(reason), "%s", error->message);
	return refuse(name, "it cannot be told whether the guest may start: ", reason);
}

static void print_rewritten(const struct library *library, const struct nestxml_check *check)
{
	char *xml;
	size_t length;

	/* libvirt throws this away (DESIGN, fact 2), and who reads it sees a closed pipe too: so no failure is one. */
	if (library->edits_apply(library->check_get_edits(check), &xml, &length) == 0) {
		io_write(STDOUT_FILENO, xml, length);
		free(xml);
	}
}

static enum status refuse_check(const struct library *library, const struct nestxml_check *check, const char *what_next)
{
	const char *report = library->check_get_report(check);

	fprintf(stderr, "nestxml: %s; %s\n", report, what_next);
	syslog(LOG_WARNING, "refused: %s; %s", report, what_next);
	return STATUS_REFUSE;
}

/* ---- a guest whose CPU does not state its policy ---- */

/* What becomes of a guest that a helper sees to; it starts the guest with @restart. */
static const char *describe_helper(enum helper helper, bool restart, enum nestxml_nested nested)
{
	if (helper == HELPER_UNDER_WAY)
		return "its definition is being rewritten since an earlier start: wait for it, and start it again if it does not run then";
	if (!restart)
		return "its definition is being rewritten: start it again";
	switch (nested) {
	case NESTXML_NESTED_REQUIRE:
		return "its definition is being rewritten, and the guest is being started again with nested virtualization";
	case NESTXML_NESTED_DISABLE:
		return "its definition is being rewritten, and the guest is being started again without nested virtualization";
	default:
		return "its definition is being rewritten, and the guest is being started again with what its policy states";
	}
}

/*
 * libvirt cannot change this start: the definition is rewritten by a helper, for the start that follows. Where there is none, or no helper,
 * people are told how to do it by hand. Where libvirt's file is current but this start is not, libvirt may hold another definition than its
 * file (as after a revert that failed, libvirt 9.0, measured), or somebody creates a guest over one that is defined: so the helper rewrites
 * what libvirt holds and starts nothing.
 */
static enum status deal_with_stale(const struct library *library, const struct nestxml_check *check)
{
	const struct nestxml_policy *policy = library->check_get_policy(check);
	enum nestxml_definition definition = library->check_get_definition(check);
	bool restart = policy->on_stale == NESTXML_ON_STALE_RESTART && definition == NESTXML_DEFINITION_STALE;
	const char *uuid = library->domain_get_uuid(library->check_get_domain(check)); /* libvirt gives each guest one */
	enum helper helper = HELPER_FAILED;

	print_rewritten(library, check);
	if (definition != NESTXML_DEFINITION_UNKNOWN && *uuid) {
		helper = helper_start(uuid, restart);
		if (helper == HELPER_FAILED)
			syslog(LOG_ERR, "nestctl cannot be started: %m");
	}
	if (policy->on_stale == NESTXML_ON_STALE_ALLOW) {
		syslog(LOG_NOTICE, "started as it is (on-stale = allow): %s", library->check_get_report(check));
		return STATUS_PASS;
	}
	if (helper == HELPER_FAILED || definition != NESTXML_DEFINITION_STALE)
		return refuse_check(library, check, library->check_get_advice(check));
	return refuse_check(library, check, describe_helper(helper, restart, policy->nested));
}

static enum status conclude(const struct library *library, const struct nestxml_check *check)
{
	bool is_left = library->check_get_policy(check)->nested == NESTXML_NESTED_LEAVE;

	switch (library->check_get_verdict(check)) {
	case NESTXML_VERDICT_PASS:
		syslog(is_left ? LOG_DEBUG : LOG_INFO, "%s", library->check_get_report(check));
		return STATUS_PASS;
	case NESTXML_VERDICT_STALE:
		return deal_with_stale(library, check);
	case NESTXML_VERDICT_REFUSE:
		break;
	}
	return refuse_check(library, check, library->check_get_advice(check));
}

static enum status judge_xml(const char *name, enum nestxml_occasion occasion, const char *xml, size_t length)
{
	struct library library;
	struct nestxml_error error = {0};
	struct nestxml_check *check;
	enum status status;

	if (!load_library(&library))
		return refuse(name, "nestxml is not installed whole, so it cannot be told whether the guest may start; reinstall it: ",
			      dlerror());
	if (occasion == NESTXML_AT_PREPARE && take_mark(name))
		occasion = NESTXML_AT_RETURN;
	if (library.check_new(HOOK_ROOT, occasion, name, xml, length, &check, &error) != 0)
		return refuse_error(name, &error);
	status = conclude(&library, check);
	if (occasion == NESTXML_AT_ARRIVAL && status == STATUS_PASS)
		leave_mark(name);
	library.check_free(check);
	return status;
}

static enum status judge(const char *name, enum nestxml_occasion occasion)
{
	char *xml;
	size_t length;
	int code = io_read(STDIN_FILENO, NESTXML_MAX_SIZE, READ_TIMEOUT, &xml, &length);
	enum status status;

	if (code != 0)
		return refuse(name, "its XML cannot be read from stdin: ", strerror(-code));
	status = judge_xml(name, occasion, xml, length);
	free(xml);
	return status;
}

/* To whose name a locale makes no difference: its files need not be read. */
static bool is_ascii(const char *name)
{
	while (*name && (unsigned char)*name < 0x80)
		name++;
	return *name == '\0';
}

int main(int argc, char **argv)
{
	enum nestxml_occasion occasion;

	if (!is_judged(argc, argv, &occasion)) {
		if (is_end(argc, argv))
			take_mark(argv[1]);
		return STATUS_PASS;
	}
	io_guard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	if (!is_ascii(argv[1]))
		setlocale(LC_CTYPE, "C.UTF-8"); /* the '?' of a glob is a character, not a byte */
	openlog("nestxml-hook", LOG_PID, LOG_DAEMON);
	return (int)judge(argv[1], occasion);
}
