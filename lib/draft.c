/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* draft.c - splices in the document's own style: its quotes, indentation, line ends. No function here reads past what elements.c found. */
#include "draft.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "xml_tag.h"

/* ---- the list of edits ---- */

static void add_edit(struct draft *draft, size_t start, size_t end, const char *text)
{
	char *copy = strdup(text);

	if (copy && draft->count == draft->capacity) {
		size_t capacity = draft->capacity ? 2 * draft->capacity : 8;
		struct nestxml_edit *list = reallocarray(draft->list, capacity, sizeof(*list));

		if (list) {
			draft->list = list;
			draft->capacity = capacity;
		}
	}
	if (!copy || draft->count == draft->capacity) {
		free(copy);
		draft->failed = true;
		return;
	}
	draft->list[draft->count++] = (struct nestxml_edit){start, end - start, copy, strlen(copy)};
	// cppcheck-suppress memleak ; the list owns the copy
}

/* The same with a text that was built piece by piece; if memory ran out in the meantime, there is no edit. */
static void add_built_edit(struct draft *draft, size_t start, size_t end, const struct nestxml_buffer *text)
{
	if (!draft->failed && text->data)
		add_edit(draft, start, end, text->data);
}

/* ---- the document's style ---- */

static char find_quote(const struct nestxml_domain *domain)
{
	struct xml_attribute attribute;

	if (domain->has_cpu && xml_tag_find_attribute(domain->xml, domain->cpu.start, NULL, &attribute))
		return attribute.quote;
	if (xml_tag_find_attribute(domain->xml, domain->root.start, NULL, &attribute))
		return attribute.quote;
	return '\'';
}

static void add_span(struct draft *draft, struct nestxml_buffer *text, struct xml_span span)
{
	if (!nestxml_buffer_add(text, draft->xml + span.start, span.end - span.start))
		draft->failed = true;
}

static void add_text(struct draft *draft, struct nestxml_buffer *text, const char *more)
{
	if (!nestxml_buffer_add_string(text, more))
		draft->failed = true;
}

/* One more level of indentation: what a child of <domain>, indented by @child, has more than <domain> itself. */
static void add_indentation_unit(struct draft *draft, struct nestxml_buffer *text, struct xml_span child)
{
	struct xml_span root = {0, 0};
	size_t length;

	xml_line_indentation(draft->xml, draft->domain->root.start, &root);
	length = root.end - root.start;
	if (child.end - child.start > length && memcmp(draft->xml + root.start, draft->xml + child.start, length) == 0)
		add_span(draft, text, (struct xml_span){child.start + length, child.end});
	else
		add_text(draft, text, "  ");
}

static void add_attribute(struct draft *draft, struct nestxml_buffer *text, char quote, const char *name, const char *value)
{
	char quotes[2] = {quote, '\0'};

	add_text(draft, text, " ");
	add_text(draft, text, name);
	add_text(draft, text, "=");
	add_text(draft, text, quotes);
	add_text(draft, text, value);
	add_text(draft, text, quotes);
}

void nestxml_draft_begin(struct draft *draft, const struct nestxml_domain *domain)
{
	*draft = (struct draft){.domain = domain, .xml = domain->xml, .quote = find_quote(domain)};
}

/* ---- single changes ---- */

void nestxml_draft_set_attribute(struct draft *draft, const struct element *element, const char *name, const char *value)
{
	AUTO_BUFFER struct nestxml_buffer text = {0};
	struct xml_attribute attribute;
	size_t at = xml_tag_name_end(draft->xml, element->start);
	char quote = draft->quote;

	if (xml_tag_find_attribute(draft->xml, element->start, name, &attribute)) {
		add_edit(draft, attribute.value.start, attribute.value.end, value);
		return;
	}
	if (xml_tag_find_attribute(draft->xml, element->start, NULL, &attribute))
		quote = attribute.quote;
	add_attribute(draft, &text, quote, name, value);
	add_built_edit(draft, at, at, &text);
}

void nestxml_draft_remove_attribute(struct draft *draft, const struct element *element, const char *name)
{
	struct xml_attribute attribute;

	if (xml_tag_find_attribute(draft->xml, element->start, name, &attribute))
		add_edit(draft, attribute.whole.start, attribute.whole.end, "");
}

void nestxml_draft_remove_element(struct draft *draft, const struct element *element)
{
	struct xml_span indentation;
	size_t start = element->start;
	size_t end = element->end;

	while (draft->xml[end] == ' ' || draft->xml[end] == '\t')
		end++;
	if (xml_line_indentation(draft->xml, start, &indentation) && (draft->xml[end] == '\n' || draft->xml[end] == '\r')) {
		start = indentation.start - 1;
		if (start > 0 && draft->xml[start - 1] == '\r')
			start--;
	} else {
		end = element->end;
	}
	add_edit(draft, start, end, "");
}

/* @at, or the end of the removal into which an insertion there would fall. */
static size_t find_free_place(const struct draft *draft, size_t at)
{
	for (size_t i = 0; i < draft->count; i++) {
		const struct nestxml_edit *edit = &draft->list[i];

		if (edit->offset < at && at < edit->offset + edit->length)
			return edit->offset + edit->length;
	}
	return at;
}

/* ---- insertion ---- */

