/* SPDX-License-Identifier: Apache-2.0
 * format_print.c - values by format specifiers, as java.util.Formatter prints
 * them: floats round half up from their shortest digits. */
#include <math.h>
#include <stdio.h>

#include "func/format.h"
#include "func/joda.h"
#include "type/float.h"
#include "type/text.h"

/* ---- text ---- */

static void
pad(struct sbuf *to, int64_t n, char c)
{
	for (; n > 0; n--)
		sbuf_addc(to, c);
}

static void
put(struct sbuf *to, const struct format_spec *s, struct str text)
{
	int64_t room = s->width - (int64_t)utf8_count(text);

	if (!(s->flags & FORMAT_LEFT))
		pad(to, room, ' ');
	sbuf_adds(to, text);
	if (s->flags & FORMAT_LEFT)
		pad(to, room, ' ');
}

void
format_text(struct sbuf *to, const struct format_spec *s, struct str text)
{
	struct sbuf upper = { 0 };

	if (s->precision >= 0)
		text.n = utf8_offset(text, (size_t)s->precision);
	if (s->upper) {
		kernel_case(&upper, text, true);
		text = sbuf_str(&upper);
	}
	put(to, s, text);
	sbuf_release(&upper);
}

/* ---- numbers ---- */

void
format_number_integer(struct format_number *x, int128 value, int scale)
{
	uint128 rest = value < 0 ? 0 - (uint128)value : (uint128)value;
	char reversed[48];
	int n = 0;

	*x = (struct format_number){ .negative = value < 0, .scale = scale };
	do {
		reversed[n++] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	} while (rest > 0);
	x->n = n;
	for (int k = 0; k < n; k++)
		x->digits[k] = reversed[n - 1 - k];
}

static void
from_digits(struct format_number *x, struct float_digits d, bool negative)
{
	format_number_integer(x, (int128)d.digits, -d.exponent);
	x->negative = negative;
}

void
format_number_double(struct format_number *x, double d)
{
	*x = (struct format_number){ .negative = signbit(d) != 0 };
	if (isfinite(d))
		from_digits(x, double_shortest(d), signbit(d) != 0);
	else
		x->kind = isnan(d) ? FORMAT_NAN : FORMAT_INFINITE;
}

void
format_number_real(struct format_number *x, float f)
{
	*x = (struct format_number){ .negative = signbit(f) != 0 };
	if (isfinite(f))
		from_digits(x, real_shortest(f), signbit(f) != 0);
	else
		x->kind = isnan(f) ? FORMAT_NAN : FORMAT_INFINITE;
}

/* Leaves `keep` of the digits, rounded half up; a carry adds one in front. */
static void
keep_digits(struct format_number *x, int keep)
{
	int k;

	if (keep >= x->n)
		return;
	if (keep < 0) {
		x->scale -= x->n;
		x->n = 1;
		x->digits[0] = '0';
		return;
	}
	x->scale -= x->n - keep;
	x->n = keep;
	if (x->digits[keep] >= '5') {
		for (k = keep - 1; k >= 0 && x->digits[k] == '9'; k--)
			x->digits[k] = '0';
		if (k >= 0) {
			x->digits[k]++;
		} else {
			memmove(x->digits + 1, x->digits, (size_t)x->n);
			x->digits[0] = '1';
			x->n++;
		}
	}
	if (x->n == 0) {
		x->digits[0] = '0';
		x->n = 1;
	}
}

static bool
is_zero(const struct format_number *x)
{
	for (int k = 0; k < x->n; k++)
		if (x->digits[k] != '0')
			return false;
	return true;
}

/* Digit `place` powers of ten left of the point (negative: right of it). */
static char
digit_of(const struct format_number *x, int place)
{
	int k = x->n - 1 - x->scale - place;

	return k < 0 || k >= x->n ? '0' : x->digits[k];
}

