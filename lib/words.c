/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* words.c - the words of policy, mode and vendor, as the command line, the policy files and the metadata spell them. */
#include <string.h>

#include "private.h"

static const char *const nested_words[] = {"leave", "require", "optional", "disable"};
static const char *const mode_words[] = {"keep", "host-model", "host-passthrough", "maximum"};
static const char *const on_stale_words[] = {"restart", "refuse", "allow"};
static const char *const vendor_words[] = {NULL, "intel", "amd"};
static const char *const vendor_features[] = {NULL, "vmx", "svm"};

static const char *to_string(const char *const *words, size_t count, unsigned int index)
{
	return index < count ? words[index] : NULL;
}

static int from_string(const char *const *words, size_t count, const char *word, unsigned int *index)
{
	for (unsigned int i = 0; i < count; i++) {
		if (words[i] && strcmp(words[i], word) == 0) {
			*index = i;
			return 0;
		}
	}
	return NESTXML_E_ARGUMENT;
}

#define DEFINE_WORDS(noun, words)                                                                    \
	NESTXML_EXPORT const char *nestxml_##noun##_to_string(enum nestxml_##noun noun)              \
	{                                                                                            \
		return to_string(words, ARRAY_SIZE(words), (unsigned int)noun);                      \
	}                                                                                            \
	NESTXML_EXPORT int nestxml_##noun##_from_string(const char *word, enum nestxml_##noun *noun) \
	{                                                                                            \
		unsigned int index;                                                                  \
		int code = from_string(words, ARRAY_SIZE(words), word, &index);                      \
		if (code == 0)                                                                       \
			*noun = (enum nestxml_##noun)index;                                          \
		return code;                                                                         \
	}

DEFINE_WORDS(nested, nested_words)
DEFINE_WORDS(mode, mode_words)
DEFINE_WORDS(on_stale, on_stale_words)
DEFINE_WORDS(vendor, vendor_words)

NESTXML_EXPORT const char *nestxml_vendor_feature(enum nestxml_vendor vendor)
{
	return to_string(vendor_features, ARRAY_SIZE(vendor_features), (unsigned int)vendor);
}

/*
 * The cpu_map of libvirt 9.0 and QEMU's own models agree: query-cpu-model-expansion of every model of QEMU 7.2 under TCG gives svm to
 * these, and vmx to none. Models of EPYC to come are taken to contain it like all before them.
 */
bool nestxml_model_has_svm(const char *model, size_t length)
{
	static const char *const with_svm[] = {"qemu64", "phenom", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "Dhyana"};

	if (length >= 4 && memcmp(model, "EPYC", 4) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(with_svm); i++) {
		size_t size = strlen(with_svm[i]);

		if (length < size || memcmp(model, with_svm[i], size) != 0)
			continue;
		if (length == size || (length >= size + 2 && memcmp(model + size, "-v", 2) == 0))
			return true;
	}
	return false;
}
