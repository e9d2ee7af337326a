/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu_verdict.h - whether a running guest has nesting: a pure function of all that is known about it. */
#ifndef NESTXML_QEMU_VERDICT_H
#define NESTXML_QEMU_VERDICT_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "guests/qemu_command.h"
#include "vendors.h"

/** A yes or no that may be missing. */
enum qemu_answer { QEMU_ANSWER_NONE, QEMU_ANSWER_YES, QEMU_ANSWER_NO };

/** All that the verdict rests on. The feature is svm for an emulated guest, else that of the host's vendor. */
struct qemu_evidence {
	bool has_command; /* @command is known */
	struct qemu_command command;
	const char *doubt;	      /* what else may have changed what the command line says; borrowed; NULL: nothing */
	struct nestxml_error problem; /* why nesting does not apply to the guest, by the live XML: E_TYPE, E_ARCH, E_ENCRYPTED; or OK */
	bool is_emulated;	      /* by libvirt's XML: where the command line is not known, it tells which feature counts */
	enum nestxml_vendor vendor;   /* of the host */
	enum nestxml_state state;     /* of the host's module now; the running guest keeps it from being reloaded */
	enum qemu_answer live;	      /* what libvirt found in QEMU's CPU at its start, by the live XML */
	enum qemu_answer log;	      /* whether the log of this start names the feature as missing */
	enum qemu_answer monitor[VENDORS]; /* what QEMU itself answers about the vendor's feature */
	bool differs[VENDORS];		   /* by that answer, some processors have the feature and some do not */
	enum qemu_answer guest[VENDORS];   /* what the guest itself says */
};

enum qemu_verdict {
	/* nested */
	QEMU_VERDICT_STATED,	  /* the feature is on, and the host gives it */
	QEMU_VERDICT_MODEL_HAS,	  /* the model has it, and the host gives it */
	QEMU_VERDICT_MONITOR_HAS, /* QEMU itself says so, and nothing else is known */
	QEMU_VERDICT_GUEST_HAS,	  /* the guest says so, and nothing else is known */
	/* not nested */
	QEMU_VERDICT_SWITCHED_OFF,
	QEMU_VERDICT_HOST_OFF,
	QEMU_VERDICT_LOG_LACKS,
	QEMU_VERDICT_MODEL_LACKS,
	QEMU_VERDICT_MONITOR_LACKS,
	QEMU_VERDICT_INAPPLICABLE, /* its type, architecture or TDX: its CPUID has neither vmx nor svm */
	QEMU_VERDICT_GUEST_LACKS,
	/* unknown */
	QEMU_VERDICT_NO_PROCESS,
	QEMU_VERDICT_DOUBT,		/* the command line has an argument whose effect is not known */
	QEMU_VERDICT_PROCESSORS_DIFFER, /* by QEMU's answer, some have the feature and some do not */
	QEMU_VERDICT_ACCELERATOR,
	QEMU_VERDICT_NO_VENDOR,
	QEMU_VERDICT_HOST_UNKNOWN,
	QEMU_VERDICT_MONITOR_CLAIMS, /* QEMU itself says that the guest has it; command line, log or module that it has not */
	QEMU_VERDICT_MONITOR_DENIES, /* the other way round */
	QEMU_VERDICT_LIVE_CLAIMS,    /* libvirt found it in QEMU's CPU; by the command line QEMU has not given it */
	QEMU_VERDICT_LIVE_DENIES,    /* the other way round */
	QEMU_VERDICT_GUEST_CLAIMS,   /* the guest says that it has it; all else that it has not */
	QEMU_VERDICT_GUEST_DENIES,   /* the other way round */
};

/** The verdict on its CPU. Contradictory evidence makes it unknown. */
enum qemu_verdict qemu_verdict_find(const struct qemu_evidence *evidence);
/** Whether the guest's CPU has the feature by @verdict; NONE: it is unknown. */
enum qemu_answer qemu_verdict_answer(enum qemu_verdict verdict);
/** Whether the guest is nested by @verdict: not if its memory is encrypted, whatever its CPU has, since KVM does not run in it. */
enum qemu_answer qemu_evidence_answer(const struct qemu_evidence *evidence, enum qemu_verdict verdict);
/** Whether the guest meets @nested by @verdict; NONE: nothing is wanted, or it is unknown. */
enum qemu_answer qemu_evidence_is_policy_met(const struct qemu_evidence *evidence, enum qemu_verdict verdict, enum nestxml_nested nested);
/** The verdict by command line, log and module alone. */
enum qemu_verdict qemu_verdict_find_outside(const struct qemu_evidence *evidence);

/** Whether QEMU emulates the processor, as far as that is known. */
bool qemu_evidence_is_emulated(const struct qemu_evidence *evidence);
/** Whether the guest's memory is encrypted. */
bool qemu_evidence_is_encrypted(const struct qemu_evidence *evidence);
/** Whose feature counts; NONE: not known. */
enum nestxml_vendor qemu_evidence_vendor(const struct qemu_evidence *evidence);
/** What may have changed what the command line says; NULL: nothing. */
const char *qemu_evidence_doubt(const struct qemu_evidence *evidence);

#endif
