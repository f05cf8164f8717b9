/* SPDX-License-Identifier: Apache-2.0
 * page_link.c - a page on its way: by pointer within the process, encoded
 * once when somebody elsewhere asks. */
#include "actors/page_link.h"

#include <stdlib.h>

#include "page/serde.h"

struct page_item {
	struct out_item item;
	struct page *page;
	struct sbuf wire;
};

static int
page_item_wire(struct out_item *item, struct str *bytes, struct err *e)
{
	struct page_item *p = (struct page_item *)item;
	int rc;

	if (p->wire.n == 0 &&
	    (rc = page_encode(&p->wire, p->page, PAGE_PLAIN, e)) != 0)
		return rc;
	*bytes = sbuf_str(&p->wire);
	return 0;
}

static void
page_item_free(struct out_item *item)
{
	struct page_item *p = (struct page_item *)item;

	page_drop(&p->page);
	sbuf_release(&p->wire);
	free(p);
}

static const struct out_item_kind page_item_kind = {
	.wire = page_item_wire,
	.free = page_item_free,
};

static void
outlet_put(struct page_outlet *o, int partition, struct page *page)
{
	struct page_outlet_link *l = (struct page_outlet_link *)o;
	struct page_item *p = xcalloc(1, sizeof(*p));
	struct out_item *item = &p->item;

	out_item_init(item, &page_item_kind, page_bytes(page) + sizeof(*p),
	    page->rows);
	p->page = page;
	out_buffer_add(l->out, partition, &item);
}

static struct wait *
outlet_full(struct page_outlet *o)
{
	return out_buffer_full(((struct page_outlet_link *)o)->out);
}

void
page_outlet_link_init(struct page_outlet_link *l, struct out_buffer *out,
    int partitions, const uint8_t *map)
{
	*l = (struct page_outlet_link){
		.outlet = { partitions, map, outlet_put, outlet_full },
		.out = out,
	};
}

int
page_take(struct exchange *x, const struct type *const *types, int n,
    struct mem_account *account, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct exchange_item item;
	int rc = 0;

	for (;;) {
		switch (exchange_next(x, &item, e)) {
		case EXCHANGE_DONE:
			return 0;
		case EXCHANGE_FAILED:
			return -1;
		case EXCHANGE_EMPTY:
			*blocked = exchange_wait(x);
			if (*blocked != NULL)
				return 2;
			continue;
		case EXCHANGE_ITEM:
			break;
		}
		if (item.item != NULL)
			*out = page_ref(((struct page_item *)item.item)->page);
		else
			rc = page_decode(item.bytes, types, n, account, out,
			    e);
		exchange_item_release(x, &item);
		return rc == 0 ? 1 : -1;
	}
}

static int
inlet_take(struct page_inlet *in, struct page **out, struct wait **blocked,
    struct err *e)
{
	struct page_inlet_link *l = (struct page_inlet_link *)in;

	return page_take(l->x, l->types, l->n, l->account, out, blocked, e);
}

void
page_inlet_link_init(struct page_inlet_link *l, struct exchange *x,
    const struct type *const *types, int n, struct mem_account *account)
{
	*l = (struct page_inlet_link){ { inlet_take }, x, types, n, account };
}
