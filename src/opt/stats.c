/* SPDX-License-Identifier: Apache-2.0
 * stats.c - estimates: rows and bytes of nodes from what connectors know of
 * their columns. */
#include <math.h>

#include "opt/estimate.h"

void
stats_init(struct opt *o, struct stats *s)
{
	s->o = o;
	s->n = 0;
	s->v = NULL;
}

/* Room for the columns of all symbols there are by now. */
static void
grow(struct stats *s)
{
	int n = s->o->plan->symbols.n;
	struct stats_column *v;

	if (n <= s->n)
		return;
	n += n / 2 + 16;
	v = arena_array(s->o->arena, struct stats_column, n);
	if (s->n > 0)
		memcpy(v, s->v, sizeof(*v) * (size_t)s->n);
	for (int i = s->n; i < n; i++)
		v[i] = (struct stats_column){ -1, -1, NAN, NAN, -1 };
	s->v = v;
	s->n = n;
}

struct stats_column *
stats_column(struct stats *s, int symbol)
{
	grow(s);
	return &s->v[symbol];
}

/* A value as a number that keeps the order; NAN: there is none. */
double
stats_value(const struct vec *v)
{
	const void *p;

	if (v == NULL || v->type->rep == REP_ROW || vec_is_null(v, 0))
		return NAN;
	p = vec_at(v, 0);
	switch (v->type->id) {
	case TYPE_BOOLEAN: return *(const uint8_t *)p;
	case TYPE_TINYINT: return *(const int8_t *)p;
	case TYPE_SMALLINT: return *(const int16_t *)p;
	case TYPE_INTEGER: case TYPE_DATE: case TYPE_INTERVAL_YM:
		return *(const int32_t *)p;
	case TYPE_BIGINT: case TYPE_TIME: case TYPE_INTERVAL_DS:
		return (double)*(const int64_t *)p;
	case TYPE_REAL: return (double)*(const float *)p;
	case TYPE_DOUBLE: return *(const double *)p;
	case TYPE_DECIMAL:
		return (v->type->rep == REP_I64 ? (double)*(const int64_t *)p
		    : (double)*(const int128 *)p) *
		    pow(10, -v->type->scale);
	case TYPE_TIMESTAMP:
		return v->type->rep == REP_I64 ? (double)*(const int64_t *)p
		    : (double)((const struct long_time *)p)->hi;
	case TYPE_TIMESTAMP_TZ:
		return v->type->rep == REP_I64
		    ? (double)(*(const int64_t *)p >> 12)
		    : (double)(((const struct long_time *)p)->hi >> 12);
	default:
		return NAN;
	}
}

static double
type_bytes(const struct type *t)
{
	switch (t->rep) {
	case REP_STR:
		if (t->id == TYPE_CHAR)
			return t->length;
		return t->length < 64 && t->id == TYPE_VARCHAR
		    ? t->length / 2 + 8 : 32;
	case REP_LIST: return 64;
	case REP_ROW: return 32;
	default: return type_width(t) > 0 ? type_width(t) : 8;
	}
}

double
stats_row_bytes(struct stats *s, const struct symbol_list *l)
{
	double sum = 0;

	for (int i = 0; i < l->n; i++) {
		const struct stats_column *c = stats_column(s, l->v[i]);
		const struct type *t = plan_symbol_type(s->o->plan, l->v[i]);

		sum += c->bytes >= 0 && t->rep == REP_STR ? c->bytes + 4
		    : type_bytes(t);
	}
	return sum;
}

static int
transaction_of(struct opt *o, struct conn *c, struct conn_tx **out)
{
	*out = NULL;
	if (o->session->transaction == NULL)
		return 0;
	return o->session->transaction(o->session->transaction_arg, c, out,
	    o->err);
}

/* ---- leaves ---- */

static void
take_columns(struct stats *s, struct plan_node *n,
    const struct table_stats *t)
{
	for (int i = 0; i < n->out.n; i++) {
		struct stats_column *c = stats_column(s, n->out.v[i]);
		const struct column_stats *from;

		if (n->scan.columns[i] >= t->n)
			continue;
		from = &t->column[n->scan.columns[i]];
		c->distinct = from->distinct;
		c->nulls = from->nulls;
		c->bytes = from->bytes;
		c->low = stats_value(from->min);
		c->high = stats_value(from->max);
		if (t->unique_column == n->scan.columns[i] && t->rows >= 0)
			c->distinct = t->rows;
	}
}

