/* SPDX-License-Identifier: Apache-2.0
 * select_items.c - the columns of a SELECT: expressions, stars, names. */
#include "plan/select.h"

/* Is it a name with dots? */
static bool
is_name(const struct node *n)
{
	while (n->kind == NODE_DEREFERENCE)
		n = ((const struct dereference_node *)n)->base;
	return n->kind == NODE_IDENT;
}

static const char *
item_name(struct binder *b, const struct single_column_node *n)
{
	if (n->alias != NULL)
		return bind_str(b, n->alias->value);
	if (n->value->kind == NODE_IDENT)
		return bind_str(b, ((struct ident_node *)n->value)->value);
	if (n->value->kind == NODE_DEREFERENCE && is_name(n->value)) {
		const struct ident_node *f =
		    ((struct dereference_node *)n->value)->field;

		return f == NULL ? NULL : bind_str(b, f->value);
	}
	return NULL;
}

/* Of a column of FROM that stands alone. */
static struct origin
origin_of(const struct select_build *s, const struct expr *x)
{
	for (int i = 0; x->kind == EXPR_INPUT && i < s->from.fields.n; i++)
		if (s->from.fields.v[i].symbol == x->input)
			return s->from.fields.v[i].origin;
	return (struct origin){ 0 };
}

static int
add_expression(struct select_build *s, const struct single_column_node *n)
{
	struct expr_context c = select_context(s);
	struct select_item item = { .ast = n->value,
		.name = item_name(s->b, n), .symbol = -1 };
	int rc;

	if ((rc = bind_expr(s->b, &c, n->value, &item.expr)) != 0)
		return rc;
	item.origin = origin_of(s, item.expr);
	item.origin.aliased = n->alias != NULL;
	arena_push(s->b->arena, &s->items, item);
	return 0;
}

static void
add_field(struct select_build *s, const struct field *f, const char *name)
{
	struct select_item item = { .name = name, .field = f, .symbol = -1,
		.origin = f->origin };

	item.expr = plan_symbol_expr(s->b->plan, f->symbol);
	arena_push(s->b->arena, &s->items, item);
}

/* Checks the aliases of star AS (a, b) against n columns. */
static int
check_aliases(struct select_build *s, const struct all_columns_node *n,
    int columns)
{
	if (n->aliases.n == 0 || n->aliases.n == columns)
		return 0;
	return bind_error(s->b, n->aliases.v[0],
	    ERR_MISMATCHED_COLUMN_ALIASES,
	    "Column alias list has %d entries but relation has %d columns",
	    n->aliases.n, columns);
}

static const char *
alias_or(struct select_build *s, const struct all_columns_node *n, int i,
    const char *name)
{
	if (n->aliases.n == 0)
		return name;
	return bind_str(s->b, ((struct ident_node *)n->aliases.v[i])->value);
}

enum { PARTS_MAX = 4 };

/* The parts of a.b.c; 0: no such name. */
static int
name_parts(const struct node *n, struct str *parts)
{
	int count;

	if (n->kind == NODE_IDENT) {
		parts[0] = ((const struct ident_node *)n)->lower;
		return 1;
	}
	if (n->kind != NODE_DEREFERENCE ||
	    ((const struct dereference_node *)n)->field == NULL)
		return 0;
	count = name_parts(((const struct dereference_node *)n)->base, parts);
	if (count == 0 || count >= PARTS_MAX)
		return 0;
	parts[count] = ((const struct dereference_node *)n)->field->lower;
	return count + 1;
}

static bool
qualifier_matches(const struct field *f, const struct str *parts, int n)
{
	if (n > f->n_qualifier)
		return false;
	for (int i = 0; i < n; i++)
		if (!str_eq(f->qualifier[i], parts[n - 1 - i]))
			return false;
	return true;
}

/* The fields of the relation that parts name, from the nearest scope. */
static bool
relation_fields(struct select_build *s, const struct str *parts, int n,
    struct field_list *out)
{
	for (const struct scope *at = &s->scope; at != NULL;
	    at = at->parent) {
		for (int i = 0; i < at->fields.n; i++)
			if (qualifier_matches(&at->fields.v[i], parts, n) &&
			    !at->fields.v[i].hidden)
				field_add(s->b, out, &at->fields.v[i]);
		if (out->n > 0)
			return true;
	}
	return false;
}

