/* SPDX-License-Identifier: Apache-2.0
 * scans.c - what scans' filters say of single columns, for connectors;
 * estimates of the whole plan. */
#include "opt/pass.h"

static int
scan_domains(struct opt *o, struct plan_node *n)
{
	struct domain_set found = { 0 }, *to = &n->scan.domains;
	int rc;

	if (n->scan.filter == NULL)
		return 0;
	if ((rc = domain_extract(o->pool, n->scan.filter, &found, NULL,
	    o->err)) != 0)
		return rc;
	to->none = found.none;
	to->n = 0;
	to->column = arena_array(o->arena, int, found.n + 1);
	to->domain = arena_array(o->arena, struct domain *, found.n + 1);
	for (int i = 0; i < found.n; i++)
		for (int k = 0; k < n->out.n; k++)
			if (n->out.v[k] == found.column[i]) {
				to->column[to->n] = n->scan.columns[k];
				to->domain[to->n++] = found.domain[i];
			}
	return 0;
}

static int
scans(struct opt *o, struct plan_node **n)
{
	struct plan_node *m = *n, *none;
	int rc;

	if ((rc = opt_enter(o)) != 0)
		return rc;
	for (int i = 0; i < m->n_child; i++)
		if ((rc = scans(o, &m->child[i])) != 0)
			return rc;
	o->depth--;
	if (m->kind != PLAN_SCAN)
		return 0;
	if ((rc = scan_domains(o, m)) != 0)
		return rc;
	if (!m->scan.domains.none)
		return 0;
	none = plan_node_new(o->plan, PLAN_VALUES, 0);
	none->out = m->out;
	*n = none;
	return 0;
}

int
pass_scans(struct opt *o, struct plan_node **n)
{
	struct stats s;
	int rc;

	if ((rc = scans(o, n)) != 0)
		return rc;
	stats_init(o, &s);
	return stats_estimate(&s, *n);
}
