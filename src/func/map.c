/* SPDX-License-Identifier: Apache-2.0
 * map.c - maps: making, looking up, taking apart, joining. */
#include "func/compare.h"
#include "func/list.h"
#include "func/tables.h"
#include "type/value.h"

/* ---- keys ---- */

bool
map_check_keys(struct eval *ev, const struct vec *keys, uint32_t from,
    uint32_t n, uint32_t row)
{
	struct element_set set;

	element_set_init(&set, ev->scratch, keys, n);
	for (uint32_t k = from; k < from + n; k++) {
		if (vec_is_null(keys, k)) {
			eval_row_error(ev, row, ERR_INVALID_FUNCTION_ARGUMENT,
			    "map key cannot be null");
			return false;
		}
		if (list_has_null(keys, k)) {
			eval_row_error(ev, row, ERR_INVALID_FUNCTION_ARGUMENT,
			    "map key cannot be indeterminate: %s",
			    list_value_text(ev, keys, k));
			return false;
		}
		if (!element_set_add(&set, k)) {
			eval_row_error(ev, row, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Duplicate map keys (%s) are not allowed",
			    list_value_text(ev, keys, k));
			return false;
		}
	}
	return true;
}

/* ---- making ---- */

static int
map_empty(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_out l;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i)
		list_row(&l, i);
	return list_finish(&l, 0, e);
}

static int
map_of_arrays(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *keys = args->v[0]->child[0];
	struct list_out l;
	int rc = 0;

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref k = list_at(args->v[0], i);
		struct list_ref v = list_at(args->v[1], i);

		if (k.n != v.n) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "Key and value arrays must be the same length");
			continue;
		}
		if (!map_check_keys(ev, keys, k.offset, k.n, i))
			continue;
		rc = vec_builder_rows(&l.b[0], keys, NULL, k.offset, k.n, e);
		if (rc == 0)
			rc = vec_builder_rows(&l.b[1], args->v[1]->child[0],
			    NULL, v.offset, v.n, e);
		if (rc != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

/* The two fields of the entries of row i, as flat vectors. */
struct entries {
	const struct vec *rows;         /* the array's elements */
	struct vec *keys, *values;
};

static int
entries_open(struct eval *ev, const struct vec *list, struct entries *out,
    struct err *e)
{
	const struct vec *rows = list->child[0];
	struct vec *flat;

	*out = (struct entries){ .rows = rows };
	flat = vec_flatten((struct vec *)(uintptr_t)rows, ev->account, e);
	if (flat == NULL)
		return -e->code;
	out->keys = vec_flatten(flat->child[0], ev->account, e);
	out->values = vec_flatten(flat->child[1], ev->account, e);
	vec_drop(&flat);
	return out->keys == NULL || out->values == NULL ? -e->code : 0;
}

static void
entries_close(struct entries *x)
{
	vec_drop(&x->keys);
	vec_drop(&x->values);
}

static bool
entries_whole(struct eval *ev, const struct entries *x, struct list_ref ref,
    uint32_t row)
{
	for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++)
		if (vec_is_null(x->rows, k)) {
			eval_row_error(ev, row, ERR_INVALID_FUNCTION_ARGUMENT,
			    "map entry cannot be null");
			return false;
		}
	return true;
}

static int
map_from_entries(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct entries x;
	struct list_out l;
	int rc = entries_open(ev, args->v[0], &x, e);

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);

		if (rc != 0)
			break;
		if (!entries_whole(ev, &x, ref, i) ||
		    !map_check_keys(ev, x.keys, ref.offset, ref.n, i))
			continue;
		rc = vec_builder_rows(&l.b[0], x.keys, NULL, ref.offset,
		    ref.n, e);
		if (rc == 0)
			rc = vec_builder_rows(&l.b[1], x.values, NULL,
			    ref.offset, ref.n, e);
		list_row(&l, i);
	}
	entries_close(&x);
	return list_finish(&l, rc, e);
}

