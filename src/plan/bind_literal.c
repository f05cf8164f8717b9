/* SPDX-License-Identifier: Apache-2.0
 * bind_literal.c - literals to constants, type nodes to types. */
#include <stdlib.h>

#include "plan/binder.h"
#include "sql/print.h"
#include "type/decimal.h"
#include "type/value.h"

static int32_t
code_points(struct str s)
{
	int32_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static int
bad_literal(struct binder *b, const struct node *n, struct str value,
    const char *type)
{
	return bind_error(b, n, ERR_INVALID_LITERAL,
	    "'%.*s' is not a valid %s literal", STR_ARG(value), type);
}

/* A text of digits as Trino's DECIMAL literal: its own precision. */
static int
literal_decimal(struct binder *b, const struct node *n, struct str text,
    struct expr **out)
{
	const struct type *t;
	int precision, scale;
	int128 v;

	if (!decimal_parse(text, &v, &precision, &scale))
		return bad_literal(b, n, text, "DECIMAL");
	if (precision > DECIMAL_MAX_PRECISION)
		return bind_error(b, n, ERR_NOT_SUPPORTED,
		    "DECIMAL precision must be in range [1, 38]: %d",
		    precision);
	t = type_decimal(b->arena, precision, scale);
	if (t->rep == REP_I64) {
		int64_t v64 = (int64_t)v;

		*out = expr_const(b->pool, t, &v64);
	} else {
		*out = expr_const(b->pool, t, &v);
	}
	return 0;
}

/* ---- DATE '..', TIMESTAMP '..', bigint '..' ---- */

struct time_parts {
	int digits;             /* of the fraction */
	bool zone;
};

/* What the text of a time or timestamp literal has: digits of the second's
 * fraction, a zone. */
static struct time_parts
time_scan(struct str s, bool date)
{
	struct time_parts p = { 0 };
	size_t i = 0;

	s = str_trim(s);
	if (date) {
		if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			i++;
		while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') ||
		    s.p[i] == '-'))
			i++;
		while (i < s.n && (s.p[i] == ' ' || s.p[i] == 'T'))
			i++;
	}
	while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ':'))
		i++;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			p.digits++;
	while (i < s.n && s.p[i] == ' ')
		i++;
	p.zone = i < s.n;
	return p;
}

static int
literal_parsed(struct binder *b, const struct node *n, struct str value,
    const struct type *t, const char *name, struct expr **out)
{
	union { char bytes[32]; int128 align; } buf;

	memset(&buf, 0, sizeof(buf));
	if (value_parse(t, value, b->session->context->zone, b->arena,
	    buf.bytes, b->err) != 0)
		return bad_literal(b, n, value, name);
	if (t->rep == REP_STR) {
		struct strview v;

		memcpy(&v, buf.bytes, sizeof(v));
		*out = expr_const_str(b->pool, t, strview_str(&v));
	} else {
		*out = expr_const(b->pool, t, buf.bytes);
	}
	return 0;
}

static int
literal_time(struct binder *b, const struct node *n, struct str value,
    bool timestamp, struct expr **out)
{
	struct time_parts p = time_scan(value, timestamp);
	enum type_id id = timestamp
	    ? p.zone ? TYPE_TIMESTAMP_TZ : TYPE_TIMESTAMP
	    : p.zone ? TYPE_TIME_TZ : TYPE_TIME;

	if (p.digits > 12)
		return bind_error(b, n, ERR_INVALID_LITERAL,
		    "%s precision must be in range [0, 12]: %d",
		    timestamp ? p.zone ? "TIMESTAMP WITH TIME ZONE"
		    : "TIMESTAMP" : p.zone ? "TIME WITH TIME ZONE" : "TIME",
		    p.digits);
	return literal_parsed(b, n, value,
	    type_time(b->arena, id, p.digits),
	    timestamp ? "TIMESTAMP" : "TIME", out);
}

