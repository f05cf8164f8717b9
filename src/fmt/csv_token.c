/* SPDX-License-Identifier: Apache-2.0
 * csv_token.c - where fields and records end.
 *
 * The text is taken in blocks of 64 bytes, each as bit masks: delimiters,
 * quotes, line ends.  A prefix xor of the quotes says what is within quotes.
 * That is right as long as every quote opens a field, closes one or is
 * doubled; a block where one is not (a quote in the middle of bare text) is
 * taken byte by byte. */
#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/check.h"
#include "fmt/csv_priv.h"
#include "fmt/utf8.h"

struct block {
	uint64_t delimiter, quote, lf, cr, high, nul;
};

struct scan {
	struct csv_tokens *t;
	uint32_t expected;
	uint8_t delimiter, quote;
	uint32_t *pos;          /* the next to be written */
	uint32_t first;         /* number of the record's first separator */
	uint64_t inside;        /* all ones: within quotes */
	uint64_t start;         /* 1: the byte before was a separator */
	uint64_t closed;        /* 1: it was a quote that may have closed */
	uint64_t high, nul;
};

static uint64_t
prefix_xor(uint64_t x)
{
	for (int shift = 1; shift < 64; shift *= 2)
		x ^= x << shift;
	return x;
}

static inline int
low_bit(uint64_t x)
{
	return __builtin_ctzll(x | UINT64_C(1) << 63);
}

/* A block byte by byte; false: a fault. */
static __attribute__((noinline)) bool
walk(struct scan *s, const uint8_t *p, uint32_t base, uint32_t len,
    bool lf_next, uint64_t *separators, uint64_t *ends)
{
	enum { START, TEXT, QUOTES, QUOTE } state = s->inside ? QUOTES
	    : s->closed ? QUOTE : s->start ? START : TEXT;

	*separators = *ends = 0;
	for (uint32_t i = 0; i < len; i++) {
		uint8_t c = p[i];
		uint64_t bit = UINT64_C(1) << i;
		bool lf = i + 1 < len ? p[i + 1] == '\n' : lf_next;

		if (state == QUOTES) {
			if (c == s->quote)
				state = QUOTE;
		} else if (c == s->delimiter) {
			*separators |= bit;
			state = START;
		} else if (c == '\n' || c == '\r') {
			if (c == '\n' || !lf) {
				*separators |= bit;
				*ends |= bit;
			}
			state = START;
		} else if (c == s->quote && state != TEXT) {
			state = QUOTES;
		} else if (state == QUOTE) {
			s->t->fault = CSV_AFTER_QUOTE;
			s->t->fault_at = base + i;
			return false;
		} else {
			state = TEXT;
		}
	}
	s->inside = state == QUOTES ? ~UINT64_C(0) : 0;
	s->closed = state == QUOTE;
	s->start = state == START;
	return true;
}

static int
grow(struct csv_tokens *t, uint32_t **v, size_t used, size_t *cap,
    struct err *e)
{
	size_t more = *cap == 0 ? 4096 : *cap * 2;
	uint32_t *bigger = *v == NULL ? mem_alloc(t->account, more * 4, e)
	    : mem_realloc(t->account, *v, *cap * 4, more * 4, e);

	if (bigger == NULL)
		return -(int)e->code;
	*v = bigger;
	*cap = more;
	return 0;
}

/* A record that has another number of fields: a blank line, or a fault. */
static __attribute__((noinline)) bool
odd_record(struct scan *s, const uint8_t *text, uint32_t end)
{
	struct csv_tokens *t = s->t;
	uint32_t from = t->pos[s->first - 1] + 1, to = t->pos[end];

	if (end == s->first && s->expected != 1 && (to == from ||
	    (to == from + 1 && text[from] == '\r'))) {
		s->first = end + 1;
		return true;
	}
	if (s->expected == 0) {
		t->rows[t->n_rows++] = s->first;
		t->rows[t->n_rows++] = end - s->first + 1;
		s->first = end + 1;
		return true;
	}
	t->fault = CSV_RAGGED;
	t->fault_at = from;
	t->fault_fields = end - s->first + 1;
	return false;
}

