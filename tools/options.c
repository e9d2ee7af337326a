/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options.c - getopt_long() over a command's rules. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "nestctl.h"

enum { MOST_RULES = 8, FIRST_RULE = 256 };

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

int options_take(const char *command, const char *help, const struct option_rule *rules, size_t count, int argc, char **argv)
{
	struct option options[MOST_RULES + 2] = {{0}};
	const char *letters = ":h";
	int status = -1;
	int option;

	for (size_t i = 0; i < count; i++) {
		bool connects = strcmp(rules[i].name, "connect") == 0;

		options[i] = (struct option){rules[i].name, rules[i].flag ? no_argument : required_argument, NULL,
					     connects ? 'c' : FIRST_RULE + (int)i};
		if (connects)
			letters = ":c:h";
	}
	options[count] = (struct option){"help", no_argument, NULL, 'h'};
	while (status < 0 && (option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return nestctl_finish(NESTCTL_YES);
		}
		if (option == ':')
			return nestctl_usage_word(command, "a value is missing behind", argv[optind - 1]);
		if (option == '?')
			return nestctl_usage_word(command, "wrong option", argv[optind - 1]);
		for (size_t i = 0; i < count; i++)
			if (options[i].val == option)
				status = take(command, &rules[i]);
	}
	return status;
}
