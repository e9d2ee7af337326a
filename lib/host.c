/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host.c - what this host's KVM can do, as /proc and /sys tell it; what cannot be read counts as not on. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "file.h"
#include "macros.h"
#include "vendor.h"

struct nestxml_host {
	enum nestxml_vendor vendor;
	enum nestxml_state state;
	bool fixable;
	char evidence[256];
	char other_kvm[128];
};

static void set_evidence(struct nestxml_host *host, enum nestxml_state state, bool fixable, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void set_evidence(struct nestxml_host *host, enum nestxml_state state, bool fixable, const char *format, ...)
{
	va_list arguments;

	host->state = state;
	host->fixable = fixable;
	va_start(arguments, format);
	vsnprintf(host->evidence, sizeof(host->evidence), format, arguments);
	va_end(arguments);
}

/* Cuts the value of "vendor_id : value" out of the first processor's lines; NULL: there is none. */
static char *find_vendor_id(char *text)
{
	char *at = strncmp(text, "vendor_id", 9) == 0 ? text : strstr(text, "\nvendor_id");
	char *end;

	at = at ? strchr(at, ':') : NULL;
	if (!at)
		return NULL;
	at += 1 + strspn(at + 1, " "); /* Shanghai's is padded to twelve characters on both sides */
	end = at + strcspn(at, "\n");
	while (end > at && end[-1] == ' ')
		end--;
	*end = '\0';
	return at;
}

/* Returns a negative errno where /proc/cpuinfo cannot be read; *@id is "" where it names no vendor. */
static int read_vendor(const char *root, enum nestxml_vendor *vendor, char *id, size_t size)
{
	char text[256]; /* the first processor's second line says it, and the kernel prepares no more than what is read */
	long got = nestxml_file_read_small(root, "/proc/cpuinfo", text, sizeof(text));
	const char *found = got < 0 ? NULL : find_vendor_id(text);

	snprintf(id, size, "%s", found ? found : "");
	*vendor = nestxml_vendor_of_processor(id);
	return got < 0 ? (int)got : 0;
}

NESTXML_EXPORT enum nestxml_vendor nestxml_host_detect_vendor(const char *root)
{
	enum nestxml_vendor vendor;
	char id[64];

	read_vendor(root, &vendor, id, sizeof(id));
	return vendor;
}

/*
 * Names the kvm_* modules that are loaded instead of a vendor's, such as kvm_pvm: a KVM that cannot nest. The other vendor's module
 * is in /sys too where both are built in, and says nothing.
 */
static void name_other_modules(const char *root, char *names, size_t size)
{
	AUTO_FREE char *path = nestxml_path_join(root, "/sys/module");
	AUTO_CLOSEDIR DIR *directory = path ? opendir(path) : NULL;
	size_t used = 0;

	names[0] = '\0';
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		char shown[64];
		int length;

		if (strncmp(entry->d_name, "kvm_", 4) != 0 || nestxml_vendor_of_module(entry->d_name) != NESTXML_VENDOR_NONE)
			continue;
		length = snprintf(names + used, size - used, "%s%s", used ? ", " : "",
				  nestxml_text_escape(entry->d_name, shown, sizeof(shown)));
		if (length < 0 || (size_t)length >= size - used)
			break;
		used += (size_t)length;
	}
}

static void explain_missing(struct nestxml_host *host, const char *root, const char *module)
{
	char path[64];
	char ignored[2];
	long got;

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	got = nestxml_file_read_small(root, path, ignored, sizeof(ignored));
	if (got == -EISDIR) { /* the module is there, its parameter is not */
		set_evidence(host, NESTXML_STATE_UNSUPPORTED, false, "%s has no parameter nested", module);
		return;
	}
	name_other_modules(root, host->other_kvm, sizeof(host->other_kvm));
	if (host->other_kvm[0])
		set_evidence(host, NESTXML_STATE_UNSUPPORTED, false, "the KVM that is loaded cannot nest: %s", host->other_kvm);
	else
		set_evidence(host, NESTXML_STATE_OFF, true, "%s is not loaded", module);
}

