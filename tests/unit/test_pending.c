/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_pending.c - which guests wait, until when, and which events are this process's own. */
#include "macros.h"
#include "support.h"

#include "guests/pending.h"

#define DEFINED VIRT_EVENT_DEFINED

/* ---- the one that is tested: empty at the start of each test ---- */

static struct pending pending;

static int reset(void **state)
{
	(void)state;
	pending = (struct pending){0};
	return 0;
}

static const char *make_uuid(size_t number)
{
	static char uuid[PENDING_UUID];

	snprintf(uuid, sizeof(uuid), "00000000-0000-0000-0000-%012zu", number);
	return uuid;
}

static void expect(size_t number, size_t events, int64_t now)
{
	pending_expect(&pending, make_uuid(number), events, now);
}

static void happens(size_t number, enum virt_event event, int64_t now)
{
	CHECK(pending_add(&pending, make_uuid(number), event, now), "%zu at %ld", number, (long)now);
}

static void check_taken(bool is_alone, int64_t now, size_t number)
{
	char uuid[PENDING_UUID] = "";

	CHECK(pending_take(&pending, is_alone, now, uuid), "%zu at %ld", number, (long)now);
	assert_string_equal(uuid, make_uuid(number));
}

/* With nobody else connected. */
static void check_next(size_t number)
{
	check_taken(true, 0, number);
}

static void check_none(bool is_alone, int64_t now)
{
	char uuid[PENDING_UUID] = "";

	CHECK(!pending_take(&pending, is_alone, now, uuid), "%s at %ld", uuid, (long)now);
}

static void check_empty(void)
{
	check_none(true, INT32_MAX);
}

static void test_guests_are_taken_in_the_order_of_their_events_each_once(void **state)
{
	(void)state;
	check_empty();
	happens(2, DEFINED, 0);
	happens(1, DEFINED, 0);
	happens(2, DEFINED, 0);
	check_next(2);
	happens(2, DEFINED, 0);
	check_next(1);
	check_next(2);
	check_empty();
}

/* ---- other programs at work ---- */

static void test_with_nobody_else_a_guest_is_taken_at_once(void **state)
{
	(void)state;
	happens(1, DEFINED, 1000);
	check_taken(true, 1000, 1);
}

static void test_with_others_a_guest_is_taken_when_it_has_been_quiet(void **state)
{
	(void)state;
	happens(1, DEFINED, 1000);
	check_none(false, 1000);
	check_none(false, 1000 + PENDING_QUIET - 1);
	check_taken(false, 1000 + PENDING_QUIET, 1);
	check_empty();
}

static void test_when_they_have_gone_it_is_taken_at_once(void **state)
{
	(void)state;
	happens(1, DEFINED, 1000);
	check_none(false, 1001);
	check_taken(true, 1002, 1);
}

static void test_each_event_of_the_guest_begins_its_time_again(void **state)
{
	static const enum virt_event events[] = {VIRT_EVENT_DEFINED, VIRT_EVENT_METADATA, VIRT_EVENT_OTHER};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		reset(state);
		happens(1, DEFINED, 1000);
		happens(1, events[i], 1200);
		check_none(false, 1200 + PENDING_QUIET - 1);
		check_taken(false, 1200 + PENDING_QUIET, 1);
	}
}

static void test_another_guests_events_do_not(void **state)
{
	(void)state;
	happens(1, DEFINED, 1000);
	happens(2, DEFINED, 1200);
	check_taken(false, 1000 + PENDING_QUIET, 1);
	check_none(false, 1000 + PENDING_QUIET);
}

static void test_a_guest_that_was_only_touched_is_not_looked_at(void **state)
{
	(void)state;
	happens(1, VIRT_EVENT_OTHER, 1000);
	assert_int_equal(pending_get_wait(&pending, true, 1000), -1);
	check_none(true, 1000);
	check_none(false, 1000 + PENDING_QUIET);
}

