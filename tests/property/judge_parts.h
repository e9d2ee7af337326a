/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* judge_parts.h - what the judge's files share: the document with the last complaint about it, and what each of them is asked. */
#ifndef NESTXML_TESTS_JUDGE_PARTS_H
#define NESTXML_TESTS_JUDGE_PARTS_H

#include "task.h"
#include "view.h"

struct judge {
	struct view input;
	char *canonical; /* the input without its cpu */
	size_t canonical_length;
	bool plain;
	char *output;
	size_t output_length;
	char reason[512];
};

/** Makes that the complaint, and returns false, so that a question can end with it. */
bool blame(struct judge *judge, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* XML's own white space, whatever the locale. */
static inline bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/** Whether the output's cpu is what was asked for, and has lost nothing else. */
bool judge_cpu(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task);

/** Notes the canonical form of what is outside the input's cpu, where it has one. */
void judge_keep_outside(struct judge *judge);
/** Whether all of the output but its cpu is the input's, and in its style; it may take the cpu out of the tree. */
bool judge_outside(struct judge *judge, struct view *output);

#endif
