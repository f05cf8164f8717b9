/* SPDX-License-Identifier: Apache-2.0
 * str.h - byte strings: borrowed slices and growable buffers.
 *
 * All texts are UTF-8 unless said otherwise; neither form is checked here.
 * Memory is small control memory: running out aborts. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed slice: no NUL behind it, not owned. */
struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_ARG(s) (int)(s).n, (s).p    /* for "%.*s" */

static inline struct str
str_of(const char *z)
{
	return (struct str){ z, z == NULL ? 0 : strlen(z) };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ASCII case only. */
bool str_ieq(struct str a, struct str b);
int str_cmp(struct str a, struct str b);        /* bytewise, as memcmp */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s);              /* ASCII white space */
/* Index of the first c at or after from, or -1. */
ptrdiff_t str_find(struct str s, char c, size_t from);

/* malloc that never returns NULL; free() frees. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *z);
char *xstrndup(const char *p, size_t n);        /* with a NUL behind */

/* A growable buffer; p always has room for a NUL at p[n] once anything was
 * added, and sbuf_z() puts it there.  All zeroes is an empty buffer. */
struct sbuf {
	char *p;
	size_t n, cap;
};

void sbuf_init(struct sbuf *b);
void sbuf_release(struct sbuf *b);      /* frees; empty afterwards */
void sbuf_clear(struct sbuf *b);        /* empties, keeps the memory */
/* Room for n more bytes (and a NUL); returns where they go. */
char *sbuf_reserve(struct sbuf *b, size_t n);
void sbuf_add(struct sbuf *b, const void *p, size_t n);
void sbuf_addz(struct sbuf *b, const char *z);
void sbuf_adds(struct sbuf *b, struct str s);
void sbuf_addc(struct sbuf *b, char c);
void sbuf_addf(struct sbuf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void sbuf_vaddf(struct sbuf *b, const char *fmt, va_list ap);
const char *sbuf_z(struct sbuf *b);     /* NUL-terminated, never NULL */
struct str sbuf_str(const struct sbuf *b);
/* Hands the text (NUL-terminated, free() frees) over; b is empty after. */
char *sbuf_take(struct sbuf *b);

#endif
