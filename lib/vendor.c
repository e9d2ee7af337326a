/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vendor.c - what is known of each processor vendor's nesting. */
#include <string.h>

#include <nestxml/nestxml.h>

#include "macros.h"
#include "words.h"

static const char *const vendor_words[] = {NULL, "intel", "amd"};
static const char *const vendor_features[] = {NULL, "vmx", "svm"};

NESTXML_EXPORT const char *nestxml_vendor_to_string(enum nestxml_vendor vendor)
{
	return nestxml_word_of(vendor_words, ARRAY_SIZE(vendor_words), (unsigned int)vendor);
}

NESTXML_EXPORT int nestxml_vendor_from_string(const char *word, enum nestxml_vendor *vendor)
{
	unsigned int found;

	if (!nestxml_word_find(vendor_words, ARRAY_SIZE(vendor_words), word, &found))
		return NESTXML_E_ARGUMENT;
	*vendor = (enum nestxml_vendor)found;
	return 0;
}

NESTXML_EXPORT const char *nestxml_vendor_feature(enum nestxml_vendor vendor)
{
	return nestxml_word_of(vendor_features, ARRAY_SIZE(vendor_features), (unsigned int)vendor);
}

/*
 * The cpu_map of libvirt 9.0 and QEMU's own models agree: query-cpu-model-expansion of every model of QEMU 7.2 under TCG gives svm to
 * these, and vmx to none. Models of EPYC to come are taken to contain it like all before them.
 */
NESTXML_EXPORT bool nestxml_model_has_feature(const char *model, enum nestxml_vendor vendor)
{
	static const char *const with_svm[] = {"qemu64", "phenom", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "Dhyana"};
	size_t length = strlen(model);

	if (vendor != NESTXML_VENDOR_AMD)
		return false;
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
