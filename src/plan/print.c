/* SPDX-License-Identifier: Apache-2.0
 * print.c - a logical plan as text, for tests and for whoever looks for
 * what a rule has done. */
#include "plan/tree.h"

static const char *
symbol_name(void *arg, int input)
{
	const struct plan *p = arg;

	return input < p->symbols.n ? p->symbols.v[input].name : "?";
}

static void
print_list(struct sbuf *to, const struct plan *p,
    const struct symbol_list *l)
{
	for (int i = 0; i < l->n; i++)
		sbuf_addf(to, "%s%s", i > 0 ? ", " : "",
		    p->symbols.v[l->v[i]].name);
}

static void
print_expr(struct sbuf *to, const struct plan *p, const struct expr *x)
{
	if (x != NULL)
		expr_print(to, x, symbol_name, (void *)(uintptr_t)p);
}

static void
print_details(struct sbuf *to, const struct plan *p,
    const struct plan_node *n)
{
	static const char *const joins[] = { "inner", "left", "right", "full",
		"semi", "anti", "anti null", "mark" };
	static const char *const applies[] = { "scalar", "exists", "in",
		"quantified", "lateral" };

	switch (n->kind) {
	case PLAN_SCAN:
		sbuf_addf(to, " %s", n->scan.label);
		if (n->scan.filter != NULL) {
			sbuf_addz(to, " filter ");
			print_expr(to, p, n->scan.filter);
		}
		break;
	case PLAN_VALUES: sbuf_addf(to, " %d rows", n->values.n_rows); break;
	case PLAN_FILTER:
		sbuf_addc(to, ' ');
		print_expr(to, p, n->filter.predicate);
		break;
	case PLAN_PROJECT:
		for (int i = 0; i < n->project.n; i++) {
			sbuf_addf(to, "%s %s := ", i > 0 ? "," : "",
			    p->symbols.v[n->project.v[i].symbol].name);
			print_expr(to, p, n->project.v[i].expr);
		}
		break;
	case PLAN_AGGREGATE:
		sbuf_addz(to, " keys ");
		print_list(to, p, &n->aggregate.keys);
		for (int i = 0; i < n->aggregate.n; i++)
			sbuf_addf(to, ", %s := %s", p->symbols.v[
			    n->aggregate.v[i].symbol].name,
			    n->aggregate.v[i].func->signature);
		break;
	case PLAN_JOIN:
		sbuf_addf(to, " %s ", joins[n->join.kind]);
		print_expr(to, p, n->join.on);
		break;
	case PLAN_APPLY:
		sbuf_addf(to, " %s ", applies[n->apply.kind]);
		print_expr(to, p, n->apply.operand);
		break;
	case PLAN_SORT: case PLAN_TOPN: case PLAN_LIMIT:
		for (int i = 0; i < n->sort.n; i++)
			sbuf_addf(to, " %s%s",
			    p->symbols.v[n->sort.v[i].symbol].name,
			    n->sort.v[i].descending ? " desc" : "");
		sbuf_addf(to, " limit %lld offset %lld",
		    (long long)n->sort.limit, (long long)n->sort.offset);
		break;
	default:
		break;
	}
}

static void
print_node(struct sbuf *to, const struct plan *p, const struct plan_node *n,
    int depth)
{
	for (int i = 0; i < depth; i++)
		sbuf_addz(to, "  ");
	sbuf_addz(to, plan_node_name(n->kind));
	print_details(to, p, n);
	sbuf_addz(to, " -> ");
	print_list(to, p, &n->out);
	if (n->rows >= 0)
		sbuf_addf(to, " (%.0f rows)", n->rows);
	sbuf_addc(to, '\n');
	for (int i = 0; i < n->n_child; i++)
		print_node(to, p, n->child[i], depth + 1);
}

void
plan_print(struct sbuf *to, const struct plan *p, const struct plan_node *n)
{
	print_node(to, p, n, 0);
}