/* As a sweep wants all of them. */
static void test_a_guest_that_is_wanted_anyway_waits_for_its_quiet(void **state)
{
	(void)state;
	assert_true(pending_want(&pending, make_uuid(1), false, 1000));
	happens(1, VIRT_EVENT_OTHER, 1000);
	assert_false(pending_want(&pending, make_uuid(1), false, 1000 + PENDING_QUIET - 1));
	check_taken(false, 1000 + PENDING_QUIET, 1);
	happens(1, VIRT_EVENT_OTHER, 1000);
	assert_true(pending_want(&pending, make_uuid(1), false, 1000 + PENDING_QUIET));
	happens(1, VIRT_EVENT_OTHER, 1000);
	assert_true(pending_want(&pending, make_uuid(1), true, 1000));
	check_empty();
}

static void test_libvirt_is_asked_often_whether_the_others_have_left(void **state)
{
	int soon;
	int later;

	(void)state;
	assert_int_equal(pending_get_wait(&pending, true, 0), -1);
	happens(1, DEFINED, 1000);
	assert_int_equal(pending_get_wait(&pending, false, 1000), PENDING_QUIET);
	assert_int_equal(pending_get_wait(&pending, false, 1001), PENDING_QUIET - 1);
	soon = pending_get_wait(&pending, true, 1000);
	later = pending_get_wait(&pending, true, 1000 + PENDING_SOON);
	assert_true(0 < soon && soon < later && later < PENDING_QUIET);
	assert_int_equal(pending_get_wait(&pending, true, 1000 + PENDING_QUIET - 1), 1);
	assert_int_equal(pending_get_wait(&pending, true, 1000 + 2 * PENDING_QUIET), 0);
}

/* ---- the watcher's own changes ---- */

static void test_own_changes_wake_nobody_and_the_next_one_does(void **state)
{
	(void)state;
	expect(1, 2, 0);
	happens(1, DEFINED, 0);
	happens(1, DEFINED, PENDING_OWN_TIME);
	check_empty();
	happens(1, DEFINED, 0);
	check_next(1);
}

static void test_only_a_definition_is_an_own_change(void **state)
{
	(void)state;
	expect(1, 1, 0);
	happens(1, VIRT_EVENT_METADATA, 0);
	check_next(1);
	happens(1, DEFINED, 0);
	check_empty();
}

static void test_an_expectation_is_of_one_guest_and_ends(void **state)
{
	(void)state;
	expect(1, 1, 0);
	happens(2, DEFINED, 0);
	check_next(2);
	happens(1, DEFINED, PENDING_OWN_TIME + 1);
	check_next(1);
}

static void test_expectations_are_taken_from_the_middle(void **state)
{
	(void)state;
	for (size_t i = 1; i <= 3; i++)
		expect(i, 1, 0);
	for (size_t i = 2; i <= 4; i++)
		happens(i, DEFINED, 0);
	happens(1, DEFINED, 0);
	check_next(4);
	check_empty();
}

/* ---- bounds ---- */

/* Whatever comes, memory stays what it is: too many guests are all of them, and too many expectations are some looks more. */
static void test_both_lists_are_bounded(void **state)
{
	char uuid[PENDING_UUID];

	(void)state;
	for (size_t i = 0; i < PENDING_LIMIT; i++)
		happens(i, DEFINED, 0);
	assert_false(pending_add(&pending, make_uuid(PENDING_LIMIT), DEFINED, 0));
	happens(0, DEFINED, 0);
	while (pending_take(&pending, true, 0, uuid)) {
	}
	for (size_t i = 0; i <= PENDING_LIMIT; i++)
		expect(i, 1, 0);
	happens(0, DEFINED, 0);
	check_next(0);
	for (size_t i = 1; i <= PENDING_LIMIT; i++)
		happens(i, DEFINED, 0);
	check_empty();
}

/* Guests that nobody wants to look at take no room for longer than they are left alone. */
static void test_those_that_were_only_touched_make_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < PENDING_LIMIT; i++)
		happens(i, VIRT_EVENT_OTHER, 0);
	assert_false(pending_add(&pending, make_uuid(PENDING_LIMIT), DEFINED, PENDING_QUIET - 1));
	happens(PENDING_LIMIT, DEFINED, PENDING_QUIET);
	check_next(PENDING_LIMIT);
}

