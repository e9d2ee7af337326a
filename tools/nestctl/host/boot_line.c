/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boot_line.c - what the kernel's command line says of the module. */
#include "host/boot_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "escape.h"
#include "file.h"
#include "host/modprobe.h"
#include "macros.h"

/* ---- reading it ---- */

/*
 * The kernel's own parameter, in whose name '-' is as good as '_'. Of several, the kernel obeys the last (kernel/params.c,
 * kernel/module/main.c).
 */
static bool is_kernel_blacklist(const char *word)
{
	return strncmp(word, "module", 6) == 0 && (word[6] == '_' || word[6] == '-') && strncmp(word + 7, "blacklist=", 10) == 0;
}

/*
 * "modprobe.blacklist=kvm_amd", which modprobe obeys, or "module_blacklist=nouveau,kvm_amd", which the kernel does. In the modules' names,
 * neither treats a '-' as a '_'.
 */
static bool is_blacklisting(const char *word, const char *module)
{
	const char *names = strchr(word, '=');

	if (strncmp(word, "modprobe.blacklist=", 19) != 0 && !is_kernel_blacklist(word))
		return false;
	while (names) {
		const char *name = names + 1;

		names = strchr(name, ',');
		if (strcspn(name, ",") == strlen(module) && strncmp(name, module, strlen(module)) == 0)
			return true;
	}
	return false;
}

/* "kvm_amd.nested=1", "kvm-amd.npt=0", and what blacklists it */
static bool is_about_module(const char *word, const char *module)
{
	size_t name = strcspn(word, ".=");

	if (word[name] == '.' && modprobe_is_same_name(word, name, module))
		return true;
	return is_blacklisting(word, module);
}

static bool note_blacklist(struct host_state *state, const char *word)
{
	if (is_kernel_blacklist(word)) {
		free(state->kernel_blacklist);
		return (state->kernel_blacklist = strdup(word)) != NULL;
	}
	if (!state->boot_blacklist && is_blacklisting(word, state->module_name))
		return (state->boot_blacklist = strdup(word)) != NULL;
	return true;
}

bool boot_line_is_blacklisting(const struct host_state *state, const char *module)
{
	return state->kernel_blacklist && is_blacklisting(state->kernel_blacklist, module);
}

/* Cuts the next word out of *@rest, and drops its quotes; a blank between quotes is part of the word. NULL: there is none. */
static char *take_boot_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\n");
	bool is_quoted = false;
	char *at = word;
	char *to = word;

	for (; *at && (is_quoted || !strchr(" \t\n", *at)); at++) {
		if (*at == '"')
			is_quoted = !is_quoted;
		else
			*to++ = *at;
	}
	*rest = at + (*at != '\0');
	if (at == word)
		return NULL;
	*to = '\0';
	return word;
}

int boot_line_read(const char *root, struct host_state *state)
{
	AUTO_BUFFER struct nestxml_buffer words = {0};
	char text[8192];
	char *rest = text;

	if (nestxml_file_read_small(root, "/proc/cmdline", text, sizeof(text)) < 0)
		text[0] = '\0';
	if (!nestxml_buffer_add_string(&words, ""))
		return -ENOMEM;
	for (const char *word; (word = take_boot_word(&rest));) {
		if (is_about_module(word, state->module_name) &&
		    ((words.length > 0 && !nestxml_buffer_add_string(&words, " ")) || !nestxml_buffer_add_string(&words, word)))
			return -ENOMEM;
		if (!note_blacklist(state, word))
			return -ENOMEM;
	}
	if (!state->boot_blacklist && boot_line_is_blacklisting(state, state->module_name) &&
	    !(state->boot_blacklist = strdup(state->kernel_blacklist)))
		return -ENOMEM;
	state->cmdline = TAKE(words.data);
	return 0;
}

/* ---- its words ---- */

/* For "kvm_amd.nested=1 kvm-amd.npt=1 modprobe.blacklist=kvm_amd" on the kernel's command line, @word is "nested=1", then "npt=1". */
bool boot_line_next(const struct host_state *state, const char **cmdline, char *word, size_t size)
{
	for (const char *at = *cmdline; *(at += strspn(at, " "));) {
		size_t length = strcspn(at, " ");
		size_t name = strcspn(at, ".= ");

		if (name < length && at[name] == '.' && modprobe_is_same_name(at, name, state->module_name)) {
			snprintf(word, size, "%.*s", (int)(length - name - 1), at + name + 1);
			*cmdline = at + length;
			return true;
		}
		at += length;
	}
	return false;
}

bool boot_line_find_option(const struct host_state *state, const char *name, struct parameter_word *word)
{
	const char *cmdline = state->cmdline ? state->cmdline : "";
	char text[256];
	bool found = false;

	while (boot_line_next(state, &cmdline, text, sizeof(text)))
		found = parameter_find_last(text, name, word) || found;
	return found;
}

/* Where the kernel's command line comes from: /etc/default/grub of Debian and Ubuntu, grubby(8) of Fedora. */
void boot_line_describe_change(const struct host_state *state, const char *nested, char *text, size_t size)
{
	struct parameter_word word;
	char old[160];

	if (boot_line_find_option(state, "nested", &word))
		nestxml_text_print(text, size, "change %s.nested%s%s to %s.nested=%s in ", state->module_name, word.has_value ? "=" : "",
				   nestxml_text_escape(word.value, old, sizeof(old)), state->module_name, nested);
	else
		nestxml_text_print(text, size, "add %s.nested=%s to ", state->module_name, nested);
	nestxml_text_print(text + strlen(text), size - strlen(text),
			   "GRUB_CMDLINE_LINUX in /etc/default/grub and run update-grub (Fedora: grubby --update-kernel=ALL "
			   "--args=%s.nested=%s), then reboot",
			   state->module_name, nested);
}
