/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edits.c - from facts and a goal to the splices that fulfil it, in the document's own style: its quotes, indentation, line ends.
 *
 * Nothing here reads past what scan.c found, and every splice lies in /domain/cpu or inserts one.
 */
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "domain.h"
#include "error.h"
#include "macros.h"
#include "vendor.h"
#include "warnings.h"
#include "xml_tag.h"

struct nestxml_edits {
	const struct nestxml_domain *domain;
	struct nestxml_edit *list; /* each text is owned */
	size_t count;
	size_t capacity;
	struct warnings warnings;
};

/* What is wanted, and the document's style. */
struct draft {
	const struct nestxml_domain *domain;
	const char *xml;
	struct nestxml_edits *edits;
	enum nestxml_nested nested;
	enum nestxml_vendor vendor;
	enum nestxml_mode mode; /* KEEP: the mode stays */
	char quote;
	bool failed; /* out of memory, looked at once, at the end */
};

/* ---- the list of edits ---- */

static void add_edit(struct draft *draft, size_t start, size_t end, const char *text)
{
	struct nestxml_edits *edits = draft->edits;
	char *copy = strdup(text);

	if (copy && edits->count == edits->capacity) {
		size_t capacity = edits->capacity ? 2 * edits->capacity : 8;
		struct nestxml_edit *list = reallocarray(edits->list, capacity, sizeof(*list));

		if (list) {
			edits->list = list;
			edits->capacity = capacity;
		}
	}
	if (!copy || edits->count == edits->capacity) {
		free(copy);
		draft->failed = true;
		return;
	}
	edits->list[edits->count++] = (struct nestxml_edit){start, end - start, copy, strlen(copy)};
	// cppcheck-suppress memleak ; the list owns the copy
}

/* The same with a text that was put together; if memory ran out on the way, there is no edit. */
static void add_built_edit(struct draft *draft, size_t start, size_t end, const struct nestxml_buffer *text)
{
	if (!draft->failed && text->data)
		add_edit(draft, start, end, text->data);
}

/* By offset; an insertion comes before a removal that starts where it is. */
static int compare_edits(const void *left, const void *right)
{
	const struct nestxml_edit *a = left;
	const struct nestxml_edit *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return (a->length > b->length) - (a->length < b->length);
}

/* No splice may begin within another: nestxml_edits_apply() relies on it, so it is checked. */
static bool is_in_order(const struct nestxml_edits *edits)
{
	for (size_t i = 1; i < edits->count; i++)
		if (edits->list[i].offset < edits->list[i - 1].offset + edits->list[i - 1].length)
			return false;
	return true;
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

/* ---- single changes ---- */

static void set_attribute(struct draft *draft, const struct element *element, const char *name, const char *value)
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

static void remove_attribute(struct draft *draft, const struct element *element, const char *name)
{
	struct xml_attribute attribute;

	if (xml_tag_find_attribute(draft->xml, element->start, name, &attribute))
		add_edit(draft, attribute.whole.start, attribute.whole.end, "");
}

/* An element alone in its lines goes with them; another one takes nothing along. */
static void remove_element(struct draft *draft, const struct element *element)
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
	for (size_t i = 0; i < draft->edits->count; i++) {
		const struct nestxml_edit *edit = &draft->edits->list[i];

		if (edit->offset < at && at < edit->offset + edit->length)
			return edit->offset + edit->length;
	}
	return at;
}

/* ---- the mode ---- */

/*
 * What the new mode does not allow goes, and what would be another CPU under it. Measured on libvirt 9.0: it refuses a vendor without
 * a model, and `migratable` and a cache that is passed through outside host-passthrough and maximum; it drops `match`, and keeps
 * everything else.
 */
static void change_mode(struct draft *draft)
{
	const struct nestxml_domain *domain = draft->domain;
	bool passes_through = draft->mode != NESTXML_MODE_HOST_MODEL;

	set_attribute(draft, &domain->cpu, "mode", nestxml_mode_to_string(draft->mode));
	remove_attribute(draft, &domain->cpu, "match");
	if (!passes_through)
		remove_attribute(draft, &domain->cpu, "migratable");
	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];
		bool passed = child->kind == CHILD_CACHE && child->passthrough;

		if (child->kind == CHILD_MODEL || child->kind == CHILD_VENDOR || (passed && !passes_through))
			remove_element(draft, &child->element);
	}
}

