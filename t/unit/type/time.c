/* SPDX-License-Identifier: Apache-2.0
 * time.c - the calendar, zones, rounding, and the texts of dates, times,
 * timestamps and intervals. */
#include "type/time.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "tap.h"
#include "type/interval.h"
#include "type/time_math.h"
#include "type/time_text.h"
#include "type/zone_rules.h"
#include "type/zone_table.h"

static struct arena arena;

static const struct type *
parse_type(const char *text)
{
	const struct type *t = NULL;
	struct err e;

	CHECK(type_parse(&arena, str_of(text), &t, &e) == 0);
	return t;
}

static const char *
printed(const struct type *t, const void *p)
{
	struct sbuf b = { 0 };
	struct long_time v;
	const char *z;
	int64_t x;

	switch (t->id) {
	case TYPE_TIME:
		memcpy(&x, p, sizeof(x));
		time_print(&b, x, t->precision);
		break;
	case TYPE_TIME_TZ:
		memcpy(&v, p, sizeof(v));
		time_tz_print(&b, v, t->precision);
		break;
	case TYPE_TIMESTAMP:
		v = timestamp_load(t, p);
		timestamp_print(&b, v.hi, v.lo, t->precision);
		break;
	default:
		v = timestamp_load(t, p);
		timestamp_tz_print(&b, v.hi, v.lo, t->precision);
		break;
	}
	z = arena_strdup(&arena, sbuf_z(&b));
	sbuf_release(&b);
	return z;
}

static void
test_calendar(void)
{
	int64_t y, days, bad = 0;
	int m, d;

	is_int(date_from_civil(1970, 1, 1), 0, "epoch");
	is_int(date_from_civil(2000, 2, 29), 11016, "leap day");
	is_int(date_from_civil(-5877641, 6, 23), INT32_MIN, "first");
	is_int(date_from_civil(5881580, 7, 11), INT32_MAX, "last");
	ok(!date_valid(1900, 2, 29) && date_valid(2000, 2, 29) &&
	    !date_valid(2001, 13, 1) && !date_valid(2001, 1, 0), "valid");
	for (days = -3000000; days < 3000000; days += 7) {
		date_to_civil(days, &y, &m, &d);
		bad += date_from_civil(y, m, d) != days || !date_valid(y, m, d);
	}
	is_int(bad, 0, "there and back");
}

static void
test_names(void)
{
	static const struct { const char *in, *out; } names[] = {
		{ "UTC", "UTC" }, { "Z", "UTC" }, { "GMT0", "UTC" },
		{ "Zulu", "UTC" }, { "Etc/UTC", "UTC" }, { "+00:00", "UTC" },
		{ "-0000", "UTC" }, { "Etc/GMT+3", "-03:00" },
		{ "UTC-3", "-03:00" }, { "GMT+1:30", "+01:30" },
		{ "+5", "+05:00" }, { "+0130", "+01:30" }, { "+14", "+14:00" },
		{ "+01:02:00", "+01:02" }, { "UT+3", "+03:00" },
		{ "UTC-00:30", "-00:30" }, { "Etc/GMT+14", "-14:00" },
		{ "America/New_York", "America/New_York" },
		{ "EST5EDT", "EST5EDT" }, { "Asia/Calcutta", "Asia/Calcutta" },
	};
	static const char *const none[] = { "", "utc", "EST", "PST", "ROC",
	    "america/new_york", "+15:00", "+14:01", "+1:30", "+130",
	    "UTC+0130", "UTC+aa", "Etc/Zulu", "UTC1", "+", "+a", "+01:60",
	    "Nowhere", "Etc/+3", "+01:02:03" };
	size_t i;
	int id, bad = 0, other;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		id = zone_find(str_of(names[i].in));
		ok(id >= 0 && str_eq(zone_name(id), str_of(names[i].out)),
		    "%s is %s", names[i].in, names[i].out);
	}
	for (i = 0; i < ARRAY_LEN(none); i++)
		is_int(zone_find(str_of(none[i])), -1, none[i]);
	for (id = 0; id < ZONE_IDS; id++)
		bad += zone_find(zone_name(id)) != id;
	is_int(bad, 0, "every id has its name");
	is_int(zone_of_offset(-840), 1, "first offset");
	is_int(zone_of_offset(840), 1680, "last offset");
	is_int(zone_find_in_text(STR("+15:00"), &other), ZONE_NOT_SUPPORTED,
	    "+15:00 in a text");
	is_int(zone_find_in_text(STR("GMT+1:30"), &other), ZONE_INVALID,
	    "GMT+1:30 in a text");
	is_int(zone_find_in_text(STR("Etc/Zulu"), &other), ZONE_NOT_SUPPORTED,
	    "Etc/Zulu in a text");
	ok(zone_table_version() > 0 && ZONE_IDS <= 1 << ZONE_BITS, "table");
}

