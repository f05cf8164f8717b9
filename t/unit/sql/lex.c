/* SPDX-License-Identifier: Apache-2.0
 * lex.c - tokens, key words and the cutting of scripts. */
#include <stdlib.h>

#include "sql/parse.h"
#include "sql/token.h"
#include "tap.h"

/* All tokens as "kind:text kind:text". */
static void
tokens(const char *text, const char *want)
{
	struct token_list l;
	struct sbuf b = { 0 };
	uint32_t i;

	sql_lex(str_of(text), 1, 1, &l);
	for (i = 0; i + 1 < l.n; i++) {
		const struct token *t = &l.v[i];
		static const struct {
			int kind;
			const char *name;
		} names[] = {
			{ TK_INTEGER, "int" }, { TK_DECIMAL, "dec" },
			{ TK_DOUBLE, "dbl" }, { TK_DIGIT_IDENT, "dig" },
			{ TK_IDENT, "id" }, { TK_QUOTED, "quo" },
			{ TK_STRING, "str" }, { TK_UNICODE_STRING, "uni" },
			{ TK_BINARY, "bin" }, { TK_UNKNOWN, "unk" },
			{ TK_DOLLAR_STRING, "dol" },
		};
		const char *name = t->kind >= TK_KEYWORDS ? "kw" : "op";
		size_t k;

		for (k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			if (names[k].kind == t->kind)
				name = names[k].name;
		sbuf_addf(&b, "%s%s:%.*s", i > 0 ? " " : "", name,
		    (int)t->len, text + t->at);
	}
	is_str(sbuf_z(&b), want, text);
	ok(l.v[l.n - 1].kind == TK_EOF, "ends with the end");
	sbuf_release(&b);
	free(l.v);
}

static void
test_keywords(void)
{
	static const char *const words[] = {
#define WORD(word, name) #word,
		KEYWORDS(WORD)
#undef WORD
	};
	static const bool names[] = {
#define NAME(word, name) name,
		KEYWORDS(NAME)
#undef NAME
	};
	size_t i, n = sizeof(words) / sizeof(words[0]);
	bool found = true, reserved = true, sorted = true;

	for (i = 0; i < n; i++) {
		found &= keyword_find(str_of(words[i])) == TK_KEYWORDS + i;
		reserved &= sql_is_reserved(str_of(words[i])) == !names[i];
		sorted &= i == 0 || strcmp(words[i - 1], words[i]) < 0;
	}
	ok(found && n > 300, "%zu key words find themselves", n);
	ok(reserved, "and know whether they are reserved");
	ok(sorted, "and stand in order");
	ok(keyword_find(STR("sElEcT")) == KW_SELECT, "in any case");
	ok(keyword_find(STR("selects")) == TK_IDENT
	    && keyword_find(STR("s")) == TK_IDENT
	    && keyword_find(STR("_x")) == TK_IDENT, "others are names");
}

static void
test_tokens(void)
{
	tokens("1 1. .5 1.5 1e3 1.e3 1e+3 .5e-1 1e 1_000 1__0",
	    "int:1 dec:1. dec:.5 dec:1.5 dbl:1e3 dbl:1.e3 dbl:1e+3 "
	    "dbl:.5e-1 dig:1e int:1_000 dig:1__0");
	tokens("0x1F 0xG 0b12 0o18 0x 1a 1.5a 1..2",
	    "int:0x1F dig:0xG dig:0b12 dig:0o18 dig:0x dig:1a dec:1.5 id:a "
	    "dec:1. dec:.2");
	tokens("a.b \"x\"\"y\" 'it''s' U&'x' X'12' x 'a",
	    "id:a op:. id:b quo:\"x\"\"y\" str:'it''s' uni:U&'x' bin:X'12' "
	    "id:x unk:' id:a");
	tokens("a--b\nc /* d */ e /* f", "id:a id:c id:e op:/ op:* id:f");
	tokens("<> != <= >= => -> || | :: : {- -} - }",
	    "op:<> op:!= op:<= op:>= op:=> op:-> op:|| op:| op::: op:: "
	    "op:{- op:-} op:- op:}");
	tokens("# ! & \xc3\xa4 $ $$ x $$ ~", "unk:# unk:! unk:& unk:\xc3\xa4 "
	    "op:$ dol:$$ x $$ unk:~");
}

static void
test_places(void)
{
	struct token_list l;

	sql_lex(STR("'\xc3\xa4\xc3\xb6' a\n  b\r\nc"), 1, 1, &l);
	ok(l.v[1].line == 1 && l.v[1].column == 6,
	    "columns count characters, not bytes");
	ok(l.v[2].line == 2 && l.v[2].column == 3, "lines");
	ok(l.v[3].line == 3 && l.v[3].column == 1, "after CR LF");
	free(l.v);
}

static void
test_split(void)
{
	struct str rest = STR(" SELECT ';' -- ;\n; /* ; */ ;CREATE FUNCTION "
	    "f() RETURNS bigint BEGIN IF a THEN RETURN CASE WHEN b THEN 1 "
	    "END; END IF; RETURN 2; END ; SELECT \"a;\" 'x;");
	struct str s;

	ok(sql_split(&rest, &s) && str_eq(s, STR("SELECT ';'")),
	    "quotes and comments hide semicolons");
	ok(sql_split(&rest, &s) && s.n == 0, "an empty statement");
	ok(sql_split(&rest, &s) && str_starts(s, STR("CREATE"))
	    && str_ends(s, STR("END")), "a routine's body is not cut");
	ok(!sql_split(&rest, &s) && str_eq(s, STR("SELECT \"a;\" 'x;"))
	    && rest.n == 0, "what is not complete comes as it is");
}

int
main(void)
{
	test_keywords();
	test_tokens();
	test_places();
	test_split();
	return tap_done();
}
