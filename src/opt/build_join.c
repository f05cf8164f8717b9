/* SPDX-License-Identifier: Apache-2.0
 * build_join.c - joins: keys and residual, distribution, dynamic filters. */
#include "base/check.h"
#include "opt/build.h"

struct join_parts {
	struct symbol_list left_keys, right_keys;
	bool *null_safe;
	struct expr_list residual;
};

static bool
may_be_nan(const struct type *t)
{
	if (type_is(t, TYPE_REAL) || type_is(t, TYPE_DOUBLE))
		return true;
	for (int i = 0; i < t->n; i++)
		if (may_be_nan(t->child[i]))
			return true;
	return false;
}

/* Splits the condition; keys that are no symbols become columns below. */
static void
join_parts(struct build *b, struct plan_node *n, struct join_parts *parts)
{
	struct expr_list terms = { 0 };
	struct plan_node **left = &n->child[0], **right = &n->child[1];
	struct symbol_list lout = (*left)->out, rout = (*right)->out;

	expr_conjuncts(b->o, n->join.on, &terms);
	parts->null_safe = arena_array(b->o->arena, bool, terms.n + 1);
	for (int i = 0; i < terms.n; i++) {
		struct expr *sides[2];
		bool null_safe;

		if (!expr_equi_sides(b->o, terms.v[i], &lout, &rout, sides,
		    &null_safe)) {
			arena_push(b->o->arena, &parts->residual, terms.v[i]);
			continue;
		}
		/* As keys NaNs are the same, by = they are not. */
		if (!null_safe && may_be_nan(sides[0]->type))
			arena_push(b->o->arena, &parts->residual, terms.v[i]);
		parts->null_safe[parts->left_keys.n] = null_safe;
		symbol_list_add(b->o->arena, &parts->left_keys,
		    expr_as_symbol(b->o, left, sides[0], "expr"));
		symbol_list_add(b->o->arena, &parts->right_keys,
		    expr_as_symbol(b->o, right, sides[1], "expr"));
	}
}

static enum join_kind
kind_of(enum plan_join_kind k)
{
	static const enum join_kind kinds[] = {
		[PLAN_INNER] = JOIN_INNER, [PLAN_LEFT] = JOIN_LEFT,
		[PLAN_RIGHT] = JOIN_RIGHT, [PLAN_FULL] = JOIN_FULL,
		[PLAN_SEMI] = JOIN_SEMI, [PLAN_ANTI] = JOIN_ANTI,
		[PLAN_ANTI_NULL] = JOIN_ANTI_NULL, [PLAN_MARK] = JOIN_MARK,
	};

	return kinds[k];
}

/* ---- dynamic filters ---- */

static void
consume(struct build *b, int id, struct plan_node *n, int symbol);

static void
consume_project(struct build *b, int id, struct plan_node *n, int symbol)
{
	for (int i = 0; i < n->project.n; i++)
		if (n->project.v[i].symbol == symbol &&
		    n->project.v[i].expr->kind == EXPR_INPUT)
			consume(b, id, n->child[0],
			    n->project.v[i].expr->input);
}

static void
consume_join(struct build *b, int id, struct plan_node *n, int symbol)
{
	enum plan_join_kind k = n->join.kind;

	if (k != PLAN_RIGHT && k != PLAN_FULL)
		consume(b, id, n->child[0], symbol);
	if (k == PLAN_INNER || k == PLAN_RIGHT)
		consume(b, id, n->child[1], symbol);
}

/* Finds the scans whose column the symbol is: rows that lack the value may
 * go, all the way down. */
