/* SPDX-License-Identifier: Apache-2.0
 * print.c - the printer's entry points. */
#include "sql/print.h"

#include "sql/parse.h"
#include "sql/printer.h"

void
put_indent(struct sbuf *to, int indent)
{
	while (indent-- > 0)
		sbuf_add(to, "   ", 3);
}

void
put_line(struct sbuf *to, int indent, const char *text)
{
	put_indent(to, indent);
	sbuf_addz(to, text);
}

static bool
is_expression(enum node_kind kind)
{
	return kind <= NODE_ROW_TYPE_FIELD;
}

void
sql_print(struct sbuf *to, const struct node *n)
{
	size_t start = to->n;

	if (is_expression(n->kind))
		put_expression(to, n);
	else
		put_statement(to, n, 0);
	while (to->n > start
	    && (to->p[to->n - 1] == '\n' || to->p[to->n - 1] == ' '))
		to->n--;
}

void
sql_print_expression(struct sbuf *to, const struct node *n)
{
	sql_print(to, n);
}

void
sql_print_ident(struct sbuf *to, struct str name)
{
	struct ident_node id = { .value = name };
	size_t i;

	for (i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		    || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			break;
	}
	id.quoted = i < name.n || name.n == 0;
	put_ident(to, &id);
}

void
sql_print_string(struct sbuf *to, struct str text)
{
	put_quoted(to, text);
}
