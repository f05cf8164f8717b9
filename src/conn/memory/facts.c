/* SPDX-License-Identifier: Apache-2.0
 * facts.c - what is known of the values of a column: kept while writing,
 * merged when published, told to the optimizer. */
#include "base/check.h"
#include "conn/memory/memory.h"
#include "type/value.h"

void
facts_merge(struct column_facts *to, const struct column_facts *from,
    const struct type *t)
{
	to->nulls += from->nulls;
	to->bytes += from->bytes;
	sketch_merge(&to->sketch, &from->sketch);
	if (!from->has_range)
		return;
	if (!to->has_range || value_compare(t, from->min, to->min) < 0)
		memcpy(to->min, from->min, sizeof(to->min));
	if (!to->has_range || value_compare(t, from->max, to->max) > 0)
		memcpy(to->max, from->max, sizeof(to->max));
	to->has_range = true;
}

static void
column_stats(const struct mem_column *m, uint64_t rows,
    struct expr_pool *pool, struct column_stats *out)
{
	const struct column_facts *f = m->facts;
	double valid = (double)(rows - MIN(f->nulls, rows));
	_Alignas(16) char value[16];

	out->nulls = rows == 0 ? 0 : (double)MIN(f->nulls, rows) /
	    (double)rows;
	out->bytes = STATS_UNKNOWN;
	out->distinct = STATS_UNKNOWN;
	if (rep_width(m->type->rep) > 0 && m->type->rep != REP_LIST)
		out->distinct = MIN(sketch_estimate(&f->sketch), valid);
	if (m->type->rep == REP_STR)
		out->bytes = valid == 0 ? 0 : (double)f->bytes / valid;
	if (!f->has_range)
		return;
	memcpy(value, f->min, 16);
	out->min = expr_const(pool, m->type, value)->value;
	memcpy(value, f->max, 16);
	out->max = expr_const(pool, m->type, value)->value;
}

int
mem_stats(struct conn *conn, struct conn_tx *tx, const struct conn_scan *scan,
    struct expr_pool *pool, struct table_stats *out, struct err *e)
{
	struct mem_conn *c = (struct mem_conn *)conn;
	const struct conn_table *t = scan->table;
	struct mem_table *m;
	int rc;

	pthread_mutex_lock(&c->lock);
	rc = mem_find_described(c, t, &m, e);
	if (rc != 0) {
		pthread_mutex_unlock(&c->lock);
		return rc;
	}
	*out = (struct table_stats){
		.rows = (double)m->version->rows,
		.n = t->n,
		.column = arena_array(pool->arena, struct column_stats, t->n),
		.unique_column = -1,
	};
	for (int i = 0; i < t->n; i++) {
		struct column_stats *s = &out->column[i];

		s->nulls = s->distinct = s->bytes = STATS_UNKNOWN;
		if (i < m->n && type_equal(m->columns[i].type,
		    t->columns[i].type))
			column_stats(&m->columns[i], m->version->rows, pool,
			    s);
	}
	pthread_mutex_unlock(&c->lock);
	return 0;
}
