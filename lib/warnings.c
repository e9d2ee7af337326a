/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * warnings.c - what a rewrite of the CPU cannot put right: each with the reason, and what to do.
 *
 * What keeps a guest from starting was measured on libvirt 9.0 and 11.3 (docs/libvirt-facts.md #14): under check='full' libvirt stops a
 * start if QEMU's CPU has more or less than it expects, and the XML shows only part of what it expects.
 */
#include "warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "macros.h"
#include "vendor.h"

static void warn(struct warnings *warnings, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void warn(struct warnings *warnings, const char *format, ...)
{
	va_list arguments;

	if (warnings->count == ARRAY_SIZE(warnings->list))
		return;
	va_start(arguments, format);
	vsnprintf(warnings->list[warnings->count++], sizeof(warnings->list[0]), format, arguments);
	va_end(arguments);
}

static bool is_off(enum feature_policy policy)
{
	return policy == POLICY_DISABLE || policy == POLICY_FORBID;
}

/* All of them are off where libvirt describes the CPU of a guest that ran without the feature. */
static void warn_of_missing(const struct nestxml_domain *domain, enum nestxml_vendor vendor, struct warnings *warnings)
{
	const char *nested_paging = nestxml_vendor_nested_paging_feature(vendor);
	bool lacks_nested_paging = false;
	size_t others = 0;

	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->sub_extension != vendor || !is_off(child->policy))
			continue;
		lacks_nested_paging = lacks_nested_paging || child->is_nested_paging;
		others += !child->is_nested_paging;
	}
	if (lacks_nested_paging && (others == 0 || !nestxml_vendor_hypervisor_needs_more(vendor)))
		warn(warnings,
		     "its CPU disables %s, so a hypervisor in the guest has no nested paging: it is slow, and Hyper-V does not run at all; "
		     "remove that <feature> from <cpu>",
		     nested_paging);
	else if (lacks_nested_paging)
		warn(warnings,
		     "its CPU disables %s and %zu more of %s's features: a hypervisor in the guest has no nested paging, or does not run at "
		     "all; remove these <feature> elements from <cpu>",
		     nested_paging, others, nestxml_vendor_feature(vendor));
}

static bool lists_sub_feature(const struct nestxml_domain *domain, enum nestxml_vendor vendor)
{
	for (size_t i = 0; i < domain->children_count; i++)
		if (domain->children[i].sub_extension == vendor)
			return true;
	return false;
}

static bool lists_feature_as_off(const struct nestxml_domain *domain, enum nestxml_vendor vendor)
{
	for (size_t i = 0; i < domain->children_count; i++)
		if (domain->children[i].extension == vendor && is_off(domain->children[i].policy))
			return true;
	return false;
}

/* Whether QEMU gives the named model sub-features together with the feature, and the XML says nothing of them. */
static bool has_silent_sub_features(const struct nestxml_domain *domain, enum nestxml_vendor vendor)
{
	return nestxml_model_has_sub_features(nestxml_domain_get_cpu_model(domain), vendor) && !lists_sub_feature(domain, vendor);
}

/* Whether the guest ran without the feature, and gets it with all that the model adds. */
static bool may_have_too_much(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_vendor vendor,
			      enum cpu_mode mode)
{
	return nested != NESTXML_NESTED_DISABLE && mode == CPU_MODE_CUSTOM && lists_feature_as_off(domain, vendor) &&
	       has_silent_sub_features(domain, vendor);
}

/*
 * Whether libvirt expects sub-features that the XML does not name: the host's own, or the model's. The XML of a guest that ran without the
 * feature names them, as disabled.
 */
static bool may_miss_something(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_vendor vendor,
			       enum cpu_mode mode)
{
	if (nested == NESTXML_NESTED_DISABLE && (mode == CPU_MODE_HOST_MODEL || (mode == CPU_MODE_CUSTOM && domain->match_minimum)))
		return true;
	return nested != NESTXML_NESTED_REQUIRE && mode == CPU_MODE_CUSTOM && !lists_feature_as_off(domain, vendor) &&
	       nestxml_model_expects_sub_features(nestxml_domain_get_cpu_model(domain), vendor);
}

/* Whether libvirt, which checks the CPU in full, may find more or fewer sub-features than it expects. */
static void warn_of_check(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_vendor vendor, enum cpu_mode mode,
			  struct warnings *warnings)
{
	bool missing = may_miss_something(domain, nested, vendor, mode);

	if (domain->check_full && (missing || may_have_too_much(domain, nested, vendor, mode)))
		warn(warnings,
		     "its <cpu> has check='full', and %s %s the guest %s, so libvirt may refuse to start it (\"%s features\"); set check='partial'",
		     missing ? "without" : "with", nestxml_vendor_feature(vendor),
		     missing ? "lacks sub-features that libvirt may expect" : "gets sub-features that libvirt may not expect",
		     missing ? "missing" : "extra");
}

void nestxml_warn(const struct nestxml_domain *domain, enum nestxml_nested nested, enum nestxml_vendor vendor, enum cpu_mode mode,
		  struct warnings *warnings)
{
	if (domain->override.found[0])
		warn(warnings, "%s overrides its <cpu>, so the XML does not decide what the guest has; remove %s", domain->override.found,
		     domain->override.found);
	if (nested != NESTXML_NESTED_DISABLE)
		warn_of_missing(domain, vendor, warnings);
	warn_of_check(domain, nested, vendor, mode, warnings);
}

void nestxml_warn_of_mode(enum nestxml_mode mode, struct warnings *warnings)
{
	warn(warnings,
	     "it does not get the mode %s: libvirt does not start an emulated guest (type qemu) with that mode; ask for maximum instead",
	     nestxml_mode_to_string(mode));
}
