/* SPDX-License-Identifier: Apache-2.0
 * special.c - parses expressions with a syntax of their own: CASE, CAST,
 * ROW, ARRAY, TRIM, EXTRACT, CURRENT_DATE and the like. */
#include "sql/parser.h"

static struct node *
parse_when(struct parser *p, bool simple)
{
	struct when_node *n = parse_new(p, WHEN, when);

	parse_expect(p, KW_WHEN);
	if (simple)
		n->condition = p->t->kind == KW_NOT
		    && parse_peek(p, 1) != KW_BETWEEN
		    && parse_peek(p, 1) != KW_IN
		    && parse_peek(p, 1) != KW_LIKE ? NULL
		    : parse_predicate(p, NULL);
	if (n->condition == NULL)
		n->condition = parse_expression(p);
	parse_expect(p, KW_THEN);
	n->result = parse_expression(p);
	return parse_end(p, n);
}

static struct node *
parse_case(struct parser *p)
{
	struct case_node *n = parse_new(p, SEARCHED_CASE, case);

	p->t++;
	if (!parse_at(p, KW_WHEN)) {
		n->node.kind = NODE_SIMPLE_CASE;
		n->operand = parse_expression(p);
	}
	do
		parse_push(p, &n->whens, parse_when(p, n->operand != NULL));
	while (parse_at(p, KW_WHEN));
	if (parse_accept(p, KW_ELSE))
		n->otherwise = parse_expression(p);
	parse_expect(p, KW_END);
	return parse_end(p, n);
}

