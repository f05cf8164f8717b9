/* SPDX-License-Identifier: Apache-2.0
 * limit.c - what a refused reservation says: the limit, the use and the
 * biggest consumers, in Trino's words. */
#include "mem/pool_priv.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"

enum { NAMES = 64, SHOWN = 3, SIZE_TEXT = 32 };

struct consumer {
	const char *name;
	uint64_t bytes;
};

/* Trino's DataSize: "1GB", "1023.99MB", "64kB". */
static const char *
size_text(uint64_t bytes, char to[SIZE_TEXT])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB" };
	double v = (double)bytes;
	int u = 0;

	while (v >= 1024 && u < (int)ARRAY_LEN(units) - 1) {
		v /= 1024;
		u++;
	}
	if (v == (double)(uint64_t)v)
		snprintf(to, SIZE_TEXT, "%llu%s", (unsigned long long)v,
		    units[u]);
	else
		snprintf(to, SIZE_TEXT, "%.2f%s", v, units[u]);
	return to;
}

/* The accounts by name, biggest first; how many.  Under q->lock. */
static int
consumers(struct mem_pool *q, struct consumer v[NAMES])
{
	int n = 0;

	for (struct mem_account *a = q->accounts; a != NULL; a = a->next) {
		int i = 0;

		while (i < n && strcmp(v[i].name, a->name) != 0)
			i++;
		if (i == NAMES)
			continue;
		if (i == n)
			v[n++] = (struct consumer){ a->name, 0 };
		v[i].bytes += a->used;
	}
	for (int i = 1; i < n; i++)
		for (int j = i; j > 0 && v[j].bytes > v[j - 1].bytes; j--) {
			struct consumer c = v[j];

			v[j] = v[j - 1];
			v[j - 1] = c;
		}
	return n;
}

int
limit_error(struct mem_account *a, enum lease_answer why, uint64_t bytes,
    struct err *e)
{
	static const struct {
		enum err_code code;
		const char *text;
	} table[] = {
		[LEASE_LOCAL] = { ERR_EXCEEDED_LOCAL_MEMORY_LIMIT,
		    "Query exceeded per-node memory limit of" },
		[LEASE_GLOBAL] = { ERR_EXCEEDED_GLOBAL_MEMORY_LIMIT,
		    "Query exceeded distributed user memory limit of" },
		[LEASE_NODE] = { ERR_CLUSTER_OUT_OF_MEMORY,
		    "The node is out of memory, its limit is" },
	};
	char limit[SIZE_TEXT], allocated[SIZE_TEXT], delta[SIZE_TEXT];
	struct mem_pool *q = a->pool;
	struct consumer v[NAMES];
	uint64_t sum = 0, most;
	struct sbuf top = { 0 };
	int n;

	if (q == NULL)
		return err_set(e, ERR_EXCEEDED_LOCAL_MEMORY_LIMIT,
		    "%s cannot have %s of memory", a->name,
		    size_text(bytes, delta));
	most = why == LEASE_LOCAL ? q->local : why == LEASE_GLOBAL
	    ? q->global_shown : q->node->limit;
	pthread_mutex_lock(&q->lock);
	n = consumers(q, v);
	for (int i = 0; i < n; i++) {
		sum += v[i].bytes;
		if (i < SHOWN)
			sbuf_addf(&top, "%s%s=%s", i == 0 ? "" : ", ",
			    v[i].name, size_text(v[i].bytes, allocated));
	}
	pthread_mutex_unlock(&q->lock);
	err_set(e, table[why].code,
	    "%s %s [Allocated: %s, Delta: %s, Top Consumers: {%s}]",
	    table[why].text, size_text(most, limit),
	    size_text(sum, allocated), size_text(bytes, delta), sbuf_z(&top));
	sbuf_release(&top);
	return -(int)table[why].code;
}
