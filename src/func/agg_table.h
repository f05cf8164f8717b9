/* SPDX-License-Identifier: Apache-2.0
 * agg_table.h - a hash table of distinct values inside an aggregate's state:
 * for maps and histograms.  Private to func/. */
#ifndef FUNC_AGG_TABLE_H
#define FUNC_AGG_TABLE_H

#include "func/agg.h"

/* One key and what it stands for. */
struct agg_entry {
	uint64_t hash;
	const char *key;        /* value_bytes */
	union {
		int64_t count;
		const char *value;      /* value_bytes */
		struct byte_list list;
	};
};

/* All zeroes is empty.  Entries keep the order in which they came; slots are
 * there once the table has more than a few: 1 + an entry's number, or 0. */
struct agg_table {
	struct agg_entry **entry;
	uint32_t *slot;
	uint32_t n, cap, n_slots;
	bool any;               /* whatever the owner means by it */
};

/* The entry of row i of v (not NULL, any form), whose vec_hash_at() is hash;
 * *fresh: it was made now, and all but its key is zero. */
struct agg_entry *agg_table_put(struct agg_context *c, struct agg_table *t,
    const struct vec *v, uint32_t i, uint64_t hash, bool *fresh);
/* A copy of row i of v as value_bytes in the states' heap. */
const char *agg_bytes_keep(struct agg_context *c, const struct vec *v,
    uint32_t i);

#endif
