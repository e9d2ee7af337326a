/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_diagnosis.c - what is advised about a guest that does not run as its policy asks. */
#include "support.h"

#include "guests/diagnosis.h"

#define DOMAIN(type, arch, more)                                                                                                  \
	"<domain type='" type "'><name>vm</name><os><type arch='" arch "'>hvm</type></os><cpu mode='host-model'><feature policy=" \
	"'optional' name='svm'/></cpu>" more "</domain>"
#define KVM(more) DOMAIN("kvm", "x86_64", more)

/* ---- a libvirt ---- */

struct virt_domain {
	bool is_persistent;
	bool is_stopped;
};

bool virt_domain_is_running(const struct virt_domain *domain)
{
	return !domain->is_stopped;
}

bool virt_domain_is_persistent(const struct virt_domain *domain)
{
	return domain->is_persistent;
}

const char *virt_domain_get_name(const struct virt_domain *domain)
{
	(void)domain;
	return "vm";
}

const char *virt_domain_get_uuid(const struct virt_domain *domain)
{
	(void)domain;
	return "";
}

/* ---- advice ---- */

/* What is advised about a guest of this definition. @words: NULL ends them. */
static void check_advice_on(const struct tree *tree, const char *xml, enum nestxml_nested nested, enum qemu_verdict verdict,
			    const char *manager, bool is_persistent, const char *const words[])
{
	struct virt_domain guest = {.is_persistent = is_persistent};
	struct diagnosis diagnosis = {.guest = &guest, .policy.nested = nested, .manager = manager};
	struct nestxml_host *host;
	char text[1024];

	tree_host(tree, "AuthenticAMD", "kvm_amd", "1\n");
	assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
	diagnosis.host = host;
	diagnosis.stored.domain = domain_of(xml);
	diagnosis.verdict = verdict;
	diagnosis_describe_advice(&diagnosis, text, sizeof(text));
	for (size_t i = 0; words[i]; i++)
		CHECK(*words[i] == '!' ? !strstr(text, words[i] + 1) : !!strstr(text, words[i]), "%s: %s: %s", xml, words[i], text);
	nestxml_domain_free(diagnosis.stored.domain);
	nestxml_host_free(host);
}

