/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_qemu_process.c - what is read out of a QEMU's command line and log, and the table of verdicts. */
#include "support.h"

#include <errno.h>
#include <unistd.h>

#include "guests/qemu_command.h"
#include "guests/qemu_log.h"
#include "guests/qemu_process.h"
#include "guests/qemu_verdict.h"
#include "host/cpuinfo.h"

#define NAME "vm"
#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

/* ---- the command line ---- */

/* Arguments with blanks between them become what /proc shows. */
static size_t make_line(const char *words, char *line, size_t size)
{
	size_t length = strlen(words);

	assert_true(length + 2 <= size);
	memcpy(line, words, length + 1);
	line[length + 1] = '\0';
	for (size_t i = 0; i < length; i++)
		if (line[i] == ' ')
			line[i] = '\0';
	return length > 0 ? length + 1 : 0;
}

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

/* ---- the process ---- */

static void add_process(const struct tree *tree, const char *id, const char *words)
{
	char path[64];
	char line[512];
	size_t length = make_line(words, line, sizeof(line));

	snprintf(path, sizeof(path), "/proc/%s/cmdline", id);
	tree_write_bytes(tree, path, line, length, 0644);
}

static int find(const struct tree *tree, const char *name, pid_t *pid)
{
	struct qemu_processes processes;
	const struct qemu_process *process;
	int code = qemu_processes_read(tree->root, &processes);

	*pid = 0;
	if (code != 0)
		return code;
	code = qemu_processes_find(&processes, tree->root, name, UUID, &process);
	if (code == 0)
		*pid = process->pid;
	qemu_processes_clear(&processes);
	return code;
}

static void test_a_process_is_found_by_the_pid_file_and_else_by_its_name(void **state)
{
	const struct tree *tree = *state;
	pid_t pid;

	assert_int_equal(find(tree, NAME, &pid), -ENOENT);
	tree_directory(tree, "/proc/self");
	add_process(tree, "7", "qemu -name guest=other -cpu host");
	add_process(tree, "8", "");
	assert_int_equal(find(tree, NAME, &pid), -ENOENT);
	add_process(tree, "42", "qemu -name guest=vm -cpu host");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 42);
	add_process(tree, "43", "qemu -name guest=vm -cpu max");
	assert_int_equal(find(tree, NAME, &pid), -ENOTUNIQ);
	tree_write(tree, "/run/libvirt/qemu/vm.pid", "43\n");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 43);
}

static void test_of_a_wrapper_and_the_qemu_it_started_the_qemu_counts(void **state)
{
	const struct tree *tree = *state;
	pid_t pid;

	add_process(tree, "42", "/bin/sh /usr/local/bin/wrapper -name guest=vm -cpu host");
	tree_write(tree, "/run/libvirt/qemu/vm.pid", "42\n");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 42); /* it is all there is, and it is doubted */
	add_process(tree, "43", "qemu -name guest=vm -cpu max");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 43);
	add_process(tree, "44", "qemu -name guest=vm -cpu max");
	assert_int_equal(find(tree, NAME, &pid), -ENOTUNIQ);
}

static void test_each_of_many_guests_is_found(void **state)
{
	const struct tree *tree = *state;

	for (int i = 1; i <= 50; i++) {
		char id[16];
		char words[64];

		snprintf(id, sizeof(id), "%d", 100 + i * 7 % 50);
		snprintf(words, sizeof(words), "qemu -name guest=vm%d -cpu host", 100 + i * 7 % 50);
		add_process(tree, id, words);
	}
	for (int i = 100; i < 150; i++) {
		char name[16];
		pid_t pid;

		snprintf(name, sizeof(name), "vm%d", i);
		CHECK(find(tree, name, &pid) == 0 && pid == i, "%s: %d", name, (int)pid);
	}
}

static void test_a_pid_file_that_is_wrong_is_not_believed(void **state)
{
	static const char *const texts[] = {"7", "", "x", "-1", "../42", "4242424242424242424242424242", "42x", "\n42"};
	const struct tree *tree = *state;
	pid_t pid;

	add_process(tree, "7", "qemu -name guest=other -cpu host");
	add_process(tree, "42", "qemu -name guest=vm -cpu host");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		tree_write(tree, "/run/libvirt/qemu/vm.pid", texts[i]);
		CHECK(find(tree, NAME, &pid) == 0 && pid == 42, "'%s': %d", texts[i], (int)pid);
	}
}

