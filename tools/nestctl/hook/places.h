/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* places.h - the two places where libvirt looks for a qemu hook, and what is in them. */
#ifndef NESTXML_HOOK_PLACES_H
#define NESTXML_HOOK_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include <nestxml/nestxml.h>

#define HOOK_DIRECTORY "/etc/libvirt/hooks"

enum hook_place {
	HOOK_PLACE_ALONE, /* hooks/qemu */
	HOOK_PLACE_CHAIN, /* a file in hooks/qemu.d, which libvirt 6.5 and newer runs after hooks/qemu */
	HOOK_PLACES,	  /* how many there are; as a place: none */
};

enum hook_content {
	HOOK_CONTENT_NOTHING,
	HOOK_CONTENT_CURRENT,  /* this version's hook, byte for byte */
	HOOK_CONTENT_OTHER,    /* our hook, of another version */
	HOOK_CONTENT_NOT_OURS, /* anything else: a link, a directory, another program, a file that cannot be read */
};

struct hook {
	char *program; /* this version's hook; NULL: it is not where it was installed */
	size_t length;
	struct {
		enum hook_content content;
		bool executable;
		struct stat status; /* of what is there; all zero: nothing is */
	} at[HOOK_PLACES];
	char *caller;	       /* another file that libvirt runs as a hook and that seems to run ours; NULL: none is known */
	unsigned long libvirt; /* its version, as libvirt counts: 6005000; 0: it is not installed */
};

/** The path of @place, static. */
const char *hook_place_path(enum hook_place place);

/** Reads what is below @root; to be released with hook_clear(). Returns 0 or a negative errno. */
int hook_read(const char *root, struct hook *hook);
/** Looks for a caller of @hook, which has been read below @root, in every file that libvirt runs. Returns 0 or a negative errno. */
int hook_find_caller(const char *root, struct hook *hook);
/** Releases @hook, which may be all zero. */
void hook_clear(struct hook *hook);
#define AUTO_HOOK CLEANUP(hook_clear)

/** Whether what is at @place is our hook, of any version. */
bool hook_is_ours(const struct hook *hook, enum hook_place place);
/** Whether it is in both places, so that libvirt runs it twice. */
bool hook_is_double(const struct hook *hook);
/** Where our hook is; HOOK_PLACES: nowhere. */
enum hook_place hook_find(const struct hook *hook);
/** Where our hook belongs: where it is, else the place that is free; HOOK_PLACES: both are taken. */
enum hook_place hook_choose_place(const struct hook *hook);
/** Whether this libvirt runs what is in qemu.d; true where its version is not known. */
bool hook_is_chain_run(const struct hook *hook);
/** libvirt's version as people write it ("6.5.0"). */
void hook_describe_libvirt(const struct hook *hook, char *text, size_t size);

#endif
