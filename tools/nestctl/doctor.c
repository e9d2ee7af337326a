/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doctor.c - `nestctl doctor`: everything that nesting needs on this machine, and in a guest; the last line is about the first thing that
 * is wrong.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "doctor/checks.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

static const char help[] = "Usage: nestctl doctor [GUEST] [--json] [-c URI]\n"
			   "Checks, in order, everything that this host needs for nested virtualization and,\n"
			   "with GUEST (a name or UUID), everything that this guest needs if it is to get\n"
			   "what its policy states. The last line names the first thing that is wrong, and\n"
			   "what to do.\n"
			   "Exit status 0: nothing is wrong, 1: something is, 3: something is unknown.\n"
			   "\n"
			   "  --json              the same for programs\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

static const char *const marks[] = {[FINDING_OK] = "ok", [FINDING_NOT] = "not", [FINDING_UNKNOWN] = "unknown"};

struct request {
	const char *guest; /* NULL: the host alone */
	const char *uri;   /* NULL: libvirt's own choice */
	bool json;
};

static const char *get_advice(const struct findings *findings, const struct finding *first)
{
	if (first)
		return first->remedy;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].mark == FINDING_NOT)
			return "nothing for this guest, which does not need what is missing here";
	return "nothing: all is well";
}

static void print_table(const struct findings *findings, const struct finding *first)
{
	for (size_t i = 0; i < findings->count; i++)
		printf("%-9s%-16s%s\n", marks[findings->list[i].mark], findings->list[i].name, findings->list[i].text);
	printf("%-9s%s%s%s\n", "next", first ? first->name : "", first ? ": " : "", get_advice(findings, first));
}

static struct json_object *make_finding(const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	output_add_string(object, "check", finding->name);
	output_add_string(object, "mark", marks[finding->mark]);
	output_add_string(object, "text", finding->text);
	output_add_string(object, "advice", finding->remedy[0] ? finding->remedy : NULL);
	return object;
}

static struct json_object *make_json(const struct findings *findings, const struct finding *first)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < findings->count; i++)
		json_object_array_add(list, make_finding(&findings->list[i]));
	json_object_object_add(object, "checks", list);
	output_add_string(object, "first", first ? first->name : NULL);
	output_add_string(object, "advice", get_advice(findings, first));
	return object;
}

static enum nestctl_status examine(const struct request *request)
{
	struct findings findings = {0};
	enum nestctl_status status = NESTCTL_YES;
	const struct finding *first;
	bool needs_host;

	check_host(NESTCTL_ROOT, &findings);
	check_services(NESTCTL_ROOT, &findings);
	check_guest(NESTCTL_ROOT, request->uri, request->guest, &findings, &needs_host);
	first = findings_find_first(&findings, needs_host);
	if (first)
		status = first->mark == FINDING_NOT ? NESTCTL_NO : NESTCTL_UNKNOWN;
	if (request->json)
		return nestctl_print_json(make_json(&findings, first), status);
	print_table(&findings, first);
	return nestctl_finish(status);
}

static enum nestctl_status parse(int argc, char **argv, struct request *request)
{
	const struct option_rule rules[] = {{.name = "json", .flag = &request->json}, OPTION_CONNECT(&request->uri)};
	enum nestctl_status status = options_take("doctor", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (argc - optind > 1)
		return nestctl_usage_word("doctor", "unexpected argument", argv[optind + 1], NULL);
	request->guest = optind < argc ? argv[optind] : NULL;
	if (request->guest && !*request->guest)
		return nestctl_usage("doctor", "the guest's name is empty");
	return NESTCTL_CONTINUE;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	struct request request = {0};
	enum nestctl_status status = parse(argc, argv, &request);

	return status == NESTCTL_CONTINUE ? examine(&request) : status;
}

const struct nestctl_command nestctl_doctor = {
	.name = "doctor",
	.arguments = "[GUEST]",
	.summary = "what stands in the way of nesting, and what to do",
	.run = run_command,
};
