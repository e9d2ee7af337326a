/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_domain.c - what is known of a domain by the facts that were read, and whether nesting applies to it. */
#include "support.h"

/* ---- facts that are true or false ---- */

static void test_a_domain_with_an_id_is_live(void **state)
{
	static const struct {
		const char *xml;
		bool live;
	} cases[] = {
		{"<domain id='1'/>", true},
		{"<domain type='kvm' id='12'></domain>", true},
		{"<domain/>", false},
		{"<domain uid='1'/>", false},
		{"<domain><x id='1'/></domain>", false},
		{"<domain><cpu id='1'/></domain>", false},
		{"<domain xmlns:id='u'/>", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain = domain_of(cases[i].xml);

		CHECK(nestxml_domain_is_live(domain) == cases[i].live, "%s", cases[i].xml);
		nestxml_domain_free(domain);
	}
}

static void test_type_qemu_is_emulated_and_has_amds_extension(void **state)
{
	static const char *const types[] = {"kvm", "qemu", "", "xen", "QEMU", "qemu "};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		bool is_tcg = strcmp(types[i], "qemu") == 0;
		struct nestxml_domain *domain;
		char xml[64];

		snprintf(xml, sizeof(xml), "<domain type='%s'/>", types[i]);
		domain = domain_of(xml);
		CHECK(nestxml_domain_is_tcg(domain) == is_tcg, "%s", xml);
		for (enum nestxml_vendor vendor = NESTXML_VENDOR_NONE; vendor <= NESTXML_VENDOR_AMD; vendor++)
			CHECK(nestxml_domain_get_vendor(domain, vendor) == (is_tcg ? NESTXML_VENDOR_AMD : vendor), "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_a_cpu_requires_nesting_by_vmx_or_svm(void **state)
{
	static const struct {
		const char *cpu;
		bool required;
	} cases[] = {
		{"", false},
		{"<cpu/>", false},
		{"<cpu mode='host-passthrough'/>", false},
		{"<cpu><feature policy='require' name='vmx'/></cpu>", true},
		{"<cpu><feature policy='force' name='vmx'/></cpu>", true},
		{"<cpu><feature policy='require' name='svm'/></cpu>", true},
		{"<cpu><feature policy='force' name='svm'></feature></cpu>", true},
		{"<cpu><feature name='svm'/></cpu>", true}, /* require is what libvirt reads there */
		{"<cpu><feature name=\"vmx\" policy=\"require\"/></cpu>", true},
		{"<cpu><feature policy='r&#101;quire' name='v&#x6d;x'/></cpu>", true},
		{"<cpu><feature policy='optional' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='disable' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='forbid' name='svm'/></cpu>", false},
		{"<cpu><feature policy='' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='Require' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='require' name='vmx-ept'/></cpu>", false},
		{"<cpu><feature policy='require' name='npt'/></cpu>", false},
		{"<cpu><feature policy='require' name='svme-addr-chk'/></cpu>", false},
		{"<cpu><feature policy='require' name='VMX'/></cpu>", false},
		{"<cpu><feature policy='require' name='xvmx'/></cpu>", false},
		{"<cpu><feature policy='require'/></cpu>", false},
		{"<cpu><feature policy='disable' name='vmx'/><feature policy='require' name='svm'/></cpu>", true},
		{"<cpu><numa><feature policy='require' name='vmx'/></numa></cpu>", false},
		{"<cpu><x:feature xmlns:x='urn:x' policy='require' name='vmx'/></cpu>", false},
		{"<cpu><feature xmlns='urn:x' policy='require' name='vmx'/></cpu>", false},
		{"<cpu><q:feature policy='require' name='vmx'/></cpu>", false},
		{"<cpu><features policy='require' name='vmx'/></cpu>", false},
		{"<cpu><!-- <feature policy='require' name='vmx'/> --></cpu>", false},
		{"<cpu><![CDATA[<feature policy='require' name='vmx'/>]]></cpu>", false},
		{"<feature policy='require' name='vmx'/>", false},
		/* which <cpu> */
		{"<cpu/><cpu><feature policy='require' name='vmx'/></cpu>", false},
		{"<cpu><feature policy='require' name='vmx'/></cpu><cpu/>", true},
		{"<x><cpu><feature policy='require' name='vmx'/></cpu></x>", false},
		{"<metadata><cpu><feature policy='require' name='vmx'/></cpu></metadata>", false},
		{"<metadata><domain><cpu><feature policy='require' name='vmx'/></cpu></domain></metadata>", false},
		{"<cpu xmlns='urn:x'><feature xmlns='' policy='require' name='vmx'/></cpu>", false},
		{"<x:cpu xmlns:x='urn:x'><feature policy='require' name='vmx'/></x:cpu>", false},
		{"<q:cpu><feature policy='require' name='vmx'/></q:cpu>", false},
		{"<!-- <cpu><feature policy='require' name='vmx'/></cpu> --><cpu/>", false},
		{"<description><![CDATA[<cpu><feature policy='require' name='vmx'/></cpu>]]></description>", false},
		{"<description>&lt;cpu>&lt;feature policy='require' name='vmx'/></description>", false},
		/* libvirt reads an attribute of the CPU by its local name, the first one (virsh define, libvirt 9.0) */
		{"<cpu xmlns:x='u'><feature x:policy='require' policy='disable' name='vmx'/></cpu>", true},
		{"<cpu xmlns:x='u'><feature policy='disable' x:policy='require' name='vmx'/></cpu>", false},
		{"<cpu xmlns:x='u'><feature policy='require' x:name='vmx' name='ssse3'/></cpu>", true},
		{"<cpu><feature xmlns:policy='disable' policy='require' name='vmx'/></cpu>", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain;
		char xml[512];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].cpu);
		domain = domain_of(xml);
		CHECK(nestxml_domain_is_requiring_nesting(domain) == cases[i].required, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_an_expanded_cpu_is_fixed(void **state)
{
	static const struct {
		const char *cpu;
		bool fixed;
	} cases[] = {
		{"<cpu mode='custom' match='exact' check='full'><model>EPYC</model></cpu>", true},
		{"<cpu check=\"full\" match=\"exact\" mode=\"custom\"/>", true},
		{"<cpu match='exact' check='full'/>", true}, /* custom is what libvirt reads there */
		{"<cpu mode='custom' match='exact' check='partial'/>", false},
		{"<cpu mode='custom' match='exact'/>", false},
		{"<cpu mode='custom' match='minimum' check='full'/>", false},
		{"<cpu mode='custom' match='strict' check='full'/>", false},
		{"<cpu mode='custom' check='full'/>", false},
		{"<cpu mode='host-model' match='exact' check='full'/>", false},
		{"<cpu mode='host-passthrough' match='exact' check='full'/>", false},
		{"<cpu mode='maximum' match='exact' check='full'/>", false},
		{"<cpu mode='' match='exact' check='full'/>", false},
		{"<cpu mode='host-model'/><cpu mode='custom' match='exact' check='full'/>", false},
		{"<x><cpu mode='custom' match='exact' check='full'/></x>", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_domain *domain;
		char xml[512];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].cpu);
		domain = domain_of(xml);
		CHECK(nestxml_domain_has_expanded_cpu(domain) == cases[i].fixed, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_an_unknown_vendor_or_policy_is_never_stated(void **state)
{
	struct nestxml_domain *domain = domain_of(
		"<domain type='kvm'><cpu><feature policy='require' name='svm'/><feature policy='require' name='ssse3'/></cpu></domain>");

	(void)state;
	assert_true(nestxml_domain_is_stating(domain, NESTXML_VENDOR_AMD, NESTXML_NESTED_REQUIRE));
	assert_false(nestxml_domain_is_stating(domain, NESTXML_VENDOR_NONE, NESTXML_NESTED_REQUIRE));
	assert_false(nestxml_domain_is_stating(domain, NESTXML_VENDOR_AMD, NESTXML_NESTED_LEAVE));
	for (unsigned int value = NESTXML_NESTED_DISABLE + 1; value < 64; value++)
		assert_false(nestxml_domain_is_stating(domain, NESTXML_VENDOR_AMD, (enum nestxml_nested)value));
	nestxml_domain_free(domain);
}

/* ---- does it apply? ---- */

static void test_nesting_applies_to_kvm_and_qemu_on_x86(void **state)
{
	static const struct {
		const char *type;
		const char *arch; /* NULL: not stated */
		enum nestxml_vendor vendor;
		int code;
	} cases[] = {
		{"kvm", "x86_64", NESTXML_VENDOR_INTEL, 0},
		{"kvm", "x86_64", NESTXML_VENDOR_AMD, 0},
		{"kvm", "i686", NESTXML_VENDOR_INTEL, 0},
		{"kvm", NULL, NESTXML_VENDOR_AMD, 0},
		{"kvm", "", NESTXML_VENDOR_AMD, 0},
		{"qemu", "x86_64", NESTXML_VENDOR_AMD, 0},
		{"qemu", "i686", NESTXML_VENDOR_AMD, 0},
		{"qemu", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TCG},
		{"kvm", "x86_64", NESTXML_VENDOR_NONE, NESTXML_E_VENDOR},
		{"qemu", "x86_64", NESTXML_VENDOR_NONE, NESTXML_E_VENDOR},
		{"kvm", "aarch64", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"qemu", "riscv64", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"kvm", "s390x", NESTXML_VENDOR_NONE, NESTXML_E_ARCH},
		{"kvm", "X86_64", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"kvm", "\xe2\x80\xae", NESTXML_VENDOR_AMD, NESTXML_E_ARCH},
		{"xen", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
		{"lxc", "aarch64", NESTXML_VENDOR_NONE, NESTXML_E_TYPE},
		{"", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
		{"KVM", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
		{"\xc2\x9b", "x86_64", NESTXML_VENDOR_INTEL, NESTXML_E_TYPE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain;
		char xml[128];

		snprintf(xml, sizeof(xml), "<domain type='%s'><os><type %s%s%s>hvm</type></os></domain>", cases[i].type,
			 cases[i].arch ? "arch='" : "", cases[i].arch ? cases[i].arch : "", cases[i].arch ? "'" : "");
		domain = domain_of(xml);
		CHECK(nestxml_domain_check_applicable(domain, cases[i].vendor, &error) == cases[i].code, "%s", xml);
		CHECK((int)error.code == cases[i].code && is_printable(error.message), "%s: %s", xml, error.message);
		CHECK(nestxml_domain_check_applicable(domain, cases[i].vendor, NULL) == cases[i].code, "%s", xml);
		nestxml_domain_free(domain);
	}
}

static void test_nesting_does_not_apply_to_a_guest_whose_memory_is_encrypted(void **state)
{
	static const struct {
		const char *xml;
		int code;
	} cases[] = {
		{"<launchSecurity type='sev'/>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type='sev'><policy>0x1</policy></launchSecurity>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type=\"sev-snp\"/>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type='tdx'/>", NESTXML_E_ENCRYPTED},
		{"<launchSecurity type='s390-pv'/>", 0},
		{"<launchSecurity type='SEV'/>", 0},
		{"<launchSecurity/>", 0},
		{"<launchSecurity type='s390-pv'/><launchSecurity type='sev'/>", 0}, /* libvirt reads the first */
		{"<x><launchSecurity type='sev'/></x>", 0},
		{"<launchSecurity xmlns='urn:x' type='sev'/>", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain;
		char xml[256];

		snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", cases[i].xml);
		domain = domain_of(xml);
		CHECK(nestxml_domain_check_applicable(domain, NESTXML_VENDOR_AMD, &error) == cases[i].code, "%s", xml);
		CHECK(cases[i].code == 0 || strstr(error.message, "encrypted"), "%s: %s", xml, error.message);
		nestxml_domain_free(domain);
	}
}

/* ---- errors ---- */

static void test_the_error_may_be_null(void **state)
{
	static const char *const bad[] = {"", "<", "<x/>", "<!DOCTYPE x><x/>", "\xff"};
	struct nestxml_domain *domain = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(nestxml_domain_new(bad[i], strlen(bad[i]), &domain, NULL) < 0);
	assert_null(domain);
	nestxml_domain_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_error_may_be_null),
		cmocka_unit_test(test_a_domain_with_an_id_is_live),
		cmocka_unit_test(test_type_qemu_is_emulated_and_has_amds_extension),
		cmocka_unit_test(test_a_cpu_requires_nesting_by_vmx_or_svm),
		cmocka_unit_test(test_an_expanded_cpu_is_fixed),
		cmocka_unit_test(test_an_unknown_vendor_or_policy_is_never_stated),
		cmocka_unit_test(test_nesting_does_not_apply_to_a_guest_whose_memory_is_encrypted),
		cmocka_unit_test(test_nesting_applies_to_kvm_and_qemu_on_x86),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
