/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host.c - `nestctl host`: the state as a table or as JSON, a verdict first, the next command last. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "escape.h"
#include "host/enable.h"
#include "host/state.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

static const char help[] = "Usage: nestctl host [--json]\n"
			   "       nestctl host enable|disable [--no-reload] [--dry-run]\n"
			   "                                   [--shadow-vmcs=WHAT]\n"
			   "The state of nested virtualization on this host; exit status 0: on, 1: not on.\n"
			   "enable and disable write " MODPROBE_FILE ", load the module anew, and\n"
			   "read its parameter back; nothing is changed while a guest uses it.\n"
			   "\n"
			   "  --json               the same for programs\n"
			   "  --no-reload          write the file alone\n"
			   "  --dry-run            print the file and the steps, change nothing\n"
			   "  --shadow-vmcs=WHAT   Intel: yes (default with enable) or no\n"
			   "  -h, --help           this text\n";

/* ---- what follows from a state: pure ---- */

static void describe_verdict(const struct host_state *state, char *text, size_t size)
{
	const char *feature = nestxml_vendor_feature(state->vendor);

	switch (state->module) {
	case HOST_MODULE_NO_HARDWARE:
		snprintf(text, size, "no: the processor has no %s, or the firmware turned it off", feature);
		break;
	case HOST_MODULE_ABSENT:
		snprintf(text, size, "no: this kernel has no module %s", state->module_name);
		break;
	case HOST_MODULE_BLACKLISTED:
		snprintf(text, size, "no: %s is blacklisted", state->module_name);
		break;
	default:
		snprintf(text, size, "%s: %s", state->nested == NESTXML_STATE_ON ? "yes" : "no", state->evidence);
	}
}

static void advise_module(const struct host_state *state, char *text, size_t size)
{
	const struct modprobe_line *block = modprobe_find_block(&state->lines);

	switch (state->module) {
	case HOST_MODULE_LIVE:
		if (state->users.count > 0)
			snprintf(text, size, "stop the guests that use %s, then: nestctl host enable", state->module_name);
		else
			snprintf(text, size, "nestctl host enable");
		break;
	case HOST_MODULE_NOT_LOADED:
		snprintf(text, size, "nestctl host enable");
		break;
	case HOST_MODULE_BUILTIN:
		host_state_describe_boot(state, "1", text, size);
		break;
	case HOST_MODULE_BLACKLISTED:
		if (block)
			nestxml_text_print(text, size, "remove \"%s\" from %s, line %u, then: nestctl host enable", block->text,
					   block->file, block->line);
		else
			snprintf(text, size, "remove the blacklist of %s from the kernel's command line and reboot", state->module_name);
		break;
	case HOST_MODULE_ABSENT:
		snprintf(text, size, "install a kernel that has %s", state->module_name);
		break;
	case HOST_MODULE_NO_HARDWARE:
		snprintf(text, size, "turn on %s in the firmware; where the processor has none, use another host",
			 state->vendor == NESTXML_VENDOR_INTEL ? "VT-x" : "SVM (AMD-V)");
		break;
	case HOST_MODULE_OTHER_KVM:
	case HOST_MODULE_NO_VENDOR:
		snprintf(text, size, "use a host with kvm_intel or kvm_amd");
		break;
	}
}

static void describe_advice(const struct host_state *state, char *text, size_t size)
{
	if (state->nested == NESTXML_STATE_ON)
		snprintf(text, size, "virsh dumpxml --inactive --security-info GUEST | nestxml | virsh define /dev/stdin");
	else
		advise_module(state, text, size);
}

/* What could not be read, and why it may matter; false: all of it was. */
static bool describe_unread(const struct host_state *state, char *text, size_t size)
{
	if (state->lines.unread)
		nestxml_text_print(text, size, "%s", state->lines.unread);
	else if (state->users.unread)
		snprintf(text, size, "other users' processes; run it as root to see who uses the module");
	else
		return false;
	return true;
}

/* ---- as a table ---- */

static void print_lists(const struct host_state *state)
{
	char shown[512];

	for (size_t i = 0; i < state->lines.count; i++) {
		const struct modprobe_line *line = &state->lines.list[i];

		output_row(i == 0 ? "configured" : "", "%s:%u: %s", line->file, line->line, line->text);
	}
	if (state->cmdline && state->cmdline[0])
		output_row("kernel command line", "%s", nestxml_text_escape(state->cmdline, shown, sizeof(shown)));
	for (size_t i = 0; i < state->users.count; i++)
		output_row(i == 0 ? "in use by" : "", "%s (PID %d)", nestxml_text_escape(state->users.list[i].name, shown, sizeof(shown)),
			   (int)state->users.list[i].pid);
}

static void print_parameters(const struct host_state *state)
{
	char shown[128];
	char type[64];

	for (size_t i = 0; i < state->parameters_count; i++) {
		const struct host_parameter *parameter = &state->parameters[i];

		if (parameter->value[0] || parameter->type[0])
			output_row(parameter->name, "%s%s%s%s%s%s",
				   parameter->value[0] ? nestxml_text_escape(parameter->value, shown, sizeof(shown)) : "-",
				   parameter->type[0] ? " (" : "", nestxml_text_escape(parameter->type, type, sizeof(type)),
				   parameter->type[0] ? ")" : "", parameter->cost ? ", which costs: " : "",
				   parameter->cost ? parameter->cost : "");
	}
}

