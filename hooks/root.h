/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* root.h - the directory that stands for /, which the tests replace. */
#ifndef NESTXML_ROOT_H
#define NESTXML_ROOT_H

#ifndef HOOK_ROOT
#define HOOK_ROOT "/"
#endif

#endif
