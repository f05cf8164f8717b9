/* SPDX-License-Identifier: Apache-2.0
 * encode.c - from vectors to a segment's column: strings of few values by
 * codes of a shared dictionary, integers in as few bytes as their range
 * needs, doubles of few values by a table, the rest as it is. */
#pragma GCC optimize("O3")
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "conn/memory/column.h"

enum { CODES_FIRST = 1024, EARLY_ROWS = 2048 };

void
column_writer_init(struct column_writer *w, struct mem_account *account,
    const struct type *type, struct dict *dict)
{
	*w = (struct column_writer){ .type = type, .account = account };
	vec_builder_init(&w->builder, type, account);
	w->facts = xcalloc(1, sizeof(*w->facts));
	if (dict != NULL) {
		w->coding = !dict_closed(dict);
		dict_writer_init(&w->dict, dict);
	}
}

void
column_writer_release(struct column_writer *w)
{
	vec_builder_release(&w->builder);
	if (w->dict.dict != NULL)
		dict_writer_release(&w->dict);
	free(w->facts);
	free(w->codes);
	free(w->used);
	free(w->map);
}

/* --- strings by codes ----------------------------------------------------- */

enum { CODE_NULL = UINT32_MAX };

static void
codes_reserve(struct column_writer *w, uint32_t n)
{
	uint32_t want = w->n + n, cap = w->codes_cap;

	if (want <= cap)
		return;
	cap = MAX(cap, CODES_FIRST);
	while (cap < want)
		cap *= 2;
	w->codes = xrealloc(w->codes, cap * sizeof(*w->codes));
	w->codes_cap = cap;
}

/* Gives up codes: what was written goes to the builder. */
static int
stop_coding(struct column_writer *w, struct err *e)
{
	w->coding = false;
	for (uint32_t i = 0; i < w->n; i++) {
		int rc = w->codes[i] == CODE_NULL
		    ? vec_builder_null(&w->builder, e)
		    : vec_builder_str(&w->builder,
		    strview_str(dict_at(w->dict.dict, w->codes[i])), e);

		if (rc != 0)
			return rc;
	}
	w->n = 0;
	free(w->codes);
	w->codes = NULL;
	w->codes_cap = 0;
	return 0;
}

/* Codes of the entries of a vector's dictionary are remembered. */
static void
use_map(struct column_writer *w, const struct vec *v)
{
	if (v->dict_id != 0 && v->dict_id == w->map_id &&
	    v->base->n == w->map_n)
		return;
	free(w->map);
	w->map_n = v->base->n;
	w->map_id = v->dict_id;
	w->map = xmalloc((size_t)w->map_n * sizeof(*w->map) + 1);
	memset(w->map, 0xff, (size_t)w->map_n * sizeof(*w->map));
}

/* 1: all rows have codes; 0: the dictionary is closed at row *done. */
static int
write_codes(struct column_writer *w, const struct vec *v, uint32_t from,
    uint32_t n, uint32_t *done, struct err *e)
{
	const struct strview *views = vec_values(v)->data;
	bool nulls = vec_may_be_null(v), map;
	uint32_t *out;

	codes_reserve(w, n);
	out = w->codes + w->n;
	map = v->form == VEC_DICT && (v->dict_id != 0 || v->base->n < n);
	if (map)
		use_map(w, v);
	for (*done = 0; *done < n; ++*done) {
		uint32_t row = from + *done, slot = vec_slot(v, row);
		int rc;

		if (nulls && vec_is_null(v, row)) {
			*out++ = CODE_NULL;
			w->n++;
			continue;
		}
		if (map && w->map[slot] != CODE_NULL) {
			*out++ = w->map[slot];
			w->n++;
			continue;
		}
		rc = dict_code(&w->dict, strview_str(&views[slot]), out, e);
		if (rc != 1)
			return rc;
		if (map)
			w->map[slot] = *out;
		out++;
		w->n++;
	}
	return 1;
}

