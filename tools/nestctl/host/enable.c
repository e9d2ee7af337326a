/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enable.c - `nestctl host enable` and `disable`: writes modprobe's file, loads the module anew, reads its parameter back.
 *
 * A host that had KVM has it afterwards: the file is replaced as a whole, and whatever fails behind that brings the old file and the old
 * module back. Killed in between, the host has the old file or the new one, and the next run loads the module.
 */
#include "host/enable.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "escape.h"
#include "file.h"
#include "host/kernel_module.h"
#include "host/state.h"
#include "io.h"
#include "macros.h"
#include "nestctl.h"
#include "nestxml/replace.h"

#define MAX_OLD_FILE ((size_t)64 << 10)
#define UNLOAD_TRIES 20 /* a tenth of a second each: libvirt's probe of QEMU holds the module for a moment */

/* What is to be changed, and what was there before. */
struct change {
	const char *root;
	const struct enable_options *options;
	struct host_state state;
	char text[512]; /* of the new file */
	char *path;	/* of the file, below the root */
	char *old;	/* its old text; NULL: there was none */
	size_t old_length;
	char old_options[256]; /* the parameters that the module has now */
};

/* ---- what is to be written: pure ---- */

static const char *wanted_nested(const struct change *change)
{
	bool intel = change->state.vendor == NESTXML_VENDOR_INTEL;

	if (change->options->enable)
		return intel ? "Y" : "1";
	return intel ? "N" : "0";
}

/* "enable_shadow_vmcs=Y" where the module has that parameter and it is asked for; "" else. */
static const char *wanted_shadow(const struct change *change)
{
	bool has = false;

	for (size_t i = 0; i < change->state.parameters_count; i++) {
		const struct host_parameter *parameter = &change->state.parameters[i];

		has = has || (strcmp(parameter->name, "enable_shadow_vmcs") == 0 && (parameter->type[0] || parameter->value[0]));
	}
	if (!has || (change->options->shadow_vmcs == ENABLE_SHADOW_DEFAULT && !change->options->enable))
		return "";
	return change->options->shadow_vmcs == ENABLE_SHADOW_NO ? " enable_shadow_vmcs=N" : " enable_shadow_vmcs=Y";
}

static void make_text(struct change *change)
{
	snprintf(change->text, sizeof(change->text), "# Written by nestctl host %s; another run writes it anew.\noptions %s nested=%s%s\n",
		 change->options->enable ? "enable" : "disable", change->state.vendor == NESTXML_VENDOR_INTEL ? "kvm-intel" : "kvm-amd",
		 wanted_nested(change), wanted_shadow(change));
}

static bool is_on(const char *value)
{
	return strcmp(value, "1") == 0 || strcasecmp(value, "y") == 0;
}

/* The value that "nested=" has last among words such as "nested=0 npt=1"; "" none. */
static void find_last_nested(const char *options, char *value, size_t size)
{
	value[0] = '\0';
	for (const char *at = options; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, "nested=", 7) == 0)
			snprintf(value, size, "%.*s", (int)strcspn(at + 7, " "), at + 7);
}

/* ---- why it cannot be done ---- */

static int refuse_blacklist(const struct host_state *state)
{
	const struct modprobe_line *block = modprobe_find_block(&state->lines);

	if (block)
		return nestctl_fail(NESTCTL_NO, "%s is blacklisted by %s, line %u; remove that line", state->module_name, block->file,
				    block->line);
	return nestctl_fail(NESTCTL_NO, "%s is blacklisted on the kernel's command line; remove that and reboot", state->module_name);
}

