/* SPDX-License-Identifier: Apache-2.0
 * value_parse.c - CAST(text AS t). */
#include "type/value.h"

#include "base/check.h"
#include "type/address.h"
#include "type/convert.h"
#include "type/decimal.h"
#include "type/float.h"
#include "type/integer.h"
#include "type/json.h"
#include "type/number.h"
#include "type/text.h"
#include "type/time_text.h"

static int
cannot(struct err *e, struct str text, const char *to)
{
	return err_set(e, ERR_INVALID_CAST_ARGUMENT,
	    "Cannot cast '%.*s' to %s", STR_ARG(text), to);
}

static int
parse_boolean(struct str text, void *out, struct err *e)
{
	uint8_t x;

	if (str_ieq(text, STR("true")) || str_ieq(text, STR("t")) ||
	    str_eq(text, STR("1")))
		x = 1;
	else if (str_ieq(text, STR("false")) || str_ieq(text, STR("f")) ||
	    str_eq(text, STR("0")))
		x = 0;
	else
		return cannot(e, text, "BOOLEAN");
	memcpy(out, &x, 1);
	return 0;
}

static int
parse_integer(const struct type *t, struct str text, void *out,
    struct err *e)
{
	static const char *const names[] = { "TINYINT", "SMALLINT", "INT",
	    "BIGINT" };
	int8_t i8;
	int16_t i16;
	int32_t i32;
	int64_t x;

	if (!integer_parse(text, &x) || !integer_fits(x, t->id))
		return cannot(e, text, names[t->id - TYPE_TINYINT]);
	switch (t->id) {
	case TYPE_TINYINT:
		i8 = (int8_t)x;
		memcpy(out, &i8, sizeof(i8));
		break;
	case TYPE_SMALLINT:
		i16 = (int16_t)x;
		memcpy(out, &i16, sizeof(i16));
		break;
	case TYPE_INTEGER:
		i32 = (int32_t)x;
		memcpy(out, &i32, sizeof(i32));
		break;
	default:
		memcpy(out, &x, sizeof(x));
		break;
	}
	return 0;
}

static int
parse_decimal(const struct type *t, struct str text, void *out,
    struct err *e)
{
	enum decimal_status status;
	int128 x = 0;

	status = decimal_parse_as(text, t->precision, t->scale, &x);
	if (status != DECIMAL_OK)
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast VARCHAR '%.*s' to DECIMAL(%d, %d). Value %s.",
		    STR_ARG(text), t->precision, t->scale,
		    status == DECIMAL_TOO_LARGE ? "too large"
		    : "is not a number");
	if (t->rep == REP_I64) {
		int64_t small = (int64_t)x;

		memcpy(out, &small, sizeof(small));
	} else {
		memcpy(out, &x, sizeof(x));
	}
	return 0;
}

static void
store(struct str s, void *out)
{
	struct strview v = strview_of(s);

	memcpy(out, &v, sizeof(v));
}

static int
parse_number(struct str text, struct arena *a, void *out, struct err *e)
{
	char buffer[NUMBER_TEXT_MAX];
	struct number x;
	struct str s;

	if (!number_parse(text, &x))
		return cannot(e, text, "NUMBER");
	s = (struct str){ buffer, number_write(buffer, &x) };
	store(s.n > STRVIEW_INLINE ? arena_str(a, s) : s, out);
	return 0;
}

/* CAST of a text is a JSON string; JSON '..' and json_parse are
 * json_normalize(). */
static int
parse_json(struct str text, struct arena *a, void *out)
{
	struct sbuf b = { 0 };

	json_value_quote(&b, text);
	store(arena_str(a, sbuf_str(&b)), out);
	sbuf_release(&b);
	return 0;
}

static int
parse_float(const struct type *t, struct str text, void *out, struct err *e)
{
	double d;
	float f;

	if (t->id == TYPE_REAL) {
		if (!real_parse(text, &f))
			return cannot(e, text, "REAL");
		memcpy(out, &f, sizeof(f));
	} else {
		if (!double_parse(text, &d))
			return cannot(e, text, "DOUBLE");
		memcpy(out, &d, sizeof(d));
	}
	return 0;
}

int
value_parse(const struct type *t, struct str text, int zone_id,
    struct arena *a, void *out, struct err *e)
{
	switch (t->id) {
	case TYPE_BOOLEAN:
		return parse_boolean(text, out, e);
	case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INTEGER:
	case TYPE_BIGINT:
		return parse_integer(t, text, out, e);
	case TYPE_REAL: case TYPE_DOUBLE:
		return parse_float(t, text, out, e);
	case TYPE_DECIMAL:
		return parse_decimal(t, text, out, e);
	case TYPE_NUMBER:
		return parse_number(text, a, out, e);
	case TYPE_VARCHAR:
		store(varchar_cut(text, t->length), out);
		return 0;
	case TYPE_CHAR:
		store(char_cut(text, t->length), out);
		return 0;
	case TYPE_VARBINARY:
		store(text, out);
		return 0;
	case TYPE_JSON: case TYPE_VARIANT:
		return parse_json(text, a, out);
	case TYPE_DATE: case TYPE_TIME: case TYPE_TIME_TZ:
	case TYPE_TIMESTAMP: case TYPE_TIMESTAMP_TZ:
		return time_cast_text(t, text, zone_id,
		    zone_offset_at(zone_id, 0) / 60, out, e);
	case TYPE_UUID:
		return uuid_parse(text, out, e);
	case TYPE_IPADDRESS:
		if (ipaddress_parse(text, out))
			return 0;
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast value to IPADDRESS: %.*s", STR_ARG(text));
	default:
		return err_set(e, ERR_NOT_SUPPORTED,
		    "No cast from text to this type");
	}
}
