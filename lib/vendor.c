/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vendor.c - the one table of what is known of each processor vendor's nesting. Another vendor takes a row here, and a value in the enum.
 */
#include "vendor.h"

#include <string.h>

#include "macros.h"

/* A list of names ends with NULL. A name that ends in '*' stands for all longer names that begin like it. */

/* Sub-features that libvirt's models contain. An array of these ends with one that has no models. */
struct contained {
	const char *models[9]; /* each also with a version */
	const char *sub_features[10];
};

struct row {
	const char *name;
	const char *feature;		/* libvirt's name of it */
	const char *extension;		/* what the vendor's papers and firmware menus call it */
	const char *module;		/* of KVM, as /sys/module spells it */
	const char *on;			/* how the module spells its parameter nested: a bool one Y or N, an int one 1 or 0 */
	const char *off;		/* (Linux, arch/x86/kvm/vmx/nested.c and svm/svm.c) */
	bool emulated;			/* QEMU's TCG has it */
	const char *processors[4];	/* vendor_id in /proc/cpuinfo (Linux, arch/x86/kernel/cpu) */
	const char *sub_features[20];	/* what makes no sense without the feature, and keeps a guest from starting without it */
	const char *nested_paging;	/* of these, the one for nested paging, without which the feature is of little use */
	bool hypervisor_needs_more;	/* it does not run without some others (Linux, arch/x86/kvm/vmx/vmx.h: KVM_REQUIRED_VMX_...) */
	const char *models[16];		/* CPU models that contain the feature, each also with a version ("-v2") */
	const char *bare_models[8];	/* of these, those to which QEMU adds no sub-feature */
	const char *crowded_models[28]; /* models that contain dozens of sub-features, and not the feature */
	const struct contained *contained;
};

/*
 * Sub-features and models: libvirt's cpu_map of 9.0, 11.3 and 12.8. Those of svm have leaf 0x8000000a, those of vmx the MSRs 0x480 to
 * 0x491, and all of the latter begin with "vmx-". tests/judge/cpu_map compares both with the libvirt that is installed. QEMU's own models
 * agree (query-cpu-model-expansion of QEMU 7.2 under TCG). Future models of EPYC are assumed to contain svm, as all have so far.
 */
static const struct contained contained_in_amd[] = {
	{{"EPYC-v3", "EPYC-v4", "EPYC-v5", "EPYC-Rome", "EPYC-Milan", "EPYC-Genoa", "EPYC-Turin", "Dhyana-v2"}, {"npt", "nrip-save"}},
	{{"EPYC-Milan", "EPYC-Genoa", "EPYC-Turin"}, {"svme-addr-chk"}},
	{{"EPYC-Genoa", "EPYC-Turin"}, {"vnmi"}},
	{{"EPYC-v5", "EPYC-Rome-v5", "EPYC-Milan-v3", "EPYC-Genoa-v2", "EPYC-Turin"},
	 {"lbrv", "tsc-scale", "vmcb-clean", "flushbyasid", "pause-filter", "pfthreshold", "v-vmsave-vmload", "vgif"}},
	{{NULL}, {NULL}},
};

static const struct contained contained_in_none[] = {{{NULL}, {NULL}}};

static const struct row table[] = {
	[NESTXML_VENDOR_NONE] = {.contained = contained_in_none},
	[NESTXML_VENDOR_INTEL] =
		{
			.name = "intel",
			.feature = "vmx",
			.extension = "VT-x",
			.module = "kvm_intel",
			.on = "Y",
			.off = "N",
			.processors = {"GenuineIntel", "CentaurHauls", "Shanghai"},
			.sub_features = {"vmx-*"},
			.nested_paging = "vmx-ept",
			.hypervisor_needs_more = true,
			/* From libvirt 11.3 on. Those that a model marks as "added", libvirt does not report as missing. */
			.crowded_models =
				{
					"Cascadelake-Server-v2", "Cascadelake-Server-v4",
					"Cascadelake-Server-v5", "ClearwaterForest",
					"Cooperlake-v2",	 "Denverton",
					"DiamondRapids",	 "GraniteRapids",
					"Icelake-Server-v3",	 "Icelake-Server-v4",
					"Icelake-Server-v5",	 "Icelake-Server-v6",
					"Icelake-Server-v7",	 "SapphireRapids-v2",
					"SapphireRapids-v3",	 "SapphireRapids-v4",
					"SapphireRapids-v5",	 "SapphireRapids-v6",
					"SierraForest",		 "Skylake-Client-v4",
					"Skylake-Server-v4",	 "Skylake-Server-v5",
					"Snowridge-v2",		 "Snowridge-v3",
					"Snowridge-v4",		 "YongFeng",
				},
			.contained = contained_in_none,
		},
	[NESTXML_VENDOR_AMD] =
		{
			.name = "amd",
			.feature = "svm",
			.extension = "AMD-V",
			.module = "kvm_amd",
			.on = "1",
			.off = "0",
			.emulated = true,
			.processors = {"AuthenticAMD", "HygonGenuine"},
			/* vnmi: from libvirt 11.3; gmet: from 12.8 */
			.sub_features =
				{
					"npt",
					"lbrv",
					"svm-lock",
					"nrip-save",
					"tsc-scale",
					"vmcb-clean",
					"flushbyasid",
					"decodeassists",
					"pause-filter",
					"pfthreshold",
					"avic",
					"v-vmsave-vmload",
					"vgif",
					"svme-addr-chk",
					"vnmi",
					"gmet",
				},
			.nested_paging = "npt",
			.models = {"qemu64", "phenom", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "Dhyana", "EPYC", "EPYC-*"},
			.bare_models = {"qemu64", "Opteron_G2", "Opteron_G3"},
			.contained = contained_in_amd,
		},
};

