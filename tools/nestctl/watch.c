/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch.c - `nestctl watch`: rewrites each stored definition after it was defined or changed, so that the hook finds nothing to do; and
 * looks at each guest that comes up, and names those that do not run as their policy asks.
 *
 * libvirt has no lock over reading and writing a definition, so a write of the watcher's in the middle of another program's work would undo
 * part of that (docs/libvirt-facts.md #20). Therefore it writes at once only where nobody else is connected for writing; otherwise once the
 * guest has been quiet for PENDING_QUIET, or the others have gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "guests/session.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "watch/policy_watch.h"
#include "watch/sd_notify.h"
#include "watch/sweep_cache.h"
#include "watch/watch.h"

static const char help[] = "Usage: nestctl watch [-c URI]\n"
			   "Rewrites every stored guest as its policy asks and then, until it is stopped,\n"
			   "each one that is defined or changed. If another program is connected to libvirt\n"
			   "for writing, it first waits until that has disconnected, or until nothing has\n"
			   "happened to the guest for 300 ms.\n"
			   "Warns of each guest that does not run as its policy asks, once it is up.\n"
			   "Reads the policy files again when they change. nestxml.service runs it.\n"
			   "\n"
			   "  -c, --connect=URI   the libvirt to watch, as with virsh\n"
			   "  -h, --help          this text\n";

#define FIRST_PAUSE 100 /* milliseconds until the second attempt to connect; doubles */
#define LONGEST_PAUSE 5000
#define SETTLE_TIME 200 /* milliseconds in which policy files may change again before they are read */
#define LONGEST_SETTLE 2000
#define RETRY_PAUSE 5000  /* milliseconds until an unreadable policy is tried again: inotify does not show every change that may fix it */
#define LAST_WORDS 500000 /* microseconds that a call to libvirt may go on after SIGTERM */
#define SWEEP_PAUSE 20	  /* milliseconds until it is asked again whether a sweep may begin */

/* ---- messages: one line each, for the journal ---- */

void watch_say(enum watch_priority priority, const char *format, ...)
{
	va_list arguments;

	/* sd-daemon(3) */
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", priority);
	else
		fputs("nestctl: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* ---- signals ---- */

/* A handler has nothing but these to reach the loop by. */
static volatile sig_atomic_t ending;
static volatile sig_atomic_t reread;
static int signal_pipe[2] = {-1, -1};

bool watch_is_ending(void)
{
	return ending;
}

static void end_at_once(int number)
{
	(void)number;
	_exit(NESTCTL_YES);
}

/* A call to libvirt takes effect as a whole or not at all, so one that does not return may be abandoned. */
static void on_signal(int number)
{
	const struct itimerval last_words = {.it_value.tv_usec = LAST_WORDS};
	int error = errno;

	if (number == SIGHUP) {
		reread = 1;
	} else {
		ending = 1;
		setitimer(ITIMER_REAL, &last_words, NULL);
	}
	if (write(signal_pipe[1], "", 1) < 0) {
		/* It is full: the loop wakes up anyway. */
	}
	errno = error;
}

static void drain_signals(void *context)
{
	struct watch *watch = context;
	char bytes[64];

	while (read(signal_pipe[0], bytes, sizeof(bytes)) > 0) {
	}
	if (reread)
		watch->read_at = 0;
	reread = 0;
}

static int catch_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaction(numbers[i], &action, NULL);
	action.sa_handler = end_at_once;
	sigaction(SIGALRM, &action, NULL);
	return 0;
}

/* ---- time ---- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When guests are to be looked at. */
static int64_t get_next_look(struct watch *watch, int64_t now)
{
	bool may_leave = watch->company == COMPANY_SOME;
	int wait = pending_get_wait(&watch->pending, may_leave, now);
	int64_t next = runs_has_due(&watch->runs) ? now : earlier(watch->runs_at, watch->sweep_at);

	if (wait >= 0)
		next = earlier(next, now + wait);
	if (watch->sweep_at != NEVER && may_leave)
		next = earlier(next, now + SWEEP_PAUSE);
	return next;
}

/* How long the loop may wait; -1: for ever. */
static int get_wait(struct watch *watch)
{
	int64_t now = nestxml_clock_monotonic();
	int64_t next = earlier(watch->read_at, watch->connect_at);

	if (watch_is_working(watch))
		next = earlier(next, get_next_look(watch, now));
	return next == NEVER ? -1 : next > now ? (int)(next - now) : 0;
}

/* ---- the policy ---- */

/* inotify does not show what happens to a file that a link leads to, nor that a file system is mounted over a directory. */
static void look_at_files(struct watch *watch)
{
	if (watch->read_at == NEVER && (watch_has_work(watch) || watch->runs_at != NEVER || runs_has_due(&watch->runs)) &&
	    sweep_hash_policy(NESTCTL_ROOT) != watch->policy_hash)
		watch->read_at = nestxml_clock_monotonic() + SETTLE_TIME;
}

static void on_files_changed(void *context)
{
	struct watch *watch = context;
	int64_t now = nestxml_clock_monotonic();

	if (!policy_watch_has_changed(watch->files))
		return;
	/* A program that writes there all the time must not put it off for ever: nothing is rewritten until then. */
	if (watch->read_by == NEVER)
		watch->read_by = now + LONGEST_SETTLE;
	watch->read_at = earlier(now + SETTLE_TIME, watch->read_by);
}

/* Once for each error, since it is tried again and again. */
static void say_policy_error(struct watch *watch, const char *error)
{
	if (strcmp(watch->policy_error, error) == 0)
		return;
	watch_say(SAY_ERROR, "nothing is rewritten until this is fixed: %s", error);
	snprintf(watch->policy_error, sizeof(watch->policy_error), "%s", error);
}

/* While they cannot be parsed, nothing is rewritten: the hook refuses every start, and the old policy no longer applies. */
static void read_host_policy(struct watch *watch)
{
	struct nestxml_error error;
	struct host_policy host_policy;

	watch->read_at = NEVER;
	watch->read_by = NEVER;
	watch_end_sweep(watch); /* it was by the old policy */
	if (watch->has_host_policy)
		host_policy_clear(&watch->host_policy);
	watch->policy_hash = sweep_hash_policy(NESTCTL_ROOT);
	watch->has_host_policy = host_policy_read(NESTCTL_ROOT, &host_policy, &error) == 0;
	if (watch->has_host_policy) {
		watch->host_policy = host_policy;
		watch->policy_error[0] = '\0';
		watch->sweep_key = sweep_make_key(watch->policy_hash, sweep_hash_policy(NESTCTL_ROOT), &host_policy);
		watch->sweep_at = earlier(watch->sweep_at, nestxml_clock_monotonic() + PENDING_QUIET);
	} else {
		say_policy_error(watch, error.message);
		watch->sweep_at = NEVER;
		watch->read_at = nestxml_clock_monotonic() + RETRY_PAUSE;
	}
	watch_make_runs_due(watch);
}

/* ---- the connection ---- */

static void on_happened(void *context, const char *uuid, enum virt_event event)
{
	struct watch *watch = context;

	if (!pending_add(&watch->pending, uuid, event, nestxml_clock_monotonic()))
		watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
	if (event == VIRT_EVENT_STARTED)
		runs_note_start(&watch->runs, uuid);
	if (event == VIRT_EVENT_STARTED && watch->runs_at == NEVER)
		watch->runs_at = nestxml_clock_monotonic() + RUNS_PAUSE;
}

static void on_closed(void *context)
{
	struct watch *watch = context;

	watch->broken = true;
}

static void disconnect(struct watch *watch)
{
	watch_end_sweep(watch);
	virt_disconnect(watch->virt);
	admin_close(watch->admin);
	watch->admin = NULL;
	watch->admin_at = 0;
	pending_forget(&watch->pending);
	watch->runs_at = NEVER;
	watch->connected = false;
	watch->broken = false;
	watch->connect_at = nestxml_clock_monotonic() + watch->pause;
}

static void say_connected(const struct watch *watch)
{
	bool modular = access("/run/libvirt/virtqemud-sock", F_OK) == 0;
	char shown[320];

	watch_say(SAY_INFO, "watching the guests of %s%s", nestxml_text_escape(watch->uri ? watch->uri : "libvirt", shown, sizeof(shown)),
		  modular ? "; virtqemud does not exit when idle while it is being watched" : "");
}

static void say_unreachable(const struct virt_error *error)
{
	const char *unit = session_find_unit(error);

	if (unit)
		watch_say(SAY_ERROR, "libvirt's daemon is not running; will retry. Run: systemctl start %s.socket", unit);
	else
		watch_say(SAY_ERROR, "libvirt cannot be reached; will retry: %s", error->message);
}

/* Returns NESTCTL_YES if it has connected, or is to try again; any other status is final. */
static enum nestctl_status connect_to_libvirt(struct watch *watch, const struct virt_listener *listener)
{
	struct virt_error error;
	bool local = true;
	int code = virt_connect(watch->virt, watch->uri, true, &error);

	if (code == 0)
		code = virt_ask_local_qemu(watch->virt, &local, &error);
	if (!local)
		return session_refuse_elsewhere("nothing is watched");
	if (code == 0)
		code = virt_listen(watch->virt, listener, &error);
	if (code < 0) {
		if (watch->pause == FIRST_PAUSE)
			say_unreachable(&error);
		disconnect(watch);
		watch->pause = 2 * watch->pause < LONGEST_PAUSE ? 2 * watch->pause : LONGEST_PAUSE;
		return NESTCTL_YES;
	}
	watch->connected = true;
	watch->connect_at = NEVER;
	watch->pause = FIRST_PAUSE;
	watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
	watch_make_runs_due(watch);
	say_connected(watch);
	return NESTCTL_YES;
}

/* ---- the loop ---- */

/* Once all guests have been looked at, or cannot be for now. */
static void tell_ready(struct watch *watch)
{
	bool may_look = watch->connected && watch->has_host_policy;

	if (watch->ready || (may_look && (watch->read_at != NEVER || watch->sweep_at != NEVER || watch->swept_count > 0)))
		return;
	notify_service_manager("READY=1");
	watch->ready = true;
}

static enum nestctl_status loop(struct watch *watch, const struct virt_listener *listener)
{
	struct virt_error error;
	enum nestctl_status status = NESTCTL_YES;

	while (!ending) {
		look_at_files(watch);
		if (watch->read_at <= nestxml_clock_monotonic())
			read_host_policy(watch);
		if (!watch->connected && watch->connect_at <= nestxml_clock_monotonic())
			status = connect_to_libvirt(watch, listener);
		if (status != NESTCTL_YES)
			return status;
		watch_rewrite_guests(watch);
		tell_ready(watch);
		watch_check_runs(watch);
		if (!ending && !watch->broken && virt_events_run(watch->virt, get_wait(watch), &error) < 0)
			return nestctl_fail(NESTCTL_FAILED, "libvirt's event loop: %s", error.message);
		if (watch->broken) {
			watch_say(SAY_NOTICE, "libvirt has gone; its guests are watched again when it is back");
			disconnect(watch);
		}
	}
	notify_service_manager("STOPPING=1");
	return NESTCTL_YES;
}

static enum nestctl_status watch_guests(struct watch *watch)
{
	const struct virt_listener listener = {watch, on_happened, on_closed};
	struct virt_error error;
	enum nestctl_status status;

	if (virt_events_setup(watch->virt, &error) < 0 || virt_events_add_fd(signal_pipe[0], drain_signals, watch, &error) < 0 ||
	    (watch->files && virt_events_add_fd(policy_watch_get_fd(watch->files), on_files_changed, watch, &error) < 0))
		return nestctl_fail(NESTCTL_FAILED, "libvirt's event loop: %s", error.message);
	status = loop(watch, &listener);
	disconnect(watch);
	return status;
}

static enum nestctl_status parse(int argc, char **argv, const char **uri)
{
	const struct option_rule rules[] = {OPTION_CONNECT(uri)};
	enum nestctl_status status = options_take("watch", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status == NESTCTL_CONTINUE && optind < argc)
		status = nestctl_usage_word("watch", "unexpected argument", argv[optind], NULL);
	return status;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	struct watch watch = {.pause = FIRST_PAUSE, .read_by = NEVER, .sweep_at = NEVER, .runs_at = NEVER};
	struct virt_error error;
	enum nestctl_status status = parse(argc, argv, &watch.uri);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (virt_new(&watch.virt, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "libvirt: %s", error.message);
	watch.files = policy_watch_new(NESTCTL_ROOT);
	if (!watch.files)
		watch_say(SAY_ERROR, "policy files are read again on SIGHUP only: %s", strerror(errno));
	if (catch_signals() < 0)
		status = nestctl_fail(NESTCTL_FAILED, "signals: %s", strerror(errno));
	else
		status = watch_guests(&watch);
	if (watch.has_host_policy)
		host_policy_clear(&watch.host_policy);
	runs_clear(&watch.runs);
	qemu_processes_clear(&watch.processes);
	policy_watch_free(watch.files);
	virt_close(watch.virt);
	return status;
}

const struct nestctl_command nestctl_watch = {
	.name = "watch",
	.arguments = "",
	.summary = "rewrite each guest when it is defined or changed",
	.run = run_command,
};
