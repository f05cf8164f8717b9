/* SPDX-License-Identifier: Apache-2.0
 * bind_from.c - relations other than joins: aliases, subqueries, LATERAL,
 * UNNEST, TABLESAMPLE. */
#include "plan/binder.h"

/* Gives the relation a new name and, perhaps, its columns. */
int
bind_alias(struct binder *b, const struct aliased_node *n, struct relation *r)
{
	struct field_list fields = { 0 };
	int visible = 0;

	for (int i = 0; i < r->fields.n; i++) {
		struct field f = r->fields.v[i];

		if (n->has_columns) {
			const struct ident_node *id;

			if (f.hidden)
				continue;
			if (visible < n->columns.n) {
				id = (struct ident_node *)
				    n->columns.v[visible];
				f.name = bind_str(b, id->value);
				f.lower = id->lower;
			}
		}
		visible += !f.hidden;
		f.qualifier[0] = n->alias->lower;
		f.n_qualifier = 1;
		field_add(b, &fields, &f);
	}
	if (n->has_columns && n->columns.n != visible)
		return bind_error(b, &n->node, ERR_MISMATCHED_COLUMN_ALIASES,
		    "Column alias list has %d entries but '%.*s' has %d "
		    "columns available", n->columns.n,
		    STR_ARG(n->alias->value), visible);
	r->fields = fields;
	return 0;
}

static struct plan_node *
one_row(struct binder *b)
{
	struct plan_node *n = plan_node_new(b->plan, PLAN_VALUES, 0);

	n->values.n_rows = 1;
	return n;
}

/* ---- UNNEST ---- */

struct unnest_build {
	struct plan_node *node;
	struct field_list fields;
};

static void
unnest_column(struct binder *b, struct unnest_build *u, const char *name,
    const struct type *t)
{
	int symbol = plan_symbol_new(b->plan, name == NULL ? "field" : name,
	    t);
	struct field f = field_of_symbol(b, symbol, name);

	symbol_list_add(b->arena, &u->node->out, symbol);
	field_add(b, &u->fields, &f);
}

static int
unnest_columns(struct binder *b, struct unnest_build *u, const struct type *t)
{
	const struct type *element;

	if (type_is(t, TYPE_MAP)) {
		unnest_column(b, u, NULL, t->child[0]);
		unnest_column(b, u, NULL, t->child[1]);
		return 0;
	}
	if (!type_is(t, TYPE_ARRAY))
		return bind_error(b, NULL, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Cannot unnest type: %s", bind_type_text(b, t));
	element = t->child[0];
	if (!type_is(element, TYPE_ROW)) {
		unnest_column(b, u, NULL, element);
		return 0;
	}
	for (int i = 0; i < element->n; i++)
		unnest_column(b, u, element->names == NULL ? NULL
		    : element->names[i], element->child[i]);
	return 0;
}

/* UNNEST over the rows of left; its columns come behind left's. */
int
bind_unnest(struct binder *b, struct node *node, const struct scope *scope,
    struct plan_node *left, struct relation *out)
{
	const struct unnest_node *n = (const struct unnest_node *)node;
	struct subquery_list subqueries = { 0 };
	struct expr_context c = { .scope = scope,
		.subqueries = &subqueries };
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    n->list.n + 1);
	struct unnest_build u = { 0 };
	int rc;

	u.node = plan_node_new(b->plan, PLAN_UNNEST, 1);
	for (int i = 0; i < n->list.n; i++) {
		if ((rc = bind_no_aggregates(b, n->list.v[i], "UNNEST")) != 0
		    || (rc = bind_expr(b, &c, n->list.v[i],
		    &v[i].expr)) != 0)
			return rc;
		v[i].symbol = plan_symbol_new(b->plan, "unnest",
		    v[i].expr->type);
		symbol_list_add(b->arena, &u.node->unnest.arrays,
		    v[i].symbol);
	}
	for (int i = 0; i < left->out.n; i++) {
		symbol_list_add(b->arena, &u.node->unnest.replicated,
		    left->out.v[i]);
		symbol_list_add(b->arena, &u.node->out, left->out.v[i]);
	}
	left = bind_attach(b, left, &subqueries);
	u.node->child[0] = plan_extend(b->plan, left, v, n->list.n);
	for (int i = 0; i < n->list.n; i++)
		if ((rc = unnest_columns(b, &u, v[i].expr->type)) != 0)
			return rc;
	if (n->with_ordinality) {
		unnest_column(b, &u, NULL, TYPE(BIGINT));
		u.node->unnest.ordinality = u.node->out.v[u.node->out.n - 1];
	}
	u.node->unnest.join = PLAN_INNER;
	out->node = u.node;
	out->fields = u.fields;
	return 0;
}

