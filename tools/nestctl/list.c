/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list.c - `nestctl list`: every guest's policy, CPU, and what its next start would meet on this host. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/definition.h"
#include "guests/describe.h"
#include "guests/session.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

static const char help[] = "Usage: nestctl list [--json] [-c URI]\n"
			   "Every guest: its policy and who states it, its stored CPU, the CPU it runs with,\n"
			   "and what its next start would meet on this host. To be run on the guests' host.\n"
			   "\n"
			   "  --json              the same for programs\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

/* All that is known of one guest. */
struct entry {
	const struct virt_domain *guest;
	bool running;
	bool persistent;
	bool known; /* of what follows; else @why says why not */
	struct definition definition;
	char *live_xml;
	struct nestxml_domain *live; /* NULL: it is not running, or @live_why says why it is not known */
	char live_why[640];
	char why[640];
};

/* It may have ended by now: then it is a guest that does not run. */
static void entry_read_live(const struct virt_domain *guest, struct entry *entry)
{
	struct virt_error virt_error;
	struct nestxml_error error;

	if (virt_domain_get_xml(guest, VIRT_XML_LIVE, &entry->live_xml, &virt_error) < 0) {
		entry->live_xml = NULL;
		if (!virt_error.no_domain)
			snprintf(entry->live_why, sizeof(entry->live_why), "%s", virt_error.message);
	} else if (nestxml_domain_new(entry->live_xml, strlen(entry->live_xml), &entry->live, &error) != 0) {
		snprintf(entry->live_why, sizeof(entry->live_why), "%s", error.message);
	}
}

static void entry_read(const struct virt_domain *guest, const struct host_policy *host_policy, struct entry *entry)
{
	*entry = (struct entry){.guest = guest};
	entry->running = virt_domain_is_running(guest);
	entry->persistent = virt_domain_is_persistent(guest);
	entry->known = definition_read(guest, VIRT_XML_STORED, host_policy, &entry->definition, entry->why, sizeof(entry->why)) == 0;
	if (entry->known && entry->running)
		entry_read_live(guest, entry);
}

static void entry_clear(struct entry *entry)
{
	if (entry->known)
		definition_clear(&entry->definition);
	nestxml_domain_free(entry->live);
	free(entry->live_xml);
}

static const char *get_refusal(const struct entry *entry, const struct host_policy *host_policy)
{
	const struct plan *plan = &entry->definition.plan;

	return plan->state == PLAN_UNKNOWN || plan->state == PLAN_IMPOSSIBLE ? plan->error.message
									     : nestxml_host_get_evidence(host_policy->host);
}

/* ---- the table ---- */

enum { COLUMNS = 6, CELL = 768 };

static const char *const headings[COLUMNS] = {"guest", "policy", "stated by", "stored CPU", "live CPU", "next start"};

struct table {
	char (*rows)[COLUMNS][CELL];
	size_t count;
};

static void describe_next_start(const struct entry *entry, const struct host_policy *host_policy, char *text, size_t size)
{
	switch (entry->definition.plan.verdict) {
	case NESTXML_VERDICT_PASS:
		snprintf(text, size, "passes");
		break;
	case NESTXML_VERDICT_STALE:
		snprintf(text, size, "stale (on-stale = %s)", nestxml_on_stale_to_string(entry->definition.plan.policy.on_stale));
		break;
	case NESTXML_VERDICT_REFUSE:
		snprintf(text, size, "refused: %s", get_refusal(entry, host_policy));
		break;
	}
}