/* The mode to change to; KEEP: none. */
static enum nestxml_mode choose_mode(const struct nestxml_domain *domain, enum nestxml_mode asked)
{
	static const enum nestxml_mode current[] = {
		[CPU_MODE_CUSTOM] = NESTXML_MODE_KEEP,
		[CPU_MODE_HOST_MODEL] = NESTXML_MODE_HOST_MODEL,
		[CPU_MODE_HOST_PASSTHROUGH] = NESTXML_MODE_HOST_PASSTHROUGH,
		[CPU_MODE_MAXIMUM] = NESTXML_MODE_MAXIMUM,
		[CPU_MODE_UNKNOWN] = NESTXML_MODE_KEEP,
	};
	/* libvirt refuses features in a custom CPU that names no model, so such a CPU cannot stay as it is. */
	bool usable = domain->has_cpu && (domain->mode != CPU_MODE_CUSTOM || domain->model.length > 0);

	if (asked == NESTXML_MODE_KEEP)
		return usable ? NESTXML_MODE_KEEP : NESTXML_MODE_HOST_MODEL;
	return usable && current[domain->mode] == asked ? NESTXML_MODE_KEEP : asked;
}

/* ---- the features ---- */

/* What a feature is to say, and what it may say instead. */
struct feature_goal {
	enum nestxml_vendor extension;
	const char *policy;
	unsigned int satisfied; /* a set of 1 << enum feature_policy */
};

static struct feature_goal make_goal(enum nestxml_vendor extension, enum nestxml_nested nested)
{
	static const unsigned int satisfied[] = {
		[NESTXML_NESTED_REQUIRE] = 1U << POLICY_REQUIRE | 1U << POLICY_FORCE,
		[NESTXML_NESTED_OPTIONAL] = 1U << POLICY_OPTIONAL,
		[NESTXML_NESTED_DISABLE] = 1U << POLICY_DISABLE | 1U << POLICY_FORBID,
	};

	return (struct feature_goal){extension, nestxml_nested_to_string(nested), satisfied[nested]}; /* the words are libvirt's own */
}

/*
 * Whether the named model contains another vendor's feature and so does not start on this vendor's hosts (on Intel those with svm), unless
 * that is disabled. A guest that is to be without nesting keeps its model as it is.
 */
static bool has_model_with(const struct draft *draft, enum nestxml_vendor other)
{
	const struct nestxml_domain *domain = draft->domain;

	return other != draft->vendor && draft->nested != NESTXML_NESTED_DISABLE && draft->mode == NESTXML_MODE_KEEP &&
	       domain->mode == CPU_MODE_CUSTOM && nestxml_model_has_feature(nestxml_domain_get_cpu_model(domain), other);
}

/* Leaves at most one feature of the goal's extension, corrected in its place. Returns whether one is there at all. */
static bool correct_feature(struct draft *draft, const struct feature_goal *goal)
{
	const struct nestxml_domain *domain = draft->domain;
	bool found = false;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->extension != goal->extension)
			continue;
		if (found)
			remove_element(draft, &child->element);
		else if (!(goal->satisfied & 1U << child->policy))
			set_attribute(draft, &child->element, "policy", goal->policy);
		found = true;
	}
	return found;
}

/*
 * What belongs to the feature follows it: next to a disabled one nothing is asked for, and next to an optional one nothing is insisted on.
 * It never becomes `forbid`, which keeps the guest from a host that has it (docs/libvirt-facts.md #14).
 */
static void correct_sub_features(struct draft *draft)
{
	static const unsigned int contradicting[] = {
		[NESTXML_NESTED_REQUIRE] = 0,
		[NESTXML_NESTED_OPTIONAL] = 1U << POLICY_FORCE | 1U << POLICY_REQUIRE,
		[NESTXML_NESTED_DISABLE] = 1U << POLICY_FORCE | 1U << POLICY_REQUIRE | 1U << POLICY_OPTIONAL,
	};
	const struct nestxml_domain *domain = draft->domain;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->sub_extension == draft->vendor && contradicting[draft->nested] & 1U << child->policy)
			set_attribute(draft, &child->element, "policy", nestxml_nested_to_string(draft->nested));
	}
}

