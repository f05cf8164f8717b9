/* SPDX-License-Identifier: Apache-2.0
 * sort.c - keys as words, and sorting by them. */
#pragma GCC optimize("O3")
#include "ops/sort.h"

#include <stdlib.h>

#include "base/check.h"
#include "page/compare.h"

enum { INSERTION = 24, RADIX_SMALL = 1 << 16 };

struct entry {
	uint64_t key;
	uint32_t row;
	uint32_t zero;
};

static inline uint64_t
ordered_float(double d)
{
	uint64_t bits;

	d = d == 0 ? 0 : d;
	if (d != d)
		return UINT64_MAX;
	memcpy(&bits, &d, 8);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static inline uint64_t
ordered_int(int64_t v)
{
	return (uint64_t)v ^ UINT64_C(1) << 63;
}

static inline uint64_t
ordered_string(const struct strview *s)
{
	char bytes[8] = { 0 };
	uint64_t v;

	memcpy(bytes, strview_str(s).p, s->n < 8 ? s->n : 8);
	memcpy(&v, bytes, 8);
	return __builtin_bswap64(v);
}

static uint64_t
ordered_wide(const struct type *t, const void *p, uint64_t *low)
{
	if (t->rep == REP_I128) {
		int128 v;

		memcpy(&v, p, 16);
		*low = (uint64_t)v;
		return ordered_int((int64_t)(v >> 64));
	}
	if (t->rep == REP_B16) {
		uint64_t w[2];

		memcpy(w, p, 16);
		*low = __builtin_bswap64(w[1]);
		return __builtin_bswap64(w[0]);
	}
	struct long_time lt;

	memcpy(&lt, p, 16);
	*low = (uint32_t)lt.lo;
	return ordered_int(lt.hi);
}

#define ORDER_EACH(type_t, EXPR) do { \
	const type_t *d = values->data; \
	for (uint32_t k = 0; k < n; k++) { \
		uint32_t s = vec_slot(v, from + k); \
		out[k] = (EXPR); \
	} \
} while (0)

/* The ordered numbers of rows from..from+n; low: of wide types. */
static void
ordered(const struct vec *v, uint32_t from, uint32_t n, uint64_t *out,
    uint64_t *low)
{
	const struct vec *values = vec_values(v);
	const struct type *t = v->type;

	if (values->n == 0 && v->form == VEC_DICT) {
		memset(out, 0, n * sizeof(*out));
		memset(low, 0, n * sizeof(*low));
		return;
	}
	switch (t->rep) {
	case REP_BOOL: ORDER_EACH(uint8_t, d[s]); break;
	case REP_I8: ORDER_EACH(int8_t, ordered_int(d[s])); break;
	case REP_I16: ORDER_EACH(int16_t, ordered_int(d[s])); break;
	case REP_I32: ORDER_EACH(int32_t, ordered_int(d[s])); break;
	case REP_F32: ORDER_EACH(float, ordered_float((double)d[s])); break;
	case REP_F64: ORDER_EACH(double, ordered_float(d[s])); break;
	case REP_STR:
		ORDER_EACH(struct strview, ordered_string(&d[s]));
		break;
	case REP_I64:
		if (t->id == TYPE_TIMESTAMP_TZ)
			ORDER_EACH(int64_t, ordered_int(d[s] >> 12));
		else
			ORDER_EACH(int64_t, ordered_int(d[s]));
		break;
	case REP_LIST:
	case REP_ROW:
		memset(out, 0, n * sizeof(*out));
		break;
	default:
		for (uint32_t k = 0; k < n; k++)
			out[k] = ordered_wide(t, vec_at(v, from + k),
			    &low[k]);
	}
}

/* Can words say all about the type? */
static bool
is_exact(const struct type *t)
{
	if (t->rep == REP_STR || t->rep == REP_LIST || t->rep == REP_ROW)
		return false;
	return t->rep != REP_LONG_TIME || t->id == TYPE_TIMESTAMP;
}

static bool
has_order(const struct type *t)
{
	/* These need their own comparison from the first bit on. */
	if (t->id == TYPE_NUMBER || t->id == TYPE_VARIANT)
		return false;
	if (t->rep == REP_LONG_TIME)
		return t->id == TYPE_TIMESTAMP;
	return t->rep != REP_LIST && t->rep != REP_ROW;
}

