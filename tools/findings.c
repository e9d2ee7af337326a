/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* findings.c - the verdict on a running guest in words, and the command that comes next. */
#include "findings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/domain.h"
#include "nestctl.h"

/* ---- the verdict in words ---- */

enum qemu_answer findings_answer(const struct findings *findings)
{
	return virt_domain_is_running(findings->guest) ? qemu_verdict_answer(findings->verdict) : QEMU_ANSWER_NONE;
}

const char *findings_feature(const struct findings *findings)
{
	enum nestxml_vendor vendor = qemu_facts_vendor(&findings->facts);

	return vendor == NESTXML_VENDOR_NONE ? "vmx or svm" : nestxml_vendor_feature(vendor);
}

const char *findings_model(const struct findings *findings, char *buffer, size_t size)
{
	const char *model = findings->facts.command.model;

	return nestxml_text_escape(model[0] ? model : "QEMU's own", buffer, size);
}

void findings_describe_process(const struct findings *findings, char *text, size_t size)
{
	if (findings->process_error == -ENOENT)
		snprintf(text, size, "its QEMU is not among the processes that can be seen here");
	else if (findings->process_error == -ENOTUNIQ)
		snprintf(text, size, "several processes say that they are its QEMU");
	else
		snprintf(text, size, "its QEMU's command line cannot be read: %s", strerror(-findings->process_error));
}

static void describe_yes(const struct findings *findings, char *text, size_t size)
{
	const char *giver = qemu_facts_is_emulated(&findings->facts) ? "QEMU emulates it" : nestxml_host_get_fact(findings->host);
	char model[96];

	switch (findings->verdict) {
	case QEMU_VERDICT_STATED:
		snprintf(text, size, "yes: QEMU was started with %s on, %s", findings_feature(findings), giver);
		break;
	case QEMU_VERDICT_MODEL_HAS:
		snprintf(text, size, "yes: the model %s has %s, %s", findings_model(findings, model, sizeof(model)),
			 findings_feature(findings), giver);
		break;
	default:
		snprintf(text, size, "yes: the guest says so, and nothing here speaks against it");
	}
}

static void describe_no(const struct findings *findings, char *text, size_t size)
{
	const char *feature = findings_feature(findings);
	char model[96];

	switch (findings->verdict) {
	case QEMU_VERDICT_SWITCHED_OFF:
		snprintf(text, size, "no: QEMU was started with %s off", feature);
		break;
	case QEMU_VERDICT_HOST_OFF:
		snprintf(text, size, "no: %s", nestxml_host_get_fact(findings->host));
		break;
	case QEMU_VERDICT_LOG_LACKS:
		snprintf(text, size, "no: QEMU said at its start that %s does not give %s",
			 qemu_facts_is_emulated(&findings->facts) ? "TCG" : "the host", feature);
		break;
	case QEMU_VERDICT_MODEL_LACKS:
		snprintf(text, size, "no: QEMU gives the model %s no %s that is not stated", findings_model(findings, model, sizeof(model)),
			 feature);
		break;
	default:
		snprintf(text, size, "no: the guest says so, and nothing here speaks against it");
	}
}

static void describe_unknown(const struct findings *findings, char *text, size_t size)
{
	const char *feature = findings_feature(findings);
	char reason[256];

	switch (findings->verdict) {
	case QEMU_VERDICT_NO_PROCESS:
		findings_describe_process(findings, reason, sizeof(reason));
		snprintf(text, size, "cannot be told: %s", reason);
		break;
	case QEMU_VERDICT_ACCELERATOR:
		snprintf(text, size, "cannot be told: QEMU was started with neither KVM nor TCG alone");
		break;
	case QEMU_VERDICT_GUEST_CLAIMS:
		snprintf(text, size, "cannot be told: the guest says that it has %s, but by what is known here it has none", feature);
		break;
	case QEMU_VERDICT_GUEST_DENIES:
		snprintf(text, size, "cannot be told: the guest says that it has no %s, but QEMU and the host give it", feature);
		break;
	default:
		snprintf(text, size, "cannot be told: %s", nestxml_host_get_fact(findings->host));
	}
}

