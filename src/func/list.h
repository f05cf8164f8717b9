/* SPDX-License-Identifier: Apache-2.0
 * list.h - reading and building arrays and maps.  Private to func/. */
#ifndef FUNC_LIST_H
#define FUNC_LIST_H

#include "func/kernel.h"
#include "page/build.h"

static inline struct list_ref
list_at(const struct vec *v, uint32_t i)
{
	return KERNEL_AT(struct list_ref, v, i);
}

/* A kernel's list result: children grow row by row. */
struct list_out {
	struct vec *v;
	struct list_ref *refs;
	struct vec_builder b[2];        /* elements; keys, values */
	uint32_t at;
};

void list_begin(struct list_out *l, struct eval *ev, struct vec *out);
/* The elements appended since the last call are row i's. */
static inline void
list_row(struct list_out *l, uint32_t i)
{
	l->refs[i] = (struct list_ref){ l->at, l->b[0].n - l->at };
	l->at = l->b[0].n;
}
/* Hands the children over (rc 0), or gives up; returns rc or a new error. */
int list_finish(struct list_out *l, int rc, struct err *e);

/* *out becomes rows index[i] of values (NULL where *valid's bit is clear), n
 * rows, flat. */
int list_pick(struct eval *ev, struct vec *values, const uint32_t *index,
    const uint64_t *valid, uint32_t n, struct vec **out, struct err *e);

/* The set of elements of one array, by IS NOT DISTINCT FROM. */
struct element_set {
	const struct vec *v;
	struct arena *arena;
	uint32_t n_slots, n;
	uint32_t *slot;         /* 1 + row of v; 0: empty */
	uint64_t *hash;         /* of the slots */
};
void element_set_init(struct element_set *s, struct arena *a,
    const struct vec *v, uint32_t capacity);
/* Was row i new?  Elements of another vector may be asked for, not added. */
bool element_set_add(struct element_set *s, uint32_t i);
bool element_set_has(const struct element_set *s, const struct vec *v,
    uint32_t i);

/* Keys from..from+n of a map to be: there, whole and different?  Else an error
 * of the row. */
bool map_check_keys(struct eval *ev, const struct vec *keys, uint32_t from,
    uint32_t n, uint32_t row);

/* "(a, 1)": a value in a message, as duplicate keys are shown. */
const char *list_value_text(struct eval *ev, const struct vec *v, uint32_t i);
/* Does the value hold a NULL anywhere within? */
bool list_has_null(const struct vec *v, uint32_t i);

#endif
