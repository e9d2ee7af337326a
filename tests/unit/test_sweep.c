/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sweep.c - which guests a sweep leaves out, and that whatever is wrong with its cache leaves out none. */
#include "macros.h"
#include "support.h"
#include "watch/sweep.h"

#define KEY 7

static void make_sweep(struct sweep *sweep, size_t count)
{
	*sweep = (struct sweep){.key = KEY, .count = count};
	sweep->guests = calloc(count + 1, sizeof(*sweep->guests));
	assert_non_null(sweep->guests);
	for (size_t i = 0; i < count; i++) {
		snprintf(sweep->guests[i].uuid, SWEEP_UUID, "00000000-0000-4000-8000-%012u", (unsigned int)i);
		sweep->guests[i].stamp = 100 + i;
		sweep->guests[i].is_settled = true;
	}
}

static char *write_text(size_t count, size_t *length)
{
	struct sweep sweep;
	char *text;

	make_sweep(&sweep, count);
	text = sweep_write(&sweep, length);
	assert_non_null(text);
	sweep_clear(&sweep);
	return text;
}

static void test_what_was_written_is_read(void **state)
{
	static const size_t counts[] = {0, 1, 2, 1000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		size_t length;
		AUTO_FREE char *text = write_text(counts[i], &length);
		struct sweep cache;

		assert_int_equal(strlen(text), length);
		CHECK(sweep_read(text, length, &cache), "%zu", counts[i]);
		assert_int_equal(cache.count, counts[i]);
		for (size_t j = 0; j < counts[i]; j++)
			CHECK(sweep_is_settled(&cache, KEY, cache.guests[j].uuid, 100 + j), "%zu of %zu", j, counts[i]);
		sweep_clear(&cache);
	}
}

static void test_only_the_same_file_under_the_same_key_is_left_out(void **state)
{
	static const struct {
		const char *name;
		uint64_t key;
		const char *uuid;
		uint64_t stamp;
		bool settled;
	} cases[] = {
		{"the same", KEY, "00000000-0000-4000-8000-000000000001", 101, true},
		{"another file", KEY, "00000000-0000-4000-8000-000000000001", 102, false},
		{"no file", KEY, "00000000-0000-4000-8000-000000000001", 0, false},
		{"another policy", KEY + 1, "00000000-0000-4000-8000-000000000001", 101, false},
		{"a policy that changed while it was read", 0, "00000000-0000-4000-8000-000000000001", 101, false},
		{"another guest", KEY, "00000000-0000-4000-8000-000000000009", 101, false},
		{"no UUID", KEY, "", 101, false},
		{"more than a UUID", KEY, "00000000-0000-4000-8000-0000000000012", 101, false},
	};
	struct sweep cache;

	(void)state;
	make_sweep(&cache, 3);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(sweep_is_settled(&cache, cases[i].key, cases[i].uuid, cases[i].stamp) == cases[i].settled, "%s", cases[i].name);
	cache.key = 0;
	assert_false(sweep_is_settled(&cache, 0, cache.guests[1].uuid, 101));
	sweep_clear(&cache);
}

static void test_what_is_not_settled_is_not_written(void **state)
{
	struct sweep sweep;
	struct sweep cache;
	AUTO_FREE char *text = NULL;
	size_t length;

	(void)state;
	make_sweep(&sweep, 3);
	sweep.guests[1].is_settled = false;
	text = sweep_write(&sweep, &length);
	assert_true(sweep_read(text, length, &cache));
	assert_int_equal(cache.count, 2);
	assert_non_null(sweep_find(&cache, sweep.guests[0].uuid));
	assert_null(sweep_find(&cache, sweep.guests[1].uuid));
	assert_false(sweep_is_settled(&sweep, KEY, sweep.guests[1].uuid, 101));
	sweep_clear(&sweep);
	sweep_clear(&cache);
}

