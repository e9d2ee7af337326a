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
#include "guests/definition.h"
#include "guests/qemu_process.h"
#include "guests/session.h"
#include "libvirt/admin.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "watch/pending.h"
#include "watch/policy_watch.h"
#include "watch/runs.h"
#include "watch/sd_notify.h"
#include "watch/sweep_memory.h"
#include "watch/unmet.h"

static const char help[] = "Usage: nestctl watch [-c URI]\n"
			   "Rewrites every stored guest as its policy asks, and then each one when it is\n"
			   "defined or changed, until it is stopped: at once if no other program is\n"
			   "connected to libvirt for writing, else 300 ms after the guest's last change.\n"
			   "Warns of each guest that does not run as its policy asks, once it is up.\n"
			   "Reads the policy files again when they change. nestxml.service runs it.\n"
			   "\n"
			   "  -c, --connect=URI   the libvirt to watch, as with virsh\n"
			   "  -h, --help          this text\n";

#define FIRST_PAUSE 100 /* milliseconds until the second attempt to connect; doubles */
#define LONGEST_PAUSE 5000
#define SETTLE_TIME 200	  /* milliseconds in which policy files may change again before they are read */
#define LAST_WORDS 500000 /* microseconds that a call to libvirt may go on after SIGTERM */
#define NEVER INT64_MAX
#define ADMIN_PAUSE 5000 /* milliseconds until libvirt's admin API is tried again */
#define SWEEP_PAUSE 20	 /* milliseconds until it is asked again whether a sweep may begin */

/* Who else is connected to libvirt for writing. */
enum company { COMPANY_UNKNOWN, COMPANY_NONE, COMPANY_SOME };

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
	struct admin *admin; /* NULL: not to be had */
	int64_t admin_at;    /* when it may be tried again */
	bool admin_missed;   /* which was said */
	enum company company;
	struct pending pending;
	int64_t sweep_at;	    /* all guests are to be looked at: then, or as soon as nobody else is connected; NEVER: not */
	struct virt_domain **swept; /* those of a sweep that is under way */
	size_t swept_count;
	size_t swept_next;
	struct sweep sweep;		 /* what is known of these */
	uint64_t sweep_key;		 /* of host_policy */
	struct runs runs;		 /* kept where libvirt has gone, and its guests run on */
	int64_t runs_at;		 /* those that run now are to be listed; NEVER: not */
	struct qemu_processes processes; /* of when they were listed */
	bool ready;			 /* the service manager knows */
};

/* ---- messages: one line each, for the journal ---- */

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
enum { SAY_ERROR = 3, SAY_WARNING = 4, SAY_NOTICE = 5, SAY_INFO = 6 };

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

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Whether guests can be looked at. */
static bool is_working(const struct watch *watch)
{
	return watch->connected && watch->has_host_policy;
}

/* How long the loop may wait; -1: for ever. */
static int time_to_wait(struct watch *watch)
{
	int64_t next = earlier(watch->read_at, watch->connect_at);
	bool may_leave = watch->company == COMPANY_SOME;
	int wait = is_working(watch) ? pending_get_wait(&watch->pending, may_leave, nestxml_clock_monotonic()) : -1;

	if (wait >= 0)
		next = earlier(next, nestxml_clock_monotonic() + wait);
	if (is_working(watch) && watch->sweep_at != NEVER)
		next = earlier(next, may_leave ? earlier(watch->sweep_at, nestxml_clock_monotonic() + SWEEP_PAUSE) : watch->sweep_at);
	if (is_working(watch))
		next = earlier(next, runs_has_due(&watch->runs) ? 0 : watch->runs_at);
	return next == NEVER ? -1 : next > nestxml_clock_monotonic() ? (int)(next - nestxml_clock_monotonic()) : 0;
}

/* ---- the policy ---- */

static void on_files_changed(void *context)
{
	struct watch *watch = context;

	if (policy_watch_has_changed(watch->files))
		watch->read_at = nestxml_clock_monotonic() + SETTLE_TIME;
}

/* All guests that run are to be looked at again. */
static void make_runs_due(struct watch *watch)
{
	runs_make_due(&watch->runs);
	watch->runs_at = nestxml_clock_monotonic();
}

