/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* support.c - a fake root directory below the temporary one, and other things that several unit tests need. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	return ftw->level == 0 ? 0 : remove(path);
}

void tree_clear(const struct tree *tree)
{
	assert_int_equal(nftw(tree->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int tree_setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	const char *directory = getenv("TMPDIR");

	if (!tree)
		return -1;
	umask(022);
	snprintf(tree->root, sizeof(tree->root), "%s/nestxml-unit-XXXXXX", directory ? directory : P_tmpdir);
	if (!mkdtemp(tree->root) || chmod(tree->root, 0755) != 0)
		return -1;
	*state = tree;
	return 0;
}

int tree_teardown(void **state)
{
	struct tree *tree = *state;

	become_oneself();
	tree_clear(tree);
	rmdir(tree->root);
	free(tree);
	return 0;
}

const char *tree_path(const struct tree *tree, const char *path)
{
	static char joined[2 * PATH_MAX];

	snprintf(joined, sizeof(joined), "%s%s", tree->root, path);
	return joined;
}

void tree_directory(const struct tree *tree, const char *path)
{
	char part[PATH_MAX];

	for (const char *end = path; *end;) {
		end = strchrnul(end + 1, '/');
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		if (mkdir(tree_path(tree, part), 0755) != 0)
			assert_int_equal(errno, EEXIST);
	}
}

void tree_write_bytes(const struct tree *tree, const char *path, const char *data, size_t length, mode_t mode)
{
	char directory[PATH_MAX];
	int fd;

	snprintf(directory, sizeof(directory), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (directory[0])
		tree_directory(tree, directory);
	fd = open(tree_path(tree, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, length), length);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

void tree_write(const struct tree *tree, const char *path, const char *text)
{
	tree_write_bytes(tree, path, text, strlen(text), 0644);
}

void tree_host(const struct tree *tree, const char *vendor_id, const char *module, const char *nested)
{
	char text[256];

	snprintf(text, sizeof(text), "processor\t: 0\nvendor_id\t: %s\ncpu family\t: 6\nmodel name\t: a CPU\n", vendor_id);
	tree_write(tree, "/proc/cpuinfo", text);
	if (!module)
		return;
	snprintf(text, sizeof(text), "/sys/module/%s/parameters", module);
	tree_directory(tree, text);
	snprintf(text, sizeof(text), "/sys/module/%s/parameters/nested", module);
	if (nested)
		tree_write(tree, text, nested);
}

void become_nobody(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
}

void become_oneself(void)
{
	if (geteuid() != getuid())
		assert_int_equal(seteuid(getuid()), 0);
}

struct nestxml_domain *domain_of(const char *xml)
{
	struct nestxml_domain *domain = NULL;
	struct nestxml_error error = {0};
	int code = nestxml_domain_new(xml, strlen(xml), &domain, &error);

	CHECK(code == 0, "%s: %s", xml, error.message);
	return domain;
}

bool is_printable(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return nestxml_utf8_span(text, length) == length;
}

size_t make_line(const char *words, char *line, size_t size)
{
	size_t length = strlen(words);

	assert_true(length + 2 <= size);
	memcpy(line, words, length + 1);
	line[length + 1] = '\0';
	for (size_t i = 0; i < length; i++)
		if (line[i] == ' ')
			line[i] = '\0';
	return length > 0 ? length + 1 : 0;
}