/* Appends the features, each after @lead (a line end and an indentation, or nothing). */
static void add_features(struct draft *draft, struct nestxml_buffer *text, const struct missing *missing, const char *lead)
{
	for (size_t i = 0; i < missing->count; i++) {
		add_text(draft, text, lead);
		add_text(draft, text, "<feature");
		add_attribute(draft, text, draft->quote, "policy", missing->features[i].policy);
		add_attribute(draft, text, draft->quote, "name", missing->features[i].name);
		add_text(draft, text, "/>");
	}
}

/*
 * What comes before an inserted element: a line end like the one before @indentation, then @indentation, and one more level where @deeper;
 * "" if the document is not indented there (@indentation is NULL).
 */
static void make_lead(struct draft *draft, struct nestxml_buffer *lead, const struct xml_span *indentation, bool deeper)
{
	if (!indentation) {
		add_text(draft, lead, "");
		return;
	}
	add_text(draft, lead, indentation->start > 1 && draft->xml[indentation->start - 2] == '\r' ? "\r\n" : "\n");
	add_span(draft, lead, *indentation);
	if (deeper)
		add_indentation_unit(draft, lead, *indentation);
}

/* The child after which a feature is written: the last feature, else the last one before <numa>, as libvirt orders them. */
static const struct cpu_child *find_anchor(const struct nestxml_domain *domain)
{
	const struct cpu_child *anchor = NULL;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->kind == CHILD_FEATURE || (child->kind != CHILD_NUMA && !(anchor && anchor->kind == CHILD_FEATURE)))
			anchor = child;
	}
	return anchor;
}

static void insert_after(struct draft *draft, const struct element *anchor, const struct missing *missing)
{
	AUTO_BUFFER struct nestxml_buffer text = {0};
	AUTO_BUFFER struct nestxml_buffer lead = {0};
	struct xml_span indentation;
	size_t at = find_free_place(draft, anchor->end);

	make_lead(draft, &lead, xml_line_indentation(draft->xml, anchor->start, &indentation) ? &indentation : NULL, false);
	if (draft->failed)
		return;
	add_features(draft, &text, missing, lead.data);
	add_built_edit(draft, at, at, &text);
}

/* Into a <cpu> without any child to follow; <cpu/> is opened for it. */
static void insert_first(struct draft *draft, const struct missing *missing)
{
	AUTO_BUFFER struct nestxml_buffer text = {0};
	AUTO_BUFFER struct nestxml_buffer lead = {0};
	AUTO_BUFFER struct nestxml_buffer close = {0};
	const struct element *cpu = &draft->domain->cpu;
	bool closed = cpu->head == cpu->end; /* <cpu/> */
	bool bare = !closed && draft->xml[cpu->head] == '<' && draft->xml[cpu->head + 1] == '/';
	struct xml_span indentation;
	bool indented = xml_line_indentation(draft->xml, cpu->start, &indentation);
	size_t start = cpu->head;

	make_lead(draft, &lead, indented ? &indentation : NULL, true);
	make_lead(draft, &close, indented ? &indentation : NULL, false);
	if (draft->failed)
		return;
	if (closed) {
		start -= strlen("/>");
		while (is_xml_space(draft->xml[start - 1]))
			start--;
		add_text(draft, &text, ">");
	}
	add_features(draft, &text, missing, lead.data);
	if (closed || bare)
		add_text(draft, &text, close.data);
	if (closed)
		add_text(draft, &text, "</cpu>");
	add_built_edit(draft, start, cpu->head, &text);
}

void nestxml_draft_insert_features(struct draft *draft, const struct missing *missing)
{
	const struct cpu_child *anchor = find_anchor(draft->domain);

	if (missing->count == 0)
		return;
	if (anchor)
		insert_after(draft, &anchor->element, missing);
	else
		insert_first(draft, missing);
}

/* Where libvirt itself writes <cpu>: after <features>, else after <os>; else at the end. Never zero for what libvirt takes. */
static struct element find_place(const struct nestxml_domain *domain)
{
	if (domain->features.end > 0)
		return domain->features;
	if (domain->os.end > 0)
		return domain->os;
	return domain->last;
}

void nestxml_draft_insert_cpu(struct draft *draft, const char *mode, const struct missing *missing)
{
	AUTO_BUFFER struct nestxml_buffer text = {0};
	AUTO_BUFFER struct nestxml_buffer lead = {0};
	AUTO_BUFFER struct nestxml_buffer deeper = {0};
	struct element place = find_place(draft->domain);
	const struct element *root = &draft->domain->root;
	bool closed = place.end == 0 && root->head == root->end; /* <domain type='kvm'/> */
	size_t end = place.end > 0 ? place.end : root->head;
	struct xml_span indentation;
	const struct xml_span *known = place.end > 0 && xml_line_indentation(draft->xml, place.start, &indentation) ? &indentation : NULL;

	make_lead(draft, &lead, known, false);
	make_lead(draft, &deeper, known, true);
	if (draft->failed)
		return;
	add_text(draft, &text, closed ? ">" : "");
	add_text(draft, &text, lead.data);
	add_text(draft, &text, "<cpu");
	add_attribute(draft, &text, draft->quote, "mode", mode);
	add_text(draft, &text, ">");
	add_features(draft, &text, missing, deeper.data);
	add_text(draft, &text, lead.data);
	add_text(draft, &text, closed ? "</cpu></domain>" : "</cpu>");
	add_built_edit(draft, closed ? end - strlen("/>") : end, end, &text);
}
