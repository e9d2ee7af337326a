/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enable.c - `nestctl host enable` and `disable`: the checks, the file, the module, in this order.
 *
 * Nothing is written until every check that can be made beforehand has passed. If this program is killed in between, the host has the old
 * file or the new one. If it had unloaded the module, a note in the lock file has the next run load it again.
 */
#include "host/enable.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "escape.h"
#include "file.h"
#include "host/boot_line.h"
#include "host/host_lock.h"
#include "host/modprobe_file.h"
#include "host/next_load.h"
#include "host/obstacle.h"
#include "host/reload.h"
#include "io.h"

/* What is to be changed, and what was there before. */
struct change {
	const char *root;
	const struct enable_options *options;
	const struct host_state *state;
	const struct host_lock *lock;
	struct modprobe_file *file;
	bool is_left_unloaded; /* by an earlier run; and nothing keeps the module from being loaded again */
	char text[512];	       /* of the new file */
};

static const char *get_verb(const struct change *change)
{
	return change->options->setting.enable ? "enable" : "disable";
}

/*
 * Whether there is nothing to turn off, for example because the module is not loaded. A module that an earlier run has left unloaded does
 * not count: it is to be loaded without nesting. In a container this is always false: its files do not configure the host's module.
 */
static bool is_off_already(const struct change *change)
{
	const struct host_state *state = change->state;
	bool is_there = state->module == HOST_MODULE_LIVE || state->module == HOST_MODULE_BUILTIN;

	if (change->options->setting.enable || state->machine.is_container || change->is_left_unloaded)
		return false;
	return !is_there || state->machine.encryption;
}

static bool is_reloaded(const struct change *change)
{
	return !change->options->no_reload && !is_off_already(change) && !setting_is_current(&change->options->setting, change->state);
}

/* What has begun is then finished: only a SIGKILL stops it. */
static void hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, before);
}

/* A signal that was held back may end this process. */
static void release_signals(const sigset_t *before)
{
	fflush(stdout);
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* ---- what wins over our file ---- */

/* @simple, unless there is more to remove. */
static const char *describe_removal(const struct change *change, const char *simple, char *text, size_t size)
{
	return obstacle_find_winners(change->state, setting_get_nested(&change->options->setting), text, size) > 1 ? text : simple;
}

static enum nestctl_status refuse_line(const struct change *change, const struct modprobe_line *line)
{
	char removal[1024];

	return nestctl_fail(NESTCTL_NO, "nothing was changed: %s, line %u would win over %s with \"%s\"; %s", line->file, line->line,
			    MODPROBE_FILE, line->text, describe_removal(change, "remove that line", removal, sizeof(removal)));
}

/* Names what the winning value comes from: the kernel's command line, else the last other line that sets it. */
static enum nestctl_status refuse_winner(const struct change *change, const char *winning, bool is_of_boot)
{
	const struct host_state *state = change->state;
	char removal[1024];
	char shown[512];
	char value[160];

	nestxml_text_escape(winning, value, sizeof(value));
	nestxml_text_escape(state->cmdline, shown, sizeof(shown));
	if (is_of_boot)
		return nestctl_fail(NESTCTL_NO,
				    "nothing was changed: the kernel's command line would win over %s: it says nested=%s (%s); %s",
				    MODPROBE_FILE, value, shown, describe_removal(change, "remove it there", removal, sizeof(removal)));
	for (size_t i = state->lines.count; i-- > 0;)
		if (strcmp(state->lines.list[i].file, MODPROBE_FILE) != 0 && modprobe_line_sets(&state->lines.list[i], "nested"))
			return refuse_line(change, &state->lines.list[i]);
	return nestctl_fail(NESTCTL_NO,
			    "nothing was changed: modprobe's configuration would win over %s: it says nested=%s; find it with: modprobe "
			    "--showconfig | grep %s",
			    MODPROBE_FILE, value, state->module_name);
}

/* Writes the new file into a new directory in /tmp. Returns 0 or a negative errno. */
static int write_overlay(const struct change *change, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : io_write(fd, change->text, strlen(change->text));
}

/* What libkmod would load the module with if our file were there: the last value of nested. Returns 0 or a negative errno. */
static int ask_winner(const struct change *change, const char *overlay, struct parameter_word *word, bool *is_set)
{
	AUTO_KERNEL_MODULE struct kernel_module *module = NULL;
	char path[64];
	int code;

	snprintf(path, sizeof(path), "%s/nestxml.conf", overlay);
	code = write_overlay(change, path);
	if (code == 0)
		code = kernel_module_open(change->root, change->state->module_name, overlay, &module);
	if (code == 0)
		*is_set = parameter_find_last(kernel_module_get_options(module), "nested", word);
	unlink(path);
	return code;
}

static enum nestctl_status check_winner(const struct change *change)
{
	const struct modprobe_line *install = modprobe_lines_find(&change->state->lines, MODPROBE_INSTALL);
	const struct host_parameter *nested = NULL;
	char overlay[] = "/tmp/nestctl-XXXXXX";
	struct parameter_word word = {0};
	bool is_set = false;
	bool is_of_boot;
	const char *type;
	sigset_t before;
	int code;

	hold_signals(&before);
	if (!mkdtemp(overlay)) {
		code = errno;
		release_signals(&before);
		return nestctl_fail(NESTCTL_FAILED, "no directory can be made in /tmp: %s", strerror(code));
	}
	code = ask_winner(change, overlay, &word, &is_set);
	rmdir(overlay);
	release_signals(&before);
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "modprobe's configuration cannot be read: %s", strerror(-code));
	nested = &change->state->parameters[0];
	type = nested->type[0] ? nested->type : "bool"; /* the file of a loaded module may be gone */
	is_of_boot = boot_line_find_option(change->state, "nested", &word);
	if (!(is_set || is_of_boot) || !setting_is_met_by(&change->options->setting, type, &word))
		return refuse_winner(change, word.value, is_of_boot);
	if (install && next_load_find_install_option(change->state, "nested", &word) &&
	    !setting_is_met_by(&change->options->setting, type, &word))
		return refuse_line(change, install);
	return NESTCTL_YES;
}

