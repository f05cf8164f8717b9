/* SPDX-License-Identifier: Apache-2.0
 * items.h - numbered items for tests of page streams: what is in them can be
 * checked on arrival, by pointer or by bytes. */
#ifndef T_UNIT_NET_ITEMS_H
#define T_UNIT_NET_ITEMS_H

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/out_buffer.h"

struct number_item {
	struct out_item item;
	uint64_t number;
	size_t n;
	uint8_t *bytes;         /* n bytes: the number, then its low byte */
};

static int
number_wire(struct out_item *item, struct str *bytes, struct err *e)
{
	struct number_item *i = (struct number_item *)item;

	*bytes = (struct str){ (char *)i->bytes, i->n };
	return 0;
}

static void
number_free(struct out_item *item)
{
	struct number_item *i = (struct number_item *)item;

	free(i->bytes);
	free(i);
}

static const struct out_item_kind number_kind = { number_wire, number_free };

static inline struct out_item *
number_item(uint64_t number, size_t n)
{
	struct number_item *i = xmalloc(sizeof(*i));

	if (n < 8)
		n = 8;
	out_item_init(&i->item, &number_kind, n, 1);
	i->number = number;
	i->n = n;
	i->bytes = xmalloc(n);
	memset(i->bytes, (int)(number & 0xff), n);
	memcpy(i->bytes, &number, 8);
	return &i->item;
}

/* The number of wire bytes, or UINT64_MAX when they are damaged. */
static inline uint64_t
number_of(struct str s)
{
	uint64_t v;

	if (s.n < 8)
		return UINT64_MAX;
	memcpy(&v, s.p, 8);
	for (size_t i = 8; i < s.n; i++)
		if ((uint8_t)s.p[i] != (v & 0xff))
			return UINT64_MAX;
	return v;
}

#endif
