/* SPDX-License-Identifier: Apache-2.0
 * query_stage.c - a query's stages: which nodes run which tasks, who reads
 * whom, splits, what tasks report. */
#include <stdio.h>
#include <stdlib.h>

#include "actors/query_priv.h"
#include "base/check.h"
#include "type/time.h"

/* --- placing -------------------------------------------------------------------- */

static int
usable_nodes(struct query *q, struct node_info **out)
{
	struct node_info *v;
	int n = registry_nodes(q->server->registry, &q->plan->arena, &v);
	int count = 0;

	for (int i = 0; i < n; i++)
		if (strcmp(v[i].state, "active") == 0 && v[i].runs_tasks)
			v[count++] = v[i];
	*out = v;
	return count;
}

static void
find_parents(struct query *q, const struct frag_node *n, int id)
{
	if (n->kind == FRAG_EXCHANGE)
		for (int i = 0; i < n->n_sources; i++)
			q->stages[n->sources[i]].parent = id;
	for (int i = 0; i < n->n_child; i++)
		find_parents(q, n->child[i], id);
}

static void
place_task(struct query *q, struct stage *s, int index,
    const struct node_info *at)
{
	struct stage_task *t = &s->tasks[index];

	snprintf(t->id, sizeof(t->id), "%s.%d.%d.0", q->info.id,
	    s->fragment->id, index);
	snprintf(t->node, sizeof(t->node), "%s", at->id);
	snprintf(t->control, sizeof(t->control), "%s", at->control);
	snprintf(t->data, sizeof(t->data), "%s", at->data);
}

static int
place_stage(struct query *q, struct stage *s, const struct node_info *nodes,
    int n, struct err *e)
{
	struct node_info self;
	bool one = s->fragment->place == PLACE_SINGLE ||
	    s->fragment->place == PLACE_COORDINATOR;

	s->n_tasks = one ? 1 : n;
	s->tasks = arena_array(&q->plan->arena, struct stage_task,
	    s->n_tasks);
	if (!one) {
		for (int i = 0; i < n; i++)
			place_task(q, s, i, &nodes[i]);
		return 0;
	}
	if ((q->server->runs_tasks ||
	    s->fragment->place == PLACE_COORDINATOR) &&
	    registry_node_get(q->server->registry, q->server->id, &self))
		place_task(q, s, 0, &self);
	else if (n > 0)
		place_task(q, s, 0, &nodes[env_random(q->server->env) %
		    (uint64_t)n]);
	else
		return err_set(e, ERR_NO_NODES_AVAILABLE,
		    "No nodes available to run query");
	return 0;
}

/* --- descriptors ------------------------------------------------------------------ */

static int
count_sources(struct query *q, const struct frag_node *n)
{
	int count = 0;

	if (n->kind == FRAG_EXCHANGE)
		for (int i = 0; i < n->n_sources; i++)
			count += q->stages[n->sources[i]].n_tasks;
	for (int i = 0; i < n->n_child; i++)
		count += count_sources(q, n->child[i]);
	return count;
}

static void
list_sources(struct query *q, const struct frag_node *n, int index,
    struct task_spec *spec)
{
	for (int i = 0; n->kind == FRAG_EXCHANGE && i < n->n_sources; i++) {
		const struct stage *from = &q->stages[n->sources[i]];

		for (int k = 0; k < from->n_tasks; k++)
			spec->sources[spec->n_sources++] =
			    (struct task_source){ n->id,
			    str_of(from->tasks[k].data),
			    str_of(from->tasks[k].id), index };
	}
	for (int i = 0; i < n->n_child; i++)
		list_sources(q, n->child[i], index, spec);
}

/* What the session asks for cannot raise the node's limit. */
static uint64_t
memory_limit(const struct query *q, const char *property, uint64_t limit)
{
	const struct conf_value *v = conf_get(&q->plan->properties, property);

	return v->file == NULL ? limit : MIN(limit, (uint64_t)v->i);
}

static void
create_stage(struct query *q, struct stage *s)
{
	const struct query_plan *p = q->plan;
	struct sbuf fragment = { 0 };
	unsigned char map[256];
	int consumers = s->parent < 0 ? 1 : q->stages[s->parent].n_tasks;
	struct task_spec spec = {
		.query = str_of(q->info.id), .user = p->context.user,
		.catalog = p->context.catalog, .schema = p->context.schema,
		.zone = zone_name(p->context.zone),
		.coordinator = str_of(q->server->control_address),
		.stage = s->fragment->id, .count = s->n_tasks,
		.concurrency = q->server->concurrency,
		.start_micros = p->context.start_micros,
		.limit_local = memory_limit(q, "query_max_memory_per_node",
		    q->server->query_max_memory_per_node),
		.limit_global = memory_limit(q, "query_max_memory",
		    q->server->query_max_memory),
		.output = s->fragment->output, .consumers = consumers,
		.partition_map = { (const char *)map, sizeof(map) },
	};

	for (int i = 0; i < 256; i++)
		map[i] = (unsigned char)(i % consumers);
	frag_encode(&fragment, s->fragment);
	spec.fragment = sbuf_str(&fragment);
	spec.sources = arena_array(&q->plan->arena, struct task_source,
	    count_sources(q, s->fragment->root) + 1);
	for (int i = 0; i < s->n_tasks; i++) {
		struct sbuf b = { 0 };

		spec.task = str_of(s->tasks[i].id);
		spec.index = i;
		spec.n_sources = 0;
		list_sources(q, s->fragment->root, i, &spec);
		control_task_create(&b, &spec);
		query_send(q, s->tasks[i].control, &b);
	}
	sbuf_release(&fragment);
}

