/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook_helper.c - `nestctl hook-helper`: what the hook starts for a guest whose start it refuses. It answers the hook at once what will
 * become of the guest; once the hook, and with it libvirt's hold on the guest, has ended, it rewrites the stored definition, and starts the
 * guest again if helper/restart.c finds nothing against it. See hooks/helper.c.
 */
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "clock.h"
#include "guests/definition.h"
#include "helper/helper.h"
#include "io.h"
#include "log.h"
#include "macros.h"
#include "nestctl.h"
#include "paths.h"

#define LOCK 3		 /* the descriptor with the guest's lock, from the hook */
#define HOOK_TIME 60	 /* seconds: by then a hook has ended, or will not */
#define CONNECT_TIME 30L /* seconds */
#define CONNECT_PAUSE 200L
#define REWRITE_TIME 60000 /* milliseconds: by then the others have left the guest alone for a moment, or will not */
#define PAUSE 20	   /* milliseconds until the second look; doubles */
#define LONGEST_PAUSE 320

/* ---- the hook ---- */

/* The hook holds the other end of stdin until it ends; nothing comes through. */
static void wait_for_hook(void)
{
	char *data;
	size_t length;

	if (io_read(STDIN_FILENO, 0, HOOK_TIME, &data, &length) == 0)
		free(data);
}

/* ---- events ---- */

static void note_back(struct helper *helper, enum virt_event event)
{
	bool is_definition = event == VIRT_EVENT_ADDED || event == VIRT_EVENT_DEFINED;
	bool is_own = helper->own > 0 && is_definition;

	if (is_own)
		helper->own--;
	if (event != VIRT_EVENT_STOPPED && (!is_own || event == VIRT_EVENT_ADDED || helper->is_gone))
		helper->is_back = is_own;
	helper->is_gone = event == VIRT_EVENT_UNDEFINED || (helper->is_gone && !is_definition);
}

static void on_happened(void *context, const char *uuid, enum virt_event event)
{
	struct helper *helper = context;

	if (strcasecmp(uuid, helper->uuid) != 0)
		return;
	helper->restart.last_event = nestxml_clock_monotonic();
	helper->was_changed = true;
	if (event == VIRT_EVENT_UNDEFINED)
		helper->restart.was_undefined = true;
	note_back(helper, event);
}

static void on_closed(void *context)
{
	struct helper *helper = context;

	helper->has_lost_reader = true;
}

static void run_events(struct helper *helper, int milliseconds)
{
	struct virt_error error;

	if (virt_events_run(helper->reader, milliseconds, &error) < 0)
		helper->has_lost_reader = true;
}

/* Hears of events until @end, or until *@is_heard (which may be NULL: not before). */
static void hear_until(struct helper *helper, int64_t end, const bool *is_heard)
{
	int64_t left;

	while (!(is_heard && *is_heard) && !helper->has_lost_reader && (left = end - nestxml_clock_monotonic()) > 0)
		run_events(helper, (int)left);
}

/* Those that have come; twice, since what one round reads the next one tells. */
static void take_events(struct helper *helper)
{
	run_events(helper, 0);
	run_events(helper, 0);
}

/* The daemon may be on its way up: it starts guests of its own accord then. */
static int connect_reader(struct helper *helper, const struct virt_listener *listener, struct virt_error *error)
{
	const struct timespec pause = {.tv_nsec = CONNECT_PAUSE * 1000000};
	int code = -1;

	if (virt_new(&helper->reader, error) < 0 || virt_events_setup(helper->reader, error) < 0)
		return -1;
	for (long waited = 0; code < 0 && waited < CONNECT_TIME * 1000; waited += CONNECT_PAUSE) {
		if (waited > 0)
			nanosleep(&pause, NULL);
		code = virt_connect(helper->reader, "qemu:///system", false, error);
	}
	return code < 0 ? -1 : virt_listen(helper->reader, listener, error);
}

/* ---- the guest ---- */

