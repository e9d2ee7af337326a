/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* yielding.c - asks before each write whether another program has come up. */
#include "guests/yielding.h"

#include "clock.h"

struct work {
	const struct yielding *yielding;
	const char *uuid;
	bool is_alone;
	const struct rewritten *rewritten;
	size_t expected; /* events of own definitions so far */
};

/* Before they are heard. */
static void expect_own(struct work *work)
{
	pending_expect(work->yielding->pending, work->uuid, work->rewritten->defines - work->expected, nestxml_clock_monotonic());
	work->expected = work->rewritten->defines;
}

/* Whatever has come since the guest was taken is the other program's next change. */
static bool may_write(void *context)
{
	struct work *work = context;
	const struct yielding *yielding = work->yielding;

	expect_own(work);
	return yielding->hear(yielding->context) && pending_want(yielding->pending, work->uuid, false, nestxml_clock_monotonic());
}

/* If quiet is the reason, the definition was read last, and nothing comes between that and the write. */
static bool is_undisturbed(void *context)
{
	struct work *work = context;
	const struct yielding *yielding = work->yielding;

	return !work->is_alone || (yielding->is_alone(yielding->context) && may_write(work));
}

void yielding_rewrite(const struct yielding *yielding, struct virt *virt, const struct virt_domain *guest, bool is_alone,
		      struct rewritten *rewritten)
{
	struct work work = {yielding, virt_domain_get_uuid(guest), is_alone, rewritten, 0};
	const struct rewrite_terms terms = {true, may_write, is_undisturbed, &work};

	definition_rewrite_on(virt, guest, yielding->host_policy, &terms, rewritten);
	expect_own(&work);
}

static bool is_back(void *context)
{
	const struct work *work = context;
	const struct yielding *yielding = work->yielding;

	return yielding->hear(yielding->context) && pending_is_back(yielding->pending, work->uuid);
}

enum undone yielding_undo(const struct yielding *yielding, struct virt_domain *guest, char *message, size_t size)
{
	struct work work = {.yielding = yielding, .uuid = virt_domain_get_uuid(guest)};
	const struct rewrite_terms terms = {.may_write = is_back, .context = &work};
	enum undone undone = definition_undo(guest, yielding->host_policy, &terms, message, size);

	pending_remove(yielding->pending, work.uuid);
	return undone;
}
