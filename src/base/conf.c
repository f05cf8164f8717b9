/* SPDX-License-Identifier: Apache-2.0
 * conf.c - typed settings: values to and from text, the table's lookups.
 * The properties syntax itself is in conf_text.c. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/conf.h"

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit size_units[] = {
	{ "B", 1 }, { "kB", INT64_C(1) << 10 }, { "MB", INT64_C(1) << 20 },
	{ "GB", INT64_C(1) << 30 }, { "TB", INT64_C(1) << 40 },
	{ "PB", INT64_C(1) << 50 },
};

static const struct unit time_units[] = {
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
	{ "s", INT64_C(1000000000) }, { "m", INT64_C(60000000000) },
	{ "h", INT64_C(3600000000000) }, { "d", INT64_C(86400000000000) },
};

/* What a setting of this kind looks like, for error texts. */
static void
describe_limits(struct sbuf *b, const struct conf_item *item)
{
	void (*print)(struct sbuf *, int64_t) = NULL;

	if (item->min == 0 && item->max == 0)
		return;
	if (item->type == CONF_DURATION)
		print = conf_print_duration;
	sbuf_addz(b, ", from ");
	for (int i = 0; i < 2; i++) {
		int64_t v = i == 0 ? item->min : item->max;

		if (i == 1)
			sbuf_addz(b, " to ");
		if (item->type == CONF_SIZE)
			conf_print_size(b, (uint64_t)v);
		else if (print != NULL)
			print(b, v);
		else
			sbuf_addf(b, "%" PRId64, v);
	}
}

static void
describe(struct sbuf *b, const struct conf_item *item)
{
	switch (item->type) {
	case CONF_BOOL:
		sbuf_addz(b, "true or false");
		break;
	case CONF_INT:
		sbuf_addz(b, "a whole number");
		describe_limits(b, item);
		break;
	case CONF_DOUBLE:
		sbuf_addz(b, "a number");
		break;
	case CONF_SIZE:
		sbuf_addz(b, "a size such as 64MB "
		    "(B, kB, MB, GB, TB, PB)");
		describe_limits(b, item);
		break;
	case CONF_DURATION:
		sbuf_addz(b, "a duration such as 10m "
		    "(ns, us, ms, s, m, h, d)");
		describe_limits(b, item);
		break;
	case CONF_STRING:
		sbuf_addz(b, "a text");
		break;
	case CONF_ENUM:
		sbuf_addz(b, "one of ");
		for (const char *c = item->choices; *c != '\0'; c++) {
			if (*c == '|')
				sbuf_addz(b, ", ");
			else
				sbuf_addc(b, *c);
		}
		break;
	}
}

/* A number with or without fraction and exponent; *end is what follows. */
static bool
parse_number(struct str text, bool signs, double *out, struct str *end)
{
	char copy[64];
	char *stop;
	size_t n = 0;

	while (n < text.n && n < sizeof(copy) - 1 &&
	    (isdigit((unsigned char)text.p[n]) || text.p[n] == '.' ||
	    (signs && strchr("+-eE", text.p[n]) != NULL &&
	    text.p[n] != '\0')))
		n++;
	if (n == 0)
		return false;
	memcpy(copy, text.p, n);
	copy[n] = '\0';
	*out = strtod(copy, &stop);
	if (stop != copy + n || !isfinite(*out))
		return false;
	*end = str_trim((struct str){ text.p + n, text.n - n });
	return true;
}

static bool
parse_units(struct str text, const struct unit *units, size_t n, int64_t *out)
{
	struct str rest;
	double v;

	if (!parse_number(text, false, &v, &rest))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(rest, str_of(units[i].name))) {
			v = round(v * (double)units[i].factor);
			if (v >= 9.2e18)
				return false;
			*out = (int64_t)v;
			return true;
		}
	return false;
}

static bool
parse_int(struct str text, int64_t *out)
{
	char copy[32];
	char *stop;

	if (text.n == 0 || text.n >= sizeof(copy) ||
	    isspace((unsigned char)text.p[0]))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	errno = 0;
	*out = strtoll(copy, &stop, 10);
	return errno == 0 && stop == copy + text.n;
}

