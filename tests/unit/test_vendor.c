/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_vendor.c - the vendor table; and the words of policy, mode, on-stale and vendor, there and back. */
#include "support.h"

#include "vendor.h"

static const char *const wrong_words[] = {"",	      " ",    "Require", "REQUIRE",    "require ", " require", "requir",
					  "requires", "none", "1",	 "host_model", "Intel",	   "vmx"};

/* Each enum has its own types; the same three promises hold for all. */
#define CHECK_NOUN(noun, words, first)                                                                                            \
	do {                                                                                                                      \
		enum nestxml_##noun got_;                                                                                         \
		for (unsigned int i = (first); i < ARRAY_SIZE(words); i++) {                                                      \
			assert_string_equal(nestxml_##noun##_to_string(i), (words)[i]);                                           \
			assert_int_equal(nestxml_##noun##_from_string((words)[i], &got_), 0);                                     \
			assert_int_equal(got_, i);                                                                                \
		}                                                                                                                 \
		assert_null(nestxml_##noun##_to_string(ARRAY_SIZE(words)));                                                       \
		assert_null(nestxml_##noun##_to_string((enum nestxml_##noun) - 1));                                               \
		for (unsigned int i = 0; i < ARRAY_SIZE(wrong_words); i++) {                                                      \
			got_ = (enum nestxml_##noun)77;                                                                           \
			CHECK(nestxml_##noun##_from_string(wrong_words[i], &got_) == NESTXML_E_ARGUMENT, "'%s'", wrong_words[i]); \
			assert_int_equal(got_, 77);                                                                               \
		}                                                                                                                 \
	} while (0)

static void test_nested_words_are_those_of_libvirts_feature_policies(void **state)
{
	static const char *const words[] = {"leave", "require", "optional", "disable"};

	(void)state;
	CHECK_NOUN(nested, words, 0);
	assert_int_equal(NESTXML_NESTED_LEAVE, 0);
	assert_int_equal(NESTXML_NESTED_DISABLE, 3);
}

static void test_mode_words_are_libvirts_modes_and_keep(void **state)
{
	static const char *const words[] = {"keep", "host-model", "host-passthrough", "maximum"};

	(void)state;
	CHECK_NOUN(mode, words, 0);
	assert_int_equal(NESTXML_MODE_MAXIMUM, 3);
}

static void test_on_stale_words(void **state)
{
	static const char *const words[] = {"restart", "refuse", "allow"};

	(void)state;
	CHECK_NOUN(on_stale, words, 0);
	assert_int_equal(NESTXML_ON_STALE_ALLOW, 2);
}

static void test_no_vendor_has_no_word(void **state)
{
	static const char *const words[] = {NULL, "intel", "amd"};

	(void)state;
	CHECK_NOUN(vendor, words, 1);
	assert_null(nestxml_vendor_to_string(NESTXML_VENDOR_NONE));
	assert_int_equal(NESTXML_VENDOR_AMD, 2);
}

static void test_a_vendors_feature_is_vmx_or_svm(void **state)
{
	(void)state;
	assert_string_equal(nestxml_vendor_feature(NESTXML_VENDOR_INTEL), "vmx");
	assert_string_equal(nestxml_vendor_feature(NESTXML_VENDOR_AMD), "svm");
	assert_null(nestxml_vendor_feature(NESTXML_VENDOR_NONE));
	assert_null(nestxml_vendor_feature((enum nestxml_vendor)3));
}

static void test_each_vendor_has_a_whole_row(void **state)
{
	static const char *const words[] = {"amd", "svm", "AMD-V", "kvm_amd", "1", "0"};
	const char *amds[] = {nestxml_vendor_to_string(NESTXML_VENDOR_AMD),    nestxml_vendor_feature(NESTXML_VENDOR_AMD),
			      nestxml_vendor_extension(NESTXML_VENDOR_AMD),    nestxml_vendor_module(NESTXML_VENDOR_AMD),
			      nestxml_vendor_switch(NESTXML_VENDOR_AMD, true), nestxml_vendor_switch(NESTXML_VENDOR_AMD, false)};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_string_equal(amds[i], words[i]);
	FOR_EACH_VENDOR(vendor) {
		const char *feature = nestxml_vendor_feature(vendor);

		assert_non_null(nestxml_vendor_extension(vendor));
		assert_int_equal(nestxml_vendor_of_sub_feature(nestxml_vendor_nested_paging_feature(vendor),
							       strlen(nestxml_vendor_nested_paging_feature(vendor))),
				 vendor);
		assert_non_null(nestxml_vendor_switch(vendor, true));
		assert_non_null(nestxml_vendor_switch(vendor, false));
		assert_int_equal(nestxml_vendor_of_module(nestxml_vendor_module(vendor)), vendor);
		assert_int_equal(nestxml_vendor_of_feature(feature, strlen(feature)), vendor);
		assert_int_equal(nestxml_vendor_of_sub_feature(feature, strlen(feature)), NESTXML_VENDOR_NONE);
	}
}

static void test_what_is_in_no_row_is_of_no_vendor(void **state)
{
	const enum nestxml_vendor outside[] = {NESTXML_VENDOR_NONE, NESTXML_VENDOR_LAST + 1, (enum nestxml_vendor) - 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		assert_null(nestxml_vendor_module(outside[i]));
		assert_null(nestxml_vendor_extension(outside[i]));
		assert_null(nestxml_vendor_switch(outside[i], true));
		assert_null(nestxml_vendor_switch(outside[i], false));
		assert_null(nestxml_vendor_nested_paging_feature(outside[i]));
		assert_false(nestxml_model_has_sub_features("EPYC", outside[i]));
		assert_false(nestxml_model_has_feature("qemu64", outside[i]));
	}
	assert_int_equal(nestxml_vendor_of_module("kvm"), NESTXML_VENDOR_NONE);
	assert_int_equal(nestxml_vendor_of_module(""), NESTXML_VENDOR_NONE);
	assert_int_equal(nestxml_vendor_of_processor(""), NESTXML_VENDOR_NONE);
	assert_int_equal(nestxml_vendor_of_feature("", 0), NESTXML_VENDOR_NONE);
}

static void test_sub_features_belong_to_a_vendor(void **state)
{
	static const struct {
		const char *name;
		enum nestxml_vendor vendor;
	} rows[] = {
		{"npt", NESTXML_VENDOR_AMD},	  {"vnmi", NESTXML_VENDOR_AMD},	     {"gmet", NESTXML_VENDOR_AMD},
		{"svm-lock", NESTXML_VENDOR_AMD}, {"vmx-ept", NESTXML_VENDOR_INTEL}, {"vmx-eptad", NESTXML_VENDOR_INTEL},
		{"vmx-x", NESTXML_VENDOR_INTEL},  {"vmx-", NESTXML_VENDOR_NONE},     {"vmxx", NESTXML_VENDOR_NONE},
		{"np", NESTXML_VENDOR_NONE},	  {"npt2", NESTXML_VENDOR_NONE},     {"NPT", NESTXML_VENDOR_NONE},
		{"skinit", NESTXML_VENDOR_NONE},  {"", NESTXML_VENDOR_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *name = strdup(rows[i].name);
		size_t length = strlen(name);

		memset(name + length, 'x', 1); /* it is not terminated */
		CHECK(nestxml_vendor_of_sub_feature(name, length) == rows[i].vendor, "%s", rows[i].name);
	}
}

static void test_models_that_contain_svm(void **state)
{
	static const struct {
		const char *model;
		size_t length; /* of it; 0: all */
		bool has;
	} rows[] = {
		{"qemu64", 0, true},	    {"phenom", 0, true},
		{"Opteron_G2", 0, true},    {"Opteron_G3", 0, true},
		{"Opteron_G4", 0, true},    {"Opteron_G5", 0, true},
		{"Dhyana", 0, true},	    {"EPYC", 0, true},
		{"EPYC-Rome-v2", 0, true},  {"EPYC-Unheard", 0, true},
		{"qemu64-v1", 0, true},	    {"Opteron_G5-v1", 0, true},
		{"qemu64-v", 0, true},	    {"qemu64-", 0, false},
		{"qemu64-noTSX", 0, false}, {"qemu64v1", 0, false},
		{"qemu6", 0, false},	    {"Opteron_G1", 0, false},
		{"Opteron_G", 0, false},    {"EPY", 0, false},
		{"epyc", 0, false},	    {"", 0, false},
		{"Haswell", 0, false},	    {"host", 0, false},
		{"EPYC", 3, false},	    {"EPYC", 4, true},
		{"qemu64-v1", 5, false},    {"qemu64-v1", 6, true},
		{"qemu64-v1", 7, false},    {"qemu64-v1", 8, true},
		{"Dhyana-v", 7, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t length = rows[i].length > 0 ? rows[i].length : strlen(rows[i].model);

		AUTO_FREE char *model = strndup(rows[i].model, length);

		assert_non_null(model);
		CHECK(nestxml_model_has_feature(model, NESTXML_VENDOR_AMD) == rows[i].has, "%s", model);
		CHECK(!nestxml_model_has_feature(model, NESTXML_VENDOR_INTEL), "%s", model);
	}
}

static void test_qemu_adds_sub_features_to_most_models_with_svm(void **state)
{
	static const char *const with[] = {"phenom", "Opteron_G4", "Opteron_G5-v1", "EPYC", "EPYC-Rome-v2", "EPYC-Milan", "Dhyana"};
	static const char *const without[] = {"qemu64", "qemu64-v1", "Opteron_G2", "Opteron_G3-v1", "Opteron_G1", "Haswell", ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		CHECK(nestxml_model_has_sub_features(with[i], NESTXML_VENDOR_AMD), "%s", with[i]);
	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		CHECK(!nestxml_model_has_sub_features(without[i], NESTXML_VENDOR_AMD), "%s", without[i]);
	assert_false(nestxml_model_has_sub_features("EPYC", NESTXML_VENDOR_INTEL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested_words_are_those_of_libvirts_feature_policies),
		cmocka_unit_test(test_mode_words_are_libvirts_modes_and_keep),
		cmocka_unit_test(test_on_stale_words),
		cmocka_unit_test(test_no_vendor_has_no_word),
		cmocka_unit_test(test_a_vendors_feature_is_vmx_or_svm),
		cmocka_unit_test(test_each_vendor_has_a_whole_row),
		cmocka_unit_test(test_what_is_in_no_row_is_of_no_vendor),
		cmocka_unit_test(test_sub_features_belong_to_a_vendor),
		cmocka_unit_test(test_models_that_contain_svm),
		cmocka_unit_test(test_qemu_adds_sub_features_to_most_models_with_svm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
