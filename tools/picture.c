/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* picture.c - gathers what /proc, /sys, modprobe.d and libkmod say of nesting on this host. */
#include "picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../lib/private.h"
#include "cpuinfo.h"
#include "module.h"

/* The parameters, and what nesting pays where one is off; README, "What makes nesting fast", has the sources. */
struct parameter {
	const char *name;
	const char *cost;
};

#define SHADOW_PAGES "this host keeps page tables of its own for every guest, and gives the guests' guests none of the processor's"

static const struct parameter intel_parameters[PICTURE_PARAMETERS] = {
	{"nested", NULL},
	{"ept", SHADOW_PAGES},
	{"enable_shadow_vmcs", "each VMREAD and VMWRITE of a guest's hypervisor comes to this host"},
	{"vpid", "the TLB is flushed each time a guest is entered and left"},
	{"enable_apicv", "each interrupt of a guest comes to this host"},
};

static const struct parameter amd_parameters[PICTURE_PARAMETERS] = {
	{"nested", NULL},
	{"npt", SHADOW_PAGES},
	{"vgif", "each STGI and CLGI of a guest's hypervisor comes to this host"},
	{"vls", "each VMLOAD and VMSAVE of a guest's hypervisor comes to this host"},
	{"avic", NULL}, /* off is the kernel's default */
};

const char *picture_module_to_string(enum picture_module module)
{
	static const char *const words[] = {
		[PICTURE_LIVE] = "live",
		[PICTURE_BUILTIN] = "builtin",
		[PICTURE_NOT_LOADED] = "not-loaded",
		[PICTURE_BLACKLISTED] = "blacklisted",
		[PICTURE_ABSENT] = "absent",
		[PICTURE_NO_HARDWARE] = "no-hardware",
		[PICTURE_OTHER_KVM] = "other-kvm",
		[PICTURE_NO_VENDOR] = "no-vendor",
	};

	return words[module];
}

const char *picture_nested_to_string(enum nestxml_state nested)
{
	static const char *const words[] = {
		[NESTXML_STATE_UNKNOWN] = "unknown",
		[NESTXML_STATE_ON] = "on",
		[NESTXML_STATE_OFF] = "off",
		[NESTXML_STATE_UNSUPPORTED] = "unsupported",
	};

	return words[nested];
}

const struct picture_parameter *picture_find_parameter(const struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->parameters_count; i++)
		if (strcmp(picture->parameters[i].name, name) == 0 && picture->parameters[i].value[0])
			return &picture->parameters[i];
	return NULL;
}

