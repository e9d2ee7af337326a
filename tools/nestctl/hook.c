/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook.c - `nestctl hook`: puts libvirt's qemu hook where libvirt looks for it, beside the hooks of others, and takes it away again.
 *
 * The hook is a copy, not a link: AppArmor lets libvirtd execute what lies in /etc/libvirt/hooks, and resolves links. What is there
 * already and is not ours is never touched.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "hook/confinement.h"
#include "hook/daemons.h"
#include "io.h"
#include "macros.h"
#include "nestctl.h"
#include "nestxml/replace.h"
#include "options.h"
#include "output.h"

#define FOLDER "/etc/libvirt/hooks"
#define HELPER NESTXML_BINDIR "/nestctl"
#define CHAIN_VERSION 6005000UL /* since libvirt 6.5 what is in qemu.d runs after qemu */
#define MAX_PROGRAM ((size_t)16 << 20)
/* What each version of our hook has in it, being the name it has in syslog, and a script that calls it has not. */
#define MARK "nestxml-hook"

static const char help[] = "Usage: nestctl hook status [--json]\n"
			   "       nestctl hook install|remove\n"
			   "Puts the qemu hook where libvirt runs it: " FOLDER "/qemu, or\n"
			   "qemu.d/10-nestxml beside a hook that is there already (libvirt 6.5 or newer).\n"
			   "Tells the running daemon; guests do not notice. Never touches others' files.\n"
			   "\n"
			   "  install      put this version's hook there\n"
			   "  status       where it is, and whether libvirt runs it;\n"
			   "               exit status 0: yes, 1: no, 3: cannot be told\n"
			   "  remove       take it away\n"
			   "      --json   the status for programs\n"
			   "  -h, --help   this text\n";

/* ---- the places ---- */

enum place { PLACE_ALONE, PLACE_CHAIN, PLACES };

static const char *const places[PLACES] = {[PLACE_ALONE] = FOLDER "/qemu", [PLACE_CHAIN] = FOLDER "/qemu.d/10-nestxml"};

enum content {
	CONTENT_NOTHING,
	CONTENT_CURRENT,  /* this version's hook, byte for byte */
	CONTENT_OTHER,	  /* ours, of another version */
	CONTENT_NOT_OURS, /* somebody else's: a link, a folder, another program, or what cannot be read */
};

struct hook {
	char *program; /* this version's hook; NULL: it is not where it was installed */
	size_t length;
	struct {
		enum content content;
		bool executable;
		struct timespec changed;
	} at[PLACES];
	unsigned long libvirt; /* its version as libvirt counts, 6005000; 0: it is not installed */
};

static bool read_program(const char *path, char **data, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int code;

	if (fd < 0)
		return false;
	code = io_read(fd, MAX_PROGRAM, 0, data, length);
	close(fd);
	return code == 0;
}

static enum content classify(const struct hook *hook, const char *path)
{
	AUTO_FREE char *data = NULL;
	size_t length;

	if (!read_program(path, &data, &length))
		return CONTENT_NOT_OURS;
	if (hook->program && length == hook->length && memcmp(data, hook->program, length) == 0)
		return CONTENT_CURRENT;
	return length > 4 && memcmp(data, "\177ELF", 4) == 0 && memmem(data, length, MARK, strlen(MARK)) ? CONTENT_OTHER : CONTENT_NOT_OURS;
}

