/* SPDX-License-Identifier: Apache-2.0
 * regexp_class.c - character classes and properties: nested classes and
 * intersections become alternations and look-aheads. */
#include <ctype.h>
#include <stdio.h>

#include "base/check.h"
#include "func/regexp.h"
#include "type/text.h"

enum { CLASS_DEPTH = 32 };

static const struct {
	const char *name, *items;       /* inside [] */
} brackets[] = {
	{ "alnum", "\\p{Alphabetic}\\p{Nd}" }, { "alpha", "\\p{Alphabetic}" },
	{ "ascii", "\\x00-\\x7f" }, { "blank", "\\t\\p{Zs}" },
	{ "cntrl", "\\p{Cc}" }, { "digit", "\\p{Nd}" },
	{ "graph", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}" },
	{ "lower", "\\p{Lowercase}" },
	{ "print", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}\\p{Cf}\\p{Co}" },
	{ "punct", "\\p{P}" }, { "space", "\\t-\\r \\x{85}\\p{Z}" },
	{ "upper", "\\p{Uppercase}" }, { "xdigit", "0-9A-Fa-f" },
	{ "word", "\\p{L}\\p{M}\\p{Nd}\\p{Pc}" },
};

static const char *
bracket_items(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(brackets); i++)
		if (str_ieq(str_of(brackets[i].name), name))
			return brackets[i].items;
	return NULL;
}

const char *
regexp_shorthand(char c)
{
	c |= 0x20;
	return c == 'd' ? "0-9" : c == 'w' ? "0-9A-Za-z_" : "\\t-\\r ";
}

/* Long names of general categories that PCRE2 does not know. */
static const struct {
	const char *name, *category;
} categories[] = {
	{ "letter", "L" }, { "uppercaseletter", "Lu" },
	{ "lowercaseletter", "Ll" }, { "titlecaseletter", "Lt" },
	{ "modifierletter", "Lm" }, { "otherletter", "Lo" },
	{ "mark", "M" }, { "nonspacingmark", "Mn" }, { "number", "N" },
	{ "decimalnumber", "Nd" }, { "letternumber", "Nl" },
	{ "othernumber", "No" }, { "punctuation", "P" }, { "symbol", "S" },
	{ "mathsymbol", "Sm" }, { "currencysymbol", "Sc" },
	{ "separator", "Z" }, { "spaceseparator", "Zs" }, { "other", "C" },
	{ "control", "Cc" }, { "format", "Cf" },
};

