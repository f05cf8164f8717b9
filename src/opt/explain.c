/* SPDX-License-Identifier: Apache-2.0
 * explain.c - EXPLAIN and EXPLAIN ANALYZE: fragments and their nodes as text
 * in Trino's words and drawing. */
#include <math.h>
#include <stdio.h>

#include "opt/explain.h"

/* ---- small parts ---- */

static const char *
channel_name(void *arg, int input)
{
	const struct names *names = arg;

	if (input < names->n)
		return names->v[input];
	snprintf(((struct names *)arg)->lambda, sizeof(names->lambda),
	    "lambda_%d", input & 0xffffff);
	return names->lambda;
}

void
explain_expr(struct sbuf *to, const struct expr *x, const char **names, int n)
{
	struct names l = { names, n, { 0 } };

	expr_print(to, x, channel_name, &l);
}

static void
symbol_text(struct explain *e, const char *name)
{
	sbuf_addz(e->to, name);
}

static void
channel_list(struct explain *e, const struct frag_node *of, const int *v,
    int n)
{
	sbuf_addc(e->to, '[');
	for (int i = 0; i < n; i++) {
		if (i > 0)
			sbuf_addz(e->to, ", ");
		symbol_text(e, of->names[v[i]]);
	}
	sbuf_addc(e->to, ']');
}

static void
sort_list(struct explain *e, const struct frag_node *of,
    const struct sort_key *v, int n)
{
	sbuf_addc(e->to, '[');
	for (int i = 0; i < n; i++) {
		if (i > 0)
			sbuf_addz(e->to, ", ");
		symbol_text(e, of->names[v[i].channel]);
		sbuf_addz(e->to, v[i].descending ? " DESC" : " ASC");
		sbuf_addz(e->to, v[i].nulls_first ? " NULLS FIRST"
		    : " NULLS LAST");
	}
	sbuf_addc(e->to, ']');
}

static void
amount(struct sbuf *to, double v)
{
	static const char units[] = " kMBTPE";
	int i = 0;

	if (v < 0 || isnan(v)) {
		sbuf_addc(to, '?');
		return;
	}
	for (; v >= 1000 && units[i + 1] != '\0'; i++)
		v /= 1000;
	if (i == 0)
		sbuf_addf(to, "%.0f", v);
	else
		sbuf_addf(to, v < 10 ? "%.2f%c" : v < 100 ? "%.1f%c"
		    : "%.0f%c", v, units[i]);
}

static void
bytes(struct sbuf *to, double v)
{
	if (v < 0 || isnan(v))
		sbuf_addc(to, '?');
	else
		conf_print_size(to, (uint64_t)v);
}

/* ---- the head line of a node ---- */

static void
head_scan(struct explain *e, const struct frag_node *n)
{
	sbuf_addf(e->to, "%s[table = %s:%s:%s", n->filter != NULL
	    ? n->project != NULL ? "ScanFilterProject" : "ScanFilter"
	    : n->project != NULL ? "ScanProject" : "TableScan", n->catalog,
	    n->table->schema, n->table->name);
	if (n->scan_limit >= 0)
		sbuf_addf(e->to, ", limit = %lld", (long long)n->scan_limit);
	if (n->filter != NULL) {
		sbuf_addz(e->to, ", filterPredicate = ");
		explain_expr(e->to, n->filter, e->scan_names, n->n_columns);
	}
	if (n->n_dynamic > 0) {
		sbuf_addz(e->to, ", dynamicFilters = {");
		for (int i = 0; i < n->n_dynamic; i++)
			sbuf_addf(e->to, "%s%s = #df_%d", i > 0 ? ", " : "",
			    e->scan_names[n->dynamic[i].channel],
			    n->dynamic[i].id);
		sbuf_addc(e->to, '}');
	}
	sbuf_addc(e->to, ']');
}

static void
head_project(struct explain *e, const struct frag_node *n)
{
	const struct frag_node *c = n->child[0];

	if (n->filter == NULL) {
		sbuf_addz(e->to, "Project[]");
		return;
	}
	sbuf_addz(e->to, n->project != NULL
	    ? "FilterProject[filterPredicate = "
	    : "Filter[filterPredicate = ");
	explain_expr(e->to, n->filter, c->names, c->n);
	sbuf_addc(e->to, ']');
}

