/* SPDX-License-Identifier: Apache-2.0
 * store.c - the parts that this node holds. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/memory/memory.h"

void
part_drop(struct part **pp)
{
	struct part *p = *pp;

	*pp = NULL;
	if (p == NULL || atomic_fetch_sub_explicit(&p->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	for (int i = 0; i < p->n_segs; i++) {
		for (int k = 0; k < p->n; k++)
			seg_column_release(&p->segs[i].columns[k]);
		free(p->segs[i].columns);
	}
	free(p->segs);
	free(p->ids);
	free(p->types);
	free(p);
}

void
store_add(struct mem_conn *c, struct part *p)
{
	pthread_mutex_lock(&c->lock);
	list_push(&c->parts, p);
	pthread_mutex_unlock(&c->lock);
}

struct part *
store_get(struct mem_conn *c, uint64_t id)
{
	struct part *p = NULL;

	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < c->parts.n; i++)
		if (c->parts.v[i]->id == id) {
			p = c->parts.v[i];
			atomic_fetch_add_explicit(&p->refs, 1,
			    memory_order_relaxed);
			break;
		}
	pthread_mutex_unlock(&c->lock);
	return p;
}

static bool
listed(const uint64_t *list, int n, uint64_t id)
{
	for (int i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

static void
sweep(struct mem_conn *c, const uint64_t *list, int n, bool drop_listed,
    uint64_t before)
{
	int kept = 0;

	for (int i = 0; i < c->parts.n; i++) {
		struct part *p = c->parts.v[i];

		if (p->write < before &&
		    listed(list, n, p->write) == drop_listed)
			part_drop(&p);
		else
			c->parts.v[kept++] = p;
	}
	c->parts.n = kept;
}

void
store_drop_writes(struct mem_conn *c, const uint64_t *gone, int n)
{
	sweep(c, gone, n, true, UINT64_MAX);
}

void
store_keep_writes(struct mem_conn *c, const uint64_t *live, int n,
    uint64_t before)
{
	sweep(c, live, n, false, before);
}

struct dict *
store_dict(struct mem_conn *c, uint64_t table, int32_t column,
    const struct type *type)
{
	struct dict *d = NULL;

	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < c->dicts.n; i++)
		if (c->dicts.v[i].table == table &&
		    c->dicts.v[i].column == column)
			d = c->dicts.v[i].dict;
	if (d == NULL) {
		struct shared_dict s = { table, column,
			dict_new(type, c->account) };

		d = s.dict;
		list_push(&c->dicts, s);
	}
	dict_ref(d);
	pthread_mutex_unlock(&c->lock);
	return d;
}

int
store_check_limit(struct mem_conn *c, struct err *e)
{
	struct sbuf b = { 0 };
	int rc;

	if (c->limit == 0 || mem_account_used(c->account) <= c->limit)
		return 0;
	conf_print_size(&b, c->limit);
	rc = err_set(e, ERR_MEMORY_LIMIT_EXCEEDED,
	    "Memory limit [%s] for memory connector exceeded", sbuf_z(&b));
	sbuf_release(&b);
	return rc;
}
