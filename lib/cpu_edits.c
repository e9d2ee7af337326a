/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpu_edits.c - what has to change in a CPU to fulfil a goal: its mode, its features, their sub-features. */
#include "cpu_edits.h"

#include <string.h>

#include "vendor.h"

/* What is asked for, and the draft that collects the edits. */
struct change {
	struct draft *draft;
	const struct nestxml_domain *domain;
	enum nestxml_nested nested;
	enum nestxml_vendor vendor;
	enum nestxml_mode mode; /* KEEP: the mode stays */
};

/* ---- the mode ---- */

/*
 * Removes what the new mode does not allow, and what would turn it into a different CPU. Measured on libvirt 9.0: it refuses a <vendor>
 * without a <model>; outside host-passthrough and maximum it also refuses `migratable` and a <cache> that is passed through; it drops
 * `match`, and keeps everything else.
 */
static void change_mode(const struct change *change)
{
	const struct nestxml_domain *domain = change->domain;
	bool passes_through = change->mode != NESTXML_MODE_HOST_MODEL;

	nestxml_draft_set_attribute(change->draft, &domain->cpu, "mode", nestxml_mode_to_string(change->mode));
	nestxml_draft_remove_attribute(change->draft, &domain->cpu, "match");
	if (!passes_through)
		nestxml_draft_remove_attribute(change->draft, &domain->cpu, "migratable");
	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];
		bool passed = child->kind == CHILD_CACHE && child->passthrough;

		if (child->kind == CHILD_MODEL || child->kind == CHILD_VENDOR || (passed && !passes_through))
			nestxml_draft_remove_element(change->draft, &child->element);
	}
}

bool nestxml_mode_is_possible(const struct nestxml_domain *domain, enum nestxml_mode mode)
{
	return mode != NESTXML_MODE_HOST_PASSTHROUGH || !nestxml_domain_is_tcg(domain);
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

	if (asked == NESTXML_MODE_KEEP || !nestxml_mode_is_possible(domain, asked))
		return usable ? NESTXML_MODE_KEEP : NESTXML_MODE_HOST_MODEL;
	return usable && current[domain->mode] == asked ? NESTXML_MODE_KEEP : asked;
}

/* ---- the features ---- */

/* The policy that a feature is to have, and those that will do as well. */
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
 * Whether the named model contains the feature of the vendor @other: on this vendor's hosts it starts only if that feature is disabled (as
 * svm must be on Intel). A guest that is to be without nesting keeps its model as it is.
 */
static bool has_model_with(const struct change *change, enum nestxml_vendor other)
{
	const struct nestxml_domain *domain = change->domain;

	return other != change->vendor && change->nested != NESTXML_NESTED_DISABLE && change->mode == NESTXML_MODE_KEEP &&
	       domain->mode == CPU_MODE_CUSTOM && nestxml_model_has_feature(nestxml_domain_get_cpu_model(domain), other);
}

/* Leaves at most one feature of the goal's extension, corrected in its place. Returns whether one is there at all. */
static bool correct_feature(const struct change *change, const struct feature_goal *goal)
{
	const struct nestxml_domain *domain = change->domain;
	bool found = false;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->extension != goal->extension)
			continue;
		if (found)
			nestxml_draft_remove_element(change->draft, &child->element);
		else if (!(goal->satisfied & 1U << child->policy))
			nestxml_draft_set_attribute(change->draft, &child->element, "policy", goal->policy);
		found = true;
	}
	return found;
}

/*
 * Sub-features follow the feature: if it is disabled, none stays required, forced or optional; if it is optional, none stays required or
 * forced. None becomes `forbid`, which would keep the guest from a host that has it (docs/libvirt-facts.md #14).
 */
static void correct_sub_features(const struct change *change)
{
	static const unsigned int contradicting[] = {
		[NESTXML_NESTED_REQUIRE] = 0,
		[NESTXML_NESTED_OPTIONAL] = 1U << POLICY_FORCE | 1U << POLICY_REQUIRE,
		[NESTXML_NESTED_DISABLE] = 1U << POLICY_FORCE | 1U << POLICY_REQUIRE | 1U << POLICY_OPTIONAL,
	};
	const struct nestxml_domain *domain = change->domain;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->sub_extension == change->vendor && contradicting[change->nested] & 1U << child->policy)
			nestxml_draft_set_attribute(change->draft, &child->element, "policy", nestxml_nested_to_string(change->nested));
	}
}

