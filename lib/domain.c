/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* domain.c - a domain, and what is known of it. */
#include "domain.h"

#include <string.h>

#include "elements.h"
#include "error.h"
#include "input.h"
#include "macros.h"
#include "vendor.h"

NESTXML_EXPORT int nestxml_domain_new(const char *xml, size_t length, struct nestxml_domain **domain, struct nestxml_error *error)
{
	struct nestxml_domain *made;
	int code = nestxml_input_check(xml, length, error);

	if (code != 0)
		return code;
	made = calloc(1, sizeof(*made));
	if (!made)
		return nestxml_error_set_nomem(error);
	made->xml = xml;
	made->length = length;
	code = nestxml_elements_read(made, error);
	if (code != 0) {
		nestxml_domain_free(made);
		return code;
	}
	*domain = made;
	return 0;
}

NESTXML_EXPORT void nestxml_domain_free(struct nestxml_domain *domain)
{
	if (!domain)
		return;
	nestxml_buffer_clear(&domain->type);
	nestxml_buffer_clear(&domain->name);
	nestxml_buffer_clear(&domain->uuid);
	nestxml_buffer_clear(&domain->arch);
	nestxml_buffer_clear(&domain->stated);
	nestxml_buffer_clear(&domain->metadata_namespaces);
	nestxml_metadata_clear(&domain->metadata);
	nestxml_buffer_clear(&domain->model);
	free(domain->children);
	free(domain);
}

static const char *or_empty(const struct nestxml_buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

NESTXML_EXPORT const char *nestxml_domain_get_name(const struct nestxml_domain *domain)
{
	return or_empty(&domain->name);
}

NESTXML_EXPORT const char *nestxml_domain_get_uuid(const struct nestxml_domain *domain)
{
	return or_empty(&domain->uuid);
}

NESTXML_EXPORT const char *nestxml_domain_get_type(const struct nestxml_domain *domain)
{
	return or_empty(&domain->type);
}

NESTXML_EXPORT const char *nestxml_domain_get_arch(const struct nestxml_domain *domain)
{
	return or_empty(&domain->arch);
}

NESTXML_EXPORT bool nestxml_domain_is_live(const struct nestxml_domain *domain)
{
	return domain->live;
}

NESTXML_EXPORT bool nestxml_domain_is_tcg(const struct nestxml_domain *domain)
{
	return strcmp(or_empty(&domain->type), "qemu") == 0;
}

NESTXML_EXPORT bool nestxml_domain_is_requiring_nesting(const struct nestxml_domain *domain)
{
	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->extension != NESTXML_VENDOR_NONE && (child->policy == POLICY_FORCE || child->policy == POLICY_REQUIRE))
			return true;
	}
	return false;
}

NESTXML_EXPORT bool nestxml_domain_is_stating(const struct nestxml_domain *domain, enum nestxml_vendor vendor, enum nestxml_nested nested)
{
	static const unsigned int satisfied[] = {
		[NESTXML_NESTED_REQUIRE] = 1U << POLICY_REQUIRE | 1U << POLICY_FORCE,
		[NESTXML_NESTED_OPTIONAL] = 1U << POLICY_OPTIONAL | 1U << POLICY_REQUIRE | 1U << POLICY_FORCE,
		[NESTXML_NESTED_DISABLE] = 1U << POLICY_DISABLE | 1U << POLICY_FORBID,
	};
	bool states = false;

	if (vendor == NESTXML_VENDOR_NONE || (unsigned int)nested >= ARRAY_SIZE(satisfied))
		return false;
	for (size_t i = 0; i < domain->children_count; i++) {
		const struct cpu_child *child = &domain->children[i];

		if (child->extension != vendor)
			continue;
		if (!(satisfied[nested] & 1U << child->policy))
			return false;
		states = true;
	}
	return states;
}

NESTXML_EXPORT const char *nestxml_domain_get_cpu_override(const struct nestxml_domain *domain)
{
	return domain->override.found[0] ? domain->override.found : NULL;
}

NESTXML_EXPORT size_t nestxml_domain_count_metadata_namespaces(const struct nestxml_domain *domain)
{
	return domain->metadata_namespaces_count;
}

