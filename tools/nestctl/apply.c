/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply.c - `nestctl apply`: rewrites stored definitions by policy. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/definition.h"
#include "guests/describe.h"
#include "guests/notes.h"
#include "guests/session.h"
#include "macros.h"
#include "nestctl.h"
#include "nestxml/diff.h"
#include "options.h"

static const char help[] = "Usage: nestctl apply GUEST...|--all [--dry-run|--diff] [-c URI]\n"
			   "Rewrites the <cpu> of stored guests (names or UUIDs) as their policy asks.\n"
			   "A running guest has the new one from its next start on. Exit status: 0 done,\n"
			   "1 a guest could not be rewritten (the others are), 2 usage, 5 failed.\n"
			   "\n"
			   "      --all           every guest with a stored definition, except those that\n"
			   "                      another program manages (oVirt, nova), which it names\n"
			   "      --dry-run       say what would be rewritten\n"
			   "      --diff          show it as a unified diff\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

enum manner { MANNER_REWRITE, MANNER_DRY_RUN, MANNER_DIFF };

struct request {
	const char *uri; /* NULL: libvirt's own choice */
	bool all;
	enum manner manner;
	char **guests; /* the rest of the command line */
	size_t guests_count;
};

struct run {
	struct session *session;
	const struct request *request;
	struct virt_domain **guests; /* with --all: all of them */
	size_t guests_count;

	pthread_mutex_t mutex; /* guards what follows, and what is printed */
	size_t next;	       /* index of the next of the guests */
	size_t counts[REWRITE_FAILED + 1];
	bool unwritten; /* a diff could not be written */
	bool progress;	/* the line that shows it is on the terminal */
};

/* Guests that are rewritten at once: libvirt reads one while it writes the other. */
#define WORKERS 2

/* ---- output ---- */

static void show_progress(struct run *run)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%zu of %zu guests", run->next, run->guests_count);
	run->progress = true;
}

static void clear_progress(struct run *run)
{
	if (run->progress)
		fputs("\r\033[K", stderr);
	run->progress = false;
}

static void print_report(struct run *run, const struct virt_domain *guest, enum rewrite rewrite, const char *message)
{
	char shown[320];

	clear_progress(run);
	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	if (rewrite == REWRITE_FAILED)
		nestctl_fail(NESTCTL_NO, "guest '%s': %s", shown, message);
	else if (rewrite == REWRITE_DONE && virt_domain_is_running(guest))
		printf("guest '%s': %s" DESCRIBE_RUNNING "\n", shown, message);
	else
		printf("guest '%s': %s\n", shown, message);
}

static void report(struct run *run, const struct virt_domain *guest, enum rewrite rewrite, const char *message)
{
	pthread_mutex_lock(&run->mutex);
	run->counts[rewrite]++;
	if (rewrite != REWRITE_NOTHING || !run->request->all)
		print_report(run, guest, rewrite, message);
	pthread_mutex_unlock(&run->mutex);
}

static void warn(struct run *run, const struct virt_domain *guest, const char *warnings)
{
	pthread_mutex_lock(&run->mutex);
	clear_progress(run);
	notes_print(guest, warnings);
	pthread_mutex_unlock(&run->mutex);
}

static void summarize(const struct run *run)
{
	const size_t *counts = run->counts;
	FILE *stream = run->request->manner == MANNER_DIFF ? stderr : stdout; /* a diff is for patch(1) */

	fflush(stdout);
	fprintf(stream, "%zu guests: %zu %s, %zu unchanged, %zu failed",
		counts[REWRITE_DONE] + counts[REWRITE_NOTHING] + counts[REWRITE_LEFT] + counts[REWRITE_FAILED], counts[REWRITE_DONE],
		run->request->manner == MANNER_REWRITE ? "rewritten" : "to be rewritten", counts[REWRITE_NOTHING], counts[REWRITE_FAILED]);
	if (counts[REWRITE_LEFT] > 0)
		fprintf(stream, ", %zu managed elsewhere", counts[REWRITE_LEFT]);
	fputc('\n', stream);
}

