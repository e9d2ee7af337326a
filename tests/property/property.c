/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * property.c - holds the promises of a rewrite against thousands of generated documents, each with every wish there is.
 *
 * property [SEED [COUNT]]: document number i is that of SEED + i, so a failure is repeated with `property SEED+i 1`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "generate.h"
#include "judge.h"
#include "verdict.h"

#define DEFAULT_SEED 20240229
#define DEFAULT_COUNT 12000
#define MAX_FAILURES 5
#define VERDICT_EVERY 16 /* documents: it reads files */

/* What a run has seen; that it has seen much is a property of the test itself. */
struct tally {
	unsigned long documents;
	unsigned long rewritten;
	unsigned long unchanged;
	unsigned long verdicts;
	unsigned int failures;
};

static void report(const struct judge *judge, const struct document *document, uint64_t seed, const struct judge_wish *wish,
		   const char *reason)
{
	char buffer[80];
	size_t length = 0;
	const char *output = judge_get_output(judge, &length);

	printf("property: seed %" PRIu64 ", %s: %s\n---- input\n%s\n", seed, judge_wish_to_string(wish, buffer, sizeof(buffer)), reason,
	       document->xml);
	if (output)
		printf("---- output\n%.*s\n", (int)length, output);
	printf("---- again: property %" PRIu64 " 1\n", seed);
}

/* Whether a line begins with the other character for indentation. */
static bool has_indentation(const char *xml, size_t length, char character)
{
	for (size_t i = 1; i < length; i++)
		if (xml[i - 1] == '\n' && xml[i] == character)
			return true;
	return false;
}

static const char *check_indentation(const struct judge *judge, const struct document *document)
{
	char other = document->indentation == ' ' ? '\t' : ' ';
	size_t length = 0;
	const char *output = judge_get_output(judge, &length);

	if (!document->indentation || !output || has_indentation(document->xml, document->length, other) ||
	    !has_indentation(output, length, other))
		return NULL;
	return "a line is indented unlike the document's";
}

static bool check_wish(struct judge *judge, const struct document *document, const struct judge_wish *wish,
		       const struct verdict_hosts *hosts, struct tally *tally, const char **reason)
{
	size_t edits = 0;
	size_t length;

	if (!judge_rewrite(judge, wish, &edits))
		*reason = judge_get_reason(judge);
	else
		*reason = check_indentation(judge, document);
	tally->rewritten += edits > 0;
	tally->unchanged += edits == 0;
	if (*reason || !hosts || !judge_get_output(judge, &length))
		return !*reason;
	tally->verdicts++;
	*reason = verdict_check(hosts, judge, wish, document->xml, document->length);
	return !*reason;
}

static void check_document(uint64_t seed, struct document *document, const struct verdict_hosts *hosts, struct tally *tally)
{
	struct judge *judge;

	generate(seed, document);
	judge = judge_new(document->xml, document->length);
	if (!judge) {
		printf("property: seed %" PRIu64 ": the generated document is no good domain\n%s\n", seed, document->xml);
		tally->failures++;
		return;
	}
	tally->documents++;
	for (unsigned int i = 0; i < JUDGE_WISHES && tally->failures < MAX_FAILURES; i++) {
		struct judge_wish wish = judge_wish_get(i);
		const char *reason;

		if (!check_wish(judge, document, &wish, hosts, tally, &reason)) {
			report(judge, document, seed, &wish, reason);
			tally->failures++;
			break;
		}
	}
	judge_free(judge);
}

/* Checks them all; *@current is always the seed of the document in work. */
static int check_all(uint64_t seed, uint64_t count, const struct verdict_hosts *hosts, volatile uint64_t *current)
{
	struct document document = {0};
	struct tally tally = {0};

	for (uint64_t i = 0; i < count && tally.failures < MAX_FAILURES; i++) {
		*current = seed + i;
		check_document(seed + i, &document, i % VERDICT_EVERY == 0 ? hosts : NULL, &tally);
	}
	/* A generator that makes nothing to rewrite, or nothing to leave alone, would prove nothing. */
	if (tally.documents >= 100 && (tally.rewritten == 0 || tally.unchanged == 0 || tally.verdicts == 0))
		tally.failures++;
	printf("property: seed %" PRIu64 ": %lu documents, %lu rewritten, %lu left as they are, %lu verdicts, %u failures\n", seed,
	       tally.documents, tally.rewritten, tally.unchanged, tally.verdicts, tally.failures);
	free(document.xml);
	xmlCleanupParser();
	return tally.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The work is a child's, so that the parent can say which document it was when the library, or a sanitizer, ends the process. */
int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : DEFAULT_SEED;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 0) : DEFAULT_COUNT;
	volatile uint64_t *current = mmap(NULL, sizeof(*current), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct verdict_hosts hosts;
	bool ended = false;
	int status = 0;
	pid_t child;

	if (current != MAP_FAILED && verdict_hosts_make(&hosts)) {
		child = fork();
		if (child == 0)
			exit(check_all(seed, count, &hosts, current));
		ended = child > 0 && waitpid(child, &status, 0) == child;
		verdict_hosts_remove(&hosts);
	}
	if (!ended) {
		perror("property");
		return EXIT_FAILURE;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		return EXIT_SUCCESS;
	printf("property: ended at seed %" PRIu64 " (%s); again: property %" PRIu64 " 1\n", *current,
	       WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "failure", *current);
	return EXIT_FAILURE;
}
