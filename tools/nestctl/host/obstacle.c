/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* obstacle.c - one cause and one remedy for each thing that can stand between a host and its module. */
#include "host/obstacle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "escape.h"
#include "host/boot_line.h"
#include "host/next_load.h"

#define SET_CAUSE(obstacle, ...) nestxml_text_print((obstacle)->cause, sizeof((obstacle)->cause), __VA_ARGS__)
#define APPEND(text, size, ...) nestxml_text_print((text) + strlen(text), size - strlen(text), __VA_ARGS__)
#define SET_REMEDY(obstacle, ...) nestxml_text_print((obstacle)->remedy, sizeof((obstacle)->remedy), __VA_ARGS__)

/* ---- the machine ---- */

static void explain_hardware(const struct host_state *state, struct obstacle *obstacle)
{
	const char *feature = nestxml_vendor_feature(state->vendor);

	obstacle->is_final = true;
	if (state->is_xen_dom0) {
		SET_CAUSE(obstacle, "this machine runs under Xen, which keeps %s to itself", state->extension);
		SET_REMEDY(obstacle, "boot this machine without Xen");
	} else if (state->machine.is_guest) {
		SET_CAUSE(obstacle, "this machine is a guest, and its processor has no %s: its host must provide nesting", feature);
		machine_advise_host(&state->machine, obstacle->remedy, sizeof(obstacle->remedy));
	} else {
		SET_CAUSE(obstacle, "the processor has no %s, or the firmware turned it off", feature);
		SET_REMEDY(obstacle, "turn on %s in the firmware; where the processor has none, use another host", state->extension);
	}
}

static bool find_machine_obstacle(const struct host_state *state, struct obstacle *obstacle)
{
	if (state->machine.encryption) {
		obstacle->is_final = true;
		SET_CAUSE(obstacle, "this machine is a guest whose memory is encrypted (%s): KVM does not run here",
			  state->machine.encryption);
		SET_REMEDY(obstacle, "use a guest without <launchSecurity>, or a physical host");
	} else if (state->module == HOST_MODULE_NO_VENDOR) {
		obstacle->is_final = true;
		SET_CAUSE(obstacle, "%s", state->evidence);
		SET_REMEDY(obstacle, "use a host with kvm_intel or kvm_amd");
	} else if (state->module == HOST_MODULE_NO_HARDWARE) {
		explain_hardware(state, obstacle);
	} else if (state->module == HOST_MODULE_OTHER_KVM) {
		obstacle->is_final = !state->has_flag;
		SET_CAUSE(obstacle, "%s", state->evidence);
		if (state->has_flag)
			SET_REMEDY(obstacle, "unload %s and load %s, or use a host with kvm_intel or kvm_amd", state->other_kvm,
				   state->module_name);
		else
			SET_REMEDY(obstacle, "use a host with kvm_intel or kvm_amd");
	} else {
		return false;
	}
	return true;
}

/* ---- modprobe's configuration ---- */

static void add_removal(const struct modprobe_line *line, struct obstacle *obstacle)
{
	APPEND(obstacle->remedy, sizeof(obstacle->remedy), "%s\"%s\" from %s, line %u", obstacle->remedy[0] ? ", and " : "remove ",
	       line->text, line->file, line->line);
}

/* @word: NULL, there is none. */
static void add_boot_removal(const struct host_state *state, const char *word, struct obstacle *obstacle)
{
	char shown[512];

	if (word)
		APPEND(obstacle->remedy, sizeof(obstacle->remedy), ", and %s from \"%s\" on the kernel's command line", state->module_name,
		       nestxml_text_escape(word, shown, sizeof(shown)));
}

/* One of a pattern may be about both modules. */
static bool has_line(const struct modprobe_lines *lines, const struct modprobe_line *wanted)
{
	for (size_t i = 0; i < lines->count; i++)
		if (lines->list[i].line == wanted->line && strcmp(lines->list[i].file, wanted->file) == 0)
			return true;
	return false;
}

/* "remove "install kvm_amd /bin/false" from FILE, line 1, and "blacklist kvm_amd" from FILE, line 2": all that keeps it from being loaded.
 */
