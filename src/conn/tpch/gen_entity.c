/* SPDX-License-Identifier: Apache-2.0
 * gen_entity.c - columns of customer, supplier, part, partsupp, nation and
 * region that are more than one draw. */
#pragma GCC optimize("O3")
#include "base/check.h"
#include "conn/tpch/tpch.h"
#include "conn/tpch/words.h"

/* Room for the strings of a vector, kept by it. */
static char *
heap(struct tpch_gen *g, struct vec *v, size_t bytes, struct err *e)
{
	struct buf *b = buf_new(g->account, bytes, e);

	if (b == NULL)
		return NULL;
	vec_add_buf(v, b);
	return (char *)b->data;
}

static struct vec *
string_vec(struct tpch_gen *g, const struct tpch_column *c, uint32_t n,
    size_t each, char **room, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);

	if (v == NULL)
		return NULL;
	*room = heap(g, v, each * n + 16, e);
	if (*room == NULL)
		vec_drop(&v);
	return v;
}

/* The decimal digits of v, at least `digits`; returns the end. */
static char *
put_number(char *to, uint64_t v, int digits)
{
	char tmp[20];
	int n = 0;

	for (; v > 0 || n < digits; v /= 10)
		tmp[n++] = (char)('0' + v % 10);
	while (n > 0)
		*to++ = tmp[--n];
	return to;
}

/* "Customer#000000001", "Supplier#000000001" */
struct vec *
tpch_make_name(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	const char *prefix = g->table == TPCH_CUSTOMER ? "Customer#"
	    : "Supplier#";
	char *to;
	struct vec *v = string_vec(g, c, n, 32, &to, e);
	struct strview *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++) {
		char *start = to;

		memcpy(to, prefix, 9);
		to = put_number(to + 9, g->first + tpch_row(index, i) + 1, 9);
		out[i] = strview_of((struct str){ start,
		    (size_t)(to - start) });
	}
	return v;
}

/* Random characters, five of a draw; the range of the draw overflows in the
 * original, so values are negative. */
struct vec *
tpch_make_address(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	static const char letters[64] = "0123456789abcdefghijklmnopqrstuvwxyz "
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ,";
	uint32_t low = (uint32_t)(c->low * 0.4);
	uint32_t high = (uint32_t)(c->low * 1.6);
	char *to;
	struct vec *v = string_vec(g, c, n, 44, &to, e);
	struct strview *out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t seed = g->seeds[0][i];
		uint32_t len = low + rng_small(seed, high - low + 1);
		int64_t bits = 0;

		for (uint32_t k = 0; k < len; k++) {
			if (k % 5 == 0) {
				seed = rng_mul(seed, RNG_MULTIPLIER);
				bits = rng_big(seed, -2147483648.0);
			}
			to[k] = letters[bits & 63];
			bits >>= 6;
		}
		out[i] = strview_of((struct str){ to, len });
		to += len;
	}
	return v;
}

/* "25-989-741-2988": the country is the nation's number, whose stream's seed
 * is in `low`. */
struct vec *
tpch_make_phone(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct rng nation = { (uint32_t)c->low, 1 };
	char *to;
	struct vec *v = string_vec(g, c, n, 16, &to, e);
	struct strview *out = v == NULL ? NULL : v->data;

	if (v == NULL)
		return NULL;
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	tpch_seeds(g, nation, 0, index, n, g->seeds[1]);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t seed = g->seeds[0][i];
		char *start = to;

		to = put_number(to, 10 + rng_small(g->seeds[1][i],
		    TPCH_NATIONS), 2);
		*to++ = '-';
		to = put_number(to, 100 + rng_small(seed, 900), 3);
		*to++ = '-';
		seed = rng_mul(seed, RNG_MULTIPLIER);
		to = put_number(to, 100 + rng_small(seed, 900), 3);
		*to++ = '-';
		seed = rng_mul(seed, RNG_MULTIPLIER);
		to = put_number(to, 1000 + rng_small(seed, 9000), 4);
		out[i] = strview_of((struct str){ start, 15 });
		to++;
	}
	return v;
}

/* Few suppliers have customers' complaints or praise in their comments. */
static bool
judge_supplier(struct vec *v, struct strview *s, uint64_t row,
    struct tpch_gen *g, struct err *e)
{
	static const struct rng junk = { 263032577, 1 },
	    offset = { 715851524, 1 }, type = { 753643799, 1 };
	uint32_t step = rng_power(1), noise, at;
	char *text = heap(g, v, s->n, e);

