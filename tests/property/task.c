/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* task.c - what is to become of a document's CPU, from the document and the wish alone. */
#include "task.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/xpath.h>

/* ---- what a child of the CPU has to do with a wish ---- */

static const char *const svm_words[] = {
	"npt",	       "lbrv",		"svm-lock",	"nrip-save",   "tsc-scale", "vmcb-clean",
	"flushbyasid", "decodeassists", "pause-filter", "pfthreshold", "avic",	    "v-vmsave-vmload",
	"vgif",	       "svme-addr-chk", "vnmi",		"gmet",	       NULL,
};
static const char *const wanting[] = {"force", "require", "optional", NULL};

const char *wish_own_name(const struct judge_wish *wish)
{
	return wish->vendor == NESTXML_VENDOR_INTEL ? "vmx" : "svm";
}

const char *wish_other_name(const struct judge_wish *wish)
{
	return wish->vendor == NESTXML_VENDOR_INTEL ? "svm" : "vmx";
}

bool wish_is_own(const struct child *child, const struct judge_wish *wish)
{
	return view_is_element(child->node, "feature") && view_is_property(child->node, "name", wish_own_name(wish));
}

bool wish_is_other(const struct child *child, const struct judge_wish *wish)
{
	return view_is_element(child->node, "feature") && view_is_property(child->node, "name", wish_other_name(wish));
}

static bool is_detail(const struct child *child, enum nestxml_vendor vendor)
{
	xmlChar *name;
	bool detail;

	if (!view_is_element(child->node, "feature"))
		return false;
	if (vendor == NESTXML_VENDOR_AMD)
		return view_is_one_of(child->node, "name", svm_words);
	name = xmlGetProp(child->node, (const xmlChar *)"name");
	detail = name && strncmp((const char *)name, "vmx-", 4) == 0 && name[4];
	xmlFree(name);
	return detail;
}

bool wish_is_own_detail(const struct child *child, const struct judge_wish *wish)
{
	return is_detail(child, wish->vendor);
}

bool wish_is_other_detail(const struct child *child, const struct judge_wish *wish)
{
	return is_detail(child, wish->vendor == NESTXML_VENDOR_INTEL ? NESTXML_VENDOR_AMD : NESTXML_VENDOR_INTEL);
}

/* Required, forced or optional; libvirt takes a feature without a policy for required. */
bool wish_is_wanted(const struct child *child)
{
	return !view_has_property(child->node, "policy") || view_is_one_of(child->node, "policy", wanting);
}

bool wish_is_satisfied(const struct child *child, enum nestxml_nested nested)
{
	static const char *const words[][3] = {
		[NESTXML_NESTED_REQUIRE] = {"require", "force", NULL},
		[NESTXML_NESTED_OPTIONAL] = {"optional", NULL},
		[NESTXML_NESTED_DISABLE] = {"disable", "forbid", NULL},
	};

	if (!view_has_property(child->node, "policy"))
		return nested == NESTXML_NESTED_REQUIRE;
	return view_is_one_of(child->node, "policy", words[nested]);
}

/* Next to a feature that is disabled nothing may ask for a detail of it, and next to an optional one nothing may insist on it. */
bool wish_is_contradicted(const struct child *child, const struct judge_wish *wish)
{
	if (!wish_is_own_detail(child, wish) || wish->nested == NESTXML_NESTED_REQUIRE || !wish_is_wanted(child))
		return false;
	return wish->nested == NESTXML_NESTED_DISABLE || !view_is_property(child->node, "policy", "optional");
}

/* ---- what is to be done ---- */

/* The text of the first <model>, as virXPathString("string(./model[1])") gives it; "" where there is none. Owned by the caller. */
static char *read_model(const struct view *view)
{
	xmlXPathContext *context = xmlXPathNewContext(view->tree);
	xmlXPathObject *object = NULL;
	char *model = NULL;

	if (context) {
		context->node = view->cpu;
		object = xmlXPathEval((const xmlChar *)"string(./model[1])", context);
	}
	if (object && object->stringval)
		model = strdup((const char *)object->stringval);
	xmlXPathFreeObject(object);
	xmlXPathFreeContext(context);
	return model;
}

static bool is_custom(const struct view *view)
{
	return !view_has_property(view->cpu, "mode") || view_is_property(view->cpu, "mode", "custom");
}

/* ---- what a model contains: by libvirt's cpu_map, of 9.0 to 12.8 ---- */

static bool is_named(const char *model, const char *base)
{
	size_t length = strlen(base);

	return strncmp(model, base, length) == 0 && (!model[length] || strncmp(model + length, "-v", 2) == 0);
}

/* Another word that merely begins with EPYC is no model of that family, and neither is "EPYC-": a hyphen with nothing after it. */
static bool contains_svm(const char *model)
{
	static const char *const models[] = {"qemu64", "phenom", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "Dhyana"};

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (is_named(model, models[i]))
			return true;
	return strcmp(model, "EPYC") == 0 || (strncmp(model, "EPYC-", 5) == 0 && model[5]);
}

