/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kernel_module.c - libkmod's calls. */
#include "host/kernel_module.h"

#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "file.h"
#include "host/modprobe.h"
#include "macros.h"

#define MAX_DIRECTORIES 8

struct kernel_module {
	struct kmod_ctx *context;
	struct kmod_module *module;
	enum kernel_module_place place;
};

/* libkmod wants the directory of the running kernel's modules, and modprobe's directories, below the root. */
static struct kmod_ctx *open_context(const char *root, const char *overlay)
{
	char *directories[MAX_DIRECTORIES + 1] = {NULL};
	size_t count = 0;
	struct utsname kernel;
	AUTO_FREE char *modules = NULL;
	AUTO_FREE char *below = NULL;
	struct kmod_ctx *context;

	uname(&kernel);
	if (asprintf(&modules, "/lib/modules/%s", kernel.release) < 0)
		modules = NULL;
	below = modules ? nestxml_path_join(root, modules) : NULL;
	setenv("KMOD_LOG", "0", 1); /* its own messages, even about files that it reads here, would come between ours */
	if (overlay)
		directories[count++] = strdup(overlay);
	for (size_t i = 0; modprobe_directories[i] && count < MAX_DIRECTORIES; i++)
		directories[count++] = nestxml_path_join(root, modprobe_directories[i]);
	context = below ? kmod_new(below, (const char *const *)directories) : NULL;
	unsetenv("KMOD_LOG"); /* not for modprobe, which an install line may run */
	for (size_t i = 0; i < count; i++)
		free(directories[i]);
	return context;
}

#define AUTO_LIST CLEANUP(cleanup_list)
static void cleanup_list(struct kmod_list **list)
{
	kmod_module_unref_list(*list);
}

static bool is_blacklisted(struct kernel_module *module, struct kmod_list *found)
{
	AUTO_LIST struct kmod_list *allowed = NULL;

	return kmod_module_apply_filter(module->context, KMOD_FILTER_BLACKLIST, found, &allowed) == 0 && !allowed;
}

static enum kernel_module_place find_place(struct kernel_module *module, const char *name)
{
	AUTO_LIST struct kmod_list *found = NULL;

	if (kmod_module_get_initstate(module->module) == KMOD_MODULE_BUILTIN)
		return KERNEL_MODULE_BUILTIN;
	if (!kmod_module_get_path(module->module) || kmod_module_new_from_lookup(module->context, name, &found) != 0 || !found)
		return KERNEL_MODULE_ABSENT;
	return is_blacklisted(module, found) ? KERNEL_MODULE_BLACKLISTED : KERNEL_MODULE_FILE;
}

int kernel_module_open(const char *root, const char *name, const char *overlay, struct kernel_module **module)
{
	AUTO_KERNEL_MODULE struct kernel_module *made = calloc(1, sizeof(*made));
	int code;

	if (!made)
		return -ENOMEM;
	made->context = open_context(root, overlay);
	code = made->context ? kmod_module_new_from_name(made->context, name, &made->module) : -ENOMEM;
	if (code < 0) {
		// cppcheck-suppress memleak ; it is released with the scope
		return code;
	}
	made->place = find_place(made, name);
	*module = TAKE(made);
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

const char *kernel_module_get_install(const struct kernel_module *module)
{
	return kmod_module_get_install_commands(module->module);
}

void kernel_module_visit_needed(const struct kernel_module *module, bool (*visit)(void *data, const char *name, const char *install),
				void *data)
{
	AUTO_LIST struct kmod_list *needed = kmod_module_get_dependencies(module->module);
	struct kmod_list *entry;
	bool goes_on = true;

	kmod_list_foreach(entry, needed)
	{
		struct kmod_module *one = kmod_module_get_module(entry);

		goes_on = goes_on && visit(data, kmod_module_get_name(one), kmod_module_get_install_commands(one));
		kmod_module_unref(one);
	}
}

/* Adds each value of @key that modinfo shows, a line each. False: out of memory. */
static bool add_info(const struct kernel_module *module, const char *key, struct nestxml_buffer *values)
{
	struct kmod_list *info = NULL;
	struct kmod_list *entry;
	bool is_complete = nestxml_buffer_add_string(values, "");

	if (kmod_module_get_info(module->module, &info) < 0)
		return is_complete;
	kmod_list_foreach(entry, info)
	{
		if (strcmp(kmod_module_info_get_key(entry), key) == 0)
			is_complete = is_complete && nestxml_buffer_add_string(values, kmod_module_info_get_value(entry)) &&
				      nestxml_buffer_add_string(values, "\n");
	}
	kmod_module_info_free_list(info);
	return is_complete;
}

char *kernel_module_get_types(const struct kernel_module *module)
{
	AUTO_BUFFER struct nestxml_buffer types = {0};

	return add_info(module, "parmtype", &types) ? TAKE(types.data) : NULL;
}

void kernel_module_get_release(const struct kernel_module *module, char *release, size_t size)
{
	AUTO_BUFFER struct nestxml_buffer magic = {0};

	snprintf(release, size, "%s", add_info(module, "vermagic", &magic) ? magic.data : "");
	release[strcspn(release, " \n")] = '\0';
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