	if (text == NULL)
		return false;
	memcpy(text, strview_str(s).p, s->n);
	noise = rng_small(rng_mul(rng_at(junk, row), step), s->n - 19 + 1);
	at = rng_small(rng_mul(rng_at(offset, row), step),
	    s->n - (19 + noise) + 1);
	memcpy(text + at, "Customer ", 9);
	memcpy(text + at + 9 + noise, rng_small(rng_mul(rng_at(type, row),
	    step), 101) < 50 ? "Complaints" : "Recommends", 10);
	*s = strview_of((struct str){ text, s->n });
	return true;
}

struct vec *
tpch_make_supplier_comment(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	static const struct rng judged = { 202794285, 1 };
	struct vec *v = tpch_make_text(g, c, index, n, e);

	if (v == NULL)
		return NULL;
	tpch_seeds(g, judged, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++) {
		struct strview *s = (struct strview *)v->data + i;

		if (rng_small(g->seeds[0][i], TPCH_SUPPLIERS) < 10 &&
		    !judge_supplier(v, s, g->first + tpch_row(index, i), g,
		    e)) {
			vec_drop(&v);
			return NULL;
		}
	}
	return v;
}

/* Five different colours: the first five of a shuffle. */
struct vec *
tpch_make_part_name(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	enum { WORDS = 5 };
	char *to;
	struct vec *v = string_vec(g, c, n, 56, &to, e);
	struct strview *out = v == NULL ? NULL : v->data;
	uint8_t order[TPCH_COLORS], len[TPCH_COLORS];

	if (v == NULL)
		return NULL;
	for (int k = 0; k < TPCH_COLORS; k++) {
		order[k] = (uint8_t)k;
		len[k] = (uint8_t)strlen(tpch_colors[k].text);
	}
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[0]);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t seed = g->seeds[0][i], swapped[WORDS];
		char *start = to;

		for (uint32_t k = 0; k < WORDS; k++) {
			uint32_t with = k + rng_small(seed, TPCH_COLORS - k);
			uint8_t word = order[with];

			order[with] = order[k];
			order[k] = word;
			swapped[k] = with;
			memcpy(to, tpch_colors[word].text, len[word]);
			to += len[word];
			*to++ = ' ';
			seed = rng_mul(seed, RNG_MULTIPLIER);
		}
		for (int k = WORDS - 1; k >= 0; k--) {
			uint8_t word = order[swapped[k]];

			order[swapped[k]] = order[k];
			order[k] = word;
		}
		to--;
		out[i] = strview_of((struct str){ start,
		    (size_t)(to - start) });
	}
	return v;
}

struct vec *
tpch_make_mfgr(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	return tpch_make_word(g, c, index, n, e);
}

/* "Brand#MN": M is the manufacturer. */
struct vec *
tpch_make_brand(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	static const struct rng manufacturer = { 1, 1 };
	uint32_t *codes;
	struct vec *v = tpch_coded(g, c->dict, n, &codes, e);

	if (v == NULL)
		return NULL;
	tpch_seeds(g, manufacturer, 0, index, n, g->seeds[0]);
	tpch_seeds(g, c->rng, 0, index, n, g->seeds[1]);
	for (uint32_t i = 0; i < n; i++)
		codes[i] = rng_small(g->seeds[0][i], 5) * 5 +
		    rng_small(g->seeds[1][i], 5);
	return v;
}

struct vec *
tpch_make_retail_price(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t cents[PAGE_ROWS];

	for (uint32_t i = 0; i < n; i++)
		cents[i] = tpch_part_price((int64_t)g->first +
		    tpch_row(index, i) + 1);
	return tpch_money(g, cents, n, e);
}

struct vec *
tpch_make_ps_partkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		out[i] = (int64_t)((g->first + tpch_row(index, i)) / 4) + 1;
	return v;
}

struct vec *
tpch_make_ps_suppkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	int64_t suppliers = tpch_suppliers(g->scale);
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++) {
		uint64_t row = g->first + tpch_row(index, i);

		out[i] = tpch_part_supplier((int64_t)(row / 4) + 1,
		    (int64_t)(row % 4), suppliers);
	}
	return v;
}

/* nation.name, region.name: the word is the row. */
struct vec *
tpch_make_fixed_name(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	uint32_t *codes;
	struct vec *v = tpch_coded(g, c->dict, n, &codes, e);

	for (uint32_t i = 0; v != NULL && i < n; i++)
		codes[i] = (uint32_t)g->first + tpch_row(index, i);
	return v;
}

struct vec *
tpch_make_regionkey(struct tpch_gen *g, const struct tpch_column *c,
    const uint16_t *index, uint32_t n, struct err *e)
{
	struct vec *v = tpch_flat(g, c->type, n, e);
	int64_t *out = v == NULL ? NULL : v->data;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		out[i] = tpch_nations[g->first + tpch_row(index, i)].weight;
	return v;
}
