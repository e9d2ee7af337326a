/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verdict.h - whether the hook's question is answered as the filter's output is: a rewritten guest passes, an untouched one did before. */
#ifndef PROPERTY_VERDICT_H
#define PROPERTY_VERDICT_H

#include "judge.h"

/** Directories that stand for /: hosts of both vendors with nesting on, and policy files for each wish. */
struct verdict_hosts {
	char directory[256]; /* they are in this one */
};

/** False: they cannot be made. */
bool verdict_hosts_make(struct verdict_hosts *hosts);
void verdict_hosts_remove(const struct verdict_hosts *hosts);

/** What is wrong with the verdicts on the document of @judge and on @output, which the library made of it; NULL: nothing. */
const char *verdict_check(const struct verdict_hosts *hosts, const struct judge *judge, const struct judge_wish *wish, const char *input,
			  size_t input_length);

#endif
