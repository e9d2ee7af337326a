/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.c - getopt_long() over a command's rules. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_RULE 256 /* above all letters: the values of the options that have none */

static enum nestctl_status take(const char *command, const struct option_rule *rule)
{
	if (rule->flag)
		*rule->flag = true;
	else if (!*optarg)
		return nestctl_usage(command, "option '--%s' requires a value, not an empty one", rule->name);
	else
		*rule->value = optarg;
	return NESTCTL_CONTINUE;
}

/* The letters and the long options that getopt_long() takes. */
static void make_options(const struct option_rule *rules, size_t count, struct option *options, char *letters)
{
	*letters++ = ':';
	*letters++ = 'h';
	for (size_t i = 0; i < count; i++) {
		int value = rules[i].letter ? rules[i].letter : FIRST_RULE + (int)i;

		options[i] = (struct option){rules[i].name, rules[i].flag ? no_argument : required_argument, NULL, value};
		if (!rules[i].letter)
			continue;
		*letters++ = rules[i].letter;
		if (!rules[i].flag)
			*letters++ = ':';
	}
	options[count] = (struct option){"help", no_argument, NULL, 'h'};
}

static const struct option *find(const struct option *options, int value)
{
	while (options->name && options->val != value)
		options++;
	return options->name ? options : NULL;
}

/* getopt_long() sets optopt to 0 for an unknown long option, and to a known one's value if it was given a value and takes none. */
static enum nestctl_status refuse(const char *command, const struct option *options, char **argv)
{
	const struct option *known = find(options, optopt);
	const char letter[] = {'-', (char)optopt, '\0'}; /* argv[optind - 1] need not be its word: in "-jx" the x is unknown */

	if (optopt == 0)
		return nestctl_usage_word(command, "unknown option", argv[optind - 1], NULL);
	return known ? nestctl_usage(command, "option '--%s' takes no value", known->name)
		     : nestctl_usage_word(command, "unknown option", letter, NULL);
}

static enum nestctl_status refuse_missing(const char *command, const char *option)
{
	char shown[64];

	return nestctl_usage(command, "option '%s' requires a value", nestxml_text_escape(option, shown, sizeof(shown)));
}

enum nestctl_status options_take(const char *command, const char *help, const struct option_rule *rules, size_t count, int argc,
				 char **argv)
{
	struct option options[OPTIONS_MOST + 2] = {{0}};
	char letters[2 * OPTIONS_MOST + 3] = "";
	enum nestctl_status status = NESTCTL_CONTINUE;
	int option;

	if (count > OPTIONS_MOST)
		abort();
	make_options(rules, count, options, letters);
	while (status == NESTCTL_CONTINUE && (option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return nestctl_finish(NESTCTL_YES);
		}
		if (option == ':')
			return refuse_missing(command, argv[optind - 1]);
		if (option == '?')
			return refuse(command, options, argv);
		for (size_t i = 0; i < count; i++)
			if (options[i].val == option)
				status = take(command, &rules[i]);
	}
	return status;
}