static int refuse_module(const struct change *change)
{
	const struct host_state *state = &change->state;
	const char *module = state->module_name;
	bool intel = state->vendor == NESTXML_VENDOR_INTEL;
	char text[384];

	switch (state->module) {
	case HOST_MODULE_BUILTIN:
		host_state_describe_boot(state, change->options->enable ? "1" : "0", text, sizeof(text));
		return nestctl_fail(NESTCTL_NO, "%s is built into this kernel and cannot be loaded anew; %s", module, text);
	case HOST_MODULE_BLACKLISTED:
		return refuse_blacklist(state);
	case HOST_MODULE_ABSENT:
		return nestctl_fail(NESTCTL_NO, "this kernel has no module %s; install one that has", module);
	case HOST_MODULE_NO_HARDWARE:
		return nestctl_fail(NESTCTL_NO, "the processor has no %s (%s), or the firmware turned it off; look there",
				    intel ? "VT-x" : "AMD-V", nestxml_vendor_feature(state->vendor));
	case HOST_MODULE_OTHER_KVM:
		return nestctl_fail(NESTCTL_NO, "this host has %s; use one with kvm_intel or kvm_amd", state->evidence);
	case HOST_MODULE_NO_VENDOR:
		return nestctl_fail(NESTCTL_NO, "this host cannot nest: %s", state->evidence);
	default:
		return NESTCTL_YES;
	}
}

/* "kvm_amd is in use by 'web' (PID 4711); stop that first" */
static const char *describe_use(const struct change *change, char *text, size_t size)
{
	char who[1024] = "";
	char shown[256];
	size_t used = 0;

	for (size_t i = 0; i < change->state.users.count && used < sizeof(who); i++) {
		const struct kvm_user *user = &change->state.users.list[i];

		used += (size_t)snprintf(who + used, sizeof(who) - used, "%s'%s' (PID %d)", i > 0 ? ", " : "",
					 nestxml_text_escape(user->name, shown, sizeof(shown)), (int)user->pid);
	}
	nestxml_text_print(text, size, "%s is in use by %s; stop that first", change->state.module_name,
			   who[0] ? who : "somebody who cannot be seen");
	return text;
}

static int refuse_use(const struct change *change)
{
	char text[1200];

	return nestctl_fail(NESTCTL_NO, "nothing was changed: %s, or write the file alone with --no-reload",
			    describe_use(change, text, sizeof(text)));
}

/* Where the value comes from that would win over ours: the kernel's command line, else the last other line that sets it. */
static int refuse_winner(const struct change *change, const char *winning)
{
	const struct host_state *state = &change->state;
	char shown[512];
	char value[160];

	for (size_t i = state->lines.count; i-- > 0;) {
		const struct modprobe_line *line = &state->lines.list[i];

		if (strcmp(line->file, MODPROBE_FILE) != 0 && modprobe_line_sets(line, "nested") && !strstr(state->cmdline, "nested="))
			return nestctl_fail(NESTCTL_NO, "nothing was changed: %s, line %u would win over %s with \"%s\"; remove it",
					    line->file, line->line, MODPROBE_FILE, line->text);
	}
	return nestctl_fail(NESTCTL_NO,
			    "nothing was changed: the kernel's command line would win over %s with nested=%s (%s); remove it there",
			    MODPROBE_FILE, nestxml_text_escape(winning, value, sizeof(value)),
			    nestxml_text_escape(state->cmdline, shown, sizeof(shown)));
}

/* Asks libkmod what it would load the module with if our file were there. Returns NESTCTL_YES or the exit status. */
static int check_winner(const struct change *change)
{
	char folder[] = "/tmp/nestctl-XXXXXX";
	char path[sizeof(folder) + 16];
	char winning[32] = "";
	struct kernel_module *module = NULL;
	int fd = -1;
	int code = -EIO;

	if (!mkdtemp(folder))
		return nestctl_fail(NESTCTL_FAILED, "no folder can be made in /tmp: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/nestxml.conf", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0 && io_write(fd, change->text, strlen(change->text)) == 0)
		code = kernel_module_open(change->root, change->state.module_name, folder, &module);
	if (code == 0)
		find_last_nested(kernel_module_get_options(module), winning, sizeof(winning));
	kernel_module_close(module);
	if (fd >= 0)
		close(fd);
	unlink(path);
	rmdir(folder);
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "modprobe's configuration cannot be read: %s", strerror(-code));
	return is_on(winning) == change->options->enable ? NESTCTL_YES : refuse_winner(change, winning);
}