static int
estimate_scan(struct stats *s, struct plan_node *n)
{
	struct conn *c = n->scan.conn;
	struct conn_scan scan = { .table = n->scan.table, .n = n->out.n,
		.columns = n->scan.columns, .limit = -1 };
	struct table_stats t = { .rows = -1, .unique_column = -1 };
	struct conn_tx *tx;
	int rc;

	if (c != NULL && c->kind->stats != NULL) {
		if ((rc = transaction_of(s->o, c, &tx)) != 0 ||
		    (rc = c->kind->stats(c, tx, &scan, s->o->pool, &t,
		    s->o->err)) != 0)
			return rc;
	}
	n->rows = t.rows;
	take_columns(s, n, &t);
	if (n->rows >= 0 && n->scan.filter != NULL)
		n->rows = stats_filter(s, n->rows, n->scan.filter);
	return 0;
}

static void
estimate_values(struct stats *s, struct plan_node *n)
{
	n->rows = n->values.n_rows;
	for (int i = 0; i < n->out.n; i++) {
		struct stats_column *c = stats_column(s, n->out.v[i]);
		double low = INFINITY, high = -INFINITY;

		c->distinct = n->rows;
		c->nulls = 0;
		for (int k = 0; k < n->values.n_rows && k < 1000; k++) {
			const struct expr *x = n->values.v[k * n->out.n + i];
			double v = expr_is_const(x) ? stats_value(x->value)
			    : NAN;

			low = fmin(low, v);
			high = fmax(high, v);
		}
		c->low = isfinite(low) ? low : NAN;
		c->high = isfinite(high) ? high : NAN;
	}
}

/* ---- inner nodes ---- */

/* No column has more values than there are rows. */
void
stats_cap(struct stats *s, const struct symbol_list *l, double rows)
{
	for (int i = 0; rows >= 0 && i < l->n; i++) {
		struct stats_column *c = stats_column(s, l->v[i]);

		if (c->distinct > rows)
			c->distinct = rows;
	}
}

static void
estimate_project(struct stats *s, struct plan_node *n)
{
	n->rows = n->child[0]->rows;
	for (int i = 0; i < n->project.n; i++) {
		const struct expr *x = n->project.v[i].expr;
		struct symbol_list uses = { 0 };
		struct stats_column out = { -1, -1, NAN, NAN, -1 };

		plan_expr_uses(s->o->arena, x, &uses);
		if (x->kind == EXPR_INPUT) {
			out = *stats_column(s, x->input);
		} else if (uses.n == 0) {
			out.distinct = 1;
		} else if (uses.n == 1) {
			out.distinct = stats_column(s, uses.v[0])->distinct;
			out.nulls = stats_column(s, uses.v[0])->nulls;
		}
		*stats_column(s, n->project.v[i].symbol) = out;
	}
}

/* How many different combinations of the keys there are among the rows. */
double
stats_groups(struct stats *s, const struct symbol_list *keys, double rows)
{
	double groups = 1, largest = 1;
	bool unknown = false;

	for (int i = 0; i < keys->n; i++) {
		double d = stats_column(s, keys->v[i])->distinct;

		if (d < 0) {
			unknown = true;
			continue;
		}
		if (d < 1)
			d = 1;
		groups *= d;
		largest = fmax(largest, d);
	}
	if (unknown)
		groups = rows < 0 ? -1 : fmax(groups, rows / 10);
	if (rows >= 0 && groups > rows)
		groups = rows;
	return groups < 1 && groups >= 0 ? 1 : groups;
}

static void
estimate_aggregate(struct stats *s, struct plan_node *n)
{
	double rows = n->child[0]->rows;

	if (n->aggregate.keys.n == 0)
		n->rows = 1;
	else
		n->rows = rows < 0 ? -1 : stats_groups(s,
		    &n->aggregate.keys, rows);
	for (int i = 0; i < n->aggregate.n; i++) {
		struct stats_column *c = stats_column(s,
		    n->aggregate.v[i].symbol);

		c->distinct = n->rows;
	}
	stats_cap(s, &n->aggregate.keys, n->rows);
}

