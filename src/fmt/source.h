/* SPDX-License-Identifier: Apache-2.0
 * source.h - page sources: how rows come out of files and connectors.
 *
 * A source yields batches of at most PAGE_ROWS rows.  After next() has said
 * how many rows a batch has, load() is called for the columns that are
 * needed, each at most once a batch: first for those of the filter with all
 * rows, then for the others with only the rows that the filter has left.
 * So a source that decodes lazily reads no more than it must.
 *
 * One thread at a time.  Nothing here blocks the caller: a step answers
 * SOURCE_BLOCKED with a wait token and is called again, with the same
 * arguments, after it was completed. */
#ifndef FMT_SOURCE_H
#define FMT_SOURCE_H

#include "base/wait.h"
#include "expr/domain.h"
#include "page/page.h"

enum source_step {
	SOURCE_FAILED = -1, SOURCE_DONE, SOURCE_READY, SOURCE_BLOCKED,
};

struct page_source;

/* Filters that come while a scan runs (from join build sides). */
struct dynamic_filter {
	int column;             /* index into the source's columns */
	struct domain *domain;  /* for pruning; NULL: none */
};

struct page_source_ops {
	const char *name;
	/* Required.  SOURCE_READY: *rows (> 0) rows are at hand. */
	enum source_step (*next)(struct page_source *s, uint32_t *rows,
	    struct wait **blocked, struct err *e);
	/* Required.  Column `column` (index into the columns it was opened
	 * with) of the batch's rows index[0..n), ascending, or all when index
	 * is NULL (then n is the batch's rows).  SOURCE_READY: *out is a
	 * reference. */
	enum source_step (*load)(struct page_source *s, int column,
	    const uint16_t *index, uint32_t n, struct vec **out,
	    struct wait **blocked, struct err *e);
	/* NULL: not interested.  More may be pruned from now on; domains in
	 * set are by column index and outlive the source. */
	void (*narrow)(struct page_source *s, const struct domain_set *set);
	/* Required.  Also in the middle; reads under way are abandoned. */
	void (*close)(struct page_source *s);
};

struct page_source {
	const struct page_source_ops *ops;
	uint64_t bytes_read;    /* physical, so far */
	uint64_t rows_read;     /* before filters, pruned rows left out */
	uint64_t rows_pruned;   /* row groups and pages skipped */
};

static inline void
page_source_close(struct page_source **s)
{
	if (*s != NULL)
		(*s)->ops->close(*s);
	*s = NULL;
}

#endif
