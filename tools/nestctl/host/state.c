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
#include "escape.h"
#include "file.h"
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
			{"enable_shadow_vmcs", "each VMREAD and VMWRITE of a guest's hypervisor comes to this host"},
			{"vpid", "the TLB is flushed each time a guest is entered and left"},
			{"enable_apicv", "each interrupt of a guest comes to this host"},
		},
	[NESTXML_VENDOR_AMD] =
		{
			{"nested", NULL},
			{"npt", SHADOW_PAGES},
			{"vgif", "each STGI and CLGI of a guest's hypervisor comes to this host"},
			{"vls", "each VMLOAD and VMSAVE of a guest's hypervisor comes to this host"},
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

/*
 * The kernel's own parameter, in whose name '-' is as good as '_'. Of several, the kernel obeys the last (kernel/params.c,
 * kernel/module/main.c).
 */
static bool is_kernel_blacklist(const char *word)
{
	return strncmp(word, "module", 6) == 0 && (word[6] == '_' || word[6] == '-') && strncmp(word + 7, "blacklist=", 10) == 0;
}

/*
 * "modprobe.blacklist=kvm_amd", which modprobe obeys, or "module_blacklist=nouveau,kvm_amd", which the kernel does. In the names neither
 * takes a '-' for a '_'.
 */
static bool is_blacklisting(const char *word, const char *module)
{
	const char *names = strchr(word, '=');

	if (strncmp(word, "modprobe.blacklist=", 19) != 0 && !is_kernel_blacklist(word))
		return false;
	while (names) {
		const char *name = names + 1;

		names = strchr(name, ',');
		if (strcspn(name, ",") == strlen(module) && strncmp(name, module, strlen(module)) == 0)
			return true;
	}
	return false;
}

/* "kvm_amd.nested=1", "kvm-amd.npt=0", and what blacklists it */
static bool is_about_module(const char *word, const char *module)
{
	size_t name = strcspn(word, ".=");

	if (word[name] == '.' && modprobe_is_same_name(word, name, module))
		return true;
	return is_blacklisting(word, module);
}

static bool note_blacklist(struct host_state *state, const char *word)
{
	if (is_kernel_blacklist(word)) {
		free(state->kernel_blacklist);
		return (state->kernel_blacklist = strdup(word)) != NULL;
	}
	if (!state->boot_blacklist && is_blacklisting(word, state->module_name))
		return (state->boot_blacklist = strdup(word)) != NULL;
	return true;
}

static bool is_kernel_blacklisted(const struct host_state *state, const char *module)
{
	return state->kernel_blacklist && is_blacklisting(state->kernel_blacklist, module);
}

/* The next word, without quotes: a blank between them splits nothing. It is cut out of *@rest; NULL: there is none. */
static char *take_boot_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\n");
	bool is_quoted = false;
	char *at = word;
	char *to = word;

	for (; *at && (is_quoted || !strchr(" \t\n", *at)); at++) {
		if (*at == '"')
			is_quoted = !is_quoted;
		else
			*to++ = *at;
	}
	*rest = at + (*at != '\0');
	if (at == word)
		return NULL;
	*to = '\0';
	return word;
}

