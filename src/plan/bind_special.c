/* SPDX-License-Identifier: Apache-2.0
 * bind_special.c - arithmetic, constructors, subscripts, casts, EXTRACT,
 * TRIM, AT TIME ZONE. */
#include "plan/binder.h"
#include "sql/print.h"

static int
bind_arithmetic(struct binder *b, struct expr_context *c,
    const struct binary_node *n, struct expr **out)
{
	char op[2] = { n->op, '\0' };
	struct expr *v[2];
	int rc;

	if ((rc = bind_expr(b, c, n->left, &v[0])) != 0 ||
	    (rc = bind_expr(b, c, n->right, &v[1])) != 0)
		return rc;
	return bind_call_named(b, &n->node, op, v, 2, out);
}

static int
bind_sign(struct binder *b, struct expr_context *c,
    const struct unary_node *n, struct expr **out)
{
	struct expr *x;
	int rc;

	if ((rc = bind_expr(b, c, n->value, &x)) != 0)
		return rc;
	if (n->sign == '-')
		return bind_call_named(b, &n->node, "-", &x, 1, out);
	switch (x->type->id) {
	case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INTEGER:
	case TYPE_BIGINT: case TYPE_REAL: case TYPE_DOUBLE: case TYPE_NUMBER:
		*out = x;
		return 0;
	default:
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Unary '+' operator cannot by applied to %s type",
		    bind_type_text(b, x->type));
	}
}

static int
bind_row(struct binder *b, struct expr_context *c, const struct row_node *n,
    struct expr **out)
{
	int count = n->items.n, rc;
	struct expr **v = arena_array(b->arena, struct expr *, count + 1);
	const struct type **types = arena_array(b->arena,
	    const struct type *, count + 1);
	const char **names = arena_array(b->arena, const char *, count + 1);
	bool named = false;

	for (int i = 0; i < count; i++) {
		struct node *item = n->items.v[i];

		if (item->kind == NODE_ROW_ITEM) {
			struct row_item_node *r = (struct row_item_node *)item;
			char *z = arena_strndup(b->arena, r->name->value.p,
			    r->name->value.n);

			item = r->value;
			for (char *p = z; !r->name->quoted && *p != '\0'; p++)
				if (*p >= 'a' && *p <= 'z')
					*p = (char)(*p - 'a' + 'A');
			names[i] = z;
			named = true;
		}
		if ((rc = bind_expr(b, c, item, &v[i])) != 0)
			return rc;
		types[i] = v[i]->type;
	}
	*out = expr_new(b->pool, EXPR_ROW, type_row(b->arena, count, types,
	    named ? names : NULL), count);
	if (count > 0)
		memcpy((*out)->arg, v, sizeof(*v) * (size_t)count);
	return 0;
}

static int
bind_array(struct binder *b, struct expr_context *c,
    const struct array_node *n, struct expr **out)
{
	const struct type *t = TYPE(UNKNOWN);
	struct expr **v;
	int rc;

	if ((rc = bind_exprs(b, c, &n->items, &v)) != 0 ||
	    (rc = bind_common(b, "All ARRAY elements", n->items.v, v,
	    n->items.n)) != 0)
		return rc;
	if (n->items.n > 0)
		t = v[0]->type;
	*out = expr_new(b->pool, EXPR_ARRAY, type_array(b->arena, t),
	    n->items.n);
	if (n->items.n > 0)
		memcpy((*out)->arg, v, sizeof(*v) * (size_t)n->items.n);
	return 0;
}

static int
bind_subscript(struct binder *b, struct expr_context *c,
    const struct subscript_node *n, struct expr **out)
{
	struct expr *v[2];
	int64_t at;
	int rc;

	if ((rc = bind_expr(b, c, n->base, &v[0])) != 0)
		return rc;
	if (!type_is(v[0]->type, TYPE_ROW)) {
		if ((rc = bind_expr(b, c, n->index, &v[1])) != 0)
			return rc;
		return bind_call_named(b, &n->node, "[]", v, 2, out);
	}
	if (n->index->kind != NODE_LONG_LITERAL)
		return bind_error(b, n->index, ERR_EXPRESSION_NOT_CONSTANT,
		    "Subscript expression on ROW requires a constant index");
	at = ((struct long_literal_node *)n->index)->value;
	if (at <= 0)
		return bind_error(b, n->index, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid subscript index: %lld. ROW indices start at 1",
		    (long long)at);
	if (at > v[0]->type->n)
		return bind_error(b, n->index, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Subscript index out of bounds: %lld, max value is %d",
		    (long long)at, v[0]->type->n);
	*out = expr_new(b->pool, EXPR_FIELD, v[0]->type->child[at - 1], 1);
	(*out)->arg[0] = v[0];
	(*out)->input = (int)at - 1;
	return 0;
}

static int
bind_cast(struct binder *b, struct expr_context *c, const struct cast_node *n,
    struct expr **out)
{
	const struct type *t;
	struct expr *x;
	int rc;

