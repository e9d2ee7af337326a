/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnosis_read.c - asks libvirt, /proc, QEMU's log and, if told to, QEMU itself and the guest's agent. */
#include "guests/diagnosis_read.h"

#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "guests/guest_agent.h"
#include "guests/plan.h"
#include "guests/qemu_monitor.h"
#include "guests/running.h"
#include "hook/places.h"
#include "macros.h"
#include "nestctl.h"
#include "xml_error.h"

static bool read_view(const struct virt_domain *guest, bool live, struct view *view, char *why, size_t size)
{
	struct virt_error virt_error;
	struct nestxml_error error;

	if (virt_domain_get_xml(guest, live ? VIRT_XML_LIVE : VIRT_XML_STORED, &view->xml, &virt_error) < 0)
		snprintf(why, size, "the guest's XML cannot be read from libvirt: %s", virt_error.message);
	else if (nestxml_domain_new(view->xml, strlen(view->xml), &view->domain, &error) != 0)
		nestxml_xml_error_describe("the guest's XML", &error, why, size);
	else
		return true;
	return false;
}

static void read_policy(const struct host_policy *host_policy, struct diagnosis *diagnosis)
{
	AUTO_PLAN struct plan plan = {0};

	if (diagnosis->policy_error.code != NESTXML_OK)
		return;
	plan_make(host_policy, diagnosis->stored.domain, &plan);
	diagnosis->policy = plan.policy;
	if (plan.state == PLAN_UNKNOWN)
		diagnosis->policy_error = plan.error;
	diagnosis->is_current = plan.state == PLAN_CURRENT;
	diagnosis->is_refused = plan.state != PLAN_UNKNOWN && plan.verdict == NESTXML_VERDICT_REFUSE;
	diagnosis->manager = plan.manager;
	diagnosis->edits = TAKE(plan.edits);
}

static bool has_hook(void)
{
	AUTO_HOOK struct hook hook = {0};

	return hook_read(NESTCTL_ROOT, &hook) != 0 || hook_find(&hook) < HOOK_PLACES; /* unknown is not missing */
}

static void read_process(struct diagnosis *diagnosis)
{
	AUTO_QEMU_PROCESSES struct qemu_processes own = {0};
	const struct qemu_processes *processes = diagnosis->processes;

	if (!processes) {
		qemu_processes_read(NESTCTL_ROOT, &own); /* without them, none is found */
		processes = &own;
	}
	running_read(NESTCTL_ROOT, processes, virt_domain_get_name(diagnosis->guest), virt_domain_get_uuid(diagnosis->guest),
		     diagnosis->live.domain, diagnosis->host, &diagnosis->running);
}

static int ask_agent(void *context, const char *command, int seconds, char **reply, char *error, size_t size)
{
	struct virt_error virt_error;
	int code = virt_domain_ask_agent(context, command, seconds, reply, &virt_error);

	if (code < 0)
		snprintf(error, size, "%s", virt_error.message);
	return code;
}

static int ask_qemu(void *context, const char *command, int seconds, char **reply, char *error, size_t size)
{
	struct virt_error virt_error;
	int code = virt_domain_ask_qemu(context, command, seconds, reply, &virt_error);

	if (code < 0)
		snprintf(error, size, "%s", virt_error.message);
	return code;
}

static void set_answers(enum qemu_answer answers[VENDORS], const bool has[VENDORS])
{
	FOR_EACH_VENDOR(vendor)
		answers[vendor] = has[vendor] ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
}

static void read_answers(struct diagnosis *diagnosis)
{
	const struct channel agent = {ask_agent, diagnosis->guest};
	const struct channel qemu = {ask_qemu, diagnosis->guest};
	struct qemu_evidence *evidence = &diagnosis->running.evidence;

	if (diagnosis->is_qemu_asked)
		qemu_monitor_ask(&qemu, &diagnosis->monitor);
	if (diagnosis->monitor.answered)
		set_answers(evidence->monitor, diagnosis->monitor.has);
	FOR_EACH_VENDOR(vendor)
		evidence->differs[vendor] =
			diagnosis->monitor.answered && diagnosis->monitor.has[vendor] && diagnosis->monitor.lacks[vendor];
	if (diagnosis->is_guest_asked)
		guest_agent_ask(&agent, &diagnosis->agent);
	if (diagnosis->agent.answered)
		set_answers(evidence->guest, diagnosis->agent.cpuinfo.has);
}

bool diagnosis_read(const struct host_policy *host_policy, struct diagnosis *diagnosis, char *why, size_t size)
{
	bool running = virt_domain_is_running(diagnosis->guest);

	if (!read_view(diagnosis->guest, false, &diagnosis->stored, why, size) ||
	    (running && !read_view(diagnosis->guest, true, &diagnosis->live, why, size)))
		return false;
	read_policy(host_policy, diagnosis);
	if (!running) {
		diagnosis->has_saved_state = virt_domain_is_persistent(diagnosis->guest) && virt_domain_has_saved_state(diagnosis->guest);
		return true;
	}
	read_process(diagnosis);
	read_answers(diagnosis);
	diagnosis->verdict = qemu_verdict_find(&diagnosis->running.evidence);
	/* Comparing the hook with this version's means reading both, so it is done only where it matters. */
	diagnosis->lacks_hook =
		plan_is_binding(diagnosis->policy.nested) && diagnosis_is_policy_met(diagnosis) != QEMU_ANSWER_YES && !has_hook();
	return true;
}

void diagnosis_clear(struct diagnosis *diagnosis)
{
	nestxml_edits_free(diagnosis->edits);
	nestxml_domain_free(diagnosis->stored.domain);
	nestxml_domain_free(diagnosis->live.domain);
	free(diagnosis->stored.xml);
	free(diagnosis->live.xml);
	virt_domain_free(diagnosis->guest);
	*diagnosis = (struct diagnosis){0};
}
