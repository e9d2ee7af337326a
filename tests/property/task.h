/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* task.h - what is to become of a document's CPU, from the document and the wish alone. */
#ifndef NESTXML_TESTS_TASK_H
#define NESTXML_TESTS_TASK_H

#include "judge.h"
#include "view.h"

/* "vmx" and "svm", the vendor's of the wish first. */
const char *wish_own_name(const struct judge_wish *wish);
const char *wish_other_name(const struct judge_wish *wish);
/** Whether a child of the CPU is that feature. */
bool wish_is_own(const struct child *child, const struct judge_wish *wish);
bool wish_is_other(const struct child *child, const struct judge_wish *wish);
/** Whether it is one that goes with the own feature, or with the other vendor's, as vmx-ept does with vmx. */
bool wish_is_own_detail(const struct child *child, const struct judge_wish *wish);
bool wish_is_other_detail(const struct child *child, const struct judge_wish *wish);
/** Whether it is an own detail whose policy contradicts what is asked, and which is to be corrected in its place. */
bool wish_is_contradicted(const struct child *child, const struct judge_wish *wish);
/** Whether a feature's policy asks for it. */
bool wish_is_wanted(const struct child *child);
/** Whether a feature's policy is what is asked. */
bool wish_is_satisfied(const struct child *child, enum nestxml_nested nested);

struct task {
	bool pending_mode;
	const char *mode;      /* the new one, where it changes */
	bool disables_other;   /* the model contains the other vendor's feature */
	const char *added[16]; /* details that the model contains and the CPU does not list; NULL after the last */
};

struct task task_make(const struct view *view, const struct judge_wish *wish);
/** Whether a child is one that the task takes out, apart from features of nesting. */
bool task_is_disallowed(const struct child *child, const struct task *task);
/** Whether it is one of those that the task adds. */
bool task_is_added(const struct child *child, const struct task *task);
/** Whether a child stays where it is, and as it is if it does not contradict the wish. */
bool task_is_bystander(const struct child *child, const struct judge_wish *wish, const struct task *task);
/** Whether a document says what is asked already. */
bool task_is_right(const struct view *view, const struct judge_wish *wish, const struct task *task);

#endif
