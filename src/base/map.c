/* SPDX-License-Identifier: Apache-2.0
 * map.c - open addressing over an array that keeps arrival order. */
#include "base/map.h"

#include <stdlib.h>
#include <xxhash.h>

void
map_init(struct map *m)
{
	*m = (struct map){ 0 };
}

void
map_release(struct map *m)
{
	for (uint32_t i = 0; i < m->n; i++)
		free(m->v[i].key);
	free(m->v);
	free(m->slots);
	*m = (struct map){ 0 };
}

static struct map_entry *
find(const struct map *m, struct str key, uint64_t hash)
{
	uint32_t mask = m->slot_count - 1, slot;

	if (m->slot_count == 0)
		return NULL;
	for (slot = (uint32_t)hash & mask; m->slots[slot] != 0;
	    slot = (slot + 1) & mask) {
		struct map_entry *e = &m->v[m->slots[slot] - 1];

		if (!e->gone && e->hash == hash && e->key_len == key.n &&
		    memcmp(e->key, key.p, key.n) == 0)
			return e;
	}
	return NULL;
}

/* Drops the gone entries and builds the slots anew with twice the room. */
static void
rebuild(struct map *m)
{
	uint32_t live = 0, count = 16;

	for (uint32_t i = 0; i < m->n; i++) {
		if (m->v[i].gone)
			free(m->v[i].key);
		else
			m->v[live++] = m->v[i];
	}
	m->n = live;
	while (count < 4 * (live + 1))
		count *= 2;
	free(m->slots);
	m->slots = xcalloc(count, sizeof(*m->slots));
	m->slot_count = count;
	for (uint32_t i = 0; i < live; i++) {
		uint32_t slot = (uint32_t)m->v[i].hash & (count - 1);

		while (m->slots[slot] != 0)
			slot = (slot + 1) & (count - 1);
		m->slots[slot] = i + 1;
	}
}

void *
map_get(const struct map *m, struct str key)
{
	struct map_entry *e = find(m, key, XXH3_64bits(key.p, key.n));

	return e == NULL ? NULL : e->value;
}

void *
map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = XXH3_64bits(key.p, key.n);
	struct map_entry *e = find(m, key, hash);
	uint32_t slot;

	if (e != NULL) {
		void *old = e->value;

		e->value = value;
		return old;
	}
	if (2 * (m->n + 1) > m->slot_count)
		rebuild(m);
	if (m->n == m->cap) {
		m->cap = m->cap == 0 ? 8 : m->cap * 2;
		m->v = xrealloc(m->v, m->cap * sizeof(*m->v));
	}
	m->v[m->n] = (struct map_entry){ xstrndup(key.p, key.n), key.n, hash,
		value, false };
	slot = (uint32_t)hash & (m->slot_count - 1);
	while (m->slots[slot] != 0)
		slot = (slot + 1) & (m->slot_count - 1);
	m->slots[slot] = ++m->n;
	m->live++;
	return NULL;
}

void *
map_del(struct map *m, struct str key)
{
	struct map_entry *e = find(m, key, XXH3_64bits(key.p, key.n));
	void *old;

	if (e == NULL)
		return NULL;
	old = e->value;
	e->value = NULL;
	e->gone = true;
	m->live--;
	return old;
}

struct map_entry *
map_next(const struct map *m, uint32_t *at)
{
	while (*at < m->n) {
		struct map_entry *e = &m->v[(*at)++];

		if (!e->gone)
			return e;
	}
	return NULL;
}
