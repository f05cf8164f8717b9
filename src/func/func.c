/* SPDX-License-Identifier: Apache-2.0
 * func.c - all function tables as one list, and the window functions' names.
 */
#include "func/func.h"

#include "base/check.h"
#include "func/signature.h"
#include "func/tables.h"

static const struct func *const func_families[] = {
#define FAMILY(name) name,
	FUNC_FAMILIES(FAMILY)
};

static const struct agg_func *const agg_families[] = {
	AGG_FAMILIES(FAMILY)
#undef FAMILY
};

static const struct window_func window_funcs[] = {
	{ "row_number():bigint", "Number of the row within its partition" },
	{ "rank():bigint", "Rank of the row, with gaps" },
	{ "dense_rank():bigint", "Rank of the row, without gaps" },
	{ "percent_rank():double", "Relative rank of the row" },
	{ "cume_dist():double", "Share of rows up to the row" },
	{ "ntile(bigint):bigint", "Number of the row's bucket" },
	{ "first_value(T):T", "The first value of the frame" },
	{ "last_value(T):T", "The last value of the frame" },
	{ "nth_value(T,bigint):T", "The n-th value of the frame" },
	{ "lag(T):T", "The value of the row before" },
	{ "lag(T,bigint):T", "The value of a row before" },
	{ "lag(T,bigint,T):T", "The value of a row before, or a default" },
	{ "lead(T):T", "The value of the row behind" },
	{ "lead(T,bigint):T", "The value of a row behind" },
	{ "lead(T,bigint,T):T", "The value of a row behind, or a default" },
};

/* Entry numbers: family in the upper 16 bits, record in the lower. */
bool
func_table_next(int *i, struct func_entry *out)
{
	int family = *i >> 16, at = *i & 0xffff;
	int n_func = ARRAY_LEN(func_families), n_agg = ARRAY_LEN(agg_families);

	memset(out, 0, sizeof(*out));
	for (;; family++, at = 0) {
		if (family < n_func) {
			out->func = &func_families[family][at];
			if (out->func->signature != NULL)
				break;
			out->func = NULL;
		} else if (family < n_func + n_agg) {
			out->agg = &agg_families[family - n_func][at];
			if (out->agg->signature != NULL)
				break;
			out->agg = NULL;
		} else if (family == n_func + n_agg) {
			if (at == (int)ARRAY_LEN(window_funcs))
				return false;
			out->window = &window_funcs[at];
			break;
		}
	}
	*i = family << 16 | (at + 1);
	return true;
}

bool
func_next(int *i, const struct func **f, const struct agg_func **g)
{
	struct func_entry it;

	while (func_table_next(i, &it)) {
		if (it.window != NULL)
			continue;
		*f = it.func;
		*g = it.agg;
		return true;
	}
	return false;
}

static bool
find_named(struct str name, struct func_entry *out)
{
	if (name.n == 0)
		return false;
	for (int i = 0; func_table_next(&i, out);) {
		const char *text = func_entry_signature(out);

		if (((text[0] ^ name.p[0]) & 0xdf) == 0 &&
		    str_ieq(signature_name(text), name))
			return true;
	}
	return false;
}

bool
func_exists(struct str name)
{
	struct func_entry it;

	return find_named(name, &it);
}

bool
func_is_aggregate(struct str name)
{
	struct func_entry it;

	return find_named(name, &it) && it.agg != NULL;
}

bool
func_is_window(struct str name)
{
	struct func_entry it;

	return find_named(name, &it) && it.window != NULL;
}

const struct func *
func_by_signature(struct str signature)
{
	struct func_entry it;

	for (int i = 0; func_table_next(&i, &it);)
		if (it.func != NULL &&
		    str_eq(str_of(it.func->signature), signature))
			return it.func;
	return NULL;
}

const struct agg_func *
agg_by_signature(struct str signature)
{
	struct func_entry it;

	for (int i = 0; func_table_next(&i, &it);)
		if (it.agg != NULL &&
		    str_eq(str_of(it.agg->signature), signature))
			return it.agg;
	return NULL;
}
