/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* notes.h - what stands between a guest's definition and its next start, said on stderr. */
#ifndef NESTXML_NOTES_H
#define NESTXML_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "libvirt/virt.h"

/**
 * Prints a warning for each line of @warnings, and one if the next start of @guest comes from a managed save.
 *
 * @warnings	clauses that go on from the guest's name, each with its line end
 */
void notes_print(const struct virt_domain *guest, const char *warnings);

#endif
