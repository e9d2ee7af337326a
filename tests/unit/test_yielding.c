/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_yielding.c - which changes are made, and which give way to another program, by what happens while a definition is read. */
#include "support.h"

#include "clock.h"
#include "guests/yielding.h"

#include <unistd.h>

#define UUID "00000000-0000-0000-0000-000000000001"
#define NOTHING ((enum virt_event)(-1))

/* ---- libvirt, and a definition whose every write is wanted ---- */

struct virt_domain {
	bool is_undefined;
};

static struct pending pending;

static struct {
	enum virt_event events[4];  /* what has happened by the time that is asked for first, second ... */
	bool others[2];		    /* whether another program is connected then, asked for first, second */
	size_t writes;		    /* how many a rewrite takes */
	bool has_gone;		    /* libvirt */
	const struct tree *changed; /* where the definition is changed without an event, right before each write */
	bool is_unfinished;	    /* the change */
	size_t heard;
	size_t asked;
	size_t written;
} world;

static bool hear(void *context)
{
	enum virt_event event = world.heard < ARRAY_SIZE(world.events) ? world.events[world.heard] : NOTHING;

	(void)context;
	world.heard++;
	if (event != NOTHING)
		assert_true(pending_add(&pending, UUID, event, nestxml_clock_monotonic()));
	return !world.has_gone;
}

static bool is_alone(void *context)
{
	(void)context;
	return world.asked >= ARRAY_SIZE(world.others) || !world.others[world.asked++];
}

static const struct yielding yielding = {.pending = &pending, .hear = hear, .is_alone = is_alone};

const char *virt_domain_get_uuid(const struct virt_domain *domain)
{
	(void)domain;
	return UUID;
}

const char *virt_domain_get_name(const struct virt_domain *domain)
{
	(void)domain;
	return "vm";
}

#define DEFINITION "/etc/libvirt/qemu/vm.xml"

/* As libvirt does it. */
static void replace_definition(const struct tree *tree)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", tree_path(tree, DEFINITION ".new"));
	tree_write(tree, DEFINITION ".new", "<domain/>");
	if (!world.is_unfinished)
		assert_int_equal(rename(path, tree_path(tree, DEFINITION)), 0);
}

static bool write_is_allowed(const struct rewrite_terms *terms)
{
	if (!terms->may_write(terms->context))
		return false;
	if (world.changed)
		replace_definition(world.changed);
	return terms->is_undisturbed(terms->context);
}

void definition_rewrite_on(struct virt *virt, const struct virt_domain *guest, const struct host_policy *host_policy,
			   const struct rewrite_terms *terms, struct rewritten *rewritten)
{
	(void)virt;
	(void)guest;
	(void)host_policy;
	*rewritten = (struct rewritten){.result = REWRITE_DONE};
	assert_true(terms->spares_managers);
	while (rewritten->result == REWRITE_DONE && rewritten->defines < world.writes)
		if (write_is_allowed(terms))
			world.written = ++rewritten->defines;
		else
			rewritten->result = REWRITE_YIELDED;
}

enum undone definition_undo(struct virt_domain *guest, const struct host_policy *host_policy, const struct rewrite_terms *terms,
			    char *message, size_t size)
{
	(void)host_policy;
	snprintf(message, size, "undone");
	guest->is_undefined = write_is_allowed(terms);
	return guest->is_undefined ? UNDO_DONE : UNDO_KEPT;
}

/* ---- the tests ---- */

static void reset(void)
{
	pending = (struct pending){0};
	memset(&world, 0, sizeof(world));
	for (size_t i = 0; i < ARRAY_SIZE(world.events); i++)
		world.events[i] = NOTHING;
	world.writes = 1;
}

static enum rewrite rewrite(bool alone)
{
	const struct virt_domain guest = {0};
	struct rewritten rewritten;

	yielding_rewrite(&yielding, NULL, &guest, alone, &rewritten);
	return rewritten.result;
}

static void test_it_is_written_where_nothing_has_come(void **state)
{
	(void)state;
	for (int alone = 0; alone <= 1; alone++) {
		reset();
		assert_int_equal(rewrite(alone), REWRITE_DONE);
		assert_int_equal(world.written, 1);
		CHECK(world.asked == (size_t)alone, "who is connected is asked only where that nobody is was the reason: %d", alone);
	}
}

