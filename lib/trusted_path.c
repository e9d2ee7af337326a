/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trusted_path.c - opens what nobody but root or the caller can have put there.
 *
 * Whoever can write to a directory on the way, or to one that a link leads through, can put another file in place of root's. So the
 * path is walked component by component, as the kernel would, and each one is looked at.
 */
#include "trusted_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "escape.h"
#include "macros.h"

#define MAX_LINKS 40 /* as the kernel has it */

/*
 * In bytes: no sane configuration comes near them, and they are small because they are cleared at each call. A path that is longer is
 * refused; messages cut what is longer.
 */
#define MAX_PENDING 1024
#define MAX_SHOWN 512

struct walk {
	const char *path; /* as it was asked for: messages name it */
	struct nestxml_error *error;
	int root;
	int directory;		   /* where the walk is; -1: something is missing, so it has ended */
	char pending[MAX_PENDING]; /* what is still to be walked */
	char done[MAX_SHOWN];	   /* what has been, links resolved, for messages; cut where it does not fit */
	unsigned int links;
	size_t after_links; /* bytes at the end of @pending that come from @path, not from a link; SIZE_MAX: there was no link */
};

static int fail(const struct walk *walk, const char *reason)
{
	return nestxml_error_set(walk->error, NESTXML_E_CONFIG, "policy file %s: %s", walk->path, reason);
}

/* Fails, and names what is wrong if that is not the file itself but something on the way to it. */
static int fail_at(const struct walk *walk, const char *name, const char *reason, const char *advice)
{
	AUTO_FREE char *place = NULL;
	char shown[160];
	char text[320];

	if (asprintf(&place, "%s/%s", walk->done, name) < 0)
		return nestxml_error_set_nomem(walk->error);
	nestxml_text_escape(place, shown, sizeof(shown));
	if (strcmp(place, walk->path) == 0)
		nestxml_text_print(text, sizeof(text), "%s%s", reason, advice);
	else
		nestxml_text_print(text, sizeof(text), "%s, which leads to it%s %s%s", shown, *advice ? "," : ":", reason, advice);
	return fail(walk, text);
}

/* Whether the component that was taken last comes from what a link leads to, and not from the path that was asked for. */
static bool is_led_to(const struct walk *walk)
{
	return walk->after_links != SIZE_MAX && strlen(walk->pending) >= walk->after_links;
}

/* A link may lead anywhere, even to /tmp or /dev/null, whose owner and mode must stay: the advice is then to replace the link. */
static int check_owner(const struct walk *walk, const char *name, const struct stat *status)
{
	static const char no_link[] = "; replace the link with a copy of the file or directory";

	if (status->st_uid != 0 && status->st_uid != geteuid())
		return fail_at(walk, name, "does not belong to root", is_led_to(walk) ? no_link : "; give it to root with chown -h");
	if (!S_ISLNK(status->st_mode) && status->st_mode & (S_IWGRP | S_IWOTH))
		return fail_at(walk, name, "is writable by users other than its owner",
			       is_led_to(walk) ? no_link : "; remove that permission with chmod go-w");
	return 0;
}

/* Takes the next component off what is pending. False: there is none. */
static bool take_name(struct walk *walk, char name[NAME_MAX + 1])
{
	const char *start = walk->pending + strspn(walk->pending, "/");
	size_t length = strcspn(start, "/");

	if (length == 0 || length > NAME_MAX)
		return false;
	memcpy(name, start, length);
	name[length] = '\0';
	memmove(walk->pending, start + length, strlen(start + length) + 1);
	return true;
}

static void move_to(struct walk *walk, int directory)
{
	if (walk->directory != walk->root)
		close(walk->directory);
	walk->directory = directory;
}