static void advise_removal(const struct host_state *state, struct obstacle *obstacle)
{
	const struct modprobe_line *install = modprobe_lines_find(&state->needed_lines, MODPROBE_INSTALL);

	for (size_t i = 0; i < state->lines.count; i++) {
		enum modprobe_verb verb = state->lines.list[i].verb;

		if (verb == MODPROBE_BLACKLIST || (verb == MODPROBE_INSTALL && host_state_is_blocked(state)))
			add_removal(&state->lines.list[i], obstacle);
	}
	if (state->needed && !state->is_needed_blacklisted && install &&
	    !(host_state_is_blocked(state) && has_line(&state->lines, install)))
		add_removal(install, obstacle);
	add_boot_removal(state, state->boot_blacklist, obstacle);
	if (boot_line_is_blacklisting(state, state->module_name) &&
	    !(state->boot_blacklist && strcmp(state->boot_blacklist, state->kernel_blacklist) == 0))
		add_boot_removal(state, state->kernel_blacklist, obstacle);
}

static void advise_boot_removal(const char *module, const char *word, struct obstacle *obstacle)
{
	char shown[512];

	SET_REMEDY(obstacle, "remove %s from \"%s\" on the kernel's command line and reboot", module,
		   nestxml_text_escape(word, shown, sizeof(shown)));
}

/* Where a command is from no line that was read. */
static void advise_search(const char *module, struct obstacle *obstacle)
{
	SET_REMEDY(obstacle, "find it with: modprobe --showconfig | grep \"install %s\"", module);
}

static bool find_install_block(const struct host_state *state, struct obstacle *obstacle)
{
	const struct modprobe_line *install = modprobe_lines_find(&state->lines, MODPROBE_INSTALL);
	char shown[512];

	if (!host_state_is_blocked(state))
		return false;
	obstacle->is_configured = true;
	if (install) {
		SET_CAUSE(obstacle, "%s, line %u keeps %s from being loaded: \"%s\"", install->file, install->line, state->module_name,
			  install->text);
		advise_removal(state, obstacle);
	} else {
		SET_CAUSE(obstacle, "modprobe runs \"%s\" instead of loading %s", nestxml_text_escape(state->install, shown, sizeof(shown)),
			  state->module_name);
		advise_search(state->module_name, obstacle);
	}
	return true;
}

static bool find_blacklist(const struct host_state *state, struct obstacle *obstacle)
{
	const struct modprobe_line *blacklist = modprobe_lines_find(&state->lines, MODPROBE_BLACKLIST);

	if (state->place != KERNEL_MODULE_BLACKLISTED)
		return false;
	obstacle->is_configured = true;
	if (blacklist) {
		SET_CAUSE(obstacle, "%s is blacklisted by %s, line %u", state->module_name, blacklist->file, blacklist->line);
		advise_removal(state, obstacle);
	} else {
		SET_CAUSE(obstacle, "%s is blacklisted on the kernel's command line", state->module_name);
		advise_boot_removal(state->module_name, state->boot_blacklist ? state->boot_blacklist : "modprobe.blacklist", obstacle);
	}
	return true;
}

/* The kvm that kvm_intel and kvm_amd need is kept from being loaded, and they with it. */
static bool find_needed_block(const struct host_state *state, struct obstacle *obstacle)
{
	const struct modprobe_line *install = modprobe_lines_find(&state->needed_lines, MODPROBE_INSTALL);

	if (!state->needed || (state->is_needed_loaded && state->nested != NESTXML_STATE_ON))
		return false;
	obstacle->is_configured = true;
	obstacle->is_later = state->is_needed_loaded;
	if (state->is_needed_blacklisted) {
		SET_CAUSE(obstacle, "%s, which %s needs, is blacklisted on the kernel's command line", state->needed, state->module_name);
		advise_boot_removal(state->needed, state->kernel_blacklist, obstacle);
	} else if (install) {
		SET_CAUSE(obstacle, "%s, line %u keeps %s, which %s needs, from being loaded: \"%s\"", install->file, install->line,
			  state->needed, state->module_name, install->text);
		advise_removal(state, obstacle);
	} else {
		SET_CAUSE(obstacle, "modprobe runs a command instead of loading %s, which %s needs", state->needed, state->module_name);
		advise_search(state->needed, obstacle);
	}
	return true;
}