/* /sys shows an int in decimal; the module treats any value but 0 as on. */
static bool is_nonzero_int(const char *value)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	return (value[0] == '-' || isdigit((unsigned char)value[0])) && !*end && errno == 0 && number >= INT_MIN && number <= INT_MAX &&
	       number != 0;
}

/* Takes any vendor's spelling, since whether the parameter is a bool or an int depends on the kernel's version. */
static enum nestxml_state read_switch(const char *value)
{
	FOR_EACH_VENDOR(vendor) {
		if (strcmp(value, nestxml_vendor_switch(vendor, true)) == 0)
			return NESTXML_STATE_ON;
		if (strcmp(value, nestxml_vendor_switch(vendor, false)) == 0)
			return NESTXML_STATE_OFF;
	}
	return is_nonzero_int(value) ? NESTXML_STATE_ON : NESTXML_STATE_UNKNOWN;
}

static void read_state(struct nestxml_host *host, const char *root)
{
	const char *module = nestxml_vendor_module(host->vendor);
	char path[64];
	char value[32];
	char shown[64];
	enum nestxml_state state;
	long got;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/nested", module);
	got = nestxml_file_read_small(root, path, value, sizeof(value));
	if (got == -ENOENT) {
		explain_missing(host, root, module);
		return;
	}
	if (got < 0) {
		set_evidence(host, NESTXML_STATE_UNKNOWN, true, "%s's parameter nested cannot be read: %s", module, strerror((int)-got));
		return;
	}
	value[strcspn(value, "\n")] = '\0';
	state = read_switch(value);
	if (state == NESTXML_STATE_UNKNOWN)
		set_evidence(host, state, true, "%s nested='%s', which is neither on nor off", module,
			     nestxml_text_escape(value, shown, sizeof(shown)));
	else
		set_evidence(host, state, true, "%s nested=%s", module, value);
}

NESTXML_EXPORT int nestxml_host_new(const char *root, struct nestxml_host **host, struct nestxml_error *error)
{
	struct nestxml_host *made = calloc(1, sizeof(*made));
	char id[64];
	char shown[128];
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	code = read_vendor(root, &made->vendor, id, sizeof(id));
	if (code == -ENOMEM) {
		free(made);
		return nestxml_error_set_nomem(error);
	}
	if (code < 0)
		set_evidence(made, NESTXML_STATE_UNKNOWN, false, "/proc/cpuinfo cannot be read: %s", strerror(-code));
	else if (id[0] == '\0')
		set_evidence(made, NESTXML_STATE_UNKNOWN, false, "/proc/cpuinfo names no vendor of the processor");
	else if (made->vendor == NESTXML_VENDOR_NONE)
		set_evidence(made, NESTXML_STATE_UNKNOWN, false, "the processor's vendor is %s, whose nesting nestxml does not know",
			     nestxml_text_escape(id, shown, sizeof(shown)));
	else
		read_state(made, root);
	*host = made;
	return 0;
}

NESTXML_EXPORT void nestxml_host_free(struct nestxml_host *host)
{
	free(host);
}

NESTXML_EXPORT enum nestxml_vendor nestxml_host_get_vendor(const struct nestxml_host *host)
{
	return host->vendor;
}

NESTXML_EXPORT enum nestxml_state nestxml_host_get_state(const struct nestxml_host *host)
{
	return host->state;
}

NESTXML_EXPORT const char *nestxml_host_get_evidence(const struct nestxml_host *host)
{
	return host->evidence;
}

NESTXML_EXPORT const char *nestxml_host_get_other_kvm(const struct nestxml_host *host)
{
	return host->other_kvm[0] ? host->other_kvm : NULL;
}

NESTXML_EXPORT bool nestxml_host_is_fixable(const struct nestxml_host *host)
{
	return host->fixable;
}