/* Producers first, so that consumers on the same node find their buffers. */
static void
create_tree(struct query *q, struct fragment *f)
{
	for (int i = 0; i < f->n_children; i++)
		create_tree(q, f->children[i]);
	create_stage(q, &q->stages[f->id]);
}

static void
open_result(struct query *q)
{
	struct exchange_options options = { .transport = q->server->transport,
		.account = q->account };
	struct stage_task *t = &q->stages[0].tasks[0];
	struct exchange_source s = { .peer = t->data, .task = t->id };

	q->result = exchange_new(q->server->rt, &options);
	if (strcmp(t->node, q->server->id) == 0) {
		struct out_options o = { .kind = OUT_PARTITIONED,
			.consumers = 1 };

		s.local = out_buffer_new(&o);
		task_outputs_put(q->server->outputs, t->id, s.local);
	}
	exchange_add(q->result, &s);
	exchange_no_more(q->result);
	out_buffer_drop(&s.local);
}

int
stages_make(struct query *q, struct err *e)
{
	struct frag_plan *f = q->plan->frag;
	struct node_info *nodes;
	int n = usable_nodes(q, &nodes), rc = 0;

	q->stages = arena_array(&q->plan->arena, struct stage, f->n);
	q->n_stages = f->n;
	for (int i = 0; i < f->n; i++) {
		q->stages[i].fragment = f->by_id[i];
		q->stages[i].parent = -1;
	}
	for (int i = 0; i < f->n; i++)
		find_parents(q, f->by_id[i]->root, i);
	if (n == 0)
		return err_set(e, ERR_NO_NODES_AVAILABLE,
		    "No nodes available to run query");
	for (int i = 0; i < f->n && rc == 0; i++)
		rc = place_stage(q, &q->stages[i], nodes, n, e);
	if (rc != 0)
		return rc;
	q->tasks_made = true;
	q->corked = true;
	open_result(q);
	create_tree(q, f->root);
	for (int i = 0; i < q->plan->n_scans; i++)
		stages_assign(q, &q->plan->scans[i]);
	query_uncork(q);
	return 0;
}

void
stages_abort(struct query *q)
{
	struct out_buffer *unused;

	if (!q->tasks_made || q->tasks_aborted)
		return;
	q->tasks_aborted = true;
	unused = task_outputs_take(q->server->outputs,
	    q->stages[0].tasks[0].id);
	out_buffer_drop(&unused);
	for (int i = 0; i < q->n_stages; i++) {
		for (int k = 0; k < q->stages[i].n_tasks; k++) {
			struct stage_task *t = &q->stages[i].tasks[k];
			struct sbuf b = { 0 };

			control_task_abort(&b, str_of(t->id));
			query_send(q, t->control, &b);
		}
	}
}

/* --- splits -------------------------------------------------------------------------- */

/* The task for a split: where the data is, else who has the least. */
static int
choose_task(const struct stage *s, const struct split *split)
{
	int best = 0;

	for (int i = 0; i < s->n_tasks; i++) {
		if (split->node != NULL &&
		    strcmp(split->node, s->tasks[i].node) == 0)
			return i;
		if (s->tasks[i].assigned < s->tasks[best].assigned)
			best = i;
	}
	return split->node != NULL ? -1 : best;
}

static void
send_splits(struct query *q, struct stage_task *t, int node_id,
    struct split *v, int n, bool no_more)
{
	struct task_splits splits = { node_id, no_more, n, v };
	struct task_update u = { .task = str_of(t->id), .n = 1,
		.splits = &splits, .filter_id = -1 };
	struct sbuf b = { 0 };

	control_task_update(&b, &u);
	query_send(q, t->control, &b);
}

void
stages_assign(struct query *q, struct query_scan *s)
{
	struct stage *stage = &q->stages[s->fragment->id];
	struct split *mine = arena_array(&s->arena, struct split,
	    s->n_batch + 1);
	int *task = arena_array(&s->arena, int, s->n_batch + 1);
	bool last = s->done || s->n_batch < SPLIT_BATCH;

	for (int i = 0; i < s->n_batch; i++) {
		task[i] = choose_task(stage, &s->batch[i]);
		if (task[i] < 0) {
			struct err e;

			err_set(&e, ERR_NO_NODES_AVAILABLE, "Node %s, which "
			    "holds data of %s, is not available",
			    s->batch[i].node, s->node->table->name);
			query_fail(q, &e);
			return;
		}
		stage->tasks[task[i]].assigned++;
	}
	for (int k = 0; k < stage->n_tasks; k++) {
		int n = 0;

		for (int i = 0; i < s->n_batch; i++)
			if (task[i] == k)
				mine[n++] = s->batch[i];
		if (n > 0 || last)
			send_splits(q, &stage->tasks[k], s->node->id, mine,
			    n, last);
	}
	s->assigned += s->n_batch;
	s->n_batch = 0;
	s->done |= last;
}