static void
head_aggregate(struct explain *e, const struct frag_node *n)
{
	static const char *const steps[] = { [AGG_SINGLE] = "SINGLE",
		[AGG_PARTIAL] = "PARTIAL", [AGG_FINAL] = "FINAL" };

	sbuf_addz(e->to, "Aggregate[");
	if (n->step != AGG_SINGLE || n->n_keys > 0) {
		if (n->step != AGG_SINGLE)
			sbuf_addf(e->to, "type = %s", steps[n->step]);
		if (n->n_keys > 0) {
			sbuf_addz(e->to, n->step != AGG_SINGLE ? ", keys = "
			    : "keys = ");
			channel_list(e, n->child[0], n->keys, n->n_keys);
		}
	}
	sbuf_addc(e->to, ']');
}

static void
join_names(const struct frag_node *n, const char **out)
{
	const struct frag_node *l = n->child[0], *r = n->child[1];

	for (int i = 0; i < l->n; i++)
		out[i] = l->names[i];
	for (int i = 0; i < r->n; i++)
		out[l->n + i] = r->names[i];
}

static void
head_join(struct explain *e, const struct frag_node *n)
{
	const struct frag_node *l = n->child[0], *r = n->child[1];
	const char **names = xcalloc((size_t)(l->n + r->n) + 1,
	    sizeof(*names));
	bool any = false;

	join_names(n, names);
	if (n->kind == FRAG_CROSS && n->join == JOIN_INNER &&
	    n->residual == NULL)
		sbuf_addz(e->to, "CrossJoin[");
	else
		sbuf_addf(e->to, "%s[", join_kind_name(n->join));
	if (n->n_join_keys > 0) {
		sbuf_addz(e->to, "criteria = ");
		for (int i = 0; i < n->n_join_keys; i++)
			sbuf_addf(e->to, "%s(%s %s %s)", i > 0 ? " AND " : "",
			    l->names[n->probe_keys[i]],
			    n->null_safe != NULL && n->null_safe[i]
			    ? "IS NOT DISTINCT FROM" : "=",
			    r->names[n->build_keys[i]]);
		any = true;
	}
	if (n->residual != NULL) {
		sbuf_addz(e->to, any ? ", filter = " : "filter = ");
		explain_expr(e->to, n->residual, names, l->n + r->n);
		any = true;
	}
	if (any)
		sbuf_addf(e->to, ", distribution = %s",
		    n->broadcast || n->kind == FRAG_CROSS ? "REPLICATED"
		    : "PARTITIONED");
	sbuf_addc(e->to, ']');
	free(names);
}

static void
head_limit(struct explain *e, const struct frag_node *n)
{
	const struct frag_node *c = n->child[0];

	switch (n->kind) {
	case FRAG_SORT:
		sbuf_addz(e->to, "Sort[orderBy = ");
		sort_list(e, c, n->sort, n->n_sort);
		break;
	case FRAG_TOPN:
		sbuf_addf(e->to, "TopN%s%s[count = %lld", n->ties ? "Ranking"
		    : "", n->partial ? "Partial" : "", (long long)n->limit);
		if (n->offset > 0)
			sbuf_addf(e->to, ", offset = %lld",
			    (long long)n->offset);
		sbuf_addz(e->to, ", orderBy = ");
		sort_list(e, c, n->sort, n->n_sort);
		break;
	default:
		if (n->limit == INT64_MAX) {
			sbuf_addf(e->to, "Offset[count = %lld",
			    (long long)n->offset);
			break;
		}
		sbuf_addf(e->to, "Limit%s[count = %lld", n->partial
		    ? "Partial" : "", (long long)n->limit);
		if (n->offset > 0)
			sbuf_addf(e->to, ", offset = %lld",
			    (long long)n->offset);
	}
	sbuf_addc(e->to, ']');
}

static void
head_exchange(struct explain *e, const struct frag_node *n)
{
	sbuf_addf(e->to, "%s[sourceFragmentIds = [", n->n_sort > 0
	    ? "RemoteMerge" : "RemoteSource");
	for (int i = 0; i < n->n_sources; i++)
		sbuf_addf(e->to, "%s%d", i > 0 ? ", " : "", n->sources[i]);
	sbuf_addz(e->to, "]]");
}

