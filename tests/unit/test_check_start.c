/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_check_start.c - what becomes of a guest that starts, and what people are told. */
#include "support.h"

#include "ask.h"

#define FIXED_OF(model) "<cpu mode='custom' match='exact' check='full'><model>" model "</model></cpu>"

#define CREATED "it has no stored definition|virsh create /dev/stdin|!virsh dumpxml"

static void test_on_a_host_with_nesting_the_cpu_decides(void **state)
{
	static const struct row rows[] = {
		{"", PLAIN, PASS, "left alone"},
		{"", "", PASS, "left alone"},
		{"nested = leave", REQUIRED, PASS, "left alone"},
		{"", REQUIRED, PASS, "require|its CPU"},
		{"nested = require", REQUIRED, PASS, "require|" ADMIN_FILE ":2"},
		{"nested = require", FORCED, PASS, "require"},
		{"nested = require", OPTIONAL, STALE, "nested=require|vmx|" CREATED},
		{"nested = require", DISABLED, STALE, CREATED},
		{"nested = require", PLAIN, STALE, "nested=require|vmx|" ADMIN_FILE ":2|" CREATED},
		{"nested = require", "", STALE, CREATED},
		{"", METADATA("require") PLAIN, STALE, "its metadata|" CREATED},
		{"nested = optional", OPTIONAL, PASS, "optional"},
		{"nested = optional", REQUIRED, PASS, "optional"},
		{"nested = optional", FORCED, PASS, "optional"},
		{"nested = optional", DISABLED, STALE, "nested=optional|" CREATED},
		{"nested = optional", PLAIN, STALE, "nested=optional"},
		{"nested = disable", DISABLED, PASS, "disable"},
		{"nested = disable", FORBIDDEN, PASS, "disable"},
		{"nested = disable", REQUIRED, STALE, "nested=disable|" CREATED},
		{"nested = disable", OPTIONAL, STALE, "nested=disable"},
		{"nested = disable", PLAIN, STALE, "nested=disable"},
		{"nested = disable", "", STALE, "nested=disable"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_the_advice_fits_the_guest_and_its_definition(void **state)
{
	struct nestxml_check *check;

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	tree_write(*state, "/etc/libvirt/qemu/vm.xml", document("kvm", "x86_64", PLAIN));
	check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
	check_words(said(check), "rewrite its definition: virsh dumpxml --inactive --security-info vm|!virsh create|!virt-install");
	nestxml_check_free(check);
	tree_clear(*state);
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
	check_words(said(check), CREATED "|virt-install --cpu host-passthrough,require=vmx");
	nestxml_check_free(check);
}

static void test_on_a_host_without_nesting_what_requires_it_is_refused(void **state)
{
	static const struct row rows[] = {
		{"", PLAIN, PASS, "left alone"},
		{"nested = leave", REQUIRED, PASS, "left alone"},
		{"", REQUIRED, REFUSE, "required by its CPU|kvm_intel nested=N|nestctl host enable|!virsh"},
		{"nested = require", REQUIRED, REFUSE, "required by " ADMIN_FILE ":2|kvm_intel nested=N|nestctl host enable"},
		{"nested = require", PLAIN, REFUSE, "kvm_intel nested=N|nestctl host enable|!virsh"},
		{"nested = require", FIXED_REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"", METADATA("require"), REFUSE, "required by its metadata|kvm_intel nested=N"},
		{"nested = optional", OPTIONAL, PASS, "optional"},
		{"nested = optional", REQUIRED, PASS, "optional"},
		{"nested = optional", PLAIN, STALE, "nested=optional"},
		{"nested = disable", DISABLED, PASS, "disable"},
		{"nested = disable", PLAIN, STALE, "nested=disable"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "N\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_a_refusal_names_the_fact_and_the_command_that_fixes_it(void **state)
{
	static const struct {
		const char *id;
		const char *module;
		const char *nested;
		const char *words;
	} hosts[] = {
		{"AuthenticAMD", "kvm_amd", "0\n", "kvm_amd nested=0|nestctl host enable|nestctl host)"},
		{"GenuineIntel", NULL, NULL, "kvm_intel is not loaded|nestctl host enable"},
		{"HygonGenuine", "kvm", "Y\n", "kvm_amd is not loaded|nestctl host enable"},
		{"GenuineIntel", "kvm_pvm", NULL, "the KVM that is loaded cannot nest: kvm_pvm|nestctl host|!nestctl host enable"},
		{"GenuineIntel", "kvm_intel", NULL, "kvm_intel has no parameter nested|nestctl host|!nestctl host enable"},
		{"GenuineIntel", "kvm_intel", "maybe\n", "kvm_intel nested='maybe'|nestctl host"},
		{"RiseRiseRise", "kvm_intel", "Y\n", "RiseRiseRise|nestctl host|!nestctl host enable"},
	};

	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct nestxml_check *check;

		tree_clear(*state);
		state_policy(*state, "nested = require");
		tree_host(*state, hosts[i].id, hosts[i].module, hosts[i].nested);
		check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", REQUIRED));
		CHECK(nestxml_check_get_verdict(check) == REFUSE, "%s", hosts[i].words);
		check_words(said(check), "guest 'vm'|required by " ADMIN_FILE ":2");
		check_words(said(check), hosts[i].words);
		nestxml_check_free(check);
	}
}

static void test_an_unreadable_host_is_not_on(void **state)
{
	static const struct row rows[] = {
		{"nested = require", REQUIRED, REFUSE, "/proc/cpuinfo cannot be read|nestctl host|!nestctl host enable"},
		{"nested = leave", REQUIRED, PASS, "left alone"},
		{"", PLAIN, PASS, "left alone"},
	};

	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_disable_with_an_unknown_vendor_fails_closed(void **state)
{
	static const char *const cpus[] = {PLAIN, REQUIRED, DISABLED, "", FIXED};

	state_policy(*state, "nested = disable");
	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		const char *xml = document("kvm", "x86_64", cpus[i]);
		struct nestxml_check *check = NULL;
		struct nestxml_error error = {0};

		CHECK(nestxml_check_new(((struct tree *)*state)->root, NESTXML_OPERATION_START, "vm", xml, strlen(xml), &check, &error) ==
			      0,
		      "%s", cpus[i]);
		assert_int_equal(nestxml_check_get_verdict(check), NESTXML_VERDICT_REFUSE);
		assert_int_equal(nestxml_check_get_cpu_state(check), NESTXML_CPU_UNKNOWN);
		assert_int_equal(nestxml_check_get_problem(check)->code, NESTXML_E_VENDOR);
		assert_non_null(strstr(nestxml_check_get_report(check), "/proc/cpuinfo"));
		nestxml_check_free(check);
	}
}

/* Passes, since nothing is lost by it; but that its CPU states anything is not known. */
static void test_optional_with_an_unknown_vendor_passes_without_a_claim_about_the_cpu(void **state)
{
	static const struct row rows[] = {{"nested = optional", PLAIN, PASS, "optional|!its CPU states it"}};

	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_the_mode_of_the_policy_makes_no_cpu_stale_but_is_in_the_fix(void **state)
{
	static const struct row rows[] = {
		{"nested = require\nmode = host-passthrough", REQUIRED, PASS, "require"},
		{"nested = require\nmode = host-passthrough", PLAIN, STALE, "| nestxml -n require -m host-passthrough |"},
		{"nested = require\nmode = host-model", REQUIRED, PASS, "require"},
		{"nested = disable\nmode = maximum", PLAIN, STALE, "nestxml -n disable -m maximum"},
		{"nested = require", PLAIN, STALE, "nestxml -n require|!-m "},
		{"nested = leave\nmode = maximum", PLAIN, PASS, "left alone"},
		{"nested = optional\nmode = host-passthrough", REQUIRED, PASS, "optional"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_what_a_saved_cpu_looks_like_excuses_no_start(void **state)
{
	static const struct row rows[] = {
		{"nested = require", FIXED, STALE, "nested=require"},
		{"nested = require", FIXED_DISABLED, STALE, "nested=require"},
		{"nested = require", FIXED_REQUIRED, PASS, "require"},
		{"nested = optional", FIXED, STALE, "nested=optional"},
		{"nested = disable", FIXED_REQUIRED, STALE, "nested=disable"},
		{"nested = require\nmode = host-passthrough", FIXED_REQUIRED, PASS, "require"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

/* libvirt ends a start that would give such a CPU more than it says. */
static void test_a_cpu_described_in_full_has_what_it_says_and_no_more(void **state)
{
	static const struct row rows[] = {
		{"nested = disable", FIXED_OF("kvm64"), PASS, "disable"},
		{"nested = disable", FIXED_OF("qemu64"), STALE, "nested=disable"},
		{"nested = disable", FIXED_OF("EPYC-Rome-v2"), STALE, "nested=disable"},
		{"nested = disable", "<cpu mode='custom' match='exact' check='full'/>", STALE, "nested=disable"},
		{"nested = disable", "<cpu mode='custom' match='exact' check='partial'><model>kvm64</model></cpu>", STALE,
		 "nested=disable"},
		{"nested = disable", "<cpu mode='custom' match='minimum' check='full'><model>kvm64</model></cpu>", STALE, "nested=disable"},
		{"nested = disable", "<cpu mode='host-model' check='full'><model>kvm64</model></cpu>", STALE, "nested=disable"},
	};

	tree_host(*state, "AuthenticAMD", "kvm_amd", "1\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

#define OVERRIDE                                                                                                                    \
	"<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-cpu'/><qemu:arg value='max'/>" \
	"</qemu:commandline>"

static void test_where_an_argument_for_qemu_decides_what_must_be_so_is_refused(void **state)
{
	static const struct row rows[] = {
		{"nested = require", REQUIRED OVERRIDE, REFUSE,
		 "-cpu in <qemu:commandline>|remove -cpu in <qemu:commandline> from its definition|nested = leave|!virsh"},
		{"nested = disable", DISABLED OVERRIDE, REFUSE,
		 "-cpu in <qemu:commandline>|remove -cpu in <qemu:commandline> from its definition|nested = leave|!virsh"},
		{"nested = disable", PLAIN OVERRIDE, REFUSE, "-cpu in <qemu:commandline>"},
		{"nested = optional", REQUIRED OVERRIDE, PASS, "-cpu in <qemu:commandline>"},
		{"nested = leave", PLAIN OVERRIDE, PASS, "left alone"},
		{"", PLAIN OVERRIDE, PASS, "left alone"},
		{"", REQUIRED OVERRIDE, REFUSE, "-cpu in <qemu:commandline>"},
	};
	/* What is removed from the definition is still in what was saved. */
	static const struct row arriving[] = {
		{"nested = require", REQUIRED OVERRIDE, REFUSE,
		 "-cpu in <qemu:commandline>|from its stored definition instead, once the definition has no -cpu in <qemu:commandline> (|virsh managedsave-remove vm|nested = leave"},
		{"nested = disable", DISABLED OVERRIDE, REFUSE,
		 "-cpu in <qemu:commandline>|from its stored definition instead, once the definition has no -cpu in <qemu:commandline> (|virsh managedsave-remove vm|nested = leave"},
		{"", REQUIRED OVERRIDE, REFUSE, "-cpu in <qemu:commandline>|in a [guest ...] section"},
		{"nested = optional", REQUIRED OVERRIDE, PASS, "-cpu in <qemu:commandline>"},
		{"nested = leave", PLAIN OVERRIDE, PASS, "left alone"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
	check_rows(*state, NESTXML_OPERATION_INCOMING, "kvm", arriving, ARRAY_SIZE(arriving));
	check_rows(*state, NESTXML_OPERATION_START_INCOMING, "kvm", arriving, ARRAY_SIZE(arriving));
}

static void test_nesting_does_not_apply_to_encrypted_memory_but_its_cpu_must_not_claim_it(void **state)
{
	static const struct row rows[] = {
		{"nested = require", REQUIRED ENCRYPTED, REFUSE, "its memory is encrypted|nested = leave"},
		{"nested = optional", PLAIN ENCRYPTED, PASS, "does not apply"},
		{"nested = disable", DISABLED ENCRYPTED, PASS, "disable"},
		{"nested = disable", PLAIN ENCRYPTED, STALE, "nested=disable"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", rows, ARRAY_SIZE(rows));
}

static void test_the_features_name_is_that_of_the_hosts_vendor(void **state)
{
	static const struct row amd[] = {
		{"nested = require", REQUIRED, STALE, "(svm)"}, /* vmx is what it requires */
		{"nested = require", "<cpu mode='host-model'><feature name='svm'/></cpu>", PASS, "require"},
		{"nested = disable", DISABLED, STALE, "(svm)"},
	};

	tree_host(*state, "AuthenticAMD", "kvm_amd", "1\n");
	check_rows(*state, NESTXML_OPERATION_START, "kvm", amd, ARRAY_SIZE(amd));
}

static void test_tcg_has_svm_on_any_host(void **state)
{
	static const struct row rows[] = {
		{"nested = require", "<cpu mode='maximum'><feature policy='require' name='svm'/></cpu>", PASS, "require"},
		{"nested = require", "<cpu mode='maximum'/>", STALE, "(svm)"},
		{"nested = require", REQUIRED, STALE, "(svm)"},
		{"nested = optional", "<cpu mode='maximum'><feature policy='optional' name='svm'/></cpu>", PASS, "optional"},
		{"nested = disable", "<cpu mode='maximum'><feature policy='disable' name='svm'/></cpu>", PASS, "disable"},
		{"nested = disable", "<cpu mode='maximum'/>", STALE, "(svm)"},
	};
	static const char *const ids[] = {NULL, "GenuineIntel", "AuthenticAMD", "unheard-of"};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		tree_clear(*state);
		if (ids[i])
			tree_host(*state, ids[i], "kvm_intel", "N\n");
		check_rows(*state, NESTXML_OPERATION_START, "qemu", rows, ARRAY_SIZE(rows));
		check_rows(*state, NESTXML_OPERATION_INCOMING, "qemu", rows, 1);
	}
}

static void test_where_nesting_does_not_apply_require_is_refused_and_all_else_passes(void **state)
{
	static const struct {
		const char *type;
		const char *arch;
		const char *word;
	} guests[] = {
		{"kvm", "aarch64", "architecture is aarch64"}, {"qemu", "ppc64le", "ppc64le"}, {"xen", "x86_64", "domain type is 'xen'"}};
	static const struct {
		const char *policy;
		enum nestxml_verdict verdict;
	} policies[] = {{"nested = require", REFUSE}, {"nested = optional", PASS}, {"nested = disable", PASS}, {"nested = leave", PASS}};

	for (size_t i = 0; i < ARRAY_SIZE(guests) * ARRAY_SIZE(policies) * 2; i++) {
		size_t guest = i % ARRAY_SIZE(guests);
		size_t policy = i / ARRAY_SIZE(guests) % ARRAY_SIZE(policies);
		struct nestxml_check *check;

		tree_clear(*state);
		if (i % 2)
			tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		state_policy(*state, policies[policy].policy);
		check = ask(*state, NESTXML_OPERATION_START, "vm", document(guests[guest].type, guests[guest].arch, PLAIN));
		CHECK(nestxml_check_get_verdict(check) == policies[policy].verdict, "%s + %s", guests[guest].word, policies[policy].policy);
		if (policies[policy].verdict == REFUSE)
			check_words(said(check), guests[guest].word);
		nestxml_check_free(check);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_on_a_host_with_nesting_the_cpu_decides),
		TREE_TEST(test_the_advice_fits_the_guest_and_its_definition),
		TREE_TEST(test_on_a_host_without_nesting_what_requires_it_is_refused),
		TREE_TEST(test_a_refusal_names_the_fact_and_the_command_that_fixes_it),
		TREE_TEST(test_an_unreadable_host_is_not_on),
		TREE_TEST(test_disable_with_an_unknown_vendor_fails_closed),
		TREE_TEST(test_optional_with_an_unknown_vendor_passes_without_a_claim_about_the_cpu),
		TREE_TEST(test_the_mode_of_the_policy_makes_no_cpu_stale_but_is_in_the_fix),
		TREE_TEST(test_what_a_saved_cpu_looks_like_excuses_no_start),
		TREE_TEST(test_a_cpu_described_in_full_has_what_it_says_and_no_more),
		TREE_TEST(test_where_an_argument_for_qemu_decides_what_must_be_so_is_refused),
		TREE_TEST(test_nesting_does_not_apply_to_encrypted_memory_but_its_cpu_must_not_claim_it),
		TREE_TEST(test_the_features_name_is_that_of_the_hosts_vendor),
		TREE_TEST(test_tcg_has_svm_on_any_host),
		TREE_TEST(test_where_nesting_does_not_apply_require_is_refused_and_all_else_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
