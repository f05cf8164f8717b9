/* SPDX-License-Identifier: Apache-2.0
 * csv.c - what is found out about CSV texts, their rows, their errors; and
 * that a file cut into ranges gives the same rows as the whole. */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/check.h"
#include "fmt/csv.h"
#include "memory_env.h"
#include "tap.h"
#include "type/value.h"

/* Jobs that run only when somebody waits. */
struct late_runner {
	struct job_runner base;
	struct { void (*run)(void *arg); void *arg; } v[64];
	int n;
};

static void
late_submit(struct job_runner *base, void (*run)(void *arg), void *arg)
{
	struct late_runner *r = (struct late_runner *)base;

	CHECK(r->n < 64);
	r->v[r->n].run = run;
	r->v[r->n++].arg = arg;
}

/* Runs the jobs; answers whether the wait is over. */
static bool
late_run(struct late_runner *r, struct wait **blocked)
{
	bool done;

	for (int i = 0; i < r->n; i++)
		r->v[i].run(r->v[i].arg);
	r->n = 0;
	done = *blocked != NULL && wait_done(*blocked);
	wait_drop(blocked);
	return done;
}

struct reading {
	struct late_runner late;
	struct memory_env env;
	struct fmt_io io;
	struct fmt_file *file;
	struct arena arena;
	struct csv_options options;
	struct csv_schema schema;
	struct err e;
};

static int
start(struct reading *r, const char *path, const void *p, size_t n)
{
	memory_env_init(&r->env);
	r->env.bytes = p;
	r->env.n = n;
	r->late.base.submit = late_submit;
	r->io = (struct fmt_io){ .env = &r->env.env,
	    .jobs = &r->late.base };
	CHECK(fmt_file_open(&r->io, path, &r->file, &r->e) == 0);
	return csv_sniff(&r->io, r->file, &r->options, &r->arena, &r->schema,
	    &r->e);
}

static void
finish(struct reading *r)
{
	fmt_file_drop(&r->file);
	arena_release(&r->arena);
	free(r);
}

static void
print_batch(struct sbuf *to, struct vec **v, int n, uint32_t rows)
{
	for (uint32_t r = 0; r < rows; r++) {
		for (int i = 0; i < n; i++) {
			if (i > 0)
				sbuf_addc(to, '|');
			if (vec_is_null(v[i], r))
				sbuf_addz(to, "-");
			else
				value_print(to, v[i]->type, vec_at(v[i], r));
		}
		sbuf_addc(to, '\n');
	}
}

/* Appends the rows of a range; false: an error.  step > 1: only every
 * step-th row of a batch is asked for. */
static bool
read_range(struct reading *r, uint64_t offset, uint64_t size,
    const struct type *const *types, uint32_t every, struct sbuf *to)
{
	int n = r->schema.n;
	int *columns = xcalloc((size_t)n, sizeof(*columns));
	struct vec **v = xcalloc((size_t)n, sizeof(struct vec *));
	struct csv_scan scan = { .file = r->file, .schema = r->schema,
	    .offset = offset, .size = size, .n = n, .columns = columns,
	    .types = types == NULL ? r->schema.types : types };
	struct wait *blocked = NULL;
	struct page_source *s;
	enum source_step step;
	uint32_t rows;

	for (int i = 0; i < n; i++)
		columns[i] = i;
	CHECK(csv_source_open(&r->io, &scan, &s, &r->e) == 0);
	for (;;) {
		uint16_t index[PAGE_ROWS];
		uint32_t some = 0;

		while ((step = s->ops->next(s, &rows, &blocked, &r->e)) ==
		    SOURCE_BLOCKED)
			CHECK(late_run(&r->late, &blocked));
		if (step != SOURCE_READY)
			break;

		for (uint32_t k = 0; k < rows; k += every)
			index[some++] = (uint16_t)k;
		for (int i = 0; i < n && step == SOURCE_READY; i++)
			while ((step = s->ops->load(s, i, every == 1 ? NULL
			    : index, some, &v[i], &blocked, &r->e)) ==
			    SOURCE_BLOCKED)
				CHECK(late_run(&r->late, &blocked));
		if (step == SOURCE_READY)
			print_batch(to, v, n, some);
		for (int i = 0; i < n; i++)
			vec_drop(&v[i]);
		if (step != SOURCE_READY)
			break;
	}
	page_source_close(&s);
	late_run(&r->late, &blocked);
	free(v);
	free(columns);
	return step == SOURCE_DONE;
}

