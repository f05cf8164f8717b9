/* SPDX-License-Identifier: Apache-2.0
 * gen_order.c - columns of orders and lineitem that are more than one
 * draw. */
#pragma GCC optimize("O3")
#include "base/check.h"
#include "conn/tpch/tpch.h"

static const struct rng order_date = { 1066728069, 1 };
static const struct rng line_count = { 1434868289, 1 };
static const struct rng line_quantity = { 209208115, 7 };
static const struct rng line_discount = { 554590007, 7 };
static const struct rng line_tax = { 721958466, 7 };
static const struct rng line_part = { 1808217256, 7 };
static const struct rng line_ship = { 1769349045, 7 };
static const struct rng line_receipt = { 373135028, 7 };

/* Keys are sparse: of 32 numbers in a row the first 8 are used. */
struct vec *
tpch_make_orderkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++) {
		uint64_t o = tpch_entity(g, tpch_row(index, i)) + 1;

		out[i] = (int64_t)(o >> 3 << 5 | (o & 7));
	}
	return v;
}

/* A draw of the 64-bit generator, which only the hugest scales use. */
static int64_t
wide_draw(uint64_t *seed, int64_t high)
{
	int64_t s;

	*seed = *seed * UINT64_C(6364136223846793005) + 1;
	s = (int64_t)*seed;
	return 1 + (int64_t)((s < 0 ? 0 - (uint64_t)s : (uint64_t)s) %
	    (uint64_t)high);
}

/* Keys drawn from 1..high. */
static void
draw_keys(struct tpch_gen *g, struct rng rng, int64_t high,
    const uint16_t *index, uint32_t n, int64_t *out)
{
	bool lines = g->table == TPCH_LINEITEM;

	if (g->scale < TPCH_WIDE_SCALE) {
		tpch_seeds(g, rng, 0, index, n, g->seeds[0]);
		tpch_draws(g->seeds[0], n, 1, high, out);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t r = tpch_row(index, i);
		uint64_t seed = rng_at(rng, tpch_entity(g, r));

		for (uint32_t k = 0; k <= (lines ? g->line_of[r] : 0u); k++)
			out[i] = wide_draw(&seed, high);
	}
}

/* Every third customer has no orders. */
struct vec *
tpch_make_custkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t high = (int64_t)tpch_count(TPCH_CUSTOMERS, g->scale);
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	draw_keys(g, c->rng, high, index, n, out);
	for (uint32_t i = 0; i < n; i++) {
		int64_t delta = 1;

		while (out[i] % 3 == 0) {
			out[i] = MIN(out[i] + delta, high);
			delta = -delta;
			if (high < 3)
				break;
		}
	}
	return v;
}

static void
order_dates(struct tpch_gen *g, int32_t *out, uint32_t n)
{
	rng_rows(order_date, g->first, 0, g->start, n);
	for (uint32_t i = 0; i < n; i++)
		out[i] = TPCH_DATE_MIN + (int32_t)rng_small(g->start[i],
		    TPCH_DATE_RANGE);
}

struct vec *
tpch_make_orderdate(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);
	int32_t *out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	tpch_seeds(g, order_date, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++)
		out[i] = TPCH_DATE_MIN + (int32_t)rng_small(g->seeds[0][i],
		    TPCH_DATE_RANGE);
	return v;
}

/* Orders: F when all lines were shipped, P when some were. */
struct vec *
tpch_make_status(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	enum { F, O, P };
	int32_t dates[PAGE_ROWS];
	uint32_t *codes;
	struct vec *v = tpch_coded(g, c->dict, n, &codes, e);

	if (v == NULL)
		return NULL;
	order_dates(g, dates, g->n);
	tpch_seeds(g, line_count, 0, index, n, g->seeds[0]);
	tpch_seeds(g, line_ship, 0, index, n, g->seeds[1]);
	for (uint32_t i = 0; i < n; i++) {
		int32_t date = dates[tpch_row(index, i)];
		uint32_t lines = 1 + rng_small(g->seeds[0][i],
		    TPCH_LINES_MAX);
		uint32_t seed = g->seeds[1][i], shipped = 0;

		for (uint32_t k = 0; k < lines; k++) {
			shipped += date + 1 + (int32_t)rng_small(seed, 121) <=
			    TPCH_TODAY;
			seed = rng_mul(seed, RNG_MULTIPLIER);
		}
		codes[i] = shipped == lines ? F : shipped > 0 ? P : O;
	}
	return v;
}

