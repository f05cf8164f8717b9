/* SPDX-License-Identifier: Apache-2.0
 * bind_setting.c - statements that change the session: USE, SET and RESET,
 * PREPARE and DEALLOCATE. */
#include "plan/binder.h"
#include "sql/print.h"
#include "type/time.h"

/* ---- session properties ---- */

static const struct type *
item_type(const struct conf_item *item)
{
	switch (item->type) {
	case CONF_BOOL: return TYPE(BOOLEAN);
	case CONF_INT:
		return item->max > INT32_MAX ? TYPE(BIGINT) : TYPE(INTEGER);
	case CONF_DOUBLE: return TYPE(DOUBLE);
	default: return TYPE(VARCHAR);
	}
}

enum { SIMILAR_MAX = 128 };

/* Jaro's and Winkler's likeness of two words, 0..1. */
static double
likeness(struct str a, struct str b)
{
	bool taken[SIMILAR_MAX] = { false };
	char in_a[SIMILAR_MAX], in_b[SIMILAR_MAX];
	int n = 0, k = 0, moved = 0, prefix = 0;
	int window = (int)(a.n > b.n ? a.n : b.n) / 2 - 1;
	double jaro;

	if (a.n > SIMILAR_MAX || b.n > SIMILAR_MAX)
		return 0;
	for (int i = 0; i < (int)a.n; i++)
		for (int j = i > window ? i - window : 0;
		    j < (int)b.n && j <= i + window; j++)
			if (!taken[j] && a.p[i] == b.p[j]) {
				taken[j] = true;
				in_a[n++] = a.p[i];
				break;
			}
	if (n == 0)
		return 0;
	for (int j = 0; j < (int)b.n; j++)
		if (taken[j])
			in_b[k++] = b.p[j];
	for (int i = 0; i < n; i++)
		moved += in_a[i] != in_b[i];
	jaro = ((double)n / (double)a.n + (double)n / (double)b.n +
	    (n - moved / 2.0) / n) / 3;
	while (prefix < 4 && prefix < (int)a.n && prefix < (int)b.n &&
	    a.p[prefix] == b.p[prefix])
		prefix++;
	return jaro + prefix * 0.1 * (1 - jaro);
}

static int
no_property(struct binder *b, const struct node *at, struct str name,
    bool similar)
{
	const char *best = NULL;
	double best_ratio = 0.85;

	for (int i = 0; similar && i < session_items_n; i++) {
		struct str s = str_of(session_items[i].name);
		double ratio = likeness(name, s);

		if (session_items[i].help[0] != '\0' && ratio > best_ratio) {
			best_ratio = ratio;
			best = session_items[i].name;
		}
	}
	if (best != NULL)
		return bind_error(b, at, ERR_INVALID_SESSION_PROPERTY,
		    "Session property '%.*s' does not exist. Did you mean to "
		    "use '%s'?", STR_ARG(name), best);
	return bind_error(b, at, ERR_INVALID_SESSION_PROPERTY,
	    "Session property '%.*s' does not exist", STR_ARG(name));
}

