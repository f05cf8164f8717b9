/* SPDX-License-Identifier: Apache-2.0
 * map.h - a hash map from byte strings to pointers; keeps the order in which
 * keys came.  Keys are copied, values are the caller's.  One thread. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_entry {
	char *key;              /* NUL-terminated, owned by the map */
	size_t key_len;
	uint64_t hash;
	void *value;            /* NULL once removed */
	bool gone;
};

struct map {
	struct map_entry *v;    /* in order of arrival, with gone ones */
	uint32_t *slots;        /* 1 + index into v; 0 is empty */
	uint32_t n, cap, slot_count, live;
};

void map_init(struct map *m);
void map_release(struct map *m);        /* frees keys, not values */
void *map_get(const struct map *m, struct str key);     /* NULL: not there */
/* Sets or replaces; returns the value that was there, or NULL.  value must
 * not be NULL. */
void *map_put(struct map *m, struct str key, void *value);
void *map_del(struct map *m, struct str key);           /* the old value */
/* Walks the live entries in order: *at starts at 0; NULL ends. */
struct map_entry *map_next(const struct map *m, uint32_t *at);

#endif
