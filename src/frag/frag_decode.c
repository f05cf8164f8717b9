/* SPDX-License-Identifier: Apache-2.0
 * frag_decode.c - msgpack back into a fragment, strictly: lengths, ranges and
 * names are checked while reading, the whole by frag_check(). */
#include "frag/frag.h"

#include "base/mpack.h"

struct decoder {
	struct expr_pool *pool;
	struct mpack_reader r;
	struct err *e;
	int depth;
};

enum { MAX_DEPTH = 400, MAX_ID = 1 << 24 };

static int
want_array(struct decoder *d, uint32_t n)
{
	uint32_t got;
	int ret = mpack_get_array(&d->r, &got, d->e);

	if (ret == 0 && got != n)
		ret = mpack_error(&d->r, d->e, "%u fields, expected %u", got,
		    n);
	return ret;
}

static int
get_int(struct decoder *d, int64_t min, int64_t max, int *out)
{
	int64_t v;
	int ret = mpack_get_int_in(&d->r, min, max, &v, d->e);

	if (ret == 0)
		*out = (int)v;
	return ret;
}

static int
get_bool(struct decoder *d, bool *out)
{
	return mpack_get_bool(&d->r, out, d->e);
}

static int
get_z(struct decoder *d, const char **out)
{
	struct str s;
	int ret;

	*out = NULL;
	if (mpack_is_nil(&d->r))
		return mpack_skip(&d->r, d->e);
	ret = mpack_get_str(&d->r, &s, d->e);
	if (ret == 0)
		*out = arena_strndup(d->pool->arena, s.p, s.n);
	return ret;
}

static int
get_bin(struct decoder *d, struct str *out)
{
	struct str s;
	int ret = mpack_get_bin(&d->r, &s, d->e);

	if (ret == 0)
		*out = arena_str(d->pool->arena, s);
	return ret;
}

static int
get_type(struct decoder *d, const struct type **out)
{
	struct str s;
	int ret = mpack_get_str(&d->r, &s, d->e);

	return ret < 0 ? ret : type_parse(d->pool->arena, s, out, d->e);
}