static void
find_ends(struct sort_column *c, uint32_t rows)
{
	uint64_t out[1024], low[1024];
	bool nulls = vec_may_be_null(c->v);

	c->min = UINT64_MAX;
	c->max = 0;
	c->null_byte = false;
	for (uint32_t from = 0; from < rows; from += 1024) {
		uint32_t n = rows - from < 1024 ? rows - from : 1024;

		ordered(c->v, from, n, out, low);
		for (uint32_t k = 0; k < n; k++) {
			if (nulls && vec_is_null(c->v, from + k)) {
				c->null_byte = true;
				continue;
			}
			c->min = out[k] < c->min ? out[k] : c->min;
			c->max = out[k] > c->max ? out[k] : c->max;
		}
	}
	if (c->min > c->max)
		c->min = c->max = 0;
}

static int
bytes_for(uint64_t v)
{
	return v == 0 ? 0 : (71 - __builtin_clzll(v)) / 8;
}

int
sort_plan_init(struct sort_plan *p, struct vec *const *col,
    const struct sort_key *keys, int n, uint32_t rows,
    struct mem_account *account, struct err *e)
{
	int at = 0;

	memset(p, 0, sizeof(*p));
	p->n = n;
	p->rows = rows;
	p->account = account;
	p->exact = true;
	p->column = xcalloc((size_t)n + 1, sizeof(*p->column));
	for (int i = 0; i < n; i++) {
		struct sort_column *c = &p->column[i];

		c->v = col[i];
		c->descending = keys[i].descending;
		c->nulls_first = keys[i].nulls_first;
		if (!p->exact || !has_order(c->v->type)) {
			p->exact = false;
			continue;
		}
		find_ends(c, rows);
		c->wide = rep_width(c->v->type->rep) == 16 &&
		    c->v->type->rep != REP_STR;
		c->bytes = c->wide ? 16 : bytes_for(c->max - c->min);
		if (at + c->null_byte + c->bytes > SORT_WORDS * 8) {
			p->exact = false;
			continue;
		}
		at += c->null_byte;
		c->at = at;
		at += c->bytes;
		p->encoded = i + 1;
		p->exact = is_exact(c->v->type);
	}
	p->words = at == 0 ? 1 : (at + 7) / 8;
	p->key_bytes = ((size_t)rows + 1) * (size_t)p->words * 8;
	p->key = mem_alloc(account, p->key_bytes, e);
	return p->key == NULL ? -(int)e->code : 0;
}

void
sort_plan_release(struct sort_plan *p)
{
	mem_free(p->account, p->key, p->key_bytes);
	free(p->column);
	memset(p, 0, sizeof(*p));
}

/* The lowest `bytes` of v at byte `at` of a row's words. */
static inline void
put_bytes(uint64_t *w, int at, int bytes, uint64_t v)
{
	int end = at % 8 + bytes;

	w += at / 8;
	if (bytes == 0)
		return;
	if (end <= 8) {
		w[0] |= v << (8 * (8 - end));
	} else {
		w[0] |= v >> (8 * (end - 8));
		w[1] |= v << (8 * (16 - end));
	}
}

static void
encode_column(const struct sort_plan *p, const struct sort_column *c,
    uint32_t from, uint32_t n)
{
	uint64_t out[1024], low[1024], *w = p->key + (size_t)from *
	    (size_t)p->words;
	bool nulls = c->null_byte, plain = p->words == 1 && !nulls &&
	    c->at == 0 && c->bytes == 8;

	ordered(c->v, from, n, out, low);
	for (uint32_t k = 0; k < n; k++) {
		out[k] = c->wide ? (c->descending ? ~out[k] : out[k])
		    : c->descending ? c->max - out[k] : out[k] - c->min;
		if (c->wide && c->descending)
			low[k] = ~low[k];
	}
	if (plain) {
		memcpy(w, out, n * sizeof(*w));
		return;
	}
	for (uint32_t k = 0; k < n; k++, w += p->words) {
		if (nulls) {
			bool null = vec_is_null(c->v, from + k);

			put_bytes(w, c->at - 1, 1, null ? !c->nulls_first
			    : c->nulls_first);
			if (null)
				continue;
		}
		if (c->wide) {
			put_bytes(w, c->at, 8, out[k]);
			put_bytes(w, c->at + 8, 8, low[k]);
		} else {
			put_bytes(w, c->at, c->bytes, out[k]);
		}
	}
}