/* Writes down the separators of a block and the records that end in it. */
static inline __attribute__((always_inline)) bool
put(struct scan *s, const uint8_t *text, uint32_t base, uint64_t separators,
    uint64_t ends)
{
	struct csv_tokens *t = s->t;
	uint32_t *to = s->pos, before = (uint32_t)(to - t->pos);
	int n = __builtin_popcountll(separators);
	uint64_t rest = separators;

	for (int i = 0; i < n; i += 8)
		for (int k = 0; k < 8; k++) {
			to[i + k] = base + (uint32_t)low_bit(rest);
			rest &= rest - 1;
		}
	s->pos += n;
	while (ends != 0) {
		uint64_t below = (ends & -ends) - 1;
		uint32_t end = before +
		    (uint32_t)__builtin_popcountll(separators & below);

		if (likely(end - s->first + 1 == s->expected)) {
			t->rows[t->n_rows++] = s->first;
			s->first = end + 1;
		} else if (!odd_record(s, text, end)) {
			return false;
		}
		ends &= ends - 1;
	}
	return true;
}

/* One block of len bytes at text + base. */
static inline __attribute__((always_inline)) bool
take(struct scan *s, const struct block *b, const uint8_t *text,
    uint32_t base, uint32_t len, bool lf_next)
{
	uint64_t separators, ends, any;

	s->high |= b->high;
	s->nul |= b->nul;
	if (likely((b->quote | s->inside | s->closed | b->cr) == 0)) {
		separators = b->delimiter | b->lf;
		ends = b->lf;
		s->start = separators >> (len - 1) & 1;
	} else {
		uint64_t inside = prefix_xor(b->quote) ^ s->inside;
		uint64_t opens = b->quote & inside;
		uint64_t closes = b->quote & ~inside, before, closed, bad;
		uint64_t valid = ~UINT64_C(0) >> (64 - len);

		any = (b->delimiter | b->lf | b->cr) & ~inside;
		before = any << 1 | s->start;
		closed = closes << 1 | s->closed;
		bad = (opens & ~(before | closed)) |
		    (closed & ~(any | opens) & valid);
		if (unlikely(bad != 0)) {
			if (!walk(s, text + base, base, len, lf_next,
			    &separators, &ends))
				return false;
			return put(s, text, base, separators, ends);
		}
		ends = (b->lf | (b->cr & ~(b->lf >> 1 |
		    (uint64_t)lf_next << (len - 1)))) & ~inside;
		separators = (b->delimiter & ~inside) | ends;
		s->inside = -(inside >> (len - 1) & 1);
		s->start = any >> (len - 1) & 1;
		s->closed = closes >> (len - 1) & 1;
	}
	return put(s, text, base, separators, ends);
}

static inline bool
room(struct csv_tokens *t, struct scan *s, struct err *e)
{
	t->n_pos = (size_t)(s->pos - t->pos);
	if ((t->n_pos + 72 > t->cap_pos &&
	    grow(t, &t->pos, t->n_pos, &t->cap_pos, e) < 0) ||
	    (t->n_rows + 130 > t->cap_rows &&
	    grow(t, &t->rows, t->n_rows, &t->cap_rows, e) < 0))
		return false;
	s->pos = t->pos + t->n_pos;
	return true;
}

/* The loop over whole blocks, by instruction set; answers how many bytes were
 * taken: less than asked for after a fault or a refusal of memory. */
typedef size_t block_loop(struct scan *s, const uint8_t *p, size_t n,
    struct err *e);

#define BLOCK_LOOP(name, attribute, masks) \
static attribute size_t \
name(struct scan *s, const uint8_t *p, size_t n, struct err *e) \
{ \
	struct scan now = *s; \
	size_t i; \
\
	for (i = 0; i < n; i += 64) { \
		struct block b; \
\
		masks(&b, p + i, now.delimiter, now.quote); \
		if (unlikely(!room(now.t, &now, e)) || \
		    unlikely(!take(&now, &b, p, (uint32_t)i, 64, \
		    p[i + 64] == '\n'))) \
			break; \
	} \
	*s = now; \
	return i; \
}

