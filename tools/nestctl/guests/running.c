/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* running.c - collects the evidence about a running guest. */
#include "guests/running.h"

#include <string.h>

#include <nestxml/nestxml.h>

/* A variable such as LD_PRELOAD may change what QEMU makes of its arguments, which are seen as they are. */
static const char *find_doubt(const struct nestxml_domain *live)
{
	const char *override = live ? nestxml_domain_get_cpu_override(live) : NULL;

	return override && override[0] != '-' ? override : NULL;
}

/*
 * libvirt writes into the live XML what it finds in the CPU that QEMU has made, where it checks that at all (docs/libvirt-facts.md #8,
 * #13): only such a CPU is described in full.
 */
static enum qemu_answer find_live(const struct nestxml_domain *live, enum nestxml_vendor vendor)
{
	if (!live || vendor == NESTXML_VENDOR_NONE || !nestxml_domain_has_expanded_cpu(live))
		return QEMU_ANSWER_NONE;
	if (nestxml_domain_is_stating(live, vendor, NESTXML_NESTED_REQUIRE))
		return QEMU_ANSWER_YES;
	return nestxml_domain_is_stating(live, vendor, NESTXML_NESTED_DISABLE) ? QEMU_ANSWER_NO : QEMU_ANSWER_NONE;
}

/* Why nesting does not apply to the guest; all zero: it does, or that is not known. */
static void find_problem(const struct nestxml_domain *live, enum nestxml_vendor host, struct nestxml_error *problem)
{
	switch (nestxml_domain_check_applicable(live, nestxml_domain_get_vendor(live, host), problem)) {
	case NESTXML_E_TYPE:
	case NESTXML_E_ARCH:
	case NESTXML_E_ENCRYPTED:
		break;
	default:
		*problem = (struct nestxml_error){0};
	}
}

void running_read(const char *root, const struct qemu_processes *processes, const char *name, const char *uuid,
		  const struct nestxml_domain *live, const struct nestxml_host *host, struct running *running)
{
	struct qemu_evidence *evidence = &running->evidence;
	const struct qemu_process *process;

	*running = (struct running){.process_error = qemu_processes_find(processes, root, name, uuid, &process)};
	if (running->process_error == 0) {
		running->pid = process->pid;
		evidence->has_command = true;
		evidence->command = process->command;
	}
	if (live)
		find_problem(live, nestxml_host_get_vendor(host), &evidence->problem);
	evidence->doubt = find_doubt(live);
	evidence->is_emulated = live && nestxml_domain_is_tcg(live);
	evidence->vendor = nestxml_host_get_vendor(host);
	evidence->state = nestxml_host_get_state(host);
	evidence->live = find_live(live, qemu_evidence_vendor(evidence));
	running->log_error = qemu_log_read(root, name, &running->log);
	if (running->log_error != 0 || !running->log.started)
		return;
	evidence->log = running->log.lacks[qemu_evidence_vendor(evidence)] ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
}
