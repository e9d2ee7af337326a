/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu.c - the qemu hook that libvirt runs: judges a guest when it is prepared, migrated in or restored.
 *
 * libvirt runs it as `qemu NAME OPERATION SUB-OPERATION EXTRA` with the domain's XML on stdin; exit status 1 stops a start, and stderr
 * is shown to the user. For every other call the status must be 0 whatever happens: a failing `reconnect` kills the running guest
 * (docs/libvirt-facts.md #4), and a failing `restore` may cost a managed save (#23). So this program needs nothing but libc to start, and
 * loads libnestxml only when there is a guest to check.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "hook_mark.h"
#include "io.h"
#include "library.h"
#include "log.h"
#include "macros.h"
#include "paths.h"
#include "root.h"
#include "run_dir.h"
#include "stale.h"
#include "xml_error.h"

#ifndef READ_TIMEOUT
#define READ_TIMEOUT 20 /* seconds; libvirt writes at once */
#endif

enum status { STATUS_PASS = 0, STATUS_REFUSE = 1 };

/* ---- which calls are judged ---- */

static bool is_judged(int argc, char **argv, enum nestxml_operation *as)
{
	static const struct {
		char operation[8];
		enum nestxml_operation as;
	} judged[] = {
		{"prepare", NESTXML_OPERATION_START},
		{"migrate", NESTXML_OPERATION_INCOMING},
		{"restore", NESTXML_OPERATION_INCOMING},
	};

	if (argc < 4 || strcmp(argv[3], "begin") != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(judged); i++) {
		if (strcmp(argv[2], judged[i].operation) == 0) {
			*as = judged[i].as;
			return true;
		}
	}
	return false;
}

static bool is_end(int argc, char **argv)
{
	return argc >= 3 && strcmp(argv[2], "release") == 0;
}

/* ---- what is said ---- */

/* One line for the user, through libvirt's error message, and for the log. */
static enum status refuse(const char *name, const char *what, const char *reason)
{
	char shown[320];

	nestxml_text_escape(name, shown, sizeof(shown));
	dprintf(STDERR_FILENO, "nestxml: guest '%s': %s%s\n", shown, what, reason);
	log_write(LOG_WARNING, "guest '%s': refused: %s%s", shown, what, reason);
	return STATUS_REFUSE;
}

static enum status refuse_error(const char *name, const struct nestxml_error *error)
{
	char reason[sizeof(error->message) + 64];

	nestxml_xml_error_describe("its XML", error, reason, sizeof(reason));
	return refuse(name, "whether it may start is unknown: ", reason);
}

/* @reason: why libnestxml cannot be loaded. */
static enum status refuse_incomplete(const char *name, const char *reason)
{
	char why[640];

	snprintf(why, sizeof(why), "(%s), so whether the guest may start is unknown; reinstall nestxml", reason);
	return refuse(name, "nestxml is not completely installed ", why);
}

static enum status refuse_check(const struct nestxml_check *check, const char *what_next)
{
	const char *report = sym_nestxml_check_get_report(check);

	dprintf(STDERR_FILENO, "nestxml: %s; %s\n", report, what_next);
	log_write(LOG_WARNING, "refused: %s; %s", report, what_next);
	return STATUS_REFUSE;
}

/* With which the log says that a guest passes. */
static int find_priority(const struct nestxml_check *check)
{
	if (sym_nestxml_check_is_unmet(check))
		return LOG_WARNING;
	return sym_nestxml_check_get_policy(check)->nested == NESTXML_NESTED_LEAVE ? LOG_DEBUG : LOG_INFO;
}

static enum status conclude(const char *name, const struct nestxml_check *check)
{
	char next[STALE_NEXT];

	switch (sym_nestxml_check_get_verdict(check)) {
	case NESTXML_VERDICT_PASS:
		log_write(find_priority(check), "%s", sym_nestxml_check_get_report(check));
		return STATUS_PASS;
	case NESTXML_VERDICT_STALE:
		return stale_handle(name, check, next) ? STATUS_PASS : refuse_check(check, next);
	case NESTXML_VERDICT_REFUSE:
		break;
	}
	return refuse_check(check, sym_nestxml_check_get_advice(check));
}

/*
 * Leaves a mark for the `prepare` that follows a restore or a migration. Returns false, with errno set, if a mark is needed and cannot be
 * left.
 */
static bool note_arrival(const char *name, const struct nestxml_check *check)
{
	const struct nestxml_domain *domain = sym_nestxml_check_get_domain(check);

	return !domain || run_dir_leave_mark(name, sym_nestxml_domain_get_uuid(domain)) ||
	       sym_nestxml_check_get_policy(check)->nested == NESTXML_NESTED_LEAVE;
}

static enum status refuse_unrecorded(const char *name)
{
	char reason[384];

	snprintf(reason, sizeof(reason),
		 "(%s), and without that its start would be treated as a plain one, so it is refused; nothing is lost by this refusal; "
		 "make " NESTXML_RUN_DIRECTORY " a directory that only root can write to, with free space, and try again",
		 strerror(errno));
	return refuse(name, "its arrival cannot be recorded in " NESTXML_RUN_DIRECTORY " ", reason);
}

/* Whether the mark is of this guest, so that it is the one that has just arrived. */
static bool has_arrived(const struct nestxml_check *check, const struct uuid *mark)
{
	const struct nestxml_domain *domain = sym_nestxml_check_get_domain(check);
	struct uuid uuid;

	return domain && uuid_read(sym_nestxml_domain_get_uuid(domain), &uuid) && uuid_is_equal(mark, &uuid);
}

/*
 * Whether what is restored may be a managed save: libvirt 11.3 treats a guest whose `restore` fails as one that has started, and deletes
 * its managed save (docs/libvirt-facts.md #23). A user's own libvirtd keeps them elsewhere.
 */
static bool may_be_managed_save(const char *name)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/var/lib/libvirt/qemu/save/%s.save", HOOK_ROOT, name);
	return geteuid() != 0 || stat(path, &status) == 0 || errno != ENOENT;
}

