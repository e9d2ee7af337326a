/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* guest.c - `nestctl guest`: whether this machine can run guests of its own, asked inside a guest. Needs neither libvirt nor root. */
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "escape.h"
#include "file.h"
#include "host/cpuinfo.h"
#include "host/kvm_device.h"
#include "host/machine.h"
#include "host/obstacle.h"
#include "host/state.h"
#include "macros.h"
#include "nestctl.h"
#include "options.h"
#include "output.h"

static const char help[] = "Usage: nestctl guest [--json|--devstack|--nova]\n"
			   "Inside a guest: can it run guests of its own, with KVM?\n"
			   "\n"
			   "  --json       the same for programs\n"
			   "  --devstack   the line for DevStack's local.conf: LIBVIRT_TYPE=kvm or =qemu\n"
			   "  --nova       the lines for nova.conf: [libvirt] virt_type = kvm or qemu\n"
			   "  -h, --help   this text\n"
			   "\n"
			   "Exit status: 0 it can, 1 it cannot, 3 unknown.\n";

struct facts {
	bool has_flags; /* @cpuinfo is known */
	struct cpuinfo cpuinfo;
	char module[64]; /* "": none is loaded */
	struct kvm_device device;
	struct machine machine;
	bool has_obstacle; /* to loading the module that the processor asks for */
	struct obstacle obstacle;
	char rivals[64]; /* other hypervisors that are loaded; "" none */
};

/* ---- the facts ---- */

/* The vendor whose feature the processor has; NONE: neither's. */
static enum nestxml_vendor vendor_of(const struct facts *facts)
{
	return cpuinfo_get_vendor(&facts->cpuinfo);
}

/* The module of this processor's vendor, or any other that is a KVM. */
static void find_module(struct facts *facts, const char *root)
{
	AUTO_FREE char *path = nestxml_path_join(root, "/sys/module");
	const char *own = nestxml_vendor_module(vendor_of(facts));
	AUTO_CLOSEDIR DIR *stream = path ? opendir(path) : NULL;
	bool found = false;

	for (struct dirent *entry; stream && !found && (entry = readdir(stream));) {
		/* The vendors' modules can be built in together, and then say nothing about this processor. */
		bool is_vendors = nestxml_vendor_of_module(entry->d_name) != NESTXML_VENDOR_NONE;

		found = own && strcmp(entry->d_name, own) == 0;
		if (found || (strncmp(entry->d_name, "kvm_", 4) == 0 && !is_vendors))
			snprintf(facts->module, sizeof(facts->module), "%.63s", entry->d_name);
	}
}

/* What keeps the module from being loaded, as `nestctl host` knows it. If this kernel has no such module, modprobe itself says so. */
static void find_obstacle(struct facts *facts, const char *root)
{
	AUTO_HOST_STATE struct host_state state = {0};

	if (facts->module[0] || host_state_read(root, &state) != 0 || state.vendor != vendor_of(facts))
		return;
	if (state.module == HOST_MODULE_ABSENT && !state.has_lost_modules)
		state.module = HOST_MODULE_NOT_LOADED;
	facts->has_obstacle = obstacle_find(&state, true, &facts->obstacle);
	snprintf(facts->rivals, sizeof(facts->rivals), "%s", state.rivals);
}

static void gather(struct facts *facts, const char *root)
{
	*facts = (struct facts){0};
	facts->has_flags = cpuinfo_read(root, &facts->cpuinfo);
	machine_read(root, &facts->cpuinfo, &facts->machine);
	find_module(facts, root);
	find_obstacle(facts, root);
	kvm_device_try(root, &facts->device);
}

/* ---- the verdict: pure ---- */

enum verdict {
	VERDICT_CAN,
	VERDICT_ENCRYPTED,
	VERDICT_FORBIDDEN,
	VERDICT_NOT_KVM,
	VERDICT_ERROR,
	VERDICT_NO_FLAGS,
	VERDICT_NO_FLAG,
	VERDICT_NO_MODULE,
	VERDICT_NO_DEVICE,
	VERDICT_DEAD,
};

