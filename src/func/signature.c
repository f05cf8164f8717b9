/* SPDX-License-Identifier: Apache-2.0
 * signature.c - the texts of the function tables to trees and to the form
 * that error messages show. */
#include "func/signature.h"

#include "base/check.h"

struct sig_parser {
	struct arena *arena;
	struct signature *sig;
	const char *at;
};

static const struct { const char *name; enum type_id id; } bases[] = {
	{ "unknown", TYPE_UNKNOWN }, { "boolean", TYPE_BOOLEAN },
	{ "tinyint", TYPE_TINYINT }, { "smallint", TYPE_SMALLINT },
	{ "integer", TYPE_INTEGER }, { "bigint", TYPE_BIGINT },
	{ "real", TYPE_REAL }, { "double", TYPE_DOUBLE },
	{ "decimal", TYPE_DECIMAL }, { "number", TYPE_NUMBER },
	{ "varchar", TYPE_VARCHAR }, { "char", TYPE_CHAR },
	{ "varbinary", TYPE_VARBINARY }, { "json", TYPE_JSON },
	{ "variant", TYPE_VARIANT }, { "date", TYPE_DATE },
	{ "time", TYPE_TIME }, { "timestamp", TYPE_TIMESTAMP },
	{ "uuid", TYPE_UUID }, { "ipaddress", TYPE_IPADDRESS },
	{ "hyperloglog", TYPE_HYPERLOGLOG },
	{ "p4hyperloglog", TYPE_P4HYPERLOGLOG },
	{ "setdigest", TYPE_SETDIGEST }, { "qdigest", TYPE_QDIGEST },
	{ "tdigest", TYPE_TDIGEST }, { "color", TYPE_COLOR },
	{ "array", TYPE_ARRAY }, { "map", TYPE_MAP }, { "row", TYPE_ROW },
	{ "function", TYPE_FUNCTION },
};

static const char *const texts[] = { "joniregexp", "jsonpath", "codepoints",
	"likepattern" };

static bool
word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static bool
accept(struct sig_parser *p, const char *text)
{
	size_t n = strlen(text);

	while (*p->at == ' ')
		p->at++;
	if (strncmp(p->at, text, n) != 0)
		return false;
	p->at += n;
	return true;
}

static struct str
parse_word(struct sig_parser *p)
{
	struct str w;

	while (*p->at == ' ')
		p->at++;
	w.p = p->at;
	while (word_char(*p->at))
		p->at++;
	w.n = (size_t)(p->at - w.p);
	CHECK(w.n > 0);
	return w;
}

static int
find_var(struct signature *s, struct str name)
{
	int i;

	for (i = 0; i < s->n_vars; i++)
		if (str_eq(s->var[i].name, name))
			return i;
	CHECK(i < SIG_MAX_VARS);
	s->var[i] = (struct sig_var){ .name = name };
	return s->n_vars++;
}

static struct sig_num
parse_num(struct sig_parser *p)
{
	struct signature *s = p->sig;
	struct str w = parse_word(p);
	int64_t value = 0;
	int i;

	if (w.p[0] >= '0' && w.p[0] <= '9') {
		for (size_t k = 0; k < w.n; k++)
			value = value * 10 + (w.p[k] - '0');
		return (struct sig_num){ -1, value };
	}
	for (i = 0; i < s->n_nums; i++)
		if (str_eq(s->num[i], w))
			return (struct sig_num){ i, 0 };
	CHECK(i < SIG_MAX_NUMS);
	s->num[s->n_nums++] = w;
	return (struct sig_num){ i, 0 };
}

static struct sig_type *parse_type(struct sig_parser *p);

static void
parse_arguments(struct sig_parser *p, struct sig_type *t)
{
	bool types = t->id == TYPE_ARRAY || t->id == TYPE_MAP ||
	    t->id == TYPE_ROW || t->id == TYPE_QDIGEST ||
	    t->id == TYPE_FUNCTION;

	if (!accept(p, "("))
		return;
	if (accept(p, ")"))
		return;
	do {
		if (types) {
			CHECK(t->n_child < SIG_MAX_CHILD);
			t->child[t->n_child++] = parse_type(p);
		} else {
			CHECK(t->n_num < 2);
			t->num[t->n_num++] = parse_num(p);
		}
	} while (accept(p, ","));
	CHECK(accept(p, ")"));
}

static bool
parse_special(struct sig_parser *p, struct sig_type *t, struct str w)
{
	if (str_eq(w, STR("interval"))) {
		t->id = accept(p, "year to month") ? TYPE_INTERVAL_YM
		    : TYPE_INTERVAL_DS;
		CHECK(t->id == TYPE_INTERVAL_YM ||
		    accept(p, "day to second"));
		return true;
	}
	if (str_eq(w, STR("any"))) {
		t->kind = SIG_ANY;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq(w, str_of(texts[i]))) {
			t->kind = SIG_TEXT;
			t->id = TYPE_VARCHAR;
			t->text = w;
			return true;
		}
	return false;
}