static void test_the_ring_goes_round(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3 * PENDING_LIMIT; i++) {
		expect(i, 1, 0);
		happens(i, DEFINED, 0);
		happens(i + 1, DEFINED, 0);
		check_next(i + 1);
		check_empty();
	}
}

/* What was expected of a connection that has ended would hide another program's change from the next one. */
static void test_nothing_is_expected_of_a_connection_that_has_ended(void **state)
{
	(void)state;
	expect(1, 1, 0);
	happens(2, DEFINED, 0);
	pending_forget(&pending);
	check_empty();
	happens(1, DEFINED, 0);
	check_next(1);
}

/* ---- a guest that an own definition has brought back ---- */

static void check_back(int64_t now, size_t number)
{
	char uuid[PENDING_UUID] = "";

	CHECK(pending_find_back(&pending, now, uuid), "%zu at %ld", number, (long)now);
	assert_string_equal(uuid, make_uuid(number));
	assert_true(pending_is_back(&pending, uuid));
	pending_remove(&pending, uuid);
	assert_false(pending_is_back(&pending, uuid));
}

static void check_none_back(int64_t now)
{
	char uuid[PENDING_UUID] = "";

	CHECK(!pending_find_back(&pending, now, uuid), "%s at %ld", uuid, (long)now);
}

#define MOST_EVENTS 4

static void test_what_brings_a_guest_back(void **state)
{
	static const struct {
		const char *what;
		size_t own; /* definitions that are expected */
		size_t count;
		enum virt_event events[MOST_EVENTS]; /* at 0 */
		bool is_back;
		bool is_looked_at;
	} rows[] = {
		{"an own definition of one that had none", 1, 1, {VIRT_EVENT_ADDED}, true, false},
		{"two own definitions", 2, 2, {VIRT_EVENT_ADDED, DEFINED}, true, false},
		{"an own one over one that was there", 1, 1, {DEFINED}, false, false},
		/* Undefined and defined again before the own definition: the first of the two is the other program's. */
		{"one that was defined again", 1, 2, {VIRT_EVENT_ADDED, DEFINED}, false, true},
		/* Nobody else defines a guest so that it had none before: it is new. */
		{"another program's new guest", 0, 1, {VIRT_EVENT_ADDED}, false, true},
		/* Of one that runs, libvirt says that it was changed: its definition for the next start replaces the one it runs by. */
		{"one that runs and was undefined", 1, 2, {VIRT_EVENT_UNDEFINED, DEFINED}, true, false},
		{"the same after an own definition", 2, 3, {DEFINED, VIRT_EVENT_UNDEFINED, DEFINED}, true, false},
		/* Whoever does something to it knows of it. */
		{"one that is touched then", 1, 2, {VIRT_EVENT_ADDED, VIRT_EVENT_OTHER}, false, false},
		{"one that is started then", 1, 2, {VIRT_EVENT_ADDED, VIRT_EVENT_STARTED}, false, false},
		{"one whose metadata are changed then", 1, 2, {VIRT_EVENT_ADDED, VIRT_EVENT_METADATA}, false, true},
		{"one that is defined then", 1, 2, {VIRT_EVENT_ADDED, DEFINED}, false, true},
		{"one that is added then", 1, 2, {VIRT_EVENT_ADDED, VIRT_EVENT_ADDED}, false, true},
		/* Whoever stops it does not show that its definition is known to anyone. */
		{"one that is stopped then", 1, 2, {VIRT_EVENT_ADDED, VIRT_EVENT_STOPPED}, true, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_message("%s\n", rows[i].what);
		reset(state);
		expect(1, rows[i].own, 0);
		for (size_t k = 0; k < rows[i].count; k++)
			happens(1, rows[i].events[k], 0);
		check_none_back(PENDING_QUIET - 1);
		if (rows[i].is_back)
			check_back(PENDING_QUIET, 1);
		check_none_back(INT32_MAX);
		if (rows[i].is_looked_at)
			check_next(1);
		check_empty();
	}
}

static void test_a_guest_that_is_back_waits_from_its_last_event(void **state)
{
	(void)state;
	expect(1, 1, 1000);
	happens(1, VIRT_EVENT_OTHER, 1000); /* the undefine */
	happens(1, VIRT_EVENT_ADDED, 1000);
	check_none(true, INT32_MAX);
	check_none_back(1000 + PENDING_QUIET - 1);
	assert_int_equal(pending_get_wait(&pending, true, 1000), PENDING_QUIET);
	happens(1, VIRT_EVENT_STOPPED, 1001);
	check_none_back(1000 + PENDING_QUIET);
	check_back(1001 + PENDING_QUIET, 1);
	check_empty();
}

static void test_a_guest_that_its_owner_defines_after_an_undefine_is_not_back(void **state)
{
	(void)state;
	happens(1, VIRT_EVENT_UNDEFINED, 0);
	happens(1, DEFINED, 1);
	check_none_back(INT32_MAX);
	check_next(1);
	expect(1, 1, 2);
	happens(1, DEFINED, 2); /* the rewrite of it */
	check_none_back(INT32_MAX);
}

/* A look would forget that it is back. */
static void test_a_guest_that_is_back_is_not_looked_at(void **state)
{
	(void)state;
	expect(1, 1, 0);
	happens(1, VIRT_EVENT_METADATA, 0);
	happens(1, VIRT_EVENT_ADDED, 0);
	assert_false(pending_want(&pending, make_uuid(1), true, 0));
	check_none(true, INT32_MAX);
	check_back(PENDING_QUIET, 1);
}

/* ---- giving way ---- */

static void test_a_guest_is_looked_at_again_after_giving_way_to_another_program(void **state)
{
	(void)state;
	assert_true(pending_postpone(&pending, make_uuid(1), 1000));
	check_none(false, 1000 + PENDING_QUIET - 1);
	check_taken(false, 1000 + PENDING_QUIET, 1);
	check_empty();
}

static void test_a_guest_that_is_back_is_back_still_after_giving_way(void **state)
{
	(void)state;
	expect(1, 1, 0);
	happens(1, VIRT_EVENT_ADDED, 0);
	assert_true(pending_postpone(&pending, make_uuid(1), 1));
	check_none_back(PENDING_QUIET);
	check_back(1 + PENDING_QUIET, 1);
}

static void test_where_the_list_is_full_all_are_to_be_looked_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < PENDING_LIMIT; i++)
		happens(i, DEFINED, 0);
	assert_false(pending_postpone(&pending, make_uuid(PENDING_LIMIT), 0));
	assert_true(pending_postpone(&pending, make_uuid(0), 0));
}

