/* SPDX-License-Identifier: Apache-2.0
 * json.c - parses the SQL/JSON functions and JSON_TABLE. */
#include "sql/parser.h"

/* [FORMAT JSON [ENCODING ..]] */
static enum json_format
parse_format(struct parser *p)
{
	if (!parse_accept(p, KW_FORMAT))
		return JSON_FORMAT_NONE;
	parse_expect(p, KW_JSON);
	if (!parse_accept(p, KW_ENCODING))
		return JSON_FORMAT_JSON;
	if (parse_accept(p, KW_UTF8))
		return JSON_FORMAT_UTF8;
	return parse_either(p, KW_UTF16, KW_UTF32) ? JSON_FORMAT_UTF16
	    : JSON_FORMAT_UTF32;
}

static struct json_path_node *
parse_path(struct parser *p)
{
	struct json_path_node *n = parse_new(p, JSON_PATH, json_path);

	n->input = parse_expression(p);
	n->format = parse_format(p);
	if (n->format == JSON_FORMAT_NONE)
		n->format = JSON_FORMAT_JSON;
	parse_expect(p, ',');
	n->path = parse_string(p);
	if (parse_accept(p, KW_AS))
		n->name = parse_ident(p);
	if (parse_accept(p, KW_PASSING)) {
		do {
			struct json_passing_node *arg = parse_new(p,
			    JSON_PASSING, json_passing);

			arg->value = parse_expression(p);
			arg->format = parse_format(p);
			parse_expect(p, KW_AS);
			arg->name = parse_ident(p);
			parse_push(p, &n->passing, parse_end(p, arg));
		} while (parse_accept(p, ','));
	}
	parse_end(p, n);
	return n;
}

/* [ERROR | NULL | DEFAULT e] ON EMPTY, then the same ON ERROR. */
static void
parse_value_behaviors(struct parser *p, enum json_behavior how[2],
    struct node *fallback[2])
{
	int i = 0;

	while (i < 2) {
		enum json_behavior b;
		struct node *value = NULL;

		if (parse_accept(p, KW_ERROR)) {
			b = BEHAVIOR_ERROR;
		} else if (parse_accept(p, KW_NULL)) {
			b = BEHAVIOR_NULL;
		} else if (parse_accept(p, KW_DEFAULT)) {
			b = BEHAVIOR_DEFAULT;
			value = parse_expression(p);
		} else {
			return;
		}
		parse_expect(p, KW_ON);
		if (i == 0 && parse_accept(p, KW_EMPTY)) {
			;
		} else {
			parse_expect(p, KW_ERROR);
			i = 1;
		}
		how[i] = b;
		fallback[i++] = value;
	}
}

/* [ERROR | NULL | EMPTY ARRAY | EMPTY OBJECT] ON EMPTY and ON ERROR. */
static void
parse_query_behaviors(struct parser *p, enum json_behavior how[2])
{
	int i = 0;

	while (i < 2) {
		enum json_behavior b;

		if (parse_accept(p, KW_ERROR))
			b = BEHAVIOR_ERROR;
		else if (parse_accept(p, KW_NULL))
			b = BEHAVIOR_NULL;
		else if (parse_accept(p, KW_EMPTY))
			b = parse_either(p, KW_ARRAY, KW_OBJECT)
			    ? BEHAVIOR_EMPTY_ARRAY : BEHAVIOR_EMPTY_OBJECT;
		else
			return;
		parse_expect(p, KW_ON);
		if (i != 0 || !parse_accept(p, KW_EMPTY)) {
			parse_expect(p, KW_ERROR);
			i = 1;
		}
		how[i++] = b;
	}
}

static enum json_wrapper
parse_wrapper(struct parser *p)
{
	enum json_wrapper w = JSON_WRAP_UNCONDITIONAL;

	if (parse_accept(p, KW_WITHOUT)) {
		w = JSON_WRAP_WITHOUT;
	} else if (parse_accept(p, KW_WITH)) {
		if (parse_accept(p, KW_CONDITIONAL))
			w = JSON_WRAP_CONDITIONAL;
		else
			parse_accept(p, KW_UNCONDITIONAL);
	} else {
		return JSON_WRAP_WITHOUT;
	}
	parse_accept(p, KW_ARRAY);
	parse_expect(p, KW_WRAPPER);
	return w;
}

