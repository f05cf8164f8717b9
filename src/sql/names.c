/* SPDX-License-Identifier: Apache-2.0
 * names.c - parses identifiers, aliases, qualified names and strings. */
#include "sql/parser.h"

bool
parse_is_name(const struct parser *p, int i)
{
	return token_is_name(parse_peek(p, i));
}

bool
parse_is_string(const struct parser *p, int i)
{
	enum token_kind kind = parse_peek(p, i);

	return kind == TK_STRING || kind == TK_UNICODE_STRING;
}

/* The text between the quotes of a token, doubled quotes undone. */
static struct str
unquote(struct parser *p, const struct token *t, uint32_t prefix)
{
	struct str s = { p->text.p + t->at + prefix + 1,
	    t->len - prefix - 2 };
	char quote = s.p[-1], *out;
	size_t i, n = 0;

	if (str_find(s, quote, 0) < 0)
		return arena_str(p->arena, s);
	out = arena_alloc(p->arena, s.n + 1);
	for (i = 0; i < s.n; i++) {
		out[n++] = s.p[i];
		if (s.p[i] == quote)
			i++;
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

static struct str
lower(struct parser *p, struct str s)
{
	char *out;
	size_t i;

	for (i = 0; i < s.n && !(s.p[i] >= 'A' && s.p[i] <= 'Z');)
		i++;
	if (i == s.n)
		return s;
	out = arena_strndup(p->arena, s.p, s.n);
	for (; i < s.n; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] += 32;
	return (struct str){ out, s.n };
}

struct ident_node *
parse_ident(struct parser *p)
{
	const struct token *t = p->t;
	struct ident_node *id;

	if (!token_is_name((enum token_kind)t->kind)) {
		if (p->recording)
			parse_record(p, EXPECT_IDENTIFIER);
		parse_unexpected(p);
	}
	if (t->kind == TK_BACKQUOTED)
		parse_fail(p, t, "backquoted identifiers are not supported; "
		    "use double quotes to quote identifiers");
	if (t->kind == TK_DIGIT_IDENT)
		parse_fail(p, t, "identifiers must not start with a digit; "
		    "surround the identifier with double quotes");
	id = parse_new(p, IDENT, ident);
	if (t->kind == TK_QUOTED) {
		id->quoted = true;
		id->value = unquote(p, t, 0);
		if (t->len == 2)
			parse_fail(p, t,
			    "Zero-length delimited identifier not allowed");
	} else {
		id->value = arena_str(p->arena,
		    (struct str){ p->text.p + t->at, t->len });
	}
	id->lower = lower(p, id->value);
	p->t++;
	id->node.end = t->at + t->len;
	return id;
}

struct ident_node *
parse_make_ident(struct parser *p, const char *value, bool quoted,
    const struct token *at)
{
	struct ident_node *id = parse_new_at(p, IDENT, ident, at);

	id->value = str_of(value);
	id->lower = lower(p, id->value);
	id->quoted = quoted;
	id->node.end = at->at + at->len;
	return id;
}

struct name_node *
parse_name_of(struct parser *p, struct ident_node *id)
{
	struct name_node *name = parse_new(p, NAME, name);

	parse_start_at(p, name, &id->node);
	name->node.end = id->node.end;
	parse_push(p, &name->parts, id);
	return name;
}

struct name_node *
parse_make_name(struct parser *p, const char *value, bool quoted,
    const struct token *at)
{
	return parse_name_of(p, parse_make_ident(p, value, quoted, at));
}

struct name_node *
parse_name(struct parser *p)
{
	struct name_node *name = parse_new(p, NAME, name);

	do
		parse_push(p, &name->parts, parse_ident(p));
	while (parse_accept(p, '.'));
	parse_end(p, name);
	return name;
}

bool
parse_is_columns(const struct parser *p, int i)
{
	if (parse_peek(p, i) != '(')
		return false;
	for (;;) {
		if (!parse_is_name(p, i + 1))
			return false;
		i += 2;
		if (parse_peek(p, i) == ')')
			return true;
		if (parse_peek(p, i) != ',')
			return false;
	}
}

void
parse_columns(struct parser *p, struct node_list *l)
{
	parse_expect(p, '(');
	do
		parse_push(p, l, parse_ident(p));
	while (parse_accept(p, ','));
	parse_expect(p, ')');
}

/* Words that begin a clause may also be aliases: what follows tells.  True
 * when the name at hand begins a clause. */
static bool
is_clause(const struct parser *p)
{
	enum token_kind next = parse_peek(p, 1);

	switch (p->t->kind) {
	case KW_LIMIT:
		return next == TK_INTEGER || next == '?' || next == KW_ALL;
	case KW_OFFSET:
		return next == TK_INTEGER || next == '?';
	case KW_FETCH:
		return next == KW_FIRST || next == KW_NEXT;
	case KW_WINDOW:
		return token_is_name(next) && parse_peek(p, 2) == KW_AS;
	case KW_TABLESAMPLE:
		return token_is_name(next);
	case KW_MATCH_RECOGNIZE:
	case KW_PIVOT:
		return next == '(' && !parse_is_columns(p, 1);
	case KW_PARTITION:
		return next == KW_BY;
	case KW_PRUNE:
	case KW_KEEP:
		return next == KW_WHEN;
	case KW_MATCH:
		return p->in_nearest && next != KW_MATCH && next != KW_WHERE
		    && next != ',';
	default:
		return false;
	}
}

struct ident_node *
parse_alias(struct parser *p)
{
	if (parse_accept(p, KW_AS))
		return parse_ident(p);
	if (parse_is_name(p, 0) && !is_clause(p))
		return parse_ident(p);
	if (p->recording)
		parse_record(p, EXPECT_IDENTIFIER);
	return NULL;
}

static void
put_utf8(struct sbuf *b, uint32_t c)
{
	if (c < 0x80) {
		sbuf_addc(b, (char)c);
		return;
	}
	if (c < 0x800) {
		sbuf_addc(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			sbuf_addc(b, (char)(0xe0 | c >> 12));
		} else {
			sbuf_addc(b, (char)(0xf0 | c >> 18));
			sbuf_addc(b, (char)(0x80 | (c >> 12 & 63)));
		}
		sbuf_addc(b, (char)(0x80 | (c >> 6 & 63)));
	}
	sbuf_addc(b, (char)(0x80 | (c & 63)));
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of the UTF-8 character at i. */
static size_t
char_len(struct str s, size_t i)
{
	size_t n = 1;

	while (i + n < s.n && ((uint8_t)s.p[i + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* The escape character: one, no hexadecimal digit, quote, + or space. */
static char
unicode_escape(struct parser *p, const struct token *start)
{
	struct str s = unquote(p, p->t, 0);
	char c = s.n > 0 ? s.p[0] : '\0';

	if (s.n == 0)
		parse_fail(p, start, "Empty Unicode escape character");
	if (s.n != 1 || (uint8_t)c >= 0x7f || c <= ' ' || hex_digit(c) >= 0
	    || strchr("'+\"", c) != NULL)
		parse_fail(p, start, "Invalid Unicode escape character: %.*s",
		    STR_ARG(s));
	return c;
}

/* One escape from in.p[i] on, behind the escape character; the index behind
 * it. */
static size_t
decode_escape(struct parser *p, const struct token *start, struct str in,
    size_t i, struct sbuf *b)
{
	size_t need = 4, from, n = 0;
	uint32_t c = 0;

	if (in.p[i] == '+') {
		need = 6;
		i++;
	} else if (hex_digit(in.p[i]) < 0) {
		sbuf_release(b);
		parse_fail(p, start, "Invalid hexadecimal digit: %.*s",
		    (int)char_len(in, i), in.p + i);
	}
	for (from = i; n < need; n++) {
		if (i + n >= in.n || hex_digit(in.p[i + n]) < 0) {
			sbuf_release(b);
			parse_fail(p, start,
			    "Incomplete escape sequence: %.*s", (int)n,
			    in.p + from);
		}
		c = c << 4 | (uint32_t)hex_digit(in.p[i + n]);
	}
	if (c > 0x10ffff) {
		sbuf_release(b);
		parse_fail(p, start, "Invalid escaped character: %.*s",
		    (int)need, in.p + from);
	}
	if (c >= 0xd800 && c < 0xe000) {
		sbuf_release(b);
		parse_fail(p, start, "Invalid escaped character: %.*s. Escaped"
		    " character is a surrogate. Use '\\+123456' instead.",
		    (int)need, in.p + from);
	}
	put_utf8(b, c);
	return i + need;
}

/* U&'..' [UESCAPE 'c'] */
static struct str
unicode_string(struct parser *p)
{
	const struct token *start = parse_next(p);
	struct str in = unquote(p, start, 2), out;
	struct sbuf b = { 0 };
	char escape = '\\';
	size_t i = 0;

	if (parse_accept(p, KW_UESCAPE)) {
		if (!parse_at(p, TK_STRING))
			parse_unexpected(p);
		escape = unicode_escape(p, start);
		p->t++;
	}
	while (i < in.n) {
		if (in.p[i] != escape) {
			sbuf_addc(&b, in.p[i++]);
		} else if (++i == in.n) {
			sbuf_release(&b);
			parse_fail(p, start, "Incomplete escape sequence: ");
		} else if (in.p[i] == escape) {
			sbuf_addc(&b, in.p[i++]);
		} else {
			i = decode_escape(p, start, in, i, &b);
		}
	}
	out = arena_str(p->arena, sbuf_str(&b));
	sbuf_release(&b);
	return out;
}

struct str
parse_string_value(struct parser *p)
{
	if (p->t->kind == TK_STRING)
		return unquote(p, parse_next(p), 0);
	if (p->t->kind == TK_UNICODE_STRING)
		return unicode_string(p);
	if (p->recording)
		parse_record(p, EXPECT_STRING);
	parse_unexpected(p);
}

struct node *
parse_string(struct parser *p)
{
	struct text_literal_node *s = parse_new(p, STRING_LITERAL,
	    text_literal);

	s->value = parse_string_value(p);
	return parse_end(p, s);
}

bool
parse_comment(struct parser *p, struct str *text)
{
	if (!parse_accept(p, KW_COMMENT))
		return false;
	*text = parse_string_value(p);
	return true;
}
