/* SPDX-License-Identifier: Apache-2.0
 * log.h - one line a record on standard error: time, level, subsystem, text.
 *
 * Any thread.  Lines are cut at 2 KiB and control characters are escaped, so
 * that outside text cannot forge a line.  No secret may be passed. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

/* Process-wide; set once by main before threads start (default WARN). */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* With journald behind standard error: "<N>" priorities, no time. */
void log_set_journal(int on);

void log_write(enum log_level level, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(where, ...) log_at(LOG_DEBUG, where, __VA_ARGS__)
#define log_info(where, ...) log_at(LOG_INFO, where, __VA_ARGS__)
#define log_warn(where, ...) log_at(LOG_WARN, where, __VA_ARGS__)
#define log_error(where, ...) log_at(LOG_ERROR, where, __VA_ARGS__)
#define log_at(level, where, ...) do { \
	if ((level) >= log_get_level()) \
		log_write((level), (where), __VA_ARGS__); \
} while (0)

#endif