static const char *
upper(struct binder *b, struct str s)
{
	char *z = arena_strndup(b->arena, s.p, s.n);

	for (char *p = z; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return z;
}

/* By a cast of the text, as at run time. */
static int
literal_cast(struct binder *b, const struct node *n, struct str value,
    const struct type *t, struct expr **out)
{
	const struct generic_literal_node *g =
	    (const struct generic_literal_node *)n;
	struct expr *text = expr_const_str(b->pool, TYPE(VARCHAR), value);
	struct vec *v;

	if (!type_can_cast(TYPE(VARCHAR), t))
		return bind_error(b, n, ERR_INVALID_LITERAL,
		    "No literal form for type %s", bind_type_text(b, t));
	if (expr_eval_const(expr_cast(b->pool, text, t), b->session->context,
	    &v, b->err) != 0)
		return bad_literal(b, n, value, upper(b, g->type->value));
	*out = expr_const_vec(b->pool, v);
	return 0;
}

static int
literal_generic(struct binder *b, const struct node *n, struct expr **out)
{
	const struct generic_literal_node *g =
	    (const struct generic_literal_node *)n;
	struct str name = g->type->lower;
	const struct type *t;
	struct expr *text;

	if (str_eq(name, STR("time")) || str_eq(name, STR("timestamp")))
		return literal_time(b, n, g->value,
		    str_eq(name, STR("timestamp")), out);
	if (str_eq(name, STR("decimal")) || str_eq(name, STR("dec")))
		return literal_decimal(b, n, str_trim(g->value), out);
	if (str_eq(name, STR("varchar"))) {
		*out = expr_const_str(b->pool, TYPE(VARCHAR), g->value);
		return 0;
	}
	if (str_eq(name, STR("char"))) {
		*out = expr_const_str(b->pool, type_varchar(b->arena,
		    code_points(g->value)), g->value);
		*out = expr_fold(b->pool, expr_cast(b->pool, *out,
		    type_char(b->arena, code_points(g->value))),
		    b->session->context);
		return 0;
	}
	if (str_eq(name, STR("json"))) {
		text = expr_const_str(b->pool, TYPE(VARCHAR), g->value);
		if (bind_call_named(b, n, "json_parse", &text, 1, out) != 0)
			return -(int)b->err->code;
		struct vec *v;

		if (expr_eval_const(*out, b->session->context, &v,
		    b->err) != 0)
			return bad_literal(b, n, g->value, "JSON");
		*out = expr_const_vec(b->pool, v);
		return 0;
	}
	if (type_parse(b->arena, name, &t, b->err) != 0)
		return bind_error(b, NULL, ERR_TYPE_NOT_FOUND,
		    "Unknown type: %.*s", STR_ARG(name));
	return literal_cast(b, n, g->value, t, out);
}

/* ---- INTERVAL ---- */

static const char *const field_names[] = {
	[FIELD_YEAR] = "YEAR", [FIELD_MONTH] = "MONTH", [FIELD_DAY] = "DAY",
	[FIELD_HOUR] = "HOUR", [FIELD_MINUTE] = "MINUTE",
	[FIELD_SECOND] = "SECOND",
};

struct digits {
	struct str s;
	size_t at;
};

static bool
take_number(struct digits *d, int64_t *out)
{
	size_t start = d->at;
	int64_t v = 0;

	while (d->at < d->s.n && d->s.p[d->at] >= '0' &&
	    d->s.p[d->at] <= '9') {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, d->s.p[d->at] - '0', &v))
			return false;
		d->at++;
	}
	*out = v;
	return d->at > start;
}

/* Milliseconds (or months) of one unit. */
static int64_t
unit_of(enum interval_field f)
{
	static const int64_t units[] = {
		[FIELD_YEAR] = 12, [FIELD_MONTH] = 1, [FIELD_DAY] = 86400000,
		[FIELD_HOUR] = 3600000, [FIELD_MINUTE] = 60000,
		[FIELD_SECOND] = 1000,
	};

	return units[f];
}

static bool
take_fraction(struct digits *d, int64_t *millis)
{
	int64_t unit = 100;

	if (d->at >= d->s.n || d->s.p[d->at] != '.')
		return true;
	d->at++;
	for (*millis = 0; d->at < d->s.n; d->at++) {
		char c = d->s.p[d->at];

		if (c < '0' || c > '9')
			return false;
		*millis += (c - '0') * unit;
		unit /= 10;
	}
	return true;
}

/* The fields from..to of the text, in the smallest unit. */
static bool
interval_value(struct str s, enum interval_field from,
    enum interval_field to, int64_t *out)
{
	struct digits d = { str_trim(s), 0 };
	bool negative = false;
	int64_t v, total = 0;

