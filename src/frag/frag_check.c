/* SPDX-License-Identifier: Apache-2.0
 * frag_check.c - does a fragment hang together?  Channels within their
 * inputs, types that fit, children as many as the kind wants: what passes
 * here can be run without another look. */
#include "frag/frag.h"

#include <stdlib.h>

#include "base/check.h"

/* Lambda parameters that are in scope. */
struct scope {
	const struct scope *outer;
	const struct expr *lambda;
};

struct checker {
	const struct frag_node *node;
	struct err *e;
};

/* What an expression or a channel list is checked against. */
struct inputs {
	int n;
	const struct type *const *types;
};

enum { MAX_DEPTH = 400 };

static int
bad(struct checker *c, const char *what)
{
	return err_set(c->e, ERR_SERIALIZATION_ERROR,
	    "plan: node %d (%s): %s", c->node->id,
	    c->node->kind >= 0 && c->node->kind < FRAG_KINDS
	    ? frag_kind_name(c->node->kind) : "?", what);
}

static bool
in_scope(const struct scope *s, const struct expr *x)
{
	for (; s != NULL; s = s->outer)
		if (x->input >= s->lambda->input &&
		    x->input < s->lambda->input + s->lambda->n_params)
			return true;
	return false;
}

static int
check_expr(struct checker *c, const struct expr *x, const struct inputs *in,
    const struct scope *outer, int depth)
{
	struct scope inner = { outer, x };
	int ret;

	if (depth > MAX_DEPTH)
		return bad(c, "expression too deep");
	if (x->kind == EXPR_INPUT && !in_scope(outer, x)) {
		if (x->input < 0 || x->input >= in->n)
			return bad(c, "expression reads a channel that is "
			    "not there");
		if (!type_equal(x->type, in->types[x->input]))
			return bad(c, "expression reads a channel as another "
			    "type");
	}
	for (int i = 0; i < x->n; i++) {
		ret = check_expr(c, x->arg[i], in,
		    x->kind == EXPR_LAMBDA ? &inner : outer, depth + 1);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int
check_filter(struct checker *c, const struct expr *x, const struct inputs *in)
{
	if (x == NULL)
		return 0;
	if (x->type->id != TYPE_BOOLEAN)
		return bad(c, "a condition is not boolean");
	return check_expr(c, x, in, NULL, 0);
}

static int
check_channels(struct checker *c, const int *v, int n,
    const struct inputs *in)
{
	if (n < 0)
		return bad(c, "negative count");
	for (int i = 0; i < n; i++)
		if (v[i] < 0 || v[i] >= in->n)
			return bad(c, "channel out of range");
	return 0;
}

static int
check_sort(struct checker *c, const struct sort_key *v, int n,
    const struct inputs *in)
{
	for (int i = 0; i < n; i++) {
		if (v[i].channel < 0 || v[i].channel >= in->n)
			return bad(c, "sort channel out of range");
		if (!type_orderable(in->types[v[i].channel]))
			return bad(c, "sort key is not orderable");
	}
	return 0;
}

/* Output column `at` must be of type t. */
static int
expect_out(struct checker *c, int at, const struct type *t)
{
	if (at >= c->node->n || !type_equal(c->node->types[at], t))
		return bad(c, "output columns do not fit");
	return 0;
}

static int
expect_width(struct checker *c, int n)
{
	return c->node->n == n ? 0
	    : bad(c, "wrong number of output columns");
}

/* The first columns are the inputs as they are. */
static int
expect_through(struct checker *c, const struct inputs *in, int more)
{
	int ret = expect_width(c, in->n + more);

	for (int i = 0; ret == 0 && i < in->n; i++)
		ret = expect_out(c, i, in->types[i]);
	return ret;
}

static int
check_project(struct checker *c, const struct inputs *in)
{
	const struct frag_node *n = c->node;
	int ret = check_filter(c, n->filter, in);

	if (ret < 0)
		return ret;
	if (n->project == NULL)
		return expect_through(c, in, 0);
	for (int i = 0; ret == 0 && i < n->n; i++) {
		ret = check_expr(c, n->project[i], in, NULL, 0);
		if (ret == 0)
			ret = expect_out(c, i, n->project[i]->type);
	}
	return ret;
}

static int
check_scan(struct checker *c)
{
	const struct frag_node *n = c->node;
	struct inputs in = { n->n_columns, n->column_types };
	int ret;

	if (n->catalog == NULL || n->table == NULL)
		return bad(c, "no table");
	for (int i = 0; i < n->n_columns; i++)
		if (n->columns[i] < 0 || n->columns[i] >= n->table->n)
			return bad(c, "column out of range");
	for (int i = 0; i < n->domains.n; i++)
		if (n->domains.column[i] < 0 ||
		    n->domains.column[i] >= n->n_columns)
			return bad(c, "domain's column out of range");
	for (int i = 0; i < n->n_dynamic; i++)
		if (n->dynamic[i].channel < 0 ||
		    n->dynamic[i].channel >= n->n_columns)
			return bad(c, "dynamic filter's column out of range");
	ret = check_project(c, &in);
	return ret;
}

static int
check_values(struct checker *c)
{
	const struct frag_node *n = c->node;
	struct inputs none = { 0, NULL };
	int ret = 0;

	for (int i = 0; ret == 0 && i < n->n_rows * n->n; i++) {
		ret = check_expr(c, n->values[i], &none, NULL, 0);
		if (ret == 0)
			ret = expect_out(c, i % n->n, n->values[i]->type);
	}
	return ret;
}

static int
check_agg(struct checker *c, const struct frag_agg *a,
    const struct inputs *in, int at)
{
	const struct frag_node *n = c->node;
	int ret;

	if (a->func == NULL && (n->kind != FRAG_WINDOW || a->window == NULL))
		return bad(c, "no function");
	ret = check_channels(c, a->arg, a->n_args, in);
	if (ret == 0)
		ret = check_sort(c, a->order, a->n_order, in);
	if (ret < 0)
		return ret;
	if (a->filter >= in->n || (a->filter >= 0 &&
	    in->types[a->filter]->id != TYPE_BOOLEAN))
		return bad(c, "aggregate's filter is not a boolean channel");
	if (n->kind == FRAG_WINDOW) {
		if (a->frame.start_value >= in->n ||
		    a->frame.end_value >= in->n)
			return bad(c, "frame channel out of range");
		return expect_out(c, at, a->result);
	}
	if (n->step != AGG_SINGLE && (a->distinct || a->n_order > 0))
		return bad(c, "distinct aggregate in steps");
	if (n->step == AGG_FINAL) {
		if (a->n_args != 1 || !type_equal(a->intermediate,
		    in->types[a->arg[0]]))
			return bad(c, "not an intermediate value");
	} else {
		if (a->n_args != a->n_arg_types)
			return bad(c, "arguments without types");
		for (int i = 0; i < a->n_args; i++)
			if (!type_equal(a->arg_types[i],
			    in->types[a->arg[i]]))
				return bad(c, "argument of another type");
	}
	return expect_out(c, at, n->step == AGG_PARTIAL ? a->intermediate
	    : a->result);
}

static int
check_aggregate(struct checker *c, const struct inputs *in)
{
	const struct frag_node *n = c->node;
	int ret = check_channels(c, n->keys, n->n_keys, in);

	if (ret == 0)
		ret = expect_width(c, n->n_keys + n->n_aggs);
	for (int i = 0; ret == 0 && i < n->n_keys; i++) {
		ret = expect_out(c, i, in->types[n->keys[i]]);
		if (ret == 0 && !type_comparable(n->types[i]))
			ret = bad(c, "key is not comparable");
	}
	for (int i = 0; ret == 0 && i < n->n_aggs; i++)
		ret = check_agg(c, &n->aggs[i], in, n->n_keys + i);
	return ret;
}

static int
check_join_keys(struct checker *c, const struct inputs *probe,
    const struct inputs *build)
{
	const struct frag_node *n = c->node;
	int ret;

	if (n->n_join_keys < (n->kind == FRAG_JOIN ? 1 : 0))
		return bad(c, "no join keys");
	ret = check_channels(c, n->probe_keys, n->n_join_keys, probe);
	if (ret == 0)
		ret = check_channels(c, n->build_keys, n->n_join_keys, build);
	for (int i = 0; ret == 0 && i < n->n_join_keys; i++) {
		const struct type *t = probe->types[n->probe_keys[i]];

		if (!type_equal(t, build->types[n->build_keys[i]]) ||
		    !type_comparable(t))
			ret = bad(c, "join keys do not fit");
	}
	return ret;
}

static int
check_join(struct checker *c, const struct inputs *probe,
    const struct inputs *build)
{
	const struct frag_node *n = c->node;
	struct inputs both = { probe->n + build->n, NULL };
	const struct type **types;
	int mark = n->join == JOIN_MARK, ret, at = 0;

	ret = check_join_keys(c, probe, build);
	if (ret == 0)
		ret = check_channels(c, n->probe_out, n->n_probe_out, probe);
	if (ret == 0)
		ret = check_channels(c, n->build_out, n->n_build_out, build);
	if (ret == 0)
		ret = expect_width(c, n->n_probe_out + n->n_build_out + mark);
	for (int i = 0; ret == 0 && i < n->n_probe_out; i++)
		ret = expect_out(c, at++, probe->types[n->probe_out[i]]);
	for (int i = 0; ret == 0 && i < n->n_build_out; i++)
		ret = expect_out(c, at++, build->types[n->build_out[i]]);
	if (ret == 0 && mark)
		ret = expect_out(c, at, TYPE(BOOLEAN));
	if (ret == 0 && n->join >= JOIN_SEMI && n->n_build_out > 0)
		ret = bad(c, "build columns of a semi join");
	for (int i = 0; ret == 0 && i < n->n_dynamic; i++)
		if (n->dynamic[i].channel < 0 ||
		    n->dynamic[i].channel >= build->n)
			ret = bad(c, "dynamic filter out of range");
	if (ret < 0 || n->residual == NULL)
		return ret;
	types = xcalloc((size_t)both.n + 1, sizeof(*types));
	for (int i = 0; i < both.n; i++)
		types[i] = i < probe->n ? probe->types[i]
		    : build->types[i - probe->n];
	both.types = types;
	ret = check_filter(c, n->residual, &both);
	free(types);
	return ret;
}

static int
check_group_id(struct checker *c, const struct inputs *in)
{
	const struct frag_node *n = c->node;
	int ret = check_channels(c, n->keys, n->n_keys, in), at = 0;

	if (ret == 0)
		ret = check_channels(c, n->columns, n->n_columns, in);
	for (int i = 0; ret == 0 && i < n->n_sets; i++)
		ret = check_channels(c, n->sets[i], n->set_sizes[i], in);
	if (ret == 0)
		ret = expect_width(c, n->n_keys + n->n_columns + 1);
	for (int i = 0; ret == 0 && i < n->n_keys; i++)
		ret = expect_out(c, at++, in->types[n->keys[i]]);
	for (int i = 0; ret == 0 && i < n->n_columns; i++)
		ret = expect_out(c, at++, in->types[n->columns[i]]);
	return ret < 0 ? ret : expect_out(c, at, TYPE(BIGINT));
}

static int
check_unnest(struct checker *c, const struct inputs *in)
{
	const struct frag_node *n = c->node;
	int ret = check_channels(c, n->columns, n->n_columns, in), at = 0;

	if (ret == 0)
		ret = check_channels(c, n->unnest, n->n_unnest, in);
	for (int i = 0; ret == 0 && i < n->n_columns; i++)
		ret = expect_out(c, at++, in->types[n->columns[i]]);
	for (int i = 0; ret == 0 && i < n->n_unnest; i++) {
		const struct type *t = in->types[n->unnest[i]];

		if (t->rep != REP_LIST)
			return bad(c, "unnest of what is no array or map");
		if (t->id == TYPE_ARRAY && t->child[0]->rep == REP_ROW)
			t = t->child[0];
		for (int k = 0; ret == 0 && k < t->n; k++)
			ret = expect_out(c, at++, t->child[k]);
	}
	if (ret == 0 && n->ordinality)
		ret = expect_out(c, at++, TYPE(BIGINT));
	return ret < 0 ? ret : expect_width(c, at);
}

static int
check_window(struct checker *c, const struct inputs *in)
{
	const struct frag_node *n = c->node;
	int ret = check_channels(c, n->keys, n->n_keys, in);

	if (ret == 0)
		ret = check_sort(c, n->sort, n->n_sort, in);
	if (ret == 0)
		ret = expect_through(c, in, n->n_aggs);
	for (int i = 0; ret == 0 && i < n->n_aggs; i++)
		ret = check_agg(c, &n->aggs[i], in, in->n + i);
	return ret;
}

static int
check_union(struct checker *c)
{
	const struct frag_node *n = c->node;
	int ret = 0;

	for (int i = 0; ret == 0 && i < n->n_child; i++) {
		struct inputs in = { n->child[i]->n, n->child[i]->types };

		ret = expect_through(c, &in, 0);
	}
	return ret;
}

static int
check_extra(struct checker *c, const struct inputs *in,
    const struct type *extra)
{
	int ret = check_channels(c, c->node->keys, c->node->n_keys, in);

	if (ret == 0)
		ret = expect_through(c, in, 1);
	return ret < 0 ? ret : expect_out(c, in->n, extra);
}

static int
check_children(struct checker *c)
{
	int n = c->node->n_child;

	switch (c->node->kind) {
	case FRAG_SCAN:
	case FRAG_VALUES:
	case FRAG_EXCHANGE:
		return n == 0 ? 0 : bad(c, "a source with children");
	case FRAG_JOIN:
	case FRAG_CROSS:
		return n == 2 ? 0 : bad(c, "a join wants two children");
	case FRAG_UNION:
		return n >= 1 ? 0 : bad(c, "a union of nothing");
	default:
		return n == 1 ? 0 : bad(c, "one child is wanted");
	}
}

static int
check_shape(struct checker *c, const struct inputs *in)
{
	const struct frag_node *n = c->node;
	int ret;

	switch (n->kind) {
	case FRAG_SCAN: return check_scan(c);
	case FRAG_VALUES: return check_values(c);
	case FRAG_PROJECT: return check_project(c, &in[0]);
	case FRAG_AGGREGATE: return check_aggregate(c, &in[0]);
	case FRAG_JOIN:
	case FRAG_CROSS: return check_join(c, &in[0], &in[1]);
	case FRAG_GROUP_ID: return check_group_id(c, &in[0]);
	case FRAG_UNNEST: return check_unnest(c, &in[0]);
	case FRAG_WINDOW: return check_window(c, &in[0]);
	case FRAG_UNION: return check_union(c);
	case FRAG_MARK_DISTINCT: return check_extra(c, &in[0], TYPE(BOOLEAN));
	case FRAG_ROW_ID: return check_extra(c, &in[0], TYPE(BIGINT));
	case FRAG_EXCHANGE: {
		struct inputs out = { n->n, n->types };

		return check_sort(c, n->sort, n->n_sort, &out);
	}
	case FRAG_SORT:
	case FRAG_TOPN:
		ret = check_sort(c, n->sort, n->n_sort, &in[0]);
		return ret < 0 ? ret : expect_through(c, &in[0], 0);
	case FRAG_LIMIT:
	case FRAG_SINGLE_ROW:
		return expect_through(c, &in[0], 0);
	case FRAG_WRITER:
		ret = expect_width(c, 2);
		if (ret == 0)
			ret = expect_out(c, 0, TYPE(BIGINT));
		return ret < 0 ? ret : expect_out(c, 1, TYPE(VARBINARY));
	case FRAG_FINISH:
		ret = in[0].n == 2 ? expect_width(c, 1)
		    : bad(c, "a commit wants rows and fragments");
		return ret < 0 ? ret : expect_out(c, 0, TYPE(BIGINT));
	case FRAG_KINDS:
		break;
	}
	return bad(c, "unknown kind");
}

static int
check_node(const struct frag_node *n, int depth, struct err *e)
{
	struct checker c = { n, e };
	struct inputs in[2] = { { 0, NULL }, { 0, NULL } };
	int ret;

	if (depth > MAX_DEPTH)
		return bad(&c, "plan too deep");
	ret = check_children(&c);
	if (ret == 0 && n->n > 0 && n->types == NULL)
		ret = bad(&c, "no types");
	for (int i = 0; ret == 0 && i < n->n_child; i++)
		ret = check_node(n->child[i], depth + 1, e);
	if (ret < 0)
		return ret;
	for (int i = 0; i < n->n_child && i < 2; i++)
		in[i] = (struct inputs){ n->child[i]->n, n->child[i]->types };
	if (n->limit < 0 || n->offset < 0)
		return bad(&c, "negative limit");
	return check_shape(&c, in);
}

int
frag_check(const struct fragment *f, struct err *e)
{
	int ret = check_node(f->root, 0, e);

	if (ret < 0)
		return ret;
	for (int i = 0; i < f->n_hash; i++) {
		struct checker c = { f->root, e };

		if (f->hash_channels[i] < 0 ||
		    f->hash_channels[i] >= f->root->n)
			return bad(&c, "partitioning channel out of range");
		if (!type_comparable(f->root->types[f->hash_channels[i]]))
			return bad(&c, "partitioning key not comparable");
	}
	return 0;
}
