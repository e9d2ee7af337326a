/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sweep_cache.h - a sweep over the stored guests that leaves out those that needed nothing at an earlier one, and remembers which these
 * are in /var/lib/nestxml.
 */
#ifndef NESTXML_SWEEP_CACHE_H
#define NESTXML_SWEEP_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include <nestxml/nestxml.h>

#include "guests/plan.h"
#include "libvirt/virt.h"
#include "watch/sweep.h"

/** The hash of all policy files below @root, whether they are there or not. */
uint64_t sweep_hash_policy(const char *root);
/**
 * The key of sweeps by @host_policy, which was read between two calls of sweep_hash_policy() that returned @before and @after.
 * Returns 0 if the files have changed in the meantime: then nothing is remembered.
 */
uint64_t sweep_make_key(uint64_t before, uint64_t after, const struct host_policy *host_policy);

/**
 * Begins a sweep over @domains, which are in the order of their UUIDs: releases those that need not be looked at and takes them out of the
 * array, of which *@count remain.
 *
 * @key		of sweep_make_key()
 * @sweep	to be released with sweep_end()
 */
void sweep_begin(const char *root, uint64_t key, struct virt_domain **domains, size_t *count, struct sweep *sweep);
/**
 * To be called if libvirt's definition of @guest was looked at and needed nothing: then the guest is settled, if its file needs nothing
 * either. If the file was edited by hand, it differs from what libvirt has, and libvirt reads it at its own next start.
 */
void sweep_settle(const char *root, struct sweep *sweep, const struct host_policy *host_policy, const struct virt_domain *guest);
/** Remembers the settled guests if they differ from those before, and releases @sweep, which may be all zero. */
void sweep_end(const char *root, struct sweep *sweep);

#endif
