/* SPDX-License-Identifier: Apache-2.0
 * tap.h - the Test Anything Protocol for C tests: one ok() a property.
 * The plan is printed by tap_done() at the end. */
#ifndef T_LIB_TAP_H
#define T_LIB_TAP_H

#include <stdbool.h>

/* Prints "ok N - name"; returns cond. */
bool ok(bool cond, const char *name, ...)
    __attribute__((format(printf, 2, 3)));
/* Compares and prints both on a difference. */
bool is_str(const char *got, const char *want, const char *name);
bool is_int(long long got, long long want, const char *name);
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the plan; the exit status for main. */
int tap_done(void);

#endif
