/* SPDX-License-Identifier: Apache-2.0
 * routine.c - parses SQL routines: FUNCTION .. RETURNS .. and the control
 * statements of their bodies. */
#include "sql/parser.h"

static struct node *parse_control(struct parser *p);

/* '(' [name] type, .. ')' */
void
parse_parameters(struct parser *p, struct node_list *l)
{
	parse_expect(p, '(');
	if (parse_accept(p, ')'))
		return;
	do
		parse_push(p, l, parse_type_field(p,
		    NODE_FUNCTION_PARAMETER));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
}

static void
parse_null_input(struct parser *p, struct characteristic_node *n,
    enum characteristic_type type)
{
	n->type = type;
	if (type == TRAIT_RETURNS_NULL_ON_NULL)
		parse_expect(p, KW_NULL);
	parse_expect(p, KW_ON);
	parse_expect(p, KW_NULL);
	parse_expect(p, KW_INPUT);
}

/* One characteristic, or NULL when none stands here. */
static struct node *
parse_characteristic(struct parser *p)
{
	struct characteristic_node *n = parse_new(p, CHARACTERISTIC,
	    characteristic);

	if (parse_accept(p, KW_LANGUAGE)) {
		n->type = TRAIT_LANGUAGE;
		n->language = parse_ident(p);
	} else if (parse_accept(p, KW_NOT)) {
		n->type = TRAIT_NOT_DETERMINISTIC;
		parse_expect(p, KW_DETERMINISTIC);
	} else if (parse_accept(p, KW_DETERMINISTIC)) {
		n->type = TRAIT_DETERMINISTIC;
	} else if (parse_accept(p, KW_RETURNS)) {
		parse_null_input(p, n, TRAIT_RETURNS_NULL_ON_NULL);
	} else if (parse_accept(p, KW_CALLED)) {
		parse_null_input(p, n, TRAIT_CALLED_ON_NULL);
	} else if (parse_accept(p, KW_SECURITY)) {
		n->type = TRAIT_SECURITY;
		n->security = parse_either(p, KW_DEFINER, KW_INVOKER)
		    ? SECURITY_DEFINER : SECURITY_INVOKER;
	} else if (parse_comment(p, &n->comment)) {
		n->type = TRAIT_COMMENT;
	} else if (parse_accept(p, KW_WITH)) {
		n->type = TRAIT_PROPERTIES;
		parse_properties(p, &n->properties);
	} else {
		return NULL;
	}
	return parse_end(p, n);
}

/* AS $$ .. $$, without the line end behind the first $$ */
static struct str
parse_definition(struct parser *p)
{
	const struct token *t = p->t;
	struct str s;

	parse_expect(p, TK_DOLLAR_STRING);
	s = (struct str){ p->text.p + t->at + 2, t->len - 4 };
	if (s.n == 0 || (s.p[0] != '\r' && s.p[0] != '\n'))
		parse_fail(p, t, "Function definition must start with a "
		    "newline after opening quotes");
	if (s.p[0] == '\r') {
		s.p++;
		s.n--;
	}
	if (s.n > 0 && s.p[0] == '\n') {
		s.p++;
		s.n--;
	}
	return arena_str(p->arena, s);
}

struct node *
parse_function(struct parser *p)
{
	struct function_node *n = parse_new(p, FUNCTION, function);
	const struct token *body;
	struct node *trait;

	parse_expect(p, KW_FUNCTION);
	n->name = parse_name(p);
	parse_parameters(p, &n->parameters);
	parse_expect(p, KW_RETURNS);
	n->returns = parse_type(p);
	parse_forget(p);
	while ((trait = parse_characteristic(p)) != NULL)
		parse_push(p, &n->characteristics, trait);
	if (parse_accept(p, KW_AS)) {
		n->has_definition = true;
		n->definition = parse_definition(p);
		return parse_end(p, n);
	}
	body = p->t;
	n->body = parse_control(p);
	if (n->body->kind != NODE_RETURN && n->body->kind != NODE_COMPOUND)
		parse_fail(p, body,
		    "Function body must start with RETURN or BEGIN");
	return parse_end(p, n);
}

static bool
ends_list(struct parser *p)
{
	bool ends = parse_at(p, KW_END);

	ends |= parse_at(p, KW_ELSE);
	ends |= parse_at(p, KW_ELSEIF) && parse_peek(p, 1) != ':';
	ends |= parse_at(p, KW_WHEN);
	return ends | (parse_at(p, KW_UNTIL) && parse_peek(p, 1) != ':');
}

/* statement; statement; .. at least one */
static void
parse_statements(struct parser *p, struct node_list *l)
{
	do {
		parse_push(p, l, parse_control(p));
		parse_expect(p, ';');
	} while (!ends_list(p));
}

static struct node *
parse_declare(struct parser *p)
{
	struct declare_node *n = parse_new(p, DECLARE, declare);

	p->t++;
	do
		parse_push(p, &n->names, parse_ident(p));
	while (parse_accept(p, ','));
	n->type = parse_type(p);
	if (parse_accept(p, KW_DEFAULT))
		n->fallback = parse_value_expression(p);
	return parse_end(p, n);
}