static bool
parse_enum(const struct conf_item *item, struct str text, struct arena *a,
    struct conf_value *out)
{
	const char *c = item->choices;

	for (;;) {
		size_t n = strcspn(c, "|");

		if (str_ieq(text, (struct str){ c, n })) {
			out->s = arena_strndup(a, c, n);
			return true;
		}
		if (c[n] == '\0')
			return false;
		c += n + 1;
	}
}

static bool
in_limits(const struct conf_item *item, int64_t v)
{
	return (item->min == 0 && item->max == 0) ||
	    (v >= item->min && v <= item->max);
}

static bool
parse_value(const struct conf_item *item, struct str text, struct arena *a,
    struct conf_value *out)
{
	struct str rest;

	switch (item->type) {
	case CONF_BOOL:
		out->b = str_ieq(text, STR("true"));
		return out->b || str_ieq(text, STR("false"));
	case CONF_INT:
		return parse_int(text, &out->i) && in_limits(item, out->i);
	case CONF_DOUBLE:
		return parse_number(text, true, &out->d, &rest) && rest.n == 0;
	case CONF_SIZE:
		return parse_units(text, size_units, ARRAY_LEN(size_units),
		    &out->i) && in_limits(item, out->i);
	case CONF_DURATION:
		return parse_units(text, time_units, ARRAY_LEN(time_units),
		    &out->i) && in_limits(item, out->i);
	case CONF_STRING:
		out->s = out->text;
		return true;
	case CONF_ENUM:
		return parse_enum(item, text, a, out);
	}
	return false;
}

int
conf_parse(const struct conf_item *item, struct str text, struct arena *a,
    struct conf_value *out, struct err *e)
{
	struct sbuf want = { 0 };
	int rc;

	*out = (struct conf_value){ 0 };
	text = str_trim(text);
	out->text = arena_strndup(a, text.p == NULL ? "" : text.p, text.n);
	if (parse_value(item, text, a, out))
		return 0;
	describe(&want, item);
	if (item->secret)
		rc = err_set(e, ERR_CONFIGURATION_INVALID,
		    "Invalid value for %s: must be %s", item->name,
		    sbuf_z(&want));
	else
		rc = err_set(e, ERR_CONFIGURATION_INVALID,
		    "Invalid value '%.*s' for %s: must be %s",
		    (int)MIN(text.n, 200), text.p, item->name, sbuf_z(&want));
	sbuf_release(&want);
	return rc;
}

void
conf_init(struct conf *c, const struct conf_item *items, int n)
{
	c->items = items;
	c->n = n;
	arena_init(&c->arena);
	c->v = arena_array(&c->arena, struct conf_value, n + 1);
	for (int i = 0; i < n; i++) {
		struct str text = str_of(items[i].fallback);

		if (text.n == 0) {
			/* Unset: zero, false or "". */
			c->v[i].text = "";
			if (items[i].type == CONF_STRING ||
			    items[i].type == CONF_ENUM)
				c->v[i].s = "";
			continue;
		}
		CHECK(conf_parse(&items[i], text, &c->arena, &c->v[i],
		    NULL) == 0);
	}
}

void
conf_release(struct conf *c)
{
	arena_release(&c->arena);
	*c = (struct conf){ 0 };
}

static int
find_item(const struct conf *c, struct str name)
{
	for (int i = 0; i < c->n; i++)
		if (str_eq(name, str_of(c->items[i].name)))
			return i;
	return -1;
}

/* Edit distance of two short names; big when they are long. */
static size_t
distance(struct str a, struct str b)
{
	size_t row[65];

	if (a.n >= ARRAY_LEN(row) || b.n >= ARRAY_LEN(row))
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t up = row[j];
			size_t d = diagonal + (a.p[i - 1] != b.p[j - 1]);

			d = MIN(d, up + 1);
			row[j] = MIN(d, row[j - 1] + 1);
			diagonal = up;
		}
	}
	return row[b.n];
}

