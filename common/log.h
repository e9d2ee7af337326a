/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - the system's log for a program that must not wait for it: syslog(3) blocks where the log's queue is full and nobody reads it. */
#ifndef NESTXML_LOG_H
#define NESTXML_LOG_H

#include <syslog.h>

/** Names the program in the log (borrowed, for good) and opens the log's socket. Where there is none, all that is logged is lost. */
void log_open(const char *ident);

/**
 * Logs a line of at most 8 KiB, as syslog(3) with LOG_PID and LOG_DAEMON does, without the time. It waits LOG_WAIT milliseconds in all,
 * once for a process; what the log has not taken by then goes to stderr.
 *
 * @priority	LOG_ERR, LOG_WARNING, ...
 */
void log_write(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Milliseconds: a busy log takes a line within a few, and a start is not to be held up by one that takes none. */
#define LOG_WAIT 100

#endif