/* CAST(..), and TRY_CAST(..), which may be a function's name, too. */
static struct node *
parse_cast(struct parser *p)
{
	const struct token *start = p->t;
	struct name_node *name = NULL;
	struct cast_node *n;
	struct node *value;

	if (start->kind == KW_TRY_CAST)
		name = parse_name(p);
	else
		p->t++;
	parse_expect(p, '(');
	value = parse_expression(p);
	if (name != NULL && p->t->kind != KW_AS)
		return parse_call_after(p, name, start, value);
	parse_expect(p, KW_AS);
	n = parse_new_at(p, CAST, cast, start);
	n->safe = name != NULL;
	n->value = value;
	n->type = parse_type(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_row_item(struct parser *p)
{
	const struct token *start = p->t;
	struct ident_node *name;
	struct row_item_node *n;
	struct node *value;

	if (p->recording)
		parse_record(p, EXPECT_IDENTIFIER);
	value = parse_expression(p);
	name = parse_alias(p);

	if (name == NULL)
		return value;
	n = parse_new_at(p, ROW_ITEM, row_item, start);
	n->value = value;
	n->name = name;
	return parse_end(p, n);
}

/* ROW(a, b AS n) */
static struct node *
parse_row(struct parser *p)
{
	struct row_node *n = parse_new(p, ROW, row);

	p->t += 2;
	do
		parse_push(p, &n->items, parse_row_item(p));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* ARRAY[..], [..] */
static struct node *
parse_array(struct parser *p)
{
	struct array_node *n = parse_new(p, ARRAY, array);

	if (p->t->kind == KW_ARRAY)
		p->t++;
	parse_expect(p, '[');
	if (!parse_accept(p, ']')) {
		parse_expressions(p, &n->items);
		parse_expect(p, ']');
	}
	return parse_end(p, n);
}

static struct node *
parse_query_test(struct parser *p, enum node_kind kind)
{
	struct unary_node *n = parse_node_at(p, kind, sizeof(*n), p->t);

	p->t++;
	n->value = parse_subquery(p, NODE_SUBQUERY);
	n->value->line = ((struct unary_node *)n->value)->value->line;
	n->value->column = ((struct unary_node *)n->value)->value->column;
	return parse_end(p, n);
}

static struct node *
parse_current(struct parser *p, enum current_what what)
{
	struct current_node *n = parse_new(p, CURRENT, current);

	p->t++;
	n->what = what;
	n->precision = -1;
	if (what >= CURRENT_TIME && what <= CURRENT_LOCALTIMESTAMP
	    && parse_accept(p, '(')) {
		n->precision = parse_small_integer(p);
		parse_expect(p, ')');
	}
	return parse_end(p, n);
}

/* Is the word at hand the LEADING, TRAILING or BOTH of a TRIM? */
static bool
is_trim_spec(const struct parser *p)
{
	enum { FAR = 10000 };
	int depth = 0, i;

	if (parse_peek(p, 1) == KW_FROM)
		return true;
	if (!parse_starts_expression(p, 1))
		return false;
	/* It may be the name of a function or column: a FROM decides. */
	for (i = 1; i < FAR; i++) {
		enum token_kind kind = parse_peek(p, i);

		if (kind == '(')
			depth++;
		else if (kind == TK_EOF || (kind == ')' && depth-- == 0))
			return false;
		else if (kind == KW_FROM && depth == 0)
			return true;
	}
	return false;
}

static struct node *
parse_trim(struct parser *p)
{
	struct trim_node *n = parse_new(p, TRIM, trim);
	bool spec = false;

	p->t++;
	parse_expect(p, '(');
	parse_at(p, KW_BOTH);
	parse_at(p, KW_LEADING);
	parse_at(p, KW_TRAILING);
	parse_at(p, KW_FROM);
	if ((p->t->kind == KW_BOTH || p->t->kind == KW_LEADING
	    || p->t->kind == KW_TRAILING) && is_trim_spec(p)) {
		n->spec = p->t->kind == KW_BOTH ? TRIM_BOTH
		    : p->t->kind == KW_LEADING ? TRIM_LEADING : TRIM_TRAILING;
		spec = true;
		p->t++;
	}
	if (p->t->kind != KW_FROM)
		n->value = parse_value_expression(p);
	if (n->value == NULL || spec || p->t->kind == KW_FROM) {
		parse_expect(p, KW_FROM);
		n->chars = n->value;
		n->value = parse_value_expression(p);
		parse_expect(p, ')');
		if (!spec && n->chars == NULL)
			parse_fail_node(p, &n->node, "The 'trim' function "
			    "must have specification, char or both arguments "
			    "when it takes FROM");
		return parse_end(p, n);
	}
	if (parse_accept(p, ','))
		n->chars = parse_value_expression(p);
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_extract(struct parser *p)
{
	static const char *const fields[] = {
		"year", "quarter", "month", "week", "day", "day_of_month",
		"day_of_week", "dow", "day_of_year", "doy", "year_of_week",
		"yow", "hour", "minute", "second", "timezone_minute",
		"timezone_hour",
	};
	struct extract_node *n = parse_new(p, EXTRACT, extract);
	size_t i;

	p->t++;
	parse_expect(p, '(');
	n->field = parse_ident(p);
	parse_expect(p, KW_FROM);
	n->value = parse_value_expression(p);
	parse_expect(p, ')');
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!n->field->quoted
		    && str_eq(n->field->lower, str_of(fields[i])))
			return parse_end(p, n);
	parse_fail_node(p, &n->node, "Invalid EXTRACT field %s%.*s%s, valid "
	    "fields are: YEAR, QUARTER, MONTH, WEEK, DAY, DAY_OF_MONTH, "
	    "DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, YOW, HOUR, "
	    "MINUTE, SECOND, TIMEZONE_MINUTE, TIMEZONE_HOUR",
	    n->field->quoted ? "\"" : "", STR_ARG(n->field->value),
	    n->field->quoted ? "\"" : "");
}

static struct node *
parse_normalize(struct parser *p)
{
	const struct token *start = parse_next(p);
	struct call_node *call = parse_new_at(p, CALL, call, start);
	struct text_literal_node *form = parse_new_at(p, STRING_LITERAL,
	    text_literal, start);

	call->name = parse_make_name(p, "normalize", true, start);
	parse_expect(p, '(');
	parse_push(p, &call->args, parse_value_expression(p));
	form->value = STR("NFC");
	if (parse_accept(p, ',')) {
		if (parse_accept(p, KW_NFD))
			form->value = STR("NFD");
		else if (parse_accept(p, KW_NFKC))
			form->value = STR("NFKC");
		else if (parse_accept(p, KW_NFKD))
			form->value = STR("NFKD");
		else
			parse_expect(p, KW_NFC);
	}
	parse_push(p, &call->args, form);
	parse_expect(p, ')');
	return parse_end(p, call);
}

static struct node *
parse_grouping(struct parser *p)
{
	struct operands_node *n = parse_new(p, GROUPING, operands);

	p->t++;
	parse_expect(p, '(');
	if (parse_accept(p, ')'))
		return parse_end(p, n);
	do {
		struct name_node *name = parse_name(p);
		struct node *column = name->parts.v[0];
		int i;

		for (i = 1; i < name->parts.n; i++) {
			struct dereference_node *d = parse_new(p,
			    DEREFERENCE, dereference);

			parse_start_at(p, d, column);
			d->base = column;
			d->field = (struct ident_node *)name->parts.v[i];
			column = parse_end(p, d);
		}
		parse_push(p, &n->list, column);
	} while (parse_accept(p, ','));
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* The end of POSITION, SUBSTRING or OVERLAY after its first value and the
 * word behind it. */
static struct node *
word_call(struct parser *p, const struct token *start, struct node *first)
{
	struct call_node *call = parse_new_at(p, CALL, call, start);
	struct overlay_node *overlay;

	if (start->kind == KW_OVERLAY) {
		overlay = parse_new_at(p, OVERLAY, overlay, start);
		overlay->value = first;
		overlay->replacement = parse_value_expression(p);
		parse_expect(p, KW_FROM);
		overlay->start = parse_value_expression(p);
		if (parse_accept(p, KW_FOR))
			overlay->length = parse_value_expression(p);
		parse_expect(p, ')');
		return parse_end(p, overlay);
	}
	if (start->kind == KW_POSITION) {
		parse_at(p, '(');
		call->name = parse_make_name(p, "strpos", false, start);
		parse_push(p, &call->args, parse_value_expression(p));
		parse_push(p, &call->args, first);
	} else {
		call->name = parse_make_name(p, "substr", false, start);
		parse_push(p, &call->args, first);
		parse_push(p, &call->args, parse_value_expression(p));
		if (parse_accept(p, KW_FOR))
			parse_push(p, &call->args,
			    parse_value_expression(p));
	}
	parse_expect(p, ')');
	return parse_end(p, call);
}

/* POSITION(a IN b), SUBSTRING(a FROM b), OVERLAY(a PLACING b ..); with other
 * arguments they are plain functions. */
static struct node *
parse_word_call(struct parser *p, enum token_kind word)
{
	const struct token *start = p->t;
	enum token_kind first = parse_peek(p, 2), second = parse_peek(p, 3);
	struct name_node *name;
	struct node *value;

	if (parse_peek(p, 1) != '(')
		return NULL;
	if (first == ')' || first == '*' || first == KW_NOT
	    || first == KW_DISTINCT || first == KW_ORDER || first == KW_ALL
	    || second == TK_NAMED)
		return NULL;
	name = parse_name(p);
	p->t++;
	value = parse_value_expression(p);
	if (parse_accept(p, word))
		return word_call(p, start, value);
	return parse_call_after(p, name, start,
	    parse_expression_from(p, value));
}

/* One of these, or NULL. */
struct node *
parse_special(struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);

	switch (p->t->kind) {
	case KW_CASE:
		return parse_case(p);
	case KW_CAST:
		return parse_cast(p);
	case KW_TRY_CAST:
		return next == '(' && parse_starts_expression(p, 2)
		    && parse_peek(p, 3) != TK_NAMED ? parse_cast(p) : NULL;
	case KW_ROW:
		return next == '(' && parse_starts_expression(p, 2)
		    && parse_peek(p, 3) != TK_NAMED ? parse_row(p)
		    : next == '(' && p->recording
		    && parse_peek(p, 2) == TK_EOF ? parse_row(p) : NULL;
	case KW_ARRAY:
		return next == '[' ? parse_array(p) : NULL;
	case '[':
		return parse_array(p);
	case KW_EXISTS:
		return parse_query_test(p, NODE_EXISTS);
	case KW_UNIQUE:
		return next == '(' && parse_starts_query(p, 2)
		    ? parse_query_test(p, NODE_UNIQUE) : NULL;
	case KW_POSITION:
		return parse_word_call(p, KW_IN);
	case KW_SUBSTRING:
		return parse_word_call(p, KW_FROM);
	case KW_OVERLAY:
		return parse_word_call(p, KW_PLACING);
	case KW_TRIM: return parse_trim(p);
	case KW_EXTRACT: return parse_extract(p);
	case KW_NORMALIZE: return parse_normalize(p);
	case KW_GROUPING: return parse_grouping(p);
	case KW_LISTAGG: return parse_listagg(p);
	case KW_CURRENT_DATE: return parse_current(p, CURRENT_DATE);
	case KW_CURRENT_TIME: return parse_current(p, CURRENT_TIME);
	case KW_CURRENT_TIMESTAMP: return parse_current(p, CURRENT_TIMESTAMP);
	case KW_LOCALTIME: return parse_current(p, CURRENT_LOCALTIME);
	case KW_LOCALTIMESTAMP:
		return parse_current(p, CURRENT_LOCALTIMESTAMP);
	case KW_CURRENT_USER: return parse_current(p, CURRENT_USER);
	case KW_CURRENT_CATALOG: return parse_current(p, CURRENT_CATALOG);
	case KW_CURRENT_SCHEMA: return parse_current(p, CURRENT_SCHEMA);
	case KW_CURRENT_PATH: return parse_current(p, CURRENT_PATH);
	case KW_JSON_EXISTS: case KW_JSON_VALUE: case KW_JSON_QUERY:
	case KW_JSON_OBJECT: case KW_JSON_ARRAY:
		return parse_json_function(p);
	default:
		return NULL;
	}
}