static int
get_types(struct decoder *d, const struct type ***out, int *n)
{
	uint32_t count;
	int ret = mpack_get_array(&d->r, &count, d->e);

	if (ret < 0)
		return ret;
	*n = (int)count;
	*out = arena_array(d->pool->arena, const struct type *, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_type(d, &(*out)[i]);
	return ret;
}

static int
get_ints(struct decoder *d, int **out, int *n)
{
	uint32_t count;
	int ret = mpack_get_array(&d->r, &count, d->e);

	if (ret < 0)
		return ret;
	*n = (int)count;
	*out = arena_array(d->pool->arena, int, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_int(d, 0, MAX_ID, &(*out)[i]);
	return ret;
}

static int
get_expr(struct decoder *d, struct expr **out)
{
	*out = NULL;
	if (mpack_is_nil(&d->r))
		return mpack_skip(&d->r, d->e);
	return expr_decode(d->pool, &d->r, out, d->e);
}

static int
get_exprs(struct decoder *d, struct expr ***out, int *n)
{
	uint32_t count;
	int ret = mpack_get_array(&d->r, &count, d->e);

	if (ret < 0)
		return ret;
	*n = (int)count;
	*out = arena_array(d->pool->arena, struct expr *, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = expr_decode(d->pool, &d->r, &(*out)[i], d->e);
	return ret;
}

static int
get_sort(struct decoder *d, struct sort_key **out, int *n)
{
	uint32_t count;
	int ret = mpack_get_array(&d->r, &count, d->e);

	if (ret < 0)
		return ret;
	*n = (int)count;
	*out = arena_array(d->pool->arena, struct sort_key, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++) {
		struct sort_key *k = &(*out)[i];

		ret = want_array(d, 3);
		if (ret == 0)
			ret = get_int(d, 0, MAX_ID, &k->channel);
		if (ret == 0)
			ret = get_bool(d, &k->descending);
		if (ret == 0)
			ret = get_bool(d, &k->nulls_first);
	}
	return ret;
}

static int
get_dynamic(struct decoder *d, struct frag_node *n)
{
	uint32_t count;
	int ret = mpack_get_array(&d->r, &count, d->e);

	if (ret < 0)
		return ret;
	n->n_dynamic = (int)count;
	n->dynamic = arena_array(d->pool->arena, struct frag_dynamic, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++) {
		ret = want_array(d, 2);
		if (ret == 0)
			ret = get_int(d, 0, MAX_ID, &n->dynamic[i].id);
		if (ret == 0)
			ret = get_int(d, 0, MAX_ID, &n->dynamic[i].channel);
	}
	return ret;
}

static int
get_column(struct decoder *d, struct conn_column *c)
{
	int ret = want_array(d, 4);

	if (ret == 0)
		ret = get_z(d, &c->name);
	if (ret == 0)
		ret = get_type(d, &c->type);
	if (ret == 0)
		ret = get_bool(d, &c->hidden);
	if (ret == 0)
		ret = get_bool(d, &c->not_null);
	if (ret == 0 && c->name == NULL)
		ret = mpack_error(&d->r, d->e, "column without a name");
	return ret;
}

static int
get_table(struct decoder *d, struct conn_table **out)
{
	struct conn_table *t = arena_new(d->pool->arena, struct conn_table);
	uint32_t count = 0;
	int ret = want_array(d, 5);

	*out = t;
	if (ret == 0)
		ret = get_z(d, &t->schema);
	if (ret == 0)
		ret = get_z(d, &t->name);
	if (ret == 0)
		ret = mpack_get_array(&d->r, &count, d->e);
	if (ret < 0)
		return ret;
	t->n = (int)count;
	t->columns = arena_array(d->pool->arena, struct conn_column, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_column(d, &t->columns[i]);
	if (ret == 0)
		ret = get_bin(d, &t->handle);
	if (ret == 0)
		ret = get_ints(d, &t->sorted_by, &t->n_sorted);
	for (int i = 0; ret == 0 && i < t->n_sorted; i++)
		if (t->sorted_by[i] >= t->n)
			ret = mpack_error(&d->r, d->e, "sorted by what is "
			    "no column");
	return ret;
}

static int
get_project(struct decoder *d, struct frag_node *n)
{
	int ret = get_expr(d, &n->filter), count;

	if (ret < 0)
		return ret;
	if (mpack_is_nil(&d->r))
		return mpack_skip(&d->r, d->e);
	ret = get_exprs(d, &n->project, &count);
	if (ret == 0 && count != n->n)
		ret = mpack_error(&d->r, d->e, "%d projections for %d "
		    "columns", count, n->n);
	return ret;
}

static int
get_func(struct decoder *d, const struct agg_func **out)
{
	struct str s;
	int ret;

	*out = NULL;
	if (mpack_is_nil(&d->r))
		return mpack_skip(&d->r, d->e);
	ret = mpack_get_str(&d->r, &s, d->e);
	if (ret < 0)
		return ret;
	*out = agg_by_signature(s);
	if (*out == NULL)
		return mpack_error(&d->r, d->e, "no function %.*s",
		    STR_ARG(s));
	return 0;
}

static int
get_frame(struct decoder *d, struct frag_frame *f)
{
	int type = 0, start = 0, end = 0, ret;

	ret = get_int(d, 0, FRAG_GROUPS, &type);
	if (ret == 0)
		ret = get_int(d, 0, FRAG_UNBOUNDED_FOLLOWING, &start);
	if (ret == 0)
		ret = get_int(d, 0, FRAG_UNBOUNDED_FOLLOWING, &end);
	if (ret == 0)
		ret = get_int(d, -1, MAX_ID, &f->start_value);
	if (ret == 0)
		ret = get_int(d, -1, MAX_ID, &f->end_value);
	if (ret < 0)
		return ret;
	f->type = (enum frag_frame_type)type;
	f->start = (enum frag_bound)start;
	f->end = (enum frag_bound)end;
	return 0;
}

static int
get_agg(struct decoder *d, struct frag_agg *a)
{
	int ret = want_array(d, 16);

	if (ret == 0)
		ret = get_func(d, &a->func);
	if (ret == 0)
		ret = get_ints(d, &a->arg, &a->n_args);
	if (ret == 0)
		ret = get_types(d, (const struct type ***)&a->arg_types,
		    &a->n_arg_types);
	if (ret == 0)
		ret = get_int(d, -1, MAX_ID, &a->filter);
	if (ret == 0)
		ret = get_bool(d, &a->distinct);
	if (ret == 0 && mpack_is_nil(&d->r))
		ret = a->window == NULL && a->func != NULL
		    ? mpack_error(&d->r, d->e, "no intermediate type")
		    : mpack_skip(&d->r, d->e);
	else if (ret == 0)
		ret = get_type(d, &a->intermediate);
	if (ret == 0)
		ret = get_type(d, &a->result);
	if (ret == 0)
		ret = get_sort(d, &a->order, &a->n_order);
	if (ret == 0)
		ret = get_z(d, &a->name);
	if (ret == 0)
		ret = get_z(d, &a->window);
	if (ret == 0)
		ret = get_bool(d, &a->ignore_nulls);
	return ret < 0 ? ret : get_frame(d, &a->frame);
}

static int
get_aggs(struct decoder *d, struct frag_node *n)
{
	uint32_t count;
	int ret = mpack_get_array(&d->r, &count, d->e);

	if (ret < 0)
		return ret;
	n->n_aggs = (int)count;
	n->aggs = arena_array(d->pool->arena, struct frag_agg, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_agg(d, &n->aggs[i]);
	return ret;
}

static int
get_scan(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 9), count = 0;
	const struct type **types = NULL;

	if (ret == 0)
		ret = get_project(d, n);
	if (ret == 0)
		ret = get_z(d, &n->catalog);
	if (ret == 0)
		ret = get_table(d, &n->table);
	if (ret == 0)
		ret = get_ints(d, &n->columns, &n->n_columns);
	if (ret == 0)
		ret = get_types(d, &types, &count);
	n->column_types = types;
	if (ret == 0 && count != n->n_columns)
		ret = mpack_error(&d->r, d->e, "columns without types");
	if (ret == 0)
		ret = domain_decode(d->pool, &d->r, &n->domains, d->e);
	if (ret == 0)
		ret = mpack_get_int_in(&d->r, -1, INT64_MAX, &n->scan_limit,
		    d->e);
	return ret < 0 ? ret : get_dynamic(d, n);
}

static int
get_values(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 2), count = 0;

	if (ret == 0)
		ret = get_int(d, 0, INT32_MAX, &n->n_rows);
	if (ret == 0)
		ret = get_exprs(d, &n->values, &count);
	if (ret == 0 && (int64_t)n->n_rows * n->n != count)
		ret = mpack_error(&d->r, d->e, "wrong number of values");
	return ret;
}

static int
get_join(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 9), kind = 0, count = 0;
	uint32_t safe = 0;

	if (ret == 0)
		ret = get_int(d, 0, JOIN_MARK, &kind);
	n->join = (enum join_kind)kind;
	if (ret == 0)
		ret = get_ints(d, &n->probe_keys, &n->n_join_keys);
	if (ret == 0)
		ret = get_ints(d, &n->build_keys, &count);
	if (ret == 0)
		ret = mpack_get_array(&d->r, &safe, d->e);
	if (ret == 0 && (count != n->n_join_keys || (int)safe != count))
		ret = mpack_error(&d->r, d->e, "uneven join keys");
	if (ret < 0)
		return ret;
	n->null_safe = arena_array(d->pool->arena, bool, safe);
	for (uint32_t i = 0; ret == 0 && i < safe; i++)
		ret = get_bool(d, &n->null_safe[i]);
	if (ret == 0)
		ret = get_expr(d, &n->residual);
	if (ret == 0)
		ret = get_ints(d, &n->probe_out, &n->n_probe_out);
	if (ret == 0)
		ret = get_ints(d, &n->build_out, &n->n_build_out);
	if (ret == 0)
		ret = get_bool(d, &n->broadcast);
	return ret < 0 ? ret : get_dynamic(d, n);
}

static int
get_limits(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 5);

	if (ret == 0)
		ret = get_sort(d, &n->sort, &n->n_sort);
	if (ret == 0)
		ret = mpack_get_int_in(&d->r, 0, INT64_MAX, &n->limit, d->e);
	if (ret == 0)
		ret = mpack_get_int_in(&d->r, 0, INT64_MAX, &n->offset, d->e);
	if (ret == 0)
		ret = get_bool(d, &n->partial);
	return ret < 0 ? ret : get_bool(d, &n->ties);
}

static int
get_group_id(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 3);
	uint32_t count = 0;

	if (ret == 0)
		ret = get_ints(d, &n->keys, &n->n_keys);
	if (ret == 0)
		ret = get_ints(d, &n->columns, &n->n_columns);
	if (ret == 0)
		ret = mpack_get_array(&d->r, &count, d->e);
	if (ret < 0)
		return ret;
	n->n_sets = (int)count;
	n->sets = arena_array(d->pool->arena, int *, count);
	n->set_sizes = arena_array(d->pool->arena, int, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_ints(d, &n->sets[i], &n->set_sizes[i]);
	return ret;
}

static int
get_unnest(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 4);

	if (ret == 0)
		ret = get_ints(d, &n->columns, &n->n_columns);
	if (ret == 0)
		ret = get_ints(d, &n->unnest, &n->n_unnest);
	if (ret == 0)
		ret = get_bool(d, &n->ordinality);
	return ret < 0 ? ret : get_bool(d, &n->outer);
}

