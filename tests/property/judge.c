/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* judge.c - the promises of DESIGN 3.1 as questions about two documents: the one that was given and the one that came back. */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/c14n.h>

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

static bool blame(struct judge *judge, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool blame(struct judge *judge, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(judge->reason, sizeof(judge->reason), format, arguments);
	va_end(arguments);
	return false;
}

/* ---- the bytes outside ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_blank(const char *xml, size_t start, size_t end)
{
	for (; start < end; start++)
		if (!is_space(xml[start]))
			return false;
	return true;
}

/* The output without what was inserted is the input: the new cpu and the white space before or after it. */
static bool is_inserted_only(const struct view *input, const struct view *output)
{
	size_t start = output->cpu_range.start;
	size_t tail = output->length - output->cpu_range.end;
	size_t root_end = input->root_range.end;
	size_t kept;

	if (input->xml[root_end - 2] == '/' && !xmlFirstElementChild(input->root)) { /* <domain/> was opened for it */
		size_t after = input->length - root_end;
		const char closing[] = "</domain>";
		size_t closed = output->length - after - strlen(closing);

		return output->length > after + strlen(closing) && start >= root_end - 1 &&
		       memcmp(output->xml, input->xml, root_end - 2) == 0 && output->xml[root_end - 2] == '>' &&
		       is_blank(output->xml, root_end - 1, start) && output->cpu_range.end <= closed &&
		       is_blank(output->xml, output->cpu_range.end, closed) &&
		       memcmp(output->xml + closed, closing, strlen(closing)) == 0 &&
		       memcmp(output->xml + output->length - after, input->xml + root_end, after) == 0;
	}
	if (tail > input->length)
		return false;
	kept = input->length - tail;
	return kept <= start && memcmp(output->xml, input->xml, kept) == 0 && is_blank(output->xml, kept, start) &&
	       memcmp(output->xml + output->cpu_range.end, input->xml + kept, tail) == 0;
}

static bool judge_bytes(struct judge *judge, const struct view *output)
{
	const struct view *input = &judge->input;
	size_t before = input->cpu_range.start;
	size_t after = input->length - input->cpu_range.end;

	if (!input->cpu)
		return is_inserted_only(input, output) || blame(judge, "the output without its new cpu is not the input");
	if (output->cpu_range.start != before || output->length - output->cpu_range.end != after)
		return blame(judge, "the cpu begins at byte %zu, not %zu, or has %zu bytes after it, not %zu", output->cpu_range.start,
			     before, output->length - output->cpu_range.end, after);
	if (memcmp(output->xml, input->xml, before) != 0 ||
	    memcmp(output->xml + output->cpu_range.end, input->xml + input->cpu_range.end, after) != 0)
		return blame(judge, "a byte outside the cpu changed");
	return true;
}

/* ---- the canonical form of what is outside ---- */

/* For a document into which a cpu is inserted: the white space around it is of no account. */
static void drop_blanks(xmlNode *root)
{
	for (xmlNode *node = root->children; node; node = node->next) {
		xmlChar *kept = node->type == XML_TEXT_NODE ? xmlStrdup(node->content) : NULL;
		size_t count = 0;

		if (!kept)
			continue;
		for (size_t i = 0; kept[i]; i++)
			if (!is_space((char)kept[i]))
				kept[count++] = kept[i];
		kept[count] = '\0';
		xmlNodeSetContent(node, kept);
		xmlFree(kept);
	}
}

/* The document without @cpu, which is lost by it. NULL: it has no canonical form (a relative namespace URI). Owned by the caller. */
static char *make_canonical(xmlDoc *tree, xmlNode *cpu, bool inserted, size_t *length)
{
	xmlChar *text = NULL;
	int got;
	char *made = NULL;

	if (cpu) {
		xmlUnlinkNode(cpu);
		xmlFreeNode(cpu);
	}
	if (inserted)
		drop_blanks(xmlDocGetRootElement(tree));
	got = xmlC14NDocDumpMemory(tree, NULL, XML_C14N_1_0, NULL, 1, &text);
	if (got >= 0 && text) {
		*length = (size_t)got;
		made = malloc(*length + 1);
		if (made)
			memcpy(made, text, *length);
	}
	xmlFree(text);
	return made;
}

/* Takes the output's tree. */
static bool judge_canonical(struct judge *judge, struct view *output)
{
	size_t length = 0;
	char *canonical;
	bool same;

	if (!judge->canonical)
		return true;
	canonical = make_canonical(output->tree, output->cpu, !judge->input.cpu, &length);
	output->cpu = NULL;
	same = canonical && length == judge->canonical_length && memcmp(canonical, judge->canonical, length) == 0;
	free(canonical);
	return same || blame(judge, "the canonical form outside the cpu changed");
}

/* ---- the cpu ---- */

static bool is_same_range(const struct view *a, struct range in_a, const struct view *b, struct range in_b)
{
	return in_a.end - in_a.start == in_b.end - in_b.start &&
	       memcmp(a->xml + in_a.start, b->xml + in_b.start, in_a.end - in_a.start) == 0;
}

/* The next child from @from on that is not to be touched. */
static const struct child *next_bystander(const struct view *view, const struct judge_wish *wish, const struct task *task, size_t *from)
{
	while (*from < view->count) {
		const struct child *child = &view->children[(*from)++];

		if (task_is_bystander(child, wish, task))
			return child;
	}
	return NULL;
}

static bool is_same_attribute(const xmlAttr *a, const xmlAttr *b)
{
	xmlChar *left = xmlNodeListGetString(a->doc, a->children, 1);
	xmlChar *right = xmlNodeListGetString(b->doc, b->children, 1);
	bool same = strcmp((const char *)a->name, (const char *)b->name) == 0 && !a->ns == !b->ns &&
		    (!a->ns || strcmp((const char *)a->ns->href, (const char *)b->ns->href) == 0) && xmlStrEqual(left, right);

	xmlFree(left);
	xmlFree(right);
	return same;
}

static const xmlAttr *skip_policy(const xmlAttr *attribute)
{
	while (attribute && strcmp((const char *)attribute->name, "policy") == 0)
		attribute = attribute->next;
	return attribute;
}

/* Whether a feature has another policy and is else the same. */
static bool is_corrected(const struct child *before, const struct child *after, const char *policy)
{
	const xmlAttr *old = skip_policy(before->node->properties);
	const xmlAttr *later = skip_policy(after->node->properties);
	size_t before_length = before->range.end - before->range.start;
	size_t after_length = after->range.end - after->range.start;

	while (old && later && is_same_attribute(old, later)) {
		old = skip_policy(old->next);
		later = skip_policy(later->next);
	}
	return !old && !later && view_is_property(after->node, "policy", policy) &&
	       after_length <= before_length + strlen(" policy='optional'");
}

/* A child that stays: as it was, or corrected if it contradicted the wish. */
static bool is_kept(const struct view *input, const struct child *before, const struct view *output, const struct child *after,
		    const struct judge_wish *wish)
{
	if (wish_is_contradicted(before, wish))
		return is_corrected(before, after, nestxml_nested_to_string(wish->nested));
	return is_same_range(input, before->range, output, after->range);
}

static bool judge_bystanders(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task)
{
	const struct view *input = &judge->input;
	const struct child *before;
	size_t in = 0;
	size_t out = 0;

	do {
		const struct child *after = next_bystander(output, wish, task, &out);

		before = next_bystander(input, wish, task, &in);
		if (!before != !after || (before && !is_kept(input, before, output, after, wish)))
			return blame(judge, "child %zu of the cpu (%zu of the output) is lost, new or changed", in, out);
	} while (before);
	return true;
}

/* What the model contains of the feature is stated, each once. */
static bool judge_added(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task)
{
	for (const char *const *name = task->added; *name; name++) {
		size_t count = 0;

		for (size_t i = 0; i < output->count; i++)
			count += view_is_element(output->children[i].node, "feature") &&
				 view_is_property(output->children[i].node, "name", *name) &&
				 view_is_property(output->children[i].node, "policy", nestxml_nested_to_string(wish->nested));
		if (count != 1)
			return blame(judge, "%s, which the model contains, is stated %zu times", *name, count);
	}
	return true;
}

/* What stands before the first own feature is still before it: a wrong policy is corrected where it is. */
static bool judge_place(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task)
{
	const struct view *input = &judge->input;
	size_t before = 0;
	size_t after = 0;
	size_t i;

	for (i = 0; i < input->count && !wish_is_own(&input->children[i], wish); i++)
		before += task_is_bystander(&input->children[i], wish, task);
	if (i == input->count)
		return true;
	for (size_t j = 0; j < output->count && !wish_is_own(&output->children[j], wish); j++)
		after += task_is_bystander(&output->children[j], wish, task);
	if (before != after)
		return blame(judge, "the feature %s moved", wish_own_name(wish));
	if (wish_is_satisfied(&input->children[i], wish->nested)) {
		for (size_t j = 0; j < output->count; j++)
			if (wish_is_own(&output->children[j], wish) &&
			    !is_same_range(input, input->children[i].range, output, output->children[j].range))
				return blame(judge, "the feature %s was right and changed", wish_own_name(wish));
	}
	return true;
}

static bool judge_mode(struct judge *judge, const struct view *output, const struct task *task)
{
	for (size_t i = 0; i < output->count; i++)
		if (task_is_disallowed(&output->children[i], task))
			return blame(judge, "<%s> is not for mode %s", (const char *)output->children[i].node->name, task->mode);
	if (!task->pending_mode)
		return true;
	if (!view_is_property(output->cpu, "mode", task->mode))
		return blame(judge, "the mode is not %s", task->mode);
	if (view_has_property(output->cpu, "match"))
		return blame(judge, "match= is not for mode %s", task->mode);
	if (strcmp(task->mode, "host-model") == 0 && view_has_property(output->cpu, "migratable"))
		return blame(judge, "migratable= is not for mode host-model");
	return true;
}

/* Whether an attribute of <cpu> goes or changes with the mode. */
static bool is_subject(const xmlAttr *attribute, const struct task *task)
{
	const char *name = (const char *)attribute->name;

	if (!task->pending_mode)
		return false;
	if (strcmp(name, "migratable") == 0)
		return strcmp(task->mode, "host-model") == 0;
	return strcmp(name, "mode") == 0 || strcmp(name, "match") == 0;
}

static const xmlAttr *next_bystanding(const xmlAttr *attribute, const struct task *task)
{
	while (attribute && is_subject(attribute, task))
		attribute = attribute->next;
	return attribute;
}

static bool judge_attributes(struct judge *judge, const struct view *output, const struct task *task)
{
	const xmlAttr *before = next_bystanding(judge->input.cpu->properties, task);
	const xmlAttr *after = next_bystanding(output->cpu->properties, task);
	const xmlNs *old = judge->input.cpu->nsDef;
	const xmlNs *later = output->cpu->nsDef;

	for (; old && later && xmlStrEqual(old->prefix, later->prefix) && xmlStrEqual(old->href, later->href); old = old->next)
		later = later->next;
	if (old || later)
		return blame(judge, "a namespace of the cpu is lost, new or changed");
	while (before && after && is_same_attribute(before, after)) {
		before = next_bystanding(before->next, task);
		after = next_bystanding(after->next, task);
	}
	return (!before && !after) || blame(judge, "an attribute of the cpu is lost, new or changed");
}

/*
 * Comments, text and the like between the children of a cpu, one after the other and without white space: that may go with a child, and
 * where it went two texts become one. Owned by the caller.
 */
static char *collect_loose(const xmlNode *cpu)
{
	xmlBuffer *buffer = xmlBufferCreate();
	char *made = NULL;

	for (const xmlNode *node = buffer ? cpu->children : NULL; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			continue;
		if (node->type != XML_TEXT_NODE)
			xmlBufferCat(buffer, (const xmlChar *)(node->type == XML_COMMENT_NODE ? "<!--" : "<?"));
		for (const xmlChar *at = node->content; at && *at; at++)
			if (!is_space((char)*at))
				xmlBufferAdd(buffer, at, 1);
	}
	if (buffer)
		made = strdup((const char *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	return made;
}

static bool judge_loose(struct judge *judge, const struct view *output)
{
	char *before = collect_loose(judge->input.cpu);
	char *after = collect_loose(output->cpu);
	bool same = before && after && strcmp(before, after) == 0;

	free(before);
	free(after);
	return same || blame(judge, "a comment or text in the cpu is lost, new or changed");
}

static bool judge_features(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task)
{
	size_t own = 0;
	size_t other = 0;

	for (size_t i = 0; i < output->count; i++) {
		const struct child *child = &output->children[i];

		if (wish_is_own(child, wish)) {
			own++;
			if (!wish_is_satisfied(child, wish->nested))
				return blame(judge, "%s has the wrong policy", wish_own_name(wish));
		} else if ((wish_is_other(child, wish) || wish_is_other_detail(child, wish)) && wish_is_wanted(child)) {
			return blame(judge, "a feature of the other vendor is still asked for");
		} else if (wish_is_contradicted(child, wish)) {
			return blame(judge, "a detail of %s contradicts it", wish_own_name(wish));
		} else if (wish_is_other(child, wish)) {
			other += view_is_property(child->node, "policy", "disable");
		}
	}
	if (own != 1)
		return blame(judge, "%s is stated %zu times", wish_own_name(wish), own);
	if (task->disables_other && other != 1)
		return blame(judge, "%s, which the model contains, is disabled %zu times", wish_other_name(wish), other);
	return true;
}

static bool judge_cpu(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task)
{
	if (!output->cpu)
		return blame(judge, "there is no cpu");
	if (!judge_features(judge, output, wish, task) || !judge_mode(judge, output, task))
		return false;
	if (!judge->input.cpu)
		return output->count == 1 || blame(judge, "the new cpu has more than the feature");
	return judge_bystanders(judge, output, wish, task) && judge_added(judge, output, wish, task) &&
	       judge_place(judge, output, wish, task) && judge_attributes(judge, output, task) && judge_loose(judge, output);
}

/* ---- the style ---- */

static size_t count_byte(const char *xml, size_t length, char byte)
{
	size_t count = 0;

	for (const char *at = xml; (at = memchr(at, byte, length - (size_t)(at - xml))); at++)
		count++;
	return count;
}

/* Whether all line ends are alike, and which: 'n' none, 'l' LF, 'c' CRLF; 0: they are mixed. */
static char line_ends(const char *xml, size_t length)
{
	size_t feeds = count_byte(xml, length, '\n');
	size_t returns = count_byte(xml, length, '\r');
	size_t pairs = 0;

	for (size_t i = 1; i < length; i++)
		pairs += xml[i] == '\n' && xml[i - 1] == '\r';
	if (feeds == 0 && returns == 0)
		return 'n';
	if (returns == 0)
		return 'l';
	return feeds == returns && pairs == feeds ? 'c' : '\0';
}

static bool judge_style(struct judge *judge, const struct view *output)
{
	const struct view *input = &judge->input;
	char ends = line_ends(input->xml, input->length);
	char after = line_ends(output->xml, output->length);

	/* That they all went with what went is fine. */
	if (ends && after != ends && after != 'n')
		return blame(judge, "the line ends are no longer those of the document");
	for (const char *quote = "'\""; *quote; quote++)
		if (!memchr(input->xml, *quote, input->length) && memchr(output->xml, *quote, output->length))
			return blame(judge, "a quote that the document does not use: %c", *quote);
	return true;
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
	return judge_cpu(judge, output, wish, task) && judge_bytes(judge, output) && judge_style(judge, output) &&
	       judge_canonical(judge, output);
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
	xmlDoc *copy;
	bool plain = false;

	view_silence();
	if (!judge || !view_open(&judge->input, xml, length, &plain)) {
		judge_free(judge);
		return NULL;
	}
	/* Whatever else libxml2 can read, libvirt writes UTF-8; and after the root's end it stops at a NUL without a word. */
	judge->plain = plain && !memchr(xml, '\0', length) &&
		       (!judge->input.tree->encoding || xmlStrcasecmp(judge->input.tree->encoding, BAD_CAST "UTF-8") == 0);
	copy = view_read_tree(xml, length, NULL);
	if (copy) {
		xmlNode *cpu = xmlDocGetRootElement(copy)->children;

		while (cpu && !view_is_element(cpu, "cpu"))
			cpu = cpu->next;
		judge->canonical = make_canonical(copy, cpu, !cpu, &judge->canonical_length);
		xmlFreeDoc(copy);
	}
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
