/* SPDX-License-Identifier: Apache-2.0
 * lex.c - cuts SQL text into tokens, by the rule of the longest match.
 *
 * Nothing here fails: an unfinished string or comment, or a character that
 * begins no token, becomes a TK_UNKNOWN of one character, which no grammar
 * rule takes. */
#include "sql/token.h"

#include <stdlib.h>

enum {
	CH_SPACE = 1, CH_LETTER = 2, CH_DIGIT = 4, CH_UNDER = 8, CH_HEX = 16,
	CH_SINGLE = 32,         /* a token by itself */
	CH_WORD = CH_LETTER | CH_DIGIT | CH_UNDER,
};

static const uint8_t classes[256] = {
	[' '] = CH_SPACE, ['\t'] = CH_SPACE, ['\r'] = CH_SPACE,
	['\n'] = CH_SPACE,
	['A' ... 'F'] = CH_LETTER | CH_HEX, ['G' ... 'Z'] = CH_LETTER,
	['a' ... 'f'] = CH_LETTER | CH_HEX, ['g' ... 'z'] = CH_LETTER,
	['0' ... '9'] = CH_DIGIT | CH_HEX, ['_'] = CH_UNDER,
	['('] = CH_SINGLE, [')'] = CH_SINGLE, ['*'] = CH_SINGLE,
	['+'] = CH_SINGLE, [','] = CH_SINGLE, ['%'] = CH_SINGLE,
	[';'] = CH_SINGLE, ['?'] = CH_SINGLE, ['@'] = CH_SINGLE,
	['['] = CH_SINGLE, [']'] = CH_SINGLE, ['^'] = CH_SINGLE,
	['}'] = CH_SINGLE,
};

static inline bool
is_class(struct str s, size_t i, int class)
{
	return i < s.n && (classes[(uint8_t)s.p[i]] & class) != 0;
}

static inline char
char_at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* A text in quotes from its opening one at i, doubled quotes inside when
 * `doubled`; the index behind it, or 0 when it does not end. */
static size_t
scan_quoted(struct str s, size_t i, bool doubled)
{
	char quote = s.p[i++];

	for (;;) {
		const char *end = i < s.n
		    ? memchr(s.p + i, quote, s.n - i) : NULL;

		if (end == NULL)
			return 0;
		i = (size_t)(end - s.p) + 1;
		if (!doubled || char_at(s, i) != quote)
			return i;
		i++;
	}
}

/* DIGIT ('_'? DIGIT)* from i, of a class of digits; the index behind. */
static size_t
scan_digits(struct str s, size_t i, int class)
{
	while (is_class(s, i, class)
	    || (char_at(s, i) == '_' && is_class(s, i + 1, class)))
		i++;
	return i;
}

static size_t
scan_small_base(struct str s, size_t i, char last)
{
	for (;;) {
		size_t next = i + (char_at(s, i) == '_');
		char c = char_at(s, next);

		if (next >= s.n || c < '0' || c > last)
			return i;
		i = next + 1;
	}
}

/* An exponent at i, or i when there is none. */
static size_t
scan_exponent(struct str s, size_t i)
{
	size_t at = i;

	if ((char_at(s, at) | 32) != 'e')
		return i;
	at++;
	if (char_at(s, at) == '+' || char_at(s, at) == '-')
		at++;
	if (!is_class(s, at, CH_DIGIT))
		return i;
	while (is_class(s, at, CH_DIGIT))
		at++;
	return at;
}

static size_t
scan_integer(struct str s)
{
	size_t end, behind = 0;

	end = scan_digits(s, 0, CH_DIGIT);
	if (s.p[0] == '0') {
		switch (char_at(s, 1) | 32) {
		case 'x': behind = scan_digits(s, 2, CH_HEX); break;
		case 'o': behind = scan_small_base(s, 2, '7'); break;
		case 'b': behind = scan_small_base(s, 2, '1'); break;
		default: break;
		}
		/* 0x_1 is fine for hexadecimals, too. */
		if (behind > 2 && behind > end)
			end = behind;
	}
	return end;
}

/* A number or a word that begins with a digit; s begins with a digit, or a
 * dot before one. */
static uint32_t
scan_number(struct str s, enum token_kind *kind)
{
	size_t plain = 0, end = 0, word = 0, at, exponent;

	*kind = TK_INTEGER;
	if (s.p[0] != '.') {
		end = scan_integer(s);
		while (is_class(s, plain, CH_DIGIT))
			plain++;
		while (is_class(s, word, CH_WORD))
			word++;
	}
	/* Decimals take underscores, doubles do not. */
	at = s.p[0] == '.' ? 0 : scan_digits(s, 0, CH_DIGIT);
	if (char_at(s, at) == '.') {
		at = scan_digits(s, at + 1, CH_DIGIT);
		if (at > end) {
			end = at;
			*kind = TK_DECIMAL;
		}
	}
	at = plain;
	if (char_at(s, at) == '.')
		for (at++; is_class(s, at, CH_DIGIT);)
			at++;
	exponent = scan_exponent(s, at);
	if (exponent == at)
		exponent = scan_exponent(s, at = plain);
	if (exponent > at && exponent >= end) {
		end = exponent;
		*kind = TK_DOUBLE;
	}
	if (word > end) {
		end = word;
		*kind = TK_DIGIT_IDENT;
	}
	return (uint32_t)end;
}