/* What asks for another vendor's nesting would keep the guest from starting here; what is disabled says nothing wrong. */
static void remove_other_vendors_features(struct draft *draft)
{
	const struct nestxml_domain *domain = draft->domain;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];
		bool asks = child->policy == POLICY_FORCE || child->policy == POLICY_REQUIRE || child->policy == POLICY_OPTIONAL;
		bool extends = child->extension != NESTXML_VENDOR_NONE && child->extension != draft->vendor &&
			       !has_model_with(draft, child->extension);
		bool belongs = child->sub_extension != NESTXML_VENDOR_NONE && child->sub_extension != draft->vendor;

		if (asks && (extends || belongs))
			remove_element(draft, &child->element);
	}
}

/* ---- insertion ---- */

/* What the CPU does not say yet of a feature, in the order in which it is written. */
struct missing {
	struct {
		const char *policy;
		const char *name;
	} features[NESTXML_VENDOR_LAST + MODEL_SUB_FEATURES_MAX];
	size_t count;
};

static void add_missing(struct missing *missing, const char *policy, const char *name)
{
	missing->features[missing->count].policy = policy;
	missing->features[missing->count++].name = name;
}

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
 * A line end like the one before it, @indentation, and one level more where @deeper; "" for a document that is not indented there
 * (@indentation is NULL).
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

static void insert_features(struct draft *draft, const struct missing *missing)
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

static void insert_cpu(struct draft *draft, const struct missing *missing)
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
	add_attribute(draft, &text, draft->quote, "mode", nestxml_mode_to_string(draft->mode));
	add_text(draft, &text, ">");
	add_features(draft, &text, missing, deeper.data);
	add_text(draft, &text, lead.data);
	add_text(draft, &text, closed ? "</cpu></domain>" : "</cpu>");
	add_built_edit(draft, closed ? end - strlen("/>") : end, end, &text);
}

/* ---- all together ---- */

/* Corrects what is stated of the goal's feature, or notes that nothing is. */
static void state_feature(struct draft *draft, struct feature_goal goal, struct missing *missing)
{
	if (!correct_feature(draft, &goal))
		add_missing(missing, goal.policy, nestxml_vendor_feature(goal.extension));
}

static bool lists_sub_feature(const struct nestxml_domain *domain, const char *name)
{
	for (size_t i = 0; i < domain->children_count; i++)
		if (domain->children[i].sub_feature && strcmp(domain->children[i].sub_feature, name) == 0)
			return true;
	return false;
}

/*
 * The sub-features that the model contains follow the feature, too, although <cpu> does not list them: under check='full' libvirt would
 * miss them, and end the start.
 */
static void state_contained_sub_features(struct draft *draft, struct missing *missing)
{
	const struct nestxml_domain *domain = draft->domain;
	const char *model = nestxml_domain_get_cpu_model(domain);
	const char *name;

	if (draft->nested == NESTXML_NESTED_REQUIRE || draft->mode != NESTXML_MODE_KEEP || domain->mode != CPU_MODE_CUSTOM ||
	    !domain->check_full)
		return;
	for (size_t i = 0; i < MODEL_SUB_FEATURES_MAX && (name = nestxml_model_sub_feature(model, draft->vendor, i)); i++)
		if (!lists_sub_feature(domain, name))
			add_missing(missing, nestxml_nested_to_string(draft->nested), name);
}

static void make_draft(struct draft *draft)
{
	struct feature_goal goal = make_goal(draft->vendor, draft->nested);
	struct missing missing = {0};

	if (!draft->domain->has_cpu) {
		add_missing(&missing, goal.policy, nestxml_vendor_feature(goal.extension));
		insert_cpu(draft, &missing);
		return;
	}
	if (draft->mode != NESTXML_MODE_KEEP)
		change_mode(draft);
	state_feature(draft, goal, &missing);
	/* Next to a model that contains it, `forbid` would keep the guest from starting (measured); `disable` takes it out. */
	FOR_EACH_VENDOR(other)
		if (has_model_with(draft, other))
			state_feature(draft, (struct feature_goal){other, "disable", 1U << POLICY_DISABLE}, &missing);
	correct_sub_features(draft);
	state_contained_sub_features(draft, &missing);
	remove_other_vendors_features(draft);
	insert_features(draft, &missing);
}

static enum cpu_mode find_final_mode(const struct draft *draft)
{
	static const enum cpu_mode changed[] = {
		[NESTXML_MODE_HOST_MODEL] = CPU_MODE_HOST_MODEL,
		[NESTXML_MODE_HOST_PASSTHROUGH] = CPU_MODE_HOST_PASSTHROUGH,
		[NESTXML_MODE_MAXIMUM] = CPU_MODE_MAXIMUM,
	};