static inline void
masks_plain(struct block *b, const uint8_t *p, uint8_t delimiter,
    uint8_t quote)
{
	*b = (struct block){ 0 };
	for (int i = 0; i < 64; i++) {
		b->delimiter |= (uint64_t)(p[i] == delimiter) << i;
		b->quote |= (uint64_t)(p[i] == quote) << i;
		b->lf |= (uint64_t)(p[i] == '\n') << i;
		b->cr |= (uint64_t)(p[i] == '\r') << i;
		b->high |= (uint64_t)(p[i] >> 7) << i;
		b->nul |= (uint64_t)(p[i] == 0) << i;
	}
}

#if defined(__x86_64__)
static inline uint64_t
equal_sse2(const __m128i *x, char c)
{
	__m128i y = _mm_set1_epi8(c);
	uint64_t bits = 0;

	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)(uint16_t)_mm_movemask_epi8(
		    _mm_cmpeq_epi8(x[i], y)) << (16 * i);
	return bits;
}

static inline void
masks_sse2(struct block *b, const uint8_t *p, uint8_t delimiter,
    uint8_t quote)
{
	__m128i x[4], all, low;

	for (int i = 0; i < 4; i++)
		x[i] = _mm_loadu_si128((const __m128i *)(p + 16 * i));
	all = _mm_or_si128(_mm_or_si128(x[0], x[1]),
	    _mm_or_si128(x[2], x[3]));
	low = _mm_min_epu8(_mm_min_epu8(x[0], x[1]),
	    _mm_min_epu8(x[2], x[3]));
	b->high = (uint64_t)_mm_movemask_epi8(all);
	b->nul = (uint64_t)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(low, _mm_setzero_si128()));
	b->delimiter = equal_sse2(x, (char)delimiter);
	b->quote = equal_sse2(x, (char)quote);
	b->lf = equal_sse2(x, '\n');
	b->cr = equal_sse2(x, '\r');
}

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

static inline AVX2 uint64_t
equal_avx2(__m256i x, __m256i y, char c)
{
	__m256i z = _mm256_set1_epi8(c);

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, z)) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(y, z)) << 32;
}

static inline AVX2 void
masks_avx2(struct block *b, const uint8_t *p, uint8_t delimiter,
    uint8_t quote)
{
	__m256i x = _mm256_loadu_si256((const __m256i *)p);
	__m256i y = _mm256_loadu_si256((const __m256i *)(p + 32));

	b->high = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(x, y));
	b->nul = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(
	    _mm256_min_epu8(x, y), _mm256_setzero_si256()));
	b->delimiter = equal_avx2(x, y, (char)delimiter);
	b->quote = equal_avx2(x, y, (char)quote);
	b->lf = equal_avx2(x, y, '\n');
	b->cr = equal_avx2(x, y, '\r');
}

BLOCK_LOOP(blocks_avx2, AVX2, masks_avx2)
BLOCK_LOOP(blocks_sse2, , masks_sse2)
#else
BLOCK_LOOP(blocks_plain, , masks_plain)
#endif

static block_loop *
choose_loop(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("bmi2") ? blocks_avx2 : blocks_sse2;
#else
	return blocks_plain;
#endif
}

/* The last bytes, less than a block (or one at the very end). */
static bool
take_tail(struct scan *s, const uint8_t *p, size_t from, size_t n, bool last)
{
	uint64_t valid = ~UINT64_C(0) >> (64 - (n - from));
	uint8_t tail[64] = { 0 };
	struct block b;

	memcpy(tail, p + from, n - from);
	masks_plain(&b, tail, s->delimiter, s->quote);
	b.nul &= valid;
	/* A CR at the end of what is known may have an LF behind it. */
	return take(s, &b, p, (uint32_t)from, (uint32_t)(n - from), !last);
}

/* The end of the text ends the last record too. */
static void
take_end(struct scan *s, const uint8_t *p, size_t n)
{
	struct csv_tokens *t = s->t;
	uint32_t from = s->pos[-1] + 1;

	if (s->inside != 0) {
		t->fault = CSV_UNCLOSED;
		t->fault_at = from;
		return;
	}
	/* Nothing since the last line end. */
	if (from < n || s->pos != t->pos + s->first)
		put(s, p, (uint32_t)n, 1, 1);
}