static uint32_t
scan_word(struct str s, enum token_kind *kind)
{
	size_t i, end;

	if (char_at(s, 1) == '\'' && (s.p[0] | 32) == 'x'
	    && (end = scan_quoted(s, 1, false)) != 0) {
		*kind = TK_BINARY;
		return (uint32_t)end;
	}
	if (char_at(s, 1) == '&' && char_at(s, 2) == '\''
	    && (s.p[0] | 32) == 'u'
	    && (end = scan_quoted(s, 2, true)) != 0) {
		*kind = TK_UNICODE_STRING;
		return (uint32_t)end;
	}
	for (i = 1; is_class(s, i, CH_WORD);)
		i++;
	*kind = keyword_find((struct str){ s.p, i });
	return (uint32_t)i;
}

/* The index behind a comment at the text's start, or 0. */
static size_t
scan_comment(struct str s)
{
	size_t i;

	if (char_at(s, 1) == '-' && s.p[0] == '-') {
		for (i = 2; i < s.n && s.p[i] != '\n' && s.p[i] != '\r';)
			i++;
		return i;
	}
	if (s.p[0] != '/' || char_at(s, 1) != '*')
		return 0;
	for (i = 2; i + 1 < s.n; i++)
		if (s.p[i] == '*' && s.p[i + 1] == '/')
			return i + 2;
	return 0;
}

static size_t
scan_dollars(struct str s)
{
	size_t i;

	for (i = 2; i + 1 < s.n; i++)
		if (s.p[i] == '$' && s.p[i + 1] == '$')
			return i + 2;
	return 0;
}

/* Two characters that are one token. */
static enum token_kind
pair_kind(char a, char b)
{
	switch (a) {
	case '<':
		return b == '>' ? TK_NE : b == '=' ? TK_LE : 0;
	case '>':
		return b == '=' ? TK_GE : 0;
	case '!':
		return b == '=' ? TK_NE : 0;
	case '=':
		return b == '>' ? TK_NAMED : 0;
	case '|':
		return b == '|' ? TK_CONCAT : 0;
	case ':':
		return b == ':' ? TK_COLONS : 0;
	case '{':
		return b == '-' ? TK_OPEN_EXCLUDE : 0;
	case '-':
		return b == '>' ? TK_ARROW : b == '}' ? TK_CLOSE_EXCLUDE : 0;
	default:
		return 0;
	}
}

static uint32_t
scan_unknown(struct str s, enum token_kind *kind)
{
	uint32_t n = 1;

	*kind = TK_UNKNOWN;
	while (n < s.n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static uint32_t
scan_symbol(struct str s, enum token_kind *kind)
{
	char c = s.p[0];
	size_t end = 0;

	*kind = 0;
	if ((c == '-' || c == '/') && (end = scan_comment(s)) != 0)
		return (uint32_t)end;
	if (c == '\'' && (end = scan_quoted(s, 0, true)) != 0)
		*kind = TK_STRING;
	else if (c == '"' && (end = scan_quoted(s, 0, true)) != 0)
		*kind = TK_QUOTED;
	else if (c == '`' && (end = scan_quoted(s, 0, true)) != 0)
		*kind = TK_BACKQUOTED;
	else if (c == '$' && char_at(s, 1) == '$'
	    && (end = scan_dollars(s)) != 0)
		*kind = TK_DOLLAR_STRING;
	else if ((*kind = pair_kind(c, char_at(s, 1))) != 0)
		end = 2;
	else if (c == '.' && is_class(s, 1, CH_DIGIT))
		return scan_number(s, kind);
	if (end != 0)
		return (uint32_t)end;
	if (c == '\0' || strchr(".<>=|:{-/$", c) == NULL)
		return scan_unknown(s, kind);
	*kind = (enum token_kind)c;
	return 1;
}

uint32_t
token_scan(struct str s, enum token_kind *kind)
{
	uint8_t class = classes[(uint8_t)s.p[0]];
	uint32_t n = 1;

	if (class & CH_SPACE) {
		while (is_class(s, n, CH_SPACE))
			n++;
		*kind = 0;
		return n;
	}
	if (class & (CH_LETTER | CH_UNDER))
		return scan_word(s, kind);
	if (class & CH_SINGLE) {
		*kind = (enum token_kind)s.p[0];
		return 1;
	}
	if (class & CH_DIGIT)
		return scan_number(s, kind);
	return scan_symbol(s, kind);
}

static void
token_push(struct token_list *out, struct token t)
{
	if (out->n == out->cap) {
		out->cap = out->cap == 0 ? 64 : out->cap * 2;
		out->v = xrealloc(out->v, out->cap * sizeof(*out->v));
	}
	out->v[out->n++] = t;
}

void
sql_lex(struct str text, uint32_t line, uint32_t column,
    struct token_list *out)
{
	uint32_t at = 0, i;

	*out = (struct token_list){ NULL, 0, 0 };
	while (at < text.n) {
		enum token_kind kind;
		uint32_t len = token_scan((struct str){ text.p + at,
		    text.n - at }, &kind);

		if (kind != 0)
			token_push(out, (struct token){ kind, at, len, line,
			    column });
		for (i = at; i < at + len; i++) {
			if (text.p[i] == '\n') {
				line++;
				column = 1;
			} else if (((uint8_t)text.p[i] & 0xc0) != 0x80) {
				column++;
			}
		}
		at += len;
	}
	token_push(out, (struct token){ TK_EOF, at, 0, line, column });
}
