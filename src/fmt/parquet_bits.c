/* SPDX-License-Identifier: Apache-2.0
 * parquet_bits.c - unpacking kernels, one a bit width, and the run decoder.
 *
 * A kernel makes 32 numbers of constant width: after unrolling each number
 * is one load, one shift and one mask with constants. */
#include "base/check.h"
#include "fmt/parquet_bits.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

static ALWAYS_INLINE void
unpack_block(const uint8_t *restrict p, uint32_t *restrict out, unsigned width)
{
	uint32_t mask = width == 32 ? UINT32_MAX : (1u << width) - 1;

#pragma GCC unroll 32
	for (unsigned i = 0; i < 32; i++) {
		unsigned bit = i * width;

		out[i] = (uint32_t)(load_u64(p + bit / 8) >> (bit % 8)) & mask;
	}
}

#define KERNEL(w) \
static void \
unpack_##w(const uint8_t *restrict p, uint32_t *restrict out, uint32_t blocks) \
{ \
	for (uint32_t b = 0; b < blocks; b++) \
		unpack_block(p + b * 4 * (w), out + b * 32, (w)); \
}

KERNEL(1) KERNEL(2) KERNEL(3) KERNEL(4) KERNEL(5) KERNEL(6) KERNEL(7)
KERNEL(9) KERNEL(10) KERNEL(11) KERNEL(12) KERNEL(13) KERNEL(14)
KERNEL(15) KERNEL(17) KERNEL(18) KERNEL(19) KERNEL(20) KERNEL(21)
KERNEL(22) KERNEL(23) KERNEL(24) KERNEL(25) KERNEL(26) KERNEL(27) KERNEL(28)
KERNEL(29) KERNEL(30) KERNEL(31)

static void
unpack_0(const uint8_t *restrict p, uint32_t *restrict out, uint32_t blocks)
{
	memset(out, 0, (size_t)blocks * 128);
}

/* Whole bytes: plain loops that the compiler makes vectors of. */
static void
unpack_8(const uint8_t *restrict p, uint32_t *restrict out, uint32_t blocks)
{
	for (uint32_t i = 0; i < blocks * 32; i++)
		out[i] = p[i];
}

static void
unpack_16(const uint8_t *restrict p, uint32_t *restrict out, uint32_t blocks)
{
	for (uint32_t i = 0; i < blocks * 32; i++) {
		uint16_t v;

		memcpy(&v, p + 2 * i, 2);
		out[i] = v;
	}
}

static void
unpack_32(const uint8_t *restrict p, uint32_t *restrict out, uint32_t blocks)
{
	memcpy(out, p, (size_t)blocks * 128);
}

static void (*const unpack_kernels[33])(const uint8_t *restrict,
    uint32_t *restrict, uint32_t) = {
	unpack_0, unpack_1, unpack_2, unpack_3, unpack_4, unpack_5, unpack_6,
	unpack_7, unpack_8, unpack_9, unpack_10, unpack_11, unpack_12,
	unpack_13, unpack_14, unpack_15, unpack_16, unpack_17, unpack_18,
	unpack_19, unpack_20, unpack_21, unpack_22, unpack_23, unpack_24,
	unpack_25, unpack_26, unpack_27, unpack_28, unpack_29, unpack_30,
	unpack_31, unpack_32,
};

static inline uint32_t
unpack_one(const uint8_t *p, int width, uint32_t i)
{
	uint64_t bit = (uint64_t)i * (unsigned)width;
	uint64_t mask = (UINT64_C(1) << width) - 1;

	return (uint32_t)((load_u64(p + bit / 8) >> (bit % 8)) & mask);
}

void
bits_unpack32(const uint8_t *p, int width, uint32_t from, uint32_t n,
    uint32_t *out)
{
	uint32_t blocks;

	CHECK(width >= 0 && width <= 32);
	for (; n > 0 && from % 8 != 0; n--)
		*out++ = unpack_one(p, width, from++);
	blocks = n / 32;
	if (blocks > 0) {
		unpack_kernels[width](p + (uint64_t)from / 8 *
		    (unsigned)width, out, blocks);
		out += blocks * 32;
		from += blocks * 32;
		n -= blocks * 32;
	}
	for (uint32_t i = 0; i < n; i++)
		out[i] = unpack_one(p, width, from + i);
}

void
bits_unpack64(const uint8_t *p, int width, uint32_t from, uint32_t n,
    uint64_t *out)
{
	uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
	uint64_t bit = (uint64_t)from * (unsigned)width;

	if (width == 64) {
		memcpy(out, p + (size_t)from * 8, (size_t)n * 8);
		return;
	}
	if (width <= 57) {
		for (uint32_t i = 0; i < n; i++, bit += (unsigned)width)
			out[i] = load_u64(p + bit / 8) >> (bit % 8) & mask;
		return;
	}
	for (uint32_t i = 0; i < n; i++, bit += (unsigned)width) {
		uint64_t low = load_u64(p + bit / 8) >> (bit % 8);
		uint64_t high = p[bit / 8 + 8];

		/* Shifting twice avoids a shift by 64. */
		out[i] = (low | high << 1 << (63 - bit % 8)) & mask;
	}
}

void
bits_copy(uint64_t *map, uint32_t to, const uint8_t *src, uint32_t from,
    uint32_t n)
{
	uint64_t *word = map + to / 64;
	unsigned shift = to % 64;
	uint64_t kept = shift == 0 ? 0 : *word & ((UINT64_C(1) << shift) - 1);

	/* At most 56 bits a step come out of one load. */
	while (n > 0) {
		uint32_t take = n < 56 ? n : 56;
		uint64_t bits = load_u64(src + from / 8) >> (from % 8);

		bits &= (UINT64_C(1) << take) - 1;
		kept |= bits << shift;
		*word = kept;
		if (shift + take >= 64) {
			kept = shift == 0 ? 0 : bits >> (64 - shift);
			word++;
			if (shift + take > 64)
				*word = kept;
		}
		shift = (shift + take) % 64;
		from += take;
		n -= take;
	}
}

