/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_policy.c - lets libFuzzer look for policy files that break a promise of nestxml_config_new() or nestxml_config_resolve().
 *
 * The input is the vendor's file, the administrator's and a drop-in. What is refused says where; what is taken names a line that says so;
 * and two files that are good each are the same as one that is both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "support.h"

enum { VENDOR, ADMIN, DROP_IN, FILES };

static const char *const files[FILES] = {
	"/usr/share/nestxml/nestxml.conf",
	"/etc/nestxml/nestxml.conf",
	"/etc/nestxml/nestxml.conf.d/fuzz.conf",
};

static const char *const guests[] = {
	"<domain type='kvm'><name>vm</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid></domain>",
	"<domain type='kvm'><name>devstack-1</name><cpu mode='host-model'><feature policy='require' name='svm'/></cpu></domain>",
	"<domain type='kvm'><name>[a]\\*?\xc3\xa4</name><metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='disable'/></metadata></domain>",
	"<domain type='kvm'><name/><metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='perhaps'/></metadata></domain>",
};
#define GUESTS (sizeof(guests) / sizeof(guests[0]))

/* What came of one guest. */
struct answer {
	int code;
	struct nestxml_policy policy;
};

/* Line @number of @part, NULL where it has fewer; *@length without the line end. */
static const char *find_line(const struct part *part, unsigned int number, size_t *length)
{
	const char *at = part->data;
	const char *end = part->data + part->length;

	while (--number > 0) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			return NULL;
		at++;
	}
	*length = strcspn(at, "\n");
	return at < end ? at : NULL;
}

static const struct part *find_part(const struct part *parts, const char *file)
{
	for (size_t i = 0; i < FILES; i++)
		if (strcmp(files[i], file) == 0)
			return &parts[i];
	fuzz_complain("a file that is none of ours: %s", file);
}

/* The line that is named says the word that came of it. */
static void check_place(const struct part *parts, const struct nestxml_policy *policy)
{
	size_t length = 0;
	const char *line = find_line(find_part(parts, policy->file), policy->line, &length);
	const char *word = nestxml_nested_to_string(policy->nested);

	PROMISE(line && memmem(line, length, "nested", 6) && memmem(line, length, word, strlen(word)), "%s:%u does not say %s",
		policy->file, policy->line, word);
}

static void check_answer(const struct part *parts, const struct answer *answer, const struct nestxml_error *error)
{
	const struct nestxml_policy *policy = &answer->policy;
	bool is_file = policy->source == NESTXML_SOURCE_DEFAULT || policy->source == NESTXML_SOURCE_SECTION;

	if (answer->code != 0) {
		PROMISE(answer->code == NESTXML_E_METADATA && strstr(error->message, "perhaps"), "code %d: %s", answer->code,
			error->message);
		return;
	}
	PROMISE(nestxml_nested_to_string(policy->nested) && nestxml_mode_to_string(policy->mode) &&
			nestxml_on_stale_to_string(policy->on_stale),
		"a value that is none");
	PROMISE(is_file == (policy->file != NULL) && is_file == (policy->line != 0), "source %d of a file or not", (int)policy->source);
	PROMISE(policy->source != NESTXML_SOURCE_NONE || policy->nested == NESTXML_NESTED_LEAVE, "nobody asked for it");
	if (is_file)
		check_place(parts, policy);
}

static void ask(const struct nestxml_config *config, const struct part *parts, struct answer *answers)
{
	for (size_t i = 0; i < GUESTS; i++) {
		struct nestxml_error error = {0};
		struct nestxml_domain *domain;

		PROMISE(nestxml_domain_new(guests[i], strlen(guests[i]), &domain, NULL) == 0, "a guest of our own is refused");
		answers[i] = (struct answer){0};
		answers[i].code = nestxml_config_resolve(config, domain, &answers[i].policy, &error);
		if (parts)
			check_answer(parts, &answers[i], &error);
		nestxml_domain_free(domain);
	}
}

static void check_refusal(int code, const struct nestxml_error *error)
{
	PROMISE(code == NESTXML_E_CONFIG && error->code == NESTXML_E_CONFIG, "code %d, and the error says %d", code, (int)error->code);
	PROMISE(strncmp(error->message, "policy file /", 13) == 0, "names no file: %s", error->message);
	PROMISE(fuzz_is_printable(error->message), "not fit for a terminal");
}

/* The administrator's file with the drop-in after it, and no drop-in. */
static void check_joined(const struct part *parts, const struct answer *apart)
{
	const struct part *first = &parts[ADMIN];
	const struct part *second = &parts[DROP_IN];
	struct part joined = {.length = first->length + 1 + second->length};
	struct answer answers[GUESTS];
	struct nestxml_config *config;

	if (strncmp(second->data, "\xef\xbb\xbf", 3) == 0) /* at the top of a file only */
		return;
	joined.data = malloc(joined.length + 1);
	PROMISE(joined.data, "no memory");
	snprintf(joined.data, joined.length + 1, "%s\n%s", first->data, second->data);
	fuzz_write(files[ADMIN], &joined);
	fuzz_remove(files[DROP_IN]);
	PROMISE(nestxml_config_new(fuzz_root(), &config, NULL) == 0, "good apart, refused together");
	ask(config, NULL, answers);
	for (size_t i = 0; i < GUESTS; i++)
		PROMISE(answers[i].code == apart[i].code && answers[i].policy.nested == apart[i].policy.nested &&
				answers[i].policy.mode == apart[i].policy.mode && answers[i].policy.on_stale == apart[i].policy.on_stale &&
				answers[i].policy.source == apart[i].policy.source,
			"guest %zu: together they say something else", i);
	nestxml_config_free(config);
	free(joined.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[FILES];
	struct nestxml_error error = {0};
	struct nestxml_config *config = NULL;
	struct answer answers[GUESTS];
	int code;

	fuzz_split(data, size, parts, FILES);
	for (size_t i = 0; i < FILES; i++)
		fuzz_write(files[i], &parts[i]);
	code = nestxml_config_new(fuzz_root(), &config, &error);
	if (code == 0) {
		ask(config, parts, answers);
		nestxml_config_free(config);
		check_joined(parts, answers);
	} else {
		PROMISE(!config, "refused, and written to all the same");
		check_refusal(code, &error);
	}
	fuzz_clear(parts, FILES);
	return 0;
}