static int read_cmdline(struct host_state *state, const char *root)
{
	AUTO_BUFFER struct nestxml_buffer words = {0};
	char text[8192];
	char *rest = text;

	if (nestxml_file_read_small(root, "/proc/cmdline", text, sizeof(text)) < 0)
		text[0] = '\0';
	if (!nestxml_buffer_add_string(&words, ""))
		return -ENOMEM;
	for (const char *word; (word = take_boot_word(&rest));) {
		if (is_about_module(word, state->module_name) &&
		    ((words.length > 0 && !nestxml_buffer_add_string(&words, " ")) || !nestxml_buffer_add_string(&words, word)))
			return -ENOMEM;
		if (!note_blacklist(state, word))
			return -ENOMEM;
	}
	if (!state->boot_blacklist && is_kernel_blacklisted(state, state->module_name) &&
	    !(state->boot_blacklist = strdup(state->kernel_blacklist)))
		return -ENOMEM;
	state->cmdline = TAKE(words.data);
	return 0;
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

/* The type of the parameter @name; "" where it is not known. */
static void find_type(const struct host_state *state, const char *name, char *type, size_t size)
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
		find_type(state, known[i].name, parameter->type, sizeof(parameter->type));
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
static bool is_kernel_gone(const char *root)
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
	state->is_kernel_gone = is_kernel_gone(root);
	state->is_xen_dom0 = is_xen_dom0(root);
	state->is_locked_down = is_locked_down(root);
	state->is_kernel_locked =
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
	bool is_blacklisted = is_kernel_blacklisted(state, name);
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
	code = read_cmdline(state, root);
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

static bool is_bad(const struct host_state *state, const char *options, struct host_bad_value *bad)
{
	while (parameter_next(&options, &bad->word)) {
		find_type(state, bad->word.name, bad->type, sizeof(bad->type));
		if (parameter_parse(bad->type, bad->word.has_value ? bad->word.value : NULL) == PARAMETER_INVALID)
			return true;
	}
	return false;
}

/* The kernel's command line says "kvm_amd.nested=1 kvm-amd.npt=1 modprobe.blacklist=kvm_amd"; this leaves the next word's "nested=1". */
static bool next_boot_word(const struct host_state *state, const char **cmdline, char *word, size_t size)
{
	for (const char *at = *cmdline; *(at += strspn(at, " "));) {
		size_t length = strcspn(at, " ");
		size_t name = strcspn(at, ".= ");

		if (name < length && at[name] == '.' && modprobe_is_same_name(at, name, state->module_name)) {
			snprintf(word, size, "%.*s", (int)(length - name - 1), at + name + 1);
			*cmdline = at + length;
			return true;
		}
		at += length;
	}
	return false;
}

bool host_state_find_bad_value(const struct host_state *state, const char *file, struct host_bad_value *bad)
{
	const char *cmdline = state->cmdline ? state->cmdline : "";
	char word[256];

	for (size_t i = 0; i < state->lines.count && !state->install_reads_no_options; i++) {
		bad->line = &state->lines.list[i];
		if (bad->line->verb == MODPROBE_OPTIONS && !(file && strcmp(bad->line->file, file) == 0) &&
		    is_bad(state, bad->line->arguments, bad))
			return true;
	}
	bad->line = modprobe_lines_find(&state->lines, MODPROBE_INSTALL);
	if (bad->line && is_bad(state, state->install_options, bad))
		return true;
	bad->line = NULL;
	while (!state->install_reads_no_options && next_boot_word(state, &cmdline, word, sizeof(word)))
		if (is_bad(state, word, bad))
			return true;
	return false;
}

bool host_state_find_boot_option(const struct host_state *state, const char *name, struct parameter_word *word)
{
	const char *cmdline = state->cmdline ? state->cmdline : "";
	char text[256];
	bool found = false;

	while (next_boot_word(state, &cmdline, text, sizeof(text)))
		found = parameter_find_last(text, name, word) || found;
	return found;
}

bool host_state_find_install_option(const struct host_state *state, const char *name, struct parameter_word *word)
{
	return parameter_find_last(state->install_options, name, word);
}

/* Where the kernel's command line comes from: /etc/default/grub of Debian and Ubuntu, grubby(8) of Fedora. */
void host_state_describe_boot(const struct host_state *state, const char *nested, char *text, size_t size)
{
	struct parameter_word word;
	char old[160];

	if (host_state_find_boot_option(state, "nested", &word))
		nestxml_text_print(text, size, "change %s.nested=%s to %s.nested=%s in ", state->module_name,
				   nestxml_text_escape(word.value, old, sizeof(old)), state->module_name, nested);
	else
		nestxml_text_print(text, size, "add %s.nested=%s to ", state->module_name, nested);
	nestxml_text_print(text + strlen(text), size - strlen(text),
			   "GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub (Fedora: grubby --update-kernel=ALL "
			   "--args=%s.nested=%s), then reboot",
			   state->module_name, nested);
}

static void set_next(struct host_next_load *next, enum nestxml_state nested, const struct modprobe_line *line, const char *source)
{
	char shown[sizeof(next->source)];

	next->nested = nested;
	if (line)
		nestxml_text_print(next->source, sizeof(next->source), "%s:%u", line->file, line->line);
	else
		snprintf(next->source, sizeof(next->source), "%s", nestxml_text_escape(source, shown, sizeof(shown)));
}

enum nestxml_state host_state_parse_nested(const struct host_state *state, const struct parameter_word *word)
{
	char type[16];

	find_type(state, "nested", type, sizeof(type));
	switch (parameter_parse(type[0] ? type : "bool", word->has_value ? word->value : NULL)) {
	case PARAMETER_ON:
		return NESTXML_STATE_ON;
	case PARAMETER_OFF:
		return NESTXML_STATE_OFF;
	default:
		return NESTXML_STATE_UNKNOWN;
	}
}

/* On since Linux 4.20 on Intel (1e58e5e59148), and since there is a parameter on AMD. */
enum nestxml_state host_state_find_default(const struct host_state *state)
{
	struct utsname kernel;
	unsigned long major;
	char *end;

	if (state->vendor == NESTXML_VENDOR_AMD)
		return NESTXML_STATE_ON;
	uname(&kernel);
	major = strtoul(kernel.release, &end, 10);
	return major > 4 || (major == 4 && strtoul(end + 1, NULL, 10) >= 20) ? NESTXML_STATE_ON : NESTXML_STATE_UNKNOWN;
}

/* Among the options a later one wins; the kernel's command line comes after the files, and what an install line adds is last. */
static void find_configured(const struct host_state *state, struct host_next_load *next)
{
	struct parameter_word word;

	set_next(next, host_state_find_default(state), NULL, "the module's default");
	for (size_t i = 0; i < state->lines.count && !state->install_reads_no_options; i++) {
		const struct modprobe_line *line = &state->lines.list[i];

		if (line->verb == MODPROBE_OPTIONS && parameter_find_last(line->arguments, "nested", &word))
			set_next(next, host_state_parse_nested(state, &word), line, "");
	}
	if (!state->install_reads_no_options && host_state_find_boot_option(state, "nested", &word))
		set_next(next, host_state_parse_nested(state, &word), NULL, "the kernel's command line");
	if (host_state_find_install_option(state, "nested", &word))
		set_next(next, host_state_parse_nested(state, &word), modprobe_lines_find(&state->lines, MODPROBE_INSTALL), state->install);
}

void host_state_find_next_load(const struct host_state *state, struct host_next_load *next)
{
	struct host_bad_value bad;

	*next = (struct host_next_load){.nested = state->nested};
	if (state->module > HOST_MODULE_BLOCKED || state->module == HOST_MODULE_BUILTIN || state->machine.encryption)
		return;
	if (host_state_is_blocked(state))
		set_next(next, NESTXML_STATE_OFF, modprobe_lines_find(&state->lines, MODPROBE_INSTALL), state->install);
	else if (state->is_needed_blacklisted)
		set_next(next, NESTXML_STATE_OFF, NULL, "the kernel's command line");
	else if (state->needed)
		set_next(next, NESTXML_STATE_OFF, modprobe_lines_find(&state->needed_lines, MODPROBE_INSTALL), state->needed);
	else if (state->place == KERNEL_MODULE_BLACKLISTED)
		set_next(next, NESTXML_STATE_OFF, modprobe_lines_find(&state->lines, MODPROBE_BLACKLIST), "the kernel's command line");
	else if (host_state_find_bad_value(state, NULL, &bad))
		set_next(next, NESTXML_STATE_OFF, bad.line, "the kernel's command line");
	else
		find_configured(state, next);
}
