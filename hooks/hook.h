/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hook.h - what the files of the hook share. */
#ifndef NESTXML_HOOK_H
#define NESTXML_HOOK_H

#ifndef HOOK_ROOT /* the tests show it other hosts */
#define HOOK_ROOT "/"
#endif

/** The folder of what is remembered until the next boot, below HOOK_ROOT. */
#define HOOK_RUN "/run/nestxml"

/** Makes HOOK_RUN; that it cannot be made shows when it is used. */
void hook_make_run_folder(void);

#endif
