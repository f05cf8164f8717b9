/* SPDX-License-Identifier: Apache-2.0
 * column.h - a column of a stored segment: how it is made from vectors, what
 * is known of its values, and how vectors are made of it. */
#ifndef CONN_MEMORY_COLUMN_H
#define CONN_MEMORY_COLUMN_H

#include "conn/memory/dict.h"
#include "conn/memory/sketch.h"
#include "page/build.h"

enum { SEG_ROWS = 30 * PAGE_ROWS };

enum seg_encoding {
	SEG_CONST,              /* vec has one row */
	SEG_NARROW,             /* integers: base + codes of 1, 2 or 4 bytes */
	SEG_TABLE,              /* 8-byte values by codes of one byte */
	SEG_DICT,               /* strings: codes of 1, 2 or 4 bytes */
	SEG_VEC,                /* a flat vector as it is */
};

struct seg_column {
	enum seg_encoding encoding;
	uint8_t width;          /* bytes of a code */
	uint32_t nulls;
	int64_t base;
	struct buf *codes;
	struct buf *valid;      /* bitmap; NULL: no NULLs (not CONST, VEC) */
	struct buf *table;      /* uint64_t[256] */
	struct dict *dict;
	struct vec *vec;
	struct vec *min, *max;  /* one row; NULL: unknown */
};

/* What is known of a column's values; merged when parts are published. */
struct column_facts {
	uint64_t nulls, bytes;  /* of strings */
	bool has_range;
	_Alignas(16) char min[16];      /* a value as in vectors */
	_Alignas(16) char max[16];
	struct sketch sketch;
};

/* encode.c: a column's rows on their way into a segment. */
struct column_writer {
	const struct type *type; /* the connector's */
	struct mem_account *account;
	struct vec_builder builder;
	struct column_facts *facts;
	/* Strings, as long as there are few different ones. */
	bool coding;
	struct dict_writer dict;
	uint32_t *codes;
	uint32_t n, codes_cap;
	uint64_t seen;          /* rows, in all segments */
	uint8_t *used;          /* codes of this segment, for the facts */
	uint32_t *map;          /* from the codes of the last dictionary */
	uint32_t map_n;
	uint64_t map_id;
};
void column_writer_init(struct column_writer *w, struct mem_account *account,
    const struct type *type, struct dict *dict);
void column_writer_release(struct column_writer *w);
int column_write(struct column_writer *w, struct vec *v, uint32_t from,
    uint32_t n, struct err *e);
/* What was written since the last seal. */
int column_seal(struct column_writer *w, struct seg_column *out,
    struct err *e);
void seg_column_release(struct seg_column *s);

/* decode.c: rows row..row+rows of a segment (row a multiple of PAGE_ROWS), or
 * of them index[0..n). */
struct vec *seg_read(const struct seg_column *s, const struct type *type,
    uint32_t row, const uint16_t *index, uint32_t n,
    struct mem_account *account, struct err *e);

/* facts.c */
void facts_merge(struct column_facts *to, const struct column_facts *from,
    const struct type *t);

#endif