static void
add_plain(struct sbuf *to, struct format_number x, int decimals)
{
	int top;

	if (x.scale > decimals)
		keep_digits(&x, x.n - (x.scale - decimals));
	top = MAX(x.n - 1 - x.scale, 0);
	for (int place = top; place >= 0; place--)
		sbuf_addc(to, digit_of(&x, place));
	if (decimals > 0)
		sbuf_addc(to, '.');
	for (int k = 1; k <= decimals; k++)
		sbuf_addc(to, digit_of(&x, -k));
}

static void
add_scientific(struct sbuf *to, struct format_number x, int decimals)
{
	int exponent = 0;

	if (!is_zero(&x)) {
		keep_digits(&x, decimals + 1);
		exponent = x.n - 1 - x.scale;
	} else {
		x.n = 1;
	}
	sbuf_addc(to, x.digits[0]);
	if (decimals > 0)
		sbuf_addc(to, '.');
	for (int k = 1; k <= decimals; k++)
		sbuf_addc(to, k < x.n ? x.digits[k] : '0');
	sbuf_addf(to, "e%c%02d", exponent < 0 ? '-' : '+',
	    exponent < 0 ? -exponent : exponent);
}

static void
add_general(struct sbuf *to, const struct format_number *x, int precision)
{
	struct format_number rounded = *x;
	int exponent;

	if (precision == 0)
		precision = 1;
	if (is_zero(x)) {
		add_plain(to, *x, precision - 1);
		return;
	}
	keep_digits(&rounded, precision);
	exponent = rounded.n - 1 - rounded.scale;
	if (exponent < -4 || exponent >= precision)
		add_scientific(to, *x, precision - 1);
	else
		add_plain(to, *x, precision - 1 - exponent);
}

/* Commas between groups of three of the integer part. */
static void
add_grouped(struct sbuf *to, struct str digits)
{
	const char *point = memchr(digits.p, '.', digits.n);
	size_t whole = point == NULL ? digits.n : (size_t)(point - digits.p);

	for (size_t k = 0; k < whole; k++) {
		if (k > 0 && (whole - k) % 3 == 0)
			sbuf_addc(to, ',');
		sbuf_addc(to, digits.p[k]);
	}
	sbuf_add(to, digits.p + whole, digits.n - whole);
}

/* Sign, zeroes and width around the digits. */
static void
put_number(struct sbuf *to, const struct format_spec *s, bool negative,
    struct str digits, bool zeroes)
{
	struct sbuf b = { 0 }, upper = { 0 };
	const char *sign = negative ? s->flags & FORMAT_PARENTHESES ? "("
	    : "-" : s->flags & FORMAT_PLUS ? "+"
	    : s->flags & FORMAT_SPACE ? " " : "";
	bool closed = negative && s->flags & FORMAT_PARENTHESES;
	struct sbuf grouped = { 0 };
	struct str all;

	if (s->flags & FORMAT_GROUP) {
		add_grouped(&grouped, digits);
		digits = sbuf_str(&grouped);
	}
	sbuf_addz(&b, sign);
	if (zeroes && s->flags & FORMAT_ZERO)
		pad(&b, s->width - (int64_t)digits.n - (int64_t)strlen(sign) -
		    closed, '0');
	sbuf_adds(&b, digits);
	if (closed)
		sbuf_addc(&b, ')');
	all = sbuf_str(&b);
	if (s->upper) {
		kernel_case(&upper, all, true);
		all = sbuf_str(&upper);
	}
	put(to, s, all);
	sbuf_release(&b);
	sbuf_release(&upper);
	sbuf_release(&grouped);
}

void
format_decimal(struct sbuf *to, const struct format_spec *s,
    const struct format_number *x)
{
	put_number(to, s, x->negative, (struct str){ x->digits,
	    (size_t)x->n }, true);
}

