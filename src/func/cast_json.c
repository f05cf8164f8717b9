/* SPDX-License-Identifier: Apache-2.0
 * cast_json.c - casts to and from json.
 *
 * A value of type json is its normal form, so that it can be read with the
 * plain cursor.  From json, values go to a builder of the wanted type; the
 * error of a part is the row's error, with the whole value shown. */
#include "func/cast_priv.h"
#include "func/json_read.h"
#include "page/build.h"
#include "page/compare.h"
#include "type/convert.h"
#include "type/decimal.h"
#include "type/float.h"
#include "type/json.h"
#include "type/number.h"
#include "type/text.h"
#include "type/value.h"

/* ---- to json ---- */

static void write_json(struct sbuf *to, const struct vec *v, uint32_t i);

/* As Java's BigDecimal: with an exponent when it is very small. */
static void
write_decimal(struct sbuf *to, const struct type *t, const void *p)
{
	struct sbuf digits = { 0 };
	int128 d;
	size_t skip = 0;

	if (t->rep == REP_I64)
		d = *(const int64_t *)p;
	else
		memcpy(&d, p, sizeof(d));
	if (t->scale <= 6) {
		value_print(to, t, p);
		return;
	}
	decimal_print(&digits, d < 0 ? -d : d, 0);
	while (skip + 1 < digits.n && digits.p[skip] == '0')
		skip++;
	big_decimal_print(to, d < 0, (struct str){ digits.p + skip,
	    digits.n - skip }, t->scale);
	sbuf_release(&digits);
}

/* Text, date and the like in quotes; numbers bare, but NaN and infinities. */
static void
write_scalar(struct sbuf *to, const struct type *t, const void *p)
{
	struct sbuf b = { 0 };
	bool quote = false;

	switch (t->id) {
	case TYPE_VARCHAR: case TYPE_CHAR:
		json_value_quote(to, strview_str(p));
		return;
	case TYPE_DOUBLE:
		double_print(&b, *(const double *)p);
		quote = b.p[b.n - 1] > '9';
		break;
	case TYPE_REAL:
		real_print(&b, *(const float *)p);
		quote = b.p[b.n - 1] > '9';
		break;
	case TYPE_BOOLEAN: case TYPE_TINYINT: case TYPE_SMALLINT:
	case TYPE_INTEGER: case TYPE_BIGINT:
	case TYPE_NUMBER: case TYPE_JSON:
		value_print(&b, t, p);
		break;
	case TYPE_DECIMAL:
		write_decimal(&b, t, p);
		break;
	default:
		value_print(&b, t, p);
		quote = true;
		break;
	}
	if (quote)
		json_value_quote(to, sbuf_str(&b));
	else
		sbuf_adds(to, sbuf_str(&b));
	sbuf_release(&b);
}

/* A key's text, unquoted. */
static void
write_key(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const void *p = vec_at(v, i);

	if (v->type->id == TYPE_DOUBLE)
		double_print(to, *(const double *)p);
	else if (v->type->id == TYPE_REAL)
		real_print(to, *(const float *)p);
	else
		value_print(to, v->type, p);
}

/* Members sorted by name: the normal form of what was put together. */
static void
write_map(struct sbuf *to, const struct vec *v, struct list_ref ref)
{
	struct sbuf b = { 0 }, key = { 0 }, sorted = { 0 };

	sbuf_addc(&b, '{');
	for (uint32_t k = 0; k < ref.n; k++) {
		if (k > 0)
			sbuf_addc(&b, ',');
		sbuf_clear(&key);
		write_key(&key, v->child[0], ref.offset + k);
		json_value_quote(&b, sbuf_str(&key));
		sbuf_addz(&b, ":0");
	}
	sbuf_addc(&b, '}');
	/* Only the names are sorted by the normal form: values (rows may have
	 * equal names) are put in as they are. */
	if (json_normalize(&sorted, sbuf_str(&b))) {
		struct json_cursor c = json_read(sbuf_str(&sorted));
		bool first = true, any = false;

		json_accept(&c, '{');
		sbuf_addc(to, '{');
		while (json_next_member(&c, &first, &key)) {
			json_take(&c);
			for (uint32_t k = ref.offset; k < ref.offset + ref.n;
			    k++) {
				sbuf_clear(&b);
				write_key(&b, v->child[0], k);
				if (!str_eq(sbuf_str(&b), sbuf_str(&key)))
					continue;
				if (any)
					sbuf_addc(to, ',');
				any = true;
				json_value_quote(to, sbuf_str(&key));
				sbuf_addc(to, ':');
				write_json(to, v->child[1], k);
				break;
			}
		}
		sbuf_addc(to, '}');
	}
	sbuf_release(&b);
	sbuf_release(&key);
	sbuf_release(&sorted);
}

