/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verify.c - `nestctl verify`: whether a running guest has the nesting that its policy states, and who says so. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "guests/describe.h"
#include "guests/diagnosis.h"
#include "guests/diagnosis_read.h"
#include "guests/guest_agent.h"
#include "guests/session.h"
#include "host/state.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

static const char help[] = "Usage: nestctl verify GUEST [--ask-qemu] [--ask-guest] [--json] [-c URI]\n"
			   "Does the running GUEST (a name or UUID) have nested virtualization?\n"
			   "Run it on the guest's host; exit status 0: yes, 1: no, 3: unknown.\n"
			   "\n"
			   "  --ask-qemu          ask QEMU itself, through libvirt's monitor command, which\n"
			   "                      marks the guest as tainted (custom-monitor) until it ends\n"
			   "  --ask-guest         ask the guest too, through the QEMU guest agent\n"
			   "  --json              the same for programs\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

/* ---- the rows ---- */

static void describe_policy(const struct diagnosis *diagnosis, char *text, size_t size)
{
	static const char *const met[] = {
		[QEMU_ANSWER_NONE] = "",
		[QEMU_ANSWER_YES] = ": met",
		[QEMU_ANSWER_NO] = ": not met",
	};
	char source[320];

	nestxml_policy_describe_source(&diagnosis->policy, source, sizeof(source));
	if (diagnosis->policy_error.code != NESTXML_OK)
		snprintf(text, size, "unknown: %s", diagnosis->policy_error.message);
	else
		snprintf(text, size, "%s, stated by %s%s", nestxml_nested_to_string(diagnosis->policy.nested), source,
			 met[diagnosis_is_policy_met(diagnosis)]);
}

static const char *switch_to_string(enum qemu_switch value)
{
	return value == QEMU_SWITCH_ON ? "on" : value == QEMU_SWITCH_OFF ? "off" : NULL;
}

static const char *accelerator_to_string(enum qemu_accelerator accelerator)
{
	static const char *const words[] = {
		[QEMU_ACCELERATOR_UNSTATED] = "unstated",
		[QEMU_ACCELERATOR_KVM] = "kvm",
		[QEMU_ACCELERATOR_TCG] = "tcg",
		[QEMU_ACCELERATOR_OTHER] = "other",
	};

	return words[accelerator];
}

static void describe_command(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const struct qemu_command *command = &diagnosis->running.evidence.command;
	const char *switches[VENDORS] = {NULL};
	char features[128];
	char model[96];

	FOR_EACH_VENDOR(vendor)
		switches[vendor] = switch_to_string(command->features[vendor]);
	if (diagnosis->running.evidence.has_command)
		snprintf(text, size, "%s, %s%s%s", accelerator_to_string(command->accelerator), command->model[0] ? "-cpu " : "no -cpu",
			 nestxml_text_escape(command->model, model, sizeof(model)),
			 output_list_features(switches, features, sizeof(features)));
	else
		diagnosis_describe_process(diagnosis, text, size);
}

/* "the guest was not given vmx or svm", or that nothing is said about any. */
static void describe_lacks(const struct qemu_log *log, char *text, size_t size)
{
	const char *before = "the guest was not given ";
	size_t length = 0;
	char features[64];

	FOR_EACH_VENDOR(vendor) {
		if (!log->lacks[vendor] || length >= size)
			continue;
		length += (size_t)snprintf(text + length, size - length, "%s%s", before, nestxml_vendor_feature(vendor));
		before = " or ";
	}
	if (length == 0)
		snprintf(text, size, "nothing about %s", output_join_features(" or ", features, sizeof(features)));
}

/* The first vendor's feature that is there, or that there is none. */
static const char *describe_has(const bool has[VENDORS], char *text, size_t size)
{
	char features[64];

	FOR_EACH_VENDOR(vendor)
		if (has[vendor])
			return nestxml_vendor_feature(vendor);
	snprintf(text, size, "neither %s", output_join_features(" nor ", features, sizeof(features)));
	return text;
}

static void describe_log(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const struct qemu_log *log = &diagnosis->running.log;

	if (diagnosis->running.log_error != 0)
		snprintf(text, size, "cannot be read: %s", strerror(-diagnosis->running.log_error));
	else if (!log->started)
		snprintf(text, size, "the guest's start is not in the log's last MiB, and no more of the log is read");
	else
		describe_lacks(log, text, size);
}

