/* SPDX-License-Identifier: Apache-2.0
 * show_stats.c - SHOW STATS FOR a table or a query that reads one. */
#include "plan/show.h"
#include "type/value.h"

/* The scan under projections and filters that let all rows pass. */
static const struct plan_node *
find_scan(const struct plan_node *n)
{
	while (n->kind == PLAN_PROJECT || n->kind == PLAN_OUTPUT)
		n = n->child[0];
	return n->kind == PLAN_SCAN ? n : NULL;
}

static struct expr *
number(struct binder *b, double d)
{
	return expr_const(b->pool, TYPE(DOUBLE), d < 0 ? NULL : &d);
}

static struct expr *
extreme(struct binder *b, struct vec *v, const struct type *t)
{
	struct expr *x;

	if (v == NULL || vec_is_null(v, 0) || t->rep == REP_STR)
		return expr_const(b->pool, TYPE(VARCHAR), NULL);
	if (type_is(t, TYPE_DOUBLE) || type_is(t, TYPE_REAL)) {
		struct sbuf text = { 0 };

		value_print_json(&text, t, vec_at(v, 0));
		x = expr_const_str(b->pool, TYPE(VARCHAR),
		    arena_str(b->arena, sbuf_str(&text)));
		sbuf_release(&text);
		return x;
	}
	x = expr_const_vec(b->pool, vec_ref(v));
	return expr_fold(b->pool, expr_cast(b->pool, x, TYPE(VARCHAR)),
	    b->session->context);
}

static bool
is_variable(const struct type *t)
{
	return t->rep == REP_STR || t->rep == REP_LIST || t->rep == REP_ROW;
}

static void
column_row(struct binder *b, struct show_rows *r, const char *name,
    const struct type *t, const struct table_stats *s, int column)
{
	const struct column_stats *c = column >= 0 && column < s->n
	    ? &s->column[column] : NULL;
	double size = -1;

	if (c != NULL && is_variable(t) && c->bytes >= 0 && s->rows >= 0)
		size = c->bytes * s->rows * (c->nulls > 0 ? 1 - c->nulls : 1);
	show_text(b, r, name);
	show_cell(b, r, number(b, size));
	show_cell(b, r, number(b, c == NULL ? -1 : c->distinct));
	show_cell(b, r, number(b, c == NULL ? -1 : c->nulls));
	show_cell(b, r, number(b, -1));
	show_cell(b, r, extreme(b, c == NULL ? NULL : c->min, t));
	show_cell(b, r, extreme(b, c == NULL ? NULL : c->max, t));
}

static int
ask_stats(struct binder *b, const struct plan_node *scan,
    struct table_stats *out)
{
	struct conn_scan s = { .table = scan->scan.table, .limit = -1 };
	struct conn *c = scan->scan.conn;
	struct conn_tx *tx;
	int rc;

	*out = (struct table_stats){ .rows = -1, .unique_column = -1 };
	if (c->kind->stats == NULL)
		return 0;
	if ((rc = bind_tx(b, c, &tx)) != 0)
		return rc;
	s.n = scan->scan.table->n;
	s.columns = arena_array(b->arena, int, s.n);
	for (int i = 0; i < s.n; i++)
		s.columns[i] = i;
	return c->kind->stats(c, tx, &s, b->pool, out, b->err);
}

/* The table's column that a symbol is; -1: none. */
static int
column_of(const struct plan_node *n, int symbol)
{
	for (; n->kind != PLAN_SCAN; n = n->child[0]) {
		int from = -1;

		if (n->kind != PLAN_PROJECT)
			continue;
		for (int i = 0; i < n->project.n; i++)
			if (n->project.v[i].symbol == symbol &&
			    n->project.v[i].expr->kind == EXPR_INPUT)
				from = n->project.v[i].expr->input;
		if (from < 0)
			return -1;
		symbol = from;
	}
	for (int i = 0; i < n->out.n; i++)
		if (n->out.v[i] == symbol)
			return n->scan.columns[i];
	return -1;
}

int
show_stats(struct binder *b, const struct show_node *n)
{
	static const char *const names[] = { "column_name", "data_size",
		"distinct_values_count", "nulls_fraction", "row_count",
		"low_value", "high_value" };
	const struct type *types[7] = { TYPE(VARCHAR), TYPE(DOUBLE),
		TYPE(DOUBLE), TYPE(DOUBLE), TYPE(DOUBLE), TYPE(VARCHAR),
		TYPE(VARCHAR) };
	struct table_stats stats = { .rows = -1 };
	const struct plan_node *scan;
	struct relation r = { 0 };
	struct show_rows rows;
	int rc;

	if (n->query != NULL) {
		rc = bind_query(b, (struct query_node *)(n->query->kind ==
		    NODE_QUERY ? n->query : ((struct unary_node *)n->query)
		    ->value), NULL, &r);
	} else {
		struct table_node t = { .node = n->node, .name = n->name };

		t.node.kind = NODE_TABLE;
		rc = bind_table(b, &t.node, &r);
	}
	if (rc != 0)
		return rc;
	scan = find_scan(r.node);
	if (scan != NULL && (rc = ask_stats(b, scan, &stats)) != 0)
		return rc;
	show_init(&rows, names, types, 7);
	for (int i = 0; i < r.fields.n; i++) {
		const struct field *f = &r.fields.v[i];

		if (!f->hidden)
			column_row(b, &rows, f->name, f->type, &stats,
			    scan == NULL ? -1 : column_of(r.node, f->symbol));
	}
	show_text(b, &rows, NULL);
	for (int i = 0; i < 3; i++)
		show_cell(b, &rows, number(b, -1));
	show_cell(b, &rows, number(b, stats.rows));
	show_text(b, &rows, NULL);
	show_text(b, &rows, NULL);
	return show_answer(b, &rows, NULL);
}
