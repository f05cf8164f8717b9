/* SPDX-License-Identifier: Apache-2.0
 * query_explain.c - EXPLAIN ANALYZE: the measured numbers as text. */
#include "actors/query_priv.h"

#include "page/build.h"

static bool
node_measured(void *arg, int node_id, struct opt_measured *out)
{
	struct query *q = arg;
	bool found = false;

	*out = (struct opt_measured){ 0 };
	for (int i = 0; i < q->n_stages; i++) {
		for (int k = 0; k < q->stages[i].n_tasks; k++) {
			const struct stage_task *t = &q->stages[i].tasks[k];

			for (int j = 0; j < t->n_measures; j++) {
				const struct node_measure *m =
				    &t->measures[j];

				if (m->node_id != node_id)
					continue;
				found = true;
				out->in_rows += (uint64_t)m->in_rows;
				out->in_bytes += (uint64_t)m->in_bytes;
				out->out_rows += (uint64_t)m->out_rows;
				out->out_bytes += (uint64_t)m->out_bytes;
				out->cpu_ns += (uint64_t)m->cpu_ns;
				out->wall_ns += (uint64_t)m->wall_ns;
				out->blocked_ns += (uint64_t)m->blocked_ns;
				out->memory += (uint64_t)m->peak;
				out->drivers += (uint64_t)m->drivers;
				out->splits += (uint64_t)m->splits;
				out->spilled += (uint64_t)m->spilled;
			}
		}
	}
	return found;
}

static bool
fragment_measured(void *arg, int id, struct opt_measured_fragment *out)
{
	struct query *q = arg;
	const struct stage *s;

	*out = (struct opt_measured_fragment){ 0 };
	if (id < 0 || id >= q->n_stages)
		return false;
	s = &q->stages[id];
	out->tasks = (uint64_t)s->n_tasks;
	for (int k = 0; k < s->n_tasks; k++) {
		const struct stage_task *t = &s->tasks[k];

		out->memory += (uint64_t)t->peak;
		for (int j = 0; j < t->n_measures; j++) {
			const struct node_measure *m = &t->measures[j];

			out->cpu_ns += (uint64_t)m->cpu_ns;
			out->wall_ns += (uint64_t)m->wall_ns;
			out->blocked_ns += (uint64_t)m->blocked_ns;
			out->in_rows += (uint64_t)m->physical_rows;
			out->in_bytes += (uint64_t)m->physical_bytes;
			if (m->node_id == s->fragment->root->id) {
				out->out_rows += (uint64_t)m->out_rows;
				out->out_bytes += (uint64_t)m->out_bytes;
			}
		}
	}
	return true;
}

int
query_explain_analyze(struct query *q, struct err *e)
{
	struct opt_measures m = {
		.arg = q, .node = node_measured,
		.fragment = fragment_measured,
		.queued_ns = (uint64_t)(q->started_ns - q->created_ns),
		.analysis_ns = (uint64_t)q->plan->analysis_ns,
		.planning_ns = (uint64_t)q->plan->planning_ns,
		.execution_ns = (uint64_t)(env_mono_ns(q->server->env) -
		    q->planned_ns),
	};
	struct sbuf text = { 0 };
	struct strview v;
	struct page *p = page_new(1, 1);

	opt_explain_analyze(&text, q->plan->frag, quern_version, &m);
	v = strview_of(sbuf_str(&text));
	p->col[0] = vec_new_const(TYPE(VARCHAR), &v, 1, NULL, e);
	sbuf_release(&text);
	if (p->col[0] == NULL) {
		page_drop(&p);
		return -(int)e->code;
	}
	q->pages = xrealloc(q->pages, sizeof(*q->pages));
	q->cap_pages = 1;
	q->pages[0] = p;
	q->n_pages = 1;
	return 0;
}
