/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dlsym.h - a library that is loaded when it is needed, and its functions, which are then called by their own names with "sym_" in
 * front.
 *
 *	#define FUNCTIONS(use) use(xmlReadIO) use(xmlFreeDoc)
 *	FUNCTIONS(DLSYM_DEFINE)
 *	static const struct dlsym_function functions[] = {FUNCTIONS(DLSYM_ROW)};
 *	if (dlsym_load("libxml2.so.2", RTLD_LAZY, functions, ARRAY_SIZE(functions), reason, sizeof(reason)))
 *		sym_xmlFreeDoc(document);
 */
#ifndef NESTXML_DLSYM_H
#define NESTXML_DLSYM_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

/** A function by its name, and the pointer that is set to it. */
struct dlsym_function {
	const char *name;
	void **pointer;
};

/* A pointer of the function's own type: DECLARE in a header and DEFINE in one .c file, or DEFINE_STATIC where only one file uses it. */
#define DLSYM_DECLARE(function) extern __typeof__(function) *sym_##function;
#define DLSYM_DEFINE(function) __typeof__(function) *sym_##function;
#define DLSYM_DEFINE_STATIC(function) static __typeof__(function) *sym_##function;
#define DLSYM_ROW(function) {#function, (void **)&sym_##function},

/**
 * Loads @soname, which stays loaded, and sets the pointers of all @count functions. False: the library or a function is missing, and no
 * pointer is set.
 *
 * @flags	of dlopen(3)
 * @reason	why it failed, at most @size bytes; ready for a terminal
 */
bool dlsym_load(const char *soname, int flags, const struct dlsym_function *functions, size_t count, char *reason, size_t size);

/*
 * Records in the ELF file which library it loads with dlopen() and requires, so that packaging tools find the dependency
 * (https://uapi-group.org/specifications/specs/elf_dlopen_metadata/).
 */
#define DLSYM_NOTE(feature_name, description, soname)                                                         \
	__asm__(".pushsection .note.dlopen, \"a\", @note\n"                                                   \
		".balign 4\n"                                                                                 \
		".long 4, 2f - 1f, 0x407c0c0a\n"                                                              \
		".asciz \"FDO\"\n"                                                                            \
		"1: .asciz \"[{\\\"feature\\\":\\\"" feature_name "\\\",\\\"description\\\":\\\"" description \
		"\\\",\\\"priority\\\":\\\"required\\\",\\\"soname\\\":[\\\"" soname "\\\"]}]\"\n"            \
		"2: .balign 4\n"                                                                              \
		".popsection\n")

#endif
