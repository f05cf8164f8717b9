/* SPDX-License-Identifier: Apache-2.0
 * bind_expr.c - expressions: the way to each kind's binder, names, coercion
 * and what the kinds share. */
#include "plan/binder.h"

struct expr *
bind_coerce(struct binder *b, struct expr *x, const struct type *t)
{
	if (type_equal(x->type, t))
		return x;
	/* A parameter without value carries its number. */
	if (b->parameter_types != NULL && x->kind == EXPR_CONST &&
	    x->n_params > 0)
		b->parameter_types[x->n_params - 1] = t;
	if (expr_is_null_const(x))
		return expr_const(b->pool, t, NULL);
	return expr_cast(b->pool, x, t);
}

int
bind_common(struct binder *b, const char *what, struct node *const *nodes,
    struct expr **v, int n)
{
	const struct type *common = TYPE(UNKNOWN);

	for (int i = 0; i < n; i++) {
		const struct type *t = type_common(b->arena, common,
		    v[i]->type);
		struct sbuf all = { 0 };

		if (t != NULL) {
			common = t;
			continue;
		}
		for (int k = 0; k < n; k++) {
			int before = 0;

			while (before < k && !type_equal(v[before]->type,
			    v[k]->type))
				before++;
			if (before < k)
				continue;
			if (k > 0)
				sbuf_addz(&all, ", ");
			sbuf_addz(&all, bind_type_text(b, v[k]->type));
		}
		bind_error(b, nodes[i], ERR_TYPE_MISMATCH,
		    "%s must be the same type or coercible to a common type. "
		    "Cannot find common type between %s and %s, all types "
		    "(without duplicates): [%s]", what,
		    bind_type_text(b, common), bind_type_text(b, v[i]->type),
		    sbuf_z(&all));
		sbuf_release(&all);
		return -ERR_TYPE_MISMATCH;
	}
	for (int i = 0; i < n; i++)
		v[i] = bind_coerce(b, v[i], common);
	return 0;
}

int
bind_call_named(struct binder *b, const struct node *at, const char *name,
    struct expr **args, int n, struct expr **out)
{
	const struct type *types[FUNC_MAX_ARGS];
	struct func_match match;
	struct expr *x;
	int rc;

	if (n > FUNC_MAX_ARGS)
		return bind_error(b, at, ERR_TOO_MANY_ARGUMENTS,
		    "Too many arguments for function call %s()", name);
	for (int i = 0; i < n; i++)
		types[i] = args[i]->type;
	rc = func_find(b->arena, str_of(name), types, n, &match, b->err);
	if (rc == 0 && match.func == NULL)
		rc = err_set(b->err, ERR_FUNCTION_NOT_FOUND,
		    "Function '%s' not registered", name);
	if (rc != 0) {
		b->err->line = 0;
		return bind_place(b, at);
	}
	x = expr_new(b->pool, EXPR_CALL, match.result, n);
	x->func = match.func;
	if (at != NULL) {
		x->line = at->line;
		x->column = at->column;
	}
	for (int i = 0; i < n; i++)
		x->arg[i] = bind_coerce(b, args[i], match.args[i]);
	*out = x;
	return 0;
}

struct expr *
bind_not(struct binder *b, struct expr *x)
{
	struct expr *n = expr_new(b->pool, EXPR_NOT, TYPE(BOOLEAN), 1);

	n->arg[0] = bind_coerce(b, x, TYPE(BOOLEAN));
	return n;
}

struct expr *
bind_is_null(struct binder *b, struct expr *x)
{
	struct expr *n = expr_new(b->pool, EXPR_IS_NULL, TYPE(BOOLEAN), 1);

	n->arg[0] = x;
	return n;
}

struct expr *
bind_if(struct binder *b, struct expr *condition, struct expr *then,
    struct expr *otherwise)
{
	struct expr *n = expr_new(b->pool, EXPR_IF, then->type, 3);

	n->arg[0] = bind_coerce(b, condition, TYPE(BOOLEAN));
	n->arg[1] = then;
	n->arg[2] = otherwise != NULL ? otherwise
	    : expr_const(b->pool, then->type, NULL);
	return n;
}

int
bind_condition(struct binder *b, struct expr_context *c, struct node *n,
    const char *what, struct expr **out)
{
	int rc;

	if ((rc = bind_expr(b, c, n, out)) != 0)
		return rc;
	if (!type_is((*out)->type, TYPE_BOOLEAN) &&
	    !type_is((*out)->type, TYPE_UNKNOWN))
		return bind_error(b, n, ERR_TYPE_MISMATCH,
		    "%s must evaluate to a boolean: actual type %s", what,
		    bind_type_text(b, (*out)->type));
	*out = bind_coerce(b, *out, TYPE(BOOLEAN));
	return 0;
}