static struct node *
parse_compound(struct parser *p)
{
	struct compound_node *n = parse_new(p, COMPOUND, compound);

	p->t++;
	while (parse_at(p, KW_DECLARE) && parse_peek(p, 1) != ':') {
		parse_push(p, &n->declarations, parse_declare(p));
		parse_expect(p, ';');
	}
	if (!parse_at(p, KW_END))
		parse_statements(p, &n->statements);
	parse_expect(p, KW_END);
	return parse_end(p, n);
}

/* WHEN | IF | ELSEIF e THEN statements, the word taken */
static struct node *
parse_branch(struct parser *p, const struct token *start)
{
	struct statement_branch_node *n = parse_new_at(p, STATEMENT_BRANCH,
	    statement_branch, start);

	n->condition = parse_expression(p);
	parse_expect(p, KW_THEN);
	parse_statements(p, &n->statements);
	return parse_end(p, n);
}

static void
parse_else(struct parser *p, struct case_statement_node *n)
{
	n->has_else = parse_accept(p, KW_ELSE);
	if (n->has_else)
		parse_statements(p, &n->otherwise);
	parse_expect(p, KW_END);
}

static struct node *
parse_case_statement(struct parser *p)
{
	struct case_statement_node *n = parse_new(p, CASE_STATEMENT,
	    case_statement);
	const struct token *t;

	p->t++;
	if (!parse_at(p, KW_WHEN))
		n->operand = parse_expression(p);
	do {
		t = p->t;
		parse_expect(p, KW_WHEN);
		parse_push(p, &n->branches, parse_branch(p, t));
	} while (parse_at(p, KW_WHEN));
	parse_else(p, n);
	parse_expect(p, KW_CASE);
	return parse_end(p, n);
}

static struct node *
parse_if_statement(struct parser *p)
{
	struct case_statement_node *n = parse_new(p, IF_STATEMENT,
	    case_statement);
	const struct token *t = parse_next(p);

	parse_push(p, &n->branches, parse_branch(p, t));
	for (t = p->t; parse_accept(p, KW_ELSEIF); t = p->t)
		parse_push(p, &n->branches, parse_branch(p, t));
	parse_else(p, n);
	parse_expect(p, KW_IF);
	return parse_end(p, n);
}

/* [label:] LOOP | WHILE | REPEAT */
static struct node *
parse_loop(struct parser *p)
{
	struct loop_node *n = parse_new(p, LOOP, loop);
	enum token_kind word;

	if (parse_is_name(p, 0) && parse_peek(p, 1) == ':') {
		n->label = parse_ident(p);
		p->t++;
	}
	word = parse_at(p, KW_LOOP) ? KW_LOOP : parse_at(p, KW_WHILE)
	    ? KW_WHILE : KW_REPEAT;
	parse_expect(p, word);
	if (word == KW_WHILE) {
		n->node.kind = NODE_WHILE;
		n->condition = parse_expression(p);
		parse_expect(p, KW_DO);
	}
	parse_statements(p, &n->statements);
	if (word == KW_REPEAT) {
		n->node.kind = NODE_REPEAT;
		parse_expect(p, KW_UNTIL);
		n->condition = parse_expression(p);
	}
	parse_expect(p, KW_END);
	parse_expect(p, word);
	return parse_end(p, n);
}

static struct node *
parse_return(struct parser *p)
{
	struct unary_node *n = parse_new(p, RETURN, unary);

	p->t++;
	n->value = parse_value_expression(p);
	return parse_end(p, n);
}

static struct node *
parse_assignment(struct parser *p)
{
	struct property_node *n = parse_new(p, SET_VARIABLE, property);

	p->t++;
	n->name = parse_ident(p);
	parse_expect(p, '=');
	n->value = parse_expression(p);
	return parse_end(p, n);
}

static struct node *
parse_jump(struct parser *p, enum node_kind kind)
{
	struct named_node *n = parse_node_at(p, kind, sizeof(*n), p->t);

	p->t++;
	n->name = parse_name_of(p, parse_ident(p));
	return parse_end(p, n);
}

static struct node *
parse_control_by_word(struct parser *p)
{
	if (parse_is_name(p, 0) && parse_peek(p, 1) == ':')
		return parse_loop(p);
	if (parse_at(p, KW_RETURN))
		return parse_return(p);
	if (parse_at(p, KW_SET))
		return parse_assignment(p);
	if (parse_at(p, KW_CASE))
		return parse_case_statement(p);
	if (parse_at(p, KW_IF))
		return parse_if_statement(p);
	if (parse_at(p, KW_ITERATE))
		return parse_jump(p, NODE_ITERATE);
	if (parse_at(p, KW_LEAVE))
		return parse_jump(p, NODE_LEAVE);
	if (parse_at(p, KW_BEGIN))
		return parse_compound(p);
	if (p->recording)
		parse_record(p, EXPECT_IDENTIFIER);
	return parse_loop(p);
}

static struct node *
parse_control(struct parser *p)
{
	struct node *n;

	parse_down(p);
	n = parse_control_by_word(p);
	parse_up(p);
	return n;
}
