/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_verdict.c - the verdict on a running guest: command line, module and log first, then QEMU's answer, what libvirt found, the guest's
 * own. */
#include "guests/qemu_verdict.h"

#include <string.h>

#include <nestxml/nestxml.h>

enum model { MODEL_HOST, MODEL_SVM, MODEL_OTHER };

static enum model classify_model(const char *model)
{
	if (strcmp(model, "host") == 0 || strcmp(model, "max") == 0)
		return MODEL_HOST;
	if (model[0] == '\0') /* QEMU's own choice is qemu64 */
		return MODEL_SVM;
	return nestxml_model_has_feature(model, NESTXML_VENDOR_AMD) ? MODEL_SVM : MODEL_OTHER;
}

bool qemu_evidence_is_emulated(const struct qemu_evidence *evidence)
{
	return evidence->has_command ? evidence->command.accelerator == QEMU_ACCELERATOR_TCG : evidence->is_emulated;
}

enum nestxml_vendor qemu_evidence_vendor(const struct qemu_evidence *evidence)
{
	return qemu_evidence_is_emulated(evidence) ? NESTXML_VENDOR_AMD : evidence->vendor;
}

bool qemu_evidence_is_encrypted(const struct qemu_evidence *evidence)
{
	return evidence->problem.code == NESTXML_E_ENCRYPTED;
}

/* QEMU's emulation has svm on every host, and all that its model has. */
static enum qemu_verdict find_emulated(const struct qemu_evidence *evidence)
{
	if (evidence->command.features[NESTXML_VENDOR_AMD] == QEMU_SWITCH_OFF)
		return QEMU_VERDICT_SWITCHED_OFF;
	if (evidence->log == QEMU_ANSWER_YES)
		return QEMU_VERDICT_LOG_LACKS;
	if (evidence->command.features[NESTXML_VENDOR_AMD] == QEMU_SWITCH_ON)
		return QEMU_VERDICT_STATED;
	return classify_model(evidence->command.model) == MODEL_OTHER ? QEMU_VERDICT_MODEL_LACKS : QEMU_VERDICT_MODEL_HAS;
}

/*
 * Under KVM QEMU takes svm out of every named model, except on machine types older than QEMU 2.2, and no named model has vmx: so the
 * feature counts only where it is stated. The log is silent about a feature that is not stated.
 */
static bool is_given_unstated(const struct qemu_evidence *evidence)
{
	enum model model = classify_model(evidence->command.model);

	return model == MODEL_HOST || (model == MODEL_SVM && evidence->command.keeps_svm && evidence->vendor == NESTXML_VENDOR_AMD);
}

static enum qemu_verdict find_kvm(const struct qemu_evidence *evidence)
{
	enum qemu_switch feature = evidence->command.features[evidence->vendor];

	if (evidence->vendor == NESTXML_VENDOR_NONE)
		return QEMU_VERDICT_NO_VENDOR;
	if (feature == QEMU_SWITCH_OFF)
		return QEMU_VERDICT_SWITCHED_OFF;
	if (evidence->state == NESTXML_STATE_OFF || evidence->state == NESTXML_STATE_UNSUPPORTED)
		return QEMU_VERDICT_HOST_OFF;
	if (evidence->log == QEMU_ANSWER_YES)
		return QEMU_VERDICT_LOG_LACKS;
	if (feature == QEMU_SWITCH_UNSTATED && !is_given_unstated(evidence))
		return QEMU_VERDICT_MODEL_LACKS;
	if (evidence->state == NESTXML_STATE_ON)
		return feature == QEMU_SWITCH_ON ? QEMU_VERDICT_STATED : QEMU_VERDICT_MODEL_HAS;
	/* The module is unknown, but QEMU asked for the feature and did not complain. */
	return feature == QEMU_SWITCH_ON && evidence->log == QEMU_ANSWER_NO ? QEMU_VERDICT_STATED : QEMU_VERDICT_HOST_UNKNOWN;
}