/* insmod gets what its command says, or else the module's default; the file that is to be written does not count. */
static enum nestctl_status check_insmod(const struct change *change)
{
	const struct host_state *state = change->state;
	const struct modprobe_line *install = modprobe_lines_find(&state->lines, MODPROBE_INSTALL);
	struct next_load next;

	next_load_find_configured(state, &next);
	if (!install || next.nested == setting_get_nested(&change->options->setting))
		return NESTCTL_YES;
	return nestctl_fail(
		NESTCTL_NO,
		"nothing was changed: %s, line %u loads %s with insmod, which reads no options of modprobe.d: \"%s\"; replace insmod with "
		"modprobe --ignore-install %s, or remove the line",
		install->file, install->line, state->module_name, install->text, state->module_name);
}

/* A line elsewhere that says the opposite and loses is worth a warning. */
static void warn_contradictions(const struct change *change)
{
	const char *type = change->state->parameters[0].type;
	struct load_options options = {0};

	while (load_options_next(change->state, &options)) {
		const struct modprobe_line *line = options.line;
		struct parameter_word word;
		char shown[512];

		if (!line || strcmp(line->file, MODPROBE_FILE) == 0 || line->verb != MODPROBE_OPTIONS ||
		    !parameter_find_last(options.text, "nested", &word) ||
		    setting_is_met_by(&change->options->setting, type[0] ? type : "bool", &word))
			continue;
		fprintf(stderr, "nestctl: warning: %s, line %u says the opposite (nested=%s); %s wins over it\n", line->file, line->line,
			nestxml_text_escape(word.value, shown, sizeof(shown)), MODPROBE_FILE);
	}
}

/* ---- why it cannot be done ---- */

static enum nestctl_status refuse(const struct obstacle *obstacle)
{
	return nestctl_fail(NESTCTL_NO, "nothing was changed: %s; %s", obstacle->cause, obstacle->remedy);
}

/* An obstacle to loading the module is an error if it is to be loaded now, or if the file can never have an effect. */
static bool is_refused(const struct change *change, const struct obstacle *obstacle)
{
	return obstacle->is_final || change->state->module == HOST_MODULE_BUILTIN || (is_reloaded(change) && !obstacle->is_later);
}