	if (bind_type(b, n->type, &t) != 0) {
		if (b->err->code != ERR_TYPE_NOT_FOUND)
			return -(int)b->err->code;
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Unknown type: %s", bind_node_text(b, n->type));
	}
	if (type_is(t, TYPE_UNKNOWN))
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "UNKNOWN is not a valid type");
	if ((rc = bind_expr(b, c, n->value, &x)) != 0)
		return rc;
	if (!type_is(x->type, TYPE_UNKNOWN) && !type_can_cast(x->type, t))
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "Cannot cast %s to %s", bind_type_text(b, x->type),
		    bind_type_text(b, t));
	if (type_equal(x->type, t) || expr_is_null_const(x)) {
		*out = bind_coerce(b, x, t);
		return 0;
	}
	*out = expr_new(b->pool, EXPR_CAST, t, 1);
	(*out)->arg[0] = x;
	(*out)->safe = n->safe;
	(*out)->line = n->node.line;
	(*out)->column = n->node.column;
	return 0;
}

/* ---- EXTRACT ---- */

enum { ON_DATE = 1, ON_TIME = 2, ON_STAMP = 4, ON_ZONED = 8, ON_YM = 16,
    ON_DS = 32, ON_ZONED_TIME = 64 };

static const struct extract_field {
	const char *name, *func;
	int on;
} extract_fields[] = {
	{ "year", "year", ON_DATE | ON_STAMP | ON_ZONED | ON_YM },
	{ "quarter", "quarter", ON_DATE | ON_STAMP | ON_ZONED },
	{ "month", "month", ON_DATE | ON_STAMP | ON_ZONED | ON_YM },
	{ "week", "week", ON_DATE | ON_STAMP | ON_ZONED },
	{ "day", "day", ON_DATE | ON_STAMP | ON_ZONED | ON_DS },
	{ "day_of_month", "day", ON_DATE | ON_STAMP | ON_ZONED | ON_DS },
	{ "day_of_week", "day_of_week", ON_DATE | ON_STAMP | ON_ZONED },
	{ "dow", "day_of_week", ON_DATE | ON_STAMP | ON_ZONED },
	{ "day_of_year", "day_of_year", ON_DATE | ON_STAMP | ON_ZONED },
	{ "doy", "day_of_year", ON_DATE | ON_STAMP | ON_ZONED },
	{ "year_of_week", "year_of_week", ON_DATE | ON_STAMP | ON_ZONED },
	{ "yow", "year_of_week", ON_DATE | ON_STAMP | ON_ZONED },
	{ "hour", "hour",
	    ON_TIME | ON_ZONED_TIME | ON_STAMP | ON_ZONED | ON_DS },
	{ "minute", "minute",
	    ON_TIME | ON_ZONED_TIME | ON_STAMP | ON_ZONED | ON_DS },
	{ "second", "second",
	    ON_TIME | ON_ZONED_TIME | ON_STAMP | ON_ZONED | ON_DS },
	{ "timezone_hour", "timezone_hour", ON_ZONED | ON_ZONED_TIME },
	{ "timezone_minute", "timezone_minute", ON_ZONED | ON_ZONED_TIME },
};

static int
extract_mask(const struct type *t)
{
	switch (t->id) {
	case TYPE_DATE: return ON_DATE;
	case TYPE_TIME: return ON_TIME;
	case TYPE_TIME_TZ: return ON_ZONED_TIME;
	case TYPE_TIMESTAMP: return ON_STAMP;
	case TYPE_TIMESTAMP_TZ: return ON_ZONED;
	case TYPE_INTERVAL_YM: return ON_YM;
	case TYPE_INTERVAL_DS: return ON_DS;
	default: return 0;
	}
}

