/* SPDX-License-Identifier: Apache-2.0
 * program_rows.c - moving rows about: booleans to row numbers, dictionaries
 * to flat vectors, parts into one. */
#pragma GCC optimize("O3")
#include "base/check.h"
#include "expr/program.h"
#include "func/kernel.h"

static uint32_t
all_rows(const struct rows_sel *s, uint16_t *out)
{
	if (s->sel != NULL)
		memmove(out, s->sel, s->n * sizeof(*out));
	else
		for (uint32_t k = 0; k < s->n; k++)
			out[k] = (uint16_t)k;
	return s->n;
}

uint32_t
select_valid(const struct vec *v, bool want, const struct rows_sel *s,
    uint16_t *out)
{
	const uint64_t *valid = v->valid;
	uint32_t n = 0;

	if (v->form == VEC_CONST || !vec_may_be_null(v))
		return vec_is_null(v, 0) != want ? all_rows(s, out) : 0;
	if (v->form == VEC_FLAT) {
		for (uint32_t k = 0; k < s->n; k++) {
			uint16_t i = s->sel == NULL ? (uint16_t)k : s->sel[k];

			out[n] = i;
			n += bit_get(valid, i) == want;
		}
		return n;
	}
	for (uint32_t k = 0; k < s->n; k++) {
		uint16_t i = s->sel == NULL ? (uint16_t)k : s->sel[k];

		out[n] = i;
		n += vec_is_null(v, i) != want;
	}
	return n;
}

/* Which entries of a dictionary's base are true: one byte each. */
static uint32_t
select_dict(const struct vec *v, const struct rows_sel *s, uint16_t *out)
{
	const uint32_t *index = v->data;
	const uint8_t *b = v->base->data;
	const uint64_t *valid = v->base->valid;
	uint32_t n = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		uint16_t i = s->sel == NULL ? (uint16_t)k : s->sel[k];

		out[n] = i;
		n += b[index[i]] & (valid == NULL ||
		    bit_get(valid, index[i]));
	}
	if (v->valid == NULL)
		return n;
	return select_valid(&(struct vec){ .form = VEC_FLAT, .type = v->type,
	    .n = v->n, .valid = v->valid }, true,
	    &(struct rows_sel){ out, n, s->page_rows }, out);
}

uint32_t
select_true(const struct vec *v, const struct rows_sel *s, uint16_t *out)
{
	const uint8_t *b = v->data;
	uint32_t n = 0;

	if (v->form == VEC_CONST)
		return !vec_is_null(v, 0) && b[0] ? all_rows(s, out) : 0;
	if (v->form == VEC_DICT)
		return select_dict(v, s, out);
	if (s->sel == NULL) {
		n = kernel_select_bytes(b, s->n, out);
	} else {
		for (uint32_t k = 0; k < s->n; k++) {
			out[n] = s->sel[k];
			n += b[s->sel[k]];
		}
	}
	if (v->valid == NULL)
		return n;
	return select_valid(v, true, &(struct rows_sel){ out, n,
	    s->page_rows }, out);
}

/* ---- copying ---- */

#define COPY_ROWS(T) do { \
	const T *from = values->data; \
	T *to = out->data; \
	if (v->form == VEC_DICT) { \
		const uint32_t *index = v->data; \
		KERNEL_EACH(s, i) \
			to[i] = from[index[i]]; \
	} else if (v->form == VEC_CONST) { \
		const T one = from[0]; \
		KERNEL_EACH(s, i) \
			to[i] = one; \
	} else { \
		KERNEL_EACH(s, i) \
			to[i] = from[i]; \
	} \
} while (0)

struct sixteen { uint64_t a, b; };

static void
copy_values(struct vec *out, const struct vec *v, const struct rows_sel *s)
{
	const struct vec *values = vec_values(v);

	switch (rep_width(out->type->rep)) {
	case 1:
		COPY_ROWS(uint8_t);
		break;
	case 2:
		COPY_ROWS(uint16_t);
		break;
	case 4:
		COPY_ROWS(uint32_t);
		break;
	case 8:
		COPY_ROWS(uint64_t);
		break;
	default:
		COPY_ROWS(struct sixteen);
		break;
	}
}

static int
copy_nulls(struct eval *ev, struct vec *out, const struct vec *v,
    const struct rows_sel *s, struct err *e)
{
	if (!vec_may_be_null(v))
		return 0;
	if (vec_make_nullable(ev, out, e) == NULL)
		return -e->code;
	KERNEL_EACH(s, i)
		if (vec_is_null(v, i))
			bit_clear(out->valid, i);
	return 0;
}

int
copy_rows(struct program *p, struct vec *out, const struct vec *v,
    const struct rows_sel *s, struct err *e)
{
	copy_values(out, v, s);
	if (out->type->rep == REP_STR)
		vec_share_bufs(out, v);
	return copy_nulls(&p->ev, out, v, s, e);
}

struct vec *
gather_flat(struct vec *v, const struct rows_sel *s,
    struct mem_account *account, struct err *e)
{
	enum type_rep rep = v->type->rep;
	struct eval ev = { .account = account };
	struct vec *out;