static bool find_bad_value(const struct host_state *state, struct obstacle *obstacle)
{
	struct bad_value bad;
	char where[512];
	char value[512] = "";
	char fault[560] = "which needs a value";
	const char *equals = "";

	if (!next_load_find_bad_value(state, MODPROBE_FILE, &bad))
		return false;
	load_options_describe(&bad.options, where, sizeof(where));
	if (bad.word.has_value) {
		equals = "=";
		nestxml_text_escape(bad.word.value, value, sizeof(value));
		snprintf(fault, sizeof(fault), "so %s is not valid", value[0] ? value : "an empty value");
	}
	obstacle->is_configured = true;
	SET_CAUSE(obstacle, "%s: %s is %s %s here, %s", where, bad.word.name, strcmp(bad.type, "int") == 0 ? "an" : "a", bad.type, fault);
	SET_REMEDY(obstacle, "correct or remove \"%s%s%s\" %s %s%s", bad.word.name, equals, value, bad.options.is_of_boot ? "on" : "in",
		   where, bad.options.is_of_boot ? ", and reboot" : "");
	return true;
}

static bool find_block(const struct host_state *state, struct obstacle *obstacle)
{
	return find_install_block(state, obstacle) || (!state->is_needed_loaded && find_needed_block(state, obstacle)) ||
	       find_blacklist(state, obstacle);
}

bool obstacle_find_bad_value(const struct host_state *state, struct obstacle *obstacle)
{
	*obstacle = (struct obstacle){0};
	return find_bad_value(state, obstacle);
}

bool obstacle_find_configured(const struct host_state *state, struct obstacle *obstacle)
{
	*obstacle = (struct obstacle){0};
	return find_block(state, obstacle) || find_bad_value(state, obstacle) || find_needed_block(state, obstacle);
}

/* ---- the kernel ---- */

/* What is to be corrected in the options before nestctl writes its file: values that would win, and one that the kernel refuses. */
static bool find_correction(const struct host_state *state, bool enable, char *text, size_t size)
{
	struct obstacle bad;
	char winners[1024];
	bool has_winners = obstacle_find_winners(state, enable ? NESTXML_STATE_ON : NESTXML_STATE_OFF, winners, sizeof(winners)) > 0;
	bool has_bad = obstacle_find_bad_value(state, &bad);
	/* "correct or remove X in FILE, line 1", which the winners may name, too: "remove X from FILE, line 1" */
	const char *option = has_bad ? strchr(bad.remedy, '"') : NULL;
	size_t length = option ? strcspn(option + 1, "\"") + 2 : 0;
	bool is_named = has_winners && option && memmem(winners, strlen(winners), option, length);

	nestxml_text_print(text, size, "%s%s%s", has_winners ? winners : "", has_winners && has_bad && !is_named ? ", and " : "",
			   has_bad && !is_named ? bad.remedy : "");
	return has_winners || has_bad;
}

/* Names what must be removed before the reboot. To turn nesting off, a line that keeps the module from loading may stay. */
static void advise_reboot(const struct host_state *state, bool enable, const char *reboot, struct obstacle *obstacle)
{
	struct obstacle block = {0};
	char correction[1024];
	bool has_block = enable && (find_block(state, &block) || find_needed_block(state, &block));
	bool has_correction = find_correction(state, enable, correction, sizeof(correction));

	obstacle->is_until_reboot = true;
	SET_REMEDY(obstacle, "%s%s%s%srun nestctl host %s --no-reload, which only writes " MODPROBE_FILE ", then %s",
		   has_block ? block.remedy : "", has_block && has_correction ? ", and " : "", has_correction ? correction : "",
		   has_block || has_correction ? ", then " : "", enable ? "enable" : "disable", reboot);
}

static bool find_kernel_obstacle(const struct host_state *state, bool enable, struct obstacle *obstacle)
{
	const char *module = state->module_name;

	if (state->module == HOST_MODULE_BUILTIN) {
		SET_CAUSE(obstacle, "%s is built into this kernel and cannot be loaded again", module);
		boot_line_describe_change(state, enable ? "1" : "0", obstacle->remedy, sizeof(obstacle->remedy));
	} else if (state->machine.is_container) {
		SET_CAUSE(obstacle, "this is a container, and %s is its host's", module);
		SET_REMEDY(obstacle, "on the host: nestctl host %s", enable ? "enable" : "disable");
	} else if (state->module == HOST_MODULE_ABSENT && state->has_lost_modules) {
		SET_CAUSE(obstacle, "this kernel has no module %s: all of its modules are gone, as after an update", module);
		SET_REMEDY(obstacle, "reboot into the new kernel, or install a kernel that has %s", module);
	} else if (state->module == HOST_MODULE_ABSENT) {
		SET_CAUSE(obstacle, "this kernel has no module %s", module);
		SET_REMEDY(obstacle, "install a kernel that has %s", module);
	} else if (state->has_modules_disabled) {
		SET_CAUSE(obstacle, "kernel.modules_disabled is 1: no module is loaded or unloaded until a reboot");
		advise_reboot(state, enable, "reboot", obstacle);
	} else if (state->module == HOST_MODULE_LIVE && state->place == KERNEL_MODULE_ABSENT) {
		SET_CAUSE(obstacle, "%s is loaded, but its file is gone, as after an update of the kernel", module);
		advise_reboot(state, enable, "reboot into the new kernel", obstacle);
	} else {
		return false;
	}
	return true;
}

