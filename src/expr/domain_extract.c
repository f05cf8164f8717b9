/* SPDX-License-Identifier: Apache-2.0
 * domain_extract.c - filters to domains: comparisons of a column with
 * constants, IN, IS NULL, prefixes of LIKE; ORs of them, ANDs of anything. */
#include "base/check.h"
#include "expr/domain_priv.h"

/* What one expression says.  exact: it is true just for the rows in the
 * set. */
struct extract {
	struct domain_set set;
	bool exact;
};

struct extractor {
	struct expr_pool *pool;
};

static void extract(struct extractor *x, struct expr *e, struct extract *out);

static void
set_none(struct extract *out)
{
	*out = (struct extract){ .set.none = true, .exact = true };
}

static void
set_one(struct extractor *x, struct extract *out, const struct expr *column,
    struct domain *d, bool exact)
{
	struct arena *a = x->pool->arena;

	if (!d->all && d->n == 0 && !d->nulls) {
		set_none(out);
		out->exact = exact;
		return;
	}
	*out = (struct extract){ .exact = exact };
	out->set.n = 1;
	out->set.column = arena_array(a, int, 1);
	out->set.domain = arena_array(a, struct domain *, 1);
	out->set.column[0] = column->input;
	out->set.domain[0] = d;
}

static struct domain *
one_range(struct extractor *x, const struct type *t, struct vec *low,
    bool low_closed, struct vec *high, bool high_closed)
{
	struct domain *d = domain_new(x->pool, t, 1);

	d->n = 1;
	d->ranges[0] = (struct domain_range){ low, high, low_closed,
		high_closed };
	return d;
}

/* ---- single conditions ---- */

static bool
named(const struct expr *e, const char *name)
{
	size_t n = strlen(name);

	return e->kind == EXPR_CALL && strncmp(e->func->signature, name, n) ==
	    0 && e->func->signature[n] == '(';
}

enum compare { NONE, EQ, NE, LT, LE, GT, GE };

static enum compare
comparison(const struct expr *e)
{
	static const char *const names[] = { "", "=", "<>", "<", "<=", ">",
		">=" };

	for (int i = EQ; i <= GE; i++)
		if (e->n == 2 && named(e, names[i]))
			return (enum compare)i;
	return NONE;
}

static bool
is_float(const struct type *t)
{
	return t->id == TYPE_REAL || t->id == TYPE_DOUBLE ||
	    t->id == TYPE_NUMBER;
}

/* Would NaN slip into an upper range?  It is the largest value of the order
 * but no comparison is true for it. */
static bool
extract_compare(struct extractor *x, const struct expr *e, enum compare op,
    struct extract *out)
{
	static const enum compare turned[] = { NONE, EQ, NE, GT, GE, LT, LE };
	const struct expr *column = e->arg[0], *value = e->arg[1];
	const struct type *t;
	struct domain *d;
	struct vec *v;

	if (column->kind == EXPR_CONST) {
		value = e->arg[0];
		column = e->arg[1];
		op = turned[op];
	}
	if (column->kind != EXPR_INPUT || value->kind != EXPR_CONST ||
	    !type_orderable(column->type) ||
	    !type_equal(column->type, value->type))
		return false;
	if (expr_is_null_const(value)) {
		set_none(out);
		return true;
	}
	v = value->value;
	t = column->type;
	switch (op) {
	case EQ:
	case NE:
		d = one_range(x, t, v, true, v, true);
		if (op == NE)
			d = domain_complement(x->pool, d);
		break;
	case LT:
	case LE:
		d = one_range(x, t, NULL, false, v, op == LE);
		break;
	default:
		d = one_range(x, t, v, op == GE, NULL, false);
		break;
	}
	set_one(x, out, column, d, !is_float(t) || op == LT || op == LE);
	return true;
}

static bool
extract_in(struct extractor *x, const struct expr *e, struct extract *out)
{
	const struct expr *column = e->arg[0];
	struct domain *d;

	if (column->kind != EXPR_INPUT || !type_orderable(column->type))
		return false;
	d = domain_new(x->pool, column->type, 0);
	for (int i = 1; i < e->n; i++) {
		struct vec *v = e->arg[i]->value;

		if (e->arg[i]->kind != EXPR_CONST)
			return false;
		if (!expr_is_null_const(e->arg[i]))
			d = domain_unite(x->pool, d, one_range(x,
			    column->type, v, true, v, true));
	}
	set_one(x, out, column, d, !is_float(column->type));
	return true;
}