static void warn(const char *when, const struct obstacle *obstacle)
{
	fprintf(stderr, "nestctl: warning: %s%s; %s\n", when, obstacle->cause, obstacle->remedy);
}

/* With --no-reload the user is preparing a reboot anyway, so there is no warning that one is needed. */
static void warn_obstacles(const struct change *change)
{
	bool enable = change->options->setting.enable;
	struct obstacle obstacle;

	if (enable && obstacle_find_configured(change->state, &obstacle))
		warn("at the next load: ", &obstacle);
	if (!obstacle_find(change->state, enable, &obstacle) || obstacle.is_configured || obstacle.is_until_reboot)
		return;
	if (enable || change->state->machine.is_container)
		warn("", &obstacle);
}

static enum nestctl_status check_obstacles(const struct change *change)
{
	struct obstacle obstacle;

	if (obstacle_find(change->state, change->options->setting.enable, &obstacle) && is_refused(change, &obstacle))
		return refuse(&obstacle);
	if (obstacle_find_bad_value(change->state, &obstacle))
		return refuse(&obstacle);
	warn_obstacles(change);
	return NESTCTL_YES;
}

static enum nestctl_status check_use(const struct change *change)
{
	char text[1200];

	if (!is_reloaded(change) || change->options->dry_run || change->state->users.count == 0)
		return NESTCTL_YES;
	return nestctl_fail(NESTCTL_NO, "nothing was changed: %s, or only write " MODPROBE_FILE ", with --no-reload",
			    obstacle_describe_use(change->state, text, sizeof(text)));
}

static enum nestctl_status check_all(struct change *change)
{
	enum nestctl_status status = check_obstacles(change);

	if (status != NESTCTL_YES)
		return status;
	setting_make_text(&change->options->setting, change->state, change->text, sizeof(change->text));
	status = change->state->install_reads_no_options ? check_insmod(change) : check_winner(change);
	if (status != NESTCTL_YES)
		return status;
	warn_contradictions(change);
	return check_use(change);
}

/* ---- the steps ---- */

static void print_steps(const struct change *change)
{
	char text[1200];

	printf("write %s:\n%s", MODPROBE_FILE, change->text);
	if (!is_reloaded(change))
		return;
	if (change->state->module == HOST_MODULE_LIVE)
		printf("unload %s\n", change->state->module_name);
	printf("load %s\nread /sys/module/%s/parameters/nested\n", change->state->module_name, change->state->module_name);
	if (host_state_is_in_use(change->state))
		puts(obstacle_describe_use(change->state, text, sizeof(text)));
}

/* The processor may have no shadow VMCS: then the parameter stays off, and nesting works all the same. */
static void report_shadow_vmcs(const struct change *change)
{
	char path[128];
	char value[32] = "";
	long length;

	if (!setting_has_shadow_vmcs(&change->options->setting, change->state))
		return;
	snprintf(path, sizeof(path), "/sys/module/%s/parameters/enable_shadow_vmcs", change->state->module_name);
	length = nestxml_file_read_small(change->root, path, value, sizeof(value));
	value[length > 0 ? strcspn(value, "\n") : 0] = '\0';
	if (length <= 0)
		printf("enable_shadow_vmcs cannot be read: %s\n", length < 0 ? strerror((int)-length) : "it is empty");
	else if (parameter_parse("bool", value) != PARAMETER_ON)
		puts("enable_shadow_vmcs=N: this processor has no shadow VMCS; nesting works, slower");
	else
		puts("enable_shadow_vmcs=Y");
}

/* Says why nesting is off. */
static void report_off(const struct host_state *state)
{
	struct obstacle obstacle;

	if (obstacle_find(state, true, &obstacle) && obstacle.is_final)
		printf("nesting is off: %s\n", obstacle.cause);
	else if (state->module != HOST_MODULE_NOT_LOADED &&
		 (obstacle_find_configured(state, &obstacle) || obstacle_find(state, true, &obstacle)))
		printf("%s is not loaded: %s\n", state->module_name, obstacle.cause);
	else if (state->has_modules_disabled)
		printf("%s is not loaded\n", state->module_name);
	else
		printf("%s is not loaded; to load it without nesting, run: modprobe %s\n", state->module_name, state->module_name);
}

