/* SPDX-License-Identifier: Apache-2.0
 * printer.h - the parts of the printer.  Private to sql.
 *
 * Statements are laid out over lines with an indent; expressions and types
 * stand on one line (but for the queries in them). */
#ifndef SQL_PRINTER_H
#define SQL_PRINTER_H

#include "sql/print.h"

/* One bit a yes or no: " NOT" and the like. */
static inline void
put_if(struct sbuf *to, bool yes, const char *text)
{
	if (yes)
		sbuf_addz(to, text);
}

void put_indent(struct sbuf *to, int indent);
/* The indent and then the text. */
void put_line(struct sbuf *to, int indent, const char *text);

/* print_expr.c */
void put_ident(struct sbuf *to, const struct ident_node *id);
void put_name(struct sbuf *to, const struct name_node *name);
void put_expression(struct sbuf *to, const struct node *n);
/* a, b, c */
void put_list(struct sbuf *to, const struct node_list *l);
/* (a, b, c) */
void put_parens(struct sbuf *to, const struct node_list *l);
void put_quoted(struct sbuf *to, struct str text);

/* print_special.c */
void put_special(struct sbuf *to, const struct node *n);
void put_type(struct sbuf *to, const struct node *n);
void put_qualifier(struct sbuf *to, const struct interval_qualifier *q);

/* print_json.c: also JSON_TABLE */
void put_json(struct sbuf *to, const struct node *n);
void put_json_table(struct sbuf *to, const struct json_table_node *n,
    int indent);

/* print_window.c */
void put_over(struct sbuf *to, const struct node *over);
void put_window(struct sbuf *to, const struct window_node *n);
void put_order_by(struct sbuf *to, const struct node *n);
void put_sort_items(struct sbuf *to, const struct node_list *l);
void put_pattern(struct sbuf *to, const struct pattern_node *n);
void put_skip_to(struct sbuf *to, const struct skip_to_node *n);
void put_subset(struct sbuf *to, const struct node *n);
void put_measure(struct sbuf *to, const struct node *n);
void put_definition(struct sbuf *to, const struct node *n);
const char *search_text(enum pattern_search search);

/* print_query.c */
void put_query(struct sbuf *to, const struct query_node *n, int indent);
void put_group_by(struct sbuf *to, const struct group_by_node *n);
/* As a body: a TABLE has the word before it. */
void put_body(struct sbuf *to, const struct node *n, int indent);

/* print_relation.c */
void put_relation(struct sbuf *to, const struct node *n, int indent);
/* Each by put() on a line of its own, a single one on this line. */
void put_definitions(struct sbuf *to, const struct node_list *l, int indent,
    void (*put)(struct sbuf *to, const struct node *n));

/* print_stmt.c, print_ddl.c, print_routine.c */
void put_statement(struct sbuf *to, const struct node *n, int indent);
bool put_ddl(struct sbuf *to, const struct node *n);
bool put_dml(struct sbuf *to, const struct node *n, int indent);
/* False: n is no routine or part of one. */
bool put_routine(struct sbuf *to, const struct node *n, int indent);
void put_principal(struct sbuf *to, const struct node *n);
void put_grant(struct sbuf *to, const struct grant_node *n);
void put_grant_object(struct sbuf *to, const struct grant_object_node *n);
void put_properties(struct sbuf *to, const struct node_list *l);
void put_property_list(struct sbuf *to, const struct node_list *l,
    const char *separator);

#endif
