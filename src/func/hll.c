/* SPDX-License-Identifier: Apache-2.0
 * hll.c - HyperLogLog sketches; see hll.h. */
#pragma GCC optimize("O3")
#include "func/hll.h"

#include <math.h>

enum { PREFIX_BITS = 26, ZERO_BITS = 6, TAG_SPARSE = 2, TAG_DENSE = 3,
    MAX_DELTA = 15 };

struct hll *
hll_new(struct arena *a, int bits)
{
	struct hll *h = arena_new(a, struct hll);

	h->bits = bits;
	h->room = 1;
	return h;
}

static inline void
dense_put(struct hll *h, uint32_t bucket, uint32_t value)
{
	if (h->bucket[bucket] < value)
		h->bucket[bucket] = (uint8_t)value;
}

/* An entry of the list as what it means for a bucket. */
static void
dense_put_entry(struct hll *h, uint32_t entry)
{
	uint32_t bucket = entry >> (32 - h->bits);
	uint32_t rest = entry << h->bits;
	uint32_t bits = (uint32_t)(PREFIX_BITS - h->bits);
	uint32_t zeros = rest == 0 ? 32 : (uint32_t)__builtin_clz(rest);

	if (zeros >= bits)
		zeros = bits + (entry & 63);
	dense_put(h, bucket, zeros + 1);
}

static void
make_dense(struct arena *a, struct hll *h)
{
	h->bucket = arena_zalloc(a, (size_t)1 << h->bits);
	for (uint32_t i = 0; i < h->n; i++)
		dense_put_entry(h, h->entries[i]);
	h->n = 0;
	h->entries = NULL;
	h->cap = 0;
}

/* The list is given up when it would take more memory than the buckets, by
 * the sizes of the objects that set the rule. */
static void
check_size(struct arena *a, struct hll *h)
{
	if (24 + 4 * h->room > 40 + (1u << h->bits) / 2)
		make_dense(a, h);
}

static void
reserve(struct arena *a, struct hll *h, uint32_t n)
{
	uint32_t cap = MAX(h->cap * 2, MAX(n, 4u)), *entries;

	if (n <= h->cap)
		return;
	entries = arena_alloc(a, sizeof(*entries) * cap);
	if (h->n > 0)
		memcpy(entries, h->entries, sizeof(*entries) * h->n);
	h->entries = entries;
	h->cap = cap;
}

static void
sparse_put(struct arena *a, struct hll *h, uint32_t entry)
{
	uint32_t prefix = entry >> ZERO_BITS, low = 0, high = h->n;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (h->entries[middle] >> ZERO_BITS < prefix)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < h->n && h->entries[low] >> ZERO_BITS == prefix) {
		h->entries[low] = MAX(h->entries[low], entry);
		return;
	}
	reserve(a, h, h->n + 1);
	memmove(h->entries + low + 1, h->entries + low,
	    sizeof(*h->entries) * (h->n - low));
	h->entries[low] = entry;
	h->n++;
	if (h->n > h->room)
		h->room += 10;
	check_size(a, h);
}

/* Zero bits behind the first `bits`; at most 64 - bits. */
static inline uint32_t
zeros_behind(uint64_t hash, int bits)
{
	return (uint32_t)__builtin_clzll(hash << bits |
	    UINT64_C(1) << (bits - 1));
}

void
hll_add(struct arena *a, struct hll *h, uint64_t hash)
{
	if (h->bucket != NULL)
		dense_put(h, (uint32_t)(hash >> (64 - h->bits)),
		    zeros_behind(hash, h->bits) + 1);
	else
		sparse_put(a, h, (uint32_t)(hash >> (64 - PREFIX_BITS)) <<
		    ZERO_BITS | zeros_behind(hash, PREFIX_BITS));
}

