/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * install.c - puts nestxml's hook for libvirt in its place, next to other programs' hooks, and removes it.
 *
 * The hook is a copy, not a link: AppArmor lets libvirtd execute what lies in /etc/libvirt/hooks, and resolves links. What is there
 * already and is not ours is never touched.
 */
#include "hook/install.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "hook/daemons.h"
#include "macros.h"
#include "nestxml/replace.h"

/*
 * Has each daemon look for hooks: it would not run a new one, and if the hook is gone (@removed), it would fail every start. A daemon that
 * cannot be told now is told by running `hook install` again; but a second `hook remove` finds nothing to remove, and tells nobody.
 */
static void tell_daemons(const char *root, bool removed)
{
	struct daemons daemons;

	daemons_find(root, &daemons);
	for (size_t i = 0; i < daemons.count; i++) {
		const struct daemon *daemon = &daemons.list[i];
		int code = daemons_tell(root, daemon);
		char retry[64] = "nestctl hook install";

		if (removed)
			snprintf(retry, sizeof(retry), "systemctl reload %s", daemon->name);
		if (code == 0)
			printf("%s (PID %d) was told to look for hooks (SIGHUP)\n", daemon->name, (int)daemon->pid);
		else if (code == -EBUSY)
			fprintf(stderr,
				"nestctl: warning: %s (PID %d) is still starting or reloading, and would ignore SIGHUP; once it is done, run: %s\n",
				daemon->name, (int)daemon->pid, retry);
		else if (code != -ESRCH)
			fprintf(stderr, "nestctl: warning: %s (PID %d) cannot be sent SIGHUP: %s; run: %s\n", daemon->name,
				(int)daemon->pid, strerror(-code), retry);
	}
	if (daemons.count == 0)
		puts("no libvirtd or virtqemud is running; they look for hooks when they start");
}

/* ---- files ---- */

