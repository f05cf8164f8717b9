/* SPDX-License-Identifier: Apache-2.0
 * regexp_parse.c - rewrites a pattern in JONI's Java syntax for PCRE2:
 * everything is escaped anew, so that nothing means more than it should. */
#include <ctype.h>
#include <stdlib.h>

#include "base/check.h"
#include "func/regexp.h"
#include "type/text.h"

enum { GROUP_DEPTH = 250 };

struct open_group {
	size_t start;
	bool ignore_case, extended;
};

struct translation {
	struct regexp_source *s;
	size_t atom;            /* where the last atom starts; SIZE_MAX: none */
	bool repeated;          /* a quantifier follows it already */
	int depth;
	struct open_group open[GROUP_DEPTH];
};

bool
regexp_fail(struct regexp_source *s, const char *error)
{
	if (s->error == NULL)
		s->error = error;
	return false;
}

void
regexp_literal(struct sbuf *out, int32_t c, bool in_class)
{
	if (c < 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		sbuf_addz(out, in_class ? "" : "(?!)");
		return;
	}
	if (c < 0x80 && !isalnum(c))
		sbuf_addf(out, "\\x%02x", (unsigned)c);
	else
		utf8_add(out, c);
}

static int32_t
take_hex(struct regexp_source *s, int most)
{
	int32_t c = 0;

	for (int n = 0; n < most && s->p < s->end &&
	    isxdigit((unsigned char)*s->p); n++, s->p++) {
		int d = *s->p <= '9' ? *s->p - '0' : (*s->p | 0x20) - 'a' + 10;

		c = c > 0x10ffff ? c : c << 4 | d;
	}
	return c;
}

int32_t
regexp_escaped(struct regexp_source *s)
{
	int32_t c;
	int n;

	if (s->p == s->end) {
		regexp_fail(s, "end pattern at escape");
		return -1;
	}
	c = utf8_at(s->p, s->end, &n);
	s->p += n;
	switch (c) {
	case 't': return '\t';
	case 'n': return '\n';
	case 'r': return '\r';
	case 'f': return '\f';
	case 'v': return '\v';
	case 'a': return 7;
	case 'e': return 27;
	case 'x':
		if (s->p < s->end && *s->p == '{') {
			s->p++;
			c = take_hex(s, 16);
			if (s->p < s->end && *s->p == '}')
				s->p++;
			return c;
		}
		return take_hex(s, 2);
	case 'u':
		return take_hex(s, 4);
	case 'c':
		if (s->p == s->end) {
			regexp_fail(s, "end pattern at control");
			return -1;
		}
		return *s->p++ & 0x1f;
	default:
		break;
	}
	if (c < '0' || c > '7')
		return c;
	c -= '0';
	for (n = 0; n < 2 && s->p < s->end && *s->p >= '0' && *s->p <= '7';
	    n++)
		c = c * 8 + (*s->p++ - '0');
	return c;
}

static void
begin_atom(struct translation *t)
{
	t->atom = t->s->out.n;
	t->repeated = false;
}

/* Under (?i), letters that fold to several: what is there, and at p? */
static bool
take_fold(struct regexp_source *s)
{
	static const struct {
		const char *text, *with;
	} folds[] = {
		{ "ss", "(?:ss|\xc3\x9f|\xe1\xba\x9e)" },
		{ "\xc3\x9f", "(?:ss|\xc3\x9f|\xe1\xba\x9e)" },
		{ "ffi", "(?:ffi|\xef\xac\x83)" },
		{ "ffl", "(?:ffl|\xef\xac\x84)" },
		{ "ff", "(?:ff|\xef\xac\x80)" }, { "fi", "(?:fi|\xef\xac\x81)" },
		{ "fl", "(?:fl|\xef\xac\x82)" },
		{ "st", "(?:st|\xef\xac\x86|\xef\xac\x85)" },
		{ "i\xcc\x87", "(?:i\xcc\x87|\xc4\xb0)" },
	};
	struct str rest = { s->p, (size_t)(s->end - s->p) };

	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		struct str text = str_of(folds[i].text);

		/* A quantifier would bind to the last letter only. */
		if (rest.n < text.n || !str_ieq((struct str){ rest.p,
		    text.n }, text) || (rest.n > text.n &&
		    strchr("*+?{", rest.p[text.n]) != NULL))
			continue;
		sbuf_addz(&s->out, folds[i].with);
		s->p += text.n;
		return true;
	}
	return false;
}

