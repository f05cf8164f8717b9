/* SPDX-License-Identifier: Apache-2.0
 * interval.c - interval literals, in the syntax of the period parser that
 * Trino uses: fields may be missing from the end, a field at the very end may
 * be empty, only the first may have a minus, and ten digits are the most. */
#include "type/interval.h"

#include "base/check.h"

enum { DIGITS_MAX = 10 };

struct cursor {
	const char *p, *end;
};

static const char *const names[] = {
	"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"
};

/* One whole number, or for seconds with a fraction that is cut to
 * milliseconds; *out in units, *millis apart. */
static bool
parse_field(struct cursor *c, bool fraction, int64_t *out, int64_t *millis)
{
	int n = 0, point = -1, decimals;

	*out = *millis = 0;
	if (c->p == c->end)
		return true;
	if (*c->p == '+')
		c->p++;
	for (; c->p < c->end && n < DIGITS_MAX; c->p++) {
		if (fraction && point < 0 && (*c->p == '.' || *c->p == ',')) {
			point = n;
			continue;
		}
		if (*c->p < '0' || *c->p > '9')
			break;
		n++;
		if (point < 0)
			*out = *out * 10 + (*c->p - '0');
		else if (n - point <= 3)
			*millis = *millis * 10 + (*c->p - '0');
	}
	for (decimals = point < 0 ? 3 : n - point; decimals < 3; decimals++)
		*millis *= 10;
	return n > 0 && *out <= INT32_MAX;
}

static bool
parse_fields(struct str text, enum interval_field from,
    enum interval_field to, int64_t *out)
{
	static const int64_t unit[] = { 12, 1, 86400000, 3600000, 60000, 1000 };
	static const char separator[] = { 0, '-', 0, ' ', ':', ':' };
	struct cursor c = { text.p, text.p + text.n };
	int64_t total = 0, x, millis;
	int field;

	for (field = (int)from; field <= (int)to; field++) {
		if (field > (int)from) {
			if (c.p == c.end)
				break;
			if (*c.p++ != separator[field])
				return false;
		}
		if (!parse_field(&c, field == INTERVAL_SECOND, &x, &millis))
			return false;
		total += x * unit[field] + millis;
	}
	*out = total;
	return c.p == c.end;
}

int
interval_parse(struct str text, enum interval_field from,
    enum interval_field to, int64_t *out, struct err *e)
{
	struct str s = text;
	bool negative = s.n > 0 && s.p[0] == '-';

	if (negative) {
		s.p++;
		s.n--;
	}
	if (!parse_fields(s, from, to, out) ||
	    (to <= INTERVAL_MONTH && *out > INT32_MAX))
		return err_set(e, ERR_INVALID_LITERAL,
		    "Invalid INTERVAL %s%s%s value: %.*s", names[from],
		    from == to ? "" : " TO ", from == to ? "" : names[to],
		    STR_ARG(text));
	if (negative)
		*out = -*out;
	return 0;
}

void
interval_ym_print(struct sbuf *to, int32_t months)
{
	int64_t m = months < 0 ? -(int64_t)months : months;

	sbuf_addf(to, "%s%lld-%lld", months < 0 ? "-" : "",
	    (long long)(m / 12), (long long)(m % 12));
}

void
interval_ds_print(struct sbuf *to, int64_t millis)
{
	uint64_t x = millis < 0 ? -(uint64_t)millis : (uint64_t)millis;

	sbuf_addf(to, "%s%llu %02d:%02d:%02d.%03d", millis < 0 ? "-" : "",
	    (unsigned long long)(x / 86400000), (int)(x / 3600000 % 24),
	    (int)(x / 60000 % 60), (int)(x / 1000 % 60), (int)(x % 1000));
}
