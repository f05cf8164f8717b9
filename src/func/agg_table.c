/* SPDX-License-Identifier: Apache-2.0
 * agg_table.c - distinct values in a state; see agg_table.h. */
#include "func/agg_table.h"

#include "func/compare.h"

enum { NO_SLOTS_UP_TO = 8 };

const char *
agg_bytes_keep(struct agg_context *c, const struct vec *v, uint32_t i)
{
	enum type_rep rep = v->type->rep;
	struct sbuf b = { 0 };
	char *kept;

	if (rep != REP_STR && rep != REP_LIST && rep != REP_ROW) {
		size_t width = (size_t)rep_width(rep);

		kept = arena_alloc(c->heap, 1 + width);
		kept[0] = !vec_is_null(v, i);
		if (kept[0])
			memcpy(kept + 1, vec_at(v, i), width);
		return kept;
	}
	value_bytes_add(&b, v, i);
	kept = arena_dup(c->heap, b.p, b.n);
	sbuf_release(&b);
	return kept;
}

static bool
same_nested(const struct vec *v, uint32_t i, const char *key)
{
	struct vec_builder b;
	struct vec *kept;
	bool same = false;

	vec_builder_init(&b, v->type, NULL);
	if (value_bytes_read(&key, &b, NULL) == 0 &&
	    (kept = vec_builder_finish(&b, NULL)) != NULL) {
		same = vec_same(v, i, kept, 0);
		vec_drop(&kept);
	}
	vec_builder_release(&b);
	return same;
}

static bool
same_key(const struct vec *v, uint32_t i, const char *key)
{
	const struct type *t = v->type;
	char value[16] __attribute__((aligned(16)));
	struct str s;
	uint32_t n;

	if (t->rep == REP_LIST || t->rep == REP_ROW)
		return same_nested(v, i, key);
	if (t->rep == REP_STR) {
		s = strview_str(vec_at(v, i));
		memcpy(&n, key + 1, 4);
		if (t->id != TYPE_NUMBER)
			return n == s.n && memcmp(s.p, key + 5, n) == 0;
		s = (struct str){ key + 5, n };
		*(struct strview *)(void *)value = strview_of(s);
	} else {
		memcpy(value, key + 1, (size_t)rep_width(t->rep));
	}
	return value_same(t, vec_at(v, i), value);
}

static void
link_entry(struct agg_table *t, uint32_t at)
{
	uint32_t mask = t->n_slots - 1;
	uint32_t k = (uint32_t)t->entry[at]->hash & mask;

	while (t->slot[k] != 0)
		k = (k + 1) & mask;
	t->slot[k] = at + 1;
}

static void
grow(struct agg_context *c, struct agg_table *t)
{
	struct agg_entry **old = t->entry;
	uint32_t cap = t->cap == 0 ? 4 : t->cap * 2;

	t->entry = arena_alloc(c->heap, sizeof(*t->entry) * cap);
	if (t->n > 0)
		memcpy(t->entry, old, sizeof(*old) * t->n);
	t->cap = cap;
	if (cap <= NO_SLOTS_UP_TO)
		return;
	t->n_slots = cap * 2;
	t->slot = arena_zalloc(c->heap, sizeof(*t->slot) * t->n_slots);
	for (uint32_t i = 0; i < t->n; i++)
		link_entry(t, i);
}

static struct agg_entry *
lookup(const struct agg_table *t, const struct vec *v, uint32_t i,
    uint64_t hash)
{
	uint32_t mask = t->n_slots - 1;

	if (t->slot == NULL) {
		for (uint32_t k = 0; k < t->n; k++)
			if (t->entry[k]->hash == hash &&
			    same_key(v, i, t->entry[k]->key))
				return t->entry[k];
		return NULL;
	}
	for (uint32_t k = (uint32_t)hash & mask; t->slot[k] != 0;
	    k = (k + 1) & mask) {
		struct agg_entry *x = t->entry[t->slot[k] - 1];

		if (x->hash == hash && same_key(v, i, x->key))
			return x;
	}
	return NULL;
}

struct agg_entry *
agg_table_put(struct agg_context *c, struct agg_table *t,
    const struct vec *v, uint32_t i, uint64_t hash, bool *fresh)
{
	struct agg_entry *x = lookup(t, v, i, hash);

	*fresh = x == NULL;
	if (x != NULL)
		return x;
	if (t->n == t->cap)
		grow(c, t);
	x = arena_new(c->heap, struct agg_entry);
	x->hash = hash;
	x->key = agg_bytes_keep(c, v, i);
	t->entry[t->n++] = x;
	if (t->slot != NULL)
		link_entry(t, t->n - 1);
	return x;
}