static void fill_row(const struct entry *entry, const struct host_policy *host_policy, char row[COLUMNS][CELL])
{
	for (size_t i = 0; i < COLUMNS; i++)
		strcpy(row[i], "-");
	nestxml_text_escape(virt_domain_get_name(entry->guest), row[0], CELL);
	if (!entry->known) {
		snprintf(row[5], CELL, "cannot be told: %s", entry->why);
		return;
	}
	snprintf(row[1], CELL, "%s", nestxml_nested_to_string(entry->definition.plan.policy.nested));
	nestxml_policy_describe_source(&entry->definition.plan.policy, row[2], CELL);
	if (entry->persistent)
		describe_cpu(entry->definition.domain, row[3], CELL);
	if (entry->live)
		describe_cpu(entry->live, row[4], CELL);
	else if (entry->live_why[0])
		snprintf(row[4], CELL, "cannot be told: %s", entry->live_why);
	describe_next_start(entry, host_policy, row[5], CELL);
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

static enum nestctl_status list_table(struct virt_domain *const *guests, size_t count, const struct host_policy *host_policy)
{
	struct table table = {calloc(count + 1, sizeof(*table.rows)), count};

	if (!table.rows)
		return nestctl_fail(NESTCTL_FAILED, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct entry entry;

		entry_read(guests[i], host_policy, &entry);
		fill_row(&entry, host_policy, table.rows[i]);
		entry_clear(&entry);
	}
	print_table(&table);
	free(table.rows);
	return nestctl_finish(NESTCTL_YES);
}

/* ---- as JSON ---- */

static struct json_object *make_json(const struct entry *entry, const struct host_policy *host_policy)
{
	static const char *const verdicts[] = {
		[NESTXML_VERDICT_PASS] = "pass",
		[NESTXML_VERDICT_REFUSE] = "refuse",
		[NESTXML_VERDICT_STALE] = "stale",
	};
	const struct plan *plan = &entry->definition.plan;
	struct json_object *object = json_object_new_object();
	const char *error = !entry->known ? entry->why : plan->state == PLAN_UNKNOWN ? plan->error.message : NULL;

	output_add_escaped(object, "guest", virt_domain_get_name(entry->guest));
	output_add_string(object, "uuid", virt_domain_get_uuid(entry->guest));
	output_add_bool(object, "running", entry->running);
	output_add_bool(object, "persistent", entry->persistent);
	json_object_object_add(object, "policy", describe_policy_json(&plan->policy, error));
	json_object_object_add(object, "stored_cpu", entry->persistent ? describe_cpu_json(entry->definition.domain) : NULL);
	json_object_object_add(object, "live_cpu", describe_cpu_json(entry->live));
	output_add_string(object, "verdict", entry->known ? verdicts[plan->verdict] : NULL);
	output_add_string(object, "reason",
			  entry->known && plan->verdict == NESTXML_VERDICT_REFUSE ? get_refusal(entry, host_policy) : NULL);
	return object;
}

static enum nestctl_status list_json(struct virt_domain *const *guests, size_t count, const struct host_policy *host_policy)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		struct entry entry;

		entry_read(guests[i], host_policy, &entry);
		json_object_array_add(array, make_json(&entry, host_policy));
		entry_clear(&entry);
	}
	return nestctl_print_json(array, NESTCTL_YES);
}

/* ---- the command ---- */

struct request {
	const char *uri; /* NULL: libvirt's own choice */
	bool json;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(virt_domain_get_name(*(struct virt_domain *const *)a), virt_domain_get_name(*(struct virt_domain *const *)b));
}

static enum nestctl_status list(const struct session *session, const struct request *request)
{
	struct virt_domain **guests;
	struct virt_error error;
	size_t count;
	enum nestctl_status status;

	if (virt_list(session->virt, false, &guests, &count, &error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "libvirt does not list its guests: %s", error.message);
	qsort(guests, count, sizeof(struct virt_domain *), compare_names);
	status = request->json ? list_json(guests, count, &session->host_policy) : list_table(guests, count, &session->host_policy);
	virt_list_free(guests, count);
	return status;
}

static enum nestctl_status parse(int argc, char **argv, struct request *request)
{
	const struct option_rule host_policy[] = {{.name = "json", .flag = &request->json}, OPTION_CONNECT(&request->uri)};
	enum nestctl_status status = options_take("list", help, host_policy, ARRAY_SIZE(host_policy), argc, argv);

	if (status == NESTCTL_CONTINUE && optind < argc)
		status = nestctl_usage_word("list", "unexpected argument", argv[optind], NULL);
	return status;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	struct request request = {0};
	struct session session;
	enum nestctl_status status = parse(argc, argv, &request);

	if (status != NESTCTL_CONTINUE)
		return status;
	status = session_open(request.uri, false, "nothing is listed", NULL, &session);
	if (status != NESTCTL_YES)
		return status;
	if (!request.uri)
		session_tell_whose(&session, "list");
	status = list(&session, &request);
	session_close(&session);
	return status;
}

const struct nestctl_command nestctl_list = {
	.name = "list",
	.arguments = "",
	.summary = "every guest: its policy, its CPU, what it has now",
	.run = run_command,
};
