/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setting.c - the line of options, spelled as the vendor's module shows it. */
#include "host/setting.h"

#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

enum nestxml_state setting_get_nested(const struct setting *setting)
{
	return setting->enable ? NESTXML_STATE_ON : NESTXML_STATE_OFF;
}

static bool has_shadow_parameter(const struct host_state *state)
{
	for (size_t i = 0; i < state->parameters_count; i++) {
		const struct host_parameter *parameter = &state->parameters[i];

		if (strcmp(parameter->name, "enable_shadow_vmcs") == 0 && (parameter->type[0] || parameter->value[0]))
			return true;
	}
	return false;
}

/* enable turns it on unless it is told otherwise; disable leaves it alone unless it is told to set it. */
static bool is_shadow_written(const struct setting *setting, const struct host_state *state)
{
	return has_shadow_parameter(state) && (setting->enable || setting->shadow_vmcs != SETTING_SHADOW_VMCS_DEFAULT);
}

bool setting_has_shadow_vmcs(const struct setting *setting, const struct host_state *state)
{
	return is_shadow_written(setting, state) && setting->shadow_vmcs != SETTING_SHADOW_VMCS_NO;
}

void setting_make_text(const struct setting *setting, const struct host_state *state, char *text, size_t size)
{
	const char *shadow = "";
	char module[32];

	snprintf(module, sizeof(module), "%s", state->module_name);
	for (char *at = module; (at = strchr(at, '_'));)
		*at = '-'; /* as the files of distributions have it */
	if (is_shadow_written(setting, state))
		shadow = setting_has_shadow_vmcs(setting, state) ? " enable_shadow_vmcs=Y" : " enable_shadow_vmcs=N";
	snprintf(text, size, "# Written by nestctl host %s; the next run replaces the whole file.\noptions %s nested=%s%s\n",
		 setting->enable ? "enable" : "disable", module, nestxml_vendor_switch(state->vendor, setting->enable), shadow);
}

bool setting_is_current(const struct setting *setting, const struct host_state *state)
{
	const struct host_parameter *shadow = host_state_find_parameter(state, "enable_shadow_vmcs");

	if ((state->module != HOST_MODULE_LIVE && state->module != HOST_MODULE_BUILTIN) || state->nested != setting_get_nested(setting))
		return false;
	if (setting->shadow_vmcs == SETTING_SHADOW_VMCS_DEFAULT || !shadow)
		return true;
	return (parameter_parse("bool", shadow->value) == PARAMETER_ON) == (setting->shadow_vmcs == SETTING_SHADOW_VMCS_YES);
}

bool setting_is_met_by(const struct setting *setting, const char *type, const struct parameter_word *word)
{
	enum parameter_value value = parameter_parse(type, word->has_value ? word->value : NULL);

	return value == (setting->enable ? PARAMETER_ON : PARAMETER_OFF);
}
