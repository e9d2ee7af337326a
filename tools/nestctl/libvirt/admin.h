/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admin.h - libvirt's admin API: who is connected to the daemon of the system's guests. It answers while a hook runs as well
 * (docs/libvirt-facts.md #5), and only root may ask it. A child process asks it (admin_clients.c).
 */
#ifndef NESTXML_ADMIN_H
#define NESTXML_ADMIN_H

#include <stdint.h>

#include "libvirt/clients.h"
#include "libvirt/virt.h"

struct admin;

#define ADMIN_TIME 1000 /* milliseconds */
#define ADMIN_LATE (-2)

/** Starts the process that asks. @admin: the result, to be released with admin_close(). Returns 0 or -1. */
int admin_open(struct admin **admin, struct virt_error *error);
/** Ends it and releases @admin, which may be NULL. */
void admin_close(struct admin *admin);

/**
 * Who is connected now to virtqemud, or else to libvirtd, whichever runs: *@clients, to be released with clients_clear(). It takes a
 * millisecond, and ADMIN_TIME at most. Returns 0, or ADMIN_LATE: the daemon did not answer in that time, as while it comes up and serves
 * nobody yet, or has too much to do, and @admin may be asked again; or -1: @admin is of no more use. A new one may get an answer, unless
 * the error says that there is no daemon, or no library to ask it with.
 */
int admin_list_clients(struct admin *admin, struct clients *clients, struct virt_error *error);

/** How an answer of the process begins; @count clients follow it. */
struct admin_answer {
	int code;	/* 0, or -1: @message says why there is none */
	bool no_daemon; /* as of struct virt_error */
	int64_t at;	/* by the monotonic clock, when they were listed */
	size_t count;
	char message[512];
};

#endif