/* While they cannot be parsed, nothing is rewritten: the hook refuses every start, and the old policy no longer applies. */
static void read_host_policy(struct watch *watch)
{
	struct nestxml_error error;
	struct host_policy host_policy;
	uint64_t before;

	watch->read_at = NEVER;
	if (watch->has_host_policy)
		host_policy_clear(&watch->host_policy);
	before = sweep_hash_policy(NESTCTL_ROOT);
	watch->has_host_policy = host_policy_read(NESTCTL_ROOT, &host_policy, &error) == 0;
	if (watch->has_host_policy) {
		watch->host_policy = host_policy;
		watch->sweep_key = sweep_make_key(before, sweep_hash_policy(NESTCTL_ROOT), &host_policy);
	} else
		say(SAY_ERROR, "nothing is rewritten until this is fixed: %s", error.message);
	watch->sweep_at = watch->has_host_policy ? nestxml_clock_monotonic() + PENDING_QUIET : NEVER;
	make_runs_due(watch);
}

/* ---- who else is connected ---- */

static void lose_admin(struct watch *watch, const char *why)
{
	admin_close(watch->admin);
	watch->admin = NULL;
	watch->admin_at = nestxml_clock_monotonic() + ADMIN_PAUSE;
	if (!watch->admin_missed)
		say(SAY_NOTICE, "libvirt does not say who is connected, so each change waits %d ms: %s", PENDING_QUIET, why);
	watch->admin_missed = true;
}

/* A daemon of whose clients this process is none is not the one that is watched. */
static enum company ask_company(struct watch *watch)
{
	CLEANUP(clients_clear) struct clients clients = {0};
	struct virt_error error;

	if (!watch->admin && watch->admin_at > nestxml_clock_monotonic())
		return COMPANY_UNKNOWN;
	if ((!watch->admin && admin_open(&watch->admin, &error) < 0) || admin_list_clients(watch->admin, &clients, &error) < 0) {
		lose_admin(watch, error.message);
		return COMPANY_UNKNOWN;
	}
	if (!clients_has_process(&clients, getpid())) {
		lose_admin(watch, "the daemon that can be asked is another one");
		return COMPANY_UNKNOWN;
	}
	watch->admin_missed = false;
	return clients_count_writers(&clients) > 0 ? COMPANY_SOME : COMPANY_NONE;
}

/* ---- guests ---- */

/* The events of this connection that have come; twice, since what one round reads the next one tells. */
static void take_events(struct watch *watch)
{
	struct virt_error error;

	for (int i = 0; i < 2 && !watch->broken; i++)
		if (virt_events_run(watch->virt, 0, &error) < 0)
			watch->broken = true;
}

struct look {
	struct watch *watch;
	const char *uuid;
	bool is_alone; /* the reason why it was taken for the time to look */
	struct rewritten rewritten;
	size_t expected; /* events of the watcher's own definitions so far */
};

static void expect_own(struct look *look)
{
	pending_expect(&look->watch->pending, look->uuid, look->rewritten.defines - look->expected, nestxml_clock_monotonic());
	look->expected = look->rewritten.defines;
}

/* Whether it still is: what came between is the other program's next change. */
static bool may_write(void *context)
{
	struct look *look = context;
	struct watch *watch = look->watch;

	expect_own(look);
	take_events(watch);
	return !ending && !watch->broken && pending_want(&watch->pending, look->uuid, false, nestxml_clock_monotonic());
}

/* If quiet is the reason, the definition was read last, and nothing comes between that and the write. */
static bool is_undisturbed(void *context)
{
	struct look *look = context;

	return !look->is_alone || (ask_company(look->watch) == COMPANY_NONE && may_write(look));
}

/* Returns whether it needed nothing. */
static bool handle(struct watch *watch, const struct virt_domain *guest, bool is_alone)
{
	struct look look = {.watch = watch, .uuid = virt_domain_get_uuid(guest), .is_alone = is_alone};
	const struct rewrite_terms terms = {
		.spares_managers = true, .may_write = may_write, .is_undisturbed = is_undisturbed, .context = &look};
	const struct rewritten *rewritten = &look.rewritten;
	char shown[320];

	definition_rewrite_on(watch->virt, guest, &watch->host_policy, &terms, &look.rewritten);
	expect_own(&look);
	if (rewritten->result == REWRITE_YIELDED && !pending_add(&watch->pending, look.uuid, PENDING_CHANGED, nestxml_clock_monotonic()))
		watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
	if (rewritten->result == REWRITE_NOTHING || rewritten->result == REWRITE_YIELDED)
		return rewritten->result == REWRITE_NOTHING;
	if (rewritten->result == REWRITE_FAILED && !virt_is_alive(watch->virt)) {
		watch->broken = true; /* all guests will be looked at after that */
		return false;
	}
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	say(rewritten->result == REWRITE_FAILED ? SAY_ERROR
	    : rewritten->result == REWRITE_LEFT ? SAY_INFO
						: SAY_NOTICE,
	    "guest '%s': %s", shown, rewritten->message);
	return false;
}