static enum verdict find_verdict_without_device(const struct facts *facts)
{
	if (!facts->module[0] && !facts->has_flags)
		return VERDICT_NO_FLAGS;
	if (!facts->module[0] && vendor_of(facts) == NESTXML_VENDOR_NONE)
		return VERDICT_NO_FLAG;
	if (!facts->module[0])
		return VERDICT_NO_MODULE;
	return facts->device.state == KVM_DEVICE_DEAD ? VERDICT_DEAD : VERDICT_NO_DEVICE;
}

/* A device that works is proof, whatever the rest looks like; without one, the rest says what is missing. */
static enum verdict find_verdict(const struct facts *facts)
{
	if (facts->device.state == KVM_DEVICE_USABLE)
		return VERDICT_CAN;
	if (facts->machine.encryption)
		return VERDICT_ENCRYPTED;
	switch (facts->device.state) {
	case KVM_DEVICE_FORBIDDEN:
		return facts->module[0] ? VERDICT_FORBIDDEN : find_verdict_without_device(facts);
	case KVM_DEVICE_NOT_KVM:
		return VERDICT_NOT_KVM;
	case KVM_DEVICE_ERROR:
		return VERDICT_ERROR;
	default:
		return find_verdict_without_device(facts);
	}
}

static enum nestctl_status status_of(enum verdict verdict)
{
	static const enum nestctl_status statuses[] = {
		[VERDICT_CAN] = NESTCTL_YES,	   [VERDICT_FORBIDDEN] = NESTCTL_UNKNOWN, [VERDICT_NOT_KVM] = NESTCTL_UNKNOWN,
		[VERDICT_ERROR] = NESTCTL_UNKNOWN, [VERDICT_NO_FLAGS] = NESTCTL_UNKNOWN,  [VERDICT_NO_FLAG] = NESTCTL_NO,
		[VERDICT_ENCRYPTED] = NESTCTL_NO,  [VERDICT_NO_MODULE] = NESTCTL_NO,	  [VERDICT_NO_DEVICE] = NESTCTL_NO,
		[VERDICT_DEAD] = NESTCTL_NO,
	};

	return statuses[verdict];
}

/* If the module is loaded and only this user may not open the device, libvirt's QEMU can: it runs as another user. */
static const char *libvirt_type(enum verdict verdict)
{
	return verdict == VERDICT_CAN || verdict == VERDICT_FORBIDDEN ? "kvm" : "qemu";
}

static void describe_verdict(const struct facts *facts, enum verdict verdict, char *text, size_t size)
{
	char features[64];

	switch (verdict) {
	case VERDICT_CAN:
		snprintf(text, size, "yes: /dev/kvm works");
		break;
	case VERDICT_ENCRYPTED:
		snprintf(text, size, "no: this machine's memory is encrypted (%s): KVM does not run here", facts->machine.encryption);
		break;
	case VERDICT_FORBIDDEN:
		snprintf(text, size, "unknown: KVM is there, but this user is not allowed to open /dev/kvm");
		break;
	case VERDICT_NOT_KVM:
		if (facts->device.api < 0)
			snprintf(text, size, "unknown: /dev/kvm does not answer as KVM");
		else
			snprintf(text, size, "unknown: /dev/kvm speaks version %d of KVM's interface, not %d", facts->device.api,
				 KVM_API_VERSION);
		break;
	case VERDICT_ERROR:
		snprintf(text, size, "unknown: /dev/kvm cannot be opened: %s", strerror(facts->device.error));
		break;
	case VERDICT_NO_FLAGS:
		snprintf(text, size, "unknown: there is no /dev/kvm, and /proc/cpuinfo shows no flags of an x86 processor");
		break;
	case VERDICT_NO_FLAG:
		snprintf(text, size, "no: the processor shows neither %s", output_join_features(" nor ", features, sizeof(features)));
		break;
	case VERDICT_NO_MODULE:
		nestxml_text_print(text, size, "no: the processor has %s, but %s is not loaded%s%s",
				   nestxml_vendor_feature(vendor_of(facts)), nestxml_vendor_module(vendor_of(facts)),
				   facts->has_obstacle ? ": " : "", facts->has_obstacle ? facts->obstacle.cause : "");
		break;
	case VERDICT_NO_DEVICE:
		snprintf(text, size, "no: KVM's module is loaded, but there is no /dev/kvm");
		break;
	case VERDICT_DEAD:
		snprintf(text, size, "no: no KVM answers at /dev/kvm");
		break;
	}
}

