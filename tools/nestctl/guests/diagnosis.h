/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnosis.h - all that is known of a guest's nesting, and what follows from it in words. */
#ifndef NESTXML_DIAGNOSIS_H
#define NESTXML_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "guests/guest_agent.h"
#include "guests/qemu_monitor.h"
#include "guests/running.h"
#include "libvirt/virt.h"

/* A guest's XML, and the domain that was read from it. */
struct view {
	char *xml;
	struct nestxml_domain *domain; /* NULL: there is none */
};

/* Everything that is known of the guest, and why the rest is not known. */
struct diagnosis {
	struct virt_domain *guest;
	struct view stored;
	struct view live;
	struct nestxml_policy policy;
	struct nestxml_error policy_error; /* code 0: the policy is known */
	bool is_current;		   /* the stored CPU states the policy already */
	bool is_refused;		   /* the hook refuses a start of the stored definition, whose policy is known */
	const char *manager;		   /* the namespace of another program, whose guest it is; NULL: nobody's; borrows from @stored */
	struct nestxml_edits *edits;	   /* with the warnings about the stored CPU; NULL: its policy asks nothing of it */
	bool has_saved_state;		   /* its next start comes from a managed save */
	/* Its policy is not met, or may not be, and the hook, which would have refused such a start, is not installed. */
	bool lacks_hook;
	const struct nestxml_host *host;	/* borrowed */
	const struct qemu_processes *processes; /* borrowed; NULL: they are read for this guest alone */
	struct running running;			/* this and all that follows: of a running guest alone */
	bool is_qemu_asked;
	struct qemu_monitor_answer monitor;
	bool is_guest_asked;
	struct guest_agent_answer agent;
	enum qemu_verdict verdict;
};

/** Whether the guest has nesting; NONE: it is unknown. */
enum qemu_answer diagnosis_answer(const struct diagnosis *diagnosis);
/** The verdict and its reason, in one line. */
void diagnosis_describe_verdict(const struct diagnosis *diagnosis, char *text, size_t size);
/** Whether what the guest has is what its policy states; NONE: nothing is stated, or it is unknown. */
enum qemu_answer diagnosis_is_policy_met(const struct diagnosis *diagnosis);
/**
 * If libvirt starts a wrapper as the guest's QEMU, which may change what libvirt asks for, copies its path to @emulator. False: it does
 * not.
 */
bool diagnosis_find_wrapper(const struct diagnosis *diagnosis, char *emulator, size_t size);
/** What to do next: a command, or what is in the way of one. */
void diagnosis_describe_advice(const struct diagnosis *diagnosis, char *text, size_t size);
/** What to do if this host is in the way of the guest's nesting: a command, static. */
const char *diagnosis_advise_host(const struct diagnosis *diagnosis);
/** Why nothing is known of the QEMU process. */
void diagnosis_describe_process(const struct diagnosis *diagnosis, char *text, size_t size);

#endif
