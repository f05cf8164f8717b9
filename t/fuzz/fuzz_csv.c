/* SPDX-License-Identifier: Apache-2.0
 * fuzz_csv.c - reads damaged CSV files, plain and compressed: each is one of
 * the given files with a few bytes changed after a seed.
 *
 *     fuzz_csv [SEED COUNT] FILE...
 *
 * An answer may be rows or an error; it must come soon, and a plain file cut
 * into ranges must have as many rows as the whole, or fail too.  Without
 * files: those of t/golden/files/csv and csv_bad, 2,000 times. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "fmt/csv.h"
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
	sbuf_reserve(&b, 1);
	c->v = xrealloc(c->v, sizeof(*c->v) * (size_t)(c->n + 1));
	c->v[c->n].name = xstrdup(path);
	c->v[c->n].n = b.n;
	c->v[c->n++].bytes = (uint8_t *)sbuf_take(&b);
}

static void
corpus_add_folder(struct corpus *c, const char *top, const char *folder)
{
	struct sbuf path = { 0 };
	DIR *d;
	struct dirent *entry;

	sbuf_addf(&path, "%s/%s", top, folder);
	d = opendir(sbuf_z(&path));
	while (d != NULL && (entry = readdir(d)) != NULL) {
		sbuf_clear(&path);
		sbuf_addf(&path, "%s/%s/%s", top, folder, entry->d_name);
		if (strstr(entry->d_name, ".csv") != NULL)
			corpus_add(c, sbuf_z(&path));
	}
	if (d != NULL)
		closedir(d);
	sbuf_release(&path);
}

static size_t
mutate(uint8_t *p, size_t n, uint64_t *seed)
{
	static const uint8_t odd[] = { '"', '"', ',', '\n', '\r', 0, 0xff,
		';', '-', '.', '9', 'e', 0xc3, ' ' };
	int times = (int)(next(seed) % 6);

	for (int i = 0; i < times && n > 0; i++) {
		size_t at = next(seed) % n, from = next(seed) % n;
		size_t len = 1 + next(seed) % 64;

		switch (next(seed) % 8) {
		case 0:
			p[at] ^= (uint8_t)(1 << next(seed) % 8);
			break;
		case 1:
		case 2:
		case 3:
		case 4:
			p[at] = odd[next(seed) % sizeof(odd)];
			break;
		case 5:
		case 6:
			memmove(p + at, p + from,
			    MIN(len, n - MAX(at, from)));
			break;
		default:
			if (next(seed) % 4 == 0)
				n = at;
			break;
		}
	}
	return n;
}

static uint64_t
touch(const struct vec *v)
{
	uint64_t sum = v->n;

	for (uint32_t i = 0; i < v->n; i++) {
		if (vec_is_null(v, i))
			continue;
		if (v->type->rep == REP_STR) {
			struct str s = strview_str(vec_at(v, i));

			for (size_t j = 0; j < s.n; j++)
				sum += (uint8_t)s.p[j];
		} else {
			sum += *(const uint8_t *)vec_at(v, i);
		}
	}
	return sum;
}

struct reading {
	struct fmt_io io;
	struct fmt_file *file;
	struct csv_schema schema;
	uint64_t rows, sum;
	uint64_t seed;
};

static bool
read_range(struct reading *r, uint64_t offset, uint64_t size, int n,
    const int *columns, struct err *e)
{
	struct csv_scan scan = { .file = r->file, .schema = r->schema,
	    .offset = offset, .size = size, .n = n, .columns = columns,
	    .types = r->schema.types };
	struct wait *blocked = NULL;
	struct page_source *s;
	enum source_step step;
	uint32_t rows;

	if (csv_source_open(&r->io, &scan, &s, e) < 0)
		return false;
	while ((step = s->ops->next(s, &rows, &blocked, e)) ==
	    SOURCE_READY) {
		CHECK(rows > 0 && rows <= PAGE_ROWS);
		r->rows += rows;
		for (int i = 0; i < n && step == SOURCE_READY; i++) {
			uint16_t index[PAGE_ROWS];
			uint32_t some = 0, every = 1 + (uint32_t)
			    (next(&r->seed) % 3);
			struct vec *v = NULL;

			for (uint32_t k = 0; k < rows; k += every)
				index[some++] = (uint16_t)k;
			step = s->ops->load(s, i, every == 1 ? NULL : index,
			    some, &v, &blocked, e);
			if (step == SOURCE_READY) {
				CHECK(v->n == some);
				r->sum += touch(v);
			}
			vec_drop(&v);
		}
		if (step != SOURCE_READY)
			break;
	}
	page_source_close(&s);
	CHECK(step != SOURCE_BLOCKED && blocked == NULL);
	return step == SOURCE_DONE;
}

/* The whole, then in pieces, counting. */
static bool
read_rows(struct reading *r, size_t size, struct err *e)
{
	int n = r->schema.n;
	int *columns = xcalloc((size_t)n + 1, sizeof(*columns));
	uint64_t whole, piece = 1 + next(&r->seed) % (size + 1);
	bool good, counted;

	for (int i = 0; i < n; i++)
		columns[i] = i;
	good = read_range(r, 0, size, n, columns, e);
	r->rows = 0;
	counted = read_range(r, 0, size, 0, columns, e);
	whole = r->rows;
	CHECK(!good || counted);
	if (r->schema.codec == CSV_PLAIN && size / piece < 50) {
		bool parts = true;

		r->rows = 0;
		for (uint64_t at = 0; at < size && parts; at += piece)
			parts = read_range(r, at, piece, 0, columns, e);
		CHECK(parts == counted);
		CHECK(!parts || whole == r->rows);
	}
	free(columns);
	return good;
}

