/* SPDX-License-Identifier: Apache-2.0
 * regexp.h - regular expressions with JONI's syntax (Java's flavour) on
 * PCRE2: a pattern is rewritten, then compiled.  Private to func/. */
#ifndef FUNC_REGEXP_H
#define FUNC_REGEXP_H

#include "base/arena.h"
#include "base/str.h"

struct regexp_name {
	struct str name;
	int group;
};

struct regexp {
	void *code;             /* pcre2_code; NULL: see error */
	int n_groups, n_names;
	struct regexp_name *names;
	const char *error;      /* JONI's words */
	struct arena arena;     /* names, error */
};

/* r->code or r->error; release in both cases. */
void regexp_compile(struct regexp *r, struct str pattern);
void regexp_release(struct regexp *r);

/* A search through subjects; one thread. */
struct regexp_search {
	void *data, *context, *stack;
	const struct regexp *r;
	const size_t *at;       /* after a match: 2 offsets a group */
};
void regexp_search_init(struct regexp_search *s, const struct regexp *r);
void regexp_search_release(struct regexp_search *s);
/* 1: found at or behind `from`; 0: not; negative: given up. */
int regexp_search(struct regexp_search *s, struct str subject, size_t from);
/* Where the search after this match goes on; subject.n + 1: nowhere. */
size_t regexp_next(const struct regexp_search *s, struct str subject);
/* Group g of the match; false: it took no part. */
static inline bool
regexp_group(const struct regexp_search *s, struct str subject, int g,
    struct str *out)
{
	size_t from = s->at[2 * g], to = s->at[2 * g + 1];

	if (from == SIZE_MAX)
		return false;
	*out = (struct str){ subject.p + from, to - from };
	return true;
}

/* The rewriting; used by regexp_compile. */
struct regexp_source {
	const char *p, *end;
	struct sbuf out;
	struct regexp *r;
	int max_reference;
	bool ignore_case, extended;
	const char *error;
};
bool regexp_translate(struct regexp_source *s);
/* After '[': appends a class. */
bool regexp_class(struct regexp_source *s, int depth);
/* After \p or \P: appends the property as a class. */
bool regexp_property(struct regexp_source *s, bool negated);
/* What \d, \w, \s mean (ASCII only), as items of a class. */
const char *regexp_shorthand(char c);
/* After '\', for \x41 \u0041 \101 \t and plain characters: the code point. */
int32_t regexp_escaped(struct regexp_source *s);
/* Appends a literal; in_class: within []. */
void regexp_literal(struct sbuf *out, int32_t c, bool in_class);
/* Does PCRE2 take it? */
bool regexp_accepts(const char *pattern);
bool regexp_fail(struct regexp_source *s, const char *error);

#endif
