/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main.c - nestctl works on a machine: its KVM module, its guests, the hook for libvirt. This file finds the command. */
#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "io.h"
#include "macros.h"
#include "nestctl.h"
#include "version.h"

/* In the order in which people need them. */
static const struct nestctl_command *const commands[] = {
	&nestctl_doctor, &nestctl_host,	 &nestctl_guest, &nestctl_verify,      &nestctl_list,	       &nestctl_apply,
	&nestctl_set,	 &nestctl_watch, &nestctl_hook,	 &nestctl_hook_helper, &nestctl_admin_clients,
};

/* ---- errors ---- */

static void print_error(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
static void print_error(const char *format, va_list arguments)
{
	fputs("nestctl: ", stderr);
	vfprintf(stderr, format, arguments);
}

enum nestctl_status nestctl_usage(const char *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_error(format, arguments);
	va_end(arguments);
	fprintf(stderr, "; see nestctl%s%s --help\n", *command ? " " : "", command);
	return NESTCTL_USAGE;
}

enum nestctl_status nestctl_usage_word(const char *command, const char *what, const char *word, const char *expected)
{
	char shown[64];

	nestxml_text_escape(word, shown, sizeof(shown));
	return nestctl_usage(command, "%s '%s'%s%s", what, shown, expected ? "; expected " : "", expected ? expected : "");
}

enum nestctl_status nestctl_fail(enum nestctl_status status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_error(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return status;
}

/* ---- output ---- */

enum nestctl_status nestctl_finish(enum nestctl_status status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout) && fclose(stdout) == 0)
		return status;
	return nestctl_fail(NESTCTL_FAILED, "stdout cannot be written: %s", strerror(errno ? errno : EIO));
}

enum nestctl_status nestctl_print_json(struct json_object *object, enum nestctl_status status)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return nestctl_finish(status);
}

/* ---- help ---- */

static enum nestctl_status print_help(void)
{
	puts("Usage: nestctl COMMAND [OPTION...]\n"
	     "Nested virtualization on this machine: its KVM module and its guests.\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct nestctl_command *command = commands[i];

		if (command->summary)
			printf("  %s %-*s %s\n", command->name, (int)(25 - strlen(command->name)), command->arguments, command->summary);
	}
	puts("\n"
	     "Begin with nestctl host: is this machine ready? Then, to nest a guest:\n"
	     "nestctl set GUEST require; virsh start GUEST; nestctl verify GUEST.\n"
	     "\n"
	     "nestctl COMMAND --help says more. Exit status: 0 yes or done, 1 no, 2 wrong\n"
	     "usage, 3 unknown, 5 failed.");
	return nestctl_finish(NESTCTL_YES);
}

/* ---- the command ---- */

enum { WORD = 16 }; /* longer than any command's name */

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, taken out or replaced to make @b of @a (Levenshtein); each is shorter than WORD. */
static size_t count_typos(const char *a, const char *b)
{
	size_t row[WORD + 1];
	size_t length = strlen(b);

	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			size_t above = row[j + 1];

			row[j + 1] = min(min(above, row[j]) + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[length];
}

/* What was probably meant: the first of those that are equally near. */
struct guess {
	const char *meant; /* NULL: nothing is near */
	size_t typos;	   /* fewer than these are near */
};

static void consider(struct guess *guess, size_t typos, const char *meant)
{
	if (typos >= guess->typos)
		return;
	guess->typos = typos;
	guess->meant = meant;
}

/* The command that was probably meant by @word, which may also be a command's action; NULL: none is near. */
static const char *find_nearest(const char *word)
{
	static const struct {
		const char *name;
		const char *meant;
	} actions[] = {
		{"enable", "host enable"}, {"disable", "host disable"}, {"install", "hook install"},
		{"remove", "hook remove"}, {"status", "hook status"},	{"help", "--help"},
	};
	size_t length = strlen(word);
	struct guess guess = {.typos = length / 2 + 1};

	if (length == 0 || length >= WORD)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i]->summary)
			consider(&guess, strncmp(commands[i]->name, word, length) == 0 ? 0 : count_typos(word, commands[i]->name),
				 commands[i]->name);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		consider(&guess, count_typos(word, actions[i].name), actions[i].meant);
	return guess.meant;
}

static enum nestctl_status refuse_command(const char *word)
{
	const char *nearest = find_nearest(word);
	char shown[64];

	nestxml_text_escape(word, shown, sizeof(shown));
	return nearest ? nestctl_usage("", "unknown command '%s' (did you mean '%s'?)", shown, nearest)
		       : nestctl_usage("", "unknown command '%s'", shown);
}

int main(int argc, char **argv)
{
	io_guard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	unsetenv("POSIXLY_CORRECT"); /* getopt_long() would treat an option after an argument, such as --dry-run, as an argument */
	if (argc < 2)
		return nestctl_usage("", "no command given");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("nestctl " NESTXML_VERSION);
		return nestctl_finish(NESTCTL_YES);
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	return refuse_command(argv[1]);
}
