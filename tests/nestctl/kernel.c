/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel.c - a kernel for tests: takes the place of kernel_module_load() and kernel_module_unload() (--wrap), and keeps what they change in
 * the fake /sys below NESTXML_TEST_ROOT. All else of libkmod is real.
 *
 * What goes wrong is said by files in the root: `fail-load` and `fail-unload` hold the errno of every call, `die-load` kills the process
 * before a load, `die-at` kills it at that step (there is one before and after each change of a file or of the kernel), `fail-restore` is
 * the errno of every rename and removal after the first load or unload, `stuck` is the value that nested has whatever is asked for,
 * `fail-unload-again` is that of every unload after the first load that worked, `no-shadow` keeps enable_shadow_vmcs from being there
 * after a load, `cpuid` has the leaves that the processor answers, one a line: LEAF EAX EBX ECX EDX, in hexadecimal.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cpuid.h"
#include "host/kernel_module.h"

int __wrap_kernel_module_load(struct kernel_module *module, const char *options, bool force);
int __wrap_kernel_module_unload(struct kernel_module *module);
int __wrap_mkostemp(char *path, int flags);
int __wrap_fchmod(int fd, mode_t mode);
ssize_t __wrap_write(int fd, const void *text, size_t size);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __real_mkostemp(char *path, int flags);
int __real_fchmod(int fd, mode_t mode);
ssize_t __real_write(int fd, const void *text, size_t size);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);

/* The kernel has one vendor's module, that of its processor. */
static void make_path(char *path, size_t size, const char *file)
{
	snprintf(path, size, "%s/sys/module/%s%s", getenv("NESTXML_TEST_ROOT"), getenv("NESTXML_TEST_MODULE"), file);
}

static bool read_control(const char *name, char *text, size_t size)
{
	char path[512];
	FILE *file;
	bool has;

	snprintf(path, sizeof(path), "%s/%s", getenv("NESTXML_TEST_ROOT"), name);
	file = fopen(path, "r");
	if (!file)
		return false;
	has = fgets(text, (int)size, file) != NULL;
	text[has ? strcspn(text, "\n") : 0] = '\0';
	fclose(file);
	return true;
}

static void step(void)
{
	static int steps;
	char text[64];
	int saved = errno; /* of the change that was just made */

	steps++;
	if (read_control("die-at", text, sizeof(text)) && steps == atoi(text))
		raise(SIGKILL);
	errno = saved;
}

static void write_value(const char *file, const char *value)
{
	char path[512];
	FILE *out;

	make_path(path, sizeof(path), file);
	out = fopen(path, "w");
	if (out) {
		fprintf(out, "%s\n", value);
		fclose(out);
	}
}

/* The last "name=value" of the words. */
static void find_value(const char *words, const char *name, char *value, size_t size)
{
	size_t length = strlen(name);

	for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			snprintf(value, size, "%.*s", (int)strcspn(at + length + 1, " "), at + length + 1);
}

/*
 * As kstrtobool() and kstrtoint() of Linux 6.12 read them, and as the kernel then shows them. Returns false for what they refuse. Written
 * from the kernel's documentation of both, apart from what nestctl makes of the same values.
 */
static bool read_value(bool is_int, char *value, size_t size)
{
	char *end;
	long number;

	if (is_int) {
		number = strtol(value, &end, 0);
		if (end == value || *end || isspace((unsigned char)*value))
			return false;
		snprintf(value, size, "%ld", number);
		return true;
	}
	if (strchr("yYtT1", *value) || strncasecmp(value, "on", 2) == 0)
		snprintf(value, size, "Y");
	else if (strchr("nNfF0", *value) || strncasecmp(value, "of", 2) == 0)
		snprintf(value, size, "N");
	else
		return false;
	return *value != '\0';
}

/* The kernel reads each of the words, and not only the last one. */
static bool takes_options(const char *words)
{
	bool is_amd = strcmp(getenv("NESTXML_TEST_MODULE"), "kvm_amd") == 0;

	for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ') {
		char value[64];

		if (strncmp(at, "nested=", 7) != 0 && strncmp(at, "npt=", 4) != 0 && strncmp(at, "ept=", 4) != 0)
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(strchr(at, '='), " ") - 1, strchr(at, '=') + 1);
		if (!read_value(is_amd && *at == 'n' && at[1] == 'e', value, sizeof(value)))
			return false;
	}
	return true;
}

static bool has_acted; /* the kernel, in this process */

static bool has_loaded;

