/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inputs.h - the documents that are measured: made, not stored, so that every run has the same. */
#ifndef BENCH_INPUTS_H
#define BENCH_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Writes a domain as `virsh dumpxml --inactive` prints it to @fd, with as many disks as make it @size bytes or a little more; 0 stands
 * for the usual guest of about 9 KB. False: it could not be written.
 */
bool inputs_write(int fd, size_t size);

#endif