/* KVM without nesting shows no guest the feature, whatever QEMU asks for. */
static bool is_refused_by_host(const struct qemu_evidence *evidence)
{
	return evidence->command.accelerator == QEMU_ACCELERATOR_KVM && !evidence->command.is_wrapped &&
	       evidence->vendor != NESTXML_VENDOR_NONE &&
	       (evidence->state == NESTXML_STATE_OFF || evidence->state == NESTXML_STATE_UNSUPPORTED);
}

enum qemu_verdict qemu_verdict_find_outside(const struct qemu_evidence *evidence)
{
	if (!evidence->has_command)
		return QEMU_VERDICT_NO_PROCESS;
	if (qemu_evidence_doubt(evidence))
		return is_refused_by_host(evidence) ? QEMU_VERDICT_HOST_OFF : QEMU_VERDICT_DOUBT;
	switch (evidence->command.accelerator) {
	case QEMU_ACCELERATOR_TCG:
		return find_emulated(evidence);
	case QEMU_ACCELERATOR_KVM:
		return find_kvm(evidence);
	default:
		return QEMU_VERDICT_ACCELERATOR;
	}
}

const char *qemu_evidence_doubt(const struct qemu_evidence *evidence)
{
	return evidence->has_command && evidence->command.doubt[0] ? evidence->command.doubt : evidence->doubt;
}

/* The answer about the feature that counts; if it is not known which one that is, yes if there is a yes about any. */
static enum qemu_answer choose_answer(const struct qemu_evidence *evidence, const enum qemu_answer answers[VENDORS])
{
	enum nestxml_vendor own = qemu_evidence_vendor(evidence);
	enum qemu_answer answer = QEMU_ANSWER_NONE;

	if (own != NESTXML_VENDOR_NONE)
		return answers[own];
	FOR_EACH_VENDOR(vendor)
		if (answer != QEMU_ANSWER_YES)
			answer = answers[vendor];
	return answer;
}

/* What @verdict becomes with a further answer: @alone where there was no answer before, @contradicting where the two differ. */
static enum qemu_verdict combine(enum qemu_verdict verdict, enum qemu_answer answer, const enum qemu_verdict alone[],
				 const enum qemu_verdict contradicting[])
{
	if (answer == QEMU_ANSWER_NONE || answer == qemu_verdict_answer(verdict))
		return verdict;
	return qemu_verdict_answer(verdict) == QEMU_ANSWER_NONE ? alone[answer] : contradicting[answer];
}

/*
 * QEMU may not do what its command line says: a library that a wrapper preloads may rewrite that. But if the host's module or the log
 * denies the feature, the guest does not have it, whatever QEMU's CPU is.
 */
static enum qemu_verdict compare_with_live(const struct qemu_evidence *evidence, enum qemu_verdict verdict)
{
	switch (verdict) {
	case QEMU_VERDICT_STATED:
	case QEMU_VERDICT_MODEL_HAS:
		return evidence->live == QEMU_ANSWER_NO ? QEMU_VERDICT_LIVE_DENIES : verdict;
	case QEMU_VERDICT_SWITCHED_OFF:
	case QEMU_VERDICT_MODEL_LACKS:
		return evidence->live == QEMU_ANSWER_YES ? QEMU_VERDICT_LIVE_CLAIMS : verdict;
	default:
		return verdict;
	}
}

/*
 * Whether its CPU is known to have neither vmx nor svm, although its command line may look like that of one which has. The TDX module 1.5
 * fixes vmx at 0, as QEMU's TDX patches say (tdx_fixed0_bits).
 */
static bool is_inapplicable(const struct qemu_evidence *evidence)
{
	switch (evidence->problem.code) {
	case NESTXML_E_TYPE:
	case NESTXML_E_ARCH:
		return true;
	default:
		return qemu_evidence_is_encrypted(evidence) && evidence->command.is_tdx;
	}
}