static int
get_aggregate(struct decoder *d, struct frag_node *n)
{
	int ret = want_array(d, 4), step = 0;

	if (ret == 0)
		ret = get_int(d, 0, AGG_FINAL, &step);
	n->step = (enum agg_step)step;
	if (ret == 0)
		ret = get_ints(d, &n->keys, &n->n_keys);
	if (ret == 0)
		ret = get_aggs(d, n);
	return ret < 0 ? ret : get_bool(d, &n->sorted_input);
}

static int
get_body(struct decoder *d, struct frag_node *n)
{
	int ret;

	switch (n->kind) {
	case FRAG_SCAN: return get_scan(d, n);
	case FRAG_VALUES: return get_values(d, n);
	case FRAG_PROJECT:
		ret = want_array(d, 2);
		return ret < 0 ? ret : get_project(d, n);
	case FRAG_AGGREGATE: return get_aggregate(d, n);
	case FRAG_JOIN:
	case FRAG_CROSS: return get_join(d, n);
	case FRAG_SORT:
	case FRAG_TOPN:
	case FRAG_LIMIT: return get_limits(d, n);
	case FRAG_EXCHANGE:
		ret = want_array(d, 2);
		if (ret == 0)
			ret = get_sort(d, &n->sort, &n->n_sort);
		return ret < 0 ? ret : get_ints(d, &n->sources,
		    &n->n_sources);
	case FRAG_MARK_DISTINCT:
		ret = want_array(d, 1);
		return ret < 0 ? ret : get_ints(d, &n->keys, &n->n_keys);
	case FRAG_GROUP_ID: return get_group_id(d, n);
	case FRAG_UNNEST: return get_unnest(d, n);
	case FRAG_WINDOW:
		ret = want_array(d, 3);
		if (ret == 0)
			ret = get_ints(d, &n->keys, &n->n_keys);
		if (ret == 0)
			ret = get_sort(d, &n->sort, &n->n_sort);
		return ret < 0 ? ret : get_aggs(d, n);
	case FRAG_WRITER:
	case FRAG_FINISH:
		ret = want_array(d, 2);
		if (ret == 0)
			ret = get_z(d, &n->catalog);
		return ret < 0 ? ret : get_bin(d, &n->write);
	default:
		return want_array(d, 0);
	}
}

