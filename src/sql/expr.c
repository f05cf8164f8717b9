/* SPDX-License-Identifier: Apache-2.0
 * expr.c - parses boolean expressions, predicates and arithmetic.
 *
 * From weak to strong: OR, AND, NOT, predicates (which do not chain), ||,
 * + -, * / %, unary + -, AT, and what primary.c does. */
#include "sql/parser.h"

bool
parse_starts_expression(const struct parser *p, int i)
{
	enum token_kind kind = parse_peek(p, i);

	if (token_is_name(kind))
		return true;
	switch ((int)kind) {
	case '-': case '+': case '(': case '[': case '?':
	case TK_STRING: case TK_UNICODE_STRING: case TK_BINARY:
	case TK_INTEGER: case TK_DECIMAL: case TK_DOUBLE:
	case KW_NOT: case KW_CASE: case KW_CAST: case KW_EXISTS:
	case KW_TRUE: case KW_FALSE: case KW_NULL: case KW_CURRENT_CATALOG:
	case KW_CURRENT_DATE: case KW_CURRENT_PATH: case KW_CURRENT_SCHEMA:
	case KW_CURRENT_TIME: case KW_CURRENT_TIMESTAMP:
	case KW_CURRENT_USER: case KW_LOCALTIME: case KW_LOCALTIMESTAMP:
	case KW_TRIM: case KW_NORMALIZE: case KW_EXTRACT: case KW_GROUPING:
	case KW_JSON_ARRAY: case KW_JSON_EXISTS: case KW_JSON_OBJECT:
	case KW_JSON_QUERY: case KW_JSON_VALUE: case KW_LISTAGG:
		return true;
	default:
		return false;
	}
}

bool
parse_set_quantifier(struct parser *p)
{
	if (parse_accept(p, KW_DISTINCT))
		return true;
	/* ALL may be a name, too. */
	if (parse_at(p, KW_ALL) && (parse_starts_expression(p, 1)
	    || parse_peek(p, 1) == '*'))
		p->t++;
	return false;
}

void
parse_expressions(struct parser *p, struct node_list *l)
{
	do
		parse_push(p, l, parse_expression(p));
	while (parse_accept(p, ','));
}

static struct node *parse_value(struct parser *p, int min);

static struct node *
parse_unary(struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);
	struct unary_node *n;

	if (p->t->kind != '+' && (p->t->kind != '-' || next == TK_INTEGER
	    || next == TK_DECIMAL || next == TK_DOUBLE))
		return parse_primary(p);
	n = parse_new(p, UNARY, unary);
	n->sign = (char)parse_next(p)->kind;
	parse_down(p);
	n->value = parse_value(p, 4);
	parse_up(p);
	return parse_end(p, n);
}

/* value AT TIME ZONE zone, value AT LOCAL; the AT is taken. */
static struct node *
parse_at_zone(struct parser *p, struct node *value, const struct token *at)
{
	struct binary_node *zone;
	struct unary_node *local;

	if (parse_accept(p, KW_LOCAL)) {
		local = parse_new_at(p, AT_LOCAL, unary, at);
		local->node.start = value->start;
		local->value = value;
		return parse_end(p, local);
	}
	parse_expect(p, KW_TIME);
	parse_expect(p, KW_ZONE);
	zone = parse_new_at(p, AT_TIME_ZONE, binary, at);
	zone->node.start = value->start;
	zone->left = value;
	zone->right = parse_at(p, KW_INTERVAL) ? parse_interval(p)
	    : parse_string(p);
	return parse_end(p, zone);
}

static struct node *
make_binary(struct parser *p, const struct token *op, struct node *left,
    struct node *right)
{
	struct call_node *call;
	struct binary_node *n;

	if (op->kind == TK_CONCAT) {
		call = parse_new_at(p, CALL, call, op);
		call->name = parse_make_name(p, "concat", false, op);
		parse_push(p, &call->args, left);
		parse_push(p, &call->args, right);
		call->node.start = left->start;
		return parse_end(p, call);
	}
	n = parse_new_at(p, BINARY, binary, op);
	n->op = (char)op->kind;
	n->left = left;
	n->right = right;
	n->node.start = left->start;
	return parse_end(p, n);
}

