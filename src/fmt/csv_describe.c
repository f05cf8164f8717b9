/* SPDX-License-Identifier: Apache-2.0
 * csv_describe.c - names, types and header of a file from its first records.
 *
 * A column has the first of boolean, bigint, double, date, time, timestamp
 * that all its values in the sample are.  The first record is a header when
 * one of its fields is plain text where values of another type follow, or
 * when all is text. */
#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"
#include "fmt/csv_priv.h"

/* What was seen of a column. */
struct sight {
	unsigned kinds;         /* what all values can be */
	bool any, firm;         /* values; one that is no word like "nan" */
	unsigned first;         /* what the first record's can be */
	bool first_any;
};

static void
look(struct sight *s, unsigned kinds)
{
	s->any = true;
	s->firm |= (kinds & CSV_IS_WORD) == 0;
	s->kinds &= kinds;
}

static const struct type *
type_of(const struct sight *s, struct arena *a)
{
	if (!s->any)
		return TYPE(VARCHAR);
	if ((s->kinds & CSV_IS_BOOLEAN) != 0)
		return TYPE(BOOLEAN);
	if ((s->kinds & CSV_IS_BIGINT) != 0)
		return TYPE(BIGINT);
	if ((s->kinds & CSV_IS_DOUBLE) != 0 && s->firm)
		return TYPE(DOUBLE);
	if ((s->kinds & CSV_IS_DATE) != 0)
		return TYPE(DATE);
	if ((s->kinds & CSV_IS_TIME) != 0)
		return type_time(a, TYPE_TIME, 6);
	if ((s->kinds & CSV_IS_TIMESTAMP) != 0)
		return type_time(a, TYPE_TIMESTAMP, 6);
	return TYPE(VARCHAR);
}

static bool
find_header(const struct sight *v, int n, struct arena *a)
{
	bool all_text = true, text = false, typed = false;

	for (int i = 0; i < n; i++) {
		bool other = type_of(&v[i], a)->id != TYPE_VARCHAR;

		if (other && v[i].first_any && v[i].first == 0)
			return true;
		all_text &= !other;
		text |= v[i].first_any && v[i].first == 0;
		typed |= v[i].first_any && v[i].first != 0;
	}
	return all_text && text && !typed;
}

/* Names seen so far, in lower case, with the number that the next one like it
 * is tried with. */
static bool
take_name(struct map *names, const char *name, uintptr_t **next)
{
	char *lower = xstrdup(name);
	uintptr_t *count;

	for (char *p = lower; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	count = map_get(names, str_of(lower));
	*next = count;
	if (count == NULL) {
		count = xmalloc(sizeof(*count));
		*count = 1;
		map_put(names, str_of(lower), count);
	}
	free(lower);
	return *next == NULL;
}

static void
set_name(struct csv_schema *s, int i, struct str text, struct map *names,
    struct arena *a)
{
	const char *base, *name;
	uintptr_t *next, *other;

	text = str_trim(text);
	if (!s->header || text.n == 0)
		base = arena_printf(a, "column%d", i);
	else
		base = arena_strndup(a, text.p, text.n);
	name = base;
	if (!take_name(names, base, &next))
		do
			name = arena_printf(a, "%s_%d", base,
			    (int)(*next)++);
		while (!take_name(names, name, &other));
	s->names[i] = name;
}

static void
set_columns(const struct csv_tokens *t, struct csv_fields *f,
    const struct csv_options *options, struct sight *v, struct arena *a,
    struct csv_schema *out)
{
	struct sbuf copy = { 0 };
	struct map_entry *entry;
	struct map names;
	uint32_t at = 0;

	map_init(&names);
	out->names = arena_array(a, const char *, out->n);
	out->types = arena_array(a, const struct type *, out->n);
	for (int i = 0; i < out->n; i++) {
		struct str s = STR("");

		if (!out->header && v[i].first_any)
			look(&v[i], v[i].first);
		out->types[i] = i < options->n_types
		    ? type_copy(a, options->types[i]) : type_of(&v[i], a);
		if (out->header && (uint32_t)i < t->rows[1]) {
			f->rows = t->rows;
			f->column = (uint32_t)i;
			f->last = i + 1 == (int)t->rows[1];
			s = csv_field_text(f, 0, &copy);
		}
		set_name(out, i, s, &names, a);
	}
	while ((entry = map_next(&names, &at)) != NULL)
		free(entry->value);
	map_release(&names);
	sbuf_release(&copy);
}

void
csv_describe(const struct csv_tokens *t, const uint8_t *text,
    const struct csv_options *options, struct arena *a,
    struct csv_schema *out)
{
	size_t n_rows = MIN(t->n_rows / 2, (size_t)CSV_SAMPLE_ROWS + 1);
	struct sight *v = xcalloc((size_t)out->n + 1, sizeof(*v));
	struct csv_fields f = { .text = text, .pos = t->pos,
	    .quote = (uint8_t)out->quote };
	struct sbuf copy = { 0 };

	for (int i = 0; i < out->n; i++)
		v[i].kinds = CSV_IS_ANY;
	for (size_t r = 0; r < n_rows; r++) {
		int fields = (int)MIN(t->rows[2 * r + 1], (uint32_t)out->n);

		for (int i = 0; i < fields; i++) {
			struct str s;

			if (r > 0 && v[i].any && v[i].kinds == 0)
				continue;
			f.rows = &t->rows[2 * r];
			f.column = (uint32_t)i;
			f.last = i + 1 == (int)t->rows[2 * r + 1];
			s = csv_field_text(&f, 0, &copy);
			if (s.n == 0)
				continue;
			if (r == 0) {
				v[i].first = csv_value_kinds(s,
				    CSV_IS_ANY);
				v[i].first_any = true;
			} else {
				look(&v[i], csv_value_kinds(s,
				    v[i].kinds));
			}
		}
	}
	out->header = options->header == CSV_HEADER_AUTO
	    ? find_header(v, out->n, a)
	    : options->header == CSV_HEADER_YES;
	set_columns(t, &f, options, v, a, out);
	sbuf_release(&copy);
	free(v);
}