/* ---- one guest ---- */

static void show_diff(struct run *run, const struct virt_domain *guest, const struct definition *definition)
{
	char shown[320];
	char name[330];
	int code;

	pthread_mutex_lock(&run->mutex);
	clear_progress(run);
	snprintf(name, sizeof(name), "%s.xml", nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown)));
	fflush(stdout);
	code = diff_write(STDOUT_FILENO, name, definition->xml, strlen(definition->xml), definition->plan.edits,
			  isatty(STDOUT_FILENO) == 1);
	if (code != 0)
		nestctl_fail(NESTCTL_FAILED, "guest '%s': its diff cannot be written: %s", shown, strerror(-code));
	run->counts[code == 0 ? REWRITE_DONE : REWRITE_FAILED]++;
	run->unwritten = run->unwritten || code != 0;
	pthread_mutex_unlock(&run->mutex);
}

/* Reads the definition without its secrets, since it is shown. */
static void preview(struct run *run, const struct virt_domain *guest)
{
	static const enum rewrite results[] = {
		[PLAN_LEAVE] = REWRITE_NOTHING, [PLAN_CURRENT] = REWRITE_NOTHING, [PLAN_REWRITE] = REWRITE_DONE,
		[PLAN_MANAGED] = REWRITE_LEFT,	[PLAN_UNKNOWN] = REWRITE_FAILED,  [PLAN_IMPOSSIBLE] = REWRITE_FAILED,
	};
	AUTO_DEFINITION struct definition definition = {0};
	char warnings[DEFINITION_WARNINGS];
	char message[1024];

	if (definition_read(guest, VIRT_XML_STORED, &run->session->host_policy, &definition, message, sizeof(message)) < 0) {
		report(run, guest, REWRITE_FAILED, message);
		return;
	}
	if (run->request->all)
		plan_spare_manager(&definition.plan);
	if (definition.plan.state == PLAN_REWRITE && run->request->manner == MANNER_DIFF) {
		show_diff(run, guest, &definition);
	} else {
		describe_plan(&definition.plan, message, sizeof(message));
		report(run, guest, results[definition.plan.state], message);
	}
	definition_describe_warnings(&definition.plan, warnings, sizeof(warnings));
	if (definition.plan.edits)
		warn(run, guest, warnings);
}

static void apply_to(struct run *run, const struct virt_domain *guest)
{
	const struct rewrite_terms terms = {.spares_managers = run->request->all};
	struct rewritten rewritten;

	if (run->request->manner != MANNER_REWRITE) {
		preview(run, guest);
		return;
	}
	definition_rewrite_on(run->session->virt, guest, &run->session->host_policy, &terms, &rewritten);
	report(run, guest, rewritten.result, rewritten.message);
	if (rewritten.is_current)
		warn(run, guest, rewritten.warnings);
}

/* ---- all of them ---- */

static const struct virt_domain *take_guest(struct run *run)
{
	const struct virt_domain *guest = NULL;

	pthread_mutex_lock(&run->mutex);
	if (run->next < run->guests_count) {
		show_progress(run);
		guest = run->guests[run->next++];
	}
	pthread_mutex_unlock(&run->mutex);
	return guest;
}

static void *work(void *context)
{
	struct run *run = context;
	const struct virt_domain *guest;

	while ((guest = take_guest(run)))
		apply_to(run, guest);
	return NULL;
}

static enum nestctl_status apply_all(struct run *run)
{
	pthread_t helpers[WORKERS - 1];
	size_t started = 0;
	struct virt_error error;