/* Finds the guest on a connection for writing, which is held for no longer than that is used. Returns 0, or -1 and has said why. */
static int find_guest(struct helper *helper, struct virt **writer, struct virt_domain **guest)
{
	struct virt_error error;
	char name[256];

	if (virt_open("qemu:///system", true, writer, &error) < 0) {
		log_write(LOG_ERR, "guest %s: libvirt: %s", helper->shown, error.message);
		return -1;
	}
	if (virt_find(*writer, helper->uuid, guest, &error) == 0) {
		/* A name is looked up as well: only the very UUID is this guest's. */
		if (strcasecmp(virt_domain_get_uuid(*guest), helper->uuid) == 0) {
			snprintf(helper->shown, sizeof(helper->shown), "'%s'",
				 nestxml_text_escape(virt_domain_get_name(*guest), name, sizeof(name)));
			return 0;
		}
		virt_domain_free(*guest);
		snprintf(error.message, sizeof(error.message), "there is none of this UUID");
	}
	log_write(LOG_NOTICE, "guest %s is not rewritten: %s", helper->shown, error.message);
	virt_close(*writer);
	return -1;
}

/* ---- the rewrite ---- */

/* Before their events are heard. */
static void count_own(struct helper *helper)
{
	if (!helper->rewritten)
		return;
	helper->own += helper->rewritten->defines - helper->counted;
	helper->counted = helper->rewritten->defines;
}

/* By the rule of the watcher: with nobody else at once, else when the guest has been quiet. */
static bool may_write(void *context)
{
	struct helper *helper = context;

	count_own(helper);
	take_events(helper);
	if (nestxml_clock_monotonic() - helper->restart.last_event >= RESTART_QUIET)
		return true;
	helper_ask_clients(helper);
	take_events(helper);
	return helper->restart.knows_clients && helper->restart.writers == 0;
}

/* With nobody else, whether that is so still. */
static bool is_undisturbed(void *context)
{
	struct helper *helper = context;

	if (!helper->restart.knows_clients || helper->restart.writers > 0)
		return true;
	helper_ask_clients(helper);
	take_events(helper);
	return helper->restart.knows_clients && helper->restart.writers == 0 && !helper->was_changed;
}

/* Returns 1: the definition is as its policy asks; 0: it is to be tried again; -1: it is not, and that was said. */
static int rewrite_now(struct helper *helper)
{
	const struct rewrite_terms terms = {
		.spares_managers = true, .may_write = may_write, .is_undisturbed = is_undisturbed, .context = helper};
	struct virt *writer;
	struct virt_domain *guest;
	struct rewritten rewritten = {.result = REWRITE_FAILED};

	if (find_guest(helper, &writer, &guest) < 0)
		return -1;
	helper->was_changed = false;
	if (!virt_domain_is_persistent(guest)) {
		snprintf(rewritten.message, sizeof(rewritten.message), "it has no stored definition any more");
	} else {
		helper->rewritten = &rewritten;
		helper->counted = 0;
		definition_rewrite_on(writer, guest, &helper->host_policy, &terms, &rewritten);
		count_own(helper);
		helper->rewritten = NULL;
	}
	helper->has_written = helper->has_written || rewritten.defines > 0;
	virt_domain_free(guest);
	virt_close(writer);
	if (rewritten.result == REWRITE_YIELDED)
		return 0;
	log_write(rewritten.result == REWRITE_FAILED ? LOG_ERR : LOG_NOTICE, "guest %s: %s", helper->shown, rewritten.message);
	return rewritten.is_current ? 1 : -1;
}

static int next_pause(int pause)
{
	return 2 * pause < LONGEST_PAUSE ? 2 * pause : LONGEST_PAUSE;
}

