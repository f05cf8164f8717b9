/* SPDX-License-Identifier: Apache-2.0
 * agg_spill.c - an aggregation's groups written out, partition by partition,
 * as pages of keys and intermediate values. */
#include <stdlib.h>

#include "base/hash.h"
#include "ops/agg.h"

/* One driver's table; empty afterwards. */
static int
spill_local(struct agg_shared *s, struct agg_local *l, struct err *e)
{
	int ret = 0;

	if (l->by_part == NULL)
		ret = agg_partition(l, e);
	for (int p = 0; ret == 0 && p < AGG_PARTITIONS; p++)
		for (uint32_t i = l->part_start[p]; ret == 0 &&
		    i < l->part_start[p + 1];) {
			uint32_t n = l->part_start[p + 1] - i;
			struct page *page;

			n = n > PAGE_ROWS ? PAGE_ROWS : n;
			ret = agg_emit_saved(l, l->by_part + i, n,
			    l->table.null_row, &page, e);
			if (ret < 0)
				break;
			ret = spill_page(&s->spilled[p], s->file, page,
			    s->slot, e);
			page_drop(&page);
			i += n;
		}
	if (ret < 0)
		return ret;
	mem_free(l->table.account, l->by_part, l->by_part_bytes);
	l->by_part = NULL;
	l->by_part_bytes = 0;
	memset(l->part_start, 0, sizeof(l->part_start));
	group_table_clear(&l->table);
	group_cache_forget(&l->cache);
	return 0;
}

int
agg_revoke(struct op_slot *slot, size_t want, size_t *freed, struct err *e)
{
	struct agg_shared *s = slot->shared;
	const struct task_world *w = &slot->task->world;
	int ret = 0;

	/* Once merging has begun, partitions belong to drivers. */
	if (s->node->step == AGG_PARTIAL || s->node->n_keys == 0 ||
	    s->layout.any_deferred || gate_is_open(&s->in))
		return 0;
	for (int i = 0; ret == 0 && i < s->n_local && *freed < want; i++) {
		size_t bytes = group_table_bytes(&s->local[i]->table);

		if (s->local[i]->table.n == 0)
			continue;
		if (s->file == NULL)
			ret = spill_create(w->spill_dir, w->spill_quota,
			    &s->file, e);
		if (ret == 0) {
			s->has_spilled = true;
			ret = spill_local(s, s->local[i], e);
		}
		if (ret == 0)
			*freed += bytes;
	}
	return ret;
}

void
agg_spill_release(struct agg_shared *s)
{
	for (int p = 0; p < AGG_PARTITIONS; p++)
		spill_list_release(&s->spilled[p]);
	spill_close(&s->file);
}
