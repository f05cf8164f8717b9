/* SPDX-License-Identifier: Apache-2.0
 * arena.h - memory that is freed in one stroke.
 *
 * For control structures (trees, plans, descriptors): no data memory, no
 * accounting, running out aborts.  One thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;     /* newest first */
	char *at, *end;                 /* free room of the newest */
	size_t bytes;                   /* of all blocks */
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);    /* frees all; empty afterwards */

/* 16-byte aligned, not zeroed. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_zalloc(struct arena *a, size_t n);  /* zeroed */
void *arena_dup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *z);
/* Copies n bytes and puts a NUL behind. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
struct str arena_str(struct arena *a, struct str s);    /* with a NUL */
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#define arena_new(a, type) ((type *)arena_zalloc((a), sizeof(type)))
#define arena_array(a, type, n) \
	((type *)arena_zalloc((a), sizeof(type) * (size_t)(n)))

/* A growable array in an arena: struct { T *v; int n, cap; }. */
#define arena_push(a, list, value) do { \
	if ((list)->n == (list)->cap) \
		(list)->v = arena_grow((a), (list)->v, &(list)->cap, \
		    sizeof(*(list)->v)); \
	(list)->v[(list)->n++] = (value); \
} while (0)
/* Doubles an array of *cap items of `size` bytes; returns the new place. */
void *arena_grow(struct arena *a, void *old, int *cap, size_t size);

#endif
