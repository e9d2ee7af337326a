/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.c - which policy files are read, in which order, and which of them are refused unread. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "io.h"
#include "macros.h"
#include "trusted_path.h"

#define MAX_FILE_SIZE ((size_t)1 << 20)

static const char package_file[] = NESTXML_PACKAGE_DIRECTORY "/nestxml.conf";
static const char admin_file[] = NESTXML_ADMIN_DIRECTORY "/nestxml.conf";
static const char drop_in_directory[] = NESTXML_DROP_IN_DIRECTORY;

static int fail_file(struct nestxml_error *error, const char *file, const char *reason)
{
	return nestxml_error_set(error, NESTXML_E_CONFIG, "policy file %s: %s", file, reason);
}

static const char *find_danger(const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return "is not a regular file";
	if (status->st_size < 0 || (size_t)status->st_size > MAX_FILE_SIZE)
		return "is larger than 1 MiB";
	return NULL;
}

/* Also returns 0 if there is no such file. */
static int read_file(struct nestxml_config *config, const char *root, const char *file, struct nestxml_error *error)
{
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -1;
	char **files = reallocarray(config->files, config->files_count + 1, sizeof(*files));
	struct stat status;
	const char *danger;
	size_t length = 0;
	int code;

	if (files)
		config->files = files;
	if (!files || !(files[config->files_count] = strdup(file)))
		return nestxml_error_set_nomem(error);
	file = files[config->files_count++];
	code = nestxml_trusted_open(root, file, &fd, error);
	if (code != 0 || fd < 0)
		return code;
	danger = fstat(fd, &status) == 0 ? find_danger(&status) : strerror(errno);
	if (danger)
		return fail_file(error, file, danger);
	code = io_read(fd, MAX_FILE_SIZE, 0, &text, &length);
	if (code != 0)
		return fail_file(error, file, strerror(-code));
	return nestxml_config_parse(config, file, text, length, error);
}

static int is_drop_in(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

/* In the order of the bytes, whatever the locale. */
static int compare_names(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static int read_drop_ins(struct nestxml_config *config, const char *root, struct nestxml_error *error)
{
	AUTO_CLOSE int fd = -1;
	struct dirent **entries = NULL;
	int code = nestxml_trusted_open(root, drop_in_directory, &fd, error);
	int count;

	if (code != 0 || fd < 0)
		return code;
	count = scandirat(fd, ".", &entries, is_drop_in, compare_names);
	if (count < 0)
		return errno == ENOMEM ? nestxml_error_set_nomem(error) : fail_file(error, drop_in_directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		char file[sizeof(drop_in_directory) + 256];
		char shown[4 * sizeof(entries[i]->d_name)];

		snprintf(file, sizeof(file), "%s/%s", drop_in_directory, entries[i]->d_name);
		if (code == 0 && strchr(nestxml_text_escape(entries[i]->d_name, shown, sizeof(shown)), '\\'))
			code = nestxml_error_set(error, NESTXML_E_CONFIG,
						 "policy file %s/%s: its name has characters that cannot be shown; rename it",
						 drop_in_directory, shown);
		if (code == 0)
			code = read_file(config, root, file, error);
		free(entries[i]);
	}
	free(entries);
	return code;
}

NESTXML_EXPORT int nestxml_config_new(const char *root, struct nestxml_config **config, struct nestxml_error *error)
{
	struct nestxml_config *made = calloc(1, sizeof(*made));
	int code;

	if (!made)
		return nestxml_error_set_nomem(error);
	code = read_file(made, root, package_file, error);
	if (code == 0)
		code = read_file(made, root, admin_file, error);
	if (code == 0)
		code = read_drop_ins(made, root, error);
	if (code != 0) {
		nestxml_config_free(made);
		return code;
	}
	*config = made;
	return 0;
}

NESTXML_EXPORT void nestxml_config_free(struct nestxml_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->files_count; i++)
		free(config->files[i]);
	for (size_t i = 0; i < config->managers_count; i++)
		free(config->managers[i].name_space);
	free(config->managers);
	for (size_t i = 0; i < config->sections_count; i++)
		nestxml_section_clear(&config->sections[i]);
	free(config->files);
	free(config->sections);
	free(config);
}
