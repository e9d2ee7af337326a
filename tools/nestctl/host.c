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
#include "host/next_load.h"
#include "host/obstacle.h"
#include "host/state.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

/* nova's own HW_CPU_X86_SVM and _VMX come from the host's processor, whatever its module does. */
#define NOVA_TRAIT "CUSTOM_NESTED_VIRTUALIZATION"

static const char help[] = "Usage: nestctl host [--json|--nova-provider]\n"
			   "       nestctl host enable|disable [--no-reload] [--dry-run]\n"
			   "                                   [--shadow-vmcs=WHAT]\n"
			   "The state of nested virtualization on this host; exit status 0: on, 1: not on.\n"
			   "enable and disable write " MODPROBE_FILE ", load the module again,\n"
			   "and read its parameter back. A module that a guest uses is not reloaded.\n"
			   "\n"
			   "  --json               the same for programs\n"
			   "  --nova-provider      a file for nova's provider_config: the custom trait\n"
			   "                       " NOVA_TRAIT " where this host nests\n"
			   "  --no-reload          only write the file\n"
			   "  --dry-run            print the file and the steps, change nothing\n"
			   "  --shadow-vmcs=WHAT   Intel: yes (default with enable) or no\n"
			   "  -h, --help           this text\n";

/* ---- what follows from a state: pure ---- */

static void describe_verdict(const struct host_state *state, char *text, size_t size)
{
	bool is_there = state->module == HOST_MODULE_LIVE || state->module == HOST_MODULE_BUILTIN;
	const char *no = state->nested == NESTXML_STATE_UNKNOWN ? "unknown" : "no";
	struct obstacle obstacle;

	if (state->nested == NESTXML_STATE_ON)
		nestxml_text_print(text, size, "yes: %s", state->evidence);
	else if (obstacle_find(state, true, &obstacle) && (obstacle.is_final || !is_there))
		nestxml_text_print(text, size, "%s: %s", no, obstacle.cause);
	else
		nestxml_text_print(text, size, "%s: %s", no, state->evidence);
}

/* Whether the module is loaded, and nesting will be different after the next load. */
static bool find_change(const struct host_state *state, struct next_load *next)
{
	next_load_find(state, next);
	return state->module == HOST_MODULE_LIVE && next->nested != state->nested && next->nested != NESTXML_STATE_UNKNOWN;
}

static void advise_while_on(const struct host_state *state, char *text, size_t size)
{
	struct next_load next;
	char keeping[1536];

	if (find_change(state, &next))
		nestxml_text_print(text, size, "%s (otherwise nesting is off after the next load)",
				   obstacle_advise_keeping(state, keeping, sizeof(keeping)));
	else
		snprintf(text, size, "virsh dumpxml --inactive --security-info GUEST | nestxml | virsh define /dev/stdin");
}

static void describe_advice(const struct host_state *state, char *text, size_t size)
{
	struct obstacle obstacle;

	if (state->nested == NESTXML_STATE_ON)
		advise_while_on(state, text, size);
	else if (obstacle_find(state, true, &obstacle))
		nestxml_text_print(text, size, "%s%s", obstacle.remedy, obstacle.is_configured ? ", then: nestctl host enable" : "");
	else
		obstacle_advise_enabling(state, text, size);
}

/* What could not be read, and why it may matter; false: everything was read. */
static bool describe_unread(const struct host_state *state, char *text, size_t size)
{
	if (state->lines.unread)
		nestxml_text_print(text, size, "%s", state->lines.unread);
	else if (state->users.unread)
		snprintf(text, size, "other users' processes; run it as root to see what uses the module");
	else
		return false;
	return true;
}

/* ---- as a table ---- */

static void print_lines(const struct modprobe_lines *lines, const char *title)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct modprobe_line *line = &lines->list[i];

		output_row(i == 0 ? title : "", "%s:%u: %s", line->file, line->line, line->text);
	}
}

