/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_cpuinfo.c - which flags of the first processor are read. */
#include "support.h"

#include "host/cpuinfo.h"

static const struct {
	const char *text;
	bool known;
	const char *flags; /* a letter each: v, s, h */
} cpuinfos[] = {
	{"", false, ""},
	{"flags\t\t: fpu vmx", false, ""},
	{"flags\t\t: fpu vmx\n", true, "v"},
	{"flags:svm\n", true, "s"},
	{"flags\t\t:\n", true, ""},
	{"vendor_id\t: AuthenticAMD\nflags\t\t: hypervisor svm\n\nflags\t\t: vmx\n", true, "sh"},
	{"vmx flags\t: vmx\nflags\t\t: vmxoff xvmx svm_lock\n", true, ""},
	{"flagsx\t: vmx\nflags vmx\n", false, ""},
	{"vmx flags\t\t: ept vpid\nflags\t\t: vmx  svm \thypervisor\n", true, "vsh"},
	{"Features\t: fp asimd\n", false, ""},
};

static void test_the_flags_of_the_first_processor(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cpuinfos); i++) {
		struct cpuinfo cpuinfo;

		CHECK(cpuinfo_parse(cpuinfos[i].text, &cpuinfo) == cpuinfos[i].known, "%s", cpuinfos[i].text);
		CHECK(cpuinfo.has[NESTXML_VENDOR_INTEL] == (strchr(cpuinfos[i].flags, 'v') != NULL), "%s", cpuinfos[i].text);
		CHECK(cpuinfo.has[NESTXML_VENDOR_AMD] == (strchr(cpuinfos[i].flags, 's') != NULL), "%s", cpuinfos[i].text);
		CHECK(cpuinfo.hypervisor == (strchr(cpuinfos[i].flags, 'h') != NULL), "%s", cpuinfos[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_flags_of_the_first_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
