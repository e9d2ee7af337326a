/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_qemu_command.c - what is read out of a QEMU's command line. */
#include "support.h"

#include "guests/qemu_command.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static const struct {
	const char *words;
	enum qemu_accelerator accelerator;
	const char *model;
	enum qemu_switch vmx;
	enum qemu_switch svm;
} lines[] = {
#define UNSTATED QEMU_SWITCH_UNSTATED
#define ON QEMU_SWITCH_ON
#define OFF QEMU_SWITCH_OFF
#define NO_ACCELERATOR QEMU_ACCELERATOR_UNSTATED
#define KVM QEMU_ACCELERATOR_KVM
#define TCG QEMU_ACCELERATOR_TCG
#define OTHER QEMU_ACCELERATOR_OTHER
	{"", NO_ACCELERATOR, "", UNSTATED, UNSTATED},
	{"qemu", NO_ACCELERATOR, "", UNSTATED, UNSTATED},
	/* as libvirt 9.0 writes them */
	{"qemu -name guest=vm -S -machine pc-i440fx-7.2,usb=off -accel kvm -cpu host,migratable=on -m 32", KVM, "host", UNSTATED, UNSTATED},
	{"qemu -accel kvm -cpu host,migratable=on,vmx=on", KVM, "host", ON, UNSTATED},
	{"qemu -accel tcg -cpu qemu64,svm=off", TCG, "qemu64", UNSTATED, OFF},
	{"qemu -accel kvm -cpu qemu64,svm=off,vmx=on,pni=off", KVM, "qemu64", ON, OFF},
	{"qemu -accel tcg -cpu max", TCG, "max", UNSTATED, UNSTATED},
	/* as older ones do, and people */
	{"qemu -machine pc-i440fx-2.8,accel=kvm,usb=off -cpu Haswell,+vmx,-svm", KVM, "Haswell", ON, OFF},
	{"qemu -M accel=tcg -cpu max", TCG, "max", UNSTATED, UNSTATED},
	{"qemu -enable-kvm -cpu EPYC,+svm", KVM, "EPYC", UNSTATED, ON},
	{"qemu -accel kvm,dirty-ring-size=4096 -cpu max", KVM, "max", UNSTATED, UNSTATED},
	{"qemu -machine accel=kvm:tcg -cpu max", OTHER, "max", UNSTATED, UNSTATED},
	{"qemu -accel kvm -accel tcg -cpu max", OTHER, "max", UNSTATED, UNSTATED},
	{"qemu -accel kvm -accel kvm -cpu max", KVM, "max", UNSTATED, UNSTATED},
	{"qemu -accel xen -cpu max", OTHER, "max", UNSTATED, UNSTATED},
	{"qemu -accel kvmx -cpu max", OTHER, "max", UNSTATED, UNSTATED},
	/* QEMU's spellings, and its order */
	{"qemu -cpu max,svm", NO_ACCELERATOR, "max", UNSTATED, ON},
	{"qemu -cpu max,svm=yes,vmx=no", NO_ACCELERATOR, "max", OFF, ON},
	{"qemu -cpu max,svm=true,vmx=false", NO_ACCELERATOR, "max", OFF, ON},
	{"qemu -cpu max,svm=y,vmx=n", NO_ACCELERATOR, "max", OFF, ON},
	{"qemu -cpu max,svm=perhaps", NO_ACCELERATOR, "max", UNSTATED, UNSTATED},
	{"qemu -cpu max,svm=on,svm=off", NO_ACCELERATOR, "max", UNSTATED, OFF},
	{"qemu -cpu max,+svm,svm=off", NO_ACCELERATOR, "max", UNSTATED, ON},
	{"qemu -cpu max,-svm,svm=on", NO_ACCELERATOR, "max", UNSTATED, OFF},
	{"qemu -cpu max,-svm,+svm", NO_ACCELERATOR, "max", UNSTATED, OFF},
	{"qemu -cpu max,vmx-ept=on,svm-lock=on,xsvm=on", NO_ACCELERATOR, "max", UNSTATED, UNSTATED},
	{"qemu -cpu max,,svm=on,", NO_ACCELERATOR, "max", UNSTATED, ON},
	{"qemu -cpu vmx", NO_ACCELERATOR, "vmx", UNSTATED, UNSTATED},
	{"qemu -cpu qemu64 -cpu max", NO_ACCELERATOR, "max", UNSTATED, UNSTATED},
	/* two dashes are one */
	{"qemu --accel kvm --cpu max", KVM, "max", UNSTATED, UNSTATED},
	{"qemu -accel kvm -cpu qemu64,svm=off --cpu max", KVM, "max", UNSTATED, UNSTATED},
	{"qemu -accel kvm --cpu max -cpu qemu64,svm=off", KVM, "qemu64", UNSTATED, OFF},
	{"qemu --machine pc,accel=kvm --enable-kvm", KVM, "", UNSTATED, UNSTATED},
	{"qemu -accel accel=kvm,dirty-ring-size=4096", KVM, "", UNSTATED, UNSTATED},
	/* a global property counts where -cpu does not state it, the last one, of the model's own type or a parent's */
	{"qemu -accel tcg -cpu kvm64 -global kvm64-x86_64-cpu.svm=on", TCG, "kvm64", UNSTATED, ON},
	{"qemu -accel tcg -global kvm64-x86_64-cpu.svm=on -cpu kvm64", TCG, "kvm64", UNSTATED, ON},
	{"qemu -accel tcg -cpu kvm64 --global x86_64-cpu.svm=on", TCG, "kvm64", UNSTATED, ON},
	{"qemu -accel tcg -cpu kvm64 -global cpu.svm=on", TCG, "kvm64", UNSTATED, ON},
	{"qemu -accel tcg -cpu kvm64 -global driver=x86_64-cpu,property=svm,value=on", TCG, "kvm64", UNSTATED, ON},
	{"qemu -accel tcg -cpu kvm64,svm=off -global kvm64-x86_64-cpu.svm=on", TCG, "kvm64", UNSTATED, OFF},
	{"qemu -accel tcg -cpu max -global max-x86_64-cpu.svm=off", TCG, "max", UNSTATED, OFF},
	{"qemu -accel kvm -cpu host -global max-x86_64-cpu.svm=off", KVM, "host", UNSTATED, OFF},
	{"qemu -accel kvm -cpu host -global max-x86_64-cpu.vmx=off", KVM, "host", OFF, UNSTATED},
	{"qemu -accel tcg -global qemu64-x86_64-cpu.svm=off", TCG, "", UNSTATED, OFF},
	{"qemu -accel tcg -cpu max -global kvm64-x86_64-cpu.svm=off", TCG, "max", UNSTATED, UNSTATED},
	{"qemu -accel tcg -cpu kvm64 -global cpu.svm=on -global cpu.svm=off", TCG, "kvm64", UNSTATED, OFF},
	{"qemu -accel tcg -cpu kvm64 -global ICH9-LPC.svm=on", TCG, "kvm64", UNSTATED, UNSTATED},
	/* the value of an option is no option */
	{"qemu -accel tcg -cpu kvm64 -append -cpu", TCG, "kvm64", UNSTATED, UNSTATED},
	{"qemu -accel tcg -cpu kvm64 -fw_cfg -cpu -serial -cpu -L --cpu", TCG, "kvm64", UNSTATED, UNSTATED},
	{"qemu -accel tcg -S -nodefaults -cpu max", TCG, "max", UNSTATED, UNSTATED},
	{"-cpu host -accel tcg", TCG, "", UNSTATED, UNSTATED}, /* the first is the program's own name */
	/* what is no option */
	{"qemu -cpu", NO_ACCELERATOR, "", UNSTATED, UNSTATED},
	{"qemu -cpu max -accel", NO_ACCELERATOR, "max", UNSTATED, UNSTATED},
	{"qemu -accel kvm -cpu max,vmx=off -append -cpu -kernel host,vmx=on", KVM, "max", OFF, UNSTATED},
	{"qemu -accel kvm -cpu max -append -enable-kvm -append -accel -append -tcg", KVM, "max", UNSTATED, UNSTATED},
	{"qemu -cpu 0123456789012345678901234567890123456789012345678901234567890123456789,svm=on", NO_ACCELERATOR,
	 "012345678901234567890123456789012345678901234567890123456789012", UNSTATED, ON},
};

