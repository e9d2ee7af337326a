/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_error.h - an error about XML in words: its message leaves out the subject, since the library does not know what the XML is. */
#ifndef NESTXML_XML_ERROR_H
#define NESTXML_XML_ERROR_H

#include <stddef.h>

#include <nestxml/nestxml.h>

/**
 * Why the XML @what ("its definition") cannot be read, with its line where it has one. The message of an error that is not about the XML
 * has a subject of its own, and is all there is.
 */
void nestxml_xml_error_describe(const char *what, const struct nestxml_error *error, char *text, size_t size);

#endif
