/* SPDX-License-Identifier: Apache-2.0
 * split.c - cuts a script into statements at semicolons that are outside of
 * quotes, comments and the bodies of routines. */
#include "sql/parse.h"
#include "sql/token.h"

/* How a word changes the nesting of BEGIN .. END within a routine. */
struct nesting {
	int depth;
	enum token_kind before; /* the word or symbol before */
	bool routine;           /* a FUNCTION .. RETURNS was seen */
	bool function;
};

static void
nest(struct nesting *n, enum token_kind kind)
{
	if (kind == KW_FUNCTION)
		n->function = true;
	else if (kind == KW_RETURNS && n->function)
		n->routine = true;
	/* END IF, END LOOP and so on close what IF, LOOP opened; those do
	 * not count, CASE does: CASE .. END stands in expressions, too. */
	if (n->routine) {
		if (kind == KW_BEGIN
		    || (kind == KW_CASE && n->before != KW_END))
			n->depth++;
		else if ((kind == KW_IF || kind == KW_LOOP
		    || kind == KW_WHILE || kind == KW_REPEAT)
		    && n->before == KW_END)
			n->depth++;     /* that END closed no BEGIN */
		else if (kind == KW_END && n->depth > 0)
			n->depth--;
	}
	n->before = kind;
}

/* The text from its first token to the end of its last one. */
static struct str
trim(struct str text, size_t first, size_t last)
{
	if (first == SIZE_MAX)
		return (struct str){ text.p, 0 };
	return (struct str){ text.p + first, last - first };
}

bool
sql_split(struct str *rest, struct str *statement)
{
	struct nesting n = { 0, 0, false, false };
	size_t at = 0, first = SIZE_MAX, last = 0;
	struct str text = *rest;

	while (at < text.n) {
		struct str here = { text.p + at, text.n - at };
		enum token_kind kind;
		size_t len = token_scan(here, &kind);

		if (kind == ';' && n.depth == 0) {
			*statement = trim(text, first, last);
			*rest = (struct str){ here.p + 1, here.n - 1 };
			return true;
		}
		/* An unfinished string or comment takes all that follows. */
		if (kind == TK_UNKNOWN && (here.p[0] == '\''
		    || here.p[0] == '"' || here.p[0] == '`'))
			len = here.n;
		if (kind == '/' && here.n > 1 && here.p[1] == '*')
			len = here.n;
		if (kind != 0) {
			nest(&n, kind);
			if (first == SIZE_MAX)
				first = at;
			last = at + len;
		}
		at += len;
	}
	*statement = trim(text, first, last);
	*rest = (struct str){ text.p + text.n, 0 };
	return false;
}