void
bits_set(uint64_t *map, uint32_t to, uint32_t n, bool value)
{
	while (n > 0) {
		uint32_t shift = to % 64, take = 64 - shift;
		uint64_t mask;

		if (take > n)
			take = n;
		mask = (take == 64 ? UINT64_MAX :
		    (UINT64_C(1) << take) - 1) << shift;
		if (value)
			map[to / 64] |= mask;
		else
			map[to / 64] &= ~mask;
		to += take;
		n -= take;
	}
}

void
rle_init(struct rle *r, const uint8_t *p, const uint8_t *end, int width)
{
	memset(r, 0, sizeof(*r));
	r->p = p;
	r->end = end;
	r->width = width;
}

void
rle_init_packed(struct rle *r, const uint8_t *p, int width, uint32_t n)
{
	rle_init(r, p, p, width);
	r->packed = true;
	r->bits = p;
	r->left = n;
}

static bool
run_header(struct rle *r, uint32_t *header)
{
	uint32_t v = 0;

	for (int shift = 0; shift < 35 && r->p < r->end; shift += 7) {
		uint8_t b = *r->p++;

		if (shift == 28 && b > 15)
			break;
		v |= (uint32_t)(b & 0x7f) << shift;
		if (b < 0x80) {
			*header = v;
			return true;
		}
	}
	r->bad = true;
	r->p = r->end;
	return false;
}

bool
rle_more(struct rle *r)
{
	while (r->left == 0) {
		uint64_t bytes, have;
		uint32_t header;

		if (r->p >= r->end || !run_header(r, &header))
			return false;
		have = (uint64_t)(r->end - r->p);
		r->packed = header & 1;
		if (r->packed) {
			uint64_t groups = header >> 1;

			bytes = groups * (unsigned)r->width;
			r->bits = r->p;
			r->at = 0;
			/* Some writers cut the last group short. */
			if (bytes > have) {
				bytes = have;
				r->left = (uint32_t)(have * 8 /
				    (unsigned)r->width);
			} else {
				r->left = groups > UINT32_MAX / 8 ?
				    UINT32_MAX : (uint32_t)groups * 8;
			}
			r->p += bytes;
			continue;
		}
		bytes = ((unsigned)r->width + 7) / 8;
		if (bytes > have) {
			r->bad = true;
			r->p = r->end;
			return false;
		}
		r->value = 0;
		memcpy(&r->value, r->p, bytes);
		r->p += bytes;
		/* Readers rely on numbers having no more than their bits. */
		if (r->width < 32 && r->value >> r->width != 0) {
			r->bad = true;
			r->p = r->end;
			return false;
		}
		r->left = header >> 1;
	}
	return true;
}

uint32_t
rle_read(struct rle *r, uint32_t *out, uint32_t n)
{
	uint32_t done = 0;

	while (done < n && rle_more(r)) {
		uint32_t take = MIN(n - done, r->left);

		if (r->packed) {
			bits_unpack32(r->bits, r->width, r->at, take,
			    out + done);
			r->at += take;
		} else {
			for (uint32_t i = 0; i < take; i++)
				out[done + i] = r->value;
		}
		r->left -= take;
		done += take;
	}
	return done;
}

uint32_t
rle_skip(struct rle *r, uint32_t n)
{
	uint32_t done = 0;

	while (done < n && rle_more(r)) {
		uint32_t take = MIN(n - done, r->left);

		r->at += take;
		r->left -= take;
		done += take;
	}
	return done;
}

/* The ones among bits from..from+n of p. */
static uint32_t
count_ones(const uint8_t *p, uint32_t from, uint32_t n)
{
	uint32_t ones = 0;

	while (n > 0) {
		uint32_t take = MIN(n, 56u);
		uint64_t bits = load_u64(p + from / 8) >> (from % 8);

		bits &= (UINT64_C(1) << take) - 1;
		ones += (uint32_t)__builtin_popcountll(bits);
		from += take;
		n -= take;
	}
	return ones;
}

uint32_t
rle_read_bits(struct rle *r, uint64_t *map, uint32_t to, uint32_t n,
    uint32_t *ones)
{
	uint32_t done = 0;

	while (done < n && rle_more(r)) {
		uint32_t take = MIN(n - done, r->left);

		if (r->packed) {
			bits_copy(map, to + done, r->bits, r->at, take);
			*ones += count_ones(r->bits, r->at, take);
			r->at += take;
		} else {
			bits_set(map, to + done, take, r->value & 1);
			*ones += r->value & 1 ? take : 0;
		}
		r->left -= take;
		done += take;
	}
	return done;
}

uint32_t
rle_skip_bits(struct rle *r, uint32_t n, uint32_t *ones)
{
	uint32_t done = 0;

	while (done < n && rle_more(r)) {
		uint32_t take = MIN(n - done, r->left);

		if (r->packed) {
			*ones += count_ones(r->bits, r->at, take);
			r->at += take;
		} else {
			*ones += r->value & 1 ? take : 0;
		}
		r->left -= take;
		done += take;
	}
	return done;
}

uint32_t
rle_repeat(struct rle *r, uint32_t n, uint32_t *value)
{
	if (!rle_more(r) || r->packed)
		return 0;
	*value = r->value;
	return MIN(n, r->left);
}
