/* SPDX-License-Identifier: Apache-2.0
 * build_scan.c - scans, constant rows, filters and projections, fused into
 * as few nodes as there can be. */
#include "base/check.h"
#include "opt/build.h"

/* Domains by table column become domains by position in columns. */
static void
scan_domains(struct build *b, const struct plan_node *n,
    struct frag_node *scan)
{
	const struct domain_set *from = &n->scan.domains;
	struct domain_set *to = &scan->domains;

	to->none = from->none;
	to->column = arena_array(b->o->arena, int, from->n + 1);
	to->domain = arena_array(b->o->arena, struct domain *, from->n + 1);
	for (int i = 0; i < from->n; i++)
		for (int k = 0; k < scan->n_columns; k++)
			if (scan->columns[k] == from->column[i]) {
				to->column[to->n] = k;
				to->domain[to->n++] = from->domain[i];
			}
}

static void
scan_dynamics(struct build *b, const struct plan_node *n,
    struct frag_node *scan)
{
	scan->dynamic = arena_array(b->o->arena, struct frag_dynamic,
	    b->dynamics.n + 1);
	for (int i = 0; i < b->dynamics.n; i++) {
		const struct dynamic *d = &b->dynamics.v[i];

		for (int k = 0; d->scan == n && k < n->out.n; k++)
			if (n->out.v[k] == d->symbol)
				scan->dynamic[scan->n_dynamic++] =
				    (struct frag_dynamic){ d->id, k };
	}
}

int
build_scan(struct build *b, struct plan_node *n, struct piece *out)
{
	struct frag_node *s = build_frag(b, FRAG_SCAN, 0);

	s->catalog = n->scan.catalog;
	s->table = n->scan.table;
	s->n_columns = n->out.n;
	s->columns = n->scan.columns;
	s->column_types = arena_array(b->o->arena, const struct type *,
	    n->out.n + 1);
	for (int i = 0; i < n->out.n; i++)
		s->column_types[i] = plan_symbol_type(b->o->plan,
		    n->out.v[i]);
	s->scan_limit = n->scan.limit;
	scan_domains(b, n, s);
	scan_dynamics(b, n, s);
	*out = (struct piece){ .place = b->o->options->single_node
	    ? PLACE_SINGLE : PLACE_SOURCE };
	out->out = n->out;
	s->filter = build_expr(b, out, n->scan.filter);
	build_over(b, out, s, &n->out, n);
	return 0;
}

/* Rows that are not all constants: a projection over one row each. */
static int
build_computed_values(struct build *b, struct plan_node *n, struct piece *out)
{
	struct plan *p = b->o->plan;
	struct plan_node *u = plan_node_new(p, PLAN_UNION, n->values.n_rows);
	int columns = n->out.n;

	u->out = n->out;
	u->rows = n->rows;
	u->set.inputs = arena_array(b->o->arena, int *, n->values.n_rows);
	for (int k = 0; k < n->values.n_rows; k++) {
		struct plan_node *one = plan_node_new(p, PLAN_VALUES, 0);
		struct plan_assign *v = arena_array(b->o->arena,
		    struct plan_assign, columns + 1);

		one->values.n_rows = 1;
		for (int i = 0; i < columns; i++) {
			v[i].expr = n->values.v[k * columns + i];
			v[i].symbol = n->values.n_rows == 1 ? n->out.v[i]
			    : plan_symbol_new(p, "field", v[i].expr->type);
		}
		u->child[k] = plan_project(p, one, v, columns);
		u->set.inputs[k] = u->child[k]->out.v;
	}
	return build_node(b, u->n_child == 1 ? u->child[0] : u, out);
}

int
build_values(struct build *b, struct plan_node *n, struct piece *out)
{
	int count = n->values.n_rows * n->out.n;
	struct frag_node *f;

	for (int i = 0; i < count; i++)
		if (!expr_is_const(n->values.v[i]))
			return build_computed_values(b, n, out);
	f = build_frag(b, FRAG_VALUES, 0);
	f->n_rows = n->values.n_rows;
	f->values = n->values.v;
	*out = (struct piece){ .place = PLACE_SINGLE };
	build_over(b, out, f, &n->out, n);
	return 0;
}

/* The node that can take a filter or projection on top: one without
 * projection yet. */
static bool
is_open(const struct frag_node *n)
{
	return (n->kind == FRAG_SCAN || n->kind == FRAG_PROJECT) &&
	    n->project == NULL && n->scan_limit < 0;
}

/* Gives a filter's node its projection, so that no other filter joins it. */
static void
close_filter(struct build *b, struct piece *p)
{
	struct frag_node *f = p->root;

	f->project = arena_array(b->o->arena, struct expr *, f->n + 1);
	for (int i = 0; i < f->n; i++)
		f->project[i] = expr_input(b->o->pool, i, f->types[i]);
}

int
build_filter(struct build *b, struct plan_node *n, struct piece *out)
{
	struct expr *terms[2];
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	terms[1] = build_expr(b, out, n->filter.predicate);
	if (is_open(out->root) && !n->filter.barrier) {
		terms[0] = out->root->filter;
		out->root->filter = terms[0] == NULL ? terms[1]
		    : expr_and(b->o->pool, terms, 2);
		out->root->rows = n->rows;
		out->root->bytes = n->bytes;
		return 0;
	}
	f = build_frag(b, FRAG_PROJECT, 1);
	f->child[0] = out->root;
	f->filter = terms[1];
	build_over(b, out, f, &out->out, n);
	if (n->filter.barrier)
		close_filter(b, out);
	return 0;
}

int
build_project(struct build *b, struct plan_node *n, struct piece *out)
{
	struct expr **v = arena_array(b->o->arena, struct expr *,
	    n->project.n + 1);
	bool identity, hash_kept = true;
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	identity = n->project.n == out->out.n;
	for (int i = 0; i < n->project.n; i++) {
		v[i] = build_expr(b, out, n->project.v[i].expr);
		identity &= v[i]->kind == EXPR_INPUT && v[i]->input == i;
	}
	/* Where a hashed symbol is lost, so is the knowledge. */
	for (int i = 0; i < out->hash.n; i++)
		hash_kept &= symbol_list_has(&n->out, out->hash.v[i]);
	if (!hash_kept)
		out->hash.n = 0;
	if (identity) {
		f = out->root;
	} else if (is_open(out->root)) {
		f = out->root;
		f->project = v;
	} else {
		f = build_frag(b, FRAG_PROJECT, 1);
		f->child[0] = out->root;
		f->project = v;
	}
	build_over(b, out, f, &n->out, n);
	return 0;
}
