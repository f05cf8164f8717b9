/* SPDX-License-Identifier: Apache-2.0
 * type_parse.c - text to type: SQL's spellings and what type_print() and the
 * client protocol write.
 *
 * A row field may be a bare type or a name and a type; names may be type
 * words ("date date"), so a field is read as a type first and as a name when
 * that fails.  The second way ends at once on the tokens on which the first
 * can fail late, so that the work stays linear. */
#include "type/type.h"

#include "base/check.h"

enum { MAX_DEPTH = 200, MAX_FIELDS = 100000, CHAR_MAX_LENGTH = 65536 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN, TOKEN_BAD };

struct token {
	enum token_kind kind;
	struct str text;        /* a quoted word with its quotes */
	bool quoted;
	size_t next;            /* offset behind it */
};

struct parser {
	struct arena *a;
	struct str s;
	size_t at;
	int depth;
	struct err *e;
};

struct fields {
	const struct type **v;
	int n, cap;
};

struct field_names {
	const char **v;
	int n, cap;
};

static int parse_type(struct parser *p, const struct type **out);

static bool
is_word(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (unsigned char)c >= 0x80 ||
	    (!first && ((c >= '0' && c <= '9') || c == '$' || c == '@'));
}

static struct token
token_at(const struct parser *p, size_t i)
{
	struct token t = { 0 };
	const char *s = p->s.p;
	size_t n = p->s.n, start;

	while (i < n && (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r')))
		i++;
	start = i;
	if (i == n) {
		t.kind = TOKEN_END;
	} else if (s[i] == '"') {
		t.kind = TOKEN_BAD;
		for (i++; i < n && t.kind == TOKEN_BAD; i++) {
			if (s[i] != '"')
				continue;
			if (i + 1 < n && s[i + 1] == '"')
				i++;
			else
				t.kind = TOKEN_WORD;
		}
		t.quoted = true;
	} else if (is_word(s[i], true)) {
		t.kind = TOKEN_WORD;
		while (i < n && is_word(s[i], false))
			i++;
	} else if (s[i] >= '0' && s[i] <= '9') {
		t.kind = TOKEN_NUMBER;
		while (i < n && s[i] >= '0' && s[i] <= '9')
			i++;
	} else {
		t.kind = TOKEN_SIGN;
		i++;
	}
	t.text = (struct str){ s + start, i - start };
	t.next = i;
	return t;
}

static bool
token_is(const struct token *t, const char *z)
{
	return !t->quoted && t->kind != TOKEN_END &&
	    str_ieq(t->text, str_of(z));
}

static bool
accept(struct parser *p, const char *z)
{
	struct token t = token_at(p, p->at);

	if (!token_is(&t, z))
		return false;
	p->at = t.next;
	return true;
}

/* All of the words or none of them. */
static bool
accept_words(struct parser *p, const char *one, const char *two,
    const char *three)
{
	size_t save = p->at;

	if (accept(p, one) && (two == NULL || accept(p, two)) &&
	    (three == NULL || accept(p, three)))
		return true;
	p->at = save;
	return false;
}

/* The type's text from `start` on, in one spelling. */
static int
unknown_type(struct parser *p, size_t start)
{
	struct sbuf b = { 0 };
	size_t end = p->at, i = start;
	bool space = false;
	int rc;

	for (;;) {
		struct token t = token_at(p, i);
		size_t k;

		if (t.kind == TOKEN_END || (i > start && t.next > end))
			break;
		if (space && t.kind != TOKEN_SIGN)
			sbuf_addc(&b, ' ');
		for (k = 0; k < t.text.n; k++) {
			char c = t.text.p[k];

			sbuf_addc(&b, !t.quoted && c >= 'A' && c <= 'Z'
			    ? (char)(c + 32) : c);
		}
		space = t.kind != TOKEN_SIGN || t.text.p[0] == ',' ||
		    t.text.p[0] == ')';
		i = t.next;
	}
	rc = err_set(p->e, ERR_TYPE_NOT_FOUND, "Unknown type: %s", sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}

/* Skips the arguments of a type that is not known, for the message. */
static void
skip_arguments(struct parser *p)
{
	struct token t = token_at(p, p->at);
	int open = 0;

	if (!token_is(&t, "("))
		return;
	for (; t.kind != TOKEN_END; t = token_at(p, p->at)) {
		open += token_is(&t, "(") - token_is(&t, ")");
		p->at = t.next;
		if (open == 0)
			break;
	}
}

/* "(n)" or "(n, m)"; *count says how many, 0 when there is no list. A list
 * that holds no numbers or too many leaves *count at -1. */
static void
parse_numbers(struct parser *p, int64_t *value, int max, int *count)
{
	*count = 0;
	if (!accept(p, "("))
		return;
	for (;;) {
		struct token t = token_at(p, p->at);
		size_t i;

		if (t.kind != TOKEN_NUMBER || *count == max) {
			*count = -1;
			return;
		}
		value[*count] = 0;
		for (i = 0; i < t.text.n; i++)
			if (value[*count] <= INT32_MAX)
				value[*count] = value[*count] * 10 +
				    (t.text.p[i] - '0');
		++*count;
		p->at = t.next;
		if (accept(p, ")"))
			return;
		if (!accept(p, ",")) {
			*count = -1;
			return;
		}
	}
}

static int
parse_decimal(struct parser *p, size_t start, const struct type **out)
{
	int64_t v[2] = { DECIMAL_MAX_PRECISION, 0 };
	int n;

	parse_numbers(p, v, 2, &n);
	if (n < 0)
		return unknown_type(p, start);
	if (v[0] < 1 || v[0] > DECIMAL_MAX_PRECISION)
		return err_set(p->e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "DECIMAL precision must be in range [1, 38]: %lld",
		    (long long)v[0]);
	if (v[1] > v[0])
		return err_set(p->e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "DECIMAL scale must be in range [0, precision (%lld)]: "
		    "%lld",
		    (long long)v[0], (long long)v[1]);
	*out = type_decimal(p->a, (int)v[0], (int)v[1]);
	return 0;
}

static int
parse_string(struct parser *p, size_t start, bool fixed,
    const struct type **out)
{
	int64_t length = fixed ? 1 : TYPE_UNBOUNDED;
	int n;

	parse_numbers(p, &length, 1, &n);
	if (n < 0 || length > (fixed ? CHAR_MAX_LENGTH : TYPE_UNBOUNDED))
		return unknown_type(p, start);
	*out = fixed ? type_char(p->a, (int32_t)length)
	    : type_varchar(p->a, (int32_t)length);
	return 0;
}

static int
parse_time(struct parser *p, size_t start, bool stamp,
    const struct type **out)
{
	enum type_id id = stamp ? TYPE_TIMESTAMP : TYPE_TIME;
	int64_t digits = 3;
	int n;

	parse_numbers(p, &digits, 1, &n);
	if (accept_words(p, "with", "time", "zone"))
		id = stamp ? TYPE_TIMESTAMP_TZ : TYPE_TIME_TZ;
	else
		accept_words(p, "without", "time", "zone");
	if (n < 0 || digits > 12)
		return unknown_type(p, start);
	*out = type_time(p->a, id, (int)digits);
	return 0;
}

static const char *
field_name(struct parser *p, const struct token *t)
{
	char *name, *to;
	size_t i;

	if (!t->quoted)
		return arena_strndup(p->a, t->text.p, t->text.n);
	name = to = arena_alloc(p->a, t->text.n);
	for (i = 1; i + 1 < t->text.n; i++) {
		if (t->text.p[i] == '"')
			i++;
		*to++ = t->text.p[i];
	}
	*to = '\0';
	return name;
}

static int
parse_field(struct parser *p, const char **name, const struct type **out)
{
	struct token t = token_at(p, p->at), end;
	size_t start = p->at;
	struct err *e = p->e;
	int rc;

	*name = NULL;
	p->e = NULL;
	rc = parse_type(p, out);
	p->e = e;
	end = token_at(p, p->at);
	if (rc == 0 && (token_is(&end, ",") || token_is(&end, ")")))
		return 0;
	p->at = t.next;
	end = token_at(p, p->at);
	if (t.kind != TOKEN_WORD || end.kind != TOKEN_WORD) {
		p->at = start;
		rc = parse_type(p, out);
		return rc != 0 ? rc : err_set(p->e, ERR_TYPE_NOT_FOUND,
		    "Unknown type: %.*s", STR_ARG(p->s));
	}
	*name = field_name(p, &t);
	return parse_type(p, out);
}

static int
parse_row(struct parser *p, size_t start, const struct type **out)
{
	struct fields fields = { 0 };
	struct field_names names = { 0 };

	if (!accept(p, "("))
		return unknown_type(p, start);
	do {
		const struct type *t;
		const char *name;
		int rc = parse_field(p, &name, &t);

		if (rc != 0)
			return rc;
		if (fields.n == MAX_FIELDS)
			return unknown_type(p, start);
		arena_push(p->a, &fields, t);
		arena_push(p->a, &names, name);
	} while (accept(p, ","));
	if (!accept(p, ")"))
		return unknown_type(p, start);
	*out = type_row(p->a, fields.n, fields.v, names.v);
	return 0;
}

/* "(T)", "<T>", "(K, V)": exactly n types. */
static int
parse_arguments(struct parser *p, size_t start, int n,
    const struct type **child)
{
	bool angle = accept(p, "<");
	int i, rc;

	if (!angle && !accept(p, "("))
		return unknown_type(p, start);
	for (i = 0; i < n; i++) {
		if (i > 0 && !accept(p, ",")) {
			accept(p, ")");
			return unknown_type(p, start);
		}
		rc = parse_type(p, &child[i]);
		if (rc != 0)
			return rc;
	}
	if (!accept(p, angle ? ">" : ")"))
		return unknown_type(p, start);
	return 0;
}

static int
parse_nested(struct parser *p, size_t start, enum type_id id,
    const struct type **out)
{
	const struct type *child[2];
	int rc = parse_arguments(p, start, id == TYPE_MAP ? 2 : 1, child);

	if (rc != 0)
		return rc;
	if (id == TYPE_MAP)
		*out = type_map(p->a, child[0], child[1]);
	else if (id == TYPE_QDIGEST)
		*out = type_qdigest(p->a, child[0]);
	else
		*out = type_array(p->a, child[0]);
	return 0;
}

static const struct {
	const char *name;
	enum type_id id;
} words[] = {
	{ "unknown", TYPE_UNKNOWN }, { "boolean", TYPE_BOOLEAN },
	{ "tinyint", TYPE_TINYINT }, { "smallint", TYPE_SMALLINT },
	{ "integer", TYPE_INTEGER }, { "int", TYPE_INTEGER },
	{ "bigint", TYPE_BIGINT }, { "real", TYPE_REAL },
	{ "double", TYPE_DOUBLE }, { "decimal", TYPE_DECIMAL },
	{ "number", TYPE_NUMBER }, { "varchar", TYPE_VARCHAR },
	{ "char", TYPE_CHAR }, { "varbinary", TYPE_VARBINARY },
	{ "json", TYPE_JSON }, { "variant", TYPE_VARIANT },
	{ "date", TYPE_DATE }, { "time", TYPE_TIME },
	{ "timestamp", TYPE_TIMESTAMP }, { "interval", TYPE_INTERVAL_YM },
	{ "uuid", TYPE_UUID }, { "ipaddress", TYPE_IPADDRESS },
	{ "hyperloglog", TYPE_HYPERLOGLOG },
	{ "p4hyperloglog", TYPE_P4HYPERLOGLOG },
	{ "setdigest", TYPE_SETDIGEST }, { "qdigest", TYPE_QDIGEST },
	{ "tdigest", TYPE_TDIGEST }, { "color", TYPE_COLOR },
	{ "array", TYPE_ARRAY }, { "map", TYPE_MAP }, { "row", TYPE_ROW },
};

static int
word_type(const struct token *t)
{
	struct str s = t->text;
	size_t i;

	if (t->quoted)
		s = (struct str){ s.p + 1, s.n - 2 };
	for (i = 0; i < ARRAY_LEN(words); i++)
		if (str_ieq(s, str_of(words[i].name)))
			return (int)words[i].id;
	return -1;
}

static int
parse_base(struct parser *p, const struct type **out)
{
	struct token t = token_at(p, p->at);
	size_t start = p->at;
	int id = t.kind == TOKEN_WORD ? word_type(&t) : -1;

	p->at = t.next;
	switch (id) {
	case -1:
		skip_arguments(p);
		return unknown_type(p, start);
	case TYPE_DECIMAL:
		return parse_decimal(p, start, out);
	case TYPE_VARCHAR:
	case TYPE_CHAR:
		return parse_string(p, start, id == TYPE_CHAR, out);
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
		return parse_time(p, start, id == TYPE_TIMESTAMP, out);
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_QDIGEST:
		return parse_nested(p, start, (enum type_id)id, out);
	case TYPE_ROW:
		return parse_row(p, start, out);
	case TYPE_INTERVAL_YM:
		if (accept_words(p, "year", "to", "month"))
			*out = TYPE(INTERVAL_YM);
		else if (accept_words(p, "day", "to", "second"))
			*out = TYPE(INTERVAL_DS);
		else
			return unknown_type(p, start);
		return 0;
	case TYPE_DOUBLE:
		accept(p, "precision");
		break;
	default:
		break;
	}
	*out = &type_simple[id];
	return 0;
}

static int
parse_type(struct parser *p, const struct type **out)
{
	int rc;

	if (p->depth == MAX_DEPTH)
		return err_set(p->e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Type is nested too deeply: more than %d levels",
		    MAX_DEPTH);
	p->depth++;
	rc = parse_base(p, out);
	while (rc == 0 && accept(p, "array"))
		*out = type_array(p->a, *out);
	p->depth--;
	return rc;
}

int
type_parse(struct arena *a, struct str text, const struct type **out,
    struct err *e)
{
	struct parser p = { .a = a, .s = text, .e = e };
	struct token t;
	int rc = parse_type(&p, out);

	if (rc != 0)
		return rc;
	t = token_at(&p, p.at);
	if (t.kind != TOKEN_END)
		return err_set(e, ERR_TYPE_NOT_FOUND, "Unknown type: %.*s",
		    STR_ARG(text));
	return 0;
}