static void end_sweep(struct watch *watch)
{
	virt_list_free(watch->swept, watch->swept_count);
	watch->swept = NULL;
	watch->swept_count = 0;
	watch->swept_next = 0;
	sweep_end(NESTCTL_ROOT, &watch->sweep);
}

/* Of all guests, but those that need nothing since they were looked at. */
static void begin_sweep(struct watch *watch)
{
	struct virt_error error;

	end_sweep(watch);
	watch->sweep_at = NEVER;
	if (virt_list_stored(watch->virt, &watch->swept, &watch->swept_count, &error) < 0) {
		say(SAY_ERROR, "libvirt cannot list its guests: %s", error.message);
		watch->broken = true;
		return;
	}
	sweep_begin(NESTCTL_ROOT, watch->sweep_key, watch->swept, &watch->swept_count, &watch->sweep);
	if (watch->swept_count == 0)
		end_sweep(watch);
}

/* It may be gone by now, or was never stored. */
static void handle_change(struct watch *watch, const char *uuid, bool is_alone)
{
	struct virt_domain *guest;
	struct virt_error error;

	if (virt_find(watch->virt, uuid, &guest, &error) < 0) {
		watch->broken = !error.no_domain && !virt_is_alive(watch->virt);
		if (!error.no_domain && !watch->broken)
			say(SAY_ERROR, "guest %s is not looked at: libvirt: %s", uuid, error.message);
		return;
	}
	if (virt_domain_is_persistent(guest))
		handle(watch, guest, is_alone);
	virt_domain_free(guest);
}

/* A guest that a rewrite has brought back, since another program undefined it at the same moment, goes again. */
static void undo(struct watch *watch, const char *uuid)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	struct virt_error error;
	char shown[320];

	if (virt_find(watch->virt, uuid, &guest, &error) < 0) {
		guest = NULL;
		return;
	}
	if (!virt_domain_is_persistent(guest))
		return;
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	if (virt_domain_undefine(guest, &error) < 0)
		say(SAY_ERROR, "guest '%s': another program undefined it while it was rewritten, and it cannot be undefined again: %s",
		    shown, error.message);
	else
		say(SAY_NOTICE, "guest '%s': undefined again: another program undefined it while it was rewritten", shown);
}

/* Returns false if there is none that may be looked at now. */
static bool handle_next(struct watch *watch)
{
	char uuid[PENDING_UUID];
	bool is_alone;

	if (pending_take_back(&watch->pending, nestxml_clock_monotonic(), uuid)) {
		undo(watch, uuid);
		return true;
	}
	watch->company = ask_company(watch);
	is_alone = watch->company == COMPANY_NONE;
	if (pending_take(&watch->pending, is_alone, nestxml_clock_monotonic(), uuid)) {
		handle_change(watch, uuid, is_alone);
		return true;
	}
	if (watch->sweep_at != NEVER && (is_alone || watch->sweep_at <= nestxml_clock_monotonic())) {
		begin_sweep(watch);
		return true;
	}
	if (watch->swept_next < watch->swept_count) {
		const struct virt_domain *guest = watch->swept[watch->swept_next++];

		if (pending_want(&watch->pending, virt_domain_get_uuid(guest), is_alone, nestxml_clock_monotonic()) &&
		    handle(watch, guest, is_alone))
			sweep_settle(NESTCTL_ROOT, &watch->sweep, &watch->host_policy, guest);
		return true;
	}
	end_sweep(watch);
	return false;
}

static bool has_work(const struct watch *watch)
{
	return is_working(watch) && !watch->broken && !ending &&
	       (watch->sweep_at != NEVER || watch->swept_count > 0 ||
		pending_get_wait(&watch->pending, false, nestxml_clock_monotonic()) >= 0);
}

static void handle_guests(struct watch *watch)
{
	while (has_work(watch) && handle_next(watch))
		take_events(watch);
}

/* ---- guests that run ---- */

