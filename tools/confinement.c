/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confinement.c - reads what the kernel enforces, and AppArmor's rules as their files have them. */
#include "confinement.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../lib/private.h"

#define MAX_FILE ((size_t)1 << 20)

const char *confinement_to_string(enum confinement confinement)
{
	static const char *const words[] = {
		[CONFINEMENT_NONE] = "none",
		[CONFINEMENT_ALLOWS] = "allows",
		[CONFINEMENT_FORBIDS] = "forbids",
		[CONFINEMENT_UNKNOWN] = "unknown",
	};

	return words[confinement];
}

/* A whole file as text. Returns 0 or a negative errno. */
static int read_text(const char *root, const char *path, char **text)
{
	size_t length;

	return nestxml_file_read(root, path, MAX_FILE, text, &length);
}

/* ---- AppArmor ---- */

static const char *const daemons[] = {"libvirtd", "virtqemud"};

/* A line of the kernel's list: "libvirtd (enforce)", with older profiles "/usr/sbin/libvirtd (enforce)". */
static bool is_enforced(const char *profiles, const char *daemon)
{
	size_t length = strlen(daemon);

	for (const char *line = profiles; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name = strncmp(line, "/usr/sbin/", 10) == 0 ? line + 10 : line;

		if (strncmp(name, daemon, length) == 0 && strncmp(name + length, " (enforce)", 10) == 0)
			return true;
	}
	return false;
}

// A rule such as "/usr/bin/* PUx,"; in AppArmor's globs only two stars go beyond a folder. One that denies begins with a word.
static bool lets_execute(const char *line, const char *path)
{
	char pattern[256];
	char permissions[32];
	bool beyond;

	if (sscanf(line, " %255s %31[^,\n]", pattern, permissions) != 2 || pattern[0] != '/')
		return false;
	beyond = strstr(pattern, "**") != NULL;
	return strpbrk(permissions, "xX") && fnmatch(pattern, path, beyond ? 0 : FNM_PATHNAME) == 0;
}

/* 1 or 0; a negative errno: the file cannot be read. */
static int file_lets_execute(const char *root, const char *folder, const char *daemon, const char *path)
{
	AUTO_FREE char *text = NULL;
	char file[128];
	char *rest = NULL;
	int code;

	snprintf(file, sizeof(file), "/etc/apparmor.d/%susr.sbin.%s", folder, daemon);
	code = read_text(root, file, &text);
	if (code != 0)
		return code;
	for (const char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (lets_execute(line, path))
			return 1;
	return 0;
}

static enum confinement ask_profile(const char *root, const char *daemon, const char *path, char *fact, size_t size)
{
	int given = file_lets_execute(root, "", daemon, path);
	int local = file_lets_execute(root, "local/", daemon, path);

	if (given == 1 || local == 1) {
		snprintf(fact, size, "its profile lets libvirt execute %s", path);
		return CONFINEMENT_ALLOWS;
	}
	if (given < 0 || (local < 0 && local != -ENOENT)) {
		snprintf(fact, size, "the rules of %s in /etc/apparmor.d cannot be read: %s", daemon,
			 strerror(given < 0 ? -given : -local));
		return CONFINEMENT_UNKNOWN;
	}
	snprintf(fact, size, "no rule in /etc/apparmor.d/usr.sbin.%s lets %s execute %s", daemon, daemon, path);
	return CONFINEMENT_FORBIDS;
}

enum confinement confinement_ask_apparmor(const char *root, const char *path, char *fact, size_t size)
{
	AUTO_FREE char *profiles = NULL;
	enum confinement answer = CONFINEMENT_NONE;
	int code = read_text(root, "/sys/kernel/security/apparmor/profiles", &profiles);

	if (code == -EACCES || code == -EPERM) {
		snprintf(fact, size, "its profiles can be read by root alone");
		return CONFINEMENT_UNKNOWN;
	}
	if (code != 0 && code != -ENOENT) {
		snprintf(fact, size, "its profiles cannot be read: %s", strerror(-code));
		return CONFINEMENT_UNKNOWN;
	}
	snprintf(fact, size, "does not confine libvirt");
	for (size_t i = 0; profiles && i < ARRAY_SIZE(daemons); i++) {
		if (!is_enforced(profiles, daemons[i]))
			continue;
		answer = ask_profile(root, daemons[i], path, fact, size);
		if (answer != CONFINEMENT_ALLOWS)
			break;
	}
	return answer;
}

/* ---- SELinux ---- */

enum confinement confinement_ask_selinux(const char *root, char *fact, size_t size)
{
	char text[16];
	long length = nestxml_file_read_small(root, "/sys/fs/selinux/enforce", text, sizeof(text));

	if (length < 0 && length != -ENOENT) {
		snprintf(fact, size, "whether it is enforced cannot be read: %s", strerror((int)-length));
		return CONFINEMENT_UNKNOWN;
	}
	if (length < 0 || text[0] != '1') {
		snprintf(fact, size, "is not enforced");
		return CONFINEMENT_NONE;
	}
	/* "1 1": what it is, and what it will be when the pending ones are committed. */
	if (nestxml_file_read_small(root, "/sys/fs/selinux/booleans/virt_hooks_unconfined", text, sizeof(text)) < 0) {
		snprintf(fact, size, "is enforced, and this policy has no boolean virt_hooks_unconfined");
		return CONFINEMENT_UNKNOWN;
	}
	snprintf(fact, size, "virt_hooks_unconfined is %s", text[0] == '1' ? "on" : "off");
	return text[0] == '1' ? CONFINEMENT_ALLOWS : CONFINEMENT_FORBIDS;
}