static void print_lists(const struct host_state *state)
{
	char shown[512];

	print_lines(&state->lines, "configured");
	print_lines(&state->needed_lines, state->lines.count == 0 ? "configured" : "");
	if (state->cmdline && state->cmdline[0])
		output_row("kernel command line", "%s", nestxml_text_escape(state->cmdline, shown, sizeof(shown)));
	for (size_t i = 0; i < state->users.count; i++)
		output_row(i == 0 ? "in use by" : "", "%s (PID %d%s)", nestxml_text_escape(state->users.list[i].name, shown, sizeof(shown)),
			   (int)state->users.list[i].pid, state->users.list[i].has_guest ? "" : ", with /dev/kvm open");
	if (state->references > 0 && state->users.count == 0)
		output_row("in use by", "a program that cannot be seen");
}

static void print_next_load(const struct host_state *state)
{
	struct next_load next;

	if (find_change(state, &next) ||
	    (state->module == HOST_MODULE_LIVE && next.source[0] && next.nested == NESTXML_STATE_UNKNOWN && state->lines.unread))
		output_row("after the next load", "%s (%s)", host_nested_to_string(next.nested), next.source);
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
				   parameter->type[0] ? ")" : "", parameter->cost ? ", so " : "", parameter->cost ? parameter->cost : "");
	}
}

static void print_table(const struct host_state *state)
{
	char text[2048];
	char features[64];

	describe_verdict(state, text, sizeof(text));
	output_row("nested", "%s", text);
	output_row("processor", "%s, %s, %s%s%s", state->arch, state->vendor ? nestxml_vendor_to_string(state->vendor) : "unknown vendor",
		   state->has_flag ? "" : "without ",
		   state->has_flag ? nestxml_vendor_feature(state->vendor) : output_join_features(" and ", features, sizeof(features)),
		   state->machine.is_guest ? "; this machine is a guest" : "");
	if (state->module_name)
		output_row("module", "%s, %s", state->module_name, host_module_to_string(state->module));
	print_next_load(state);
	print_lists(state);
	if (state->rivals[0])
		output_row("other hypervisor", "%s", state->rivals);
	print_parameters(state);
	if (describe_unread(state, text, sizeof(text)))
		output_row("not read", "%s", text);
	describe_advice(state, text, sizeof(text));
	output_row("next", "%s", text);
}

/* ---- as JSON ---- */

static void add_lines(struct json_object *list, const struct modprobe_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct json_object *line = json_object_new_object();

		output_add_string(line, "file", lines->list[i].file);
		json_object_object_add(line, "line", json_object_new_int64(lines->list[i].line));
		output_add_string(line, "text", lines->list[i].text);
		json_object_array_add(list, line);
	}
}

static struct json_object *make_configured(const struct host_state *state)
{
	struct json_object *list = json_object_new_array();

	add_lines(list, &state->lines);
	add_lines(list, &state->needed_lines);
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

static struct json_object *make_next_load(const struct host_state *state)
{
	struct json_object *object = json_object_new_object();
	struct next_load next;

	next_load_find(state, &next);
	output_add_string(object, "nested", host_nested_to_string(next.nested));
	output_add_string(object, "source", next.source[0] ? next.source : NULL);
	return object;
}

static struct json_object *make_json(const struct host_state *state)
{
	struct json_object *object = json_object_new_object();
	char text[2048];

