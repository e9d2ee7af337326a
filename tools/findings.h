/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* findings.h - all that is known of a running guest's nesting, and what follows from it in words. */
#ifndef NESTXML_FINDINGS_H
#define NESTXML_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <nestxml/nestxml.h>

#include "agent.h"
#include "qemu.h"
#include "virt.h"

/* An XML and what is in it. */
struct view {
	char *xml;
	struct nestxml_domain *domain; /* NULL: there is none */
};

/* Everything that is known of the guest; what is not says why. */
struct findings {
	struct virt_domain *guest;
	struct view stored;
	struct view live;
	struct nestxml_policy policy;
	struct nestxml_error policy_error; /* code 0: the policy is known */
	bool is_current;		   /* the stored CPU states the policy already */
	const struct nestxml_host *host;   /* borrowed */
	pid_t pid;
	int process_error; /* negative errno; 0: the process is known */
	int log_error;
	struct qemu_log log;
	bool is_asked;
	struct agent_answer agent;
	struct qemu_facts facts;
	enum qemu_verdict verdict; /* of a running guest */
};

/** Whether the guest is nested; NONE: it cannot be told. */
enum qemu_answer findings_answer(const struct findings *findings);
/** The name of the feature that this is about. */
const char *findings_feature(const struct findings *findings);
/** The verdict and its reason, in one line. */
void findings_describe_verdict(const struct findings *findings, char *text, size_t size);
/** Whether what the guest has is what its policy states. */
enum qemu_answer findings_is_policy_met(const struct findings *findings);
/** The next command to run. */
void findings_describe_advice(const struct findings *findings, char *text, size_t size);
/** The CPU model that QEMU was started with, escaped into @buffer; or words for there being none. */
const char *findings_model(const struct findings *findings, char *buffer, size_t size);
/** Why nothing is known of the QEMU process. */
void findings_describe_process(const struct findings *findings, char *text, size_t size);

#endif
