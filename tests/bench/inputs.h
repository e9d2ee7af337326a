/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inputs.h - the documents that are measured: made, not stored, so that every run has the same. */
#ifndef BENCH_INPUTS_H
#define BENCH_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

enum input {
	INPUT_USUAL,  /* a guest of about 9 KB */
	INPUT_NESTED, /* the same; its CPU requires vmx and svm, so that nothing is to be done on any host */
	INPUT_SHORT,  /* a guest of a few hundred bytes */
};

/**
 * Writes a domain as `virsh dumpxml --inactive` prints it to @fd, with as many disks more as make it @size bytes or a little more. False:
 * it could not be written.
 */
bool inputs_write(int fd, enum input input, size_t size);

#endif