/* A line elsewhere that says the opposite and loses is worth a word. */
static void warn_contradictions(const struct change *change)
{
	for (size_t i = 0; i < change->state.lines.count; i++) {
		const struct modprobe_line *line = &change->state.lines.list[i];
		char value[128];

		if (strcmp(line->file, MODPROBE_FILE) == 0 || !modprobe_line_sets(line, "nested"))
			continue;
		find_last_nested(line->text, value, sizeof(value));
		if (is_on(value) != change->options->enable)
			fprintf(stderr, "nestctl: warning: %s, line %u says the opposite (nested=%s); %s wins over it\n", line->file,
				line->line, value, MODPROBE_FILE);
	}
}

/* ---- the file ---- */

/* What could not be put back whole is not replaced. */
static int read_old_file(struct change *change)
{
	int code = -ENOMEM;

	change->path = nestxml_path_join(change->root, MODPROBE_FILE);
	if (change->path)
		code = nestxml_file_read(change->root, MODPROBE_FILE, MAX_OLD_FILE, &change->old, &change->old_length);
	if (code == 0 || code == -ENOENT)
		return NESTCTL_YES;
	return nestctl_fail(NESTCTL_FAILED, "%s cannot be read: %s; nothing was changed", MODPROBE_FILE, strerror(-code));
}

static int write_file(const struct change *change)
{
	const char *reason = NULL;
	int code = replace_file(change->path, change->text, strlen(change->text), NULL, &reason);

	return code == 0 ? NESTCTL_YES : nestctl_fail(NESTCTL_FAILED, "%s %s: %s", MODPROBE_FILE, reason, strerror(-code));
}

/* Returns whether the old file is what is there again, having said why not. */
static bool restore_file(const struct change *change)
{
	const char *reason = NULL;
	int code = 0;

	if (change->old)
		code = replace_file(change->path, change->old, change->old_length, NULL, &reason);
	else if (unlink(change->path) < 0 && errno != ENOENT)
		code = -errno;
	if (code != 0)
		nestctl_fail(NESTCTL_FAILED, "%s cannot be put back: %s", MODPROBE_FILE, strerror(-code));
	return code == 0;
}

/* ---- the module ---- */

/* What it has now, so that it can be loaded like that again, whatever the configuration says. */
static void remember_options(struct change *change)
{
	const struct host_parameter *nested = host_state_find_parameter(&change->state, "nested");
	const struct host_parameter *shadow = host_state_find_parameter(&change->state, "enable_shadow_vmcs");

	snprintf(change->old_options, sizeof(change->old_options), "%s%s%s%s", nested ? "nested=" : "", nested ? nested->value : "",
		 shadow ? " enable_shadow_vmcs=" : "", shadow ? shadow->value : "");
}

static int open_module(const struct change *change, struct kernel_module **module)
{
	return kernel_module_open(change->root, change->state.module_name, NULL, module);
}

static int unload(const struct change *change)
{
	struct kernel_module *module;
	int code = open_module(change, &module);

	if (code != 0)
		return code;
	for (int i = 0; i < UNLOAD_TRIES; i++) {
		code = kernel_module_unload(module);
		if (code != -EAGAIN && code != -EBUSY)
			break;
		usleep(100000);
	}
	kernel_module_close(module);
	return code;
}

static int load(const struct change *change, const char *options, bool force)
{
	struct kernel_module *module;
	int code = open_module(change, &module);

	if (code != 0)
		return code;
	code = kernel_module_load(module, options, force);
	kernel_module_close(module);
	return code;
}

/* Whether /sys says this. */
static bool is_state(const struct change *change, enum nestxml_state wanted, char *evidence, size_t size)
{
	struct nestxml_host *host;
	bool is;

	if (nestxml_host_new(change->root, &host, NULL) != 0) {
		snprintf(evidence, size, "nothing: out of memory");
		return false;
	}
	is = nestxml_host_get_state(host) == wanted;
	snprintf(evidence, size, "%s", nestxml_host_get_evidence(host));
	nestxml_host_free(host);
	return is;
}

static bool is_loaded(const struct change *change)
{
	char path[128];
	AUTO_FREE char *below = NULL;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", change->state.module_name);
	below = nestxml_path_join(change->root, path);
	return below && access(below, F_OK) == 0;
}

