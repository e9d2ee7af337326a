/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_clients.c - who is connected, compared. */
#include "libvirt/clients.h"
#include "macros.h"
#include "support.h"

static struct client ours = {.id = 1, .pid = 10, .is_ours = true, .name = "nestctl"};
static struct client reader = {.id = 2, .pid = 20, .is_readonly = true, .name = "virt-top"};
static struct client virsh = {.id = 3, .pid = 30, .name = "virsh"};
static struct client remote = {.id = 4};
static struct client hidden = {.id = 5, .pid = 50};

#define CLIENTS(...)                                                                         \
	(struct clients)                                                                     \
	{                                                                                    \
		(struct client[]){__VA_ARGS__}, ARRAY_SIZE(((struct client[]){__VA_ARGS__})) \
	}

static void test_readers_and_nestctl_do_not_count(void **state)
{
	struct clients quiet = CLIENTS(ours, reader);
	struct clients busy = CLIENTS(ours, reader, virsh, remote);
	struct clients none = {0};

	(void)state;
	assert_int_equal(clients_count_writers(&none), 0);
	assert_int_equal(clients_count_writers(&quiet), 0);
	assert_int_equal(clients_count_writers(&busy), 2);
}

static void test_the_daemon_that_is_asked_knows_this_process_or_is_another(void **state)
{
	struct clients clients = CLIENTS(reader, ours);

	(void)state;
	assert_true(clients_has_process(&clients, 10));
	assert_false(clients_has_process(&clients, 11));
}

static void check_described(struct clients clients, const char *expected)
{
	char text[256];

	assert_string_equal(clients_describe_writers(&clients, text, sizeof(text)), expected);
}

static void test_they_are_named(void **state)
{
	char small[8];
	struct clients one = CLIENTS(virsh);

	(void)state;
	check_described(CLIENTS(ours, reader), "");
	check_described(CLIENTS(ours, virsh, reader), "virsh (process 30)");
	check_described(CLIENTS(virsh, remote), "virsh (process 30) and another client");
	check_described(CLIENTS(virsh, hidden, remote), "virsh (process 30), process 50 and another client");
	check_described(CLIENTS(virsh, virsh, virsh, virsh, reader, virsh),
			"virsh (process 30), virsh (process 30), virsh (process 30) and 2 more");
	assert_string_equal(clients_describe_writers(&one, small, sizeof(small)), "virsh (");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readers_and_nestctl_do_not_count),
		cmocka_unit_test(test_the_daemon_that_is_asked_knows_this_process_or_is_another),
		cmocka_unit_test(test_they_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
