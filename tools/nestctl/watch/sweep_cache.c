/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sweep_cache.c - policy files to a key, definitions' files to stamps, and both to and from /var/lib/nestxml/settled. */
#include "watch/sweep_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "guests/definition_path.h"
#include "io.h"
#include "macros.h"
#include "paths.h"

#define FILE_NAME "settled"
#define NEW_NAME "settled.new"
#define MAX_POLICY_SIZE ((size_t)1 << 20) /* bytes; of a longer file only the error is hashed: such a policy is refused anyway */

/* ---- the key ---- */

/* Adds who may write to @path, on which it depends whether a policy is trusted. */
static uint64_t hash_owner(uint64_t hash, const char *root, const char *path)
{
	AUTO_FREE char *joined = nestxml_path_join(root, path);
	struct stat status = {0};

	if (joined && stat(joined, &status) < 0)
		status = (struct stat){0};
	hash = sweep_hash(hash, &status.st_uid, sizeof(status.st_uid));
	return sweep_hash(hash, &status.st_mode, sizeof(status.st_mode));
}

/* Adds the file's name, and its contents or why it has none. */
static uint64_t hash_file(uint64_t hash, const char *root, const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int code = nestxml_file_read(root, path, MAX_POLICY_SIZE, &text, &length);

	hash = sweep_hash(hash, path, strlen(path) + 1);
	hash = hash_owner(hash, root, path);
	hash = sweep_hash(hash, &code, sizeof(code));
	hash = sweep_hash(hash, &length, sizeof(length));
	return code == 0 ? sweep_hash(hash, text, length) : hash;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Hashes all files, whether policy files or not: one too many costs a look, one too few might leave guests out. */
static uint64_t hash_directory(uint64_t hash, const char *root, const char *path)
{
	AUTO_FREE char *joined = nestxml_path_join(root, path);
	struct dirent **entries = NULL;
	int count = joined ? scandir(joined, &entries, is_visible, alphasort) : -1;

	hash = sweep_hash(hash, &count, sizeof(count));
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *file = NULL;

		if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
			file = NULL;
		hash = file ? hash_file(hash, root, file) : sweep_hash(hash, "", 1);
		free(entries[i]);
	}
	free(entries);
	return hash;
}

uint64_t sweep_hash_policy(const char *root)
{
	static const char *const above[] = {"/", "/etc", "/usr", "/usr/share"};
	static const char *const directories[] = {NESTXML_PACKAGE_DIRECTORY, NESTXML_ADMIN_DIRECTORY, NESTXML_DROP_IN_DIRECTORY};
	uint64_t hash = SWEEP_HASH_START;

	for (size_t i = 0; i < ARRAY_SIZE(above); i++)
		hash = hash_owner(hash, root, above[i]);
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		hash = hash_owner(hash, root, directories[i]);
	hash = hash_file(hash, root, NESTXML_PACKAGE_DIRECTORY "/nestxml.conf");
	hash = hash_file(hash, root, NESTXML_ADMIN_DIRECTORY "/nestxml.conf");
	return hash_directory(hash, root, NESTXML_DROP_IN_DIRECTORY);
}

/* A package may be rebuilt under the same version and decide differently. 0: which program this is, is unknown. */
static uint64_t stamp_program(void)
{
	struct stat status;

	return stat("/proc/self/exe", &status) == 0 ? sweep_get_stamp(&status) : 0;
}

uint64_t sweep_make_key(uint64_t before, uint64_t after, const struct host_policy *host_policy)
{
	const int host[] = {(int)nestxml_host_get_vendor(host_policy->host), (int)nestxml_host_get_state(host_policy->host)};
	const char *evidence = nestxml_host_get_evidence(host_policy->host);
	const uint64_t program = stamp_program();
	uint64_t key = sweep_hash(after, &program, sizeof(program));

	if (before != after || program == 0)
		return 0;
	key = sweep_hash(key, host, sizeof(host));
	return sweep_hash(key, evidence, strlen(evidence));
}

/* ---- the cache: a hint, so what cannot be trusted, read or written is none ---- */

/* Root's own, closed to others, and no link. Returns a descriptor or -1. */
static int open_directory(const char *root)
{
	AUTO_FREE char *path = nestxml_path_join(root, NESTXML_STATE_DIRECTORY);
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (!path)
		return -1;
	mkdir(path, 0700); /* if this fails, so does the open */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != geteuid() || status.st_mode & 077)
		return -1;
	return TAKE_FD(fd);
}