static void
sparse_merge(struct arena *a, struct hll *to, const struct hll *from)
{
	uint32_t cap = to->n + from->n, n = 0, i = 0, k = 0;
	uint32_t *all = arena_alloc(a, sizeof(*all) * (cap + 1));

	while (i < to->n || k < from->n) {
		uint64_t left = i < to->n ? to->entries[i] : UINT64_MAX;
		uint64_t right = k < from->n ? from->entries[k] : UINT64_MAX;

		if (left >> ZERO_BITS == right >> ZERO_BITS) {
			all[n++] = (uint32_t)MAX(left, right);
			i++;
			k++;
		} else if (left < right) {
			all[n++] = to->entries[i++];
		} else {
			all[n++] = from->entries[k++];
		}
	}
	to->entries = all;
	to->n = n;
	to->room = n;
	to->cap = cap;
	check_size(a, to);
}

int
hll_merge(struct arena *a, struct hll *to, const struct hll *from,
    struct err *e)
{
	if (to->bits != from->bits)
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Cannot merge HLLs with different number of buckets: "
		    "%d vs %d", 1 << to->bits, 1 << from->bits);
	if (to->bucket == NULL && from->bucket == NULL) {
		sparse_merge(a, to, from);
		return 0;
	}
	if (to->bucket == NULL)
		make_dense(a, to);
	for (uint32_t i = 0; from->bucket == NULL && i < from->n; i++)
		dense_put_entry(to, from->entries[i]);
	for (uint32_t i = 0; from->bucket != NULL && i < 1u << to->bits; i++)
		to->bucket[i] = MAX(to->bucket[i], from->bucket[i]);
	return 0;
}

/* ---- the estimate ---- */

static double
linear_counting(double zero, double all)
{
	return all * log(all / zero);
}

static double
unbiased(int bits, double estimate)
{
	int table = bits - HLL_LEAST_BITS, low = 0;
	int high = hll_table_rows[table] - 1;
	const double *x = hll_raw_estimate[table], *y = hll_bias[table];

	if (estimate < x[0] || estimate > x[high])
		return estimate;
	while (low < high) {
		int middle = (low + high) / 2;

		if (x[middle] < estimate)
			low = middle + 1;
		else
			high = middle;
	}
	if (x[low] == estimate)
		return estimate - y[low];
	return estimate - ((estimate - x[low - 1]) * (y[low] - y[low - 1]) /
	    (x[low] - x[low - 1]) + y[low - 1]);
}

static double
alpha(int bits)
{
	return bits == 4 ? 0.673 : bits == 5 ? 0.697 : bits == 6 ? 0.709
	    : 0.7213 / (1 + 1.079 / (double)(1 << bits));
}

int64_t
hll_cardinality(const struct hll *h)
{
	double all = (double)(1 << h->bits), sum = 0;
	uint32_t zero = 0;

	if (h->bucket == NULL)
		return llround(linear_counting((double)((1 << PREFIX_BITS) -
		    (int)h->n), (double)(1 << PREFIX_BITS)));
	for (uint32_t i = 0; i < 1u << h->bits; i++) {
		zero += h->bucket[i] == 0;
		sum += ldexp(1.0, -h->bucket[i]);
	}
	if (zero > 0.4 * all)
		return llround(linear_counting(zero, all));
	return llround(unbiased(h->bits, alpha(h->bits) * all * all / sum));
}

int
hll_bits_for(struct eval *ev, double error, int *bits, struct err *e)
{
	double buckets;

	if (!(error >= 0.0040625 && error <= 0.26))
		return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
		    "Max standard error must be in [0.0040625, 0.26]: %s",
		    eval_double_text(ev, error));
	buckets = ceil(1.0816 / (error * error));
	for (*bits = HLL_LEAST_BITS; (double)(1 << *bits) < buckets;)
		++*bits;
	return 0;
}

/* ---- bytes ---- */