/* What has become of the file and the module: one line. */
static int tell_rolled_back(const struct change *change, const char *what, const char *reason, bool is_restored)
{
	const char *module = change->state.module_name;
	bool was_loaded = change->state.module == HOST_MODULE_LIVE;
	const char *file = "the old configuration is back";
	char now[256];

	if (!is_restored)
		file = change->old ? "put the old text of " MODPROBE_FILE " back by hand" : "remove " MODPROBE_FILE " by hand";
	/* One that somebody has taken in between stays, and loading it once more is no error. */
	if (!is_state(change, change->state.nested, now, sizeof(now)) || is_loaded(change) != was_loaded)
		return nestctl_fail(NESTCTL_FAILED, "%s %s: %s; %s, but the %s: %s; run: modprobe -r %s%s%s", module, what, reason, file,
				    was_loaded ? "old module is not" : "module stays", now, module, was_loaded ? " && modprobe " : "",
				    was_loaded ? module : "");
	if (is_restored && was_loaded)
		file = "the old configuration and the old module are back";
	return nestctl_fail(NESTCTL_FAILED, "%s %s: %s; %s%s", module, what, reason, file,
			    !is_restored && was_loaded ? "; the old module is back" : "");
}

/* The old file and the old module, as far as there was one. */
static int roll_back(const struct change *change, const char *what, const char *reason)
{
	bool is_restored = restore_file(change);
	int code = 0;

	unload(change); /* loaded with the wrong parameters, or not at all; whether it went is read back */
	if (change->state.module == HOST_MODULE_LIVE)
		code = load(change, change->old_options, true);
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "%s %s: %s; and the old module cannot be loaded again: %s; run: modprobe %s",
				    change->state.module_name, what, reason, strerror(-code), change->state.module_name);
	return tell_rolled_back(change, what, reason, is_restored);
}

static int reload(const struct change *change)
{
	char evidence[256] = "";
	int code = change->state.module == HOST_MODULE_LIVE ? unload(change) : 0;

	if (code == -EAGAIN || code == -EBUSY) {
		return restore_file(change) ? refuse_use(change) : NESTCTL_FAILED;
	}
	if (code != 0)
		return roll_back(change, "cannot be unloaded", strerror(-code));
	code = load(change, NULL, false);
	if (code != 0)
		return roll_back(change, "cannot be loaded",
				 code == -EOPNOTSUPP || code == -EIO ? "turned off in the firmware" : strerror(-code));
	if (!is_state(change, change->options->enable ? NESTXML_STATE_ON : NESTXML_STATE_OFF, evidence, sizeof(evidence)))
		return roll_back(change, "was loaded, but says", evidence);
	printf("%s\n", evidence);
	return NESTCTL_YES;
}

/* ---- the steps ---- */

/* Whether the module already is as asked for: then nobody has to be disturbed. */
static bool is_current(const struct change *change)
{
	const struct host_parameter *shadow = host_state_find_parameter(&change->state, "enable_shadow_vmcs");
	bool asked = change->options->shadow_vmcs != ENABLE_SHADOW_DEFAULT;

	if (change->state.nested != (change->options->enable ? NESTXML_STATE_ON : NESTXML_STATE_OFF) ||
	    change->state.module != HOST_MODULE_LIVE)
		return false;
	return !asked || !shadow || is_on(shadow->value) == (change->options->shadow_vmcs == ENABLE_SHADOW_YES);
}

static bool is_reloaded(const struct change *change)
{
	return !change->options->no_reload && !is_current(change);
}

/* Somebody has the module, be he seen or not. */
static bool is_in_use(const struct change *change)
{
	return change->state.users.count > 0 || change->state.users.unread;
}

static void print_steps(const struct change *change)
{
	char text[1200];

	printf("write %s:\n%s", MODPROBE_FILE, change->text);
	if (!is_reloaded(change))
		return;
	if (change->state.module == HOST_MODULE_LIVE)
		printf("unload %s\n", change->state.module_name);
	printf("load %s\nread /sys/module/%s/parameters/nested\n", change->state.module_name, change->state.module_name);
	if (is_in_use(change))
		puts(describe_use(change, text, sizeof(text)));
}

