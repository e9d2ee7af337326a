/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rewrite.h - documents before and after their edits; what holds for every rewrite is checked at each. */
#ifndef NESTXML_TESTS_REWRITE_H
#define NESTXML_TESTS_REWRITE_H

#include <stddef.h>

#include <nestxml/nestxml.h>

#define INTEL NESTXML_VENDOR_INTEL
#define AMD NESTXML_VENDOR_AMD
#define KEEP NESTXML_MODE_KEEP
#define REQUIRE NESTXML_NESTED_REQUIRE
#define OPTIONAL NESTXML_NESTED_OPTIONAL
#define DISABLE NESTXML_NESTED_DISABLE

struct wanted {
	enum nestxml_nested nested;
	enum nestxml_mode mode;
	enum nestxml_vendor vendor;
};

/** Rewrites once, and checks what holds for every rewrite. The result is the caller's to free. */
char *rewrite_once(const char *xml, struct wanted wanted, size_t *count);

/** Twice is the same as once. The result is the caller's to free. */
char *rewrite(const char *xml, struct wanted wanted);

/** What @xml must become. */
void check_rewrite(const char *xml, struct wanted wanted, const char *expected);

/** The same of a <cpu>, both with the same frame around them. */
void check_cpu(const char *cpu, struct wanted wanted, const char *expected);

#endif