static void test_a_name_never_leads_out_of_libvirts_directories(void **state)
{
	const struct tree *tree = *state;
	char *long_name = calloc(1, 5000);
	struct qemu_log log;
	pid_t pid;

	assert_non_null(long_name);
	memset(long_name, 'a', 4999);
	tree_directory(tree, "/run/libvirt/qemu");
	tree_write(tree, "/run/libvirt/evil.pid", "42");
	tree_write(tree, "/var/log/libvirt/evil.log", "");
	tree_directory(tree, "/var/log/libvirt/qemu");
	add_process(tree, "42", "qemu -name guest=../evil");
	add_process(tree, "43", "qemu -name guest=../evil");
	assert_int_equal(find(tree, "../evil", &pid), -ENOTUNIQ); /* by the PID file it were 42 */
	assert_int_equal(qemu_log_read(tree->root, "../evil", &log), -EINVAL);
	assert_int_equal(qemu_log_read(tree->root, "", &log), -EINVAL);
	assert_int_equal(qemu_log_read(tree->root, long_name, &log), -EINVAL);
	assert_int_equal(find(tree, long_name, &pid), -ENOENT);
	assert_int_equal(find(tree, "", &pid), -ENOENT);
	free(long_name);
}

/* ---- the log ---- */

#define START "2026-11-22 03:10:44.190+0000: starting up libvirt version: 9.0.0, kernel: 6.1\n-msg timestamp=on\n"
#define WARN "2026-11-22T03:11:15.604245Z qemu-system-x86_64: warning: "
#define LACKS_SVM WARN "host doesn't support requested feature: CPUID.80000001H:ECX.svm [bit 2]\n"
#define LACKS_VMX WARN "host doesn't support requested feature: CPUID.01H:ECX.vmx [bit 5]\n"

static const struct {
	const char *text;
	bool started;
	bool lacks_vmx;
	bool lacks_svm;
} logs[] = {
	{"", false, false, false},
	{"\n\n", false, false, false},
	{START, true, false, false},
	{START LACKS_SVM, true, false, true},
	{START LACKS_VMX, true, true, false},
	{START LACKS_VMX LACKS_SVM, true, true, true},
	{START LACKS_SVM "2026-11-22 03:11:44.190+0000: shutting down, reason=destroyed\n" START, true, false, false},
	{START START LACKS_SVM, true, false, true},
	{LACKS_SVM, false, false, false},
	{LACKS_SVM START, true, false, false},
	{START WARN "TCG doesn't support requested feature: CPUID.01H:ECX.vmx [bit 5]\n", true, true, false},
	{START WARN "host doesn't support requested feature: CPUID[eax=80000001h].ECX.svm [bit 2]\n", true, false, true},
	{START WARN "host doesn't support requested feature: CPUID[eax=01h].ECX.vmx [bit 5]", true, true, false},
	{START WARN "host doesn't support requested feature: CPUID.01H:ECX.pni [bit 0]\n", true, false, false},
	{START WARN "host doesn't support requested feature: MSR(48BH).vmx-ept [bit 33]\n", true, false, false},
	{START WARN "host doesn't support requested feature: CPUID.80000001H:ECX.svmx [bit 2]\n", true, false, false},
	{START WARN "host doesn't support requested feature: svm\n", true, false, false},
	{START WARN "host doesn't support requested feature: \n", true, false, false},
	{START WARN "host doesn't support requested feature: CPUID.80000001H:ECX.svm", true, false, true},
	/* QEMU's own words, whoever put them into its mouth, are no start */
	{START LACKS_SVM "2026-11-22T03:10:44.190000Z: starting up\n", true, false, true},
	{START LACKS_SVM "x2026-11-22 03:10:44.190+0000: starting up\n", true, false, true},
	{START LACKS_SVM WARN "2026-11-22 03:10:44.190+0000: starting up\n", true, false, true},
	{"2026-11-22 03:10:44.190+0000: starting u", false, false, false},
	{"2026-11-22 03:10:44.190+0000: starting up", true, false, false},
};

static void test_a_log_is_read_from_its_last_start_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		struct qemu_log log;

		qemu_log_parse(logs[i].text, strlen(logs[i].text), &log);
		CHECK(log.started == logs[i].started && log.lacks[NESTXML_VENDOR_INTEL] == logs[i].lacks_vmx &&
			      log.lacks[NESTXML_VENDOR_AMD] == logs[i].lacks_svm,
		      "log %zu: %s", i, logs[i].text);
	}
}

