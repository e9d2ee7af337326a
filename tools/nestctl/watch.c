/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.c - `nestctl watch`: rewrites each stored definition as soon as it is defined or changed, so that the hook finds nothing to do. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/definition.h"
#include "guests/session.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "watch/pending.h"
#include "watch/policy_watch.h"
#include "watch/sd_notify.h"

static const char help[] = "Usage: nestctl watch [-c URI]\n"
			   "Rewrites every stored guest as its policy asks, and then each one as soon as it\n"
			   "is defined or changed, until it is told to end. Reads the policy files again\n"
			   "when they change. It is what nestxml.service runs.\n"
			   "\n"
			   "  -c, --connect=URI   the libvirt to watch, as with virsh\n"
			   "  -h, --help          this text\n";

#define FIRST_PAUSE 100 /* milliseconds until the second attempt to connect; doubles */
#define LONGEST_PAUSE 5000
#define SETTLE_TIME 200	  /* milliseconds in which policy files may change again before they are read */
#define LAST_WORDS 500000 /* microseconds that a call to libvirt may go on after SIGTERM */
#define NEVER INT64_MAX

struct watch {
	struct virt *virt;
	const char *uri; /* NULL: libvirt's own choice */
	bool connected;
	bool broken;
	int pause;	    /* milliseconds */
	int64_t connect_at; /* by the clock, in milliseconds; NEVER: not */
	struct host_policy host_policy;
	bool has_host_policy;
	int64_t read_at; /* the policy files */
	struct policy_watch *files;
	struct pending pending;
	bool sweep; /* all guests are to be seen to */
	bool ready; /* the service manager knows */
};

/* ---- what is message: one line for the journal ---- */

static void say(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(int priority, const char *format, ...)
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
enum { SAY_ERROR = 3, SAY_NOTICE = 5, SAY_INFO = 6 };

/* ---- signals ---- */

/* A handler has nothing but these to reach the loop by. */
static volatile sig_atomic_t ending;
static volatile sig_atomic_t reread;
static int signal_pipe[2] = {-1, -1};

static void end_at_once(int number)
{
	(void)number;
	_exit(NESTCTL_YES);
}

/* libvirt does one thing or none, so that a call which does not return may be left alone. */
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

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* How long the loop may wait; -1: for ever. */
static int time_to_wait(const struct watch *watch)
{
	int64_t next = watch->read_at < watch->connect_at ? watch->read_at : watch->connect_at;
	int64_t left = next - now();

	return next == NEVER ? -1 : left > 0 ? (int)left : 0;
}

/* ---- the policy ---- */

static void on_files_changed(void *context)
{
	struct watch *watch = context;

	if (policy_watch_has_changed(watch->files))
		watch->read_at = now() + SETTLE_TIME;
}

/* While they cannot be understood nothing is rewritten: the hook refuses then, and an old policy is nobody's wish. */
static void read_host_policy(struct watch *watch)
{
	struct nestxml_error error;
	struct host_policy host_policy;

	watch->read_at = NEVER;
	if (watch->has_host_policy)
		host_policy_clear(&watch->host_policy);
	watch->has_host_policy = host_policy_read(NESTCTL_ROOT, &host_policy, &error) == 0;
	if (watch->has_host_policy)
		watch->host_policy = host_policy;
	else
		say(SAY_ERROR, "nothing is rewritten until this is mended: %s", error.message);
	watch->sweep = watch->has_host_policy;
}

/* ---- guests ---- */

static void see_to(struct watch *watch, const struct virt_domain *guest)
{
	struct rewritten rewritten;
	char shown[320];

	definition_rewrite(watch->virt, guest, &watch->host_policy, &rewritten);
	pending_expect(&watch->pending, virt_domain_get_uuid(guest), rewritten.defines, now());
	if (rewritten.result == REWRITE_NOTHING)
		return;
	if (rewritten.result == REWRITE_FAILED && !virt_is_alive(watch->virt)) {
		watch->broken = true; /* which all guests will be seen to after */
		return;
	}
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	say(rewritten.result == REWRITE_FAILED ? SAY_ERROR : SAY_NOTICE, "guest '%s': %s", shown, rewritten.message);
}

static void sweep(struct watch *watch)
{
	struct virt_domain **guests;
	struct virt_error error;
	size_t count;

	watch->sweep = false;
	pending_clear(&watch->pending);
	if (virt_list(watch->virt, true, &guests, &count, &error) < 0) {
		say(SAY_ERROR, "libvirt does not list its guests: %s", error.message);
		watch->broken = true;
		return;
	}
	for (size_t i = 0; i < count && !ending && !watch->broken; i++)
		see_to(watch, guests[i]);
	virt_list_free(guests, count);
}

/* It may be gone by now, or was never stored. */
static void see_to_change(struct watch *watch, const char *uuid)
{
	struct virt_domain *guest;
	struct virt_error error;

	if (virt_find(watch->virt, uuid, &guest, &error) < 0) {
		watch->broken = !error.no_domain && !virt_is_alive(watch->virt);
		if (!error.no_domain && !watch->broken)
			say(SAY_ERROR, "guest %s is not seen to: libvirt: %s", uuid, error.message);
		return;
	}
	if (virt_domain_is_persistent(guest))
		see_to(watch, guest);
	virt_domain_free(guest);
}

static void see_to_guests(struct watch *watch)
{
	char uuid[PENDING_UUID];

	if (!watch->connected || !watch->has_host_policy)
		return;
	if (watch->sweep)
		sweep(watch);
	while (!ending && !watch->broken && pending_take(&watch->pending, uuid))
		see_to_change(watch, uuid);
}

/* ---- the connection ---- */

static void on_defined(void *context, const char *uuid)
{
	struct watch *watch = context;

	if (!pending_add(&watch->pending, uuid, now()))
		watch->sweep = true;
}

static void on_closed(void *context)
{
	struct watch *watch = context;

	watch->broken = true;
}

static void disconnect(struct watch *watch)
{
	virt_disconnect(watch->virt);
	pending_forget(&watch->pending);
	watch->connected = false;
	watch->broken = false;
	watch->connect_at = now() + watch->pause;
}

static void say_connected(const struct watch *watch)
{
	bool modular = access("/run/libvirt/virtqemud-sock", F_OK) == 0;
	char shown[320];

	say(SAY_INFO, "watching the guests of %s%s", nestxml_text_escape(watch->uri ? watch->uri : "libvirt", shown, sizeof(shown)),
	    modular ? "; virtqemud does not end by itself while it is watched" : "");
}

/* Returns NESTCTL_YES, be it connected now or later; else another status: it is not to be tried again. */
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
			say(SAY_ERROR, "libvirt cannot be reached, and is tried again: %s", error.message);
		disconnect(watch);
		watch->pause = 2 * watch->pause < LONGEST_PAUSE ? 2 * watch->pause : LONGEST_PAUSE;
		return NESTCTL_YES;
	}
	watch->connected = true;
	watch->connect_at = NEVER;
	watch->pause = FIRST_PAUSE;
	watch->sweep = true;
	say_connected(watch);
	return NESTCTL_YES;
}