/* The least text that is greater than all with this prefix. */
static bool
after_prefix(struct sbuf *to, struct str prefix)
{
	sbuf_adds(to, prefix);
	while (to->n > 0 && (unsigned char)to->p[to->n - 1] == 0xff)
		to->n--;
	if (to->n == 0)
		return false;
	to->p[to->n - 1]++;
	return true;
}

static void
extract_prefix(struct extractor *x, const struct expr *column,
    struct str prefix, bool exact, struct extract *out)
{
	struct expr *low = expr_const_str(x->pool, column->type, prefix);
	struct expr *high = NULL;
	struct sbuf b = { 0 };

	if (after_prefix(&b, prefix))
		high = expr_const_str(x->pool, column->type, sbuf_str(&b));
	sbuf_release(&b);
	set_one(x, out, column, one_range(x, column->type, low->value, true,
	    high == NULL ? NULL : high->value, false), exact);
}

/* LIKE 'abc%' (without ESCAPE), starts_with(x, 'abc'). */
static bool
extract_like(struct extractor *x, const struct expr *e, struct extract *out)
{
	const struct expr *column = e->arg[0];
	struct str s;
	size_t n = 0;

	if (e->n != 2 || column->kind != EXPR_INPUT ||
	    column->type->id != TYPE_VARCHAR ||
	    e->arg[1]->kind != EXPR_CONST || expr_is_null_const(e->arg[1]))
		return false;
	s = strview_str(e->arg[1]->value->data);
	if (named(e, "starts_with")) {
		if (s.n == 0)
			return false;
		extract_prefix(x, column, s, true, out);
		return true;
	}
	if (!named(e, "LIKE"))
		return false;
	while (n < s.n && s.p[n] != '%' && s.p[n] != '_')
		n++;
	if (n == 0)
		return false;
	if (n == s.n) {
		struct vec *v = expr_const_str(x->pool, column->type,
		    s)->value;

		set_one(x, out, column, one_range(x, column->type, v, true, v,
		    true), true);
		return true;
	}
	extract_prefix(x, column, (struct str){ s.p, n }, n + 1 == s.n &&
	    s.p[n] == '%', out);
	return true;
}

static bool
extract_not(struct extractor *x, const struct expr *e, struct extract *out)
{
	struct expr *a = e->arg[0];
	struct domain *d;
	struct extract inner;

	if (a->kind == EXPR_NOT) {
		extract(x, a->arg[0], out);
		return true;
	}
	if (a->kind == EXPR_IS_NULL && a->arg[0]->kind == EXPR_INPUT) {
		d = domain_new(x->pool, a->arg[0]->type, 0);
		d->all = true;
		set_one(x, out, a->arg[0], d, true);
		return true;
	}
	if (a->kind == EXPR_INPUT && a->type->id == TYPE_BOOLEAN) {
		struct vec *v = expr_bool(x->pool, false)->value;

		set_one(x, out, a, one_range(x, a->type, v, true, v, true),
		    true);
		return true;
	}
	/* NOT IN with a NULL in the list is never true. */
	if (a->kind == EXPR_IN)
		for (int i = 1; i < a->n; i++)
			if (expr_is_null_const(a->arg[i])) {
				set_none(out);
				return true;
			}
	if (!(a->kind == EXPR_IN && extract_in(x, a, &inner)) &&
	    !(comparison(a) != NONE && extract_compare(x, a, comparison(a),
	    &inner)))
		return false;
	if (inner.set.none || !inner.exact || is_float(
	    inner.set.domain[0]->type))
		return false;
	d = domain_complement(x->pool, inner.set.domain[0]);
	set_one(x, out, &(struct expr){ .input = inner.set.column[0] }, d,
	    true);
	return true;
}

static bool
extract_single(struct extractor *x, struct expr *e, struct extract *out)
{
	struct domain *d;

	switch (e->kind) {
	case EXPR_INPUT:
		if (e->type->id != TYPE_BOOLEAN)
			return false;
		d = one_range(x, e->type, expr_bool(x->pool, true)->value,
		    true, NULL, false);
		set_one(x, out, e, d, true);
		return true;
	case EXPR_CALL:
		if (comparison(e) != NONE)
			return extract_compare(x, e, comparison(e), out);
		return extract_like(x, e, out);
	case EXPR_IN:
		return extract_in(x, e, out);
	case EXPR_IS_NULL:
		if (e->arg[0]->kind != EXPR_INPUT)
			return false;
		d = domain_new(x->pool, e->arg[0]->type, 0);
		d->nulls = true;
		set_one(x, out, e->arg[0], d, true);
		return true;
	case EXPR_NOT:
		return extract_not(x, e, out);
	default:
		return false;
	}
}

