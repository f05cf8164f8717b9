/* SPDX-License-Identifier: Apache-2.0
 * csv_sniff.c - what a file is: the delimiter by trying all four on the first
 * part.  The one that gives all records the same number of fields, more than
 * one, wins; the most fields if several do.  If none does, one that at least
 * half of the records agree on is taken, so that a ragged line is reported
 * and not hidden; else the file has one column. */
#include <stdlib.h>

#include "base/check.h"
#include "fmt/csv_priv.h"

struct sample {
	struct buf *buf;
	const uint8_t *p;       /* behind a byte order mark */
	size_t n;
	bool whole;             /* this is all there is */
};

static int
append(struct sample *s, struct fmt_io *io, const struct buf *more, size_t n,
    struct err *e)
{
	if (s->buf == NULL || s->n + n > s->buf->size) {
		struct buf *bigger = buf_new(io->account,
		    MAX(s->n + n, s->n * 2), e);

		if (bigger == NULL)
			return -(int)e->code;
		if (s->n > 0)
			memcpy(bigger->data, s->buf->data, s->n);
		buf_drop(&s->buf);
		s->buf = bigger;
	}
	memcpy(s->buf->data + s->n, more->data, n);
	s->n += n;
	return 0;
}

static int
read_sample(struct fmt_io *io, struct csv_input *in, size_t least,
    struct sample *s, struct err *e)
{
	while (s->n < least) {
		struct wait *blocked = NULL;
		struct buf *more;
		size_t n;
		enum source_step step = csv_input_next(in, &more, &n,
		    &blocked, e);
		int rc;

		CHECK(step != SOURCE_BLOCKED);
		if (step == SOURCE_FAILED)
			return -(int)e->code;
		if (step == SOURCE_DONE) {
			s->whole = true;
			return 0;
		}
		rc = append(s, io, more, n, e);
		buf_drop(&more);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* How well a delimiter does: how many fields, do all (2) or half (1) of the
 * records have them. */
struct trial {
	int fit;
	uint32_t fields;
};

static struct trial
judge(const struct csv_tokens *t)
{
	struct trial r = { 0, 0 };
	size_t n = t->n_rows / 2, same = 0;

	if (n == 0 || t->fault == CSV_AFTER_QUOTE)
		return r;
	r.fields = t->rows[1];
	for (size_t i = 0; i < n; i++)
		same += t->rows[2 * i + 1] == r.fields;
	r.fit = same == n ? 2 : same * 2 >= n ? 1 : 0;
	return r;
}

static int
try_delimiters(struct csv_tokens *t, const struct sample *s, char quote,
    char *best, struct err *e)
{
	static const char candidates[] = { ',', '\t', ';', '|' };
	struct trial top = { 0, 1 };

	*best = ',';
	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		struct csv_dialect d = { (uint8_t)candidates[i],
			(uint8_t)quote, 0 };
		struct trial r;
		int rc = csv_tokenize(t, &d, s->p, s->n, s->whole, e);

		if (rc < 0)
			return rc;
		r = judge(t);
		if (r.fields > 1 && (r.fit > top.fit || (r.fit == top.fit &&
		    r.fit > 0 && r.fields > top.fields))) {
			top = r;
			*best = candidates[i];
		}
	}
	return 0;
}

/* An error about the sample's text at p + at. */
static int
fail(const struct sample *s, const struct csv_tokens *t,
    const struct fmt_file *f, struct err *e)
{
	bool cr = false;
	char text[160];

	csv_fault_text(t, 0, text, sizeof(text));
	return err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: line %llu: %s",
	    fmt_file_path(f), 1 + (unsigned long long)csv_count_lines(s->p,
	    t->fault_at, &cr), text);
}

static int
describe(const struct sample *s, struct csv_tokens *t,
    const struct fmt_file *f, const struct csv_options *options,
    struct arena *a, struct csv_schema *out, struct err *e)
{
	struct csv_dialect d = { (uint8_t)out->delimiter,
		(uint8_t)out->quote, 0 };
	int rc = csv_tokenize(t, &d, s->p, s->n, s->whole, e);
	enum csv_fault fault;
	size_t at = 0;