/*
 * Whether a stale start may come from a managed save whose `restore` could not leave a mark. One from the stored definition does not, nor
 * does any if marks can be left now.
 */
static bool is_unrecorded(const char *name, const struct nestxml_check *check)
{
	struct uuid mark;

	if (sym_nestxml_check_get_verdict(check) != NESTXML_VERDICT_STALE ||
	    sym_nestxml_check_get_definition(check) == NESTXML_DEFINITION_STALE || !may_be_managed_save(name))
		return false;
	if (!note_arrival(name, check))
		return true;
	run_dir_take_mark(name, &mark);
	return false;
}

static enum status check_xml(const char *name, enum nestxml_operation as, const char *xml, size_t length)
{
	char reason[512];
	struct nestxml_error error = {0};
	struct nestxml_check *check;
	struct uuid mark;
	bool is_marked;
	bool has_just_arrived;
	enum status status;

	if (!library_load(reason, sizeof(reason)))
		return refuse_incomplete(name, reason);
	is_marked = as == NESTXML_OPERATION_START && run_dir_take_mark(name, &mark);
	if (sym_nestxml_check_new(HOOK_ROOT, is_marked ? NESTXML_OPERATION_START_INCOMING : as, name, xml, length, &check, &error) != 0)
		return refuse_error(name, &error);
	has_just_arrived = is_marked && has_arrived(check, &mark);
	if (is_marked && !has_just_arrived) { /* the mark is another guest's */
		sym_nestxml_check_free(check);
		if (sym_nestxml_check_new(HOOK_ROOT, as, name, xml, length, &check, &error) != 0)
			return refuse_error(name, &error);
	}
	if (as == NESTXML_OPERATION_START && !has_just_arrived && is_unrecorded(name, check))
		status = refuse_unrecorded(name);
	else
		status = conclude(name, check);
	if (as == NESTXML_OPERATION_INCOMING && status == STATUS_PASS && !note_arrival(name, check))
		status = refuse_unrecorded(name);
	sym_nestxml_check_free(check);
	return status;
}

/* The `restore` of a managed save is never refused: the `prepare` that follows finds whatever is wrong with it, and refuses then. */
static void note_managed_save(const char *name, const char *xml, size_t length)
{
	char reason[512];
	struct nestxml_error error;
	struct nestxml_check *check;

	if (!library_load(reason, sizeof(reason)) ||
	    sym_nestxml_check_new(HOOK_ROOT, NESTXML_OPERATION_INCOMING, name, xml, length, &check, &error) != 0)
		return;
	note_arrival(name, check);
	sym_nestxml_check_free(check);
}

static enum status check_guest(const char *name, enum nestxml_operation as, bool may_refuse)
{
	char *xml;
	size_t length;
	int code = io_read(STDIN_FILENO, NESTXML_MAX_SIZE, READ_TIMEOUT, &xml, &length);
	enum status status = STATUS_PASS;

	if (code != 0 && !may_refuse)
		return STATUS_PASS;
	if (code != 0)
		return refuse(name, "its XML cannot be read from stdin: ", strerror(-code));
	if (may_refuse)
		status = check_xml(name, as, xml, length);
	else
		note_managed_save(name, xml, length);
	free(xml);
	return status;
}

/* nestctl recognizes the hook by this, whatever its version (tools/nestctl/hook/places.c). */
__attribute__((used)) static const char hook_mark[] = HOOK_MARK;

int main(int argc, char **argv)
{
	enum nestxml_operation as;
	struct uuid mark;

	if (!is_judged(argc, argv, &as)) {
		if (is_end(argc, argv))
			run_dir_take_mark(argv[1], &mark);
		return STATUS_PASS;
	}
	io_guard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	log_open("nestxml-hook");
	return (int)check_guest(argv[1], as, strcmp(argv[2], "restore") != 0 || !may_be_managed_save(argv[1]));
}
