/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* confinement.c - reads what the kernel enforces, and AppArmor's rules as their files have them. */
#include "hook/confinement.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "file.h"
#include "macros.h"

#define MAX_FILE ((size_t)1 << 20)

const char *confinement_to_string(enum confinement confinement)
{
	static const char *const words[] = {
		[CONFINEMENT_NONE] = "none",	  [CONFINEMENT_ALLOWS] = "allows",   [CONFINEMENT_FORBIDS] = "forbids",
		[CONFINEMENT_DENIES] = "forbids", [CONFINEMENT_UNKNOWN] = "unknown",
	};

	return words[confinement];
}

/* A whole file as text. Returns 0 or a negative errno. */
static int read_whole(const char *root, const char *path, char **text)
{
	size_t length;

	return nestxml_file_read(root, path, MAX_FILE, text, &length);
}

/* ---- AppArmor ---- */

static const char *const daemons[] = {"libvirtd", "virtqemud"};

/* A line of the kernel's list: "libvirtd (enforce)", with older profiles "/usr/sbin/libvirtd (enforce)"; "(kill)" is stricter still. */
static bool is_enforced(const char *profiles, const char *daemon)
{
	size_t length = strlen(daemon);

	for (const char *line = profiles; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name = strncmp(line, "/usr/sbin/", 10) == 0 ? line + 10 : line;

		if (strncmp(name, daemon, length) == 0 &&
		    (strncmp(name + length, " (enforce)", 10) == 0 || strncmp(name + length, " (kill)", 7) == 0))
			return true;
	}
	return false;
}

enum match { MATCH_NO, MATCH_PERHAPS, MATCH_YES };

/* What the rules say of a path's execution. */
struct rule_match {
	enum match allows;
	enum match denies;
};

/* Cuts the next word off; within quotes a blank is one of its characters. */
static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	char *end = word;
	bool quoted = false;

	for (; *end && (quoted || (*end != ' ' && *end != '\t')); end++)
		quoted = quoted != (*end == '"');
	*rest = end + (*end != '\0');
	*end = '\0';
	return word;
}

/* Replaces each alternation and variable by a star, which matches all that it may stand for, and more. */
static void widen(char *pattern)
{
	char *out = pattern;
	int depth = 0;

	for (const char *in = pattern; *in; in++) {
		if (*in == '{' && depth++ == 0)
			*out++ = '*';
		else if (*in == '}' && depth > 0)
			depth--;
		else if (depth == 0 && *in != '"' && !(*in == '@' && in[1] == '{'))
			*out++ = *in;
	}
	*out = '\0';
}

/* In AppArmor's globs only two stars cross a slash. A pattern with variables, alternations or quotes is not read exactly. */
static enum match match_path(char *pattern, const char *path)
{
	if (!strpbrk(pattern, "{\""))
		return fnmatch(pattern, path, strstr(pattern, "**") ? 0 : FNM_PATHNAME) == 0 ? MATCH_YES : MATCH_NO;
	widen(pattern);
	return fnmatch(pattern, path, 0) == 0 ? MATCH_PERHAPS : MATCH_NO;
}

static bool starts_path(const char *word)
{
	return *word && strchr("/@{\"", *word);
}

/* Matches a rule about files, "/usr/bin/ping PUx," or the two words the other way round. A rule of another kind does not match. */
static enum match match_rule(char *word, char *rest, const char *path)
{
	char *second = take_word(&rest);
	char *pattern = starts_path(word) ? word : second;
	char *permissions = pattern == word ? second : word;
	size_t length = strlen(second);

	if (strcmp(word, "file,") == 0 || strcmp(word, "all,") == 0)
		return MATCH_PERHAPS;
	if (length > 0 && second[length - 1] == ',')
		second[length - 1] = '\0';
	if (!starts_path(pattern) || !strchr(permissions, 'x') || permissions[strspn(permissions, "rwalkmxpPuUcCi")])
		return MATCH_NO;
	return match_path(pattern, path);
}

/* A rule such as "audit deny /usr/bin/ping x,": the words before the path say what the rule does, or when. */
static void match_rule_line(char *line, const char *path, struct rule_match *found)
{
	bool denies = false;
	bool sure = true;
	enum match match;
	enum match *strongest;
	char *word;

	for (word = take_word(&line); *word; word = take_word(&line)) {
		if (strcmp(word, "deny") == 0)
			denies = true;
		else if (strcmp(word, "owner") == 0 || strcmp(word, "other") == 0 || strncmp(word, "priority=", 9) == 0)
			sure = false;
		else if (strcmp(word, "audit") != 0 && strcmp(word, "allow") != 0 && strcmp(word, "quiet") != 0 &&
			 strcmp(word, "file") != 0)
			break;
	}
	match = match_rule(word, line, path);
	if (match == MATCH_YES && !sure)
		match = MATCH_PERHAPS;
	strongest = denies ? &found->denies : &found->allows;
	if (match > *strongest)
		*strongest = match;
}

