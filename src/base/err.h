/* SPDX-License-Identifier: Apache-2.0
 * err.h - one error as Trino's clients know it: name, number, type, text and
 * place in the SQL.
 *
 * Fallible calls return 0 or a negative code (-enum err_code) and fill the
 * caller's struct err.  Small control allocations abort instead of failing. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/err_list.h"

/* Trino's ErrorType. */
enum err_type {
	ERR_TYPE_USER, ERR_TYPE_INTERNAL, ERR_TYPE_RESOURCES, ERR_TYPE_EXTERNAL,
};

enum err_code {
	ERR_OK = 0,             /* no error; every other is > 0 */
#define ERR_ENUM(name, number, type) ERR_##name,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
	ERR_COUNT
};

enum { ERR_TEXT_MAX = 2048 };

struct err {
	enum err_code code;
	int line, column;       /* from 1; 0: no place in the SQL */
	char text[ERR_TEXT_MAX]; /* UTF-8, without "line L:C: " */
};

/* Fills *e (also when it held an error already) and returns -code.  e may be
 * NULL. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a place in the SQL, both from 1. */
int err_set_at(struct err *e, enum err_code code, int line, int column,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
int err_vset(struct err *e, enum err_code code, const char *fmt, va_list ap);
/* Puts "PREFIX: " before the text that *e already holds. */
void err_wrap(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The text as a client sees it: "line L:C: TEXT" when there is a place.
 * Writes at most n bytes with the NUL; returns buf. */
const char *err_message(const struct err *e, char *buf, int n);

const char *err_name(enum err_code code);       /* "SYNTAX_ERROR" */
int err_number(enum err_code code);             /* Trino's errorCode */
enum err_type err_type(enum err_code code);
const char *err_type_name(enum err_type type);  /* "USER_ERROR" */
/* The code with this Trino name; GENERIC_INTERNAL_ERROR when unknown. */
enum err_code err_by_name(const char *name);

#endif
