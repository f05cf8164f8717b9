/* SPDX-License-Identifier: Apache-2.0
 * cast_time.c - casts among dates, times and timestamps.  What has no zone
 * takes the session's; what has no day takes the query's. */
#include "func/cast_priv.h"
#include "type/time_math.h"

/* A value on its way: wall time, its zone, or a time of day. */
struct moment {
	struct long_time local; /* microseconds, picoseconds */
	int64_t picos;          /* of the day */
	int zone;               /* id, or -1 */
	int offset;             /* minutes, for times with zone */
	struct long_time zoned; /* when it came with a zone */
};

static bool
is_time_type(const struct type *t)
{
	return t->id >= TYPE_DATE && t->id <= TYPE_TIMESTAMP_TZ;
}

static int64_t
session_seconds(const struct eval *ev)
{
	return ev->session == NULL ? 0 : floor_div(ev->session->start_micros,
	    MICROS_PER_SECOND);
}

static int
session_zone(const struct eval *ev)
{
	return ev->session == NULL ? ZONE_UTC : ev->session->zone;
}

static int
session_offset(const struct eval *ev)
{
	return zone_offset_at(session_zone(ev), session_seconds(ev)) / 60;
}

/* Midnight of the query's day, in the session's zone. */
static int64_t
today_micros(const struct eval *ev)
{
	int64_t s = session_seconds(ev) + zone_offset_at(session_zone(ev),
	    session_seconds(ev));

	return floor_div(s, 86400) * MICROS_PER_DAY;
}

static int
load(const struct cast_job *j, uint32_t i, struct moment *m, struct err *e)
{
	const struct type *t = j->in->type;
	const void *p = vec_at(j->in, i);
	int rc = 0;

	memset(m, 0, sizeof(*m));
	m->zone = -1;
	m->offset = INT32_MIN;
	switch (t->id) {
	case TYPE_DATE:
		rc = timestamp_of_date(*(const int32_t *)p, &m->local.hi, e);
		break;
	case TYPE_TIME:
		m->picos = *(const int64_t *)p;
		break;
	case TYPE_TIME_TZ:
		m->picos = ((const struct long_time *)p)->hi;
		m->offset = ((const struct long_time *)p)->lo;
		m->zone = zone_of_offset(m->offset);
		break;
	case TYPE_TIMESTAMP:
		m->local = timestamp_load(t, p);
		break;
	default:
		m->zoned = timestamp_load(t, p);
		m->zone = zoned_zone(m->zoned.hi);
		m->local = timestamp_of_tz(m->zoned);
		m->offset = zone_offset_at(m->zone, floor_div(zoned_millis(
		    m->zoned.hi), 1000)) / 60;
		break;
	}
	if (t->id == TYPE_TIME || t->id == TYPE_TIME_TZ) {
		m->local.hi = today_micros(j->ev) + m->picos / 1000000;
		m->local.lo = (int32_t)(m->picos % 1000000);
		/* With a zone it is the day's time in UTC that counts. */
		if (t->id == TYPE_TIME_TZ && j->out->type->id ==
		    TYPE_TIMESTAMP_TZ)
			m->local.hi = today_micros(j->ev) + time_tz_key(
			    *(const struct long_time *)p) / 1000000 +
			    m->offset * INT64_C(60000000);
	} else {
		m->picos = time_of_timestamp(m->local);
	}
	return rc;
}

static int
store_zoned(const struct cast_job *j, uint32_t i, struct moment *m,
    struct err *e)
{
	const struct type *t = j->out->type;
	char *at = (char *)j->out->data + (size_t)i * (size_t)type_width(t);
	struct long_time v;
	int rc;

	if (j->in->type->id == TYPE_TIMESTAMP_TZ) {
		v = timestamp_tz_round(m->zoned, t->precision);
	} else {
		rc = timestamp_to_tz(timestamp_round(m->local, t->precision),
		    m->zone < 0 ? session_zone(j->ev) : m->zone, &v, e);
		if (rc != 0)
			return rc;
	}
	timestamp_store(t, v, at);
	return 0;
}

static int
store(const struct cast_job *j, uint32_t i, struct moment *m, struct err *e)
{
	const struct type *t = j->out->type;
	char *at = (char *)j->out->data + (size_t)i * (size_t)type_width(t);

	switch (t->id) {
	case TYPE_DATE:
		*(int32_t *)(void *)at = (int32_t)date_of_timestamp(
		    m->local.hi);
		return 0;
	case TYPE_TIME:
		*(int64_t *)(void *)at = time_round(m->picos, t->precision);
		return 0;
	case TYPE_TIME_TZ:
		*(struct long_time *)(void *)at = (struct long_time){
		    time_round(m->picos, t->precision),
		    m->offset == INT32_MIN ? session_offset(j->ev)
		    : m->offset, 0 };
		return 0;
	case TYPE_TIMESTAMP:
		timestamp_store(t, timestamp_round(m->local, t->precision),
		    at);
		return 0;
	default:
		return store_zoned(j, i, m, e);
	}
}

/* Days to microseconds and back, densely. */
static bool
cast_fast(const struct cast_job *j)
{
	const struct type *from = j->in->type, *to = j->out->type;
	uint32_t n = kernel_dense(j->s);

	if (n == 0)
		return false;
	if (from->id == TYPE_TIMESTAMP && from->rep == REP_I64 &&
	    to->id == TYPE_DATE) {
		const int64_t *a = j->in->data;
		int32_t *r = j->out->data;

		for (uint32_t i = 0; i < n; i++)
			r[i] = (int32_t)date_of_timestamp(a[i]);
		return true;
	}
	if (from->id == TYPE_TIMESTAMP && to->id == TYPE_TIMESTAMP &&
	    from->rep == REP_I64 && to->rep == REP_I64 &&
	    to->precision >= from->precision) {
		memcpy(j->out->data, j->in->data, (size_t)n * 8);
		return true;
	}
	return false;
}

bool
cast_time(const struct cast_job *j)
{
	struct moment m;
	struct err e;

	if (!is_time_type(j->in->type) || !is_time_type(j->out->type))
		return false;
	if (cast_fast(j))
		return true;
	KERNEL_EACH(j->s, i)
		if (load(j, i, &m, &e) != 0 || store(j, i, &m, &e) != 0)
			eval_row_error(j->ev, i, e.code, "%s", e.text);
	return true;
}