/* As SQL wants it: upper case unless quoted. */
static const char *
canonical(struct select_build *s, const struct node *n)
{
	const struct ident_node *id = (const struct ident_node *)n;
	char *z = arena_strndup(s->b->arena, id->value.p, id->value.n);

	for (char *p = z; !id->quoted && *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return z;
}

/* expression.*: the fields of a row. */
static int
add_row_fields(struct select_build *s, const struct all_columns_node *n)
{
	struct expr_context c = select_context(s);
	struct expr *row;
	int rc;

	if ((rc = bind_expr(s->b, &c, n->target, &row)) != 0)
		return rc;
	if (!type_is(row->type, TYPE_ROW))
		return bind_error(s->b, n->target, ERR_TYPE_MISMATCH,
		    "expected expression of type Row");
	if ((rc = check_aliases(s, n, row->type->n)) != 0)
		return rc;
	for (int i = 0; i < row->type->n; i++) {
		const char *name = row->type->names == NULL ? NULL
		    : row->type->names[i];
		struct select_item item = { .ast = n->target, .symbol = -1,
			.name = n->aliases.n == 0 ? name
			    : canonical(s, n->aliases.v[i]) };

		item.expr = expr_new(s->b->pool, EXPR_FIELD,
		    row->type->child[i], 1);
		item.expr->arg[0] = row;
		item.expr->input = i;
		arena_push(s->b->arena, &s->items, item);
	}
	return 0;
}

static int
add_qualified(struct select_build *s, const struct all_columns_node *n)
{
	struct field_list fields = { 0 };
	struct str parts[PARTS_MAX];
	int count = name_parts(n->target, parts), rc;
	struct field *ignored;

	if (count > 0 && relation_fields(s, parts, count, &fields)) {
		if ((rc = check_aliases(s, n, fields.n)) != 0)
			return rc;
		for (int i = 0; i < fields.n; i++)
			add_field(s, arena_dup(s->b->arena, &fields.v[i],
			    sizeof(fields.v[i])),
			    alias_or(s, n, i, fields.v[i].name));
		return 0;
	}
	if (count > 0) {
		rc = scope_resolve(s->b, &s->scope, n->target, parts, count,
		    &ignored);
		if (rc < 0)
			return rc;
		if (rc == 0 || !type_is(ignored->type, TYPE_ROW))
			return bind_error(s->b, &n->node, ERR_TABLE_NOT_FOUND,
			    "Unable to resolve reference %s",
			    bind_node_text(s->b, n->target));
	}
	return add_row_fields(s, n);
}

static int
add_star(struct select_build *s, const struct all_columns_node *n)
{
	int columns = 0, rc;

	if (n->target != NULL)
		return add_qualified(s, n);
	for (int i = 0; i < s->from.fields.n; i++)
		columns += !s->from.fields.v[i].hidden;
	if (s->q->from == NULL)
		return bind_error(s->b, &n->node, ERR_COLUMN_NOT_FOUND,
		    "SELECT * not allowed in queries without FROM clause");
	if (columns == 0)
		return bind_error(s->b, &n->node, ERR_COLUMN_NOT_FOUND,
		    "SELECT * not allowed from relation that has no columns");
	if ((rc = check_aliases(s, n, columns)) != 0)
		return rc;
	for (int i = 0, at = 0; i < s->from.fields.n; i++) {
		const struct field *f = &s->from.fields.v[i];

		if (!f->hidden) {
			add_field(s, f, alias_or(s, n, at, f->name));
			at++;
		}
	}
	return 0;
}

int
select_bind_items(struct select_build *s)
{
	for (int i = 0; i < s->q->items.n; i++) {
		struct node *n = s->q->items.v[i];
		int rc = n->kind == NODE_ALL_COLUMNS
		    ? add_star(s, (struct all_columns_node *)n)
		    : add_expression(s, (struct single_column_node *)n);

		if (rc != 0)
			return rc;
	}
	return 0;
}