static void
encode(const struct sort_plan *p, uint32_t from, uint32_t n)
{
	memset(p->key + (size_t)from * (size_t)p->words, 0,
	    (size_t)n * (size_t)p->words * 8);
	for (uint32_t at = from; at < from + n; at += 1024) {
		uint32_t part = from + n - at < 1024 ? from + n - at : 1024;

		for (int i = 0; i < p->encoded; i++)
			encode_column(p, &p->column[i], at, part);
	}
}

static int
compare_nulls(bool x, bool y, bool nulls_first)
{
	if (x == y)
		return 0;
	return x == nulls_first ? -1 : 1;
}

static int
compare_column(const struct vec *x, uint32_t i, const struct vec *y,
    uint32_t j, bool descending, bool nulls_first)
{
	bool nx = vec_is_null(x, i), ny = vec_is_null(y, j);
	int c;

	if (nx || ny)
		return compare_nulls(nx, ny, nulls_first);
	c = vec_compare(x, i, y, j);
	return descending ? -c : c;
}

int
sort_compare_rows(struct vec *const *x, uint32_t i, struct vec *const *y,
    uint32_t j, const struct sort_key *keys, int n)
{
	for (int k = 0; k < n; k++) {
		int c = compare_column(x[k], i, y[k], j, keys[k].descending,
		    keys[k].nulls_first);

		if (c != 0)
			return c;
	}
	return 0;
}

/* By what the words do not say. */
static int
compare_rest(const struct sort_plan *p, uint32_t x, uint32_t y)
{
	int first = p->encoded > 0 && !is_exact(p->column[p->encoded -
	    1].v->type) ? p->encoded - 1 : p->encoded;

	for (int i = first; i < p->n; i++) {
		const struct sort_column *c = &p->column[i];
		int r = compare_column(c->v, x, c->v, y, c->descending,
		    c->nulls_first);

		if (r != 0)
			return r;
	}
	return 0;
}

static int
compare_from(const struct sort_plan *p, int word, uint32_t x, uint32_t y)
{
	const uint64_t *a = p->key + (size_t)x * (size_t)p->words;
	const uint64_t *b = p->key + (size_t)y * (size_t)p->words;

	for (int w = word; w < p->words; w++)
		if (a[w] != b[w])
			return a[w] < b[w] ? -1 : 1;
	return p->exact ? 0 : compare_rest(p, x, y);
}

int
sort_compare(const struct sort_plan *p, uint32_t x, uint32_t y)
{
	return compare_from(p, 0, x, y);
}

/* By the entries' keys, then by the words after `word`. */
static inline int
compare_entries(const struct sort_plan *p, int word, const struct entry *x,
    const struct entry *y)
{
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return compare_from(p, word + 1, x->row, y->row);
}

static void
insertion_sort(const struct sort_plan *p, int word, struct entry *v,
    uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		struct entry one = v[i];
		uint32_t k = i;

		for (; k > 0 && compare_entries(p, word, &one, &v[k - 1]) < 0;
		    k--)
			v[k] = v[k - 1];
		v[k] = one;
	}
}

/* Merge sort for runs that only comparisons can order. */
static void
merge_sort(const struct sort_plan *p, int word, struct entry *v,
    struct entry *room, uint32_t n)
{
	uint32_t half = n / 2, i = 0, j = half, k = 0;

	if (n <= INSERTION) {
		insertion_sort(p, word, v, n);
		return;
	}
	merge_sort(p, word, v, room, half);
	merge_sort(p, word, v + half, room, n - half);
	if (compare_entries(p, word, &v[half - 1], &v[half]) <= 0)
		return;
	memcpy(room, v, half * sizeof(*v));
	while (i < half && j < n)
		v[k++] = compare_entries(p, word, &v[j], &room[i]) < 0
		    ? v[j++] : room[i++];
	while (i < half)
		v[k++] = room[i++];
}

/* Sorts by bytes low..high (0 is the lowest) of the key, lowest first.  The
 * result is in v. */