/* The rules of children and hats, deeper than @depth, are not the profile's own. */
static void match_rules(char *text, int depth, const char *path, struct rule_match *found)
{
	char *rest = NULL;
	int now = 0;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *comment = strstr(line, " #");
		size_t length;

		if (comment)
			*comment = '\0';
		for (length = strlen(line); length > 0 && strchr(" \t\r", line[length - 1]); length--)
			line[length - 1] = '\0';
		line += strspn(line, " \t");
		if (*line == '}')
			now -= now > 0;
		else if (*line && line[strlen(line) - 1] == '{')
			now++;
		else if (*line != '#' && now <= depth)
			match_rule_line(line, path, found);
	}
}

/* 0 or a negative errno: the file cannot be read. */
static int match_file(const char *root, const char *directory, int depth, const char *daemon, const char *path, struct rule_match *found)
{
	AUTO_FREE char *text = NULL;
	char file[128];
	int code;

	snprintf(file, sizeof(file), "/etc/apparmor.d/%susr.sbin.%s", directory, daemon);
	code = read_whole(root, file, &text);
	if (code == 0)
		match_rules(text, depth, path, found);
	return code;
}

static enum confinement ask_profile(const char *root, const char *daemon, const char *path, char *detail, size_t size)
{
	struct rule_match found = {MATCH_NO, MATCH_NO};
	int given = match_file(root, "", 1, daemon, path, &found);
	int local = match_file(root, "local/", 0, daemon, path, &found); /* the first includes it within its braces */

	if (found.denies == MATCH_YES) {
		snprintf(detail, size, "a rule for %s in /etc/apparmor.d denies it the execution of %s", daemon, path);
		return CONFINEMENT_DENIES;
	}
	if (given < 0 || (local < 0 && local != -ENOENT)) {
		snprintf(detail, size, "the rules for %s in /etc/apparmor.d cannot be read: %s", daemon,
			 strerror(given < 0 ? -given : -local));
		return CONFINEMENT_UNKNOWN;
	}
	if (found.denies == MATCH_PERHAPS || found.allows == MATCH_PERHAPS) {
		snprintf(detail, size, "a rule for %s in /etc/apparmor.d may or may not apply to %s", daemon, path);
		return CONFINEMENT_UNKNOWN;
	}
	if (found.allows == MATCH_YES) {
		snprintf(detail, size, "its profile lets libvirt execute %s", path);
		return CONFINEMENT_ALLOWS;
	}
	snprintf(detail, size, "no rule in /etc/apparmor.d/usr.sbin.%s lets %s execute %s", daemon, daemon, path);
	return CONFINEMENT_FORBIDS;
}

enum confinement confinement_ask_apparmor(const char *root, const char *path, char *detail, size_t size)
{
	AUTO_FREE char *profiles = NULL;
	enum confinement answer = CONFINEMENT_NONE;
	int code = read_whole(root, "/sys/kernel/security/apparmor/profiles", &profiles);

	if (code == -EACCES || code == -EPERM) {
		snprintf(detail, size, "its profiles can be read by root alone");
		return CONFINEMENT_UNKNOWN;
	}
	if (code != 0 && code != -ENOENT) {
		snprintf(detail, size, "its profiles cannot be read: %s", strerror(-code));
		return CONFINEMENT_UNKNOWN;
	}
	snprintf(detail, size, "does not confine libvirt");
	for (size_t i = 0; profiles && i < ARRAY_SIZE(daemons); i++) {
		if (!is_enforced(profiles, daemons[i]))
			continue;
		answer = ask_profile(root, daemons[i], path, detail, size);
		if (answer != CONFINEMENT_ALLOWS)
			break;
	}
	return answer;
}

/* ---- SELinux ---- */

enum confinement confinement_ask_selinux(const char *root, char *detail, size_t size)
{
	char text[16];
	long length = nestxml_file_read_small(root, "/sys/fs/selinux/enforce", text, sizeof(text));

	if (length < 0 && length != -ENOENT) {
		snprintf(detail, size, "whether it is enforced cannot be read: %s", strerror((int)-length));
		return CONFINEMENT_UNKNOWN;
	}
	if (length < 0 || text[0] != '1') {
		snprintf(detail, size, "is not enforced");
		return CONFINEMENT_NONE;
	}
	/* "1 1": the value that holds now, and the one that is pending. */
	if (nestxml_file_read_small(root, "/sys/fs/selinux/booleans/virt_hooks_unconfined", text, sizeof(text)) < 0) {
		snprintf(detail, size, "is enforced, and this policy has no boolean virt_hooks_unconfined");
		return CONFINEMENT_UNKNOWN;
	}
	snprintf(detail, size, "virt_hooks_unconfined is %s", text[0] == '1' ? "on" : "off");
	return text[0] == '1' ? CONFINEMENT_ALLOWS : CONFINEMENT_FORBIDS;
}