static void
write_json(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	const struct type *t = v->type;
	uint32_t at = vec_slot(v, i);
	struct list_ref ref;

	if (vec_is_null(v, i)) {
		sbuf_addz(to, "null");
		return;
	}
	switch (t->id) {
	case TYPE_ARRAY:
		ref = ((const struct list_ref *)values->data)[at];
		sbuf_addc(to, '[');
		for (uint32_t k = 0; k < ref.n; k++) {
			if (k > 0)
				sbuf_addc(to, ',');
			write_json(to, values->child[0], ref.offset + k);
		}
		sbuf_addc(to, ']');
		break;
	case TYPE_MAP:
		write_map(to, values, ((const struct list_ref *)
		    values->data)[at]);
		break;
	case TYPE_ROW:
		sbuf_addc(to, '{');
		for (int c = 0; c < t->n; c++) {
			if (c > 0)
				sbuf_addc(to, ',');
			json_value_quote(to, str_of(t->names == NULL ||
			    t->names[c] == NULL ? "" : t->names[c]));
			sbuf_addc(to, ':');
			write_json(to, values->child[c], at);
		}
		sbuf_addc(to, '}');
		break;
	default:
		write_scalar(to, t, vec_at(v, i));
		break;
	}
}

static bool
bad_keys(const struct type *t)
{
	if (t->id == TYPE_MAP && t->child[0]->id > TYPE_VARCHAR)
		return true;
	for (int i = 0; i < t->n; i++)
		if (bad_keys(t->child[i]))
			return true;
	return false;
}