static void
test_offsets(void)
{
	int ny = zone_find(STR("America/New_York"));
	int berlin = zone_find(STR("Europe/Berlin"));
	int apia = zone_find(STR("Pacific/Apia"));
	int64_t i, bad = 0;
	bool gap;

	is_int(zone_offset_at(ny, 1577836800), -5 * 3600, "winter");
	is_int(zone_offset_at(ny, 1593561600), -4 * 3600, "summer");
	is_int(zone_offset_at(ny, INT64_C(-4000000000)), -17762, "local mean");
	is_int(zone_offset_at(ny, INT64_C(7000000000)), -4 * 3600,
	    "October 2191");
	is_int(zone_offset_at(ny, INT64_C(6990000000)), -4 * 3600,
	    "July 2191");
	is_int(zone_offset_at(ny, INT64_C(7005000000)), -5 * 3600,
	    "December 2191");
	is_int(zone_offset_at(zone_of_offset(330), 0), 19800, "+05:30");
	/* 2020-03-29 02:30 was skipped, 2020-10-25 02:30 was there twice. */
	is_int(zone_local_to_utc(berlin, 1585449000, &gap), 1585445400, "gap");
	ok(gap, "is a gap");
	is_int(zone_local_to_utc(berlin, 1603593000, &gap), 1603585800,
	    "overlap");
	ok(!gap, "is no gap");
	is_int(zone_local_to_utc(apia, 1325246400, &gap), 1325282400,
	    "a skipped day");
	ok(gap, "is a gap");
	for (i = 0; i < 20000; i++) {
		int64_t t = (i - 5000) * 1000003;
		struct zone_span s = zone_span_at(berlin, t);

		bad += !(s.from <= t && t < s.to) ||
		    s.offset != zone_offset_at(berlin, t) ||
		    (s.from > INT64_MIN &&
		    zone_offset_at(berlin, s.from) != s.offset) ||
		    zone_offset_at(berlin, s.to - 1) != s.offset;
	}
	is_int(bad, 0, "spans");
}

static void
test_damaged(void)
{
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	char data[8192], copy[8192];
	uint64_t seed = 7;
	size_t n = 0, i;

	if (f != NULL) {
		n = fread(data, 1, sizeof(data), f);
		fclose(f);
	}
	for (i = 0; i < n; i++)
		free(zone_rules_parse(data, i));
	for (i = 0; i < 20000 && n > 0; i++) {
		struct zone_rules *r;

		memcpy(copy, data, n);
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		copy[(seed >> 33) % n] = (char)(seed >> 20);
		r = zone_rules_parse(copy, n);
		if (r != NULL)
			zone_rules_span(r, (int64_t)seed % 10000000000);
		free(r);
	}
	ok(true, "damaged files are no crash");
}

static void *
thread(void *arg)
{
	intptr_t sum = 0;
	int id;

	for (id = ZONE_FIRST_REGION; id < ZONE_IDS; id++)
		sum += zone_offset_at(id, 1600000000);
	return (void *)sum;
}

