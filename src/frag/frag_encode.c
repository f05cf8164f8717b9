/* SPDX-License-Identifier: Apache-2.0
 * frag_encode.c - a fragment as msgpack.  A node is an array of fixed length:
 * what all have, then an array with what its kind has; frag_decode.c reads
 * the same order back. */
#include "frag/frag.h"

#include "base/mpack.h"

static void
put_z(struct mpack_writer *w, const char *z)
{
	if (z == NULL)
		mpack_nil(w);
	else
		mpack_str(w, str_of(z));
}

static void
put_type(struct mpack_writer *w, const struct type *t)
{
	struct sbuf text;

	sbuf_init(&text);
	type_print(&text, t);
	mpack_str(w, sbuf_str(&text));
	sbuf_release(&text);
}

static void
put_types(struct mpack_writer *w, const struct type *const *v, int n)
{
	mpack_array(w, (uint32_t)n);
	for (int i = 0; i < n; i++)
		put_type(w, v[i]);
}

static void
put_ints(struct mpack_writer *w, const int *v, int n)
{
	mpack_array(w, (uint32_t)n);
	for (int i = 0; i < n; i++)
		mpack_int(w, v[i]);
}

static void
put_expr(struct mpack_writer *w, const struct expr *x)
{
	if (x == NULL)
		mpack_nil(w);
	else
		expr_encode(w, x);
}

static void
put_sort(struct mpack_writer *w, const struct sort_key *v, int n)
{
	mpack_array(w, (uint32_t)n);
	for (int i = 0; i < n; i++) {
		mpack_array(w, 3);
		mpack_int(w, v[i].channel);
		mpack_bool(w, v[i].descending);
		mpack_bool(w, v[i].nulls_first);
	}
}

static void
put_dynamic(struct mpack_writer *w, const struct frag_node *n)
{
	mpack_array(w, (uint32_t)n->n_dynamic);
	for (int i = 0; i < n->n_dynamic; i++) {
		mpack_array(w, 2);
		mpack_int(w, n->dynamic[i].id);
		mpack_int(w, n->dynamic[i].channel);
	}
}

static void
put_table(struct mpack_writer *w, const struct conn_table *t)
{
	mpack_array(w, 5);
	put_z(w, t->schema);
	put_z(w, t->name);
	mpack_array(w, (uint32_t)t->n);
	for (int i = 0; i < t->n; i++) {
		mpack_array(w, 4);
		put_z(w, t->columns[i].name);
		put_type(w, t->columns[i].type);
		mpack_bool(w, t->columns[i].hidden);
		mpack_bool(w, t->columns[i].not_null);
	}
	mpack_bin(w, t->handle);
	put_ints(w, t->sorted_by, t->n_sorted);
}

static void
put_project(struct mpack_writer *w, const struct frag_node *n)
{
	put_expr(w, n->filter);
	if (n->project == NULL) {
		mpack_nil(w);
		return;
	}
	mpack_array(w, (uint32_t)n->n);
	for (int i = 0; i < n->n; i++)
		put_expr(w, n->project[i]);
}

static void
put_agg(struct mpack_writer *w, const struct frag_agg *a)
{
	mpack_array(w, 16);
	if (a->func == NULL)
		mpack_nil(w);
	else
		put_z(w, a->func->signature);
	put_ints(w, a->arg, a->n_args);
	/* Of a FINAL step there are other numbers of types and channels. */
	put_types(w, a->arg_types, a->n_arg_types);
	mpack_int(w, a->filter);
	mpack_bool(w, a->distinct);
	if (a->intermediate == NULL)
		mpack_nil(w);
	else
		put_type(w, a->intermediate);
	put_type(w, a->result);
	put_sort(w, a->order, a->n_order);
	put_z(w, a->name);
	put_z(w, a->window);
	mpack_bool(w, a->ignore_nulls);
	mpack_int(w, a->frame.type);
	mpack_int(w, a->frame.start);
	mpack_int(w, a->frame.end);
	mpack_int(w, a->frame.start_value);
	mpack_int(w, a->frame.end_value);
}

static void
put_aggs(struct mpack_writer *w, const struct frag_node *n)
{
	mpack_array(w, (uint32_t)n->n_aggs);
	for (int i = 0; i < n->n_aggs; i++)
		put_agg(w, &n->aggs[i]);
}

static void
put_scan(struct mpack_writer *w, const struct frag_node *n)
{
	mpack_array(w, 9);
	put_project(w, n);
	put_z(w, n->catalog);
	put_table(w, n->table);
	put_ints(w, n->columns, n->n_columns);
	put_types(w, n->column_types, n->n_columns);
	domain_encode(w, &n->domains);
	mpack_int(w, n->scan_limit);
	put_dynamic(w, n);
}