static int
multimap_row(struct eval *ev, struct list_out *l, const struct entries *x,
    struct list_ref ref, struct err *e)
{
	struct element_set set;
	int rc = 0;

	element_set_init(&set, ev->scratch, x->keys, ref.n);
	for (uint32_t k = ref.offset; k < ref.offset + ref.n && rc == 0; k++) {
		uint32_t n = 0;

		if (!element_set_add(&set, k))
			continue;
		rc = vec_builder_row(&l->b[0], x->keys, k, e);
		for (uint32_t j = k; j < ref.offset + ref.n && rc == 0; j++)
			if (vec_same(x->keys, k, x->keys, j)) {
				rc = vec_builder_row(&l->b[1].child[0],
				    x->values, j, e);
				n++;
			}
		if (rc == 0)
			rc = vec_builder_list(&l->b[1], n, e);
	}
	return rc;
}

static int
multimap_from_entries(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct entries x;
	struct list_out l;
	int rc = entries_open(ev, args->v[0], &x, e);

	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		struct list_ref ref = list_at(args->v[0], i);
		bool null = false;

		if (rc != 0)
			break;
		if (!entries_whole(ev, &x, ref, i))
			continue;
		for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++)
			null |= vec_is_null(x.keys, k);
		if (null) {
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "map key cannot be null");
			continue;
		}
		rc = multimap_row(ev, &l, &x, ref, e);
		list_row(&l, i);
	}
	entries_close(&x);
	return list_finish(&l, rc, e);
}

/* ---- looking up ---- */

/* Where the key stands in the row's keys, or UINT32_MAX. */
static uint32_t
find_key(const struct vec *map, uint32_t row, const struct vec *key,
    uint32_t i)
{
	const struct vec *keys = map->child[0];
	struct list_ref ref = list_at(map, row);
	bool nested = key->type->rep == REP_LIST || key->type->rep == REP_ROW;

	if (compare_is_nan(key, i))
		return UINT32_MAX;
	for (uint32_t k = ref.offset; k < ref.offset + ref.n; k++)
		if (nested ? vec_equal(keys, k, key, i) == 1
		    : !compare_is_nan(keys, k) &&
		    compare_rows(keys, k, key, i) == 0)
			return k;
	return UINT32_MAX;
}

static void
key_missing(struct eval *ev, const struct vec *key, uint32_t i)
{
	struct sbuf b = { 0 };

	if (type_is(key->type, TYPE_VARBINARY) || key->type->rep == REP_LIST ||
	    key->type->rep == REP_ROW) {
		eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Key not present in map");
		return;
	}
	value_print(&b, key->type, vec_at(key, i));
	eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Key not present in map: %s", sbuf_z(&b));
	sbuf_release(&b);
}

static int
lookup(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, bool strict, struct err *e)
{
	const struct vec *map = args->v[0];
	uint32_t *index = arena_array(ev->scratch, uint32_t, s->page_rows + 1);
	uint64_t *valid = arena_array(ev->scratch, uint64_t,
	    bitmap_words(s->page_rows) + 1);

	KERNEL_EACH(s, i) {
		uint32_t at = find_key(map, i, args->v[1], i);

		if (at != UINT32_MAX) {
			index[i] = at;
			bit_set(valid, i);
		} else if (strict) {
			key_missing(ev, args->v[1], i);
		}
	}
	return list_pick(ev, map->child[1], index, valid, s->page_rows, out,
	    e);
}

static int
subscript(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return lookup(ev, args, s, out, true, e);
}

static int
element_at(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return lookup(ev, args, s, out, false, e);
}

static int
cardinality(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	int64_t *r = (*out)->data;

	KERNEL_EACH(s, i)
		r[i] = list_at(args->v[0], i).n;
	return 0;
}

/* ---- taking apart ---- */

static int
share(const struct func_args *args, const struct rows_sel *s,
    struct vec *out, int child)
{
	struct list_ref *r = out->data;

	KERNEL_EACH(s, i)
		r[i] = list_at(args->v[0], i);
	vec_set_child(out, 0, vec_ref(args->v[0]->child[child]));
	return 0;
}

