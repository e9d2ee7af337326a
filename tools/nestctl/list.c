/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list.c - `nestctl list`: every guest's policy, CPU, and what its next start would meet on this host. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/definition.h"
#include "guests/describe.h"
#include "guests/notes.h"
#include "guests/qemu_process.h"
#include "guests/running.h"
#include "guests/saved.h"
#include "guests/session.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"
#include "xml_error.h"

static const char help[] = "Usage: nestctl list [--nested|--unmet] [--json] [-c URI]\n"
			   "Every guest: its policy and who states it, its stored CPU, the CPU it runs with,\n"
			   "whether it has nesting now, and what would happen at its next start here.\n"
			   "Run it on the guests' host, and as root, since only root can read QEMU's logs.\n"
			   "\n"
			   "  --nested            only the guests that have nesting now\n"
			   "  --unmet             only the guests that do not run as their policy asks;\n"
			   "                      exit status 1 if there is one\n"
			   "  --json              the same for programs\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

struct request {
	const char *uri; /* NULL: libvirt's own choice */
	bool json;
	bool nested; /* only the guests that are */
	bool unmet;
};

/* All that is known of one guest. */
struct entry {
	const struct virt_domain *guest;
	bool running;
	bool persistent;
	bool known; /* of what follows; else @why says why not */
	struct definition definition;
	struct saved saved;
	char *live_xml;
	struct nestxml_domain *live; /* NULL: it is not running, or @live_why says why it is not known */
	char live_why[640];
	char why[640];
	enum qemu_answer nested; /* whether it has nesting now */
	enum qemu_answer met;	 /* whether that is what its policy asks */
};

/* What every guest is compared with, and what is asked of the list. */
struct listing {
	const struct request *request;
	const struct host_policy *host_policy;
	struct qemu_processes processes;
	bool *matched;	/* whether each section of the policy files matches one of the guests; NULL: out of memory */
	size_t unmet;	/* guests that do not run as their policy asks */
	size_t unknown; /* running guests of which that is unknown, or whose policy is */
};

/* It may have ended by now: then it is a guest that does not run. */
static void read_live(const struct virt_domain *guest, struct entry *entry)
{
	struct virt_error virt_error;
	struct nestxml_error error;

	if (virt_domain_get_xml(guest, VIRT_XML_LIVE, &entry->live_xml, &virt_error) < 0) {
		entry->live_xml = NULL;
		if (!virt_error.no_domain)
			snprintf(entry->live_why, sizeof(entry->live_why), "%s", virt_error.message);
	} else if (nestxml_domain_new(entry->live_xml, strlen(entry->live_xml), &entry->live, &error) != 0) {
		nestxml_xml_error_describe("its live XML", &error, entry->live_why, sizeof(entry->live_why));
	}
}

static void read_nested(const struct listing *listing, struct entry *entry)
{
	struct running running;
	enum qemu_verdict verdict;

	running_read(NESTCTL_ROOT, &listing->processes, virt_domain_get_name(entry->guest), virt_domain_get_uuid(entry->guest), entry->live,
		     listing->host_policy->host, &running);
	verdict = qemu_verdict_find(&running.evidence);
	entry->nested = qemu_evidence_answer(&running.evidence, verdict);
	if (entry->known && entry->definition.plan.state != PLAN_UNKNOWN)
		entry->met = qemu_evidence_is_policy_met(&running.evidence, verdict, entry->definition.plan.policy.nested);
}

static void entry_read(const struct virt_domain *guest, struct listing *listing, struct entry *entry)
{
	*entry = (struct entry){.guest = guest};
	entry->running = virt_domain_is_running(guest);
	entry->persistent = virt_domain_is_persistent(guest);
	entry->known =
		definition_read(guest, VIRT_XML_STORED, listing->host_policy, &entry->definition, entry->why, sizeof(entry->why)) == 0;
	saved_read(guest, listing->host_policy, &entry->definition.plan, &entry->saved);
	if (entry->known && entry->running)
		read_live(guest, entry);
	if (entry->live)
		read_nested(listing, entry);
}

/* Releases what @entry owns; it may be all zero. */
static void entry_clear(struct entry *entry)
{
	definition_clear(&entry->definition);
	nestxml_domain_free(entry->live);
	free(entry->live_xml);
}
#define AUTO_ENTRY CLEANUP(entry_clear)

/* An unknown policy may be a binding one. */
static bool may_have_binding_policy(const struct entry *entry)
{
	const struct plan *plan = &entry->definition.plan;

	return !entry->known || plan->state == PLAN_UNKNOWN || plan_is_binding(plan->policy.nested);
}