/* "a bigint, b varchar" and the rows, or the error's text. */
static char *
read_all(const char *path, const void *p, size_t n)
{
	struct reading *r = xcalloc(1, sizeof(*r));
	struct sbuf out = { 0 };
	bool good = start(r, path, p, n) == 0;

	for (int i = 0; i < r->schema.n && good; i++) {
		sbuf_addf(&out, "%s%s ", i > 0 ? ", " : "",
		    r->schema.names[i]);
		type_print(&out, r->schema.types[i]);
	}
	sbuf_addc(&out, '\n');
	if (good)
		good = read_range(r, 0, n, NULL, 1, &out);
	if (!good) {
		sbuf_clear(&out);
		sbuf_addz(&out, r->e.text);
	}
	finish(r);
	return sbuf_take(&out);
}

static const struct {
	const char *name, *text, *want;
} cases[] = {
	{ "types", "i,d,b,t,v,day,ts\n1,2.5,true,01:02:03,x,2020-02-29,"
	    "2020-01-01 00:00:01\n-2,1e3,FALSE,23:59:59.5,y,1969-12-31,"
	    "2020-01-01T10:00:00.123456\n",
	    "i bigint, d double, b boolean, t time(6), v varchar, day date, "
	    "ts timestamp(6)\n"
	    "1|2.5E0|true|01:02:03.000000|x|2020-02-29|"
	    "2020-01-01 00:00:01.000000\n"
	    "-2|1.0E3|false|23:59:59.500000|y|1969-12-31|"
	    "2020-01-01 10:00:00.123456\n" },
	{ "NULLs", "a,b\n1,\n,\"\"\n", "a bigint, b varchar\n1|-\n-|-\n" },
	{ "codes stay text", "a,b\n007,+49\n1,5\n",
	    "a varchar, b varchar\n007|+49\n1|5\n" },
	{ "quotes", "a,b\n1,\"x,\"\"y\"\"\nz\"\n2,a \"quote\" within\n",
	    "a bigint, b varchar\n1|x,\"y\"\nz\n2|a \"quote\" within\n" },
	{ "quoted numbers", "a\n\"1\"\n\"-2\"\n", "a bigint\n1\n-2\n" },
	{ "CRLF", "a,b\r\n1,x\r\n2,\"y\"\r\n",
	    "a bigint, b varchar\n1|x\n2|y\n" },
	{ "CR, no end", "a,b\r1,x\r2,y", "a bigint, b varchar\n1|x\n2|y\n" },
	{ "a mark before a quoted header", "\xef\xbb\xbf\"a,b\",c\n1,2\n",
	    "a,b bigint, c bigint\n1|2\n" },
	{ "blank lines", "\n\na,b\n\n1,2\n\n", "a bigint, b bigint\n1|2\n" },
	{ "one column: blank lines are NULL", "a\n1\n\n3\n",
	    "a bigint\n1\n-\n3\n" },
	{ "no header", "1,a\n2,b\n",
	    "column0 bigint, column1 varchar\n1|a\n2|b\n" },
	{ "header alone", "a,b\n", "a varchar, b varchar\n" },
	{ "semicolons", "a;b\n1,5;x\n2,5;y\n",
	    "a varchar, b varchar\n1,5|x\n2,5|y\n" },
	{ "tabs", "a\tb\n1\tx\n", "a bigint, b varchar\n1|x\n" },
	{ "names", "x,X,,x\n1,2,3,4\n", "x bigint, X_1 bigint, "
	    "column2 bigint, x_2 bigint\n1|2|3|4\n" },
	{ "words of doubles", "a,b\n1.5,nan\nNaN,inf\n-inf,nan\n",
	    "a double, b varchar\n1.5E0|nan\nNaN|inf\n-Infinity|nan\n" },
	{ "extremes", "a,b\n9223372036854775807,1.7976931348623157e308\n"
	    "-9223372036854775808,123456789012345678901\n",
	    "a bigint, b double\n9223372036854775807|1.7976931348623157E308\n"
	    "-9223372036854775808|1.2345678901234568E20\n" },
	{ "ragged", "a,b\n1,2\n3\n", "csv file t.csv: line 3: a record has "
	    "1 fields, 2 are expected" },
	{ "ragged behind a quoted line end", "a,b\n\"1\n\",2\n3,4,5\n",
	    "csv file t.csv: line 4: a record has 3 fields, 2 are "
	    "expected" },
	{ "not closed", "a,b\n1,\"x\n2,3\n",
	    "csv file t.csv: line 2: a quoted field is not closed" },
	{ "text behind a quote", "a,b\n1,\"x\"y\n", "csv file t.csv: line 2: "
	    "text follows the quote that closes a field" },
	{ "empty", "", "csv file t.csv: the file is empty: no columns "
	    "can be found out" },
	{ "UTF-8", "a\nx\n\xff\n",
	    "csv file t.csv: line 3: the text is not UTF-8" },
	{ "UTF-16", "\xff\xfe" "a,",
	    "csv file t.csv: the file is UTF-16: not supported" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *got = read_all("t.csv", cases[i].text,
		    strlen(cases[i].text));

		is_str(got, cases[i].want, cases[i].name);
		free(got);
	}
}

