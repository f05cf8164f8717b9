/* SPDX-License-Identifier: Apache-2.0
 * fuzz_parquet.c - reads damaged Parquet files: each is a good one (or one
 * that is bad already) with a few bytes changed after a seed.
 *
 *     fuzz_parquet [SEED COUNT] FILE...
 *
 * An answer may be rows or an error, of any kind; what counts is that it
 * comes, soon, and that no memory is touched that should not be (run it with
 * a sanitizer).  Without files: those of t/data, 2,000 times. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "fmt/parquet.h"
#include "memory_env.h"
#include "tap.h"

struct corpus {
	struct { char *name; uint8_t *bytes; size_t n; } *v;
	int n;
};

static uint64_t
next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

static void
corpus_add(struct corpus *c, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct sbuf b = { 0 };
	char part[4096];
	size_t got;

	if (f == NULL)
		return;
	while ((got = fread(part, 1, sizeof(part), f)) > 0)
		sbuf_add(&b, part, got);
	fclose(f);
	c->v = xrealloc(c->v, sizeof(*c->v) * (size_t)(c->n + 1));
	c->v[c->n].name = xstrdup(path);
	c->v[c->n].n = b.n;
	c->v[c->n++].bytes = (uint8_t *)sbuf_take(&b);
}

static void
corpus_add_folder(struct corpus *c, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		struct sbuf path = { 0 };

		sbuf_addf(&path, "%s/%s", folder, entry->d_name);
		if (str_ends(sbuf_str(&path), STR(".parquet")))
			corpus_add(c, sbuf_z(&path));
		sbuf_release(&path);
	}
	if (d != NULL)
		closedir(d);
}

/* Changes bytes, mostly in the footer, where most of the meaning is. */
static size_t
mutate(uint8_t *p, size_t n, uint64_t *seed)
{
	static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, 2, 0x15, 0x2c };
	int times = 1 + (int)(next(seed) % 3);
	size_t footer = n, from = 0;

	if (n >= 8) {
		footer = p[n - 8] | (size_t)p[n - 7] << 8 |
		    (size_t)p[n - 6] << 16;
		footer = MIN(footer + 8, n);
	}
	for (int i = 0; i < times && n > 0; i++) {
		size_t at = next(seed) % 4 != 0 ? next(seed) % n
		    : n - 1 - next(seed) % MIN(footer, n);
		size_t len = 1 + next(seed) % 8;

		switch (next(seed) % 8) {
		case 0:
		case 1:
			p[at] ^= (uint8_t)(1 << next(seed) % 8);
			break;
		case 2:
		case 3:
			p[at] = odd[next(seed) % sizeof(odd)];
			break;
		case 4:
			p[at] = (uint8_t)next(seed);
			break;
		case 5:
			from = next(seed) % n;
			len = MIN(len * 4, n - MAX(at, from));
			memmove(p + at, p + from, len);
			break;
		case 6:
			p[at] += next(seed) % 2 == 0 ? 1 : 0xff;
			break;
		default:
			if (next(seed) % 40 == 0)
				n = at;
			break;
		}
	}
	return n;
}

/* Follows everything that a batch points to. */
static uint64_t
touch(const struct vec *v)
{
	const struct vec *values = vec_values(v);
	uint64_t sum = v->n;

	for (uint32_t i = 0; i < v->n; i++) {
		if (vec_is_null(v, i) || v->type->rep == REP_ROW)
			continue;
		if (v->type->rep == REP_STR) {
			struct str s = strview_str(vec_at(v, i));

			for (size_t j = 0; j < s.n; j++)
				sum += (uint8_t)s.p[j];
		} else if (v->type->rep == REP_LIST) {
			const struct list_ref *l = vec_at(v, i);

			CHECK((uint64_t)l->offset + l->n <=
			    values->child[0]->n);
		} else {
			sum += *(const uint8_t *)vec_at(v, i);
		}
	}
	for (int i = 0; i < values->n_child; i++)
		sum += touch(values->child[i]);
	return sum;
}

