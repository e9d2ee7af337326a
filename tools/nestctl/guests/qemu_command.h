/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_command.h - a QEMU's command line, read as QEMU reads it. */
#ifndef NESTXML_QEMU_COMMAND_H
#define NESTXML_QEMU_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "vendors.h"

enum qemu_accelerator {
	QEMU_ACCELERATOR_UNSTATED,
	QEMU_ACCELERATOR_KVM,
	QEMU_ACCELERATOR_TCG,
	QEMU_ACCELERATOR_OTHER, /* another one, or a choice of several */
};

/** A feature on the command line. */
enum qemu_switch {
	QEMU_SWITCH_UNSTATED, /* then the model decides */
	QEMU_SWITCH_ON,
	QEMU_SWITCH_OFF,
};

/** What a command line says. Texts are as they were written: escape them before they are shown. */
struct qemu_command {
	char name[256];	 /* of the guest; "": none, or one that is longer than any of libvirt's */
	char uuid[64];	 /* of the guest; "": none */
	bool is_tdx;	 /* Intel TDX encrypts the guest's memory */
	bool is_wrapped; /* this is a script's interpreter, and not QEMU */
	enum qemu_accelerator accelerator;
	bool keeps_svm;			    /* its machine is older than QEMU 2.2: under KVM a named model keeps the svm that it has */
	char model[64];			    /* "": none, QEMU takes its own */
	enum qemu_switch features[VENDORS]; /* by -cpu, else by -global */
	char doubt[128];		    /* an argument whose effect on the CPU is unknown; "": there is none */
};

/**
 * Reads a command line.
 *
 * @line	arguments that end with NUL each, @length bytes, and one more NUL after them, as io_read() leaves /proc/PID/cmdline
 */
void qemu_command_parse(const char *line, size_t length, struct qemu_command *command);

/** Whether a program of this @path is QEMU by its name, and no script or interpreter: qemu-system-x86_64, qemu-kvm, kvm. */
bool qemu_command_is_qemu(const char *path);

/** Whether the command line is that of the guest @name with @uuid. */
bool qemu_command_is_of(const struct qemu_command *command, const char *name, const char *uuid);

/** The guest's name on the command line @line, as above; at most @size bytes. Returns false, and "", where it names none. */
bool qemu_command_get_name(const char *line, size_t length, char *name, size_t size);

#endif
