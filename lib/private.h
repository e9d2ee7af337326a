/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* private.h - what the files of the library share and its users do not see. */
#ifndef NESTXML_PRIVATE_H
#define NESTXML_PRIVATE_H

#include <stdint.h>
#include <stdlib.h>

#include <nestxml/nestxml.h>

#define NESTXML_EXPORT __attribute__((visibility("default")))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Says in the file itself what it loads with dlopen(), and may not do without, for those who make packages of it
 * (https://uapi-group.org/specifications/specs/elf_dlopen_metadata/).
 */
#define NESTXML_DLOPEN_NOTE(feature_name, description, soname)                                                \
	__asm__(".pushsection .note.dlopen, \"a\", @note\n"                                                   \
		".balign 4\n"                                                                                 \
		".long 4, 2f - 1f, 0x407c0c0a\n"                                                              \
		".asciz \"FDO\"\n"                                                                            \
		"1: .asciz \"[{\\\"feature\\\":\\\"" feature_name "\\\",\\\"description\\\":\\\"" description \
		"\\\",\\\"priority\\\":\\\"required\\\",\\\"soname\\\":[\\\"" soname "\\\"]}]\"\n"            \
		"2: .balign 4\n"                                                                              \
		".popsection\n")

/* An owner declared with one of these is released at the end of its scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))
#define AUTO_FREE CLEANUP(nestxml_cleanup_free)
static inline void nestxml_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

/* Moves ownership out of a variable with AUTO_FREE. */
#define TAKE(pointer)                               \
	({                                          \
		__typeof__(pointer) p_ = (pointer); \
		(pointer) = NULL;                   \
		p_;                                 \
	})

/* text.c */

/** Fills *@error (which may be NULL) and returns @code, so that a failure is one statement. Every %s is escaped by the caller. */
int nestxml_error_set(struct nestxml_error *error, enum nestxml_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** The same with a place in the input; @line and @column from 1, 0: none. */
int nestxml_error_set_at(struct nestxml_error *error, enum nestxml_code code, unsigned int line, unsigned int column, const char *format,
			 ...) __attribute__((format(printf, 5, 6)));
/** snprintf() that cuts what does not fit at a whole character. */
void nestxml_text_print(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** Sets "out of memory", returns NESTXML_E_NOMEM. */
int nestxml_error_set_nomem(struct nestxml_error *error);
/** Bytes of the UTF-8 character at @text (at most @length): 1 to 4; 0 where there is none (RFC 3629: no surrogates, no overlong form). */
size_t nestxml_utf8_length(const char *text, size_t length);
/** The offset of the first byte of @text that is neither UTF-8 nor allowed to be in it (NUL); @length where there is none. */
size_t nestxml_utf8_span(const char *text, size_t length);

/**
 * The guest as it may stand in a command line that people copy, since tenants choose names: its name where neither a shell nor virsh can
 * take it for something else, else its UUID, else "GUEST". Borrowed from the arguments.
 */
const char *nestxml_name_for_shell(const char *name, const char *uuid);

/** A string that grows; starts zeroed. */
struct nestxml_buffer {
	char *data; /* NUL-terminated once anything was added */
	size_t length;
	size_t capacity;
};
/** Appends; false: out of memory, and the buffer is as it was. */
bool nestxml_buffer_add(struct nestxml_buffer *buffer, const char *text, size_t length);
bool nestxml_buffer_add_string(struct nestxml_buffer *buffer, const char *text);
void nestxml_buffer_clear(struct nestxml_buffer *buffer);
#define AUTO_BUFFER CLEANUP(nestxml_buffer_clear)

/* Of <policy nested='...'/> in a guest's metadata. */
#define NESTXML_POLICY_NAMESPACE "urn:nestxml:nested:1"

/* words.c */

/** Whether a CPU model of this name, with or without a version ("-v2"), contains svm; none contains vmx. */
bool nestxml_model_has_svm(const char *model, size_t length);

/* policy.c */

/**
 * Writes who states @policy, as in "is required by ...": "its metadata", "/etc/nestxml/nestxml.conf:3". The names of policy files hold
 * nothing that a terminal obeys: config.c refuses others. Returns @buffer.
 */
const char *nestxml_policy_describe_source(const struct nestxml_policy *policy, char *buffer, size_t size);

/* sight.c */

/** Whether @xml, of the guest @name, states nothing about nesting, as far as can be seen without a parser. */
bool nestxml_sight_is_silent(const char *name, const char *xml, size_t length);

/* file.c */

/**
 * Reads at most @size - 1 bytes of @root/@path (for the small files of /proc and /sys) and ends them with NUL.
 * Returns their number, or a negative errno.
 */
long nestxml_file_read_small(const char *root, const char *path, char *buffer, size_t size);
/**
 * Reads at most @limit + 1 bytes of @fd, so that the caller can tell that there is more; *@text is the caller's to free, and ends with a
 * NUL that is not counted. Returns 0 or a negative errno.
 */
int nestxml_fd_read(int fd, size_t limit, char **text, size_t *length);
/** Reads a file below @root that has at most @limit bytes. Returns 0 or a negative errno (-EFBIG: it has more). */
int nestxml_file_read(const char *root, const char *path, size_t limit, char **text, size_t *length);
/** @root joined with @path (which starts with /); the caller's to free; NULL: out of memory. */
char *nestxml_path_join(const char *root, const char *path);

#endif
