/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* support.h - what the unit tests share: a fake root directory, domains from strings, failures that name their case. */
#ifndef NESTXML_TESTS_SUPPORT_H
#define NESTXML_TESTS_SUPPORT_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <nestxml/nestxml.h>

#include "buffer.h"
#include "error.h"
#include "escape.h"
#include "file.h"
#include "macros.h"
#include "shell_name.h"
#include "utf8.h"

/** Fails unless @condition holds, and says for which case (printf-like): for tables of cases. */
#define CHECK(condition, ...)                             \
	do {                                              \
		if (!(condition)) {                       \
			print_error("case: "__VA_ARGS__); \
			print_error("\n");                \
			fail_msg("%s", #condition);       \
		}                                         \
	} while (0)

/** A directory that stands for /; made by tree_setup(), removed with all that is in it by tree_teardown(). */
struct tree {
	char root[PATH_MAX];
};

int tree_setup(void **state);
int tree_teardown(void **state);
#define TREE_TEST(function) cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)

/** Removes everything below the root, and leaves that. */
void tree_clear(const struct tree *tree);
/** @path below the root; a static buffer. */
const char *tree_path(const struct tree *tree, const char *path);
/** Makes the directory @path (which starts with /) and those above it. */
void tree_directory(const struct tree *tree, const char *path);
/** Writes a file, with the directories above it. */
void tree_write_bytes(const struct tree *tree, const char *path, const char *data, size_t length, mode_t mode);
void tree_write(const struct tree *tree, const char *path, const char *text);

#define ADMIN_FILE "/etc/nestxml/nestxml.conf"
#define VENDOR_FILE "/usr/share/nestxml/nestxml.conf"
#define DROP_INS "/etc/nestxml/nestxml.conf.d"

/** A host: the vendor_id of its processor, the kvm module (NULL: none) and the text of its parameter (NULL: it has none). */
void tree_host(const struct tree *tree, const char *vendor_id, const char *module, const char *nested);

/** Becomes a user without root's power over files (root does; anybody else is one already), and back. */
void become_nobody(void);
void become_oneself(void);

/** A domain that must be good. */
struct nestxml_domain *domain_of(const char *xml);

/** Whether @text is UTF-8 without a control character. */
bool is_printable(const char *text);

/** Arguments with blanks between them become what /proc shows; returns how many bytes that is. */
size_t make_line(const char *words, char *line, size_t size);

#endif