bool
regexp_property(struct regexp_source *s, bool negated)
{
	char name[64], test[96];
	const char *from, *items;
	int n = 0;

	if (s->p == s->end || *s->p != '{')
		return regexp_fail(s, "INVALID_FUNCTION_ARGUMENT");
	for (from = ++s->p; s->p < s->end && *s->p != '}'; s->p++)
		if (n < 62 && strchr(" -_", *s->p) == NULL)
			name[n++] = (char)tolower((unsigned char)*s->p);
	if (s->p == s->end)
		return regexp_fail(s, "invalid character property name <>");
	s->p++;
	name[n] = '\0';
	items = bracket_items(str_of(name));
	if (items != NULL) {
		sbuf_addf(&s->out, negated ? "[^%s]" : "[%s]", items);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (strcmp(categories[i].name, name) == 0)
			snprintf(name, sizeof(name), "%s",
			    categories[i].category);
	snprintf(test, sizeof(test), "\\p{sc:%s}", name);
	if (name[0] == '^' || name[0] == '\0' || strchr(name, ':') != NULL ||
	    strchr(name, '=') != NULL || (!regexp_accepts(test) &&
	    (snprintf(test, sizeof(test), "\\p{%s}", name),
	    !regexp_accepts(test))))
		return regexp_fail(s, arena_printf(&s->r->arena,
		    "invalid character property name <%.*s>",
		    (int)(s->p - 1 - from), from));
	sbuf_addf(&s->out, "[%s%s]", negated ? "^" : "", test);
	return true;
}

/* A class while it is read: plain items, and what must be alternatives. */
struct class_part {
	struct sbuf items, more;
};

static void
part_close(struct class_part *part, struct sbuf *to)
{
	bool items = part->items.n > 0, more = part->more.n > 0;

	if (items && more)
		sbuf_addz(to, "(?:");
	if (items) {
		sbuf_addc(to, '[');
		sbuf_adds(to, sbuf_str(&part->items));
		sbuf_addc(to, ']');
	}
	if (more) {
		if (!items)
			sbuf_addz(to, "(?:");
		else
			sbuf_addc(to, '|');
		sbuf_adds(to, sbuf_str(&part->more));
		sbuf_addc(to, ')');
	}
	if (!items && !more)
		sbuf_addz(to, "(?!)");
	sbuf_clear(&part->items);
	sbuf_clear(&part->more);
}

static void
add_more(struct class_part *part, struct sbuf *expression)
{
	if (part->more.n > 0)
		sbuf_addc(&part->more, '|');
	sbuf_adds(&part->more, sbuf_str(expression));
}

/* Something that appends an expression to s->out; it becomes an alternative.
 */
static bool
nested(struct regexp_source *s, struct class_part *part, int depth, int kind)
{
	struct sbuf saved = s->out;
	bool good;

	s->out = (struct sbuf){ 0 };
	good = kind == '[' ? regexp_class(s, depth + 1)
	    : regexp_property(s, kind == 'P');
	if (good)
		add_more(part, &s->out);
	sbuf_release(&s->out);
	s->out = saved;
	return good;
}

/* "[:alpha:]"; 0: none here, 1: taken, -1: an error. */
static int
take_bracket(struct regexp_source *s, struct class_part *part)
{
	const char *name = s->p + 2, *p = name, *items;
	bool negated;

	if (s->end - s->p < 4 || s->p[1] != ':')
		return 0;
	negated = *p == '^';
	name = p += negated;
	while (p < s->end && *p != ':' && *p != ']')
		p++;
	if (s->end - p < 2 || p[0] != ':' || p[1] != ']')
		return 0;
	items = bracket_items((struct str){ name, (size_t)(p - name) });
	if (items == NULL) {
		regexp_fail(s, "invalid POSIX bracket type");
		return -1;
	}
	s->p = p + 2;
	if (!negated) {
		sbuf_addz(&part->items, items);
	} else {
		if (part->more.n > 0)
			sbuf_addc(&part->more, '|');
		sbuf_addf(&part->more, "[^%s]", items);
	}
	return 1;
}

/* A character or a range from it. */
static bool
take_range(struct regexp_source *s, struct class_part *part)
{
	int32_t from, to;
	int n;

	if (*s->p == '\\') {
		s->p++;
		from = regexp_escaped(s);
	} else {
		from = utf8_at(s->p, s->end, &n);
		s->p += n;
	}
	if (s->error != NULL)
		return false;
	to = from;
	if (s->end - s->p > 2 && s->p[0] == '-' && s->p[1] != ']' &&
	    s->p[1] != '[' && (s->p[1] != '\\' ||
	    strchr("dwsDWSpP", s->p[2]) == NULL)) {
		s->p++;
		if (*s->p == '\\') {
			s->p++;
			to = regexp_escaped(s);
		} else {
			to = utf8_at(s->p, s->end, &n);
			s->p += n;
		}
		if (s->error != NULL)
			return false;
		if (to < from)
			return regexp_fail(s, "empty range in char class");
	}
	regexp_literal(&part->items, from, true);
	if (to != from) {
		sbuf_addc(&part->items, '-');
		regexp_literal(&part->items, to, true);
	}
	return true;
}

static bool
take_item(struct regexp_source *s, struct class_part *part, int depth)
{
	int taken;
	char c;

	if (*s->p == '[') {
		taken = take_bracket(s, part);
		if (taken != 0)
			return taken > 0;
		s->p++;
		return nested(s, part, depth, '[');
	}
	if (*s->p != '\\' || s->end - s->p < 2)
		return take_range(s, part);
	c = s->p[1];
	if (strchr("dwsDWS", c) != NULL) {
		const char *items = regexp_shorthand(c);

		if (c >= 'a') {
			sbuf_addz(&part->items, items);
		} else {
			if (part->more.n > 0)
				sbuf_addc(&part->more, '|');
			sbuf_addf(&part->more, "[^%s]", items);
		}
		s->p += 2;
		return true;
	}
	if (c == 'p' || c == 'P') {
		s->p += 2;
		return nested(s, part, depth, c);
	}
	return take_range(s, part);
}

static bool
class_body(struct regexp_source *s, struct class_part *part,
    struct sbuf *whole, int depth)
{
	bool first = true;

	for (; s->p < s->end && (*s->p != ']' || first); first = false) {
		if (s->end - s->p > 1 && s->p[0] == '&' && s->p[1] == '&') {
			sbuf_addz(whole, "(?=");
			part_close(part, whole);
			sbuf_addc(whole, ')');
			s->p += 2;
			continue;
		}
		if (!take_item(s, part, depth))
			return false;
	}
	if (s->p == s->end)
		return regexp_fail(s, "premature end of char-class");
	s->p++;
	return true;
}

bool
regexp_class(struct regexp_source *s, int depth)
{
	struct class_part part = { 0 };
	struct sbuf whole = { 0 };
	bool negated = s->p < s->end && *s->p == '^', good;

	if (depth > CLASS_DEPTH)
		return regexp_fail(s, "too deep nest level of char-class");
	s->p += negated;
	good = class_body(s, &part, &whole, depth);
	if (good && negated && whole.n == 0 && part.more.n == 0 &&
	    part.items.n > 0) {
		sbuf_addz(&s->out, "[^");
		sbuf_adds(&s->out, sbuf_str(&part.items));
		sbuf_addc(&s->out, ']');
	} else if (good) {
		bool group = negated || whole.n > 0;

		sbuf_addz(&s->out, negated ? "(?:(?!" : group ? "(?:" : "");
		sbuf_adds(&s->out, sbuf_str(&whole));
		part_close(&part, &s->out);
		sbuf_addz(&s->out, negated ? ")(?s:.))" : group ? ")" : "");
	}
	sbuf_release(&part.items);
	sbuf_release(&part.more);
	sbuf_release(&whole);
	return good;
}
