/* SPDX-License-Identifier: Apache-2.0
 * parquet_priv.h - what the files of the Parquet reader share: the footer as
 * it was parsed, the schema as a tree of SQL shapes over leaves.
 *
 * A leaf is a primitive column of the file, with one column chunk in each
 * row group.  Nodes are what SQL sees: leaf, row, array, map. */
#ifndef FMT_PARQUET_PRIV_H
#define FMT_PARQUET_PRIV_H

#include "fmt/codec.h"
#include "fmt/parquet.h"

enum parquet_physical {
	PARQUET_BOOLEAN, PARQUET_INT32, PARQUET_INT64, PARQUET_INT96,
	PARQUET_FLOAT, PARQUET_DOUBLE, PARQUET_BYTE_ARRAY, PARQUET_FIXED,
	PARQUET_PHYSICALS
};

enum parquet_encoding {
	PARQUET_PLAIN, PARQUET_GROUP_VAR_INT, PARQUET_PLAIN_DICTIONARY,
	PARQUET_RLE, PARQUET_BIT_PACKED, PARQUET_DELTA_BINARY_PACKED,
	PARQUET_DELTA_LENGTH_BYTE_ARRAY, PARQUET_DELTA_BYTE_ARRAY,
	PARQUET_RLE_DICTIONARY, PARQUET_BYTE_STREAM_SPLIT, PARQUET_ENCODINGS
};

/* How values become what vectors hold (parquet_convert.c). */
enum parquet_convert {
	CONVERT_NONE,           /* the same bytes (strings: views) */
	CONVERT_I8, CONVERT_I16, CONVERT_U8, CONVERT_U16,
	CONVERT_I32_I64,        /* sign */
	CONVERT_U32,            /* to I64 */
	CONVERT_U64,            /* to decimal(20,0) */
	CONVERT_TIME_MS, CONVERT_TIME_US, CONVERT_TIME_NS,
	CONVERT_TS_MS, CONVERT_TS_NS, CONVERT_INT96,
	CONVERT_TZ_MS, CONVERT_TZ_US, CONVERT_TZ_NS,
	CONVERT_FLOAT16,
	CONVERT_FIXED_I64, CONVERT_FIXED_I128,  /* big-endian decimals */
	CONVERT_BYTES_I64, CONVERT_BYTES_I128,  /* the same in views */
	CONVERT_FIXED_VIEW,     /* fixed bytes to views of them */
};

/* How minima and maxima compare in the file. */
enum parquet_order { ORDER_NONE, ORDER_SIGNED, ORDER_UNSIGNED };

struct parquet_leaf {
	int index;              /* of its chunk in a row group */
	const char *path;       /* "a.list.element", for messages */
	enum parquet_physical physical;
	int width;              /* bytes of a plain value; 0: BYTE_ARRAY */
	int max_def, max_rep;
	enum parquet_convert convert;
	bool utf8;              /* the bytes must be UTF-8 */
	enum parquet_order order;
	bool ordered;           /* the file says TypeDefinedOrder */
	const struct type *type;
};

enum parquet_node_kind { NODE_LEAF, NODE_ROW, NODE_ARRAY, NODE_MAP };

/* A level entry is a slot of a node when its repetition level is at most
 * slot_rep and its definition level at least slot_def; the slot is not NULL
 * when that is at least def. */
struct parquet_node {
	enum parquet_node_kind kind;
	const struct type *type;
	int slot_rep, slot_def;
	int def;
	/* Arrays, maps: an entry with repetition level at most `rep` and
	 * definition level at least `def_element` is an element. */
	int rep, def_element;
	int n;
	struct parquet_node **child;
	struct parquet_leaf *leaf;
	int first_leaf, n_leaves;
};

/* A column chunk as the footer describes it; nothing checked yet. */
struct parquet_chunk {
	bool has_meta, elsewhere;
	int physical, codec;
	int64_t values;
	int64_t data_offset, dict_offset, size; /* dict_offset -1: none said */
	uint32_t encodings;     /* bit per encoding */
	bool paged;             /* encoding statistics are there: */
	bool all_dict;          /* every data page is dictionary-encoded */
	/* Statistics; p NULL: none.  They point into the footer. */
	struct str min, max, min_old, max_old;
	bool min_exact, max_exact, inexact_min, inexact_max;
	int64_t nulls, distinct;
	int64_t column_index, offset_index, bloom; /* offsets; 0: none */
	int32_t column_index_size, offset_index_size, bloom_size;
};

struct parquet_meta {
	atomic_int refs;
	struct arena arena;
	char *path;             /* of the file, for messages */
	uint64_t file_size;
	uint8_t *footer;        /* statistics and names point into it */
	size_t footer_size;
	int n_columns;
	struct parquet_column *columns;
	struct parquet_node **nodes;    /* one a column */
	int n_leaves;
	struct parquet_leaf **leaves;
	uint64_t rows;
	int n_groups, cap_groups;
	struct parquet_group *groups;
	struct parquet_chunk **chunks;  /* [group][leaf] */
	int cap_chunks;
	const char *created_by;
	int n_properties;
	struct str *keys, *values;
};

/* An element of the footer's schema list. */
struct parquet_element {
	int physical, width, repetition, n_children, converted, scale,
	    precision, field_id;
	struct str name;
	int logical;            /* LogicalType's field; 0: none */
	int logical_scale, logical_precision, unit, bits;
	bool adjusted, is_signed;
};
enum { REQUIRED, OPTIONAL, REPEATED };

/* Builds m's columns, nodes and leaves from the footer's list. */
int parquet_schema(struct parquet_meta *m, const struct parquet_element *el,
    int n, struct err *e);
/* The leaf's type and conversion from its element's annotations. */
int parquet_leaf_type(struct parquet_meta *m, struct parquet_leaf *leaf,
    const struct parquet_element *el, struct err *e);
const char *parquet_physical_name(int physical);
const char *parquet_encoding_name(int encoding);

/* Checks a chunk's place, type and codec.  *from..*to: its bytes.  The error
 * has its place in the text. */
int parquet_chunk_check(const struct parquet_meta *m, int group,
    const struct parquet_leaf *leaf, uint64_t *from, uint64_t *to,
    struct err *e);
/* "FILE: row group G, column C" (and ", offset O") before *e's text when it
 * tells of damage; returns -e->code. */
int parquet_wrap(const struct parquet_meta *m, int group,
    const struct parquet_leaf *leaf, int64_t offset, struct err *e);

/* One value as statistics, page indexes and Bloom filters have it, as a
 * one-row vector of the leaf's type; *out NULL when it cannot be used.
 * Negative only when memory is refused. */
int parquet_value(const struct parquet_leaf *leaf, struct str bytes,
    struct mem_account *account, struct vec **out, struct err *e);
/* Both bounds from their bytes, with the rules for NaN and zeros. */
int parquet_bounds(const struct parquet_leaf *leaf, struct str min,
    struct str max, struct mem_account *account, struct vec **low,
    struct vec **high, struct err *e);

#endif