static void
take_character(struct translation *t)
{
	struct regexp_source *s = t->s;
	int32_t c;
	int n;

	begin_atom(t);
	if (s->ignore_case && take_fold(s))
		return;
	c = utf8_at(s->p, s->end, &n);
	s->p += n;
	regexp_literal(&s->out, c, false);
}

static bool
named_reference(struct translation *t)
{
	struct regexp_source *s = t->s;
	const char *from = ++s->p;
	struct str name;

	while (s->p < s->end && *s->p != '>')
		s->p++;
	name = (struct str){ from, (size_t)(s->p - from) };
	if (s->p == s->end)
		return regexp_fail(s, "invalid group name <>");
	s->p++;
	for (int i = 0; i < s->r->n_names; i++) {
		if (!str_eq(s->r->names[i].name, name))
			continue;
		sbuf_addf(&s->out, "\\g{%d}", s->r->names[i].group);
		return true;
	}
	return regexp_fail(s, arena_printf(&s->r->arena,
	    "undefined name <%.*s> reference", STR_ARG(name)));
}

static bool
number_reference(struct translation *t)
{
	struct regexp_source *s = t->s;
	const char *from = s->p;
	int number = 0;

	while (s->p < s->end && isdigit((unsigned char)*s->p) &&
	    number < 10000)
		number = number * 10 + (*s->p++ - '0');
	if (number > 9 && number > s->r->n_groups) {
		s->p = from;
		regexp_literal(&s->out, regexp_escaped(s), false);
		return s->error == NULL;
	}
	s->max_reference = MAX(s->max_reference, number);
	sbuf_addf(&s->out, "\\g{%d}", number);
	return true;
}

/* \b sees Unicode's words, though \w does not. */
#define WORD "[\\p{L}\\p{M}\\p{Nd}\\p{Pc}]"
#define BOUNDARY "(?:(?<=" WORD ")(?!" WORD ")|(?<!" WORD ")(?=" WORD "))"

static bool
take_escape(struct translation *t)
{
	struct regexp_source *s = t->s;
	char c;

	if (++s->p == s->end)
		return regexp_fail(s, "end pattern at escape");
	c = *s->p;
	if (c == 'Q') {
		for (s->p++; s->p < s->end; ) {
			if (s->end - s->p > 1 && s->p[0] == '\\' &&
			    s->p[1] == 'E') {
				s->p += 2;
				break;
			}
			take_character(t);
		}
		return true;
	}
	begin_atom(t);
	if (c == 'k' && s->end - s->p > 1 && s->p[1] == '<') {
		s->p++;
		return named_reference(t);
	}
	if (c >= '1' && c <= '9')
		return number_reference(t);
	if (strchr("dDwWsS", c) != NULL && c != '\0') {
		sbuf_addf(&s->out, c >= 'a' ? "[%s]" : "[^%s]",
		    regexp_shorthand(c));
	} else if (strchr("AzZG", c) != NULL && c != '\0') {
		sbuf_addf(&s->out, "\\%c", c);
	} else if (c == 'b') {
		sbuf_addz(&s->out, BOUNDARY);
	} else if (c == 'B') {
		sbuf_addz(&s->out, "(?!" BOUNDARY ")");
	} else if (c == 'p' || c == 'P') {
		s->p++;
		return regexp_property(s, c == 'P');
	} else {
		regexp_literal(&s->out, regexp_escaped(s), false);
		return s->error == NULL;
	}
	s->p++;
	return true;
}