static void
head_window(struct explain *e, const struct frag_node *n)
{
	const struct frag_node *c = n->child[0];

	sbuf_addz(e->to, "Window[");
	if (n->n_keys > 0) {
		sbuf_addz(e->to, "partitionBy = ");
		channel_list(e, c, n->keys, n->n_keys);
	}
	if (n->n_sort > 0) {
		sbuf_addz(e->to, n->n_keys > 0 ? ", orderBy = "
		    : "orderBy = ");
		sort_list(e, c, n->sort, n->n_sort);
	}
	sbuf_addc(e->to, ']');
}

static void
head(struct explain *e, const struct frag_node *n)
{
	switch (n->kind) {
	case FRAG_SCAN: head_scan(e, n); break;
	case FRAG_PROJECT: head_project(e, n); break;
	case FRAG_AGGREGATE: head_aggregate(e, n); break;
	case FRAG_JOIN: case FRAG_CROSS: head_join(e, n); break;
	case FRAG_SORT: case FRAG_TOPN: case FRAG_LIMIT:
		head_limit(e, n);
		break;
	case FRAG_EXCHANGE: head_exchange(e, n); break;
	case FRAG_WINDOW: head_window(e, n); break;
	case FRAG_UNNEST:
		sbuf_addf(e->to, "%sUnnest[replicate = ", n->outer ? "Left"
		    : "Cross");
		channel_list(e, n->child[0], n->columns, n->n_columns);
		sbuf_addz(e->to, ", unnest = ");
		channel_list(e, n->child[0], n->unnest, n->n_unnest);
		sbuf_addc(e->to, ']');
		break;
	case FRAG_MARK_DISTINCT:
		sbuf_addz(e->to, "MarkDistinct[distinct = ");
		channel_list(e, n->child[0], n->keys, n->n_keys);
		sbuf_addf(e->to, ", marker = %s]", n->names[n->n - 1]);
		break;
	case FRAG_GROUP_ID:
		sbuf_addz(e->to, "GroupId[symbols = [");
		for (int i = 0; i < n->n_sets; i++) {
			if (i > 0)
				sbuf_addz(e->to, ", ");
			channel_list(e, n->child[0], n->sets[i],
			    n->set_sizes[i]);
		}
		sbuf_addz(e->to, "]]");
		break;
	case FRAG_WRITER: sbuf_addz(e->to, "TableWriter[]"); break;
	case FRAG_FINISH:
		sbuf_addf(e->to, "TableCommit[target = %s]", n->catalog);
		break;
	case FRAG_VALUES: sbuf_addz(e->to, "Values[]"); break;
	case FRAG_SINGLE_ROW: sbuf_addz(e->to, "EnforceSingleRow[]"); break;
	case FRAG_ROW_ID: sbuf_addz(e->to, "AssignUniqueId[]"); break;
	case FRAG_UNION: sbuf_addz(e->to, "Union[]"); break;
	default: sbuf_addf(e->to, "%s[]", frag_kind_name(n->kind));
	}
}

/* ---- the lines below it ---- */

static void
line(struct explain *e)
{
	sbuf_addz(e->to, e->indent);
	sbuf_addz(e->to, e->has_children ? "│   " : "    ");
}

static void
layout(struct explain *e, const struct frag_node *n)
{
	line(e);
	sbuf_addz(e->to, "Layout: [");
	for (int i = 0; i < n->n; i++) {
		sbuf_addf(e->to, "%s%s:", i > 0 ? ", " : "", n->names[i]);
		type_print(e->to, n->types[i]);
	}
	sbuf_addz(e->to, "]\n");
	if (n->kind == FRAG_EXCHANGE)
		return;
	line(e);
	sbuf_addz(e->to, "Estimates: {rows: ");
	amount(e->to, n->rows);
	sbuf_addz(e->to, " (");
	bytes(e->to, n->bytes);
	sbuf_addz(e->to, ")}\n");
}

static void
assignments(struct explain *e, const struct frag_node *n,
    const char **names, int inputs)
{
	for (int i = 0; n->project != NULL && i < n->n; i++) {
		const struct expr *x = n->project[i];

		if (x->kind == EXPR_INPUT && strcmp(names[x->input],
		    n->names[i]) == 0)
			continue;
		line(e);
		sbuf_addf(e->to, "%s := ", n->names[i]);
		explain_expr(e->to, x, names, inputs);
		sbuf_addc(e->to, '\n');
	}
}

