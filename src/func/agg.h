/* SPDX-License-Identifier: Apache-2.0
 * agg.h - what the aggregates share.  Private to func/. */
#ifndef FUNC_AGG_H
#define FUNC_AGG_H

#include "func/kernel.h"
#include "page/build.h"

/* The state of argument row i. */
#define AGG_STATE(T, rows, offset, i) ((T *)(void *)((rows)[i] + (offset)))

/* States of plain numbers travel as their bytes in a varbinary. */
int agg_save_bytes(char *const *rows, uint32_t offset, uint32_t n,
    size_t size, struct vec_builder *out, struct err *e);
/* Reads one; false when NULL or of another size (then nothing is added). */
bool agg_load(const struct vec *in, uint32_t i, void *state, size_t size);

/* --- values of any type as bytes ---
 * A NULL mark, then: fixed width as it lies; texts with their length; lists
 * with their count, then each element; rows field by field. */

void value_bytes_add(struct sbuf *to, const struct vec *v, uint32_t i);
/* Reads one that begins at *at, and appends it. */
int value_bytes_read(const char **at, struct vec_builder *out, struct err *e);
/* Steps over one of type t. */
void value_bytes_skip(const char **at, const struct type *t);

/* Bytes of many values in chunks of the states' heap. */
struct byte_chunk {
	struct byte_chunk *next;
	uint32_t n, cap;
	char bytes[];
};

struct byte_list {
	struct byte_chunk *first, *last;
	uint64_t count;         /* values */
};
/* A value lies within one chunk; returns where. */
char *byte_list_add(struct agg_context *c, struct byte_list *l,
    const void *bytes, size_t n);
/* Appends all values to out. */
int byte_list_read(const struct byte_list *l, struct vec_builder *out,
    struct err *e);

/* One value of any type kept in a state: fixed-width ones in place, others in
 * the heap, where room is reused. */
struct agg_value {
	bool set, null;
	uint32_t room;          /* bytes at text that may be overwritten */
	char *text;
	char bytes[16] __attribute__((aligned(8)));
};
/* Takes row i of v (not a dictionary). */
void agg_value_set(struct agg_context *c, struct agg_value *a,
    const struct vec *v, uint32_t i);
/* Appends it; NULL when nothing was set. */
int agg_value_put(const struct agg_value *a, const struct type *t,
    struct vec_builder *out, struct err *e);
/* ORDER BY's order of row i of v and the kept value, neither NULL. */
int agg_value_compare(const struct vec *v, uint32_t i,
    const struct agg_value *a);
/* compare_extreme()'s order. */
int agg_value_extreme(const struct vec *v, uint32_t i,
    const struct agg_value *a, int want);

#endif
