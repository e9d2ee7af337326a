/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * next_load.c - what nesting will be the next time the module is loaded, by the present configuration. Pure, but for the kernel's
 * release.
 */
#include "host/next_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <nestxml/nestxml.h>

#include "escape.h"

static bool has_bad_value(const struct host_state *state, struct bad_value *bad)
{
	const char *options = bad->options.text;

	while (parameter_next(&options, &bad->word)) {
		host_state_find_type(state, bad->word.name, bad->type, sizeof(bad->type));
		if (parameter_parse(bad->type, bad->word.has_value ? bad->word.value : NULL) == PARAMETER_INVALID)
			return true;
	}
	return false;
}

bool next_load_find_bad_value(const struct host_state *state, const char *file, struct bad_value *bad)
{
	*bad = (struct bad_value){0};
	while (load_options_next(state, &bad->options)) {
		const struct modprobe_line *line = bad->options.line;

		if (!(line && file && strcmp(line->file, file) == 0) && has_bad_value(state, bad))
			return true;
	}
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

/* What nesting is without an option: on since Linux 4.20 on Intel (1e58e5e59148), and since there is a parameter on AMD. */
static enum nestxml_state find_default(const struct host_state *state)
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

/* @unread, escaped, could not be read and may have an option that wins. What was read and turns nesting off is in the way in any case. */
static void set_unread(struct next_load *next, const char *unread)
{
	if (next->nested == NESTXML_STATE_OFF) {
		char known[sizeof(next->source)];

		snprintf(known, sizeof(known), "%s", next->source);
		nestxml_text_print(next->source, sizeof(next->source), "%s, unless what cannot be read turns it on: %s", known, unread);
	} else {
		next->nested = NESTXML_STATE_UNKNOWN;
		nestxml_text_print(next->source, sizeof(next->source), "%s", unread);
	}
}

/*
 * A later option wins over an earlier one. The options of modprobe.d come first, so one that follows them settles it even where a file
 * could not be read.
 */
void next_load_find_configured(const struct host_state *state, struct next_load *next)
{
	struct load_options options = {0};
	struct parameter_word word;
	bool is_settled = !state->lines.unread || state->install_reads_no_options;

	set_next(next, find_default(state), NULL, "the module's default");
	while (load_options_next(state, &options)) {
		if (!parameter_find_last(options.text, "nested", &word))
			continue;
		set_next(next, next_load_parse_nested(state, &word), options.line, options.place);
		is_settled = is_settled || options.is_of_boot || options.is_at_end;
	}
	if (!is_settled)
		set_unread(next, state->lines.unread);
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
		set_next(next, NESTXML_STATE_OFF, bad.options.line, bad.options.place);
	else
		next_load_find_configured(state, next);
}