static void test_an_event_before_the_write_is_another_programs_work(void **state)
{
	(void)state;
	for (size_t at = 0; at < 2; at++) {
		reset();
		world.events[at] = VIRT_EVENT_METADATA;
		CHECK(rewrite(true) == REWRITE_YIELDED, "%zu", at);
		assert_int_equal(world.written, 0);
		assert_true(pending_get_wait(&pending, false, nestxml_clock_monotonic()) > 0);
	}
	reset();
	world.events[0] = VIRT_EVENT_OTHER;
	assert_int_equal(rewrite(false), REWRITE_YIELDED);
}

static void test_whoever_has_connected_meanwhile_goes_first(void **state)
{
	(void)state;
	reset();
	world.others[0] = true;
	assert_int_equal(rewrite(true), REWRITE_YIELDED);
	assert_int_equal(world.written, 0);
}

static void test_nothing_is_written_to_a_libvirt_that_has_gone(void **state)
{
	(void)state;
	reset();
	world.has_gone = true;
	assert_int_equal(rewrite(false), REWRITE_YIELDED);
	assert_int_equal(world.written, 0);
}

static void test_the_event_of_the_first_write_does_not_keep_it_from_the_second(void **state)
{
	(void)state;
	reset();
	world.writes = 2;
	world.events[1] = VIRT_EVENT_DEFINED;
	assert_int_equal(rewrite(false), REWRITE_DONE);
	assert_int_equal(world.written, 2);
	/* and that of the second one is expected still */
	assert_true(pending_add(&pending, UUID, VIRT_EVENT_DEFINED, nestxml_clock_monotonic()));
	assert_int_equal(pending_get_wait(&pending, false, 0), -1);
}

/* A disk or the memory of a definition has none. */
static void test_a_change_without_an_event_shows_in_its_file(void **state)
{
	setenv("NESTXML_TEST_ROOT", ((struct tree *)*state)->root, 1);
	for (int alone = 0; alone <= 1; alone++) {
		reset();
		replace_definition(*state);
		assert_int_equal(rewrite(alone), REWRITE_DONE);
		reset();
		world.changed = *state;
		CHECK(rewrite(alone) == REWRITE_YIELDED && world.written == 0, "%d", alone);
		reset();
		world.changed = *state;
		world.is_unfinished = true;
		CHECK(rewrite(alone) == REWRITE_YIELDED && world.written == 0, "%d, unfinished", alone);
	}
	unsetenv("NESTXML_TEST_ROOT");
}

static void bring_back(void)
{
	reset();
	pending_expect(&pending, UUID, 1, 0);
	assert_true(pending_add(&pending, UUID, VIRT_EVENT_ADDED, 0));
	assert_true(pending_is_back(&pending, UUID));
}

static void test_it_is_kept_too_where_its_file_has_changed(void **state)
{
	struct virt_domain guest = {0};
	char message[64];

	setenv("NESTXML_TEST_ROOT", ((struct tree *)*state)->root, 1);
	bring_back();
	replace_definition(*state);
	world.changed = *state;
	yielding_undo(&yielding, &guest, message, sizeof(message));
	assert_false(guest.is_undefined);
	unsetenv("NESTXML_TEST_ROOT");
}

static void test_a_guest_that_is_back_is_undefined_unless_its_owner_works_on_it_meanwhile(void **state)
{
	static const struct {
		enum virt_event event;
		bool is_undefined;
	} rows[] = {
		{NOTHING, true},
		{VIRT_EVENT_STOPPED, true},
		{VIRT_EVENT_STARTED, false},
		{VIRT_EVENT_DEFINED, false},
		{VIRT_EVENT_METADATA, false},
		{VIRT_EVENT_OTHER, false},
	};
	char message[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct virt_domain guest = {0};

		bring_back();
		world.events[0] = rows[i].event;
		yielding_undo(&yielding, &guest, message, sizeof(message));
		CHECK(guest.is_undefined == rows[i].is_undefined, "event %d", (int)rows[i].event);
		assert_false(pending_is_back(&pending, UUID));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_written_where_nothing_has_come),
		cmocka_unit_test(test_an_event_before_the_write_is_another_programs_work),
		cmocka_unit_test(test_whoever_has_connected_meanwhile_goes_first),
		cmocka_unit_test(test_nothing_is_written_to_a_libvirt_that_has_gone),
		cmocka_unit_test(test_the_event_of_the_first_write_does_not_keep_it_from_the_second),
		TREE_TEST(test_a_change_without_an_event_shows_in_its_file),
		TREE_TEST(test_it_is_kept_too_where_its_file_has_changed),
		cmocka_unit_test(test_a_guest_that_is_back_is_undefined_unless_its_owner_works_on_it_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