void
format_bits(struct sbuf *to, const struct format_spec *s, int64_t x)
{
	struct sbuf b = { 0 };
	struct format_spec plain = *s;
	const char *prefix = !(s->flags & FORMAT_ALTERNATE) ? ""
	    : s->conversion == 'o' ? "0" : "0x";
	char digits[32];

	snprintf(digits, sizeof(digits), s->conversion == 'o' ? "%llo"
	    : "%llx", (unsigned long long)x);
	sbuf_addz(&b, prefix);
	if (s->flags & FORMAT_ZERO)
		pad(&b, s->width - (int64_t)strlen(digits) -
		    (int64_t)strlen(prefix), '0');
	sbuf_addz(&b, digits);
	plain.flags &= FORMAT_LEFT;
	put_number(to, &plain, false, sbuf_str(&b), false);
	sbuf_release(&b);
}

void
format_float(struct sbuf *to, const struct format_spec *s,
    const struct format_number *x)
{
	int precision = s->precision < 0 ? 6 : s->precision;
	struct format_spec plain = *s;
	struct sbuf b = { 0 };

	if (x->kind == FORMAT_NAN) {
		plain.flags &= FORMAT_LEFT;
		put_number(to, &plain, false, STR("NaN"), false);
		return;
	}
	if (x->kind == FORMAT_INFINITE) {
		plain.flags &= ~(unsigned)FORMAT_GROUP;
		put_number(to, &plain, x->negative, STR("Infinity"), false);
		return;
	}
	if (s->conversion == 'e')
		add_scientific(&b, *x, precision);
	else if (s->conversion == 'g')
		add_general(&b, x, precision);
	else
		add_plain(&b, *x, precision);
	put_number(to, s, x->negative, sbuf_str(&b), true);
	sbuf_release(&b);
}

/* Java's Double.toHexString: "0x1.8p1", "0x1.0p0". */
void
format_hex_float(struct sbuf *to, const struct format_spec *s, double d)
{
	struct format_spec plain = *s;
	char text[400];
	struct sbuf b = { 0 };
	char *p;

	if (!isfinite(d)) {
		struct format_number x;

		format_number_double(&x, d);
		format_float(to, s, &x);
		return;
	}
	if (s->precision < 0)
		snprintf(text, sizeof(text), "%a", fabs(d));
	else
		snprintf(text, sizeof(text), "%.*a", MIN(MAX(s->precision, 1),
		    300), fabs(d));
	p = strchr(text, 'p');
	sbuf_add(&b, text, (size_t)(p - text));
	if (memchr(b.p, '.', b.n) == NULL)
		sbuf_addz(&b, ".0");
	sbuf_addc(&b, 'p');
	sbuf_addz(&b, p[1] == '+' ? p + 2 : p + 1);
	plain.flags &= ~(unsigned)FORMAT_GROUP;
	put_number(to, &plain, signbit(d) != 0, sbuf_str(&b), true);
	sbuf_release(&b);
}

/* ---- dates ---- */

struct date_parts {
	const struct moment *m;
	bool has_date, has_time, has_zone;
	int64_t year;
	int month, day, hour, minute, second;
	int64_t days, nanos;
};

static bool
add_date_part(struct sbuf *to, const struct date_parts *p, char what)
{
	int half = p->hour % 12 == 0 ? 12 : p->hour % 12;
	int day_of_week = datetime_day_of_week(p->days);

	switch (what) {
	case 'a':
		sbuf_add(to, joda_days[day_of_week - 1], JODA_SHORT);
		break;
	case 'A':
		sbuf_addz(to, joda_days[day_of_week - 1]);
		break;
	case 'b': case 'h':
		sbuf_add(to, joda_months[p->month - 1], JODA_SHORT);
		break;
	case 'B':
		sbuf_addz(to, joda_months[p->month - 1]);
		break;
	case 'C':
		sbuf_addf(to, "%02lld", (long long)p->year / 100);
		break;
	case 'd':
		sbuf_addf(to, "%02d", p->day);
		break;
	case 'e':
		sbuf_addf(to, "%d", p->day);
		break;
	case 'y':
		sbuf_addf(to, "%02lld", (long long)p->year % 100);
		break;
	case 'Y':
		sbuf_addf(to, "%04lld", (long long)p->year);
		break;
	case 'j':
		sbuf_addf(to, "%03lld", (long long)(p->days -
		    date_from_civil(p->year, 1, 1) + 1));
		break;
	case 'm':
		sbuf_addf(to, "%02d", p->month);
		break;
	case 'H':
		sbuf_addf(to, "%02d", p->hour);
		break;
	case 'k':
		sbuf_addf(to, "%d", p->hour);
		break;
	case 'I':
		sbuf_addf(to, "%02d", half);
		break;
	case 'l':
		sbuf_addf(to, "%d", half);
		break;
	case 'M':
		sbuf_addf(to, "%02d", p->minute);
		break;
	case 'S':
		sbuf_addf(to, "%02d", p->second);
		break;
	case 'N':
		sbuf_addf(to, "%09lld", (long long)p->nanos);
		break;
	case 'L':
		sbuf_addf(to, "%03lld", (long long)p->nanos / 1000000);
		break;
	default:
		sbuf_addz(to, p->hour < 12 ? "am" : "pm");
		break;
	}
	return true;
}

