/* SPDX-License-Identifier: Apache-2.0
 * results_types.c - types and values as the client protocol shows them, by
 * what the client can take. */
#include <stdio.h>

#include "base/check.h"
#include "base/json.h"
#include "http/results.h"
#include "page/compare.h"
#include "type/value.h"

/* A type as a client without some capabilities sees it: NULL when it can
 * take it as it is, else the plain name. */
static const char *
downgraded(const struct type *t, unsigned capabilities)
{
	if (!(capabilities & CAP_PARAMETRIC_DATETIME)) {
		switch (t->id) {
		case TYPE_TIME: return "time";
		case TYPE_TIME_TZ: return "time with time zone";
		case TYPE_TIMESTAMP: return "timestamp";
		case TYPE_TIMESTAMP_TZ: return "timestamp with time zone";
		default: break;
		}
	}
	if (t->id == TYPE_NUMBER && !(capabilities & CAP_NUMBER))
		return "varchar";
	if (t->id == TYPE_VARIANT &&
	    !(capabilities & (CAP_VARIANT | CAP_VARIANT_BINARY)))
		return "json";
	return NULL;
}

static bool
plain_name(const char *z)
{
	for (; *z != '\0'; z++)
		if (!(*z == '_' || (*z >= 'a' && *z <= 'z') ||
		    (*z >= '0' && *z <= '9')))
			return false;
	return true;
}

static void
print_row_type(struct sbuf *to, const struct type *t, unsigned capabilities)
{
	sbuf_addz(to, "row(");
	for (int i = 0; i < t->n; i++) {
		const char *name = t->names == NULL ? NULL : t->names[i];

		if (i > 0)
			sbuf_addz(to, ", ");
		if (name != NULL && plain_name(name)) {
			sbuf_addf(to, "%s ", name);
		} else if (name != NULL) {
			sbuf_addc(to, '"');
			for (; *name != '\0'; name++)
				sbuf_addf(to, *name == '"' ? "\"\"" : "%c",
				    *name);
			sbuf_addz(to, "\" ");
		}
		results_type_text(to, t->child[i], capabilities);
	}
	sbuf_addc(to, ')');
}

void
results_type_text(struct sbuf *to, const struct type *t,
    unsigned capabilities)
{
	const char *plain = downgraded(t, capabilities);

	if (plain != NULL) {
		sbuf_addz(to, plain);
	} else if (t->id == TYPE_ROW) {
		print_row_type(to, t, capabilities);
	} else if (t->id == TYPE_ARRAY || t->id == TYPE_MAP) {
		sbuf_addz(to, t->id == TYPE_MAP ? "map(" : "array(");
		for (int i = 0; i < t->n; i++) {
			if (i > 0)
				sbuf_addz(to, ", ");
			results_type_text(to, t->child[i], capabilities);
		}
		sbuf_addc(to, ')');
	} else {
		type_print_display(to, t);
	}
}

static void
long_argument(struct sbuf *to, long long v)
{
	sbuf_addf(to, "{\"kind\":\"LONG\",\"value\":%lld}", v);
}

/* The raw type's name: the text up to its parameters. */
static void
raw_type(struct sbuf *to, const struct type *t)
{
	static const char *const zoned[] = { "time with time zone",
		"timestamp with time zone" };
	struct sbuf text = { 0 };
	ptrdiff_t open;

	if (t->id == TYPE_TIME_TZ || t->id == TYPE_TIMESTAMP_TZ) {
		sbuf_addz(to, zoned[t->id == TYPE_TIMESTAMP_TZ]);
		return;
	}
	type_print_display(&text, t);
	open = str_find(sbuf_str(&text), '(', 0);
	sbuf_add(to, text.p, open < 0 ? text.n : (size_t)open);
	sbuf_release(&text);
}

