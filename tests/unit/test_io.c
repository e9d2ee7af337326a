/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_io.c - how much is read of what may have no end. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io.h"

static const size_t limits[] = {0, 1, 100, 4094, 4095, 4096, 8191, 65534, 65535, 65536, 100000};

static int read_tool(int fd, size_t limit, char **text, size_t *length)
{
	return io_read(fd, limit, 0, text, length);
}

/* One byte more than was asked for tells that there is more; a third one would be taken from who reads next. */
static void check_reading(int (*reading)(int fd, size_t limit, char **text, size_t *length), const char *source, size_t size)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		size_t wanted = size <= limits[i] ? size : limits[i] + 1;
		int fd = open(source, O_RDONLY | O_CLOEXEC);
		char *text;
		size_t length;

		assert_true(fd >= 0);
		assert_int_equal(reading(fd, limits[i], &text, &length), 0);
		CHECK(length == wanted, "limit %zu: %zu bytes", limits[i], length);
		CHECK(lseek(fd, 0, SEEK_CUR) == (off_t)wanted, "limit %zu: at %ld", limits[i], (long)lseek(fd, 0, SEEK_CUR));
		assert_int_equal(text[length], 0);
		free(text);
		close(fd);
	}
}

static void write_blanks(const struct tree *tree, size_t size)
{
	AUTO_FREE char *blanks = malloc(size + 1);

	assert_non_null(blanks);
	memset(blanks, ' ', size);
	blanks[size] = '\0';
	tree_write(tree, "/file", blanks);
}

static void test_no_more_is_read_than_tells_that_there_is_more(void **state)
{
	const struct tree *tree = *state;
	AUTO_FREE char *path = nestxml_path_join(tree->root, "/file");
	static const size_t sizes[] = {0, 1, 4095, 4096, 65535, 65536, 65537, 200000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		write_blanks(tree, sizes[i]);
		check_reading(read_tool, path, sizes[i]);
	}
}

static void test_a_file_that_is_too_long_leaves_nothing(void **state)
{
	const struct tree *tree = *state;
	char *text = NULL;
	size_t length = 7;

	write_blanks(tree, 11);
	assert_int_equal(nestxml_file_read(tree->root, "/file", 10, &text, &length), -EFBIG);
	assert_null(text);
	assert_int_equal(length, 7);
	assert_int_equal(nestxml_file_read(tree->root, "/file", 11, &text, &length), 0);
	assert_int_equal(length, 11);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TREE_TEST(test_no_more_is_read_than_tells_that_there_is_more),
		TREE_TEST(test_a_file_that_is_too_long_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