static void
consume(struct build *b, int id, struct plan_node *n, int symbol)
{
	struct dynamic d = { id, n, symbol };

	if (!symbol_list_has(&n->out, symbol))
		return;
	switch (n->kind) {
	case PLAN_SCAN:
		arena_push(b->o->arena, &b->dynamics, d);
		break;
	case PLAN_FILTER: case PLAN_MARK_DISTINCT: case PLAN_ROW_ID:
		consume(b, id, n->child[0], symbol);
		break;
	case PLAN_SORT: case PLAN_SAMPLE:
		consume(b, id, n->child[0], symbol);
		break;
	case PLAN_PROJECT:
		consume_project(b, id, n, symbol);
		break;
	case PLAN_AGGREGATE:
		if (symbol_list_has(&n->aggregate.keys, symbol))
			consume(b, id, n->child[0], symbol);
		break;
	case PLAN_WINDOW:
		if (symbol_list_has(&n->window.partition, symbol))
			consume(b, id, n->child[0], symbol);
		break;
	case PLAN_JOIN:
		consume_join(b, id, n, symbol);
		break;
	case PLAN_UNION:
		for (int c = 0; c < n->n_child; c++)
			for (int i = 0; i < n->out.n; i++)
				if (n->out.v[i] == symbol)
					consume(b, id, n->child[c],
					    n->set.inputs[c][i]);
		break;
	default:
		break;
	}
}

/* Registers the join's filters before its probe side is built. */
static void
produce(struct build *b, struct plan_node *n, const struct join_parts *parts,
    struct symbol_list *ids, struct symbol_list *keys)
{
	enum plan_join_kind k = n->join.kind;

	if (k != PLAN_INNER && k != PLAN_RIGHT && k != PLAN_SEMI)
		return;
	for (int i = 0; i < parts->left_keys.n; i++) {
		int before = b->dynamics.n;

		if (parts->null_safe[i])
			continue;
		consume(b, b->n_dynamic, n->child[0], parts->left_keys.v[i]);
		if (b->dynamics.n == before)
			continue;
		symbol_list_add(b->o->arena, ids, b->n_dynamic++);
		symbol_list_add(b->o->arena, keys, parts->right_keys.v[i]);
	}
}

/* ---- distribution ---- */

static double
megabytes(const struct plan_node *n)
{
	return n->bytes < 0 ? -1 : n->bytes / (1 << 20);
}

/* Is the build side to be whole in every task? */
static bool
choose_broadcast(struct build *b, const struct plan_node *n, int n_keys)
{
	const char *wish = b->o->session->properties == NULL ? "AUTOMATIC"
	    : conf_string(b->o->session->properties,
	    "join_distribution_type");
	enum plan_join_kind k = n->join.kind;
	double build = megabytes(n->child[1]), probe = megabytes(n->child[0]);

	if (k == PLAN_RIGHT || k == PLAN_FULL)
		return false;
	/* NULLs of the build side must be seen by all. */
	if (n_keys == 0 || k == PLAN_ANTI_NULL || k == PLAN_MARK)
		return true;
	if (strcmp(wish, "BROADCAST") == 0)
		return true;
	if (strcmp(wish, "PARTITIONED") == 0)
		return false;
	if (build < 0)
		return false;
	if (build > 100)
		return false;
	return probe < 0 || build * b->o->options->nodes < probe + build;
}

static void
distribute(struct build *b, struct plan_node *n, struct join_parts *parts,
    struct piece *probe, struct piece *build)
{
	enum plan_join_kind k = n->join.kind;

	if (build_is_single(b, probe) && build_is_single(b, build))
		return;
	if (build_is_single(b, probe)) {
		build_gather(b, build);
		return;
	}
	n->join.broadcast = choose_broadcast(b, n, parts->left_keys.n);
	if (n->join.broadcast) {
		build_exchange(b, build, OUTPUT_BROADCAST, NULL,
		    PLACE_ANY);
		return;
	}
	if (parts->left_keys.n == 0) {
		build_gather(b, probe);
		build_gather(b, build);
		return;
	}
	(void)k;
	/* Both sides by all keys, unless the probe side is so already. */
	if (!(probe->place == PLACE_HASH &&
	    probe->hash.n == parts->left_keys.n &&
	    memcmp(probe->hash.v, parts->left_keys.v,
	    sizeof(int) * (size_t)probe->hash.n) == 0))
		build_exchange(b, probe, OUTPUT_HASH, &parts->left_keys,
		    PLACE_HASH);
	build_exchange(b, build, OUTPUT_HASH, &parts->right_keys,
	    PLACE_HASH);
}

