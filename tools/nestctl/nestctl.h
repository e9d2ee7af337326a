#include <nestxml/nestxml.h>
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nestctl.h - the commands of nestctl, and what they share. */
#ifndef NESTXML_NESTCTL_H
#define NESTXML_NESTCTL_H

#ifndef NESTCTL_ROOT /* the tests show it other hosts */
#define NESTCTL_ROOT "/"
#endif

/** What nestctl exits with. */
enum nestctl_status {
	NESTCTL_YES = 0,     /* it is so, or it is done */
	NESTCTL_NO = 1,	     /* it is not so, or it was refused */
	NESTCTL_USAGE = 2,   /* wrong usage */
	NESTCTL_UNKNOWN = 3, /* it cannot be told */
	NESTCTL_FAILED = 5,  /* I/O, libvirt, the kernel */
};

/** A command: its arguments, its own name first. Returns the exit status. */
int nestctl_host(int argc, char **argv);
int nestctl_guest(int argc, char **argv);
int nestctl_verify(int argc, char **argv);
int nestctl_list(int argc, char **argv);
int nestctl_apply(int argc, char **argv);
int nestctl_set(int argc, char **argv);
int nestctl_watch(int argc, char **argv);
int nestctl_hook_helper(int argc, char **argv);
int nestctl_hook(int argc, char **argv);

/** Says on stderr, in one line, what is wrong with the command line of @command. Returns NESTCTL_USAGE. */
int nestctl_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The same of a @word of it, which is shown escaped. */
int nestctl_usage_word(const char *command, const char *what, const char *word);
/** Says an error in one line. Returns @status. */
int nestctl_fail(enum nestctl_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct json_object;
/** Prints @object and releases it; what could not be written becomes NESTCTL_FAILED. Returns @status else. */
int nestctl_print_json(struct json_object *object, enum nestctl_status status);
/** Closes stdout; what could not be written becomes NESTCTL_FAILED. Returns @status else. */
int nestctl_finish(enum nestctl_status status);

#endif