/* ---- the loop ---- */

static void tell_ready(struct watch *watch)
{
	if (!watch->ready)
		notify_service_manager("READY=1");
	watch->ready = true;
}

static enum nestctl_status loop(struct watch *watch, const struct virt_listener *listener)
{
	struct virt_error error;
	enum nestctl_status status = NESTCTL_YES;

	while (!ending) {
		if (watch->read_at <= now())
			read_host_policy(watch);
		if (!watch->connected && watch->connect_at <= now())
			status = connect_to_libvirt(watch, listener);
		if (status != NESTCTL_YES)
			return status;
		see_to_guests(watch);
		tell_ready(watch);
		if (!ending && !watch->broken && virt_events_run(watch->virt, time_to_wait(watch), &error) < 0)
			return nestctl_fail(NESTCTL_FAILED, "libvirt's event loop: %s", error.message);
		if (watch->broken) {
			say(SAY_NOTICE, "libvirt has gone; its guests are watched again when it is back");
			disconnect(watch);
		}
	}
	notify_service_manager("STOPPING=1");
	return NESTCTL_YES;
}

static enum nestctl_status watch_guests(struct watch *watch)
{
	const struct virt_listener listener = {watch, on_defined, on_closed};
	struct virt_error error;
	enum nestctl_status status;

	if (virt_events_setup(watch->virt, &error) < 0 || virt_events_add_fd(signal_pipe[0], drain_signals, watch, &error) < 0 ||
	    (watch->files && virt_events_add_fd(policy_watch_get_fd(watch->files), on_files_changed, watch, &error) < 0))
		return nestctl_fail(NESTCTL_FAILED, "libvirt's event loop: %s", error.message);
	status = loop(watch, &listener);
	virt_disconnect(watch->virt);
	return status;
}

static enum nestctl_status parse(int argc, char **argv, const char **uri)
{
	const struct option_rule host_policy[] = {OPTION_CONNECT(uri)};
	enum nestctl_status status = options_take("watch", help, host_policy, ARRAY_SIZE(host_policy), argc, argv);

	if (status == NESTCTL_CONTINUE && optind < argc)
		status = nestctl_usage_word("watch", "unexpected argument", argv[optind], NULL);
	return status;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	struct watch watch = {.pause = FIRST_PAUSE};
	struct virt_error error;
	enum nestctl_status status = parse(argc, argv, &watch.uri);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (virt_new(&watch.virt, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "libvirt: %s", error.message);
	watch.files = policy_watch_new(NESTCTL_ROOT);
	if (!watch.files)
		say(SAY_ERROR, "policy files are read again on SIGHUP only: %s", strerror(errno));
	if (catch_signals() < 0)
		status = nestctl_fail(NESTCTL_FAILED, "signals: %s", strerror(errno));
	else
		status = watch_guests(&watch);
	if (watch.has_host_policy)
		host_policy_clear(&watch.host_policy);
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