static void
write_dense(const struct hll *h, struct sbuf *to)
{
	uint32_t n = 1u << h->bits;
	uint8_t base = h->bucket[0];
	uint16_t over = 0;

	for (uint32_t i = 1; i < n; i++)
		base = MIN(base, h->bucket[i]);
	sbuf_addc(to, TAG_DENSE);
	sbuf_addc(to, (char)h->bits);
	sbuf_addc(to, (char)base);
	for (uint32_t i = 0; i < n; i += 2) {
		int high = MIN(h->bucket[i] - base, MAX_DELTA);
		int low = MIN(h->bucket[i + 1] - base, MAX_DELTA);

		over += h->bucket[i] - base > MAX_DELTA;
		over += h->bucket[i + 1] - base > MAX_DELTA;
		sbuf_addc(to, (char)(high << 4 | low));
	}
	sbuf_add(to, &over, 2);
	for (uint32_t i = 0; i < n; i++)
		if (h->bucket[i] - base > MAX_DELTA)
			sbuf_add(to, &(uint16_t){ (uint16_t)i }, 2);
	for (uint32_t i = 0; i < n; i++)
		if (h->bucket[i] - base > MAX_DELTA)
			sbuf_addc(to, (char)(h->bucket[i] - base -
			    MAX_DELTA));
}

void
hll_write(const struct hll *h, struct sbuf *to)
{
	uint16_t n = (uint16_t)h->n;

	if (h->bucket != NULL) {
		write_dense(h, to);
		return;
	}
	sbuf_addc(to, TAG_SPARSE);
	sbuf_addc(to, (char)h->bits);
	sbuf_add(to, &n, 2);
	sbuf_add(to, h->entries, sizeof(*h->entries) * n);
}

static int
error_bytes(struct err *e)
{
	return err_set(e, ERR_INVALID_FUNCTION_ARGUMENT,
	    "Cannot deserialize HyperLogLog");
}

static int
read_dense(struct arena *a, struct str s, struct hll *h, struct err *e)
{
	uint32_t n = 1u << h->bits, over;
	const uint8_t *p = (const uint8_t *)s.p + 3;
	const uint8_t *at, *value;

	if (s.n < 3 + n / 2 + 2)
		return error_bytes(e);
	h->bucket = arena_zalloc(a, n);
	for (uint32_t i = 0; i < n; i++)
		h->bucket[i] = (uint8_t)((uint8_t)s.p[2] +
		    (i % 2 == 0 ? p[i / 2] >> 4 : p[i / 2] & 15));
	at = p + n / 2;
	over = (uint32_t)(at[0] | at[1] << 8);
	at += 2;
	if (over > n || s.n != 3 + n / 2 + 2 + 3 * over)
		return error_bytes(e);
	value = at + 2 * over;
	for (uint32_t i = 0; i < over; i++) {
		uint32_t bucket = (uint32_t)(at[2 * i] | at[2 * i + 1] << 8);

		if (bucket >= n)
			return error_bytes(e);
		h->bucket[bucket] = (uint8_t)(h->bucket[bucket] + value[i]);
	}
	for (uint32_t i = 0; i < n; i++)
		h->bucket[i] = MIN(h->bucket[i], (uint8_t)65);
	return 0;
}

int
hll_read(struct arena *a, struct str s, struct hll **out, struct err *e)
{
	struct hll *h;
	uint16_t n;

	if (s.n < 4 || s.p[1] < HLL_LEAST_BITS || s.p[1] > HLL_MOST_BITS)
		return error_bytes(e);
	*out = h = hll_new(a, s.p[1]);
	if (s.p[0] == TAG_DENSE)
		return read_dense(a, s, h, e);
	if (s.p[0] != TAG_SPARSE)
		return error_bytes(e);
	memcpy(&n, s.p + 2, 2);
	if (s.n != 4 + sizeof(uint32_t) * n)
		return error_bytes(e);
	reserve(a, h, n);
	if (n > 0)
		memcpy(h->entries, s.p + 4, sizeof(uint32_t) * n);
	for (uint32_t i = 1; i < n; i++)
		if (h->entries[i] >> ZERO_BITS <=
		    h->entries[i - 1] >> ZERO_BITS)
			return error_bytes(e);
	h->n = n;
	h->room = n;
	return 0;
}
