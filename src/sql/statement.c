/* SPDX-License-Identifier: Apache-2.0
 * statement.c - parses a statement by its first word, and those that belong
 * to the session: SET, RESET, USE, PREPARE, EXECUTE, transactions. */
#include "sql/parser.h"

static struct named_node *
new_named(struct parser *p, enum node_kind kind, const struct token *start)
{
	return parse_node_at(p, kind, sizeof(struct named_node), start);
}

static struct node *
parse_use(struct parser *p)
{
	struct use_node *n = parse_new(p, USE, use);

	p->t++;
	n->schema = parse_ident(p);
	if (parse_accept(p, '.')) {
		n->catalog = n->schema;
		n->schema = parse_ident(p);
	}
	return parse_end(p, n);
}

static struct node *
parse_truncate(struct parser *p)
{
	struct named_node *n = new_named(p, NODE_TRUNCATE, p->t);

	p->t++;
	parse_expect(p, KW_TABLE);
	n->name = parse_name(p);
	return parse_end(p, n);
}

static struct node *
parse_refresh(struct parser *p)
{
	struct named_node *n = new_named(p, NODE_REFRESH, p->t);

	p->t++;
	parse_expect(p, KW_MATERIALIZED);
	parse_expect(p, KW_VIEW);
	n->materialized = true;
	n->name = parse_name(p);
	return parse_end(p, n);
}

/* COMMENT ON TABLE | VIEW | COLUMN name IS 'text' | NULL */
static struct node *
parse_comment_on(struct parser *p)
{
	struct comment_node *n = parse_new(p, COMMENT, comment);

	p->t++;
	parse_expect(p, KW_ON);
	if (parse_accept(p, KW_TABLE)) {
		n->object = OBJECT_TABLE;
	} else if (parse_accept(p, KW_VIEW)) {
		n->object = OBJECT_VIEW;
	} else {
		parse_expect(p, KW_COLUMN);
		n->object = OBJECT_COLUMN;
	}
	n->name = parse_name(p);
	parse_expect(p, KW_IS);
	n->has_comment = !parse_accept(p, KW_NULL);
	if (n->has_comment)
		n->comment = parse_string_value(p);
	return parse_end(p, n);
}

static struct node *
parse_analyze(struct parser *p)
{
	struct analyze_node *n = parse_new(p, ANALYZE, analyze);

	p->t++;
	n->name = parse_name(p);
	if (parse_accept(p, KW_WITH))
		parse_properties(p, &n->properties);
	return parse_end(p, n);
}

static struct node *
parse_call_procedure(struct parser *p)
{
	struct call_procedure_node *n = parse_new(p, CALL_PROCEDURE,
	    call_procedure);

	p->t++;
	n->name = parse_name(p);
	parse_expect(p, '(');
	parse_arguments(p, &n->args);
	return parse_end(p, n);
}

/* SET ROLE ALL | NONE | name [IN catalog] */
static struct node *
parse_set_role(struct parser *p, const struct token *start)
{
	struct set_role_node *n = parse_new_at(p, SET_ROLE, set_role, start);

	n->what = SET_ROLE_NAME;
	if (parse_accept(p, KW_ALL))
		n->what = SET_ROLE_ALL;
	else if (parse_accept(p, KW_NONE))
		n->what = SET_ROLE_NONE;
	else
		n->role = parse_ident(p);
	if (parse_accept(p, KW_IN))
		n->catalog = parse_ident(p);
	return parse_end(p, n);
}

static struct node *
parse_set_session(struct parser *p, const struct token *start)
{
	struct session_property_node *n;
	struct unary_node *user;
	enum token_kind next = parse_peek(p, 1);

	if (parse_at(p, KW_AUTHORIZATION) && next != '.' && next != '=') {
		p->t++;
		user = parse_new_at(p, SET_SESSION_AUTHORIZATION, unary,
		    start);
		if (parse_is_name(p, 0))
			user->value = (struct node *)parse_ident(p);
		else
			user->value = parse_string(p);
		return parse_end(p, user);
	}
	n = parse_new_at(p, SET_SESSION, session_property, start);
	n->name = parse_name(p);
	parse_expect(p, '=');
	n->value = parse_expression(p);
	return parse_end(p, n);
}

/* catalog.schema, schema, .. */
struct node *
parse_path_specification(struct parser *p)
{
	struct operands_node *n = parse_new(p, SET_PATH, operands);

	do {
		struct use_node *e = parse_new(p, PATH_ELEMENT, use);

		e->schema = parse_ident(p);
		if (parse_accept(p, '.')) {
			e->catalog = e->schema;
			e->schema = parse_ident(p);
		}
		parse_push(p, &n->list, parse_end(p, e));
	} while (parse_accept(p, ','));
	return parse_end(p, n);
}

