/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* judge.c - the promises of DESIGN 3.1, asked of a document and of what the library makes of it: runs, refusals, and what others ask. */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge_parts.h"

bool blame(struct judge *judge, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(judge->reason, sizeof(judge->reason), format, arguments);
	va_end(arguments);
	return false;
}

/* ---- a run of the library ---- */

struct run {
	char *output;
	size_t length;
	size_t edits;
	int code;
};

static struct run run_library(const char *xml, size_t length, const struct judge_wish *wish)
{
	struct nestxml_domain *domain = NULL;
	struct nestxml_edits *edits = NULL;
	struct run run = {0};

	run.code = nestxml_domain_new(xml, length, &domain, NULL);
	if (run.code == 0)
		run.code = nestxml_edits_new(domain, wish->nested, wish->mode, wish->vendor, &edits, NULL);
	if (run.code == 0) {
		run.edits = nestxml_edits_count(edits);
		run.code = nestxml_edits_apply(edits, &run.output, &run.length);
	}
	nestxml_edits_free(edits);
	nestxml_domain_free(domain);
	return run;
}

static bool judge_output(struct judge *judge, struct view *output, const struct judge_wish *wish, const struct task *task)
{
	if (!view_open(output, judge->output, judge->output_length, NULL))
		return blame(judge, "the output is not a well-formed domain");
	return judge_cpu(judge, output, wish, task) && judge_outside(judge, output);
}

static bool judge_second_run(struct judge *judge, const struct judge_wish *wish)
{
	struct run again = run_library(judge->output, judge->output_length, wish);

	free(again.output);
	if (again.code != 0)
		return blame(judge, "a second run fails with %d", again.code);
	return again.edits == 0 || blame(judge, "a second run makes %zu edits", again.edits);
}

/* Whether the guest's memory is encrypted by a processor that has KVM's extensions; libvirt reads the first such element. */
static bool is_encrypted(const struct view *view)
{
	static const char *const types[] = {"sev", "sev-snp", "tdx", NULL};

	for (xmlNode *node = view->root->children; node; node = node->next)
		if (view_is_element(node, "launchSecurity"))
			return view_is_one_of(node, "type", types);
	return false;
}

static bool judge_refusal(struct judge *judge, const struct judge_wish *wish, int code)
{
	bool emulated = view_is_type(&judge->input, "qemu");

	switch (code) {
	case NESTXML_E_TCG:
		return (emulated && wish->vendor == NESTXML_VENDOR_INTEL) || blame(judge, "taken for TCG and vmx");
	case NESTXML_E_TYPE:
		return (!emulated && !view_is_type(&judge->input, "kvm")) || blame(judge, "its type is refused");
	case NESTXML_E_ENCRYPTED:
		return (is_encrypted(&judge->input) && wish->nested != NESTXML_NESTED_DISABLE) ||
		       blame(judge, "its memory is said to be encrypted");
	case NESTXML_E_ARCH:
		return true; /* whoever makes the documents knows better */
	default:
		return !judge->plain || blame(judge, "refused with %d", code);
	}
}

bool judge_rewrite(struct judge *judge, const struct judge_wish *wish, size_t *edits)
{
	struct run run = run_library(judge->input.xml, judge->input.length, wish);
	struct view output = {0};
	struct task task;
	bool good;

	free(judge->output);
	judge->output = run.output;
	judge->output_length = run.length;
	judge->reason[0] = '\0';
	if (edits)
		*edits = run.edits;
	if (run.code != 0)
		return judge_refusal(judge, wish, run.code);
	if (view_is_type(&judge->input, "qemu") && wish->vendor == NESTXML_VENDOR_INTEL)
		return blame(judge, "vmx is given to TCG");
	if (is_encrypted(&judge->input) && wish->nested != NESTXML_NESTED_DISABLE)
		return blame(judge, "nesting is given to a guest with encrypted memory");
	task = task_make(&judge->input, wish);
	good = task_is_right(&judge->input, wish, &task);
	if (good != (run.edits == 0))
		return blame(judge, "it is %s, and there are %zu edits", good ? "right already" : "not right yet", run.edits);
	if (run.edits == 0)
		return (run.length == judge->input.length && memcmp(run.output, judge->input.xml, run.length) == 0) ||
		       blame(judge, "no edits, and another output");
	good = judge_output(judge, &output, wish, &task);
	view_close(&output);
	return good && judge_second_run(judge, wish);
}

/* ---- the rest ---- */

bool judge_is_right(const struct judge *judge, const struct judge_wish *wish)
{
	struct task task = task_make(&judge->input, wish);

	return task_is_right(&judge->input, wish, &task);
}

bool judge_is_stated(const struct judge *judge, const struct judge_wish *wish)
{
	const struct view *view = &judge->input;
	size_t found = 0;

	for (size_t i = 0; i < view->count; i++) {
		const struct child *child = &view->children[i];

		if (!wish_is_own(child, wish))
			continue;
		if (!wish_is_satisfied(child, wish->nested) &&
		    !(wish->nested == NESTXML_NESTED_OPTIONAL && wish_is_satisfied(child, NESTXML_NESTED_REQUIRE)))
			return false;
		found++;
	}
	return found > 0;
}

struct judge *judge_new(const char *xml, size_t length)
{
	struct judge *judge = calloc(1, sizeof(*judge));
	bool plain = false;

	view_silence();
	if (!judge || !view_open(&judge->input, xml, length, &plain)) {
		judge_free(judge);
		return NULL;
	}
	/* Whatever else libxml2 can read, libvirt writes UTF-8; and after the root's end it stops at a NUL without a word. */
	judge->plain = plain && !memchr(xml, '\0', length) &&
		       (!judge->input.tree->encoding || xmlStrcasecmp(judge->input.tree->encoding, BAD_CAST "UTF-8") == 0);
	judge_keep_outside(judge);
	return judge;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	view_close(&judge->input);
	free(judge->canonical);
	free(judge->output);
	free(judge);
}

bool judge_is_plain(const struct judge *judge)
{
	return judge->plain;
}

struct judge_wish judge_wish_get(unsigned int index)
{
	return (struct judge_wish){
		.nested = (enum nestxml_nested)(NESTXML_NESTED_REQUIRE + index % 3),
		.mode = (enum nestxml_mode)(index / 3 % 4),
		.vendor = (enum nestxml_vendor)(NESTXML_VENDOR_INTEL + index / 12 % 2),
	};
}

const char *judge_wish_to_string(const struct judge_wish *wish, char *buffer, size_t size)
{
	snprintf(buffer, size, "nested=%s mode=%s vendor=%s", nestxml_nested_to_string(wish->nested), nestxml_mode_to_string(wish->mode),
		 nestxml_vendor_to_string(wish->vendor));
	return buffer;
}

const char *judge_get_reason(const struct judge *judge)
{
	return judge->reason;
}

const char *judge_get_output(const struct judge *judge, size_t *length)
{
	*length = judge->output_length;
	return judge->output;
}
