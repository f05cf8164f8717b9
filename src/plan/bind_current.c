/* SPDX-License-Identifier: Apache-2.0
 * bind_current.c - current_timestamp and its kin: constants of the query. */
#include "plan/binder.h"
#include "type/time.h"

static const int64_t micros_day = INT64_C(86400000000);

static int64_t
floor_div(int64_t x, int64_t y)
{
	return x / y - (x % y < 0);
}

/* Cuts microseconds to `digits` of the second's fraction. */
static int64_t
cut(int64_t micros, int digits)
{
	int64_t unit = 1;

	for (int i = digits; i < 6; i++)
		unit *= 10;
	return floor_div(micros, unit) * unit;
}

static struct expr *
current_stamp(struct binder *b, int digits, bool zoned)
{
	const struct session_context *s = b->session->context;
	const struct type *t = type_time(b->arena,
	    zoned ? TYPE_TIMESTAMP_TZ : TYPE_TIMESTAMP, digits);
	int64_t micros = cut(s->start_micros, digits), v;
	struct long_time l = { 0 };

	if (!zoned) {
		micros += INT64_C(1000000) * zone_offset_at(s->zone,
		    floor_div(s->start_micros, 1000000));
		v = l.hi = micros;
	} else {
		v = l.hi = zoned_pack(floor_div(micros, 1000), s->zone);
		l.lo = (int32_t)((micros - floor_div(micros, 1000) * 1000) *
		    1000000);
	}
	return expr_const(b->pool, t, t->rep == REP_I64 ? (void *)&v
	    : (void *)&l);
}

static struct expr *
current_time_of_day(struct binder *b, int digits, bool zoned)
{
	const struct session_context *s = b->session->context;
	const struct type *t = type_time(b->arena,
	    zoned ? TYPE_TIME_TZ : TYPE_TIME, digits);
	int offset = zone_offset_at(s->zone,
	    floor_div(s->start_micros, 1000000));
	int64_t micros = cut(s->start_micros, digits) +
	    INT64_C(1000000) * offset;
	int64_t v = (micros - floor_div(micros, micros_day) * micros_day) *
	    1000000;
	struct long_time l = { .hi = v, .lo = offset / 60 };

	return expr_const(b->pool, t, zoned ? (void *)&l : (void *)&v);
}

static struct expr *
current_day(struct binder *b)
{
	const struct session_context *s = b->session->context;
	int64_t local = s->start_micros + INT64_C(1000000) *
	    zone_offset_at(s->zone, floor_div(s->start_micros, 1000000));
	int32_t v = (int32_t)floor_div(local, micros_day);

	return expr_const(b->pool, TYPE(DATE), &v);
}

static struct expr *
current_text(struct binder *b, const char *z)
{
	if (z == NULL)
		return expr_const(b->pool, TYPE(VARCHAR), NULL);
	return expr_const_str(b->pool, TYPE(VARCHAR), str_of(z));
}

static const char *
type_label(enum current_what what)
{
	switch (what) {
	case CURRENT_TIME: return "TIME WITH TIME ZONE";
	case CURRENT_LOCALTIME: return "TIME";
	case CURRENT_TIMESTAMP: return "TIMESTAMP WITH TIME ZONE";
	default: return "TIMESTAMP";
	}
}

int
bind_current(struct binder *b, const struct current_node *n,
    struct expr **out)
{
	int digits = n->precision < 0 ? 3 : n->precision;

	if (digits > 12)
		return bind_error(b, NULL, ERR_NUMERIC_VALUE_OUT_OF_RANGE,
		    "%s precision must be in range [0, 12]: %d",
		    type_label(n->what), digits);
	switch (n->what) {
	case CURRENT_DATE: *out = current_day(b); break;
	case CURRENT_TIME: *out = current_time_of_day(b, digits, true); break;
	case CURRENT_LOCALTIME:
		*out = current_time_of_day(b, digits, false);
		break;
	case CURRENT_TIMESTAMP: *out = current_stamp(b, digits, true); break;
	case CURRENT_LOCALTIMESTAMP:
		*out = current_stamp(b, digits, false);
		break;
	case CURRENT_USER: *out = current_text(b, b->session->user); break;
	case CURRENT_CATALOG:
		*out = current_text(b, b->session->catalog);
		break;
	case CURRENT_SCHEMA: *out = current_text(b, b->session->schema); break;
	case CURRENT_PATH:
		*out = current_text(b, b->session->path == NULL ? ""
		    : b->session->path);
		break;
	}
	return 0;
}