static struct node *
parse_set(struct parser *p)
{
	const struct token *start = parse_next(p);
	struct unary_node *zone;
	struct node *path;

	if (parse_accept(p, KW_ROLE))
		return parse_set_role(p, start);
	if (parse_accept(p, KW_SESSION))
		return parse_set_session(p, start);
	if (parse_accept(p, KW_PATH)) {
		path = parse_path_specification(p);
		path->line = (int)start->line;
		path->column = (int)start->column;
		path->start = start->at;
		return path;
	}
	parse_expect(p, KW_TIME);
	parse_expect(p, KW_ZONE);
	zone = parse_new_at(p, SET_TIME_ZONE, unary, start);
	if (!parse_at(p, KW_LOCAL) || parse_peek(p, 1) != TK_EOF)
		zone->value = parse_expression(p);
	else
		p->t++;
	return parse_end(p, zone);
}

static struct node *
parse_reset(struct parser *p)
{
	const struct token *start = parse_next(p);
	struct plain_node *plain;
	struct named_node *n;

	parse_expect(p, KW_SESSION);
	if (parse_at(p, KW_AUTHORIZATION) && parse_peek(p, 1) != '.') {
		p->t++;
		plain = parse_new_at(p, RESET_SESSION_AUTHORIZATION, plain,
		    start);
		return parse_end(p, plain);
	}
	n = new_named(p, NODE_RESET_SESSION, start);
	n->name = parse_name(p);
	return parse_end(p, n);
}

/* The words of an isolation level as one text. */
static struct str
parse_isolation(struct parser *p)
{
	parse_expect(p, KW_LEVEL);
	if (parse_accept(p, KW_SERIALIZABLE))
		return STR("SERIALIZABLE");
	if (parse_accept(p, KW_REPEATABLE)) {
		parse_expect(p, KW_READ);
		return STR("REPEATABLE READ");
	}
	parse_expect(p, KW_READ);
	return parse_either(p, KW_COMMITTED, KW_UNCOMMITTED)
	    ? STR("READ COMMITTED") : STR("READ UNCOMMITTED");
}

static struct node *
parse_start_transaction(struct parser *p)
{
	struct start_transaction_node *n = parse_new(p, START_TRANSACTION,
	    start_transaction);

	p->t++;
	parse_expect(p, KW_TRANSACTION);
	if (!parse_at(p, KW_ISOLATION) && !parse_at(p, KW_READ))
		return parse_end(p, n);
	do {
		if (parse_accept(p, KW_ISOLATION)) {
			if (n->has_isolation)
				parse_fail_node(p, &n->node, "Multiple "
				    "transaction isolation levels specified");
			n->has_isolation = true;
			n->isolation = parse_isolation(p);
		} else {
			parse_expect(p, KW_READ);
			if (n->has_access)
				parse_fail_node(p, &n->node, "Multiple "
				    "transaction read modes specified");
			n->has_access = true;
			n->read_only = parse_either(p, KW_ONLY, KW_WRITE);
		}
	} while (parse_accept(p, ','));
	return parse_end(p, n);
}

static struct node *
parse_end_transaction(struct parser *p, enum node_kind kind)
{
	struct plain_node *n = parse_node_at(p, kind, sizeof(*n), p->t);

	p->t++;
	parse_accept(p, KW_WORK);
	return parse_end(p, n);
}

static struct node *
parse_prepare(struct parser *p)
{
	struct prepare_node *n = parse_new(p, PREPARE, prepare);

	p->t++;
	n->name = parse_ident(p);
	parse_expect(p, KW_FROM);
	n->statement = parse_statement(p);
	return parse_end(p, n);
}

static struct node *
parse_deallocate(struct parser *p)
{
	struct named_node *n = new_named(p, NODE_DEALLOCATE, p->t);

	p->t++;
	parse_expect(p, KW_PREPARE);
	n->name = parse_name_of(p, parse_ident(p));
	return parse_end(p, n);
}

static struct node *
parse_execute(struct parser *p)
{
	struct execute_node *n = parse_new(p, EXECUTE, execute);

	p->t++;
	if (parse_at(p, KW_IMMEDIATE) && parse_is_string(p, 1)) {
		p->t++;
		n->text = parse_string(p);
	} else {
		n->name = parse_ident(p);
	}
	if (parse_accept(p, KW_USING))
		parse_expressions(p, &n->args);
	return parse_end(p, n);
}