/* ---- sets ---- */

static int
set_find(const struct domain_set *s, int column)
{
	for (int i = 0; i < s->n; i++)
		if (s->column[i] == column)
			return i;
	return -1;
}

static void
intersect_sets(struct extractor *x, struct domain_set *to,
    const struct domain_set *from)
{
	struct arena *a = x->pool->arena;
	int *column = arena_array(a, int, to->n + from->n + 1);
	struct domain **domain = arena_array(a, struct domain *,
	    to->n + from->n + 1);

	if (to->none || from->none) {
		*to = (struct domain_set){ .none = true };
		return;
	}
	for (int i = 0; i < to->n; i++) {
		column[i] = to->column[i];
		domain[i] = to->domain[i];
	}
	to->column = column;
	to->domain = domain;
	for (int i = 0; i < from->n; i++) {
		int k = set_find(to, from->column[i]);

		if (k < 0) {
			column[to->n] = from->column[i];
			domain[to->n++] = from->domain[i];
			continue;
		}
		domain[k] = domain_intersect(x->pool, domain[k],
		    from->domain[i]);
		if (!domain[k]->all && domain[k]->n == 0 &&
		    !domain[k]->nulls) {
			*to = (struct domain_set){ .none = true };
			return;
		}
	}
}

/* Columns of which both say something. */
static void
unite_sets(struct extractor *x, struct extract *to,
    const struct extract *from)
{
	struct domain_set both = { 0 };
	struct arena *a = x->pool->arena;

	if (from->set.none)
		return;
	if (to->set.none) {
		*to = *from;
		return;
	}
	to->exact = to->exact && from->exact && to->set.n == 1 &&
	    from->set.n == 1 && to->set.column[0] == from->set.column[0];
	both.column = arena_array(a, int, to->set.n + 1);
	both.domain = arena_array(a, struct domain *, to->set.n + 1);
	for (int i = 0; i < to->set.n; i++) {
		int k = set_find(&from->set, to->set.column[i]);
		struct domain *d;

		if (k < 0)
			continue;
		d = domain_unite(x->pool, to->set.domain[i],
		    from->set.domain[k]);
		if (d->all && d->nulls)
			continue;
		both.column[both.n] = to->set.column[i];
		both.domain[both.n++] = d;
	}
	to->set = both;
}

static void
extract(struct extractor *x, struct expr *e, struct extract *out)
{
	struct extract part;

	*out = (struct extract){ 0 };
	if (expr_is_true(e)) {
		out->exact = true;
	} else if (expr_is_false_or_null(e)) {
		set_none(out);
	} else if (e->kind == EXPR_AND) {
		out->exact = true;
		for (int i = 0; i < e->n; i++) {
			extract(x, e->arg[i], &part);
			out->exact &= part.exact;
			intersect_sets(x, &out->set, &part.set);
		}
	} else if (e->kind == EXPR_OR) {
		set_none(out);
		for (int i = 0; i < e->n; i++) {
			extract(x, e->arg[i], &part);
			unite_sets(x, out, &part);
		}
	} else {
		extract_single(x, e, out);
	}
}

int
domain_extract(struct expr_pool *p, struct expr *filter,
    struct domain_set *out, struct expr **rest, struct err *e)
{
	struct extractor x = { p };
	struct expr *one = filter, **term = &one, **left;
	int n = 1, n_left = 0;

	*out = (struct domain_set){ 0 };
	if (filter == NULL) {
		if (rest != NULL)
			*rest = NULL;
		return 0;
	}
	if (filter->kind == EXPR_AND) {
		term = filter->arg;
		n = filter->n;
	}
	left = arena_array(p->arena, struct expr *, n + 1);
	for (int i = 0; i < n; i++) {
		struct extract part;

		extract(&x, term[i], &part);
		if (!part.exact)
			left[n_left++] = term[i];
		intersect_sets(&x, out, &part.set);
	}
	if (rest != NULL)
		*rest = n_left == 0 ? NULL : expr_and(p, left, n_left);
	return 0;
}