static void list_runs(struct watch *watch)
{
	AUTO_FREE struct virt_run *now = NULL;
	struct virt_error error;
	size_t count;

	watch->runs_at = NEVER;
	if (virt_list_runs(watch->virt, &now, &count, &error) < 0) {
		now = NULL;
		say(SAY_ERROR, "libvirt cannot list the running guests: %s", error.message);
		watch->broken = true;
		return;
	}
	if (runs_update(&watch->runs, now, count) < 0)
		say(SAY_ERROR, "guests that have come up are not looked at: out of memory");
	qemu_processes_clear(&watch->processes);
	qemu_processes_read(NESTCTL_ROOT, &watch->processes); /* without them, of no guest it can be told */
}

/* Whether it still does: what was read of one that has ended meanwhile is of no run, or of another one, which has an event of its own. */
static bool is_running_still(struct watch *watch, const struct virt_run *run)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;
	struct virt_error error;

	if (virt_find(watch->virt, run->uuid, &guest, &error) < 0)
		guest = NULL;
	return guest && virt_domain_get_run(guest) == run->id;
}

static void tell_unmet(struct watch *watch, struct run *run, const struct unmet *unmet, bool is_read)
{
	const struct run_said before = run->said;

	if (is_read && !run_is_news(run, &unmet->said))
		return;
	if (!is_running_still(watch, &run->run)) {
		run->said = before;
		return;
	}
	if (!is_read)
		say(SAY_ERROR, "guest %s is not looked at: %s", run->run.uuid, unmet->message);
	else if (unmet->message[0])
		say(unmet->said.met == QEMU_ANSWER_NO ? SAY_WARNING : SAY_NOTICE, "%s", unmet->message);
}

/* One of them, so that 1,000 that come up at once keep nothing else waiting. It is only read, whoever else is at work on it. */
static void look_at_next(struct watch *watch)
{
	struct run *run = runs_take(&watch->runs);
	struct virt_domain *guest;
	struct virt_error error;
	struct unmet unmet;
	bool is_read;

	if (!run)
		return;
	if (virt_find(watch->virt, run->run.uuid, &guest, &error) == 0) {
		is_read = unmet_read(&watch->host_policy, &watch->processes, guest, &unmet);
		tell_unmet(watch, run, &unmet, is_read);
	}
	watch->broken = !virt_is_alive(watch->virt);
}

static void look_at_guests(struct watch *watch)
{
	if (!is_working(watch) || watch->broken || ending)
		return;
	if (watch->runs_at <= nestxml_clock_monotonic())
		list_runs(watch);
	if (!watch->broken)
		look_at_next(watch);
	if (!runs_has_due(&watch->runs))
		qemu_processes_clear(&watch->processes);
}

/* ---- the connection ---- */

static void on_happened(void *context, const char *uuid, enum virt_event event)
{
	static const enum pending_event kinds[] = {
		[VIRT_EVENT_ADDED] = PENDING_ADDED,	 [VIRT_EVENT_DEFINED] = PENDING_DEFINED, [VIRT_EVENT_UNDEFINED] = PENDING_TOUCHED,
		[VIRT_EVENT_METADATA] = PENDING_CHANGED, [VIRT_EVENT_STARTED] = PENDING_TOUCHED, [VIRT_EVENT_OTHER] = PENDING_TOUCHED,
	};
	struct watch *watch = context;

	if (!pending_add(&watch->pending, uuid, kinds[event], nestxml_clock_monotonic()))
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
	end_sweep(watch);
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
	watch->sweep_at = nestxml_clock_monotonic() + PENDING_QUIET;
	make_runs_due(watch);
	say_connected(watch);
	return NESTCTL_YES;
}

/* ---- the loop ---- */

/* Once all guests were looked at, or cannot be for now. */
static void tell_ready(struct watch *watch)
{
	if (watch->ready || (is_working(watch) && (watch->sweep_at != NEVER || watch->swept_count > 0)))
		return;
	notify_service_manager("READY=1");
	watch->ready = true;
}

static enum nestctl_status loop(struct watch *watch, const struct virt_listener *listener)
{
	struct virt_error error;
	enum nestctl_status status = NESTCTL_YES;

	while (!ending) {
		if (watch->read_at <= nestxml_clock_monotonic())
			read_host_policy(watch);
		if (!watch->connected && watch->connect_at <= nestxml_clock_monotonic())
			status = connect_to_libvirt(watch, listener);
		if (status != NESTCTL_YES)
			return status;
		handle_guests(watch);
		tell_ready(watch);
		look_at_guests(watch);
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
	struct watch watch = {.pause = FIRST_PAUSE, .sweep_at = NEVER, .runs_at = NEVER};
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
