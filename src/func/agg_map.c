/* SPDX-License-Identifier: Apache-2.0
 * agg_map.c - map_agg, multimap_agg, map_union, histogram.
 *
 * NULL keys are left out; of equal keys the first one's value stays.  The
 * intermediate value is the map itself. */
#include "func/agg_table.h"
#include "func/tables.h"
#include "page/compare.h"

/* What an entry keeps. */
enum kind { COUNTS, VALUES, LISTS };

static void
keep(struct agg_context *c, struct agg_entry *x, bool fresh,
    const struct vec *value, uint32_t i, enum kind kind, struct sbuf *b)
{
	if (kind == COUNTS) {
		x->count++;
	} else if (kind == VALUES) {
		if (fresh)
			x->value = agg_bytes_keep(c, value, i);
	} else {
		sbuf_clear(b);
		value_bytes_add(b, value, i);
		byte_list_add(c, &x->list, b->p, b->n);
	}
}

static int
add_rows(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, enum kind kind)
{
	const struct vec *key = args[0];
	const struct vec *value = kind == COUNTS ? NULL : args[1];
	uint64_t hash[PAGE_ROWS];
	struct sbuf b = { 0 };

	vec_hash(key, hash, false);
	KERNEL_EACH(s, i) {
		struct agg_entry *x;
		bool fresh;

		if (vec_is_null(key, i))
			continue;
		x = agg_table_put(c, AGG_STATE(struct agg_table, rows, offset,
		    i), key, i, hash[i], &fresh);
		keep(c, x, fresh, value, i, kind, &b);
	}
	sbuf_release(&b);
	return 0;
}

static void
merge_list(struct agg_context *c, struct agg_entry *x,
    const struct vec *lists, uint32_t at, struct sbuf *b)
{
	const struct vec *values = vec_values(lists);
	struct list_ref ref;

	memcpy(&ref, vec_at(lists, at), sizeof(ref));
	for (uint32_t k = 0; k < ref.n; k++)
		keep(c, x, false, values->child[0], ref.offset + k, LISTS, b);
}

static int
merge_maps(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *in, const struct rows_sel *s, enum kind kind)
{
	const struct vec *maps = vec_values(in);
	const struct vec *key = maps->child[0], *value = maps->child[1];
	struct sbuf b = { 0 };

	KERNEL_EACH(s, i) {
		struct list_ref ref;

		if (vec_is_null(in, i))
			continue;
		memcpy(&ref, vec_at(in, i), sizeof(ref));
		for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++) {
			struct agg_entry *x;
			int64_t count;
			bool fresh;

			x = agg_table_put(c, AGG_STATE(struct agg_table, rows,
			    offset, i), key, k, vec_hash_at(key, k), &fresh);
			if (kind == LISTS) {
				merge_list(c, x, value, k, &b);
			} else if (kind == COUNTS) {
				memcpy(&count, vec_at(value, k), 8);
				x->count += count;
			} else {
				keep(c, x, fresh, value, k, kind, &b);
			}
		}
	}
	sbuf_release(&b);
	return 0;
}

static int
put_entry(const struct agg_entry *x, enum kind kind, struct vec_builder *out,
    struct err *e)
{
	const char *at = x->key;
	int rc = value_bytes_read(&at, &out->child[0], e);

	if (rc != 0)
		return rc;
	if (kind == COUNTS)
		return vec_builder_value(&out->child[1], &x->count, e);
	at = x->value;
	if (kind == VALUES)
		return value_bytes_read(&at, &out->child[1], e);
	rc = byte_list_read(&x->list, &out->child[1].child[0], e);
	return rc != 0 ? rc : vec_builder_list(&out->child[1],
	    (uint32_t)x->list.count, e);
}

static int
put_maps(char *const *rows, uint32_t offset, uint32_t n,
    struct vec_builder *out, enum kind kind, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; i < n && rc == 0; i++) {
		struct agg_table *t = AGG_STATE(struct agg_table, rows,
		    offset, i);

		if (t->n == 0) {
			rc = vec_builder_null(out, e);
			continue;
		}
		for (uint32_t k = 0; k < t->n && rc == 0; k++)
			rc = put_entry(t->entry[k], kind, out, e);
		if (rc == 0)
			rc = vec_builder_list(out, t->n, e);
	}
	return rc;
}

#define MAPS(name, kind) \
static int \
name##_update(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *const *args, const struct rows_sel *s, struct err *e) \
{ \
	return add_rows(c, rows, offset, args, s, kind); \
} \
static int \
name##_combine(struct agg_context *c, char *const *rows, uint32_t offset, \
    const struct vec *in, const struct rows_sel *s, struct err *e) \
{ \
	return merge_maps(c, rows, offset, in, s, kind); \
} \
static int \
name##_final(struct agg_context *c, char *const *rows, uint32_t offset, \
    uint32_t n, struct vec_builder *out, struct err *e) \
{ \
	return put_maps(rows, offset, n, out, kind, e); \
}

MAPS(histogram, COUNTS)
MAPS(map, VALUES)
MAPS(multimap, LISTS)

static int
union_update(struct agg_context *c, char *const *rows, uint32_t offset,
    const struct vec *const *args, const struct rows_sel *s, struct err *e)
{
	return merge_maps(c, rows, offset, args[0], s, VALUES);
}

#define RECORD(text, type, of, up, how, help_text) \
	{ .signature = text ":" type, .intermediate = type, .flags = how, \
	    .state_size = sizeof(struct agg_table), .update = up##_update, \
	    .combine = of##_combine, .save = of##_final, \
	    .final = of##_final, .help = help_text }

const struct agg_func agg_map[] = {
	RECORD("histogram(=T)", "map(T,bigint)", histogram, histogram, 0,
	    "Count the number of times each value occurs"),
	RECORD("map_agg(=K,V)", "map(K,V)", map, map, AGG_ORDER_SENSITIVE,
	    "Aggregates all the rows (key/value pairs) into a single map"),
	RECORD("multimap_agg(=K,V)", "map(K,array(V))", multimap, multimap,
	    AGG_ORDER_SENSITIVE, "Aggregates all the rows (key/value pairs) "
	    "into a single multimap"),
	RECORD("map_union(map(=K,V))", "map(K,V)", map, union,
	    AGG_ORDER_SENSITIVE, "Aggregate all the maps into a single map"),
	{ 0 }
};