static bool
add_zone_part(struct sbuf *to, const struct date_parts *p, char what)
{
	int minutes = p->m->offset;

	switch (what) {
	case 's':
		sbuf_addf(to, "%lld", (long long)floor_div(p->m->millis_utc,
		    1000));
		break;
	case 'Q':
		sbuf_addf(to, "%lld", (long long)p->m->millis_utc);
		break;
	case 'z':
		sbuf_addf(to, "%c%02d%02d", minutes < 0 ? '-' : '+',
		    (minutes < 0 ? -minutes : minutes) / 60,
		    (minutes < 0 ? -minutes : minutes) % 60);
		break;
	default:
		joda_zone_name(to, p->m->zone, p->m->millis_utc, false);
		break;
	}
	return true;
}

static bool
add_part(struct sbuf *to, const struct date_parts *p, char what)
{
	static const struct {
		char what;
		char parts[16];
	} compound[] = {
		{ 'R', "H:M" }, { 'T', "H:M:S" }, { 'r', "I:M:S " },
		{ 'D', "m/d/y" }, { 'F', "Y-m-d" },
		{ 'c', "a b d H:M:S Z Y" },
	};

	for (size_t k = 0; k < sizeof(compound) / sizeof(compound[0]); k++) {
		if (compound[k].what != what)
			continue;
		for (const char *z = compound[k].parts; *z != '\0'; z++) {
			if (strchr(":-/ ", *z) != NULL)
				sbuf_addc(to, *z);
			else if (!add_part(to, p, *z))
				return false;
		}
		if (what == 'r') {
			if (!p->has_time)
				return false;
			sbuf_addz(to, p->hour < 12 ? "AM" : "PM");
		}
		return true;
	}
	if (strchr("sQzZ", what) != NULL)
		return p->has_zone && add_zone_part(to, p, what);
	if (strchr("HIklMSNLp", what) != NULL)
		return p->has_time && add_date_part(to, p, what);
	return p->has_date && add_date_part(to, p, what);
}

bool
format_date(struct sbuf *to, const struct format_spec *s,
    const struct type *t, const struct moment *m)
{
	struct date_parts p = { .m = m };
	struct format_spec plain = *s;
	struct sbuf b = { 0 };
	int64_t rest;
	bool ok;

	p.has_date = t->id != TYPE_TIME;
	p.has_time = t->id != TYPE_DATE;
	p.has_zone = t->id == TYPE_TIMESTAMP_TZ;
	p.days = date_of_timestamp(m->micros);
	date_to_civil(p.days, &p.year, &p.month, &p.day);
	rest = m->micros - p.days * MICROS_PER_DAY;
	p.nanos = rest % MICROS_PER_SECOND * 1000 + m->picos / 1000;
	rest /= MICROS_PER_SECOND;
	p.hour = (int)(rest / 3600);
	p.minute = (int)(rest / 60 % 60);
	p.second = (int)(rest % 60);
	ok = add_part(&b, &p, s->date);
	plain.precision = -1;
	if (ok)
		format_text(to, &plain, sbuf_str(&b));
	sbuf_release(&b);
	return ok;
}