/* In the feature that counts; if it is not known which one that is, in any. */
static bool do_processors_differ(const struct qemu_evidence *evidence)
{
	enum nestxml_vendor own = qemu_evidence_vendor(evidence);

	FOR_EACH_VENDOR(vendor)
		if (evidence->differs[vendor] && (own == NESTXML_VENDOR_NONE || own == vendor))
			return true;
	return false;
}

/* A guest can lie. So it decides alone only where nothing else is known; and where answers contradict, nothing is certain. */
enum qemu_verdict qemu_verdict_find(const struct qemu_evidence *evidence)
{
	static const enum qemu_verdict monitor_alone[] = {
		[QEMU_ANSWER_YES] = QEMU_VERDICT_MONITOR_HAS, [QEMU_ANSWER_NO] = QEMU_VERDICT_MONITOR_LACKS};
	static const enum qemu_verdict monitor_against[] = {
		[QEMU_ANSWER_YES] = QEMU_VERDICT_MONITOR_CLAIMS, [QEMU_ANSWER_NO] = QEMU_VERDICT_MONITOR_DENIES};
	static const enum qemu_verdict guest_alone[] = {
		[QEMU_ANSWER_YES] = QEMU_VERDICT_GUEST_HAS, [QEMU_ANSWER_NO] = QEMU_VERDICT_GUEST_LACKS};
	static const enum qemu_verdict guest_against[] = {
		[QEMU_ANSWER_YES] = QEMU_VERDICT_GUEST_CLAIMS, [QEMU_ANSWER_NO] = QEMU_VERDICT_GUEST_DENIES};
	enum qemu_verdict verdict = qemu_verdict_find_outside(evidence);

	if (is_inapplicable(evidence))
		return QEMU_VERDICT_INAPPLICABLE;
	if (do_processors_differ(evidence))
		return QEMU_VERDICT_PROCESSORS_DIFFER;
	verdict = combine(verdict, choose_answer(evidence, evidence->monitor), monitor_alone, monitor_against);
	if (verdict == QEMU_VERDICT_MONITOR_CLAIMS || verdict == QEMU_VERDICT_MONITOR_DENIES)
		return verdict; /* which no guest can settle */
	verdict = compare_with_live(evidence, verdict);
	if (verdict == QEMU_VERDICT_LIVE_CLAIMS || verdict == QEMU_VERDICT_LIVE_DENIES)
		return verdict;
	return combine(verdict, choose_answer(evidence, evidence->guest), guest_alone, guest_against);
}

enum qemu_answer qemu_verdict_answer(enum qemu_verdict verdict)
{
	if (verdict <= QEMU_VERDICT_GUEST_HAS)
		return QEMU_ANSWER_YES;
	return verdict <= QEMU_VERDICT_GUEST_LACKS ? QEMU_ANSWER_NO : QEMU_ANSWER_NONE;
}

enum qemu_answer qemu_evidence_answer(const struct qemu_evidence *evidence, enum qemu_verdict verdict)
{
	return qemu_evidence_is_encrypted(evidence) ? QEMU_ANSWER_NO : qemu_verdict_answer(verdict);
}

/* `disable` is about the CPU, also where KVM does not run. */
enum qemu_answer qemu_evidence_is_policy_met(const struct qemu_evidence *evidence, enum qemu_verdict verdict, enum nestxml_nested nested)
{
	enum qemu_answer has_feature = qemu_verdict_answer(verdict);

	if (verdict == QEMU_VERDICT_PROCESSORS_DIFFER)
		return nested == NESTXML_NESTED_REQUIRE || nested == NESTXML_NESTED_DISABLE ? QEMU_ANSWER_NO : QEMU_ANSWER_NONE;
	if (nested == NESTXML_NESTED_REQUIRE)
		return qemu_evidence_answer(evidence, verdict);
	if (nested != NESTXML_NESTED_DISABLE || has_feature == QEMU_ANSWER_NONE)
		return QEMU_ANSWER_NONE;
	return has_feature == QEMU_ANSWER_NO ? QEMU_ANSWER_YES : QEMU_ANSWER_NO;
}
