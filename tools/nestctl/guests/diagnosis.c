/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* diagnosis.c - the verdict on a running guest in words, and the command that comes next. */
#include "guests/diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "guests/emulator.h"
#include "macros.h"
#include "shell_name.h"

/* ---- the verdict in words ---- */

enum qemu_answer diagnosis_answer(const struct diagnosis *diagnosis)
{
	return virt_domain_is_running(diagnosis->guest) ? qemu_evidence_answer(&diagnosis->running.evidence, diagnosis->verdict)
							: QEMU_ANSWER_NONE;
}

/* The feature that the verdict is about. */
static const char *name_feature(const struct diagnosis *diagnosis)
{
	enum nestxml_vendor vendor = qemu_evidence_vendor(&diagnosis->running.evidence);

	return vendor == NESTXML_VENDOR_NONE ? "vmx or svm" : nestxml_vendor_feature(vendor);
}

/* The CPU model that QEMU was started with, escaped. */
static const char *name_model(const struct diagnosis *diagnosis, char *buffer, size_t size)
{
	const char *model = diagnosis->running.evidence.command.model;
	char shown[80];

	if (model[0])
		snprintf(buffer, size, "the model %s", nestxml_text_escape(model, shown, sizeof(shown)));
	else
		snprintf(buffer, size, "QEMU's default model");
	return buffer;
}

void diagnosis_describe_process(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (diagnosis->running.process_error == -ENOENT)
		snprintf(text, size, "its QEMU is not among the processes that can be seen here");
	else if (diagnosis->running.process_error == -ENOTUNIQ)
		snprintf(text, size, "several processes say that they are its QEMU");
	else
		snprintf(text, size, "its QEMU's command line cannot be read: %s", strerror(-diagnosis->running.process_error));
}

static void describe_yes(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *giver =
		qemu_evidence_is_emulated(&diagnosis->running.evidence) ? "QEMU emulates it" : nestxml_host_get_evidence(diagnosis->host);
	char model[96];

	switch (diagnosis->verdict) {
	case QEMU_VERDICT_STATED:
		snprintf(text, size, "yes: QEMU was started with %s on; %s", name_feature(diagnosis), giver);
		break;
	case QEMU_VERDICT_MODEL_HAS:
		snprintf(text, size, "yes: %s has %s; %s", name_model(diagnosis, model, sizeof(model)), name_feature(diagnosis), giver);
		break;
	case QEMU_VERDICT_MONITOR_HAS:
		snprintf(text, size, "yes: QEMU itself reports it, and there is no other evidence");
		break;
	default:
		snprintf(text, size, "yes: the guest reports it, and there is no other evidence");
	}
}

static void describe_no(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *feature = name_feature(diagnosis);
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
			 qemu_evidence_is_emulated(&diagnosis->running.evidence) ? "TCG" : "the host", feature);
		break;
	case QEMU_VERDICT_MODEL_LACKS:
		snprintf(text, size, "no: %s has no %s unless the command line states it", name_model(diagnosis, model, sizeof(model)),
			 feature);
		break;
	case QEMU_VERDICT_INAPPLICABLE:
		snprintf(text, size, "no: %s", diagnosis->running.evidence.problem.message);
		break;
	case QEMU_VERDICT_MONITOR_LACKS:
		snprintf(text, size, "no: QEMU itself reports neither vmx nor svm, and there is no other evidence");
		break;
	default:
		snprintf(text, size, "no: the guest reports neither vmx nor svm, and there is no other evidence");
	}
}

/* What @source says contradicts what the command line, the log and the module come to: both in one line. */
static void describe_contradiction(const struct diagnosis *diagnosis, const char *source, bool claims, char *text, size_t size)
{
	struct diagnosis outside = *diagnosis;
	char reason[512];

	outside.verdict = qemu_verdict_find_outside(&diagnosis->running.evidence);
	if (claims)
		describe_no(&outside, reason, sizeof(reason));
	else
		describe_yes(&outside, reason, sizeof(reason));
	snprintf(text, size, "unknown: %s that the guest has %s%s, but the other evidence says: %s", source, claims ? "" : "no ",
		 name_feature(diagnosis), reason);
}