/* Nearly every value is new: no column for a dictionary. */
static bool
too_many(const struct column_writer *w)
{
	return w->seen >= EARLY_ROWS && w->seen < SEG_ROWS &&
	    (uint64_t)w->dict.n * 4 > w->seen * 3;
}

int
column_write(struct column_writer *w, struct vec *v, uint32_t from,
    uint32_t n, struct err *e)
{
	uint32_t done = 0;
	int rc;

	w->seen += n;
	if (w->coding) {
		rc = write_codes(w, v, from, n, &done, e);
		if (rc < 0)
			return rc;
		if (rc == 1 && !too_many(w))
			return 0;
		dict_close(w->dict.dict);
		rc = stop_coding(w, e);
		if (rc != 0 || done == n)
			return rc;
	}
	return vec_builder_rows(&w->builder, v, NULL, from + done, n - done,
	    e);
}

/* A bitmap of n rows; NULL on refusal. */
static struct buf *
new_bitmap(struct mem_account *account, uint32_t n, struct err *e)
{
	struct buf *b = buf_new(account, bitmap_words(n) * 8, e);

	if (b != NULL)
		bitmap_fill((uint64_t *)b->data, n);
	return b;
}

static int
code_nulls(struct column_writer *w, struct seg_column *out, struct err *e)
{
	for (uint32_t i = 0; i < w->n; i++)
		out->nulls += w->codes[i] == CODE_NULL;
	if (out->nulls == 0)
		return 0;
	out->valid = new_bitmap(w->account, w->n, e);
	if (out->valid == NULL)
		return -(int)e->code;
	for (uint32_t i = 0; i < w->n; i++)
		if (w->codes[i] == CODE_NULL) {
			bit_clear((uint64_t *)out->valid->data, i);
			w->codes[i] = 0;
		}
	return 0;
}

/* Marks the codes in use, counts them and the strings' bytes. */
static uint32_t
code_facts(struct column_writer *w, uint32_t *highest)
{
	uint32_t size = dict_size(w->dict.dict), distinct = 0;

	free(w->used);
	w->used = xcalloc(size + 1, 1);
	*highest = 0;
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t code = w->codes[i];

		if (code == CODE_NULL)
			continue;
		w->facts->bytes += dict_at(w->dict.dict, code)->n;
		w->used[code] = 1;
		*highest = MAX(*highest, code);
	}
	for (uint32_t i = 0; i < size; i++)
		distinct += w->used[i];
	return distinct;
}

static int
seal_codes(struct column_writer *w, uint32_t distinct, uint32_t highest,
    struct seg_column *out, struct err *e)
{
	struct dict *d = w->dict.dict;
	int rc;

	for (uint32_t i = 0; distinct > 0 && i <= highest; i++)
		if (w->used[i]) {
			struct str s = strview_str(dict_at(d, i));

			sketch_add(&w->facts->sketch, hash_bytes(s.p, s.n));
		}
	rc = code_nulls(w, out, e);
	if (rc != 0)
		return rc;
	w->facts->nulls += out->nulls;
	out->encoding = SEG_DICT;
	out->width = highest < 256 ? 1 : highest < 65536 ? 2 : 4;
	out->codes = buf_new(w->account, (size_t)w->n * out->width, e);
	if (out->codes == NULL)
		return -(int)e->code;
	if (out->width == 1)
		for (uint32_t i = 0; i < w->n; i++)
			out->codes->data[i] = (uint8_t)w->codes[i];
	else if (out->width == 2)
		for (uint32_t i = 0; i < w->n; i++)
			((uint16_t *)out->codes->data)[i] =
			    (uint16_t)w->codes[i];
	else
		memcpy(out->codes->data, w->codes, (size_t)w->n * 4);
	out->dict = dict_ref(d);
	w->n = 0;
	return 0;
}