/* Counts @entry, and says whether the list is to show it. */
static bool count(struct listing *listing, const struct entry *entry)
{
	listing->unmet += entry->met == QEMU_ANSWER_NO;
	listing->unknown += entry->running && entry->met == QEMU_ANSWER_NONE && may_have_binding_policy(entry);
	if (listing->request->nested)
		return entry->nested == QEMU_ANSWER_YES;
	return !listing->request->unmet || entry->met == QEMU_ANSWER_NO;
}

/* A section that matches none of the guests was perhaps meant for one of them, and mistyped. */
static void mark_sections(struct listing *listing, const struct entry *entry)
{
	const struct nestxml_config *config = listing->host_policy->config;

	for (size_t i = 0; listing->matched && entry->known && nestxml_config_get_section(config, i); i++)
		if (!listing->matched[i])
			listing->matched[i] = nestxml_config_is_section_matching(config, i, entry->definition.domain);
}

static bool *make_marks(const struct nestxml_config *config)
{
	size_t count = 0;

	while (nestxml_config_get_section(config, count))
		count++;
	return calloc(count + 1, sizeof(bool));
}

static void warn_of_sections(const struct listing *listing)
{
	const struct nestxml_section *section;

	for (size_t i = 0; listing->matched && (section = nestxml_config_get_section(listing->host_policy->config, i)); i++) {
		char file[320];
		char pattern[320];

		if (listing->matched[i] || !section->pattern)
			continue;
		fprintf(stderr, "nestctl: warning: %s:%u: [guest %s] matches no guest that libvirt knows here\n",
			nestxml_text_escape(section->file, file, sizeof(file)), section->line,
			nestxml_text_escape(section->pattern, pattern, sizeof(pattern)));
	}
}

/* What no start and no rewrite can put right. */
static void warn(const struct entry *entry)
{
	char warnings[DEFINITION_WARNINGS] = "";

	if (entry->known)
		definition_describe_warnings(&entry->definition.plan, warnings, sizeof(warnings));
	notes_print(entry->guest, warnings);
}

static void describe_refusal(const struct entry *entry, const struct host_policy *host_policy, char *text, size_t size)
{
	const struct plan *plan = &entry->definition.plan;
	const char *override = nestxml_domain_get_cpu_override(entry->definition.domain);

	if (plan->state == PLAN_UNKNOWN || plan->state == PLAN_IMPOSSIBLE)
		snprintf(text, size, "%s", plan->error.message);
	else if (override)
		snprintf(text, size, "%s overrides its <cpu>", override);
	else
		snprintf(text, size, "%s", nestxml_host_get_evidence(host_policy->host));
}

/* A guest without a stored definition is gone once it stops. An unknown policy is reported for any guest. */
static bool has_next_start(const struct entry *entry)
{
	return entry->persistent || entry->definition.plan.state == PLAN_UNKNOWN;
}

/* ---- the table ---- */

enum { COLUMNS = 7, CELL = 768 };

static const char *const headings[COLUMNS] = {"guest", "policy", "stated by", "stored CPU", "live CPU", "nested now", "next start"};

struct table {
	char (*rows)[COLUMNS][CELL];
	size_t count;
};

static void describe_restore(const struct saved *saved, char *text, size_t size)
{
	if (!saved->known)
		snprintf(text, size, "unknown: its managed save: %s", saved->reason);
	else if (saved->verdict == NESTXML_VERDICT_REFUSE)
		snprintf(text, size, "refused: %s", saved->reason);
	else
		snprintf(text, size, "passes, from its managed save%s", saved->unmet ? ", but not as its policy asks" : "");
}

static void describe_next_start(const struct entry *entry, const struct host_policy *host_policy, char *text, size_t size)
{
	char reason[640];

	if (entry->saved.exists) {
		describe_restore(&entry->saved, text, size);
		return;
	}
	switch (entry->definition.plan.verdict) {
	case NESTXML_VERDICT_PASS:
		snprintf(text, size, "passes");
		break;
	case NESTXML_VERDICT_STALE:
		snprintf(text, size, "stale (on-stale = %s)", nestxml_on_stale_to_string(entry->definition.plan.policy.on_stale));
		break;
	case NESTXML_VERDICT_REFUSE:
		describe_refusal(entry, host_policy, reason, sizeof(reason));
		snprintf(text, size, "refused: %s", reason);
		break;
	}
}

static const char *answer_to_string(enum qemu_answer answer)
{
	static const char *const words[] = {
		[QEMU_ANSWER_NONE] = "unknown",
		[QEMU_ANSWER_YES] = "yes",
		[QEMU_ANSWER_NO] = "no",
	};

	return words[answer];
}