/* One order's lines: quantities, discounts, taxes and parts in seed[]. */
static int64_t
total_price(uint32_t lines, uint32_t seed[4], int64_t parts, bool small)
{
	int64_t total = 0;

	for (uint32_t k = 0; k < lines; k++) {
		int64_t quantity = 1 + rng_small(seed[0], 50);
		int64_t discount = rng_small(seed[1], 11);
		int64_t tax = rng_small(seed[2], 9);
		int64_t key = 1 + (small
		    ? (int64_t)rng_small(seed[3], (uint32_t)parts)
		    : rng_big(seed[3], (double)parts));
		int64_t price = tpch_part_price(key) * quantity;

		total += price * (100 - discount) / 100 * (100 + tax) / 100;
		for (int i = 0; i < 4; i++)
			seed[i] = rng_mul(seed[i], RNG_MULTIPLIER);
	}
	return total;
}

static int64_t
wide_total_price(uint32_t lines, uint32_t seed[4], int64_t parts)
{
	uint64_t wide = seed[3];
	int64_t total = 0;

	for (uint32_t k = 0; k < lines; k++) {
		int64_t price = tpch_part_price(wide_draw(&wide, parts)) *
		    (1 + rng_small(seed[0], 50));

		total += price * (100 - rng_small(seed[1], 11)) / 100 *
		    (100 + rng_small(seed[2], 9)) / 100;
		for (int i = 0; i < 3; i++)
			seed[i] = rng_mul(seed[i], RNG_MULTIPLIER);
	}
	return total;
}

struct vec *
tpch_make_totalprice(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	static const struct rng *const streams[4] = {
		&line_quantity, &line_discount, &line_tax, &line_part,
	};
	int64_t parts = (int64_t)tpch_count(TPCH_PARTS, g->scale);
	bool small = parts <= RNG_SMALL, wide = g->scale >= TPCH_WIDE_SCALE;
	uint32_t seeds[4][PAGE_ROWS];
	int64_t cents[PAGE_ROWS];

	tpch_seeds(g, line_count, 0, index, n, g->seeds[0]);
	for (int k = 0; k < 4; k++)
		tpch_seeds(g, *streams[k], 0, index, n, seeds[k]);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t lines = 1 + rng_small(g->seeds[0][i],
		    TPCH_LINES_MAX);
		uint32_t seed[4] = { seeds[0][i], seeds[1][i], seeds[2][i],
		    seeds[3][i] };

		if (wide) {
			seed[3] = rng_at(line_part, g->first +
			    tpch_row(index, i));
			cents[i] = wide_total_price(lines, seed, parts);
		} else {
			cents[i] = total_price(lines, seed, parts, small);
		}
	}
	return tpch_money(g, cents, n, e);
}

struct vec *
tpch_make_zero(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int32_t zero = 0;

	return vec_new_const(c->type, &zero, n, g->account, e);
}

/* --- lineitem ------------------------------------------------------------- */

struct vec *
tpch_make_partkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);

	if (v != NULL)
		draw_keys(g, c->rng,
		    (int64_t)tpch_count(TPCH_PARTS, g->scale), index, n,
		    v->data);
	return v;
}

struct vec *
tpch_make_suppkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t suppliers = tpch_suppliers(g->scale);
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	draw_keys(g, line_part, (int64_t)tpch_count(TPCH_PARTS, g->scale),
	    index, n, out);
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[1]);
	for (uint32_t i = 0; i < n; i++)
		out[i] = tpch_part_supplier(out[i],
		    rng_small(g->seeds[1][i], 4), suppliers);
	return v;
}

