/* SPDX-License-Identifier: Apache-2.0
 * parquet_pages.h - the pages of one column chunk: finding them in the bytes
 * that have been read, opening (checking, decompressing) one at a time.
 *
 * Flat columns have as many values as rows, so pages before the rows that
 * are wanted are passed over by their headers alone. */
#ifndef FMT_PARQUET_PAGES_H
#define FMT_PARQUET_PAGES_H

#include "fmt/parquet_bits.h"
#include "fmt/parquet_priv.h"

/* A range of the file on its way or here, shared by columns of a source. */
struct parquet_range {
	int refs;
	uint64_t off;
	size_t n;
	struct fmt_read *read;  /* on its way */
	struct buf *buf;        /* here */
};
struct parquet_range *parquet_range_start(struct fmt_io *io,
    struct fmt_file *f, uint64_t off, size_t n, struct err *e);
/* SOURCE_READY: r->buf is there. */
enum source_step parquet_range_wait(struct parquet_range *r,
    struct wait **blocked, struct err *e);
void parquet_range_drop(struct parquet_range **r);

enum parquet_page_type { PAGE_DATA, PAGE_INDEX, PAGE_DICTIONARY, PAGE_DATA_V2 };

struct parquet_page_header {
	int type, size, packed; /* bytes, decompressed and as they lie */
	bool has_crc, has_member;
	uint32_t crc;
	int values, encoding, def_encoding, rep_encoding;
	int nulls, rows, def_size, rep_size;    /* V2 */
	bool compressed;                        /* V2 */
};
/* Parses the header at p; *used: its length. */
int parquet_page_header(const uint8_t *p, size_t n,
    struct parquet_page_header *h, size_t *used, struct err *e);

/* A page found, its bytes at hand. */
struct parquet_page_ref {
	struct parquet_page_header h;
	const uint8_t *body;
	struct buf *holder;     /* a reference */
	uint64_t offset;        /* of the header, for messages */
	uint64_t row;           /* flat: its first row */
};

/* A page opened: levels and encoded values. */
struct parquet_page {
	struct buf *holder;     /* NULL: no page */
	uint64_t offset;
	int encoding;
	uint32_t values;        /* level entries, NULLs included */
	const uint8_t *rep, *rep_end, *def, *def_end;
	bool rep_packed, def_packed;    /* the old encoding, made LSB first */
	struct buf *levels;     /* holds those */
	const uint8_t *p, *end; /* encoded values */
};
void parquet_page_close(struct parquet_page *page);

/* Where the page index says that pages start. */
struct parquet_spot {
	uint64_t offset, row;
};

struct parquet_pages {
	const struct parquet_meta *meta;
	const struct parquet_leaf *leaf;
	const struct parquet_chunk *chunk;
	int group;
	struct fmt_io *io;
	struct fmt_file *file;
	struct codec_context *codec;
	uint64_t start, end;    /* the chunk's bytes */
	uint64_t at;            /* the next header */
	uint64_t row;           /* flat: rows before it; else level entries */
	uint32_t n_pages;       /* data pages before it */
	struct parquet_range *window;   /* bytes that are here or coming */
	struct parquet_page_ref *queue; /* found, not taken */
	int head, n, cap;
	struct parquet_page_ref dictionary; /* body NULL: none was found */
	const struct parquet_spot *spots;   /* to be compared; may be NULL */
	uint32_t n_spots;
	uint64_t *bytes_read;   /* counts */
};

/* The chunk must have been checked; `window` (taken over) starts at its
 * start. */
void parquet_pages_init(struct parquet_pages *p,
    struct parquet_range *window);
void parquet_pages_release(struct parquet_pages *p);
/* Flat: finds the pages that hold rows first..end. */
enum source_step parquet_pages_find(struct parquet_pages *p, uint64_t first,
    uint64_t end, struct wait **blocked, struct err *e);
/* Finds one more page, whatever its rows; SOURCE_DONE: there is none. */
enum source_step parquet_pages_more(struct parquet_pages *p,
    struct wait **blocked, struct err *e);
/* Goes through the headers up to the chunk's end, comparing with spots. */
enum source_step parquet_pages_finish(struct parquet_pages *p,
    struct wait **blocked, struct err *e);
/* Makes sure that the whole chunk is in the window. */
enum source_step parquet_pages_whole(struct parquet_pages *p,
    struct wait **blocked, struct err *e);
/* Opens the first page of the queue and takes it off; the queue must not be
 * empty. */
int parquet_pages_open(struct parquet_pages *p, struct parquet_page *page,
    struct err *e);
/* The dictionary page's bytes, decompressed; the caller's reference. */
int parquet_pages_dictionary(struct parquet_pages *p, struct buf **holder,
    const uint8_t **from, const uint8_t **to, struct err *e);

#endif
