/* SPDX-License-Identifier: Apache-2.0
 * parquet_meta.c - opening a file: its tail, its footer; what others may ask
 * about it. */
#include <stdlib.h>

#include "base/check.h"
#include "fmt/parquet_footer.h"

enum {
	TAIL = 8,               /* footer length and magic */
	FIRST_READ = 64 << 10,  /* mostly holds the whole footer */
	FOOTER_MAX = 512 << 20,
};

static int
not_parquet(struct err *e, const char *why)
{
	return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
	    "not a Parquet file, or cut short: %s", why);
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* Checks the last bytes; *size is the footer's. */
static int
check_tail(const uint8_t *tail, uint64_t file_size, size_t *size,
    struct err *e)
{
	uint32_t n = le32(tail);

	if (memcmp(tail + 4, "PARE", 4) == 0)
		return err_set(e, ERR_NOT_SUPPORTED,
		    "the footer is encrypted: not supported");
	if (memcmp(tail + 4, "PAR1", 4) != 0)
		return not_parquet(e,
		    "the file is missing its closing magic PAR1");
	if (n > file_size - 12 || n > FOOTER_MAX)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "footer length %u does not fit the file of %llu bytes",
		    n, (unsigned long long)file_size);
	if (n == 0)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "the footer is empty");
	*size = n;
	return 0;
}

static int
read_footer(struct parquet_meta *m, struct fmt_file *f, struct err *e)
{
	size_t first = (size_t)MIN(m->file_size, (uint64_t)FIRST_READ);
	uint8_t *tail;
	int rc;

	if (m->file_size == 0)
		return not_parquet(e, "the file is empty");
	if (m->file_size < 12)
		return not_parquet(e,
		    "the file is too small to hold a footer");
	tail = xmalloc(first);
	rc = fmt_file_read(f, m->file_size - first, first, tail, e);
	if (rc == 0)
		rc = check_tail(tail + first - TAIL, m->file_size,
		    &m->footer_size, e);
	if (rc == 0) {
		size_t n = m->footer_size;

		/* Kernels read some bytes ahead. */
		m->footer = xcalloc(1, n + 16);
		if (n + TAIL <= first)
			memcpy(m->footer, tail + first - TAIL - n, n);
		else
			rc = fmt_file_read(f, m->file_size - TAIL - n, n,
			    m->footer, e);
	}
	free(tail);
	return rc;
}

int
parquet_open(struct fmt_io *io, struct fmt_file *f, struct parquet_meta **out,
    struct err *e)
{
	struct parquet_meta *m = xcalloc(1, sizeof(*m));
	int rc;

	*out = NULL;
	atomic_init(&m->refs, 1);
	arena_init(&m->arena);
	m->path = arena_strdup(&m->arena, fmt_file_path(f));
	m->file_size = fmt_file_size(f);
	rc = read_footer(m, f, e);
	if (rc == 0)
		rc = parquet_footer(m, e);
	if (rc < 0) {
		if (e != NULL && (e->code == ERR_HIVE_CANNOT_OPEN_SPLIT ||
		    e->code == ERR_NOT_SUPPORTED))
			err_wrap(e, "%s", m->path);
		parquet_meta_drop(&m);
		return rc;
	}
	*out = m;
	return 0;
}

struct parquet_meta *
parquet_meta_ref(struct parquet_meta *m)
{
	atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
	return m;
}