int
bind_exprs(struct binder *b, struct expr_context *c,
    const struct node_list *l, struct expr ***out)
{
	struct expr **v = arena_array(b->arena, struct expr *, l->n + 1);
	int rc;

	for (int i = 0; i < l->n; i++)
		if ((rc = bind_expr(b, c, l->v[i], &v[i])) != 0)
			return rc;
	*out = v;
	return 0;
}

int
bind_constant(struct binder *b, struct node *n, struct expr **out)
{
	struct expr_context c = { .constant = true };
	int rc;

	if ((rc = bind_expr(b, &c, n, out)) != 0)
		return rc;
	*out = expr_fold(b->pool, *out, b->session->context);
	return 0;
}

/* Names. */

static int
name_not_found(struct binder *b, struct expr_context *c, struct node *n,
    const struct str *parts, int count)
{
	struct sbuf text = { 0 };
	int rc;

	if (c->constant)
		return bind_error(b, n, ERR_EXPRESSION_NOT_CONSTANT,
		    "Constant expression cannot contain column references");
	for (int i = 0; i < count; i++) {
		if (i > 0)
			sbuf_addc(&text, '.');
		sbuf_adds(&text, parts[i]);
	}
	rc = bind_error(b, n, ERR_COLUMN_NOT_FOUND,
	    "Column '%s' cannot be resolved", sbuf_z(&text));
	sbuf_release(&text);
	return rc;
}

static bool
lambda_find(struct binder *b, const struct lambda_scope *l, struct str name,
    struct expr **out)
{
	for (; l != NULL; l = l->parent)
		for (int i = 0; i < l->n; i++)
			if (str_eq(l->names[i], name)) {
				*out = expr_input(b->pool, l->first + i,
				    l->types[i]);
				return true;
			}
	return false;
}

static struct expr *
field_expr(struct binder *b, const struct field *f, const struct node *n)
{
	struct expr *x;

	if (f->expr != NULL)
		return f->expr;
	x = expr_input(b->pool, f->symbol, f->type);
	x->line = n->line;
	x->column = n->column;
	return x;
}

static int
bind_ident(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	const struct ident_node *id = (const struct ident_node *)n;
	struct field *f;
	int rc;

	if (lambda_find(b, c->lambda, id->lower, out))
		return 0;
	rc = scope_resolve(b, c->scope, n, &id->lower, 1, &f);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return name_not_found(b, c, n, &id->lower, 1);
	if (f->expr != NULL && c->in_grouping)
		return bind_error(b, NULL, ERR_INVALID_ARGUMENTS,
		    "Invalid reference to output of SELECT clause from "
		    "grouping() expression in ORDER BY");
	if (f->expr != NULL && c->in_agg && f->expr->kind != EXPR_INPUT)
		return bind_error(b, n, ERR_COLUMN_NOT_FOUND,
		    "Invalid reference to output projection attribute from "
		    "ORDER BY aggregation");
	*out = field_expr(b, f, n);
	return 0;
}

enum { NAME_PARTS_MAX = 16 };

/* a.b.c as parts; 0 when it is no such chain. */
static int
dereference_parts(const struct node *n, struct str *parts)
{
	int count;

	if (n->kind == NODE_IDENT) {
		parts[0] = ((const struct ident_node *)n)->lower;
		return 1;
	}
	if (n->kind != NODE_DEREFERENCE)
		return 0;
	if (((const struct dereference_node *)n)->field == NULL)
		return 0;
	count = dereference_parts(((const struct dereference_node *)n)->base,
	    parts);
	if (count == 0 || count >= NAME_PARTS_MAX)
		return 0;
	parts[count] = ((const struct dereference_node *)n)->field->lower;
	return count + 1;
}

