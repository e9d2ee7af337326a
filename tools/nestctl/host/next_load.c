/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * next_load.c - what nesting will be after the module is loaded the next time, by the present configuration. Pure, but for the kernel's
 * release.
 */
#include "host/next_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <nestxml/nestxml.h>

#include "escape.h"
#include "host/boot_line.h"

static bool is_bad(const struct host_state *state, const char *options, struct bad_value *bad)
{
	while (parameter_next(&options, &bad->word)) {
		host_state_find_type(state, bad->word.name, bad->type, sizeof(bad->type));
		if (parameter_parse(bad->type, bad->word.has_value ? bad->word.value : NULL) == PARAMETER_INVALID)
			return true;
	}
	return false;
}

bool next_load_find_bad_value(const struct host_state *state, const char *file, struct bad_value *bad)
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
	while (!state->install_reads_no_options && boot_line_next(state, &cmdline, word, sizeof(word)))
		if (is_bad(state, word, bad))
			return true;
	return false;
}

bool next_load_find_install_option(const struct host_state *state, const char *name, struct parameter_word *word)
{
	return parameter_find_last(state->install_options, name, word);
}

static void set_next(struct next_load *next, enum nestxml_state nested, const struct modprobe_line *line, const char *source)
{
	char shown[sizeof(next->source)];

	next->nested = nested;
	if (line)
		nestxml_text_print(next->source, sizeof(next->source), "%s:%u", line->file, line->line);
	else
		snprintf(next->source, sizeof(next->source), "%s", nestxml_text_escape(source, shown, sizeof(shown)));
}

enum nestxml_state next_load_parse_nested(const struct host_state *state, const struct parameter_word *word)
{
	char type[16];

	host_state_find_type(state, "nested", type, sizeof(type));
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
enum nestxml_state next_load_find_default(const struct host_state *state)
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
static void find_configured(const struct host_state *state, struct next_load *next)
{
	struct parameter_word word;

	set_next(next, next_load_find_default(state), NULL, "the module's default");
	for (size_t i = 0; i < state->lines.count && !state->install_reads_no_options; i++) {
		const struct modprobe_line *line = &state->lines.list[i];

		if (line->verb == MODPROBE_OPTIONS && parameter_find_last(line->arguments, "nested", &word))
			set_next(next, next_load_parse_nested(state, &word), line, "");
	}
	if (!state->install_reads_no_options && boot_line_find_option(state, "nested", &word))
		set_next(next, next_load_parse_nested(state, &word), NULL, "the kernel's command line");
	if (next_load_find_install_option(state, "nested", &word))
		set_next(next, next_load_parse_nested(state, &word), modprobe_lines_find(&state->lines, MODPROBE_INSTALL), state->install);
}

void next_load_find(const struct host_state *state, struct next_load *next)
{
	struct bad_value bad;

	*next = (struct next_load){.nested = state->nested};
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
	else if (next_load_find_bad_value(state, NULL, &bad))
		set_next(next, NESTXML_STATE_OFF, bad.line, "the kernel's command line");
	else
		find_configured(state, next);
}
