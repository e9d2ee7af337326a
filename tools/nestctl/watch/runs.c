/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* runs.c - the guests that run, each with what was said of it. */
#include "watch/runs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nestxml/nestxml.h>

static int compare(const void *a, const void *b)
{
	const struct run *left = a;
	const struct run *right = b;

	return strcmp(left->run.uuid, right->run.uuid);
}

/* libvirt gives a number out twice only if it was restarted, and then what was said names a different process from this run's. */
static void take_over(struct run *run, const struct runs *before)
{
	const struct run *old = before->count > 0 ? bsearch(run, before->list, before->count, sizeof(*run), compare) : NULL;

	run->is_due = !old || old->is_due || old->is_started || old->run.id != run->run.id;
	if (old)
		run->said = old->said;
}

int runs_update(struct runs *runs, const struct virt_run *now, size_t count)
{
	struct run *list = calloc(count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		list[i].run = now[i];
		take_over(&list[i], runs);
	}
	qsort(list, count, sizeof(*list), compare);
	free(runs->list);
	*runs = (struct runs){.list = list, .count = count};
	return 0;
}

void runs_note_start(struct runs *runs, const char *uuid)
{
	for (size_t i = 0; i < runs->count; i++)
		if (strcmp(runs->list[i].run.uuid, uuid) == 0)
			runs->list[i].is_started = true;
}

void runs_make_due(struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		runs->list[i].is_due = true;
	runs->next = 0;
}

bool runs_has_due(struct runs *runs)
{
	while (runs->next < runs->count && !runs->list[runs->next].is_due)
		runs->next++;
	return runs->next < runs->count;
}

struct run *runs_take(struct runs *runs)
{
	struct run *run;

	if (!runs_has_due(runs))
		return NULL;
	run = &runs->list[runs->next++];
	run->is_due = false;
	return run;
}

bool run_is_news(struct run *run, const struct run_said *said)
{
	const struct run_said *before = &run->said;
	bool is_news =
		before->is_said != said->is_said || before->pid != said->pid || before->nested != said->nested || before->met != said->met;

	run->said = *said;
	return is_news;
}

void runs_clear(struct runs *runs)
{
	free(runs->list);
	*runs = (struct runs){0};
}
