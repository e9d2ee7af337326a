/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sizes.h - what a document costs over its size. */
#ifndef BENCH_SIZES_H
#define BENCH_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "process.h"

struct sizes_point {
	size_t bytes;
	double filter; /* milliseconds, whole process: the lowest median of some rounds */
	double sax;    /* the same, of a bare SAX parse */
};
#define SIZES_COUNT 9 /* 1 KiB to 64 MiB, each four times the one before */

/** Measures all points. False: it was not possible. */
bool sizes_measure(process_commands filter, process_commands sax, struct sizes_point *points);

/** How many times as much a byte costs at some size as at a smaller one, at most: what is linear has no more than 1, but for noise. */
double sizes_growth(const struct sizes_point *points);

/** Draws them as an SVG of its own. */
bool sizes_draw(const char *path, const struct sizes_point *points);

#endif