/* Its CPU has been switched off, or is on where it must not be. */
static void check_advice(const struct tree *tree, const char *xml, enum nestxml_nested nested, const char *manager, bool is_persistent,
			 const char *const words[])
{
	check_advice_on(tree, xml, nested, nested == NESTXML_NESTED_DISABLE ? QEMU_VERDICT_STATED : QEMU_VERDICT_SWITCHED_OFF, manager,
			is_persistent, words);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_a_definition_is_rewritten_by_hand(void **state)
{
	check_advice(*state, KVM(""), NESTXML_NESTED_REQUIRE, NULL, true,
		     WORDS("virsh dumpxml --inactive --security-info vm | nestxml -n require | virsh define /dev/stdin"));
	check_advice(*state, KVM(""), NESTXML_NESTED_DISABLE, NULL, true, WORDS("nestxml -n disable | virsh define /dev/stdin"));
	check_advice(*state, KVM(""), NESTXML_NESTED_DISABLE, NULL, false, WORDS("nestxml -n disable FILE | virsh create /dev/stdin"));
}

/* It may define the guest again at each start, as nova does. */
static void test_a_managers_guest_is_its_managers(void **state)
{
	static const enum nestxml_nested policies[] = {NESTXML_NESTED_REQUIRE, NESTXML_NESTED_DISABLE};

	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		check_advice(*state, KVM(""), policies[i], "urn:\x1b:manager", true,
			     WORDS("another program manages it (urn:\\x1b:manager)", nestxml_nested_to_string(policies[i]),
				   "nestctl apply vm", "!virsh define"));
}

/* The filter would refuse it. */
static void test_no_command_is_advised_that_gives_no_guest_nesting(void **state)
{
	static const char encrypted[] = KVM("<launchSecurity type='sev'/>");
	static const char foreign[] = DOMAIN("qemu", "aarch64", "");
	static const bool persistent[] = {true, false};

	for (size_t i = 0; i < ARRAY_SIZE(persistent); i++) {
		check_advice(*state, encrypted, NESTXML_NESTED_REQUIRE, NULL, persistent[i],
			     WORDS("its memory is encrypted", "set nested = leave for it", "!nestxml"));
		check_advice(*state, foreign, NESTXML_NESTED_REQUIRE, NULL, persistent[i],
			     WORDS("its architecture is aarch64", "set nested = leave for it", "!nestxml"));
		check_advice(*state, foreign, NESTXML_NESTED_LEAVE, NULL, persistent[i],
			     WORDS("its architecture is aarch64", "!nestxml", "!set"));
	}
	check_advice(*state, encrypted, NESTXML_NESTED_DISABLE, NULL, true, WORDS("nestxml -n disable"));
	check_advice_on(*state, encrypted, NESTXML_NESTED_REQUIRE, QEMU_VERDICT_HOST_OFF, NULL, true,
			WORDS("its memory is encrypted", "set nested = leave for it", "!nestctl host"));
}

static void describe_advice(struct diagnosis *diagnosis, const char *xml, char *text, size_t size)
{
	diagnosis->stored.domain = domain_of(xml);
	diagnosis_describe_advice(diagnosis, text, size);
	nestxml_domain_free(diagnosis->stored.domain);
}

/* A stopped guest whose start the hook would refuse, or not. */
static void test_no_start_is_advised_that_would_be_refused(void **state)
{
#define OVERRIDE \
	"<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-cpu'/><q:arg value='max'/></q:commandline>"
	static const char overridden[] = KVM(OVERRIDE);
	static const char foreign[] = DOMAIN("kvm", "aarch64", OVERRIDE);
	static const struct {
		const char *xml;
		enum nestxml_nested nested;
		bool is_refused;
		const char *host;
		const char *manager;
		const char *words;
		const char *not_words;
	} rows[] = {
		{overridden, NESTXML_NESTED_REQUIRE, true, "1\n", NULL, "virsh edit vm: remove -cpu in <qemu:commandline>", "virsh start"},
		{overridden, NESTXML_NESTED_DISABLE, true, "1\n", NULL, "virsh edit vm: remove -cpu in <qemu:commandline>", "virsh start"},
		{overridden, NESTXML_NESTED_OPTIONAL, false, "1\n", NULL, "virsh start vm", "remove"},
		{overridden, NESTXML_NESTED_LEAVE, false, "1\n", NULL, "virsh start vm", "remove"},
		{overridden, NESTXML_NESTED_REQUIRE, true, "1\n", "urn:m", "another program manages it (urn:m): remove -cpu", "virsh edit"},
		{foreign, NESTXML_NESTED_REQUIRE, true, "1\n", NULL, "its architecture is aarch64", "remove"},
		{foreign, NESTXML_NESTED_DISABLE, false, "1\n", NULL, "virsh start vm", "remove"},
		{KVM(""), NESTXML_NESTED_REQUIRE, true, "0\n", NULL, "nestctl host enable", "virsh start"},
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct virt_domain guest = {.is_persistent = true, .is_stopped = true};
		struct diagnosis diagnosis = {
			.guest = &guest, .policy.nested = rows[i].nested, .manager = rows[i].manager, .is_refused = rows[i].is_refused};
		struct nestxml_host *host;
		char text[1024];

		tree_host(tree, "AuthenticAMD", "kvm_amd", rows[i].host);
		assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
		diagnosis.host = host;
		describe_advice(&diagnosis, rows[i].xml, text, sizeof(text));
		CHECK(strstr(text, rows[i].words) && !strstr(text, rows[i].not_words), "%zu: %s", i, text);
		nestxml_host_free(host);
	}
}

/* It would not start, and what it is to have is unknown. */
static void test_a_policy_that_cannot_be_read_comes_first(void **state)
{
	static const struct virt_domain guests[] = {{.is_persistent = true}, {.is_persistent = true, .is_stopped = true}};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		struct virt_domain guest = guests[i];
		struct diagnosis diagnosis = {.guest = &guest, .policy_error.code = NESTXML_E_CONFIG, .verdict = QEMU_VERDICT_SWITCHED_OFF};

		describe_advice(&diagnosis, KVM(""), text, sizeof(text));
		assert_non_null(strstr(text, "correct its policy"));
		assert_null(strstr(text, "virsh"));
	}
}