	if (to == FIELD_NONE)
		to = from;
	if (d.at < d.s.n && (d.s.p[d.at] == '-' || d.s.p[d.at] == '+'))
		negative = d.s.p[d.at++] == '-';
	for (enum interval_field f = from; f <= to; f++) {
		if (!take_number(&d, &v) ||
		    __builtin_mul_overflow(v, unit_of(f), &v) ||
		    __builtin_add_overflow(total, v, &total))
			return false;
		if (f == FIELD_SECOND) {
			int64_t millis = 0;

			if (!take_fraction(&d, &millis))
				return false;
			total += millis;
		}
		if (d.at == d.s.n)
			break;  /* the rest is zero */
		if (f == to || (d.s.p[d.at] != '-' && d.s.p[d.at] != ' ' &&
		    d.s.p[d.at] != ':'))
			return false;
		d.at++;
	}
	*out = negative ? -total : total;
	return d.at == d.s.n;
}

static int
literal_interval(struct binder *b, const struct node *n, struct expr **out)
{
	const struct interval_literal_node *l =
	    (const struct interval_literal_node *)n;
	bool months = l->qualifier.from <= FIELD_MONTH;
	int64_t v;

	if (!interval_value(l->value, l->qualifier.from, l->qualifier.to, &v) ||
	    (months && (v > INT32_MAX || v < INT32_MIN)))
		return bind_error(b, n, ERR_INVALID_LITERAL,
		    "Invalid INTERVAL %s%s%s value: %.*s",
		    field_names[l->qualifier.from],
		    l->qualifier.to == FIELD_NONE ? "" : " TO ",
		    l->qualifier.to == FIELD_NONE ? ""
		    : field_names[l->qualifier.to], STR_ARG(l->value));
	if (l->negative)
		v = -v;
	if (months) {
		int32_t v32 = (int32_t)v;

		*out = expr_const(b->pool, TYPE(INTERVAL_YM), &v32);
	} else {
		*out = expr_const(b->pool, TYPE(INTERVAL_DS), &v);
	}
	return 0;
}

static void
literal_long(struct binder *b, int64_t v, struct expr **out)
{
	if (v >= INT32_MIN && v <= INT32_MAX) {
		int32_t v32 = (int32_t)v;

		*out = expr_const(b->pool, TYPE(INTEGER), &v32);
	} else {
		*out = expr_bigint(b->pool, v);
	}
}

int
bind_literal(struct binder *b, struct node *n, struct expr **out)
{
	switch (n->kind) {
	case NODE_NULL_LITERAL:
		*out = expr_const(b->pool, TYPE(UNKNOWN), NULL);
		return 0;
	case NODE_BOOLEAN_LITERAL:
		*out = expr_bool(b->pool,
		    ((struct boolean_literal_node *)n)->value);
		return 0;
	case NODE_LONG_LITERAL:
		literal_long(b, ((struct long_literal_node *)n)->value, out);
		return 0;
	case NODE_DECIMAL_LITERAL:
		return literal_decimal(b, n,
		    ((struct text_literal_node *)n)->value, out);
	case NODE_DOUBLE_LITERAL:
		*out = expr_const(b->pool, TYPE(DOUBLE),
		    &((struct double_literal_node *)n)->value);
		return 0;
	case NODE_STRING_LITERAL: {
		struct str s = ((struct text_literal_node *)n)->value;

		*out = expr_const_str(b->pool,
		    type_varchar(b->arena, code_points(s)), s);
		return 0;
	}
	case NODE_BINARY_LITERAL:
		*out = expr_const_str(b->pool, TYPE(VARBINARY),
		    ((struct text_literal_node *)n)->value);
		return 0;
	case NODE_INTERVAL_LITERAL:
		return literal_interval(b, n, out);
	default:
		return literal_generic(b, n, out);
	}
}

int
bind_type(struct binder *b, const struct node *n, const struct type **out)
{
	struct sbuf text = { 0 };
	int rc;

	sql_print_expression(&text, n);
	rc = type_parse(b->arena, sbuf_str(&text), out, b->err);
	sbuf_release(&text);
	return rc;
}
