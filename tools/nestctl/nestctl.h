/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nestctl.h - the commands of nestctl, and what they share. */
#ifndef NESTXML_NESTCTL_H
#define NESTXML_NESTCTL_H

#include <nestxml/nestxml.h>

#ifndef NESTCTL_ROOT /* the tests replace it with other hosts */
#define NESTCTL_ROOT "/"
#endif

/** The exit status of nestctl. */
enum nestctl_status {
	NESTCTL_CONTINUE = -1, /* no exit status: the command line is good, go on */
	NESTCTL_YES = 0,       /* the answer is yes, or it is done */
	NESTCTL_NO = 1,	       /* the answer is no, or it was refused */
	NESTCTL_USAGE = 2,     /* wrong usage */
	NESTCTL_UNKNOWN = 3,   /* it is unknown */
	NESTCTL_FAILED = 5,    /* I/O, libvirt, the kernel */
};

/** A command. Each is defined in the file of its name; main.c lists them. */
struct nestctl_command {
	const char *name;
	const char *arguments;				   /* as `nestctl --help` shows them; "": none */
	const char *summary;				   /* one line for `nestctl --help`; NULL: the command is not for people */
	enum nestctl_status (*run)(int argc, char **argv); /* argv[0] is the name */
};

extern const struct nestctl_command nestctl_host;
extern const struct nestctl_command nestctl_doctor;
extern const struct nestctl_command nestctl_guest;
extern const struct nestctl_command nestctl_verify;
extern const struct nestctl_command nestctl_list;
extern const struct nestctl_command nestctl_apply;
extern const struct nestctl_command nestctl_set;
extern const struct nestctl_command nestctl_watch;
extern const struct nestctl_command nestctl_hook;
extern const struct nestctl_command nestctl_hook_helper;
extern const struct nestctl_command nestctl_admin_clients;

/** Prints to stderr, in one line, what is wrong with the command line of @command ("": none given). Returns NESTCTL_USAGE. */
enum nestctl_status nestctl_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The same about one word of it, which is escaped: "@what 'WORD'", and "; expected @expected" unless that is NULL. */
enum nestctl_status nestctl_usage_word(const char *command, const char *what, const char *word, const char *expected);
/** Prints an error to stderr, in one line. Returns @status. */
enum nestctl_status nestctl_fail(enum nestctl_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct json_object;
/** Prints @object and releases it. Returns @status, or NESTCTL_FAILED if stdout cannot be written. */
enum nestctl_status nestctl_print_json(struct json_object *object, enum nestctl_status status);
/** Closes stdout. Returns @status, or NESTCTL_FAILED if stdout cannot be written. */
enum nestctl_status nestctl_finish(enum nestctl_status status);

#endif
