/* SPDX-License-Identifier: Apache-2.0
 * str.c - byte strings; see str.h. */
#include "base/str.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/check.h"

bool
str_ieq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = MIN(a.n, b.n);
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	    memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0;
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && isspace((unsigned char)s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

ptrdiff_t
str_find(struct str s, char c, size_t from)
{
	const char *at;

	if (from >= s.n)
		return -1;
	at = memchr(s.p + from, c, s.n - from);
	return at == NULL ? -1 : at - s.p;
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n == 0 ? 1 : n);

	CHECK(p != NULL);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size == 0 ? 1 : size);

	CHECK(p != NULL);
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n == 0 ? 1 : n);
	CHECK(p != NULL);
	return p;
}

char *
xstrdup(const char *z)
{
	return xstrndup(z, strlen(z));
}

char *
xstrndup(const char *p, size_t n)
{
	char *z = xmalloc(n + 1);

	if (n > 0)
		memcpy(z, p, n);
	z[n] = '\0';
	return z;
}

void
sbuf_init(struct sbuf *b)
{
	*b = (struct sbuf){ 0 };
}

void
sbuf_release(struct sbuf *b)
{
	free(b->p);
	*b = (struct sbuf){ 0 };
}

void
sbuf_clear(struct sbuf *b)
{
	b->n = 0;
}

char *
sbuf_reserve(struct sbuf *b, size_t n)
{
	CHECK(n < SIZE_MAX / 2 - b->n);
	if (b->n + n + 1 > b->cap) {
		size_t cap = b->cap < 32 ? 64 : b->cap * 2;

		if (cap < b->n + n + 1)
			cap = b->n + n + 1;
		b->p = xrealloc(b->p, cap);
		b->cap = cap;
	}
	return b->p + b->n;
}

void
sbuf_add(struct sbuf *b, const void *p, size_t n)
{
	char *to = sbuf_reserve(b, n);

	if (n > 0)
		memcpy(to, p, n);
	b->n += n;
}

void
sbuf_addz(struct sbuf *b, const char *z)
{
	sbuf_add(b, z, strlen(z));
}

void
sbuf_adds(struct sbuf *b, struct str s)
{
	sbuf_add(b, s.p, s.n);
}

void
sbuf_addc(struct sbuf *b, char c)
{
	*sbuf_reserve(b, 1) = c;
	b->n++;
}

void
sbuf_vaddf(struct sbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	CHECK(n >= 0);
	vsnprintf(sbuf_reserve(b, (size_t)n), (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
}

void
sbuf_addf(struct sbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sbuf_vaddf(b, fmt, ap);
	va_end(ap);
}

const char *
sbuf_z(struct sbuf *b)
{
	*sbuf_reserve(b, 0) = '\0';
	return b->p;
}

struct str
sbuf_str(const struct sbuf *b)
{
	return (struct str){ b->p, b->n };
}

char *
sbuf_take(struct sbuf *b)
{
	char *p;

	sbuf_z(b);
	p = b->p;
	*b = (struct sbuf){ 0 };
	return p;
}