static void
test_late(void)
{
	struct sbuf b = { 0 };
	char *got;

	sbuf_addz(&b, "k,v\n");
	for (int i = 0; i < 25000; i++)
		sbuf_addf(&b, "%d,%d\n", i, i);
	sbuf_addz(&b, "x,oops\n");
	got = read_all("t.csv", b.p, b.n);
	is_str(got, "csv file t.csv: line 25002: column k: 'x' is no bigint",
	    "a value of another type behind the sample names its line");
	free(got);
	sbuf_release(&b);
}

/* --- ranges -------------------------------------------------------------- */

static uint64_t
next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

/* A file of n records; style bits: quotes, line ends in them, CRLF, lines
 * that look like records within quotes, quotes in bare text. */
static void
make_file(struct sbuf *to, uint64_t *seed, int n, unsigned style)
{
	const char *end = style & 4 ? "\r\n" : "\n";

	sbuf_addf(to, "id,text,n%s", end);
	for (int i = 0; i < n; i++) {
		uint64_t r = next(seed);

		sbuf_addf(to, "%d,", i);
		if ((style & 1) && r % 3 == 0)
			sbuf_addf(to, "\"a, \"\"%d\"\" b\"", i);
		else if ((style & 2) && r % 3 == 1)
			sbuf_addf(to, "\"line%s%d\nline\"", end, i);
		else if ((style & 8) && r % 5 == 2)
			sbuf_addf(to, "\"x\n%d,fake,1\n%d,fake,2\n\"", i, i);
		else if ((style & 16) && r % 7 == 3)
			sbuf_addf(to, "5\" by 6\" %d", i);
		else
			sbuf_addf(to, "bare %d", (int)(r % 1000));
		sbuf_addf(to, ",%d%s", (int)(r % 77), end);
	}
}

static void
test_ranges(void)
{
	static const size_t pieces[] = { 70001, 131072, 250007, 1000003 };
	uint64_t seed = 77;
	int wrong = 0, runs = 0;

	for (unsigned style = 0; style < 32; style++) {
		struct sbuf text = { 0 }, whole = { 0 };
		struct reading *r = xcalloc(1, sizeof(*r));

		make_file(&text, &seed, 20000, style);
		CHECK(start(r, "t.csv", text.p, text.n) == 0);
		CHECK(read_range(r, 0, text.n, NULL, 1, &whole));
		for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
			struct sbuf parts = { 0 };
			bool good = true;

			for (size_t at = 0; at < text.n && good;
			    at += pieces[i])
				good = read_range(r, at, pieces[i], NULL, 1,
				    &parts);
			good = good && str_eq(sbuf_str(&whole),
			    sbuf_str(&parts));
			runs++;
			wrong += !good;
			if (!good)
				diag("style %u, pieces of %zu", style,
				    pieces[i]);
			sbuf_release(&parts);
		}
		sbuf_release(&whole);
		sbuf_release(&text);
		finish(r);
	}
	is_int(wrong, 0, "ranges give the rows of the whole file");
	diag("%d files in pieces", runs);
}

