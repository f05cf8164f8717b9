/* SPDX-License-Identifier: Apache-2.0
 * parquet_stats.c - statistics as one-row vectors, as far as they may be
 * believed.
 *
 * min_value and max_value count when the file says that it orders values by
 * their type.  The older min and max were compared as signed numbers or
 * bytes whatever the type: they are good for signed numbers only. */
#include <math.h>

#include "base/check.h"
#include "fmt/parquet_convert.h"
#include "type/value.h"

/* Are old statistics, or new ones without a column order, right? */
static bool
signed_number(const struct parquet_leaf *leaf)
{
	return leaf->order == ORDER_SIGNED &&
	    leaf->physical <= PARQUET_DOUBLE &&
	    leaf->physical != PARQUET_INT96;
}

static bool
is_nan(const struct type *t, const void *value)
{
	float f;
	double d;

	if (t->rep == REP_F32) {
		memcpy(&f, value, 4);
		return isnan(f);
	}
	if (t->rep == REP_F64) {
		memcpy(&d, value, 8);
		return isnan(d);
	}
	return false;
}

int
parquet_value(const struct parquet_leaf *leaf, struct str bytes,
    struct mem_account *account, struct vec **out, struct err *e)
{
	union { int128 wide; struct long_time time; struct strview view;
	    int64_t number; } value = { 0 };
	struct strview view;
	struct err ignored;

	*out = NULL;
	if (bytes.p == NULL || leaf->order == ORDER_NONE ||
	    (leaf->width != 0 && bytes.n != (size_t)leaf->width) ||
	    bytes.n > UINT32_MAX)
		return 0;
	if (leaf->physical == PARQUET_BOOLEAN && (uint8_t)bytes.p[0] > 1)
		return 0;
	view = strview_of(bytes);
	if (parquet_convert(leaf, leaf->width == 0 ? (const void *)&view
	    : bytes.p, 1, &value, &ignored) < 0 ||
	    is_nan(leaf->type, &value))
		return 0;
	*out = vec_new_const(leaf->type, &value, 1, account, e);
	return *out == NULL ? -(int)e->code : 0;
}

/* A bound of 0 stands for both zeros. */
static void
widen_zero(struct vec *v, bool low)
{
	if (v->type->rep == REP_F32 && *(float *)v->data == 0)
		*(float *)v->data = low ? -0.0f : 0.0f;
	else if (v->type->rep == REP_F64 && *(double *)v->data == 0)
		*(double *)v->data = low ? -0.0 : 0.0;
}

int
parquet_bounds(const struct parquet_leaf *leaf, struct str min,
    struct str max, struct mem_account *account, struct vec **low,
    struct vec **high, struct err *e)
{
	int rc = parquet_value(leaf, min, account, low, e);

	*high = NULL;
	if (rc == 0)
		rc = parquet_value(leaf, max, account, high, e);
	if (rc < 0) {
		vec_drop(low);
		return rc;
	}
	/* Bounds in the wrong order are of no use, neither of them. */
	if (*low != NULL && *high != NULL &&
	    value_compare(leaf->type, (*low)->data, (*high)->data) > 0) {
		vec_drop(low);
		vec_drop(high);
	}
	if (*low != NULL)
		widen_zero(*low, true);
	if (*high != NULL)
		widen_zero(*high, false);
	return 0;
}

int
parquet_stats(const struct parquet_meta *m, int group, int column,
    struct mem_account *account, struct parquet_stats *out, struct err *e)
{
	const struct parquet_node *node = m->nodes[column];
	const struct parquet_chunk *c;
	const struct parquet_leaf *leaf;
	struct str min, max;
	bool fresh;

	*out = (struct parquet_stats){ .nulls = -1, .distinct = -1 };
	if (node->kind != NODE_LEAF)
		return 0;
	leaf = node->leaf;
	c = &m->chunks[group][leaf->index];
	if (c->nulls >= 0 && (uint64_t)c->nulls <= m->groups[group].rows)
		out->nulls = c->nulls;
	else if (leaf->max_def == 0)
		out->nulls = 0;
	if (c->distinct >= 0)
		out->distinct = c->distinct;
	fresh = leaf->ordered || signed_number(leaf);
	min = fresh ? c->min : (struct str){ NULL, 0 };
	max = fresh ? c->max : (struct str){ NULL, 0 };
	if (min.p == NULL && signed_number(leaf))
		min = c->min_old;
	if (max.p == NULL && signed_number(leaf))
		max = c->max_old;
	/* Numbers are never cut; strings only when the file says so. */
	out->min_exact = leaf->width != 0 ? !c->inexact_min : c->min_exact;
	out->max_exact = leaf->width != 0 ? !c->inexact_max : c->max_exact;
	return parquet_bounds(leaf, min, max, account, &out->min, &out->max,
	    e);
}

void
parquet_stats_release(struct parquet_stats *s)
{
	vec_drop(&s->min);
	vec_drop(&s->max);
}
