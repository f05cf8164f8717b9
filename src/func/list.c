/* SPDX-License-Identifier: Apache-2.0
 * list.c - building arrays and maps; sets of elements. */
#include "func/list.h"

#include "page/compare.h"
#include "type/float.h"
#include "type/text.h"
#include "type/value.h"

void
list_begin(struct list_out *l, struct eval *ev, struct vec *out)
{
	l->v = out;
	l->refs = out->data;
	l->at = 0;
	for (int c = 0; c < out->n_child; c++)
		vec_builder_init(&l->b[c], out->type->child[c], ev->account);
}

int
list_finish(struct list_out *l, int rc, struct err *e)
{
	for (int c = 0; c < l->v->n_child; c++) {
		if (rc == 0) {
			struct vec *child = vec_builder_finish(&l->b[c], e);

			if (child == NULL)
				rc = -e->code;
			else
				vec_set_child(l->v, c, child);
		}
		vec_builder_release(&l->b[c]);
	}
	return rc;
}

int
list_pick(struct eval *ev, struct vec *values, const uint32_t *index,
    const uint64_t *valid, uint32_t n, struct vec **out, struct err *e)
{
	struct vec *v, *flat;

	v = vec_select_nullable(values, index, valid, n, ev->account, e);
	if (v == NULL)
		return -e->code;
	flat = vec_flatten(v, ev->account, e);
	vec_drop(&v);
	if (flat == NULL)
		return -e->code;
	vec_drop(out);
	*out = flat;
	return 0;
}

/* ---- sets ---- */

void
element_set_init(struct element_set *s, struct arena *a, const struct vec *v,
    uint32_t capacity)
{
	s->v = v;
	s->arena = a;
	s->n = 0;
	s->n_slots = 16;
	while (s->n_slots < capacity * 2)
		s->n_slots *= 2;
	s->slot = arena_array(a, uint32_t, s->n_slots);
	s->hash = arena_array(a, uint64_t, s->n_slots);
}

static uint64_t
element_hash(const struct vec *v, uint32_t i)
{
	return vec_is_null(v, i) ? 0 : vec_hash_at(v, i) | 1;
}

static uint32_t
find_slot(const struct element_set *s, const struct vec *v, uint32_t i,
    uint64_t hash)
{
	uint32_t mask = s->n_slots - 1, at = (uint32_t)(hash >> 7) & mask;

	while (s->slot[at] != 0 && !(s->hash[at] == hash &&
	    vec_same(s->v, s->slot[at] - 1, v, i)))
		at = (at + 1) & mask;
	return at;
}

bool
element_set_add(struct element_set *s, uint32_t i)
{
	uint64_t hash = element_hash(s->v, i);
	uint32_t at = find_slot(s, s->v, i, hash);

	if (s->slot[at] != 0)
		return false;
	s->slot[at] = i + 1;
	s->hash[at] = hash;
	s->n++;
	return true;
}

bool
element_set_has(const struct element_set *s, const struct vec *v, uint32_t i)
{
	return s->slot[find_slot(s, v, i, element_hash(v, i))] != 0;
}

/* ---- */

static void
scalar_text(struct sbuf *to, const struct type *t, const void *p)
{
	struct str s;

	switch (t->id) {
	case TYPE_DOUBLE:
		double_print(to, *(const double *)p);
		break;
	case TYPE_REAL:
		real_print(to, *(const float *)p);
		break;
	case TYPE_VARBINARY:
		s = strview_str(p);
		base64_print(to, s.p, s.n);
		break;
	default:
		value_print(to, t, p);
		break;
	}
}

static void
value_text(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	uint32_t at = vec_slot(v, i);
	struct list_ref ref;

	if (vec_is_null(v, i)) {
		sbuf_addz(to, "null");
		return;
	}
	switch (v->type->rep) {
	case REP_LIST:
		ref = ((const struct list_ref *)values->data)[at];
		sbuf_addc(to, values->n_child == 2 ? '{' : '[');
		for (uint32_t k = 0; k < ref.n; k++) {
			sbuf_addz(to, k > 0 ? ", " : "");
			value_text(to, values->child[0], ref.offset + k);
			if (values->n_child == 2) {
				sbuf_addc(to, '=');
				value_text(to, values->child[1], ref.offset +
				    k);
			}
		}
		sbuf_addc(to, values->n_child == 2 ? '}' : ']');
		break;
	case REP_ROW:
		sbuf_addc(to, '[');
		for (int c = 0; c < values->n_child; c++) {
			sbuf_addz(to, c > 0 ? ", " : "");
			value_text(to, values->child[c], at);
		}
		sbuf_addc(to, ']');
		break;
	default:
		scalar_text(to, v->type, vec_at(v, i));
		break;
	}
}

const char *
list_value_text(struct eval *ev, const struct vec *v, uint32_t i)
{
	struct sbuf b = { 0 };
	const char *z;

	value_text(&b, v, i);
	z = arena_strndup(ev->scratch, b.p == NULL ? "" : b.p, b.n);
	sbuf_release(&b);
	return z;
}

bool
list_has_null(const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	uint32_t at = vec_slot(v, i);
	struct list_ref ref;

	if (vec_is_null(v, i))
		return true;
	if (v->type->rep == REP_ROW) {
		for (int c = 0; c < values->n_child; c++)
			if (list_has_null(values->child[c], at))
				return true;
	} else if (v->type->rep == REP_LIST) {
		ref = ((const struct list_ref *)values->data)[at];
		for (int c = 0; c < values->n_child; c++)
			for (uint32_t k = 0; k < ref.n; k++)
				if (list_has_null(values->child[c],
				    ref.offset + k))
					return true;
	}
	return false;
}