void
parquet_meta_drop(struct parquet_meta **mp)
{
	struct parquet_meta *m = *mp;

	*mp = NULL;
	if (m == NULL || atomic_fetch_sub_explicit(&m->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	free(m->footer);
	arena_release(&m->arena);
	free(m);
}

size_t
parquet_meta_bytes(const struct parquet_meta *m)
{
	return sizeof(*m) + m->arena.bytes + m->footer_size;
}

int
parquet_columns(const struct parquet_meta *m)
{
	return m->n_columns;
}

const struct parquet_column *
parquet_column(const struct parquet_meta *m, int i)
{
	CHECK(i >= 0 && i < m->n_columns);
	return &m->columns[i];
}

int
parquet_find(const struct parquet_meta *m, struct str name)
{
	for (int i = 0; i < m->n_columns; i++)
		if (str_eq(str_of(m->columns[i].name), name))
			return i;
	for (int i = 0; i < m->n_columns; i++)
		if (str_ieq(str_of(m->columns[i].name), name))
			return i;
	return -1;
}

uint64_t
parquet_rows(const struct parquet_meta *m)
{
	return m->rows;
}

int
parquet_groups(const struct parquet_meta *m)
{
	return m->n_groups;
}

const struct parquet_group *
parquet_group(const struct parquet_meta *m, int i)
{
	CHECK(i >= 0 && i < m->n_groups);
	return &m->groups[i];
}

const char *
parquet_created_by(const struct parquet_meta *m)
{
	return m->created_by;
}

struct str
parquet_property(const struct parquet_meta *m, struct str key)
{
	for (int i = 0; i < m->n_properties; i++)
		if (str_eq(m->keys[i], key))
			return m->values[i].p == NULL ? STR("")
			    : m->values[i];
	return (struct str){ NULL, 0 };
}

int
parquet_wrap(const struct parquet_meta *m, int group,
    const struct parquet_leaf *leaf, int64_t offset, struct err *e)
{
	int rc;

	if (e == NULL)
		return -ERR_HIVE_BAD_DATA;
	rc = -(int)e->code;
	if (e->code != ERR_HIVE_BAD_DATA && e->code != ERR_NOT_SUPPORTED)
		return rc;
	if (offset >= 0)
		err_wrap(e, "%s: row group %d, column %s, offset %lld",
		    m->path, group, leaf->path, (long long)offset);
	else
		err_wrap(e, "%s: row group %d, column %s", m->path, group,
		    leaf->path);
	return rc;
}

static int
check_place(const struct parquet_meta *m, const struct parquet_chunk *c,
    uint64_t *from, uint64_t *to, struct err *e)
{
	int64_t at = c->data_offset;

	/* Some writers say 0 for "no dictionary". */
	if (c->dict_offset == INT64_MIN || (c->dict_offset > 0 &&
	    (uint64_t)c->dict_offset >= m->file_size))
		at = -1;
	else if (c->dict_offset > 0 && c->dict_offset < at)
		at = c->dict_offset;
	if (at < 0 || c->size < 0 || (uint64_t)at > m->file_size ||
	    (uint64_t)c->size > m->file_size - (uint64_t)at)
		return err_set(e, ERR_HIVE_BAD_DATA,
		    "the column chunk lies outside the file");
	*from = (uint64_t)at;
	*to = (uint64_t)at + (uint64_t)c->size;
	return 0;
}

int
parquet_chunk_check(const struct parquet_meta *m, int group,
    const struct parquet_leaf *leaf, uint64_t *from, uint64_t *to,
    struct err *e)
{
	const struct parquet_chunk *c = &m->chunks[group][leaf->index];
	uint64_t rows = m->groups[group].rows;
	int rc = 0;

	if (c->elsewhere)
		rc = err_set(e, ERR_NOT_SUPPORTED,
		    "the column chunk is in another file: not supported");
	else if (!c->has_meta)
		rc = err_set(e, ERR_HIVE_BAD_DATA,
		    "the column chunk has no metadata");
	else if (c->physical != (int)leaf->physical)
		rc = err_set(e, ERR_HIVE_BAD_DATA, "type %s of the column "
		    "chunk is not the type %s of the schema",
		    parquet_physical_name(c->physical),
		    parquet_physical_name(leaf->physical));
	else if (c->codec < 0 || c->codec >= CODEC_COUNT)
		rc = err_set(e, ERR_HIVE_BAD_DATA,
		    "unknown compression codec %d", c->codec);
	else if (!codec_supported(c->codec))
		rc = err_set(e, ERR_NOT_SUPPORTED,
		    "compression codec %s is not supported",
		    codec_name(c->codec));
	else if (c->values < 0)
		rc = err_set(e, ERR_HIVE_BAD_DATA,
		    "negative number of values");
	else if (leaf->max_rep == 0 ? (uint64_t)c->values != rows
	    : (uint64_t)c->values < rows)
		rc = err_set(e, ERR_HIVE_BAD_DATA, "the column chunk has "
		    "%lld values, its row group %llu rows",
		    (long long)c->values, (unsigned long long)rows);
	else
		rc = check_place(m, c, from, to, e);
	return rc < 0 ? parquet_wrap(m, group, leaf, -1, e) : 0;
}