/* --- what is in a flat vector --------------------------------------------- */

static uint64_t
word_hash(uint64_t x)
{
	return hash_u64(x + UINT64_C(0x9e3779b97f4a7c15));
}

static void
hash_facts(struct column_facts *f, const struct vec *v)
{
	int width = rep_width(v->type->rep);
	const char *p = v->data;

	if (width == 0 || v->type->rep == REP_LIST)
		return;
	for (uint32_t i = 0; i < v->n; i++, p += width) {
		uint64_t x = 0;

		if (v->valid != NULL && !bit_get(v->valid, i))
			continue;
		if (v->type->rep == REP_STR) {
			struct str s = strview_str((const void *)p);

			f->bytes += s.n;
			sketch_add(&f->sketch, hash_bytes(s.p, s.n));
		} else if (width > 8) {
			sketch_add(&f->sketch, hash_bytes(p, (size_t)width));
		} else {
			memcpy(&x, p, (size_t)width);
			sketch_add(&f->sketch, word_hash(x));
		}
	}
}

/* Without NULLs a loop that the compiler turns into vector code. */
#define RANGE(T) do { \
	const T *restrict p = v->data; \
	T lo, hi; \
	uint32_t i = 0; \
	while (v->valid != NULL && i < v->n && !bit_get(v->valid, i)) \
		i++; \
	if (i == v->n) \
		return false; \
	lo = hi = p[i]; \
	if (v->valid == NULL) { \
		for (; i < v->n; i++) { \
			lo = p[i] < lo ? p[i] : lo; \
			hi = p[i] > hi ? p[i] : hi; \
		} \
	} else { \
		for (; i < v->n; i++) { \
			T x = bit_get(v->valid, i) ? p[i] : lo; \
			lo = x < lo ? x : lo; \
			hi = x > hi ? x : hi; \
		} \
	} \
	memcpy(min, &lo, sizeof(T)); \
	memcpy(max, &hi, sizeof(T)); \
	return true; \
} while (0)

#define HAS_NAN(T) do { \
	const T *restrict p = v->data; \
	uint32_t nans = 0; \
	for (uint32_t i = 0; i < v->n; i++) \
		nans += p[i] != p[i]; \
	if (nans > 0) \
		return false; \
} while (0)

/* The extremes of types that are ordered as their representation is. */
static bool
find_range(const struct vec *v, void *min, void *max)
{
	switch (v->type->rep) {
	case REP_BOOL:
		RANGE(uint8_t);
	case REP_I8:
		RANGE(int8_t);
	case REP_I16:
		RANGE(int16_t);
	case REP_I32:
		RANGE(int32_t);
	case REP_I64:
		RANGE(int64_t);
	case REP_F32:
		HAS_NAN(float);
		RANGE(float);
	case REP_F64:
		HAS_NAN(double);
		RANGE(double);
	case REP_I128:
		RANGE(int128);
	default:
		return false;
	}
}

static int64_t
widen(const struct type *t, const void *p)
{
	switch (t->rep) {
	case REP_I16:
		return *(const int16_t *)p;
	case REP_I32:
		return *(const int32_t *)p;
	default:
		return *(const int64_t *)p;
	}
}

/* The facts of a column of narrow codes: only the different ones count. */
static void
code_sketch(struct column_facts *f, const struct vec *v,
    const struct seg_column *s)
{
	uint32_t limit = s->width == 1 ? 256 : 65536;
	uint64_t mask = v->type->rep == REP_I16 ? UINT16_MAX
	    : v->type->rep == REP_I32 ? UINT32_MAX : UINT64_MAX;
	uint8_t *seen = xcalloc(limit, 1);

	for (uint32_t i = 0; i < v->n; i++) {
		uint32_t code = s->width == 1 ? s->codes->data[i]
		    : ((const uint16_t *)s->codes->data)[i];

		if (v->valid == NULL || bit_get(v->valid, i))
			seen[code] = 1;
	}
	for (uint32_t i = 0; i < limit; i++)
		if (seen[i])
			sketch_add(&f->sketch, word_hash(((uint64_t)s->base +
			    i) & mask));
	free(seen);
}

