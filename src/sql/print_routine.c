/* SPDX-License-Identifier: Apache-2.0
 * print_routine.c - SQL routines as text. */
#include "sql/printer.h"

/* statement; statement; .. a line each */
static void
put_statements(struct sbuf *to, const struct node_list *l, int indent)
{
	int i;

	for (i = 0; i < l->n; i++) {
		put_routine(to, l->v[i], indent);
		sbuf_addz(to, ";\n");
	}
}

static void
put_characteristic(struct sbuf *to, const struct characteristic_node *n,
    int indent)
{
	static const char *const texts[] = {
		"LANGUAGE ", "DETERMINISTIC", "NOT DETERMINISTIC",
		"RETURNS NULL ON NULL INPUT", "CALLED ON NULL INPUT",
		"SECURITY ", "COMMENT ", "WITH (\n",
	};

	put_line(to, indent, texts[n->type]);
	switch (n->type) {
	case TRAIT_LANGUAGE:
		put_ident(to, n->language);
		break;
	case TRAIT_SECURITY:
		sbuf_addz(to, n->security == SECURITY_DEFINER ? "DEFINER"
		    : "INVOKER");
		break;
	case TRAIT_COMMENT:
		put_quoted(to, n->comment);
		break;
	case TRAIT_PROPERTIES:
		put_indent(to, indent + 1);
		put_property_list(to, &n->properties, ",\n   ");
		sbuf_addc(to, '\n');
		put_line(to, indent, ")");
		break;
	default:
		break;
	}
}

static void
put_function(struct sbuf *to, const struct function_node *n, int indent)
{
	int i;

	put_line(to, indent, "FUNCTION ");
	put_name(to, n->name);
	put_parens(to, &n->parameters);
	sbuf_addc(to, '\n');
	put_line(to, indent, "RETURNS ");
	put_type(to, n->returns);
	sbuf_addc(to, '\n');
	for (i = 0; i < n->characteristics.n; i++) {
		put_characteristic(to, (const struct characteristic_node *)
		    n->characteristics.v[i], indent);
		sbuf_addc(to, '\n');
	}
	if (n->body != NULL)
		put_routine(to, n->body, indent);
	if (n->has_definition) {
		put_line(to, indent, "AS $$\n");
		sbuf_adds(to, n->definition);
		sbuf_addz(to, "$$");
	}
}

static void
put_declare(struct sbuf *to, const struct declare_node *n, int indent)
{
	put_line(to, indent, "DECLARE ");
	put_list(to, &n->names);
	sbuf_addc(to, ' ');
	put_type(to, n->type);
	if (n->fallback != NULL) {
		sbuf_addz(to, " DEFAULT ");
		put_expression(to, n->fallback);
	}
}

static void
put_branch(struct sbuf *to, const struct node *n, const char *word,
    int indent)
{
	const struct statement_branch_node *b = (const void *)n;

	put_line(to, indent, word);
	put_expression(to, b->condition);
	sbuf_addz(to, " THEN\n");
	put_statements(to, &b->statements, indent + 1);
}

/* CASE .. END CASE, IF .. END IF */
static void
put_choice(struct sbuf *to, const struct case_statement_node *n, int indent)
{
	bool is_if = n->node.kind == NODE_IF_STATEMENT;
	int inner = is_if ? indent : indent + 1, i;

	if (!is_if) {
		put_line(to, indent, "CASE");
		if (n->operand != NULL) {
			sbuf_addc(to, ' ');
			put_expression(to, n->operand);
		}
		sbuf_addc(to, '\n');
	}
	for (i = 0; i < n->branches.n; i++)
		put_branch(to, n->branches.v[i], !is_if ? "WHEN "
		    : i == 0 ? "IF " : "ELSEIF ", inner);
	if (n->has_else) {
		put_line(to, inner, "ELSE\n");
		put_statements(to, &n->otherwise, inner + 1);
	}
	put_line(to, indent, is_if ? "END IF" : "END CASE");
}

static void
put_loop(struct sbuf *to, const struct loop_node *n, int indent)
{
	enum node_kind kind = n->node.kind;

	put_indent(to, indent);
	if (n->label != NULL) {
		put_ident(to, n->label);
		sbuf_addz(to, ": ");
	}
	if (kind == NODE_WHILE) {
		sbuf_addz(to, "WHILE ");
		put_expression(to, n->condition);
		sbuf_addz(to, " DO\n");
	} else {
		sbuf_addz(to, kind == NODE_LOOP ? "LOOP\n" : "REPEAT\n");
	}
	put_statements(to, &n->statements, indent + 1);
	if (kind == NODE_REPEAT) {
		put_line(to, indent, "UNTIL ");
		put_expression(to, n->condition);
		sbuf_addc(to, '\n');
	}
	put_line(to, indent, kind == NODE_WHILE ? "END WHILE"
	    : kind == NODE_LOOP ? "END LOOP" : "END REPEAT");
}

static void
put_compound(struct sbuf *to, const struct compound_node *n, int indent)
{
	put_line(to, indent, "BEGIN\n");
	put_statements(to, &n->declarations, indent + 1);
	put_statements(to, &n->statements, indent + 1);
	put_line(to, indent, "END");
}

bool
put_routine(struct sbuf *to, const struct node *n, int indent)
{
	const struct property_node *set = (const struct property_node *)n;

	switch (n->kind) {
	case NODE_FUNCTION:
		put_function(to, (const struct function_node *)n, indent);
		return true;
	case NODE_RETURN:
		put_line(to, indent, "RETURN ");
		put_expression(to, ((const struct unary_node *)n)->value);
		return true;
	case NODE_SET_VARIABLE:
		put_line(to, indent, "SET ");
		put_ident(to, set->name);
		sbuf_addz(to, " = ");
		put_expression(to, set->value);
		return true;
	case NODE_DECLARE:
		put_declare(to, (const struct declare_node *)n, indent);
		return true;
	case NODE_COMPOUND:
		put_compound(to, (const struct compound_node *)n, indent);
		return true;
	case NODE_CASE_STATEMENT:
	case NODE_IF_STATEMENT:
		put_choice(to, (const struct case_statement_node *)n, indent);
		return true;
	case NODE_LOOP:
	case NODE_WHILE:
	case NODE_REPEAT:
		put_loop(to, (const struct loop_node *)n, indent);
		return true;
	case NODE_ITERATE:
	case NODE_LEAVE:
		put_line(to, indent, n->kind == NODE_LEAVE ? "LEAVE "
		    : "ITERATE ");
		put_name(to, ((const struct named_node *)n)->name);
		return true;
	default:
		return false;
	}
}
