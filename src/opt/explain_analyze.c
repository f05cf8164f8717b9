/* SPDX-License-Identifier: Apache-2.0
 * explain_analyze.c - what EXPLAIN ANALYZE adds: times, rows, bytes, memory
 * of fragments and operators; and the plans that answer a text. */
#include "opt/explain.h"
#include "plan/tree.h"

static void
duration(struct sbuf *to, const char *label, uint64_t ns)
{
	sbuf_addz(to, label);
	conf_print_duration(to, (int64_t)ns);
}

static void
rows(struct sbuf *to, const char *label, uint64_t n, uint64_t bytes)
{
	sbuf_addf(to, "%s%llu row%s (", label, (unsigned long long)n,
	    n == 1 ? "" : "s");
	conf_print_size(to, bytes);
	sbuf_addc(to, ')');
}

void
explain_measured_head(struct explain *e)
{
	const struct opt_measures *m = e->measures;

	duration(e->to, "Queued: ", m->queued_ns);
	duration(e->to, ", Analysis: ", m->analysis_ns);
	duration(e->to, ", Planning: ", m->planning_ns);
	duration(e->to, ", Execution: ", m->execution_ns);
	sbuf_addc(e->to, '\n');
}

void
explain_measured_fragment(struct explain *e, const struct fragment *f)
{
	const struct opt_measures *m = e->measures;
	struct opt_measured_fragment x;

	if (m == NULL || m->fragment == NULL ||
	    !m->fragment(m->arg, f->id, &x))
		return;
	duration(e->to, "    CPU: ", x.cpu_ns);
	duration(e->to, ", Scheduled: ", x.wall_ns);
	duration(e->to, ", Blocked ", x.blocked_ns);
	duration(e->to, " (Input: ", x.blocked_input_ns);
	duration(e->to, ", Output: ", x.blocked_output_ns);
	rows(e->to, "), Input: ", x.in_rows, x.in_bytes);
	rows(e->to, ", Output: ", x.out_rows, x.out_bytes);
	sbuf_addz(e->to, "\n    Peak Memory: ");
	conf_print_size(e->to, x.memory);
	sbuf_addf(e->to, ", Tasks count: %llu\n",
	    (unsigned long long)x.tasks);
}

void
explain_measured(struct explain *e, const struct frag_node *n,
    void (*line)(struct explain *e))
{
	const struct opt_measures *m = e->measures;
	struct opt_measured x;

	if (m == NULL || m->node == NULL || !m->node(m->arg, n->id, &x))
		return;
	line(e);
	duration(e->to, "CPU: ", x.cpu_ns);
	duration(e->to, ", Scheduled: ", x.wall_ns);
	duration(e->to, ", Blocked: ", x.blocked_ns);
	rows(e->to, ", Output: ", x.out_rows, x.out_bytes);
	sbuf_addz(e->to, ", Memory: ");
	conf_print_size(e->to, x.memory);
	sbuf_addc(e->to, '\n');
	line(e);
	rows(e->to, "Input: ", x.in_rows, x.in_bytes);
	if (x.build_rows > 0)
		sbuf_addf(e->to, ", Build: %llu rows",
		    (unsigned long long)x.build_rows);
	if (n->kind == FRAG_SCAN && n->filter != NULL && x.in_rows > 0)
		sbuf_addf(e->to, ", Filtered: %.2f%%", 100.0 -
		    100.0 * (double)x.out_rows / (double)x.in_rows);
	if (n->kind == FRAG_SCAN)
		sbuf_addf(e->to, ", Splits: %llu",
		    (unsigned long long)x.splits);
	sbuf_addf(e->to, ", Drivers: %llu", (unsigned long long)x.drivers);
	if (x.spilled > 0) {
		sbuf_addz(e->to, ", Spilled: ");
		conf_print_size(e->to, x.spilled);
	}
	sbuf_addc(e->to, '\n');
}

/* ---- answers that are texts ---- */

/* One row, one column. */
static int
value_plan(struct plan *p, const char *column, struct expr *value,
    struct frag_plan **out, struct err *e)
{
	static const struct opt_options options = { .single_node = true,
		.nodes = 1 };
	struct session_context context = { 0 };
	struct plan_session session = { .context = &context };
	struct plan_node *v = plan_node_new(p, PLAN_VALUES, 0);
	struct plan_node *o = plan_node_new(p, PLAN_OUTPUT, 1);
	int symbol = plan_symbol_new(p, column, value->type);

	v->values.n_rows = 1;
	v->values.v = arena_array(p->arena, struct expr *, 1);
	v->values.v[0] = value;
	symbol_list_add(p->arena, &v->out, symbol);
	symbol_list_add(p->arena, &o->out, symbol);
	o->child[0] = v;
	o->output.names = arena_array(p->arena, const char *, 1);
	o->output.names[0] = arena_strdup(p->arena, column);
	p->root = o;
	return opt_plan(p, &session, &options, out, e);
}

int
opt_text_plan(struct plan *p, const char *column, struct str text,
    struct frag_plan **out, struct err *e)
{
	int32_t length = 0;

	for (size_t i = 0; i < text.n; i++)
		length += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return value_plan(p, column, expr_const_str(p->pool,
	    type_varchar(p->arena, length), text), out, e);
}

static int
explain_query(struct plan *p, const struct plan_session *session,
    const struct opt_options *options, struct sbuf *text, struct err *e)
{
	struct opt_options distributed = *options;
	struct frag_plan *f;
	int rc;

	if (p->root == NULL) {
		sbuf_addz(text, p->update_type == NULL ? ""
		    : p->update_type);
		return 0;
	}
	if ((rc = opt_plan(p, session, &distributed, &f, e)) != 0)
		return rc;
	opt_explain(text, f, session->context->version.p == NULL ? "quern"
	    : arena_strndup(p->arena, session->context->version.p,
	    session->context->version.n));
	return 0;
}

int
opt_explain_statement(struct plan *p, const struct plan_session *session,
    const struct opt_options *options, struct frag_plan **out, struct err *e)
{
	struct sbuf text = { 0 };
	int rc;

	if (p->explain == PLAN_EXPLAIN_VALIDATE)
		return value_plan(p, "Valid", expr_bool(p->pool, true), out,
		    e);
	if (p->explain != PLAN_EXPLAIN_TEXT)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "EXPLAIN in this format or type is not yet supported");
	if ((rc = explain_query(p->explained, session, options, &text,
	    e)) == 0)
		rc = opt_text_plan(p, "Query Plan", sbuf_str(&text), out, e);
	sbuf_release(&text);
	return rc;
}
