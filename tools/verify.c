/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verify.c - `nestctl verify`: whether a running guest has the nesting that its policy states, and who says so. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/domain.h"
#include "../lib/private.h"
#include "agent.h"
#include "describe.h"
#include "findings.h"
#include "nestctl.h"
#include "options.h"
#include "picture.h"
#include "qemu.h"
#include "report.h"
#include "session.h"

static const char help[] = "Usage: nestctl verify GUEST [--ask-guest] [--json] [-c URI]\n"
			   "Does the running GUEST (a name or UUID) have nested virtualization?\n"
			   "To be run on the guest's host; exit status 0: yes, 1: no, 3: cannot be told.\n"
			   "\n"
			   "  --ask-guest         ask the guest too, through the QEMU guest agent\n"
			   "  --json              the same for programs\n"
			   "  -c, --connect=URI   the libvirt to ask, as with virsh\n"
			   "  -h, --help          this text\n";

/* ---- the facts ---- */

static int read_view(const struct virt_domain *guest, bool live, struct view *view)
{
	struct virt_error virt_error;
	struct nestxml_error error;

	if (virt_domain_get_xml(guest, live ? VIRT_XML_LIVE : VIRT_XML_STORED, &view->xml, &virt_error) < 0)
		return nestctl_fail(NESTCTL_FAILED, "libvirt does not give the guest's XML: %s", virt_error.message);
	if (nestxml_domain_new(view->xml, strlen(view->xml), &view->domain, &error) != 0)
		return nestctl_fail(NESTCTL_FAILED, "the guest's XML %s", error.message);
	return NESTCTL_YES;
}

static void read_policy(const struct session *session, struct findings *findings)
{
	struct plan plan;

	if (findings->policy_error.code != NESTXML_OK)
		return;
	plan_make(&session->rules, findings->stored.domain, &plan);
	findings->policy = plan.policy;
	if (plan.state == PLAN_UNKNOWN)
		findings->policy_error = plan.error;
	findings->is_current = plan.state == PLAN_CURRENT;
	plan_clear(&plan);
}

static void read_qemu(struct findings *findings)
{
	const char *name = virt_domain_get_name(findings->guest);
	struct qemu_facts *facts = &findings->facts;
	bool lacks;

	findings->process_error = qemu_find(NESTCTL_ROOT, name, virt_domain_get_uuid(findings->guest), &findings->pid, &facts->command);
	facts->has_command = findings->process_error == 0;
	facts->is_emulated = nestxml_domain_is_tcg(findings->live.domain);
	facts->vendor = nestxml_host_get_vendor(findings->host);
	facts->state = nestxml_host_get_state(findings->host);
	findings->log_error = qemu_log_read(NESTCTL_ROOT, name, &findings->log);
	if (findings->log_error != 0 || !findings->log.started)
		return;
	lacks = qemu_facts_vendor(facts) == NESTXML_VENDOR_INTEL ? findings->log.lacks_vmx : findings->log.lacks_svm;
	facts->log = lacks ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
}

static int carry(void *context, const char *command, int seconds, char **reply, char *error, size_t size)
{
	struct virt_domain *guest = context;
	struct virt_error virt_error;
	int code = virt_domain_ask_agent(guest, command, seconds, reply, &virt_error);

	if (code < 0)
		snprintf(error, size, "%s", virt_error.message);
	return code;
}

static void read_agent(struct findings *findings)
{
	const struct agent_line line = {carry, findings->guest};

	agent_ask(&line, &findings->agent);
	if (!findings->agent.answered)
		return;
	findings->facts.guest_vmx = findings->agent.cpuinfo.vmx ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
	findings->facts.guest_svm = findings->agent.cpuinfo.svm ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
}

static int gather(const struct session *session, struct findings *findings)
{
	bool running = virt_domain_is_running(findings->guest);
	int status = read_view(findings->guest, false, &findings->stored);

	if (status == NESTCTL_YES && running)
		status = read_view(findings->guest, true, &findings->live);
	if (status != NESTCTL_YES)
		return status;
	read_policy(session, findings);
	if (!running)
		return NESTCTL_YES;
	read_qemu(findings);
	if (findings->is_asked)
		read_agent(findings);
	findings->verdict = qemu_decide(&findings->facts);
	return NESTCTL_YES;
}

static void clear(struct findings *findings)
{
	nestxml_domain_free(findings->stored.domain);
	nestxml_domain_free(findings->live.domain);
	free(findings->stored.xml);
	free(findings->live.xml);
	virt_domain_free(findings->guest);
}

/* ---- the rows ---- */