/* After "(?<": the name, and the group. */
static bool
take_name(struct translation *t)
{
	struct regexp_source *s = t->s;
	struct regexp *r = s->r;
	const char *from = s->p;
	struct str name;
	struct regexp_name *more;

	while (s->p < s->end && *s->p != '>' && *s->p != ')')
		s->p++;
	name = (struct str){ from, (size_t)(s->p - from) };
	if (s->p == s->end || *s->p == ')')
		return regexp_fail(s,
		    "end pattern with unmatched parenthesis");
	s->p++;
	if (name.n == 0)
		return regexp_fail(s, "group name is empty");
	if (isdigit((unsigned char)name.p[0]) || ispunct((unsigned
	    char)name.p[0]))
		return regexp_fail(s, arena_printf(&r->arena,
		    "invalid group name <%.*s>", STR_ARG(name)));
	more = arena_array(&r->arena, struct regexp_name, r->n_names + 1);
	if (r->n_names > 0)
		memcpy(more, r->names, sizeof(*more) * (size_t)r->n_names);
	more[r->n_names].name = (struct str){ arena_strndup(&r->arena,
	    name.p, name.n), name.n };
	more[r->n_names++].group = ++r->n_groups;
	r->names = more;
	sbuf_addc(&s->out, '(');
	return true;
}

/* After "(?": "i-s)" or "i-s:"; *group: the latter. */
static bool
take_flags(struct translation *t, bool *group)
{
	struct regexp_source *s = t->s;
	bool on = true;

	sbuf_addz(&s->out, "(?");
	for (; s->p < s->end; s->p++) {
		char c = *s->p;

		if (c == ')' || c == ':') {
			*group = c == ':';
			sbuf_addc(&s->out, c);
			s->p++;
			return true;
		}
		if (c == '-') {
			if (on)
				sbuf_addc(&s->out, c);
			on = false;
		} else if (c == 'x') {
			s->extended = on;
		} else if (c == 'i' || c == 'm' || c == 's') {
			sbuf_addc(&s->out, c);
			if (c == 'i')
				s->ignore_case = on;
		} else {
			return regexp_fail(s, "undefined group option");
		}
	}
	return regexp_fail(s, "end pattern in group");
}

/* "(?#": skipped. */
static bool
take_comment(struct regexp_source *s)
{
	while (s->p < s->end && *s->p != ')')
		s->p++;
	if (s->p == s->end)
		return regexp_fail(s, "end pattern in group");
	s->p++;
	return true;
}

static bool
take_group(struct translation *t)
{
	struct regexp_source *s = t->s;
	struct open_group *g = &t->open[t->depth];
	struct str rest = { ++s->p, (size_t)(s->end - s->p) };
	static const char *const plain[] = { "?:", "?=", "?!", "?>", "?<=",
		"?<!" };
	bool group = true;

	if (t->depth == GROUP_DEPTH - 1)
		return regexp_fail(s, "too deep nest level of groups");
	*g = (struct open_group){ s->out.n, s->ignore_case, s->extended };
	if (str_starts(rest, STR("?#")))
		return take_comment(s);
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (!str_starts(rest, str_of(plain[i])))
			continue;
		sbuf_addf(&s->out, "(%s", plain[i]);
		s->p += strlen(plain[i]);
		goto opened;
	}
	if (str_starts(rest, STR("?<"))) {
		s->p += 2;
		if (!take_name(t))
			return false;
	} else if (str_starts(rest, STR("?"))) {
		s->p++;
		if (!take_flags(t, &group))
			return false;
	} else {
		s->r->n_groups++;
		sbuf_addc(&s->out, '(');
	}
opened:
	t->depth += group;
	t->atom = SIZE_MAX;
	return true;
}

static bool
close_group(struct translation *t)
{
	struct regexp_source *s = t->s;
	struct open_group *g;

	if (t->depth == 0)
		return regexp_fail(s, "unmatched close parenthesis");
	g = &t->open[--t->depth];
	s->ignore_case = g->ignore_case;
	s->extended = g->extended;
	s->p++;
	sbuf_addc(&s->out, ')');
	t->atom = g->start;
	t->repeated = false;
	return true;
}