NESTXML_EXPORT const char *nestxml_domain_get_metadata_namespace(const struct nestxml_domain *domain, size_t index)
{
	const char *at = domain->metadata_namespaces.data;

	if (index >= domain->metadata_namespaces_count)
		return NULL;
	while (index-- > 0)
		at += strlen(at) + 1;
	return at;
}

NESTXML_EXPORT bool nestxml_domain_has_expanded_cpu(const struct nestxml_domain *domain)
{
	return domain->has_cpu && domain->mode == CPU_MODE_CUSTOM && domain->match_exact && domain->check_full;
}

NESTXML_EXPORT int nestxml_domain_check_applicable(const struct nestxml_domain *domain, enum nestxml_vendor vendor,
						   struct nestxml_error *error)
{
	const char *type = nestxml_domain_get_type(domain);
	const char *arch = nestxml_domain_get_arch(domain);
	char shown[64];

	if (strcmp(type, "kvm") != 0 && strcmp(type, "qemu") != 0)
		return nestxml_error_set(error, NESTXML_E_TYPE, "its domain type is '%s', and nesting applies to kvm and qemu only",
					 nestxml_text_escape(type, shown, sizeof(shown)));
	/* Not stated: libvirt takes the host's, and a host of another architecture has no vendor here. */
	if (*arch && strcmp(arch, "x86_64") != 0 && strcmp(arch, "i686") != 0)
		return nestxml_error_set(error, NESTXML_E_ARCH, "its architecture is %s, and nesting applies to x86_64 and i686 only",
					 nestxml_text_escape(arch, shown, sizeof(shown)));
	if (vendor == NESTXML_VENDOR_NONE)
		return nestxml_error_set(error, NESTXML_E_VENDOR, "the vendor of this host's processor is not known from /proc/cpuinfo");
	if (nestxml_domain_is_tcg(domain) && vendor != nestxml_vendor_emulated())
		return nestxml_error_set(error, NESTXML_E_TCG,
					 "QEMU emulates this guest (type qemu), and it emulates %s, never %s; use --vendor=%s",
					 nestxml_vendor_feature(nestxml_vendor_emulated()), nestxml_vendor_feature(vendor),
					 nestxml_vendor_to_string(nestxml_vendor_emulated()));
	if (domain->encrypted)
		return nestxml_error_set(error, NESTXML_E_ENCRYPTED, "its memory is encrypted, and KVM does not run in such a guest");
	return 0;
}

NESTXML_EXPORT enum nestxml_vendor nestxml_domain_get_vendor(const struct nestxml_domain *domain, enum nestxml_vendor host_vendor)
{
	return nestxml_domain_is_tcg(domain) ? nestxml_vendor_emulated() : host_vendor;
}

NESTXML_EXPORT const char *nestxml_domain_get_cpu_mode(const struct nestxml_domain *domain)
{
	static const char *const words[] = {
		[CPU_MODE_CUSTOM] = "custom",	[CPU_MODE_HOST_MODEL] = "host-model", [CPU_MODE_HOST_PASSTHROUGH] = "host-passthrough",
		[CPU_MODE_MAXIMUM] = "maximum", [CPU_MODE_UNKNOWN] = "unknown",
	};

	return domain->has_cpu ? words[domain->mode] : NULL;
}

NESTXML_EXPORT const char *nestxml_domain_get_cpu_model(const struct nestxml_domain *domain)
{
	return or_empty(&domain->model);
}

NESTXML_EXPORT bool nestxml_domain_get_cpu_span(const struct nestxml_domain *domain, size_t *start, size_t *end)
{
	if (!domain->has_cpu)
		return false;
	*start = domain->cpu.start;
	*end = domain->cpu.end;
	return true;
}

NESTXML_EXPORT const char *nestxml_domain_get_feature_policy(const struct nestxml_domain *domain, enum nestxml_vendor vendor)
{
	static const char *const words[] = {
		[POLICY_FORCE] = "force",     [POLICY_REQUIRE] = "require", [POLICY_OPTIONAL] = "optional",
		[POLICY_DISABLE] = "disable", [POLICY_FORBID] = "forbid",   [POLICY_UNKNOWN] = "unknown",
	};

	for (size_t i = 0; i < domain->children_count; i++)
		if (domain->children[i].kind == CHILD_FEATURE && domain->children[i].extension == vendor)
			return words[domain->children[i].policy];
	return NULL;
}
