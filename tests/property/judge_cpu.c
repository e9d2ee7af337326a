/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* judge_cpu.c - what became of <cpu>: the feature as it was wished, the mode, and all else in it as it was. */
#include "judge_parts.h"

#include <stdlib.h>
#include <string.h>

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

bool judge_cpu(struct judge *judge, const struct view *output, const struct judge_wish *wish, const struct task *task)
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