int
csv_tokenize(struct csv_tokens *t, const struct csv_dialect *d,
    const uint8_t *p, size_t n, bool last, struct err *e)
{
	struct scan s = { .t = t, .expected = d->n, .first = 1, .start = 1,
	    .delimiter = d->delimiter, .quote = d->quote };
	/* Each block looks at the byte behind it. */
	size_t whole = n == 0 ? 0 : (n - 1) & ~(size_t)63;
	bool good = true;

	CHECK(n < UINT32_MAX / 2);
	t->n_rows = t->used = 0;
	t->fault = CSV_FINE;
	s.pos = t->pos;
	if (!room(t, &s, e))
		return -(int)e->code;
	*s.pos++ = UINT32_MAX;          /* the first field begins at 0 */
	if (choose_loop()(&s, p, whole, e) < whole) {
		if (t->fault == CSV_FINE)
			return -(int)e->code;
		good = false;
	}
	if (!room(t, &s, e))
		return -(int)e->code;
	if (good && n > whole)
		good = take_tail(&s, p, whole, n, last);
	if (good && last) {
		if (!room(t, &s, e))
			return -(int)e->code;
		take_end(&s, p, n);
	}
	t->n_pos = (size_t)(s.pos - t->pos);
	t->used = (size_t)(uint32_t)(t->pos[s.first - 1] + 1);
	t->used = MIN(t->used, n);
	t->high = s.high != 0;
	t->nul = s.nul != 0;
	return 0;
}

void
csv_tokens_release(struct csv_tokens *t)
{
	mem_free(t->account, t->pos, t->cap_pos * 4);
	mem_free(t->account, t->rows, t->cap_rows * 4);
	t->pos = t->rows = NULL;
	t->cap_pos = t->cap_rows = t->n_pos = t->n_rows = 0;
}

enum csv_fault
csv_check_text(const struct csv_tokens *t, const uint8_t *p, size_t *at)
{
	const uint8_t *nul = !t->nul ? NULL : memchr(p, 0, t->used);
	size_t from = 0, n = t->used;

	if (t->high && !utf8_check(p, n)) {
		/* Where?  Halve: the good part only grows. */
		while (n - from > 1) {
			size_t half = from + (n - from) / 2;

			while (half > from && (p[half] & 0xc0) == 0x80)
				half--;
			if (half == from)
				break;
			if (utf8_check(p + from, half - from))
				from = half;
			else
				n = half;
		}
		*at = from;
		return CSV_NOT_UTF8;
	}
	if (nul == NULL)
		return CSV_FINE;
	*at = (size_t)(nul - p);
	return CSV_NUL;
}

void
csv_fault_text(const struct csv_tokens *t, uint32_t expected, char *to,
    size_t n)
{
	switch (t->fault) {
	case CSV_RAGGED:
		snprintf(to, n, "a record has %u fields, %u are expected",
		    t->fault_fields, expected);
		break;
	case CSV_AFTER_QUOTE:
		snprintf(to, n, "text follows the quote that closes a field");
		break;
	case CSV_UNCLOSED:
		snprintf(to, n, "a quoted field is not closed");
		break;
	case CSV_TOO_LONG:
		snprintf(to, n, "a record is longer than %d bytes: a quoted "
		    "field is not closed, or a field is too long",
		    CSV_RECORD_MAX);
		break;
	case CSV_NUL:
		snprintf(to, n, "a NUL byte in the text");
		break;
	default:
		snprintf(to, n, "the text is not UTF-8");
		break;
	}
}

uint64_t
csv_count_lines(const uint8_t *p, size_t n, bool *cr)
{
	uint64_t lines = 0;
	uint8_t before = *cr ? '\r' : 0;

	/* CR counts at once, so an LF behind it does not. */
	for (size_t i = 0; i < n; i++) {
		lines += (p[i] == '\r') | ((p[i] == '\n') &
		    (before != '\r'));
		before = p[i];
	}
	if (n > 0)
		*cr = before == '\r';
	return lines;
}
