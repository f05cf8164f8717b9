/* SPDX-License-Identifier: Apache-2.0
 * arena.c - bump allocation in growing blocks. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, ALIGN = 16 };

struct arena_block {
	struct arena_block *next;
	size_t size;            /* keeps the room behind it 16-byte aligned */
};

void
arena_init(struct arena *a)
{
	*a = (struct arena){ 0 };
}

void
arena_release(struct arena *a)
{
	struct arena_block *b = a->blocks, *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ 0 };
}

static void
add_block(struct arena *a, size_t n)
{
	size_t size = a->bytes < FIRST_BLOCK ? FIRST_BLOCK : a->bytes;
	struct arena_block *b;

	size = MIN(size, (size_t)LARGEST_BLOCK);
	size = MAX(size, n + sizeof(*b));
	b = xmalloc(size);
	b->next = a->blocks;
	b->size = size;
	a->blocks = b;
	a->bytes += size;
	a->at = (char *)(b + 1);
	a->end = (char *)b + size;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p;

	CHECK(n < SIZE_MAX / 2);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (n > (size_t)(a->end - a->at))
		add_block(a, n);
	p = a->at;
	a->at += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

void *
arena_dup(struct arena *a, const void *p, size_t n)
{
	void *to = arena_alloc(a, n);

	if (n > 0)
		memcpy(to, p, n);
	return to;
}

char *
arena_strndup(struct arena *a, const char *p, size_t n)
{
	char *z = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(z, p, n);
	z[n] = '\0';
	return z;
}

char *
arena_strdup(struct arena *a, const char *z)
{
	return arena_strndup(a, z, strlen(z));
}

struct str
arena_str(struct arena *a, struct str s)
{
	return (struct str){ arena_strndup(a, s.p, s.n), s.n };
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *z;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	CHECK(n >= 0);
	z = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(z, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return z;
}

void *
arena_grow(struct arena *a, void *old, int *cap, size_t size)
{
	int n = *cap, bigger = n < 4 ? 4 : n * 2;
	void *p = arena_zalloc(a, (size_t)bigger * size);

	if (n > 0)
		memcpy(p, old, (size_t)n * size);
	*cap = bigger;
	return p;
}
