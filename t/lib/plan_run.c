/* SPDX-License-Identifier: Apache-2.0
 * plan_run.c - plans without actors. */
#include "plan_run.h"

#include <stdlib.h>

#include "base/check.h"

struct runner {
	const struct frag_plan *plan;
	const struct run_options *o;
	struct plan_result *r;
	struct page_list *out;  /* by fragment */
	struct arena arena;
	struct err *e;
};

/* What one fragment reads. */
struct reads {
	struct run_input *in;
	int n_in;
	struct run_splits *scans;
	int n_scans;
};

static int
list_splits(struct runner *r, const struct frag_node *n,
    struct run_splits *out)
{
	struct catalog *c = catalog_get(r->o->catalogs, n->catalog);
	struct conn_scan scan = { .table = n->table, .n = n->n_columns,
		.columns = n->columns, .limit = n->scan_limit };
	struct split_source *s;
	struct split *v;
	int ret, got;

	CHECK(c != NULL);
	scan.filter.n = n->domains.n;
	scan.filter.none = n->domains.none;
	scan.filter.domain = n->domains.domain;
	scan.filter.column = arena_array(&r->arena, int, n->domains.n + 1);
	for (int i = 0; i < n->domains.n; i++)
		scan.filter.column[i] = n->columns[n->domains.column[i]];
	ret = c->conn->kind->splits(c->conn, NULL, &scan, &s, r->e);
	catalog_drop(&c);
	if (ret < 0)
		return ret;
	v = arena_array(&r->arena, struct split, 65536);
	out->node_id = n->id;
	out->v = v;
	out->n = 0;
	do {
		ret = s->ops->next(s, &r->arena, 65536 - out->n, v + out->n,
		    &got, r->e);
		out->n += ret < 0 ? 0 : got;
	} while (ret == 0 && got > 0);
	s->ops->close(s);
	return ret;
}

static int
find_reads(struct runner *r, const struct frag_node *n, struct reads *to)
{
	int ret = 0;

	if (n->kind == FRAG_EXCHANGE) {
		struct run_input *in = &to->in[to->n_in++];

		in->node_id = n->id;
		in->n = n->n_sources;
		CHECK(n->n_sources <= 8);
		for (int i = 0; i < n->n_sources; i++)
			in->stream[i] = r->out[n->sources[i]];
		/* Without an order all streams are one. */
		if (n->n_sort == 0 && n->n_sources > 1) {
			struct page_list all = { 0 };

			for (int i = 0; i < n->n_sources; i++)
				for (int k = 0; k < in->stream[i].n; k++)
					page_list_add(&all, page_ref(
					    in->stream[i].v[k]));
			in->stream[0] = all;
			in->n = 1;
		}
	}
	if (n->kind == FRAG_SCAN)
		ret = list_splits(r, n, &to->scans[to->n_scans++]);
	for (int i = 0; ret == 0 && i < n->n_child; i++)
		ret = find_reads(r, n->child[i], to);
	return ret;
}

static int
run_fragment(struct runner *r, const struct fragment *f)
{
	struct reads reads = { 0 };
	struct run_options o = *r->o;
	struct run_result result;
	int ret = 0;

	for (int i = 0; ret == 0 && i < f->n_children; i++)
		ret = run_fragment(r, f->children[i]);
	if (ret < 0)
		return ret;
	reads.in = arena_array(&r->arena, struct run_input, 64);
	reads.scans = arena_array(&r->arena, struct run_splits, 64);
	ret = find_reads(r, f->root, &reads);
	if (ret < 0)
		return ret;
	o.scans = reads.scans;
	o.n_scans = reads.n_scans;
	ret = task_run(f, reads.in, reads.n_in, &o, &result, r->e);
	if (r->r->want_stats)
		for (int i = 0; i < result.n_stats; i++)
			sbuf_addf(&r->r->stats, "  %2d %-24s %8.2f ms %10lld "
			    "in %10lld out\n", f->id, result.names[i],
			    (double)result.cpu[i] / 1e6,
			    (long long)result.in[i],
			    (long long)result.rows_out[i]);
	r->out[f->id] = result.out[0];
	memset(&result.out[0], 0, sizeof(result.out[0]));
	run_result_release(&result);
	for (int i = 0; i < f->n_children; i++)
		page_list_release(&r->out[f->children[i]->id]);
	return ret;
}

int
plan_run(const struct frag_plan *plan, const struct run_options *o,
    struct plan_result *result, struct err *e)
{
	struct runner r = { .plan = plan, .o = o, .r = result, .e = e };
	int ret;

	arena_init(&r.arena);
	r.out = xcalloc((size_t)plan->n + 1, sizeof(*r.out));
	ret = run_fragment(&r, plan->root);
	result->out = r.out[plan->root->id];
	for (int i = 0; i < plan->n; i++)
		if (i != plan->root->id)
			page_list_release(&r.out[i]);
	free(r.out);
	arena_release(&r.arena);
	return ret;
}

void
plan_result_release(struct plan_result *r)
{
	page_list_release(&r->out);
	sbuf_release(&r->stats);
}
