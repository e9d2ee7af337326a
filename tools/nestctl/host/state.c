/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.c - gathers what /proc, /sys, modprobe.d and libkmod say of nesting on this host. */
#include "host/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "file.h"
#include "host/cpuinfo.h"
#include "host/kernel_module.h"
#include "macros.h"

/* The parameters, and what nesting pays where one is off; README, "What makes nesting fast", has the sources. */
struct parameter {
	const char *name;
	const char *cost;
};

#define SHADOW_PAGES "this host keeps page tables of its own for every guest, and gives the guests' guests none of the processor's"

static const struct parameter intel_parameters[HOST_PARAMETERS] = {
	{"nested", NULL},
	{"ept", SHADOW_PAGES},
	{"enable_shadow_vmcs", "each VMREAD and VMWRITE of a guest's hypervisor comes to this host"},
	{"vpid", "the TLB is flushed each time a guest is entered and left"},
	{"enable_apicv", "each interrupt of a guest comes to this host"},
};

static const struct parameter amd_parameters[HOST_PARAMETERS] = {
	{"nested", NULL},
	{"npt", SHADOW_PAGES},
	{"vgif", "each STGI and CLGI of a guest's hypervisor comes to this host"},
	{"vls", "each VMLOAD and VMSAVE of a guest's hypervisor comes to this host"},
	{"avic", NULL}, /* off is the kernel's default */
};

const char *host_module_to_string(enum host_module module)
{
	static const char *const words[] = {
		[HOST_MODULE_LIVE] = "live",
		[HOST_MODULE_BUILTIN] = "builtin",
		[HOST_MODULE_NOT_LOADED] = "not-loaded",
		[HOST_MODULE_BLACKLISTED] = "blacklisted",
		[HOST_MODULE_ABSENT] = "absent",
		[HOST_MODULE_NO_HARDWARE] = "no-hardware",
		[HOST_MODULE_OTHER_KVM] = "other-kvm",
		[HOST_MODULE_NO_VENDOR] = "no-vendor",
	};

	return words[module];
}

const char *host_nested_to_string(enum nestxml_state nested)
{
	static const char *const words[] = {
		[NESTXML_STATE_UNKNOWN] = "unknown",
		[NESTXML_STATE_ON] = "on",
		[NESTXML_STATE_OFF] = "off",
		[NESTXML_STATE_UNSUPPORTED] = "unsupported",
	};

	return words[nested];
}

const struct host_parameter *host_state_find_parameter(const struct host_state *state, const char *name)
{
	for (size_t i = 0; i < state->parameters_count; i++)
		if (strcmp(state->parameters[i].name, name) == 0 && state->parameters[i].value[0])
			return &state->parameters[i];
	return NULL;
}

/* Where the kernel's command line comes from: /etc/default/grub of Debian and Ubuntu, grubby(8) of Fedora. */
void host_state_describe_boot(const struct host_state *state, const char *nested, char *text, size_t size)
{
	snprintf(text, size,
		 "add %s.nested=%s to GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub (Fedora: grubby --update-kernel=ALL "
		 "--args=%s.nested=%s), then reboot",
		 state->module_name, nested, state->module_name, nested);
}

static bool has_flag(const char *root, enum nestxml_vendor vendor)
{
	char text[16384];
	struct cpuinfo cpuinfo;

	if (nestxml_file_read_small(root, "/proc/cpuinfo", text, sizeof(text)) < 0 || !cpuinfo_parse(text, &cpuinfo))
		return false;
	return vendor == NESTXML_VENDOR_INTEL ? cpuinfo.vmx : cpuinfo.svm;
}

/* "kvm_amd.nested=1", "kvm-amd.npt=0", "modprobe.blacklist=kvm_amd", "module_blacklist=kvm_amd" */
static bool is_about_module(const char *word, const char *module)
{
	size_t name = strcspn(word, ".=");

	if (word[name] == '.' && modprobe_is_same_name(word, name, module))
		return true;
	return (strncmp(word, "modprobe.blacklist=", 19) == 0 || strncmp(word, "module_blacklist=", 17) == 0) && strstr(word, module);
}

static int read_cmdline(struct host_state *state, const char *root)
{
	AUTO_BUFFER struct nestxml_buffer words = {0};
	char text[8192];
	char *rest = NULL;

	if (nestxml_file_read_small(root, "/proc/cmdline", text, sizeof(text)) < 0)
		text[0] = '\0';
	if (!nestxml_buffer_add_string(&words, ""))
		return -ENOMEM;
	for (const char *word = strtok_r(text, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest))
		if (is_about_module(word, state->module_name) &&
		    ((words.length > 0 && !nestxml_buffer_add_string(&words, " ")) || !nestxml_buffer_add_string(&words, word)))
			return -ENOMEM;
	state->cmdline = TAKE(words.data);
	return 0;
}