static int look_at(struct hook *hook, enum place place)
{
	AUTO_FREE char *path = nestxml_path_join(NESTCTL_ROOT, places[place]);
	struct stat status;

	if (!path)
		return -ENOMEM;
	hook->at[place].content = CONTENT_NOTHING;
	if (lstat(path, &status) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	hook->at[place].content = S_ISREG(status.st_mode) ? classify(hook, path) : CONTENT_NOT_OURS;
	hook->at[place].executable = (status.st_mode & 0100) != 0;
	hook->at[place].changed = status.st_ctim;
	return 0;
}

/* The library's version is the daemon's: they come from one source. */
static unsigned long find_libvirt(void)
{
	void *library = dlopen("libvirt.so.0", RTLD_NOW | RTLD_LOCAL);
	int (*get_version)(unsigned long *, const char *, unsigned long *) = NULL;
	unsigned long version = 0;

	if (library)
		*(void **)&get_version = dlsym(library, "virGetVersion");
	if (!get_version || get_version(&version, NULL, NULL) < 0)
		version = 0;
	return version; /* the library stays: it has threads of its own */
}

static int read_hook(struct hook *hook)
{
	AUTO_FREE char *path = nestxml_path_join(NESTCTL_ROOT, NESTXML_HOOK_PROGRAM);
	int code = 0;

	*hook = (struct hook){0};
	if (!path)
		return -ENOMEM;
	if (!read_program(path, &hook->program, &hook->length))
		hook->program = NULL;
	for (enum place place = 0; code == 0 && place < PLACES; place++)
		code = look_at(hook, place);
	hook->libvirt = find_libvirt();
	return code;
}

static bool is_ours(const struct hook *hook, enum place place)
{
	return hook->at[place].content == CONTENT_CURRENT || hook->at[place].content == CONTENT_OTHER;
}

/* Where ours is; PLACES: nowhere. */
static enum place find_ours(const struct hook *hook)
{
	enum place place = PLACE_ALONE;

	while (place < PLACES && !is_ours(hook, place))
		place++;
	return place;
}

/* Where it belongs: where it is, else the place that is free; PLACES: there is none. */
static enum place choose_place(const struct hook *hook)
{
	if (find_ours(hook) < PLACES)
		return find_ours(hook);
	if (hook->at[PLACE_ALONE].content == CONTENT_NOTHING)
		return PLACE_ALONE;
	return hook->at[PLACE_CHAIN].content == CONTENT_NOTHING ? PLACE_CHAIN : PLACES;
}

static bool runs_chains(const struct hook *hook)
{
	return hook->libvirt == 0 || hook->libvirt >= CHAIN_VERSION;
}

static void describe_version(unsigned long version, char *text, size_t size)
{
	snprintf(text, size, "%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

/* ---- install and remove ---- */

static int refuse_chain(const struct hook *hook)
{
	char version[64];

	describe_version(hook->libvirt, version, sizeof(version));
	return nestctl_fail(
		NESTCTL_NO,
		"%s is somebody else's and stays; this libvirt (%s) runs nothing beside it, 6.5 or newer does: update libvirt, or "
		"let that hook end with: exec " NESTXML_HOOK_PROGRAM " \"$@\"",
		places[PLACE_ALONE], version);
}

static void tell_daemons(void)
{
	struct daemons daemons;

	daemons_find(NESTCTL_ROOT, &daemons);
	for (size_t i = 0; i < daemons.count; i++) {
		const struct daemon *daemon = &daemons.list[i];
		int code = daemons_tell(NESTCTL_ROOT, daemon);

		if (code == 0)
			printf("%s (PID %d) was told (SIGHUP)\n", daemon->name, (int)daemon->pid);
		else if (code != -ESRCH)
			fprintf(stderr, "nestctl: warning: %s (PID %d) cannot be told: %s; run: systemctl reload %s\n", daemon->name,
				(int)daemon->pid, strerror(-code), daemon->name);
	}
	if (daemons.count == 0)
		puts("no libvirtd or virtqemud runs; they look for hooks when they start");
}

static int make_folder(const char *path)
{
	AUTO_FREE char *below = nestxml_path_join(NESTCTL_ROOT, path);

	if (!below)
		return -ENOMEM;
	return mkdir(below, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int make_folders(enum place place)
{
	static const char *const folders[] = {"/etc/libvirt", FOLDER, FOLDER "/qemu.d"};

	for (size_t i = 0; i < ARRAY_SIZE(folders) - (place == PLACE_ALONE); i++) {
		int code = make_folder(folders[i]);

		if (code != 0)
			return nestctl_fail(NESTCTL_FAILED, "%s cannot be made: %s", folders[i], strerror(-code));
	}
	return NESTCTL_YES;
}

static int take_away(enum place place)
{
	AUTO_FREE char *path = nestxml_path_join(NESTCTL_ROOT, places[place]);

	if (!path || unlink(path) < 0)
		return nestctl_fail(NESTCTL_FAILED, "%s cannot be removed: %s", places[place], strerror(path ? errno : ENOMEM));
	printf("%s is removed\n", places[place]);
	return NESTCTL_YES;
}

static int put(const struct hook *hook, enum place place)
{
	AUTO_FREE char *path = nestxml_path_join(NESTCTL_ROOT, places[place]);
	AUTO_FREE char *folder = nestxml_path_join(NESTCTL_ROOT, FOLDER);
	const char *reason = NULL;
	int code;
	int status = make_folders(place);

	if (status != NESTCTL_YES)
		return status;
	code = path && folder ? replace_program(path, folder, hook->program, hook->length, &reason) : -ENOMEM;
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "%s %s: %s", places[place], reason ? reason : "cannot be written", strerror(-code));
	printf("%s is installed\n", places[place]);
	return NESTCTL_YES;
}

static int install_hook(const struct hook *hook)
{
	enum place place = choose_place(hook);
	int status = NESTCTL_YES;

	if (!hook->program)
		return nestctl_fail(NESTCTL_FAILED, NESTXML_HOOK_PROGRAM
				    " cannot be read: nestxml is not installed whole, or not in its own place; reinstall it");
	if (place == PLACES)
		return nestctl_fail(NESTCTL_NO, "%s and %s are somebody else's and stay; make room in " FOLDER "/qemu.d",
				    places[PLACE_ALONE], places[PLACE_CHAIN]);
	if (place == PLACE_CHAIN && !runs_chains(hook))
		return refuse_chain(hook);
	if (hook->at[place].content == CONTENT_CURRENT && hook->at[place].executable)
		printf("%s is this version's already\n", places[place]);
	else
		status = put(hook, place);
	/* Twice in a chain, each start would be judged twice. */
	if (status == NESTCTL_YES && place == PLACE_ALONE && is_ours(hook, PLACE_CHAIN))
		status = take_away(PLACE_CHAIN);
	if (status == NESTCTL_YES)
		tell_daemons();
	return status;
}

static int remove_hook(const struct hook *hook)
{
	int status = NESTCTL_YES;

	if (find_ours(hook) == PLACES) {
		puts("the hook is not installed");
		return NESTCTL_YES;
	}
	for (enum place place = 0; status == NESTCTL_YES && place < PLACES; place++)
		if (is_ours(hook, place))
			status = take_away(place);
	if (status == NESTCTL_YES)
		tell_daemons();
	return status;
}

/* ---- status ---- */

struct hook_state {
	const struct hook *hook;
	enum place place; /* PLACES: it is nowhere */
	struct daemons daemons;
	bool looked[DAEMONS_MAX];
	enum confinement apparmor;
	const char *apparmor_rule; /* what its profile lacks if it forbids */
	enum confinement selinux;
	char apparmor_detail[256];
	char selinux_detail[256];
};

/* libvirtd executes the hook, and the hook, in the daemon's profile, its helper. */
static void ask_apparmor(struct hook_state *state, const char *path)
{
	state->apparmor_rule = HELPER " PUx,";
	state->apparmor = confinement_ask_apparmor(NESTCTL_ROOT, HELPER, state->apparmor_detail, sizeof(state->apparmor_detail));
	if (state->apparmor != CONFINEMENT_ALLOWS && state->apparmor != CONFINEMENT_NONE)
		return; /* the hook alone is not enough */
	state->apparmor_rule = FOLDER "/** rmix,";
	state->apparmor = confinement_ask_apparmor(NESTCTL_ROOT, path, state->apparmor_detail, sizeof(state->apparmor_detail));
}

static void read_state(const struct hook *hook, struct hook_state *state)
{
	enum place asked;

	*state = (struct hook_state){.hook = hook, .place = find_ours(hook)};
	asked = state->place < PLACES ? state->place : PLACE_ALONE;
	daemons_find(NESTCTL_ROOT, &state->daemons);
	for (size_t i = 0; i < state->daemons.count; i++)
		state->looked[i] =
			state->place < PLACES && daemons_has_looked(NESTCTL_ROOT, &state->daemons.list[i], &hook->at[asked].changed);
	ask_apparmor(state, places[asked]);
	state->selinux = confinement_ask_selinux(NESTCTL_ROOT, state->selinux_detail, sizeof(state->selinux_detail));
}

/* A running daemon that may not have looked since; NULL: there is none. */
static const struct daemon *find_unaware(const struct hook_state *state)
{
	for (size_t i = 0; i < state->daemons.count; i++)
		if (!state->looked[i])
			return &state->daemons.list[i];
	return NULL;
}

static const char *describe_content(const struct hook_state *state)
{
	if (state->place == PLACES)
		return "it is not installed";
	if (!state->hook->at[state->place].executable)
		return "it is not executable";
	if (!state->hook->program)
		return "its version cannot be told: " NESTXML_HOOK_PROGRAM " cannot be read";
	return state->hook->at[state->place].content == CONTENT_CURRENT ? "it is this version's" : "it is another version's";
}

/* The verdict and what to do next, one sentence each. */
static enum nestctl_status find_status(const struct hook_state *state, char *verdict, char *advice, size_t size)
{
	const struct daemon *unaware = find_unaware(state);
	bool good = state->place < PLACES && state->hook->at[state->place].executable &&
		    state->hook->at[state->place].content == CONTENT_CURRENT;
	enum nestctl_status status = NESTCTL_NO;

	if (!good) {
		snprintf(verdict, size, "no: %s", describe_content(state));
		snprintf(advice, size, state->hook->program ? "nestctl hook install" : "reinstall nestxml");
	} else if (state->place == PLACE_CHAIN && !runs_chains(state->hook)) {
		snprintf(verdict, size, "no: this libvirt is older than 6.5 and runs nothing in qemu.d");
		snprintf(advice, size, "update libvirt, or let %s end with: exec " NESTXML_HOOK_PROGRAM " \"$@\"", places[PLACE_ALONE]);
	} else if (state->apparmor == CONFINEMENT_FORBIDS) {
		snprintf(verdict, size, "no: AppArmor: %s", state->apparmor_detail);
		snprintf(advice, size, "add \"%s\" to the profile's file in /etc/apparmor.d/local, and load it anew", state->apparmor_rule);
	} else if (state->apparmor == CONFINEMENT_DENIES) {
		snprintf(verdict, size, "no: AppArmor: %s", state->apparmor_detail);
		snprintf(advice, size, "remove that rule, and load the profile anew; it wins over any that allows");
	} else if (state->selinux == CONFINEMENT_FORBIDS) {
		snprintf(verdict, size, "no: SELinux: %s", state->selinux_detail);
		snprintf(advice, size, "setsebool -P virt_hooks_unconfined on");
	} else if (unaware) {
		snprintf(verdict, size, "cannot be told: %s (PID %d) started before it was put there", unaware->name, (int)unaware->pid);
		snprintf(advice, size, "nestctl hook install");
		status = NESTCTL_UNKNOWN;
	} else if (state->apparmor == CONFINEMENT_UNKNOWN || state->selinux == CONFINEMENT_UNKNOWN) {
		bool apparmor = state->apparmor == CONFINEMENT_UNKNOWN;

		snprintf(verdict, size, "cannot be told: %s: %s", apparmor ? "AppArmor" : "SELinux",
			 apparmor ? state->apparmor_detail : state->selinux_detail);
		snprintf(advice, size, geteuid() != 0 ? "sudo nestctl hook status" : "start a guest and look: journalctl -t " MARK);
		status = NESTCTL_UNKNOWN;
	} else {
		snprintf(verdict, size, "yes: %s", describe_content(state));
		snprintf(advice, size, "state a policy: man nestxml.conf");
		status = NESTCTL_YES;
	}
	return status;
}

static void print_table(const struct hook_state *state, const char *verdict, const char *advice)
{
	char version[64] = "not installed";

	output_row("hook", "%s", verdict);
	for (enum place place = 0; place < PLACES; place++)
		if (state->hook->at[place].content != CONTENT_NOTHING)
			output_row(is_ours(state->hook, place) ? "in place" : "of others", "%s", places[place]);
	if (state->hook->libvirt)
		describe_version(state->hook->libvirt, version, sizeof(version));
	output_row("libvirt", "%s", version);
	for (size_t i = 0; i < state->daemons.count; i++)
		output_row("daemon", "%s (PID %d)%s", state->daemons.list[i].name, (int)state->daemons.list[i].pid,
			   state->looked[i] ? ", has looked for hooks since" : "");
	output_row("AppArmor", "%s", state->apparmor_detail);
	output_row("SELinux", "%s", state->selinux_detail);
	output_row("next", "%s", advice);
}

static struct json_object *make_daemons(const struct hook_state *state)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < state->daemons.count; i++) {
		struct json_object *one = json_object_new_object();

		output_add_string(one, "name", state->daemons.list[i].name);
		json_object_object_add(one, "pid", json_object_new_int64(state->daemons.list[i].pid));
		output_add_bool(one, "looked_since", state->looked[i]);
		json_object_array_add(list, one);
	}
	return list;
}

static struct json_object *make_others(const struct hook_state *state)
{
	struct json_object *list = json_object_new_array();

	for (enum place place = 0; place < PLACES; place++)
		if (state->hook->at[place].content == CONTENT_NOT_OURS)
			json_object_array_add(list, json_object_new_string(places[place]));
	return list;
}

static struct json_object *make_json(const struct hook_state *state, const char *verdict, const char *advice)
{
	struct json_object *object = json_object_new_object();
	bool placed = state->place < PLACES;
	char version[64];

	describe_version(state->hook->libvirt, version, sizeof(version));
	output_add_string(object, "path", placed ? places[state->place] : NULL);
	output_add_bool(object, "current", placed && state->hook->at[state->place].content == CONTENT_CURRENT);
	output_add_bool(object, "executable", placed && state->hook->at[state->place].executable);
	json_object_object_add(object, "others", make_others(state));
	output_add_string(object, "libvirt", state->hook->libvirt ? version : NULL);
	json_object_object_add(object, "daemons", make_daemons(state));
	output_add_string(object, "apparmor", confinement_to_string(state->apparmor));
	output_add_string(object, "selinux", confinement_to_string(state->selinux));
	output_add_string(object, "verdict", verdict);
	output_add_string(object, "advice", advice);
	return object;
}

static int show(const struct hook *hook, bool json)
{
	struct hook_state state;
	char verdict[512];
	char advice[sizeof(verdict)];
	enum nestctl_status status;

	read_state(hook, &state);
	status = find_status(&state, verdict, advice, sizeof(verdict));
	if (json)
		return nestctl_print_json(make_json(&state, verdict, advice), status);
	print_table(&state, verdict, advice);
	return nestctl_finish(status);
}

/* ---- the command ---- */

enum action { ACTION_INSTALL, ACTION_STATUS, ACTION_REMOVE };

static int run(enum action action, bool json)
{
	struct hook hook;
	int code;
	int status;

	if (action != ACTION_STATUS && geteuid() != 0)
		return nestctl_fail(NESTCTL_NO, "this needs root; run: sudo nestctl hook %s",
				    action == ACTION_INSTALL ? "install" : "remove");
	code = read_hook(&hook);
	if (code != 0)
		status = nestctl_fail(NESTCTL_FAILED, FOLDER " cannot be read: %s", strerror(-code));
	else if (action == ACTION_STATUS)
		status = show(&hook, json);
	else
		status = nestctl_finish((enum nestctl_status)(action == ACTION_INSTALL ? install_hook(&hook) : remove_hook(&hook)));
	free(hook.program);
	return status;
}

int nestctl_hook(int argc, char **argv)
{
	static const char *const actions[] = {[ACTION_INSTALL] = "install", [ACTION_STATUS] = "status", [ACTION_REMOVE] = "remove"};
	bool json = false;
	const struct option_rule rules[] = {{.name = "json", .flag = &json}};
	int status = options_take("hook", help, rules, ARRAY_SIZE(rules), argc, argv);

	if (status >= 0)
		return status;
	if (optind == argc)
		return nestctl_usage("hook", "install, status or remove");
	if (argc - optind > 1)
		return nestctl_usage("hook", "too many words");
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(argv[optind], actions[i]) != 0)
			continue;
		if (json && i != ACTION_STATUS)
			return nestctl_usage("hook", "--json belongs to status");
		return run((enum action)i, json);
	}
	return nestctl_usage_word("hook", "there is install, status and remove, not", argv[optind]);
}