static int
binary_strength(struct parser *p)
{
	switch (p->t->kind) {
	case '*': case '/': case '%':
		return 3;
	case '+': case '-':
		return 2;
	case TK_CONCAT:
		return 1;
	default:
		break;
	}
	if (p->recording) {
		parse_record(p, '*');
		parse_record(p, '/');
		parse_record(p, '%');
		parse_record(p, '+');
		parse_record(p, '-');
		parse_record(p, TK_CONCAT);
	}
	return 0;
}

static bool
is_at_zone(struct parser *p)
{
	return parse_at(p, KW_AT)
	    && (parse_peek(p, 1) == KW_TIME || parse_peek(p, 1) == KW_LOCAL);
}

/* All operators of at least the strength `min` (1 to 4) from left on. */
static struct node *
parse_value_from(struct parser *p, struct node *left, int min)
{
	int chain = 0, zones = 0;

	for (;;) {
		const struct token *op;
		int strength;

		if (++chain > SQL_CHAIN_MAX || zones > SQL_DEPTH_MAX)
			parse_too_large(p);
		if (is_at_zone(p)) {
			zones++;
			op = parse_next(p);
			left = parse_at_zone(p, left, op);
			continue;
		}
		strength = binary_strength(p);
		if (strength == 0 || strength < min)
			return left;
		op = parse_next(p);
		left = make_binary(p, op, left,
		    parse_value(p, strength + 1));
	}
}

static struct node *
parse_value(struct parser *p, int min)
{
	parse_enter(p, EXPECT_EXPRESSION);
	return parse_value_from(p, parse_unary(p), min);
}

struct node *
parse_value_expression(struct parser *p)
{
	struct node *n;

	parse_down(p);
	n = parse_value(p, 1);
	parse_up(p);
	return n;
}

/* A query in parentheses as a predicate's right side: placed at the query
 * itself. */
static struct node *
predicate_query(struct parser *p)
{
	struct unary_node *n
	    = (struct unary_node *)parse_subquery(p, NODE_SUBQUERY);

	n->node.line = n->value->line;
	n->node.column = n->value->column;
	return &n->node;
}

static void *
new_predicate(struct parser *p, enum node_kind kind, size_t size,
    const struct token *start, const struct node *value)
{
	struct node *n = parse_node_at(p, kind, size, start);

	if (value != NULL)
		n->start = value->start;
	return n;
}