static void advise_permission(const struct facts *facts, char *text, size_t size)
{
	char shown[128];

	if (facts->device.group[0])
		snprintf(text, size, "sudo usermod -aG %s \"$USER\", then log in again", /* this machine's administrator names groups */
			 nestxml_text_escape(facts->device.group, shown, sizeof(shown)));
	else
		snprintf(text, size, "sudo nestctl guest");
}

static void advise_loading(const struct facts *facts, char *text, size_t size)
{
	const char *module = nestxml_vendor_module(vendor_of(facts));

	if (facts->has_obstacle && facts->obstacle.is_configured)
		nestxml_text_print(text, size, "%s, then: sudo modprobe %s", facts->obstacle.remedy, module);
	else if (facts->has_obstacle)
		nestxml_text_print(text, size, "%s", facts->obstacle.remedy);
	else
		nestxml_text_print(text, size, "sudo modprobe %s%s%s%s", module, facts->rivals[0] ? "; if that is refused, stop " : "",
				   facts->rivals, facts->rivals[0] ? " first" : "");
}

static void describe_advice(const struct facts *facts, enum verdict verdict, char *text, size_t size)
{
	switch (verdict) {
	case VERDICT_CAN:
		snprintf(text, size, "nestctl guest --devstack, or --nova: the line for OpenStack's configuration");
		break;
	case VERDICT_FORBIDDEN:
		advise_permission(facts, text, size);
		break;
	case VERDICT_NOT_KVM:
	case VERDICT_ERROR:
		snprintf(text, size, "ls -l /dev/kvm; sudo dmesg | grep -i kvm");
		break;
	case VERDICT_NO_FLAG:
		if (facts->cpuinfo.hypervisor)
			machine_advise_host(&facts->machine, text, size);
		else
			snprintf(text, size, "nestctl host (this is not a guest: its own firmware may have turned virtualization off)");
		break;
	case VERDICT_ENCRYPTED:
		snprintf(text, size, "use QEMU without KVM here, or a guest without <launchSecurity>");
		break;
	case VERDICT_NO_FLAGS:
		snprintf(text, size, "uname -m (nestxml knows nesting on x86_64 only)");
		break;
	case VERDICT_NO_MODULE:
		advise_loading(facts, text, size);
		break;
	case VERDICT_NO_DEVICE:
		if (facts->machine.is_container)
			snprintf(text, size, "give this container the device, as with --device=/dev/kvm");
		else
			snprintf(text, size,
				 "sudo " KVM_DEVICE_MAKE " && sudo udevadm trigger /dev/kvm; in a container: give it the device, as with "
				 "--device=/dev/kvm");
		break;
	case VERDICT_DEAD:
		snprintf(text, size, "sudo dmesg | grep -i kvm");
		break;
	}
}

/* ---- as a table and as JSON ---- */

static void print_table(const struct facts *facts, enum verdict verdict)
{
	const char *own = nestxml_vendor_feature(vendor_of(facts));
	char text[2048];
	char shown[256];
	char features[64];

	describe_verdict(facts, verdict, text, sizeof(text));
	output_row("own guests", "%s", text);
	output_row("processor", "%s%s; this machine is %s", own || !facts->has_flags ? "" : "without ",
		   own		      ? own
		   : facts->has_flags ? output_join_features(" and ", features, sizeof(features))
				      : "without known flags",
		   facts->cpuinfo.hypervisor ? "a guest" : "not a guest");
	output_row("module", "%s", facts->module[0] ? nestxml_text_escape(facts->module, shown, sizeof(shown)) : "none");
	kvm_device_describe(&facts->device, text, sizeof(text));
	output_row("/dev/kvm", "%s", text);
	describe_advice(facts, verdict, text, sizeof(text));
	output_row("next", "%s", text);
}

