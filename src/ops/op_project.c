/* SPDX-License-Identifier: Apache-2.0
 * op_project.c - filter and projections over pages. */
#include "ops/page_merge.h"
#include "ops/task_priv.h"

struct project {
	struct op op;
	struct program *program;
	struct page_merge merge;
	struct page *in;
	struct page *ready;     /* to pass on after what merge gave out */
	bool flushed;
	uint16_t sel[PAGE_ROWS];
	uint32_t index[PAGE_ROWS];
};

static int
project_open(struct op *op, struct err *e)
{
	struct project *p = (struct project *)op;
	const struct frag_node *n = op->node;

	page_merge_init(&p->merge, n->types, n->n, op->account);
	return program_compile(n->filter, n->project,
	    n->project == NULL ? 0 : n->n, n->child[0]->types, n->child[0]->n,
	    op->task->world.session, &p->program, e);
}

static int
project_add(struct op *op, struct page *in, struct err *e)
{
	((struct project *)op)->in = in;
	return 0;
}

static struct page *
all_inputs(struct project *p, struct page *in, uint32_t n, struct err *e)
{
	if (n == in->rows)
		return page_ref(in);
	for (uint32_t i = 0; i < n; i++)
		p->index[i] = p->sel[i];
	return page_select(in, p->index, n, p->op.account, e);
}

/* *out NULL: no row is left. */
static int
compute(struct project *p, struct page *in, struct page **out, struct err *e)
{
	const struct frag_node *node = p->op.node;
	uint32_t n = in->rows;
	int ret = 0;

	*out = NULL;
	if (node->filter != NULL)
		ret = program_filter(p->program, in->col, in->rows,
		    p->op.account, p->sel, &n, e);
	if (ret < 0 || n == 0)
		return ret;
	if (node->project == NULL) {
		*out = all_inputs(p, in, n, e);
		return *out == NULL ? -(int)e->code : 0;
	}
	*out = page_new(node->n, n);
	ret = program_project(p->program, in->col, in->rows,
	    n == in->rows ? NULL : p->sel, n, p->op.account, (*out)->col, e);
	if (ret < 0)
		page_drop(out);
	return ret;
}

static enum op_step
project_flush(struct project *p, struct page **out, struct err *e)
{
	if (!p->op.finished)
		return OP_NEED_INPUT;
	if (p->flushed)
		return OP_DONE;
	p->flushed = true;
	if (page_merge_flush(&p->merge, out, e) < 0)
		return OP_FAILED;
	return *out == NULL ? OP_DONE : OP_PAGE;
}

static enum op_step
project_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct project *p = (struct project *)op;
	struct page *made = NULL;

	int ret;

	if (p->ready != NULL) {
		made = p->ready;
		p->ready = NULL;
	} else if (p->in == NULL) {
		return project_flush(p, out, e);
	} else {
		ret = compute(p, p->in, &made, e);
		page_drop(&p->in);
		if (ret < 0)
			return OP_FAILED;
		if (made == NULL)
			return OP_NEED_INPUT;
	}
	if (p->op.node->filter == NULL) {
		*out = made;
		return OP_PAGE;
	}
	if (page_merge_add(&p->merge, made, out, &p->ready, e) < 0)
		return OP_FAILED;
	return *out == NULL ? OP_NEED_INPUT : OP_PAGE;
}

static void
project_close(struct op *op)
{
	struct project *p = (struct project *)op;

	page_drop(&p->in);
	page_drop(&p->ready);
	page_merge_release(&p->merge);
	program_free(&p->program);
}

const struct op_kind op_project = {
	.name = "FilterAndProject",
	.size = sizeof(struct project),
	.open = project_open,
	.add = project_add,
	.next = project_next,
	.close = project_close,
};