static void check_nothing(const char *text, size_t length, const char *what, size_t where)
{
	struct sweep cache = {.count = 99};

	CHECK(!sweep_read(text, length, &cache), "%s %zu", what, where);
	assert_int_equal(cache.count, 0);
	assert_null(cache.guests);
}

static void test_a_damaged_cache_is_ignored(void **state)
{
	size_t length;
	AUTO_FREE char *text = write_text(3, &length);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		check_nothing(text, i, "cut at", i);
		check_nothing(text + i + 1, length - i - 1, "begun after", i);
		for (unsigned int bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ (1 << bit));
			check_nothing(text, length, "changed at", i);
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	}
	check_nothing("", 0, "empty", 0);
	check_nothing("garbage\n", 8, "garbage", 0);
}

/* As one who can write the checksum, too: it is looked up by halves, which needs an order. */
static void check_forged(size_t count, void (*forge)(struct sweep *), bool good)
{
	struct sweep sweep;
	struct sweep cache;
	AUTO_FREE char *text = NULL;
	size_t length;

	make_sweep(&sweep, count);
	forge(&sweep);
	text = sweep_write(&sweep, &length);
	assert_true(sweep_read(text, length, &cache) == good);
	sweep_clear(&sweep);
	sweep_clear(&cache);
}

static void swap(struct sweep *sweep)
{
	struct sweep_guest first = sweep->guests[0];

	sweep->guests[0] = sweep->guests[1];
	sweep->guests[1] = first;
}

static void double_first(struct sweep *sweep)
{
	sweep->guests[1] = sweep->guests[0];
}

static void spoil_uuid(struct sweep *sweep)
{
	sweep->guests[0].uuid[3] = 'G';
}

static void leave(struct sweep *sweep)
{
	(void)sweep;
}

static void test_a_cache_with_guests_out_of_order_is_ignored(void **state)
{
	(void)state;
	check_forged(3, leave, true);
	check_forged(3, swap, false);
	check_forged(3, double_first, false);
	check_forged(3, spoil_uuid, false);
}

static void test_each_change_of_a_file_changes_its_stamp(void **state)
{
	const struct stat same = {.st_ino = 1, .st_size = 2, .st_mtim = {3, 4}, .st_ctim = {5, 6}};
	struct stat others[] = {same, same, same, same, same, same};
	struct stat elsewhere = same;

	(void)state;
	others[0].st_ino++;
	others[1].st_size++;
	others[2].st_mtim.tv_sec++;
	others[3].st_mtim.tv_nsec++;
	others[4].st_ctim.tv_sec++;
	others[5].st_ctim.tv_nsec++;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		CHECK(sweep_get_stamp(&others[i]) != sweep_get_stamp(&same), "%zu", i);
	elsewhere.st_dev++; /* its number may be another after a boot */
	assert_true(sweep_get_stamp(&elsewhere) == sweep_get_stamp(&same));
	assert_true(sweep_get_stamp(&same) != 0);
}

static void test_a_file_that_has_just_changed_is_not_at_rest(void **state)
{
	const struct stat status = {.st_ctim = {1000, 0}};

	(void)state;
	assert_false(sweep_is_at_rest(&status, 999)); /* the clock was set back */
	assert_false(sweep_is_at_rest(&status, 1000));
	assert_false(sweep_is_at_rest(&status, 1000 + SWEEP_RACE));
	assert_true(sweep_is_at_rest(&status, 1000 + SWEEP_RACE + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_written_is_read),
		cmocka_unit_test(test_only_the_same_file_under_the_same_key_is_left_out),
		cmocka_unit_test(test_what_is_not_settled_is_not_written),
		cmocka_unit_test(test_a_damaged_cache_is_ignored),
		cmocka_unit_test(test_a_cache_with_guests_out_of_order_is_ignored),
		cmocka_unit_test(test_each_change_of_a_file_changes_its_stamp),
		cmocka_unit_test(test_a_file_that_has_just_changed_is_not_at_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