	if (v->form == VEC_FLAT)
		return vec_ref(v);
	if (rep == REP_LIST || rep == REP_ROW)
		return vec_flatten(v, account, e);
	out = vec_new_flat(v->type, v->n, false, account, e);
	if (out == NULL)
		return NULL;
	copy_values(out, v, s);
	if (rep == REP_STR)
		vec_share_bufs(out, v);
	if (copy_nulls(&ev, out, v, s, e) != 0)
		vec_drop(&out);
	return out;
}

#define TAKE_ROWS(T) do { \
	const T *from = v->data; \
	T *to = out->data; \
	for (uint32_t i = 0; i < n; i++) \
		to[i] = from[sel[i]]; \
} while (0)

KERNEL_CLONES static void
take_values(struct vec *out, const struct vec *v,
    const uint16_t *restrict sel, uint32_t n)
{
	switch (rep_width(v->type->rep)) {
	case 1:
		TAKE_ROWS(uint8_t);
		break;
	case 2:
		TAKE_ROWS(uint16_t);
		break;
	case 4:
		TAKE_ROWS(uint32_t);
		break;
	case 8:
		TAKE_ROWS(uint64_t);
		break;
	default:
		TAKE_ROWS(struct sixteen);
		break;
	}
}

struct vec *
take_rows(struct vec *v, const uint16_t *sel, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct vec *out = vec_new_flat(v->type, n, v->valid != NULL, account,
	    e);

	if (out == NULL)
		return NULL;
	take_values(out, v, sel, n);
	if (v->type->rep == REP_STR)
		vec_share_bufs(out, v);
	if (v->valid != NULL)
		for (uint32_t i = 0; i < n; i++)
			if (!bit_get(v->valid, sel[i]))
				bit_clear(out->valid, i);
	return out;
}

/* ---- rows and arrays ---- */

int
eval_field(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	uint64_t failed[BITMAP_WORDS];
	struct vec *v, *field;
	int rc = node_eval_flat(p, x->arg[0], c, &v, e);

	if (rc != 0)
		return rc;
	if (v->form == VEC_CONST) {
		field = vec_is_null(v, 0) ? vec_new_null(x->type, p->rows,
		    p->ev.account, e) : vec_const_of(v->child[x->input], 0,
		    p->rows, p->ev.account, e);
		if (field == NULL)
			return -e->code;
		node_store(x, field, c);
		return 0;
	}
	field = vec_ref(v->child[x->input]);
	if (v->valid != NULL) {
		for (uint32_t w = 0; w < bitmap_words(p->rows); w++)
			failed[w] = ~v->valid[w];
		if ((rc = null_failed(p, &field, failed, e)) != 0)
			return rc;
	}
	node_store(x, field, c);
	return 0;
}

int
eval_row(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *out, *v, *one;
	bool constant = true;
	int rc;

	out = vec_new_flat(x->type, p->rows, false, p->ev.account, e);
	if (out == NULL)
		return -e->code;
	for (int i = 0; i < x->n; i++) {
		if ((rc = node_eval(p, x->arg[i], c, &v, e)) != 0) {
			vec_drop(&out);
			return rc;
		}
		constant &= v->form == VEC_CONST;
		vec_set_child(out, i, vec_ref(v));
	}
	if (constant && p->rows > 1) {
		one = vec_const_of(out, 0, p->rows, p->ev.account, e);
		vec_drop(&out);
		if (one == NULL)
			return -e->code;
		out = one;
	}
	node_store(x, out, c);
	return 0;
}

static int
fill_array(struct program *p, struct node *x, const struct context *c,
    struct vec **elements, struct vec *out, struct err *e)
{
	struct list_ref *refs = out->data;
	struct vec_builder b;
	struct vec *child = NULL;
	uint32_t at = 0;
	int rc = 0;

	vec_builder_init(&b, x->type->child[0], p->ev.account);
	rc = vec_builder_reserve(&b, c->rows.n * (uint32_t)x->n, e);
	for (uint32_t k = 0; k < c->rows.n && rc == 0; k++) {
		uint32_t i = c->rows.sel == NULL ? k : c->rows.sel[k];

		refs[i] = (struct list_ref){ at, (uint32_t)x->n };
		at += (uint32_t)x->n;
		for (int j = 0; j < x->n && rc == 0; j++)
			rc = vec_builder_row(&b, elements[j], i, e);
	}
	if (rc == 0 && (child = vec_builder_finish(&b, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&b);
	if (rc == 0)
		vec_set_child(out, 0, child);
	return rc;
}

int
eval_array(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec **elements = arena_array(&p->scratch, struct vec *,
	    x->n + 1), *out, *all;
	struct context one = *c;
	bool constant = true;
	int rc;

	for (int i = 0; i < x->n; i++) {
		rc = node_eval(p, x->arg[i], c, &elements[i], e);
		if (rc != 0)
			return rc;
		constant &= elements[i]->form == VEC_CONST;
	}
	if (constant)
		one.rows = (struct rows_sel){ NULL, 1, 1 };
	out = vec_new_flat(x->type, constant ? 1 : p->rows, false,
	    p->ev.account, e);
	if (out == NULL)
		return -e->code;
	rc = fill_array(p, x, &one, elements, out, e);
	if (rc == 0 && constant) {
		all = vec_const_of(out, 0, p->rows, p->ev.account, e);
		vec_drop(&out);
		out = all;
		rc = out == NULL ? -e->code : 0;
	}
	if (rc == 0)
		node_store(x, out, c);
	else
		vec_drop(&out);
	return rc;
}
