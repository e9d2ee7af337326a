/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* picture.h - the state of nesting on this host, gathered once, for people, for scripts, and for who changes it. */
#ifndef NESTXML_PICTURE_H
#define NESTXML_PICTURE_H

#include <nestxml/nestxml.h>

#include "holders.h"
#include "modprobe.h"

enum picture_module {
	PICTURE_LIVE,
	PICTURE_BUILTIN,
	PICTURE_NOT_LOADED,
	PICTURE_BLACKLISTED,
	PICTURE_ABSENT,	     /* this kernel has none */
	PICTURE_NO_HARDWARE, /* the processor has no such extension, or the firmware turned it off */
	PICTURE_OTHER_KVM,   /* a KVM of another kind is there instead */
	PICTURE_NO_VENDOR,   /* the processor is neither vendor's */
};

/** A parameter of the module that decides whether nesting works, and how fast. */
struct picture_parameter {
	const char *name;
	char type[16];	  /* as modinfo shows it; "" not known */
	char value[32];	  /* as /sys shows it; "" it cannot be read or there is none */
	const char *cost; /* what nesting pays for this value, static; NULL: nothing */
};

#define PICTURE_PARAMETERS 5

struct picture {
	char arch[65]; /* as uname(2) has it */
	enum nestxml_vendor vendor;
	bool has_flag;		 /* of the vendor's feature in /proc/cpuinfo */
	const char *module_name; /* kvm_intel or kvm_amd; NULL without a vendor */
	enum picture_module module;
	enum nestxml_state nested;
	char fact[256];
	struct modprobe_lines lines;
	char *cmdline; /* the words of the kernel's command line about the module; "" none */
	struct holders holders;
	struct picture_parameter parameters[PICTURE_PARAMETERS];
	size_t parameters_count;
};

/** Gathers the picture of the host below @root; what cannot be read is said in it. Returns 0 or a negative errno. */
int picture_take(const char *root, struct picture *picture);
void picture_clear(struct picture *picture);

/** The parameter @name, or NULL where the module has none of that name or it cannot be read. */
const struct picture_parameter *picture_find_parameter(const struct picture *picture, const char *name);

/** How a module that is built in gets @nested ("1", "0"): of the kernel's command line, at a reboot. Writes a sentence into @text. */
void picture_describe_boot(const struct picture *picture, const char *nested, char *text, size_t size);

/** The word for the module's state ("live", "builtin", ...), static. */
const char *picture_module_to_string(enum picture_module module);
/** The word for the state of nesting ("on", "off", "unsupported", "unknown"), static. */
const char *picture_nested_to_string(enum nestxml_state nested);

#endif