/* The processor may have none: then the parameter stays off, which is no failure of nesting. */
static void tell_shadow(const struct change *change)
{
	char path[128];
	char value[32] = "";
	long length;

	if (!strstr(wanted_shadow(change), "=Y"))
		return;
	snprintf(path, sizeof(path), "/sys/module/%s/parameters/enable_shadow_vmcs", change->state.module_name);
	length = nestxml_file_read_small(change->root, path, value, sizeof(value));
	value[strcspn(value, "\n")] = '\0';
	if (length <= 0)
		printf("enable_shadow_vmcs cannot be read: %s\n", length < 0 ? strerror((int)-length) : "it is empty");
	else if (!is_on(value))
		puts("enable_shadow_vmcs=N: this processor has no shadow VMCS; nesting works, slower");
	else
		puts("enable_shadow_vmcs=Y");
}

static int change_host(const struct change *change)
{
	int status = write_file(change);

	if (status != NESTCTL_YES)
		return status;
	printf("%s is written\n", MODPROBE_FILE);
	if (is_current(change)) {
		printf("%s already\n", change->state.evidence);
		return NESTCTL_YES;
	}
	if (change->options->no_reload) {
		printf("it counts when %s is loaded the next time\n", change->state.module_name);
		return NESTCTL_YES;
	}
	fflush(stdout);
	status = reload(change);
	if (status == NESTCTL_YES)
		tell_shadow(change);
	return status;
}

/*
 * A loaded module that could not be loaded again, as far as modprobe's files tell: it was blacklisted since, or its file went with an
 * update of the kernel that is not rebooted into yet.
 */
static int check_reload(const struct change *change)
{
	const char *name = change->state.module_name;
	enum kernel_module_place place;
	struct kernel_module *module;
	int code;

	if (change->state.module != HOST_MODULE_LIVE || !is_reloaded(change))
		return NESTCTL_YES;
	code = open_module(change, &module);
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "modprobe's configuration cannot be read: %s", strerror(-code));
	place = kernel_module_get_place(module);
	kernel_module_close(module);
	if (place == KERNEL_MODULE_BLACKLISTED)
		return refuse_blacklist(&change->state);
	if (place != KERNEL_MODULE_FILE)
		return nestctl_fail(
			NESTCTL_NO,
			"the file of %s, which is loaded, is gone, as behind an update of the kernel; reboot into the new one, or "
			"write the file alone with --no-reload",
			name);
	return NESTCTL_YES;
}

static int check_and_change(struct change *change)
{
	int status = refuse_module(change);

	if (status == NESTCTL_YES)
		status = check_reload(change);
	if (status != NESTCTL_YES)
		return status;
	make_text(change);
	remember_options(change);
	status = check_winner(change);
	if (status != NESTCTL_YES)
		return status;
	warn_contradictions(change);
	if (is_reloaded(change) && change->state.users.count > 0 && !change->options->dry_run)
		return refuse_use(change);
	if (change->options->dry_run) {
		print_steps(change);
		return NESTCTL_YES;
	}
	if (geteuid() != 0) {
		print_steps(change);
		return nestctl_fail(NESTCTL_NO, "this needs root; run: sudo nestctl host %s",
				    change->options->enable ? "enable" : "disable");
	}
	return change_host(change);
}

/* Two at once would each bring back what the other had changed. */
static int lock(const char *root)
{
	AUTO_FREE char *path = nestxml_path_join(root, "/etc/modprobe.d");
	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

int enable_run(const char *root, const struct enable_options *options)
{
	struct change change = {.root = root, .options = options};
	int locked = lock(root);
	int code = host_state_read(root, &change.state);
	sigset_t all;
	int status;

	/* Between the file and the module nothing but a SIGKILL stops it. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	status = code == 0 ? read_old_file(&change)
			   : nestctl_fail(NESTCTL_FAILED, "the state of this host cannot be read: %s", strerror(-code));
	if (status == NESTCTL_YES)
		status = check_and_change(&change);
	host_state_clear(&change.state);
	free(change.path);
	free(change.old);
	if (locked >= 0)
		close(locked);
	return nestctl_finish((enum nestctl_status)status);
}
