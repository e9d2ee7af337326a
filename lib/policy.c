/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy.c - from the policy files and a domain's facts to its policy. */
#include "policy.h"

#include <stdio.h>
#include <string.h>

#include "domain.h"
#include "error.h"
#include "glob.h"
#include "macros.h"
#include "uuid.h"
#include "words.h"

/* ---- the words ---- */

static const char *const nested_words[] = {"leave", "require", "optional", "disable"};
static const char *const mode_words[] = {"keep", "host-model", "host-passthrough", "maximum"};
static const char *const on_stale_words[] = {"restart", "refuse", "allow"};

const struct policy_key nestxml_policy_keys[NESTXML_POLICY_KEYS] = {
	[POLICY_KEY_NESTED] = {"nested", nested_words, ARRAY_SIZE(nested_words)},
	[POLICY_KEY_MODE] = {"mode", mode_words, ARRAY_SIZE(mode_words)},
	[POLICY_KEY_ON_STALE] = {"on-stale", on_stale_words, ARRAY_SIZE(on_stale_words)},
};

NESTXML_EXPORT const char *nestxml_nested_to_string(enum nestxml_nested nested)
{
	return nestxml_word_of(nested_words, ARRAY_SIZE(nested_words), (unsigned int)nested);
}

NESTXML_EXPORT int nestxml_nested_from_string(const char *word, enum nestxml_nested *nested)
{
	unsigned int found;

	if (!nestxml_word_find(nested_words, ARRAY_SIZE(nested_words), word, &found))
		return NESTXML_E_ARGUMENT;
	*nested = (enum nestxml_nested)found;
	return 0;
}

NESTXML_EXPORT const char *nestxml_mode_to_string(enum nestxml_mode mode)
{
	return nestxml_word_of(mode_words, ARRAY_SIZE(mode_words), (unsigned int)mode);
}

NESTXML_EXPORT int nestxml_mode_from_string(const char *word, enum nestxml_mode *mode)
{
	unsigned int found;

	if (!nestxml_word_find(mode_words, ARRAY_SIZE(mode_words), word, &found))
		return NESTXML_E_ARGUMENT;
	*mode = (enum nestxml_mode)found;
	return 0;
}

NESTXML_EXPORT const char *nestxml_on_stale_to_string(enum nestxml_on_stale on_stale)
{
	return nestxml_word_of(on_stale_words, ARRAY_SIZE(on_stale_words), (unsigned int)on_stale);
}

NESTXML_EXPORT int nestxml_on_stale_from_string(const char *word, enum nestxml_on_stale *on_stale)
{
	unsigned int found;

	if (!nestxml_word_find(on_stale_words, ARRAY_SIZE(on_stale_words), word, &found))
		return NESTXML_E_ARGUMENT;
	*on_stale = (enum nestxml_on_stale)found;
	return 0;
}