static enum nestctl_status change_module(const struct change *change)
{
	const struct reload reload = {.root = change->root,
				      .state = change->state,
				      .setting = &change->options->setting,
				      .lock = change->lock,
				      .file = change->file};
	enum nestctl_status status;

	if (is_off_already(change)) {
		report_off(change->state);
		return NESTCTL_YES;
	}
	if (setting_is_current(&change->options->setting, change->state)) {
		printf("%s already\n", change->state->evidence);
		return NESTCTL_YES;
	}
	if (change->options->no_reload) {
		printf("it takes effect the next time %s is loaded\n", change->state->module_name);
		return NESTCTL_YES;
	}
	fflush(stdout);
	status = reload_run(&reload);
	if (status == NESTCTL_YES)
		report_shadow_vmcs(change);
	return status;
}

static enum nestctl_status change_host(const struct change *change)
{
	enum nestctl_status status;
	sigset_t before;

	if (change->options->dry_run) {
		print_steps(change);
		return NESTCTL_YES;
	}
	if (geteuid() != 0) {
		print_steps(change);
		return nestctl_fail(NESTCTL_NO, "this needs root; run: sudo nestctl host %s", get_verb(change));
	}
	hold_signals(&before);
	status = modprobe_file_write(change->file, change->text);
	if (status == NESTCTL_YES) {
		printf("%s is written\n", MODPROBE_FILE);
		status = change_module(change);
	}
	release_signals(&before);
	return status;
}

/* ---- the command ---- */

/*
 * Whether the module is built in and is as asked for, so that nothing is left to do: no file configures such a module. If nesting is to be
 * off, the kernel's command line must keep it off.
 */
static bool is_builtin_current(const struct setting *setting, const struct host_state *state)
{
	const char *type = state->parameters[0].type;
	struct parameter_word word;

	if (state->module != HOST_MODULE_BUILTIN || !setting_is_current(setting, state))
		return false;
	return setting->enable ||
	       (boot_line_find_option(state, "nested", &word) && setting_is_met_by(setting, type[0] ? type : "bool", &word));
}

static bool is_left_unloaded(const struct host_state *state, const struct host_lock *lock, bool enable)
{
	struct obstacle obstacle;

	return state->module == HOST_MODULE_NOT_LOADED && host_lock_has_note(lock, state->module_name) &&
	       !obstacle_find(state, enable, &obstacle);
}

static enum nestctl_status read_and_change(const char *root, const struct enable_options *options, const struct host_lock *lock)
{
	AUTO_HOST_STATE struct host_state state = {0};
	AUTO_MODPROBE_FILE struct modprobe_file file = {0};
	struct change change = {.root = root, .options = options, .state = &state, .lock = lock, .file = &file};
	int code = host_state_read(root, &state);
	enum nestctl_status status;

	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "the state of this host cannot be read: %s", strerror(-code));
	if (is_builtin_current(&options->setting, &state)) {
		printf("%s already\n", state.evidence);
		return NESTCTL_YES;
	}
	if (state.module == HOST_MODULE_LIVE)
		host_lock_set_note(lock, ""); /* whoever has loaded it */
	change.is_left_unloaded = is_left_unloaded(&state, lock, options->setting.enable);
	status = modprobe_file_read(root, &file);
	if (status == NESTCTL_YES)
		status = check_all(&change);
	return status == NESTCTL_YES ? change_host(&change) : status;
}

/* Two runs at once might each restore what the other has changed. A dry run needs no lock. */
static enum nestctl_status lock_and_change(const char *root, const struct enable_options *options)
{
	AUTO_HOST_LOCK struct host_lock lock = HOST_LOCK_NONE;

	if (!options->dry_run && geteuid() == 0 && !host_lock_take(root, &lock))
		return nestctl_fail(
			NESTCTL_NO,
			"nothing was changed: another nestctl host enable or disable is still running; try again when it has finished");
	return read_and_change(root, options, &lock);
}

enum nestctl_status enable_run(const char *root, const struct enable_options *options)
{
	return nestctl_finish(lock_and_change(root, options));
}