static int
map_keys(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return share(args, s, *out, 0);
}

static int
map_values(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	return share(args, s, *out, 1);
}

static int
map_entries(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	const struct vec *v = args->v[0];
	struct list_ref *r = (*out)->data;
	struct vec *row;

	KERNEL_EACH(s, i)
		r[i] = list_at(v, i);
	row = vec_new_flat(args->result->child[0], v->child[0]->n, false,
	    ev->account, e);
	if (row == NULL)
		return -e->code;
	vec_set_child(row, 0, vec_ref(v->child[0]));
	vec_set_child(row, 1, vec_ref(v->child[1]));
	vec_set_child(*out, 0, row);
	return 0;
}

/* ---- joining: the last map that has a key wins ---- */

static int
concat_row(struct list_out *l, const struct func_args *args, uint32_t i,
    struct err *e)
{
	int rc = 0;

	for (int c = 0; c < args->n; c++) {
		const struct vec *v = args->v[c];
		struct list_ref ref = list_at(v, i);

		for (uint32_t k = ref.offset; k < ref.offset + ref.n &&
		    rc == 0; k++) {
			bool later = false;

			for (int d = c + 1; d < args->n && !later; d++) {
				struct list_ref o = list_at(args->v[d], i);

				for (uint32_t j = 0; j < o.n && !later; j++)
					later = vec_same(v->child[0], k,
					    args->v[d]->child[0], o.offset +
					    j);
			}
			if (later)
				continue;
			rc = vec_builder_row(&l->b[0], v->child[0], k, e);
			if (rc == 0)
				rc = vec_builder_row(&l->b[1], v->child[1], k,
				    e);
		}
	}
	return rc;
}

static int
map_concat(struct eval *ev, const struct func_args *args,
    const struct rows_sel *s, struct vec **out, struct err *e)
{
	struct list_out l;
	int rc = 0;

	if (args->n < 2) {
		KERNEL_EACH(s, i)
			eval_row_error(ev, i, ERR_INVALID_FUNCTION_ARGUMENT,
			    "There must be two or more concatenation "
			    "arguments to map_concat");
	}
	list_begin(&l, ev, *out);
	KERNEL_EACH(s, i) {
		if ((rc = concat_row(&l, args, i, e)) != 0)
			break;
		list_row(&l, i);
	}
	return list_finish(&l, rc, e);
}

#define APART(name, r, fn, help_text) \
	{ .signature = name "(map(K,V)):" r, .flags = FUNC_CANNOT_FAIL, \
	    .kernel = fn, .help = help_text }

const struct func func_map[] = {
	{ .signature = "map():map(unknown,unknown)",
	    .flags = FUNC_CANNOT_FAIL, .kernel = map_empty,
	    .help = "A map without entries" },
	{ .signature = "map(array(=K),array(V)):map(K,V)",
	    .kernel = map_of_arrays, .help = "A map of keys and values" },
	{ .signature = "map_from_entries(array(row(=K,V))):map(K,V)",
	    .kernel = map_from_entries, .help = "A map of rows" },
	{ .signature =
	    "multimap_from_entries(array(row(=K,V))):map(K,array(V))",
	    .kernel = multimap_from_entries,
	    .help = "A map of rows, values of a key together" },
	{ .signature = "[](map(K,V),K):V", .flags = FUNC_OPERATOR |
	    FUNC_HIDDEN, .kernel = subscript },
	{ .signature = "element_at(map(K,V),K):V", .flags = FUNC_CANNOT_FAIL,
	    .kernel = element_at, .help = "The key's value, or NULL" },
	APART("cardinality", "bigint", cardinality, "Entries"),
	APART("map_keys", "array(K)", map_keys, "The keys"),
	APART("map_values", "array(V)", map_values, "The values"),
	APART("map_entries", "array(row(K,V))", map_entries,
	    "The entries as rows"),
	{ .signature = "map_concat(map(K,V)...):map(K,V)",
	    .kernel = map_concat, .help = "The entries of all maps" },
	{ 0 }
};
