/* SPDX-License-Identifier: Apache-2.0
 * join_filter.c - dynamic filters of a finished build, and conditions over
 * pairs of rows. */
#include <stdlib.h>

#include "base/check.h"
#include "ops/join.h"
#include "page/compare.h"

/* As many values as a domain lists one by one. */
enum { MAX_POINTS = 50 };

#define GATHER(type_t) do { \
	const type_t *d = vec_values(v)->data; \
	for (uint32_t i = 0; i < v->n; i++) { \
		out[n] = d[vec_slot(v, i)]; \
		n += !nulls || !vec_is_null(v, i); \
	} \
} while (0)

/* The non-NULL values of an integer column. */
static uint32_t
gather(const struct vec *v, int64_t *out)
{
	bool nulls = vec_may_be_null(v);
	uint32_t n = 0;

	switch (v->type->rep) {
	case REP_I8: GATHER(int8_t); break;
	case REP_I16: GATHER(int16_t); break;
	case REP_I32: GATHER(int32_t); break;
	default: GATHER(int64_t);
	}
	return n;
}

static int
integer_filter(struct join_build *b, struct vec *v,
    struct runtime_filter **out, struct err *e)
{
	struct mem_account *account = b->slot->account;
	size_t bytes = ((size_t)v->n + 1) * sizeof(int64_t);
	int64_t *values = mem_alloc(account, bytes, e);

	if (values == NULL)
		return -(int)e->code;
	*out = runtime_filter_make(v->type, values, gather(v, values),
	    account);
	mem_free(account, values, bytes);
	return 0;
}

/* Bytes of a value, for a constant in the filter's pool. */
static struct vec *
constant(struct runtime_filter *f, const struct vec *v, uint32_t i)
{
	return expr_const(&f->pool, v->type, vec_at(v, i))->value;
}

/* Sorted single values while they are few; then only the ends matter. */
static int
add_point(const struct vec *v, uint32_t i, uint32_t *at, int n)
{
	int low = 0;

	while (low < n && vec_compare(v, at[low], v, i) < 0)
		low++;
	if (low < n && vec_compare(v, at[low], v, i) == 0)
		return n;
	if (n == MAX_POINTS)
		return n + 1;
	memmove(at + low + 1, at + low, sizeof(*at) * (size_t)(n - low));
	at[low] = i;
	return n + 1;
}

static void
find_ends(const struct vec *v, uint32_t *min, uint32_t *max)
{
	for (uint32_t i = 0; i < v->n; i++) {
		if (vec_is_null(v, i))
			continue;
		if (vec_compare(v, i, v, *min) < 0)
			*min = i;
		if (vec_compare(v, i, v, *max) > 0)
			*max = i;
	}
}

/* A domain for pruning, of any orderable scalar type. */
static struct runtime_filter *
domain_filter(const struct vec *v)
{
	static const struct domain nothing;
	struct runtime_filter *f = runtime_filter_of(&nothing, NULL);
	struct domain *d = arena_new(&f->arena, struct domain);
	uint32_t at[MAX_POINTS + 1];
	int n = 0;

	for (uint32_t i = 0; n <= MAX_POINTS && i < v->n; i++)
		if (!vec_is_null(v, i))
			n = add_point(v, i, at, n);
	d->type = v->type;
	f->domain = d;
	f->kind = n == 0 ? FILTER_NONE : FILTER_DOMAIN;
	d->n = n > MAX_POINTS ? 1 : n;
	d->ranges = arena_array(&f->arena, struct domain_range, d->n + 1);
	if (n > MAX_POINTS) {
		at[1] = at[0];
		find_ends(v, &at[0], &at[1]);
	}
	for (int i = 0; i < d->n; i++) {
		struct domain_range *r = &d->ranges[i];

		r->low_closed = r->high_closed = true;
		r->low = constant(f, v, at[i]);
		r->high = n > MAX_POINTS ? constant(f, v, at[1]) : r->low;
	}
	return f;
}

static bool
is_null_safe(const struct join_build *b, int channel)
{
	for (int i = 0; i < b->node->n_join_keys; i++)
		if (b->node->build_keys[i] == channel &&
		    b->node->null_safe != NULL && b->node->null_safe[i])
			return true;
	return false;
}

int
join_publish(struct join_build *b, struct err *e)
{
	const struct task_world *w = &b->slot->task->world;

	for (int i = 0; i < b->node->n_dynamic; i++) {
		const struct frag_dynamic *d = &b->node->dynamic[i];
		struct vec *v = b->column[d->channel];
		struct runtime_filter *f = NULL;
		int ret = 0;

		if (is_null_safe(b, d->channel) ||
		    !join_drops_probe(b->node->join) ||
		    v->type->rep == REP_LIST || v->type->rep == REP_ROW ||
		    !type_orderable(v->type))
			continue;
		if (v->type->rep >= REP_I8 && v->type->rep <= REP_I64 &&
		    v->type->id != TYPE_TIMESTAMP_TZ)
			ret = integer_filter(b, v, &f, e);
		else
			f = domain_filter(v);
		if (ret < 0)
			return ret;
		task_publish(b->slot->task, d->id, f);
		if (w->publish != NULL)
			w->publish(w->arg, d->id, f->domain);
	}
	return 0;
}

int
pair_filter_init(struct pair_filter *f, const struct frag_node *n,
    const struct session_context *session, struct err *e)
{
	const struct frag_node *probe = n->child[0], *build = n->child[1];
	const struct type **types;
	int ret;

	memset(f, 0, sizeof(*f));
	if (n->residual == NULL)
		return 0;
	f->n_probe = probe->n;
	f->n_build = build->n;
	types = xcalloc((size_t)(probe->n + build->n) + 1, sizeof(*types));
	for (int i = 0; i < probe->n + build->n; i++)
		types[i] = i < probe->n ? probe->types[i]
		    : build->types[i - probe->n];
	f->in = xcalloc((size_t)(probe->n + build->n) + 1, sizeof(*f->in));
	f->needs = xcalloc((size_t)(probe->n + build->n) + 1,
	    sizeof(*f->needs));
	ret = program_compile(n->residual, NULL, 0, types,
	    probe->n + build->n, session, &f->program, e);
	for (int i = 0; ret == 0 && i < probe->n + build->n; i++)
		f->needs[i] = program_filter_needs(f->program, i);
	free(types);
	return ret;
}

void
pair_filter_release(struct pair_filter *f)
{
	program_free(&f->program);
	free(f->in);
	free(f->needs);
	f->in = NULL;
	f->needs = NULL;
}

int
pair_filter_run(struct pair_filter *f, struct row_pairs *p,
    struct mem_account *account, struct err *e)
{
	uint32_t left = 0;
	int ret = 0;

	for (int i = 0; ret == 0 && i < f->n_probe + f->n_build; i++) {
		if (!f->needs[i])
			continue;
		f->in[i] = i < f->n_probe
		    ? vec_select(p->probe[i], p->x, p->n, account, e)
		    : vec_select(p->build[i - f->n_probe], p->y, p->n,
		    account, e);
		ret = f->in[i] == NULL ? -(int)e->code : 0;
	}
	if (ret == 0)
		ret = program_filter(f->program, f->in, p->n, account,
		    f->sel, &left, e);
	for (uint32_t k = 0; ret == 0 && k < left; k++) {
		p->x[k] = p->x[f->sel[k]];
		p->y[k] = p->y[f->sel[k]];
	}
	p->n = left;
	for (int i = 0; i < f->n_probe + f->n_build; i++)
		vec_drop(&f->in[i]);
	return ret;
}