static void describe_agent(const struct diagnosis *diagnosis, char *text, size_t size)
{
	static const char *const devices[] = {
		[GUEST_AGENT_DEVICE_UNKNOWN] = "/dev/kvm not known",
		[GUEST_AGENT_DEVICE_THERE] = "/dev/kvm there",
		[GUEST_AGENT_DEVICE_MISSING] = "no /dev/kvm",
	};
	const struct guest_agent_answer *agent = &diagnosis->agent;
	char features[96];

	if (!diagnosis->is_guest_asked)
		snprintf(text, size, "not asked");
	else if (!agent->answered)
		snprintf(text, size, "nothing: %s", agent->error);
	else
		snprintf(text, size, "%s, %s", describe_has(agent->cpuinfo.has, features, sizeof(features)), devices[agent->device]);
}

/* Whether, by QEMU's answer, some processors have a feature and some do not. */
static bool is_partial(const struct diagnosis *diagnosis)
{
	FOR_EACH_VENDOR(vendor)
		if (diagnosis->running.evidence.differs[vendor])
			return true;
	return false;
}

static void describe_monitor(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const struct qemu_monitor_answer *monitor = &diagnosis->monitor;
	char features[96];

	if (!diagnosis->is_qemu_asked)
		snprintf(text, size, "not asked");
	else if (!monitor->answered)
		snprintf(text, size, "nothing: %s", monitor->error);
	else
		snprintf(text, size, "%s%s; libvirt marks the guest as tainted now (custom-monitor)",
			 describe_has(monitor->has, features, sizeof(features)),
			 is_partial(diagnosis) ? ", but not on every processor" : "");
}

static void print_running(const struct diagnosis *diagnosis)
{
	char text[768];

	describe_cpu(diagnosis->live.domain, text, sizeof(text));
	output_row("live CPU", "%s", text);
	describe_command(diagnosis, text, sizeof(text));
	output_row("QEMU", "%s", text);
	output_row("host", "%s", nestxml_host_get_evidence(diagnosis->host));
	describe_log(diagnosis, text, sizeof(text));
	output_row("QEMU's log", "%s", text);
	describe_monitor(diagnosis, text, sizeof(text));
	output_row("QEMU says", "%s", text);
	describe_agent(diagnosis, text, sizeof(text));
	output_row("guest says", "%s", text);
}

/* What no XML shows. Returns false where there is nothing to be warned of. */
static bool describe_wrapper(const struct diagnosis *diagnosis, char *text, size_t size)
{
	char emulator[256];
	char shown[320];

	if (!diagnosis_find_wrapper(diagnosis, emulator, sizeof(emulator)))
		return false;
	snprintf(
		text, size,
		"its <emulator> %s is a wrapper, which may change what libvirt asks QEMU for, so the XML does not decide what the guest has",
		nestxml_text_escape(emulator, shown, sizeof(shown)));
	return true;
}

static void print_warnings(const struct diagnosis *diagnosis)
{
	const struct nestxml_edits *edits = diagnosis->edits;
	char text[640];

	for (size_t i = 0; edits && i < nestxml_edits_count_warnings(edits); i++)
		output_row("warning", "%s", nestxml_edits_get_warning(edits, i));
	if (describe_wrapper(diagnosis, text, sizeof(text)))
		output_row("warning", "%s", text);
}

static void print_table(const struct diagnosis *diagnosis)
{
	bool running = virt_domain_is_running(diagnosis->guest);
	char text[1024];

	diagnosis_describe_verdict(diagnosis, text, sizeof(text));
	output_row("nested", "%s", text);
	output_row("guest", "'%s', %s%s", nestxml_text_escape(virt_domain_get_name(diagnosis->guest), text, sizeof(text)),
		   running ? "running" : "not running", virt_domain_is_persistent(diagnosis->guest) ? "" : ", without a stored definition");
	if (diagnosis->running.evidence.has_command)
		output_row("PID", "%d", (int)diagnosis->running.pid);
	describe_policy(diagnosis, text, sizeof(text));
	output_row("policy", "%s", text);
	if (virt_domain_is_persistent(diagnosis->guest)) {
		describe_cpu(diagnosis->stored.domain, text, sizeof(text));
		output_row("stored CPU", "%s", text);
	}
	if (running)
		print_running(diagnosis);
	else if (diagnosis->has_saved_state)
		output_row("managed save", "yes: its next start comes from it, with the CPU it was saved with");
	print_warnings(diagnosis);
	diagnosis_describe_advice(diagnosis, text, sizeof(text));
	output_row("next", "%s", text);
}

/* ---- as JSON ---- */

