/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hook.c - `nestctl hook`: installs nestxml's hook for libvirt, removes it, and tells whether libvirt runs it. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "hook/install.h"
#include "hook/places.h"
#include "hook/status.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

static const char help[] = "Usage: nestctl hook status [--json]\n"
			   "       nestctl hook install|remove\n"
			   "Puts the qemu hook where libvirt runs it: " HOOK_DIRECTORY "/qemu, or\n"
			   "qemu.d/10-nestxml if another program's hook is there (libvirt 6.5 or newer).\n"
			   "Sends SIGHUP to the running daemon; guests do not notice. Never touches other\n"
			   "programs' hooks.\n"
			   "\n"
			   "  install      install this version's hook\n"
			   "  status       where it is, and whether libvirt runs it;\n"
			   "               exit status 0: yes, 1: no, 3: unknown\n"
			   "  remove       remove it\n"
			   "      --json   the status for programs\n"
			   "  -h, --help   this text\n";

/* ---- status ---- */

static void print_table(const struct hook_state *state, const char *verdict, const char *advice)
{
	char version[64] = "not installed";

	output_row("hook", "%s", verdict);
	for (enum hook_place place = 0; place < HOOK_PLACES; place++)
		if (state->hook->at[place].content != HOOK_CONTENT_NOTHING)
			output_row(hook_is_ours(state->hook, place) ? "in place" : "another program's", "%s", hook_place_path(place));
	if (state->hook->libvirt)
		hook_describe_libvirt(state->hook, version, sizeof(version));
	output_row("libvirt", "%s", version);
	for (size_t i = 0; i < state->daemons.count; i++)
		output_row("daemon", "%s (PID %d)%s", state->daemons.list[i].name, (int)state->daemons.list[i].pid,
			   state->looked[i] ? ", which has looked for hooks since the hook was installed" : "");
	output_row("AppArmor", "%s", state->apparmor_detail);
	output_row("SELinux", "%s", state->selinux_detail);
	output_row("next", "%s", advice);
}

static struct json_object *make_daemons(const struct hook_state *state)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < state->daemons.count; i++) {
		struct json_object *one = json_object_new_object();

		output_add_string(one, "name", state->daemons.list[i].name);
		json_object_object_add(one, "pid", json_object_new_int64(state->daemons.list[i].pid));
		output_add_bool(one, "looked_since", state->looked[i]);
		json_object_array_add(list, one);
	}
	return list;
}

static struct json_object *make_others(const struct hook_state *state)
{
	struct json_object *list = json_object_new_array();

	for (enum hook_place place = 0; place < HOOK_PLACES; place++)
		if (state->hook->at[place].content == HOOK_CONTENT_NOT_OURS)
			json_object_array_add(list, json_object_new_string(hook_place_path(place)));
	return list;
}

static struct json_object *make_json(const struct hook_state *state, const char *verdict, const char *advice)
{
	struct json_object *object = json_object_new_object();
	bool installed = state->place < HOOK_PLACES;
	char version[64];

	hook_describe_libvirt(state->hook, version, sizeof(version));
	output_add_string(object, "path", installed ? hook_place_path(state->place) : NULL);
	output_add_bool(object, "current", installed && state->hook->at[state->place].content == HOOK_CONTENT_CURRENT);
	output_add_bool(object, "executable", installed && state->hook->at[state->place].executable);
	json_object_object_add(object, "others", make_others(state));
	output_add_string(object, "libvirt", state->hook->libvirt ? version : NULL);
	json_object_object_add(object, "daemons", make_daemons(state));
	output_add_string(object, "apparmor", confinement_to_string(state->apparmor));
	output_add_string(object, "selinux", confinement_to_string(state->selinux));
	output_add_string(object, "verdict", verdict);
	output_add_string(object, "advice", advice);
	return object;
}

static enum nestctl_status show_status(const struct hook *hook, bool json)
{
	struct hook_state state;
	char verdict[512];
	char advice[sizeof(verdict)];
	enum nestctl_status status;

	hook_state_read(NESTCTL_ROOT, hook, &state);
	status = hook_state_describe(&state, verdict, advice, sizeof(verdict));
	if (json)
		return nestctl_print_json(make_json(&state, verdict, advice), status);
	print_table(&state, verdict, advice);
	return nestctl_finish(status);
}

/* ---- the command ---- */

enum action { ACTION_INSTALL, ACTION_STATUS, ACTION_REMOVE, ACTIONS };

static const char *const actions[ACTIONS] = {"install", "status", "remove"};

static enum nestctl_status run_action(enum action action, bool json)
{
	AUTO_HOOK struct hook hook = {0};
	int code;

	if (action != ACTION_STATUS && geteuid() != 0)
		return nestctl_fail(NESTCTL_NO, "this needs root; run: sudo nestctl hook %s", actions[action]);
	code = hook_read(NESTCTL_ROOT, &hook);
	if (code == 0)
		code = hook_find_caller(NESTCTL_ROOT, &hook);
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, HOOK_DIRECTORY " cannot be read: %s", strerror(-code));
	switch (action) {
	case ACTION_INSTALL:
		return nestctl_finish(hook_install(NESTCTL_ROOT, &hook));
	case ACTION_REMOVE:
		return nestctl_finish(hook_remove(NESTCTL_ROOT, &hook));
	default:
		return show_status(&hook, json);
	}
}

static enum nestctl_status run(int argc, char **argv)
{
	bool json = false;
	const struct option_rule rules[] = {{.name = "json", .flag = &json}};
	enum nestctl_status status = options_take("hook", help, rules, ARRAY_SIZE(rules), argc, argv);
	enum action action = ACTION_INSTALL;

	if (status != NESTCTL_CONTINUE)
		return status;
	if (optind == argc)
		return nestctl_usage("hook", "no action given; expected install, status or remove");
	if (argc - optind > 1)
		return nestctl_usage_word("hook", "unexpected argument", argv[optind + 1], NULL);
	while (action < ACTIONS && strcmp(argv[optind], actions[action]) != 0)
		action++;
	if (action == ACTIONS)
		return nestctl_usage_word("hook", "unknown action", argv[optind], "install, status or remove");
	if (json && action != ACTION_STATUS)
		return nestctl_usage("hook", "--json is for status only");
	return run_action(action, json);
}

const struct nestctl_command nestctl_hook = {
	.name = "hook",
	.arguments = "install|status|remove",
	.summary = "the hook: install it, check it, remove it",
	.run = run,
};
