/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nestctl.c - everything that touches a machine: its KVM module, its guests. This file finds the command. */
#include <errno.h>
#include <json-c/json.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "io.h"
#include "nestctl.h"
#include "version.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"host", nestctl_host},
	{"guest", nestctl_guest},
	{"verify", nestctl_verify},
	{"list", nestctl_list},
	{"apply", nestctl_apply},
	{"set", nestctl_set},
	{"hook", nestctl_hook},
	{"watch", nestctl_watch},
	/* for the hook; not in the help */
	{"hook-helper", nestctl_hook_helper},
};

static const char help[] = "Usage: nestctl COMMAND [OPTION...]\n"
			   "Nested virtualization on this machine: its KVM module and its guests.\n"
			   "\n"
			   "  host [--json]            does this host's KVM nest, why not, what costs\n"
			   "  host enable|disable      set the module's parameter, for good and now\n"
			   "  guest                    inside a guest: can it run guests of its own\n"
			   "  verify GUEST             is this running guest nested, and who says so\n"
			   "  list [--json]            every guest: its policy, its CPU, its next start\n"
			   "  apply GUEST...|--all     rewrite stored guests as their policies ask\n"
			   "  set GUEST require|optional|disable|leave\n"
			   "                           state a guest's policy in its metadata, and apply it\n"
			   "  watch                    rewrite each guest when it is defined or changed\n"
			   "  hook install|status|remove\n"
			   "                           put libvirt's hook in place, beside those of others\n"
			   "\n"
			   "nestctl COMMAND --help says more. Exit status: 0 yes or done, 1 no, 2 usage,\n"
			   "3 cannot be told, 5 failed.\n";

static void say(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
static void say(const char *format, va_list arguments)
{
	fputs("nestctl: ", stderr);
	vfprintf(stderr, format, arguments);
}

int nestctl_usage(const char *command, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	fprintf(stderr, "; see nestctl%s%s --help\n", *command ? " " : "", command);
	return NESTCTL_USAGE;
}

int nestctl_usage_word(const char *command, const char *what, const char *word)
{
	char shown[64];

	return nestctl_usage(command, "%s '%s'", what, nestxml_text_escape(word, shown, sizeof(shown)));
}

int nestctl_fail(enum nestctl_status status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return (int)status;
}

int nestctl_finish(enum nestctl_status status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout) && fclose(stdout) == 0)
		return (int)status;
	return nestctl_fail(NESTCTL_FAILED, "stdout cannot be written: %s", strerror(errno ? errno : EIO));
}

int nestctl_print_json(struct json_object *object, enum nestctl_status status)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return nestctl_finish(status);
}

int main(int argc, char **argv)
{
	char shown[64];

	io_guard_descriptors();
	setlocale(LC_CTYPE, "C.UTF-8"); /* the '?' of a glob is a character, not a byte */
	signal(SIGPIPE, SIG_IGN);
	unsetenv("POSIXLY_CORRECT"); /* getopt_long() would take an option behind a word, such as --dry-run, for a word */
	if (argc < 2)
		return nestctl_usage("", "which command");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		fputs(help, stdout);
		return nestctl_finish(NESTCTL_YES);
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("nestctl " NESTXML_VERSION);
		return nestctl_finish(NESTCTL_YES);
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return nestctl_usage("", "there is no command '%s'", nestxml_text_escape(argv[1], shown, sizeof(shown)));
}