static void
aggregates(struct explain *e, const struct frag_node *n)
{
	for (int i = 0; i < n->n_aggs; i++) {
		const struct frag_agg *a = &n->aggs[i];
		int at = n->kind == FRAG_WINDOW ? n->n - n->n_aggs + i
		    : n->n_keys + i;

		line(e);
		if (n->kind == FRAG_AGGREGATE && n->step == AGG_FINAL) {
			const char *paren = strchr(a->name, '(');

			sbuf_addf(e->to, "%s := %.*s(%s)\n", n->names[at],
			    (int)(paren - a->name), a->name,
			    n->child[0]->names[a->arg[0]]);
			continue;
		}
		if (a->window != NULL) {
			sbuf_addf(e->to, "%s := %s(", n->names[at],
			    a->window);
			for (int k = 0; k < a->n_args; k++)
				sbuf_addf(e->to, "%s%s", k > 0 ? ", " : "",
				    n->child[0]->names[a->arg[k]]);
			sbuf_addz(e->to, ")\n");
			continue;
		}
		sbuf_addf(e->to, "%s := %s\n", n->names[at], a->name);
	}
}

static void
value_rows(struct explain *e, const struct frag_node *n)
{
	for (int k = 0; k < n->n_rows; k++) {
		line(e);
		sbuf_addc(e->to, '(');
		for (int i = 0; i < n->n; i++) {
			sbuf_addz(e->to, i > 0 ? ", " : "");
			explain_expr(e->to, n->values[k * n->n + i], NULL, 0);
		}
		sbuf_addz(e->to, ")\n");
		if (k == 9 && n->n_rows > 10) {
			line(e);
			sbuf_addf(e->to, "%d rows more\n", n->n_rows - 10);
			return;
		}
	}
}

static void
details(struct explain *e, const struct frag_node *n)
{
	switch (n->kind) {
	case FRAG_SCAN:
		assignments(e, n, e->scan_names, n->n_columns);
		for (int i = 0; i < n->n_columns; i++) {
			line(e);
			sbuf_addf(e->to, "%s := %s:%s\n", e->scan_names[i],
			    n->catalog,
			    n->table->columns[n->columns[i]].name);
		}
		if (n->domains.n > 0 || n->domains.none) {
			line(e);
			sbuf_addz(e->to, "Domains:");
			if (n->domains.none)
				sbuf_addz(e->to, " NONE");
			for (int i = 0; i < n->domains.n; i++) {
				sbuf_addf(e->to, "%s %s ", i > 0 ? "," : "",
				    e->scan_names[n->domains.column[i]]);
				domain_print(e->to, n->domains.domain[i]);
			}
			sbuf_addc(e->to, '\n');
		}
		break;
	case FRAG_PROJECT:
		assignments(e, n, n->child[0]->names, n->child[0]->n);
		break;
	case FRAG_AGGREGATE: case FRAG_WINDOW:
		aggregates(e, n);
		break;
	case FRAG_VALUES:
		value_rows(e, n);
		break;
	case FRAG_JOIN: case FRAG_CROSS:
		line(e);
		sbuf_addf(e->to, "Distribution: %s\n", n->broadcast ||
		    n->kind == FRAG_CROSS ? "REPLICATED" : "PARTITIONED");
		if (n->n_dynamic == 0)
			break;
		line(e);
		sbuf_addz(e->to, "dynamicFilterAssignments = {");
		for (int i = 0; i < n->n_dynamic; i++)
			sbuf_addf(e->to, "%s%s -> #df_%d", i > 0 ? ", " : "",
			    n->child[1]->names[n->dynamic[i].channel],
			    n->dynamic[i].id);
		sbuf_addz(e->to, "}\n");
		break;
	default:
		break;
	}
}

static void node_text(struct explain *e, const struct frag_node *n,
    const char *indent);

static void
children(struct explain *e, const struct frag_node *n, const char *indent)
{
	for (int i = 0; i < n->n_child; i++) {
		bool last = i == n->n_child - 1;
		struct sbuf deeper = { 0 };

		sbuf_addf(e->to, "%s%s", indent, last ? "└─ " : "├─ ");
		sbuf_addf(&deeper, "%s%s", indent, last ? "   " : "│  ");
		node_text(e, n->child[i], sbuf_z(&deeper));
		sbuf_release(&deeper);
	}
}

