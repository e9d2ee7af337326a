/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sizes.c - measures the filter from 1 KiB to 64 MiB, and draws what comes out on logarithmic axes. */
#include "sizes.h"

#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inputs.h"

#define FIRST_SIZE ((size_t)1 << 10)
#define LAST_SIZE (((size_t)64 << 20) - 1024) /* the filter takes no more than 64 MiB */
#define MOST_RUNS 101
#define FEWEST_RUNS 3

/* Sizes are measured one after the other, and compared: of some rounds the quietest counts. */
#define ROUNDS 5

static unsigned int runs_of(size_t bytes)
{
	size_t runs = ((size_t)256 << 20) / bytes;

	return (unsigned int)(runs > MOST_RUNS ? MOST_RUNS : runs < FEWEST_RUNS ? FEWEST_RUNS : runs);
}

static bool measure_point(process_commands filter, process_commands sax, size_t size, struct sizes_point *point)
{
	int input = memfd_create("input", MFD_CLOEXEC);
	struct process_cost ours;
	struct process_cost theirs;
	struct stat status;
	bool done = input >= 0 && inputs_write(input, INPUT_SHORT, size > LAST_SIZE ? LAST_SIZE : size) && fstat(input, &status) == 0 &&
		    process_measure(filter, sax, input, runs_of(size), &ours, &theirs);

	if (input >= 0)
		close(input);
	if (!done)
		return false;
	point->bytes = (size_t)status.st_size;
	point->filter = fmin(point->filter, ours.milliseconds);
	point->sax = fmin(point->sax, theirs.milliseconds);
	return true;
}

bool sizes_measure(process_commands filter, process_commands sax, struct sizes_point *points)
{
	for (unsigned int i = 0; i < SIZES_COUNT; i++)
		points[i] = (struct sizes_point){0, INFINITY, INFINITY};
	for (unsigned int round = 0; round < ROUNDS; round++) {
		size_t size = FIRST_SIZE;

		for (unsigned int i = 0; i < SIZES_COUNT; i++, size *= 4)
			if (!measure_point(filter, sax, size, &points[i]))
				return false;
	}
	return true;
}

/* The cost that a straight line through the first and the last point has at @bytes. */
static double on_line(const struct sizes_point *points, double bytes)
{
	const struct sizes_point *first = &points[0];
	const struct sizes_point *last = &points[SIZES_COUNT - 1];
	double slope = (last->filter - first->filter) / (double)(last->bytes - first->bytes);

	return first->filter + slope * (bytes - (double)first->bytes);
}

double sizes_growth(const struct sizes_point *points)
{
	double lowest = INFINITY;
	double worst = 0;

	for (unsigned int i = 0; i < SIZES_COUNT; i++) {
		double per_byte = points[i].filter / (double)points[i].bytes;

		worst = fmax(worst, per_byte / lowest);
		lowest = fmin(lowest, per_byte);
	}
	return worst;
}

/* ---- the picture: a decade of time is as high as LOG10_HEIGHT says, a doubling of size as wide as LOG2_WIDTH ---- */

#define LEFT 70.0
#define BOTTOM 330.0
#define LOG2_WIDTH 34.0
#define LOG10_HEIGHT 100.0
#define RIGHT (LEFT + 16 * LOG2_WIDTH)
#define TOP (BOTTOM - 3 * LOG10_HEIGHT)

static double x_of(double bytes)
{
	return LEFT + LOG2_WIDTH * log2(bytes / (double)FIRST_SIZE);
}

static double y_of(double milliseconds)
{
	return BOTTOM - LOG10_HEIGHT * log10(milliseconds);
}

static void draw_axes(FILE *file)
{
	static const char *const sizes[] = {"1 KiB", "4 KiB", "16 KiB", "64 KiB", "256 KiB", "1 MiB", "4 MiB", "16 MiB", "64 MiB"};
	static const char *const times[] = {"1 ms", "10 ms", "100 ms", "1 s"};

	for (unsigned int i = 0; i < SIZES_COUNT; i++) {
		double x = LEFT + 2 * i * LOG2_WIDTH;

		fprintf(file, "<path class='grid' d='M%.1f %.1fV%.1f'/><text class='below' x='%.1f' y='%.1f'>%s</text>\n", x, TOP, BOTTOM,
			x, BOTTOM + 18, sizes[i]);
	}
	for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		double y = BOTTOM - i * LOG10_HEIGHT;

		fprintf(file, "<path class='grid' d='M%.1f %.1fH%.1f'/><text class='scale' x='%.1f' y='%.1f'>%s</text>\n", LEFT, y, RIGHT,
			LEFT - 8, y + 4, times[i]);
	}
}

static void draw_line(FILE *file, const struct sizes_point *points)
{
	fputs("<polyline class='line' points='", file);
	for (double bytes = (double)points[0].bytes; bytes <= (double)points[SIZES_COUNT - 1].bytes; bytes *= 1.25)
		fprintf(file, "%.1f,%.1f ", x_of(bytes), y_of(on_line(points, bytes)));
	fputs("'/>\n", file);
}

static void draw_points(FILE *file, const struct sizes_point *points)
{
	for (unsigned int i = 0; i < SIZES_COUNT; i++)
		fprintf(file, "<circle class='sax' cx='%.1f' cy='%.1f' r='5'/>\n<circle class='filter' cx='%.1f' cy='%.1f' r='3'/>\n",
			x_of((double)points[i].bytes), y_of(points[i].sax), x_of((double)points[i].bytes), y_of(points[i].filter));
}

static void draw_legend(FILE *file)
{
	fprintf(file,
		"<circle class='filter' cx='%.1f' cy='50' r='3'/><text x='%.1f' y='54'>nestxml, whole process</text>\n"
		"<circle class='sax' cx='%.1f' cy='70' r='5'/><text x='%.1f' y='74'>a bare SAX parse by libxml2, whole process</text>\n"
		"<path class='line' d='M%.1f 90h20'/><text x='%.1f' y='94'>a straight line through nestxml's first and last point</text>\n",
		LEFT + 30, LEFT + 50, LEFT + 30, LEFT + 50, LEFT + 20, LEFT + 50);
}

bool sizes_draw(const char *path, const struct sizes_point *points)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	fprintf(file, "<svg xmlns='http://www.w3.org/2000/svg' width='660' height='370' viewBox='0 0 660 370' role='img'>\n"
		      "<title>What a document costs over its size</title>\n"
		      "<style>text{font:12px sans-serif;fill:#333}.below{text-anchor:middle}.scale{text-anchor:end}.grid{stroke:#ddd}"
		      ".line{stroke:#06c;stroke-dasharray:4 3;fill:none}.filter{fill:#06c}.sax{fill:none;stroke:#c60}</style>\n"
		      "<rect width='660' height='370' fill='#fff'/>\n");
	draw_axes(file);
	draw_line(file, points);
	draw_points(file, points);
	draw_legend(file);
	fputs("</svg>\n", file);
	return fclose(file) == 0;
}