struct vec *
tpch_make_linenumber(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);
	int32_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		out[i] = g->line_of[tpch_row(index, i)] + 1;
	return v;
}

struct vec *
tpch_make_quantity(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t cents[PAGE_ROWS];

	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++)
		cents[i] = 100 + 100 * rng_small(g->seeds[0][i], 50);
	return tpch_money(g, cents, n, e);
}

struct vec *
tpch_make_extendedprice(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t cents[PAGE_ROWS];

	draw_keys(g, line_part, (int64_t)tpch_count(TPCH_PARTS, g->scale),
	    index, n, cents);
	tpch_seeds(g, line_quantity, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++)
		cents[i] = tpch_part_price(cents[i]) *
		    (1 + rng_small(g->seeds[0][i], 50));
	return tpch_money(g, cents, n, e);
}

/* Days after the order's date, both drawn. */
static void
line_dates(struct tpch_gen *g, struct rng rng, int32_t low, int32_t high,
    const uint16_t *index, uint32_t n, int32_t *restrict out)
{
	int32_t dates[PAGE_ROWS];

	order_dates(g, dates, g->orders);
	tpch_seeds(g, rng, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++)
		out[i] = dates[g->order_of[tpch_row(index, i)]] + low +
		    (int32_t)rng_small(g->seeds[0][i],
		    (uint32_t)(high - low + 1));
}

struct vec *
tpch_make_shipdate(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);

	if (v != NULL)
		line_dates(g, line_ship, 1, 121, index, n, v->data);
	return v;
}

struct vec *
tpch_make_commitdate(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);

	if (v != NULL)
		line_dates(g, c->rng, c->low, c->high, index, n, v->data);
	return v;
}

static void
receipt_dates(struct tpch_gen *g, const uint16_t *index, uint32_t n,
    int32_t *restrict out)
{
	line_dates(g, line_ship, 1, 121, index, n, out);
	tpch_seeds(g, line_receipt, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++)
		out[i] += 1 + (int32_t)rng_small(g->seeds[0][i], 30);
}

struct vec *
tpch_make_receiptdate(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);

	if (v != NULL)
		receipt_dates(g, index, n, v->data);
	return v;
}

/* N for what has not arrived yet; for the others R or A is drawn, so that
 * which draw a line has depends on the lines before it in its order. */
struct vec *
tpch_make_returnflag(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	enum { R, A, N };
	int32_t dates[PAGE_ROWS];
	uint32_t power[TPCH_LINES_MAX], *codes, row = 0;
	uint8_t flags[PAGE_ROWS];
	struct vec *v = tpch_coded(g, c->dict, n, &codes, e);

	if (v == NULL)
		return NULL;
	receipt_dates(g, NULL, g->n, dates);
	rng_fill(g->start, g->orders, rng_at(c->rng, g->first),
	    rng_power(c->rng.usage));
	for (uint32_t k = 0; k < TPCH_LINES_MAX; k++)
		power[k] = rng_power(k + 1);
	for (uint32_t o = 0; o < g->orders; o++) {
		uint32_t used = 0;

		for (uint32_t k = 0; k < g->lines[o]; k++, row++) {
			bool past = dates[row] <= TPCH_TODAY;
			uint32_t seed = rng_mul(g->start[o], power[used]);

			flags[row] = past ? (uint8_t)rng_small(seed, 2) : N;
			used += past;
		}
	}
	for (uint32_t i = 0; i < n; i++)
		codes[i] = flags[tpch_row(index, i)];
	return v;
}

struct vec *
tpch_make_linestatus(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int32_t dates[PAGE_ROWS];
	uint32_t *codes;
	struct vec *v = tpch_coded(g, c->dict, n, &codes, e);

	if (v == NULL)
		return NULL;
	line_dates(g, line_ship, 1, 121, index, n, dates);
	for (uint32_t i = 0; i < n; i++)
		codes[i] = dates[i] > TPCH_TODAY;       /* F, O */
	return v;
}