static const char *
upper(struct binder *b, const char *name)
{
	char *z = arena_strdup(b->arena, name);

	for (char *p = z; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return z;
}

static int
bind_extract(struct binder *b, struct expr_context *c,
    const struct extract_node *n, struct expr **out)
{
	const int count = sizeof(extract_fields) / sizeof(extract_fields[0]);
	struct expr *x;
	int rc, i = 0;

	while (i < count && !str_eq(str_of(extract_fields[i].name),
	    n->field->lower))
		i++;
	if (i == count)
		return bind_error(b, &n->node, ERR_SYNTAX_ERROR,
		    "Invalid EXTRACT field: %.*s", STR_ARG(n->field->value));
	if ((rc = bind_expr(b, c, n->value, &x)) != 0)
		return rc;
	if ((extract_mask(x->type) & extract_fields[i].on) == 0)
		return bind_error(b, n->value, ERR_TYPE_MISMATCH,
		    "Cannot extract %s from %s",
		    upper(b, extract_fields[i].name),
		    bind_type_text(b, x->type));
	return bind_call_named(b, &n->node, extract_fields[i].func, &x, 1,
	    out);
}

static int
bind_trim(struct binder *b, struct expr_context *c, const struct trim_node *n,
    struct expr **out)
{
	static const char *const names[] = { [TRIM_BOTH] = "trim",
		[TRIM_LEADING] = "ltrim", [TRIM_TRAILING] = "rtrim" };
	struct expr *v[2];
	int rc, count = 1;

	if ((rc = bind_expr(b, c, n->value, &v[0])) != 0)
		return rc;
	if (n->chars != NULL) {
		if ((rc = bind_expr(b, c, n->chars, &v[1])) != 0)
			return rc;
		count = 2;
	}
	return bind_call_named(b, &n->node, names[n->spec], v, count, out);
}

/* ---- zones ---- */

static int
bind_at_zone(struct binder *b, struct expr_context *c, const struct node *n,
    struct node *value, struct node *zone, struct expr **out)
{
	struct expr *v[2];
	int rc;

	if ((rc = bind_expr(b, c, value, &v[0])) != 0)
		return rc;
	if (zone != NULL) {
		if ((rc = bind_expr(b, c, zone, &v[1])) != 0)
			return rc;
	} else if ((rc = bind_call_named(b, n, "current_timezone", NULL, 0,
	    &v[1])) != 0) {
		return rc;
	}
	switch (v[0]->type->id) {
	case TYPE_TIME:
		v[0] = bind_coerce(b, v[0], type_time(b->arena, TYPE_TIME_TZ,
		    v[0]->type->precision));
		break;
	case TYPE_TIMESTAMP:
		v[0] = bind_coerce(b, v[0], type_time(b->arena,
		    TYPE_TIMESTAMP_TZ, v[0]->type->precision));
		break;
	case TYPE_TIME_TZ: case TYPE_TIMESTAMP_TZ: case TYPE_UNKNOWN:
		break;
	default:
		return bind_error(b, value, ERR_TYPE_MISMATCH,
		    "Type of value must be a time or timestamp with or "
		    "without time zone (actual %s)",
		    bind_type_text(b, v[0]->type));
	}
	return bind_call_named(b, NULL, v[0]->type->id == TYPE_TIME_TZ
	    ? "$at_timezone" : "at_timezone", v, 2, out);
}

static int
bind_format(struct binder *b, struct expr_context *c,
    const struct operands_node *n, struct expr **out)
{
	struct expr **v;
	int rc;

	if ((rc = bind_exprs(b, c, &n->list, &v)) != 0)
		return rc;
	for (int i = 1; i < n->list.n; i++)
		if (!type_can_cast(v[i]->type, TYPE(VARCHAR)))
			return bind_error(b, n->list.v[i], ERR_NOT_SUPPORTED,
			    "Type not supported for formatting: %s",
			    bind_type_text(b, v[i]->type));
	return bind_call_named(b, &n->node, "format", v, n->list.n, out);
}

static int
bind_grouping(struct binder *b, struct expr_context *c,
    const struct operands_node *n, struct expr **out)
{
	struct grouping_call g = { .n = n->list.n, .line = n->node.line,
		.column = n->node.column };
	const struct type *t = g.n <= 31 ? TYPE(INTEGER) : TYPE(BIGINT);
	struct expr_context inner = *c;
	int rc;

	if (c->groupings == NULL)
		return bind_error(b, c->grouping_query, ERR_MISSING_GROUP_BY,
		    "A GROUPING() operation can only be used with a "
		    "corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause");
	inner.in_grouping = true;
	if ((rc = bind_exprs(b, &inner, &n->list, &g.args)) != 0)
		return rc;
	g.symbol = plan_symbol_new(b->plan, "grouping", t);
	arena_push(b->arena, c->groupings, g);
	*out = plan_symbol_expr(b->plan, g.symbol);
	return 0;
}

int
bind_special(struct binder *b, struct expr_context *c, struct node *n,
    struct expr **out)
{
	switch (n->kind) {
	case NODE_UNARY:
		return bind_sign(b, c, (struct unary_node *)n, out);
	case NODE_BINARY:
		return bind_arithmetic(b, c, (struct binary_node *)n, out);
	case NODE_ROW:
		return bind_row(b, c, (struct row_node *)n, out);
	case NODE_ARRAY:
		return bind_array(b, c, (struct array_node *)n, out);
	case NODE_SUBSCRIPT:
		return bind_subscript(b, c, (struct subscript_node *)n, out);
	case NODE_CAST:
		return bind_cast(b, c, (struct cast_node *)n, out);
	case NODE_EXTRACT:
		return bind_extract(b, c, (struct extract_node *)n, out);
	case NODE_TRIM:
		return bind_trim(b, c, (struct trim_node *)n, out);
	case NODE_FORMAT:
		return bind_format(b, c, (struct operands_node *)n, out);
	case NODE_GROUPING:
		return bind_grouping(b, c, (struct operands_node *)n, out);
	case NODE_AT_TIME_ZONE:
		return bind_at_zone(b, c, n, ((struct binary_node *)n)->left,
		    ((struct binary_node *)n)->right, out);
	case NODE_AT_LOCAL:
		return bind_at_zone(b, c, n, ((struct unary_node *)n)->value,
		    NULL, out);
	case NODE_CURRENT:
		return bind_current(b, (struct current_node *)n, out);
	default:
		return bind_error(b, n, ERR_NOT_SUPPORTED,
		    "%s is not yet supported", node_kind_name(n->kind));
	}
}
