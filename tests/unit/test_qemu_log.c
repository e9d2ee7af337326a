/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_qemu_log.c - what is read out of a QEMU's log. */
#include "support.h"

#include <errno.h>

#include "guests/qemu_log.h"

#define NAME "vm"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_log_is_read_from_its_last_start_on),
		TREE_TEST(test_of_a_large_log_the_end_is_read),
		TREE_TEST(test_what_is_no_log_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