static int go_up(struct walk *walk)
{
	struct stat here;
	struct stat root;
	char *last = strrchr(walk->done, '/');
	int parent;

	if (fstat(walk->directory, &here) == 0 && fstat(walk->root, &root) == 0 && here.st_dev == root.st_dev && here.st_ino == root.st_ino)
		return 0;
	parent = openat(walk->directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return fail(walk, strerror(errno));
	move_to(walk, parent);
	if (last)
		*last = '\0';
	return 0;
}

/* Puts what the link leads to before what is pending, which is moved to the end of the buffer in the meantime. */
static int follow(struct walk *walk, const char *name)
{
	size_t rest = strlen(walk->pending) + 1;
	size_t room = sizeof(walk->pending) - rest;
	ssize_t length;

	memmove(walk->pending + room, walk->pending, rest);
	length = readlinkat(walk->directory, name, walk->pending, room);
	if (length < 0)
		return fail_at(walk, name, strerror(errno), "");
	if ((size_t)length == room)
		return fail(walk, strerror(ENAMETOOLONG));
	if (++walk->links > MAX_LINKS)
		return fail(walk, strerror(ELOOP));
	memmove(walk->pending + length, walk->pending + room, rest);
	if (walk->after_links > rest - 1)
		walk->after_links = rest - 1;
	if (*walk->pending == '/') {
		move_to(walk, walk->root);
		walk->done[0] = '\0';
	}
	return 0;
}

/* Nothing of that name: no error, unless a link says that there is something. */
static int stop_at_nothing(struct walk *walk, const char *name)
{
	bool is_missing = is_led_to(walk);
	AUTO_FREE char *place = NULL;
	char shown[160];
	char text[320];

	move_to(walk, -1);
	if (!is_missing)
		return 0;
	if (asprintf(&place, "%s/%s", walk->done, name) < 0)
		return nestxml_error_set_nomem(walk->error);
	nestxml_text_print(text, sizeof(text), "a link on its path leads to %s, which is not there; create that, or remove the link",
			   nestxml_text_escape(place, shown, sizeof(shown)));
	return fail(walk, text);
}

static int enter(struct walk *walk, const char *name, const struct stat *status)
{
	bool is_last = walk->pending[strspn(walk->pending, "/")] == '\0';
	size_t length = strlen(walk->done);
	int flags = is_last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
	int code = check_owner(walk, name, status);
	int next;

	if (code != 0)
		return code;
	next = openat(walk->directory, name, flags | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return fail_at(walk, name, strerror(errno), "");
	move_to(walk, next);
	snprintf(walk->done + length, sizeof(walk->done) - length, "/%s", name);
	return 0;
}

static int step(struct walk *walk, const char *name)
{
	struct stat status;
	int code;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0)
		return go_up(walk);
	if (fstatat(walk->directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? stop_at_nothing(walk, name) : fail_at(walk, name, strerror(errno), "");
	if (!S_ISLNK(status.st_mode))
		return enter(walk, name, &status);
	code = check_owner(walk, name, &status);
	return code == 0 ? follow(walk, name) : code;
}

int nestxml_trusted_open(const char *root, const char *path, int *fd, struct nestxml_error *error)
{
	AUTO_CLOSE int top = open(*root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct walk walk = {.path = path, .error = error, .root = top, .directory = top, .after_links = SIZE_MAX};
	char name[NAME_MAX + 1];
	struct stat status;
	int code;

	*fd = -1;
	if (top < 0 && errno == ENOENT)
		return 0;
	if (top < 0 || fstat(top, &status) < 0)
		return fail(&walk, strerror(errno));
	if ((size_t)snprintf(walk.pending, sizeof(walk.pending), "%s", path) >= sizeof(walk.pending))
		return fail(&walk, strerror(ENAMETOOLONG));
	code = check_owner(&walk, "", &status);
	while (code == 0 && walk.directory >= 0 && take_name(&walk, name))
		code = step(&walk, name);
	if (code == 0 && walk.directory >= 0 && walk.pending[strspn(walk.pending, "/")])
		code = fail(&walk, strerror(ENAMETOOLONG));
	if (code == 0 && walk.directory != top)
		*fd = walk.directory;
	else if (walk.directory >= 0 && walk.directory != top)
		close(walk.directory);
	return code;
}