static void read_cache(const char *root, struct sweep *cache)
{
	AUTO_CLOSE int directory = open_directory(root);
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *text = NULL;
	struct stat status;
	size_t length;

	if (directory >= 0)
		fd = openat(directory, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() || status.st_mode & 077)
		return;
	if (io_read(fd, SWEEP_LIMIT, 0, &text, &length) == 0 && length <= SWEEP_LIMIT)
		sweep_read(text, length, cache);
}

/* No fsync: where a crash leaves half of it, its checksum shows that. */
static void write_cache(const char *root, const struct sweep *sweep)
{
	AUTO_CLOSE int directory = open_directory(root);
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *text = NULL;
	size_t length;

	if (directory < 0)
		return;
	unlinkat(directory, NEW_NAME, 0); /* of a watcher that was killed */
	fd = openat(directory, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	text = fd >= 0 ? sweep_write(sweep, &length) : NULL;
	if (text && io_write(fd, text, length) == 0)
		renameat(directory, NEW_NAME, directory, FILE_NAME);
}

/* ---- the files of definitions ---- */

/* Of the file of its definition; 0: there is none. */
static uint64_t read_stamp(const char *root, const struct virt_domain *guest)
{
	char path[PATH_MAX];
	struct stat status;

	if (!definition_make_path(root, guest, "xml", path) || lstat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	return sweep_get_stamp(&status);
}

/* Returns a descriptor, or -1 where there is none. */
static int open_definition(const char *root, const struct virt_domain *guest, struct stat *status)
{
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];

	if (definition_make_path(root, guest, "xml", path))
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, status) < 0 || !S_ISREG(status->st_mode))
		return -1;
	return TAKE_FD(fd);
}

/* Whether the text is this guest's definition and needs nothing. */
static bool needs_nothing(const char *xml, size_t length, const char *uuid, const struct host_policy *host_policy)
{
	struct nestxml_domain *domain;
	struct plan plan;
	bool needs;

	if (nestxml_domain_new(xml, length, &domain, NULL) != 0)
		return false;
	plan_make(host_policy, domain, &plan);
	needs = (plan.state != PLAN_LEAVE && plan.state != PLAN_CURRENT) || strcmp(nestxml_domain_get_uuid(domain), uuid) != 0;
	plan_clear(&plan); /* before the domain, from which it borrows */
	nestxml_domain_free(domain);
	return !needs;
}

/* ---- a sweep ---- */

void sweep_begin(const char *root, uint64_t key, struct virt_domain **domains, size_t *count, struct sweep *sweep)
{
	struct sweep cache = {0};
	size_t kept = 0;

	*sweep = (struct sweep){.key = key};
	if (key == 0)
		return;
	sweep->guests = calloc(*count + 1, sizeof(*sweep->guests));
	if (!sweep->guests)
		return;
	read_cache(root, &cache);
	sweep->count = *count;
	for (size_t i = 0; i < sweep->count; i++) {
		struct sweep_guest *guest = &sweep->guests[i];

		snprintf(guest->uuid, sizeof(guest->uuid), "%s", virt_domain_get_uuid(domains[i]));
		guest->stamp = read_stamp(root, domains[i]);
		guest->is_settled = sweep_is_settled(&cache, key, guest->uuid, guest->stamp);
		if (guest->is_settled)
			virt_domain_free(domains[i]);
		else
			domains[kept++] = domains[i];
	}
	sweep->has_changed = cache.key != key || cache.count != sweep->count - kept;
	*count = kept;
	sweep_clear(&cache);
}

void sweep_settle(const char *root, struct sweep *sweep, const struct host_policy *host_policy, const struct virt_domain *guest)
{
	struct sweep_guest *known = sweep_find(sweep, virt_domain_get_uuid(guest));
	struct stat status;
	AUTO_CLOSE int fd = known ? open_definition(root, guest, &status) : -1;
	AUTO_FREE char *xml = NULL;
	size_t length;

	/* The stamp was taken before libvirt was asked: a change since then shows. */
	if (fd < 0 || sweep_get_stamp(&status) != known->stamp || !sweep_is_at_rest(&status, time(NULL)))
		return;
	if (io_read(fd, NESTXML_MAX_SIZE, 0, &xml, &length) != 0 || !needs_nothing(xml, length, known->uuid, host_policy))
		return;
	known->is_settled = true;
	sweep->has_changed = true;
}

void sweep_end(const char *root, struct sweep *sweep)
{
	if (sweep->has_changed)
		write_cache(root, sweep);
	sweep_clear(sweep);
}