void findings_describe_verdict(const struct findings *findings, char *text, size_t size)
{
	if (!virt_domain_is_running(findings->guest)) {
		snprintf(text, size, "cannot be told: the guest is not running");
		return;
	}
	switch (findings_answer(findings)) {
	case QEMU_ANSWER_YES:
		describe_yes(findings, text, size);
		break;
	case QEMU_ANSWER_NO:
		describe_no(findings, text, size);
		break;
	default:
		describe_unknown(findings, text, size);
	}
}

/* Whether the guest is as its policy wants it; NONE: nothing is wanted, or it cannot be told. */
enum qemu_answer findings_is_policy_met(const struct findings *findings)
{
	enum qemu_answer answer = findings_answer(findings);

	if (findings->policy_error.code != NESTXML_OK)
		return QEMU_ANSWER_NONE;
	switch (findings->policy.nested) {
	case NESTXML_NESTED_REQUIRE:
		return answer;
	case NESTXML_NESTED_DISABLE:
		return answer == QEMU_ANSWER_NONE ? QEMU_ANSWER_NONE : answer == QEMU_ANSWER_NO ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
	default:
		return QEMU_ANSWER_NONE;
	}
}

/* ---- the next command ---- */

static const char *name_for_shell(const struct findings *findings)
{
	return nestxml_name_for_shell(virt_domain_get_name(findings->guest), virt_domain_get_uuid(findings->guest));
}

static void advise_rewrite(const struct findings *findings, const char *nested, char *text, size_t size)
{
	const char *guest = name_for_shell(findings);

	if (!virt_domain_is_persistent(findings->guest))
		snprintf(text, size, "end it, then: nestxml -n %s FILE | virsh create /dev/stdin", nested);
	else if (findings->is_current)
		snprintf(text, size, "virsh shutdown %s, and when it is off: virsh start %s (its definition states it by now)", guest,
			 guest);
	else
		snprintf(
			text, size,
			"virsh dumpxml --inactive --security-info %s | nestxml -n %s | virsh define /dev/stdin, then shut it down and start it",
			guest, nested);
}

/* For a guest that does not nest, and is to. */
static void advise_no(const struct findings *findings, char *text, size_t size)
{
	if (findings->verdict != QEMU_VERDICT_HOST_OFF && findings->verdict != QEMU_VERDICT_LOG_LACKS)
		advise_rewrite(findings, "require", text, size);
	else if (qemu_facts_is_emulated(&findings->facts) || !nestxml_host_is_mendable(findings->host))
		snprintf(text, size, "nestctl host (this guest needs another host)");
	else if (nestxml_host_get_state(findings->host) == NESTXML_STATE_ON)
		snprintf(text, size, "nestctl host (its module nests now; shut the guest down and start it)");
	else
		snprintf(text, size, "shut down this host's guests, then: nestctl host enable");
}

static void advise_unknown(const struct findings *findings, char *text, size_t size)
{
	if (!virt_domain_is_running(findings->guest))
		snprintf(text, size, "virsh start %s", name_for_shell(findings));
	else if (!findings->is_asked)
		snprintf(text, size, "sudo nestctl verify --ask-guest %s", name_for_shell(findings));
	else
		snprintf(text, size, "in the guest: nestctl guest");
}

void findings_describe_advice(const struct findings *findings, char *text, size_t size)
{
	enum qemu_answer answer = findings_answer(findings);
	bool is_wanted = findings->policy.nested != NESTXML_NESTED_DISABLE;

	if (answer == QEMU_ANSWER_NONE)
		advise_unknown(findings, text, size);
	else if (answer == QEMU_ANSWER_YES && !is_wanted)
		advise_rewrite(findings, "disable", text, size);
	else if (answer == QEMU_ANSWER_YES)
		snprintf(text, size, "in the guest: nestctl guest");
	else if (is_wanted)
		advise_no(findings, text, size);
	else
		snprintf(text, size, "nothing: it is as its policy wants");
}