/* ---- the first of them ---- */

/* Such a line may be there to prevent nesting, so its removal is not advised. */
static bool find_block_of_disable(const struct host_state *state, struct obstacle *obstacle)
{
	bool is_in_use = host_state_is_in_use(state);
	char use[1200] = "";
	char correction[1024];

	if (!find_block(state, obstacle))
		return false;
	if (is_in_use)
		obstacle_describe_use(state, use, sizeof(use));
	SET_REMEDY(obstacle, "to end nesting now: %s%smodprobe -r %s%s", use, is_in_use ? ", then: " : "", state->module_name,
		   find_correction(state, false, correction, sizeof(correction)) ? "" : "; to only write " MODPROBE_FILE ": --no-reload");
	return true;
}

bool obstacle_find(const struct host_state *state, bool enable, struct obstacle *obstacle)
{
	*obstacle = (struct obstacle){0};
	return ((enable || state->module == HOST_MODULE_NO_VENDOR) && find_machine_obstacle(state, obstacle)) ||
	       find_kernel_obstacle(state, enable, obstacle) || (!enable && find_block_of_disable(state, obstacle)) ||
	       obstacle_find_configured(state, obstacle);
}

/* ---- what would win over our file ---- */

/* Files are read in the order of their names, and one of our file's name is hidden by ours. */
static bool is_before_ours(const struct modprobe_line *line)
{
	return line && line->verb == MODPROBE_OPTIONS && strcmp(basename(line->file), basename(MODPROBE_FILE)) <= 0;
}

static const char *describe_word(const struct parameter_word *word, char *text, size_t size)
{
	char value[512];

	nestxml_text_print(text, size, "%s%s%s", word->name, word->has_value ? "=" : "",
			   nestxml_text_escape(word->value, value, sizeof(value)));
	return text;
}

/* What to remove, so far: a line that says what is wanted wins over all before it. */
struct removals {
	const struct host_state *state;
	enum nestxml_state wanted;
	char *text;
	size_t size;
	size_t count;
	bool needs_reboot;
};

static void add_word(struct removals *removals, const struct parameter_word *word, const struct load_options *options)
{
	char where[512];
	char shown[640];

	if (next_load_parse_nested(removals->state, word) == removals->wanted) {
		removals->count = 0;
		removals->needs_reboot = false;
		return;
	}
	if (removals->count == 0)
		removals->text[0] = '\0';
	APPEND(removals->text, removals->size, "%s\"%s%s%s\" from %s", removals->count++ ? ", and " : "remove ",
	       options->is_of_boot ? removals->state->module_name : "", options->is_of_boot ? "." : "",
	       describe_word(word, shown, sizeof(shown)), load_options_describe(options, where, sizeof(where)));
	removals->needs_reboot = removals->needs_reboot || options->is_of_boot;
}

size_t obstacle_find_winners(const struct host_state *state, enum nestxml_state wanted, char *text, size_t size)
{
	struct removals removals = {.state = state, .wanted = wanted, .text = text, .size = size};
	struct load_options options = {0};
	struct parameter_word word;

	while (load_options_next(state, &options))
		if (!is_before_ours(options.line) && parameter_find_last(options.text, "nested", &word))
			add_word(&removals, &word, &options);
	if (removals.needs_reboot)
		APPEND(text, size, " and reboot");
	return removals.count;
}

/* What puts nesting into modprobe's configuration where there is no obstacle, and what to remove from it first. */
static const char *advise_writing(const struct host_state *state, char *text, size_t size)
{
	static const char command[] = "nestctl host enable";
	char first[1024];

	if (obstacle_find_winners(state, NESTXML_STATE_ON, first, sizeof(first)) > 0)
		nestxml_text_print(text, size, "%s, then: %s", first, command);
	else
		nestxml_text_print(text, size, "%s", command);
	return text;
}