/* Loads the batch's columns, some of them with some of the rows. */
static enum source_step
load_batch(struct page_source *s, int n, uint32_t rows, uint64_t *seed,
    struct err *e)
{
	uint16_t index[PAGE_ROWS];

	for (int i = 0; i < n; i++) {
		uint32_t some = 0, stride = 1 + (uint32_t)(next(seed) % 50);
		bool all = next(seed) % 2 == 0;
		struct wait *blocked = NULL;
		struct vec *v = NULL;
		enum source_step step;

		if (next(seed) % 5 == 0)
			continue;
		for (uint32_t r = (uint32_t)(next(seed) % rows); r < rows;
		    r += stride)
			index[some++] = (uint16_t)r;
		step = s->ops->load(s, i, all ? NULL : index,
		    all ? rows : some, &v, &blocked, e);
		if (step != SOURCE_READY)
			return step;
		CHECK(v->n == (all ? rows : some));
		if (touch(v) == 0)
			return SOURCE_FAILED;
		vec_drop(&v);
	}
	return SOURCE_READY;
}

/* A filter on one column of integers: a range of small numbers. */
struct some_filter {
	struct domain_set set;
	struct domain domain, *domains;
	struct domain_range range;
	int column;
};

static const struct domain_set *
make_filter(struct some_filter *f, const struct type *const *types, int n,
    uint64_t *seed)
{
	int64_t low = (int64_t)(next(seed) % 1000), high = low;
	const struct type *t;

	memset(f, 0, sizeof(*f));
	f->column = (int)(next(seed) % (unsigned)MAX(n, 1));
	if (n == 0 || next(seed) % 2 == 0)
		return NULL;
	t = types[f->column];
	if (t->id != TYPE_INTEGER && t->id != TYPE_BIGINT)
		return NULL;
	high += next(seed) % 2 == 0 ? 0 : (int64_t)(next(seed) % 100);
	f->range.low = vec_new_const(t, &low, 1, NULL, NULL);
	f->range.high = vec_new_const(t, &high, 1, NULL, NULL);
	f->range.low_closed = f->range.high_closed = true;
	f->domain = (struct domain){ .type = t, .n = 1,
	    .ranges = &f->range };
	f->domains = &f->domain;
	f->set = (struct domain_set){ .n = 1, .column = &f->column,
	    .domain = &f->domains };
	return &f->set;
}

static bool
read_rows(struct fmt_io *io, struct fmt_file *f, struct parquet_meta *m,
    uint64_t *seed, struct err *e)
{
	int n = parquet_columns(m), batches = 0;
	int *columns = xcalloc((size_t)n + 1, sizeof(*columns));
	const struct type **types = xcalloc((size_t)n + 1, sizeof(*types));
	struct parquet_scan scan = { .meta = m, .file = f, .n = n,
	    .n_groups = parquet_groups(m), .columns = columns,
	    .types = types };
	enum source_step step = SOURCE_FAILED;
	struct some_filter filter;
	struct page_source *s;

	for (int i = 0; i < n; i++) {
		columns[i] = i;
		types[i] = parquet_column(m, i)->type;
	}
	scan.filter = make_filter(&filter, types, n, seed);
	for (int g = 0; g < parquet_groups(m); g++) {
		for (int i = 0; i < n; i++) {
			struct parquet_stats stats;

			parquet_stats(m, g, i, NULL, &stats, e);
			parquet_stats_release(&stats);
		}
	}
	if (parquet_source_open(io, &scan, &s, e) == 0) {
		struct wait *blocked = NULL;
		uint32_t rows;

		/* A lie about rows can make a file look endless. */
		while ((step = s->ops->next(s, &rows, &blocked, e)) ==
		    SOURCE_READY && n > 0 && ++batches < 200) {
			step = load_batch(s, n, rows, seed, e);
			if (step != SOURCE_READY)
				break;
		}
		CHECK(step != SOURCE_BLOCKED && blocked == NULL);
		page_source_close(&s);
	}
	vec_drop(&filter.range.low);
	vec_drop(&filter.range.high);
	free(columns);
	free(types);
	return step != SOURCE_FAILED;
}