static void
row_arguments(struct sbuf *to, const struct type *t, unsigned capabilities)
{
	for (int i = 0; i < t->n; i++) {
		if (i > 0)
			sbuf_addc(to, ',');
		sbuf_addz(to, "{\"kind\":\"NAMED_TYPE\",\"value\":{");
		if (t->names != NULL && t->names[i] != NULL) {
			sbuf_addz(to, "\"fieldName\":{\"name\":");
			json_quote(to, str_of(t->names[i]));
			sbuf_addz(to, "},");
		}
		sbuf_addz(to, "\"typeSignature\":");
		results_type_signature(to, t->child[i], capabilities);
		sbuf_addz(to, "}}");
	}
}

static void
arguments(struct sbuf *to, const struct type *t, unsigned capabilities)
{
	switch (t->id) {
	case TYPE_VARCHAR:
	case TYPE_CHAR:
		long_argument(to, t->length);
		break;
	case TYPE_DECIMAL:
		long_argument(to, t->precision);
		sbuf_addc(to, ',');
		long_argument(to, t->scale);
		break;
	case TYPE_TIME:
	case TYPE_TIME_TZ:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_TZ:
		long_argument(to, t->precision);
		break;
	case TYPE_ROW:
		row_arguments(to, t, capabilities);
		break;
	default:
		for (int i = 0; i < t->n; i++) {
			sbuf_addz(to, i > 0 ? ",{" : "{");
			sbuf_addz(to, "\"kind\":\"TYPE\",\"value\":");
			results_type_signature(to, t->child[i],
			    capabilities);
			sbuf_addc(to, '}');
		}
	}
}

void
results_type_signature(struct sbuf *to, const struct type *t,
    unsigned capabilities)
{
	const char *plain = downgraded(t, capabilities);

	sbuf_addz(to, "{\"rawType\":\"");
	if (plain != NULL) {
		sbuf_addf(to, "%s\",\"arguments\":[]}", plain);
		return;
	}
	raw_type(to, t);
	sbuf_addz(to, "\",\"arguments\":[");
	arguments(to, t, capabilities);
	sbuf_addz(to, "]}");
}

/* Times of more than 3 digits for clients that know only 3: the text is cut
 * after rounding half up. */
static void
print_coarse(struct sbuf *to, const struct vec *v, uint32_t i)
{
	const struct type *t = v->type;
	struct type coarse = *t;
	int64_t x;

	if (t->precision <= 3 || t->rep != REP_I64) {
		vec_print_json(to, v, i);
		return;
	}
	memcpy(&x, vec_at(v, i), sizeof(x));
	if (t->id == TYPE_TIME) {
		const int64_t day = INT64_C(86400000000000000);
		const int64_t ms = INT64_C(1000000000);

		x = (x + ms / 2) / ms * ms % day;
	} else {
		int64_t down = x >= 0 ? x / 1000 : -((-x + 999) / 1000);

		x = (down + (x - down * 1000 >= 500)) * 1000;
	}
	coarse.precision = 3;
	value_print_json(to, &coarse, &x);
}

static void
print_cell(struct sbuf *to, const struct vec *v, uint32_t i,
    unsigned capabilities)
{
	char digits[24];
	int64_t x;
	int n;

	if (vec_is_null(v, i)) {
		sbuf_add(to, "null", 4);
		return;
	}
	switch (v->type->id) {
	case TYPE_BIGINT:
		memcpy(&x, vec_at(v, i), sizeof(x));
		n = snprintf(digits, sizeof(digits), "%lld", (long long)x);
		sbuf_add(to, digits, (size_t)n);
		break;
	case TYPE_VARCHAR:
		json_quote(to, strview_str(vec_at(v, i)));
		break;
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
		if (!(capabilities & CAP_PARAMETRIC_DATETIME)) {
			print_coarse(to, v, i);
			break;
		}
		/* fall through */
	default:
		vec_print_json(to, v, i);
	}
}

void
results_print_rows(struct sbuf *to, const struct page *p,
    const struct type *const *types, unsigned capabilities)
{
	for (uint32_t i = 0; i < p->rows; i++) {
		sbuf_addz(to, i > 0 ? ",[" : "[");
		for (int k = 0; k < p->n; k++) {
			if (k > 0)
				sbuf_addc(to, ',');
			print_cell(to, p->col[k], i, capabilities);
		}
		sbuf_addc(to, ']');
	}
}
