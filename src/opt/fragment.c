/* SPDX-License-Identifier: Apache-2.0
 * fragment.c - the optimised plan as fragments: which kind of node is built
 * how, sorting and limits, unions, writing, the root. */
#include "base/check.h"
#include "opt/build.h"

static void
add_children(struct build *b, struct piece *to, const struct piece *from)
{
	for (int i = 0; i < from->children.n; i++)
		arena_push(b->o->arena, &to->children, from->children.v[i]);
}

static struct frag_node *
sort_node(struct build *b, struct plan_node *n, struct piece *p,
    enum frag_kind kind)
{
	struct frag_node *f = build_frag(b, kind, 1);

	f->child[0] = p->root;
	f->n_sort = n->sort.n;
	f->sort = build_sort(b, p, n->sort.v, n->sort.n);
	f->limit = n->sort.limit < 0 ? INT64_MAX : n->sort.limit;
	f->offset = n->sort.offset;
	f->ties = n->sort.ties;
	return f;
}

static int64_t
limit_and_offset(const struct plan_node *n)
{
	int64_t all;

	if (n->sort.limit < 0 ||
	    __builtin_add_overflow(n->sort.limit, n->sort.offset, &all))
		return -1;
	return all;
}

static int
build_sorted(struct build *b, struct plan_node *n, struct piece *out)
{
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	f = sort_node(b, n, out, FRAG_SORT);
	build_over(b, out, f, &out->out, n);
	if (build_is_single(b, out))
		return 0;
	/* Sorted in each task, merged by the one that reads them. */
	build_exchange(b, out, OUTPUT_GATHER, NULL, PLACE_SINGLE);
	out->root->n_sort = f->n_sort;
	out->root->sort = f->sort;
	return 0;
}

static int
build_limited(struct build *b, struct plan_node *n, struct piece *out)
{
	enum frag_kind kind = n->kind == PLAN_TOPN ? FRAG_TOPN : FRAG_LIMIT;
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	if (!build_is_single(b, out) && limit_and_offset(n) >= 0) {
		f = sort_node(b, n, out, kind);
		f->limit = limit_and_offset(n);
		f->offset = 0;
		f->partial = true;
		build_over(b, out, f, &out->out, n);
	}
	build_gather(b, out);
	f = sort_node(b, n, out, kind);
	build_over(b, out, f, &out->out, n);
	return 0;
}

static int
build_union(struct build *b, struct plan_node *n, struct piece *out)
{
	struct frag_node *u = build_frag(b, FRAG_UNION, n->n_child);
	struct piece p;
	int rc;

	*out = (struct piece){ .place = b->o->options->single_node
	    ? PLACE_SINGLE : PLACE_ANY };
	for (int c = 0; c < n->n_child; c++) {
		struct symbol_list in = { n->set.inputs[c], n->out.n,
			n->out.n };

		if ((rc = build_node(b, n->child[c], &p)) != 0)
			return rc;
		build_layout(b, &p, &in);
		if (!b->o->options->single_node)
			build_exchange(b, &p, OUTPUT_ARBITRARY, NULL,
			    PLACE_ANY);
		add_children(b, out, &p);
		u->child[c] = p.root;
	}
	build_over(b, out, u, &n->out, n);
	return 0;
}

static int
build_extended(struct build *b, struct plan_node *n, struct piece *out)
{
	enum frag_kind kind = n->kind == PLAN_ROW_ID ? FRAG_ROW_ID
	    : FRAG_MARK_DISTINCT;
	struct symbol_list all = { 0 };
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	if (n->kind == PLAN_MARK_DISTINCT)
		build_partition(b, out, &n->mark.keys);
	f = build_frag(b, kind, 1);
	f->child[0] = out->root;
	f->n_keys = n->mark.keys.n;
	f->keys = build_channels(b, out, &n->mark.keys);
	for (int i = 0; i < out->out.n; i++)
		symbol_list_add(b->o->arena, &all, out->out.v[i]);
	symbol_list_add(b->o->arena, &all, n->mark.symbol);
	build_over(b, out, f, &all, n);
	return 0;
}

static int
build_single_row(struct build *b, struct plan_node *n, struct piece *out)
{
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	build_gather(b, out);
	f = build_frag(b, FRAG_SINGLE_ROW, 1);
	f->child[0] = out->root;
	build_over(b, out, f, &out->out, n);
	return 0;
}

