/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnosis.c - the verdict on a running guest in words, and the command that comes next. */
#include "guests/diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "nestctl.h"
#include "shell_name.h"

/* ---- the verdict in words ---- */

enum qemu_answer diagnosis_answer(const struct diagnosis *diagnosis)
{
	return virt_domain_is_running(diagnosis->guest) ? qemu_verdict_answer(diagnosis->verdict) : QEMU_ANSWER_NONE;
}

const char *diagnosis_feature(const struct diagnosis *diagnosis)
{
	enum nestxml_vendor vendor = qemu_facts_vendor(&diagnosis->facts);

	return vendor == NESTXML_VENDOR_NONE ? "vmx or svm" : nestxml_vendor_feature(vendor);
}

const char *diagnosis_model(const struct diagnosis *diagnosis, char *buffer, size_t size)
{
	const char *model = diagnosis->facts.command.model;

	return nestxml_text_escape(model[0] ? model : "QEMU's own", buffer, size);
}

void diagnosis_describe_process(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (diagnosis->process_error == -ENOENT)
		snprintf(text, size, "its QEMU is not among the processes that can be seen here");
	else if (diagnosis->process_error == -ENOTUNIQ)
		snprintf(text, size, "several processes say that they are its QEMU");
	else
		snprintf(text, size, "its QEMU's command line cannot be read: %s", strerror(-diagnosis->process_error));
}

static void describe_yes(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *giver = qemu_facts_is_emulated(&diagnosis->facts) ? "QEMU emulates it" : nestxml_host_get_evidence(diagnosis->host);
	char model[96];

	switch (diagnosis->verdict) {
	case QEMU_VERDICT_STATED:
		snprintf(text, size, "yes: QEMU was started with %s on, %s", diagnosis_feature(diagnosis), giver);
		break;
	case QEMU_VERDICT_MODEL_HAS:
		snprintf(text, size, "yes: the model %s has %s, %s", diagnosis_model(diagnosis, model, sizeof(model)),
			 diagnosis_feature(diagnosis), giver);
		break;
	default:
		snprintf(text, size, "yes: the guest says so, and nothing here speaks against it");
	}
}

static void describe_no(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *feature = diagnosis_feature(diagnosis);
	char model[96];

	switch (diagnosis->verdict) {
	case QEMU_VERDICT_SWITCHED_OFF:
		snprintf(text, size, "no: QEMU was started with %s off", feature);
		break;
	case QEMU_VERDICT_HOST_OFF:
		snprintf(text, size, "no: %s", nestxml_host_get_evidence(diagnosis->host));
		break;
	case QEMU_VERDICT_LOG_LACKS:
		snprintf(text, size, "no: QEMU said at its start that %s does not give %s",
			 qemu_facts_is_emulated(&diagnosis->facts) ? "TCG" : "the host", feature);
		break;
	case QEMU_VERDICT_MODEL_LACKS:
		snprintf(text, size, "no: QEMU gives the model %s no %s that is not stated",
			 diagnosis_model(diagnosis, model, sizeof(model)), feature);
		break;
	default:
		snprintf(text, size, "no: the guest says so, and nothing here speaks against it");
	}
}

static void describe_unknown(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *feature = diagnosis_feature(diagnosis);
	char reason[256];

	switch (diagnosis->verdict) {
	case QEMU_VERDICT_NO_PROCESS:
		diagnosis_describe_process(diagnosis, reason, sizeof(reason));
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
		snprintf(text, size, "cannot be told: %s", nestxml_host_get_evidence(diagnosis->host));
	}
}

void diagnosis_describe_verdict(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (!virt_domain_is_running(diagnosis->guest)) {
		snprintf(text, size, "cannot be told: the guest is not running");
		return;
	}
	switch (diagnosis_answer(diagnosis)) {
	case QEMU_ANSWER_YES:
		describe_yes(diagnosis, text, size);
		break;
	case QEMU_ANSWER_NO:
		describe_no(diagnosis, text, size);
		break;
	default:
		describe_unknown(diagnosis, text, size);
	}
}

/* Whether the guest is as its policy wants it; NONE: nothing is wanted, or it cannot be told. */
enum qemu_answer diagnosis_is_policy_met(const struct diagnosis *diagnosis)
{
	enum qemu_answer answer = diagnosis_answer(diagnosis);

	if (diagnosis->policy_error.code != NESTXML_OK)
		return QEMU_ANSWER_NONE;
	switch (diagnosis->policy.nested) {
	case NESTXML_NESTED_REQUIRE:
		return answer;
	case NESTXML_NESTED_DISABLE:
		return answer == QEMU_ANSWER_NONE ? QEMU_ANSWER_NONE : answer == QEMU_ANSWER_NO ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
	default:
		return QEMU_ANSWER_NONE;
	}
}

/* ---- the next command ---- */

static const char *name_for_shell(const struct diagnosis *diagnosis)
{
	return nestxml_shell_name(virt_domain_get_name(diagnosis->guest), virt_domain_get_uuid(diagnosis->guest));
}

static void advise_rewrite(const struct diagnosis *diagnosis, const char *nested, char *text, size_t size)
{
	const char *guest = name_for_shell(diagnosis);

	if (!virt_domain_is_persistent(diagnosis->guest))
		snprintf(text, size, "end it, then: nestxml -n %s FILE | virsh create /dev/stdin", nested);
	else if (diagnosis->is_current)
		snprintf(text, size, "virsh shutdown %s, and when it is off: virsh start %s (its definition states it by now)", guest,
			 guest);
	else
		snprintf(
			text, size,
			"virsh dumpxml --inactive --security-info %s | nestxml -n %s | virsh define /dev/stdin, then shut it down and start it",
			guest, nested);
}

/* For a guest that does not nest, and is to. */
static void advise_no(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (diagnosis->verdict != QEMU_VERDICT_HOST_OFF && diagnosis->verdict != QEMU_VERDICT_LOG_LACKS)
		advise_rewrite(diagnosis, "require", text, size);
	else if (qemu_facts_is_emulated(&diagnosis->facts) || !nestxml_host_is_fixable(diagnosis->host))
		snprintf(text, size, "nestctl host (this guest needs another host)");
	else if (nestxml_host_get_state(diagnosis->host) == NESTXML_STATE_ON)
		snprintf(text, size, "nestctl host (its module nests now; shut the guest down and start it)");
	else
		snprintf(text, size, "shut down this host's guests, then: nestctl host enable");
}

static void advise_unknown(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (!virt_domain_is_running(diagnosis->guest))
		snprintf(text, size, "virsh start %s", name_for_shell(diagnosis));
	else if (!diagnosis->is_asked)
		snprintf(text, size, "sudo nestctl verify --ask-guest %s", name_for_shell(diagnosis));
	else
		snprintf(text, size, "in the guest: nestctl guest");
}

void diagnosis_describe_advice(const struct diagnosis *diagnosis, char *text, size_t size)
{
	enum qemu_answer answer = diagnosis_answer(diagnosis);
	bool is_wanted = diagnosis->policy.nested != NESTXML_NESTED_DISABLE;

	if (answer == QEMU_ANSWER_NONE)
		advise_unknown(diagnosis, text, size);
	else if (answer == QEMU_ANSWER_YES && !is_wanted)
		advise_rewrite(diagnosis, "disable", text, size);
	else if (answer == QEMU_ANSWER_YES)
		snprintf(text, size, "in the guest: nestctl guest");
	else if (is_wanted)
		advise_no(diagnosis, text, size);
	else
		snprintf(text, size, "nothing: it is as its policy wants");
}