/* ---- the node ---- */

static struct symbol_list
kept(struct build *b, const struct plan_node *n, const struct piece *p)
{
	struct symbol_list l = { 0 };

	for (int i = 0; i < p->out.n; i++)
		if (symbol_list_has(&n->out, p->out.v[i]))
			symbol_list_add(b->o->arena, &l, p->out.v[i]);
	return l;
}

static struct expr *
residual_of(struct build *b, const struct join_parts *parts,
    const struct piece *probe, const struct piece *build)
{
	struct piece both = { 0 };

	if (parts->residual.n == 0)
		return NULL;
	for (int i = 0; i < probe->out.n; i++)
		symbol_list_add(b->o->arena, &both.out, probe->out.v[i]);
	for (int i = 0; i < build->out.n; i++)
		symbol_list_add(b->o->arena, &both.out, build->out.v[i]);
	return build_expr(b, &both, expr_and(b->o->pool, parts->residual.v,
	    parts->residual.n));
}

static void
join_columns(struct build *b, const struct plan_node *n,
    const struct piece *probe, const struct piece *build,
    struct frag_node *f)
{
	struct symbol_list left = kept(b, n, probe), right = { 0 };

	if (n->join.kind <= PLAN_FULL)
		right = kept(b, n, build);
	f->n_probe_out = left.n;
	f->probe_out = build_channels(b, probe, &left);
	f->n_build_out = right.n;
	f->build_out = build_channels(b, build, &right);
}

static struct symbol_list
join_out(struct build *b, const struct plan_node *n,
    const struct piece *probe, const struct piece *build)
{
	struct symbol_list out = kept(b, n, probe), right = { 0 };

	if (n->join.kind <= PLAN_FULL)
		right = kept(b, n, build);
	for (int i = 0; i < right.n; i++)
		symbol_list_add(b->o->arena, &out, right.v[i]);
	if (n->join.kind == PLAN_MARK)
		symbol_list_add(b->o->arena, &out, n->join.mark);
	return out;
}

int
build_join(struct build *b, struct plan_node *n, struct piece *out)
{
	struct join_parts parts = { 0 };
	struct symbol_list ids = { 0 }, keys = { 0 }, columns;
	struct piece build;
	struct frag_node *f;
	int rc;

	join_parts(b, n, &parts);
	produce(b, n, &parts, &ids, &keys);
	if ((rc = build_node(b, n->child[0], out)) != 0 ||
	    (rc = build_node(b, n->child[1], &build)) != 0)
		return rc;
	distribute(b, n, &parts, out, &build);
	f = build_frag(b, parts.left_keys.n > 0 ? FRAG_JOIN : FRAG_CROSS, 2);
	f->child[0] = out->root;
	f->child[1] = build.root;
	f->join = kind_of(n->join.kind);
	f->n_join_keys = parts.left_keys.n;
	f->probe_keys = build_channels(b, out, &parts.left_keys);
	f->build_keys = build_channels(b, &build, &parts.right_keys);
	f->null_safe = parts.null_safe;
	f->residual = residual_of(b, &parts, out, &build);
	f->broadcast = n->join.broadcast;
	join_columns(b, n, out, &build, f);
	f->dynamic = arena_array(b->o->arena, struct frag_dynamic, ids.n + 1);
	for (int i = 0; i < ids.n; i++)
		f->dynamic[f->n_dynamic++] = (struct frag_dynamic){ ids.v[i],
			build_channel(&build, keys.v[i]) };
	for (int i = 0; i < build.children.n; i++)
		arena_push(b->o->arena, &out->children, build.children.v[i]);
	columns = join_out(b, n, out, &build);
	if (n->join.kind == PLAN_RIGHT || n->join.kind == PLAN_FULL)
		out->hash.n = 0;
	build_over(b, out, f, &columns, n);
	return 0;
}
