/* SPDX-License-Identifier: Apache-2.0
 * keyword.c - the table of key words and the names of token kinds. */
#include "sql/token.h"

#include "base/check.h"
#include "sql/parse.h"

struct keyword {
	char word[20];
	uint8_t len;
	bool name;              /* not reserved */
};

static const struct keyword keywords[] = {
#define KEYWORD_ROW(word, name) { #word, sizeof(#word) - 1, name },
	KEYWORDS(KEYWORD_ROW)
#undef KEYWORD_ROW
};

/* The words' index by first letter: letter i has first[i] .. first[i + 1]. */
static const uint16_t first[27] = {
	0, 16, 23, 52, 71, 84, 99, 107, 109,
	127, 135, 138, 153, 163, 178, 195, 215, 216,
	239, 262, 278, 295, 301, 311, 311, 312, 313,
};

enum { KEYWORD_MAX = 20 };

enum token_kind
keyword_find(struct str word)
{
	char up[KEYWORD_MAX];
	int letter, i;

	if (word.n < 2 || word.n >= KEYWORD_MAX)
		return TK_IDENT;
	for (i = 0; i < (int)word.n; i++) {
		char c = word.p[i];

		up[i] = c >= 'a' && c <= 'z' ? c - 32 : c;
	}
	letter = up[0] - 'A';
	if (letter < 0 || letter > 25)
		return TK_IDENT;
	for (i = first[letter]; i < first[letter + 1]; i++)
		if (keywords[i].len == word.n
		    && keywords[i].word[1] == up[1]
		    && memcmp(keywords[i].word, up, word.n) == 0)
			return (enum token_kind)(TK_KEYWORDS + i);
	return TK_IDENT;
}

bool
token_is_name(enum token_kind kind)
{
	if (kind >= TK_KEYWORDS)
		return keywords[kind - TK_KEYWORDS].name;
	return kind >= TK_IDENT && kind <= TK_DIGIT_IDENT;
}

bool
sql_is_reserved(struct str word)
{
	enum token_kind kind = keyword_find(word);

	return kind != TK_IDENT && !token_is_name(kind);
}

const char *
token_kind_text(enum token_kind kind)
{
	static const char *const texts[] = {
		[TK_EOF - TK_EOF] = "<EOF>",
		[TK_IDENT - TK_EOF] = "<identifier>",
		[TK_QUOTED - TK_EOF] = "<identifier>",
		[TK_BACKQUOTED - TK_EOF] = "<identifier>",
		[TK_DIGIT_IDENT - TK_EOF] = "<identifier>",
		[TK_STRING - TK_EOF] = "<string>",
		[TK_UNICODE_STRING - TK_EOF] = "<string>",
		[TK_DOLLAR_STRING - TK_EOF] = "DOLLAR_STRING",
		[TK_BINARY - TK_EOF] = "BINARY_LITERAL",
		[TK_INTEGER - TK_EOF] = "<integer>",
		[TK_DECIMAL - TK_EOF] = "DECIMAL_VALUE",
		[TK_DOUBLE - TK_EOF] = "DOUBLE_VALUE",
		[TK_NE - TK_EOF] = "NEQ",
		[TK_LE - TK_EOF] = "<=",
		[TK_GE - TK_EOF] = ">=",
		[TK_CONCAT - TK_EOF] = "||",
		[TK_ARROW - TK_EOF] = "->",
		[TK_NAMED - TK_EOF] = "=>",
		[TK_COLONS - TK_EOF] = "::",
		[TK_OPEN_EXCLUDE - TK_EOF] = "{-",
		[TK_CLOSE_EXCLUDE - TK_EOF] = "-}",
		[TK_UNKNOWN - TK_EOF] = "UNRECOGNIZED",
	};
	static const char ascii[128][2] = {
		['('] = "(", [')'] = ")", ['*'] = "*", ['+'] = "+",
		[','] = ",", ['-'] = "-", ['.'] = ".", ['/'] = "/",
		['%'] = "%", [':'] = ":", [';'] = ";", ['<'] = "<",
		['='] = "=", ['>'] = ">", ['?'] = "?", ['@'] = "@",
		['['] = "[", [']'] = "]", ['^'] = "^", ['$'] = "$",
		['{'] = "{", ['}'] = "}", ['|'] = "|",
	};

	if (kind >= TK_KEYWORDS)
		return keywords[kind - TK_KEYWORDS].word;
	if (kind >= TK_EOF)
		return texts[kind - TK_EOF];
	return ascii[kind];
}
