/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * install_command.c - reads a command as sh(1) does, as far as it takes to see whether it reaches modprobe or insmod: quotes, comments, and
 * what `&&`, `||` and `exit` leave out. When in doubt, it does: then loading is tried, and what fails is named.
 */
#include "host/install_command.h"

#include <stdio.h>
#include <string.h>

#include "host/modprobe.h"
#include "macros.h"

/* ---- the shell's words ---- */

enum token { TOKEN_END, TOKEN_WORD, TOKEN_AND, TOKEN_OR, TOKEN_NEXT, TOKEN_BACKGROUND };

#define MAX_WORD 256
#define BLANKS " \t\r"

/* Copies the quoted text at *@at without its quotes, and moves past it. */
static void take_quoted(const char **at, char word[static MAX_WORD], size_t *length)
{
	const char quote = *(*at)++;

	for (; **at && **at != quote; ++*at) {
		*at += quote == '"' && **at == '\\' && (*at)[1];
		if (*length < MAX_WORD - 1)
			word[(*length)++] = **at;
	}
	*at += **at == quote;
}

/* A word without its quotes; what does not fit is cut. */
static void take_word(const char **at, char word[static MAX_WORD])
{
	size_t length = 0;

	while (**at && !strchr(BLANKS ";|()", **at)) {
		if (**at == '&' && !(length > 0 && word[length - 1] == '>')) /* "2>&1" is one word */
			break;
		if (**at == '\'' || **at == '"') {
			take_quoted(at, word, &length);
			continue;
		}
		*at += **at == '\\' && (*at)[1];
		if (length < MAX_WORD - 1)
			word[length++] = **at;
		++*at;
	}
	word[length] = '\0';
}

static enum token take_token(const char **at, char word[static MAX_WORD])
{
	char first;

	*at += strspn(*at, BLANKS);
	first = **at;
	if (first == '\0' || first == '#')
		return TOKEN_END;
	if (!strchr(";|&()", first)) {
		take_word(at, word);
		return TOKEN_WORD;
	}
	++*at;
	if (strchr("()", first)) {
		snprintf(word, MAX_WORD, "%c", first);
		return TOKEN_WORD;
	}
	if ((first != '&' && first != '|') || **at != first)
		return first == '&' ? TOKEN_BACKGROUND : TOKEN_NEXT;
	++*at;
	return first == '&' ? TOKEN_AND : TOKEN_OR;
}

/* ---- one command ---- */

enum effect { EFFECT_UNKNOWN, EFFECT_SUCCEEDS, EFFECT_FAILS, EFFECT_EXITS, EFFECT_LOADS };

/* A command as far as its words have been read. */
struct command {
	enum effect effect;
	bool is_begun;	/* its program is known */
	bool is_runner; /* the program runs a command that is one of its words */
	bool is_talker; /* its words are text */
	bool is_loader; /* it is modprobe or insmod, or has one of these in its name */
	bool is_insmod;
	bool is_other_task; /* it loads something else, or nothing */
	bool has_operand;   /* its module is known */
	bool skips_next;    /* the next word is an option's or a redirection's */
};

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

static bool names_loader(const char *text)
{
	return strstr(text, "modprobe") || strstr(text, "insmod");
}

static bool is_loader(const char *word)
{
	return strcmp(basename(word), "modprobe") == 0 || strcmp(basename(word), "insmod") == 0;
}

/* Whether the option makes modprobe do something else; a short one may be one of several letters. */
static bool is_other_task(const char *word)
{
	static const char *const tasks[] = {"--remove",	       "--dry-run",    "--show",	"--simulate",	  "--show-depends",
					    "--resolve-alias", "--showconfig", "--show-config", "--show-exports", NULL};

	return word[1] == '-' ? is_one_of(word, tasks) : word[strcspn(word, "rnDRc")] != '\0';
}

/* "kvm-amd", "/lib/modules/6.12/kernel/arch/x86/kvm/kvm-amd.ko.xz", or what the shell puts there */
static bool is_name_of(const char *word, const char *module)
{
	const char *base = basename(word);

	return strpbrk(word, "$`") || modprobe_is_same_name(base, strcspn(base, "."), module);
}

/* What the shell puts in place of a "$PROGRAM" may be anything. */
static enum effect find_effect(const char *program, bool may_be_loader)
{
	if (strpbrk(program, "$`"))
		return may_be_loader ? EFFECT_LOADS : EFFECT_UNKNOWN;
	if (strcmp(program, "true") == 0 || strcmp(program, ":") == 0)
		return EFFECT_SUCCEEDS;
	if (strcmp(program, "false") == 0)
		return EFFECT_FAILS;
	if (strcmp(program, "exit") == 0)
		return EFFECT_EXITS;
	return is_loader(program) ? EFFECT_LOADS : EFFECT_UNKNOWN;
}

static void take_program(struct command *command, const char *word, bool may_be_loader)
{
	static const char *const runners[] = {"sh",	"bash", "dash", "eval",	 "exec",   "command", "env",	 "sudo",    "nice",
					      "ionice", "time", "kmod", "nohup", "setsid", "flock",   "timeout", "busybox", NULL};
	static const char *const talkers[] = {"echo", "logger", "printf", ":", NULL};
	const char *base = basename(word);

	command->effect = find_effect(base, may_be_loader);
	command->is_runner = is_one_of(base, runners);
	command->is_talker = is_one_of(base, talkers);
	command->is_loader = names_loader(base);
	command->is_insmod = strcmp(base, "insmod") == 0;
	command->is_begun = true;
}