static void
test_threads(void)
{
	pthread_t t[4];
	void *sum[4];
	int i;

	for (i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(t[i], &sum[i]);
	ok(sum[0] == sum[1] && sum[1] == sum[2] && sum[2] == sum[3],
	    "all threads see the same");
}

static void
test_casts(void)
{
	static const struct { const char *type, *text, *out; } cases[] = {
		{ "time(3)", "1:2:3", "01:02:03.000" },
		{ "time(3)", "01:02:03.4565", "01:02:03.457" },
		{ "time(3)", "23:59:59.9995", "00:00:00.000" },
		{ "time(3)", " 01:02:03",
		    "Value cannot be cast to time:  01:02:03" },
		{ "time(3)", "24:00:00",
		    "Value cannot be cast to time: 24:00:00" },
		{ "time(3)", "01:02:03 +01:00",
		    "Value cannot be cast to time: 01:02:03 +01:00" },
		{ "time(6) with time zone", " 01:02 -08:00 ",
		    "01:02:00.000000-08:00" },
		{ "time(3) with time zone", "23:59:59.9999 -05:00",
		    "00:00:00.000-05:00" },
		{ "time(0) with time zone", "01:02:03 +14:01",
		    "Value cannot be cast to time with time zone: "
		    "01:02:03 +14:01" },
		{ "timestamp(3)", "2020-02-29", "2020-02-29 00:00:00.000" },
		{ "timestamp(3)", "2020-02-29 23:59:59.9999",
		    "2020-03-01 00:00:00.000" },
		{ "timestamp(3)", "1969-12-31 23:59:59.9995",
		    "1970-01-01 00:00:00.000" },
		{ "timestamp(3)", "2020-02-29 01:02:03 America/New_York",
		    "2020-02-29 01:02:03.000" },
		{ "timestamp(3)", "2020-02-29 01:02:03 +15:00",
		    "2020-02-29 01:02:03.000" },
		{ "timestamp(12)", "2020-01-01 00:00:00.9999999999999",
		    "2020-01-01 00:00:01.000000000000" },
		{ "timestamp(0)", "12345-01-01 00:00:00",
		    "+12345-01-01 00:00:00" },
		{ "timestamp(0)", "-0001-01-01 00:00", "-0001-01-01 00:00:00" },
		{ "timestamp(3)", "2020-02-29T01:02:03",
		    "Value cannot be cast to timestamp: 2020-02-29T01:02:03" },
		{ "timestamp(3)", "202-01-01",
		    "Value cannot be cast to timestamp: 202-01-01" },
		{ "timestamp(12)", "2020-01-01 00:00:00.1234567890123456789012",
		    "Value cannot be cast to timestamp: "
		    "2020-01-01 00:00:00.1234567890123456789012" },
		{ "timestamp(3) with time zone",
		    "2020-03-08 02:30:00 America/New_York",
		    "2020-03-08 03:30:00.000 America/New_York" },
		{ "timestamp(3) with time zone", "2020-02-29 01:02:03Z",
		    "2020-02-29 01:02:03.000 UTC" },
		{ "timestamp(12) with time zone",
		    "1969-12-31 23:59:59.999999999999 +05:45",
		    "1969-12-31 23:59:59.999999999999 +05:45" },
		{ "timestamp(3) with time zone", "2020-02-29 01:02:03 +14:01",
		    "Time zone not supported: +14:01" },
		{ "timestamp(3) with time zone",
		    "73326-09-11 20:14:45.247 UTC",
		    "+73326-09-11 20:14:45.247 UTC" },
		{ "timestamp(3) with time zone",
		    "73326-09-11 20:14:45.248 UTC",
		    "Value cannot be cast to timestamp: "
		    "73326-09-11 20:14:45.248 UTC" },
	};
	char out[16];
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const struct type *t = parse_type(cases[i].type);
		int rc = time_cast_text(t, str_of(cases[i].text), ZONE_UTC, 0,
		    out, &e);

		is_str(rc == 0 ? printed(t, out) : e.text, cases[i].out,
		    cases[i].text);
	}
}

