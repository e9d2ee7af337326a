/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host.c - `nestctl host`: the picture as a table or as JSON, a verdict first, the next command last. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/private.h"
#include "enable.h"
#include "nestctl.h"
#include "options.h"
#include "picture.h"
#include "report.h"

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

/* ---- what follows from a picture: pure ---- */

static void describe_verdict(const struct picture *picture, char *text, size_t size)
{
	const char *feature = nestxml_vendor_feature(picture->vendor);

	switch (picture->module) {
	case PICTURE_NO_HARDWARE:
		snprintf(text, size, "no: the processor has no %s, or the firmware turned it off", feature);
		break;
	case PICTURE_ABSENT:
		snprintf(text, size, "no: this kernel has no module %s", picture->module_name);
		break;
	case PICTURE_BLACKLISTED:
		snprintf(text, size, "no: %s is blacklisted", picture->module_name);
		break;
	default:
		snprintf(text, size, "%s: %s", picture->nested == NESTXML_STATE_ON ? "yes" : "no", picture->fact);
	}
}

static void advise_module(const struct picture *picture, char *text, size_t size)
{
	const struct modprobe_line *block = modprobe_find_block(&picture->lines);

	switch (picture->module) {
	case PICTURE_LIVE:
		if (picture->holders.count > 0)
			snprintf(text, size, "stop the guests that use %s, then: nestctl host enable", picture->module_name);
		else
			snprintf(text, size, "nestctl host enable");
		break;
	case PICTURE_NOT_LOADED:
		snprintf(text, size, "nestctl host enable");
		break;
	case PICTURE_BUILTIN:
		picture_describe_boot(picture, "1", text, size);
		break;
	case PICTURE_BLACKLISTED:
		if (block)
			nestxml_text_print(text, size, "remove \"%s\" from %s, line %u, then: nestctl host enable", block->text,
					   block->file, block->line);
		else
			snprintf(text, size, "remove the blacklist of %s from the kernel's command line and reboot", picture->module_name);
		break;
	case PICTURE_ABSENT:
		snprintf(text, size, "install a kernel that has %s", picture->module_name);
		break;
	case PICTURE_NO_HARDWARE:
		snprintf(text, size, "turn on %s in the firmware; where the processor has none, use another host",
			 picture->vendor == NESTXML_VENDOR_INTEL ? "VT-x" : "SVM (AMD-V)");
		break;
	case PICTURE_OTHER_KVM:
	case PICTURE_NO_VENDOR:
		snprintf(text, size, "use a host with kvm_intel or kvm_amd");
		break;
	}
}

static void describe_advice(const struct picture *picture, char *text, size_t size)
{
	if (picture->nested == NESTXML_STATE_ON)
		snprintf(text, size, "virsh dumpxml --inactive --security-info GUEST | nestxml | virsh define /dev/stdin");
	else
		advise_module(picture, text, size);
}

/* What could not be read, and why it may matter; false: all of it was. */
static bool describe_unread(const struct picture *picture, char *text, size_t size)
{
	if (picture->lines.unread)
		nestxml_text_print(text, size, "%s", picture->lines.unread);
	else if (picture->holders.unread)
		snprintf(text, size, "other users' processes; run it as root to see who uses the module");
	else
		return false;
	return true;
}

/* ---- as a table ---- */

static void print_lists(const struct picture *picture)
{
	char shown[512];

	for (size_t i = 0; i < picture->lines.count; i++) {
		const struct modprobe_line *line = &picture->lines.list[i];

		report_row(i == 0 ? "configured" : "", "%s:%u: %s", line->file, line->line, line->text);
	}
	if (picture->cmdline && picture->cmdline[0])
		report_row("kernel command line", "%s", nestxml_text_escape(picture->cmdline, shown, sizeof(shown)));
	for (size_t i = 0; i < picture->holders.count; i++)
		report_row(i == 0 ? "in use by" : "", "%s (PID %d)",
			   nestxml_text_escape(picture->holders.list[i].name, shown, sizeof(shown)), (int)picture->holders.list[i].pid);
}

static void print_parameters(const struct picture *picture)
{
	char shown[128];
	char type[64];

	for (size_t i = 0; i < picture->parameters_count; i++) {
		const struct picture_parameter *parameter = &picture->parameters[i];

		if (parameter->value[0] || parameter->type[0])
			report_row(parameter->name, "%s%s%s%s%s%s",
				   parameter->value[0] ? nestxml_text_escape(parameter->value, shown, sizeof(shown)) : "-",
				   parameter->type[0] ? " (" : "", nestxml_text_escape(parameter->type, type, sizeof(type)),
				   parameter->type[0] ? ")" : "", parameter->cost ? ", which costs: " : "",
				   parameter->cost ? parameter->cost : "");
	}
}

