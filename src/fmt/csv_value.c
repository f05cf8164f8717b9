/* SPDX-License-Identifier: Apache-2.0
 * csv_value.c - texts to values, in all spellings that are accepted; the
 * common ones are converted in csv_column.c without coming here. */
#include "fmt/csv_priv.h"

#include <math.h>

#include "base/check.h"
#include "type/float.h"
#include "type/time.h"

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct str
trim(struct str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool
csv_parse_bigint(struct str text, int64_t *out)
{
	struct str s = trim(text);
	bool negative = s.n > 0 && s.p[0] == '-';
	uint64_t x = 0;
	size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');

	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (!digit(s.p[i]) ||
		    __builtin_mul_overflow(x, UINT64_C(10), &x) ||
		    __builtin_add_overflow(x, (uint64_t)(s.p[i] - '0'), &x))
			return false;
	}
	if (x > (uint64_t)INT64_MAX + negative)
		return false;
	*out = (int64_t)(negative ? 0 - x : x);
	return true;
}

/* nan, inf and infinity in any case. */
static bool
odd_double(struct str s, double *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	struct str word = s;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		word = (struct str){ s.p + 1, s.n - 1 };
	if (str_ieq(word, STR("nan")))
		*out = NAN;
	else if (str_ieq(word, STR("inf")) || str_ieq(word, STR("infinity")))
		*out = negative ? -INFINITY : INFINITY;
	else
		return false;
	return true;
}

/* [+-]digits[.digits][e[+-]digits], at least one digit before the e. */
static bool
decimal_syntax(struct str s)
{
	size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'), digits = 0;

	for (; i < s.n && digit(s.p[i]); i++)
		digits++;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && digit(s.p[i]); i++)
			digits++;
	if (digits == 0)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '-' || s.p[i] == '+');
		if (i == s.n)
			return false;
		while (i < s.n && digit(s.p[i]))
			i++;
	}
	return i == s.n;
}

bool
csv_parse_double(struct str text, double *out)
{
	struct str s = trim(text);

	if (!decimal_syntax(s))
		return odd_double(s, out);
	return double_parse(s, out);
}

bool
csv_parse_boolean(struct str text, uint8_t *out)
{
	struct str s = trim(text);

	if (str_ieq(s, STR("true")))
		*out = 1;
	else if (str_ieq(s, STR("false")))
		*out = 0;
	else
		return false;
	return true;
}

/* least..most digits at *i. */
static bool
number(struct str s, size_t *i, int least, int most, int *out)
{
	int n = 0, x = 0;

	for (; n < most && *i < s.n && digit(s.p[*i]); n++)
		x = x * 10 + (s.p[(*i)++] - '0');
	*out = x;
	return n >= least;
}

static bool
skip(struct str s, size_t *i, char c)
{
	return *i < s.n && s.p[*i] == c && ++*i > 0;
}

static bool
date_at(struct str s, size_t *i, int64_t *days)
{
	int year, month, day;

	if (!number(s, i, 4, 4, &year) || !skip(s, i, '-') ||
	    !number(s, i, 1, 2, &month) || !skip(s, i, '-') ||
	    !number(s, i, 1, 2, &day) || !date_valid(year, month, day))
		return false;
	*days = date_from_civil(year, month, day);
	return true;
}

/* h:mm[:ss[.fraction]]; the fraction is rounded to microseconds. */
static bool
time_at(struct str s, size_t *i, bool seconds, int64_t *micros)
{
	int hour, minute, second = 0, d;
	int64_t fraction = 0, unit = 1000000;

	if (!number(s, i, 1, 2, &hour) || !skip(s, i, ':') ||
	    !number(s, i, 2, 2, &minute) || hour > 23 || minute > 59)
		return false;
	if (skip(s, i, ':')) {
		if (!number(s, i, 2, 2, &second) || second > 59)
			return false;
		if (skip(s, i, '.')) {
			size_t first = *i;

			for (; number(s, i, 1, 1, &d); unit /= 10) {
				fraction += unit / 10 * d;
				if (unit == 1)
					fraction += d >= 5;
			}
			if (*i == first || *i - first > 12)
				return false;
		}
	} else if (seconds) {
		return false;
	}
	*micros = ((hour * 60 + minute) * 60 + second) * INT64_C(1000000) +
	    fraction;
	return true;
}

bool
csv_parse_date(struct str text, int32_t *out)
{
	struct str s = trim(text);
	size_t i = 0;
	int64_t days;

	if (!date_at(s, &i, &days) || i != s.n)
		return false;
	*out = (int32_t)days;
	return true;
}

bool
csv_parse_time(struct str text, int64_t *out)
{
	struct str s = trim(text);
	int64_t micros, day = INT64_C(86400000000);
	size_t i = 0;

	if (!time_at(s, &i, true, &micros) || i != s.n)
		return false;
	*out = micros % day * 1000000;
	return true;
}

bool
csv_parse_timestamp(struct str text, int64_t *out)
{
	struct str s = trim(text);
	int64_t days, micros = 0;
	size_t i = 0;

	if (!date_at(s, &i, &days))
		return false;
	if (i < s.n && ((!skip(s, &i, ' ') && !skip(s, &i, 'T')) ||
	    !time_at(s, &i, false, &micros) || i != s.n))
		return false;
	*out = days * INT64_C(86400000000) + micros;
	return true;
}

/* 007 and +43 are codes, not numbers. */
static bool
plain_number(struct str s)
{
	size_t i = s.n > 0 && s.p[0] == '-';

	if (i == s.n || s.p[0] == '+')
		return false;
	return s.p[i] != '0' || i + 1 == s.n || !digit(s.p[i + 1]);
}

/* What begins with a digit, a point or a minus and one of those. */
static unsigned
number_kinds(struct str s, unsigned possible)
{
	unsigned kinds = 0;
	int64_t i64;
	int32_t i32;
	double d;

	if ((possible & (CSV_IS_BIGINT | CSV_IS_DOUBLE)) != 0 &&
	    plain_number(s)) {
		if (csv_parse_bigint(s, &i64))
			return CSV_IS_BIGINT | CSV_IS_DOUBLE;
		if ((possible & CSV_IS_DOUBLE) != 0 &&
		    csv_parse_double(s, &d) && isfinite(d))
			return CSV_IS_DOUBLE;
	}
	if ((possible & CSV_IS_DATE) != 0 && csv_parse_date(s, &i32))
		kinds |= CSV_IS_DATE | CSV_IS_TIMESTAMP;
	else if ((possible & CSV_IS_TIMESTAMP) != 0 &&
	    csv_parse_timestamp(s, &i64))
		kinds |= CSV_IS_TIMESTAMP;
	else if ((possible & CSV_IS_TIME) != 0 && csv_parse_time(s, &i64))
		kinds |= CSV_IS_TIME;
	return kinds;
}

unsigned
csv_value_kinds(struct str text, unsigned possible)
{
	struct str s = trim(text);
	uint8_t u8;
	double d;

	if (s.n == 0)
		return 0;
	if (digit(s.p[0]) || s.p[0] == '.' || (s.p[0] == '-' && s.n > 1 &&
	    (digit(s.p[1]) || s.p[1] == '.')))
		return number_kinds(s, possible);
	if (csv_parse_boolean(s, &u8))
		return CSV_IS_BOOLEAN;
	return odd_double(s, &d) ? CSV_IS_DOUBLE | CSV_IS_WORD : 0;
}
