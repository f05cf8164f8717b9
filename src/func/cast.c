/* SPDX-License-Identifier: Apache-2.0
 * cast.c - CAST: which family does it, constants once, nested types child by
 * child. */
#include "func/cast_priv.h"
#include "page/build.h"
#include "page/compare.h"
#include "type/coerce.h"
#include "type/value.h"

static bool
is_integer(const struct type *t)
{
	return t->id >= TYPE_TINYINT && t->id <= TYPE_BIGINT;
}

bool
cast_can_fail(const struct type *from, const struct type *to)
{
	static const int8_t digits[] = { 3, 5, 10, 19 };

	if (type_only_coercion(from, to) || from->id == TYPE_UNKNOWN)
		return false;
	if (is_integer(from) && is_integer(to))
		return from->id > to->id;
	if (is_integer(from) || from->id == TYPE_REAL)
		if (to->id == TYPE_REAL || to->id == TYPE_DOUBLE)
			return false;
	if (is_integer(from) && to->id == TYPE_DECIMAL)
		return to->precision - to->scale <
		    digits[from->id - TYPE_TINYINT];
	if (from->id == TYPE_DECIMAL && to->id == TYPE_DECIMAL)
		return to->precision - to->scale < from->precision -
		    from->scale + (to->scale < from->scale);
	if (from->id == TYPE_DECIMAL)
		return to->id != TYPE_DOUBLE && to->id != TYPE_REAL;
	if (from->id == TYPE_VARCHAR || from->id == TYPE_CHAR)
		return to->id != TYPE_VARCHAR && to->id != TYPE_CHAR &&
		    to->id != TYPE_VARBINARY;
	if (from->id == TYPE_DATE || from->id == TYPE_TIMESTAMP)
		return to->id != TYPE_DATE && to->id != TYPE_TIMESTAMP &&
		    !(to->id == TYPE_VARCHAR && to->length == TYPE_UNBOUNDED);
	if (from->rep <= REP_I128 && to->id == TYPE_VARCHAR)
		return to->length != TYPE_UNBOUNDED;
	return true;
}

void
cast_type_upper(struct sbuf *to, const struct type *t)
{
	size_t from = to->n;

	type_print_display(to, t);
	for (; from < to->n; from++)
		if (to->p[from] >= 'a' && to->p[from] <= 'z')
			to->p[from] -= 'a' - 'A';
}

/* ---- nested ---- */

static int
copy_validity(struct eval *ev, struct vec *out, const struct vec *in,
    struct err *e)
{
	if (in->valid == NULL)
		return 0;
	if (vec_make_nullable(ev, out, e) == NULL)
		return -e->code;
	memcpy(out->valid, in->valid, bitmap_words(in->n) * 8);
	return 0;
}

/* Casts all of a child, in slices of a page; errors of elements become
 * errors of the rows that hold them (owner[element]). */
