/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setting.h - what `nestctl host enable` and `disable` write into modprobe's file, and whether a host has it already. Pure. */
#ifndef NESTXML_SETTING_H
#define NESTXML_SETTING_H

#include <stdbool.h>

#include <nestxml/nestxml.h>

#include "host/state.h"

enum setting_shadow_vmcs { SETTING_SHADOW_VMCS_DEFAULT, SETTING_SHADOW_VMCS_YES, SETTING_SHADOW_VMCS_NO };

struct setting {
	bool enable; /* else disable */
	enum setting_shadow_vmcs shadow_vmcs;
};

/** The state of nesting that is asked for. */
enum nestxml_state setting_get_nested(const struct setting *setting);
/** Whether enable_shadow_vmcs=Y is written for the host @state. */
bool setting_has_shadow_vmcs(const struct setting *setting, const struct host_state *state);
/** Writes the file's text for the host @state. */
void setting_make_text(const struct setting *setting, const struct host_state *state, char *text, size_t size);
/** Whether the module is loaded and already is as asked for: then nothing has to be loaded again. */
bool setting_is_current(const struct setting *setting, const struct host_state *state);
/** Whether the parameter `nested` with @word's value, of @type, means what is asked for. */
bool setting_is_met_by(const struct setting *setting, const char *type, const struct parameter_word *word);

#endif