static int rewrite(struct helper *helper)
{
	int64_t end = nestxml_clock_monotonic() + REWRITE_TIME;
	int pause = PAUSE;
	int code = 0;

	while (code == 0 && nestxml_clock_monotonic() < end && !helper->has_lost_reader) {
		if (may_write(helper))
			code = rewrite_now(helper);
		if (code == 0)
			run_events(helper, pause);
		pause = next_pause(pause);
	}
	if (code == 0)
		log_write(LOG_NOTICE, "guest %s is not rewritten: another program is at work on it", helper->shown);
	return code > 0 ? 0 : -1;
}

/* ---- the start ---- */

/* Returns 0 when it may be started; else it has said why not. */
static int wait_for_turn(struct helper *helper)
{
	enum restart_decision decision;
	const char *why = "";
	int pause = PAUSE;

	for (;; pause = next_pause(pause)) {
		int64_t now = nestxml_clock_monotonic();

		hear_until(helper, now + restart_get_wait(&helper->restart, now, pause), NULL);
		helper_ask_clients(helper);
		take_events(helper);
		decision = restart_decide(&helper->restart, nestxml_clock_monotonic(), &why);
		if (helper->has_lost_reader) {
			decision = RESTART_NEVER;
			why = "libvirt has gone";
		}
		if (decision == RESTART_NOW)
			return 0;
		if (decision == RESTART_NEVER) {
			log_write(LOG_NOTICE, "guest %s: left stopped: %s", helper->shown, why);
			return -1;
		}
	}
}

/* Returns the number of this run, or -1 and has said why there is none. */
static int start_now(struct helper *helper)
{
	struct virt *writer;
	struct virt_domain *guest;
	struct virt_error error;
	int run = -1;

	if (find_guest(helper, &writer, &guest) < 0)
		return -1;
	if (virt_domain_has_saved_state(guest))
		log_write(LOG_NOTICE, "guest %s: left stopped: it has a managed save, or whether it has one is unknown", helper->shown);
	else if (virt_domain_is_running(guest))
		log_write(LOG_INFO, "guest %s: it runs already", helper->shown);
	else if (virt_domain_start(guest, &error) < 0)
		log_write(LOG_ERR, "guest %s: it could not be started again: %s", helper->shown, error.message);
	else
		run = virt_domain_get_run(guest);
	if (run >= 0)
		log_write(LOG_NOTICE, "guest %s: started again", helper->shown);
	virt_domain_free(guest);
	virt_close(writer);
	return run;
}

/* Returns whether it runs on because it was defined again. */
static bool destroy(struct helper *helper, int run)
{
	struct virt *writer;
	struct virt_domain *guest;
	struct virt_error error;
	bool is_kept = false;

	if (find_guest(helper, &writer, &guest) < 0)
		return false;
	if (virt_domain_get_run(guest) != run)
		log_write(LOG_INFO, "guest %s was undefined; what this helper started runs no more", helper->shown);
	else if ((is_kept = virt_domain_is_persistent(guest)))
		log_write(LOG_NOTICE, "guest %s was undefined and defined again, so its owner knows of it; it keeps running",
			  helper->shown);
	else if (virt_domain_destroy(guest, &error) < 0)
		log_write(LOG_ERR, "guest %s was undefined after this helper had started it, and cannot be destroyed: %s", helper->shown,
			  error.message);
	else
		log_write(LOG_WARNING,
			  "guest %s: destroyed: it was undefined within %d s of its start by this helper, so its owner believes it gone",
			  helper->shown, RESTART_WATCH / 1000);
	virt_domain_free(guest);
	virt_close(writer);
	return is_kept;
}

/* For the next refused start of this guest. The lock would go with this process, but its file would stay, one for each such guest. */
static void release_lock(struct helper *helper)
{
	static const char locks[] = NESTXML_RUN_DIRECTORY "/" LOCK_NAME;
	char link[32];
	char path[PATH_MAX];
	ssize_t length;

	if (!helper->has_lock)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", LOCK);
	length = readlink(link, path, sizeof(path) - 1);
	if (length > 0)
		path[length] = '\0';
	if (length > 0 && strncmp(path, locks, strlen(locks)) == 0)
		unlink(path);
	close(LOCK);
	helper->has_lock = false;
}

