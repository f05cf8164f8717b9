/* SPDX-License-Identifier: Apache-2.0
 * tables.h - the families' tables, and a walk over all of them.  Private to
 * func/. */
#ifndef FUNC_TABLES_H
#define FUNC_TABLES_H

#include "func/func.h"

/* One record; one of the three is set. */
struct func_entry {
	const struct func *func;
	const struct agg_func *agg;
	const struct window_func *window;
};

/* Walks *i from 0; false ends. */
bool func_table_next(int *i, struct func_entry *out);

static inline const char *
func_entry_signature(const struct func_entry *e)
{
	return e->func != NULL ? e->func->signature : e->agg != NULL
	    ? e->agg->signature : e->window->signature;
}

/* A family's table ends with a record without signature. */
/* Operators in the order in which messages list them. */
#define FUNC_FAMILIES(X) \
	X(func_arith_int) X(func_arith_float) X(func_datetime_arith) \
	X(func_arith_decimal) X(func_compare) X(func_array_part) \
	X(func_text_basic) X(func_text_part) X(func_text_edit) \
	X(func_like) X(func_math) X(func_math_exact) X(func_math_number) \
	X(func_choose) X(func_datetime_field) X(func_datetime_unit) \
	X(func_datetime_zone) X(func_datetime_format) X(func_units) X(func_color) X(func_format) \
	X(func_array_set) X(func_array_make) X(func_map) X(func_lambda_list) \
	X(func_lambda_fold) X(func_json) \
	X(func_sketch) \
	X(func_bitwise) X(func_binary) X(func_digest) \
	X(func_regexp) X(func_regexp_replace)
#define AGG_FAMILIES(X) \
	X(agg_count) X(agg_sum) X(agg_minmax) X(agg_array) X(agg_map) \
	X(agg_moment) X(agg_corr) X(agg_bits) X(agg_n) X(agg_text) \
	X(agg_checksum) X(agg_distinct) X(agg_percentile) \
	X(agg_numeric_histogram) X(agg_frequent) X(agg_reduce) \
	X(agg_sum_number)

#define FUNC_EXTERN(name) extern const struct func name[];
FUNC_FAMILIES(FUNC_EXTERN)
#undef FUNC_EXTERN
#define AGG_EXTERN(name) extern const struct agg_func name[];
AGG_FAMILIES(AGG_EXTERN)
#undef AGG_EXTERN

#endif
