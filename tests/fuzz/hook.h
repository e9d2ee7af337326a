/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hook.h - included before hooks/qemu.c, whose main() is called hook_main() there and whose / is a scratch directory. */
#ifndef NESTXML_FUZZ_HOOK_H
#define NESTXML_FUZZ_HOOK_H

#include "support.h"

int hook_main(int argc, char **argv);

#endif