static void
test_literals(void)
{
	static const struct { enum type_id id; const char *text, *type, *out; }
	    cases[] = {
		{ TYPE_TIME, "01:02", "time(0)", "01:02:00" },
		{ TYPE_TIME, "01:02:03.123456789 +00:00",
		    "time(9) with time zone", "01:02:03.123456789+00:00" },
		{ TYPE_TIMESTAMP, "2020-6-1 5:5:3", "timestamp(0)",
		    "2020-06-01 05:05:03" },
		{ TYPE_TIMESTAMP, "2020-06-10 15:55:23.123456789012",
		    "timestamp(12)", "2020-06-10 15:55:23.123456789012" },
		{ TYPE_TIMESTAMP, "2001-08-22 03:04:05.321 America/New_York",
		    "timestamp(3) with time zone",
		    "2001-08-22 03:04:05.321 America/New_York" },
		{ TYPE_TIMESTAMP, "294247-01-10 04:00:54.775808",
		    "timestamp(6)", "-290308-12-21 19:59:05.224192" },
	};
	static const struct { enum type_id id; const char *text, *error; }
	    bad[] = {
		{ TYPE_TIME, "01:02:03.",
		    "'01:02:03.' is not a valid TIME literal" },
		{ TYPE_TIME, "01:02:03.1234567890123",
		    "TIME precision must be in range [0, 12]: 13" },
		{ TYPE_TIME, "01:02:03.1234567890123 +01:00",
		    "TIME WITH TIME ZONE precision must be in range [0, 12]: "
		    "13" },
		{ TYPE_TIMESTAMP, "2020-03-29 02:30:00 Europe/Berlin",
		    "'2020-03-29 02:30:00 Europe/Berlin' is not a valid "
		    "TIMESTAMP literal" },
		{ TYPE_TIMESTAMP, " 2020-06-10",
		    "' 2020-06-10' is not a valid TIMESTAMP literal" },
		{ TYPE_TIMESTAMP, "2001-08-22 03:04:05 +15:00",
		    "Time zone not supported: +15:00" },
		{ TYPE_TIMESTAMP, "-290308-12-21 19:59:05.224192",
		    "'-290308-12-21 19:59:05.224192' is not a valid TIMESTAMP "
		    "literal" },
	};
	const struct type *t;
	char out[16];
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int rc = time_literal(&arena, cases[i].id,
		    str_of(cases[i].text), &t, out, &e);

		is_str(rc == 0 ? type_name(&arena, t) : e.text, cases[i].type,
		    cases[i].text);
		is_str(rc == 0 ? printed(t, out) : e.text, cases[i].out,
		    cases[i].text);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		ok(time_literal(&arena, bad[i].id, str_of(bad[i].text), &t, out,
		    &e) < 0, "no: %s", bad[i].text);
		is_str(e.text, bad[i].error, bad[i].text);
	}
}

static void
test_rounding(void)
{
	struct long_time t = { .hi = -1, .lo = 999999 }, out;
	struct err e;
	int64_t micros;

	is_int(round_div(-1500, 1000), -1, "halves go up");
	is_int(round_div(-1501, 1000), -2, "below a half goes down");
	is_int(round_div(1500, 1000), 2, "up");
	is_int(timestamp_round_micros(INT64_MAX, 3),
	    INT64_C(-9223372036854775000), "wraps");
	t = timestamp_round(t, 9);
	ok(t.hi == 0 && t.lo == 0, "carries into microseconds");
	is_int(time_round(PICOS_PER_DAY - 1, 3), 0, "wraps at midnight");
	is_int(timestamp_to_tz((struct long_time){
	    .hi = INT64_C(3093527980800000000) }, ZONE_UTC, &out, &e),
	    -ERR_INVALID_CAST_ARGUMENT, "52 bits");
	is_str(e.text, "Out of range for timestamp with time zone: "
	    "3093527980800000", "the message");
	is_int(timestamp_of_date(INT32_MAX, &micros, &e),
	    -ERR_NUMERIC_VALUE_OUT_OF_RANGE, "date");
	is_str(e.text, "Date cannot be represented as timestamp: 2147483647",
	    "the message");
}

static void
test_round_trips(void)
{
	uint64_t seed = 88172645463325252u;
	int i, bad = 0;

	for (i = 0; i < 20000; i++) {
		const struct type *t = type_time(&arena, TYPE_TIMESTAMP +
		    (unsigned)i % 2, i % 13);
		char in[16], out[16];
		struct long_time v = { 0 };
		struct err e;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		if (t->id == TYPE_TIMESTAMP) {
			v.hi = (int64_t)seed / 2;
			v.lo = (int32_t)(seed % 1000000);
			v = timestamp_round(v, t->precision);
		} else {
			v.hi = zoned_pack((int64_t)seed >> 14,
			    (int)(seed % (ZONE_OFFSETS + 1)));
			v.lo = (int32_t)(seed % 1000000000);
			v = timestamp_tz_round(v, t->precision);
		}
		timestamp_store(t, v, in);
		if (time_cast_text(t, str_of(printed(t, in)), ZONE_UTC, 0, out,
		    &e) != 0 || memcmp(in, out, (size_t)type_width(t)) != 0) {
			diag("%s %s", printed(t, in), e.text);
			bad++;
		}
		if (i % 100 == 0)
			arena_release(&arena);
	}
	is_int(bad, 0, "print and parse");
}

