/* SPDX-License-Identifier: Apache-2.0
 * op_values.c - rows that stand in the plan. */
#include "ops/task_priv.h"
#include "page/build.h"

struct values {
	struct op op;
	int at;                 /* rows given out */
};

static int
values_open(struct op *op, struct err *e)
{
	return 0;
}

/* n values of one column from row `from` on. */
static struct vec *
values_column(struct values *s, int column, int from, int n, struct err *e)
{
	const struct frag_node *node = s->op.node;
	struct vec_builder b;
	struct vec *v = NULL;
	int ret;

	vec_builder_init(&b, node->types[column], s->op.account);
	ret = vec_builder_reserve(&b, (uint32_t)n, e);
	for (int i = 0; ret == 0 && i < n; i++) {
		struct vec *one;

		ret = expr_eval_const(node->values[(from + i) * node->n +
		    column], s->op.task->world.session, &one, e);
		if (ret < 0)
			break;
		ret = vec_builder_row(&b, one, 0, e);
		vec_drop(&one);
	}
	if (ret == 0)
		v = vec_builder_finish(&b, e);
	vec_builder_release(&b);
	return v;
}

static enum op_step
values_next(struct op *op, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct values *s = (struct values *)op;
	int n = op->node->n_rows - s->at;
	struct page *p;

	if (n <= 0)
		return OP_DONE;
	n = n > PAGE_ROWS ? PAGE_ROWS : n;
	p = page_new(op->node->n, (uint32_t)n);
	for (int i = 0; i < p->n; i++) {
		p->col[i] = values_column(s, i, s->at, n, e);
		if (p->col[i] == NULL) {
			page_drop(&p);
			return OP_FAILED;
		}
	}
	s->at += n;
	*out = p;
	return OP_PAGE;
}

const struct op_kind op_values = {
	.name = "Values",
	.size = sizeof(struct values),
	.open = values_open,
	.next = values_next,
};
