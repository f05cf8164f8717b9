/* SPDX-License-Identifier: Apache-2.0
 * spill_read.h - pages to spill files and back.  Reading happens on work
 * threads; the operator answers blocked meanwhile. */
#ifndef OPS_SPILL_READ_H
#define OPS_SPILL_READ_H

#include "mem/spill.h"
#include "ops/task_priv.h"

/* Where one page is. */
struct spill_block {
	struct spill_file *file;
	uint64_t at;
	size_t n;
};
struct spill_list {
	int n, cap;
	struct spill_block *v;
};
void spill_list_release(struct spill_list *l);

/* Appends a page.  Blocks: only while drivers are parked. */
int spill_page(struct spill_list *l, struct spill_file *f,
    const struct page *p, struct op_slot *slot, struct err *e);

struct spill_reader {
	struct task *task;
	struct spill_job *job;  /* under way or done */
};
void spill_reader_init(struct spill_reader *r, struct task *t);
void spill_reader_release(struct spill_reader *r);
/* OP_PAGE, OP_BLOCKED or OP_FAILED: call again for the same block. */
enum op_step spill_reader_page(struct spill_reader *r,
    const struct spill_block *b, const struct type *const *types, int n,
    struct page **out, struct wait **blocked, struct err *e);

#endif
