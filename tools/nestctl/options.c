/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.c - getopt_long() over a command's rules. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestctl.h"

#define FIRST_RULE 256 /* behind all letters: the values of the options that have none */

static int take(const char *command, const struct option_rule *rule)
{
	if (rule->flag)
		*rule->flag = true;
	else if (!*optarg)
		return nestctl_usage(command, "--%s is empty", rule->name);
	else
		*rule->value = optarg;
	return -1;
}

/* What getopt_long() wants to be told: its letters, and the long options with their values. */
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

static bool is_known(const struct option *options, int letter)
{
	while (options->name && options->val != letter)
		options++;
	return options->name != NULL;
}

/* A letter that there is none of may stand within a word, which getopt_long() is then not behind yet. */
static int refuse(const char *command, const struct option *options, char **argv)
{
	bool is_letter = optopt != 0 && optopt < FIRST_RULE && !is_known(options, optopt); /* of "--help=x" it is the h */
	const char word[] = {'-', (char)optopt, '\0'};

	return nestctl_usage_word(command, "wrong option", is_letter ? word : argv[optind - 1]);
}

int options_take(const char *command, const char *help, const struct option_rule *rules, size_t count, int argc, char **argv)
{
	struct option options[OPTIONS_MOST + 2] = {{0}};
	char letters[2 * OPTIONS_MOST + 3] = "";
	int status = -1;
	int option;

	if (count > OPTIONS_MOST)
		abort();
	make_options(rules, count, options, letters);
	while (status < 0 && (option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return nestctl_finish(NESTCTL_YES);
		}
		if (option == ':')
			return nestctl_usage_word(command, "a value is missing behind", argv[optind - 1]);
		if (option == '?')
			return refuse(command, options, argv);
		for (size_t i = 0; i < count; i++)
			if (options[i].val == option)
				status = take(command, &rules[i]);
	}
	return status;
}