static bool contains_detail(const char *model, const char *detail)
{
	static const char *const all[] = {"EPYC-v3",	"EPYC-v4",    "EPYC-v5",   "EPYC-Rome", "EPYC-Milan",
					  "EPYC-Genoa", "EPYC-Turin", "Dhyana-v2", NULL};
	static const char *const checking[] = {"EPYC-Milan", "EPYC-Genoa", "EPYC-Turin", NULL};
	static const char *const masking[] = {"EPYC-Genoa", "EPYC-Turin", NULL};
	static const char *const latest[] = {"EPYC-v5", "EPYC-Rome-v5", "EPYC-Milan-v3", "EPYC-Genoa-v2", "EPYC-Turin", NULL};
	static const char *const none[] = {"svm-lock", "decodeassists", "avic", "gmet", NULL};
	const char *const *models = latest;

	if (strcmp(detail, "npt") == 0 || strcmp(detail, "nrip-save") == 0)
		models = all;
	else if (strcmp(detail, "svme-addr-chk") == 0)
		models = checking;
	else if (strcmp(detail, "vnmi") == 0)
		models = masking;
	for (size_t i = 0; none[i]; i++)
		if (strcmp(detail, none[i]) == 0)
			return false;
	for (; *models; models++)
		if (is_named(model, *models))
			return true;
	return false;
}

static bool is_feature_called(const struct child *child, const char *name)
{
	return view_is_element(child->node, "feature") && view_is_property(child->node, "name", name);
}

static void find_added(const struct view *view, const struct judge_wish *wish, const char *model, struct task *task)
{
	size_t count = 0;

	if (wish->vendor != NESTXML_VENDOR_AMD || wish->nested == NESTXML_NESTED_REQUIRE || task->pending_mode || !is_custom(view) ||
	    !view_is_property(view->cpu, "check", "full"))
		return;
	for (size_t i = 0; svm_words[i]; i++) {
		bool listed = false;

		for (size_t j = 0; j < view->count; j++)
			listed = listed || is_feature_called(&view->children[j], svm_words[i]);
		if (!listed && contains_detail(model, svm_words[i]))
			task->added[count++] = svm_words[i];
	}
}

bool task_is_added(const struct child *child, const struct task *task)
{
	return view_is_element(child->node, "feature") && view_is_one_of(child->node, "name", task->added);
}

struct task task_make(const struct view *view, const struct judge_wish *wish)
{
	char *model = view->cpu ? read_model(view) : NULL;
	bool usable = view->cpu && !(is_custom(view) && !(model && *model));
	/* No emulated guest has the host's CPU. */
	bool keeps = wish->mode == NESTXML_MODE_KEEP || (wish->mode == NESTXML_MODE_HOST_PASSTHROUGH && view_is_type(view, "qemu"));
	struct task task = {0};

	task.mode = keeps ? "host-model" : nestxml_mode_to_string(wish->mode);
	task.pending_mode = !usable || (!keeps && !view_is_property(view->cpu, "mode", task.mode));
	task.disables_other = !task.pending_mode && wish->nested != NESTXML_NESTED_DISABLE && wish->vendor == NESTXML_VENDOR_INTEL &&
			      is_custom(view) && contains_svm(model);
	if (usable && model)
		find_added(view, wish, model, &task);
	free(model);
	return task;
}

bool task_is_disallowed(const struct child *child, const struct task *task)
{
	if (!task->pending_mode)
		return false;
	if (view_is_element(child->node, "cache"))
		return strcmp(task->mode, "host-model") == 0 && view_is_property(child->node, "mode", "passthrough");
	return view_is_element(child->node, "model") || view_is_element(child->node, "vendor");
}

bool task_is_bystander(const struct child *child, const struct judge_wish *wish, const struct task *task)
{
	if (wish_is_own(child, wish) || task_is_disallowed(child, task) || task_is_added(child, task))
		return false;
	if (wish_is_other(child, wish))
		return !task->disables_other && !wish_is_wanted(child);
	return !(wish_is_other_detail(child, wish) && wish_is_wanted(child));
}

bool task_is_right(const struct view *view, const struct judge_wish *wish, const struct task *task)
{
	size_t own = 0;
	size_t other = 0;

	if (task->pending_mode || task->added[0])
		return false;
	for (size_t i = 0; i < view->count; i++) {
		const struct child *child = &view->children[i];

		if (wish_is_own(child, wish)) {
			own++;
			if (!wish_is_satisfied(child, wish->nested))
				return false;
		} else if (task->disables_other && wish_is_other(child, wish)) {
			other++;
			if (!view_is_property(child->node, "policy", "disable"))
				return false;
		} else if (!task_is_bystander(child, wish, task) || wish_is_contradicted(child, wish)) {
			return false;
		}
	}
	return own == 1 && other == (task->disables_other ? 1 : 0);
}
