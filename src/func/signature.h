/* SPDX-License-Identifier: Apache-2.0
 * signature.h - signatures of functions: text to tree, and binding their
 * variables to actual types.  Private to func/. */
#ifndef FUNC_SIGNATURE_H
#define FUNC_SIGNATURE_H

#include "type/coerce.h"
#include "type/type.h"

enum sig_kind {
	SIG_TYPE,               /* a type; parameters may be variables */
	SIG_VAR,                /* a type variable */
	SIG_TEXT,               /* joniregexp, jsonpath, codepoints: a text
				 * that any varchar or char becomes */
	SIG_FUNCTION,           /* of a lambda: arguments, result */
	SIG_ANY,                /* anything, as it is */
};

enum { SIG_MAX_VARS = 8, SIG_MAX_NUMS = 8, SIG_MAX_CHILD = 16 };

/* A number in a type: a variable (index >= 0) or a value. */
struct sig_num {
	int var;
	int64_t value;
};

struct sig_type {
	enum sig_kind kind;
	enum type_id id;
	int var;                /* SIG_VAR */
	struct str text;        /* SIG_TEXT: its name */
	int n_num, n_child;
	struct sig_num num[2];
	struct sig_type *child[SIG_MAX_CHILD];
};

struct sig_var {
	struct str name;
	bool comparable, orderable;
};

struct signature {
	struct str name;
	int n;                  /* parameters */
	bool variadic;          /* the last repeats */
	struct sig_type *param[SIG_MAX_CHILD];
	struct sig_type *result;
	int n_vars, n_nums;
	struct sig_var var[SIG_MAX_VARS];
	struct str num[SIG_MAX_NUMS];
};

struct sig_binding {
	const struct type *var[SIG_MAX_VARS];
	int64_t num[SIG_MAX_NUMS];
	bool num_set[SIG_MAX_NUMS];
};

/* The name before the first '('. */
struct str signature_name(const char *text);
/* Parses our own tables: a broken text is a bug (CHECK). */
struct signature *signature_parse(struct arena *a, const char *text);
/* One type text in the variables of s ("array(T)"). */
struct sig_type *signature_parse_type(struct arena *a, struct signature *s,
    const char *text);
/* "abs(decimal(p,s))", "contains(array(T), T) T:comparable". */
void signature_print(struct sbuf *to, const struct signature *s);
/* A type as signatures show it: map(K,V) without blanks. */
void signature_print_type(struct sbuf *to, const struct type *t);

/* The formal parameter of argument i. */
static inline const struct sig_type *
signature_param(const struct signature *s, int i)
{
	return s->param[i < s->n ? i : s->n - 1];
}

enum sig_match { SIG_EXACT, SIG_COERCE };

/* Finds values for the variables such that the actual types are (SIG_EXACT)
 * or become (SIG_COERCE) the parameters.  actual[i] NULL: a lambda whose type
 * is not known yet. */
bool signature_bind(struct arena *a, const struct signature *s,
    const struct type *const *actual, int n, enum sig_match how,
    struct sig_binding *out);
/* The type that a formal one is under a binding; NULL when variables are
 * unbound or the values make no type. */
const struct type *signature_type(struct arena *a, const struct sig_type *f,
    const struct sig_binding *b);

#endif