/* The names of a scan's columns: its own symbols when it has no projection,
 * else the table's. */
static const char **
scan_names(const struct frag_node *n)
{
	const char **v = xcalloc((size_t)n->n_columns + 1, sizeof(*v));

	for (int i = 0; i < n->n_columns; i++) {
		v[i] = n->table->columns[n->columns[i]].name;
		if (n->project == NULL)
			v[i] = n->names[i];
		else
			for (int k = 0; k < n->n; k++)
				if (n->project[k]->kind == EXPR_INPUT &&
				    n->project[k]->input == i)
					v[i] = n->names[k];
	}
	return v;
}

static void
node_text(struct explain *e, const struct frag_node *n, const char *indent)
{
	const char **names = NULL;

	if (n->kind == FRAG_SCAN)
		names = scan_names(n);
	e->scan_names = names;
	head(e, n);
	sbuf_addc(e->to, '\n');
	e->indent = indent;
	e->has_children = n->n_child > 0;
	layout(e, n);
	explain_measured(e, n, line);
	details(e, n);
	free(names);
	children(e, n, indent);
}

/* ---- fragments ---- */

static const char *
place_name(enum frag_place p)
{
	switch (p) {
	case PLACE_SINGLE: return "SINGLE";
	case PLACE_COORDINATOR: return "COORDINATOR_ONLY";
	case PLACE_SOURCE: return "SOURCE";
	case PLACE_HASH: return "HASH";
	default: return "ROUND_ROBIN";
	}
}

static void
fragment_text(struct explain *e, const struct fragment *f,
    const struct frag_plan *p)
{
	static const char *const outputs[] = { [OUTPUT_GATHER] = "SINGLE",
		[OUTPUT_BROADCAST] = "BROADCAST", [OUTPUT_HASH] = "HASH",
		[OUTPUT_ARBITRARY] = "ROUND_ROBIN" };
	const struct frag_node *n = f->root;

	sbuf_addf(e->to, "Fragment %d [%s]\n", f->id, place_name(f->place));
	explain_measured_fragment(e, f);
	sbuf_addz(e->to, "    Output layout: [");
	for (int i = 0; i < n->n; i++)
		sbuf_addf(e->to, "%s%s", i > 0 ? ", " : "", n->names[i]);
	sbuf_addf(e->to, "]\n    Output partitioning: %s ",
	    outputs[f->output]);
	channel_list(e, n, f->hash_channels, f->n_hash);
	sbuf_addc(e->to, '\n');
	if (f->id != 0 || e->measures != NULL) {
		sbuf_addz(e->to, "    ");
		node_text(e, n, "    ");
		sbuf_addc(e->to, '\n');
		return;
	}
	sbuf_addz(e->to, "    Output[columnNames = [");
	for (int i = 0; i < p->n_columns; i++)
		sbuf_addf(e->to, "%s%s", i > 0 ? ", " : "", p->names[i]);
	sbuf_addz(e->to, "]]\n");
	e->indent = "    ";
	e->has_children = true;
	layout(e, n);
	for (int i = 0; i < p->n_columns; i++)
		if (strcmp(p->names[i], n->names[i]) != 0) {
			line(e);
			sbuf_addf(e->to, "%s := %s\n", p->names[i],
			    n->names[i]);
		}
	sbuf_addz(e->to, "    └─ ");
	node_text(e, n, "       ");
	sbuf_addc(e->to, '\n');
}

void
opt_explain(struct sbuf *to, const struct frag_plan *f, const char *version)
{
	struct explain e = { .to = to };

	sbuf_addf(to, "Trino version: %s\n", version);
	for (int i = 0; i < f->n; i++)
		fragment_text(&e, f->by_id[i], f);
}

void
opt_explain_analyze(struct sbuf *to, const struct frag_plan *f,
    const char *version, const struct opt_measures *m)
{
	struct explain e = { .to = to, .measures = m };

	sbuf_addf(to, "Trino version: %s\n", version);
	explain_measured_head(&e);
	for (int i = 0; i < f->n; i++)
		fragment_text(&e, f->by_id[i], f);
}