static bool fails_to_restore(void)
{
	char text[64];

	if (!has_acted || !read_control("fail-restore", text, sizeof(text)))
		return false;
	errno = atoi(text);
	return true;
}

static void log_call(const char *what)
{
	char path[512];
	FILE *log;

	has_acted = true;
	snprintf(path, sizeof(path), "%s/calls", getenv("NESTXML_TEST_ROOT"));
	log = fopen(path, "a");
	if (log) {
		fprintf(log, "%s\n", what);
		fclose(log);
	}
}

static int load(struct kernel_module *module, const char *options, bool force)
{
	char words[512];
	char text[64];
	char path[512];
	char value[32] = "0";
	char shadow[32] = "";

	snprintf(words, sizeof(words), "%s %s", kernel_module_get_options(module), options ? options : "");
	log_call(force ? "load by force" : "load");
	if (read_control("die-load", text, sizeof(text)))
		raise(SIGKILL);
	if (!force && read_control("fail-load", text, sizeof(text)))
		return -atoi(text);
	if (!takes_options(words))
		return -EINVAL;
	if (!force && kernel_module_get_install(module)) /* libkmod runs it, and says what its exit status was */
		return system(kernel_module_get_install(module)) == 0 ? 0 : -EPERM;
	make_path(path, sizeof(path), "");
	if (mkdir(path, 0755) < 0)
		return 0; /* as libkmod: it is loaded, and stays as it is */
	make_path(path, sizeof(path), "/parameters");
	mkdir(path, 0755);
	find_value(words, "nested", value, sizeof(value));
	read_value(strcmp(getenv("NESTXML_TEST_MODULE"), "kvm_amd") == 0, value, sizeof(value));
	find_value(words, "enable_shadow_vmcs", shadow, sizeof(shadow));
	if (!force)
		read_control("stuck", value, sizeof(value));
	has_loaded = true;
	write_value("/initstate", "live");
	write_value("/refcnt", "0");
	write_value("/parameters/nested", value);
	if (shadow[0] && !read_control("no-shadow", text, sizeof(text)))
		write_value("/parameters/enable_shadow_vmcs", shadow);
	return 0;
}

static int unload(struct kernel_module *module)
{
	static const char *const files[] = {"/initstate",  "/refcnt", "/parameters/nested", "/parameters/enable_shadow_vmcs",
					    "/parameters", ""};
	char text[64];
	char path[512];

	(void)module;
	log_call("unload");
	if (read_control("fail-unload", text, sizeof(text)))
		return -atoi(text);
	if (has_loaded && read_control("fail-unload-again", text, sizeof(text)))
		return -atoi(text);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		make_path(path, sizeof(path), files[i]);
		remove(path);
	}
	return 0;
}

/* ---- the processor ---- */

bool __wrap_cpuid_read(uint32_t leaf, struct cpuid *registers);
bool __wrap_cpuid_read(uint32_t leaf, struct cpuid *registers)
{
	char path[512];
	unsigned int found;
	bool has = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cpuid", getenv("NESTXML_TEST_ROOT"));
	file = fopen(path, "r");
	while (file && !has &&
	       fscanf(file, "%x %x %x %x %x", &found, &registers->eax, &registers->ebx, &registers->ecx, &registers->edx) == 5)
		has = found == leaf;
	if (file)
		fclose(file);
	return has;
}

/* ---- what a process may be killed before and after ---- */

#define STEP(type, call) \
	type result;     \
                         \
	step();          \
	result = call;   \
	step();          \
	return result

int __wrap_kernel_module_load(struct kernel_module *module, const char *options, bool force)
{
	STEP(int, load(module, options, force));
}

int __wrap_kernel_module_unload(struct kernel_module *module)
{
	STEP(int, unload(module));
}

int __wrap_mkostemp(char *path, int flags)
{
	STEP(int, __real_mkostemp(path, flags));
}

int __wrap_fchmod(int fd, mode_t mode)
{
	STEP(int, __real_fchmod(fd, mode));
}

ssize_t __wrap_write(int fd, const void *text, size_t size)
{
	STEP(ssize_t, __real_write(fd, text, size));
}

int __wrap_fsync(int fd)
{
	STEP(int, __real_fsync(fd));
}

int __wrap_rename(const char *from, const char *to)
{
	STEP(int, fails_to_restore() ? -1 : __real_rename(from, to));
}

int __wrap_unlink(const char *path)
{
	STEP(int, strstr(path, "/nestxml.conf") && fails_to_restore() ? -1 : __real_unlink(path));
}