static void take_argument(struct command *command, const char *word, const char *module, char *options, size_t size)
{
	static const char *const valued[] = {"-C", "--config", "-d", "--dirname", "-S", "--set-version", NULL};
	size_t used = strlen(options);

	if (word[0] == '-') {
		command->is_other_task = command->is_other_task || is_other_task(word);
		command->skips_next = is_one_of(word, valued);
	} else if (!command->has_operand) {
		command->has_operand = true;
		command->is_other_task = command->is_other_task || !is_name_of(word, module);
		command->effect = EFFECT_LOADS; /* even if it is another program, with modprobe in its name */
	} else if (strchr(word, '=') && used + 1 < size) {
		snprintf(options + used, size - used, "%s%s", used ? " " : "", word);
	}
	if (command->is_other_task)
		command->effect = EFFECT_UNKNOWN;
}

/* ---- all of them ---- */

struct run {
	const char *module;
	char *options;
	size_t size;
	bool is_conditional; /* what is run from here on depends on more than is seen here */
	bool is_insmod;	     /* what loads the module is insmod */
};

static bool may_load(const char *command, struct run *run);

/* A command in another one's word. */
static void take_inner(struct run *run, struct command *command, const char *word)
{
	struct run inner = {.module = run->module, .options = run->options, .size = run->size};

	command->effect = may_load(word, &inner) ? EFFECT_LOADS : EFFECT_UNKNOWN;
	command->is_insmod = inner.is_insmod;
}

static bool is_assignment(const char *word)
{
	size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return name > 0 && word[name] == '=';
}

static void take(struct run *run, struct command *command, const char *word, bool has_loader)
{
	static const char *const keywords[] = {"!", "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "(", NULL};
	size_t redirection = strspn(word, "0123456789");

	if (strcmp(word, ")") == 0)
		return;
	if (command->skips_next)
		command->skips_next = false;
	else if (word[redirection] == '<' || word[redirection] == '>')
		command->skips_next = word[redirection + strspn(word + redirection, "<>")] == '\0';
	else if (command->is_begun && !command->is_loader && !command->is_talker && is_loader(word))
		take_program(command, word, true);
	else if (command->is_runner && names_loader(word) && strpbrk(word, BLANKS))
		take_inner(run, command, word);
	else if (command->is_loader)
		take_argument(command, word, run->module, run->options, run->size);
	else if (!command->is_begun && is_one_of(word, keywords))
		run->is_conditional = true;
	else if (!command->is_begun && strcmp(word, "{") != 0 && !is_assignment(word))
		take_program(command, word, has_loader);
}

/* Whether the shell reaches a command that follows @before, if the command before that had the effect @last. */
static bool is_run(enum token before, enum effect last)
{
	return !(before == TOKEN_AND && last == EFFECT_FAILS) && !(before == TOKEN_OR && last == EFFECT_SUCCEEDS);
}

static bool is_run_surely(const struct run *run, enum token before, enum effect last)
{
	return !run->is_conditional &&
	       (before == TOKEN_NEXT || before == TOKEN_BACKGROUND || last == (before == TOKEN_AND ? EFFECT_SUCCEEDS : EFFECT_FAILS));
}

/* Whether it has what is not read here: commands in other commands' words, cases, functions, or modprobe of several modules. */
static bool is_beyond(const char *command)
{
	static const char *const signs[] = {"`", "$(", "case ", "()", " -a", "--all"};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strstr(command, signs[i]))
			return true;
	return false;
}

static bool may_load(const char *command, struct run *run)
{
	bool has_loader = names_loader(command);
	enum effect last = EFFECT_SUCCEEDS;
	enum token before = TOKEN_NEXT;
	enum token token;
	char word[MAX_WORD];

	if (has_loader && is_beyond(command)) {
		run->options[0] = '\0';
		return true;
	}
	do {
		struct command current = {0};

		run->options[0] = '\0';
		while ((token = take_token(&command, word)) == TOKEN_WORD)
			take(run, &current, word, has_loader);
		if (current.is_begun && is_run(before, last)) {
			run->is_insmod = current.is_insmod;
			if (current.effect == EFFECT_LOADS)
				return true;
			if (current.effect == EFFECT_EXITS && token != TOKEN_BACKGROUND && is_run_surely(run, before, last))
				break;
			last = run->is_conditional ? EFFECT_UNKNOWN : current.effect;
		}
		before = token;
	} while (token != TOKEN_END);
	run->options[0] = '\0';
	return false;
}

bool install_command_may_load(const char *command, const char *module, char *options, size_t size)
{
	struct run run = {.module = module, .options = options, .size = size};

	return may_load(command, &run);
}

bool install_command_reads_no_options(const char *command, const char *module)
{
	char options[2];
	struct run run = {.module = module, .options = options, .size = sizeof(options)};

	return may_load(command, &run) && run.is_insmod;
}