#define TEST(function) cmocka_unit_test_setup(function, reset)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_guests_are_taken_in_the_order_of_their_events_each_once),
		TEST(test_with_nobody_else_a_guest_is_taken_at_once),
		TEST(test_with_others_a_guest_is_taken_when_it_has_been_quiet),
		TEST(test_when_they_have_gone_it_is_taken_at_once),
		TEST(test_each_event_of_the_guest_begins_its_time_again),
		TEST(test_another_guests_events_do_not),
		TEST(test_a_guest_that_was_only_touched_is_not_looked_at),
		TEST(test_a_guest_that_is_wanted_anyway_waits_for_its_quiet),
		TEST(test_libvirt_is_asked_often_whether_the_others_have_left),
		TEST(test_own_changes_wake_nobody_and_the_next_one_does),
		TEST(test_only_a_definition_is_an_own_change),
		TEST(test_an_expectation_is_of_one_guest_and_ends),
		TEST(test_expectations_are_taken_from_the_middle),
		TEST(test_both_lists_are_bounded),
		TEST(test_those_that_were_only_touched_make_room),
		TEST(test_the_ring_goes_round),
		TEST(test_nothing_is_expected_of_a_connection_that_has_ended),
		TEST(test_what_brings_a_guest_back),
		TEST(test_a_guest_that_is_back_waits_from_its_last_event),
		TEST(test_a_guest_that_its_owner_defines_after_an_undefine_is_not_back),
		TEST(test_a_guest_that_is_back_is_not_looked_at),
		TEST(test_a_guest_is_looked_at_again_after_giving_way_to_another_program),
		TEST(test_a_guest_that_is_back_is_back_still_after_giving_way),
		TEST(test_where_the_list_is_full_all_are_to_be_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