static int
build_write(struct build *b, struct plan_node *n, struct piece *out)
{
	struct plan *p = b->o->plan;
	struct symbol_list written = { 0 };
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	build_layout(b, out, &n->write.columns);
	f = build_frag(b, FRAG_WRITER, 1);
	f->child[0] = out->root;
	f->catalog = n->write.target->catalog;
	symbol_list_add(b->o->arena, &written,
	    plan_symbol_new(p, "partialrows", TYPE(BIGINT)));
	symbol_list_add(b->o->arena, &written,
	    plan_symbol_new(p, "fragment", TYPE(VARBINARY)));
	out->hash.n = 0;
	build_over(b, out, f, &written, NULL);
	if (!b->o->options->single_node)
		build_exchange(b, out, OUTPUT_GATHER, NULL,
		    PLACE_COORDINATOR);
	f = build_frag(b, FRAG_FINISH, 1);
	f->child[0] = out->root;
	f->catalog = n->write.target->catalog;
	build_over(b, out, f, &n->out, n);
	return 0;
}

int
build_node(struct build *b, struct plan_node *n, struct piece *out)
{
	int rc;

	if ((rc = opt_enter(b->o)) != 0)
		return rc;
	switch (n->kind) {
	case PLAN_SCAN: rc = build_scan(b, n, out); break;
	case PLAN_VALUES: rc = build_values(b, n, out); break;
	case PLAN_FILTER: rc = build_filter(b, n, out); break;
	case PLAN_PROJECT: rc = build_project(b, n, out); break;
	case PLAN_AGGREGATE: rc = build_aggregate(b, n, out); break;
	case PLAN_GROUP_ID: rc = build_group_id(b, n, out); break;
	case PLAN_JOIN: rc = build_join(b, n, out); break;
	case PLAN_SORT: rc = build_sorted(b, n, out); break;
	case PLAN_TOPN: case PLAN_LIMIT: rc = build_limited(b, n, out); break;
	case PLAN_UNION: rc = build_union(b, n, out); break;
	case PLAN_WINDOW: rc = build_window(b, n, out); break;
	case PLAN_UNNEST: rc = build_unnest(b, n, out); break;
	case PLAN_SINGLE_ROW: rc = build_single_row(b, n, out); break;
	case PLAN_MARK_DISTINCT: case PLAN_ROW_ID:
		rc = build_extended(b, n, out);
		break;
	case PLAN_WRITE: rc = build_write(b, n, out); break;
	default:
		rc = err_set_at(b->o->err, ERR_NOT_SUPPORTED, n->line,
		    n->column, "%s is not supported here",
		    plan_node_name(n->kind));
	}
	b->o->depth--;
	return rc;
}

/* Numbers as the tree is read: fragment 0 is the root. */
static void
number(struct build *b, struct fragment *f, struct frag_plan *out, int *map)
{
	int old = f->id;

	f->id = out->n;
	map[old] = f->id;
	out->by_id[out->n++] = f;
	for (int i = 0; i < f->n_children; i++)
		number(b, f->children[i], out, map);
}

static void
rename_sources(struct frag_node *n, const int *map)
{
	for (int i = 0; i < n->n_sources; i++)
		n->sources[i] = map[n->sources[i]];
	for (int i = 0; i < n->n_child; i++)
		rename_sources(n->child[i], map);
}

static void
finish_plan(struct build *b, struct piece *p, struct frag_plan *out)
{
	struct arena *a = b->o->arena;
	struct fragment *root = arena_new(a, struct fragment);
	int *map = arena_array(a, int, b->fragments.n + 1);

	root->place = p->place == PLACE_COORDINATOR ? PLACE_COORDINATOR
	    : PLACE_SINGLE;
	root->root = p->root;
	root->output = OUTPUT_GATHER;
	root->children = p->children.v;
	root->n_children = p->children.n;
	out->by_id = arena_array(a, struct fragment *, b->fragments.n + 1);
	number(b, root, out, map);
	CHECK(out->n == b->fragments.n + 1);
	for (int i = 0; i < out->n; i++)
		rename_sources(out->by_id[i]->root, map);
	out->arena = a;
	out->pool = b->o->pool;
	out->root = root;
	out->n_dynamic = b->n_dynamic;
	out->n_nodes = b->n_nodes;
}

int
pass_fragment(struct opt *o, struct frag_plan **out)
{
	struct build b = { .o = o };
	struct plan_node *n = o->plan->root;
	struct frag_plan *f = arena_new(o->arena, struct frag_plan);
	struct piece p;
	int rc;

	if ((rc = build_node(&b, n->child[0], &p)) != 0)
		return rc;
	build_gather(&b, &p);
	build_layout(&b, &p, &n->out);
	f->n_columns = n->out.n;
	f->names = n->output.names;
	finish_plan(&b, &p, f);
	*out = f;
	return 0;
}