/* ---- TABLESAMPLE ---- */

static int
sample_ratio(struct binder *b, const struct sampled_node *n, double *out)
{
	struct expr_context c = { .constant = true };
	struct expr *x, *as_double;
	struct vec *v;
	int rc;

	rc = bind_expr(b, &c, n->percentage, &x);
	if (rc == -ERR_EXPRESSION_NOT_CONSTANT)
		return bind_error(b, n->percentage,
		    ERR_EXPRESSION_NOT_CONSTANT,
		    "Sample percentage cannot contain column references");
	if (rc != 0)
		return rc;
	if (type_is(x->type, TYPE_UNKNOWN))
		return bind_error(b, n->percentage, ERR_INVALID_ARGUMENTS,
		    "Sample percentage cannot be NULL");
	if (!type_can_coerce(x->type, TYPE(DOUBLE)))
		return bind_error(b, n->percentage, ERR_TYPE_MISMATCH,
		    "Sample percentage should be a numeric expression");
	as_double = expr_cast(b->pool, x, TYPE(DOUBLE));
	if ((rc = expr_eval_const(as_double, b->session->context, &v,
	    b->err)) != 0)
		return rc;
	*out = vec_is_null(v, 0) ? -1 : *(const double *)vec_at(v, 0);
	vec_drop(&v);
	if (!(*out >= 0))
		return bind_error(b, n->percentage,
		    ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "Sample percentage must be greater than or equal to 0");
	if (*out > 100)
		return bind_error(b, n->percentage,
		    ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "Sample percentage must be less than or equal to 100");
	*out /= 100;
	return 0;
}

int
bind_sampled(struct binder *b, const struct sampled_node *n,
    struct relation *r)
{
	struct plan_node *s;
	double ratio = 1;
	int rc;

	if ((rc = sample_ratio(b, n, &ratio)) != 0)
		return rc;
	s = plan_node_new(b->plan, PLAN_SAMPLE, 1);
	s->child[0] = r->node;
	s->sample.ratio = ratio;
	plan_node_reout(b->plan, s);
	r->node = s;
	return 0;
}

/* A query in parentheses: its columns lose their qualifiers. */
static int
bind_table_subquery(struct binder *b, struct node *n,
    const struct scope *outer, struct relation *out)
{
	const struct query_node *q =
	    (const struct query_node *)((struct unary_node *)n)->value;
	int rc;

	if ((rc = bind_query(b, q, outer, out)) != 0)
		return rc;
	for (int i = 0; i < out->fields.n; i++)
		out->fields.v[i].n_qualifier = 0;
	return 0;
}

static int
bind_relation(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out)
{
	int rc;

	switch (n->kind) {
	case NODE_TABLE:
		return bind_table(b, n, out);
	case NODE_FILE_TABLE:
		return bind_file_table(b, n, out);
	case NODE_TABLE_SUBQUERY:
	case NODE_LATERAL:
		return bind_table_subquery(b, n, outer, out);
	case NODE_ALIASED:
		rc = bind_from(b, ((struct aliased_node *)n)->relation, outer,
		    out);
		return rc != 0 ? rc
		    : bind_alias(b, (struct aliased_node *)n, out);
	case NODE_SAMPLED:
		rc = bind_from(b, ((struct sampled_node *)n)->relation, outer,
		    out);
		return rc != 0 ? rc
		    : bind_sampled(b, (struct sampled_node *)n, out);
	case NODE_JOIN:
		return bind_join(b, n, outer, out);
	case NODE_UNNEST:
		return bind_unnest(b, n, outer, one_row(b), out);
	case NODE_VALUES: case NODE_QUERY_SPEC: case NODE_SET_OPERATION:
		return bind_body(b, n, outer, out);
	case NODE_TABLE_FUNCTION:
		return bind_unsupported(b, n, "Table functions are");
	case NODE_MATCH_RECOGNIZE:
		return bind_unsupported(b, n, "MATCH_RECOGNIZE is");
	case NODE_JSON_TABLE:
		return bind_unsupported(b, n, "JSON_TABLE is");
	case NODE_PIVOT:
		return bind_unsupported(b, n, "PIVOT is");
	default:
		return bind_error(b, n, ERR_NOT_SUPPORTED,
		    "%s is not yet supported", node_kind_name(n->kind));
	}
}

int
bind_from(struct binder *b, struct node *n, const struct scope *outer,
    struct relation *out)
{
	int rc;

	*out = (struct relation){ 0 };
	if ((rc = bind_enter(b)) != 0)
		return rc;
	rc = bind_relation(b, n, outer, out);
	bind_leave(b);
	return rc;
}
