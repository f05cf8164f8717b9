/* SPDX-License-Identifier: Apache-2.0
 * show.c - parses SHOW. */
#include "sql/parser.h"

/* [LIKE 'pattern' [ESCAPE 'c']] */
static void
parse_pattern_clause(struct parser *p, struct show_node *n)
{
	if (!parse_accept(p, KW_LIKE))
		return;
	n->has_like = true;
	n->like = parse_string_value(p);
	n->has_escape = parse_accept(p, KW_ESCAPE);
	if (n->has_escape)
		n->escape = parse_string_value(p);
}

/* [FROM | IN name]; single: one part only */
static void
parse_from_name(struct parser *p, struct show_node *n, bool single)
{
	if (!parse_accept(p, KW_FROM) && !parse_accept(p, KW_IN))
		return;
	n->name = single ? parse_name_of(p, parse_ident(p)) : parse_name(p);
}

static void
show_create(struct parser *p, struct show_node *n)
{
	if (parse_accept(p, KW_TABLE)) {
		n->what = SHOW_CREATE_TABLE;
	} else if (parse_accept(p, KW_SCHEMA)) {
		n->what = SHOW_CREATE_SCHEMA;
	} else if (parse_accept(p, KW_VIEW)) {
		n->what = SHOW_CREATE_VIEW;
	} else if (parse_accept(p, KW_MATERIALIZED)) {
		parse_expect(p, KW_VIEW);
		n->what = SHOW_CREATE_MATERIALIZED_VIEW;
	} else {
		parse_expect(p, KW_FUNCTION);
		n->what = SHOW_CREATE_FUNCTION;
	}
	n->name = parse_name(p);
}

static void
show_stats(struct parser *p, struct show_node *n)
{
	n->what = SHOW_STATS;
	parse_expect(p, KW_FOR);
	if (!parse_accept(p, '(')) {
		n->name = parse_name(p);
		return;
	}
	n->query = (struct node *)parse_root_query(p, false);
	parse_expect(p, ')');
}

/* ROLES, CURRENT ROLES, ROLE GRANTS, GRANTS, BRANCHES; false: none. */
static bool
show_security(struct parser *p, struct show_node *n)
{
	if (parse_accept(p, KW_CURRENT)) {
		parse_expect(p, KW_ROLES);
		n->what = SHOW_CURRENT_ROLES;
		parse_from_name(p, n, true);
	} else if (parse_accept(p, KW_ROLES)) {
		n->what = SHOW_ROLES;
		parse_from_name(p, n, true);
	} else if (parse_accept(p, KW_ROLE)) {
		parse_expect(p, KW_GRANTS);
		n->what = SHOW_ROLE_GRANTS;
		parse_from_name(p, n, true);
	} else if (parse_accept(p, KW_GRANTS)) {
		n->what = SHOW_GRANTS;
		if (parse_accept(p, KW_ON))
			n->object = (struct grant_object_node *)
			    parse_grant_object(p);
	} else if (parse_accept(p, KW_BRANCHES)) {
		n->what = SHOW_BRANCHES;
		parse_either(p, KW_FROM, KW_IN);
		parse_expect(p, KW_TABLE);
		n->name = parse_name(p);
	} else {
		return false;
	}
	return true;
}

struct node *
parse_show(struct parser *p)
{
	struct show_node *n = parse_new(p, SHOW, show);

	p->t++;
	if (parse_accept(p, KW_CREATE)) {
		show_create(p, n);
		return parse_end(p, n);
	}
	if (parse_accept(p, KW_STATS)) {
		show_stats(p, n);
		return parse_end(p, n);
	}
	if (show_security(p, n))
		return parse_end(p, n);
	if (parse_accept(p, KW_CATALOGS)) {
		n->what = SHOW_CATALOGS;
	} else if (parse_accept(p, KW_COLUMNS)) {
		n->what = SHOW_COLUMNS;
		parse_either(p, KW_FROM, KW_IN);
		n->name = parse_name(p);
	} else if (parse_accept(p, KW_FUNCTIONS)) {
		n->what = SHOW_FUNCTIONS;
		parse_from_name(p, n, false);
	} else if (parse_accept(p, KW_SCHEMAS)) {
		n->what = SHOW_SCHEMAS;
		parse_from_name(p, n, true);
	} else if (parse_accept(p, KW_SESSION)) {
		n->what = SHOW_SESSION;
	} else {
		parse_expect(p, KW_TABLES);
		n->what = SHOW_TABLES;
		parse_from_name(p, n, false);
	}
	parse_pattern_clause(p, n);
	return parse_end(p, n);
}
