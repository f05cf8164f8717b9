/* SPDX-License-Identifier: Apache-2.0
 * bind_query.c - queries: WITH, bodies, VALUES, ORDER BY over what is no
 * SELECT, OFFSET and LIMIT. */
#include "plan/binder.h"

/* ---- WITH ---- */

static int
with_columns(struct binder *b, const struct with_query_node *w,
    struct relation *r)
{
	if (!w->has_columns)
		return 0;
	if (w->columns.n != r->fields.n)
		return bind_error(b, w->columns.v[0],
		    ERR_MISMATCHED_COLUMN_ALIASES,
		    "Column alias list has %d entries but relation has %d "
		    "columns", w->columns.n, r->fields.n);
	for (int i = 0; i < w->columns.n; i++) {
		const struct ident_node *id =
		    (const struct ident_node *)w->columns.v[i];

		for (int k = 0; k < i; k++)
			if (str_eq(((struct ident_node *)w->columns.v[k])
			    ->lower, id->lower))
				return bind_error(b, &id->node,
				    ERR_DUPLICATE_COLUMN_NAME,
				    "Column name '%.*s' specified more than "
				    "once", STR_ARG(id->lower));
		r->fields.v[i].name = bind_str(b, id->value);
		r->fields.v[i].lower = id->lower;
	}
	return 0;
}

int
bind_with(struct binder *b, const struct with_node *w,
    const struct scope *outer)
{
	struct with_entry *before = b->with;
	int rc;

	for (int i = 0; i < w->queries.n; i++) {
		const struct with_query_node *q =
		    (const struct with_query_node *)w->queries.v[i];
		struct with_entry *e;

		for (e = b->with; e != before; e =
		    (struct with_entry *)e->next)
			if (str_eq(e->name, q->name->lower))
				return bind_error(b, &q->node,
				    ERR_DUPLICATE_NAMED_QUERY,
				    "WITH query name '%.*s' specified more "
				    "than once", STR_ARG(q->name->lower));
		e = arena_new(b->arena, struct with_entry);
		e->name = q->name->lower;
		if (w->recursive)
			rc = bind_recursive(b, q, outer, &e->relation);
		else
			rc = bind_query(b, q->query, outer, &e->relation);
		if (rc != 0)
			return rc;
		if ((rc = with_columns(b, q, &e->relation)) != 0)
			return rc;
		e->next = b->with;
		b->with = e;
	}
	return 0;
}

/* ---- VALUES ---- */

struct value_rows {
	int columns, rows;
	struct expr **v;        /* row-major */
	bool subqueries;
};

/* One row's expressions: a ROW spreads, also one made by a cast. */
static int
values_row(struct binder *b, struct expr_context *c, struct node *item,
    struct expr ***out, int *n)
{
	struct expr *x;
	int rc;

	if ((rc = bind_expr(b, c, item, &x)) != 0)
		return rc;
	if (x->kind == EXPR_ROW) {
		*out = x->arg;
		*n = x->n;
		return 0;
	}
	*out = arena_array(b->arena, struct expr *, x->type->n + 1);
	if (!type_is(x->type, TYPE_ROW)) {
		(*out)[0] = x;
		*n = 1;
		return 0;
	}
	*n = x->type->n;
	for (int i = 0; i < *n; i++) {
		(*out)[i] = expr_new(b->pool, EXPR_FIELD, x->type->child[i],
		    1);
		(*out)[i]->arg[0] = x;
		(*out)[i]->input = i;
	}
	return 0;
}

static const char *
row_text(struct binder *b, struct expr *const *v, int n)
{
	const struct type **types = arena_array(b->arena,
	    const struct type *, n + 1);

	for (int i = 0; i < n; i++)
		types[i] = v[i]->type;
	return bind_type_text(b, type_row(b->arena, n, types, NULL));
}

/* All rows' columns to common types. */
static int
values_types(struct binder *b, const struct node *at, struct value_rows *r)
{
	const struct type **t = arena_array(b->arena, const struct type *,
	    r->columns + 1);

	for (int i = 0; i < r->columns; i++)
		t[i] = r->v[i]->type;
	for (int k = 1; k < r->rows; k++)
		for (int i = 0; i < r->columns; i++) {
			const struct type *row =
			    r->v[k * r->columns + i]->type;

			if (row == t[i])
				continue;
			t[i] = type_common(b->arena, t[i], row);
			if (t[i] == NULL)
				return bind_error(b, at, ERR_TYPE_MISMATCH,
				    "Values rows have mismatched types: "
				    "%s vs %s", row_text(b, r->v, r->columns),
				    row_text(b, r->v + k * r->columns,
				    r->columns));
		}
	for (int k = 0; k < r->rows; k++)
		for (int i = 0; i < r->columns; i++) {
			struct expr **x = &r->v[k * r->columns + i];

			*x = bind_coerce(b, *x, t[i]);
		}
	return 0;
}

