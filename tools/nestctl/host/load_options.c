/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* load_options.c - the options that the module gets the next time it is loaded, and where each of them is written. Pure. */
#include "host/load_options.h"

#include <nestxml/nestxml.h>

#include "escape.h"
#include "host/boot_line.h"

static bool take_line(const struct host_state *state, struct load_options *options)
{
	while (options->next_line < state->lines.count) {
		options->line = &state->lines.list[options->next_line++];
		options->text = options->line->arguments;
		if (options->line->verb == MODPROBE_OPTIONS)
			return true;
	}
	return false;
}

static bool take_boot_word(const struct host_state *state, struct load_options *options)
{
	if (!options->rest)
		options->rest = state->cmdline ? state->cmdline : "";
	options->line = NULL;
	options->text = options->word;
	options->place = "the kernel's command line";
	options->is_of_boot = boot_line_next(state, &options->rest, options->word, sizeof(options->word));
	return options->is_of_boot;
}

static bool take_install(const struct host_state *state, struct load_options *options)
{
	if (options->is_at_end || !state->install_options[0])
		return false;
	options->is_at_end = true;
	options->line = modprobe_lines_find(&state->lines, MODPROBE_INSTALL);
	options->text = state->install_options;
	options->place = state->install;
	return true;
}

bool load_options_next(const struct host_state *state, struct load_options *options)
{
	if (!state->install_reads_no_options && (take_line(state, options) || take_boot_word(state, options)))
		return true;
	return take_install(state, options);
}

const char *load_options_describe(const struct load_options *options, char *text, size_t size)
{
	if (options->line)
		nestxml_text_print(text, size, "%s, line %u", options->line->file, options->line->line);
	else
		nestxml_text_escape(options->place, text, size);
	return text;
}
