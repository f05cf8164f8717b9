/* SPDX-License-Identifier: Apache-2.0
 * gen.c - seeds of a batch's rows, and the columns that are one draw each:
 * keys, numbers, words, texts. */
#pragma GCC optimize("O3")
#include "base/check.h"
#include "conn/tpch/tpch.h"

uint64_t
tpch_count(uint32_t base, double scale)
{
	return (uint64_t)((double)base * scale);
}

uint64_t
tpch_units(const struct tpch_table *t, double scale)
{
	uint64_t n = t->fixed ? t->base : tpch_count(t->base, scale);

	return t == &tpch_tables[TPCH_PARTSUPP] ? n * 4 : n;
}

void
tpch_lay_lines(struct tpch_gen *g, uint64_t max)
{
	static const struct rng line_count = { 1434868289, 1 };
	uint32_t n = (uint32_t)MIN(max, 1152), rows = 0, i;

	rng_rows(line_count, g->first, 0, g->seeds[0], n);
	for (i = 0; i < n; i++) {
		uint32_t lines = 1 + rng_small(g->seeds[0][i],
		    TPCH_LINES_MAX);

		if (rows + TPCH_LINES_MAX > PAGE_ROWS)
			break;
		for (uint32_t k = 0; k < TPCH_LINES_MAX; k++) {
			g->order_of[rows + k] = (uint16_t)i;
			g->line_of[rows + k] = (uint8_t)k;
		}
		rows += lines;
		g->lines[i] = (uint8_t)lines;
	}
	g->orders = i;
	g->n = rows;
}

/* Lines use up to seven draws (or groups of them) of their order's. */
static void
line_seeds(struct tpch_gen *g, struct rng rng, uint32_t draw,
    const uint16_t *index, uint32_t n, uint32_t *restrict out)
{
	uint32_t power[TPCH_LINES_MAX], each = rng.usage / TPCH_LINES_MAX;

	for (uint32_t k = 0; k < TPCH_LINES_MAX; k++)
		power[k] = rng_power(k * each + draw + 1);
	rng_fill(g->start, g->orders, rng_at(rng, g->first),
	    rng_power(rng.usage));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t r = tpch_row(index, i);

		out[i] = rng_mul(g->start[g->order_of[r]],
		    power[g->line_of[r]]);
	}
}

void
tpch_seeds(struct tpch_gen *g, struct rng rng, uint32_t draw,
    const uint16_t *index, uint32_t n, uint32_t *out)
{
	if (g->table == TPCH_LINEITEM) {
		line_seeds(g, rng, draw, index, n, out);
		return;
	}
	if (index == NULL) {
		rng_rows(rng, g->first, draw, out, n);
		return;
	}
	rng_rows(rng, g->first, draw, g->start, n == 0 ? 0 : index[n - 1] + 1);
	for (uint32_t i = 0; i < n; i++)
		out[i] = g->start[index[i]];
}

void
tpch_draws(const uint32_t *restrict seeds, uint32_t n, int64_t low,
    int64_t high, int64_t *restrict out)
{
	int64_t range = high - low + 1;

	if (range <= RNG_SMALL)
		for (uint32_t i = 0; i < n; i++)
			out[i] = low + rng_small(seeds[i], (uint32_t)range);
	else
		for (uint32_t i = 0; i < n; i++)
			out[i] = low + rng_big(seeds[i], (double)range);
}

struct vec *
tpch_flat(struct tpch_gen *g, const struct type *t, uint32_t n,
    struct err *e)
{
	return vec_new_flat(t, n, false, g->account, e);
}

static const struct type decimal_12_2 = {
	.id = TYPE_DECIMAL, .rep = REP_I64, .precision = 12, .scale = 2,
};

struct vec *
tpch_money(struct tpch_gen *g, const int64_t *restrict cents, uint32_t n,
    struct err *e)
{
	struct vec *v = tpch_flat(g, g->decimals ? &decimal_12_2
	    : TYPE(DOUBLE), n, e);