static void fill_row(const struct entry *entry, const struct host_policy *host_policy, char row[COLUMNS][CELL])
{
	for (size_t i = 0; i < COLUMNS; i++)
		strcpy(row[i], "-");
	nestxml_text_escape(virt_domain_get_name(entry->guest), row[0], CELL);
	if (!entry->known) {
		snprintf(row[6], CELL, "unknown: %s", entry->why);
		return;
	}
	snprintf(row[1], CELL, "%s", nestxml_nested_to_string(entry->definition.plan.policy.nested));
	nestxml_policy_describe_source(&entry->definition.plan.policy, row[2], CELL);
	if (entry->persistent)
		describe_cpu(entry->definition.domain, row[3], CELL);
	if (entry->live)
		describe_cpu(entry->live, row[4], CELL);
	else if (entry->live_why[0])
		snprintf(row[4], CELL, "unknown: %s", entry->live_why);
	if (entry->live)
		snprintf(row[5], CELL, "%s%s", answer_to_string(entry->nested),
			 entry->met == QEMU_ANSWER_NO ? ": not as its policy asks" : "");
	if (has_next_start(entry))
		describe_next_start(entry, host_policy, row[6], CELL);
}

/* Characters, not bytes. */
static size_t measure(const char *text)
{
	size_t width = 0;

	for (const char *at = text; *at; at++)
		width += ((unsigned char)*at & 0xc0) != 0x80 ? 1 : 0;
	return width;
}

static void print_row(const char *const cells[COLUMNS], const size_t widths[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS - 1; i++)
		printf("%s%*s  ", cells[i], (int)(widths[i] - measure(cells[i])), "");
	puts(cells[COLUMNS - 1]);
}

static void print_table(const struct table *table)
{
	size_t widths[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++) {
		widths[i] = measure(headings[i]);
		for (size_t row = 0; row < table->count; row++)
			if (measure(table->rows[row][i]) > widths[i])
				widths[i] = measure(table->rows[row][i]);
	}
	print_row(headings, widths);
	for (size_t row = 0; row < table->count; row++) {
		const char *cells[COLUMNS];

		for (size_t i = 0; i < COLUMNS; i++)
			cells[i] = table->rows[row][i];
		print_row(cells, widths);
	}
}

static void list_table(struct virt_domain *const *guests, size_t guests_count, struct listing *listing, struct table *table)
{
	for (size_t i = 0; i < guests_count; i++) {
		AUTO_ENTRY struct entry entry = {0};

		entry_read(guests[i], listing, &entry);
		mark_sections(listing, &entry);
		if (!count(listing, &entry))
			continue;
		fill_row(&entry, listing->host_policy, table->rows[table->count++]);
		warn(&entry);
	}
	print_table(table);
}

/* ---- as JSON ---- */

/* The verdict on the next start; NULL if there is none: @reason then says why, or is empty. */
static const char *find_verdict(const struct entry *entry, const struct host_policy *host_policy, char *reason, size_t size)
{
	static const char *const verdicts[] = {
		[NESTXML_VERDICT_PASS] = "pass",
		[NESTXML_VERDICT_REFUSE] = "refuse",
		[NESTXML_VERDICT_STALE] = "stale",
	};
	const struct plan *plan = &entry->definition.plan;

	reason[0] = '\0';
	if (entry->saved.exists) {
		snprintf(reason, size, "%s", entry->saved.reason);
		return entry->saved.known ? verdicts[entry->saved.verdict] : NULL;
	}
	if (!entry->known || !has_next_start(entry))
		return NULL;
	if (plan->verdict == NESTXML_VERDICT_REFUSE)
		describe_refusal(entry, host_policy, reason, size);
	return verdicts[plan->verdict];
}

/* Whether the next start, from it, would pass as its policy asks. A refused one would not. */
static struct json_object *make_saved_met(const struct saved *saved)
{
	if (!saved->exists || !saved->known)
		return NULL;
	return json_object_new_boolean(saved->verdict == NESTXML_VERDICT_PASS && !saved->unmet);
}

static struct json_object *make_json(const struct entry *entry, const struct host_policy *host_policy)
{
	const struct plan *plan = &entry->definition.plan;
	struct json_object *object = json_object_new_object();
	char reason[640];
	const char *error = !entry->known ? entry->why : plan->state == PLAN_UNKNOWN ? plan->error.message : NULL;

