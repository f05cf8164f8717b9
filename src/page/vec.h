/* SPDX-License-Identifier: Apache-2.0
 * vec.h - a vector: one column of a page.
 *
 * Forms:
 *   flat        n values one after another (type.h says how one lies)
 *   constant    one value that stands for n rows
 *   dictionary  n indices (uint32_t) into a flat base vector; filters and
 *               joins make these instead of copying.  Bases are flat:
 *               dictionaries never nest.
 * Validity is a bitmap, bit i of word i/64 set when row i is not NULL; the
 * pointer is NULL when no row is.  A dictionary may have a bitmap of its own
 * over its rows; a row is NULL when that or its base's entry says so (the
 * index of a NULL row is still within the base, unless the base is empty).
 * Values of NULL rows are unspecified but readable; their string views and
 * list references must be safe to follow (empty).
 *
 * Arrays and maps (REP_LIST): data holds struct list_ref into child[0]
 * (elements, keys) and child[1] (values).  Rows (REP_ROW): no data; child[i]
 * has n rows (1 when constant); children of any form.
 *
 * A vector is counted and immutable once shared.  It holds references to the
 * buffers that its pointers point into.  Reference counts may change on any
 * thread; everything else belongs to the thread that builds it.  The type
 * must outlive the vector. */
#ifndef PAGE_VEC_H
#define PAGE_VEC_H

#include <stdatomic.h>

#include "mem/buf.h"
#include "type/type.h"

/* No page has more rows. */
enum { PAGE_ROWS = 4096, BITMAP_WORDS = PAGE_ROWS / 64 };

enum vec_form { VEC_FLAT, VEC_CONST, VEC_DICT };

struct vec {
	atomic_int refs;
	enum vec_form form;
	const struct type *type;
	uint32_t n;             /* rows; may exceed PAGE_ROWS in a base */
	int n_child, n_bufs;
	void *data;             /* flat, const: values; dict: uint32_t[n] */
	uint64_t *valid;        /* NULL: no NULLs */
	struct vec *base;       /* dict only */
	uint64_t dict_id;       /* dict: equal non-zero ids have equal bases;
				 * 0: unknown */
	struct vec **child;
	struct buf **bufs;      /* counted references */
};

static inline uint32_t
bitmap_words(uint32_t n)
{
	return (n + 63) / 64;
}

static inline bool
bit_get(const uint64_t *map, uint32_t i)
{
	return map[i >> 6] >> (i & 63) & 1;
}

static inline void
bit_set(uint64_t *map, uint32_t i)
{
	map[i >> 6] |= UINT64_C(1) << (i & 63);
}

static inline void
bit_clear(uint64_t *map, uint32_t i)
{
	map[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}

/* Sets bits 0..n-1, clears the rest of the last word. */
void bitmap_fill(uint64_t *map, uint32_t n);
uint32_t bitmap_count(const uint64_t *map, uint32_t n); /* set bits */
/* Copies n bits from bit `from` of src to bit 0 of dst. */
void bitmap_copy(uint64_t *dst, const uint64_t *src, uint32_t from,
    uint32_t n);

/* The row of data that stands for row i. */
static inline uint32_t
vec_slot(const struct vec *v, uint32_t i)
{
	return v->form == VEC_FLAT ? i : v->form == VEC_CONST ? 0
	    : ((const uint32_t *)v->data)[i];
}

/* The vector that holds the values: the base of a dictionary, or v. */
static inline const struct vec *
vec_values(const struct vec *v)
{
	return v->form == VEC_DICT ? v->base : v;
}

static inline bool
vec_is_null(const struct vec *v, uint32_t i)
{
	if (v->form == VEC_DICT) {
		if (v->valid != NULL && !bit_get(v->valid, i))
			return true;
		return v->base->valid != NULL &&
		    !bit_get(v->base->valid, ((const uint32_t *)v->data)[i]);
	}
	return v->valid != NULL && !bit_get(v->valid,
	    v->form == VEC_CONST ? 0 : i);
}

/* The bytes of row i's value; not for rows.  Slow path only. */
static inline const void *
vec_at(const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);

	return (const char *)values->data +
	    (size_t)vec_slot(v, i) * (size_t)rep_width(values->type->rep);
}

/* May any row be NULL?  (True may be a false alarm.) */
static inline bool
vec_may_be_null(const struct vec *v)
{
	return v->valid != NULL ||
	    (v->form == VEC_DICT && v->base->valid != NULL);
}

/* Makers.  All return one reference, or NULL with *e filled when the account
 * refuses the memory. */

/* Flat, values not written (string views and list references are zeroed, so
 * that they are safe); `nullable` adds a bitmap with all rows valid.
 * Children of lists and rows are to be set by vec_set_child. */
struct vec *vec_new_flat(const struct type *t, uint32_t n, bool nullable,
    struct mem_account *account, struct err *e);
/* A constant from the bytes of a value (NULL: the NULL value); a long string
 * is copied into a buffer of the vector.  Not for lists and rows. */
struct vec *vec_new_const(const struct type *t, const void *value, uint32_t n,
    struct mem_account *account, struct err *e);
struct vec *vec_new_null(const struct type *t, uint32_t n,
    struct mem_account *account, struct err *e);
/* Flat, values (and validity; may be NULL) written where the maker says,
 * inside of b, whose reference is taken over.  Not for lists and rows. */
struct vec *vec_new_view(const struct type *t, uint32_t n, void *data,
    uint64_t *valid, struct buf *b);
/* A dictionary over a flat base (a reference is taken), the indices
 * (uint32_t[n] at data) not written. */
struct vec *vec_new_dict(struct vec *base, uint64_t dict_id, uint32_t n,
    struct mem_account *account, struct err *e);
/* A constant of any type: row `at` of v. */
struct vec *vec_const_of(const struct vec *v, uint32_t at, uint32_t n,
    struct mem_account *account, struct err *e);
/* Rows index[0..n) of v, sharing v's values: dictionaries are composed,
 * constants stay constants.  Copies the indices. */
struct vec *vec_select(struct vec *v, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e);
/* As vec_select, but row i is NULL where bit i of row_valid is clear (the
 * index is then ignored).  row_valid NULL: as vec_select. */
struct vec *vec_select_nullable(struct vec *v, const uint32_t *index,
    const uint64_t *row_valid, uint32_t n, struct mem_account *account,
    struct err *e);
/* Rows from..from+n, sharing v's values. */
struct vec *vec_slice(struct vec *v, uint32_t from, uint32_t n,
    struct mem_account *account, struct err *e);
/* Flat with the same rows (a new reference to v when it is flat).  Long
 * strings and list elements stay shared. */
struct vec *vec_flatten(struct vec *v, struct mem_account *account,
    struct err *e);
/* Flat copy of rows index[0..n) (all of them when index is NULL) that shares
 * nothing with v: strings and elements are copied out of big heaps. */
struct vec *vec_copy(const struct vec *v, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e);
/* The same values seen as type t of the same representation. */
struct vec *vec_retype(struct vec *v, const struct type *t);
/* Flat list/row vectors: hands over the reference to a child. */
void vec_set_child(struct vec *v, int i, struct vec *child);
/* Takes over the reference to a buffer that v's pointers point into. */
void vec_add_buf(struct vec *v, struct buf *b);
/* Makes v (being built) hold all buffers that other holds. */
void vec_share_bufs(struct vec *v, const struct vec *other);

static inline struct vec *
vec_ref(struct vec *v)
{
	atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
	return v;
}
void vec_drop(struct vec **v);          /* NULLs *v; NULL is fine */

/* Bytes that a copy of the rows would need, estimated from the form. */
size_t vec_bytes(const struct vec *v);
/* A new dictionary identity, unique in the process, never 0. */
uint64_t vec_new_dict_id(void);

#endif
