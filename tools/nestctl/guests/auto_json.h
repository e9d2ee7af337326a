/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* auto_json.h - a JSON object that is released at the end of its block. */
#ifndef NESTXML_AUTO_JSON_H
#define NESTXML_AUTO_JSON_H

#include <json-c/json.h>

#include "macros.h"

static inline void auto_json_put(struct json_object **object)
{
	json_object_put(*object);
}
#define AUTO_JSON CLEANUP(auto_json_put)

#endif
