/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* notes.c - warnings about a guest, a line each. */
#include "guests/notes.h"

#include <stdio.h>
#include <string.h>

#include <nestxml/nestxml.h>

#include "shell_name.h"

/* Says that its next start comes from a managed save, and what discards that. Returns false if it has none. */
static bool describe_saved_state(const struct virt_domain *guest, char *text, size_t size)
{
	if (virt_domain_is_running(guest) || !virt_domain_is_persistent(guest) || !virt_domain_has_saved_state(guest))
		return false;
	snprintf(text, size,
		 "its next start comes from a managed save, with the CPU it was saved with; to discard that: virsh managedsave-remove %s",
		 nestxml_shell_name(virt_domain_get_name(guest), virt_domain_get_uuid(guest)));
	return true;
}

static void print_warning(const struct virt_domain *guest, const char *text, size_t length)
{
	char shown[320];

	nestxml_text_escape(virt_domain_get_name(guest), shown, sizeof(shown));
	fprintf(stderr, "nestctl: warning: guest '%s': %.*s\n", shown, (int)length, text);
}

void notes_print(const struct virt_domain *guest, const char *warnings)
{
	char text[512];

	for (const char *line = warnings; *line; line += strcspn(line, "\n") + 1)
		print_warning(guest, line, strcspn(line, "\n"));
	if (describe_saved_state(guest, text, sizeof(text)))
		print_warning(guest, text, strlen(text));
}