static void test_of_a_large_log_the_end_is_read(void **state)
{
	const struct tree *tree = *state;
	size_t size = (size_t)3 << 20;
	char *text = malloc(size);
	struct qemu_log log;

	assert_non_null(text);
	memset(text, '\n', size);
	memcpy(text, START, sizeof(START) - 1);
	tree_write_bytes(tree, "/var/log/libvirt/qemu/vm.log", text, size, 0644);
	assert_int_equal(qemu_log_read(tree->root, NAME, &log), 0);
	assert_false(log.started);
	memcpy(text + size - 1000, START LACKS_SVM, sizeof(START LACKS_SVM) - 1);
	tree_write_bytes(tree, "/var/log/libvirt/qemu/vm.log", text, size, 0644);
	assert_int_equal(qemu_log_read(tree->root, NAME, &log), 0);
	assert_true(log.started && log.lacks[NESTXML_VENDOR_AMD] && !log.lacks[NESTXML_VENDOR_INTEL]);
	free(text);
}

static void test_what_is_no_log_is_not_read(void **state)
{
	const struct tree *tree = *state;
	struct qemu_log log;

	assert_int_equal(qemu_log_read(tree->root, NAME, &log), -ENOENT);
	tree_directory(tree, "/var/log/libvirt/qemu/vm.log");
	assert_int_equal(qemu_log_read(tree->root, NAME, &log), -EINVAL);
	assert_int_equal(mkfifo(tree_path(tree, "/var/log/libvirt/qemu/pipe.log"), 0644), 0);
	assert_int_equal(qemu_log_read(tree->root, "pipe", &log), -EINVAL);
	tree_write_bytes(tree, "/var/log/libvirt/qemu/roots.log", "", 0, 0);
	become_nobody();
	assert_int_equal(qemu_log_read(tree->root, "roots", &log), -EACCES);
	become_oneself();
}

/* ---- the verdict ---- */

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

static void test_an_emulated_guest_whose_process_is_not_known_is_asked_for_svm(void **state)
{
	struct qemu_evidence evidence = {
		.vendor = INTEL, .is_emulated = true, .guest[NESTXML_VENDOR_INTEL] = NO, .guest[NESTXML_VENDOR_AMD] = YES};

	(void)state;
	assert_int_equal(qemu_evidence_vendor(&evidence), AMD);
	assert_int_equal(qemu_verdict_find(&evidence), QEMU_VERDICT_GUEST_HAS);
}

/* ---- the flags ---- */

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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_command_line_is_read_as_qemu_reads_it),
		cmocka_unit_test(test_a_process_is_a_guests_by_its_name_and_uuid),
		cmocka_unit_test(test_an_argument_whose_effect_is_not_known_is_doubted),
		cmocka_unit_test(test_a_guests_name_is_read_whole),
		TREE_TEST(test_a_process_is_found_by_the_pid_file_and_else_by_its_name),
		TREE_TEST(test_a_pid_file_that_is_wrong_is_not_believed),
		TREE_TEST(test_of_a_wrapper_and_the_qemu_it_started_the_qemu_counts),
		TREE_TEST(test_each_of_many_guests_is_found),
		TREE_TEST(test_a_name_never_leads_out_of_libvirts_directories),
		cmocka_unit_test(test_a_log_is_read_from_its_last_start_on),
		TREE_TEST(test_of_a_large_log_the_end_is_read),
		TREE_TEST(test_what_is_no_log_is_not_read),
		cmocka_unit_test(test_the_table_of_verdicts),
		cmocka_unit_test(test_every_verdict_is_a_yes_a_no_or_neither),
		cmocka_unit_test(test_no_guest_overrules_the_host),
		cmocka_unit_test(test_qemus_own_answer_counts_where_nothing_contradicts_it),
		cmocka_unit_test(test_what_libvirt_found_in_qemu_is_never_passed_over),
		cmocka_unit_test(test_what_is_doubted_elsewhere_is_never_certain),
		cmocka_unit_test(test_an_emulated_guest_whose_process_is_not_known_is_asked_for_svm),
		cmocka_unit_test(test_the_flags_of_the_first_processor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
