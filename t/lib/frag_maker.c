/* SPDX-License-Identifier: Apache-2.0
 * frag_maker.c - fragments by hand. */
#include <stdarg.h>

#include "task_run.h"

void
frag_maker_init(struct frag_maker *m)
{
	arena_init(&m->arena);
	expr_pool_init(&m->pool, &m->arena);
	m->next_id = 0;
}

void
frag_maker_release(struct frag_maker *m)
{
	expr_pool_release(&m->pool);
	arena_release(&m->arena);
}

struct frag_node *
make_node(struct frag_maker *m, enum frag_kind kind, int n,
    const struct type *const *types)
{
	struct frag_node *f = arena_new(&m->arena, struct frag_node);

	f->kind = kind;
	f->id = m->next_id++;
	f->n = n;
	f->types = arena_dup(&m->arena, types,
	    sizeof(*types) * (size_t)n);
	f->rows = f->bytes = -1;
	f->scan_limit = -1;
	return f;
}

void
add_child(struct frag_maker *m, struct frag_node *n, struct frag_node *child)
{
	struct frag_node **v = arena_array(&m->arena, struct frag_node *,
	    n->n_child + 1);

	for (int i = 0; i < n->n_child; i++)
		v[i] = n->child[i];
	v[n->n_child++] = child;
	n->child = v;
}

struct frag_node *
make_through(struct frag_maker *m, enum frag_kind kind,
    struct frag_node *child)
{
	struct frag_node *n = make_node(m, kind, child->n, child->types);

	add_child(m, n, child);
	return n;
}

struct fragment *
make_fragment(struct frag_maker *m, struct frag_node *root)
{
	struct fragment *f = arena_new(&m->arena, struct fragment);

	f->root = root;
	return f;
}

int *
make_ints(struct frag_maker *m, int n, ...)
{
	int *v = arena_array(&m->arena, int, n + 1);
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < n; i++)
		v[i] = va_arg(ap, int);
	va_end(ap);
	return v;
}
