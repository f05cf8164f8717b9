/* SPDX-License-Identifier: Apache-2.0
 * literal.c - parses literals: numbers, strings, intervals, DATE '..'. */
#include "sql/parser.h"

#include <errno.h>
#include <stdlib.h>

/* Without underscores, with the sign. */
static char *
number_text(struct parser *p, bool negative, const struct token *t)
{
	char *out = arena_alloc(p->arena, t->len + 2);
	size_t n = 0, i;

	if (negative)
		out[n++] = '-';
	for (i = 0; i < t->len; i++)
		if (p->text.p[t->at + i] != '_')
			out[n++] = p->text.p[t->at + i];
	out[n] = '\0';
	return out;
}

/* The value of an integer literal without its sign; false: over 64 bits. */
static bool
integer_value(const char *z, bool negative, int64_t *out)
{
	uint64_t limit = negative ? (uint64_t)1 << 63 : INT64_MAX, v = 0;
	unsigned base = 10;

	if (z[0] == '0' && z[1] != '\0' && (z[1] < '0' || z[1] > '9')) {
		base = (z[1] | 32) == 'x' ? 16 : (z[1] | 32) == 'o' ? 8 : 2;
		z += 2;
	}
	for (; *z != '\0'; z++) {
		unsigned d = *z <= '9' ? (unsigned)(*z - '0')
		    : (unsigned)((*z | 32) - 'a') + 10;

		if (v > (UINT64_MAX - d) / base)
			return false;
		v = v * base + d;
		if (v > limit)
			return false;
	}
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static struct node *
make_integer(struct parser *p, const struct token *start, bool negative)
{
	const struct token *t = parse_next(p);
	struct long_literal_node *n = parse_new_at(p, LONG_LITERAL,
	    long_literal, start);
	char *z = number_text(p, negative, t);

	/* The sign stays in the text without what may stand behind it. */
	n->text = (struct str){ p->text.p + t->at, t->len };
	n->text = negative
	    ? str_of(arena_printf(p->arena, "-%.*s", STR_ARG(n->text)))
	    : arena_str(p->arena, n->text);
	if (!integer_value(z + negative, negative, &n->value))
		parse_fail(p, start, "Invalid numeric literal: %.*s",
		    STR_ARG(n->text));
	return parse_end(p, n);
}

struct node *
parse_integer(struct parser *p)
{
	if (!parse_at(p, TK_INTEGER))
		parse_unexpected(p);
	return make_integer(p, p->t, false);
}

int
parse_small_integer(struct parser *p)
{
	const struct token *t = p->t;
	struct long_literal_node *n
	    = (struct long_literal_node *)parse_integer(p);

	if (n->value > INT32_MAX)
		parse_fail(p, t, "Invalid numeric literal: %.*s",
		    STR_ARG(n->text));
	return (int)n->value;
}

struct node *
parse_number(struct parser *p)
{
	const struct token *start = p->t;
	bool negative = start->kind == '-';
	struct text_literal_node *decimal;
	struct double_literal_node *n;
	char *z;

	if (negative)
		p->t++;
	if (p->t->kind == TK_INTEGER)
		return make_integer(p, start, negative);
	z = number_text(p, negative, p->t);
	if (p->t->kind == TK_DECIMAL) {
		p->t++;
		decimal = parse_new_at(p, DECIMAL_LITERAL, text_literal,
		    start);
		decimal->value = str_of(z);
		return parse_end(p, decimal);
	}
	p->t++;
	n = parse_new_at(p, DOUBLE_LITERAL, double_literal, start);
	n->text = str_of(z);
	n->value = strtod(z, NULL);
	return parse_end(p, n);
}

static bool
is_interval_field(enum token_kind kind)
{
	return kind == KW_YEAR || kind == KW_MONTH || kind == KW_DAY
	    || kind == KW_HOUR || kind == KW_MINUTE || kind == KW_SECOND;
}

/* INTERVAL [+-] 'text' FIELD; without a field it is a typed literal. */
bool
parse_is_interval(const struct parser *p)
{
	int i = 1;

	if (p->t->kind != KW_INTERVAL)
		return false;
	if (parse_peek(p, 1) == '+' || parse_peek(p, 1) == '-')
		i++;
	if (!parse_is_string(p, i))
		return false;
	if (parse_peek(p, i + 1) == KW_UESCAPE)
		i += 2;
	return is_interval_field(parse_peek(p, i + 1));
}

struct node *
parse_interval(struct parser *p)
{
	struct interval_literal_node *n = parse_new(p, INTERVAL_LITERAL,
	    interval_literal);

	parse_expect(p, KW_INTERVAL);
	if (parse_accept(p, '-'))
		n->negative = true;
	else
		parse_accept(p, '+');
	n->value = parse_string_value(p);
	parse_interval_qualifier(p, &n->qualifier, true);
	return parse_end(p, n);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct node *
parse_binary_literal(struct parser *p)
{
	const struct token *t = p->t;
	struct text_literal_node *n = parse_new(p, BINARY_LITERAL,
	    text_literal);
	char *out = arena_alloc(p->arena, t->len);
	size_t digits = 0, i;
	unsigned byte = 0;

	p->t++;
	for (i = 2; i + 1 < t->len; i++) {
		char c = p->text.p[t->at + i];
		char low = c | 32;

		if (is_space(c))
			continue;
		if (c >= '0' && c <= '9')
			byte = byte << 4 | (unsigned)(c - '0');
		else if (low >= 'a' && low <= 'f')
			byte = byte << 4 | (unsigned)(low - 'a' + 10);
		else
			parse_fail(p, t, "Binary literal can only contain "
			    "hexadecimal digits");
		if (++digits % 2 == 0)
			out[digits / 2 - 1] = (char)byte;
	}
	if (digits % 2 != 0)
		parse_fail(p, t,
		    "Binary literal must contain an even number of digits");
	n->value = (struct str){ out, digits / 2 };
	return parse_end(p, n);
}

/* TYPE 'text' */
static struct node *
typed_literal(struct parser *p)
{
	const struct token *start = p->t;
	struct text_literal_node *decimal;
	struct generic_literal_node *n;
	struct ident_node *type;

	if (p->t->kind == KW_DOUBLE && parse_peek(p, 1) == KW_PRECISION) {
		type = parse_make_ident(p, "DOUBLE", false, start);
		p->t += 2;
	} else {
		type = parse_ident(p);
	}
	if (str_eq(type->lower, STR("decimal"))) {
		decimal = parse_new_at(p, DECIMAL_LITERAL, text_literal,
		    start);
		decimal->value = parse_string_value(p);
		return parse_end(p, decimal);
	}
	n = parse_new_at(p, GENERIC_LITERAL, generic_literal, start);
	n->type = type;
	n->value = parse_string_value(p);
	if (!type->quoted && str_eq(type->lower, STR("x")))
		parse_fail(p, start, "Spaces are not allowed between 'X' and "
		    "the starting quote of a binary literal");
	return parse_end(p, n);
}

static struct node *
boolean_literal(struct parser *p)
{
	struct boolean_literal_node *n = parse_new(p, BOOLEAN_LITERAL,
	    boolean_literal);

	n->value = parse_next(p)->kind == KW_TRUE;
	return parse_end(p, n);
}

/* A literal, or NULL when none stands here. */
struct node *
parse_literal(struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);
	struct plain_node *null;

	switch (p->t->kind) {
	case TK_INTEGER:
	case TK_DECIMAL:
	case TK_DOUBLE:
		return parse_number(p);
	case '-':
		if (next == TK_INTEGER || next == TK_DECIMAL
		    || next == TK_DOUBLE)
			return parse_number(p);
		return NULL;
	case TK_STRING:
	case TK_UNICODE_STRING:
		return parse_string(p);
	case TK_BINARY:
		return parse_binary_literal(p);
	case KW_TRUE:
	case KW_FALSE:
		return boolean_literal(p);
	case KW_NULL:
		null = parse_new(p, NULL_LITERAL, plain);
		p->t++;
		return parse_end(p, null);
	default:
		break;
	}
	if (parse_is_interval(p))
		return parse_interval(p);
	if (parse_is_name(p, 0) && parse_is_string(p, 1))
		return typed_literal(p);
	if (p->t->kind == KW_DOUBLE && next == KW_PRECISION
	    && parse_is_string(p, 2))
		return typed_literal(p);
	return NULL;
}

/* What begins a literal, for messages. */
static const uint16_t literal_starts[] = {
	'-', KW_DOUBLE, KW_FALSE, KW_INTERVAL, KW_NULL, KW_TRUE,
	EXPECT_IDENTIFIER, TK_INTEGER, EXPECT_STRING, TK_BINARY, TK_DECIMAL,
	TK_DOUBLE,
};

struct node *
parse_expect_literal(struct parser *p)
{
	struct node *n = parse_literal(p);
	size_t i;

	if (n != NULL)
		return n;
	if (p->recording)
		for (i = 0; i < sizeof(literal_starts)
		    / sizeof(literal_starts[0]); i++)
			parse_record(p, literal_starts[i]);
	if (parse_is_name(p, 0)) {
		p->t++;
		parse_string_value(p);
	}
	parse_unexpected(p);
}