static void
radix_bytes(struct entry *v, struct entry *room, uint32_t n, int high)
{
	uint32_t count[8][256];
	struct entry *from = v, *to = room;

	memset(count, 0, sizeof(count));
	for (uint32_t i = 0; i < n; i++)
		for (int b = 0; b <= high; b++)
			count[b][v[i].key >> (8 * b) & 255]++;
	for (int b = 0; b <= high; b++) {
		uint32_t at = 0, *c = count[b];
		struct entry *swap;

		if (c[from[0].key >> (8 * b) & 255] == n)
			continue;
		for (int d = 0; d < 256; d++) {
			uint32_t here = c[d];

			c[d] = at;
			at += here;
		}
		for (uint32_t i = 0; i < n; i++)
			to[c[from[i].key >> (8 * b) & 255]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != v)
		memcpy(v, from, n * sizeof(*v));
}

/* Big inputs are first parted by their highest byte that differs, so that the
 * other bytes are sorted within the cache. */
static void
radix_sort(struct entry *v, struct entry *room, uint32_t n, int high)
{
	uint32_t start[257] = { 0 }, at[256];
	uint64_t differ = 0;

	for (uint32_t i = 1; i < n; i++)
		differ |= v[i].key ^ v[0].key;
	if (differ == 0)
		return;
	high = high < bytes_for(differ) - 1 ? high : bytes_for(differ) - 1;
	if (n <= RADIX_SMALL || high == 0) {
		radix_bytes(v, room, n, high);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		start[1 + (v[i].key >> (8 * high) & 255)]++;
	for (int d = 0; d < 256; d++) {
		start[d + 1] += start[d];
		at[d] = start[d];
	}
	for (uint32_t i = 0; i < n; i++)
		room[at[v[i].key >> (8 * high) & 255]++] = v[i];
	memcpy(v, room, n * sizeof(*v));
	for (int d = 0; d < 256; d++)
		if (start[d + 1] - start[d] > 1)
			radix_sort(v + start[d], room + start[d],
			    start[d + 1] - start[d], high - 1);
}

static void
sort_entries(const struct sort_plan *p, int word, struct entry *v,
    struct entry *room, uint32_t n)
{
	bool last = word + 1 >= p->words;

	if (n <= INSERTION) {
		insertion_sort(p, word, v, n);
		return;
	}
	radix_sort(v, room, n, 7);
	if (last && p->exact)
		return;
	/* Runs of equal keys, by what follows. */
	for (uint32_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && v[end].key == v[i].key; end++)
			;
		if (end - i == 1)
			continue;
		if (last || end - i <= INSERTION) {
			merge_sort(p, word, v + i, room, end - i);
			continue;
		}
		for (uint32_t k = i; k < end; k++)
			v[k].key = p->key[(size_t)v[k].row *
			    (size_t)p->words + (size_t)word + 1];
		sort_entries(p, word + 1, v + i, room, end - i);
	}
}

int
sort_chunk(const struct sort_plan *p, uint32_t from, uint32_t n,
    uint32_t *order, atomic_int *cancel, struct err *e)
{
	size_t bytes = (size_t)n * sizeof(struct entry);
	struct entry *v, *room;

	if (n == 0)
		return 0;
	encode(p, from, n);
	v = mem_alloc(p->account, bytes, e);
	if (v == NULL)
		return -(int)e->code;
	room = mem_alloc(p->account, bytes, e);
	if (room == NULL) {
		mem_free(p->account, v, bytes);
		return -(int)e->code;
	}
	for (uint32_t i = 0; i < n; i++)
		v[i] = (struct entry){ p->key[(size_t)(from + i) *
		    (size_t)p->words], from + i, 0 };
	if (cancel == NULL || atomic_load(cancel) == 0)
		sort_entries(p, 0, v, room, n);
	for (uint32_t i = 0; i < n; i++)
		order[i] = v[i].row;
	mem_free(p->account, v, bytes);
	mem_free(p->account, room, bytes);
	return 0;
}

void
sort_prefix(const struct vec *v, const struct sort_key *key, uint64_t *out)
{
	uint64_t low[1024];
	bool nulls = vec_may_be_null(v), order = has_order(v->type);

	for (uint32_t from = 0; from < v->n; from += 1024) {
		uint32_t n = v->n - from < 1024 ? v->n - from : 1024;
		uint64_t *to = out + from;

		if (order)
			ordered(v, from, n, to, low);
		else
			memset(to, 0, n * sizeof(*to));
		/* Half the range, so that NULLs have room at the ends. */
		for (uint32_t k = 0; k < n; k++)
			to[k] = ((key->descending ? ~to[k] : to[k]) >> 2) + 1;
		if (!nulls)
			continue;
		for (uint32_t k = 0; k < n; k++)
			if (vec_is_null(v, from + k))
				to[k] = key->nulls_first ? 0 : UINT64_MAX;
	}
}