static void
test_intervals(void)
{
	static const struct { const char *text; int from, to; const char *out; }
	    cases[] = {
		{ "1-2", INTERVAL_YEAR, INTERVAL_MONTH, "1-2" },
		{ "-3", INTERVAL_MONTH, INTERVAL_MONTH, "-0-3" },
		{ "1-12", INTERVAL_YEAR, INTERVAL_MONTH, "2-0" },
		{ "1-", INTERVAL_YEAR, INTERVAL_MONTH, "1-0" },
		{ "", INTERVAL_MONTH, INTERVAL_MONTH, "0-0" },
		{ "+2", INTERVAL_YEAR, INTERVAL_YEAR, "2-0" },
		{ "1-2", INTERVAL_YEAR, INTERVAL_YEAR,
		    "Invalid INTERVAL YEAR value: 1-2" },
		{ "2147483648", INTERVAL_MONTH, INTERVAL_MONTH,
		    "Invalid INTERVAL MONTH value: 2147483648" },
		{ "178956971", INTERVAL_YEAR, INTERVAL_YEAR,
		    "Invalid INTERVAL YEAR value: 178956971" },
		{ "1 02:03", INTERVAL_DAY, INTERVAL_MINUTE, "1 02:03:00.000" },
		{ "-1 02:03:04.567", INTERVAL_DAY, INTERVAL_SECOND,
		    "-1 02:03:04.567" },
		{ "1", INTERVAL_DAY, INTERVAL_SECOND, "1 00:00:00.000" },
		{ ".5", INTERVAL_SECOND, INTERVAL_SECOND, "0 00:00:00.500" },
		{ "5.", INTERVAL_SECOND, INTERVAL_SECOND, "0 00:00:05.000" },
		{ "5.1239", INTERVAL_SECOND, INTERVAL_SECOND,
		    "0 00:00:05.123" },
		{ "-0.001", INTERVAL_SECOND, INTERVAL_SECOND,
		    "-0 00:00:00.001" },
		{ "99:99:99", INTERVAL_HOUR, INTERVAL_SECOND,
		    "4 04:40:39.000" },
		{ "2147483647", INTERVAL_DAY, INTERVAL_DAY,
		    "2147483647 00:00:00.000" },
		{ "2147483648", INTERVAL_DAY, INTERVAL_DAY,
		    "Invalid INTERVAL DAY value: 2147483648" },
		{ "5.12345678901", INTERVAL_SECOND, INTERVAL_SECOND,
		    "Invalid INTERVAL SECOND value: 5.12345678901" },
		{ "1 -2", INTERVAL_DAY, INTERVAL_HOUR,
		    "Invalid INTERVAL DAY TO HOUR value: 1 -2" },
		{ "x", INTERVAL_DAY, INTERVAL_DAY,
		    "Invalid INTERVAL DAY value: x" },
		{ "1.5", INTERVAL_DAY, INTERVAL_DAY,
		    "Invalid INTERVAL DAY value: 1.5" },
	};
	struct sbuf b = { 0 };
	struct err e;
	int64_t x;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		int rc = interval_parse(str_of(cases[i].text),
		    (enum interval_field)cases[i].from,
		    (enum interval_field)cases[i].to, &x, &e);

		sbuf_clear(&b);
		if (rc != 0)
			sbuf_addz(&b, e.text);
		else if (cases[i].from <= INTERVAL_MONTH)
			interval_ym_print(&b, (int32_t)x);
		else
			interval_ds_print(&b, x);
		is_str(sbuf_z(&b), cases[i].out, cases[i].text);
	}
	sbuf_clear(&b);
	interval_ds_print(&b, INT64_MIN);
	is_str(sbuf_z(&b), "-106751991167 07:12:55.808", "the least");
	sbuf_release(&b);
}

int
main(void)
{
	arena_init(&arena);
	test_threads();
	test_calendar();
	test_names();
	test_offsets();
	test_damaged();
	test_casts();
	test_literals();
	test_rounding();
	test_round_trips();
	test_intervals();
	arena_release(&arena);
	return tap_done();
}
