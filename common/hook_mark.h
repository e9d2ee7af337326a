/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hook_mark.h - what every version of the hook has in it: by it nestctl tells the hook from other programs. */
#ifndef NESTXML_HOOK_MARK_H
#define NESTXML_HOOK_MARK_H

#define HOOK_MARK "nestxml: this program is nestxml's hook for libvirt"

#endif
