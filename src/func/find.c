/* SPDX-License-Identifier: Apache-2.0
 * find.c - what a call means: Trino's function binder.
 *
 * First an exact match among functions without type variables, then one among
 * those with, then by coercion: of all that are applicable the most specific,
 * where f is more specific than g when g could be called with f's
 * parameters. */
#include <stdlib.h>

#include "base/check.h"
#include "func/signature.h"
#include "func/tables.h"

/* One record of the tables that has the wanted name. */
struct candidate {
	const struct func *func;
	const struct agg_func *agg;
	const struct window_func *window;
	struct signature *sig;
	/* when applicable: */
	struct sig_binding binding;
	const struct type **args;
	const struct type *result, *intermediate;
};

struct finder {
	struct arena *arena;
	struct str name;
	const struct type *const *types;
	int n;
	struct { struct candidate **v; int n, cap; } all, fit;
};

static bool
same_name(const char *signature, struct str name)
{
	return ((signature[0] ^ name.p[0]) & 0xdf) == 0 &&
	    str_ieq(signature_name(signature), name);
}

static void
collect(struct finder *f)
{
	struct func_entry it;

	for (int i = 0; func_table_next(&i, &it);) {
		struct candidate *c;
		const char *text = func_entry_signature(&it);

		if (f->name.n == 0 || !same_name(text, f->name))
			continue;
		c = arena_new(f->arena, struct candidate);
		c->func = it.func;
		c->agg = it.agg;
		c->window = it.window;
		c->sig = signature_parse(f->arena, text);
		arena_push(f->arena, &f->all, c);
	}
}

static int
candidate_types(struct finder *f, struct candidate *c, struct err *e)
{
	const struct type *result, *intermediate = NULL;
	int rc = 0;

	c->args = arena_array(f->arena, const struct type *, f->n);
	for (int i = 0; i < f->n; i++) {
		const struct sig_type *p = signature_param(c->sig, i);

		c->args[i] = p->kind == SIG_ANY ? f->types[i]
		    : signature_type(f->arena, p, &c->binding);
	}
	result = signature_type(f->arena, c->sig->result, &c->binding);
	if (c->agg != NULL && c->agg->intermediate != NULL)
		intermediate = signature_type(f->arena, signature_parse_type(
		    f->arena, c->sig, c->agg->intermediate), &c->binding);
	if (c->func != NULL && c->func->resolve != NULL)
		rc = c->func->resolve(f->arena, c->args, f->n, &result, e);
	if (c->agg != NULL && c->agg->resolve != NULL)
		rc = c->agg->resolve(f->arena, c->args, f->n, &intermediate,
		    &result, e);
	c->result = result;
	c->intermediate = intermediate == NULL ? result : intermediate;
	return rc;
}

/* Fills f->fit.  generic: -1 both, 0 without, 1 with type variables. */
static int
applicable(struct finder *f, int generic, enum sig_match how, struct err *e)
{
	int rc;

	f->fit.n = 0;
	for (int i = 0; i < f->all.n; i++) {
		struct candidate *c = f->all.v[i];

		if (generic >= 0 && (c->sig->n_vars > 0) != generic)
			continue;
		if (!signature_bind(f->arena, c->sig, f->types, f->n, how,
		    &c->binding))
			continue;
		if ((rc = candidate_types(f, c, e)) != 0)
			return rc;
		arena_push(f->arena, &f->fit, c);
	}
	return 0;
}

/* Could `right` be called with what `left` takes? */
static bool
more_specific(struct finder *f, const struct candidate *left,
    const struct candidate *right)
{
	struct sig_binding b;

	return signature_bind(f->arena, right->sig, left->args, f->n,
	    SIG_COERCE, &b);
}

static void
keep_most_specific(struct finder *f)
{
	struct candidate **rep = arena_array(f->arena, struct candidate *,
	    f->fit.n);
	int n = 0, i;

	for (int k = 0; k < f->fit.n; k++) {
		struct candidate *c = f->fit.v[k];

		for (i = 0; i < n; i++) {
			bool more = more_specific(f, c, rep[i]);
			bool less = more_specific(f, rep[i], c);

			if (more)
				rep[i] = c;
			if (more || less)
				break;
		}
		if (i == n)
			rep[n++] = c;
	}
	memcpy(f->fit.v, rep, sizeof(*rep) * (size_t)n);
	f->fit.n = n;
}

static bool
any_unknown(const struct finder *f)
{
	for (int i = 0; i < f->n; i++) {
		if (f->types[i] == NULL || f->types[i]->id == TYPE_FUNCTION)
			return false;
		if (f->types[i]->id == TYPE_UNKNOWN)
			return true;
	}
	return false;
}

