/* SPDX-License-Identifier: Apache-2.0
 * build_aggregate.c - aggregations in one or two steps, grouping sets. */
#include "base/check.h"
#include "opt/build.h"

static const char *
agg_label(struct build *b, const struct plan_agg *a)
{
	const struct plan *p = b->o->plan;
	const char *paren = strchr(a->func->signature, '(');
	struct sbuf t = { 0 };
	char *z;

	sbuf_add(&t, a->func->signature, (size_t)(paren -
	    a->func->signature));
	sbuf_addc(&t, '(');
	if (a->distinct)
		sbuf_addz(&t, "DISTINCT ");
	for (int i = 0; i < a->n_args; i++)
		sbuf_addf(&t, "%s%s", i > 0 ? ", " : "",
		    p->symbols.v[a->args[i]].name);
	if (a->n_args == 0)
		sbuf_addc(&t, '*');
	for (int i = 0; i < a->n_order; i++)
		sbuf_addf(&t, "%s%s%s NULLS %s", i > 0 ? ", " : " ORDER BY ",
		    p->symbols.v[a->order[i].symbol].name,
		    a->order[i].descending ? " DESC" : " ASC",
		    a->order[i].nulls_first ? "FIRST" : "LAST");
	sbuf_addc(&t, ')');
	if (a->filter >= 0)
		sbuf_addf(&t, " FILTER (WHERE %s)",
		    p->symbols.v[a->filter].name);
	z = arena_strndup(b->o->arena, t.p, t.n);
	sbuf_release(&t);
	return z;
}

struct frag_agg
build_agg(struct build *b, const struct piece *p, const struct plan_agg *a)
{
	struct frag_agg f = { .func = a->func, .n_args = a->n_args,
		.n_arg_types = a->n_args, .filter = -1, .distinct = a->distinct,
		.intermediate = a->intermediate, .result = a->result,
		.n_order = a->n_order };
	const struct type **types = arena_array(b->o->arena,
	    const struct type *, a->n_args + 1);

	f.arg = arena_array(b->o->arena, int, a->n_args + 1);
	for (int i = 0; i < a->n_args; i++) {
		f.arg[i] = build_channel(p, a->args[i]);
		CHECK(f.arg[i] >= 0);
		types[i] = plan_symbol_type(b->o->plan, a->args[i]);
	}
	f.arg_types = types;
	if (a->filter >= 0)
		f.filter = build_channel(p, a->filter);
	f.order = build_sort(b, p, a->order, a->n_order);
	f.name = a->func == NULL ? NULL : agg_label(b, a);
	return f;
}

/* May it be computed in parts that are combined? */
static bool
has_parts(const struct plan_node *n)
{
	for (int i = 0; i < n->aggregate.n; i++) {
		const struct plan_agg *a = &n->aggregate.v[i];

		if (a->distinct || a->n_order > 0 ||
		    a->func->combine == NULL ||
		    (a->func->flags & AGG_ORDER_SENSITIVE) != 0)
			return false;
	}
	return true;
}

static struct frag_node *
aggregate_node(struct build *b, const struct plan_node *n, struct piece *p,
    enum agg_step step)
{
	struct frag_node *f = build_frag(b, FRAG_AGGREGATE, 1);

	f->child[0] = p->root;
	f->step = step;
	f->n_keys = n->aggregate.keys.n;
	f->keys = build_channels(b, p, &n->aggregate.keys);
	f->n_aggs = n->aggregate.n;
	f->aggs = arena_array(b->o->arena, struct frag_agg, f->n_aggs + 1);
	return f;
}

/* A partial step: its intermediates are symbols of their own. */
static void
partial_step(struct build *b, const struct plan_node *n, struct piece *p,
    struct symbol_list *intermediates)
{
	struct frag_node *f = aggregate_node(b, n, p, AGG_PARTIAL);
	struct symbol_list out = { 0 };