static void describe_policy(const struct findings *findings, char *text, size_t size)
{
	static const char *const met[] = {
		[QEMU_ANSWER_NONE] = "",
		[QEMU_ANSWER_YES] = ": met",
		[QEMU_ANSWER_NO] = ": not met",
	};
	char source[320];

	nestxml_policy_describe_source(&findings->policy, source, sizeof(source));
	if (findings->policy_error.code != NESTXML_OK)
		snprintf(text, size, "cannot be told: %s", findings->policy_error.message);
	else
		snprintf(text, size, "%s, stated by %s%s", nestxml_nested_to_string(findings->policy.nested), source,
			 met[findings_is_policy_met(findings)]);
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

static void describe_command(const struct findings *findings, char *text, size_t size)
{
	const struct qemu_command *command = &findings->facts.command;
	const char *vmx = switch_to_string(command->vmx);
	const char *svm = switch_to_string(command->svm);
	char model[96];

	if (findings->facts.has_command)
		snprintf(text, size, "%s, -cpu %s%s%s%s%s%s", accelerator_to_string(command->accelerator),
			 findings_model(findings, model, sizeof(model)), vmx ? ", vmx " : "", vmx ? vmx : "", svm ? ", svm " : "",
			 svm ? svm : "", vmx || svm ? "" : ", neither vmx nor svm");
	else
		findings_describe_process(findings, text, size);
}

static void describe_log(const struct findings *findings, char *text, size_t size)
{
	const struct qemu_log *log = &findings->log;

	if (findings->log_error != 0)
		snprintf(text, size, "cannot be read: %s", strerror(-findings->log_error));
	else if (!log->started)
		snprintf(text, size, "the start is not in the part that is read");
	else if (log->lacks_vmx || log->lacks_svm)
		snprintf(text, size, "was not given%s%s", log->lacks_vmx ? " vmx" : "", log->lacks_svm ? " svm" : "");
	else
		snprintf(text, size, "nothing about vmx or svm");
}

static void describe_agent(const struct findings *findings, char *text, size_t size)
{
	static const char *const devices[] = {
		[AGENT_DEVICE_UNKNOWN] = "/dev/kvm not known",
		[AGENT_DEVICE_THERE] = "/dev/kvm there",
		[AGENT_DEVICE_MISSING] = "no /dev/kvm",
	};
	const struct agent_answer *agent = &findings->agent;

	if (!findings->is_asked)
		snprintf(text, size, "not asked");
	else if (!agent->answered)
		snprintf(text, size, "nothing: %s", agent->error);
	else
		snprintf(text, size, "%s, %s",
			 agent->cpuinfo.vmx   ? "vmx"
			 : agent->cpuinfo.svm ? "svm"
					      : "neither vmx nor svm",
			 devices[agent->device]);
}

static void print_running(const struct findings *findings)
{
	char text[768];

	describe_cpu(findings->live.domain, text, sizeof(text));
	report_row("live CPU", "%s", text);
	describe_command(findings, text, sizeof(text));
	report_row("QEMU", "%s", text);
	report_row("host", "%s", nestxml_host_get_fact(findings->host));
	describe_log(findings, text, sizeof(text));
	report_row("QEMU's log", "%s", text);
	describe_agent(findings, text, sizeof(text));
	report_row("guest says", "%s", text);
}

static void print_table(const struct findings *findings)
{
	bool running = virt_domain_is_running(findings->guest);
	char text[1024];

	findings_describe_verdict(findings, text, sizeof(text));
	report_row("nested", "%s", text);
	report_row("guest", "'%s', %s%s", nestxml_text_escape(virt_domain_get_name(findings->guest), text, sizeof(text)),
		   running ? "running" : "not running", virt_domain_is_persistent(findings->guest) ? "" : ", without a stored definition");
	if (findings->facts.has_command)
		report_row("PID", "%d", (int)findings->pid);
	describe_policy(findings, text, sizeof(text));
	report_row("policy", "%s", text);
	describe_cpu(findings->stored.domain, text, sizeof(text));
	report_row("stored CPU", "%s", text);
	if (running)
		print_running(findings);
	findings_describe_advice(findings, text, sizeof(text));
	report_row("next", "%s", text);
}

/* ---- as JSON ---- */

static void add_answer(struct json_object *object, const char *key, enum qemu_answer answer)
{
	json_object_object_add(object, key, answer == QEMU_ANSWER_NONE ? NULL : json_object_new_boolean(answer == QEMU_ANSWER_YES));
}

static struct json_object *make_policy(const struct findings *findings)
{
	bool known = findings->policy_error.code == NESTXML_OK;
	struct json_object *object = describe_policy_json(&findings->policy, known ? NULL : findings->policy_error.message);

	add_answer(object, "met", findings_is_policy_met(findings));
	return object;
}

static struct json_object *make_qemu(const struct findings *findings)
{
	const struct qemu_command *command = &findings->facts.command;
	struct json_object *object;

	if (!findings->facts.has_command)
		return NULL;
	object = json_object_new_object();
	json_object_object_add(object, "pid", json_object_new_int64(findings->pid));
	report_add_string(object, "accelerator", accelerator_to_string(command->accelerator));
	report_add_foreign(object, "model", command->model[0] ? command->model : NULL);
	report_add_string(object, "vmx", switch_to_string(command->vmx));
	report_add_string(object, "svm", switch_to_string(command->svm));
	return object;
}

static struct json_object *make_host(const struct findings *findings)
{
	struct json_object *object = json_object_new_object();

	report_add_string(object, "vendor", nestxml_vendor_to_string(nestxml_host_get_vendor(findings->host)));
	report_add_string(object, "nested", picture_nested_to_string(nestxml_host_get_state(findings->host)));
	report_add_string(object, "fact", nestxml_host_get_fact(findings->host));
	return object;
}

static struct json_object *make_log(const struct findings *findings)
{
	bool known = findings->log_error == 0 && findings->log.started;
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "lacks_vmx", known ? json_object_new_boolean(findings->log.lacks_vmx) : NULL);
	json_object_object_add(object, "lacks_svm", known ? json_object_new_boolean(findings->log.lacks_svm) : NULL);
	report_add_string(object, "error", findings->log_error ? strerror(-findings->log_error) : NULL);
	return object;
}