static void test_a_command_line_is_read_as_qemu_reads_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char line[512];
		size_t length = make_line(lines[i].words, line, sizeof(line));
		struct qemu_command command;

		qemu_command_parse(line, length, &command);
		CHECK(command.accelerator == lines[i].accelerator, "%s", lines[i].words);
		CHECK(strcmp(command.model, lines[i].model) == 0, "%s: got %s", lines[i].words, command.model);
		CHECK(command.features[NESTXML_VENDOR_INTEL] == lines[i].vmx, "%s", lines[i].words);
		CHECK(command.features[NESTXML_VENDOR_AMD] == lines[i].svm, "%s", lines[i].words);
	}
}

static const struct {
	const char *words;
	const char *name;
	bool is_of;
} owners[] = {
	{"qemu -name guest=vm,debug-threads=on -uuid " UUID, "vm", true},
	{"qemu -name guest=vm -uuid " UUID, "vm", true},
	{"qemu -name guest=vm", "vm", true},
	{"qemu -name guest=vm -uuid C7A5FDBD-EDAF-9455-926A-D65C16DB1809", "vm", true},
	{"qemu -name guest=vm -uuid 00000000-edaf-9455-926a-d65c16db1809", "vm", false},
	{"qemu -name guest=vm2,debug-threads=on -uuid " UUID, "vm", false},
	{"qemu -name guest=v -uuid " UUID, "vm", false},
	{"qemu -name vm -uuid " UUID, "vm", true}, /* which QEMU takes for guest=vm */
	{"qemu -uuid " UUID, "vm", false},
	{"qemu -name", "vm", false},
	{"", "vm", false},
	{"qemu -name guest=a,,b,debug-threads=on", "a,b", true},
	{"qemu -name guest=a,,b", "a", false},
	{"qemu -name guest=a,,", "a,", true},
	{"qemu -name guest=a,b", "a,b", false},
	{"qemu -name guest=,debug-threads=on", "", false}, /* a guest without a name is none of libvirt's */
	{"qemu --name debug-threads=on,guest=vm --uuid " UUID, "vm", true},
	{"qemu -name guest=other -name guest=vm", "vm", true},
	{"qemu -name guest=vm -uuid " UUID " -append -uuid -uuid " UUID, "vm", true},
	{"qemu -name guest=vm -append -uuid -uuid " UUID, "vm", true},
	{"qemu -append -name guest=vm", "vm", false},
};