/* Where the kernel's command line comes from: /etc/default/grub of Debian and Ubuntu, grubby(8) of Fedora. */
void picture_describe_boot(const struct picture *picture, const char *nested, char *text, size_t size)
{
	snprintf(text, size,
		 "add %s.nested=%s to GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub (Fedora: grubby --update-kernel=ALL "
		 "--args=%s.nested=%s), then reboot",
		 picture->module_name, nested, picture->module_name, nested);
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

static int read_cmdline(struct picture *picture, const char *root)
{
	AUTO_BUFFER struct nestxml_buffer words = {0};
	char text[8192];
	char *rest = NULL;

	if (nestxml_file_read_small(root, "/proc/cmdline", text, sizeof(text)) < 0)
		text[0] = '\0';
	if (!nestxml_buffer_add_string(&words, ""))
		return -ENOMEM;
	for (const char *word = strtok_r(text, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest))
		if (is_about_module(word, picture->module_name) &&
		    ((words.length > 0 && !nestxml_buffer_add_string(&words, " ")) || !nestxml_buffer_add_string(&words, word)))
			return -ENOMEM;
	picture->cmdline = TAKE(words.data);
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
static enum picture_module find_module(const struct picture *picture, const char *root, const struct module *module)
{
	if (exists(root, picture->module_name, "/initstate"))
		return PICTURE_LIVE;
	if (exists(root, picture->module_name, "") || module_get_place(module) == MODULE_BUILTIN)
		return PICTURE_BUILTIN;
	if (picture->nested == NESTXML_STATE_UNSUPPORTED)
		return PICTURE_OTHER_KVM;
	if (!picture->has_flag)
		return PICTURE_NO_HARDWARE;
	switch (module_get_place(module)) {
	case MODULE_FILE:
		return PICTURE_NOT_LOADED;
	case MODULE_BLACKLISTED:
		return PICTURE_BLACKLISTED;
	default:
		return PICTURE_ABSENT;
	}
}

static void read_parameters(struct picture *picture, const char *root, const struct module *module)
{
	const struct parameter *known = picture->vendor == NESTXML_VENDOR_INTEL ? intel_parameters : amd_parameters;

	for (size_t i = 0; i < PICTURE_PARAMETERS; i++) {
		struct picture_parameter *parameter = &picture->parameters[i];
		char path[128];

		parameter->name = known[i].name;
		snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", picture->module_name, known[i].name);
		if (nestxml_file_read_small(root, path, parameter->value, sizeof(parameter->value)) < 0)
			parameter->value[0] = '\0';
		parameter->value[strcspn(parameter->value, "\n")] = '\0';
		parameter->cost = strcmp(parameter->value, "N") == 0 || strcmp(parameter->value, "0") == 0 ? known[i].cost : NULL;
		module_get_type(module, known[i].name, parameter->type, sizeof(parameter->type));
	}
	picture->parameters_count = PICTURE_PARAMETERS;
}

/* A module that nobody uses has nobody to be looked for, which on a host with thousands of processes takes a while. */
static int find_holders(struct picture *picture, const char *root)
{
	char path[64];
	char count[16];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", picture->module_name);
	if (nestxml_file_read_small(root, path, count, sizeof(count)) > 0 && strtol(count, NULL, 10) == 0)
		return 0;
	return holders_find(root, &picture->holders) ? 0 : -ENOMEM;
}

static int read_host(struct picture *picture, const char *root)
{
	struct nestxml_host *host;
	struct utsname kernel;

	if (nestxml_host_new(root, &host, NULL) != 0)
		return -ENOMEM;
	uname(&kernel);
	snprintf(picture->arch, sizeof(picture->arch), "%s", kernel.machine);
	picture->vendor = nestxml_host_get_vendor(host);
	picture->nested = nestxml_host_get_state(host);
	snprintf(picture->fact, sizeof(picture->fact), "%s", nestxml_host_get_fact(host));
	nestxml_host_free(host);
	return 0;
}

static int read_module(struct picture *picture, const char *root)
{
	struct module *module;
	int code = module_open(root, picture->module_name, NULL, &module);

	if (code != 0)
		return code;
	picture->module = find_module(picture, root, module);
	read_parameters(picture, root, module);
	module_close(module);
	return 0;
}

int picture_take(const char *root, struct picture *picture)
{
	int code;

	*picture = (struct picture){.module = PICTURE_NO_VENDOR};
	code = read_host(picture, root);
	if (code != 0 || picture->vendor == NESTXML_VENDOR_NONE)
		return code;
	picture->module_name = picture->vendor == NESTXML_VENDOR_INTEL ? "kvm_intel" : "kvm_amd";
	picture->has_flag = has_flag(root, picture->vendor);
	code = read_module(picture, root);
	if (code == 0)
		code = modprobe_find(root, picture->module_name, &picture->lines) ? 0 : -ENOMEM;
	if (code == 0)
		code = read_cmdline(picture, root);
	if (code == 0 && picture->module == PICTURE_LIVE)
		code = find_holders(picture, root);
	if (code != 0)
		picture_clear(picture);
	return code;
}

void picture_clear(struct picture *picture)
{
	modprobe_clear(&picture->lines);
	holders_clear(&picture->holders);
	free(picture->cmdline);
	*picture = (struct picture){0};
}