static void print_table(const struct host_state *state)
{
	char text[512];

	describe_verdict(state, text, sizeof(text));
	output_row("nested", "%s", text);
	output_row("processor", "%s, %s, %s", state->arch, state->vendor ? nestxml_vendor_to_string(state->vendor) : "unknown vendor",
		   state->has_flag ? nestxml_vendor_feature(state->vendor) : "without vmx and svm");
	if (state->module_name)
		output_row("module", "%s, %s", state->module_name, host_module_to_string(state->module));
	print_lists(state);
	print_parameters(state);
	if (describe_unread(state, text, sizeof(text)))
		output_row("not read", "%s", text);
	describe_advice(state, text, sizeof(text));
	output_row("next", "%s", text);
}

/* ---- as JSON ---- */

static struct json_object *make_configured(const struct host_state *state)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < state->lines.count; i++) {
		struct json_object *line = json_object_new_object();

		output_add_string(line, "file", state->lines.list[i].file);
		json_object_object_add(line, "line", json_object_new_int64(state->lines.list[i].line));
		output_add_string(line, "text", state->lines.list[i].text);
		json_object_array_add(list, line);
	}
	return list;
}

static struct json_object *make_users(const struct host_state *state)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < state->users.count; i++) {
		struct json_object *user = json_object_new_object();

		output_add_escaped(user, "name", state->users.list[i].name);
		json_object_object_add(user, "pid", json_object_new_int64(state->users.list[i].pid));
		json_object_array_add(list, user);
	}
	return list;
}

static struct json_object *make_parameters(const struct host_state *state)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; i < state->parameters_count; i++) {
		const struct host_parameter *parameter = &state->parameters[i];
		struct json_object *one;

		if (!parameter->value[0] && !parameter->type[0])
			continue;
		one = json_object_new_object();
		output_add_escaped(one, "value", parameter->value[0] ? parameter->value : NULL);
		output_add_escaped(one, "type", parameter->type[0] ? parameter->type : NULL);
		output_add_string(one, "cost", parameter->cost);
		json_object_object_add(object, parameter->name, one);
	}
	return object;
}

static struct json_object *make_json(const struct host_state *state)
{
	struct json_object *object = json_object_new_object();
	char text[512];

	output_add_string(object, "arch", state->arch);
	output_add_string(object, "vendor", nestxml_vendor_to_string(state->vendor));
	output_add_string(object, "cpu_flag", state->has_flag ? nestxml_vendor_feature(state->vendor) : NULL);
	output_add_string(object, "module", state->module_name);
	output_add_string(object, "state", host_module_to_string(state->module));
	output_add_string(object, "nested", host_nested_to_string(state->nested));
	json_object_object_add(object, "configured", make_configured(state));
	output_add_escaped(object, "cmdline", state->cmdline ? state->cmdline : "");
	json_object_object_add(object, "users", make_users(state));
	json_object_object_add(object, "parameters", make_parameters(state));
	output_add_string(object, "unread", describe_unread(state, text, sizeof(text)) ? text : NULL);
	describe_verdict(state, text, sizeof(text));
	output_add_string(object, "verdict", text);
	describe_advice(state, text, sizeof(text));
	output_add_string(object, "advice", text);
	return object;
}

/* ---- the command ---- */

static enum nestctl_status show(bool json)
{
	struct host_state state;
	enum nestctl_status status;
	int code = host_state_read(NESTCTL_ROOT, &state);

	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "the state of this host cannot be read: %s", strerror(-code));
	status = state.nested == NESTXML_STATE_ON ? NESTCTL_YES : NESTCTL_NO;
	if (json) {
		status = nestctl_print_json(make_json(&state), status);
	} else {
		print_table(&state);
		status = nestctl_finish(status);
	}
	host_state_clear(&state);
	return status;
}

static enum nestctl_status change(const char *word, struct enable_options *options)
{
	if (strcmp(word, "enable") != 0 && strcmp(word, "disable") != 0)
		return nestctl_usage_word("host", "unknown action", word, "enable or disable");
	options->enable = strcmp(word, "enable") == 0;
	return enable_run(NESTCTL_ROOT, options);
}

static enum nestctl_status run_command(int argc, char **argv)
{
	struct enable_options options = {.shadow_vmcs = ENABLE_SHADOW_DEFAULT};
	const char *shadow_vmcs = NULL;
	bool json = false;
	const struct option_rule rules[] = {
		{.name = "json", .flag = &json},
		{.name = "no-reload", .flag = &options.no_reload},
		{.name = "dry-run", .flag = &options.dry_run},
		{.name = "shadow-vmcs", .value = &shadow_vmcs},
	};
	enum nestctl_status status = options_take("host", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (shadow_vmcs && strcmp(shadow_vmcs, "yes") != 0 && strcmp(shadow_vmcs, "no") != 0)
		return nestctl_usage_word("host", "wrong value of --shadow-vmcs", shadow_vmcs, "yes or no");
	if (shadow_vmcs)
		options.shadow_vmcs = strcmp(shadow_vmcs, "yes") == 0 ? ENABLE_SHADOW_YES : ENABLE_SHADOW_NO;
	if (optind == argc)
		return options.no_reload || options.dry_run || shadow_vmcs
			       ? nestctl_usage("host", "--no-reload, --dry-run and --shadow-vmcs are for enable and disable only")
			       : show(json);
	if (argc - optind > 1)
		return nestctl_usage("host", "too many arguments");
	if (json)
		return nestctl_usage("host", "--json is for the state only");
	return change(argv[optind], &options);
}

const struct nestctl_command nestctl_host = {
	.name = "host",
	.arguments = "[enable|disable]",
	.summary = "can this host nest, and why not; turn it on or off",
	.run = run_command,
};