static void describe_unknown(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *feature = name_feature(diagnosis);
	char reason[256];

	switch (diagnosis->verdict) {
	case QEMU_VERDICT_NO_PROCESS:
		diagnosis_describe_process(diagnosis, reason, sizeof(reason));
		snprintf(text, size, "unknown: %s", reason);
		break;
	case QEMU_VERDICT_DOUBT:
		nestxml_text_escape(qemu_evidence_doubt(&diagnosis->running.evidence), reason, sizeof(reason));
		snprintf(text, size, "unknown: QEMU was started with '%s', whose effect on its CPU is not known here", reason);
		break;
	case QEMU_VERDICT_MONITOR_CLAIMS:
	case QEMU_VERDICT_MONITOR_DENIES:
		describe_contradiction(diagnosis, "QEMU itself says", diagnosis->verdict == QEMU_VERDICT_MONITOR_CLAIMS, text, size);
		break;
	case QEMU_VERDICT_LIVE_CLAIMS:
	case QEMU_VERDICT_LIVE_DENIES:
		describe_contradiction(diagnosis, "when QEMU started, libvirt found", diagnosis->verdict == QEMU_VERDICT_LIVE_CLAIMS, text,
				       size);
		break;
	case QEMU_VERDICT_PROCESSORS_DIFFER:
		snprintf(text, size, "partly: QEMU itself says that some of the guest's processors have %s and some do not", feature);
		break;
	case QEMU_VERDICT_ACCELERATOR:
		snprintf(text, size, "unknown: QEMU's command line selects neither KVM alone nor TCG alone");
		break;
	case QEMU_VERDICT_GUEST_CLAIMS:
		snprintf(text, size, "unknown: the guest says that it has %s, but QEMU and the host do not give it", feature);
		break;
	case QEMU_VERDICT_GUEST_DENIES:
		snprintf(text, size, "unknown: the guest says that it has no %s, but QEMU and the host give it", feature);
		break;
	default:
		snprintf(text, size, "unknown: %s", nestxml_host_get_evidence(diagnosis->host));
	}
}

/* KVM does not run in it, but its CPU has the feature, or may: @text says which. */
static void describe_encrypted(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *problem = diagnosis->running.evidence.problem.message;
	const char *feature = name_feature(diagnosis);
	char cpu[768];

	snprintf(cpu, sizeof(cpu), "%s", text);
	if (qemu_verdict_answer(diagnosis->verdict) == QEMU_ANSWER_YES)
		snprintf(text, size, "no: its CPU has %s, but %s", feature, problem);
	else
		snprintf(text, size, "no: %s; whether its CPU has %s is %s", problem, feature, cpu);
}

void diagnosis_describe_verdict(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (!virt_domain_is_running(diagnosis->guest)) {
		snprintf(text, size, "unknown: the guest is not running");
		return;
	}
	switch (qemu_verdict_answer(diagnosis->verdict)) {
	case QEMU_ANSWER_YES:
		describe_yes(diagnosis, text, size);
		break;
	case QEMU_ANSWER_NO:
		describe_no(diagnosis, text, size);
		return; /* also where KVM would not run */
	default:
		describe_unknown(diagnosis, text, size);
	}
	if (qemu_evidence_is_encrypted(&diagnosis->running.evidence))
		describe_encrypted(diagnosis, text, size);
}

enum qemu_answer diagnosis_is_policy_met(const struct diagnosis *diagnosis)
{
	if (diagnosis->policy_error.code != NESTXML_OK || !virt_domain_is_running(diagnosis->guest))
		return QEMU_ANSWER_NONE;
	return qemu_evidence_is_policy_met(&diagnosis->running.evidence, diagnosis->verdict, diagnosis->policy.nested);
}