static int
cast_child(struct eval *ev, struct vec *child, const struct type *to,
    const uint32_t *owner, struct vec **out, struct err *e)
{
	struct eval_errors *outer = ev->errors, *own;
	struct vec_builder b;
	int rc = 0;

	own = arena_zalloc(ev->scratch, sizeof(*own));
	own->quiet = outer->quiet;
	own->catch_all = outer->catch_all;
	ev->errors = own;
	vec_builder_init(&b, to, ev->account);
	for (uint32_t from = 0; from < child->n && rc == 0;
	    from += PAGE_ROWS) {
		uint32_t n = MIN(child->n - from, PAGE_ROWS), live = 0;
		uint16_t sel[PAGE_ROWS];
		struct rows_sel s = { sel, 0, n };
		struct vec *slice = vec_slice(child, from, n, ev->account, e),
		    *flat = NULL, *part = NULL;

		if (slice != NULL)
			flat = vec_flatten(slice, ev->account, e);
		vec_drop(&slice);
		if (flat == NULL) {
			rc = -e->code;
			break;
		}
		for (uint32_t i = 0; i < n; i++) {
			sel[live] = (uint16_t)i;
			live += owner[from + i] != UINT32_MAX &&
			    !vec_is_null(flat, i);
		}
		s.n = live;
		eval_errors_clear(own);
		rc = cast_run(ev, flat, to, &s, &part, e);
		for (uint32_t i = 0; i < n && own->n > 0 && rc == 0; i++)
			if (bit_get(own->failed, i)) {
				ev->errors = outer;
				eval_row_error(ev, owner[from + i],
				    own->first.code, "%s", own->first.text);
				ev->errors = own;
			}
		if (rc == 0)
			rc = vec_builder_rows(&b, part, NULL, 0, n, e);
		vec_drop(&part);
		vec_drop(&flat);
	}
	ev->errors = outer;
	if (rc == 0 && (*out = vec_builder_finish(&b, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&b);
	return rc;
}

/* Which asked row holds each element; UINT32_MAX: none. */
static uint32_t *
element_owners(struct eval *ev, const struct vec *in,
    const struct rows_sel *s)
{
	const struct list_ref *refs = in->data;
	uint32_t n = in->child[0]->n;
	uint32_t *owner = arena_alloc(ev->scratch, sizeof(*owner) *
	    (size_t)(n + 1));

	memset(owner, 0xff, sizeof(*owner) * (size_t)n);
	KERNEL_EACH(s, i)
		for (uint32_t k = 0; k < refs[i].n; k++)
			owner[refs[i].offset + k] = i;
	return owner;
}

static void
reject_duplicate_keys(struct eval *ev, const struct vec *map,
    const struct rows_sel *s)
{
	const struct list_ref *refs = map->data;
	const struct vec *keys = map->child[0];

	KERNEL_EACH(s, i) {
		bool twice = false;

		for (uint32_t x = 0; x < refs[i].n && !twice; x++)
			for (uint32_t y = 0; y < x && !twice; y++)
				twice = vec_same(keys, refs[i].offset + x,
				    keys, refs[i].offset + y);
		if (twice)
			eval_row_error(ev, i, ERR_INVALID_CAST_ARGUMENT,
			    "duplicate keys");
	}
}

static int
cast_list(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	uint32_t *owner = element_owners(ev, in, s);
	struct vec *v = vec_new_flat(to, in->n, false, ev->account, e),
	    *child;
	int rc;

	if (v == NULL)
		return -e->code;
	KERNEL_EACH(s, i)
		((struct list_ref *)v->data)[i] =
		    ((const struct list_ref *)in->data)[i];
	rc = copy_validity(ev, v, in, e);
	for (int c = 0; c < in->n_child && rc == 0; c++) {
		rc = cast_child(ev, in->child[c], to->child[c], owner, &child,
		    e);
		if (rc == 0)
			vec_set_child(v, c, child);
	}
	if (rc == 0 && to->id == TYPE_MAP)
		reject_duplicate_keys(ev, v, s);
	if (rc == 0)
		*out = v;
	else
		vec_drop(&v);
	return rc;
}

static int
cast_row(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct vec *v = vec_new_flat(to, in->n, false, ev->account, e);
	uint16_t sel[PAGE_ROWS];
	int rc;

	if (v == NULL)
		return -e->code;
	rc = copy_validity(ev, v, in, e);
	for (int c = 0; c < in->n_child && rc == 0; c++) {
		struct vec *flat = vec_flatten(in->child[c], ev->account, e),
		    *child;
		struct rows_sel live = { sel, 0, s->page_rows };

		if (flat == NULL) {
			rc = -e->code;
			break;
		}
		KERNEL_EACH(s, i) {
			sel[live.n] = (uint16_t)i;
			live.n += !vec_is_null(flat, i);
		}
		rc = cast_run(ev, flat, to->child[c], &live, &child, e);
		vec_drop(&flat);
		if (rc == 0)
			vec_set_child(v, c, child);
	}
	if (rc == 0)
		*out = v;
	else
		vec_drop(&v);
	return rc;
}

/* ---- */

static int
cast_flat(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct type *from = in->type;
	struct cast_job j = { ev, in, NULL, s, e };
	bool done = false;
	int rc;

	if (from->id == TYPE_JSON && to->id != TYPE_JSON)
		return cast_from_json(ev, in, to, s, out, e);
	if (from->rep == REP_LIST && from->id == to->id)
		return cast_list(ev, in, to, s, out, e);
	if (from->id == TYPE_ROW && to->id == TYPE_ROW)
		return cast_row(ev, in, to, s, out, e);
	j.out = vec_new_flat(to, in->n, false, ev->account, e);
	if (j.out == NULL)
		return -e->code;
	ev->heap_owner = NULL;
	rc = copy_validity(ev, j.out, in, e);
	if (rc == 0)
		rc = cast_decimal_float(&j, &done);
	if (rc == 0 && !done && !cast_number(&j) && !cast_time(&j)) {
		if (to->id == TYPE_JSON)
			rc = cast_to_json(&j);
		else if (to->id == TYPE_VARCHAR || to->id == TYPE_CHAR ||
		    to->id == TYPE_VARBINARY)
			rc = cast_to_text(&j);
		else
			rc = cast_from_text(&j);
	}
	if (rc == 0)
		*out = j.out;
	else
		vec_drop(&j.out);
	return rc;
}

/* A constant: its one row, and what failed there failed everywhere. */
static int
cast_const(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct rows_sel one = { NULL, 1, 1 };
	struct vec *flat = vec_retype(in, in->type), *v;
	uint32_t before = ev->errors->n;
	int rc;

	flat->form = VEC_FLAT;
	flat->n = 1;
	rc = cast_flat(ev, flat, to, &one, &v, e);
	vec_drop(&flat);
	if (rc != 0)
		return rc;
	if (ev->errors->n > before)
		KERNEL_EACH(s, i)
			bit_set(ev->errors->failed, i);
	*out = vec_const_of(v, 0, in->n, ev->account, e);
	vec_drop(&v);
	return *out == NULL ? -e->code : 0;
}

int
cast_run(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *sel, struct vec **out, struct err *e)
{
	if (type_only_coercion(in->type, to)) {
		*out = vec_retype(in, to);
		return 0;
	}
	if (in->type->id == TYPE_UNKNOWN || sel->n == 0) {
		struct vec *v = vec_new_null(to, in->n, ev->account, e);

		/* Callers want flat where `in` is. */
		*out = v == NULL || in->form == VEC_CONST ? v
		    : vec_flatten(v, ev->account, e);
		if (*out != v)
			vec_drop(&v);
		return *out == NULL ? -e->code : 0;
	}
	if (in->form == VEC_CONST)
		return cast_const(ev, in, to, sel, out, e);
	return cast_flat(ev, in, to, sel, out, e);
}

int
cast_all(struct eval *ev, struct vec *in, const struct type *to,
    struct vec **out, struct err *e)
{
	struct eval_errors *outer = ev->errors, *own;
	uint32_t *owner;
	int rc;

	own = arena_zalloc(ev->scratch, sizeof(*own));
	own->quiet = 1;
	own->catch_all = true;
	owner = arena_array(ev->scratch, uint32_t, in->n + 1);
	ev->errors = own;
	rc = cast_child(ev, in, to, owner, out, e);
	ev->errors = outer;
	return rc;
}
