/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sd_notify.h - tells the service manager, if there is one, how a service is. */
#ifndef NESTXML_SD_NOTIFY_H
#define NESTXML_SD_NOTIFY_H

/** Sends @state, in the words of sd_notify(3). Without a manager that asked for it, or without libsystemd, nothing happens. */
void notify_service_manager(const char *state);

#endif