/* Nothing may run that its owner believes gone. */
static void watch_run(struct helper *helper, int run)
{
	int64_t end = nestxml_clock_monotonic() + RESTART_WATCH;
	bool is_kept = true;

	release_lock(helper);
	helper_close_admin(helper);
	while (is_kept) {
		hear_until(helper, end, &helper->restart.was_undefined);
		if (!helper->restart.was_undefined)
			return;
		helper->restart.was_undefined = false;
		/* Another program may replace the definition in two steps. */
		hear_until(helper, nestxml_clock_monotonic() + RESTART_QUIET, NULL);
		is_kept = destroy(helper, run);
	}
}

/* A guest that the rewrite has brought back, since another program undefined it at the same moment, goes again. */
static void undo(struct helper *helper)
{
	struct virt *writer;
	struct virt_domain *guest;
	enum undone undone;
	char why[640];

	hear_until(helper, nestxml_clock_monotonic() + RESTART_QUIET, NULL);
	if (!helper->is_back || helper->has_lost_reader || find_guest(helper, &writer, &guest) < 0)
		return;
	take_events(helper); /* to connect may have taken long */
	if (helper->is_back && !helper->has_lost_reader && virt_domain_is_persistent(guest)) {
		undone = definition_undo(guest, &helper->host_policy, why, sizeof(why));
		log_write(undone == UNDO_FAILED ? LOG_ERR : LOG_NOTICE, "guest %s: %s", helper->shown, why);
	}
	virt_domain_free(guest);
	virt_close(writer);
}

/* What was changed since it was rewritten is to be rewritten again, before it is started. */
static enum nestctl_status handle_guest(struct helper *helper)
{
	int run;

	do {
		if (rewrite(helper) < 0)
			return NESTCTL_NO;
		if (!helper->starts)
			return NESTCTL_YES;
		if (wait_for_turn(helper) < 0)
			return NESTCTL_NO;
	} while (helper->was_changed);
	run = start_now(helper);
	if (run < 0)
		return NESTCTL_NO;
	watch_run(helper, run);
	return NESTCTL_YES;
}

static enum nestctl_status run_helper(struct helper *helper)
{
	const struct virt_listener listener = {helper, on_happened, on_closed};
	struct nestxml_error error;
	struct virt_error virt_error;
	enum nestctl_status status = NESTCTL_FAILED;

	if (host_policy_read(NESTCTL_ROOT, &helper->host_policy, &error) != 0) {
		log_write(LOG_ERR, "guest %s is not rewritten: %s", helper->shown, error.message);
		return NESTCTL_FAILED;
	}
	if (connect_reader(helper, &listener, &virt_error) < 0)
		log_write(LOG_ERR, "guest %s is not rewritten: libvirt: %s", helper->shown, virt_error.message);
	else
		status = handle_guest(helper);
	if (helper->has_written)
		undo(helper);
	virt_close(helper->reader);
	host_policy_clear(&helper->host_policy);
	return status;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	static const struct option long_options[] = {{"start", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	struct helper helper = {.has_lock = fcntl(LOCK, F_GETFD) >= 0};
	enum nestctl_status status;
	int option;

	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (option != 's')
			return nestctl_usage("", "hook-helper is for the hook");
		helper.starts = true;
	}
	if (argc - optind != 1)
		return nestctl_usage("", "hook-helper is for the hook");
	helper.uuid = argv[optind];
	nestxml_text_escape(helper.uuid, helper.shown, sizeof(helper.shown));
	log_open("nestctl");
	helper_answer_hook(&helper);
	wait_for_hook();
	status = run_helper(&helper);
	release_lock(&helper);
	helper_close_admin(&helper);
	clients_clear(&helper.named);
	return status;
}

const struct nestctl_command nestctl_hook_helper = {
	.name = "hook-helper",
	.run = run_command,
};
