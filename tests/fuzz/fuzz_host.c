/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_host.c - lets libFuzzer look for a host that breaks a promise of nestxml_host_new() or of the state that nestctl takes.
 *
 * The input is /proc/cpuinfo, a module's parameter `nested`, /proc/cmdline and two files of modprobe.d.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "host/next_load.h"
#include "host/obstacle.h"
#include "host/state.h"
#include "support.h"

enum { CPUINFO, NESTED, CMDLINE, OPTIONS, OTHER, FILES };

static const char *const modprobe_files[] = {[OPTIONS] = "/etc/modprobe.d/fuzz.conf", [OTHER] = "/lib/modprobe.d/other.conf"};

/* What the kernel can write, read again. */
static bool is_word(const struct part *part, const char *a, const char *b)
{
	size_t length = strcspn(part->data, "\n");

	return length == 1 && (part->data[0] == *a || part->data[0] == *b);
}

/* An int, as the kernel writes it: any but 0 is on. */
static bool is_on(const struct part *part)
{
	char line[32];
	const char *digits = line + (part->data[0] == '-');
	long long number;

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(part->data, "\n"), part->data);
	number = strtoll(line, NULL, 10);
	return *digits && strspn(digits, "0123456789") == strlen(digits) && number != 0 && number == (int)number;
}

static void check_host(const struct part *parts)
{
	struct nestxml_host *host;
	enum nestxml_state state;
	const char *evidence;

	PROMISE(nestxml_host_new(fuzz_root(), &host, NULL) == 0, "no host");
	state = nestxml_host_get_state(host);
	evidence = nestxml_host_get_evidence(host);
	PROMISE(*evidence && fuzz_is_printable(evidence), "a fact that is not fit for a terminal: %s", evidence);
	PROMISE(nestxml_host_get_vendor(host) == nestxml_host_detect_vendor(fuzz_root()), "two vendors");
	if (nestxml_host_get_vendor(host) == NESTXML_VENDOR_NONE)
		PROMISE(state == NESTXML_STATE_UNKNOWN && !nestxml_host_is_fixable(host), "the processor of no vendor nests: %s", evidence);
	else if (parts[NESTED].length > 0)
		PROMISE((state == NESTXML_STATE_ON) == (is_word(&parts[NESTED], "Y", "1") || is_on(&parts[NESTED])) &&
				(state == NESTXML_STATE_OFF) == is_word(&parts[NESTED], "N", "0"),
			"nested='%s': %s", parts[NESTED].data, evidence);
	else
		PROMISE(state != NESTXML_STATE_ON, "on, and nothing says so: %s", evidence);
	nestxml_host_free(host);
}

static bool is_backslash(const char *at)
{
	return at[0] == '\\' && at[1] == '\\';
}

/* kmod drops a backslash and keeps what follows it, another backslash too. In @text, which is escaped, each is "\\\\". */
static char *drop_backslashes(const char *text)
{
	char *words = strdup(text);
	char *to = words;

	for (const char *at = text; words && *at;) {
		if (is_backslash(at))
			at += 2;
		if (is_backslash(at))
			at++;
		if (*at == ' ' && (to == words || to[-1] == ' ')) /* a word of nothing but a backslash */
			at++;
		else if (*at)
			*to++ = *at++;
	}
	if (words)
		*to = '\0';
	return words;
}

static void check_verb(const struct modprobe_line *line)
{
	AUTO_FREE char *words = drop_backslashes(line->text);
	bool is_option;

	if (!words)
		return;
	is_option = strncmp(words, "options kvm", 11) == 0;
	PROMISE(is_option || strncmp(words, "blacklist kvm", 13) == 0 || strncmp(words, "install ", 8) == 0,
		"a line about something else: %s", line->text);
	PROMISE(is_option == (line->verb == MODPROBE_OPTIONS), "the wrong verb: %s", line->text);
	if (modprobe_line_sets(line, "nested"))
		PROMISE(is_option && strstr(words, "nested"), "%s", line->text);
}

static void check_lines(const struct modprobe_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct modprobe_line *line = &lines->list[i];

		check_verb(line);
		PROMISE(line->line > 0 &&
				(strcmp(line->file, modprobe_files[OPTIONS]) == 0 || strcmp(line->file, modprobe_files[OTHER]) == 0),
			"%s:%u", line->file, line->line);
		PROMISE(fuzz_is_printable(line->text) && !strstr(line->text, "  "), "not one blank between words: '%s'", line->text);
		PROMISE(modprobe_lines_find(lines, line->verb) <= line, "not the first of its verb: %s", line->text);
	}
}

static void check_obstacle(const struct host_state *state)
{
	struct next_load next;
	struct obstacle obstacle;

	next_load_find(state, &next);
	PROMISE(fuzz_is_printable(next.source), "a source that is not fit for a terminal: %s", next.source);
	if (obstacle_find(state, true, &obstacle))
		PROMISE(*obstacle.cause && *obstacle.remedy && fuzz_is_printable(obstacle.cause) && fuzz_is_printable(obstacle.remedy),
			"a cause without a remedy, or not fit for a terminal: %s; %s", obstacle.cause, obstacle.remedy);
}

static void check_state(void)
{
	struct host_state state;
	int code = host_state_read(fuzz_root(), &state);

	PROMISE(code == 0, "no state: %s", strerror(-code));
	PROMISE((state.vendor == NESTXML_VENDOR_NONE) == (state.module == HOST_MODULE_NO_VENDOR), "a vendor's module without a vendor");
	PROMISE(host_module_to_string(state.module) && host_nested_to_string(state.nested), "a state without a word");
	check_lines(&state.lines);
	check_obstacle(&state);
	host_state_clear(&state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[FILES];

	fuzz_split(data, size, parts, FILES);
	fuzz_write("/proc/cpuinfo", &parts[CPUINFO]);
	fuzz_write("/sys/module/kvm_intel/parameters/nested", &parts[NESTED]);
	fuzz_write("/sys/module/kvm_amd/parameters/nested", &parts[NESTED]);
	fuzz_write("/proc/cmdline", &parts[CMDLINE]);
	fuzz_write(modprobe_files[OPTIONS], &parts[OPTIONS]);
	fuzz_write(modprobe_files[OTHER], &parts[OTHER]);
	check_host(parts);
	check_state();
	fuzz_clear(parts, FILES);
	return 0;
}
