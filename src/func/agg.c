/* SPDX-License-Identifier: Apache-2.0
 * agg.c - values and states that several aggregates keep. */
#include "func/agg.h"

#include "func/compare.h"

int
agg_save_bytes(char *const *rows, uint32_t offset, uint32_t n, size_t size,
    struct vec_builder *out, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = vec_builder_str(out, (struct str){ rows[i] + offset,
		    size }, e);
	return rc;
}

bool
agg_load(const struct vec *in, uint32_t i, void *state, size_t size)
{
	struct str s;

	if (vec_is_null(in, i))
		return false;
	s = kernel_str(in, i);
	if (s.n != size)
		return false;
	memcpy(state, s.p, size);
	return true;
}

/* ---- values as bytes ---- */

void
value_bytes_add(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	uint32_t at = vec_slot(v, i);
	struct list_ref ref;
	struct str s;
	uint32_t n;

	sbuf_addc(to, vec_is_null(v, i) ? 0 : 1);
	if (vec_is_null(v, i))
		return;
	switch (v->type->rep) {
	case REP_STR:
		s = strview_str(&((const struct strview *)values->data)[at]);
		n = (uint32_t)s.n;
		sbuf_add(to, &n, 4);
		sbuf_adds(to, s);
		break;
	case REP_LIST:
		ref = ((const struct list_ref *)values->data)[at];
		sbuf_add(to, &ref.n, 4);
		for (uint32_t k = 0; k < ref.n; k++)
			for (int c = 0; c < values->n_child; c++)
				value_bytes_add(to, values->child[c],
				    ref.offset + k);
		break;
	case REP_ROW:
		for (int c = 0; c < values->n_child; c++)
			value_bytes_add(to, values->child[c], at);
		break;
	default:
		sbuf_add(to, vec_at(v, i), (size_t)rep_width(v->type->rep));
		break;
	}
}

int
value_bytes_read(const char **at, struct vec_builder *out, struct err *e)
{
	const struct type *t = out->type;
	const char *p = *at + 1;
	uint32_t n;
	int rc = 0;

	if (**at == 0) {
		*at = p;
		return vec_builder_null(out, e);
	}
	switch (t->rep) {
	case REP_STR:
		memcpy(&n, p, 4);
		*at = p + 4 + n;
		return vec_builder_str(out, (struct str){ p + 4, n }, e);
	case REP_LIST:
		memcpy(&n, p, 4);
		*at = p + 4;
		for (uint32_t k = 0; k < n; k++)
			for (int c = 0; c < t->n && rc == 0; c++)
				rc = value_bytes_read(at, &out->child[c], e);
		return rc != 0 ? rc : vec_builder_list(out, n, e);
	case REP_ROW:
		*at = p;
		for (int c = 0; c < t->n && rc == 0; c++)
			rc = value_bytes_read(at, &out->child[c], e);
		return rc != 0 ? rc : vec_builder_struct(out, e);
	default: {
		char value[16] __attribute__((aligned(16)));

		memcpy(value, p, (size_t)rep_width(t->rep));
		*at = p + rep_width(t->rep);
		return vec_builder_value(out, value, e);
	}
	}
}

void
value_bytes_skip(const char **at, const struct type *t)
{
	const char *p = *at + 1;
	uint32_t n = 0;

	*at = p;
	if (p[-1] == 0)
		return;
	switch (t->rep) {
	case REP_STR:
		memcpy(&n, p, 4);
		*at = p + 4 + n;
		break;
	case REP_LIST:
		memcpy(&n, p, 4);
		*at = p + 4;
		for (uint32_t k = 0; k < n; k++)
			for (int c = 0; c < t->n; c++)
				value_bytes_skip(at, t->child[c]);
		break;
	case REP_ROW:
		for (int c = 0; c < t->n; c++)
			value_bytes_skip(at, t->child[c]);
		break;
	default:
		*at = p + rep_width(t->rep);
		break;
	}
}

