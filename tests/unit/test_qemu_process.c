/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_qemu_process.c - which process is a guest's QEMU. */
#include "support.h"

#include <errno.h>

#include "guests/qemu_log.h"
#include "guests/qemu_process.h"

#define NAME "vm"
#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

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
	add_process(tree, "42", "/bin/bash -m /usr/local/bin/wrapper -name guest=vm -cpu host");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 43); /* an option that takes a value in QEMU's words */
	add_process(tree, "42", "python3 -s /usr/local/bin/wrapper -name guest=vm -cpu host");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 43); /* also if its interpreter has options */
	tree_write(tree, "/run/libvirt/qemu/vm.pid", "43\n");
	add_process(tree, "43", "qemu -enable-kvm -L /usr/share/qemu -name guest=vm -cpu max");
	add_process(tree, "44", "qemu -name guest=vm -cpu host");
	assert_int_equal(find(tree, NAME, &pid), 0);
	assert_int_equal(pid, 43); /* a script may have QEMU's options before libvirt's */
	tree_write(tree, "/run/libvirt/qemu/vm.pid", "42\n");
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_a_process_is_found_by_the_pid_file_and_else_by_its_name),
		TREE_TEST(test_a_pid_file_that_is_wrong_is_not_believed),
		TREE_TEST(test_of_a_wrapper_and_the_qemu_it_started_the_qemu_counts),
		TREE_TEST(test_each_of_many_guests_is_found),
		TREE_TEST(test_a_name_never_leads_out_of_libvirts_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