/* DESCRIBE INPUT name, DESCRIBE OUTPUT name | (query); else SHOW COLUMNS */
static struct node *
parse_describe(struct parser *p)
{
	const struct token *start = parse_next(p);
	enum token_kind next = parse_peek(p, 1);
	struct describe_node *n;
	struct show_node *show;

	if (start->kind == KW_DESCRIBE) {
		parse_at(p, KW_INPUT);
		parse_at(p, KW_OUTPUT);
	}
	if (start->kind == KW_DESCRIBE && ((p->t->kind == KW_INPUT
	    && token_is_name(next)) || (p->t->kind == KW_OUTPUT
	    && (token_is_name(next) || next == '(')))) {
		n = parse_new_at(p, DESCRIBE, describe, start);
		n->output = parse_next(p)->kind == KW_OUTPUT;
		if (parse_accept(p, '(')) {
			n->query = parse_root_query(p, false);
			parse_expect(p, ')');
		} else {
			n->name = parse_ident(p);
		}
		return parse_end(p, n);
	}
	show = parse_new_at(p, SHOW, show, start);
	show->what = SHOW_COLUMNS;
	show->name = parse_name(p);
	return parse_end(p, show);
}

static void
parse_explain_option(struct parser *p, struct explain_node *n)
{
	if (parse_accept(p, KW_FORMAT)) {
		if (parse_accept(p, KW_TEXT))
			n->format = FORMAT_TEXT;
		else
			n->format = parse_either(p, KW_GRAPHVIZ, KW_JSON)
			    ? FORMAT_GRAPHVIZ : FORMAT_JSON;
		return;
	}
	parse_expect(p, KW_TYPE);
	if (parse_accept(p, KW_LOGICAL))
		n->type = EXPLAIN_LOGICAL;
	else if (parse_accept(p, KW_DISTRIBUTED))
		n->type = EXPLAIN_DISTRIBUTED;
	else
		n->type = parse_either(p, KW_VALIDATE, KW_IO)
		    ? EXPLAIN_VALIDATE : EXPLAIN_IO;
}

/* Is the word i tokens on the table of an ANALYZE, not a statement? */
static bool
is_table_end(const struct parser *p, int i)
{
	enum token_kind next = parse_peek(p, i + 1);

	return parse_is_name(p, i) && (next == TK_EOF || next == '.'
	    || next == KW_WITH);
}

static struct node *
parse_explain(struct parser *p)
{
	struct explain_node *n = parse_new(p, EXPLAIN, explain);
	enum token_kind then;

	p->t++;
	then = parse_peek(p, 1);
	if (parse_at(p, '(') && (then == KW_FORMAT || then == KW_TYPE)) {
		p->t++;
		do
			parse_explain_option(p, n);
		while (parse_accept(p, ','));
		parse_expect(p, ')');
	} else if (parse_at(p, KW_ANALYZE) && !is_table_end(p, 1)
	    && !(parse_is_name(p, 1) && then != KW_VERBOSE
	    && !is_table_end(p, 2) && parse_peek(p, 2) == '(')) {
		p->t++;
		n->analyze = true;
		n->verbose = parse_accept(p, KW_VERBOSE);
	}
	n->statement = parse_statement(p);
	return parse_end(p, n);
}

/* The statements that begin with these words, in the words' order. */
static const struct {
	uint16_t word;
	struct node *(*parse)(struct parser *p);
} verbs[] = {
	{ KW_ALTER, parse_alter }, { KW_ANALYZE, parse_analyze },
	{ KW_CALL, parse_call_procedure }, { KW_COMMENT, parse_comment_on },
	{ KW_CREATE, parse_create }, { KW_DEALLOCATE, parse_deallocate },
	{ KW_DELETE, parse_delete }, { KW_DENY, parse_grant },
	{ KW_DESC, parse_describe }, { KW_DESCRIBE, parse_describe },
	{ KW_DROP, parse_drop }, { KW_EXECUTE, parse_execute },
	{ KW_EXPLAIN, parse_explain }, { KW_GRANT, parse_grant },
	{ KW_INSERT, parse_insert }, { KW_MERGE, parse_merge },
	{ KW_PREPARE, parse_prepare }, { KW_REFRESH, parse_refresh },
	{ KW_RESET, parse_reset }, { KW_REVOKE, parse_revoke },
	{ KW_SET, parse_set }, { KW_SHOW, parse_show },
	{ KW_START, parse_start_transaction },
	{ KW_TRUNCATE, parse_truncate }, { KW_UPDATE, parse_update },
	{ KW_USE, parse_use },
};

static struct node *
parse_verb(struct parser *p)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (parse_at(p, (enum token_kind)verbs[i].word))
			return verbs[i].parse(p);
	if (parse_at(p, KW_COMMIT))
		return parse_end_transaction(p, NODE_COMMIT);
	if (parse_at(p, KW_ROLLBACK))
		return parse_end_transaction(p, NODE_ROLLBACK);
	parse_at(p, KW_WITH);
	return (struct node *)parse_root_query(p, true);
}

struct node *
parse_statement(struct parser *p)
{
	struct node *n;

	parse_down(p);
	switch (p->t->kind) {
	case KW_SELECT: case KW_WITH: case KW_VALUES: case KW_TABLE:
	case '(':
		n = (struct node *)parse_root_query(p, true);
		break;
	default:
		n = parse_verb(p);
	}
	parse_up(p);
	return n;
}