char *
byte_list_add(struct agg_context *c, struct byte_list *l, const void *bytes,
    size_t n)
{
	struct byte_chunk *last = l->last;
	char *at;

	if (last == NULL || last->cap - last->n < n) {
		uint32_t cap = last == NULL ? 32 : MIN(last->cap * 2, 65536);

		cap = MAX(cap, (uint32_t)n);
		last = arena_alloc(c->heap, sizeof(*last) + cap);
		last->next = NULL;
		last->n = 0;
		last->cap = cap;
		if (l->last == NULL)
			l->first = last;
		else
			l->last->next = last;
		l->last = last;
	}
	at = last->bytes + last->n;
	memcpy(at, bytes, n);
	last->n += (uint32_t)n;
	l->count++;
	return at;
}

int
byte_list_read(const struct byte_list *l, struct vec_builder *out,
    struct err *e)
{
	int rc = 0;

	for (const struct byte_chunk *k = l->first; k != NULL; k = k->next)
		for (const char *at = k->bytes; at < k->bytes + k->n &&
		    rc == 0;)
			rc = value_bytes_read(&at, out, e);
	return rc;
}

/* ---- one value ---- */

static void
keep_bytes(struct agg_context *c, struct agg_value *a, struct str s)
{
	if (a->room < s.n) {
		a->room = (uint32_t)(s.n + s.n / 4);
		a->text = arena_alloc(c->heap, a->room);
	}
	memcpy(a->text, s.p, s.n);
}

void
agg_value_set(struct agg_context *c, struct agg_value *a,
    const struct vec *v, uint32_t i)
{
	enum type_rep rep = v->type->rep;
	struct sbuf b = { 0 };

	a->set = true;
	a->null = vec_is_null(v, i);
	if (a->null)
		return;
	if (rep == REP_STR) {
		struct strview view;
		struct str s = kernel_str(v, i);

		if (s.n > STRVIEW_INLINE) {
			keep_bytes(c, a, s);
			s.p = a->text;
		}
		view = strview_of(s);
		memcpy(a->bytes, &view, sizeof(view));
	} else if (rep == REP_LIST || rep == REP_ROW) {
		value_bytes_add(&b, v, i);
		keep_bytes(c, a, sbuf_str(&b));
		sbuf_release(&b);
	} else {
		memcpy(a->bytes, vec_at(v, i), (size_t)rep_width(rep));
	}
}

int
agg_value_put(const struct agg_value *a, const struct type *t,
    struct vec_builder *out, struct err *e)
{
	const char *at = a->text;

	if (!a->set || a->null)
		return vec_builder_null(out, e);
	if (t->rep == REP_STR)
		return vec_builder_str(out, strview_str(
		    (const void *)a->bytes), e);
	if (t->rep == REP_LIST || t->rep == REP_ROW)
		return value_bytes_read(&at, out, e);
	return vec_builder_value(out, a->bytes, e);
}

static int
compare_nested(const struct vec *v, uint32_t i, const struct agg_value *a,
    int want)
{
	struct vec_builder b;
	struct vec *kept;
	int order = 0;

	vec_builder_init(&b, v->type, NULL);
	if (agg_value_put(a, v->type, &b, NULL) == 0 &&
	    (kept = vec_builder_finish(&b, NULL)) != NULL) {
		order = want == 0 ? vec_compare(v, i, kept, 0)
		    : compare_extreme(v, i, kept, 0, want);
		vec_drop(&kept);
	}
	vec_builder_release(&b);
	return order;
}

int
agg_value_compare(const struct vec *v, uint32_t i, const struct agg_value *a)
{
	const struct type *t = v->type;

	if (t->rep == REP_LIST || t->rep == REP_ROW)
		return compare_nested(v, i, a, 0);
	if (t->id == TYPE_VARCHAR || t->id == TYPE_VARBINARY)
		return compare_views(&((const struct strview *)v->data)[
		    kernel_is_const(v) ? 0 : i], (const void *)a->bytes);
	return value_compare(t, vec_at(v, i), a->bytes);
}

int
agg_value_extreme(const struct vec *v, uint32_t i, const struct agg_value *a,
    int want)
{
	if (v->type->rep == REP_LIST || v->type->rep == REP_ROW)
		return compare_nested(v, i, a, want);
	return agg_value_compare(v, i, a);
}