/* Whether /sys/module has @file of @module. */
static bool exists(const char *root, const char *module, const char *file)
{
	char path[128];
	AUTO_FREE char *below = NULL;

	snprintf(path, sizeof(path), "/sys/module/%s%s", module, file);
	below = nestxml_path_join(root, path);
	return below && access(below, F_OK) == 0;
}

/* /sys tells what is there now: a module that was loaded has an initstate, one that is built in has none. */
static enum host_module find_module(const struct host_state *state, const char *root, const struct kernel_module *module)
{
	if (exists(root, state->module_name, "/initstate"))
		return HOST_MODULE_LIVE;
	if (exists(root, state->module_name, "") || kernel_module_get_place(module) == KERNEL_MODULE_BUILTIN)
		return HOST_MODULE_BUILTIN;
	if (state->nested == NESTXML_STATE_UNSUPPORTED)
		return HOST_MODULE_OTHER_KVM;
	if (!state->has_flag)
		return HOST_MODULE_NO_HARDWARE;
	switch (kernel_module_get_place(module)) {
	case KERNEL_MODULE_FILE:
		return HOST_MODULE_NOT_LOADED;
	case KERNEL_MODULE_BLACKLISTED:
		return HOST_MODULE_BLACKLISTED;
	default:
		return HOST_MODULE_ABSENT;
	}
}

static void read_parameters(struct host_state *state, const char *root, const struct kernel_module *module)
{
	const struct parameter *known = state->vendor == NESTXML_VENDOR_INTEL ? intel_parameters : amd_parameters;

	for (size_t i = 0; i < HOST_PARAMETERS; i++) {
		struct host_parameter *parameter = &state->parameters[i];
		char path[128];

		parameter->name = known[i].name;
		snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", state->module_name, known[i].name);
		if (nestxml_file_read_small(root, path, parameter->value, sizeof(parameter->value)) < 0)
			parameter->value[0] = '\0';
		parameter->value[strcspn(parameter->value, "\n")] = '\0';
		parameter->cost = strcmp(parameter->value, "N") == 0 || strcmp(parameter->value, "0") == 0 ? known[i].cost : NULL;
		kernel_module_get_type(module, known[i].name, parameter->type, sizeof(parameter->type));
	}
	state->parameters_count = HOST_PARAMETERS;
}

/* A module that nobody uses has nobody to be looked for, which on a host with thousands of processes takes a while. */
static int find_users(struct host_state *state, const char *root)
{
	char path[64];
	char count[16];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", state->module_name);
	if (nestxml_file_read_small(root, path, count, sizeof(count)) > 0 && strtol(count, NULL, 10) == 0)
		return 0;
	return kvm_users_find(root, &state->users) ? 0 : -ENOMEM;
}

static int read_host(struct host_state *state, const char *root)
{
	struct nestxml_host *host;
	struct utsname kernel;

	if (nestxml_host_new(root, &host, NULL) != 0)
		return -ENOMEM;
	uname(&kernel);
	snprintf(state->arch, sizeof(state->arch), "%s", kernel.machine);
	state->vendor = nestxml_host_get_vendor(host);
	state->nested = nestxml_host_get_state(host);
	snprintf(state->evidence, sizeof(state->evidence), "%s", nestxml_host_get_evidence(host));
	nestxml_host_free(host);
	return 0;
}

static int read_module(struct host_state *state, const char *root)
{
	struct kernel_module *module;
	int code = kernel_module_open(root, state->module_name, NULL, &module);

	if (code != 0)
		return code;
	state->module = find_module(state, root, module);
	read_parameters(state, root, module);
	kernel_module_close(module);
	return 0;
}

int host_state_read(const char *root, struct host_state *state)
{
	int code;

	*state = (struct host_state){.module = HOST_MODULE_NO_VENDOR};
	code = read_host(state, root);
	if (code != 0 || state->vendor == NESTXML_VENDOR_NONE)
		return code;
	state->module_name = state->vendor == NESTXML_VENDOR_INTEL ? "kvm_intel" : "kvm_amd";
	state->has_flag = has_flag(root, state->vendor);
	code = read_module(state, root);
	if (code == 0)
		code = modprobe_find(root, state->module_name, &state->lines) ? 0 : -ENOMEM;
	if (code == 0)
		code = read_cmdline(state, root);
	if (code == 0 && state->module == HOST_MODULE_LIVE)
		code = find_users(state, root);
	if (code != 0)
		host_state_clear(state);
	return code;
}

void host_state_clear(struct host_state *state)
{
	modprobe_clear(&state->lines);
	kvm_users_clear(&state->users);
	free(state->cmdline);
	*state = (struct host_state){0};
}