	output_add_escaped(object, "guest", virt_domain_get_name(entry->guest));
	output_add_string(object, "uuid", virt_domain_get_uuid(entry->guest));
	output_add_bool(object, "running", entry->running);
	output_add_bool(object, "persistent", entry->persistent);
	json_object_object_add(object, "policy", describe_policy_json(&plan->policy, error));
	json_object_object_add(object, "stored_cpu", entry->persistent ? describe_cpu_json(entry->definition.domain) : NULL);
	json_object_object_add(object, "live_cpu", describe_cpu_json(entry->live));
	json_object_object_add(object, "nested_now", describe_answer_json(entry->nested));
	json_object_object_add(object, "met", describe_answer_json(entry->met));
	output_add_bool(object, "managed_save", entry->saved.exists);
	json_object_object_add(object, "managed_save_met", make_saved_met(&entry->saved));
	json_object_object_add(object, "warnings", describe_warnings_json(entry->definition.plan.edits));
	output_add_string(object, "verdict", find_verdict(entry, host_policy, reason, sizeof(reason)));
	output_add_string(object, "reason", reason[0] ? reason : NULL);
	return object;
}

static struct json_object *list_json(struct virt_domain *const *guests, size_t guests_count, struct listing *listing)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < guests_count; i++) {
		AUTO_ENTRY struct entry entry = {0};

		entry_read(guests[i], listing, &entry);
		mark_sections(listing, &entry);
		if (count(listing, &entry))
			json_object_array_add(array, make_json(&entry, listing->host_policy));
	}
	return array;
}

/* ---- the command ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(virt_domain_get_name(*(struct virt_domain *const *)a), virt_domain_get_name(*(struct virt_domain *const *)b));
}

/* What --unmet leaves out may be unmet all the same. */
static enum nestctl_status find_status(const struct listing *listing)
{
	if (!listing->request->unmet)
		return NESTCTL_YES;
	if (listing->unknown > 0)
		fprintf(stderr, "nestctl: warning: whether the policy is met is unknown for %zu of the running guests; see nestctl list\n",
			listing->unknown);
	return listing->unmet > 0 ? NESTCTL_NO : NESTCTL_YES;
}

static enum nestctl_status show(struct virt_domain *const *guests, size_t guests_count, struct listing *listing)
{
	AUTO_FREE void *rows = NULL;
	struct table table = {0};
	struct json_object *array;

	if (listing->request->json) {
		array = list_json(guests, guests_count, listing);
		return nestctl_print_json(array, find_status(listing));
	}
	rows = calloc(guests_count + 1, sizeof(*table.rows));
	if (!rows)
		return nestctl_fail(NESTCTL_FAILED, "out of memory");
	table.rows = rows;
	list_table(guests, guests_count, listing, &table);
	return nestctl_finish(find_status(listing));
}

static enum nestctl_status list(const struct session *session, const struct request *request)
{
	AUTO_FREE bool *matched = make_marks(session->host_policy.config);
	struct listing listing = {.request = request, .host_policy = &session->host_policy, .matched = matched};
	struct virt_domain **guests;
	struct virt_error error;
	size_t guests_count;
	enum nestctl_status status;

	if (virt_list(session->virt, false, &guests, &guests_count, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "libvirt cannot list its guests: %s", error.message);
	qsort(guests, guests_count, sizeof(struct virt_domain *), compare_names);
	qemu_processes_read(NESTCTL_ROOT, &listing.processes); /* without them, nothing is known of any guest */
	status = show(guests, guests_count, &listing);
	warn_of_sections(&listing);
	qemu_processes_clear(&listing.processes);
	virt_list_free(guests, guests_count);
	return status;
}

static enum nestctl_status parse(int argc, char **argv, struct request *request)
{
	const struct option_rule rules[] = {
		{.name = "nested", .flag = &request->nested},
		{.name = "unmet", .flag = &request->unmet},
		{.name = "json", .flag = &request->json},
		OPTION_CONNECT(&request->uri),
	};
	enum nestctl_status status = options_take("list", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (optind < argc)
		return nestctl_usage_word("list", "unexpected argument", argv[optind], NULL);
	if (request->nested && request->unmet)
		return nestctl_usage("list", "--nested and --unmet exclude each other");
	return NESTCTL_CONTINUE;
}

static enum nestctl_status run(int argc, char **argv)
{
	struct request request = {0};
	AUTO_SESSION struct session session = {0};
	enum nestctl_status status = parse(argc, argv, &request);

	if (status != NESTCTL_CONTINUE)
		return status;
	status = session_open(request.uri, false, "nothing is listed", NULL, &session);
	if (status != NESTCTL_YES)
		return status;
	if (!request.uri)
		session_tell_whose(&session, "list");
	return list(&session, &request);
}

const struct nestctl_command nestctl_list = {
	.name = "list",
	.arguments = "",
	.summary = "every guest: its policy, its CPU, what it has now",
	.run = run,
};
