/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu.h - what a running QEMU was started with, what it said of it, and whether its guest then has nesting. */
#ifndef NESTXML_QEMU_H
#define NESTXML_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <nestxml/nestxml.h>

#include "io.h"

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

/** What the command line says of the guest's processor. */
struct qemu_command {
	enum qemu_accelerator accelerator;
	char model[64]; /* "": none, QEMU takes its own */
	enum qemu_switch vmx;
	enum qemu_switch svm;
};

/** @line: arguments that end with NUL each, @length bytes, and one more NUL behind them, as io_read() leaves /proc/PID/cmdline. */
void qemu_command_parse(const char *line, size_t length, struct qemu_command *command);

/** Whether the command line is that of the guest @name with @uuid. */
bool qemu_command_is_of(const char *line, size_t length, const char *name, const char *uuid);

/**
 * Finds the process of the guest @name below @root: by libvirt's PID file, else among all processes.
 *
 * Returns 0 or a negative errno: -ENOENT: there is none that may be read; -ENOTUNIQ: several say that they are it.
 */
int qemu_process_find(const char *root, const char *name, const char *uuid, pid_t *pid, struct qemu_command *command);

/** What QEMU's log says of a guest's last start. */
struct qemu_log {
	bool started; /* the start is in it; otherwise the rest says nothing */
	bool lacks_vmx;
	bool lacks_svm;
};

void qemu_log_parse(const char *text, size_t length, struct qemu_log *log);

/** Reads the end of the log of the guest @name below @root. Returns 0 or a negative errno. */
int qemu_log_read(const char *root, const char *name, struct qemu_log *log);

/* ---- the verdict ---- */

/** A yes or no that may be missing. */
enum qemu_answer { QEMU_ANSWER_NONE, QEMU_ANSWER_YES, QEMU_ANSWER_NO };

/** All that the verdict rests on. The feature is svm for an emulated guest, else that of the host's vendor. */
struct qemu_facts {
	bool has_command; /* @command is known */
	struct qemu_command command;
	bool is_emulated;	    /* by libvirt's XML: where the command line is not known, it tells which feature counts */
	enum nestxml_vendor vendor; /* of the host */
	enum nestxml_state state;   /* of the host's module now; the running guest keeps it from being reloaded */
	enum qemu_answer log;	    /* whether the log of this start names the feature as one that is not there */
	enum qemu_answer guest_vmx; /* what the guest itself says */
	enum qemu_answer guest_svm;
};

enum qemu_verdict {
	/* nested */
	QEMU_VERDICT_STATED,	/* the feature is on, and the host gives it */
	QEMU_VERDICT_MODEL_HAS, /* the model has it, and the host gives it */
	QEMU_VERDICT_GUEST_HAS, /* the guest says so, and nobody else can */
	/* not nested */
	QEMU_VERDICT_SWITCHED_OFF,
	QEMU_VERDICT_HOST_OFF,
	QEMU_VERDICT_LOG_LACKS,
	QEMU_VERDICT_MODEL_LACKS,
	QEMU_VERDICT_GUEST_LACKS,
	/* unknown */
	QEMU_VERDICT_NO_PROCESS,
	QEMU_VERDICT_ACCELERATOR,
	QEMU_VERDICT_NO_VENDOR,
	QEMU_VERDICT_HOST_UNKNOWN,
	QEMU_VERDICT_GUEST_CLAIMS, /* the guest says that it has it, the host that it cannot */
	QEMU_VERDICT_GUEST_DENIES, /* the other way round */
};

/** The verdict: a pure function. */
enum qemu_verdict qemu_decide(const struct qemu_facts *facts);
/** Whether the guest is nested, as @verdict has it; NONE: it cannot be told. */
enum qemu_answer qemu_verdict_answer(enum qemu_verdict verdict);
/** Whether QEMU emulates the processor, as far as it is known. */
bool qemu_facts_is_emulated(const struct qemu_facts *facts);
/** Whose feature these facts are about; NONE: not known. */
enum nestxml_vendor qemu_facts_vendor(const struct qemu_facts *facts);

#endif