/* Every cut of a small file. */
static void
test_small_ranges(void)
{
	static const char text[] = "\xef\xbb\xbfid,s\r\n1,\"a\r\nb\"\r\n\r\n"
	    "2,\"\"\"x\"\r\n3,c";
	size_t n = sizeof(text) - 1;
	struct reading *r = xcalloc(1, sizeof(*r));
	struct sbuf whole = { 0 };
	int wrong = 0;

	CHECK(start(r, "t.csv", text, n) == 0);
	CHECK(read_range(r, 0, n, NULL, 1, &whole));
	for (size_t cut = 1; cut < n; cut++) {
		struct sbuf parts = { 0 };

		for (size_t at = 0; at < n; at += cut)
			if (!read_range(r, at, cut, NULL, 1, &parts))
				wrong++;
		wrong += !str_eq(sbuf_str(&whole), sbuf_str(&parts));
		sbuf_release(&parts);
	}
	is_str(sbuf_z(&whole), "1|a\r\nb\n2|\"x\n3|c\n", "the small file");
	is_int(wrong, 0, "at every cut");
	sbuf_release(&whole);
	finish(r);
}

static void
test_wider(void)
{
	static const char text[] = "a,b,c\n1,2020-01-01,3\n2,2020-01-02,4\n"
	    "3,,5\n";
	struct reading *r = xcalloc(1, sizeof(*r));
	struct sbuf out = { 0 };
	const struct type *types[3];

	CHECK(start(r, "t.csv", text, sizeof(text) - 1) == 0);
	types[0] = TYPE(DOUBLE);
	types[1] = type_time(&r->arena, TYPE_TIMESTAMP, 6);
	types[2] = type_decimal(&r->arena, 10, 2);
	ok(read_range(r, 0, sizeof(text) - 1, types, 2, &out),
	    "wider types, some rows");
	is_str(sbuf_z(&out), "1.0E0|2020-01-01 00:00:00.000000|3.00\n"
	    "3.0E0|-|5.00\n", "their values");
	sbuf_release(&out);
	finish(r);
}

/* --- compressed ---------------------------------------------------------- */

static size_t
pack_gzip(const struct sbuf *text, size_t from, size_t n, uint8_t *to,
    size_t size)
{
	z_stream z = { 0 };

	CHECK(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0) == Z_OK);
	z.next_in = (uint8_t *)text->p + from;
	z.avail_in = (uInt)n;
	z.next_out = to;
	z.avail_out = (uInt)size;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static void
test_packed(void)
{
	struct sbuf text = { 0 };
	uint64_t seed = 5;
	size_t size, n, half;
	uint8_t *packed;
	char *plain, *got;

	make_file(&text, &seed, 60000, 3);
	plain = read_all("t.csv", text.p, text.n);
	size = text.n + 4096;
	packed = xmalloc(size);
	half = text.n / 2;
	n = pack_gzip(&text, 0, half, packed, size);
	n += pack_gzip(&text, half, text.n - half, packed + n, size - n);
	got = read_all("t.csv.gz", packed, n);
	ok(strcmp(plain, got) == 0, "two gzip members");
	free(got);
	got = read_all("t.csv.gz", packed, n - 5);
	is_str(got, "csv file t.csv.gz: the gzip data ends early", "cut");
	free(got);
	packed[n - 6] ^= 1;
	got = read_all("t.csv.gz", packed, n);
	is_str(got, "csv file t.csv.gz: the checksum of the gzip data is "
	    "wrong", "a wrong checksum");
	free(got);
	n = ZSTD_compress(packed, size, text.p, text.n, 3);
	got = read_all("t.csv.zst", packed, n);
	ok(strcmp(plain, got) == 0, "zstd");
	free(got);
	got = read_all("t.csv.zst", packed, n / 2);
	is_str(got, "csv file t.csv.zst: the zstd data ends early", "cut");
	free(got);
	free(plain);
	free(packed);
	sbuf_release(&text);
}

/* As many columns as there can be, all of one name; one more is refused. */
static void
test_many_columns(void)
{
	struct sbuf b = { 0 };
	struct reading *r = xcalloc(1, sizeof(*r));
	char *got;

	for (int i = 0; i < 65536; i++)
		sbuf_addz(&b, i == 0 ? "x" : ",x");
	sbuf_addc(&b, '\n');
	ok(start(r, "t.csv", b.p, b.n) == 0 && r->schema.n == 65536 &&
	    strcmp(r->schema.names[65535], "x_65535") == 0,
	    "many columns of one name");
	finish(r);
	b.p[b.n - 1] = ',';
	got = read_all("t.csv", b.p, b.n);
	is_str(got, "csv file t.csv: line 1: 65537 columns, at most 65536 "
	    "can be read", "too many columns");
	free(got);
	sbuf_release(&b);
}

int
main(void)
{
	test_many_columns();
	test_cases();
	test_late();
	test_small_ranges();
	test_ranges();
	test_wider();
	test_packed();
	return tap_done();
}
