/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* module.c - libkmod's calls. */
#include "host/kernel_module.h"

#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "host/modprobe.h"
#include "macros.h"

#define MAX_FOLDERS 8

struct kernel_module {
	struct kmod_ctx *context;
	struct kmod_module *module;
	enum kernel_module_place place;
};

/* libkmod wants the folder of the running kernel's modules, and modprobe's folders, below the root. */
static struct kmod_ctx *open_context(const char *root, const char *overlay)
{
	char *folders[MAX_FOLDERS + 1] = {NULL};
	size_t count = 0;
	struct utsname kernel;
	AUTO_FREE char *modules = NULL;
	AUTO_FREE char *below = NULL;
	struct kmod_ctx *context;

	uname(&kernel);
	if (asprintf(&modules, "/lib/modules/%s", kernel.release) < 0)
		modules = NULL;
	below = modules ? nestxml_path_join(root, modules) : NULL;
	if (overlay)
		folders[count++] = strdup(overlay);
	for (size_t i = 0; modprobe_folders[i] && count < MAX_FOLDERS; i++)
		folders[count++] = nestxml_path_join(root, modprobe_folders[i]);
	context = below ? kmod_new(below, (const char *const *)folders) : NULL;
	for (size_t i = 0; i < count; i++)
		free(folders[i]);
	return context;
}

static bool is_blacklisted(struct kernel_module *module, struct kmod_list *found)
{
	struct kmod_list *allowed = NULL;
	bool blacklisted = kmod_module_apply_filter(module->context, KMOD_FILTER_BLACKLIST, found, &allowed) == 0 && !allowed;

	kmod_module_unref_list(allowed);
	return blacklisted;
}

static enum kernel_module_place find_place(struct kernel_module *module, const char *name)
{
	struct kmod_list *found = NULL;
	enum kernel_module_place place = KERNEL_MODULE_ABSENT;

	if (kmod_module_get_initstate(module->module) == KMOD_MODULE_BUILTIN)
		return KERNEL_MODULE_BUILTIN;
	if (kmod_module_get_path(module->module) && kmod_module_new_from_lookup(module->context, name, &found) == 0 && found)
		place = is_blacklisted(module, found) ? KERNEL_MODULE_BLACKLISTED : KERNEL_MODULE_FILE;
	kmod_module_unref_list(found);
	return place;
}

int kernel_module_open(const char *root, const char *name, const char *overlay, struct kernel_module **module)
{
	struct kernel_module *made = calloc(1, sizeof(*made));
	int code;

	if (!made)
		return -ENOMEM;
	made->context = open_context(root, overlay);
	if (!made->context) {
		kernel_module_close(made);
		return -ENOMEM;
	}
	kmod_set_log_priority(made->context, 0); /* its own words would come between ours */
	code = kmod_module_new_from_name(made->context, name, &made->module);
	if (code < 0) {
		kernel_module_close(made);
		return code;
	}
	made->place = find_place(made, name);
	*module = made;
	return 0;
}

void kernel_module_close(struct kernel_module *module)
{
	if (!module)
		return;
	kmod_module_unref(module->module);
	kmod_unref(module->context);
	free(module);
}

enum kernel_module_place kernel_module_get_place(const struct kernel_module *module)
{
	return module->place;
}

const char *kernel_module_get_options(const struct kernel_module *module)
{
	const char *options = kmod_module_get_options(module->module);

	return options ? options : "";
}

void kernel_module_get_type(const struct kernel_module *module, const char *parameter, char *type, size_t size)
{
	struct kmod_list *info = NULL;
	struct kmod_list *entry;
	size_t length = strlen(parameter);

	type[0] = '\0';
	if (kmod_module_get_info(module->module, &info) < 0)
		return;
	kmod_list_foreach(entry, info)
	{
		const char *value = kmod_module_info_get_value(entry);

		if (strcmp(kmod_module_info_get_key(entry), "parmtype") == 0 && strncmp(value, parameter, length) == 0 &&
		    value[length] == ':')
			snprintf(type, size, "%s", value + length + 1);
	}
	kmod_module_info_free_list(info);
}

int kernel_module_load(struct kernel_module *module, const char *options, bool force)
{
	unsigned int flags = force ? KMOD_PROBE_IGNORE_COMMAND : KMOD_PROBE_APPLY_BLACKLIST;
	int code = kmod_module_probe_insert_module(module->module, flags, options, NULL, NULL, NULL);

	return code > 0 ? -EPERM : code; /* above 0: which flag kept it from being loaded */
}

int kernel_module_unload(struct kernel_module *module)
{
	return kmod_module_remove_module(module->module, 0);
}
