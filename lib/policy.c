/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy.c - from the policy files and a domain's facts to its policy. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "domain.h"

/* libvirt takes a UUID with and without its hyphens, in either case. */
static bool is_same_uuid(const char *a, const char *b)
{
	unsigned int digits = 0;

	for (;; a++, b++) {
		while (*a == '-')
			a++;
		while (*b == '-')
			b++;
		if (!isxdigit((unsigned char)*a) || tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return *a == '\0' && *b == '\0' && digits == 32;
		digits++;
	}
}

static bool is_match(const struct section *section, const struct nestxml_domain *domain)
{
	return fnmatch(section->pattern, nestxml_domain_get_name(domain), 0) == 0 ||
	       is_same_uuid(section->pattern, nestxml_domain_get_uuid(domain));
}

/* A later section wins, key by key; one for the guest wins over a default wherever that stands. */
static void apply_sections(struct nestxml_policy *policy, const struct nestxml_config *config, const struct nestxml_domain *domain,
			   bool defaults)
{
	for (size_t i = 0; i < config->sections_count; i++) {
		const struct section *section = &config->sections[i];

		if (defaults ? section->pattern != NULL : !section->pattern || !is_match(section, domain))
			continue;
		if (section->nested.has) {
			policy->nested = (enum nestxml_nested)section->nested.value;
			policy->source = defaults ? NESTXML_SOURCE_DEFAULT : NESTXML_SOURCE_SECTION;
			policy->file = section->file;
			policy->line = section->nested.line;
		}
		if (section->mode.has)
			policy->mode = (enum nestxml_mode)section->mode.value;
		if (section->on_stale.has)
			policy->on_stale = (enum nestxml_on_stale)section->on_stale.value;
	}
}

/* As is_same_uuid() takes one: then the guest's own UUID decides, and its name does not. */
static bool looks_like_uuid(const char *pattern)
{
	return is_same_uuid(pattern, pattern);
}

bool nestxml_config_is_silent(const struct nestxml_config *config, const char *name)
{
	enum nestxml_nested standard = NESTXML_NESTED_LEAVE;

	for (size_t i = 0; i < config->sections_count; i++) {
		const struct section *section = &config->sections[i];

		if (section->pattern && (looks_like_uuid(section->pattern) || fnmatch(section->pattern, name, 0) == 0))
			return false;
		if (!section->pattern && section->nested.has)
			standard = (enum nestxml_nested)section->nested.value;
	}
	return standard == NESTXML_NESTED_LEAVE;
}

static void set_source(struct nestxml_policy *policy, enum nestxml_nested nested, enum nestxml_source source)
{
	policy->nested = nested;
	policy->source = source;
	policy->file = NULL;
	policy->line = 0;
}

/* The weakest source first, so that a stronger one overwrites it. */
NESTXML_EXPORT int nestxml_config_resolve(const struct nestxml_config *config, const struct nestxml_domain *domain,
					  struct nestxml_policy *policy, struct nestxml_error *error)
{
	struct nestxml_policy found = {0};
	enum nestxml_nested stated = NESTXML_NESTED_LEAVE;
	const char *word = domain->stated.data ? domain->stated.data : "";
	char shown[64];
	bool is_wrong = domain->has_stated && nestxml_nested_from_string(word, &stated) != 0;

	apply_sections(&found, config, domain, true);
	if (nestxml_domain_has_required(domain))
		set_source(&found, NESTXML_NESTED_REQUIRE, NESTXML_SOURCE_CPU);
	if (domain->has_stated)
		set_source(&found, stated, NESTXML_SOURCE_METADATA);
	apply_sections(&found, config, domain, false);
	if (is_wrong && found.source == NESTXML_SOURCE_METADATA)
		return nestxml_error_set(error, NESTXML_E_METADATA,
					 "its metadata says <nested:policy nested='%s'>; it is leave, require, optional or disable",
					 nestxml_text_escape(word, shown, sizeof(shown)));
	*policy = found;
	return 0;
}

const char *nestxml_policy_describe_source(const struct nestxml_policy *policy, char *buffer, size_t size)
{
	static const char *const sources[] = {
		[NESTXML_SOURCE_NONE] = "nothing",	    [NESTXML_SOURCE_DEFAULT] = "[default]",   [NESTXML_SOURCE_CPU] = "its CPU",
		[NESTXML_SOURCE_METADATA] = "its metadata", [NESTXML_SOURCE_SECTION] = "[guest ...]",
	};

	if (policy->file)
		snprintf(buffer, size, "%s:%u", policy->file, policy->line);
	else
		snprintf(buffer, size, "%s", sources[policy->source]);
	return buffer;
}