static struct json_object *make_policy(const struct diagnosis *diagnosis)
{
	bool known = diagnosis->policy_error.code == NESTXML_OK;
	struct json_object *object = describe_policy_json(&diagnosis->policy, known ? NULL : diagnosis->policy_error.message);

	json_object_object_add(object, "met", describe_answer_json(diagnosis_is_policy_met(diagnosis)));
	return object;
}

static struct json_object *make_qemu(const struct diagnosis *diagnosis)
{
	const struct qemu_command *command = &diagnosis->running.evidence.command;
	struct json_object *object;

	if (!diagnosis->running.evidence.has_command)
		return NULL;
	object = json_object_new_object();
	json_object_object_add(object, "pid", json_object_new_int64(diagnosis->running.pid));
	output_add_string(object, "accelerator", accelerator_to_string(command->accelerator));
	output_add_escaped(object, "model", command->model[0] ? command->model : NULL);
	FOR_EACH_VENDOR(vendor)
		output_add_string(object, nestxml_vendor_feature(vendor), switch_to_string(command->features[vendor]));
	output_add_escaped(object, "doubt", qemu_evidence_doubt(&diagnosis->running.evidence));
	return object;
}

static struct json_object *make_host(const struct diagnosis *diagnosis)
{
	struct json_object *object = json_object_new_object();

	output_add_string(object, "vendor", nestxml_vendor_to_string(nestxml_host_get_vendor(diagnosis->host)));
	output_add_string(object, "nested", host_nested_to_string(nestxml_host_get_state(diagnosis->host)));
	output_add_string(object, "fact", nestxml_host_get_evidence(diagnosis->host));
	return object;
}

static struct json_object *make_log(const struct diagnosis *diagnosis)
{
	bool known = diagnosis->running.log_error == 0 && diagnosis->running.log.started;
	struct json_object *object = json_object_new_object();

	FOR_EACH_VENDOR(vendor) {
		char key[32];

		snprintf(key, sizeof(key), "lacks_%s", nestxml_vendor_feature(vendor));
		json_object_object_add(object, key, known ? json_object_new_boolean(diagnosis->running.log.lacks[vendor]) : NULL);
	}
	output_add_string(object, "error", diagnosis->running.log_error ? strerror(-diagnosis->running.log_error) : NULL);
	return object;
}

static void add_features(struct json_object *object, const bool has[VENDORS], bool known)
{
	FOR_EACH_VENDOR(vendor)
		json_object_object_add(object, nestxml_vendor_feature(vendor), known ? json_object_new_boolean(has[vendor]) : NULL);
}

static struct json_object *make_monitor(const struct diagnosis *diagnosis)
{
	const struct qemu_monitor_answer *monitor = &diagnosis->monitor;
	struct json_object *object;

	if (!diagnosis->is_qemu_asked)
		return NULL;
	object = json_object_new_object();
	output_add_bool(object, "answered", monitor->answered);
	FOR_EACH_VENDOR(vendor)
		json_object_object_add(object, nestxml_vendor_feature(vendor),
				       monitor->answered && !diagnosis->running.evidence.differs[vendor]
					       ? json_object_new_boolean(monitor->has[vendor])
					       : NULL);
	output_add_string(object, "error", monitor->error[0] ? monitor->error : NULL);
	return object;
}

static struct json_object *make_agent(const struct diagnosis *diagnosis)
{
	const struct guest_agent_answer *agent = &diagnosis->agent;
	struct json_object *object;

	if (!diagnosis->is_guest_asked)
		return NULL;
	object = json_object_new_object();
	output_add_bool(object, "answered", agent->answered);
	add_features(object, agent->cpuinfo.has, agent->answered);
	json_object_object_add(
		object, "dev_kvm",
		agent->device == GUEST_AGENT_DEVICE_UNKNOWN ? NULL : json_object_new_boolean(agent->device == GUEST_AGENT_DEVICE_THERE));
	output_add_string(object, "error", agent->error[0] ? agent->error : NULL);
	return object;
}

static struct json_object *make_warnings(const struct diagnosis *diagnosis)
{
	struct json_object *list = describe_warnings_json(diagnosis->edits);
	char text[640];

	if (describe_wrapper(diagnosis, text, sizeof(text)))
		json_object_array_add(list, json_object_new_string(text));
	return list;
}

static struct json_object *make_json(const struct diagnosis *diagnosis)
{
	bool running = virt_domain_is_running(diagnosis->guest);
	bool persistent = virt_domain_is_persistent(diagnosis->guest);
	struct json_object *object = json_object_new_object();
	char text[1024];