static void
put_join(struct mpack_writer *w, const struct frag_node *n)
{
	mpack_array(w, 9);
	mpack_int(w, n->join);
	put_ints(w, n->probe_keys, n->n_join_keys);
	put_ints(w, n->build_keys, n->n_join_keys);
	mpack_array(w, (uint32_t)n->n_join_keys);
	for (int i = 0; i < n->n_join_keys; i++)
		mpack_bool(w, n->null_safe != NULL && n->null_safe[i]);
	put_expr(w, n->residual);
	put_ints(w, n->probe_out, n->n_probe_out);
	put_ints(w, n->build_out, n->n_build_out);
	mpack_bool(w, n->broadcast);
	put_dynamic(w, n);
}

static void
put_group_id(struct mpack_writer *w, const struct frag_node *n)
{
	mpack_array(w, 3);
	put_ints(w, n->keys, n->n_keys);
	put_ints(w, n->columns, n->n_columns);
	mpack_array(w, (uint32_t)n->n_sets);
	for (int i = 0; i < n->n_sets; i++)
		put_ints(w, n->sets[i], n->set_sizes[i]);
}

static void
put_body(struct mpack_writer *w, const struct frag_node *n)
{
	switch (n->kind) {
	case FRAG_SCAN:
		put_scan(w, n);
		break;
	case FRAG_VALUES:
		mpack_array(w, 2);
		mpack_int(w, n->n_rows);
		mpack_array(w, (uint32_t)(n->n_rows * n->n));
		for (int i = 0; i < n->n_rows * n->n; i++)
			put_expr(w, n->values[i]);
		break;
	case FRAG_PROJECT:
		mpack_array(w, 2);
		put_project(w, n);
		break;
	case FRAG_AGGREGATE:
		mpack_array(w, 4);
		mpack_int(w, n->step);
		put_ints(w, n->keys, n->n_keys);
		put_aggs(w, n);
		mpack_bool(w, n->sorted_input);
		break;
	case FRAG_JOIN:
	case FRAG_CROSS:
		put_join(w, n);
		break;
	case FRAG_SORT:
	case FRAG_TOPN:
	case FRAG_LIMIT:
		mpack_array(w, 5);
		put_sort(w, n->sort, n->n_sort);
		mpack_int(w, n->limit);
		mpack_int(w, n->offset);
		mpack_bool(w, n->partial);
		mpack_bool(w, n->ties);
		break;
	case FRAG_EXCHANGE:
		mpack_array(w, 2);
		put_sort(w, n->sort, n->n_sort);
		put_ints(w, n->sources, n->n_sources);
		break;
	case FRAG_MARK_DISTINCT:
		mpack_array(w, 1);
		put_ints(w, n->keys, n->n_keys);
		break;
	case FRAG_GROUP_ID:
		put_group_id(w, n);
		break;
	case FRAG_UNNEST:
		mpack_array(w, 4);
		put_ints(w, n->columns, n->n_columns);
		put_ints(w, n->unnest, n->n_unnest);
		mpack_bool(w, n->ordinality);
		mpack_bool(w, n->outer);
		break;
	case FRAG_WINDOW:
		mpack_array(w, 3);
		put_ints(w, n->keys, n->n_keys);
		put_sort(w, n->sort, n->n_sort);
		put_aggs(w, n);
		break;
	case FRAG_WRITER:
	case FRAG_FINISH:
		mpack_array(w, 2);
		put_z(w, n->catalog);
		mpack_bin(w, n->write);
		break;
	default:
		mpack_array(w, 0);
	}
}

static void
put_node(struct mpack_writer *w, const struct frag_node *n)
{
	mpack_array(w, 8);
	mpack_int(w, n->kind);
	mpack_int(w, n->id);
	mpack_double(w, n->rows);
	mpack_double(w, n->bytes);
	put_types(w, n->types, n->n);
	if (n->names == NULL) {
		mpack_nil(w);
	} else {
		mpack_array(w, (uint32_t)n->n);
		for (int i = 0; i < n->n; i++)
			put_z(w, n->names[i]);
	}
	put_body(w, n);
	mpack_array(w, (uint32_t)n->n_child);
	for (int i = 0; i < n->n_child; i++)
		put_node(w, n->child[i]);
}

void
frag_encode(struct sbuf *to, const struct fragment *f)
{
	struct mpack_writer w = { to };

	mpack_array(&w, 6);
	mpack_int(&w, FRAG_VERSION);
	mpack_int(&w, f->id);
	mpack_int(&w, f->place);
	mpack_int(&w, f->output);
	put_ints(&w, f->hash_channels, f->n_hash);
	put_node(&w, f->root);
}