_Static_assert(ARRAY_SIZE(table) == NESTXML_VENDOR_LAST + 1, "each vendor has a row");

static const struct row *row_of(enum nestxml_vendor vendor)
{
	return &table[(unsigned int)vendor <= NESTXML_VENDOR_LAST ? vendor : NESTXML_VENDOR_NONE];
}

static bool is_like(const char *pattern, const char *name, size_t length)
{
	size_t fixed = strcspn(pattern, "*");

	return (pattern[fixed] ? length > fixed : length == fixed) && memcmp(name, pattern, fixed) == 0;
}

/* The entry of @list that stands for the name, or NULL. */
static const char *find_listed(const char *const *list, const char *name, size_t length)
{
	for (; *list; list++)
		if (is_like(*list, name, length))
			return *list;
	return NULL;
}

static bool is_listed(const char *const *list, const char *name, size_t length)
{
	return find_listed(list, name, length) != NULL;
}

/* ---- from the row ---- */

NESTXML_EXPORT const char *nestxml_vendor_to_string(enum nestxml_vendor vendor)
{
	return row_of(vendor)->name;
}

NESTXML_EXPORT const char *nestxml_vendor_feature(enum nestxml_vendor vendor)
{
	return row_of(vendor)->feature;
}

NESTXML_EXPORT const char *nestxml_vendor_extension(enum nestxml_vendor vendor)
{
	return row_of(vendor)->extension;
}

NESTXML_EXPORT const char *nestxml_vendor_module(enum nestxml_vendor vendor)
{
	return row_of(vendor)->module;
}

NESTXML_EXPORT const char *nestxml_vendor_switch(enum nestxml_vendor vendor, bool on)
{
	return on ? row_of(vendor)->on : row_of(vendor)->off;
}

const char *nestxml_vendor_nested_paging_feature(enum nestxml_vendor vendor)
{
	return row_of(vendor)->nested_paging;
}

bool nestxml_vendor_hypervisor_needs_more(enum nestxml_vendor vendor)
{
	return row_of(vendor)->hypervisor_needs_more;
}

static bool has_version(const char *model, const char *base)
{
	size_t length = strlen(base);

	return strncmp(model, base, length) == 0 && strncmp(model + length, "-v", 2) == 0;
}

static bool is_model_listed(const char *const *list, const char *model)
{
	for (; *list; list++)
		if (is_like(*list, model, strlen(model)) || has_version(model, *list))
			return true;
	return false;
}

NESTXML_EXPORT bool nestxml_model_has_feature(const char *model, enum nestxml_vendor vendor)
{
	return is_model_listed(row_of(vendor)->models, model);
}

bool nestxml_model_has_sub_features(const char *model, enum nestxml_vendor vendor)
{
	return nestxml_model_has_feature(model, vendor) && !is_model_listed(row_of(vendor)->bare_models, model);
}

bool nestxml_model_expects_sub_features(const char *model, enum nestxml_vendor vendor)
{
	return is_model_listed(row_of(vendor)->crowded_models, model);
}

const char *nestxml_vendor_sub_feature(enum nestxml_vendor vendor, const char *name, size_t length)
{
	return find_listed(row_of(vendor)->sub_features, name, length);
}

const char *nestxml_model_sub_feature(const char *model, enum nestxml_vendor vendor, size_t index)
{
	for (const struct contained *contained = row_of(vendor)->contained; contained->models[0]; contained++) {
		if (!is_model_listed(contained->models, model))
			continue;
		for (const char *const *name = contained->sub_features; *name; name++)
			if (index-- == 0)
				return *name;
	}
	return NULL;
}

/* ---- to the row ---- */

NESTXML_EXPORT int nestxml_vendor_from_string(const char *word, enum nestxml_vendor *vendor)
{
	FOR_EACH_VENDOR(found) {
		if (strcmp(word, table[found].name) == 0) {
			*vendor = found;
			return 0;
		}
	}
	return NESTXML_E_ARGUMENT;
}

enum nestxml_vendor nestxml_vendor_of_feature(const char *name, size_t length)
{
	FOR_EACH_VENDOR(vendor)
		if (is_like(table[vendor].feature, name, length))
			return vendor;
	return NESTXML_VENDOR_NONE;
}

enum nestxml_vendor nestxml_vendor_of_sub_feature(const char *name, size_t length)
{
	FOR_EACH_VENDOR(vendor)
		if (is_listed(table[vendor].sub_features, name, length))
			return vendor;
	return NESTXML_VENDOR_NONE;
}

enum nestxml_vendor nestxml_vendor_of_processor(const char *id)
{
	FOR_EACH_VENDOR(vendor)
		if (is_listed(table[vendor].processors, id, strlen(id)))
			return vendor;
	return NESTXML_VENDOR_NONE;
}

NESTXML_EXPORT enum nestxml_vendor nestxml_vendor_of_module(const char *module)
{
	FOR_EACH_VENDOR(vendor)
		if (strcmp(module, table[vendor].module) == 0)
			return vendor;
	return NESTXML_VENDOR_NONE;
}

enum nestxml_vendor nestxml_vendor_emulated(void)
{
	FOR_EACH_VENDOR(vendor)
		if (table[vendor].emulated)
			return vendor;
	return NESTXML_VENDOR_NONE;
}