static int
unknown_name(const struct conf *c, struct str name, struct err *e)
{
	size_t best = MIN(name.n / 3 + 1, 4);
	int at = -1;

	for (int i = 0; i < c->n; i++) {
		size_t d = distance(name, str_of(c->items[i].name));

		if (d < best) {
			best = d;
			at = i;
		}
	}
	return err_set(e, ERR_CONFIGURATION_INVALID,
	    "Configuration property '%.*s' was not used%s%s%s",
	    (int)MIN(name.n, 200), name.p, at < 0 ? "" : " (did you mean '",
	    at < 0 ? "" : c->items[at].name, at < 0 ? "" : "'?)");
}

static void
add_place(struct err *e, const char *file, int line)
{
	if (file != NULL && line > 0)
		err_wrap(e, "%s:%d", file, line);
	else if (file != NULL)
		err_wrap(e, "%s", file);
}

int
conf_set(struct conf *c, struct str name, struct str value, const char *file,
    int line, struct err *e)
{
	int at = find_item(c, name);
	struct conf_value v;
	int rc;

	if (at < 0) {
		rc = unknown_name(c, name, e);
		add_place(e, file, line);
		return rc;
	}
	if (line > 0 && file != NULL && c->v[at].file != NULL &&
	    c->v[at].line > 0 && strcmp(file, c->v[at].file) == 0) {
		rc = err_set(e, ERR_CONFIGURATION_INVALID,
		    "%s is set twice: first in line %d", c->items[at].name,
		    c->v[at].line);
		add_place(e, file, line);
		return rc;
	}
	rc = conf_parse(&c->items[at], value, &c->arena, &v, e);
	if (rc != 0) {
		add_place(e, file, line);
		return rc;
	}
	v.file = file == NULL ? "" : arena_strdup(&c->arena, file);
	v.line = line;
	c->v[at] = v;
	return 0;
}

const struct conf_value *
conf_get(const struct conf *c, const char *name)
{
	int at = find_item(c, str_of(name));

	CHECK(at >= 0);
	return &c->v[at];
}

static const struct conf_value *
get_typed(const struct conf *c, const char *name, unsigned types)
{
	const struct conf_value *v = conf_get(c, name);

	CHECK(types >> c->items[v - c->v].type & 1);
	return v;
}

bool
conf_bool(const struct conf *c, const char *name)
{
	return get_typed(c, name, 1u << CONF_BOOL)->b;
}

int64_t
conf_int(const struct conf *c, const char *name)
{
	return get_typed(c, name,
	    1u << CONF_INT | 1u << CONF_SIZE | 1u << CONF_DURATION)->i;
}

double
conf_double(const struct conf *c, const char *name)
{
	return get_typed(c, name, 1u << CONF_DOUBLE)->d;
}

const char *
conf_string(const struct conf *c, const char *name)
{
	return get_typed(c, name, 1u << CONF_STRING | 1u << CONF_ENUM)->s;
}

void
conf_print_size(struct sbuf *to, uint64_t bytes)
{
	size_t u = 0;
	double v;

	while (u + 1 < ARRAY_LEN(size_units) &&
	    bytes >= (uint64_t)size_units[u + 1].factor)
		u++;
	v = (double)bytes / (double)size_units[u].factor;
	if (v == floor(v))
		sbuf_addf(to, "%.0f%s", v, size_units[u].name);
	else
		sbuf_addf(to, "%.2f%s", v, size_units[u].name);
}

void
conf_print_duration(struct sbuf *to, int64_t ns)
{
	size_t u = 0;

	/* As Trino: 0.9999 of a unit is enough for it. */
	while (u + 1 < ARRAY_LEN(time_units) &&
	    (double)ns / (double)time_units[u + 1].factor > 0.9999)
		u++;
	sbuf_addf(to, "%.2f%s", (double)ns / (double)time_units[u].factor,
	    time_units[u].name);
}
