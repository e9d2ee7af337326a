/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpu_override.h - what in <qemu:commandline> and <qemu:override> wins over <cpu>. */
#ifndef NESTXML_CPU_OVERRIDE_H
#define NESTXML_CPU_OVERRIDE_H

#include <stddef.h>

/** Starts zeroed; filled argument by argument, in the order of the document. */
struct cpu_override {
	char found[96];	 /* the first that wins (a variable takes precedence over an argument), with its place, for a terminal; "": none */
	char option[16]; /* the option, as written, whose value comes next and may win; "": there is none */
};

/** <qemu:arg value=...> in <qemu:commandline> */
void nestxml_cpu_override_add_argument(struct cpu_override *override, const char *value, size_t length);
/** <qemu:env name=...> in <qemu:commandline> */
void nestxml_cpu_override_add_variable(struct cpu_override *override, const char *name, size_t length);
/** The value of <qemu:property name='driver'> in <qemu:override> */
void nestxml_cpu_override_add_driver(struct cpu_override *override, const char *driver, size_t length);

#endif
