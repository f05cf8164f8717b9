/* SPDX-License-Identifier: Apache-2.0
 * regexp.c - compiled patterns and searches: PCRE2 with its just-in-time
 * compiler. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "func/regexp.h"

enum { REGEXP_STACK = 32 << 20, REGEXP_STEPS = 500000000 };

bool
regexp_accepts(const char *pattern)
{
	PCRE2_SIZE at;
	int code;
	pcre2_code *c = pcre2_compile((PCRE2_SPTR)pattern,
	    PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &at, NULL);

	pcre2_code_free(c);
	return c != NULL;
}

static const char *
error_text(struct arena *a, int code)
{
	PCRE2_UCHAR text[160];

	if (code == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH ||
	    code == PCRE2_ERROR_LOOKBEHIND_TOO_LONG)
		return "invalid pattern in look-behind";
	pcre2_get_error_message(code, text, sizeof(text));
	return arena_printf(a, "%s", (const char *)text);
}

void
regexp_compile(struct regexp *r, struct str pattern)
{
	struct regexp_source s = { .p = pattern.p,
		.end = pattern.p + pattern.n, .r = r };
	pcre2_compile_context *context = NULL;
	PCRE2_SIZE at;
	int code;

	memset(r, 0, sizeof(*r));
	arena_init(&r->arena);
	if (!regexp_translate(&s)) {
		r->error = s.error;
		sbuf_release(&s.out);
		return;
	}
	context = pcre2_compile_context_create(NULL);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	r->code = pcre2_compile((PCRE2_SPTR)sbuf_z(&s.out), s.out.n,
	    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
	    &code, &at, context);
	if (r->code == NULL)
		r->error = error_text(&r->arena, code);
	else
		pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
	pcre2_compile_context_free(context);
	sbuf_release(&s.out);
}

void
regexp_release(struct regexp *r)
{
	pcre2_code_free(r->code);
	arena_release(&r->arena);
	memset(r, 0, sizeof(*r));
}

void
regexp_search_init(struct regexp_search *s, const struct regexp *r)
{
	s->r = r;
	s->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	s->context = pcre2_match_context_create(NULL);
	s->stack = NULL;
	s->at = pcre2_get_ovector_pointer(s->data);
	pcre2_set_match_limit(s->context, REGEXP_STEPS);
}

void
regexp_search_release(struct regexp_search *s)
{
	if (s->r == NULL)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	pcre2_jit_stack_free(s->stack);
	memset(s, 0, sizeof(*s));
}

int
regexp_search(struct regexp_search *s, struct str subject, size_t from)
{
	int rc;

	if (from > subject.n)
		return 0;
	rc = pcre2_match(s->r->code, (PCRE2_SPTR)subject.p, subject.n, from,
	    0, s->data, s->context);
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT && s->stack == NULL) {
		s->stack = pcre2_jit_stack_create(32768, REGEXP_STACK, NULL);
		pcre2_jit_stack_assign(s->context, NULL, s->stack);
		rc = pcre2_match(s->r->code, (PCRE2_SPTR)subject.p, subject.n,
		    from, 0, s->data, s->context);
	}
	return rc > 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

size_t
regexp_next(const struct regexp_search *s, struct str subject)
{
	size_t end = s->at[1];

	if (end > s->at[0])
		return end;
	if (end >= subject.n)
		return subject.n + 1;
	for (end++; end < subject.n &&
	    ((unsigned char)subject.p[end] & 0xc0) == 0x80; end++)
		;
	return end;
}