/* True: rows; false: an error, which has a text. */
static bool
read_file(const uint8_t *bytes, size_t n, uint64_t *seed)
{
	struct memory_env env;
	struct fmt_io io = { .env = &env.env };
	struct parquet_meta *m = NULL;
	struct fmt_file *f;
	struct err e = { 0 };
	bool good = false;

	memory_env_init(&env);
	env.bytes = bytes;
	env.n = n;
	if (fmt_file_open(&io, "fuzz.parquet", &f, &e) < 0)
		return false;
	if (parquet_open(&io, f, &m, &e) == 0)
		good = read_rows(&io, f, m, seed, &e);
	if (!good)
		CHECK(e.code != ERR_OK && e.text[0] != '\0');
	parquet_meta_drop(&m);
	fmt_file_drop(&f);
	return good;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* FUZZ_SHOW: names every case before it runs; FUZZ_SAVE=FILE: keeps it. */
static void
show(uint64_t seed, const char *name, const uint8_t *bytes, size_t n)
{
	const char *save = getenv("FUZZ_SAVE");
	FILE *to = save == NULL ? NULL : fopen(save, "wb");

	if (getenv("FUZZ_SHOW") != NULL)
		fprintf(stderr, "# %llu %s\n", (unsigned long long)seed,
		    name);
	if (to != NULL) {
		fwrite(bytes, 1, n, to);
		fclose(to);
	}
}

static void
run(struct corpus *c, uint64_t first, long count)
{
	double worst = 0, limit = 5;
	long rows = 0, errors = 0;
	uint64_t slowest = 0;

	for (long i = 0; i < count; i++) {
		uint64_t seed = (first + (uint64_t)i) *
		    UINT64_C(0x9e3779b97f4a7c15) | 1, state = seed;
		int which = (int)(next(&state) % (unsigned)c->n);
		size_t n = c->v[which].n;
		/* Of the exact size, so that reading on is noticed. */
		uint8_t *bytes = xmalloc(n + 1);
		double start = seconds(), took;

		memcpy(bytes, c->v[which].bytes, n);
		n = mutate(bytes, n, &state);
		show(first + (uint64_t)i, c->v[which].name, bytes, n);
		if (read_file(bytes, n, &state))
			rows++;
		else
			errors++;
		free(bytes);
		took = seconds() - start;
		if (took > worst) {
			worst = took;
			slowest = first + (uint64_t)i;
		}
	}
	diag("%ld read, %ld refused, the slowest (seed %llu) took %.3f s",
	    rows, errors, (unsigned long long)slowest, worst);
	ok(rows + errors == count, "%ld damaged files are answered", count);
	ok(worst < limit, "each within seconds");
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	struct corpus c = { 0 };
	uint64_t seed = 1;
	long count = 2000;
	struct sbuf folder = { 0 };
	int at = 1;

	if (argc > 2 && argv[1][0] >= '0' && argv[1][0] <= '9') {
		seed = strtoull(argv[1], NULL, 10);
		count = strtol(argv[2], NULL, 10);
		at = 3;
	}
	sbuf_addf(&folder, "%s/t/data", top == NULL ? "." : top);
	if (at == argc)
		corpus_add_folder(&c, sbuf_z(&folder));
	for (; at < argc; at++)
		corpus_add(&c, argv[at]);
	if (ok(c.n > 0, "there are files"))
		run(&c, seed, count);
	for (int i = 0; i < c.n; i++) {
		free(c.v[i].name);
		free(c.v[i].bytes);
	}
	free(c.v);
	sbuf_release(&folder);
	return tap_done();
}
