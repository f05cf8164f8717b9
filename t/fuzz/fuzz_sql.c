/* SPDX-License-Identifier: Apache-2.0
 * fuzz_sql.c - parses mutated statements; what still parses must read back.
 *
 *   fuzz_sql [MUTATIONS [SEED [FILE]]]
 *
 * Without arguments a short run.  FILE holds statements with NULs between;
 * else the tests' own corpus is mutated. */
#include <stdio.h>
#include <stdlib.h>

#include "corpus.h"
#include "sql/parse.h"
#include "sql/token.h"
#include "tap.h"

enum { TEXT_MAX = 6000, CASES_MAX = 20000 };

struct fuzz {
	uint64_t state;
	struct str cases[CASES_MAX];
	int n;
	char text[TEXT_MAX];
	size_t len;
};

static uint32_t
draw(struct fuzz *f, uint32_t below)
{
	f->state = f->state * UINT64_C(6364136223846793005)
	    + UINT64_C(1442695040888963407);
	return below == 0 ? 0 : (uint32_t)(f->state >> 33) % below;
}

/* Puts s in the place of `cut` bytes at `at`. */
static void
splice(struct fuzz *f, size_t at, size_t cut, struct str s)
{
	if (at > f->len)
		at = f->len;
	if (cut > f->len - at)
		cut = f->len - at;
	if (f->len - cut + s.n > TEXT_MAX)
		return;
	memmove(f->text + at + s.n, f->text + at + cut, f->len - at - cut);
	memcpy(f->text + at, s.p, s.n);
	f->len = f->len - cut + s.n;
}

/* A token's place in the text, by trying to start at a random byte. */
static struct str
random_token(struct fuzz *f, struct str in)
{
	size_t at = draw(f, (uint32_t)in.n);
	enum token_kind kind;
	struct str rest = { in.p + at, in.n - at };

	if (rest.n == 0)
		return STR("");
	return (struct str){ rest.p, token_scan(rest, &kind) };
}

static void
mutate(struct fuzz *f)
{
	static const char bytes[] = "'\"`;()[]{}.,*+-/%<>=!|?:@$#\\&^~ \n0eE"
	    "\x00\x7f\x80\xc3\xff_xXuU";
	struct str other = f->cases[draw(f, (uint32_t)f->n)];
	struct str here = { f->text, f->len }, t = random_token(f, here);
	size_t at = (size_t)(t.p - f->text);
	char byte = bytes[draw(f, sizeof(bytes) - 1)];
	char copy[200];

	if (f->len == 0) {
		splice(f, 0, 0, other);
		return;
	}
	switch (draw(f, 8)) {
	case 0:
		splice(f, at, t.n, STR(""));
		break;
	case 1:
		splice(f, at, t.n, random_token(f, other));
		break;
	case 2:
		splice(f, at, 0, random_token(f, other));
		break;
	case 3:
		splice(f, at, 1, (struct str){ &byte, 1 });
		break;
	case 4:
		splice(f, at, 0, (struct str){ &byte, 1 });
		break;
	case 5:
		f->len = at;
		break;
	case 6:                         /* the same token once more */
		if (t.n < sizeof(copy)) {
			memcpy(copy, t.p, t.n);
			splice(f, at, 0, (struct str){ copy, t.n });
		}
		break;
	default:                        /* a key word */
		splice(f, at, t.n, str_of(token_kind_text((enum token_kind)
		    (TK_KEYWORDS + (int)draw(f, TK_COUNT - TK_KEYWORDS)))));
	}
}

static void
load_corpus(struct fuzz *f)
{
	struct str rest = str_of(corpus);
	bool more;

	do
		more = sql_split(&rest, &f->cases[f->n++]);
	while (more && f->n < CASES_MAX);
}

/* The whole file stays in memory: the cases point into it. */
static char *
load_file(struct fuzz *f, const char *path)
{
	FILE *in = fopen(path, "r");
	struct sbuf b = { 0 };
	size_t at = 0, n;

	if (in == NULL) {
		perror(path);
		exit(1);
	}
	while ((n = fread(sbuf_reserve(&b, 65536), 1, 65536, in)) > 0)
		b.n += n;
	fclose(in);
	sbuf_z(&b);
	while (at < b.n && f->n < CASES_MAX) {
		f->cases[f->n] = str_of(b.p + at);
		at += f->cases[f->n++].n + 1;
	}
	return b.p;
}

int
main(int argc, char **argv)
{
	long times = argc > 1 ? atol(argv[1]) : 5000, i;
	struct fuzz *f = calloc(1, sizeof(*f));
	int statements = 0, wrong = 0;
	char *file = NULL;

	f->state = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	if (argc > 3)
		file = load_file(f, argv[3]);
	else
		load_corpus(f);
	for (i = 0; i < times; i++) {
		int changes = 1 + (int)draw(f, 4);
		bool parsed;

		f->len = 0;
		splice(f, 0, 0, f->cases[draw(f, (uint32_t)f->n)]);
		while (changes-- > 0)
			mutate(f);
		if (!round_trip((struct str){ f->text, f->len }, &parsed))
			wrong++;
		statements += parsed;
	}
	diag("%ld mutations, %d are statements", times, statements);
	is_int(wrong, 0, "each is refused or reads back");
	free(file);
	free(f);
	return tap_done();
}
