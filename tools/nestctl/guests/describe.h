/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* describe.h - CPUs, policies and plans in words and in JSON, the same in every command; what comes from elsewhere is escaped. */
#ifndef NESTXML_DESCRIBE_H
#define NESTXML_DESCRIBE_H

#include <stddef.h>

#include <nestxml/nestxml.h>

#include "guests/plan.h"
#include "guests/qemu_verdict.h"

struct json_object;

/** A domain's CPU: "host-model, svm require". */
void describe_cpu(const struct nestxml_domain *domain, char *text, size_t size);
/** The same in JSON; NULL (which is JSON's null): it has none. @domain may be NULL. */
struct json_object *describe_cpu_json(const struct nestxml_domain *domain);

/** A policy in JSON, its source included. @error: why it is unknown, else NULL. */
struct json_object *describe_policy_json(const struct nestxml_policy *policy, const char *error);

/** Yes or no in JSON; NULL for no answer. */
struct json_object *describe_answer_json(enum qemu_answer answer);

/** The warnings of @edits, which may be NULL, as a list in JSON. */
struct json_object *describe_warnings_json(const struct nestxml_edits *edits);

/** What a plan comes to: a line without the guest's name. */
void describe_plan(const struct plan *plan, char *text, size_t size);
/** The same when it was carried out. */
void describe_rewritten(const struct plan *plan, char *text, size_t size);
/** What is added for a running guest. */
#define DESCRIBE_RUNNING "; it is running, and has the new CPU from its next start on"

#endif
