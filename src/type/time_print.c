/* SPDX-License-Identifier: Apache-2.0
 * time_print.c - dates, times and timestamps to text. */
#include "type/time_text.h"
#include "type/time_math.h"

#include "base/check.h"

static char *
put2(char *p, int x)
{
	p[0] = (char)('0' + x / 10);
	p[1] = (char)('0' + x % 10);
	return p + 2;
}

/* At least four digits; a sign before negative ones, and with `plus` before
 * those beyond 9999. */
static char *
put_year(char *p, int64_t year, bool plus)
{
	uint64_t y = (uint64_t)(year < 0 ? -year : year);
	char digit[20];
	int n = 0;

	if (year < 0)
		*p++ = '-';
	else if (plus && year > 9999)
		*p++ = '+';
	do {
		digit[n++] = (char)('0' + y % 10);
		y /= 10;
	} while (y > 0 || n < 4);
	while (n > 0)
		*p++ = digit[--n];
	return p;
}

static char *
put_date(char *p, int64_t days, bool plus)
{
	int64_t year;
	int month, day;

	date_to_civil(days, &year, &month, &day);
	p = put_year(p, year, plus);
	*p++ = '-';
	p = put2(p, month);
	*p++ = '-';
	return put2(p, day);
}

static char *
put_time(char *p, int64_t picos, int digits)
{
	int seconds = (int)(picos / PICOS_PER_SECOND), i;
	int64_t fraction = picos % PICOS_PER_SECOND;

	p = put2(p, seconds / 3600);
	*p++ = ':';
	p = put2(p, seconds / 60 % 60);
	*p++ = ':';
	p = put2(p, seconds % 60);
	if (digits == 0)
		return p;
	*p++ = '.';
	if (digits <= 6)
		fraction /= 1000000;
	else
		fraction /= decimal_pow10_64[12 - digits];
	if (digits <= 6)
		fraction /= decimal_pow10_64[6 - digits];
	for (i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + fraction % 10);
		fraction /= 10;
	}
	return p + digits;
}

static char *
put_offset(char *p, int minutes)
{
	*p++ = minutes < 0 ? '-' : '+';
	minutes = minutes < 0 ? -minutes : minutes;
	p = put2(p, minutes / 60);
	*p++ = ':';
	return put2(p, minutes % 60);
}

void
date_print(struct sbuf *to, int64_t days, bool plus)
{
	char *p = sbuf_reserve(to, 32);

	to->n += (size_t)(put_date(p, days, plus) - p);
}

void
time_print(struct sbuf *to, int64_t picos, int digits)
{
	char *p = sbuf_reserve(to, 32);

	to->n += (size_t)(put_time(p, picos, digits) - p);
}

void
time_tz_print(struct sbuf *to, struct long_time t, int digits)
{
	char *p = sbuf_reserve(to, 32), *end;

	end = put_time(p, t.hi, digits);
	to->n += (size_t)(put_offset(end, t.lo) - p);
}

void
timestamp_print(struct sbuf *to, int64_t micros, int picos, int digits)
{
	int64_t days = floor_div(micros, MICROS_PER_DAY);
	char *p = sbuf_reserve(to, 64), *end;

	end = put_date(p, days, true);
	*end++ = ' ';
	end = put_time(end, floor_mod(micros, MICROS_PER_DAY) * 1000000 + picos,
	    digits);
	to->n += (size_t)(end - p);
}

void
timestamp_tz_print(struct sbuf *to, int64_t packed, int picos, int digits)
{
	struct long_time local = timestamp_of_tz((struct long_time){
	    .hi = packed, .lo = picos });

	timestamp_print(to, local.hi, local.lo, digits);
	sbuf_addc(to, ' ');
	sbuf_adds(to, zone_name(zoned_zone(packed)));
}
