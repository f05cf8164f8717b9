/* SPDX-License-Identifier: Apache-2.0
 * ast.c - compares, hashes, walks and copies trees by the tables of
 * fields.h.  Nothing here recurses: trees may be ten thousand nodes deep. */
#include "sql/ast.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "sql/fields.h"

/* Nodes still to do, in pairs for comparing and copying. */
struct stack {
	const void **v;
	size_t n, cap;
};

static void
push(struct stack *s, const void *p)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : s->cap * 2;
		s->v = xrealloc(s->v, s->cap * sizeof(*s->v));
	}
	s->v[s->n++] = p;
}

static inline const void *
at(const struct node *n, const struct field *f)
{
	return (const char *)n + f->offset;
}

static inline const struct field *
fields_of(const struct node *n)
{
	CHECK(n->kind > NODE_NONE && n->kind < NODE_KIND_COUNT);
	return node_layouts[n->kind].fields;
}

const char *
node_kind_name(enum node_kind kind)
{
	return kind > NODE_NONE && kind < NODE_KIND_COUNT
	    ? node_layouts[kind].name : "NONE";
}

int
node_children(const struct node *n,
    int (*each)(void *arg, struct node *child), void *arg)
{
	const struct field *f;
	int r, i;

	for (f = fields_of(n); f->type != FIELD_END; f++) {
		if (f->type == FIELD_NODE) {
			struct node *child = *(struct node *const *)at(n, f);

			if (child != NULL && (r = each(arg, child)) != 0)
				return r;
		} else if (f->type == FIELD_LIST) {
			const struct node_list *l = at(n, f);

			for (i = 0; i < l->n; i++)
				if ((r = each(arg, l->v[i])) != 0)
					return r;
		}
	}
	return 0;
}

static int
push_child(void *arg, struct node *child)
{
	push(arg, child);
	return 0;
}

/* What was pushed since `from`, the other way round. */
static void
reverse(struct stack *s, size_t from)
{
	size_t to = s->n;

	while (from + 1 < to) {
		const void *p = s->v[from];

		s->v[from++] = s->v[--to];
		s->v[to] = p;
	}
}

int
node_walk(struct node *n, int (*each)(void *arg, struct node *n), void *arg)
{
	struct stack todo = { NULL, 0, 0 };
	int r = 0;

	if (n != NULL)
		push(&todo, n);
	while (todo.n > 0) {
		struct node *next = (struct node *)todo.v[--todo.n];
		size_t from = todo.n;

		r = each(arg, next);
		if (r < 0)
			break;
		if (r == 0) {
			node_children(next, push_child, &todo);
			reverse(&todo, from);
		}
	}
	free(todo.v);
	return r < 0 ? r : 0;
}

static bool
same_ident(const struct ident_node *a, const struct ident_node *b)
{
	return a->quoted && b->quoted ? str_eq(a->value, b->value)
	    : str_eq(a->lower, b->lower);
}

/* Compares one field; children go on the stack in pairs. */
static bool
same_field(struct stack *todo, const struct field *f, const struct node *a,
    const struct node *b)
{
	const struct node_list *la = at(a, f), *lb = at(b, f);
	int i;

	switch (f->type) {
	case FIELD_NODE:
		push(todo, *(const void *const *)at(a, f));
		push(todo, *(const void *const *)at(b, f));
		return true;
	case FIELD_LIST:
		if (la->n != lb->n)
			return false;
		for (i = 0; i < la->n; i++) {
			push(todo, la->v[i]);
			push(todo, lb->v[i]);
		}
		return true;
	case FIELD_STR:
		return str_eq(*(const struct str *)at(a, f),
		    *(const struct str *)at(b, f));
	case FIELD_INT:
		return *(const int *)at(a, f) == *(const int *)at(b, f);
	case FIELD_BOOL:
		return *(const bool *)at(a, f) == *(const bool *)at(b, f);
	case FIELD_CHAR:
		return *(const char *)at(a, f) == *(const char *)at(b, f);
	case FIELD_INT64:
	case FIELD_DOUBLE:
		return memcmp(at(a, f), at(b, f), 8) == 0;
	case FIELD_QUALIFIER:
		return memcmp(at(a, f), at(b, f),
		    sizeof(struct interval_qualifier)) == 0;
	default:
		return true;
	}
}