static int make_directory(const char *root, const char *path)
{
	AUTO_FREE char *below = nestxml_path_join(root, path);

	if (!below)
		return -ENOMEM;
	if (mkdir(below, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	return chmod(below, 0755) < 0 ? -errno : 0; /* whatever the umask: libvirt's own programs read what is below it */
}

static enum nestctl_status make_directories(const char *root, enum hook_place place)
{
	static const char *const directories[] = {"/etc/libvirt", HOOK_DIRECTORY, HOOK_DIRECTORY "/qemu.d"};

	for (size_t i = 0; i < ARRAY_SIZE(directories) - (place == HOOK_PLACE_ALONE); i++) {
		int code = make_directory(root, directories[i]);

		if (code != 0)
			return nestctl_fail(NESTCTL_FAILED, "%s cannot be created: %s", directories[i], strerror(-code));
	}
	return NESTCTL_YES;
}

static enum nestctl_status write_program(const char *root, const struct hook *hook, enum hook_place place)
{
	AUTO_FREE char *path = nestxml_path_join(root, hook_place_path(place));
	AUTO_FREE char *directory = nestxml_path_join(root, HOOK_DIRECTORY);
	const char *reason = NULL;
	enum nestctl_status status = make_directories(root, place);
	int code;

	if (status != NESTCTL_YES)
		return status;
	code = path && directory ? replace_program(path, directory, hook->program, hook->length, &hook->at[place].status, &reason)
				 : -ENOMEM;
	if (code != 0)
		return nestctl_fail(NESTCTL_FAILED, "%s %s: %s", hook_place_path(place), reason ? reason : "cannot be written",
				    replace_strerror(code));
	printf("%s is installed\n", hook_place_path(place));
	return NESTCTL_YES;
}

static enum nestctl_status remove_program(const char *root, enum hook_place place)
{
	AUTO_FREE char *path = nestxml_path_join(root, hook_place_path(place));

	if (!path || unlink(path) < 0)
		return nestctl_fail(NESTCTL_FAILED, "%s cannot be removed: %s", hook_place_path(place), strerror(path ? errno : ENOMEM));
	printf("%s is removed\n", hook_place_path(place));
	return NESTCTL_YES;
}

/* ---- install and remove ---- */

/* libvirt would run it twice; only the administrator knows which of the two is wanted. */
static enum nestctl_status refuse_second(const struct hook *hook)
{
	char caller[256];

	nestxml_text_escape(hook->caller, caller, sizeof(caller));
	if (!hook_is_chain_run(hook))
		return nestctl_fail(
			NESTCTL_NO,
			"nothing was changed: %s seems to run nestxml's hook already; start a guest and look: journalctl -t nestxml-hook",
			caller);
	return nestctl_fail(
		NESTCTL_NO,
		"nothing was changed: %s seems to run nestxml's hook already, and with a second one each start would be judged twice; "
		"remove the call from %s, or remove the file; then run: nestctl hook install",
		caller, caller);
}

/* What is left after an installation or a removal. */
static void warn_of_caller(const struct hook *hook)
{
	char caller[256];

	if (!hook->caller)
		return;
	nestxml_text_escape(hook->caller, caller, sizeof(caller));
	fprintf(stderr, "nestctl: warning: %s seems to run nestxml's hook; remove the call from it, or remove the file\n", caller);
}

/* Why the hook cannot go to @place. */
static enum nestctl_status check_place(const struct hook *hook, enum hook_place place)
{
	char version[64];

	if (!hook->program)
		return nestctl_fail(NESTCTL_FAILED, NESTXML_HOOK_PROGRAM
				    " cannot be read: nestxml is not installed completely, or not where it belongs; reinstall it");
	if (hook->caller && hook_find(hook) == HOOK_PLACES)
		return refuse_second(hook);
	if (place == HOOK_PLACES)
		return nestctl_fail(
			NESTCTL_NO,
			"%s and %s belong to another program and stay; rename or move the second, whose name this hook needs, then run: nestctl "
			"hook install",
			hook_place_path(HOOK_PLACE_ALONE), hook_place_path(HOOK_PLACE_CHAIN));
	if (place == HOOK_PLACE_ALONE || hook_is_chain_run(hook))
		return NESTCTL_YES;
	hook_describe_libvirt(hook, version, sizeof(version));
	return nestctl_fail(NESTCTL_NO,
			    "%s belongs to another program and stays, and this libvirt (%s) runs no hook next to it (6.5 or newer does): "
			    "update libvirt, or make that hook end with: exec " NESTXML_HOOK_PROGRAM " \"$@\"",
			    hook_place_path(HOOK_PLACE_ALONE), version);
}

enum nestctl_status hook_install(const char *root, const struct hook *hook)
{
	enum hook_place place = hook_choose_place(hook);
	enum nestctl_status status = check_place(hook, place);

	if (status != NESTCTL_YES)
		return status;
	if (hook->at[place].content == HOOK_CONTENT_CURRENT && hook->at[place].executable)
		printf("%s is already this version's hook\n", hook_place_path(place));
	else
		status = write_program(root, hook, place);
	/* If it stayed in the chain too, the hook would run twice at each start. */
	if (status == NESTCTL_YES && place == HOOK_PLACE_ALONE && hook_is_ours(hook, HOOK_PLACE_CHAIN))
		status = remove_program(root, HOOK_PLACE_CHAIN);
	if (status == NESTCTL_YES) {
		warn_of_caller(hook);
		tell_daemons(root, false);
	}
	return status;
}

enum nestctl_status hook_remove(const char *root, const struct hook *hook)
{
	enum nestctl_status status = NESTCTL_YES;

	if (hook_find(hook) == HOOK_PLACES) {
		puts("the hook is not installed");
		warn_of_caller(hook);
		return NESTCTL_YES;
	}
	for (enum hook_place place = 0; status == NESTCTL_YES && place < HOOK_PLACES; place++)
		if (hook_is_ours(hook, place))
			status = remove_program(root, place);
	if (status == NESTCTL_YES) {
		warn_of_caller(hook);
		tell_daemons(root, true);
	}
	return status;
}