#define predicate_new(KIND, name) \
	((struct name##_node *)new_predicate(p, NODE_##KIND, \
	    sizeof(struct name##_node), start, value))

static struct node *
parse_comparison(struct parser *p, struct node *value)
{
	const struct token *start = parse_next(p);
	struct quantified_node *q;
	struct compare_node *n;
	enum compare_op op = start->kind == '=' ? CMP_EQ
	    : start->kind == TK_NE ? CMP_NE : start->kind == '<' ? CMP_LT
	    : start->kind == TK_LE ? CMP_LE : start->kind == '>' ? CMP_GT
	    : CMP_GE;
	enum token_kind kind;

	parse_at(p, KW_ALL);
	parse_at(p, KW_ANY);
	parse_at(p, KW_SOME);
	kind = (enum token_kind)p->t->kind;
	if ((kind == KW_ALL || kind == KW_ANY || kind == KW_SOME)
	    && parse_peek(p, 1) == '(' && parse_starts_query(p, 2)) {
		q = predicate_new(QUANTIFIED, quantified);
		p->t++;
		q->op = op;
		q->quantifier = kind == KW_ALL ? QUANT_ALL
		    : kind == KW_ANY ? QUANT_ANY : QUANT_SOME;
		q->value = value;
		q->query = predicate_query(p);
		return parse_end(p, q);
	}
	n = predicate_new(COMPARE, compare);
	n->op = op;
	n->left = value;
	n->right = parse_value_expression(p);
	return parse_end(p, n);
}

/* The rest of [NOT] BETWEEN. */
static struct node *
parse_between(struct parser *p, struct node *value,
    const struct token *start)
{
	struct between_node *n = predicate_new(BETWEEN, between);

	p->t++;
	if (parse_at(p, KW_SYMMETRIC) && parse_starts_expression(p, 1)) {
		n->symmetric = true;
		p->t++;
	} else if (parse_at(p, KW_ASYMMETRIC)
	    && parse_starts_expression(p, 1)) {
		n->asymmetric = true;
		p->t++;
	}
	n->negated = start->kind == KW_NOT;
	n->value = value;
	n->min = parse_value_expression(p);
	parse_expect(p, KW_AND);
	n->max = parse_value_expression(p);
	return parse_end(p, n);
}

static struct node *
in_query(struct parser *p, struct node *value, const struct token *start,
    struct node *query)
{
	struct in_query_node *n = predicate_new(IN_QUERY, in_query);

	n->negated = start->kind == KW_NOT;
	n->value = value;
	n->query = query;
	return parse_end(p, n);
}

/* The rest of [NOT] IN. */
static struct node *
parse_in(struct parser *p, struct node *value, const struct token *start)
{
	struct in_list_node *n;
	struct unary_node *query;
	struct node *first;

	p->t++;
	if (parse_at(p, '(') && parse_starts_query(p, 1))
		return in_query(p, value, start, predicate_query(p));
	query = parse_new_at(p, SUBQUERY, unary, p->t + 1);
	parse_expect(p, '(');
	if (p->recording) {
		parse_record(p, EXPECT_QUERY);
	}
	first = parse_expression(p);
	if (first->kind == NODE_SUBQUERY && p->t->kind != ')'
	    && parse_goes_on_as_query(p)) {
		query->value = (struct node *)parse_query_from(p, first);
		parse_expect(p, ')');
		return in_query(p, value, start, parse_end(p, query));
	}
	n = predicate_new(IN_LIST, in_list);
	n->negated = start->kind == KW_NOT;
	n->value = value;
	parse_push(p, &n->list, first);
	while (parse_accept(p, ','))
		parse_push(p, &n->list, parse_expression(p));
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* The rest of [NOT] LIKE. */
static struct node *
parse_like(struct parser *p, struct node *value, const struct token *start)
{
	struct like_node *n = predicate_new(LIKE, like);

	p->t++;
	n->negated = start->kind == KW_NOT;
	n->value = value;
	n->pattern = parse_value_expression(p);
	if (parse_accept(p, KW_ESCAPE))
		n->escape = parse_value_expression(p);
	return parse_end(p, n);
}

static struct node *
parse_is(struct parser *p, struct node *value)
{
	const struct token *start = parse_next(p);
	bool negated = parse_accept(p, KW_NOT);
	struct compare_from_node *distinct;
	struct boolean_test_node *b;
	struct test_node *null;

	if (parse_accept(p, KW_DISTINCT)) {
		distinct = predicate_new(DISTINCT_FROM, compare_from);
		distinct->negated = negated;
		parse_expect(p, KW_FROM);
		distinct->left = value;
		distinct->right = parse_value_expression(p);
		return parse_end(p, distinct);
	}
	if (parse_accept(p, KW_NULL)) {
		null = predicate_new(IS_NULL, test);
		null->negated = negated;
		null->value = value;
		return parse_end(p, null);
	}
	b = predicate_new(BOOLEAN_TEST, boolean_test);
	b->negated = negated;
	b->value = value;
	if (parse_accept(p, KW_UNKNOWN))
		b->truth = TRUTH_UNKNOWN;
	else
		b->truth = parse_either(p, KW_TRUE, KW_FALSE) ? TRUTH_TRUE
		    : TRUTH_FALSE;
	return parse_end(p, b);
}

/* Does MATCH [UNIQUE] [SIMPLE | ..] (query) stand here? */
static bool
is_match(const struct parser *p)
{
	enum token_kind kind;
	int i = 1;

	if (p->t->kind != KW_MATCH)
		return false;
	if (parse_peek(p, i) == KW_UNIQUE)
		i++;
	kind = parse_peek(p, i);
	if (kind == KW_SIMPLE || kind == KW_PARTIAL || kind == KW_FULL)
		i++;
	if (parse_peek(p, i) != '(')
		return false;
	while (parse_peek(p, i) == '(')
		i++;
	return parse_starts_query(p, i);
}

static struct node *
parse_match(struct parser *p, struct node *value)
{
	const struct token *start = parse_next(p);
	struct match_node *n = predicate_new(MATCH, match);

	n->value = value;
	n->unique = parse_accept(p, KW_UNIQUE);
	if (parse_accept(p, KW_SIMPLE))
		n->type = MATCH_SIMPLE;
	else if (parse_accept(p, KW_PARTIAL))
		n->type = MATCH_PARTIAL;
	else if (parse_accept(p, KW_FULL))
		n->type = MATCH_FULL;
	n->query = predicate_query(p);
	return parse_end(p, n);
}

static struct node *
parse_overlaps(struct parser *p, struct node *value)
{
	const struct token *start = parse_next(p);
	struct compare_from_node *n = predicate_new(OVERLAPS, compare_from);

	n->left = value;
	n->right = parse_value_expression(p);
	return parse_end(p, n);
}

static struct node *
parse_negatable(struct parser *p, struct node *value)
{
	const struct token *start = p->t;

	if (start->kind == KW_NOT)
		p->t++;
	if (parse_at(p, KW_BETWEEN))
		return parse_between(p, value, start);
	if (parse_at(p, KW_IN))
		return parse_in(p, value, start);
	if (parse_at(p, KW_LIKE))
		return parse_like(p, value, start);
	parse_unexpected(p);
}

struct node *
parse_predicate(struct parser *p, struct node *value)
{
	switch (p->t->kind) {
	case '=': case TK_NE: case '<': case TK_LE: case '>': case TK_GE:
		return parse_comparison(p, value);
	case KW_IN:
		/* What cannot go on as a list is no predicate at all. */
		if (parse_peek(p, 1) != '(' || parse_peek(p, 2) == ')') {
			parse_forget(p);
			return NULL;
		}
		return parse_negatable(p, value);
	case KW_NOT: case KW_BETWEEN: case KW_LIKE:
		return parse_negatable(p, value);
	case KW_IS:
		return parse_is(p, value);
	case KW_OVERLAPS:
		return parse_overlaps(p, value);
	case KW_MATCH:
		if (is_match(p))
			return parse_match(p, value);
		break;
	default:
		break;
	}
	if (p->recording)
		parse_record(p, EXPECT_PREDICATE);
	return NULL;
}

static struct node *
parse_predicated(struct parser *p, struct node *left)
{
	struct node *value = left != NULL ? parse_value_from(p, left, 1)
	    : parse_value(p, 1);
	struct node *predicate = parse_predicate(p, value);

	return predicate != NULL ? predicate : value;
}

static struct node *
parse_not(struct parser *p, struct node *left)
{
	struct unary_node *n;

	if (left != NULL || p->t->kind != KW_NOT)
		return parse_predicated(p, left);
	n = parse_new(p, NOT, unary);
	p->t++;
	parse_enter(p, EXPECT_EXPRESSION);
	parse_down(p);
	n->value = parse_not(p, NULL);
	parse_up(p);
	return parse_end(p, n);
}

static struct node *
parse_and(struct parser *p, struct node *left)
{
	struct node *first = parse_not(p, left);
	struct logical_node *n;

	if (!parse_at(p, KW_AND))
		return first;
	n = parse_new(p, LOGICAL, logical);
	parse_start_at(p, n, first);
	parse_push(p, &n->terms, first);
	while (parse_accept(p, KW_AND)) {
		parse_enter(p, EXPECT_EXPRESSION);
		parse_push(p, &n->terms, parse_not(p, NULL));
	}
	return parse_end(p, n);
}

struct node *
parse_expression_from(struct parser *p, struct node *left)
{
	struct node *first = parse_and(p, left);
	struct logical_node *n;

	if (!parse_at(p, KW_OR))
		return first;
	n = parse_new(p, LOGICAL, logical);
	n->is_or = true;
	parse_start_at(p, n, first);
	parse_push(p, &n->terms, first);
	while (parse_accept(p, KW_OR)) {
		parse_enter(p, EXPECT_EXPRESSION);
		parse_push(p, &n->terms, parse_and(p, NULL));
	}
	return parse_end(p, n);
}

struct node *
parse_expression(struct parser *p)
{
	struct node *n;

	parse_enter(p, EXPECT_EXPRESSION);
	parse_down(p);
	n = parse_expression_from(p, NULL);
	parse_up(p);
	return n;
}
