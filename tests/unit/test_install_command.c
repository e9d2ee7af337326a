/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_install_command.c - commands of modprobe.d's `install`: which of them a shell would reach modprobe by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/install_command.h"
#include "macros.h"

static void check(const char *command, bool may_load, const char *wanted)
{
	char options[64];

	if (install_command_may_load(command, "kvm_intel", options, sizeof(options)) != may_load)
		fail_msg("%s: %s", command, may_load ? "may load it" : "loads nothing");
	if (strcmp(options, wanted) != 0)
		fail_msg("%s: adds '%s', not '%s'", command, options, wanted);
}

/* None of which adds an option. */
static void check_all(const char *const *commands, size_t count, bool may_load)
{
	for (size_t i = 0; i < count; i++)
		check(commands[i], may_load, "");
}

static void the_word_modprobe_alone_loads_nothing(void **state)
{
	static const char *const commands[] = {
		"",
		"/bin/false",
		"/bin/true; # modprobe kvm_intel",
		"/bin/false # ask before you modprobe it",
		"#modprobe kvm_intel",
		"echo \"no modprobe of this here\"; exit 1",
		"echo 'modprobe; modprobe' \"a \\\" modprobe",
		"logger modprobe kvm_intel",
		": modprobe",
		"/usr/local/bin/no-modprobe",
		"/usr/local/sbin/load-kvm",
		"/sbin/modprobe -ri kvm_intel",
		"/sbin/modprobe --dry-run kvm_intel",
		"/sbin/modprobe --ignore-install kvm",
		"insmod /lib/modules/6.12/kvm.ko",
		"cat /etc/modprobe.d/a.conf >/dev/null 2>&1; false",
		"$FALSE",
		"(true)",
	};

	(void)state;
	check_all(commands, ARRAY_SIZE(commands), false);
}

static void what_the_shell_does_not_reach_loads_nothing(void **state)
{
	(void)state;
	check("false && modprobe -i kvm_intel", false, "");
	check("true || modprobe -i kvm_intel", false, "");
	check("false && true && modprobe -i kvm_intel", false, "");
	check("exit 1; modprobe -i kvm_intel", false, "");
	check("false || exit 1; modprobe -i kvm_intel", false, "");
	check("true && exit; modprobe -i kvm_intel", false, "");
	check("true && modprobe -i kvm_intel", true, "");
	check("false || modprobe -i kvm_intel", true, "");
	check("false; modprobe -i kvm_intel", true, "");
	check("false & modprobe -i kvm_intel", true, "");
	check("false | modprobe -i kvm_intel", true, "");
	check("test -e /x && modprobe -i kvm_intel", true, "");
	check("test -e /x || exit 1; modprobe -i kvm_intel", true, "");
	check("if false; then exit 1; fi; modprobe -i kvm_intel", true, "");
	check("! false && modprobe -i kvm_intel", true, "");
	check("(exit 1); modprobe -i kvm_intel", true, "");
}

static void modprobe_is_found_however_it_is_called(void **state)
{
	static const char *const commands[] = {
		"modprobe",
		"modprobe --unheard-of",
		"/sbin/modprobe --ignore-install kvm_intel $CMDLINE_OPTS",
		"\"/sbin/modprobe\" '--ignore-install' \"kvm-intel\"",
		"/sbin/modpro\\be -i kvm_intel",
		"modprobe -i $MODPROBE_MODULE",
		"/sbin/modprobe kvm; /sbin/modprobe -i kvm_intel; logger loaded",
		"/sbin/insmod /lib/modules/6.12/kernel/arch/x86/kvm/kvm-intel.ko.xz",
		"{ modprobe -i kvm_intel; }",
		"(modprobe)",
		"A=1 modprobe -i kvm_intel",
		"sudo -u root modprobe -i kvm_intel",
		"sh -c 'exec modprobe -i kvm_intel'",
		"$(which modprobe) -i kvm_intel",
		"`which modprobe` -i kvm_intel",
		"my-modprobe kvm_intel",
		"echo \\# && modprobe -i kvm_intel",
		"logger \"$(/sbin/modprobe -vi kvm_intel 2>&1)\"",
		"x=`modprobe -i kvm_intel`",
		"case $(uname -r) in 6.*) modprobe -i kvm_intel;; esac",
		"f() { modprobe -i kvm_intel; }; f",
		"exit 1 & modprobe -i kvm_intel",
		">/dev/null modprobe -i kvm_intel",
		"modprobe > /dev/null 2>&1 -i kvm_intel",
		"modprobe -C /etc/modprobe.d -i kvm_intel",
		"modprobe -d / --ignore-install kvm_intel",
		"modprobe -a kvm kvm_intel",
		"insmod /lib/modules/$(uname -r)/kernel/arch/x86/kvm/kvm-intel.ko",
		"stdbuf -o0 modprobe -i kvm_intel",
		"xargs /sbin/modprobe -i kvm_intel",
	};

	(void)state;
	check_all(commands, ARRAY_SIZE(commands), true);
}

static void what_it_adds_to_the_options_is_told(void **state)
{
	(void)state;
	check("modprobe -i kvm_intel nested=0", true, "nested=0");
	check("modprobe kvm ignore_msrs=1 && modprobe -i kvm-intel ept=1 $CMDLINE_OPTS nested=0; true x=1", true, "ept=1 nested=0");
	check("modprobe kvm nested=0", false, "");
	check("sh -c \"modprobe -i kvm_intel nested=0\"", true, "nested=0");
	check("sh -c 'false && modprobe -i kvm_intel'", false, "");
	check("modprobe -i kvm_intel a=1234567890123456789012345678901234567890 b=1234567890123456789012345678901234567890", true,
	      "a=1234567890123456789012345678901234567890 b=123456789012345678");
}

static void insmod_reads_no_options(void **state)
{
	static const struct {
		const char *command;
		bool wanted;
	} rows[] = {
		{"insmod /lib/modules/6.12/kvm-intel.ko", true}, {"/sbin/insmod /lib/modules/6.12/kvm-intel.ko nested=0", true},
		{"sudo insmod /a/kvm-intel.ko", true},		 {"sh -c 'insmod /a/kvm-intel.ko'", true},
		{"/bin/true; insmod /a/kvm-intel.ko", true},	 {"insmod /a/kvm.ko; modprobe -i kvm_intel", false},
		{"modprobe --ignore-install kvm_intel", false},	 {"/bin/false", false},
		{"false && insmod /a/kvm-intel.ko", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (install_command_reads_no_options(rows[i].command, "kvm_intel") != rows[i].wanted)
			fail_msg("%s: %s", rows[i].command, rows[i].wanted ? "reads none" : "reads them, or loads nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_modprobe_alone_loads_nothing),       cmocka_unit_test(insmod_reads_no_options),
		cmocka_unit_test(what_the_shell_does_not_reach_loads_nothing), cmocka_unit_test(modprobe_is_found_however_it_is_called),
		cmocka_unit_test(what_it_adds_to_the_options_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
