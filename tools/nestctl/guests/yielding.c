/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* yielding.c - asks before each write whether another program has come up. */
#include "guests/yielding.h"

#include <limits.h>
#include <sys/stat.h>

#include "clock.h"
#include "guests/definition_path.h"
#include "nestctl.h"

/*
 * The files that libvirt has of a definition: the file itself, and, while a change is being stored, the one that is to replace it (libvirt
 * 9.0, traced). They show each change, even one that has no event.
 */
enum { FILES = 2 };

struct file {
	ino_t number; /* 0: there is none to be seen */
	struct timespec changed;
};

struct work {
	const struct yielding *yielding;
	const struct virt_domain *guest;
	const char *uuid;
	bool is_alone;
	const struct rewritten *rewritten;
	size_t expected;	  /* events of own definitions so far */
	struct file files[FILES]; /* before the definition was read last */
};

/* This takes no call to libvirt, so it can be the last thing before the write. */
static void look_at_files(const struct virt_domain *guest, struct file files[FILES])
{
	static const char *const endings[FILES] = {"xml", "xml.new"};
	char path[PATH_MAX];
	struct stat status;

	for (size_t i = 0; i < FILES; i++) {
		files[i] = (struct file){0};
		if (definition_make_path(NESTCTL_ROOT, guest, endings[i], path) && lstat(path, &status) == 0)
			files[i] = (struct file){status.st_ino, status.st_ctim};
	}
}

static bool have_files_changed(const struct work *work)
{
	struct file now[FILES];

	look_at_files(work->guest, now);
	for (size_t i = 0; i < FILES; i++)
		if (now[i].number != work->files[i].number || now[i].changed.tv_sec != work->files[i].changed.tv_sec ||
		    now[i].changed.tv_nsec != work->files[i].changed.tv_nsec)
			return true;
	return false;
}

/* Announces own definitions, before their events are heard. */
static void expect_own(struct work *work)
{
	pending_expect(work->yielding->pending, work->uuid, work->rewritten->defines - work->expected, nestxml_clock_monotonic());
	work->expected = work->rewritten->defines;
}

/* Any event since the guest was taken is another program's change. */
static bool is_quiet(struct work *work)
{
	const struct yielding *yielding = work->yielding;

	expect_own(work);
	return yielding->hear(yielding->context) && pending_want(yielding->pending, work->uuid, false, nestxml_clock_monotonic());
}

static bool may_write(void *context)
{
	struct work *work = context;

	look_at_files(work->guest, work->files);
	return is_quiet(work);
}

/*
 * If the guest was taken because it was quiet, the definition was read by the last call before this, and nothing comes between that and the
 * write.
 */
static bool is_undisturbed(void *context)
{
	struct work *work = context;
	const struct yielding *yielding = work->yielding;

	if (work->is_alone && !(yielding->is_alone(yielding->context) && is_quiet(work)))
		return false;
	return !have_files_changed(work);
}

void yielding_rewrite(const struct yielding *yielding, struct virt *virt, const struct virt_domain *guest, bool is_alone,
		      struct rewritten *rewritten)
{
	struct work work = {yielding, guest, virt_domain_get_uuid(guest), is_alone, rewritten, 0, {{0}}};
	const struct rewrite_terms terms = {true, may_write, is_undisturbed, &work};

	definition_rewrite_on(virt, guest, yielding->host_policy, &terms, rewritten);
	expect_own(&work);
}

static bool is_back(void *context)
{
	struct work *work = context;
	const struct yielding *yielding = work->yielding;

	look_at_files(work->guest, work->files);
	return yielding->hear(yielding->context) && pending_is_back(yielding->pending, work->uuid);
}

enum undone yielding_undo(const struct yielding *yielding, struct virt_domain *guest, char *message, size_t size)
{
	struct work work = {.yielding = yielding, .guest = guest, .uuid = virt_domain_get_uuid(guest)};
	const struct rewrite_terms terms = {.may_write = is_back, .is_undisturbed = is_undisturbed, .context = &work};
	enum undone undone = definition_undo(guest, yielding->host_policy, &terms, message, size);

	pending_remove(yielding->pending, work.uuid);
	return undone;
}