int
cast_to_json(const struct cast_job *j)
{
	struct sbuf b = { 0 };
	int rc = 0;

	KERNEL_EACH(j->s, i) {
		sbuf_clear(&b);
		if (bad_keys(j->in->type)) {
			type_print(&b, j->in->type);
			eval_row_error(j->ev, i, ERR_INVALID_CAST_ARGUMENT,
			    "Cannot cast %s to JSON", sbuf_z(&b));
			continue;
		}
		write_json(&b, j->in, i);
		rc = kernel_put(j->ev, j->out, i, sbuf_str(&b), j->e);
		if (rc != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

/* ---- scalars from json ---- */

struct reader {
	struct eval *ev;
	struct err *fail;       /* what a value did wrong */
	bool nested;
};

static int
cannot(struct reader *r, const struct type *t, struct str s,
    enum err_code code)
{
	struct sbuf b = { 0 };
	int rc;

	if (r->nested)
		return err_set(r->fail, code,
		    "Unexpected token when cast to %s: %.*s",
		    t->id == TYPE_VARCHAR ? "varchar" : type_name(
		    r->ev->scratch, t), s.n > 0 ? 1 : 0, s.p);
	if (t->id == TYPE_DECIMAL)
		sbuf_addf(&b, "DECIMAL(%d,%d)", t->precision, t->scale);
	else if (t->id == TYPE_VARCHAR)
		sbuf_addf(&b, "varchar(%d)", t->length);
	else
		type_print(&b, t);
	rc = err_set(r->fail, code, "Cannot cast '%.*s' to %s", STR_ARG(s),
	    sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}

static bool
is_whole(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.' || s.p[i] == 'E' || s.p[i] == 'e')
			return false;
	return true;
}

static void
store_int(const struct type *t, int64_t v, void *out)
{
	switch (t->rep) {
	case REP_BOOL:
		*(uint8_t *)out = v != 0;
		break;
	case REP_I8:
		*(int8_t *)out = (int8_t)v;
		break;
	case REP_I16:
		*(int16_t *)out = (int16_t)v;
		break;
	case REP_I32:
		*(int32_t *)out = (int32_t)v;
		break;
	default:
		*(int64_t *)out = v;
		break;
	}
}

static int
number_to_decimal_value(struct reader *r, const struct type *t, struct str s,
    void *out)
{
	int128 v;
	int64_t small;

	if (decimal_parse_as(s, t->precision, t->scale, &v) != DECIMAL_OK)
		return err_set(r->fail, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "Cannot cast input json to DECIMAL(%d,%d)", t->precision,
		    t->scale);
	small = (int64_t)v;
	memcpy(out, t->rep == REP_I64 ? (void *)&small : (void *)&v,
	    t->rep == REP_I64 ? 8 : 16);
	return 0;
}

static int
number_value(struct reader *r, const struct type *t, struct str s, void *out)
{
	int64_t v;
	double d;
	float f;

	if (t->id == TYPE_DECIMAL)
		return number_to_decimal_value(r, t, s, out);
	if (t->id == TYPE_REAL) {
		real_parse(s, &f);
		*(float *)out = f;
		return 0;
	}
	double_parse(s, &d);
	if (t->id == TYPE_DOUBLE) {
		*(double *)out = d;
		return 0;
	}
	if (!is_whole(s)) {
		if (t->id == TYPE_BOOLEAN) {
			*(uint8_t *)out = d != 0;
			return 0;
		}
		if (double_to_integer(d, t->id, &v, r->fail) != 0)
			return -r->fail->code;
		store_int(t, v, out);
		return 0;
	}
	if (value_parse(TYPE(BIGINT), s, 0, NULL, &v, r->fail) != 0 ||
	    (t->id != TYPE_BOOLEAN && !integer_fits(v, t->id)))
		return cannot(r, t, s, ERR_INVALID_CAST_ARGUMENT);
	store_int(t, v, out);
	return 0;
}

static int
bool_value(const struct type *t, bool b, void *out)
{
	int128 v = b ? decimal_pow10(t->scale) : 0;
	int64_t small = (int64_t)v;

	switch (t->id) {
	case TYPE_DOUBLE:
		*(double *)out = b;
		break;
	case TYPE_REAL:
		*(float *)out = b;
		break;
	case TYPE_DECIMAL:
		memcpy(out, t->rep == REP_I64 ? (void *)&small : (void *)&v,
		    t->rep == REP_I64 ? 8 : 16);
		break;
	default:
		store_int(t, b, out);
		break;
	}
	return 0;
}

/* Numbers and booleans; 1: NULL. */
static int
read_number(struct reader *r, const struct type *t, struct str s, void *out)
{
	struct sbuf text = { 0 };
	int rc;

	switch (s.n == 0 ? 'n' : s.p[0]) {
	case 'n':
		return 1;
	case 't':
	case 'f':
		return bool_value(t, s.p[0] == 't', out);
	case '"':
		json_unquote(&text, s);
		rc = value_parse(t, sbuf_str(&text), 0, r->ev->scratch, out,
		    r->fail);
		sbuf_release(&text);
		if (rc != 0 && t->id == TYPE_DECIMAL)
			return cannot(r, t, s, ERR_INVALID_CAST_ARGUMENT);
		return rc;
	case '{':
	case '[':
		return cannot(r, t, s, ERR_INVALID_CAST_ARGUMENT);
	default:
		return number_value(r, t, s, out);
	}
}

/* Appends the text; 1: NULL. */
static int
read_text(struct reader *r, const struct type *t, struct str s,
    struct sbuf *to)
{
	double d;

	switch (s.n == 0 ? 'n' : s.p[0]) {
	case 'n':
		return 1;
	case '"':
		json_unquote(to, s);
		break;
	case '{':
	case '[':
		return cannot(r, t, s, ERR_INVALID_CAST_ARGUMENT);
	default:
		if (is_whole(s) || s.p[0] == 't' || s.p[0] == 'f') {
			sbuf_adds(to, s);
		} else {
			double_parse(s, &d);
			double_print_varchar(to, d);
		}
		break;
	}
	if (t->length != TYPE_UNBOUNDED &&
	    utf8_count(sbuf_str(to)) > (size_t)t->length)
		return cannot(r, t, s, ERR_INVALID_CAST_ARGUMENT);
	return 0;
}

/* ---- nested ---- */

static int read_value(struct reader *r, struct json_cursor *c,
    struct vec_builder *b, struct err *e);

static int
expected(struct reader *r, const char *what, struct str s)
{
	return err_set(r->fail, ERR_INVALID_CAST_ARGUMENT,
	    "Expected a json %s, but got %.*s", what, STR_ARG(s));
}

static int
read_array(struct reader *r, struct json_cursor *c, struct vec_builder *b,
    struct err *e)
{
	bool first = true;
	uint32_t n = 0;
	int rc = 0;

	if (!json_accept(c, '['))
		return expected(r, "array", json_take(c));
	for (; rc == 0 && json_next_element(c, &first); n++)
		rc = read_value(r, c, &b->child[0], e);
	return rc != 0 ? rc : vec_builder_list(b, n, e);
}

/* A key is the member's name, cast from varchar. */
static int
read_key(struct reader *r, struct str name, struct vec_builder *b,
    struct err *e)
{
	char value[16] __attribute__((aligned(16)));

	if (b->type->id == TYPE_VARCHAR)
		return vec_builder_str(b, name, e);
	if (value_parse(b->type, name, 0, r->ev->scratch, value, r->fail) != 0)
		return -r->fail->code;
	return vec_builder_value(b, value, e);
}

static int
read_map(struct reader *r, struct json_cursor *c, struct vec_builder *b,
    struct err *e)
{
	struct sbuf name = { 0 };
	bool first = true;
	uint32_t n = 0;
	int rc = 0;

	if (!json_accept(c, '{'))
		return expected(r, "object", json_take(c));
	for (; rc == 0 && json_next_member(c, &first, &name); n++) {
		rc = read_key(r, sbuf_str(&name), &b->child[0], e);
		if (rc == 0)
			rc = read_value(r, c, &b->child[1], e);
	}
	sbuf_release(&name);
	return rc != 0 ? rc : vec_builder_list(b, n, e);
}

/* Names match exactly, or without regard to case when nothing does. */
static int
field_of(const struct type *t, struct str name)
{
	for (int i = 0; i < t->n; i++)
		if (t->names != NULL && t->names[i] != NULL &&
		    str_eq(str_of(t->names[i]), name))
			return i;
	for (int i = 0; i < t->n; i++)
		if (t->names != NULL && t->names[i] != NULL &&
		    str_ieq(str_of(t->names[i]), name))
			return i;
	return -1;
}

static int
read_object_row(struct reader *r, struct json_cursor *c,
    struct vec_builder *b, struct err *e)
{
	const struct type *t = b->type;
	struct str *value = arena_array(r->ev->scratch, struct str, t->n + 1);
	struct sbuf name = { 0 };
	bool first = true;
	int rc = 0;

	if (t->names == NULL || t->names[0] == NULL)
		return err_set(r->fail, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast a JSON object to anonymous row type. Input "
		    "must be a JSON array.");
	while (json_next_member(c, &first, &name)) {
		int field = field_of(t, sbuf_str(&name));
		struct str s = json_take(c);

		if (field >= 0)
			value[field] = s;
	}
	sbuf_release(&name);
	for (int i = 0; i < t->n && rc == 0; i++) {
		struct json_cursor inner = json_read(value[i].p == NULL
		    ? STR("null") : value[i]);

		rc = read_value(r, &inner, &b->child[i], e);
	}
	return rc != 0 ? rc : vec_builder_struct(b, e);
}

static int
read_row(struct reader *r, struct json_cursor *c, struct vec_builder *b,
    struct err *e)
{
	bool first = true;
	int rc = 0;

	if (json_accept(c, '{'))
		return read_object_row(r, c, b, e);
	if (!json_accept(c, '['))
		return expected(r, "array or object", json_take(c));
	for (int i = 0; i < b->type->n && rc == 0; i++) {
		if (!json_next_element(c, &first)) {
			const struct type *t = b->type->child[i];

			return err_set(r->fail, ERR_INVALID_CAST_ARGUMENT,
			    "Unexpected token when cast to %s: ]",
			    t->id == TYPE_VARCHAR ? "varchar"
			    : type_name(r->ev->scratch, t));
		}
		rc = read_value(r, c, &b->child[i], e);
	}
	if (rc == 0 && json_next_element(c, &first))
		return err_set(r->fail, ERR_INVALID_CAST_ARGUMENT,
		    "Expected json array ending, but got %.*s",
		    STR_ARG(json_take(c)));
	return rc != 0 ? rc : vec_builder_struct(b, e);
}

static int
read_scalar(struct reader *r, struct json_cursor *c, struct vec_builder *b,
    struct err *e)
{
	char value[16] __attribute__((aligned(16)));
	struct str s = json_take(c);
	struct sbuf text = { 0 };
	int rc;

	if (b->type->id == TYPE_JSON)
		return vec_builder_str(b, s, e);
	if (b->type->id == TYPE_VARCHAR) {
		rc = read_text(r, b->type, s, &text);
		if (rc == 0)
			rc = vec_builder_str(b, sbuf_str(&text), e);
		else if (rc > 0)
			rc = vec_builder_null(b, e);
		sbuf_release(&text);
		return rc;
	}
	rc = read_number(r, b->type, s, value);
	if (rc != 0)
		return rc > 0 ? vec_builder_null(b, e) : rc;
	if (b->type->rep == REP_STR)
		return vec_builder_str(b, strview_str((void *)value), e);
	return vec_builder_value(b, value, e);
}

static int
read_value(struct reader *r, struct json_cursor *c, struct vec_builder *b,
    struct err *e)
{
	switch (b->type->id) {
	case TYPE_ARRAY: case TYPE_MAP: case TYPE_ROW:
		if (json_peek(c) == 'n') {
			json_take(c);
			return vec_builder_null(b, e);
		}
		r->nested = true;
		return b->type->id == TYPE_ARRAY ? read_array(r, c, b, e)
		    : b->type->id == TYPE_MAP ? read_map(r, c, b, e)
		    : read_row(r, c, b, e);
	default:
		return read_scalar(r, c, b, e);
	}
}

/* ---- rows ---- */

static bool
duplicate_keys(const struct vec *v, uint32_t i)
{
	const struct vec *values = vec_values(v);
	struct list_ref ref;

	if (v->type->id != TYPE_MAP || vec_is_null(v, i))
		return false;
	ref = ((const struct list_ref *)values->data)[vec_slot(v, i)];
	for (uint32_t x = 0; x < ref.n; x++)
		for (uint32_t y = 0; y < x; y++)
			if (vec_same(values->child[0], ref.offset + x,
			    values->child[0], ref.offset + y))
				return true;
	return false;
}

/* One row into a vector of its own; NULL with *failed: the value is bad. */
static struct vec *
read_one(struct eval *ev, struct str s, const struct type *to, bool *failed,
    struct err *fail, struct err *e)
{
	struct reader r = { .ev = ev, .fail = fail };
	struct json_cursor c = json_read(s);
	struct vec_builder b;
	struct vec *one = NULL;
	struct sbuf name = { 0 };
	int rc;

	vec_builder_init(&b, to, ev->account);
	fail->code = ERR_OK;
	rc = read_value(&r, &c, &b, e);
	if (rc == 0)
		one = vec_builder_finish(&b, e);
	*failed = rc != 0 && fail->code != ERR_OK;
	if (one != NULL && duplicate_keys(one, 0)) {
		vec_drop(&one);
		err_set(fail, ERR_INVALID_CAST_ARGUMENT,
		    "Duplicate map keys are not allowed");
		*failed = true;
		r.nested = true;
	}
	if (*failed && r.nested) {
		type_print(&name, to);
		err_set(fail, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast to %s. %s\n%.*s", sbuf_z(&name),
		    arena_strdup(ev->scratch, fail->text), STR_ARG(s));
		sbuf_release(&name);
	}
	vec_builder_release(&b);
	return one;
}

int
cast_from_json(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct vec_builder b;
	struct err fail;
	uint32_t at = 0;
	bool failed;
	int rc = 0;

	vec_builder_init(&b, to, ev->account);
	KERNEL_EACH(s, i) {
		struct vec *one;

		for (; at < i && rc == 0; at++)
			rc = vec_builder_null(&b, e);
		if (rc != 0)
			break;
		one = read_one(ev, kernel_str(in, i), to, &failed, &fail, e);
		if (one == NULL && !failed) {
			rc = -e->code;
			break;
		}
		if (failed)
			eval_row_error(ev, i, fail.code, "%s", fail.text);
		rc = one == NULL ? vec_builder_null(&b, e)
		    : vec_builder_row(&b, one, 0, e);
		vec_drop(&one);
		at = i + 1;
		if (rc != 0)
			break;
	}
	for (; at < in->n && rc == 0; at++)
		rc = vec_builder_null(&b, e);
	if (rc == 0 && (*out = vec_builder_finish(&b, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&b);
	return rc;
}