/* ---- the next command ---- */

static const char *name_for_shell(const struct diagnosis *diagnosis)
{
	return nestxml_shell_name(virt_domain_get_name(diagnosis->guest), virt_domain_get_uuid(diagnosis->guest));
}

/* Whether libvirt started the guest with a CPU that states @nested. */
static bool is_live_stating(const struct diagnosis *diagnosis, enum nestxml_nested nested)
{
	enum nestxml_vendor vendor = qemu_evidence_vendor(&diagnosis->running.evidence);

	return diagnosis->live.domain && vendor != NESTXML_VENDOR_NONE && nestxml_domain_is_stating(diagnosis->live.domain, vendor, nested);
}

bool diagnosis_find_wrapper(const struct diagnosis *diagnosis, char *emulator, size_t size)
{
	const char *xml = diagnosis->live.xml ? diagnosis->live.xml : diagnosis->stored.xml;

	return xml && emulator_find(xml, emulator, size) && emulator_is_wrapper(emulator);
}

static void advise_wrapper(const struct diagnosis *diagnosis, const char *emulator, char *text, size_t size)
{
	char shown[320];

	snprintf(text, size,
		 "virsh edit %s: its <emulator> %s is a wrapper, which may change what libvirt asks QEMU for; put QEMU itself there",
		 name_for_shell(diagnosis), nestxml_text_escape(emulator, shown, sizeof(shown)));
}

/* It has no stored definition that could be changed. @override: NULL, there is none. */
static void advise_creation(const struct diagnosis *diagnosis, const char *nested, const char *override, char *text, size_t size)
{
	char emulator[256];
	char shown[320];

	if (override)
		snprintf(text, size, "end the guest, and create it without %s, which overrides its <cpu>", override);
	else if (diagnosis_find_wrapper(diagnosis, emulator, sizeof(emulator)))
		snprintf(
			text, size,
			"end the guest; in FILE, put QEMU itself as the <emulator>; then: nestxml -n %s FILE | virsh create /dev/stdin (%s is a wrapper, "
			"which may change what libvirt asks QEMU for)",
			nested, nestxml_text_escape(emulator, shown, sizeof(shown)));
	else
		snprintf(text, size, "end it, then: nestxml -n %s FILE | virsh create /dev/stdin", nested);
}

/* libvirt asked for what the policy states, but QEMU has something else. Starting the guest again would change nothing. */
static void advise_between(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (!diagnosis->is_qemu_asked)
		snprintf(text, size,
			 "nestctl verify --ask-qemu %s (its CPU states the policy, and something between libvirt and QEMU changes that)",
			 name_for_shell(diagnosis));
	else
		snprintf(text, size, "tr '\\0' ' ' </proc/%d/cmdline (what QEMU was started with is not what libvirt asked for)",
			 (int)diagnosis->running.pid);
}

static void advise_restart(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *guest = name_for_shell(diagnosis);

	snprintf(text, size, "virsh shutdown %s, and when it is off: virsh start %s (its definition states the policy by now)", guest,
		 guest);
}

static void advise_definition(const struct diagnosis *diagnosis, enum nestxml_nested nested, char *text, size_t size)
{
	const char *word = nestxml_nested_to_string(nested);
	const char *hook =
		diagnosis->lacks_hook ? "; the hook would have refused this start, but is not installed: nestctl hook install" : "";
	const char *guest = name_for_shell(diagnosis);
	char manager[160];

	if (diagnosis->manager && diagnosis->policy.nested == nested) /* which may define it again at each start */
		snprintf(
			text, size,
			"another program manages it (%s): state nested=%s there, or run: nestctl apply %s; then shut it down and start it%s",
			nestxml_text_escape(diagnosis->manager, manager, sizeof(manager)), word, guest, hook);
	else
		snprintf(
			text, size,
			"virsh dumpxml --inactive --security-info %s | nestxml -n %s | virsh define /dev/stdin, then shut it down and start it%s",
			guest, word, hook);
}

