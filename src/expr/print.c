/* SPDX-License-Identifier: Apache-2.0
 * print.c - expressions as EXPLAIN shows them. */
#include "base/check.h"
#include "expr/expr.h"
#include "page/compare.h"
#include "type/value.h"

struct printer {
	struct sbuf *to;
	const char *(*name)(void *arg, int input);
	void *arg;
};

static void print(const struct printer *p, const struct expr *x);

static void
print_quoted(struct sbuf *to, struct str s)
{
	sbuf_addc(to, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			sbuf_addc(to, '\'');
		sbuf_addc(to, s.p[i]);
	}
	sbuf_addc(to, '\'');
}

static void
print_const(const struct printer *p, const struct expr *x)
{
	const struct type *t = x->type;
	struct sbuf text = { 0 };

	if (vec_is_null(x->value, 0)) {
		sbuf_addz(p->to, "null");
		return;
	}
	switch (t->id) {
	case TYPE_BOOLEAN:
		sbuf_addz(p->to, *(uint8_t *)x->value->data ? "true"
		    : "false");
		break;
	case TYPE_ARRAY: case TYPE_MAP: case TYPE_ROW:
		type_print(p->to, t);
		sbuf_addc(p->to, ' ');
		vec_print_json(p->to, x->value, 0);
		break;
	default:
		if (t->id != TYPE_VARCHAR) {
			type_print(p->to, t);
			sbuf_addc(p->to, ' ');
		}
		value_print(&text, t, x->value->data);
		print_quoted(p->to, sbuf_str(&text));
		sbuf_release(&text);
		break;
	}
}

static void
print_list(const struct printer *p, const struct expr *x, int from,
    const char *between)
{
	for (int i = from; i < x->n; i++) {
		if (i > from)
			sbuf_addz(p->to, between);
		print(p, x->arg[i]);
	}
}

static void
print_call(const struct printer *p, const struct expr *x)
{
	const char *s = x->func->signature;
	struct str name = { s, strcspn(s, "(") };
	bool word = (name.p[0] >= 'a' && name.p[0] <= 'z') ||
	    name.p[0] == '$';

	if (str_eq(name, STR("[]"))) {
		print(p, x->arg[0]);
		sbuf_addc(p->to, '[');
		print(p, x->arg[1]);
		sbuf_addc(p->to, ']');
		return;
	}
	if (!word && x->n == 2) {
		sbuf_addc(p->to, '(');
		print(p, x->arg[0]);
		sbuf_addf(p->to, " %.*s ", STR_ARG(name));
		print(p, x->arg[1]);
		sbuf_addc(p->to, ')');
		return;
	}
	sbuf_adds(p->to, name);
	if (word) {
		sbuf_addc(p->to, '(');
		print_list(p, x, 0, ", ");
		sbuf_addc(p->to, ')');
	} else {
		print_list(p, x, 0, ", ");
	}
}

static void
print_input(const struct printer *p, int input)
{
	const char *name = p->name == NULL ? NULL : p->name(p->arg, input);

	if (name != NULL)
		sbuf_addz(p->to, name);
	else
		sbuf_addf(p->to, "$%d", input);
}

static void
print_function(const struct printer *p, const char *name,
    const struct expr *x)
{
	sbuf_addf(p->to, "%s(", name);
	print_list(p, x, 0, ", ");
	sbuf_addc(p->to, ')');
}

static void
print_infix(const struct printer *p, const struct expr *x, const char *op)
{
	sbuf_addc(p->to, '(');
	print_list(p, x, 0, op);
	sbuf_addc(p->to, ')');
}

static void
print_cast(const struct printer *p, const struct expr *x)
{
	sbuf_addz(p->to, x->safe ? "TRY_CAST(" : "CAST(");
	print(p, x->arg[0]);
	sbuf_addz(p->to, " AS ");
	type_print(p->to, x->type);
	sbuf_addc(p->to, ')');
}

static void
print_in(const struct printer *p, const struct expr *x)
{
	sbuf_addc(p->to, '(');
	print(p, x->arg[0]);
	sbuf_addz(p->to, " IN (");
	print_list(p, x, 1, ", ");
	sbuf_addz(p->to, "))");
}

static void
print_field(const struct printer *p, const struct expr *x)
{
	const struct type *t = x->arg[0]->type;

	print(p, x->arg[0]);
	if (t->names != NULL && t->names[x->input] != NULL)
		sbuf_addf(p->to, ".%s", t->names[x->input]);
	else
		sbuf_addf(p->to, "[%d]", x->input + 1);
}

static void
print_lambda(const struct printer *p, const struct expr *x)
{
	sbuf_addc(p->to, '(');
	for (int i = 0; i < x->n_params; i++) {
		if (i > 0)
			sbuf_addz(p->to, ", ");
		print_input(p, x->input + i);
	}
	sbuf_addz(p->to, ") -> ");
	print(p, x->arg[0]);
}

static void
print(const struct printer *p, const struct expr *x)
{
	switch (x->kind) {
	case EXPR_CONST:
		print_const(p, x);
		return;
	case EXPR_INPUT:
		print_input(p, x->input);
		return;
	case EXPR_CALL:
		print_call(p, x);
		return;
	case EXPR_CAST:
		print_cast(p, x);
		return;
	case EXPR_AND:
		print_infix(p, x, " AND ");
		return;
	case EXPR_OR:
		print_infix(p, x, " OR ");
		return;
	case EXPR_NOT:
		print_function(p, "NOT ", x);
		return;
	case EXPR_IN:
		print_in(p, x);
		return;
	case EXPR_IS_NULL:
		sbuf_addc(p->to, '(');
		print(p, x->arg[0]);
		sbuf_addz(p->to, " IS NULL)");
		return;
	case EXPR_FIELD:
		print_field(p, x);
		return;
	case EXPR_LAMBDA:
		print_lambda(p, x);
		return;
	default:
		print_function(p, x->kind == EXPR_IF ? "IF"
		    : x->kind == EXPR_COALESCE ? "COALESCE"
		    : x->kind == EXPR_NULLIF ? "NULLIF"
		    : x->kind == EXPR_TRY ? "TRY"
		    : x->kind == EXPR_ROW ? "ROW" : "ARRAY", x);
		return;
	}
}

void
expr_print(struct sbuf *to, const struct expr *x,
    const char *(*name)(void *arg, int input), void *arg)
{
	struct printer p = { to, name, arg };

	print(&p, x);
}
