/* SPDX-License-Identifier: Apache-2.0
 * parse.c - the parser's entry points, its tokens and its errors. */
#include "sql/parse.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "sql/parser.h"

void
parse_record(struct parser *p, int what)
{
	uint32_t at = (uint32_t)(p->t - p->tokens.v);

	if (p->quiet == at + 1 || at < p->furthest)
		return;
	if (at > p->furthest) {
		memset(p->expected, 0, sizeof(p->expected));
		p->furthest = at;
	}
	p->expected[what] = 1;
}

void
parse_forget(struct parser *p)
{
	if (p->recording && p->furthest == (uint32_t)(p->t - p->tokens.v))
		memset(p->expected, 0, sizeof(p->expected));
}

void
parse_enter(struct parser *p, enum expect_rule rule)
{
	if (!p->recording)
		return;
	parse_record(p, rule);
	p->quiet = (uint32_t)(p->t - p->tokens.v) + 1;
}

void
parse_unexpected(struct parser *p)
{
	longjmp(p->out, 1);
}

static _Noreturn void
fail(struct parser *p, int line, int column, const char *fmt, va_list ap)
{
	char text[ERR_TEXT_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	err_set_at(p->e, ERR_SYNTAX_ERROR, line, column, "%s", text);
	longjmp(p->out, 2);
}

void
parse_fail(struct parser *p, const struct token *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(p, (int)t->line, (int)t->column, fmt, ap);
}

void
parse_fail_node(struct parser *p, const struct node *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(p, n->line, n->column, fmt, ap);
}

void
parse_too_large(struct parser *p)
{
	parse_fail(p, &(struct token){ .line = (uint32_t)p->outer_line,
	    .column = (uint32_t)MAX(p->outer_column, 1) },
	    "statement is too large (stack overflow while parsing)");
}

bool
parse_accept2(struct parser *p, enum token_kind a, enum token_kind b)
{
	if (!parse_at(p, a))
		return false;
	if (parse_peek(p, 1) != b) {
		if (p->recording) {
			p->t++;
			parse_record(p, (int)b);
			p->t--;
		}
		return false;
	}
	p->t += 2;
	return true;
}

bool
parse_either(struct parser *p, enum token_kind a, enum token_kind b)
{
	if (parse_accept(p, a))
		return true;
	parse_expect(p, b);
	return false;
}

bool
parse_if_exists(struct parser *p)
{
	return parse_accept2(p, KW_IF, KW_EXISTS);
}

bool
parse_if_not_exists(struct parser *p)
{
	if (!parse_accept2(p, KW_IF, KW_NOT))
		return false;
	parse_expect(p, KW_EXISTS);
	return true;
}

void *
parse_node_at(struct parser *p, enum node_kind kind, size_t size,
    const struct token *t)
{
	struct node *n = arena_zalloc(p->arena, size);

	n->kind = kind;
	n->line = (int)t->line;
	n->column = (int)t->column;
	n->start = t->at;
	return n;
}

struct node *
parse_end(struct parser *p, void *node)
{
	struct node *n = node;
	const struct token *last = p->t - 1;

	n->end = last < p->tokens.v ? 0 : last->at + last->len;
	return n;
}

void
parse_start_at(struct parser *p, void *node, const struct node *from)
{
	const struct token *t = p->tokens.v;
	uint32_t lo = 0, hi = p->tokens.n - 1;
	struct node *n = node;

	while (lo < hi) {
		uint32_t mid = (lo + hi + 1) / 2;

		if (t[mid].at <= from->start)
			lo = mid;
		else
			hi = mid - 1;
	}
	n->start = from->start;
	n->line = (int)t[lo].line;
	n->column = (int)t[lo].column;
}

void
parse_push(struct parser *p, struct node_list *l, void *node)
{
	arena_push(p->arena, l, (struct node *)node);
}

/* "mismatched input 'x'. Expecting: 'A', 'B', <expression>", sorted as
 * Trino sorts: by the quoted texts. */
static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
describe(struct parser *p)
{
	static const char *const rules[] = {
		"<expression>", "<predicate>", "<identifier>", "<string>",
		"<query>", "<type>",
	};
	const struct token *t = p->tokens.v + p->furthest;
	const char *texts[EXPECT_COUNT];
	struct sbuf b = { 0 };
	int n = 0, i;

	for (i = 1; i < EXPECT_COUNT; i++) {
		const char *text;

		if (!p->expected[i])
			continue;
		text = i >= EXPECT_EXPRESSION ? rules[i - EXPECT_EXPRESSION]
		    : token_kind_text((enum token_kind)i);
		/* What has a name of its own stands without quotes. */
		if (text[0] != '<' || text[1] == '\0' || text[1] == '=')
			if (i != TK_NE && i != TK_BINARY && i != TK_DECIMAL
			    && i != TK_DOUBLE && i != TK_DOLLAR_STRING)
				text = arena_printf(p->arena, "'%s'", text);
		texts[n++] = text;
	}
	qsort(texts, (size_t)n, sizeof(*texts), compare_texts);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(texts[i], texts[i - 1]) != 0)
			sbuf_addf(&b, "%s%s", b.n == 0 ? "" : ", ", texts[i]);
	err_set_at(p->e, ERR_SYNTAX_ERROR, (int)t->line, (int)t->column,
	    "mismatched input '%.*s'. Expecting: %s",
	    t->kind == TK_EOF ? 5 : (int)t->len,
	    t->kind == TK_EOF ? "<EOF>" : p->text.p + t->at, sbuf_z(&b));
	sbuf_release(&b);
}

