/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.c - gathers what /proc, /sys, modprobe.d and libkmod say of nesting on this host. */
#include "host/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "host/boot_line.h"
#include "host/cpuinfo.h"
#include "host/install_command.h"
#include "host/kernel_module.h"
#include "macros.h"
#include "vendors.h"

/* The parameters, and what nesting pays where one is off; docs/tuning.md has the sources. */
struct parameter {
	const char *name;
	const char *cost;
};

#define SHADOW_PAGES "this host keeps shadow page tables for every guest, and a guest's hypervisor has no nested paging"

static const struct parameter parameters[VENDORS][HOST_PARAMETERS] = {
	[NESTXML_VENDOR_INTEL] =
		{
			{"nested", NULL},
			{"ept", SHADOW_PAGES},
			{"enable_shadow_vmcs", "each VMREAD and VMWRITE of a guest's hypervisor causes an exit to this host"},
			{"vpid", "the TLB is flushed each time a guest is entered and left"},
			{"enable_apicv", "each interrupt of a guest causes an exit to this host"},
		},
	[NESTXML_VENDOR_AMD] =
		{
			{"nested", NULL},
			{"npt", SHADOW_PAGES},
			{"vgif", "each STGI and CLGI of a guest's hypervisor causes an exit to this host"},
			{"vls", "each VMLOAD and VMSAVE of a guest's hypervisor causes an exit to this host"},
			{"avic", NULL}, /* off is the kernel's default */
		},
};

