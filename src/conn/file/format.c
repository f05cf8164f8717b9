/* SPDX-License-Identifier: Apache-2.0
 * format.c - what a file is and holds; remembered while it does not change.
 */
#include <stdlib.h>

#include "base/check.h"
#include "conn/file/file.h"

struct file_cache {
	pthread_mutex_t lock;
	struct map map;                 /* path -> struct file_facts */
	int max;
};

struct file_cache *
file_cache_new(int max)
{
	struct file_cache *c = xcalloc(1, sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	map_init(&c->map);
	c->max = max;
	return c;
}

void
file_cache_free(struct file_cache **cp)
{
	struct file_cache *c = *cp;
	struct map_entry *e;
	uint32_t at = 0;

	*cp = NULL;
	while ((e = map_next(&c->map, &at)) != NULL) {
		struct file_facts *f = e->value;

		file_facts_drop(&f);
	}
	map_release(&c->map);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void
file_facts_drop(struct file_facts **fp)
{
	struct file_facts *f = *fp;

	*fp = NULL;
	if (f == NULL || atomic_fetch_sub(&f->refs, 1) != 1)
		return;
	parquet_meta_drop(&f->parquet);
	arena_release(&f->arena);
	free(f);
}

static struct file_facts *
cache_get(struct file_cache *c, const char *path, uint64_t size,
    int64_t mtime_ns)
{
	struct file_facts *f;

	pthread_mutex_lock(&c->lock);
	f = map_get(&c->map, str_of(path));
	if (f != NULL && f->size == size && f->mtime_ns == mtime_ns)
		atomic_fetch_add(&f->refs, 1);
	else
		f = NULL;
	pthread_mutex_unlock(&c->lock);
	return f;
}

static void
cache_put(struct file_cache *c, const char *path, struct file_facts *f)
{
	struct file_facts *old, *first = NULL;
	struct map_entry *e;
	uint32_t at = 0;

	pthread_mutex_lock(&c->lock);
	atomic_fetch_add(&f->refs, 1);
	old = map_put(&c->map, str_of(path), f);
	if ((int)c->map.live > c->max && (e = map_next(&c->map, &at)) != NULL)
		first = map_del(&c->map, (struct str){ e->key, e->key_len });
	pthread_mutex_unlock(&c->lock);
	file_facts_drop(&old);
	file_facts_drop(&first);
}

static bool
ends_with(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return n >= m && strcasecmp(path + n - m, suffix) == 0;
}

/* By the name; what has none of the known is told by its first bytes. */
static int
find_format(struct fmt_io *io, struct fmt_file *f, enum file_format *out,
    struct err *e)
{
	static const char *const csv[] = { ".csv", ".tsv", ".txt", ".csv.gz",
		".csv.zst", ".tsv.gz", ".tsv.zst" };
	static const char *const later[] = { ".orc", ".avro", ".json",
		".jsonl", ".ndjson", ".json.gz", ".jsonl.gz" };
	const char *path = fmt_file_path(f);
	struct buf *head;
	struct fmt_read *r;
	struct wait *blocked = NULL;
	struct fmt_io now = *io;

	*out = FILE_PARQUET;
	if (ends_with(path, ".parquet") || ends_with(path, ".parq"))
		return 0;
	*out = FILE_CSV;
	for (size_t i = 0; i < ARRAY_LEN(csv); i++)
		if (ends_with(path, csv[i]))
			return 0;
	for (size_t i = 0; i < ARRAY_LEN(later); i++)
		if (ends_with(path, later[i]))
			return err_set(e, ERR_NOT_SUPPORTED,
			    "%s: files of this format cannot be read", path);
	if (fmt_file_size(f) < 4)
		return 0;
	now.jobs = NULL;
	r = fmt_read_start(&now, f, 0, 4, e);
	if (r == NULL)
		return -(int)e->code;
	if (fmt_read_take(r, &head, &blocked, e) != 1) {
		fmt_read_drop(&r);
		return -(int)e->code;
	}
	if (memcmp(head->data, "PAR1", 4) == 0)
		*out = FILE_PARQUET;
	buf_drop(&head);
	fmt_read_drop(&r);
	return 0;
}

int
file_facts_get(struct file_conn *c, struct fmt_io *io, const char *path,
    struct file_facts **out, struct err *e)
{
	struct csv_options none = { 0 };
	struct file_facts *f;
	struct fmt_file *file;
	struct fmt_io now = *io;
	int rc = fmt_file_open(io, path, &file, e);

	if (rc != 0)
		return rc;
	now.jobs = NULL;
	*out = cache_get(c->cache, path, fmt_file_size(file),
	    fmt_file_mtime_ns(file));
	if (*out != NULL) {
		fmt_file_drop(&file);
		return 0;
	}
	f = xcalloc(1, sizeof(*f));
	atomic_init(&f->refs, 1);
	f->size = fmt_file_size(file);
	f->mtime_ns = fmt_file_mtime_ns(file);
	rc = find_format(io, file, &f->format, e);
	if (rc == 0)
		rc = f->format == FILE_PARQUET
		    ? parquet_open(&now, file, &f->parquet, e)
		    : csv_sniff(&now, file, &none, &f->arena, &f->csv, e);
	fmt_file_drop(&file);
	if (rc != 0) {
		file_facts_drop(&f);
		return rc;
	}
	cache_put(c->cache, path, f);
	*out = f;
	return 0;
}

int
file_facts_columns(const struct file_facts *f)
{
	return f->format == FILE_PARQUET ? parquet_columns(f->parquet)
	    : f->csv.n;
}

const char *
file_facts_name(const struct file_facts *f, int i)
{
	return f->format == FILE_PARQUET
	    ? parquet_column(f->parquet, i)->name : f->csv.names[i];
}

const struct type *
file_facts_type(const struct file_facts *f, int i)
{
	return f->format == FILE_PARQUET
	    ? parquet_column(f->parquet, i)->type : f->csv.types[i];
}

int
file_facts_find(const struct file_facts *f, const char *name)
{
	if (f->format == FILE_PARQUET)
		return parquet_find(f->parquet, str_of(name));
	for (int i = 0; i < f->csv.n; i++)
		if (strcmp(f->csv.names[i], name) == 0)
			return i;
	for (int i = 0; i < f->csv.n; i++)
		if (strcasecmp(f->csv.names[i], name) == 0)
			return i;
	return -1;
}

double
file_facts_rows(const struct file_facts *f)
{
	if (f->format == FILE_PARQUET)
		return (double)parquet_rows(f->parquet);
	return (double)f->size / (f->csv.codec == CSV_PLAIN ? 1 : 0.25) /
	    (8.0 * MAX(f->csv.n, 1));
}
