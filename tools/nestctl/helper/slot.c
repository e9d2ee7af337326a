/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * slot.c - limits how many helpers ask libvirt who is connected, and start their guests, at once.
 *
 * libvirt's admin API accepts five clients by default (admin_max_clients), and the watcher is one. Helpers that it turns away, or that it
 * answers late since it is busy starting guests, would all ask again, and again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "helper/helper.h"
#include "lock_file.h"
#include "paths.h"

#define SLOTS 4

static int lock_slot(int number)
{
	char path[64];

	snprintf(path, sizeof(path), NESTXML_RUN_DIRECTORY "/slot-%d", number);
	return lock_file_take(AT_FDCWD, path);
}

bool helper_take_slot(struct helper *helper)
{
	for (int i = 0; i < SLOTS && !helper->has_slot; i++) {
		helper->slot = i;
		helper->slot_lock = lock_slot(i);
		/* If no lock can be made, helpers are not counted; that is no reason to start nothing. */
		helper->has_slot = helper->slot_lock >= 0 || errno != EAGAIN;
	}
	return helper->has_slot;
}

void helper_release_slot(struct helper *helper)
{
	char path[64];

	helper_close_admin(helper);
	if (helper->has_slot && helper->slot_lock >= 0) {
		snprintf(path, sizeof(path), NESTXML_RUN_DIRECTORY "/slot-%d", helper->slot);
		unlink(path);
		close(helper->slot_lock);
	}
	helper->has_slot = false;
}
