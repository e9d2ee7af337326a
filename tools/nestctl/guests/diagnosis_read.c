/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnosis_read.c - asks libvirt, /proc, QEMU's log and, if told to, the guest's agent. */
#include "guests/diagnosis_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "guests/guest_agent.h"
#include "guests/plan.h"
#include "guests/qemu_process.h"
#include "nestctl.h"

static bool read_view(const struct virt_domain *guest, bool live, struct view *view, char *why, size_t size)
{
	struct virt_error virt_error;
	struct nestxml_error error;

	if (virt_domain_get_xml(guest, live ? VIRT_XML_LIVE : VIRT_XML_STORED, &view->xml, &virt_error) < 0)
		snprintf(why, size, "libvirt does not give the guest's XML: %s", virt_error.message);
	else if (nestxml_domain_new(view->xml, strlen(view->xml), &view->domain, &error) != 0)
		snprintf(why, size, "the guest's XML %s", error.message);
	else
		return true;
	return false;
}

static void read_policy(const struct session *session, struct diagnosis *diagnosis)
{
	struct plan plan;

	if (diagnosis->policy_error.code != NESTXML_OK)
		return;
	plan_make(&session->host_policy, diagnosis->stored.domain, &plan);
	diagnosis->policy = plan.policy;
	if (plan.state == PLAN_UNKNOWN)
		diagnosis->policy_error = plan.error;
	diagnosis->is_current = plan.state == PLAN_CURRENT;
	plan_clear(&plan);
}

static void read_qemu(struct diagnosis *diagnosis)
{
	const char *name = virt_domain_get_name(diagnosis->guest);
	struct qemu_facts *facts = &diagnosis->facts;
	bool lacks;

	diagnosis->process_error =
		qemu_process_find(NESTCTL_ROOT, name, virt_domain_get_uuid(diagnosis->guest), &diagnosis->pid, &facts->command);
	facts->has_command = diagnosis->process_error == 0;
	facts->is_emulated = nestxml_domain_is_tcg(diagnosis->live.domain);
	facts->vendor = nestxml_host_get_vendor(diagnosis->host);
	facts->state = nestxml_host_get_state(diagnosis->host);
	diagnosis->log_error = qemu_log_read(NESTCTL_ROOT, name, &diagnosis->log);
	if (diagnosis->log_error != 0 || !diagnosis->log.started)
		return;
	lacks = qemu_facts_vendor(facts) == NESTXML_VENDOR_INTEL ? diagnosis->log.lacks_vmx : diagnosis->log.lacks_svm;
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

static void read_agent(struct diagnosis *diagnosis)
{
	const struct guest_agent_channel line = {carry, diagnosis->guest};

	guest_agent_ask(&line, &diagnosis->agent);
	if (!diagnosis->agent.answered)
		return;
	diagnosis->facts.guest_vmx = diagnosis->agent.cpuinfo.vmx ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
	diagnosis->facts.guest_svm = diagnosis->agent.cpuinfo.svm ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
}

bool diagnosis_read(const struct session *session, struct diagnosis *diagnosis, char *why, size_t size)
{
	bool running = virt_domain_is_running(diagnosis->guest);

	if (!read_view(diagnosis->guest, false, &diagnosis->stored, why, size) ||
	    (running && !read_view(diagnosis->guest, true, &diagnosis->live, why, size)))
		return false;
	read_policy(session, diagnosis);
	if (!running)
		return true;
	read_qemu(diagnosis);
	if (diagnosis->is_asked)
		read_agent(diagnosis);
	diagnosis->verdict = qemu_decide(&diagnosis->facts);
	return true;
}

void diagnosis_clear(struct diagnosis *diagnosis)
{
	nestxml_domain_free(diagnosis->stored.domain);
	nestxml_domain_free(diagnosis->live.domain);
	free(diagnosis->stored.xml);
	free(diagnosis->live.xml);
	virt_domain_free(diagnosis->guest);
	diagnosis->stored = diagnosis->live = (struct view){0};
	diagnosis->guest = NULL;
}