const char *obstacle_advise_keeping(const struct host_state *state, char *text, size_t size)
{
	struct obstacle obstacle;

	if (state->machine.is_container ? obstacle_find(state, true, &obstacle) : obstacle_find_configured(state, &obstacle))
		nestxml_text_print(text, size, "%s", obstacle.remedy);
	else
		advise_writing(state, text, size);
	return text;
}

/* ---- those who use it ---- */

/* As many as a person reads. */
#define MAX_NAMED 8

const char *obstacle_describe_use(const struct host_state *state, char *text, size_t size)
{
	size_t named = state->users.count < MAX_NAMED ? state->users.count : MAX_NAMED;
	char users[1024] = "";
	char shown[96];
	size_t used = 0;

	for (size_t i = 0; i < named && used < sizeof(users); i++) {
		const struct kvm_user *user = &state->users.list[i];

		used += (size_t)snprintf(users + used, sizeof(users) - used, "%s'%s' (PID %d%s)",
					 i == 0			       ? ""
					 : i + 1 == state->users.count ? " and "
								       : ", ",
					 nestxml_text_escape(user->name, shown, sizeof(shown)), (int)user->pid,
					 user->has_guest ? "" : ", with /dev/kvm open");
	}
	if (named < state->users.count && used < sizeof(users))
		snprintf(users + used, sizeof(users) - used, " and %zu more", state->users.count - named);
	nestxml_text_print(text, size, "%s is in use by %s; stop %s first", state->module_name,
			   users[0] ? users : "a program that cannot be seen", state->users.count > 1 ? "them" : "it");
	return text;
}

const char *obstacle_advise_enabling(const struct host_state *state, char *text, size_t size)
{
	char writing[1100];
	char use[1200];

	advise_writing(state, writing, sizeof(writing));
	if (host_state_is_in_use(state))
		nestxml_text_print(text, size, "%s, then: %s", obstacle_describe_use(state, use, sizeof(use)), writing);
	else if (state->module != HOST_MODULE_LIVE && state->rivals[0])
		nestxml_text_print(text, size, "%s; if that is refused, stop %s first", writing, state->rivals);
	else
		nestxml_text_print(text, size, "%s", writing);
	return text;
}

/* ---- what the kernel said ---- */

/* The kernel found no VT-x or AMD-V to use. */
static void describe_missing_hardware(const struct host_state *state, char *text, size_t size)
{
	char host[128];

	if (!state->machine.is_guest) {
		nestxml_text_print(text, size, "%s is turned off in the firmware: turn it on there", state->extension);
		return;
	}
	machine_advise_host(&state->machine, host, sizeof(host));
	nestxml_text_print(text, size, "this machine is a guest: its host must provide nesting; %s", host);
}

static void describe_install(const struct host_state *state, int code, char *text, size_t size)
{
	const struct modprobe_line *line = modprobe_lines_find(&state->lines, MODPROBE_INSTALL);
	char shown[512];

	if (line)
		nestxml_text_print(text, size, "%s, line %u runs \"%s\" for it, and that failed", line->file, line->line, line->text);
	else
		nestxml_text_print(text, size, "modprobe runs \"%s\" for it, and that failed: %s",
				   nestxml_text_escape(state->install, shown, sizeof(shown)), strerror(-code));
}

const char *obstacle_describe_load_error(const struct host_state *state, int code, char *text, size_t size)
{
	char shown[256];

	if (state->install) {
		describe_install(state, code, text, size);
		return text;
	}
	if (code == -EPERM && state->is_locked_down)
		code = -EKEYREJECTED;
	switch (-code) {
	case EBUSY:
		nestxml_text_print(text, size, "another hypervisor has %s: stop %s first%s", state->extension,
				   state->rivals[0] ? state->rivals : "it",
				   state->rivals[0] ? "" : "; which one is not known, but dmesg may name it");
		break;
	case EOPNOTSUPP:
	case EIO:
		describe_missing_hardware(state, text, size);
		break;
	case ENOEXEC:
		nestxml_text_print(text, size, "its file is not for this kernel but for %s; reinstall this kernel's package",
				   state->release[0] ? nestxml_text_escape(state->release, shown, sizeof(shown)) : "another one");
		break;
	case EKEYREJECTED:
	case ENOKEY:
		nestxml_text_print(
			text, size,
			"this kernel loads signed modules only (Secure Boot), and its file has no signature that it trusts; reinstall "
			"this kernel's package, or enroll the key with mokutil");
		break;
	default:
		nestxml_text_print(text, size, "%s", strerror(-code));
	}
	return text;
}
