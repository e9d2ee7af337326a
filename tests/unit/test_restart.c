/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_restart.c - each condition under which a guest is started again, by itself. */
#include "helper/restart.h"
#include "support.h"

#define REFUSED 1000

/* Nothing stands against a start from @LATER on. */
static const struct restart good = {.refused = REFUSED, .known = REFUSED, .knows_clients = true, .last_event = REFUSED};
#define LATER (REFUSED + RESTART_QUIET)

static void check_decision(struct restart restart, int64_t now, enum restart_decision expected, const char *said)
{
	const char *why = "nothing";
	enum restart_decision decision = restart_decide(&restart, now, &why);

	CHECK(decision == expected, "decided %d (%s) at %ld", (int)decision, why, (long)now);
	CHECK(!said || strcmp(why, said) == 0, "%s", why);
}

static void test_it_is_started_when_all_is_quiet(void **state)
{
	(void)state;
	check_decision(good, REFUSED, RESTART_WAIT, NULL);
	check_decision(good, LATER - 1, RESTART_WAIT, NULL);
	check_decision(good, LATER, RESTART_NOW, NULL);
}

static void test_not_if_it_was_undefined(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.was_undefined = true;
	check_decision(restart, REFUSED, RESTART_NEVER, "it has been undefined in the meantime");
	check_decision(restart, LATER, RESTART_NEVER, "it has been undefined in the meantime");
}

static void test_not_if_the_clients_are_not_known(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.knows_clients = false;
	check_decision(restart, REFUSED, RESTART_NEVER, "it is unknown which programs are connected to libvirt");
	check_decision(restart, LATER, RESTART_NEVER, "it is unknown which programs are connected to libvirt");
}

static void test_while_the_clients_may_be_known_later_it_waits_for_a_minute(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.known = 0;
	restart.knows_clients = false;
	restart.may_know = true;
	check_decision(restart, LATER, RESTART_WAIT, NULL);
	check_decision(restart, REFUSED + RESTART_ANSWER_TIME - 1, RESTART_WAIT, NULL);
	check_decision(restart, REFUSED + RESTART_ANSWER_TIME, RESTART_NEVER, "it is unknown which programs are connected to libvirt");
	restart.knows_clients = true; /* at last */
	restart.known = REFUSED + RESTART_ANSWER_TIME;
	check_decision(restart, restart.known, RESTART_NOW, NULL);
	restart.writers = 1; /* who is there has five seconds from then on */
	check_decision(restart, restart.known + RESTART_CLIENTS_TIME - 1, RESTART_WAIT, NULL);
	check_decision(restart, restart.known + RESTART_CLIENTS_TIME, RESTART_NEVER, "another program is still connected to libvirt");
}

/* Of which its owner was told, for whatever is waited for. */
static void test_one_of_many_has_three_minutes_for_all_of_it(void **state)
{
	const int64_t end = REFUSED + RESTART_TURN_TIME;
	struct restart restart = {.refused = REFUSED, .last_event = REFUSED, .may_know = true, .is_queued = true};

	(void)state;
	check_decision(restart, end - 1, RESTART_WAIT, NULL);
	check_decision(restart, end, RESTART_NEVER, "too many guests were refused at once, and its turn did not come");
	restart.known = REFUSED + 20000;
	check_decision(restart, end - 1, RESTART_WAIT, NULL);
	check_decision(restart, end, RESTART_NEVER, "it is unknown which programs are connected to libvirt");
	restart.knows_clients = true;
	check_decision(restart, restart.known, RESTART_NOW, NULL);
	restart.writers = 1;
	check_decision(restart, end - 1, RESTART_WAIT, NULL);
	check_decision(restart, end, RESTART_NEVER, "another program is still connected to libvirt");
	restart.writers = 0;
	restart.last_event = end - 1;
	check_decision(restart, end - 1, RESTART_WAIT, NULL);
	check_decision(restart, end, RESTART_NEVER, "something keeps happening to it");
}