static bool
casts_unknown_only(const struct finder *f, const struct candidate *c)
{
	for (int i = 0; i < f->n; i++)
		if (f->types[i]->id != TYPE_UNKNOWN &&
		    !type_equal(f->types[i], c->args[i]))
			return false;
	return true;
}

/* All give NULL for NULL, and of the same type: any of them will do. */
static bool
all_the_same(const struct finder *f)
{
	for (int k = 0; k < f->fit.n; k++) {
		const struct candidate *c = f->fit.v[k];

		if (c->func == NULL || c->func->flags & FUNC_NULL_CALLS ||
		    !type_equal(c->result, f->fit.v[0]->result))
			return false;
	}
	return true;
}

static void
narrow(struct finder *f)
{
	struct { struct candidate **v; int n, cap; } only = { 0 };
	struct candidate **before = arena_dup(f->arena, f->fit.v,
	    sizeof(*before) * (size_t)f->fit.n);
	int n_before = f->fit.n;

	keep_most_specific(f);
	if (f->fit.n <= 1 || !any_unknown(f))
		return;
	for (int k = 0; k < n_before; k++)
		if (casts_unknown_only(f, before[k]))
			arena_push(f->arena, &only, before[k]);
	if (only.n > 0) {
		memcpy(f->fit.v, only.v, sizeof(*only.v) * (size_t)only.n);
		f->fit.n = only.n;
	}
	if (f->fit.n > 1 && all_the_same(f)) {
		f->fit.v[0] = f->fit.v[f->fit.n - 1];
		f->fit.n = 1;
	}
}

/* ---- errors ---- */

static void
print_actual(struct sbuf *to, const struct finder *f, const char *between)
{
	for (int i = 0; i < f->n; i++) {
		if (i > 0)
			sbuf_addz(to, between);
		if (f->types[i] == NULL || f->types[i]->id == TYPE_FUNCTION)
			sbuf_addz(to, "<function>");
		else
			signature_print_type(to, f->types[i]);
	}
}