/* Its command line is that of an x86 guest with svm, or with vmx. */
static void test_a_running_guest_to_which_nesting_does_not_apply_has_none(void **state)
{
#define SEV "<launchSecurity type='sev'/>"
#define RUNNING(type, arch, more) "<domain type='" type "'><name>vm</name><os><type arch='" arch "'>hvm</type></os>" more "</domain>"
	static const struct {
		const char *xml;
		const char *words;
		const char *verdict;
		enum qemu_answer disable;
		const char *next;
	} rows[] = {
		{RUNNING("qemu", "aarch64", ""), "qemu-system-aarch64 -name guest=vm -accel tcg -cpu max",
		 "no: its architecture is aarch64", QEMU_ANSWER_YES, "nothing: its policy is met"},
		{RUNNING("qemu", "aarch64", ""), "qemu-system-aarch64 -name guest=vm -accel tcg", "no: its architecture is aarch64",
		 QEMU_ANSWER_YES, "nothing: its policy is met"},
		{RUNNING("kvm", "x86_64", SEV), "qemu-system-x86_64 -name guest=vm -accel kvm -cpu host",
		 "no: its CPU has svm, but its memory is encrypted", QEMU_ANSWER_NO, "nestxml -n disable | virsh define"},
		{RUNNING("kvm", "x86_64", SEV), "qemu-system-x86_64 -name guest=vm -accel kvm -cpu host,svm=off",
		 "no: QEMU was started with svm off", QEMU_ANSWER_YES, "nothing: its policy is met"},
		{RUNNING("kvm", "x86_64", SEV), "qemu-system-x86_64 -name guest=vm -accel kvm -cpu host -unheard-of",
		 "no: its memory is encrypted, and KVM does not run in such a guest; whether its CPU has svm is unknown: QEMU was started with "
		 "'-unheard-of'",
		 QEMU_ANSWER_NONE, "--ask-qemu"},
		{RUNNING("kvm", "x86_64", "<launchSecurity type='tdx'/>"),
		 "qemu-system-x86_64 -name guest=vm -accel kvm -cpu host -object {\"qom-type\":\"tdx-guest\",\"id\":\"lsec0\"}",
		 "no: its memory is encrypted", QEMU_ANSWER_YES, "nothing: its policy is met"},
		{RUNNING("kvm", "x86_64", ""), "qemu-system-x86_64 -name guest=vm -accel kvm -cpu host", "yes: the model host has svm",
		 QEMU_ANSWER_NO, "nestxml -n disable | virsh define"},
		/* any local user may start a process of that name, with any model */
		{RUNNING("kvm", "x86_64", ""), "qemu-system-x86_64 -name guest=vm -accel kvm -cpu a\033[31m",
		 "no: the model a\\x1b[31m has no svm", QEMU_ANSWER_YES, "nothing: its policy is met"},
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct virt_domain guest = {.is_persistent = true};
		struct diagnosis diagnosis = {.guest = &guest, .policy.nested = NESTXML_NESTED_DISABLE};
		struct nestxml_domain *live = domain_of(rows[i].xml);
		struct qemu_processes processes;
		struct nestxml_host *host;
		char line[256];
		char text[1024];

		tree_host(tree, "AuthenticAMD", "kvm_amd", "1\n");
		tree_write_bytes(tree, "/proc/42/cmdline", line, make_line(rows[i].words, line, sizeof(line)), 0644);
		assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
		assert_int_equal(qemu_processes_read(tree->root, &processes), 0);
		running_read(tree->root, &processes, "vm", "", live, host, &diagnosis.running);
		diagnosis.host = host;
		diagnosis.verdict = qemu_verdict_find(&diagnosis.running.evidence);
		diagnosis.stored.domain = live;
		diagnosis_describe_verdict(&diagnosis, text, sizeof(text));
		CHECK(strncmp(text, rows[i].verdict, strlen(rows[i].verdict)) == 0, "%zu: %s", i, text);
		CHECK(diagnosis_is_policy_met(&diagnosis) == rows[i].disable, "%zu: disable: %d", i,
		      (int)diagnosis_is_policy_met(&diagnosis));
		diagnosis_describe_advice(&diagnosis, text, sizeof(text));
		CHECK(strstr(text, rows[i].next), "%zu: %s", i, text);
		qemu_processes_clear(&processes);
		nestxml_host_free(host);
		nestxml_domain_free(live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_definition_is_rewritten_by_hand),
		TREE_TEST(test_a_managers_guest_is_its_managers),
		TREE_TEST(test_no_command_is_advised_that_gives_no_guest_nesting),
		TREE_TEST(test_no_start_is_advised_that_would_be_refused),
		cmocka_unit_test(test_a_policy_that_cannot_be_read_comes_first),
		TREE_TEST(test_a_running_guest_to_which_nesting_does_not_apply_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