static struct sig_type *
parse_type(struct sig_parser *p)
{
	struct sig_type *t = arena_new(p->arena, struct sig_type);
	bool comparable = accept(p, "="), orderable = accept(p, "<");
	struct str w = parse_word(p);
	size_t i;

	if (w.n <= 2 && w.p[0] >= 'A' && w.p[0] <= 'Z') {
		t->kind = SIG_VAR;
		t->var = find_var(p->sig, w);
		p->sig->var[t->var].comparable |= comparable;
		p->sig->var[t->var].orderable |= orderable;
		return t;
	}
	if (parse_special(p, t, w))
		return t;
	for (i = 0; i < ARRAY_LEN(bases); i++)
		if (str_eq(w, str_of(bases[i].name)))
			break;
	CHECK(i < ARRAY_LEN(bases));
	t->id = bases[i].id;
	if (t->id == TYPE_FUNCTION)
		t->kind = SIG_FUNCTION;
	parse_arguments(p, t);
	if ((t->id == TYPE_TIME || t->id == TYPE_TIMESTAMP) &&
	    accept(p, "with time zone"))
		t->id = t->id == TYPE_TIME ? TYPE_TIME_TZ : TYPE_TIMESTAMP_TZ;
	return t;
}

struct str
signature_name(const char *text)
{
	return (struct str){ text, strcspn(text, "(") };
}

struct signature *
signature_parse(struct arena *a, const char *text)
{
	struct signature *s = arena_new(a, struct signature);
	struct sig_parser p = { a, s, text };

	s->name = signature_name(text);
	p.at += s->name.n;
	CHECK(accept(&p, "("));
	if (!accept(&p, ")")) {
		do {
			CHECK(s->n < SIG_MAX_CHILD);
			s->param[s->n++] = parse_type(&p);
		} while (accept(&p, ","));
		s->variadic = accept(&p, "...");
		CHECK(accept(&p, ")"));
	}
	CHECK(accept(&p, ":"));
	s->result = parse_type(&p);
	CHECK(*p.at == '\0');
	return s;
}

struct sig_type *
signature_parse_type(struct arena *a, struct signature *s, const char *text)
{
	struct sig_parser p = { a, s, text };

	return parse_type(&p);
}

/* ---- printing ---- */

static void
print_sig_type(struct sbuf *to, const struct signature *s,
    const struct sig_type *t)
{
	const char *name = "?";

	if (t->kind == SIG_VAR) {
		sbuf_adds(to, s->var[t->var].name);
		return;
	}
	if (t->kind == SIG_ANY) {
		sbuf_addz(to, "any");
		return;
	}
	if (t->kind == SIG_TEXT) {
		sbuf_adds(to, t->text);
		return;
	}
	if (t->id == TYPE_INTERVAL_YM || t->id == TYPE_INTERVAL_DS) {
		type_print(to, &type_simple[t->id]);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(bases); i++)
		if (bases[i].id == t->id)
			name = bases[i].name;
	if (t->id == TYPE_TIME_TZ || t->id == TYPE_TIMESTAMP_TZ)
		name = t->id == TYPE_TIME_TZ ? "time" : "timestamp";
	sbuf_addz(to, name);
	if (t->n_num + t->n_child > 0) {
		for (int i = 0; i < t->n_num; i++) {
			sbuf_addc(to, i == 0 ? '(' : ',');
			if (t->num[i].var >= 0)
				sbuf_adds(to, s->num[t->num[i].var]);
			else
				sbuf_addf(to, "%lld",
				    (long long)t->num[i].value);
		}
		for (int i = 0; i < t->n_child; i++) {
			sbuf_addc(to, i == 0 ? '(' : ',');
			print_sig_type(to, s, t->child[i]);
		}
		sbuf_addc(to, ')');
	}
	if (t->id == TYPE_TIME_TZ || t->id == TYPE_TIMESTAMP_TZ)
		sbuf_addz(to, " with time zone");
}

void
signature_print(struct sbuf *to, const struct signature *s)
{
	bool done[SIG_MAX_VARS] = { false };

	sbuf_adds(to, s->name);
	sbuf_addc(to, '(');
	for (int i = 0; i < s->n; i++) {
		if (i > 0)
			sbuf_addz(to, ", ");
		print_sig_type(to, s, s->param[i]);
	}
	sbuf_addc(to, ')');
	for (int k = 0; k < s->n_vars; k++) {
		int least = -1;

		for (int i = 0; i < s->n_vars; i++)
			if (!done[i] && (least < 0 ||
			    str_cmp(s->var[i].name, s->var[least].name) < 0))
				least = i;
		done[least] = true;
		sbuf_addz(to, k == 0 ? " " : ", ");
		sbuf_adds(to, s->var[least].name);
		if (s->var[least].orderable)
			sbuf_addz(to, ":orderable");
		else if (s->var[least].comparable)
			sbuf_addz(to, ":comparable");
	}
}

void
signature_print_type(struct sbuf *to, const struct type *t)
{
	struct sbuf b = { 0 };
	bool quoted = false;

	type_print(&b, t);
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '"')
			quoted = !quoted;
		if (b.p[i] == ' ' && !quoted && i > 0 && b.p[i - 1] == ',')
			continue;
		sbuf_addc(to, b.p[i]);
	}
	sbuf_release(&b);
}