/* Rows with subqueries: each a projection of one row, all united. */
static struct plan_node *
values_union(struct binder *b, struct value_rows *r,
    struct subquery_list *per_row, struct relation *out)
{
	struct plan_node *u = plan_node_new(b->plan, PLAN_UNION, r->rows);

	u->set.inputs = arena_array(b->arena, int *, r->rows);
	for (int k = 0; k < r->rows; k++) {
		struct plan_node *one = plan_node_new(b->plan, PLAN_VALUES, 0);
		struct plan_assign *v = arena_array(b->arena,
		    struct plan_assign, r->columns + 1);

		one->values.n_rows = 1;
		one = bind_attach(b, one, &per_row[k]);
		u->set.inputs[k] = arena_array(b->arena, int, r->columns + 1);
		for (int i = 0; i < r->columns; i++) {
			v[i].expr = r->v[k * r->columns + i];
			v[i].symbol = plan_symbol_new(b->plan, "field",
			    v[i].expr->type);
			u->set.inputs[k][i] = v[i].symbol;
		}
		u->child[k] = plan_project(b->plan, one, v, r->columns);
	}
	for (int i = 0; i < r->columns; i++)
		symbol_list_add(b->arena, &u->out, out->fields.v[i].symbol);
	return u;
}

int
bind_values(struct binder *b, struct node *node, const struct scope *outer,
    struct relation *out)
{
	const struct operands_node *n = (const struct operands_node *)node;
	struct scope scope = { .parent = outer, .query_boundary = true };
	struct subquery_list *subqueries = arena_array(b->arena,
	    struct subquery_list, n->list.n);
	struct value_rows r = { .rows = n->list.n };
	struct plan_node *v;
	int rc;

	for (int k = 0; k < r.rows; k++) {
		struct expr_context c = { .scope = &scope,
			.subqueries = &subqueries[k] };
		struct expr **row;
		int count;

		if ((rc = values_row(b, &c, n->list.v[k], &row,
		    &count)) != 0)
			return rc;
		if (k == 0) {
			r.columns = count;
			r.v = arena_array(b->arena, struct expr *,
			    (size_t)r.rows * (size_t)count + 1);
		}
		if (count != r.columns)
			return bind_error(b, node, ERR_TYPE_MISMATCH,
			    "Values rows have mismatched sizes: %d vs %d",
			    r.columns, count);
		if (count > 0)
			memcpy(r.v + (size_t)k * (size_t)count, row,
			    sizeof(*row) * (size_t)count);
		r.subqueries |= subqueries[k].n > 0;
	}
	if ((rc = values_types(b, node, &r)) != 0)
		return rc;
	*out = (struct relation){ 0 };
	for (int i = 0; i < r.columns; i++) {
		struct field f = field_of_symbol(b, plan_symbol_new(b->plan,
		    "field", r.v[i]->type), NULL);

		field_add(b, &out->fields, &f);
	}
	if (r.subqueries) {
		out->node = values_union(b, &r, subqueries, out);
		return 0;
	}
	v = plan_node_new(b->plan, PLAN_VALUES, 0);
	v->values.n_rows = r.rows;
	v->values.v = r.v;
	for (int i = 0; i < r.columns; i++)
		symbol_list_add(b->arena, &v->out, out->fields.v[i].symbol);
	out->node = v;
	return 0;
}

/* ---- OFFSET, LIMIT ---- */

/* A row count: a number, a parameter, ALL (-1). */
static int
row_count(struct binder *b, struct node *n, const char *what, int64_t *out)
{
	struct expr *x;
	struct vec *v;
	int rc;

	*out = -1;
	if (n->kind == NODE_ALL_ROWS)
		return 0;
	if (n->kind == NODE_LONG_LITERAL) {
		*out = ((struct long_literal_node *)n)->value;
		return 0;
	}
	if ((rc = bind_constant(b, n, &x)) != 0)
		return rc;
	if (b->parameter_types != NULL)
		bind_coerce(b, x, TYPE(BIGINT));
	if (expr_is_null_const(x))
		return b->parameter_types != NULL ? 0 : bind_error(b, n,
		    ERR_INVALID_ARGUMENTS,
		    "Parameter value provided for %s is NULL: null", what);
	if (!type_can_coerce(x->type, TYPE(BIGINT)))
		return bind_error(b, n, ERR_TYPE_MISMATCH,
		    "Non constant parameter value for %s", what);
	if ((rc = expr_eval_const(bind_coerce(b, x, TYPE(BIGINT)),
	    b->session->context, &v, b->err)) != 0)
		return rc;
	*out = *(const int64_t *)vec_at(v, 0);
	vec_drop(&v);
	return 0;
}