/* The property that a name of one or two parts stands for. */
static int
find_property(struct binder *b, const struct name_node *n,
    const struct node *at, const struct conf_item **out)
{
	const struct ident_node *first =
	    (const struct ident_node *)n->parts.v[0];
	const char *full;

	if (n->parts.n == 1) {
		*out = session_item_find(first->lower);
		return *out != NULL ? 0 : no_property(b, at, first->value,
		    true);
	}
	full = arena_printf(b->arena, "%.*s.%.*s", STR_ARG(first->value),
	    STR_ARG(((struct ident_node *)n->parts.v[1])->value));
	if (n->parts.n > 2)
		return bind_error(b, NULL, ERR_INVALID_SESSION_PROPERTY,
		    "Invalid session property '%s.%.*s'", full,
		    STR_ARG(((struct ident_node *)n->parts.v[2])->value));
	if (bind_catalog(b, bind_str(b, first->lower)) == NULL)
		return bind_error(b, at, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%.*s' not found", STR_ARG(first->value));
	return no_property(b, at, str_of(full), false);
}

static bool
value_fits(const struct type *from, const struct type *to)
{
	if (type_is(to, TYPE_VARCHAR))
		return type_is(from, TYPE_VARCHAR) ||
		    type_is(from, TYPE_CHAR);
	return type_can_coerce(from, to);
}

static int
property_text(struct binder *b, const struct conf_item *item,
    struct node *value, struct str *out)
{
	const char *text = bind_node_text(b, value);
	const struct type *t = item_type(item);
	struct expr *x;
	struct vec *v;
	int rc;

	if ((rc = bind_constant(b, value, &x)) != 0) {
		struct err copy = *b->err;

		if (rc != -ERR_FUNCTION_NOT_FOUND && rc != -ERR_TYPE_MISMATCH)
			return rc;
		return bind_error(b, NULL, ERR_INVALID_SESSION_PROPERTY,
		    "Unable to set session property '%s' to '%s': %s",
		    item->name, text, copy.text);
	}
	if (type_is(x->type, TYPE_UNKNOWN))
		return bind_error(b, NULL, ERR_INVALID_SESSION_PROPERTY,
		    "Unable to set session property '%s' to '%s': Session "
		    "property value must not be null", item->name, text);
	if (!value_fits(x->type, t))
		return bind_error(b, NULL, ERR_INVALID_SESSION_PROPERTY,
		    "Unable to set session property '%s' to '%s': Cannot cast "
		    "type %s to %s", item->name, text,
		    bind_type_text(b, x->type), bind_type_text(b, t));
	x = bind_coerce(b, bind_coerce(b, x, t), TYPE(VARCHAR));
	if ((rc = expr_eval_const(x, b->session->context, &v, b->err)) != 0)
		return rc;
	if (vec_is_null(v, 0))
		rc = bind_error(b, NULL, ERR_INVALID_SESSION_PROPERTY,
		    "Session property value must not be null");
	else
		*out = arena_str(b->arena, strview_str(vec_at(v, 0)));
	vec_drop(&v);
	return rc;
}

int
bind_session_value(struct binder *b, const struct session_property_node *n,
    struct plan *p)
{
	const struct conf_item *item;
	int rc;

	if ((rc = find_property(b, n->name, n->value, &item)) != 0 ||
	    (rc = property_text(b, item, n->value, &p->value)) != 0)
		return rc;
	p->name = item->name;
	if (session_property_check(item, p->value, b->err) != 0)
		return bind_place(b, n->value);
	return 0;
}

/* ---- the rest ---- */

static int
bind_use(struct binder *b, const struct use_node *n)
{
	struct plan *p = b->plan;
	struct conn *c;
	bool found;
	int rc;

	p->statement = STATEMENT_USE;
	p->update_type = "USE";
	p->schema = bind_str(b, n->schema->lower);
	p->catalog = n->catalog != NULL ? bind_str(b, n->catalog->lower)
	    : b->session->catalog;
	if (p->catalog == NULL)
		return bind_error(b, &n->node, ERR_MISSING_CATALOG_NAME,
		    "Catalog must be specified when session catalog is not "
		    "set");
	if ((c = bind_catalog(b, p->catalog)) == NULL)
		return bind_error(b, NULL, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", p->catalog);
	if ((rc = bind_has_schema(b, c, p->schema, &found)) != 0)
		return rc;
	if (!found)
		return bind_error(b, NULL, ERR_NOT_FOUND,
		    "Schema does not exist: %s.%s", p->catalog, p->schema);
	return 0;
}

static int
zone_of_interval(struct binder *b, const struct expr *x, struct str *out)
{
	int64_t ms = *(const int64_t *)vec_at(x->value, 0);
	int64_t minutes = ms / 60000;

	if (ms % 60000 != 0)
		return bind_error(b, NULL, ERR_INVALID_LITERAL,
		    "Invalid TIME ZONE offset interval: interval contains "
		    "seconds");
	if (minutes < -14 * 60 || minutes > 14 * 60)
		return bind_error(b, NULL, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Invalid offset minutes %lld", (long long)minutes);
	*out = str_of(arena_printf(b->arena, "%c%02lld:%02lld",
	    minutes < 0 ? '-' : '+', (long long)(minutes < 0 ? -minutes
	    : minutes) / 60, (long long)(minutes < 0 ? -minutes : minutes) %
	    60));
	return 0;
}

static int
bind_time_zone(struct binder *b, const struct unary_node *n)
{
	struct plan *p = b->plan;
	struct expr *x;
	int rc;

	p->statement = STATEMENT_SET_TIME_ZONE;
	p->update_type = "SET TIME ZONE";
	if (n->value == NULL)
		return 0;
	rc = bind_constant(b, n->value, &x);
	if (rc == -ERR_EXPRESSION_NOT_CONSTANT && n->value->kind ==
	    NODE_IDENT)
		return bind_error(b, n->value, ERR_COLUMN_NOT_FOUND,
		    "Column '%s' cannot be resolved",
		    bind_node_text(b, n->value));
	if (rc != 0)
		return rc;
	if (!expr_is_const(x) || (!type_is(x->type, TYPE_VARCHAR) &&
	    !type_is(x->type, TYPE_INTERVAL_DS)))
		return bind_error(b, NULL, ERR_TYPE_MISMATCH,
		    "Expected expression of varchar or interval day-time "
		    "type, but '%s' has %s type", bind_node_text(b, n->value),
		    bind_type_text(b, x->type));
	if (type_is(x->type, TYPE_INTERVAL_DS))
		return zone_of_interval(b, x, &p->value);
	p->value = arena_str(b->arena, strview_str(vec_at(x->value, 0)));
	if (zone_find(p->value) < 0)
		return bind_error(b, NULL, ERR_NOT_SUPPORTED,
		    "Time zone not supported: %.*s", STR_ARG(p->value));
	return 0;
}

static int
bind_prepare(struct binder *b, const struct prepare_node *n)
{
	struct plan *p = b->plan;
	struct sbuf text = { 0 };
	const char *kind = n->statement->kind == NODE_PREPARE ? "PREPARE"
	    : n->statement->kind == NODE_DEALLOCATE ? "DEALLOCATE"
	    : n->statement->kind == NODE_EXECUTE &&
	    ((struct execute_node *)n->statement)->name != NULL ? "EXECUTE"
	    : NULL;

	p->statement = STATEMENT_PREPARE;
	p->update_type = "PREPARE";
	if (kind != NULL)
		return bind_error(b, NULL, ERR_NOT_SUPPORTED,
		    "Invalid statement type for prepared statement: %s",
		    kind);
	p->name = bind_str(b, n->name->value);
	sql_print(&text, n->statement);
	p->value = arena_str(b->arena, sbuf_str(&text));
	sbuf_release(&text);
	return 0;
}

static int
bind_deallocate(struct binder *b, const struct named_node *n)
{
	const struct ident_node *id =
	    (const struct ident_node *)n->name->parts.v[0];

	b->plan->statement = STATEMENT_DEALLOCATE;
	b->plan->update_type = "DEALLOCATE";
	b->plan->name = bind_str(b, id->value);
	if (b->session->prepared == NULL || b->session->prepared(
	    b->session->prepared_arg, id->value).p == NULL)
		return bind_error(b, NULL, ERR_NOT_FOUND,
		    "Prepared statement not found: %.*s", STR_ARG(id->value));
	return 0;
}

static int
bind_set_path(struct binder *b, const struct node *n)
{
	const struct operands_node *o = (const struct operands_node *)n;
	struct sbuf text = { 0 };

	b->plan->statement = STATEMENT_SET_PATH;
	b->plan->update_type = "SET PATH";
	for (int i = 0; i < o->list.n; i++) {
		const struct use_node *e = (const struct use_node *)
		    o->list.v[i];

		if (e->catalog != NULL && bind_catalog(b, bind_str(b,
		    e->catalog->lower)) == NULL) {
			sbuf_release(&text);
			return bind_error(b, n, ERR_CATALOG_NOT_FOUND,
			    "Catalog '%.*s' not found",
			    STR_ARG(e->catalog->value));
		}
		sbuf_addz(&text, i > 0 ? ", " : "");
		if (e->catalog != NULL) {
			sql_print_ident(&text, e->catalog->value);
			sbuf_addc(&text, '.');
		}
		sql_print_ident(&text, e->schema->value);
	}
	b->plan->value = arena_str(b->arena, sbuf_str(&text));
	sbuf_release(&text);
	return 0;
}

static int
bind_authorization(struct binder *b, const struct unary_node *n)
{
	b->plan->statement = STATEMENT_SET_AUTHORIZATION;
	b->plan->update_type = "SET SESSION AUTHORIZATION";
	b->plan->value = n->value->kind == NODE_IDENT
	    ? ((struct ident_node *)n->value)->value
	    : ((struct text_literal_node *)n->value)->value;
	return 0;
}

int
bind_setting(struct binder *b, struct node *n)
{
	const struct conf_item *item;
	struct plan *p = b->plan;
	int rc;

	switch (n->kind) {
	case NODE_USE:
		return bind_use(b, (struct use_node *)n);
	case NODE_SET_SESSION:
		p->statement = STATEMENT_SET_SESSION;
		p->update_type = "SET SESSION";
		return bind_session_value(b,
		    (struct session_property_node *)n, p);
	case NODE_RESET_SESSION:
		p->statement = STATEMENT_RESET_SESSION;
		p->update_type = "RESET SESSION";
		if ((rc = find_property(b, ((struct named_node *)n)->name, n,
		    &item)) != 0)
			return rc;
		p->name = item->name;
		return 0;
	case NODE_SET_TIME_ZONE:
		return bind_time_zone(b, (struct unary_node *)n);
	case NODE_PREPARE:
		return bind_prepare(b, (struct prepare_node *)n);
	case NODE_DEALLOCATE:
		return bind_deallocate(b, (struct named_node *)n);
	case NODE_SET_PATH:
		return bind_set_path(b, n);
	case NODE_SET_SESSION_AUTHORIZATION:
		return bind_authorization(b, (struct unary_node *)n);
	case NODE_RESET_SESSION_AUTHORIZATION:
		p->statement = STATEMENT_RESET_AUTHORIZATION;
		p->update_type = "RESET SESSION AUTHORIZATION";
		return 0;
	default:
		p->statement = STATEMENT_SET_ROLE;
		p->update_type = "SET ROLE";
		return bind_set_role(b, n);
	}
}
