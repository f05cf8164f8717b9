/* SPDX-License-Identifier: Apache-2.0
 * parquet_prune.c - which row groups can be left out: by the footer's
 * statistics, and by dictionaries that hold all values of a chunk. */
#include <math.h>

#include "base/check.h"
#include "fmt/parquet_scan.h"

/* A bigger dictionary costs more to look through than it saves. */
enum { DICTIONARY_MAX = 16 << 10 };

static bool
walk_set(const struct domain_set *set, int i,
    bool (*each)(const struct domain *d, void *arg), void *arg)
{
	if (set == NULL)
		return true;
	if (set->none)
		return false;
	for (int j = 0; j < set->n; j++)
		if (set->column[j] == i && !each(set->domain[j], arg))
			return false;
	return true;
}

bool
parquet_domains(const struct parquet_source *s, int i,
    bool (*each)(const struct domain *d, void *arg), void *arg)
{
	return walk_set(s->filter, i, each, arg) &&
	    walk_set(s->narrowed, i, each, arg);
}

static bool
is_nan(const struct vec *v)
{
	if (v == NULL)
		return false;
	return v->type->rep == REP_F32 ? isnan(*(const float *)v->data)
	    : isnan(*(const double *)v->data);
}

/* NaN lies outside of all bounds in the file, and inside of a domain without
 * ends (x <> 1) or with NaN itself: such a domain says nothing about
 * bounds. */
static bool
reaches_nan(const struct domain *d)
{
	if (d->type->id != TYPE_REAL && d->type->id != TYPE_DOUBLE)
		return false;
	for (int i = 0; i < d->n; i++)
		if (is_nan(d->ranges[i].low) || is_nan(d->ranges[i].high))
			return true;
	return d->all || (d->n > 1 && d->ranges[0].low == NULL &&
	    d->ranges[d->n - 1].high == NULL);
}

static bool
overlaps(const struct domain *d, void *arg)
{
	const struct parquet_bounds *b = arg;

	if (!type_equal(d->type, b->type))
		return true;
	if (reaches_nan(d) && !b->all_null)
		return true;
	return domain_overlaps(d, b->min, b->max, b->has_null, b->all_null);
}

bool
parquet_bounds_match(const struct parquet_source *s, int i,
    const struct parquet_bounds *b)
{
	return parquet_domains(s, i, overlaps, (void *)b);
}

bool
parquet_has_domain(const struct parquet_source *s, int i)
{
	const struct domain_set *sets[] = { s->filter, s->narrowed };

	for (int k = 0; k < 2; k++)
		for (int j = 0; sets[k] != NULL && j < sets[k]->n; j++)
			if (sets[k]->column[j] == i)
				return true;
	return false;
}

static int
column_matches(struct parquet_source *s, const struct parquet_group_scan *g,
    int i, bool *matches, struct err *e)
{
	const struct parquet_want *w = &s->wants[i];
	struct parquet_bounds b = { .type = w->type, .has_null = true };
	struct parquet_stats stats;
	int rc;

	rc = parquet_stats(s->meta, g->number, w->column, s->io.account,
	    &stats, e);
	if (rc < 0)
		return rc;
	if (stats.nulls >= 0) {
		b.has_null = stats.nulls > 0;
		b.all_null = (uint64_t)stats.nulls == g->rows;
	}
	if (stats.min != NULL)
		stats.min = parquet_cast(stats.min, w->type, s->io.account,
		    e);
	if (stats.max != NULL)
		stats.max = parquet_cast(stats.max, w->type, s->io.account,
		    e);
	b.min = stats.min;
	b.max = stats.max;
	*matches = parquet_bounds_match(s, i, &b);
	parquet_stats_release(&stats);
	return 0;
}

int
parquet_group_matches(struct parquet_source *s,
    const struct parquet_group_scan *g, bool *matches, struct err *e)
{
	*matches = (s->filter == NULL || !s->filter->none) &&
	    (s->narrowed == NULL || !s->narrowed->none);
	for (int i = 0; i < s->n && *matches; i++) {
		const struct parquet_want *w = &s->wants[i];
		struct parquet_bounds missing = { .type = w->type,
		    .has_null = true, .all_null = true };
		int rc;

		if (!parquet_has_domain(s, i))
			continue;
		if (w->node == NULL) {
			*matches = parquet_bounds_match(s, i, &missing);
			continue;
		}
		if (w->node->kind != NODE_LEAF)
			continue;
		rc = column_matches(s, g, i, matches, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Is every data page of the chunk dictionary-encoded? */
static bool
all_dictionary(const struct parquet_chunk *c)
{
	uint32_t plain = 1u << PARQUET_PLAIN_DICTIONARY | 1u << PARQUET_RLE |
	    1u << PARQUET_BIT_PACKED;

	if (c->paged)
		return c->all_dict;
	/* Without encoding statistics only the old encoding is telling: the
	 * new one lists PLAIN for the dictionary page itself. */
	return (c->encodings & 1u << PARQUET_PLAIN_DICTIONARY) != 0 &&
	    (c->encodings & ~plain) == 0;
}

static bool
has_entry(const struct domain *d, void *arg)
{
	const struct vec *dict = arg;

	if (d->nulls || !type_equal(d->type, dict->type))
		return true;
	for (uint32_t i = 0; i < dict->n; i++)
		if (domain_contains(d, dict, i))
			return true;
	return false;
}

/* Brings the dictionary of wanted column i; *dict NULL: it has none that
 * tells. */
static enum source_step
dictionary(struct parquet_source *s, struct parquet_group_scan *g, int i,
    struct vec **dict, struct wait **blocked, struct err *e)
{
	const struct parquet_want *w = &s->wants[i];
	struct parquet_reader *r = &g->readers[w->first_reader];
	enum source_step step;

	*dict = NULL;
	step = parquet_pages_find(&r->pages, 0, 1, blocked, e);
	if (step != SOURCE_READY)
		return step;
	if (r->pages.dictionary.body == NULL ||
	    r->pages.dictionary.h.values > DICTIONARY_MAX)
		return SOURCE_READY;
	if (parquet_reader_dictionary(r, e) < 0)
		return SOURCE_FAILED;
	if (r->dict_cast == NULL)
		r->dict_cast = parquet_cast(vec_ref(r->dict), w->type,
		    r->account, e);
	if (r->dict_cast == NULL)
		return SOURCE_FAILED;
	*dict = r->dict_cast;
	return SOURCE_READY;
}

enum source_step
parquet_group_dictionary(struct parquet_source *s,
    struct parquet_group_scan *g, bool *matches, struct wait **blocked,
    struct err *e)
{
	*matches = true;
	for (int i = 0; i < s->n && *matches; i++) {
		const struct parquet_want *w = &s->wants[i];
		enum source_step step;
		struct vec *dict;

		if (w->node == NULL || w->node->kind != NODE_LEAF ||
		    !g->started[i] || !parquet_has_domain(s, i) ||
		    !all_dictionary(&s->meta->chunks[g->number]
		    [w->node->leaf->index]))
			continue;
		step = dictionary(s, g, i, &dict, blocked, e);
		if (step != SOURCE_READY)
			return step;
		if (dict != NULL)
			*matches = parquet_domains(s, i, has_entry, dict);
	}
	return SOURCE_READY;
}