	if (v == NULL)
		return NULL;
	if (g->decimals) {
		memcpy(v->data, cents, (size_t)n * sizeof(*cents));
	} else {
		double *restrict out = v->data;

		/* All amounts fit 32 bits but those of huge scales. */
		for (uint32_t i = 0; i < n; i++)
			out[i] = (double)cents[i] / 100.0;
	}
	return v;
}

struct vec *
tpch_make_row_number(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	bool from_zero = tpch_tables[g->table].fixed;
	struct vec *v = tpch_flat(g, TYPE(BIGINT), n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t row = tpch_entity(g, tpch_row(index, i));

		if (g->table == TPCH_PARTSUPP)
			row /= 4;
		out[i] = (int64_t)row + !from_zero;
	}
	return v;
}

struct vec *
tpch_make_key(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		out[i] = (int64_t)g->first + tpch_row(index, i) + 1;
	return v;
}

struct vec *
tpch_make_bigint(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);

	if (v == NULL)
		return NULL;
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	tpch_draws(g->seeds[0], n, c->low, c->high, v->data);
	return v;
}

struct vec *
tpch_make_integer(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	uint32_t range = (uint32_t)(c->high - c->low + 1);
	struct vec *v = tpch_flat(g, c->type, n, e);
	int32_t *restrict out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++)
		out[i] = c->low + (int32_t)rng_small(g->seeds[0][i], range);
	return v;
}

struct vec *
tpch_make_cents(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t cents[PAGE_ROWS];

	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	tpch_draws(g->seeds[0], n, c->low, c->high, cents);
	return tpch_money(g, cents, n, e);
}

struct vec *
tpch_coded(struct tpch_gen *g, enum tpch_dict_id id, uint32_t n,
    uint32_t **codes, struct err *e)
{
	struct tpch_dict dict;
	struct vec *v;

	if (!tpch_dict_get(g, id, &dict, e))
		return NULL;
	v = vec_new_dict(dict.vec, dict.id, n, g->account, e);
	vec_drop(&dict.vec);
	if (v != NULL)
		*codes = v->data;
	return v;
}

struct vec *
tpch_make_word(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	uint32_t *codes, range;
	struct vec *v = tpch_coded(g, c->dict, n, &codes, e);

	if (v == NULL)
		return NULL;
	range = v->base->n;
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	if (range <= RNG_SMALL)
		for (uint32_t i = 0; i < n; i++)
			codes[i] = rng_small(g->seeds[0][i], range);
	else
		for (uint32_t i = 0; i < n; i++)
			codes[i] = (uint32_t)rng_big(g->seeds[0][i], range);
	return v;
}

struct text_pool *
tpch_text(struct tpch_gen *g)
{
	if (g->text == NULL) {
		struct tpch_conn *c = g->conn;

		pthread_mutex_lock(&c->lock);
		if (c->text == NULL)
			c->text = text_pool_new(g->scale >= 0.5);
		g->text = c->text;
		pthread_mutex_unlock(&c->lock);
	}
	return g->text;
}

/* A text of 0.4 to 1.6 times the mean length from anywhere in the pool. */
struct vec *
tpch_make_text(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	uint32_t low = (uint32_t)((double)c->low * 0.4);
	uint32_t high = (uint32_t)((double)c->low * 1.6);
	double places = (double)(TEXT_SIZE - high + 1);
	struct text_pool *text = tpch_text(g);
	struct vec *v = tpch_flat(g, c->type, n, e);
	struct strview *out = v == NULL ? NULL : v->data;
	const char *p[PAGE_ROWS];

	if (v == NULL)
		return NULL;
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	tpch_seeds(g, c->rng, 1, index, n, g->seeds[1]);
	for (uint32_t i = 0; i < n; i++) {
		out[i].n = low + rng_small(g->seeds[1][i], high - low + 1);
		p[i] = text_at(text, (uint32_t)rng_big(g->seeds[0][i],
		    places), out[i].n);
		__builtin_prefetch(p[i]);
	}
	for (uint32_t i = 0; i < n; i++)
		out[i] = strview_of((struct str){ p[i], out[i].n });
	vec_add_buf(v, buf_ref(text_pool_buf(text)));
	return v;
}
