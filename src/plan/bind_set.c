/* SPDX-License-Identifier: Apache-2.0
 * bind_set.c - UNION, INTERSECT, EXCEPT. */
#include "plan/binder.h"

static const char *const names[] = {
	[SET_UNION] = "UNION", [SET_INTERSECT] = "INTERSECT",
	[SET_EXCEPT] = "EXCEPT",
};

static const enum plan_node_kind kinds[] = {
	[SET_UNION] = PLAN_UNION, [SET_INTERSECT] = PLAN_INTERSECT,
	[SET_EXCEPT] = PLAN_EXCEPT,
};

static struct field_list
visible(struct binder *b, const struct relation *r)
{
	struct field_list l = { 0 };

	for (int i = 0; i < r->fields.n; i++)
		if (!r->fields.v[i].hidden)
			field_add(b, &l, &r->fields.v[i]);
	return l;
}

/* The columns of a side as a set operation takes them, cast to types. */
static struct plan_node *
side_columns(struct binder *b, struct relation *r,
    const struct field_list *fields, const struct type *const *types,
    int *symbols)
{
	struct plan_assign *v = arena_array(b->arena, struct plan_assign,
	    fields->n + 1);
	int n = 0;

	for (int i = 0; i < fields->n; i++) {
		const struct field *f = &fields->v[i];

		symbols[i] = f->symbol;
		if (type_equal(f->type, types[i]))
			continue;
		v[n].expr = bind_coerce(b, plan_symbol_expr(b->plan,
		    f->symbol), types[i]);
		v[n].symbol = plan_symbol_new(b->plan,
		    f->name == NULL ? "expr" : f->name, types[i]);
		symbols[i] = v[n++].symbol;
	}
	return plan_extend(b->plan, r->node, v, n);
}

/* CORRESPONDING: columns of the same names, in the left one's order. */
static int
corresponding(struct binder *b, const struct set_operation_node *n,
    struct field_list *left, struct field_list *right)
{
	struct field_list l = { 0 }, r = { 0 };
	const struct field_list *sides[2] = { left, right };

	for (int s = 0; s < 2; s++)
		for (int i = 0; i < sides[s]->n; i++)
			for (int k = 0; k < i; k++)
				if (sides[s]->v[i].name != NULL &&
				    sides[s]->v[k].name != NULL &&
				    str_eq(sides[s]->v[i].lower,
				    sides[s]->v[k].lower))
					return bind_error(b, &n->node,
					    ERR_AMBIGUOUS_NAME,
					    "Duplicate columns found when "
					    "using CORRESPONDING in set "
					    "operations: %.*s", STR_ARG(
					    sides[s]->v[i].lower));
	for (int i = 0; i < left->n; i++)
		for (int k = 0; k < right->n; k++)
			if (left->v[i].name != NULL &&
			    right->v[k].name != NULL && str_eq(
			    left->v[i].lower, right->v[k].lower)) {
				field_add(b, &l, &left->v[i]);
				field_add(b, &r, &right->v[k]);
			}
	if (l.n == 0)
		return bind_error(b, &n->node, ERR_MISMATCHED_COLUMN_ALIASES,
		    "No corresponding columns");
	*left = l;
	*right = r;
	return 0;
}

static int
common_types(struct binder *b, const struct set_operation_node *n,
    const struct field_list *left, const struct field_list *right,
    const struct type **types)
{
	if (left->n != right->n)
		return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
		    "%s query has different number of fields: %d, %d",
		    names[n->op], left->n, right->n);
	for (int i = 0; i < left->n; i++) {
		types[i] = type_common(b->arena, left->v[i].type,
		    right->v[i].type);
		if (types[i] == NULL)
			return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
			    "column %d in %s query has incompatible types: "
			    "%s, %s", i + 1, names[n->op],
			    bind_type_text(b, left->v[i].type),
			    bind_type_text(b, right->v[i].type));
		if ((n->op != SET_UNION || n->distinct) &&
		    !type_comparable(types[i]))
			return bind_error(b, &n->node, ERR_TYPE_MISMATCH,
			    "Type %s is not comparable and therefore cannot "
			    "be used in %s%s",
			    bind_type_text(b, types[i]), names[n->op],
			    n->distinct ? " DISTINCT" : "");
	}
	return 0;
}

int
bind_set_operation(struct binder *b, struct node *node,
    const struct scope *outer, struct relation *out)
{
	const struct set_operation_node *n =
	    (const struct set_operation_node *)node;
	struct relation left, right;
	struct field_list lf, rf;
	const struct type **types;
	struct plan_node *s;
	int rc;

	if ((rc = bind_body(b, n->left, outer, &left)) != 0 ||
	    (rc = bind_body(b, n->right, outer, &right)) != 0)
		return rc;
	lf = visible(b, &left);
	rf = visible(b, &right);
	if (n->corresponding != NULL &&
	    (rc = corresponding(b, n, &lf, &rf)) != 0)
		return rc;
	types = arena_array(b->arena, const struct type *, lf.n + 1);
	if ((rc = common_types(b, n, &lf, &rf, types)) != 0)
		return rc;
	s = plan_node_new(b->plan, kinds[n->op], 2);
	s->line = node->line;
	s->column = node->column;
	s->set.distinct = n->distinct;
	s->set.inputs = arena_array(b->arena, int *, 2);
	s->set.inputs[0] = arena_array(b->arena, int, lf.n + 1);
	s->set.inputs[1] = arena_array(b->arena, int, lf.n + 1);
	s->child[0] = side_columns(b, &left, &lf, types, s->set.inputs[0]);
	s->child[1] = side_columns(b, &right, &rf, types, s->set.inputs[1]);
	for (int i = 0; i < lf.n; i++) {
		const char *name = lf.v[i].name;
		int symbol = plan_symbol_new(b->plan,
		    name == NULL ? "expr" : name, types[i]);
		struct field f = field_of_symbol(b, symbol, name);

		symbol_list_add(b->arena, &s->out, symbol);
		field_add(b, &out->fields, &f);
	}
	out->node = s;
	return 0;
}