static int
get_names(struct decoder *d, struct frag_node *n)
{
	uint32_t count;
	int ret;

	if (mpack_is_nil(&d->r))
		return mpack_skip(&d->r, d->e);
	ret = mpack_get_array(&d->r, &count, d->e);
	if (ret == 0 && (int)count != n->n)
		ret = mpack_error(&d->r, d->e, "names do not fit");
	if (ret < 0)
		return ret;
	n->names = arena_array(d->pool->arena, const char *, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_z(d, &n->names[i]);
	return ret;
}

static int
get_node(struct decoder *d, struct frag_node **out)
{
	struct frag_node *n = arena_new(d->pool->arena, struct frag_node);
	int ret = want_array(d, 8), kind = 0;
	uint32_t count = 0;

	*out = n;
	if (++d->depth > MAX_DEPTH)
		return mpack_error(&d->r, d->e, "plan too deep");
	if (ret == 0)
		ret = get_int(d, 0, FRAG_KINDS - 1, &kind);
	n->kind = (enum frag_kind)kind;
	if (ret == 0)
		ret = get_int(d, 0, MAX_ID, &n->id);
	if (ret == 0)
		ret = mpack_get_double(&d->r, &n->rows, d->e);
	if (ret == 0)
		ret = mpack_get_double(&d->r, &n->bytes, d->e);
	if (ret == 0)
		ret = get_types(d, &n->types, &n->n);
	if (ret == 0)
		ret = get_names(d, n);
	if (ret == 0)
		ret = get_body(d, n);
	if (ret == 0)
		ret = mpack_get_array(&d->r, &count, d->e);
	if (ret < 0)
		return ret;
	n->n_child = (int)count;
	n->child = arena_array(d->pool->arena, struct frag_node *, count);
	for (uint32_t i = 0; ret == 0 && i < count; i++)
		ret = get_node(d, &n->child[i]);
	d->depth--;
	return ret;
}

int
frag_decode(struct expr_pool *pool, struct str bytes, struct fragment **out,
    struct err *e)
{
	struct decoder d = { .pool = pool, .e = e };
	struct fragment *f = arena_new(pool->arena, struct fragment);
	int ret = mpack_open(&d.r, bytes, "plan", e), v = 0;

	if (ret == 0)
		ret = want_array(&d, 6);
	if (ret == 0)
		ret = get_int(&d, FRAG_VERSION, FRAG_VERSION, &v);
	if (ret == 0)
		ret = get_int(&d, 0, MAX_ID, &f->id);
	if (ret == 0)
		ret = get_int(&d, 0, PLACE_ANY, &v);
	f->place = (enum frag_place)v;
	if (ret == 0)
		ret = get_int(&d, 0, OUTPUT_ARBITRARY, &v);
	f->output = (enum frag_output)v;
	if (ret == 0)
		ret = get_ints(&d, &f->hash_channels, &f->n_hash);
	if (ret == 0)
		ret = get_node(&d, &f->root);
	if (ret == 0 && !mpack_at_end(&d.r))
		ret = mpack_error(&d.r, e, "bytes behind the plan");
	if (ret == 0)
		ret = frag_check(f, e);
	*out = ret < 0 ? NULL : f;
	return ret;
}
