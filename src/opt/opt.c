/* SPDX-License-Identifier: Apache-2.0
 * opt.c - the order of the passes. */
#include "opt/pass.h"

static const struct pass {
	const char *name;
	int (*run)(struct opt *o, struct plan_node **n);
} passes[] = {
	{ "prune", pass_prune },
	{ "decorrelate", pass_decorrelate },
	{ "sets", pass_sets },
	{ "simplify", pass_simplify },
	{ "pushdown", pass_pushdown },
	{ "simplify", pass_simplify },
	{ "prune", pass_prune },
	{ "reorder", pass_reorder },
	{ "distinct", pass_distinct },
	{ "limits", pass_limits },
	{ "simplify", pass_simplify },
	{ "prune", pass_prune },
	{ "simplify", pass_simplify },
	{ "scans", pass_scans },
};

int
opt_plan(struct plan *p, const struct plan_session *session,
    const struct opt_options *options, struct frag_plan **out, struct err *e)
{
	struct opt o = { .plan = p, .arena = p->arena, .pool = p->pool,
		.session = session, .options = options, .err = e };
	int rc;

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
		if ((rc = passes[i].run(&o, &p->root)) != 0)
			return rc;
	return pass_fragment(&o, out);
}

static void
set_write(struct frag_node *n, struct str write)
{
	if (n->kind == FRAG_WRITER || n->kind == FRAG_FINISH)
		n->write = write;
	for (int i = 0; i < n->n_child; i++)
		set_write(n->child[i], write);
}

void
opt_set_write(struct frag_plan *f, struct str write)
{
	struct str copy = arena_str(f->arena, write);

	for (int i = 0; i < f->n; i++)
		set_write(f->by_id[i]->root, copy);
}
