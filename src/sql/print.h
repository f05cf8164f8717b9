/* SPDX-License-Identifier: Apache-2.0
 * print.h - tree to SQL text, laid out as Trino's formatter does it (SHOW
 * CREATE VIEW, prepared statements); parsing it gives the same tree.  (The
 * formatter adds parentheses, so that a text nested half as deep as allowed
 * or deeper may print to one that is nested too deep.) */
#ifndef SQL_PRINT_H
#define SQL_PRINT_H

#include "sql/ast.h"

/* Appends n, a statement or part of one, as Trino's SqlFormatter would:
 * queries over several lines, no line end behind the last. */
void sql_print(struct sbuf *to, const struct node *n);
/* An expression or type on one line, as Trino's ExpressionFormatter. */
void sql_print_expression(struct sbuf *to, const struct node *n);
/* A name, in double quotes where it needs them to be read back. */
void sql_print_ident(struct sbuf *to, struct str name);
/* 'text' with quotes doubled. */
void sql_print_string(struct sbuf *to, struct str text);

#endif
