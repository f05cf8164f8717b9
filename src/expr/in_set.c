/* SPDX-License-Identifier: Apache-2.0
 * in_set.c - the constant list of an IN: a small hash set of 64-bit keys, of
 * texts, or a list to walk for the other types. */
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "expr/program.h"
#include "page/compare.h"

enum set_kind { SET_INT, SET_TEXT, SET_LIST };

/* So few are compared one after the other. */
enum { SET_FEW = 4 };

struct in_set {
	enum set_kind kind;
	bool has_null;
	int n;
	struct vec **v;         /* references; NULLs left out */
	int64_t *key;           /* SET_INT: n keys */
	uint32_t n_slots;
	uint32_t *slot;         /* 1 + number; 0: empty */
};

static void
int_key(const struct vec *v, uint32_t i, int64_t *out)
{
	switch (v->type->rep) {
	case REP_BOOL:
		*out = ((const uint8_t *)v->data)[i];
		break;
	case REP_I8:
		*out = ((const int8_t *)v->data)[i];
		break;
	case REP_I16:
		*out = ((const int16_t *)v->data)[i];
		break;
	case REP_I32:
		*out = ((const int32_t *)v->data)[i];
		break;
	default:
		*out = ((const int64_t *)v->data)[i];
		break;
	}
}

static enum set_kind
kind_of(const struct type *t)
{
	switch (t->rep) {
	case REP_BOOL: case REP_I8: case REP_I16: case REP_I32: case REP_I64:
		return t->id == TYPE_TIMESTAMP_TZ ? SET_LIST : SET_INT;
	case REP_STR:
		return t->id == TYPE_NUMBER ? SET_LIST : SET_TEXT;
	default:
		return SET_LIST;
	}
}

static uint64_t
text_hash(const struct strview *v)
{
	struct str s = strview_str(v);

	return hash_bytes(s.p, s.n);
}

static void
add(struct in_set *s, int number)
{
	const struct vec *v = s->v[number];
	uint32_t mask = s->n_slots - 1, at;

	if (s->kind == SET_INT)
		at = (uint32_t)hash_u64((uint64_t)s->key[number]) & mask;
	else
		at = (uint32_t)text_hash(v->data) & mask;
	while (s->slot[at] != 0)
		at = (at + 1) & mask;
	s->slot[at] = (uint32_t)number + 1;
}

struct in_set *
in_set_new(const struct type *t, struct vec *const *v, int n)
{
	struct in_set *s = xcalloc(1, sizeof(*s));

	s->kind = kind_of(t);
	s->v = xcalloc((size_t)n + 1, sizeof(*s->v));
	s->key = xcalloc((size_t)n + 1, sizeof(*s->key));
	for (int i = 0; i < n; i++) {
		if (vec_is_null(v[i], 0)) {
			s->has_null = true;
			continue;
		}
		if (s->kind == SET_INT)
			int_key(v[i], 0, &s->key[s->n]);
		s->v[s->n++] = vec_ref(v[i]);
	}
	if (s->kind == SET_LIST)
		return s;
	s->n_slots = 8;
	while (s->n_slots < (uint32_t)s->n * 3)
		s->n_slots *= 2;
	s->slot = xcalloc(s->n_slots, sizeof(*s->slot));
	for (int i = 0; i < s->n; i++)
		add(s, i);
	return s;
}

void
in_set_free(struct in_set **sp)
{
	struct in_set *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	for (int i = 0; i < s->n; i++)
		vec_drop(&s->v[i]);
	free(s->v);
	free(s->key);
	free(s->slot);
	free(s);
}

bool
in_set_has_null(const struct in_set *s)
{
	return s->has_null;
}

static bool
has_int(const struct in_set *s, int64_t key)
{
	uint32_t mask = s->n_slots - 1, at;
	bool found = false;

	if (s->n <= SET_FEW) {
		for (int i = 0; i < s->n; i++)
			found |= s->key[i] == key;
		return found;
	}
	at = (uint32_t)hash_u64((uint64_t)key) & mask;
	for (; s->slot[at] != 0; at = (at + 1) & mask)
		if (s->key[s->slot[at] - 1] == key)
			return true;
	return false;
}

static bool
has_text(const struct in_set *s, const struct strview *key)
{
	uint32_t mask = s->n_slots - 1, at;

	if (s->n <= SET_FEW) {
		for (int i = 0; i < s->n; i++)
			if (strview_eq(s->v[i]->data, key))
				return true;
		return false;
	}
	at = (uint32_t)text_hash(key) & mask;
	for (; s->slot[at] != 0; at = (at + 1) & mask)
		if (strview_eq(s->v[s->slot[at] - 1]->data, key))
			return true;
	return false;
}

static bool
has_value(const struct in_set *s, const struct vec *v, uint32_t i)
{
	for (int k = 0; k < s->n; k++)
		if (vec_equal(s->v[k], 0, v, i) == 1)
			return true;
	return false;
}

void
in_set_test(const struct in_set *s, const struct vec *v,
    const struct rows_sel *rows, uint8_t *r)
{
	int64_t key;

	for (uint32_t k = 0; k < rows->n; k++) {
		uint32_t i = rows->sel == NULL ? k : rows->sel[k];
		uint32_t at = v->form == VEC_CONST ? 0 : i;

		if (vec_is_null(v, i)) {
			r[i] = 0;
		} else if (s->kind == SET_INT) {
			int_key(v, at, &key);
			r[i] = has_int(s, key);
		} else if (s->kind == SET_TEXT) {
			r[i] = has_text(s, &((const struct strview *)
			    v->data)[at]);
		} else {
			r[i] = has_value(s, v, i);
		}
	}
}
