/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* splice.c - the bytes between the edits, and the edits' own, in their order. */
#include "splice.h"

#include <nestxml/nestxml.h>

#include "io.h"

int splice_write(int fd, const char *xml, size_t length, const struct nestxml_edits *edits)
{
	const struct nestxml_edit *edit;
	size_t at = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && edits && (edit = nestxml_edits_get(edits, i)); i++) {
		code = io_write(fd, xml + at, edit->offset - at);
		if (code == 0)
			code = io_write(fd, edit->text, edit->text_length);
		at = edit->offset + edit->length;
	}
	return code == 0 ? io_write(fd, xml + at, length - at) : code;
}