static void test_a_process_is_a_guests_by_its_name_and_uuid(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		char line[512];
		size_t length = make_line(owners[i].words, line, sizeof(line));

		struct qemu_command command;

		qemu_command_parse(line, length, &command);
		CHECK(qemu_command_is_of(&command, owners[i].name, UUID) == owners[i].is_of, "'%s' of '%s'", owners[i].words,
		      owners[i].name);
	}
}

static const struct {
	const char *words;
	const char *doubt;
} doubts[] = {
	{"qemu -name guest=vm -accel kvm -cpu host,migratable=on,svm=on -smp 2 -device virtio-net-pci -device {\"driver\":\"qemu-xhci\"}",
	 ""},
	{"qemu -cpu max -new-option x", "-new-option"},
	{"qemu -new-option -cpu max", "-new-option"},
	{"qemu --new-option", "--new-option"},
	{"qemu -cpu=max", "-cpu=max"},
	{"qemu -append -new-option", ""},
	{"qemu -readconfig file", "-readconfig file"},
	{"qemu -plugin file", "-plugin file"},
	{"qemu -monitor pipe:x", "-monitor pipe:x"},
	{"qemu --qmp pipe:x", "-qmp pipe:x"},
	{"qemu -qmp-pretty pipe:x", "-qmp-pretty pipe:x"},
	{"qemu -gdb pipe:x", "-gdb pipe:x"},
	{"qemu -s", "-s"},
	{"qemu -monitor none -gdb none", ""},
	{"qemu -netdev user,id=n,guestfwd=tcp:10.0.2.100:1-mon:pipe:x", "-netdev user,id=n,guestfwd=tcp:10.0.2.100:1-mon:pipe:x"},
	{"qemu -nic user,guestfwd=tcp:10.0.2.100:1-mon:pipe:x", "-nic user,guestfwd=tcp:10.0.2.100:1-mon:pipe:x"},
	{"qemu -set netdev.n.guestfwd=tcp:10.0.2.100:1-mon:pipe:x", "-set netdev.n.guestfwd=tcp:10.0.2.100:1-mon:pipe:x"},
	{"qemu -device {'driver':'qemu64-x86_64-cpu'}", "-device {'driver':'qemu64-x86_64-cpu'}"},
	{"qemu -object {'qom-type':'monitor-hmp'}", "-object {'qom-type':'monitor-hmp'}"},
	{"qemu -netdev {\"guestfw\\u0064\":1}", "-netdev {\"guestfw\\u0064\":1}"},
	{"qemu -netdev {\"type\":\"tap\",\"fd\":\"23\",\"id\":\"hostnet0\"} -netdev user,id=n", ""},
	{"qemu -serial mon:pipe:x", "-serial mon:pipe:x"},
	{"qemu -parallel mon:pipe:x", "-parallel mon:pipe:x"},
	{"qemu -debugcon mon:pipe:x", "-debugcon mon:pipe:x"},
	{"qemu -serial pipe:x -chardev pipe,id=monitor,path=x", ""},
	{"qemu -mon chardev=charmonitor,id=monitor,mode=control", ""}, /* libvirt's own */
	{"qemu -mon charmonitor", ""},
	{"qemu -mon chardev=charmonitor -mon chardev=x", "-mon chardev=x"},
	{"qemu -mon x,id=charmonitor", "-mon x,id=charmonitor"},
	{"qemu -mon chardev=charmonitor,chardev=x", "-mon chardev=charmonitor,chardev=x"},
	{"qemu -object {\"qom-type\":\"monitor-qmp\",\"id\":\"monitor\",\"chardev\":\"charmonitor\"}", ""},
	{"qemu -object {\"qom-type\":\"secret\",\"id\":\"masterKey0\"}", ""},
	{"qemu -object monitor-hmp,id=x,chardev=y", "-object monitor-hmp,id=x,chardev=y"},
	{"qemu -object {\"qom-type\":\"\\u006donitor-hmp\"}", "-object {\"qom-type\":\"\\u006donitor-hmp\"}"},
	{"qemu -object {\"qom-type\":\"secret\",\"file\":\"/monitor-\\\\\"}", ""},
	{"qemu -object id=monitor-x,qom-type=rng-random", ""},
	{"qemu -object id=x,chardev=y,qom-type=monitor-qmp", "-object id=x,chardev=y,qom-type=monitor-qmp"},
	{"qemu -object {\"qom-type\":null}", ""},
	{"qemu -object {\"qom-type\":\"monitor-hmp\",", ""}, /* QEMU does not start */
	{"qemu -device host-x86_64-cpu,svm=on", "-device host-x86_64-cpu,svm=on"},
	{"qemu -device id=a,driver=host-x86_64-cpu", "-device id=a,driver=host-x86_64-cpu"},
	{"qemu -device {\"driver\":\"host-x86_64-cpu\"}", "-device {\"driver\":\"host-x86_64-cpu\"}"},
	{"qemu -device {\"driver\":\"host-x86_64-cp\\u0075\"}", "-device {\"driver\":\"host-x86_64-cp\\u0075\"}"},
	{"qemu -device virtio-rng-pci,id=c -set device.c.driver=cpu", "-set device.c.driver=cpu"},
	{"qemu --set global.g.driver=cpu", "-set global.g.driver=cpu"},
	{"qemu -set device.c.x-vga=on -set device.driver=on -set device", ""},
	{"qemu -cpu max,xlevel=0x80000000", "-cpu max,xlevel=0x80000000"},
	{"qemu -global max-x86_64-cpu.xlevel=1 -cpu max", "-global max-x86_64-cpu.xlevel=1"},
	{"qemu -global max-x86_64-cpu.xlevel=1 -cpu kvm64", ""},
	{"/bin/sh /usr/local/bin/wrapper -cpu max", "/usr/local/bin/wrapper"},
};

