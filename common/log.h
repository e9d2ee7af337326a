/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - the system's log for a program that must not wait for it: syslog(3) blocks where the log's queue is full and nobody reads it. */
#ifndef NESTXML_LOG_H
#define NESTXML_LOG_H

#include <syslog.h>

/**
 * Opens the log's socket; lines will carry the program's name @ident, which is borrowed for good. Without a log, whatever is logged is
 * lost.
 */
void log_open(const char *ident);

/**
 * Logs a line of at most 8 KiB, as syslog(3) with LOG_PID and LOG_DAEMON does, without the time. If the log is full, the process waits for
 * it once, LOG_WAIT milliseconds at most; after that, what the log does not take goes to stderr.
 *
 * @priority	LOG_ERR, LOG_WARNING, ...
 */
void log_write(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Milliseconds. A busy log takes a line within a few; one that takes none must not hold up a start. */
#define LOG_WAIT 100

#endif
