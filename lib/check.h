/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.h - all that is known of one guest: what check.c finds out and report.c puts in words. */
#ifndef NESTXML_CHECK_H
#define NESTXML_CHECK_H

#include "assess.h"

struct nestxml_check {
	/* Read by nestxml_check_new(), and NULL after nestxml_check_domain(). The policy borrows from @config, the edits from @domain. */
	struct nestxml_config *config;
	struct nestxml_host *host;
	struct nestxml_domain *domain;

	const struct nestxml_domain *judged; /* @domain, or the caller's; NULL: the guest passed without being parsed */
	enum nestxml_operation operation;
	const char *manager; /* of that domain; NULL: none */
	struct nestxml_policy policy;
	struct assessment assessment;
	enum nestxml_definition definition; /* where a start is stale */
	bool has_no_definition;		    /* it was looked for, and is not there */
	struct nestxml_edits *edits;
	enum nestxml_verdict verdict;
	char name[320]; /* escaped */
	char report[1024];
	char advice[1024];
};

/** Fills the report and the advice for a verdict that is known. */
void nestxml_check_report(struct nestxml_check *check, const struct nestxml_host *host);
/** The report of a guest that was passed without its XML being parsed. */
void nestxml_check_report_untouched(struct nestxml_check *check);

#endif
