/* SPDX-License-Identifier: Apache-2.0
 * format.c - format(): Java's format strings over values of any type. */
#include "func/format.h"

#include "base/err.h"
#include "func/tables.h"
#include "type/coerce.h"
#include "type/float.h"
#include "type/number.h"
#include "type/text.h"
#include "type/value.h"

/* ---- values as Java's String.valueOf shows them ---- */

static void
add_java_time(struct sbuf *to, int64_t micros, int picos)
{
	int64_t rest = micros / MICROS_PER_SECOND;
	int64_t nanos = micros % MICROS_PER_SECOND * 1000 + picos / 1000;

	sbuf_addf(to, "%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60));
	if (rest % 60 == 0 && nanos == 0)
		return;
	sbuf_addf(to, ":%02d", (int)(rest % 60));
	if (nanos == 0)
		return;
	if (nanos % 1000000 == 0)
		sbuf_addf(to, ".%03d", (int)(nanos / 1000000));
	else if (nanos % 1000 == 0)
		sbuf_addf(to, ".%06d", (int)(nanos / 1000));
	else
		sbuf_addf(to, ".%09d", (int)nanos);
}

static void
add_java_moment(struct sbuf *to, const struct type *t, const struct moment *m)
{
	int64_t days = date_of_timestamp(m->micros), year;
	int month, day, minutes = m->offset;
	struct str zone;

	if (t->id != TYPE_TIME) {
		date_to_civil(days, &year, &month, &day);
		sbuf_addf(to, year < 0 ? "%05lld-%02d-%02d" : year > 9999
		    ? "+%lld-%02d-%02d" : "%04lld-%02d-%02d",
		    (long long)year, month, day);
	}
	if (t->id == TYPE_DATE)
		return;
	if (t->id != TYPE_TIME)
		sbuf_addc(to, 'T');
	add_java_time(to, m->micros - days * MICROS_PER_DAY, m->picos);
	if (t->id != TYPE_TIMESTAMP_TZ)
		return;
	zone = zone_name(m->zone);
	if (minutes == 0)
		sbuf_addc(to, 'Z');
	else
		sbuf_addf(to, "%c%02d:%02d", minutes < 0 ? '-' : '+',
		    (minutes < 0 ? -minutes : minutes) / 60,
		    (minutes < 0 ? -minutes : minutes) % 60);
	if (zone.p[0] != '+' && zone.p[0] != '-')
		sbuf_addf(to, "[%.*s]", STR_ARG(zone));
}

static int128
integer_at(const struct vec *v, uint32_t i)
{
	switch (v->type->rep) {
	case REP_I8:
		return KERNEL_AT(int8_t, v, i);
	case REP_I16:
		return KERNEL_AT(int16_t, v, i);
	case REP_I32:
		return KERNEL_AT(int32_t, v, i);
	case REP_I64:
		return KERNEL_AT(int64_t, v, i);
	default:
		return KERNEL_AT(int128, v, i);
	}
}

static void
add_java_text(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct type *t = v->type;
	struct format_number x;
	struct moment m;

	switch (t->id) {
	case TYPE_DOUBLE:
		double_print(to, KERNEL_AT(double, v, i));
		break;
	case TYPE_REAL:
		real_print(to, KERNEL_AT(float, v, i));
		break;
	case TYPE_DECIMAL:
		format_number_integer(&x, integer_at(v, i), t->scale);
		big_decimal_print(to, x.negative, (struct str){ x.digits,
		    (size_t)x.n }, x.scale);
		break;
	case TYPE_DATE: case TYPE_TIME: case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_TZ:
		moment_load(v, i, &m);
		add_java_moment(to, t, &m);
		break;
	default:
		value_print(to, t, vec_at(v, i));
		break;
	}
}

/* ---- one specifier, one value ---- */

static bool
is_integer(const struct type *t)
{
	return t->id >= TYPE_TINYINT && t->id <= TYPE_BIGINT;
}

static const char *
java_class(const struct type *t)
{
	switch (t->id) {
	case TYPE_BOOLEAN:
		return "java.lang.Boolean";
	case TYPE_TINYINT: case TYPE_SMALLINT: case TYPE_INTEGER:
	case TYPE_BIGINT:
		return "java.lang.Long";
	case TYPE_REAL:
		return "java.lang.Float";
	case TYPE_DOUBLE:
		return "java.lang.Double";
	case TYPE_DECIMAL:
		return "java.math.BigDecimal";
	case TYPE_DATE:
		return "java.time.LocalDate";
	case TYPE_TIME:
		return "java.time.LocalTime";
	case TYPE_TIMESTAMP:
		return "java.time.LocalDateTime";
	case TYPE_TIMESTAMP_TZ:
		return "java.time.ZonedDateTime";
	default:
		return "java.lang.String";
	}
}

/* Java's hashCode() of what the value becomes. */
static uint32_t
java_hash(const struct vec *v, uint32_t i, struct str text)
{
	uint64_t bits = 0;
	uint32_t hash = 0;

	if (v->type->id == TYPE_BOOLEAN)
		return KERNEL_AT(uint8_t, v, i) ? 1231 : 1237;
	if (is_integer(v->type) || v->type->id == TYPE_DOUBLE) {
		if (v->type->id == TYPE_DOUBLE)
			memcpy(&bits, vec_at(v, i), sizeof(bits));
		else
			bits = (uint64_t)(int64_t)integer_at(v, i);
		return (uint32_t)(bits ^ bits >> 32);
	}
	for (const char *p = text.p, *end = p + text.n; p < end;) {
		int n;
		int32_t c = utf8_at(p, end, &n);

		if (c >= 0x10000) {
			hash = hash * 31 + (uint32_t)(0xd800 + ((c - 0x10000)
			    >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		hash = hash * 31 + (uint32_t)c;
		p += n;
	}
	return hash;
}

static bool
format_float_value(struct sbuf *to, const struct format_spec *s,
    const struct vec *v, uint32_t i)
{
	struct format_number x;

	switch (v->type->id) {
	case TYPE_DOUBLE:
		format_number_double(&x, KERNEL_AT(double, v, i));
		break;
	case TYPE_REAL:
		format_number_real(&x, KERNEL_AT(float, v, i));
		break;
	case TYPE_DECIMAL:
		format_number_integer(&x, integer_at(v, i), v->type->scale);
		if (s->conversion == 'a')
			return false;
		break;
	default:
		return false;
	}
	if (s->conversion != 'a')
		format_float(to, s, &x);
	else
		format_hex_float(to, s, v->type->id == TYPE_REAL
		    ? (double)KERNEL_AT(float, v, i)
		    : KERNEL_AT(double, v, i));
	return true;
}

static bool
format_time_value(struct sbuf *to, const struct format_spec *s,
    const struct vec *v, uint32_t i)
{
	struct moment m = { 0 };

	if (is_integer(v->type)) {
		/* Milliseconds since 1970. */
		m.millis_utc = (int64_t)integer_at(v, i);
		m.micros = (int64_t)((uint64_t)m.millis_utc * 1000);
		return format_date(to, s, TYPE(TIMESTAMP_TZ), &m);
	}
	if (v->type->id != TYPE_DATE && v->type->id != TYPE_TIME &&
	    v->type->id != TYPE_TIMESTAMP && v->type->id != TYPE_TIMESTAMP_TZ)
		return false;
	moment_load(v, i, &m);
	return format_date(to, s, v->type, &m);
}

/* False: the conversion does not take a value of this type. */
static bool
format_value(struct sbuf *to, const struct format_spec *s,
    const struct vec *v, uint32_t i)
{
	struct format_number x;
	struct sbuf b = { 0 };

	switch (s->conversion) {
	case 'b':
		format_text(to, s, v->type->id != TYPE_BOOLEAN ||
		    KERNEL_AT(uint8_t, v, i) ? STR("true") : STR("false"));
		return true;
	case 's':
	case 'h':
		add_java_text(&b, v, i);
		if (s->conversion == 'h') {
			uint32_t hash = java_hash(v, i, sbuf_str(&b));

			sbuf_clear(&b);
			sbuf_addf(&b, "%x", hash);
		}
		format_text(to, s, sbuf_str(&b));
		sbuf_release(&b);
		return true;
	case 'd':
		if (!is_integer(v->type))
			return false;
		format_number_integer(&x, integer_at(v, i), 0);
		format_decimal(to, s, &x);
		return true;
	case 'o': case 'x':
		if (!is_integer(v->type))
			return false;
		format_bits(to, s, (int64_t)integer_at(v, i));
		return true;
	case 'e': case 'f': case 'g': case 'a':
		return format_float_value(to, s, v, i);
	case 't':
		return format_time_value(to, s, v, i);
	default:
		return false;
	}
}

/* ---- a row ---- */

struct row_format {
	struct str text;
	struct format_specs specs;
};

static bool
fail(struct eval *ev, uint32_t i, const struct row_format *f,
    const char *exception, const char *what)
{
	eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Invalid format string: %.*s (%s: %s)", STR_ARG(f->text),
	    exception, what);
	return false;
}

/* Octal and hexadecimal texts have no sign to be shown. */
static bool
bits_ok(struct eval *ev, uint32_t i, const struct row_format *f,
    const struct format_spec *s)
{
	unsigned bad = s->flags & (FORMAT_PARENTHESES | FORMAT_SPACE |
	    FORMAT_PLUS);

	if ((s->conversion != 'o' && s->conversion != 'x') || bad == 0)
		return true;
	return fail(ev, i, f, "FormatFlagsConversionMismatch",
	    arena_printf(ev->scratch, "Conversion = %c, Flags = %c",
	    s->conversion, bad & FORMAT_PARENTHESES ? '('
	    : bad & FORMAT_SPACE ? ' ' : '+'));
}

static bool
format_one(struct eval *ev, const struct row_format *f,
    const struct format_spec *s, const struct vec *v, uint32_t i,
    struct sbuf *to)
{
	struct format_spec plain = *s;

	if (vec_is_null(v, i)) {
		plain.flags &= FORMAT_LEFT;
		format_text(to, &plain, s->conversion == 'b' ? STR("false")
		    : STR("null"));
		return true;
	}
	if (is_integer(v->type) && !bits_ok(ev, i, f, s))
		return false;
	if (format_value(to, s, v, i))
		return true;
	return fail(ev, i, f, "IllegalFormatConversion",
	    arena_printf(ev->scratch, "%c != %s", s->date != 0 ? s->date
	    : s->conversion, java_class(v->type)));
}

static bool
format_row(struct eval *ev, const struct func_args *args,
    const struct row_format *f, uint32_t i, struct sbuf *to)
{
	int next = 0, last = -1;

	for (const struct format_spec *s = f->specs.v;
	    s < f->specs.v + f->specs.n; s++) {
		if (s->conversion == 0) {
			sbuf_adds(to, s->text);
			continue;
		}
		if (s->conversion == '%' || s->conversion == 'n') {
			format_text(to, s, s->conversion == 'n' ? STR("\n")
			    : STR("%"));
			continue;
		}
		if (!(s->flags & FORMAT_PREVIOUS))
			last = s->index > 0 ? s->index - 1 : next++;
		if (last < 0 || last >= args->n - 1) {
			struct sbuf b = { 0 };

			format_spec_print(&b, s);
			fail(ev, i, f, "MissingFormatArgument",
			    arena_printf(ev->scratch, "Format specifier '%s'",
			    sbuf_z(&b)));
			sbuf_release(&b);
			return false;
		}
		if (!format_one(ev, f, s, args->v[last + 1], i, to))
			return false;
	}
	return true;
}

static int
format(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct row_format f = { { NULL, 0 }, { 0 } };
	struct err bad = { 0 };
	struct sbuf b = { 0 };
	int rc = 0, parsed = -1;

	KERNEL_EACH(s, i) {
		struct str text;

		if (vec_is_null(args->v[0], i)) {
			rc = kernel_put_null(ev, *out, i, e);
			if (rc != 0)
				break;
			continue;
		}
		text = kernel_str(args->v[0], i);
		if (f.text.p == NULL || !str_eq(f.text, text)) {
			f.text = text;
			parsed = format_parse(ev->scratch, text, &f.specs,
			    &bad);
		}
		if (parsed != 0) {
			eval_row_error(ev, i, bad.code, "%s", bad.text);
			continue;
		}
		sbuf_clear(&b);
		if (!format_row(ev, args, &f, i, &b))
			continue;
		if ((rc = kernel_put(ev, *out, i, sbuf_str(&b), e)) != 0)
			break;
	}
	sbuf_release(&b);
	return rc;
}

const struct func func_format[] = {
	{ .signature = "format(varchar(x),any...):varchar",
	    .flags = FUNC_NULL_CALLS | FUNC_HIDDEN, .kernel = format,
	    .help = "Values by a format string" },
	{ 0 }
};
