/* SPDX-License-Identifier: Apache-2.0
 * check.h - assertions that stay on in release builds.
 *
 * CHECK is for broken invariants of our own; whatever comes from outside
 * (SQL, files, network, settings) is an error, never a CHECK. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define CHECK(cond) \
	((cond) ? (void)0 : check_failed(__FILE__, __LINE__, #cond))

/* Prints place, condition and a backtrace on standard error; aborts. */
_Noreturn void check_failed(const char *file, int line, const char *cond);

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
/* <sys/param.h> has its own. */
#undef MIN
#undef MAX
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The object that holds `member` at `ptr`. */
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif
