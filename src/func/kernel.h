/* SPDX-License-Identifier: Apache-2.0
 * kernel.h - what the kernels of all families share: loops over dense and
 * selected rows, in variants for flat and constant arguments, compiled for
 * several CPU levels.  Private to func/ (and expr/'s casts). */
#ifndef FUNC_KERNEL_H
#define FUNC_KERNEL_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/check.h"
#include "func/func.h"

/* One body, three machine codes, chosen when the program starts.  Sanitizers
 * are not ready when resolvers run. */
#if defined(__x86_64__) && !defined(QUERN_SANITIZER)
#define KERNEL_CLONES __attribute__((target_clones("arch=x86-64-v4", \
	"arch=x86-64-v3", "default")))
#else
#define KERNEL_CLONES
#endif

/* The rows that a kernel which cannot fail should compute densely: all of
 * the page when most are asked for (garbage elsewhere does no harm), else 0:
 * go by the selection. */
static inline uint32_t
kernel_dense(const struct rows_sel *s)
{
	if (s->sel == NULL)
		return s->n;
	return s->n * 4 >= s->page_rows ? s->page_rows : 0;
}

static inline uint32_t
kernel_row(const struct rows_sel *s, uint32_t k)
{
	return s->sel == NULL ? k : s->sel[k];
}

static inline bool
kernel_is_const(const struct vec *v)
{
	return v->form == VEC_CONST;
}

/* Walks the rows asked for: for (KERNEL_ROWS(s, k, i)) with row number i. */
#define KERNEL_EACH(s, i) \
	for (uint32_t k_ = 0, i; k_ < (s)->n && \
	    (i = kernel_row((s), k_), true); k_++)

/* Row i of argument a as type T; constants have one value. */
#define KERNEL_AT(T, v, i) \
	(((const T *)(v)->data)[kernel_is_const(v) ? 0 : (i)])

static inline struct str
kernel_str(const struct vec *v, uint32_t i)
{
	return strview_str(&((const struct strview *)v->data)[
	    kernel_is_const(v) ? 0 : i]);
}

/* Bytes (0 or 1) to row numbers; out has room for n rounded up to 8. */
uint32_t kernel_select_bytes(const uint8_t *b, uint32_t n, uint16_t *out);

/* A binary kernel of fixed-width values that cannot fail: EXPR of x and y. */
#define KERNEL_BINARY(name, TA, TB, TR, EXPR) \
KERNEL_CLONES static void \
name##_vv(const TA *restrict a, const TB *restrict b, TR *restrict r, \
    uint32_t n) \
{ \
	for (uint32_t i = 0; i < n; i++) { \
		const TA x = a[i]; const TB y = b[i]; \
		r[i] = (EXPR); \
	} \
} \
KERNEL_CLONES static void \
name##_vc(const TA *restrict a, const TB y, TR *restrict r, uint32_t n) \
{ \
	for (uint32_t i = 0; i < n; i++) { \
		const TA x = a[i]; \
		r[i] = (EXPR); \
	} \
} \
KERNEL_CLONES static void \
name##_cv(const TA x, const TB *restrict b, TR *restrict r, uint32_t n) \
{ \
	for (uint32_t i = 0; i < n; i++) { \
		const TB y = b[i]; \
		r[i] = (EXPR); \
	} \
} \
static void \
name##_run(const struct vec *va, const struct vec *vb, \
    const struct rows_sel *s, TR *r) \
{ \
	const TA *a = va->data; \
	const TB *b = vb->data; \
	uint32_t n = kernel_dense(s); \
	if (n == 0 || (kernel_is_const(va) && kernel_is_const(vb))) { \
		KERNEL_EACH(s, i) { \
			const TA x = a[kernel_is_const(va) ? 0 : i]; \
			const TB y = b[kernel_is_const(vb) ? 0 : i]; \
			r[i] = (EXPR); \
		} \
	} else if (kernel_is_const(vb)) { \
		name##_vc(a, b[0], r, n); \
	} else if (kernel_is_const(va)) { \
		name##_cv(a[0], b, r, n); \
	} else { \
		name##_vv(a, b, r, n); \
	} \
} \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	name##_run(args->v[0], args->v[1], s, (*out)->data); \
	return 0; \
}

/* A unary one: EXPR of x. */
#define KERNEL_UNARY(name, TA, TR, EXPR) \
KERNEL_CLONES static void \
name##_v(const TA *restrict a, TR *restrict r, uint32_t n) \
{ \
	for (uint32_t i = 0; i < n; i++) { \
		const TA x = a[i]; \
		r[i] = (EXPR); \
	} \
} \
static int \
name(struct eval *ev, const struct func_args *args, \
    const struct rows_sel *s, struct vec **out, struct err *e) \
{ \
	const TA *a = args->v[0]->data; \
	TR *r = (*out)->data; \
	uint32_t n = kernel_dense(s); \
	if (n > 0 && !kernel_is_const(args->v[0])) { \
		name##_v(a, r, n); \
		return 0; \
	} \
	KERNEL_EACH(s, i) { \
		const TA x = a[kernel_is_const(args->v[0]) ? 0 : i]; \
		r[i] = (EXPR); \
	} \
	return 0; \
}

/* One row of string output: n bytes to be filled at the returned place (NULL:
 * refused); kernel_str_end() makes the view once the length is known. */
static inline char *
kernel_heap(struct eval *ev, struct vec *v, size_t n, struct err *e)
{
	if (ev->heap_owner == v && (size_t)(ev->heap_end - ev->heap_at) >= n) {
		char *p = ev->heap_at;

		ev->heap_at += n;
		return p;
	}
	return eval_heap(ev, v, n, e);
}

/* Gives the last n bytes of the latest kernel_heap() back. */
static inline void
kernel_heap_unused(struct eval *ev, size_t n)
{
	ev->heap_at -= n;
}

/* Row i of out becomes a copy of s. */
static inline int
kernel_put(struct eval *ev, struct vec *out, uint32_t i, struct str s,
    struct err *e)
{
	struct strview *r = out->data;
	char *p;

	if (s.n > STRVIEW_INLINE) {
		if ((p = kernel_heap(ev, out, s.n, e)) == NULL)
			return -e->code;
		memcpy(p, s.p, s.n);
		s.p = p;
	}
	r[i] = strview_of(s);
	return 0;
}

/* Row i of out becomes s, whose bytes live as long as out already (a slice of
 * an argument whose buffers out shares, or of its heap). */
static inline void
kernel_put_shared(struct vec *out, uint32_t i, struct str s)
{
	((struct strview *)out->data)[i] = strview_of(s);
}

bool kernel_is_ascii(struct str s);
/* Appends s in upper or lower case, character by character. */
void kernel_case(struct sbuf *to, struct str s, bool upper);
/* "1.5", "NaN": as messages show a double; lives in the scratch arena. */
const char *eval_double_text(struct eval *ev, double d);
/* Row i of out is NULL. */
int kernel_put_null(struct eval *ev, struct vec *out, uint32_t i,
    struct err *e);

/* A kernel whose result does not depend on the rows (now(), pi()): the same
 * value in every row asked for. */
void kernel_fill(struct vec *out, const struct rows_sel *s,
    const void *value);

#endif
