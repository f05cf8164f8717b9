/* SPDX-License-Identifier: Apache-2.0
 * build.h - growing vectors value by value or in runs: for parsers, result
 * builders, aggregates that make arrays.
 *
 * One thread.  After an append has failed (memory refused) only release. */
#ifndef PAGE_BUILD_H
#define PAGE_BUILD_H

#include "page/page.h"

struct vec_builder {
	const struct type *type;
	struct mem_account *account;
	uint32_t n, cap;
	bool nullable;          /* a NULL came: valid is kept */
	struct buf *data, *valid;
	struct buf *heap;       /* current block for long strings */
	size_t heap_used, heap_cap;
	struct buf **heaps;     /* all blocks */
	int n_heaps, cap_heaps;
	struct vec_builder *child;      /* lists and rows */
};

void vec_builder_init(struct vec_builder *b, const struct type *t,
    struct mem_account *account);
void vec_builder_release(struct vec_builder *b);

/* Each returns 0 or the account's error. */
int vec_builder_reserve(struct vec_builder *b, uint32_t more, struct err *e);
int vec_builder_null(struct vec_builder *b, struct err *e);
/* Fixed-width types: the value's bytes. */
int vec_builder_value(struct vec_builder *b, const void *value,
    struct err *e);
/* REP_STR types: copies long strings into the builder's heap. */
int vec_builder_str(struct vec_builder *b, struct str s, struct err *e);
/* Row `at` of v, any type, copied. */
int vec_builder_row(struct vec_builder *b, const struct vec *v, uint32_t at,
    struct err *e);
/* Rows index[0..n) of v, or from..from+n when index is NULL. */
int vec_builder_rows(struct vec_builder *b, const struct vec *v,
    const uint32_t *index, uint32_t from, uint32_t n, struct err *e);
/* Lists: the next entry has n elements that were appended to the children
 * (child[0], child[1]) since the entry before. */
int vec_builder_list(struct vec_builder *b, uint32_t n, struct err *e);
/* Rows: after one value was appended to each child. */
int vec_builder_struct(struct vec_builder *b, struct err *e);
/* Room for n bytes in the heap that a view may point to. */
char *vec_builder_heap(struct vec_builder *b, size_t n, struct err *e);

/* The flat vector with all that was appended; the builder is empty after and
 * can be used again.  NULL and *e on refusal. */
struct vec *vec_builder_finish(struct vec_builder *b, struct err *e);

#endif