	output_add_string(object, "arch", state->arch);
	output_add_string(object, "vendor", nestxml_vendor_to_string(state->vendor));
	output_add_string(object, "cpu_flag", state->has_flag ? nestxml_vendor_feature(state->vendor) : NULL);
	output_add_string(object, "module", state->module_name);
	output_add_string(object, "state", host_module_to_string(state->module));
	output_add_string(object, "nested", host_nested_to_string(state->nested));
	json_object_object_add(object, "next_load", make_next_load(state));
	output_add_bool(object, "guest", state->machine.is_guest);
	output_add_bool(object, "container", state->machine.is_container);
	output_add_string(object, "encryption", state->machine.encryption);
	output_add_string(object, "other_hypervisor", state->rivals[0] ? state->rivals : NULL);
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

/* ---- for nova ---- */

/*
 * The schema is that of doc/source/admin/managing-resource-providers.rst in nova. An entry without traits is ignored with a warning, so
 * where the host does not nest there is none.
 */
static void print_nova_provider(const struct host_state *state)
{
	puts("# Written by nestctl host --nova-provider; nova-compute reads it when it starts, from [compute] provider_config_location.");
	printf("# %s\n", state->evidence);
	puts("meta:\n  schema_version: '1.0'");
	if (state->nested != NESTXML_STATE_ON)
		puts("providers: []");
	else
		puts("providers:\n"
		     "  - identification:\n"
		     "      uuid: '$COMPUTE_NODE'\n"
		     "    traits:\n"
		     "      additional:\n"
		     "        - '" NOVA_TRAIT "'");
}

/* ---- the command ---- */

enum form { FORM_TABLE, FORM_JSON, FORM_NOVA };

static enum nestctl_status show(enum form form)
{
	AUTO_HOST_STATE struct host_state state = {0};
	enum nestctl_status status;
	int code = host_state_read(NESTCTL_ROOT, &state);

	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "the state of this host cannot be read: %s", strerror(-code));
	status = state.nested == NESTXML_STATE_ON ? NESTCTL_YES : NESTCTL_NO;
	switch (form) {
	case FORM_JSON:
		return nestctl_print_json(make_json(&state), status);
	case FORM_NOVA:
		print_nova_provider(&state);
		break;
	default:
		print_table(&state);
	}
	return nestctl_finish(status);
}

static enum nestctl_status change(const char *word, struct enable_options *options)
{
	if (strcmp(word, "enable") != 0 && strcmp(word, "disable") != 0)
		return nestctl_usage_word("host", "unknown action", word, "enable or disable");
	options->setting.enable = strcmp(word, "enable") == 0;
	return enable_run(NESTCTL_ROOT, options);
}

static bool parse_shadow_vmcs(const char *word, enum setting_shadow_vmcs *shadow_vmcs)
{
	if (word && strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		return false;
	if (word)
		*shadow_vmcs = strcmp(word, "yes") == 0 ? SETTING_SHADOW_VMCS_YES : SETTING_SHADOW_VMCS_NO;
	return true;
}

static enum nestctl_status run_command(int argc, char **argv)
{
	struct enable_options options = {0};
	const char *shadow_vmcs = NULL;
	bool json = false;
	bool nova = false;
	const struct option_rule rules[] = {
		{.name = "json", .flag = &json},
		{.name = "nova-provider", .flag = &nova},
		{.name = "no-reload", .flag = &options.no_reload},
		{.name = "dry-run", .flag = &options.dry_run},
		{.name = "shadow-vmcs", .value = &shadow_vmcs},
	};
	enum nestctl_status status = options_take("host", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status != NESTCTL_CONTINUE)
		return status;
	if (!parse_shadow_vmcs(shadow_vmcs, &options.setting.shadow_vmcs))
		return nestctl_usage_word("host", "wrong value of --shadow-vmcs", shadow_vmcs, "yes or no");
	if (json && nova)
		return nestctl_usage("host", "--json and --nova-provider exclude each other");
	if (optind == argc)
		return options.no_reload || options.dry_run || shadow_vmcs
			       ? nestctl_usage("host", "--no-reload, --dry-run and --shadow-vmcs are for enable and disable only")
			       : show(json   ? FORM_JSON
				      : nova ? FORM_NOVA
					     : FORM_TABLE);
	if (argc - optind > 1)
		return nestctl_usage("host", "too many arguments");
	if (json || nova)
		return nestctl_usage("host", "--json and --nova-provider are for the state only");
	return change(argv[optind], &options);
}

const struct nestctl_command nestctl_host = {
	.name = "host",
	.arguments = "[enable|disable]",
	.summary = "can this host nest, and why not; turn it on or off",
	.run = run_command,
};