static bool
same_node(struct stack *todo, const struct node *a, const struct node *b)
{
	const struct field *f;

	if (a == b)
		return true;
	if (a == NULL || b == NULL || a->kind != b->kind)
		return false;
	if (a->kind == NODE_IDENT)
		return same_ident((const struct ident_node *)a,
		    (const struct ident_node *)b);
	for (f = fields_of(a); f->type != FIELD_END; f++)
		if (!same_field(todo, f, a, b))
			return false;
	return true;
}

bool
node_equal(const struct node *a, const struct node *b)
{
	struct stack todo = { NULL, 0, 0 };
	bool same = same_node(&todo, a, b);

	while (same && todo.n > 0) {
		b = todo.v[--todo.n];
		a = todo.v[--todo.n];
		same = same_node(&todo, a, b);
	}
	free(todo.v);
	return same;
}

bool
node_list_equal(const struct node_list *a, const struct node_list *b)
{
	int i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!node_equal(a->v[i], b->v[i]))
			return false;
	return true;
}

static uint64_t
hash_str(struct str s)
{
	return hash_bytes(s.p, s.n);
}

/* The hash of one field; children go on the stack. */
static uint64_t
hash_field(struct stack *todo, const struct field *f, const struct node *n)
{
	const struct node_list *l = at(n, f);
	uint64_t word = 0;
	int i;

	switch (f->type) {
	case FIELD_NODE:
		push(todo, *(const void *const *)at(n, f));
		return 1;
	case FIELD_LIST:
		for (i = 0; i < l->n; i++)
			push(todo, l->v[i]);
		return (uint64_t)l->n;
	case FIELD_STR:
		return hash_str(*(const struct str *)at(n, f));
	case FIELD_INT:
		return (uint64_t)*(const int *)at(n, f);
	case FIELD_BOOL:
		return *(const bool *)at(n, f);
	case FIELD_CHAR:
		return (uint64_t)*(const char *)at(n, f);
	case FIELD_INT64:
	case FIELD_DOUBLE:
		memcpy(&word, at(n, f), 8);
		return word;
	case FIELD_QUALIFIER:
		return hash_bytes(at(n, f),
		    sizeof(struct interval_qualifier));
	default:
		return 0;
	}
}

uint64_t
node_hash(const struct node *n)
{
	struct stack todo = { NULL, 0, 0 };
	const struct field *f;
	uint64_t h = 0;

	push(&todo, n);
	while (todo.n > 0) {
		n = todo.v[--todo.n];
		if (n == NULL) {
			h = hash_combine(h, HASH_NULL);
			continue;
		}
		h = hash_combine(h, (uint64_t)n->kind);
		if (n->kind == NODE_IDENT) {
			h = hash_combine(h, hash_str(
			    ((const struct ident_node *)n)->lower));
			continue;
		}
		for (f = fields_of(n); f->type != FIELD_END; f++)
			h = hash_combine(h, hash_field(&todo, f, n));
	}
	free(todo.v);
	return h;
}

/* A copy of one node whose children are still the old ones; where they
 * stand goes on the stack. */
static struct node *
copy_one(struct arena *a, struct stack *todo, const struct node *n)
{
	struct node *out = arena_dup(a, n, node_layouts[n->kind].size);
	const struct field *f;
	int i;

	for (f = fields_of(n); f->type != FIELD_END; f++) {
		void *place = (char *)out + f->offset;
		struct node_list *l = place;
		struct str *s = place;

		if (f->type == FIELD_NODE) {
			push(todo, place);
		} else if (f->type == FIELD_LIST && l->n > 0) {
			l->cap = l->n;
			l->v = arena_dup(a, l->v,
			    sizeof(*l->v) * (size_t)l->n);
			for (i = 0; i < l->n; i++)
				push(todo, &l->v[i]);
		} else if (f->type == FIELD_STR
		    || f->type == FIELD_SPELLING) {
			*s = arena_str(a, *s);
		}
	}
	return out;
}

struct node *
node_copy(struct arena *a, const struct node *n)
{
	struct stack todo = { NULL, 0, 0 };
	struct node *out;

	if (n == NULL)
		return NULL;
	out = copy_one(a, &todo, n);
	while (todo.n > 0) {
		struct node **place = (struct node **)todo.v[--todo.n];

		if (*place != NULL)
			*place = copy_one(a, &todo, *place);
	}
	free(todo.v);
	return out;
}