/* What asks for another vendor's nesting would keep the guest from starting here; what is disabled does no harm. */
static void remove_other_vendors_features(const struct change *change)
{
	const struct nestxml_domain *domain = change->domain;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];
		bool asks = child->policy == POLICY_FORCE || child->policy == POLICY_REQUIRE || child->policy == POLICY_OPTIONAL;
		bool extends = child->extension != NESTXML_VENDOR_NONE && child->extension != change->vendor &&
			       !has_model_with(change, child->extension);
		bool belongs = child->sub_extension != NESTXML_VENDOR_NONE && child->sub_extension != change->vendor;

		if (asks && (extends || belongs))
			nestxml_draft_remove_element(change->draft, &child->element);
	}
}

/* ---- all together ---- */

static void add_missing(struct missing *missing, const char *policy, const char *name)
{
	missing->features[missing->count].policy = policy;
	missing->features[missing->count++].name = name;
}

/* Corrects what is stated of the goal's feature, or notes that nothing is. */
static void state_feature(const struct change *change, struct feature_goal goal, struct missing *missing)
{
	if (!correct_feature(change, &goal))
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
 * report them as missing, and refuse the start.
 */
static void state_contained_sub_features(const struct change *change, struct missing *missing)
{
	const struct nestxml_domain *domain = change->domain;
	const char *model = nestxml_domain_get_cpu_model(domain);
	const char *name;

	if (change->nested == NESTXML_NESTED_REQUIRE || change->mode != NESTXML_MODE_KEEP || domain->mode != CPU_MODE_CUSTOM ||
	    !domain->check_full)
		return;
	for (size_t i = 0; i < MODEL_SUB_FEATURES_MAX && (name = nestxml_model_sub_feature(model, change->vendor, i)); i++)
		if (!lists_sub_feature(domain, name))
			add_missing(missing, nestxml_nested_to_string(change->nested), name);
}

static void make_edits(const struct change *change)
{
	struct feature_goal goal = make_goal(change->vendor, change->nested);
	struct missing missing = {0};

	if (!change->domain->has_cpu) {
		add_missing(&missing, goal.policy, nestxml_vendor_feature(goal.extension));
		nestxml_draft_insert_cpu(change->draft, nestxml_mode_to_string(change->mode), &missing);
		return;
	}
	if (change->mode != NESTXML_MODE_KEEP)
		change_mode(change);
	state_feature(change, goal, &missing);
	/* If the model contains the feature, `forbid` would keep the guest from starting (measured); `disable` takes it out. */
	FOR_EACH_VENDOR(other)
		if (has_model_with(change, other))
			state_feature(change, (struct feature_goal){other, "disable", 1U << POLICY_DISABLE}, &missing);
	correct_sub_features(change);
	state_contained_sub_features(change, &missing);
	remove_other_vendors_features(change);
	nestxml_draft_insert_features(change->draft, &missing);
}

static enum cpu_mode find_final_mode(const struct change *change)
{
	static const enum cpu_mode changed[] = {
		[NESTXML_MODE_HOST_MODEL] = CPU_MODE_HOST_MODEL,
		[NESTXML_MODE_HOST_PASSTHROUGH] = CPU_MODE_HOST_PASSTHROUGH,
		[NESTXML_MODE_MAXIMUM] = CPU_MODE_MAXIMUM,
	};

	return change->mode == NESTXML_MODE_KEEP ? change->domain->mode : changed[change->mode];
}

enum cpu_mode nestxml_cpu_edits(struct draft *draft, enum nestxml_nested nested, enum nestxml_mode mode, enum nestxml_vendor vendor)
{
	const struct change change = {draft, draft->domain, nested, vendor, choose_mode(draft->domain, mode)};

	make_edits(&change);
	return find_final_mode(&change);
}