static int
bind_field(struct binder *b, struct expr_context *c,
    const struct dereference_node *d, struct expr **out)
{
	struct expr *base, *x;
	int rc, at = -1;

	if (d->field == NULL)
		return bind_unsupported(b, &d->node, "label.* is");
	if ((rc = bind_expr(b, c, d->base, &base)) != 0)
		return rc;
	if (!type_is(base->type, TYPE_ROW))
		return bind_error(b, d->base, ERR_TYPE_MISMATCH,
		    "Expression %s is not of type ROW",
		    bind_node_text(b, d->base));
	for (int i = 0; i < base->type->n; i++) {
		const char *name = base->type->names == NULL ? NULL
		    : base->type->names[i];

		if (name == NULL || !str_ieq(str_of(name), d->field->value))
			continue;
		if (at >= 0)
			return bind_error(b, &d->field->node,
			    ERR_AMBIGUOUS_NAME,
			    "Ambiguous row field reference: %.*s",
			    STR_ARG(d->field->value));
		at = i;
	}
	if (at < 0) {
		struct str parts[NAME_PARTS_MAX];
		int n = dereference_parts(&d->node, parts);

		if (n > 0)
			return name_not_found(b, c, (struct node *)&d->node,
			    parts, n);
		return bind_error(b, &d->node, ERR_COLUMN_NOT_FOUND,
		    "Column '%s' cannot be resolved",
		    bind_node_text(b, &d->node));
	}
	x = expr_new(b->pool, EXPR_FIELD, base->type->child[at], 1);
	x->arg[0] = base;
	x->input = at;
	*out = x;
	return 0;
}

static int
bind_dereference(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	struct str parts[NAME_PARTS_MAX];
	int count = dereference_parts(n, parts), rc;
	struct expr *ignored;
	struct field *f;

	if (count > 0 && !lambda_find(b, c->lambda, parts[0], &ignored)) {
		rc = scope_resolve(b, c->scope, n, parts, count, &f);
		if (rc < 0)
			return rc;
		if (rc > 0) {
			*out = field_expr(b, f, n);
			return 0;
		}
		if (!scope_has_prefix(c->scope, parts, count))
			return name_not_found(b, c, n, parts, count);
	}
	return bind_field(b, c, (const struct dereference_node *)n, out);
}

static int
bind_parameter(struct binder *b, struct node *n, struct expr **out)
{
	const struct parameter_node *p = (const struct parameter_node *)n;
	struct node_list values = b->parameters;
	int rc;

	if (b->parameter_types != NULL) {
		*out = expr_const(b->pool, TYPE(UNKNOWN), NULL);
		(*out)->n_params = p->index + 1;
		return 0;
	}
	if (p->index >= values.n)
		return bind_error(b, n, ERR_INVALID_PARAMETER_USAGE,
		    "No value provided for parameter");
	/* Values have no parameters themselves. */
	b->parameters = (struct node_list){ 0 };
	rc = bind_constant(b, values.v[p->index], out);
	b->parameters = values;
	return rc;
}

static int
bind_by_kind(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	switch (n->kind) {
	case NODE_IDENT:
		return bind_ident(b, c, n, out);
	case NODE_DEREFERENCE:
		return bind_dereference(b, c, n, out);
	case NODE_PARAMETER:
		return bind_parameter(b, n, out);
	case NODE_NULL_LITERAL: case NODE_BOOLEAN_LITERAL:
	case NODE_LONG_LITERAL: case NODE_DECIMAL_LITERAL:
	case NODE_DOUBLE_LITERAL: case NODE_STRING_LITERAL:
	case NODE_BINARY_LITERAL: case NODE_GENERIC_LITERAL:
	case NODE_INTERVAL_LITERAL:
		return bind_literal(b, n, out);
	case NODE_CALL:
		return bind_call(b, c, n, out);
	case NODE_COMPARE: case NODE_BETWEEN: case NODE_IN_LIST:
	case NODE_LIKE: case NODE_IS_NULL: case NODE_BOOLEAN_TEST:
	case NODE_DISTINCT_FROM: case NODE_NOT: case NODE_LOGICAL:
	case NODE_OVERLAPS:
		return bind_predicate(b, c, n, out);
	case NODE_SIMPLE_CASE: case NODE_SEARCHED_CASE: case NODE_COALESCE:
	case NODE_IF: case NODE_NULLIF: case NODE_TRY:
		return bind_conditional(b, c, n, out);
	case NODE_SUBQUERY: case NODE_EXISTS: case NODE_IN_QUERY:
	case NODE_QUANTIFIED:
		return bind_subquery_expr(b, c, n, out);
	case NODE_JSON_EXISTS: case NODE_JSON_VALUE: case NODE_JSON_QUERY:
	case NODE_JSON_OBJECT: case NODE_JSON_ARRAY:
		return bind_json(b, c, n, out);
	case NODE_LAMBDA:
		if (c->constant)
			return name_not_found(b, c, n, NULL, 0);
		return bind_error(b, n, ERR_TYPE_MISMATCH,
		    "Lambda expression should always be used inside a "
		    "function");
	default:
		return bind_special(b, c, n, out);
	}
}

int
bind_expr(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	int rc;

	if ((rc = bind_enter(b)) != 0)
		return rc;
	rc = bind_by_kind(b, c, n, out);
	bind_leave(b);
	return rc;
}
