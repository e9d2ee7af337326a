/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock.c - time that no clock step changes. */
#include "clock.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec time = {0};

	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t nestxml_clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t nestxml_clock_boottime(void)
{
	return read_clock(CLOCK_BOOTTIME);
}
