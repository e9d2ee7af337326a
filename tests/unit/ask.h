/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ask.h - what becomes of a guest, as the hook asks it: the verdict, and what people are told. */
#ifndef NESTXML_TESTS_ASK_H
#define NESTXML_TESTS_ASK_H

#include "support.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define REQUIRED "<cpu mode='host-model'><feature policy='require' name='vmx'/></cpu>"
#define FORCED "<cpu mode='host-model'><feature policy='force' name='vmx'/></cpu>"
#define OPTIONAL "<cpu mode='host-model'><feature policy='optional' name='vmx'/></cpu>"
#define DISABLED "<cpu mode='host-model'><feature policy='disable' name='vmx'/></cpu>"
#define FORBIDDEN "<cpu mode='host-model'><feature policy='forbid' name='vmx'/></cpu>"
#define PLAIN "<cpu mode='host-passthrough'/>"
#define FIXED "<cpu mode='custom' match='exact' check='full'><model>Skylake-Client</model></cpu>"
#define FIXED_REQUIRED \
	"<cpu mode='custom' match='exact' check='full'><model>Skylake-Client</model><feature policy='require' name='vmx'/></cpu>"
#define FIXED_DISABLED \
	"<cpu mode='custom' match='exact' check='full'><model>Skylake-Client</model><feature policy='disable' name='vmx'/></cpu>"
#define METADATA(word) "<metadata><n:policy xmlns:n='urn:nestxml:nested:1' nested='" word "'/></metadata>"
#define ENCRYPTED "<launchSecurity type='sev'/>"

#define PASS NESTXML_VERDICT_PASS
#define REFUSE NESTXML_VERDICT_REFUSE
#define STALE NESTXML_VERDICT_STALE

/** A section for every guest, at line 2 of the administrator's file; NULL: no file. */
void state_policy(const struct tree *tree, const char *keys);

/** The document of guest 'vm', with @body in it; a static buffer. */
const char *document(const char *type, const char *arch, const char *body);

/** Must come to a verdict; what holds for every one is checked here. */
struct nestxml_check *ask(const struct tree *tree, enum nestxml_operation occasion, const char *name, const char *xml);

/** All that people are told. */
const char *said(const struct nestxml_check *check);

/** The words are separated by '|'; each must be in the report, or must not be there if it starts with '!'. */
void check_words(const char *report, const char *words);

struct row {
	const char *policy; /* keys of a section for every guest */
	const char *body;
	enum nestxml_verdict verdict;
	const char *words;
};

/** Each guest must get its verdict, and be told its words. */
void check_rows(const struct tree *tree, enum nestxml_operation occasion, const char *type, const struct row *rows, size_t count);

#endif
