/* SPDX-License-Identifier: Apache-2.0
 * random_pages.h - random pages of any type and form, and rows as texts for
 * comparing results as sets. */
#ifndef T_LIB_RANDOM_PAGES_H
#define T_LIB_RANDOM_PAGES_H

#include "task_run.h"

/* How a column's values are drawn. */
struct random_column {
	const struct type *type;
	int distinct;           /* about so many values */
	int nulls;              /* per cent */
	enum { FORM_ANY, FORM_FLAT_ONLY, FORM_SHARED_DICT } form;
	struct vec *dict;       /* SHARED_DICT: made on first use */
	uint64_t dict_id;
};

/* A page with n rows. */
struct page *random_page(const struct type *const *types,
    struct random_column *c, int columns, uint32_t n, uint64_t *seed);
void random_column_release(struct random_column *c);

/* One text a row: values as JSON with | between; sorted when asked. */
struct text_list {
	int n, cap;
	char **v;
};
void text_list_add(struct text_list *l, char *text);    /* takes it */
void text_list_pages(struct text_list *l, const struct page_list *pages);
void text_list_sort(struct text_list *l);
void text_list_release(struct text_list *l);
/* TAP: equal as lists. */
bool same_texts(const struct text_list *got, const struct text_list *want,
    const char *name);
char *row_text(const struct page *p, uint32_t row);

#endif
