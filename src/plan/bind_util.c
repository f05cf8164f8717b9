/* SPDX-License-Identifier: Apache-2.0
 * bind_util.c - what all of the binder uses: errors with places, depth,
 * small texts, scopes. */
#include <stdio.h>
#include <stdlib.h>

#include "plan/binder.h"
#include "sql/print.h"

int
bind_error(struct binder *b, const struct node *at, enum err_code code,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(b->err, code, fmt, ap);
	va_end(ap);
	if (at != NULL) {
		b->err->line = at->line;
		b->err->column = at->column;
	}
	return -(int)code;
}

int
bind_place(struct binder *b, const struct node *at)
{
	if (b->err->line == 0 && at != NULL) {
		b->err->line = at->line;
		b->err->column = at->column;
	}
	return -(int)b->err->code;
}

int
bind_enter(struct binder *b)
{
	if (b->depth >= BIND_DEPTH_MAX)
		return bind_error(b, NULL, ERR_STACK_OVERFLOW,
		    "statement is too large (stack overflow during analysis)");
	b->depth++;
	return 0;
}

int
bind_unsupported(struct binder *b, const struct node *at, const char *what)
{
	return bind_error(b, at, ERR_NOT_SUPPORTED, "%s not yet supported",
	    what);
}

const char *
bind_type_text(struct binder *b, const struct type *t)
{
	return type_name(b->arena, t);
}

const char *
bind_node_text(struct binder *b, const struct node *n)
{
	struct sbuf text = { 0 };
	char *z;

	sql_print_expression(&text, n);
	z = arena_strndup(b->arena, text.p, text.n);
	sbuf_release(&text);
	return z;
}

const char *
bind_str(struct binder *b, struct str s)
{
	return arena_strndup(b->arena, s.p, s.n);
}

/* Scopes. */

void
field_add(struct binder *b, struct field_list *l, const struct field *f)
{
	arena_push(b->arena, l, *f);
}

struct field
field_of_symbol(struct binder *b, int symbol, const char *name)
{
	struct field f = { .symbol = symbol,
		.type = plan_symbol_type(b->plan, symbol) };

	if (name != NULL) {
		char *lower = arena_strdup(b->arena, name);

		for (char *z = lower; *z != '\0'; z++)
			if (*z >= 'A' && *z <= 'Z')
				*z = (char)(*z + 'a' - 'A');
		f.name = name;
		f.lower = str_of(lower);
	}
	return f;
}

/* The last part is the column, those before it end the qualifier. */
bool
field_matches(const struct field *f, const struct str *parts, int n)
{
	if (f->name == NULL || !str_eq(f->lower, parts[n - 1]) ||
	    n - 1 > f->n_qualifier)
		return false;
	for (int i = 0; i < n - 1; i++)
		if (!str_eq(f->qualifier[i], parts[n - 2 - i]))
			return false;
	return true;
}

static const char *
parts_text(struct binder *b, const struct str *parts, int n)
{
	struct sbuf text = { 0 };
	char *z;

	for (int i = 0; i < n; i++) {
		if (i > 0)
			sbuf_addc(&text, '.');
		sbuf_adds(&text, parts[i]);
	}
	z = arena_strndup(b->arena, text.p, text.n);
	sbuf_release(&text);
	return z;
}

static bool
local_prefix(const struct scope *s, const struct str *parts, int n)
{
	for (int k = 1; k < n; k++)
		for (int i = 0; i < s->fields.n; i++)
			if (field_matches(&s->fields.v[i], parts, k))
				return true;
	return false;
}

bool
scope_has_prefix(const struct scope *s, const struct str *parts, int n)
{
	for (; s != NULL; s = s->parent)
		if (local_prefix(s, parts, n))
			return true;
	return false;
}

int
scope_resolve(struct binder *b, const struct scope *s,
    const struct node *at, const struct str *parts, int n,
    struct field **out)
{
	for (; s != NULL; s = s->parent) {
		struct field *found = NULL;

		for (int i = 0; i < s->fields.n; i++) {
			if (!field_matches(&s->fields.v[i], parts, n))
				continue;
			if (found != NULL)
				return bind_error(b, at, ERR_AMBIGUOUS_NAME,
				    "Column '%s' is ambiguous",
				    parts_text(b, parts, n));
			found = &s->fields.v[i];
		}
		if (found != NULL && s->forbidden != NULL)
			return bind_error(b, at, ERR_INVALID_COLUMN_REFERENCE,
			    "LATERAL reference not allowed in %s",
			    s->forbidden);
		if (found != NULL) {
			*out = found;
			return 1;
		}
		if (local_prefix(s, parts, n))
			return 0;
	}
	return 0;
}
