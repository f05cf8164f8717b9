/* SPDX-License-Identifier: Apache-2.0
 * results.h - QueryResults as JSON, byte for byte what Trino's clients
 * expect: fields in Trino's order, columns with type signatures, values by
 * type, errors, statistics. */
#ifndef HTTP_RESULTS_H
#define HTTP_RESULTS_H

#include "base/err.h"
#include "page/page.h"
#include "type/type.h"

/* What the client said it can take (X-Trino-Client-Capabilities). */
enum http_capability {
	CAP_PARAMETRIC_DATETIME = 1, CAP_NUMBER = 2, CAP_VARIANT = 4,
	CAP_VARIANT_BINARY = 8, CAP_PATH = 16, CAP_SESSION_AUTHORIZATION = 32,
};
unsigned http_capabilities(const char *header); /* NULL: none */

struct results_stage {
	int id;
	const char *state;
	bool done;
	int nodes, splits, queued, running, completed, failed_tasks;
	int64_t cpu_ms, wall_ms, rows, bytes, physical_bytes;
	bool coordinator_only;
	int n_children;
	const struct results_stage *const *children;
};

struct results_stats {
	const char *state;
	bool queued, scheduled;
	int nodes, splits, queued_splits, running_splits, completed_splits;
	int64_t cpu_ms, wall_ms, queued_ms, elapsed_ms, planning_ms;
	int64_t rows, bytes, physical_bytes, written_bytes, peak_bytes,
	    spilled_bytes;
	const struct results_stage *root;       /* NULL: leaves nodes and
				 * splits out as 0 */
};

struct results {
	const char *id, *info_uri, *next_uri, *partial_cancel_uri; /* NULL:
				 * left out (but id, info_uri) */
	int n_columns;          /* -1: not known; 0: "columns":[] */
	const char *const *names;
	const struct type *const *types;
	int n_pages;
	struct page *const *pages;
	const struct err *error;        /* NULL: none */
	const char *update_type;
	int64_t update_count;           /* -1: none */
	struct results_stats stats;
	unsigned capabilities;
};

void results_print(struct sbuf *to, const struct results *r);
/* {"rawType":...,"arguments":[...]} */
void results_type_signature(struct sbuf *to, const struct type *t,
    unsigned capabilities);
/* The client's type text under its capabilities. */
void results_type_text(struct sbuf *to, const struct type *t,
    unsigned capabilities);
/* The rows of a page: "[1,\"a\"],[2,null]" (no outer brackets).  Bytes that
 * are not UTF-8 become U+FFFD. */
void results_print_rows(struct sbuf *to, const struct page *p,
    const struct type *const *types, unsigned capabilities);

#endif