static enum json_quotes
parse_quotes(struct parser *p)
{
	enum json_quotes q;

	if (parse_accept(p, KW_KEEP))
		q = JSON_QUOTES_KEEP;
	else if (parse_accept(p, KW_OMIT))
		q = JSON_QUOTES_OMIT;
	else
		return JSON_QUOTES_DEFAULT;
	parse_expect(p, KW_QUOTES);
	if (parse_at(p, KW_ON) && parse_peek(p, 1) == KW_SCALAR) {
		p->t += 2;
		parse_expect(p, KW_STRING);
	}
	return q;
}

static struct node *
parse_exists(struct parser *p)
{
	struct json_exists_node *n = parse_new(p, JSON_EXISTS, json_exists);

	p->t++;
	parse_expect(p, '(');
	n->path = parse_path(p);
	if (parse_accept(p, KW_TRUE))
		n->on_error = BEHAVIOR_TRUE;
	else if (parse_accept(p, KW_FALSE))
		n->on_error = BEHAVIOR_FALSE;
	else if (parse_accept(p, KW_UNKNOWN))
		n->on_error = BEHAVIOR_UNKNOWN;
	else if (parse_accept(p, KW_ERROR))
		n->on_error = BEHAVIOR_ERROR;
	if (n->on_error != BEHAVIOR_DEFAULTED) {
		parse_expect(p, KW_ON);
		parse_expect(p, KW_ERROR);
	} else {
		n->on_error = BEHAVIOR_FALSE;
	}
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_value(struct parser *p)
{
	struct json_value_node *n = parse_new(p, JSON_VALUE, json_value);
	enum json_behavior how[2] = { BEHAVIOR_NULL, BEHAVIOR_NULL };
	struct node *fallback[2] = { NULL, NULL };

	p->t++;
	parse_expect(p, '(');
	n->path = parse_path(p);
	if (parse_accept(p, KW_RETURNING))
		n->returning = parse_type(p);
	parse_value_behaviors(p, how, fallback);
	n->on_empty = how[0];
	n->on_error = how[1];
	n->empty_default = fallback[0];
	n->error_default = fallback[1];
	parse_expect(p, ')');
	return parse_end(p, n);
}

/* [RETURNING type [FORMAT ..]] */
static struct node *
parse_returning(struct parser *p, enum json_format *format)
{
	struct node *type;

	if (!parse_accept(p, KW_RETURNING))
		return NULL;
	type = parse_type(p);
	*format = parse_format(p);
	return type;
}

static struct node *
parse_json_query(struct parser *p)
{
	struct json_query_node *n = parse_new(p, JSON_QUERY, json_query);
	enum json_behavior how[2] = { BEHAVIOR_NULL, BEHAVIOR_NULL };

	p->t++;
	parse_expect(p, '(');
	n->path = parse_path(p);
	n->returning = parse_returning(p, &n->format);
	n->wrapper = parse_wrapper(p);
	n->quotes = parse_quotes(p);
	parse_query_behaviors(p, how);
	n->on_empty = how[0];
	n->on_error = how[1];
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_member(struct parser *p)
{
	struct json_member_node *n = parse_new(p, JSON_MEMBER, json_member);
	bool key = false;

	/* KEY may be the name of a column, too. */
	if (parse_at(p, KW_KEY) && parse_starts_expression(p, 1)
	    && parse_peek(p, 1) != KW_VALUE) {
		key = true;
		p->t++;
	}
	n->key = parse_expression(p);
	if (!parse_at(p, ':') || key)
		parse_expect(p, KW_VALUE);
	else
		p->t++;
	n->value = parse_expression(p);
	n->format = parse_format(p);
	return parse_end(p, n);
}

/* [NULL ON NULL | ABSENT ON NULL]: 0 nothing, 1 NULL, 2 ABSENT */
static int
parse_on_null(struct parser *p)
{
	int which = parse_accept(p, KW_NULL) ? 1
	    : parse_accept(p, KW_ABSENT) ? 2 : 0;

	if (which != 0) {
		parse_expect(p, KW_ON);
		parse_expect(p, KW_NULL);
	}
	return which;
}

static struct node *
parse_object(struct parser *p)
{
	struct json_object_node *n = parse_new(p, JSON_OBJECT, json_object);

	p->t++;
	parse_expect(p, '(');
	if (!parse_at(p, ')') && !(p->t->kind == KW_RETURNING
	    && parse_is_name(p, 1) && parse_peek(p, 1) != KW_VALUE)) {
		do
			parse_push(p, &n->members, parse_member(p));
		while (parse_accept(p, ','));
		n->absent_on_null = parse_on_null(p) == 2;
		n->unique_keys = parse_accept(p, KW_WITH);
		if (n->unique_keys || parse_accept(p, KW_WITHOUT)) {
			parse_expect(p, KW_UNIQUE);
			parse_accept(p, KW_KEYS);
		}
	}
	n->returning = parse_returning(p, &n->format);
	parse_expect(p, ')');
	return parse_end(p, n);
}

static struct node *
parse_array(struct parser *p)
{
	struct json_array_node *n = parse_new(p, JSON_ARRAY, json_array);

	p->t++;
	parse_expect(p, '(');
	if (!parse_at(p, ')') && !(p->t->kind == KW_RETURNING
	    && parse_is_name(p, 1))) {
		do {
			struct json_member_node *m = parse_new(p,
			    JSON_MEMBER, json_member);

			m->value = parse_expression(p);
			m->format = parse_format(p);
			parse_push(p, &n->members, parse_end(p, m));
		} while (parse_accept(p, ','));
		n->null_on_null = parse_on_null(p) == 1;
	}
	n->returning = parse_returning(p, &n->format);
	parse_expect(p, ')');
	return parse_end(p, n);
}

struct node *
parse_json_function(struct parser *p)
{
	switch (p->t->kind) {
	case KW_JSON_EXISTS: return parse_exists(p);
	case KW_JSON_VALUE: return parse_value(p);
	case KW_JSON_QUERY: return parse_json_query(p);
	case KW_JSON_OBJECT: return parse_object(p);
	default: return parse_array(p);
	}
}

static void parse_table_columns(struct parser *p, struct node_list *l);

/* NESTED [PATH] 'path' [AS name] COLUMNS (..) */
static struct node *
parse_nested(struct parser *p)
{
	struct json_column_node *n = parse_new(p, JSON_COLUMN, json_column);

	n->column_type = JSON_COLUMN_NESTED;
	p->t++;
	parse_accept(p, KW_PATH);
	n->path = parse_string(p);
	if (parse_accept(p, KW_AS))
		n->name = parse_ident(p);
	parse_table_columns(p, &n->columns);
	return parse_end(p, n);
}

static struct node *
parse_table_column(struct parser *p)
{
	struct json_column_node *n;
	enum json_behavior how[2] = { BEHAVIOR_NULL, BEHAVIOR_DEFAULTED };
	struct node *fallback[2] = { NULL, NULL };

	if (parse_at(p, KW_NESTED) && (parse_is_string(p, 1)
	    || (parse_peek(p, 1) == KW_PATH && parse_is_string(p, 2))))
		return parse_nested(p);
	n = parse_new(p, JSON_COLUMN, json_column);
	n->name = parse_ident(p);
	if (parse_accept(p, KW_FOR)) {
		parse_expect(p, KW_ORDINALITY);
		n->column_type = JSON_COLUMN_ORDINALITY;
		return parse_end(p, n);
	}
	n->type = parse_type(p);
	n->format = parse_format(p);
	n->column_type = n->format != JSON_FORMAT_NONE ? JSON_COLUMN_QUERY
	    : JSON_COLUMN_VALUE;
	if (parse_accept(p, KW_PATH))
		n->path = parse_string(p);
	if (n->column_type == JSON_COLUMN_QUERY) {
		n->wrapper = parse_wrapper(p);
		n->quotes = parse_quotes(p);
		parse_query_behaviors(p, how);
	} else {
		parse_value_behaviors(p, how, fallback);
	}
	n->on_empty = how[0];
	n->on_error = how[1];
	n->empty_default = fallback[0];
	n->error_default = fallback[1];
	return parse_end(p, n);
}

static void
parse_table_columns(struct parser *p, struct node_list *l)
{
	parse_expect(p, KW_COLUMNS);
	parse_expect(p, '(');
	parse_down(p);
	do
		parse_push(p, l, parse_table_column(p));
	while (parse_accept(p, ','));
	parse_up(p);
	parse_expect(p, ')');
}

static struct node *parse_plan(struct parser *p);

static struct node *
parse_plan_primary(struct parser *p)
{
	struct json_plan_node *leaf;
	struct node *plan;

	if (parse_accept(p, '(')) {
		parse_down(p);
		plan = parse_plan(p);
		parse_up(p);
		parse_expect(p, ')');
		return plan;
	}
	leaf = parse_new(p, JSON_PLAN, json_plan);
	leaf->type = JSON_PLAN_LEAF;
	leaf->name = parse_ident(p);
	return parse_end(p, leaf);
}

/* name, name OUTER plan, plan UNION plan .., plan CROSS plan .. */
static struct node *
parse_plan(struct parser *p)
{
	struct json_plan_node *n = parse_new(p, JSON_PLAN, json_plan);
	bool leaf = parse_is_name(p, 0);
	struct node *first = parse_plan_primary(p);
	enum token_kind word;

	if (leaf) {
		parse_at(p, KW_INNER);
		parse_at(p, KW_OUTER);
	}
	parse_at(p, KW_UNION);
	parse_at(p, KW_CROSS);
	word = (enum token_kind)p->t->kind;
	parse_push(p, &n->list, first);
	if (leaf && (word == KW_INNER || word == KW_OUTER)) {
		p->t++;
		n->type = JSON_PLAN_PARENT;
		n->inner = word == KW_INNER;
		parse_push(p, &n->list, parse_plan_primary(p));
	} else if (word == KW_UNION || word == KW_CROSS) {
		n->type = JSON_PLAN_SIBLINGS;
		n->cross = word == KW_CROSS;
		while (parse_accept(p, word))
			parse_push(p, &n->list, parse_plan_primary(p));
	} else if (leaf) {
		return first;
	} else {
		parse_unexpected(p);
	}
	return parse_end(p, n);
}

/* (OUTER | INNER) [, (UNION | CROSS)] or the other way round */
static struct node *
parse_default_plan(struct parser *p)
{
	struct json_plan_node *n = parse_new(p, JSON_PLAN, json_plan);
	bool parent;

	n->type = JSON_PLAN_DEFAULT;
	n->inner = parse_accept(p, KW_INNER);
	parent = n->inner || parse_accept(p, KW_OUTER);
	if (!parent) {
		n->cross = parse_either(p, KW_CROSS, KW_UNION);
		if (parse_accept(p, ','))
			n->inner = parse_either(p, KW_INNER, KW_OUTER);
	} else if (parse_accept(p, ',')) {
		n->cross = parse_either(p, KW_CROSS, KW_UNION);
	}
	return parse_end(p, n);
}

struct node *
parse_json_table(struct parser *p)
{
	struct json_table_node *n = parse_new(p, JSON_TABLE, json_table);

	p->t++;
	parse_expect(p, '(');
	n->path = parse_path(p);
	parse_table_columns(p, &n->columns);
	if (parse_accept(p, KW_PLAN)) {
		if (parse_accept(p, KW_DEFAULT)) {
			parse_expect(p, '(');
			n->plan = parse_default_plan(p);
		} else {
			parse_expect(p, '(');
			n->plan = parse_plan(p);
		}
		parse_expect(p, ')');
	}
	if (parse_accept(p, KW_EMPTY))
		n->on_error = BEHAVIOR_EMPTY;
	else if (parse_accept(p, KW_ERROR))
		n->on_error = BEHAVIOR_ERROR;
	if (n->on_error != BEHAVIOR_DEFAULTED) {
		parse_expect(p, KW_ON);
		parse_expect(p, KW_ERROR);
	}
	parse_expect(p, ')');
	return parse_end(p, n);
}
