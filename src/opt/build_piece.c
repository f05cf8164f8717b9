/* SPDX-License-Identifier: Apache-2.0
 * build_piece.c - pieces: nodes on top, channels, exchanges. */
#include "base/check.h"
#include "opt/build.h"

struct frag_node *
build_frag(struct build *b, enum frag_kind kind, int n_child)
{
	struct frag_node *n = arena_new(b->o->arena, struct frag_node);

	n->kind = kind;
	n->id = b->n_nodes++;
	n->n_child = n_child;
	n->child = arena_array(b->o->arena, struct frag_node *, n_child);
	n->rows = n->bytes = -1;
	n->scan_limit = -1;
	return n;
}

static void
set_columns(struct build *b, struct frag_node *n,
    const struct symbol_list *out)
{
	const struct plan *p = b->o->plan;

	n->n = out->n;
	n->types = arena_array(b->o->arena, const struct type *, out->n + 1);
	n->names = arena_array(b->o->arena, const char *, out->n + 1);
	for (int i = 0; i < out->n; i++) {
		n->types[i] = p->symbols.v[out->v[i]].type;
		n->names[i] = p->symbols.v[out->v[i]].name;
	}
}

void
build_over(struct build *b, struct piece *p, struct frag_node *n,
    const struct symbol_list *out, const struct plan_node *of)
{
	if (of != NULL) {
		n->rows = of->rows;
		n->bytes = of->bytes;
	}
	set_columns(b, n, out);
	p->root = n;
	p->out = *out;
	p->out.cap = out->n;    /* the list is shared: do not grow it */
}

int
build_channel(const struct piece *p, int symbol)
{
	for (int i = 0; i < p->out.n; i++)
		if (p->out.v[i] == symbol)
			return i;
	return -1;
}

struct channel_map {
	struct build *b;
	const struct piece *p;
};

static struct expr *
map_channel(void *arg, int input, const struct type *t)
{
	struct channel_map *m = arg;
	int channel;

	if (input >= m->b->o->plan->symbols.n)
		return expr_input(m->b->o->pool, input, t);
	channel = build_channel(m->p, input);
	CHECK(channel >= 0);
	return expr_input(m->b->o->pool, channel, t);
}

struct expr *
build_expr(struct build *b, const struct piece *p, struct expr *x)
{
	struct channel_map m = { b, p };

	return x == NULL ? NULL
	    : expr_map_inputs(b->o->pool, x, map_channel, &m);
}

int *
build_channels(struct build *b, const struct piece *p,
    const struct symbol_list *l)
{
	int *v = arena_array(b->o->arena, int, l->n + 1);

	for (int i = 0; i < l->n; i++) {
		v[i] = build_channel(p, l->v[i]);
		CHECK(v[i] >= 0);
	}
	return v;
}

struct sort_key *
build_sort(struct build *b, const struct piece *p,
    const struct plan_order *v, int n)
{
	struct sort_key *s = arena_array(b->o->arena, struct sort_key, n + 1);

	for (int i = 0; i < n; i++) {
		s[i].channel = build_channel(p, v[i].symbol);
		CHECK(s[i].channel >= 0);
		s[i].descending = v[i].descending;
		s[i].nulls_first = v[i].nulls_first;
	}
	return s;
}

bool
build_is_single(const struct build *b, const struct piece *p)
{
	return b->o->options->single_node || p->place == PLACE_SINGLE ||
	    p->place == PLACE_COORDINATOR;
}

void
build_exchange(struct build *b, struct piece *p, enum frag_output how,
    const struct symbol_list *hash, enum frag_place place)
{
	struct fragment *f = arena_new(b->o->arena, struct fragment);
	struct frag_node *n = build_frag(b, FRAG_EXCHANGE, 0);
	struct symbol_list out = p->out;

	f->place = p->place;
	f->root = p->root;
	f->output = how;
	if (hash != NULL && how == OUTPUT_HASH) {
		f->n_hash = hash->n;
		f->hash_channels = build_channels(b, p, hash);
	}
	f->n_children = p->children.n;
	f->children = p->children.v;
	arena_push(b->o->arena, &b->fragments, f);
	f->id = b->fragments.n; /* 0 is the root's */
	n->n_sources = 1;
	n->sources = arena_array(b->o->arena, int, 1);
	n->sources[0] = f->id;
	n->rows = p->root->rows;
	n->bytes = p->root->bytes;
	p->children = (struct fragment_list){ 0 };
	arena_push(b->o->arena, &p->children, f);
	p->place = place;
	p->hash = (struct symbol_list){ 0 };
	if (place == PLACE_HASH && hash != NULL)
		p->hash = *hash;
	build_over(b, p, n, &out, NULL);
}

void
build_gather(struct build *b, struct piece *p)
{
	if (!build_is_single(b, p))
		build_exchange(b, p, OUTPUT_GATHER, NULL, PLACE_SINGLE);
}

void
build_partition(struct build *b, struct piece *p,
    const struct symbol_list *keys)
{
	if (build_is_single(b, p))
		return;
	if (keys->n == 0) {
		build_gather(b, p);
		return;
	}
	if (p->place == PLACE_HASH && p->hash.n > 0) {
		bool within = true;

		for (int i = 0; i < p->hash.n; i++)
			within &= symbol_list_has(keys, p->hash.v[i]);
		if (within)
			return;
	}
	build_exchange(b, p, OUTPUT_HASH, keys, PLACE_HASH);
}

void
build_layout(struct build *b, struct piece *p, const struct symbol_list *l)
{
	struct frag_node *n;
	bool same = l->n == p->out.n;

	for (int i = 0; same && i < l->n; i++)
		same = l->v[i] == p->out.v[i];
	if (same)
		return;
	n = build_frag(b, FRAG_PROJECT, 1);
	n->child[0] = p->root;
	n->project = arena_array(b->o->arena, struct expr *, l->n + 1);
	for (int i = 0; i < l->n; i++)
		n->project[i] = build_expr(b, p,
		    plan_symbol_expr(b->o->plan, l->v[i]));
	n->rows = p->root->rows;
	n->bytes = p->root->bytes;
	build_over(b, p, n, l, NULL);
}