static void print_table(const struct picture *picture)
{
	char text[512];

	describe_verdict(picture, text, sizeof(text));
	report_row("nested", "%s", text);
	report_row("processor", "%s, %s, %s", picture->arch, picture->vendor ? nestxml_vendor_to_string(picture->vendor) : "unknown vendor",
		   picture->has_flag ? nestxml_vendor_feature(picture->vendor) : "without vmx and svm");
	if (picture->module_name)
		report_row("module", "%s, %s", picture->module_name, picture_module_to_string(picture->module));
	print_lists(picture);
	print_parameters(picture);
	if (describe_unread(picture, text, sizeof(text)))
		report_row("not read", "%s", text);
	describe_advice(picture, text, sizeof(text));
	report_row("next", "%s", text);
}

/* ---- as JSON ---- */

static struct json_object *make_configured(const struct picture *picture)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < picture->lines.count; i++) {
		struct json_object *line = json_object_new_object();

		report_add_string(line, "file", picture->lines.list[i].file);
		json_object_object_add(line, "line", json_object_new_int64(picture->lines.list[i].line));
		report_add_string(line, "text", picture->lines.list[i].text);
		json_object_array_add(list, line);
	}
	return list;
}

static struct json_object *make_users(const struct picture *picture)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < picture->holders.count; i++) {
		struct json_object *user = json_object_new_object();

		report_add_foreign(user, "name", picture->holders.list[i].name);
		json_object_object_add(user, "pid", json_object_new_int64(picture->holders.list[i].pid));
		json_object_array_add(list, user);
	}
	return list;
}

static struct json_object *make_parameters(const struct picture *picture)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; i < picture->parameters_count; i++) {
		const struct picture_parameter *parameter = &picture->parameters[i];
		struct json_object *one;

		if (!parameter->value[0] && !parameter->type[0])
			continue;
		one = json_object_new_object();
		report_add_foreign(one, "value", parameter->value[0] ? parameter->value : NULL);
		report_add_foreign(one, "type", parameter->type[0] ? parameter->type : NULL);
		report_add_string(one, "cost", parameter->cost);
		json_object_object_add(object, parameter->name, one);
	}
	return object;
}

static struct json_object *make_json(const struct picture *picture)
{
	struct json_object *object = json_object_new_object();
	char text[512];

	report_add_string(object, "arch", picture->arch);
	report_add_string(object, "vendor", nestxml_vendor_to_string(picture->vendor));
	report_add_string(object, "cpu_flag", picture->has_flag ? nestxml_vendor_feature(picture->vendor) : NULL);
	report_add_string(object, "module", picture->module_name);
	report_add_string(object, "state", picture_module_to_string(picture->module));
	report_add_string(object, "nested", picture_nested_to_string(picture->nested));
	json_object_object_add(object, "configured", make_configured(picture));
	report_add_foreign(object, "cmdline", picture->cmdline ? picture->cmdline : "");
	json_object_object_add(object, "users", make_users(picture));
	json_object_object_add(object, "parameters", make_parameters(picture));
	report_add_string(object, "unread", describe_unread(picture, text, sizeof(text)) ? text : NULL);
	describe_verdict(picture, text, sizeof(text));
	report_add_string(object, "verdict", text);
	describe_advice(picture, text, sizeof(text));
	report_add_string(object, "advice", text);
	return object;
}

/* ---- the command ---- */

static int show(bool json)
{
	struct picture picture;
	enum nestctl_status status;
	int code = picture_take(NESTCTL_ROOT, &picture);

	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "the state of this host cannot be read: %s", strerror(-code));
	status = picture.nested == NESTXML_STATE_ON ? NESTCTL_YES : NESTCTL_NO;
	if (json) {
		status = (enum nestctl_status)nestctl_print_json(make_json(&picture), status);
	} else {
		print_table(&picture);
		status = (enum nestctl_status)nestctl_finish(status);
	}
	picture_clear(&picture);
	return (int)status;
}

static int change(const char *word, struct enable_options *options)
{
	if (strcmp(word, "enable") != 0 && strcmp(word, "disable") != 0)
		return nestctl_usage_word("host", "there is enable and disable, not", word);
	options->enable = strcmp(word, "enable") == 0;
	return enable_run(NESTCTL_ROOT, options);
}

int nestctl_host(int argc, char **argv)
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
	int status = options_take("host", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status >= 0)
		return status;
	if (shadow_vmcs && strcmp(shadow_vmcs, "yes") != 0 && strcmp(shadow_vmcs, "no") != 0)
		return nestctl_usage_word("host", "--shadow-vmcs is yes or no, not", shadow_vmcs);
	if (shadow_vmcs)
		options.shadow_vmcs = strcmp(shadow_vmcs, "yes") == 0 ? ENABLE_SHADOW_YES : ENABLE_SHADOW_NO;
	if (optind == argc)
		return options.no_reload || options.dry_run || shadow_vmcs
			       ? nestctl_usage("host", "these options belong to enable and disable")
			       : show(json);
	if (argc - optind > 1)
		return nestctl_usage("host", "too many words");
	if (json)
		return nestctl_usage("host", "--json belongs to the state alone");
	return change(argv[optind], &options);
}