/* "{2,3}" at p; 0: it is no quantifier, -1: an error. */
static int
take_interval(struct regexp_source *s, struct sbuf *out)
{
	const char *p = s->p + 1;
	long low = 0, high = -1;
	const char *from = p;

	for (; p < s->end && isdigit((unsigned char)*p) && low < 1000000; p++)
		low = low * 10 + (*p - '0');
	if (p == from)
		return 0;
	if (p < s->end && *p == ',') {
		from = ++p;
		for (high = 0; p < s->end && isdigit((unsigned char)*p) &&
		    high < 1000000; p++)
			high = high * 10 + (*p - '0');
		high = p == from ? -1 : high;
		sbuf_addf(out, high < 0 ? "{%ld,}" : "{%ld,%ld}", low, high);
	} else {
		high = low;
		sbuf_addf(out, "{%ld}", low);
	}
	if (p == s->end || *p != '}')
		return 0;
	s->p = p + 1;
	if (low > 65535 || high > 65535) {
		regexp_fail(s, "too big number is specified");
		return -1;
	}
	if (high >= 0 && high < low) {
		regexp_fail(s, "upper is smaller than lower in repeat range");
		return -1;
	}
	return 1;
}

static bool
take_quantifier(struct translation *t)
{
	struct regexp_source *s = t->s;
	struct sbuf q = { 0 }, atom = { 0 };
	int taken = 1;

	if (*s->p == '{')
		taken = take_interval(s, &q);
	else
		sbuf_addc(&q, *s->p++);
	if (taken == 0)
		take_character(t);
	else if (taken > 0 && t->atom == SIZE_MAX)
		regexp_fail(s, "target of repeat operator is not specified");
	if (taken > 0 && s->error == NULL) {
		if (s->p < s->end && (*s->p == '?' || *s->p == '+'))
			sbuf_addc(&q, *s->p++);
		sbuf_add(&atom, s->out.p + t->atom, s->out.n - t->atom);
		s->out.n = t->atom;
		sbuf_addz(&s->out, t->repeated ? "(?:" : "");
		sbuf_adds(&s->out, sbuf_str(&atom));
		sbuf_addz(&s->out, t->repeated ? ")" : "");
		sbuf_adds(&s->out, sbuf_str(&q));
		t->repeated = true;
	}
	sbuf_release(&q);
	sbuf_release(&atom);
	return s->error == NULL;
}

static bool
take_next(struct translation *t)
{
	struct regexp_source *s = t->s;
	char c = *s->p;

	if (s->extended && strchr(" \t\n\r\f\v", c) != NULL && c != '\0') {
		s->p++;
		return true;
	}
	if (s->extended && c == '#') {
		while (s->p < s->end && *s->p != '\n')
			s->p++;
		return true;
	}
	switch (c) {
	case '\\':
		return take_escape(t);
	case '[':
		begin_atom(t);
		s->p++;
		return regexp_class(s, 0);
	case '(':
		return take_group(t);
	case ')':
		return close_group(t);
	case '*': case '+': case '?': case '{':
		return take_quantifier(t);
	case '|':
		t->atom = SIZE_MAX;
		break;
	case '.': case '^': case '$':
		begin_atom(t);
		break;
	default:
		take_character(t);
		return true;
	}
	sbuf_addc(&s->out, c);
	s->p++;
	return true;
}

bool
regexp_translate(struct regexp_source *s)
{
	struct translation *t = xcalloc(1, sizeof(*t));

	t->s = s;
	t->atom = SIZE_MAX;
	while (s->p < s->end && take_next(t))
		;
	if (s->error == NULL && t->depth > 0)
		regexp_fail(s, "end pattern with unmatched parenthesis");
	if (s->error == NULL && s->max_reference > s->r->n_groups)
		regexp_fail(s, "invalid backref number/name");
	free(t);
	return s->error == NULL;
}
