/* SPDX-License-Identifier: Apache-2.0
 * group_cache.h - an array in front of a group table: when all key columns
 * have few values (codes of a dictionary, small ranges of integers), a row's
 * values make an index and the array says which group it is, without hashing
 * or comparing.  It may be dropped at any time. */
#ifndef OPS_GROUP_CACHE_H
#define OPS_GROUP_CACHE_H

#include "ops/group_table.h"

enum { CACHE_COLUMNS = 8, CACHE_SMALL = 1 << 16, CACHE_BIG = 1 << 21 };

struct cache_column {
	uint64_t dict_id;       /* 0: integers */
	struct vec *base;       /* holds the dictionary */
	int64_t min;
	uint64_t size;          /* ids 0 (NULL) .. size - 1 */
	uint64_t stride;
};

struct group_cache {
	bool off;               /* it was no use */
	int n, resets;
	struct cache_column column[CACHE_COLUMNS];
	uint64_t size;          /* entries */
	char **rows;
	size_t bytes;
	struct mem_account *account;
	uint32_t index[PAGE_ROWS];
};

void group_cache_init(struct group_cache *c, int n,
    struct mem_account *account);
void group_cache_release(struct group_cache *c);
/* Forgets all groups (the table was emptied). */
void group_cache_forget(struct group_cache *c);
/* Fills index[] for the page's rows; false: not with these columns.  groups:
 * how many there are, a measure of what size is worth while. */
bool group_cache_index(struct group_cache *c, struct vec **col, uint32_t n,
    uint64_t groups);

#endif
