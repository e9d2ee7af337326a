/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock.h - time that no clock step changes. */
#ifndef NESTXML_CLOCK_H
#define NESTXML_CLOCK_H

#include <stdint.h>

/** Milliseconds by CLOCK_MONOTONIC. */
int64_t nestxml_clock_monotonic(void);
/** Milliseconds since boot, suspend included (CLOCK_BOOTTIME): the same clock for every process until the next boot. */
int64_t nestxml_clock_boottime(void);

#endif
