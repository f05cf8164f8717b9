/* SPDX-License-Identifier: Apache-2.0
 * csv_priv.h - the parts of the CSV reader:
 *
 *   csv_input.c    the bytes in order: read ahead, decompressed
 *   csv_inflate.c  gzip and zstd
 *   csv_token.c    where fields and records end, 64 bytes at a time
 *   csv_value.c    texts to values of single types
 *   csv_column.c   fields of a column to a vector
 *   csv_range.c    where the first record of a range begins
 *   csv_sniff.c    what a file is: the dialect
 *   csv_describe.c names, types and header
 *   csv_window.c   the text at hand, a run of whole records at a time
 *   csv_source.c   the page source
 *
 * Offsets into the text count from its first byte (after decompression). */
#ifndef FMT_CSV_PRIV_H
#define FMT_CSV_PRIV_H

#include "fmt/csv.h"
#include "page/vec.h"

enum {
	CSV_RECORD_MAX = 4 << 20,       /* a longer record is an error */
	CSV_SAMPLE = 1 << 20,           /* what is looked at first */
	CSV_SAMPLE_ROWS = 20480,
	CSV_COLUMNS_MAX = 65536,
};

/* --- the bytes ----------------------------------------------------------- */

struct csv_inflate;             /* a decompressor */

struct csv_input {
	struct fmt_io *io;              /* borrowed */
	struct fmt_file *file;          /* borrowed */
	int codec;
	uint64_t at, size;              /* next byte to ask for, file's size */
	uint64_t soft_end;              /* no reading ahead behind it */
	struct fmt_read *reads[2];      /* in order */
	size_t lengths[2];
	struct csv_inflate *inflate;
	struct buf *packed, *made;      /* being decompressed, its result */
	size_t packed_at, packed_n, made_n;
	bool packed_last;               /* nothing follows `packed` */
	uint64_t bytes_read;
};

/* Plain text from byte `at`; compressed: from the start. */
void csv_input_open(struct csv_input *in, struct fmt_io *io,
    struct fmt_file *f, int codec, uint64_t at, uint64_t soft_end);
void csv_input_close(struct csv_input *in);     /* also when all zero */
/* The next run of bytes, at least one, as a reference; SOURCE_DONE at the
 * end.  With io->jobs NULL it is never blocked. */
enum source_step csv_input_next(struct csv_input *in, struct buf **out,
    size_t *n, struct wait **blocked, struct err *e);

/* One step of decompression: *in_n and *out_n say what there is and become
 * what was used and made.  `last`: no more input follows. */
struct csv_inflate *csv_inflate_new(int codec, const struct fmt_file *f,
    struct mem_account *account);
void csv_inflate_free(struct csv_inflate **c);
int csv_inflate_step(struct csv_inflate *c, const uint8_t *in, size_t *in_n,
    uint8_t *out, size_t *out_n, bool last, struct err *e);

/* --- fields and records -------------------------------------------------- */

struct csv_dialect {
	uint8_t delimiter, quote;
	uint32_t n;             /* fields of a record; 0: any number */
};

enum csv_fault {
	CSV_FINE, CSV_RAGGED, CSV_AFTER_QUOTE, CSV_UNCLOSED, CSV_TOO_LONG,
	CSV_NUL, CSV_NOT_UTF8,
};

/* Record k has its separators at pos[rows[k]], pos[rows[k] + 1], ...; each
 * field begins behind the separator before, so field c is
 * pos[rows[k] + c - 1] + 1 to pos[rows[k] + c].  With any number of fields
 * rows has two items a record: the first separator, how many. */
struct csv_tokens {
	struct mem_account *account;
	uint32_t *pos, *rows;
	size_t n_pos, cap_pos, n_rows, cap_rows;
	size_t used;            /* the complete records are [0, used) */
	enum csv_fault fault;   /* in the record behind the last one */
	size_t fault_at;
	uint32_t fault_fields;  /* ragged: how many it has */
	bool high, nul;         /* bytes above 127, bytes 0 were seen */
};

/* Splits p[0..n) (BUF_PAD bytes behind are readable), which begins with a
 * record.  `last`: the text ends here, so does the last record. */
int csv_tokenize(struct csv_tokens *t, const struct csv_dialect *d,
    const uint8_t *p, size_t n, bool last, struct err *e);