void nestxml_policy_describe_words(const char *const *words, size_t count, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(buffer + used, size - used, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
}

/* ---- the sections ---- */

/* A pattern that is a UUID is about the guest with that UUID, whatever other guests are called. */
static bool is_uuid(const char *pattern)
{
	struct uuid ignored;

	return uuid_read(pattern, &ignored);
}

static bool is_match(const struct section *section, const struct nestxml_domain *domain)
{
	struct uuid pattern;
	struct uuid own;

	if (section->metadata)
		return nestxml_metadata_is_match(section->metadata, &domain->metadata);
	if (uuid_read(section->pattern, &pattern))
		return uuid_read(nestxml_domain_get_uuid(domain), &own) && uuid_is_equal(&pattern, &own);
	return nestxml_glob_is_match(section->pattern, nestxml_domain_get_name(domain));
}

static void apply_settings(struct nestxml_policy *policy, const struct setting *settings)
{
	if (settings[POLICY_KEY_NESTED].has)
		policy->nested = (enum nestxml_nested)settings[POLICY_KEY_NESTED].value;
	if (settings[POLICY_KEY_MODE].has)
		policy->mode = (enum nestxml_mode)settings[POLICY_KEY_MODE].value;
	if (settings[POLICY_KEY_ON_STALE].has)
		policy->on_stale = (enum nestxml_on_stale)settings[POLICY_KEY_ON_STALE].value;
}

/* A later section wins, key by key; one for the guest wins over a default wherever that stands. */
static void apply_sections(struct nestxml_policy *policy, const struct nestxml_config *config, const struct nestxml_domain *domain,
			   bool defaults)
{
	for (size_t i = 0; i < config->sections_count; i++) {
		const struct section *section = &config->sections[i];

		if (defaults ? section->pattern != NULL : !section->pattern || !is_match(section, domain))
			continue;
		apply_settings(policy, section->settings);
		if (!section->settings[POLICY_KEY_NESTED].has)
			continue;
		policy->source = defaults ? NESTXML_SOURCE_DEFAULT : NESTXML_SOURCE_SECTION;
		policy->file = section->place.file;
		policy->line = section->settings[POLICY_KEY_NESTED].line;
	}
}

bool nestxml_config_is_silent(const struct nestxml_config *config, const char *name)
{
	enum nestxml_nested default_nested = NESTXML_NESTED_LEAVE;

	for (size_t i = 0; i < config->sections_count; i++) {
		const struct section *section = &config->sections[i];

		if (section->pattern && (section->metadata || is_uuid(section->pattern) || nestxml_glob_is_match(section->pattern, name)))
			return false;
		if (!section->pattern && section->settings[POLICY_KEY_NESTED].has)
			default_nested = (enum nestxml_nested)section->settings[POLICY_KEY_NESTED].value;
	}
	return default_nested == NESTXML_NESTED_LEAVE;
}

NESTXML_EXPORT const struct nestxml_section *nestxml_config_get_section(const struct nestxml_config *config, size_t index)
{
	return index < config->sections_count ? &config->sections[index].place : NULL;
}

NESTXML_EXPORT bool nestxml_config_is_section_matching(const struct nestxml_config *config, size_t index,
						       const struct nestxml_domain *domain)
{
	const struct section *section;

	if (index >= config->sections_count)
		return false;
	section = &config->sections[index];
	return !section->pattern || is_match(section, domain);
}

static void set_source(struct nestxml_policy *policy, enum nestxml_nested nested, enum nestxml_source source)
{
	policy->nested = nested;
	policy->source = source;
	policy->file = NULL;
	policy->line = 0;
}

/* The first section that might match @domain, if its metadata were known whole; NULL: there is none. */
static const struct section *find_undecided(const struct nestxml_config *config, const struct nestxml_domain *domain)
{
	for (size_t i = 0; domain->metadata.is_cut && i < config->sections_count; i++)
		if (config->sections[i].metadata)
			return &config->sections[i];
	return NULL;
}

/* Checks what the guest itself states, which counts where no section decides. */
static int check_stated(const struct nestxml_domain *domain, bool is_word, struct nestxml_error *error)
{
	char shown[64];
	char expected[128];

	if (domain->has_stated && !is_word) {
		nestxml_policy_describe_words(nested_words, ARRAY_SIZE(nested_words), expected, sizeof(expected));
		return nestxml_error_set(error, NESTXML_E_METADATA, "its metadata says <nested:policy nested='%s'>; expected %s",
					 nestxml_text_escape(domain->stated.data ? domain->stated.data : "", shown, sizeof(shown)),
					 expected);
	}
	if (domain->has_misnamed && !domain->has_stated) /* a typo: the policy would go unstated */
		return nestxml_error_set(error, NESTXML_E_METADATA,
					 "its metadata has an element of the namespace " NESTXML_METADATA_NAMESPACE
					 ", but no policy; expected <nested:policy nested='...'>");
	return 0;
}

/* The weakest source first, so that a stronger one overwrites it. */
NESTXML_EXPORT int nestxml_config_resolve(const struct nestxml_config *config, const struct nestxml_domain *domain,
					  struct nestxml_policy *policy, struct nestxml_error *error)
{
	struct nestxml_policy found = {0};
	enum nestxml_nested stated = NESTXML_NESTED_LEAVE;
	const char *word = domain->stated.data ? domain->stated.data : "";
	const struct section *undecided = find_undecided(config, domain);
	bool is_word = nestxml_nested_from_string(word, &stated) == 0;
	int code = 0;

	if (undecided)
		return nestxml_error_set(
			error, NESTXML_E_METADATA,
			"its metadata is too large to compare with the section at %s:%u (at most %d elements, as many attributes, %d KiB); make it smaller",
			undecided->place.file, undecided->place.line, METADATA_MAX_ELEMENTS, METADATA_MAX_BYTES >> 10);
	apply_sections(&found, config, domain, true);
	if (nestxml_domain_is_requiring_nesting(domain))
		set_source(&found, NESTXML_NESTED_REQUIRE, NESTXML_SOURCE_CPU);
	if (domain->has_stated)
		set_source(&found, stated, NESTXML_SOURCE_METADATA);
	apply_sections(&found, config, domain, false);
	if (found.source != NESTXML_SOURCE_SECTION)
		code = check_stated(domain, is_word, error);
	if (code == 0)
		*policy = found;
	return code;
}

NESTXML_EXPORT const char *nestxml_policy_describe_source(const struct nestxml_policy *policy, char *buffer, size_t size)
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
