/* SPDX-License-Identifier: Apache-2.0
 * sorted_input.h - all rows of an input in an order, for sort and window.
 *
 *      drivers gather pages --all in--> columns are laid end to end (jobs)
 *      --> keys are planned (one driver) --> chunks are sorted (jobs)
 *      --> one driver reads
 *
 * When memory is short, what a driver has gathered becomes a sorted run in a
 * file. */
#ifndef OPS_SORTED_INPUT_H
#define OPS_SORTED_INPUT_H

#include "ops/page_store.h"
#include "ops/sort.h"
#include "ops/spill_read.h"

struct sort_chunk_state {
	uint32_t from, n, at;
};

/* A sorted run in a file, as its reader sees it. */
struct sort_run {
	struct sorted_input *shared;
	struct spill_list pages;
	struct spill_reader reader;
	int at;
};

/* Shared by the drivers. */
struct sorted_input {
	struct op_slot *slot;
	const struct type *const *types; /* of the input's columns */
	int n;
	const struct sort_key *keys;
	int n_keys;
	pthread_mutex_t lock;
	struct page_bag **bag;
	int n_bags;
	struct gate in, laid, sorted;
	atomic_int next_column, columns_left, next_chunk, chunks_left;
	atomic_bool reading;
	uint32_t rows;
	struct vec **column, **key;
	struct sort_plan plan;
	uint32_t *order;
	size_t order_bytes;
	int n_chunks;
	struct sort_chunk_state *chunk;
	struct spill_file *file;
	struct sort_run *run;
	int n_runs;
};

/* One driver's. */
struct sorted_driver {
	struct op *op;
	struct sorted_input *shared;
	struct page_bag *bag;
	bool arrived, reader;
};

/* keys must outlive it. */
struct sorted_input *sorted_input_new(struct op_slot *slot,
    const struct sort_key *keys, int n_keys);
void sorted_input_free(struct sorted_input **s);
void sorted_driver_open(struct sorted_driver *d, struct op *op,
    struct sorted_input *s);
int sorted_driver_add(struct sorted_driver *d, struct page *in,
    struct err *e);
int sorted_driver_finish(struct sorted_driver *d, struct err *e);
/* Ends early or late: nobody waits for this driver any more. */
void sorted_driver_close(struct sorted_driver *d);
/* After finish: OP_YIELD, OP_BLOCKED or OP_FAILED while there is work;
 * OP_PAGE: this driver is the reader; OP_DONE: another one is. */
enum op_step sorted_driver_step(struct sorted_driver *d,
    struct wait **blocked, struct err *e);
/* The reader: numbers of up to n rows that come next; 0 at the end. */
uint32_t sorted_input_rows(struct sorted_input *s, uint32_t *index,
    uint32_t n);
/* The same as a page; OP_PAGE, OP_DONE or OP_FAILED. */
enum op_step sorted_input_page(struct sorted_input *s, uint32_t *index,
    struct page **out, struct err *e);
/* The reader is done: the rows may go. */
void sorted_input_drop(struct sorted_input *s);
int sorted_input_revoke(struct sorted_input *s, size_t want, size_t *freed,
    struct err *e);

#endif
