/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reload.c - a host that had KVM has it afterwards, whatever fails; and nothing is reported as restored unless it was read back. */
#include "host/reload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "host/obstacle.h"

#define UNLOAD_TRIES 20 /* a tenth of a second each: libvirt's probe of QEMU holds the module for a moment */

/* ---- the module ---- */

static int open_module(const struct reload *reload, struct kernel_module **module)
{
	return kernel_module_open(reload->root, reload->state->module_name, NULL, module);
}

static int unload(const struct reload *reload)
{
	AUTO_KERNEL_MODULE struct kernel_module *module = NULL;
	int code = open_module(reload, &module);

	if (code != 0)
		return code;
	for (int i = 0; i < UNLOAD_TRIES; i++) {
		code = kernel_module_unload(module);
		if (code != -EAGAIN && code != -EBUSY)
			break;
		usleep(100000);
	}
	return code;
}

static int load(const struct reload *reload, const char *options, bool force)
{
	AUTO_KERNEL_MODULE struct kernel_module *module = NULL;
	int code = open_module(reload, &module);

	return code != 0 ? code : kernel_module_load(module, options, force);
}

/* With what it had before, whatever the configuration says. */
static int load_old(const struct reload *reload)
{
	const struct host_parameter *nested = host_state_find_parameter(reload->state, "nested");
	const struct host_parameter *shadow = host_state_find_parameter(reload->state, "enable_shadow_vmcs");
	char options[256];

	snprintf(options, sizeof(options), "%s%s%s%s", nested ? "nested=" : "", nested ? nested->value : "",
		 shadow ? " enable_shadow_vmcs=" : "", shadow ? shadow->value : "");
	return load(reload, options, true);
}

/* ---- the state now ---- */

/* Whether nesting is @wanted now, as /sys has it; @evidence is what that says. */
static bool has_wanted_state(const struct reload *reload, enum nestxml_state wanted, char *evidence, size_t size)
{
	AUTO_HOST struct nestxml_host *host = NULL;

	if (nestxml_host_new(reload->root, &host, NULL) != 0) {
		snprintf(evidence, size, "nothing: out of memory");
		return false;
	}
	snprintf(evidence, size, "%s", nestxml_host_get_evidence(host));
	return nestxml_host_get_state(host) == wanted;
}

static bool is_loaded(const struct reload *reload)
{
	char path[128];
	AUTO_FREE char *below = NULL;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", reload->state->module_name);
	below = nestxml_path_join(reload->root, path);
	return below && access(below, F_OK) == 0;
}

/* ---- the way back ---- */

/* What has become of the file and the module: one line. */
static enum nestctl_status report_rolled_back(const struct reload *reload, const char *what, const char *reason, bool is_restored)
{
	const char *module = reload->state->module_name;
	bool was_loaded = reload->state->module == HOST_MODULE_LIVE;
	const char *file = "the old configuration is back";
	char now[256];

	if (!is_restored && reload->file->is_foreign)
		file = MODPROBE_FILE " is another program's now";
	else if (!is_restored)
		file = reload->file->old ? "put the old text of " MODPROBE_FILE " back by hand" : "remove " MODPROBE_FILE " by hand";
	/* A module that another program has come to use stays, and loading it once more is no error: so it is read back. */
	if (!has_wanted_state(reload, reload->state->nested, now, sizeof(now)) || is_loaded(reload) != was_loaded)
		return nestctl_fail(NESTCTL_FAILED, "%s %s: %s; %s; the %s: %s; run: modprobe -r %s%s%s", module, what, reason, file,
				    was_loaded ? "old module is not back" : "module stays", now, module, was_loaded ? " && modprobe " : "",
				    was_loaded ? module : "");
	if (is_restored && was_loaded)
		file = "the old configuration and the old module are back";
	return nestctl_fail(NESTCTL_FAILED, "%s %s: %s; %s%s", module, what, reason, file,
			    !is_restored && was_loaded ? "; the old module is back" : "");
}

/* The old file and the old module, as far as there was one. */
static enum nestctl_status roll_back(const struct reload *reload, const char *what, const char *reason)
{
	bool is_restored = modprobe_file_restore(reload->file);
	int code = 0;

	unload(reload); /* loaded with the wrong parameters, or not at all; whether it went is read back */
	if (reload->state->module == HOST_MODULE_LIVE)
		code = load_old(reload);
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "%s %s: %s; and the old module cannot be loaded again: %s; run: modprobe %s",
				    reload->state->module_name, what, reason, strerror(-code), reload->state->module_name);
	return report_rolled_back(reload, what, reason, is_restored);
}

static enum nestctl_status refuse_use(const struct reload *reload)
{
	char text[1200];

	if (!modprobe_file_restore(reload->file))
		return nestctl_fail(NESTCTL_FAILED, "the module was not reloaded: %s",
				    obstacle_describe_use(reload->state, text, sizeof(text)));
	return nestctl_fail(NESTCTL_NO, "nothing was changed: %s, or only write " MODPROBE_FILE ", with --no-reload",
			    obstacle_describe_use(reload->state, text, sizeof(text)));
}

/*
 * To turn nesting off, a module that is not loaded is loaded only because an earlier run has left it so. The old file must not come
 * back then: it may turn nesting on.
 */
static enum nestctl_status fail_to_load(const struct reload *reload, const char *what, const char *reason)
{
	if (reload->setting->enable || reload->state->module == HOST_MODULE_LIVE)
		return roll_back(reload, what, reason);
	return nestctl_fail(NESTCTL_FAILED, "nesting is off, but %s, which an earlier run has left unloaded, %s: %s",
			    reload->state->module_name, what, reason);
}

static enum nestctl_status reload_module(const struct reload *reload)
{
	char text[768] = "";
	int code = 0;

	if (reload->state->module == HOST_MODULE_LIVE) {
		host_lock_set_note(reload->lock, reload->state->module_name);
		code = unload(reload);
	}
	if (code == -EAGAIN || code == -EBUSY)
		return refuse_use(reload);
	if (code != 0)
		return roll_back(reload, "cannot be unloaded", strerror(-code));
	code = load(reload, NULL, false);
	if (code != 0)
		return fail_to_load(reload, "cannot be loaded", obstacle_describe_load_error(reload->state, code, text, sizeof(text)));
	if (!is_loaded(reload) && reload->state->install)
		return fail_to_load(reload, "is not loaded", obstacle_describe_load_error(reload->state, -ENOENT, text, sizeof(text)));
	if (!has_wanted_state(reload, setting_get_nested(reload->setting), text, sizeof(text)))
		return roll_back(reload, "was loaded, but says", text);
	printf("%s\n", text);
	return NESTCTL_YES;
}

enum nestctl_status reload_run(const struct reload *reload)
{
	enum nestctl_status status = reload_module(reload);

	if (is_loaded(reload))
		host_lock_set_note(reload->lock, "");
	return status;
}