/* Where no command gives it nesting. Returns false where one can. */
static bool advise_against(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const struct nestxml_domain *domain = diagnosis->stored.domain;
	enum nestxml_vendor vendor = nestxml_domain_get_vendor(domain, nestxml_host_get_vendor(diagnosis->host));
	struct nestxml_error error;

	switch (nestxml_domain_check_applicable(domain, vendor, &error)) {
	case NESTXML_OK:
		return false;
	case NESTXML_E_VENDOR:
		snprintf(text, size, "nestctl host (%s)", error.message);
		return true;
	default:
		snprintf(text, size, "nothing gives it nesting: %s%s", error.message,
			 diagnosis->policy.nested == NESTXML_NESTED_REQUIRE ? "; set nested = leave for it" : "");
		return true;
	}
}

/* For a guest whose CPU is not what @nested states. */
static void advise_rewrite(const struct diagnosis *diagnosis, enum nestxml_nested nested, char *text, size_t size)
{
	const char *word = nestxml_nested_to_string(nested);
	const char *override = nestxml_domain_get_cpu_override(diagnosis->stored.domain);
	/* To what runs; its definition may have changed since. `disable` applies to each guest that has the feature. */
	bool is_applicable = diagnosis->running.evidence.problem.code == NESTXML_OK || nested == NESTXML_NESTED_DISABLE;
	char emulator[256];

	if (!virt_domain_is_persistent(diagnosis->guest))
		advise_creation(diagnosis, word, override, text, size);
	else if (override)
		snprintf(text, size, "virsh edit %s: remove %s, which overrides its <cpu>; then shut it down and start it",
			 name_for_shell(diagnosis), override);
	else if (!diagnosis->is_current)
		advise_definition(diagnosis, nested, text, size);
	else if (diagnosis_find_wrapper(diagnosis, emulator, sizeof(emulator)))
		advise_wrapper(diagnosis, emulator, text, size);
	else if (is_live_stating(diagnosis, nested) && !nestxml_domain_get_cpu_override(diagnosis->live.domain) && is_applicable)
		advise_between(diagnosis, text, size);
	else
		advise_restart(diagnosis, text, size);
}

#define ANOTHER_HOST "nestctl host (this guest needs another host)"

/* For a guest that does not nest, and is to. */
static void advise_no(const struct diagnosis *diagnosis, char *text, size_t size)
{
	if (advise_against(diagnosis, text, size))
		return;
	if (diagnosis->verdict != QEMU_VERDICT_HOST_OFF && diagnosis->verdict != QEMU_VERDICT_LOG_LACKS)
		advise_rewrite(diagnosis, NESTXML_NESTED_REQUIRE, text, size);
	else if (qemu_evidence_is_emulated(&diagnosis->running.evidence) || !nestxml_host_is_fixable(diagnosis->host))
		snprintf(text, size, ANOTHER_HOST);
	else if (nestxml_host_get_state(diagnosis->host) == NESTXML_STATE_ON)
		snprintf(text, size, "nestctl host (the host's module nests now; shut the guest down and start it)");
	else
		snprintf(text, size, "shut down this host's guests, then: nestctl host enable");
}

/* Another program that manages it may define it again with the argument. */
static void advise_override(const struct diagnosis *diagnosis, const char *override, char *text, size_t size)
{
	const char *guest = name_for_shell(diagnosis);
	char manager[160];

	if (diagnosis->manager)
		snprintf(text, size, "another program manages it (%s): remove %s there, which overrides its <cpu>; then: nestctl verify %s",
			 nestxml_text_escape(diagnosis->manager, manager, sizeof(manager)), override, guest);
	else
		snprintf(text, size, "virsh edit %s: remove %s, which overrides its <cpu>; then: nestctl verify %s", guest, override,
			 guest);
}