	if (virt_list(run->session->virt, true, &run->guests, &run->guests_count, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "libvirt cannot list its guests: %s", error.message);
	/* If no thread can be made, this one does it all. */
	while (started < WORKERS - 1 && pthread_create(&helpers[started], NULL, work, run) == 0)
		started++;
	work(run);
	while (started > 0)
		pthread_join(helpers[--started], NULL);
	clear_progress(run);
	virt_list_free(run->guests, run->guests_count);
	summarize(run);
	return NESTCTL_YES;
}

/* It has to be created again. Its policy may be stated only in its metadata, which FILE may lack, so the advice gives the policy itself. */
static void advise_creating(const struct nestxml_policy *policy, char *text, size_t size)
{
	bool keeps = policy->mode == NESTXML_MODE_KEEP;

	snprintf(text, size, "it has no stored definition; rewrite what it is created from: nestxml -n %s%s%s -i FILE",
		 nestxml_nested_to_string(policy->nested), keeps ? "" : " -m ", keeps ? "" : nestxml_mode_to_string(policy->mode));
}

static void report_transient(struct run *run, const struct virt_domain *guest)
{
	AUTO_DEFINITION struct definition definition = {0};
	enum rewrite rewrite = REWRITE_FAILED;
	char text[1024];

	/* If it was undefined while it runs, libvirt would still answer with the definition that it had. */
	if (definition_read(guest, VIRT_XML_LIVE, &run->session->host_policy, &definition, text, sizeof(text)) == 0) {
		const struct plan *plan = &definition.plan;

		if (plan->state == PLAN_LEAVE || plan->state == PLAN_CURRENT)
			rewrite = REWRITE_NOTHING;
		if (plan->state == PLAN_REWRITE || plan->state == PLAN_MANAGED)
			advise_creating(&plan->policy, text, sizeof(text));
		else
			describe_plan(plan, text, sizeof(text));
	}
	report(run, guest, rewrite, text);
}

static void apply_one(struct run *run, const char *word)
{
	AUTO_VIRT_DOMAIN struct virt_domain *guest = NULL;

	if (session_find(run->session, word, &guest) != NESTCTL_YES) {
		run->counts[REWRITE_FAILED]++;
		return;
	}
	if (virt_domain_is_persistent(guest))
		apply_to(run, guest);
	else
		report_transient(run, guest);
}

static enum nestctl_status apply(struct run *run)
{
	enum nestctl_status status = NESTCTL_YES;

	if (run->request->all && !run->request->uri)
		session_tell_whose(run->session, "apply --all");
	if (run->request->all)
		status = apply_all(run);
	for (size_t i = 0; i < run->request->guests_count; i++)
		apply_one(run, run->request->guests[i]);
	if (status == NESTCTL_YES && run->counts[REWRITE_FAILED] > 0)
		status = run->unwritten ? NESTCTL_FAILED : NESTCTL_NO;
	return status;
}

static enum nestctl_status parse(int argc, char **argv, struct request *request)
{
	bool dry_run = false;
	bool diff = false;
	const struct option_rule rules[] = {
		{.name = "all", .flag = &request->all},
		{.name = "dry-run", .flag = &dry_run},
		{.name = "diff", .flag = &diff},
		OPTION_CONNECT(&request->uri),
	};
	enum nestctl_status status = options_take("apply", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (dry_run && diff)
		return nestctl_usage("apply", "--dry-run and --diff exclude each other");
	request->manner = diff ? MANNER_DIFF : dry_run ? MANNER_DRY_RUN : MANNER_REWRITE;
	request->guests = argv + optind;
	request->guests_count = (size_t)(argc - optind);
	if (request->all == (request->guests_count > 0))
		return nestctl_usage("apply", "expected either guests or --all");
	return NESTCTL_CONTINUE;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	AUTO_SESSION struct session session = {0};
	struct request request = {0};
	struct run run = {.request = &request, .session = &session, .mutex = PTHREAD_MUTEX_INITIALIZER};
	enum nestctl_status status = parse(argc, argv, &request);

	if (status != NESTCTL_CONTINUE)
		return status;
	status = session_open(request.uri, request.manner == MANNER_REWRITE, "no guest was rewritten", NULL, &session);
	if (status != NESTCTL_YES)
		return status;
	return nestctl_finish(apply(&run));
}

const struct nestctl_command nestctl_apply = {
	.name = "apply",
	.arguments = "GUEST...|--all",
	.summary = "rewrite stored guests as their policies ask",
	.run = run_command,
};