/* --- what tasks tell -------------------------------------------------------------------- */

void
stages_event(struct query *q, const struct task_event *v)
{
	struct stage_task *t;

	if (q->stages == NULL || v->stage < 0 || v->stage >= q->n_stages ||
	    v->index < 0 || v->index >= q->stages[v->stage].n_tasks)
		return;
	t = &q->stages[v->stage].tasks[v->index];
	if (!str_eq(str_of(t->id), v->task))
		return;
	/* Events of one task may pass each other on the way. */
	if (v->state < t->state)
		return;
	t->state = v->state;
	t->memory = v->memory;
	t->peak = MAX(t->peak, v->peak_memory);
	if (v->n > 0) {
		t->measures = xrealloc(t->measures, (size_t)v->n *
		    sizeof(*t->measures));
		memcpy(t->measures, v->nodes, (size_t)v->n *
		    sizeof(*t->measures));
		t->n_measures = v->n;
	}
}

bool
stages_reported(const struct query *q)
{
	for (int i = 0; i < q->n_stages; i++) {
		for (int k = 0; k < q->stages[i].n_tasks; k++)
			if (q->stages[i].tasks[k].state == TASK_RUNNING)
				return false;
		if (!q->analyze)
			break;          /* the root's numbers will do */
	}
	return true;
}

void
stages_node_gone(struct query *q, const struct msg_node_gone *g)
{
	struct err e;

	for (int i = 0; i < q->n_stages && q->tasks_made; i++) {
		for (int k = 0; k < q->stages[i].n_tasks; k++) {
			const struct stage_task *t = &q->stages[i].tasks[k];

			if (strcmp(t->node, g->node) != 0 ||
			    t->state == TASK_FINISHED)
				continue;
			err_set(&e, ERR_REMOTE_HOST_GONE, "Task %s is lost: "
			    "node %s is gone (%s)", t->id, g->node, g->why);
			query_fail(q, &e);
			return;
		}
	}
}

static bool
is_scan(struct query *q, int node_id)
{
	for (int i = 0; i < q->plan->n_scans; i++)
		if (q->plan->scans[i].node->id == node_id)
			return true;
	return false;
}

static void
add_task(struct query *q, const struct stage_task *t, struct query_stats *s)
{
	bool done = t->state != TASK_RUNNING;

	s->tasks++;
	s->tasks_done += done;
	s->memory += t->memory;
	s->peak_memory += t->peak;
	for (int i = 0; i < t->n_measures; i++) {
		const struct node_measure *m = &t->measures[i];

		s->cpu_ns += m->cpu_ns;
		s->wall_ns += m->wall_ns;
		s->spilled += m->spilled;
		if (is_scan(q, m->node_id)) {
			s->rows += m->physical_rows;
			s->bytes += m->in_bytes;
			s->physical_bytes += m->physical_bytes;
		}
	}
}

void
stages_stats(struct query *q)
{
	struct query_stats *s = &q->info.stats, n = { 0 };

	if (q->stages == NULL)
		return;
	for (int i = 0; i < q->n_stages; i++)
		for (int k = 0; k < q->stages[i].n_tasks; k++)
			add_task(q, &q->stages[i].tasks[k], &n);
	n.output_rows = s->output_rows;
	n.output_bytes = s->output_bytes;
	n.written_rows = s->written_rows;
	n.queued_ns = s->queued_ns;
	n.planning_ns = s->planning_ns;
	n.analysis_ns = s->analysis_ns;
	n.elapsed_ns = s->elapsed_ns;
	n.nodes = q->plan->nodes;
	n.splits = n.tasks;
	n.splits_done = n.tasks_done;
	n.splits_running = n.tasks - n.tasks_done;
	*s = n;
}

int
stages_summary(struct query *q, struct arena *a, struct stage_summary **out)
{
	*out = arena_array(a, struct stage_summary, q->n_stages + 1);
	for (int i = 0; i < q->n_stages; i++) {
		const struct stage *s = &q->stages[i];
		struct stage_summary *to = &(*out)[i];
		struct query_stats n = { 0 };

		for (int k = 0; k < s->n_tasks; k++)
			add_task(q, &s->tasks[k], &n);
		*to = (struct stage_summary){
			.id = i, .parent = s->parent, .nodes = s->n_tasks,
			.tasks = n.tasks, .tasks_done = n.tasks_done,
			.done = n.tasks == n.tasks_done || q->ended,
			.cpu_ns = n.cpu_ns, .wall_ns = n.wall_ns,
			.rows = n.rows, .bytes = n.bytes,
			.physical_bytes = n.physical_bytes,
			.coordinator_only =
			    s->fragment->place == PLACE_COORDINATOR,
		};
		to->state = to->done ? "FINISHED" : "RUNNING";
		if (q->info.state == QUERY_FAILED)
			to->state = "FAILED";
	}
	return q->n_stages;
}