const char *diagnosis_advise_host(const struct diagnosis *diagnosis)
{
	return nestxml_host_is_fixable(diagnosis->host) ? "nestctl host enable" : ANOTHER_HOST;
}

/* The hook would refuse its start: for an argument, or since this host does not nest. */
static void advise_refused(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *override = nestxml_domain_get_cpu_override(diagnosis->stored.domain);

	if (advise_against(diagnosis, text, size))
		return;
	if (override)
		advise_override(diagnosis, override, text, size);
	else
		snprintf(text, size, "%s", diagnosis_advise_host(diagnosis));
}

static void advise_stopped(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *guest = name_for_shell(diagnosis);

	if (diagnosis->is_refused)
		advise_refused(diagnosis, text, size);
	else if (diagnosis->has_saved_state)
		snprintf(
			text, size,
			"virsh managedsave-remove %s, then: virsh start %s (otherwise its next start comes from its managed save, with the CPU it was saved with)",
			guest, guest);
	else
		snprintf(text, size, "virsh start %s", guest);
}

/* Whether two answers contradict each other, which QEMU's or the agent's cannot settle: it would only agree with one of the two. */
static bool is_contradicted(enum qemu_verdict verdict)
{
	return verdict == QEMU_VERDICT_LIVE_CLAIMS || verdict == QEMU_VERDICT_LIVE_DENIES;
}

static void advise_unknown(const struct diagnosis *diagnosis, char *text, size_t size)
{
	const char *guest = name_for_shell(diagnosis);

	if (!virt_domain_is_running(diagnosis->guest))
		advise_stopped(diagnosis, text, size);
	else if (diagnosis->verdict == QEMU_VERDICT_DOUBT && !diagnosis->is_qemu_asked)
		snprintf(text, size, "sudo nestctl verify --ask-qemu %s (libvirt then marks the guest as tainted)", guest);
	else if (!diagnosis->is_guest_asked && !is_contradicted(diagnosis->verdict))
		snprintf(text, size, "sudo nestctl verify --ask-guest %s", guest);
	else
		snprintf(text, size, "in the guest: nestctl guest");
}

/* Whether its CPU has the feature, which is what `disable` is about. */
static enum qemu_answer find_feature(const struct diagnosis *diagnosis)
{
	return virt_domain_is_running(diagnosis->guest) ? qemu_verdict_answer(diagnosis->verdict) : QEMU_ANSWER_NONE;
}

/* Whether its policy cannot be read, and that comes first: what it is to have is unknown, and it would not start. */
static bool is_stuck(const struct diagnosis *diagnosis, enum qemu_answer answer)
{
	return diagnosis->policy_error.code != NESTXML_OK && (answer == QEMU_ANSWER_NO || !virt_domain_is_running(diagnosis->guest));
}

void diagnosis_describe_advice(const struct diagnosis *diagnosis, char *text, size_t size)
{
	bool is_wanted = diagnosis->policy.nested != NESTXML_NESTED_DISABLE;
	enum qemu_answer answer = is_wanted ? diagnosis_answer(diagnosis) : find_feature(diagnosis);

	if (diagnosis->verdict == QEMU_VERDICT_PROCESSORS_DIFFER) /* wrong, whatever the policy wants */
		answer = is_wanted ? QEMU_ANSWER_NO : QEMU_ANSWER_YES;
	if (is_stuck(diagnosis, answer))
		snprintf(text, size, "correct its policy (see: man nestxml.conf); until then it does not start");
	else if (answer == QEMU_ANSWER_NONE)
		advise_unknown(diagnosis, text, size);
	else if (answer == QEMU_ANSWER_YES && !is_wanted)
		advise_rewrite(diagnosis, NESTXML_NESTED_DISABLE, text, size);
	else if (answer == QEMU_ANSWER_YES)
		snprintf(text, size, "in the guest: nestctl guest");
	else if (is_wanted)
		advise_no(diagnosis, text, size);
	else
		snprintf(text, size, "nothing: its policy is met");
}
