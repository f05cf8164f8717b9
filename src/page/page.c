/* SPDX-License-Identifier: Apache-2.0
 * page.c - pages: counted rows of columns. */
#include "page/page.h"

#include <stdlib.h>

#include "base/check.h"

struct page *
page_new(int n, uint32_t rows)
{
	struct page *p = xcalloc(1, sizeof(*p) +
	    (size_t)n * sizeof(p->col[0]));

	atomic_init(&p->refs, 1);
	p->n = n;
	p->rows = rows;
	return p;
}

void
page_drop(struct page **pp)
{
	struct page *p = *pp;

	*pp = NULL;
	if (p == NULL || atomic_fetch_sub_explicit(&p->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	for (int i = 0; i < p->n; i++)
		vec_drop(&p->col[i]);
	free(p);
}

struct page *
page_select(struct page *p, const uint32_t *index, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct page *to = page_new(p->n, n);

	for (int i = 0; i < p->n; i++) {
		to->col[i] = vec_select(p->col[i], index, n, account, e);
		if (to->col[i] == NULL) {
			page_drop(&to);
			return NULL;
		}
	}
	return to;
}

struct page *
page_slice(struct page *p, uint32_t from, uint32_t n,
    struct mem_account *account, struct err *e)
{
	struct page *to;

	if (from == 0 && n == p->rows)
		return page_ref(p);
	CHECK((uint64_t)from + n <= p->rows);
	to = page_new(p->n, n);
	for (int i = 0; i < p->n; i++) {
		to->col[i] = vec_slice(p->col[i], from, n, account, e);
		if (to->col[i] == NULL) {
			page_drop(&to);
			return NULL;
		}
	}
	return to;
}

struct page *
page_project(struct page *p, const int *which, int n)
{
	struct page *to = page_new(n, p->rows);

	for (int i = 0; i < n; i++) {
		CHECK(which[i] < p->n);
		to->col[i] = vec_ref(p->col[which[i]]);
	}
	return to;
}

size_t
page_bytes(const struct page *p)
{
	size_t bytes = 0;

	for (int i = 0; i < p->n; i++)
		bytes += vec_bytes(p->col[i]);
	return bytes;
}