static void test_an_argument_whose_effect_is_not_known_is_doubted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(doubts); i++) {
		char line[512];
		size_t length = make_line(doubts[i].words, line, sizeof(line));
		struct qemu_command command;

		qemu_command_parse(line, length, &command);
		CHECK(strcmp(command.doubt, doubts[i].doubt) == 0, "%s: got '%s'", doubts[i].words, command.doubt);
	}
}

static void test_a_guests_name_is_read_whole(void **state)
{
	static const struct {
		const char *words;
		const char *name;
	} names[] = {
		{"qemu -name guest=a,,b,debug-threads=on", "a,b"},
		{"qemu -name a,process=b", "a"},
		{"qemu -name vm", "vm"},
		{"qemu -append -name guest=vm", ""},
		{"qemu", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char line[512];
		char name[256];
		size_t length = make_line(names[i].words, line, sizeof(line));

		CHECK(qemu_command_get_name(line, length, name, sizeof(name)) == (names[i].name[0] != '\0'), "%s", names[i].words);
		CHECK(strcmp(name, names[i].name) == 0, "%s: got '%s'", names[i].words, name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_command_line_is_read_as_qemu_reads_it),
		cmocka_unit_test(test_a_process_is_a_guests_by_its_name_and_uuid),
		cmocka_unit_test(test_an_argument_whose_effect_is_not_known_is_doubted),
		cmocka_unit_test(test_a_guests_name_is_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
