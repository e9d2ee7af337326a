/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_qemu_verdict.c - the table of verdicts, and that nothing a guest says overrules the host. */
#include "support.h"

#include "guests/qemu_verdict.h"

#define NONE QEMU_ANSWER_NONE
#define YES QEMU_ANSWER_YES
#define NO QEMU_ANSWER_NO
#define AMD NESTXML_VENDOR_AMD
#define INTEL NESTXML_VENDOR_INTEL
#define UNVENDORED NESTXML_VENDOR_NONE
#define STATE(name) NESTXML_STATE_##name
#define VERDICT(name) QEMU_VERDICT_##name

/* A guest of one line of arguments, "" for a process that is not known; the log's and the guest's word about the feature that counts. */
static const struct {
	const char *words;
	enum nestxml_vendor vendor;
	enum nestxml_state host;
	enum qemu_answer lacks;
	enum qemu_answer guest;
	enum qemu_verdict verdict;
} verdicts[] = {
	/* host-passthrough and maximum have what the host has: both labs' tables */
	{"-accel kvm -cpu host", INTEL, STATE(ON), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel kvm -cpu host", INTEL, STATE(OFF), NO, NONE, VERDICT(HOST_OFF)},
	{"-accel kvm -cpu host", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel kvm -cpu host", AMD, STATE(OFF), NO, NONE, VERDICT(HOST_OFF)},
	{"-accel kvm -cpu max", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel kvm -cpu host,svm=on", AMD, STATE(ON), NO, NONE, VERDICT(STATED)},
	{"-accel kvm -cpu host,svm=on", AMD, STATE(OFF), YES, NONE, VERDICT(HOST_OFF)},
	{"-accel kvm -cpu host,svm=off", AMD, STATE(ON), NO, NONE, VERDICT(SWITCHED_OFF)},
	{"-accel kvm -cpu host,vmx=off", INTEL, STATE(OFF), NO, NONE, VERDICT(SWITCHED_OFF)},
	{"-accel kvm -cpu host", AMD, STATE(UNSUPPORTED), NO, NONE, VERDICT(HOST_OFF)},
	/* a named model, which host-model is, has it where it is stated */
	{"-accel kvm -cpu EPYC-Rome", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel kvm -cpu EPYC-Rome,svm=on", AMD, STATE(ON), NO, NONE, VERDICT(STATED)},
	{"-accel kvm -cpu qemu64", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel kvm -cpu Haswell-noTSX,vmx=on", INTEL, STATE(ON), NO, NONE, VERDICT(STATED)},
	{"-accel kvm -cpu Haswell-noTSX", INTEL, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel kvm", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel kvm -cpu Haswell-noTSX", INTEL, STATE(UNKNOWN), NO, NONE, VERDICT(MODEL_LACKS)},
	/* only the vendor's own feature counts */
	{"-accel kvm -cpu qemu64,svm=on", INTEL, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel kvm -cpu host,vmx=off", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_HAS)},
	/* QEMU's own word goes before the module's, and where the module is not known it is enough */
	{"-accel kvm -cpu host,svm=on", AMD, STATE(ON), YES, NONE, VERDICT(LOG_LACKS)},
	{"-accel kvm -cpu host,svm=on", AMD, STATE(UNKNOWN), YES, NONE, VERDICT(LOG_LACKS)},
	{"-accel kvm -cpu host,svm=on", AMD, STATE(UNKNOWN), NO, NONE, VERDICT(STATED)},
	{"-accel kvm -cpu host,svm=on", AMD, STATE(UNKNOWN), NONE, NONE, VERDICT(HOST_UNKNOWN)},
	{"-accel kvm -cpu host", AMD, STATE(UNKNOWN), NO, NONE, VERDICT(HOST_UNKNOWN)},
	{"-accel kvm -cpu host,svm=on", AMD, STATE(ON), NONE, NONE, VERDICT(STATED)},
	{"-accel kvm -cpu host", UNVENDORED, STATE(UNKNOWN), NO, NONE, VERDICT(NO_VENDOR)},
	/* emulated: svm as the model has it, whatever the host is */
	{"-accel tcg -cpu qemu64", INTEL, STATE(OFF), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel tcg -cpu qemu64-v1", INTEL, STATE(OFF), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel tcg", UNVENDORED, STATE(UNKNOWN), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel tcg -cpu max", AMD, STATE(UNSUPPORTED), NONE, NONE, VERDICT(MODEL_HAS)},
	{"-accel tcg -cpu EPYC-Milan-v1", AMD, STATE(OFF), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel tcg -cpu Opteron_G1", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel tcg -cpu Opteron_G2", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_HAS)},
	{"-accel tcg -cpu kvm64", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel tcg -cpu Haswell,vmx=on", INTEL, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-accel tcg -cpu kvm64,svm=on", INTEL, STATE(OFF), NO, NONE, VERDICT(STATED)},
	{"-accel tcg -cpu qemu64,svm=off", AMD, STATE(ON), NO, NONE, VERDICT(SWITCHED_OFF)},
	{"-accel tcg -cpu qemu64,svm=on", AMD, STATE(ON), YES, NONE, VERDICT(LOG_LACKS)},
	/* what is stated by a global property */
	{"-accel tcg -cpu kvm64 -global kvm64-x86_64-cpu.svm=on", AMD, STATE(OFF), NO, NONE, VERDICT(STATED)},
	{"-accel kvm -cpu EPYC -global EPYC-x86_64-cpu.svm=on", AMD, STATE(ON), NO, NONE, VERDICT(STATED)},
	/* a machine older than QEMU 2.2 keeps what its model has */
	{"-machine pc-i440fx-2.1 -accel kvm -cpu qemu64", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_HAS)},
	{"-machine pc-i440fx-2.1 -accel kvm -cpu kvm64", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-machine pc-i440fx-2.11 -accel kvm -cpu qemu64", AMD, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	{"-machine pc-q35-2.1 -accel kvm -cpu qemu64", INTEL, STATE(ON), NO, NONE, VERDICT(MODEL_LACKS)},
	/* an argument that is not understood */
	{"-accel kvm -cpu qemu64,svm=off -new-option", AMD, STATE(ON), NO, NONE, VERDICT(DOUBT)},
	{"-accel kvm -cpu max -new-option", AMD, STATE(OFF), NO, NONE, VERDICT(HOST_OFF)},
	{"-accel tcg -cpu max -readconfig x", AMD, STATE(ON), NO, NONE, VERDICT(DOUBT)},
	{"/usr/local/bin/wrapper -accel tcg -cpu max", AMD, STATE(ON), NO, NONE, VERDICT(DOUBT)},
	/* nothing to go by */
	{"", AMD, STATE(ON), NO, NONE, VERDICT(NO_PROCESS)},
	{"", AMD, STATE(OFF), YES, NONE, VERDICT(NO_PROCESS)},
	{"-cpu host", AMD, STATE(ON), NO, NONE, VERDICT(ACCELERATOR)},
	{"-accel hvf -cpu host", AMD, STATE(ON), NO, NONE, VERDICT(ACCELERATOR)},
	/* the guest's word: alone it is believed, against the others it makes them doubtful */
	{"", AMD, STATE(ON), NO, YES, VERDICT(GUEST_HAS)},
	{"", UNVENDORED, STATE(UNKNOWN), NONE, NO, VERDICT(GUEST_LACKS)},
	{"-accel kvm -cpu host", AMD, STATE(UNKNOWN), NONE, YES, VERDICT(GUEST_HAS)},
	{"-accel kvm -cpu host", AMD, STATE(UNKNOWN), NONE, NO, VERDICT(GUEST_LACKS)},
	{"-accel kvm -cpu host", AMD, STATE(ON), NO, YES, VERDICT(MODEL_HAS)},
	{"-accel kvm -cpu host", AMD, STATE(ON), NO, NO, VERDICT(GUEST_DENIES)},
	{"-accel kvm -cpu host", AMD, STATE(OFF), NO, NO, VERDICT(HOST_OFF)},
	{"-accel kvm -cpu host", AMD, STATE(OFF), NO, YES, VERDICT(GUEST_CLAIMS)},
	{"-accel tcg -cpu qemu64,svm=off", INTEL, STATE(OFF), NO, YES, VERDICT(GUEST_CLAIMS)},
};

static struct qemu_evidence evidence_of(size_t i)
{
	struct qemu_evidence evidence = {.vendor = verdicts[i].vendor, .state = verdicts[i].host, .log = verdicts[i].lacks};
	char words[512];
	char line[512];
	size_t length;
	enum qemu_answer other = verdicts[i].guest == NONE ? NONE : NO;

	snprintf(words, sizeof(words), "%s%s", verdicts[i].words[0] ? "qemu " : "", verdicts[i].words);
	length = make_line(words, line, sizeof(line));
	evidence.has_command = length > 0;
	qemu_command_parse(line, length, &evidence.command);
	evidence.guest[NESTXML_VENDOR_INTEL] = qemu_evidence_vendor(&evidence) == INTEL ? verdicts[i].guest : other;
	evidence.guest[NESTXML_VENDOR_AMD] = qemu_evidence_vendor(&evidence) == INTEL ? other : verdicts[i].guest;
	return evidence;
}

static void test_the_table_of_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		struct qemu_evidence evidence = evidence_of(i);
		enum qemu_verdict got = qemu_verdict_find(&evidence);

		CHECK(got == verdicts[i].verdict, "row %zu: %s: got %d, expected %d", i, verdicts[i].words, (int)got,
		      (int)verdicts[i].verdict);
	}
}

static void test_every_verdict_is_a_yes_a_no_or_neither(void **state)
{
	static const enum qemu_answer answers[] = {
		[QEMU_VERDICT_MONITOR_HAS] = YES,     [QEMU_VERDICT_MONITOR_LACKS] = NO,  [QEMU_VERDICT_MONITOR_CLAIMS] = NONE,
		[QEMU_VERDICT_MONITOR_DENIES] = NONE, [QEMU_VERDICT_DOUBT] = NONE,	  [QEMU_VERDICT_STATED] = YES,
		[QEMU_VERDICT_MODEL_HAS] = YES,	      [QEMU_VERDICT_GUEST_HAS] = YES,	  [QEMU_VERDICT_SWITCHED_OFF] = NO,
		[QEMU_VERDICT_HOST_OFF] = NO,	      [QEMU_VERDICT_LOG_LACKS] = NO,	  [QEMU_VERDICT_MODEL_LACKS] = NO,
		[QEMU_VERDICT_GUEST_LACKS] = NO,      [QEMU_VERDICT_NO_PROCESS] = NONE,	  [QEMU_VERDICT_ACCELERATOR] = NONE,
		[QEMU_VERDICT_NO_VENDOR] = NONE,      [QEMU_VERDICT_HOST_UNKNOWN] = NONE, [QEMU_VERDICT_GUEST_CLAIMS] = NONE,
		[QEMU_VERDICT_GUEST_DENIES] = NONE,   [QEMU_VERDICT_LIVE_CLAIMS] = NONE,  [QEMU_VERDICT_LIVE_DENIES] = NONE,
		[QEMU_VERDICT_INAPPLICABLE] = NO,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		CHECK(qemu_verdict_answer((enum qemu_verdict)i) == answers[i], "verdict %zu", i);
}

/* Over the table's guests: every host, every log, every word of the guest. */
static void check_guest(size_t i)
{
	struct qemu_evidence evidence = evidence_of(i);

	for (unsigned int all = 0; all < 3 * 4 * 3 * 3; all++) {
		enum qemu_answer quiet;
		enum qemu_answer loud;

		evidence.vendor = (enum nestxml_vendor)(all % 3);
		evidence.state = (enum nestxml_state)(all / 3 % 4);
		evidence.log = (enum qemu_answer)(all / 12 % 3);
		evidence.guest[NESTXML_VENDOR_INTEL] = evidence.guest[NESTXML_VENDOR_AMD] = NONE;
		quiet = qemu_verdict_answer(qemu_verdict_find(&evidence));
		evidence.guest[NESTXML_VENDOR_INTEL] = evidence.guest[NESTXML_VENDOR_AMD] = (enum qemu_answer)(all / 36);
		loud = qemu_verdict_answer(qemu_verdict_find(&evidence));
		CHECK(quiet == NONE || loud == quiet || loud == NONE, "%s: the guest turned %d into %d", verdicts[i].words, (int)quiet,
		      (int)loud);
		CHECK(evidence.command.accelerator != QEMU_ACCELERATOR_KVM || evidence.vendor == UNVENDORED ||
			      evidence.state == NESTXML_STATE_ON || evidence.state == NESTXML_STATE_UNKNOWN || loud != YES,
		      "%s: nested on a host that is not", verdicts[i].words);
		CHECK(evidence.log != YES || quiet != YES, "%s: nested against QEMU's own word", verdicts[i].words);
	}
}

static void test_no_guest_overrules_the_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		check_guest(i);
}

static const struct {
	const char *words;
	enum nestxml_state host;
	enum qemu_answer monitor;
	enum qemu_answer guest;
	enum qemu_verdict verdict;
} answers[] = {
	/* QEMU's answer agrees, or is all there is */
	{"qemu -accel kvm -cpu host", STATE(ON), YES, NONE, VERDICT(MODEL_HAS)},
	{"qemu -accel kvm -cpu host,svm=off", STATE(ON), NO, NONE, VERDICT(SWITCHED_OFF)},
	{"qemu -accel kvm -cpu host -new-option", STATE(ON), YES, NONE, VERDICT(MONITOR_HAS)},
	{"qemu -accel kvm -cpu host -new-option", STATE(ON), NO, NONE, VERDICT(MONITOR_LACKS)},
	{"", STATE(ON), YES, NONE, VERDICT(MONITOR_HAS)},
	/* it contradicts */
	{"qemu -accel kvm -cpu host,svm=off", STATE(ON), YES, NONE, VERDICT(MONITOR_CLAIMS)},
	{"qemu -accel kvm -cpu host", STATE(OFF), YES, NONE, VERDICT(MONITOR_CLAIMS)},
	{"qemu -accel kvm -cpu host,svm=on", STATE(ON), NO, NONE, VERDICT(MONITOR_DENIES)},
	/* no guest settles that, and one that contradicts makes it unknown */
	{"qemu -accel kvm -cpu host,svm=off", STATE(ON), YES, NO, VERDICT(MONITOR_CLAIMS)},
	{"qemu -accel kvm -cpu host,svm=on", STATE(ON), NO, YES, VERDICT(MONITOR_DENIES)},
	{"", STATE(ON), YES, NO, VERDICT(GUEST_DENIES)},
	{"", STATE(ON), NO, YES, VERDICT(GUEST_CLAIMS)},
	{"", STATE(ON), YES, YES, VERDICT(MONITOR_HAS)},
};

static void test_qemus_own_answer_counts_where_nothing_contradicts_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct qemu_evidence evidence = {.vendor = AMD, .state = answers[i].host, .log = NO};
		char line[512];
		size_t length = make_line(answers[i].words, line, sizeof(line));
		enum qemu_verdict got;

		evidence.has_command = length > 0;
		qemu_command_parse(line, length, &evidence.command);
		evidence.monitor[NESTXML_VENDOR_AMD] = answers[i].monitor;
		evidence.guest[NESTXML_VENDOR_AMD] = answers[i].guest;
		got = qemu_verdict_find(&evidence);
		CHECK(got == answers[i].verdict, "row %zu: %s: got %d, expected %d", i, answers[i].words, (int)got,
		      (int)answers[i].verdict);
	}
}

/* QEMU may be different from what its command line shows, because of a library that a wrapper has it load. */
static void test_what_libvirt_found_in_qemu_is_never_passed_over(void **state)
{
	static const struct {
		const char *words;
		enum nestxml_state host;
		enum qemu_answer live;
		enum qemu_answer monitor;
		enum qemu_verdict verdict;
	} cases[] = {
		{"qemu -accel kvm -cpu EPYC,svm=off", STATE(ON), YES, NONE, VERDICT(LIVE_CLAIMS)},
		{"qemu -accel kvm -cpu EPYC,svm=off", STATE(ON), NO, NONE, VERDICT(SWITCHED_OFF)},
		{"qemu -accel kvm -cpu EPYC,svm=off", STATE(ON), YES, NO, VERDICT(LIVE_CLAIMS)},
		{"qemu -accel kvm -cpu EPYC,svm=off", STATE(ON), YES, YES, VERDICT(MONITOR_CLAIMS)},
		{"qemu -accel kvm -cpu EPYC", STATE(ON), YES, NONE, VERDICT(LIVE_CLAIMS)},
		{"qemu -accel kvm -cpu EPYC,svm=on", STATE(ON), NO, NONE, VERDICT(LIVE_DENIES)},
		{"qemu -accel kvm -cpu EPYC,svm=on", STATE(ON), YES, NONE, VERDICT(STATED)},
		{"qemu -accel kvm -cpu host", STATE(ON), NO, NONE, VERDICT(LIVE_DENIES)},
		/* the host does not give it, whatever QEMU's CPU is */
		{"qemu -accel kvm -cpu EPYC,svm=on", STATE(OFF), YES, NONE, VERDICT(HOST_OFF)},
		/* what QEMU's CPU has may be hidden from the guest, so it decides nothing alone */
		{"qemu -accel kvm -cpu EPYC,xlevel=0x80000000", STATE(ON), YES, NONE, VERDICT(DOUBT)},
		{"", STATE(ON), YES, NONE, VERDICT(NO_PROCESS)},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct qemu_evidence evidence = {.vendor = AMD, .state = cases[i].host, .log = NO, .live = cases[i].live};
		char line[512];
		size_t length = make_line(cases[i].words, line, sizeof(line));
		enum qemu_verdict got;

		evidence.has_command = length > 0;
		qemu_command_parse(line, length, &evidence.command);
		evidence.monitor[NESTXML_VENDOR_AMD] = cases[i].monitor;
		got = qemu_verdict_find(&evidence);
		CHECK(got == cases[i].verdict, "row %zu: %s: got %d, expected %d", i, cases[i].words, (int)got, (int)cases[i].verdict);
	}
}

static void test_what_is_doubted_elsewhere_is_never_certain(void **state)
{
	struct qemu_evidence evidence = evidence_of(0);

	(void)state;
	evidence.doubt = "LD_PRELOAD";
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_DOUBT);
	assert_string_equal(qemu_evidence_doubt(&evidence), "LD_PRELOAD");
}

/* The command line of a guest of another architecture looks like that of an x86 guest with svm. */
static void test_a_guest_to_which_nesting_does_not_apply_has_none(void **state)
{
	struct qemu_evidence evidence = evidence_of(0);

	(void)state;
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_MODEL_HAS);
	assert_int_equal(qemu_evidence_answer(&evidence, QEMU_VERDICT_MODEL_HAS), YES);
	evidence.problem.code = NESTXML_E_ENCRYPTED;
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_MODEL_HAS);
	assert_int_equal(qemu_evidence_answer(&evidence, QEMU_VERDICT_MODEL_HAS), NO);
	assert_int_equal(qemu_evidence_is_policy_met(&evidence, QEMU_VERDICT_MODEL_HAS, NESTXML_NESTED_REQUIRE), NO);
	assert_int_equal(qemu_evidence_is_policy_met(&evidence, QEMU_VERDICT_MODEL_HAS, NESTXML_NESTED_DISABLE), NO);
	evidence.guest[INTEL] = NO;
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_GUEST_DENIES);
	assert_int_equal(qemu_evidence_answer(&evidence, QEMU_VERDICT_GUEST_DENIES), NO);
	assert_int_equal(qemu_evidence_is_policy_met(&evidence, QEMU_VERDICT_GUEST_DENIES, NESTXML_NESTED_DISABLE), NONE);
	evidence.guest[INTEL] = NONE;
	evidence.command.features[INTEL] = QEMU_SWITCH_OFF;
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_SWITCHED_OFF);
	assert_int_equal(qemu_evidence_is_policy_met(&evidence, QEMU_VERDICT_SWITCHED_OFF, NESTXML_NESTED_DISABLE), YES);
	evidence.problem.code = NESTXML_E_ARCH;
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_INAPPLICABLE);
	evidence.problem.code = NESTXML_E_TYPE;
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_INAPPLICABLE);
}

static void test_an_emulated_guest_whose_process_is_not_known_is_asked_for_svm(void **state)
{
	struct qemu_evidence evidence = {
		.vendor = INTEL, .is_emulated = true, .guest[NESTXML_VENDOR_INTEL] = NO, .guest[NESTXML_VENDOR_AMD] = YES};

	(void)state;
	assert_int_equal(qemu_evidence_vendor(&evidence), AMD);
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_GUEST_HAS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table_of_verdicts),
		cmocka_unit_test(test_every_verdict_is_a_yes_a_no_or_neither),
		cmocka_unit_test(test_no_guest_overrules_the_host),
		cmocka_unit_test(test_qemus_own_answer_counts_where_nothing_contradicts_it),
		cmocka_unit_test(test_what_libvirt_found_in_qemu_is_never_passed_over),
		cmocka_unit_test(test_what_is_doubted_elsewhere_is_never_certain),
		cmocka_unit_test(test_a_guest_to_which_nesting_does_not_apply_has_none),
		cmocka_unit_test(test_an_emulated_guest_whose_process_is_not_known_is_asked_for_svm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