	json_object_object_add(object, "nested", describe_answer_json(diagnosis_answer(diagnosis)));
	output_add_escaped(object, "guest", virt_domain_get_name(diagnosis->guest));
	output_add_string(object, "uuid", virt_domain_get_uuid(diagnosis->guest));
	output_add_bool(object, "running", running);
	output_add_bool(object, "persistent", persistent);
	json_object_object_add(object, "policy", make_policy(diagnosis));
	json_object_object_add(object, "stored_cpu", persistent ? describe_cpu_json(diagnosis->stored.domain) : NULL);
	json_object_object_add(object, "warnings", make_warnings(diagnosis));
	json_object_object_add(object, "live_cpu", describe_cpu_json(diagnosis->live.domain));
	json_object_object_add(object, "qemu", make_qemu(diagnosis));
	json_object_object_add(object, "host", make_host(diagnosis));
	json_object_object_add(object, "log", running ? make_log(diagnosis) : NULL);
	json_object_object_add(object, "managed_save", running ? NULL : json_object_new_boolean(diagnosis->has_saved_state));
	json_object_object_add(object, "monitor", running ? make_monitor(diagnosis) : NULL);
	json_object_object_add(object, "agent", running ? make_agent(diagnosis) : NULL);
	diagnosis_describe_verdict(diagnosis, text, sizeof(text));
	output_add_string(object, "verdict", text);
	diagnosis_describe_advice(diagnosis, text, sizeof(text));
	output_add_string(object, "advice", text);
	return object;
}

/* ---- the command ---- */

struct request {
	const char *guest;
	const char *uri; /* NULL: libvirt's own choice */
	bool json;
	bool ask_qemu;
	bool ask_guest;
};

static enum nestctl_status show(const struct diagnosis *diagnosis, bool json)
{
	static const enum nestctl_status statuses[] = {
		[QEMU_ANSWER_NONE] = NESTCTL_UNKNOWN,
		[QEMU_ANSWER_YES] = NESTCTL_YES,
		[QEMU_ANSWER_NO] = NESTCTL_NO,
	};
	enum nestctl_status status = statuses[diagnosis_answer(diagnosis)];

	if (json)
		return nestctl_print_json(make_json(diagnosis), status);
	print_table(diagnosis);
	return nestctl_finish(status);
}

static enum nestctl_status verify(const struct session *session, const struct request *request, const struct nestxml_error *policy_error)
{
	AUTO_DIAGNOSIS struct diagnosis diagnosis = {
		.is_qemu_asked = request->ask_qemu,
		.is_guest_asked = request->ask_guest,
		.host = session->host_policy.host,
		.policy_error = *policy_error,
	};
	enum nestctl_status status = session_find(session, request->guest, &diagnosis.guest);
	char why[640];

	if (status != NESTCTL_YES)
		return status == NESTCTL_NO ? NESTCTL_UNKNOWN : status; /* NO is the answer about a guest that exists */
	if (!diagnosis_read(&session->host_policy, &diagnosis, why, sizeof(why)))
		return nestctl_fail(NESTCTL_FAILED, "%s", why);
	return show(&diagnosis, request->json);
}

static enum nestctl_status parse(int argc, char **argv, struct request *request)
{
	const struct option_rule rules[] = {
		{.name = "ask-qemu", .flag = &request->ask_qemu},
		{.name = "ask-guest", .flag = &request->ask_guest},
		{.name = "json", .flag = &request->json},
		OPTION_CONNECT(&request->uri),
	};
	enum nestctl_status status = options_take("verify", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (argc - optind != 1 || !*argv[optind])
		return nestctl_usage("verify", "one guest is required");
	request->guest = argv[optind];
	return NESTCTL_CONTINUE;
}

static enum nestctl_status run(int argc, char **argv)
{
	struct request request = {0};
	struct nestxml_error policy_error = {0};
	AUTO_SESSION struct session session = {0};
	enum nestctl_status status = parse(argc, argv, &request);

	if (status != NESTCTL_CONTINUE)
		return status;
	status = session_open(request.uri, request.ask_guest || request.ask_qemu, "nothing was verified", &policy_error, &session);
	return status == NESTCTL_YES ? verify(&session, &request, &policy_error) : status;
}

const struct nestctl_command nestctl_verify = {
	.name = "verify",
	.arguments = "GUEST",
	.summary = "does this running guest nest, and how is that known",
	.run = run,
};