static void
estimate_limit(struct plan_node *n)
{
	n->rows = n->child[0]->rows;
	if (n->sort.limit >= 0 && (n->rows < 0 ||
	    n->rows > (double)n->sort.limit))
		n->rows = (double)n->sort.limit;
}

static void
estimate_union(struct stats *s, struct plan_node *n)
{
	n->rows = 0;
	for (int c = 0; c < n->n_child; c++)
		n->rows = n->rows < 0 || n->child[c]->rows < 0 ? -1
		    : n->rows + n->child[c]->rows;
	for (int i = 0; i < n->out.n; i++) {
		struct stats_column out = { 0, -1, INFINITY, -INFINITY, -1 };

		for (int c = 0; c < n->n_child; c++) {
			const struct stats_column *in = stats_column(s,
			    n->set.inputs[c][i]);

			out.distinct = out.distinct < 0 || in->distinct < 0
			    ? -1 : out.distinct + in->distinct;
			out.low = isnan(in->low) ? NAN : fmin(out.low,
			    in->low);
			out.high = isnan(in->high) ? NAN : fmax(out.high,
			    in->high);
			out.bytes = fmax(out.bytes, in->bytes);
		}
		*stats_column(s, n->out.v[i]) = out;
	}
}

static void
estimate_group_id(struct stats *s, struct plan_node *n)
{
	double rows = n->child[0]->rows;

	n->rows = rows < 0 ? -1 : rows * n->group_id.n_sets;
	for (int i = 0; i < n->group_id.n_keys; i++)
		*stats_column(s, n->group_id.to[i]) =
		    *stats_column(s, n->group_id.from[i]);
	stats_column(s, n->group_id.id_symbol)->distinct =
	    n->group_id.n_sets;
}

static void
estimate_filter(struct stats *s, struct plan_node *n)
{
	const struct plan_node *child = n->child[0];
	const struct expr *x = n->filter.predicate;

	if (child->rows < 0)
		n->rows = -1;
	else if (child->kind == PLAN_MARK_DISTINCT &&
	    x->kind == EXPR_INPUT && x->input == child->mark.symbol)
		n->rows = stats_groups(s, &child->mark.keys, child->rows);
	else
		n->rows = stats_filter(s, child->rows, x);
}

static int
estimate_node(struct stats *s, struct plan_node *n)
{
	double rows = n->n_child > 0 ? n->child[0]->rows : -1;

	switch (n->kind) {
	case PLAN_SCAN: return estimate_scan(s, n);
	case PLAN_VALUES: estimate_values(s, n); break;
	case PLAN_FILTER: estimate_filter(s, n); break;
	case PLAN_PROJECT: estimate_project(s, n); break;
	case PLAN_AGGREGATE: estimate_aggregate(s, n); break;
	case PLAN_JOIN: stats_join(s, n); break;
	case PLAN_LIMIT: case PLAN_TOPN: estimate_limit(n); break;
	case PLAN_UNION: estimate_union(s, n); break;
	case PLAN_GROUP_ID: estimate_group_id(s, n); break;
	case PLAN_UNNEST: n->rows = rows < 0 ? -1 : rows * 3; break;
	case PLAN_SINGLE_ROW: n->rows = 1; break;
	case PLAN_ROW_ID:
		n->rows = rows;
		stats_column(s, n->mark.symbol)->distinct = rows;
		break;
	case PLAN_WRITE: n->rows = 1; break;
	default:
		n->rows = rows;
	}
	return 0;
}

int
stats_estimate_one(struct stats *s, struct plan_node *n)
{
	int rc;

	grow(s);
	if ((rc = estimate_node(s, n)) != 0)
		return rc;
	n->bytes = n->rows < 0 ? -1 : n->rows * stats_row_bytes(s, &n->out);
	return 0;
}

int
stats_estimate(struct stats *s, struct plan_node *n)
{
	int rc;

	if ((rc = opt_enter(s->o)) != 0)
		return rc;
	for (int i = 0; i < n->n_child; i++)
		if ((rc = stats_estimate(s, n->child[i])) != 0)
			return rc;
	s->o->depth--;
	return stats_estimate_one(s, n);
}