static struct json_object *make_device(const struct facts *facts)
{
	struct json_object *object = json_object_new_object();

	output_add_bool(object, "present", facts->device.state != KVM_DEVICE_MISSING);
	output_add_bool(object, "usable", facts->device.state == KVM_DEVICE_USABLE);
	json_object_object_add(object, "api", facts->device.api >= 0 ? json_object_new_int(facts->device.api) : NULL);
	output_add_string(object, "error", facts->device.error ? strerror(facts->device.error) : NULL);
	return object;
}

static struct json_object *make_json(const struct facts *facts, enum verdict verdict)
{
	struct json_object *object = json_object_new_object();
	enum nestctl_status status = status_of(verdict);
	char text[2048];

	json_object_object_add(object, "can", status == NESTCTL_UNKNOWN ? NULL : json_object_new_boolean(status == NESTCTL_YES));
	output_add_string(object, "cpu_flag", nestxml_vendor_feature(vendor_of(facts)));
	json_object_object_add(object, "hypervisor", facts->has_flags ? json_object_new_boolean(facts->cpuinfo.hypervisor) : NULL);
	output_add_string(object, "module", facts->module[0] ? nestxml_text_escape(facts->module, text, sizeof(text)) : NULL);
	json_object_object_add(object, "dev_kvm", make_device(facts));
	output_add_string(object, "uuid", facts->machine.uuid[0] ? facts->machine.uuid : NULL);
	output_add_string(object, "encryption", facts->machine.encryption);
	output_add_bool(object, "container", facts->machine.is_container);
	output_add_string(object, "libvirt_type", libvirt_type(verdict));
	describe_verdict(facts, verdict, text, sizeof(text));
	output_add_string(object, "verdict", text);
	describe_advice(facts, verdict, text, sizeof(text));
	output_add_string(object, "advice", text);
	return object;
}

/* ---- the command ---- */

enum form { FORM_TABLE, FORM_JSON, FORM_DEVSTACK, FORM_NOVA };

static enum nestctl_status show(enum form form)
{
	struct facts facts;
	enum verdict verdict;

	gather(&facts, NESTCTL_ROOT);
	verdict = find_verdict(&facts);
	switch (form) {
	case FORM_JSON:
		return nestctl_print_json(make_json(&facts, verdict), status_of(verdict));
	case FORM_DEVSTACK:
		printf("LIBVIRT_TYPE=%s\n", libvirt_type(verdict));
		break;
	case FORM_NOVA:
		printf("[libvirt]\nvirt_type = %s\n", libvirt_type(verdict));
		break;
	default:
		print_table(&facts, verdict);
	}
	return nestctl_finish(status_of(verdict));
}

static enum nestctl_status run_command(int argc, char **argv)
{
	bool forms[FORM_NOVA + 1] = {false};
	const struct option_rule rules[] = {
		{.name = "json", .flag = &forms[FORM_JSON]},
		{.name = "devstack", .flag = &forms[FORM_DEVSTACK]},
		{.name = "nova", .flag = &forms[FORM_NOVA]},
	};
	enum nestctl_status status = options_take("guest", help, rules, ARRAY_SIZE(rules), argc, argv);
	enum form form = FORM_TABLE;

	if (status != NESTCTL_CONTINUE)
		return status;
	if (optind < argc)
		return nestctl_usage_word("guest", "unexpected argument", argv[optind], NULL);
	for (enum form i = FORM_JSON; i <= FORM_NOVA; i++) {
		if (forms[i] && form != FORM_TABLE)
			return nestctl_usage("guest", "--json, --devstack and --nova exclude each other");
		if (forms[i])
			form = i;
	}
	return show(form);
}

const struct nestctl_command nestctl_guest = {
	.name = "guest",
	.arguments = "",
	.summary = "inside a guest: can it run guests of its own",
	.run = run_command,
};