	return draft->mode == NESTXML_MODE_KEEP ? draft->domain->mode : changed[draft->mode];
}

static int check_arguments(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_mode mode,
			   enum nestxml_vendor vendor, struct nestxml_error *error)
{
	int code;

	if (nested == NESTXML_NESTED_LEAVE || !nestxml_nested_to_string(nested))
		return nestxml_error_set(error, NESTXML_E_ARGUMENT, "nested is none of require, optional and disable");
	if (!nestxml_mode_to_string(mode) || (unsigned int)vendor > NESTXML_VENDOR_LAST)
		return nestxml_error_set(error, NESTXML_E_ARGUMENT, "the mode or the vendor is outside its range");
	code = nestxml_domain_check_applicable(domain, vendor, error);
	if (code != NESTXML_E_ENCRYPTED || nested != NESTXML_NESTED_DISABLE)
		return code;
	if (error) /* KVM does not run in the guest, but its CPUID must not say otherwise either */
		*error = (struct nestxml_error){0};
	return 0;
}

/* Sorts the edits and makes sure that they can be applied. */
static int finish(const struct draft *draft, struct nestxml_error *error)
{
	struct nestxml_edits *edits = draft->edits;

	if (draft->failed)
		return nestxml_error_set_nomem(error);
	if (edits->count > 1)
		qsort(edits->list, edits->count, sizeof(*edits->list), compare_edits);
	if (!is_in_order(edits))
		return nestxml_error_set(error, NESTXML_E_INTERNAL, "two edits overlap, so none is made");
	return 0;
}

NESTXML_EXPORT int nestxml_edits_new(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_mode mode,
				     enum nestxml_vendor vendor, struct nestxml_edits **edits, struct nestxml_error *error)
{
	struct draft draft = {.domain = domain, .xml = domain->xml, .nested = nested, .vendor = vendor};
	int code = check_arguments(domain, nested, mode, vendor, error);

	if (code != 0)
		return code;
	draft.edits = calloc(1, sizeof(*draft.edits));
	if (!draft.edits)
		return nestxml_error_set_nomem(error);
	draft.edits->domain = domain;
	draft.mode = choose_mode(domain, mode);
	draft.quote = find_quote(domain);
	make_draft(&draft);
	code = finish(&draft, error);
	if (code != 0) {
		nestxml_edits_free(draft.edits);
		return code;
	}
	nestxml_warn(domain, nested, vendor, find_final_mode(&draft), &draft.edits->warnings);
	*edits = draft.edits;
	return 0;
}

NESTXML_EXPORT void nestxml_edits_free(struct nestxml_edits *edits)
{
	if (!edits)
		return;
	for (size_t i = 0; i < edits->count; i++)
		free((char *)edits->list[i].text);
	free(edits->list);
	free(edits);
}

NESTXML_EXPORT size_t nestxml_edits_count(const struct nestxml_edits *edits)
{
	return edits->count;
}

NESTXML_EXPORT const struct nestxml_edit *nestxml_edits_get(const struct nestxml_edits *edits, size_t index)
{
	return index < edits->count ? &edits->list[index] : NULL;
}

NESTXML_EXPORT size_t nestxml_edits_count_warnings(const struct nestxml_edits *edits)
{
	return edits->warnings.count;
}

NESTXML_EXPORT const char *nestxml_edits_get_warning(const struct nestxml_edits *edits, size_t index)
{
	return index < edits->warnings.count ? edits->warnings.list[index] : NULL;
}

NESTXML_EXPORT int nestxml_edits_apply(const struct nestxml_edits *edits, char **xml, size_t *length)
{
	const struct nestxml_domain *domain = edits->domain;
	size_t total = domain->length;
	size_t read = 0;
	size_t written = 0;
	char *made;

	for (size_t i = 0; i < edits->count; i++)
		total = total - edits->list[i].length + edits->list[i].text_length;
	made = malloc(total + 1);
	if (!made)
		return NESTXML_E_NOMEM;
	for (size_t i = 0; i < edits->count; i++) {
		const struct nestxml_edit *edit = &edits->list[i];

		memcpy(made + written, domain->xml + read, edit->offset - read);
		written += edit->offset - read;
		memcpy(made + written, edit->text, edit->text_length);
		written += edit->text_length;
		read = edit->offset + edit->length;
	}
	memcpy(made + written, domain->xml + read, domain->length - read);
	made[total] = '\0';
	*xml = made;
	*length = total;
	return 0;
}