	if (rc < 0)
		return rc;
	fault = csv_check_text(t, s->p, &at);
	if (fault != CSV_FINE) {
		t->fault = fault;
		t->fault_at = at;
		return fail(s, t, f, e);
	}
	if (t->n_rows == 0) {
		if (t->fault != CSV_FINE)
			return fail(s, t, f, e);
		if (s->whole)
			return err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: "
			    "the file is empty: no columns can be found out",
			    fmt_file_path(f));
		t->fault = CSV_TOO_LONG;
		t->fault_at = t->used;
		return fail(s, t, f, e);
	}
	if (t->rows[1] > CSV_COLUMNS_MAX)
		return err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: line 1: "
		    "%u columns, at most %d can be read", fmt_file_path(f),
		    t->rows[1], CSV_COLUMNS_MAX);
	out->n = (int)MAX(t->rows[1], (uint32_t)options->n_types);
	csv_describe(t, s->p, options, a, out);
	out->no_rows = out->header && t->n_rows == 1 && s->whole;
	return 0;
}

static bool
has_suffix(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return n >= m && strcasecmp(path + n - m, suffix) == 0;
}

/* Looks at the first bytes. */
static int
check_mark(struct sample *s, const struct fmt_file *f, struct err *e)
{
	s->p = s->buf == NULL ? (const uint8_t *)"" : s->buf->data;
	if (s->n == 0)
		return err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: the file "
		    "is empty: no columns can be found out",
		    fmt_file_path(f));
	if (s->n >= 2 && (memcmp(s->p, "\xff\xfe", 2) == 0 ||
	    memcmp(s->p, "\xfe\xff", 2) == 0))
		return err_set(e, ERR_HIVE_BAD_DATA, "csv file %s: the file "
		    "is UTF-16: not supported", fmt_file_path(f));
	if (s->n >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0) {
		s->p += 3;
		s->n -= 3;
	}
	return 0;
}

static int
sniff(struct fmt_io *io, struct fmt_file *f, const struct csv_options *options,
    struct arena *a, struct csv_schema *out, struct err *e)
{
	struct csv_tokens tokens = { .account = io->account };
	struct sample s = { 0 };
	struct csv_input in;
	int rc;

	csv_input_open(&in, io, f, out->codec, 0, CSV_SAMPLE);
	rc = read_sample(io, &in, CSV_SAMPLE, &s, e);
	if (rc == 0)
		rc = check_mark(&s, f, e);
	if (rc == 0) {
		struct csv_dialect d = { ',', (uint8_t)out->quote, 0 };

		rc = csv_tokenize(&tokens, &d, s.p, s.n, s.whole, e);
	}
	/* Not one record: look further. */
	if (rc == 0 && tokens.n_rows == 0 && !s.whole &&
	    tokens.fault == CSV_FINE) {
		size_t mark = (size_t)(s.p - s.buf->data);

		s.n += mark;
		rc = read_sample(io, &in, CSV_RECORD_MAX, &s, e);
		s.p = s.buf->data + mark;
		s.n -= mark;
	}
	if (rc == 0 && out->delimiter == 0)
		rc = try_delimiters(&tokens, &s, out->quote, &out->delimiter,
		    e);
	if (rc == 0)
		rc = describe(&s, &tokens, f, options, a, out, e);
	csv_input_close(&in);
	csv_tokens_release(&tokens);
	buf_drop(&s.buf);
	return rc;
}

int
csv_sniff(struct fmt_io *io, struct fmt_file *f,
    const struct csv_options *options, struct arena *a,
    struct csv_schema *out, struct err *e)
{
	const char *path = fmt_file_path(f);
	struct fmt_io now = *io;

	now.jobs = NULL;
	*out = (struct csv_schema){ .delimiter = options->delimiter };
	out->quote = options->quote == 0 ? '"' : options->quote;
	out->codec = has_suffix(path, ".gz") ? CSV_GZIP
	    : has_suffix(path, ".zst") ? CSV_ZSTD : CSV_PLAIN;
	return sniff(&now, f, options, a, out, e);
}