/* The message promised five seconds. */
static void test_once_the_clients_were_known_it_does_not_wait_for_a_minute(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.may_know = true;
	restart.writers = 1;
	restart.knows_clients = false;
	check_decision(restart, restart.known + RESTART_CLIENTS_TIME - 1, RESTART_WAIT, NULL);
	check_decision(restart, restart.known + RESTART_CLIENTS_TIME, RESTART_NEVER,
		       "it is unknown which programs are connected to libvirt");
	restart.writers = 0;
	check_decision(restart, restart.known + RESTART_TIME - 1, RESTART_WAIT, NULL);
	check_decision(restart, restart.known + RESTART_TIME, RESTART_NEVER, "it is unknown which programs are connected to libvirt");
}

static void test_it_waits_until_it_may_be_quiet_or_asks_again_after_a_pause(void **state)
{
	struct restart restart = good;

	(void)state;
	assert_int_equal(restart_get_wait(&restart, REFUSED, 20), RESTART_QUIET);
	assert_int_equal(restart_get_wait(&restart, LATER - 1, 20), 1);
	assert_int_equal(restart_get_wait(&restart, LATER + 50, 20), 0);
	restart.last_writer = REFUSED + 100;
	assert_int_equal(restart_get_wait(&restart, LATER, 20), 100);
	restart.writers = 1;
	assert_int_equal(restart_get_wait(&restart, LATER, 20), 20);
	restart.writers = 0;
	restart.knows_clients = false;
	assert_int_equal(restart_get_wait(&restart, LATER, 40), 40);
}

static void test_not_while_another_is_connected_and_not_after_five_seconds_of_that(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.writers = 1;
	restart.last_writer = REFUSED + RESTART_CLIENTS_TIME - 1;
	check_decision(restart, REFUSED + RESTART_CLIENTS_TIME - 1, RESTART_WAIT, NULL);
	check_decision(restart, REFUSED + RESTART_CLIENTS_TIME, RESTART_NEVER, "another program is still connected to libvirt");
	restart.writers = 0; /* it goes at the last moment */
	check_decision(restart, REFUSED + RESTART_CLIENTS_TIME, RESTART_WAIT, NULL);
	check_decision(restart, REFUSED + RESTART_CLIENTS_TIME - 1 + RESTART_QUIET, RESTART_NOW, NULL);
}

static void test_what_happens_to_it_begins_the_quiet_again(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.last_event = REFUSED + 200;
	check_decision(restart, LATER, RESTART_WAIT, NULL);
	check_decision(restart, LATER + 200, RESTART_NOW, NULL);
	restart.last_writer = REFUSED + 250;
	check_decision(restart, LATER + 200, RESTART_WAIT, NULL);
	check_decision(restart, LATER + 250, RESTART_NOW, NULL);
}

static void test_not_if_it_never_comes_to_rest(void **state)
{
	struct restart restart = good;

	(void)state;
	restart.last_event = REFUSED + RESTART_TIME - 1;
	check_decision(restart, REFUSED + RESTART_TIME - 1, RESTART_WAIT, NULL);
	check_decision(restart, REFUSED + RESTART_TIME, RESTART_NEVER, "something keeps happening to it");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_many_has_three_minutes_for_all_of_it),
		cmocka_unit_test(test_once_the_clients_were_known_it_does_not_wait_for_a_minute),
		cmocka_unit_test(test_it_is_started_when_all_is_quiet),
		cmocka_unit_test(test_not_if_it_was_undefined),
		cmocka_unit_test(test_not_if_the_clients_are_not_known),
		cmocka_unit_test(test_while_the_clients_may_be_known_later_it_waits_for_a_minute),
		cmocka_unit_test(test_it_waits_until_it_may_be_quiet_or_asks_again_after_a_pause),
		cmocka_unit_test(test_not_while_another_is_connected_and_not_after_five_seconds_of_that),
		cmocka_unit_test(test_what_happens_to_it_begins_the_quiet_again),
		cmocka_unit_test(test_not_if_it_never_comes_to_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
