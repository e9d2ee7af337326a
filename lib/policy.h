/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* policy.h - the keys of a policy and their words. */
#ifndef NESTXML_POLICY_H
#define NESTXML_POLICY_H

#include "config.h"

/** Writes "a, b or c" for @count words into @buffer of @size bytes. */
void nestxml_policy_describe_words(const char *const *words, size_t count, char *buffer, size_t size);

/**
 * Whether the policy files say nothing about a guest of this name, whatever its UUID and metadata are: no section can match it, and no
 * [default] states a policy. If the guest has one, it is in its XML.
 */
bool nestxml_config_is_silent(const struct nestxml_config *config, const char *name);

#endif