	for (int i = 0; i < n->aggregate.keys.n; i++)
		symbol_list_add(b->o->arena, &out, n->aggregate.keys.v[i]);
	for (int i = 0; i < f->n_aggs; i++) {
		const struct plan_agg *a = &n->aggregate.v[i];
		int symbol = plan_symbol_new(b->o->plan,
		    b->o->plan->symbols.v[a->symbol].name, a->intermediate);

		f->aggs[i] = build_agg(b, p, a);
		symbol_list_add(b->o->arena, &out, symbol);
		symbol_list_add(b->o->arena, intermediates, symbol);
	}
	build_over(b, p, f, &out, NULL);
	f->rows = n->rows;
	f->bytes = n->bytes;
}

static void
final_step(struct build *b, const struct plan_node *n, struct piece *p,
    const struct symbol_list *intermediates)
{
	struct frag_node *f = aggregate_node(b, n, p, AGG_FINAL);

	for (int i = 0; i < f->n_aggs; i++) {
		const struct plan_agg *a = &n->aggregate.v[i];
		const struct type **types = arena_array(b->o->arena,
		    const struct type *, a->n_args + 1);

		for (int k = 0; k < a->n_args; k++)
			types[k] = plan_symbol_type(b->o->plan, a->args[k]);
		f->aggs[i] = (struct frag_agg){ .func = a->func, .n_args = 1,
			.arg = arena_array(b->o->arena, int, 1),
			.n_arg_types = a->n_args, .arg_types = types,
			.filter = -1, .intermediate = a->intermediate, .result = a->result,
			.name = agg_label(b, a) };
		f->aggs[i].arg[0] = build_channel(p, intermediates->v[i]);
	}
	build_over(b, p, f, &n->out, n);
}

int
build_aggregate(struct build *b, struct plan_node *n, struct piece *out)
{
	struct symbol_list intermediates = { 0 };
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	if (!build_is_single(b, out) && has_parts(n)) {
		bool placed = out->place == PLACE_HASH && out->hash.n > 0;

		for (int i = 0; i < out->hash.n; i++)
			placed &= symbol_list_has(&n->aggregate.keys,
			    out->hash.v[i]);
		if (!placed) {
			partial_step(b, n, out, &intermediates);
			build_partition(b, out, &n->aggregate.keys);
			final_step(b, n, out, &intermediates);
			return 0;
		}
	}
	build_partition(b, out, &n->aggregate.keys);
	f = aggregate_node(b, n, out, AGG_SINGLE);
	for (int i = 0; i < f->n_aggs; i++)
		f->aggs[i] = build_agg(b, out, &n->aggregate.v[i]);
	build_over(b, out, f, &n->out, n);
	return 0;
}

/* The keys come first, then the other columns, then the set's number. */
int
build_group_id(struct build *b, struct plan_node *n, struct piece *out)
{
	struct symbol_list from = { 0 }, kept = { 0 }, all = { 0 };
	struct arena *a = b->o->arena;
	struct frag_node *f;
	int rc;

	if ((rc = build_node(b, n->child[0], out)) != 0)
		return rc;
	f = build_frag(b, FRAG_GROUP_ID, 1);
	for (int i = 0; i < n->group_id.n_keys; i++) {
		symbol_list_add(a, &from, n->group_id.from[i]);
		symbol_list_add(a, &all, n->group_id.to[i]);
	}
	for (int i = 0; i < out->out.n; i++) {
		if (!symbol_list_has(&n->out, out->out.v[i]))
			continue;
		symbol_list_add(a, &kept, out->out.v[i]);
		symbol_list_add(a, &all, out->out.v[i]);
	}
	symbol_list_add(a, &all, n->group_id.id_symbol);
	f->child[0] = out->root;
	f->n_keys = from.n;
	f->keys = build_channels(b, out, &from);
	f->n_columns = kept.n;
	f->columns = build_channels(b, out, &kept);
	f->n_sets = n->group_id.n_sets;
	f->set_sizes = arena_array(a, int, f->n_sets);
	f->sets = arena_array(a, int *, f->n_sets);
	for (int i = 0; i < f->n_sets; i++) {
		f->set_sizes[i] = n->group_id.sets[i].n;
		f->sets[i] = build_channels(b, out, &n->group_id.sets[i]);
	}
	out->hash.n = 0;
	build_over(b, out, f, &all, n);
	return 0;
}