int
bind_limits(struct binder *b, struct node *offset, struct node *limit,
    bool ordered, struct plan_node **node)
{
	int64_t skip = 0, count = -1;
	bool ties = false;
	int rc;

	if (offset != NULL) {
		if ((rc = row_count(b, ((struct unary_node *)offset)->value,
		    "OFFSET", &skip)) != 0)
			return rc;
		if (skip < 0)
			return bind_error(b, offset,
			    ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "OFFSET row count must be greater or equal to 0 "
			    "(actual value: %lld)", (long long)skip);
	}
	if (limit != NULL && limit->kind == NODE_FETCH_FIRST) {
		const struct fetch_first_node *f =
		    (const struct fetch_first_node *)limit;

		count = 1;
		ties = f->with_ties;
		if (f->count != NULL && (rc = row_count(b, f->count,
		    "FETCH FIRST", &count)) != 0)
			return rc;
		if (f->count != NULL && count <= 0)
			return bind_error(b, limit,
			    ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "FETCH FIRST row count must be positive (actual "
			    "value: %lld)", (long long)count);
		if (ties && !ordered)
			return bind_error(b, limit, ERR_MISSING_ORDER_BY,
			    "FETCH FIRST WITH TIES clause requires ORDER BY");
	} else if (limit != NULL) {
		struct node *value = ((struct unary_node *)limit)->value;

		if ((rc = row_count(b, value, "LIMIT", &count)) != 0)
			return rc;
		if (count < 0 && value->kind != NODE_ALL_ROWS)
			return bind_error(b, limit,
			    ERR_NUMERIC_VALUE_OUT_OF_RANGE,
			    "LIMIT row count must be greater or equal to 0 "
			    "(actual value: %lld)", (long long)count);
	}
	if (skip == 0 && count < 0)
		return 0;
	/* Ties are told by the sort's keys. */
	if (ties && (*node)->kind == PLAN_SORT) {
		struct plan_node *sort = *node;

		*node = plan_limit(b->plan, sort, count, skip);
		(*node)->sort.ties = true;
		(*node)->sort.n = sort->sort.n;
		(*node)->sort.v = sort->sort.v;
		return 0;
	}
	*node = plan_limit(b->plan, *node, count, skip);
	return 0;
}

/* ---- bodies ---- */

int
bind_body(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out)
{
	int rc;

	*out = (struct relation){ 0 };
	if ((rc = bind_enter(b)) != 0)
		return rc;
	switch (n->kind) {
	case NODE_QUERY_SPEC:
		rc = bind_select(b, (struct query_spec_node *)n, outer, out);
		break;
	case NODE_SET_OPERATION:
		rc = bind_set_operation(b, n, outer, out);
		break;
	case NODE_VALUES:
		rc = bind_values(b, n, outer, out);
		break;
	case NODE_TABLE:
		rc = bind_table(b, n, out);
		break;
	case NODE_TABLE_SUBQUERY:
		rc = bind_query(b, (struct query_node *)
		    ((struct unary_node *)n)->value, outer, out);
		break;
	case NODE_QUERY:
		rc = bind_query(b, (struct query_node *)n, outer, out);
		break;
	default:
		rc = bind_error(b, n, ERR_NOT_SUPPORTED,
		    "%s is not yet supported", node_kind_name(n->kind));
	}
	bind_leave(b);
	return rc;
}

/* ORDER BY over a body that is no SELECT: its columns are all there is. */
static int
order_body(struct binder *b, const struct query_node *q,
    const struct scope *outer, struct relation *r)
{
	const struct operands_node *o =
	    (const struct operands_node *)q->order_by;
	struct scope scope = { .parent = outer, .fields = r->fields,
		.query_boundary = true };
	struct order_build order = { .scope = &scope, .at = q->order_by,
		.fields = &r->fields };
	int rc;

	if (o == NULL)
		return 0;
	order.node = r->node;
	if ((rc = bind_order(b, o, &order)) != 0)
		return rc;
	r->node = order.node;
	return 0;
}

/* Exactly the fields' symbols come out. */
void
bind_trim_columns(struct binder *b, struct relation *r)
{
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    r->fields.n + 1);
	struct symbol_list seen = { 0 };

	for (int i = 0; i < r->fields.n; i++) {
		int symbol = r->fields.v[i].symbol;

		if (symbol_list_has(&seen, symbol))
			continue;
		v[seen.n].symbol = symbol;
		v[seen.n].expr = plan_symbol_expr(b->plan, symbol);
		symbol_list_add(b->arena, &seen, symbol);
	}
	if (seen.n == r->node->out.n)
		return;
	r->node = plan_project(b->plan, r->node, v, seen.n);
}

int
bind_query(struct binder *b, const struct query_node *q,
    const struct scope *outer, struct relation *out)
{
	struct with_entry *before = b->with;
	int rc;

	if ((rc = bind_enter(b)) != 0)
		return rc;
	if (q->functions.n > 0) {
		rc = bind_unsupported(b, q->functions.v[0],
		    "Inline functions are");
		goto done;
	}
	if (q->with != NULL && (rc = bind_with(b, q->with, outer)) != 0)
		goto done;
	if ((rc = bind_body(b, q->body, outer, out)) != 0 ||
	    (rc = order_body(b, q, outer, out)) != 0 ||
	    (rc = bind_limits(b, q->offset, q->limit, q->order_by != NULL,
	    &out->node)) != 0)
		goto done;
	bind_trim_columns(b, out);
done:
	b->with = before;
	bind_leave(b);
	return rc;
}