/* --- encodings ------------------------------------------------------------ */

#define NARROW(T, C) do { \
	const T *restrict from = v->data; \
	C *restrict to = (C *)out->codes->data; \
	T base = (T)out->base; \
	for (uint32_t i = 0; i < v->n; i++) \
		to[i] = (C)((uint64_t)from[i] - (uint64_t)base); \
} while (0)

static int
seal_narrow(struct column_writer *w, struct vec *v, uint64_t range,
    struct seg_column *out, struct err *e)
{
	int rep = v->type->rep;

	out->width = range < 256 ? 1 : range < 65536 ? 2 : 4;
	out->codes = buf_new(w->account, (size_t)v->n * out->width, e);
	if (out->codes == NULL)
		return -(int)e->code;
	if (out->nulls > 0) {
		out->valid = new_bitmap(w->account, v->n, e);
		if (out->valid == NULL)
			return -(int)e->code;
		memcpy(out->valid->data, v->valid, bitmap_words(v->n) * 8);
	}
	out->encoding = SEG_NARROW;
	if (rep == REP_I16)
		NARROW(int16_t, uint8_t);
	else if (rep == REP_I32 && out->width == 1)
		NARROW(int32_t, uint8_t);
	else if (rep == REP_I32)
		NARROW(int32_t, uint16_t);
	else if (out->width == 1)
		NARROW(int64_t, uint8_t);
	else if (out->width == 2)
		NARROW(int64_t, uint16_t);
	else
		NARROW(int64_t, uint32_t);
	if (out->width < 4)
		code_sketch(w->facts, v, out);
	else
		hash_facts(w->facts, v);
	return 0;
}

/* Codes into a table of at most 256 values, how many there are; 0: more.
 * What lies in NULL rows counts as well. */
static uint32_t
find_table(const struct vec *v, uint8_t *codes, uint64_t table[256])
{
	const uint64_t *p = v->data;
	uint16_t slots[1024] = { 0 };
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->n; i++) {
		uint32_t at = (uint32_t)(p[i] *
		    UINT64_C(0x9e3779b97f4a7c15) >> 54);

		while (slots[at] != 0 && table[slots[at] - 1] != p[i])
			at = (at + 1) & 1023;
		if (slots[at] == 0) {
			if (n == 256)
				return 0;
			table[n] = p[i];
			slots[at] = (uint16_t)++n;
		}
		codes[i] = (uint8_t)(slots[at] - 1);
	}
	return n;
}

static int
seal_table(struct column_writer *w, struct vec *v, struct seg_column *out,
    struct err *e)
{
	struct buf *codes = buf_new(w->account, v->n, e);
	struct buf *table = codes == NULL ? NULL
	    : buf_new(w->account, 256 * sizeof(uint64_t), e);
	uint32_t n;

	if (table == NULL) {
		buf_drop(&codes);
		return -(int)e->code;
	}
	memset(table->data, 0, 256 * sizeof(uint64_t));
	n = find_table(v, codes->data, (uint64_t *)table->data);
	if (n == 0) {
		buf_drop(&codes);
		buf_drop(&table);
		return 0;
	}
	for (uint32_t i = 0; i < n; i++)
		sketch_add(&w->facts->sketch,
		    word_hash(((uint64_t *)table->data)[i]));
	out->encoding = SEG_TABLE;
	out->codes = codes;
	out->table = table;
	if (out->nulls == 0)
		return 0;
	out->valid = new_bitmap(w->account, v->n, e);
	if (out->valid == NULL)
		return -(int)e->code;
	memcpy(out->valid->data, v->valid, bitmap_words(v->n) * 8);
	return 0;
}