static struct json_object *make_agent(const struct findings *findings)
{
	const struct agent_answer *agent = &findings->agent;
	struct json_object *object;

	if (!findings->is_asked)
		return NULL;
	object = json_object_new_object();
	report_add_bool(object, "answered", agent->answered);
	json_object_object_add(object, "vmx", agent->answered ? json_object_new_boolean(agent->cpuinfo.vmx) : NULL);
	json_object_object_add(object, "svm", agent->answered ? json_object_new_boolean(agent->cpuinfo.svm) : NULL);
	json_object_object_add(object, "dev_kvm",
			       agent->device == AGENT_DEVICE_UNKNOWN ? NULL : json_object_new_boolean(agent->device == AGENT_DEVICE_THERE));
	report_add_string(object, "error", agent->error[0] ? agent->error : NULL);
	return object;
}

static struct json_object *make_json(const struct findings *findings)
{
	bool running = virt_domain_is_running(findings->guest);
	struct json_object *object = json_object_new_object();
	char text[1024];

	add_answer(object, "nested", findings_answer(findings));
	report_add_foreign(object, "guest", virt_domain_get_name(findings->guest));
	report_add_string(object, "uuid", virt_domain_get_uuid(findings->guest));
	report_add_bool(object, "running", running);
	report_add_bool(object, "persistent", virt_domain_is_persistent(findings->guest));
	json_object_object_add(object, "policy", make_policy(findings));
	json_object_object_add(object, "stored_cpu", describe_cpu_json(findings->stored.domain));
	json_object_object_add(object, "live_cpu", describe_cpu_json(findings->live.domain));
	json_object_object_add(object, "qemu", make_qemu(findings));
	json_object_object_add(object, "host", make_host(findings));
	json_object_object_add(object, "log", running ? make_log(findings) : NULL);
	json_object_object_add(object, "agent", running ? make_agent(findings) : NULL);
	findings_describe_verdict(findings, text, sizeof(text));
	report_add_string(object, "verdict", text);
	findings_describe_advice(findings, text, sizeof(text));
	report_add_string(object, "advice", text);
	return object;
}

/* ---- the command ---- */

struct request {
	const char *guest;
	const char *uri; /* NULL: libvirt's own choice */
	bool json;
	bool ask_guest;
};

static int show(const struct findings *findings, bool json)
{
	static const enum nestctl_status statuses[] = {
		[QEMU_ANSWER_NONE] = NESTCTL_UNKNOWN,
		[QEMU_ANSWER_YES] = NESTCTL_YES,
		[QEMU_ANSWER_NO] = NESTCTL_NO,
	};
	enum nestctl_status status = statuses[findings_answer(findings)];

	if (json)
		return nestctl_print_json(make_json(findings), status);
	print_table(findings);
	return nestctl_finish(status);
}

static int verify(const struct session *session, const struct request *request, const struct nestxml_error *policy_error)
{
	struct findings findings = {.is_asked = request->ask_guest, .host = session->rules.host, .policy_error = *policy_error};
	int status = session_find(session, request->guest, &findings.guest);

	if (status != NESTCTL_YES)
		return status == NESTCTL_NO ? NESTCTL_UNKNOWN : status; /* NO is what is said of a guest that there is */
	status = gather(session, &findings);
	if (status == NESTCTL_YES)
		status = show(&findings, request->json);
	clear(&findings);
	return status;
}

static int parse(int argc, char **argv, struct request *request)
{
	const struct option_rule rules[] = {
		{.name = "ask-guest", .flag = &request->ask_guest},
		{.name = "json", .flag = &request->json},
		OPTION_CONNECT(&request->uri),
	};
	int status = options_take("verify", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status >= 0)
		return status;
	if (argc - optind != 1 || !*argv[optind])
		return nestctl_usage("verify", "it takes one guest");
	request->guest = argv[optind];
	return -1;
}

int nestctl_verify(int argc, char **argv)
{
	struct request request = {0};
	struct nestxml_error policy_error = {0};
	struct session session;
	int status = parse(argc, argv, &request);

	if (status >= 0)
		return status;
	status = session_open(request.uri, request.ask_guest, "nothing was verified", &policy_error, &session);
	if (status != NESTCTL_YES)
		return status;
	status = verify(&session, &request, &policy_error);
	session_close(&session);
	return status;
}