const char *host_module_to_string(enum host_module module)
{
	static const char *const words[] = {
		[HOST_MODULE_LIVE] = "live",
		[HOST_MODULE_BUILTIN] = "builtin",
		[HOST_MODULE_NOT_LOADED] = "not-loaded",
		[HOST_MODULE_BLACKLISTED] = "blacklisted",
		[HOST_MODULE_BLOCKED] = "blocked",
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

/* Whether /sys/module has @file of @module. */
static bool exists(const char *root, const char *module, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s%s", module, file);
	return nestxml_file_exists(root, path);
}

/* /sys tells what is there now: a module that was loaded has an initstate, one that is built in has none. */
static enum host_module find_module(const struct host_state *state, const char *root)
{
	if (exists(root, state->module_name, "/initstate"))
		return HOST_MODULE_LIVE;
	if (exists(root, state->module_name, "") || state->place == KERNEL_MODULE_BUILTIN) /* also where it found no hardware */
		return state->has_flag ? HOST_MODULE_BUILTIN : HOST_MODULE_NO_HARDWARE;
	if (state->nested == NESTXML_STATE_UNSUPPORTED)
		return HOST_MODULE_OTHER_KVM;
	if (!state->has_flag)
		return HOST_MODULE_NO_HARDWARE;
	if (state->place == KERNEL_MODULE_ABSENT)
		return HOST_MODULE_ABSENT;
	if (host_state_is_blocked(state) || (state->needed && !state->is_needed_loaded))
		return HOST_MODULE_BLOCKED;
	return state->place == KERNEL_MODULE_BLACKLISTED ? HOST_MODULE_BLACKLISTED : HOST_MODULE_NOT_LOADED;
}

void host_state_find_type(const struct host_state *state, const char *name, char *type, size_t size)
{
	size_t length = strlen(name);

	type[0] = '\0';
	for (const char *at = state->types ? state->types : ""; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, name, length) == 0 && at[length] == ':')
			snprintf(type, size, "%.*s", (int)strcspn(at + length + 1, "\n"), at + length + 1);
}

static void read_parameters(struct host_state *state, const char *root)
{
	const struct parameter *known = parameters[state->vendor];

	for (size_t i = 0; i < HOST_PARAMETERS; i++) {
		struct host_parameter *parameter = &state->parameters[i];
		char path[128];

		parameter->name = known[i].name;
		host_state_find_type(state, known[i].name, parameter->type, sizeof(parameter->type));
		snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", state->module_name, known[i].name);
		if (nestxml_file_read_small(root, path, parameter->value, sizeof(parameter->value)) < 0)
			parameter->value[0] = '\0';
		parameter->value[strcspn(parameter->value, "\n")] = '\0';
		parameter->cost = strcmp(parameter->value, "N") == 0 || strcmp(parameter->value, "0") == 0 ? known[i].cost : NULL;
	}
	state->parameters_count = HOST_PARAMETERS;
}

/* A module without references has no users, and on a host with thousands of processes looking for them takes a while. */
static int find_users(struct host_state *state, const char *root)
{
	char path[64];
	char count[24];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", state->module_name);
	if (nestxml_file_read_small(root, path, count, sizeof(count)) > 0)
		state->references = strtol(count, NULL, 10);
	if (state->references == 0)
		return 0;
	return kvm_users_find(root, &state->users) ? 0 : -ENOMEM;
}

/* The modules of hypervisors that take VT-x or AMD-V for themselves, under which KVM is told EBUSY. */
static void find_rivals(const char *root, char *rivals, size_t size)
{
	static const struct {
		const char *module;
		const char *shown;
	} known[] = {
		{"vboxdrv", "vboxdrv (VirtualBox)"},
		{"vmmon", "vmmon (VMware)"},
		{"jailhouse", "jailhouse"},
	};
	size_t used = 0;

	rivals[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(known) && used < size; i++)
		if (exists(root, known[i].module, ""))
			used += (size_t)snprintf(rivals + used, size - used, "%s%s", used ? " and " : "", known[i].shown);
}

/* The domain that controls Xen: Linux, drivers/xen/xenfs/super.c. */
static bool is_xen_dom0(const char *root)
{
	char text[64];

	return nestxml_file_read_small(root, "/proc/xen/capabilities", text, sizeof(text)) > 0 && strstr(text, "control_d");
}

/* As after an update of the kernel that took the running one's modules away. */
static bool has_lost_modules(const char *root)
{
	struct utsname kernel;
	char path[128];

	uname(&kernel);
	snprintf(path, sizeof(path), "/lib/modules/%s", kernel.release);
	return nestxml_file_exists(root, "/lib/modules") && !nestxml_file_exists(root, path);
}

/* "none [integrity] confidentiality": the word in brackets is the one that holds; kernel_lockdown(7). */
static bool is_locked_down(const char *root)
{
	char text[64];

	return nestxml_file_read_small(root, "/sys/kernel/security/lockdown", text, sizeof(text)) > 0 && !strstr(text, "[none]");
}

static void read_kernel(struct host_state *state, const char *root)
{
	char text[8];

	find_rivals(root, state->rivals, sizeof(state->rivals));
	state->has_lost_modules = has_lost_modules(root);
	state->is_xen_dom0 = is_xen_dom0(root);
	state->is_locked_down = is_locked_down(root);
	state->has_modules_disabled =
		nestxml_file_read_small(root, "/proc/sys/kernel/modules_disabled", text, sizeof(text)) > 0 && text[0] == '1';
}

static int read_host(struct host_state *state, const char *root)
{
	AUTO_HOST struct nestxml_host *host = NULL;
	const char *other_kvm;
	struct cpuinfo cpuinfo;
	struct utsname kernel;

	if (nestxml_host_new(root, &host, NULL) != 0)
		return -ENOMEM;
	uname(&kernel);
	snprintf(state->arch, sizeof(state->arch), "%s", kernel.machine);
	state->vendor = nestxml_host_get_vendor(host);
	state->nested = nestxml_host_get_state(host);
	snprintf(state->evidence, sizeof(state->evidence), "%s", nestxml_host_get_evidence(host));
	other_kvm = nestxml_host_get_other_kvm(host);
	snprintf(state->other_kvm, sizeof(state->other_kvm), "%s", other_kvm ? other_kvm : "");
	cpuinfo_read(root, &cpuinfo);
	machine_read(root, &cpuinfo, &state->machine);
	if (state->vendor == NESTXML_VENDOR_NONE)
		return 0;
	state->module_name = nestxml_vendor_module(state->vendor);
	state->extension = nestxml_vendor_extension(state->vendor);
	state->has_flag = cpuinfo.has[state->vendor];
	return 0;
}

/* Which of the modules that are needed is kept from being loaded. */
struct search {
	struct host_state *state;
	const char *root;
	bool is_out_of_memory;
};

/* One that is not loaded now ends the search. */
static bool find_blocked(void *data, const char *name, const char *install)
{
	struct search *search = data;
	struct host_state *state = search->state;
	bool is_blacklisted = boot_line_is_blacklisting(state, name);
	char options[2];

	if (!is_blacklisted && (!install || install_command_may_load(install, name, options, sizeof(options))))
		return true;
	free(state->needed);
	state->needed = strdup(name);
	state->is_needed_blacklisted = is_blacklisted;
	search->is_out_of_memory = !state->needed;
	state->is_needed_loaded = exists(search->root, name, "");
	return state->needed && state->is_needed_loaded;
}

static int read_needed(struct host_state *state, const struct kernel_module *module, const char *root)
{
	struct search search = {.state = state, .root = root};

	kernel_module_visit_needed(module, find_blocked, &search);
	if (search.is_out_of_memory || (state->needed && !modprobe_lines_read(root, state->needed, &state->needed_lines)))
		return -ENOMEM;
	return 0;
}

static int read_module(struct host_state *state, const char *root)
{
	AUTO_KERNEL_MODULE struct kernel_module *module = NULL;
	int code = kernel_module_open(root, state->module_name, NULL, &module);
	const char *install;

	if (code != 0)
		return code;
	install = kernel_module_get_install(module);
	state->install = install ? strdup(install) : NULL;
	state->install_may_load =
		install && install_command_may_load(install, state->module_name, state->install_options, sizeof(state->install_options));
	state->install_reads_no_options = install && install_command_reads_no_options(install, state->module_name);
	state->types = kernel_module_get_types(module);
	if ((install && !state->install) || !state->types)
		return -ENOMEM;
	state->place = kernel_module_get_place(module);
	if (state->place == KERNEL_MODULE_FILE && state->boot_blacklist)
		state->place = KERNEL_MODULE_BLACKLISTED;
	code = read_needed(state, module, root);
	state->module = find_module(state, root);
	/* The parameter of a module that is built in is there, and says yes, though KVM does not run. */
	if (state->nested == NESTXML_STATE_ON && (state->module == HOST_MODULE_NO_HARDWARE || state->machine.encryption))
		state->nested = NESTXML_STATE_OFF;
	kernel_module_get_release(module, state->release, sizeof(state->release));
	read_parameters(state, root);
	return code;
}

int host_state_read(const char *root, struct host_state *state)
{
	int code;

	*state = (struct host_state){.module = HOST_MODULE_NO_VENDOR, .references = -1};
	code = read_host(state, root);
	if (code != 0 || state->vendor == NESTXML_VENDOR_NONE)
		return code;
	read_kernel(state, root);
	code = boot_line_read(root, state);
	if (code == 0)
		code = read_module(state, root);
	if (code == 0)
		code = modprobe_lines_read(root, state->module_name, &state->lines) ? 0 : -ENOMEM;
	if (code == 0 && state->module == HOST_MODULE_LIVE)
		code = find_users(state, root);
	if (code != 0)
		host_state_clear(state);
	return code;
}

void host_state_clear(struct host_state *state)
{
	modprobe_lines_clear(&state->lines);
	kvm_users_clear(&state->users);
	free(state->cmdline);
	free(state->boot_blacklist);
	free(state->kernel_blacklist);
	free(state->install);
	free(state->types);
	free(state->needed);
	modprobe_lines_clear(&state->needed_lines);
	*state = (struct host_state){0};
}

/* ---- what follows from it ---- */

bool host_state_is_in_use(const struct host_state *state)
{
	return state->references > 0 || state->users.count > 0 || state->users.unread;
}

bool host_state_is_blocked(const struct host_state *state)
{
	return state->install && !state->install_may_load;
}