/* Extremes of the segment, as vectors and into the facts. */
static int
keep_range(struct column_writer *w, struct seg_column *out, const void *min,
    const void *max, struct err *e)
{
	struct column_facts range = { .has_range = true };
	size_t width = (size_t)rep_width(w->type->rep);

	memcpy(range.min, min, width);
	memcpy(range.max, max, width);
	facts_merge(w->facts, &range, w->type);
	out->min = vec_new_const(w->type, min, 1, NULL, e);
	out->max = out->min == NULL ? NULL
	    : vec_new_const(w->type, max, 1, NULL, e);
	return out->max == NULL ? -(int)e->code : 0;
}

/* Takes the reference to v when it is kept as it is. */
static int
seal_vec(struct column_writer *w, struct vec **vp, struct seg_column *out,
    struct err *e)
{
	_Alignas(16) char min[16] = { 0 }, max[16] = { 0 };
	struct vec *v = *vp;
	bool range = find_range(v, min, max);
	int rep = v->type->rep, rc;

	out->nulls = v->valid == NULL ? 0
	    : v->n - bitmap_count(v->valid, v->n);
	w->facts->nulls += out->nulls;
	if (range && (rc = keep_range(w, out, min, max, e)) != 0)
		return rc;
	if (out->nulls == v->n || (range && out->nulls == 0 &&
	    memcmp(min, max, 16) == 0)) {
		out->encoding = SEG_CONST;
		hash_facts(w->facts, v);
		out->vec = vec_const_of(v, 0, 1, w->account, e);
		return out->vec == NULL ? -(int)e->code : 0;
	}
	if (range && rep >= REP_I16 && rep <= REP_I64) {
		uint64_t width = (uint64_t)widen(v->type, max) -
		    (uint64_t)widen(v->type, min);
		uint64_t limit = rep == REP_I16 ? 256 : rep == REP_I32
		    ? 65536 : UINT64_C(1) << 32;

		out->base = widen(v->type, min);
		if (width < limit)
			return seal_narrow(w, v, width, out, e);
	}
	if (rep == REP_F64 && v->n > 256) {
		rc = seal_table(w, v, out, e);
		if (rc != 0 || out->encoding == SEG_TABLE)
			return rc;
	}
	/* Small ones are copied: the builder's buffers have room to grow. */
	out->encoding = SEG_VEC;
	hash_facts(w->facts, v);
	if (v->n == SEG_ROWS) {
		out->vec = v;
		*vp = NULL;
		return 0;
	}
	out->vec = vec_copy(v, NULL, v->n, w->account, e);
	return out->vec == NULL ? -(int)e->code : 0;
}

int
column_seal(struct column_writer *w, struct seg_column *out, struct err *e)
{
	struct vec *v;
	int rc;

	*out = (struct seg_column){ .encoding = SEG_VEC };
	if (w->coding) {
		uint32_t highest, distinct;
		uint64_t bytes = w->facts->bytes;

		distinct = code_facts(w, &highest);
		if (distinct <= 256 || distinct * 2 <= w->n) {
			rc = seal_codes(w, distinct, highest, out, e);
			if (rc != 0)
				seg_column_release(out);
			return rc;
		}
		w->facts->bytes = bytes;
		dict_close(w->dict.dict);
		rc = stop_coding(w, e);
		if (rc != 0)
			return rc;
	}
	v = vec_builder_finish(&w->builder, e);
	if (v == NULL)
		return -(int)e->code;
	rc = seal_vec(w, &v, out, e);
	vec_drop(&v);
	if (rc != 0)
		seg_column_release(out);
	return rc;
}

void
seg_column_release(struct seg_column *s)
{
	buf_drop(&s->codes);
	buf_drop(&s->valid);
	buf_drop(&s->table);
	dict_drop(&s->dict);
	vec_drop(&s->vec);
	vec_drop(&s->min);
	vec_drop(&s->max);
}