static int
error_ambiguous(struct finder *f, struct err *e)
{
	struct sbuf b = { 0 };
	int rc;

	sbuf_addz(&b, "Could not choose a best candidate operator. Explicit "
	    "type casts must be added.\nActual types: (");
	print_actual(&b, f, ", ");
	sbuf_addz(&b, ")\nCandidates are:\n");
	for (int k = 0; k < f->fit.n; k++) {
		const struct candidate *c = f->fit.v[k];

		sbuf_addz(&b, "\t * (");
		for (int i = 0; i < f->n; i++) {
			const struct sig_type *p = signature_param(c->sig, i);

			if (i > 0)
				sbuf_addc(&b, ',');
			if (p->kind == SIG_TEXT)
				sbuf_adds(&b, p->text);
			else
				signature_print_type(&b, c->args[i]);
		}
		sbuf_addz(&b, "):");
		signature_print_type(&b, c->result);
		sbuf_addc(&b, '\n');
	}
	rc = err_set(e, ERR_AMBIGUOUS_FUNCTION_CALL, "%s", sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}

/* Comparisons are all made of three. */
static struct str
operator_shown(struct str name)
{
	if (str_eq(name, STR(">")))
		return STR("<");
	if (str_eq(name, STR(">=")))
		return STR("<=");
	if (str_eq(name, STR("<>")))
		return STR("=");
	return name;
}

static int
error_operator(struct finder *f, struct err *e)
{
	struct str op = operator_shown(f->name);
	const char *left = "", *right = "";

	if (f->n > 0)
		left = type_name(f->arena, f->types[0]);
	if (f->n > 1)
		right = type_name(f->arena, f->types[1]);
	if (str_eq(op, STR("[]")))
		return err_set(e, ERR_TYPE_MISMATCH,
		    "Cannot use %s for subscript of %s", right, left);
	if (str_eq(op, STR("IS DISTINCT FROM")))
		return err_set(e, ERR_TYPE_MISMATCH,
		    "Cannot check if %s is identical to %s", left, right);
	if (f->n == 1)
		return err_set(e, ERR_TYPE_MISMATCH, "Cannot negate %s",
		    left);
	return err_set(e, ERR_TYPE_MISMATCH,
	    "Cannot apply operator: %s %.*s %s", left, STR_ARG(op), right);
}

static int
compare_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static int
error_not_found(struct finder *f, struct err *e)
{
	const char **text = arena_array(f->arena, const char *, f->all.n);
	struct sbuf b = { 0 };
	int rc, n = 0;

	if (f->all.n == 0)
		return err_set(e, ERR_FUNCTION_NOT_FOUND,
		    "Function '%.*s' not registered", STR_ARG(f->name));
	for (int k = 0; k < f->all.n; k++) {
		sbuf_clear(&b);
		signature_print(&b, f->all.v[k]->sig);
		text[n++] = arena_strndup(f->arena, b.p, b.n);
	}
	qsort(text, (size_t)n, sizeof(*text), compare_text);
	sbuf_clear(&b);
	sbuf_addz(&b, "Unexpected parameters (");
	print_actual(&b, f, ", ");
	sbuf_addz(&b, ") for function ");
	sbuf_adds(&b, f->all.v[0]->sig->name);
	sbuf_addz(&b, ". Expected: ");
	for (int k = 0; k < n; k++) {
		if (k > 0)
			sbuf_addz(&b, ", ");
		sbuf_addz(&b, text[k]);
	}
	rc = err_set(e, ERR_FUNCTION_NOT_FOUND, "%s", sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}

/* ---- */

static bool
is_operator(struct str name)
{
	return name.n > 0 && !((name.p[0] >= 'a' && name.p[0] <= 'z') ||
	    (name.p[0] >= 'A' && name.p[0] <= 'Z') || name.p[0] == '$');
}

static int
find(struct finder *f, struct err *e)
{
	int rc;

	collect(f);
	for (int generic = 0; generic < 2; generic++) {
		if ((rc = applicable(f, generic, SIG_EXACT, e)) != 0)
			return rc;
		if (f->fit.n == 1)
			return 0;
		if (f->fit.n > 1)
			return error_ambiguous(f, e);
	}
	if ((rc = applicable(f, -1, SIG_COERCE, e)) != 0)
		return rc;
	if (f->fit.n > 1)
		narrow(f);
	if (f->fit.n == 1)
		return 0;
	if (f->fit.n > 1)
		return error_ambiguous(f, e);
	if (is_operator(f->name) || str_eq(f->name, STR("IS DISTINCT FROM")))
		return error_operator(f, e);
	return error_not_found(f, e);
}

int
func_find(struct arena *a, struct str name, const struct type *const *types,
    int n, struct func_match *out, struct err *e)
{
	struct finder f = { .arena = a, .name = name, .types = types, .n = n };
	const struct candidate *c;
	int rc;

	memset(out, 0, sizeof(*out));
	if (n > FUNC_MAX_ARGS)
		return err_set(e, ERR_TOO_MANY_ARGUMENTS,
		    "Too many arguments for function call %.*s()",
		    STR_ARG(name));
	if ((rc = find(&f, e)) != 0)
		return rc;
	c = f.fit.v[0];
	out->func = c->func;
	out->agg = c->agg;
	out->window = c->window;
	out->n = n;
	out->args = c->args;
	out->result = c->result;
	out->intermediate = c->agg == NULL ? NULL : c->intermediate;
	return 0;
}

int
func_lambda_types(struct arena *a, struct str name,
    const struct type *const *types, int n, int i, const struct type **out,
    int *n_out, struct err *e)
{
	struct finder f = { .arena = a, .name = name, .types = types, .n = n };

	collect(&f);
	for (int k = 0; k < f.all.n; k++) {
		struct candidate *c = f.all.v[k];
		const struct sig_type *p;
		int j;

		if (i >= c->sig->n || c->sig->param[i]->kind != SIG_FUNCTION)
			continue;
		if (!signature_bind(a, c->sig, types, n, SIG_COERCE,
		    &c->binding))
			continue;
		p = c->sig->param[i];
		for (j = 0; j + 1 < p->n_child; j++)
			if ((out[j] = signature_type(a, p->child[j],
			    &c->binding)) == NULL)
				break;
		if (j + 1 < p->n_child)
			continue;
		*n_out = j;
		return 0;
	}
	return error_not_found(&f, e);
}

bool
func_accepts(struct arena *a, const struct func *func,
    const struct type *const *types, int n, const struct type *result)
{
	struct finder f = { .arena = a, .types = types, .n = n };
	struct candidate c = { .func = func };
	struct err e;

	if (n > FUNC_MAX_ARGS)
		return false;
	c.sig = signature_parse(a, func->signature);
	if (!signature_bind(a, c.sig, types, n, SIG_COERCE, &c.binding) ||
	    candidate_types(&f, &c, &e) != 0)
		return false;
	for (int i = 0; i < n; i++)
		if (!type_equal(types[i], c.args[i]))
			return false;
	return type_equal(c.result, result);
}