/* 0: *out is the tree; 1: a wrong token; 2: *p->e says what. */
static int
run_once(struct parser *p, struct node *(*rule)(struct parser *p),
    struct node **out)
{
	int jump = setjmp(p->out);

	if (jump != 0)
		return jump;
	p->t = p->tokens.v;
	p->depth = 0;
	p->parameters = 0;
	p->in_nearest = false;
	*out = rule(p);
	parse_expect(p, TK_EOF);
	return 0;
}

int
parser_run(struct parser *p, struct node *(*rule)(struct parser *p),
    struct node **out)
{
	struct err local;
	int result;

	if (p->e == NULL)
		p->e = &local;
	*out = NULL;
	if (p->text.n > INT32_MAX)
		return err_set(p->e, ERR_QUERY_TEXT_TOO_LARGE,
		    "Query text length (%zu) exceeds the maximum length",
		    p->text.n);
	sql_lex(p->text, (uint32_t)p->outer_line,
	    (uint32_t)p->outer_column + 1, &p->tokens);
	result = run_once(p, rule, out);
	if (result == 1) {
		p->recording = true;
		if (run_once(p, rule, out) == 1)
			describe(p);
	}
	free(p->tokens.v);
	if (result == 0)
		return 0;
	*out = NULL;
	return -ERR_SYNTAX_ERROR;
}

int
sql_parse(struct arena *a, struct str text, struct node **statement,
    struct err *e)
{
	struct parser p = { .arena = a, .text = text, .outer_line = 1,
	    .e = e };

	return parser_run(&p, parse_statement, statement);
}

int
sql_parse_at(struct arena *a, struct str text, int line, int column,
    struct node **statement, struct err *e)
{
	struct parser p = { .arena = a, .text = text, .outer_line = line,
	    .outer_column = column, .e = e };

	return parser_run(&p, parse_statement, statement);
}

int
sql_parse_expression(struct arena *a, struct str text,
    struct node **expression, struct err *e)
{
	struct parser p = { .arena = a, .text = text, .outer_line = 1,
	    .e = e };

	return parser_run(&p, parse_expression, expression);
}

int
sql_parse_type(struct arena *a, struct str text, struct node **type,
    struct err *e)
{
	struct parser p = { .arena = a, .text = text, .outer_line = 1,
	    .e = e };

	return parser_run(&p, parse_type, type);
}

int
sql_parse_path(struct arena *a, struct str text, struct node **path,
    struct err *e)
{
	struct parser p = { .arena = a, .text = text, .outer_line = 1,
	    .e = e };

	return parser_run(&p, parse_path_specification, path);
}

static int
count_parameter(void *arg, struct node *n)
{
	int *count = arg;

	if (n->kind == NODE_PARAMETER)
		*count = MAX(*count, ((struct parameter_node *)n)->index + 1);
	return 0;
}

int
sql_parameter_count(const struct node *statement)
{
	int count = 0;

	node_walk((struct node *)statement, count_parameter, &count);
	return count;
}