void csv_tokens_release(struct csv_tokens *t);

/* Looks at what was tokenized: CSV_NUL, CSV_NOT_UTF8 (and where) or fine. */
enum csv_fault csv_check_text(const struct csv_tokens *t, const uint8_t *p,
    size_t *at);
/* "a quoted field is not closed": writes at most n bytes. */
void csv_fault_text(const struct csv_tokens *t, uint32_t expected, char *to,
    size_t n);

/* Line ends in p[0..n); *cr carries over "the byte before was CR". */
uint64_t csv_count_lines(const uint8_t *p, size_t n, bool *cr);

/* --- where a range begins ------------------------------------------------ */

struct csv_start;

/* Finds the first record that begins at or behind `target` (> 0). */
struct csv_start *csv_start_new(struct fmt_io *io, struct fmt_file *f,
    const struct csv_dialect *d, uint64_t target);
void csv_start_free(struct csv_start **s);
/* SOURCE_READY: *at (the file's size: there is none), and whether it is the
 * first record of the file. */
enum source_step csv_start_find(struct csv_start *s, uint64_t *at,
    bool *first, struct wait **blocked, struct err *e);

/* --- values -------------------------------------------------------------- */

/* What a text can be, as bits; only those of `possible` count. */
enum {
	CSV_IS_BOOLEAN = 1, CSV_IS_BIGINT = 2, CSV_IS_DOUBLE = 4,
	CSV_IS_DATE = 8, CSV_IS_TIME = 16, CSV_IS_TIMESTAMP = 32,
	CSV_IS_ANY = 63,
	CSV_IS_WORD = 64,               /* a double, but as "nan" or "inf" */
};
unsigned csv_value_kinds(struct str text, unsigned possible);

/* Each trims blanks and accepts more spellings than csv_value_kinds(). */
bool csv_parse_bigint(struct str text, int64_t *out);
bool csv_parse_double(struct str text, double *out);
bool csv_parse_boolean(struct str text, uint8_t *out);
bool csv_parse_date(struct str text, int32_t *out);
bool csv_parse_time(struct str text, int64_t *out);     /* picoseconds */
bool csv_parse_timestamp(struct str text, int64_t *out); /* microseconds */

/* Where the fields of one column of a batch lie. */
struct csv_fields {
	struct buf *buf;                /* holds the text */
	const uint8_t *text;
	const uint32_t *pos, *rows;     /* of the batch's first row */
	const uint16_t *index;          /* NULL: all */
	uint32_t n, column;
	bool last;                      /* the last of the record */
	uint8_t quote;
};

/* 0, an error of memory, or 1: a field is no value of the type: *bad is the
 * row (of index, or of all). */
int csv_column_read(const struct csv_fields *f, const struct type *t,
    struct mem_account *account, struct vec **out, uint32_t *bad,
    struct err *e);
/* The field without quotes; doubled ones are taken out into `copy`. */
struct str csv_field_text(const struct csv_fields *f, uint32_t row,
    struct sbuf *copy);

/* --- runs of records ----------------------------------------------------- */

/* A piece of the text: [from, to) of buf; from stands at `at` of the text. */
struct csv_piece {
	struct buf *buf;
	size_t from, to;
	uint64_t at;
};

struct csv_window {
	struct csv_dialect d;
	struct csv_input *input;
	bool over;                      /* the input is */
	struct csv_piece now, next;
	size_t step;                    /* how much to tokenize at once */
	struct csv_tokens tokens;
	struct buf *buf;                /* of the run */
	const uint8_t *text;
	uint64_t at;                    /* of its first byte in the text */
	uint64_t lines;                 /* ends before `at`; compressed only */
	bool cr;
};

/* Makes the next run of at least one record (blank lines may leave none in
 * tokens.rows).  SOURCE_DONE: there is none.  Malformed text is SOURCE_READY
 * with tokens.fault. */
enum source_step csv_window_next(struct csv_window *w, struct wait **blocked,
    struct err *e);
void csv_window_release(struct csv_window *w);

/* --- names and types ----------------------------------------------------- */

/* A tokenized sample becomes names, types and header. */
void csv_describe(const struct csv_tokens *t, const uint8_t *text,
    const struct csv_options *options, struct arena *a,
    struct csv_schema *out);

#endif