static bool
read_file(const char *name, const uint8_t *bytes, size_t n, uint64_t seed)
{
	static const struct csv_options none;
	struct memory_env env;
	struct reading r = { .io = { .env = &env.env }, .seed = seed };
	struct arena a = { 0 };
	struct err e = { 0 };
	bool good;

	memory_env_init(&env);
	env.bytes = bytes;
	env.n = n;
	if (fmt_file_open(&r.io, name, &r.file, &e) < 0)
		return false;
	good = csv_sniff(&r.io, r.file, &none, &a, &r.schema, &e) == 0 &&
	    read_rows(&r, n, &e);
	if (!good)
		CHECK(e.code != ERR_OK && e.text[0] != '\0');
	fmt_file_drop(&r.file);
	arena_release(&a);
	return good;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
run(struct corpus *c, uint64_t first, long count)
{
	double worst = 0;
	long rows = 0, errors = 0;
	uint64_t slowest = 0;

	for (long i = 0; i < count; i++) {
		uint64_t seed = (first + (uint64_t)i) *
		    UINT64_C(0x9e3779b97f4a7c15) | 1, state = seed;
		int which = (int)(next(&state) % (unsigned)c->n);
		size_t n = c->v[which].n;
		uint8_t *bytes = xmalloc(n + 1);
		double begin = seconds();

		memcpy(bytes, c->v[which].bytes, n);
		n = mutate(bytes, n, &state);
		if (getenv("FUZZ_SHOW") != NULL)
			fprintf(stderr, "# %llu %s\n",
			    (unsigned long long)first +
			    (unsigned long long)i, c->v[which].name);
		if (read_file(c->v[which].name, bytes, n, state))
			rows++;
		else
			errors++;
		free(bytes);
		if (seconds() - begin > worst) {
			worst = seconds() - begin;
			slowest = first + (uint64_t)i;
		}
	}
	diag("%ld read, %ld refused, the slowest (seed %llu) took %.3f s",
	    rows, errors, (unsigned long long)slowest, worst);
	ok(rows + errors == count, "%ld damaged files are answered", count);
	ok(worst < 10, "each within seconds");
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	struct corpus c = { 0 };
	uint64_t seed = 1;
	long count = 2000;
	int at = 1;

	if (argc > 2 && argv[1][0] >= '0' && argv[1][0] <= '9') {
		seed = strtoull(argv[1], NULL, 10);
		count = strtol(argv[2], NULL, 10);
		at = 3;
	}
	if (at == argc) {
		top = top == NULL ? "." : top;
		corpus_add_folder(&c, top, "t/golden/files/csv");
		corpus_add_folder(&c, top, "t/golden/files/csv_bad");
	}
	for (; at < argc; at++)
		corpus_add(&c, argv[at]);
	if (ok(c.n > 0, "there are files"))
		run(&c, seed, count);
	for (int i = 0; i < c.n; i++) {
		free(c.v[i].name);
		free(c.v[i].bytes);
	}
	free(c.v);
	return tap_done();
}
