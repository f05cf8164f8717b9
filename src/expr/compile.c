/* SPDX-License-Identifier: Apache-2.0
 * compile.c - expression trees to programs: one node for equal parts, what
 * each costs, whether it can fail, which inputs it needs. */
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"
#include "expr/program.h"
#include "func/cast.h"

struct compiler {
	struct program *p;
	int cap;
	int *slots;             /* hash table of 1 + node numbers */
	uint32_t n_slots;
	struct err *err;
};

/* ---- equal nodes ---- */

static uint64_t
node_hash(const struct node *x)
{
	uint64_t h = (uint64_t)x->kind * 31 + (uint64_t)x->type->id;

	if (x->kind == EXPR_CONST)
		return expr_hash(x->source);
	h = h * 31 + (uint64_t)x->input;
	if (x->kind == EXPR_CALL)
		h = h * 31 + (uintptr_t)x->source->func;
	for (int i = 0; i < x->n; i++)
		h = h * 1000003 + (uint64_t)x->arg[i];
	return h * UINT64_C(0x9e3779b97f4a7c15) >> 20;
}

static bool
node_same(const struct node *x, const struct node *y)
{
	if (x->kind != y->kind || x->n != y->n || x->input != y->input ||
	    !type_equal(x->type, y->type) || !y->deterministic)
		return false;
	if (x->kind == EXPR_CONST || x->kind == EXPR_LAMBDA)
		return expr_equal(x->source, y->source);
	if (x->kind == EXPR_CALL && x->source->func != y->source->func)
		return false;
	if (x->kind == EXPR_CAST && x->source->safe != y->source->safe)
		return false;
	return x->n == 0 || memcmp(x->arg, y->arg, sizeof(int) *
	    (size_t)x->n) == 0;
}

static int *
find_slot(struct compiler *c, const struct node *x)
{
	uint32_t mask = c->n_slots - 1, at = (uint32_t)node_hash(x) & mask;

	while (c->slots[at] != 0 &&
	    !node_same(x, &c->p->node[c->slots[at] - 1]))
		at = (at + 1) & mask;
	return &c->slots[at];
}

static void
grow(struct compiler *c)
{
	struct program *p = c->p;

	if (p->n_nodes == c->cap)
		p->node = arena_grow(&p->arena, p->node, &c->cap,
		    sizeof(*p->node));
	if ((uint32_t)p->n_nodes * 2 < c->n_slots)
		return;
	free(c->slots);
	c->n_slots = c->n_slots == 0 ? 64 : c->n_slots * 2;
	c->slots = xcalloc(c->n_slots, sizeof(int));
	for (int i = 0; i < p->n_nodes; i++)
		if (p->node[i].deterministic)
			*find_slot(c, &p->node[i]) = i + 1;
}

/* ---- properties ---- */

static int
width_cost(const struct type *t)
{
	switch (t->rep) {
	case REP_STR:
		return 10;
	case REP_LIST:
	case REP_ROW:
		return 40;
	default:
		return t->rep >= REP_I128 ? 3 : 1;
	}
}

static int
own_cost(const struct program *p, const struct node *x)
{
	int cost = 1;

	switch (x->kind) {
	case EXPR_CONST:
	case EXPR_INPUT:
		return 0;
	case EXPR_CALL:
		cost = width_cost(x->type);
		for (int i = 0; i < x->n; i++)
			cost = MAX(cost, width_cost(p->node[x->arg[i]].type));
		/* Comparing short texts is cheaper than making them; what
		 * must be prepared is a search. */
		if (x->source->func->flags & FUNC_OPERATOR)
			cost = (cost + 1) / 2;
		if (x->source->func->prepare != NULL)
			cost += 40;
		return cost;
	case EXPR_CAST:
		return width_cost(x->type) +
		    width_cost(p->node[x->arg[0]].type) * 4;
	case EXPR_LAMBDA:
		return 50;
	default:
		return 2;
	}
}

static void
set_input(struct node *x, int input)
{
	if (input == -1)
		return;
	if (x->only_input == -1)
		x->only_input = input;
	else if (x->only_input != input)
		x->only_input = -2;
}

static void
properties(struct program *p, struct node *x)
{
	const struct expr *s = x->source;

	x->deterministic = true;
	x->only_input = x->kind == EXPR_INPUT ? x->input : -1;
	x->cost = own_cost(p, x);
	if (x->kind == EXPR_LAMBDA) {
		x->deterministic = expr_deterministic(s);
		x->can_fail = expr_can_fail(s);
		x->only_input = -2;
		return;
	}
	if (x->kind == EXPR_CALL) {
		x->deterministic = !(s->func->flags & FUNC_NONDETERMINISTIC);
		x->can_fail = !(s->func->flags & FUNC_CANNOT_FAIL);
	}
	if (x->kind == EXPR_CAST)
		x->can_fail = !s->safe && cast_can_fail(s->arg[0]->type,
		    s->type);
	for (int i = 0; i < x->n; i++) {
		const struct node *a = &p->node[x->arg[i]];

		x->cost += a->cost;
		x->can_fail |= a->can_fail;
		x->deterministic &= a->deterministic;
		set_input(x, a->only_input);
	}
	if (x->kind == EXPR_TRY)
		x->can_fail = false;
	if (!x->deterministic)
		x->only_input = -2;
}

/* ---- nodes ---- */

static int
prepare_call(struct compiler *c, struct node *x)
{
	const struct func *f = x->source->func;
	const struct type *types[FUNC_MAX_ARGS];
	const struct vec *values[FUNC_MAX_ARGS];
	int rc;

	if (x->n > FUNC_MAX_ARGS)
		return err_set(c->err, ERR_TOO_MANY_ARGUMENTS,
		    "Too many arguments for function call");
	for (int i = 0; i < x->n; i++) {
		const struct node *a = &c->p->node[x->arg[i]];

		types[i] = a->type;
		values[i] = a->value;
	}
	if (f->select != NULL)
		x->select = f->select(types);
	if (f->prepare == NULL)
		return 0;
	/* A pattern that cannot be compiled fails when a row needs it. */
	rc = f->prepare(types, values, x->n, &x->bound, c->err);
	if (rc < 0)
		x->bound = NULL;
	return 0;
}

static void
prepare_in(struct compiler *c, struct node *x)
{
	const struct type *t = c->p->node[x->arg[0]].type;
	struct vec **v;

	/* A NULL within makes it unknown. */
	if (t->rep == REP_LIST || t->rep == REP_ROW)
		return;
	for (int i = 1; i < x->n; i++)
		if (c->p->node[x->arg[i]].kind != EXPR_CONST)
			return;
	v = xcalloc((size_t)x->n, sizeof(*v));
	for (int i = 1; i < x->n; i++)
		v[i - 1] = c->p->node[x->arg[i]].value;
	x->set = in_set_new(t, v, x->n - 1);
	free(v);
}

static int
add_node(struct compiler *c, const struct expr *x, int *arg, int *out)
{
	struct program *p = c->p;
	struct node *node, probe = { .source = x, .kind = x->kind,
	    .type = x->type, .n = arg == NULL ? 0 : x->n, .arg = arg,
	    .input = x->kind == EXPR_INPUT || x->kind == EXPR_FIELD ? x->input
	    : 0 };
	int *slot, rc = 0;

	grow(c);
	properties(p, &probe);
	slot = find_slot(c, &probe);
	if (probe.deterministic && *slot != 0) {
		*out = *slot - 1;
		return 0;
	}
	if (probe.deterministic)
		*slot = p->n_nodes + 1;
	*out = p->n_nodes;
	node = &p->node[p->n_nodes++];
	*node = probe;
	if (x->kind == EXPR_CONST)
		node->value = vec_ref(x->value);
	if (x->kind == EXPR_CALL)
		rc = prepare_call(c, node);
	if (x->kind == EXPR_IN)
		prepare_in(c, node);
	if (x->kind == EXPR_LAMBDA) {
		struct program_lambda *l = program_lambda_new(p, x, c->err);

		if (l == NULL)
			return -c->err->code;
		p->node[*out].lambda = l;
	}
	return rc;
}

/* Terms that cannot fail come first: a row that they decide is no error. */
static void
safe_first(const struct program *p, int *arg, int n)
{
	for (int i = 1; i < n; i++) {
		int t = arg[i], k = i;

		if (p->node[t].can_fail)
			continue;
		for (; k > 0 && p->node[arg[k - 1]].can_fail; k--)
			arg[k] = arg[k - 1];
		arg[k] = t;
	}
}

static int
compile(struct compiler *c, const struct expr *x, int *out)
{
	int *arg = NULL, rc;

	if (x->kind == EXPR_INPUT && x->input >= c->p->n_inputs)
		return err_set(c->err, ERR_GENERIC_INTERNAL_ERROR,
		    "Expression reads input %d of %d", x->input,
		    c->p->n_inputs);
	if (x->kind == EXPR_INPUT && (x->type->id !=
	    c->p->inputs[x->input]->id || x->type->rep !=
	    c->p->inputs[x->input]->rep))
		return err_set(c->err, ERR_GENERIC_INTERNAL_ERROR,
		    "Input %d is of another type than its expression",
		    x->input);
	if (x->n > 0 && x->kind != EXPR_LAMBDA) {
		arg = arena_array(&c->p->arena, int, x->n);
		for (int i = 0; i < x->n; i++)
			if ((rc = compile(c, x->arg[i], &arg[i])) != 0)
				return rc;
		if (x->kind == EXPR_AND || x->kind == EXPR_OR)
			safe_first(c->p, arg, x->n);
	}
	return add_node(c, x, arg, out);
}

/* A node with one input is a peeling root unless all its users have the same
 * one. */
static void
mark_roots(struct program *p)
{
	for (int i = 0; i < p->n_nodes; i++) {
		struct node *x = &p->node[i];

		for (int k = 0; k < x->n; k++) {
			struct node *a = &p->node[x->arg[k]];

			if (a->only_input >= 0 && x->only_input < 0)
				a->peel_root = true;
		}
	}
	for (int i = 0; i < p->n_conjuncts; i++)
		p->node[p->conjunct[i].node].peel_root = true;
	for (int i = 0; i < p->n_project; i++)
		p->node[p->project[i]].peel_root = true;
	for (int i = 0; i < p->n_nodes; i++) {
		struct node *x = &p->node[i];

		if (x->only_input < 0 || x->kind == EXPR_INPUT ||
		    x->kind == EXPR_CONST)
			x->peel_root = false;
	}
}

static void
mark_need(void *arg, int input)
{
	((bool *)arg)[input] = true;
}

static int
compile_filter(struct compiler *c, const struct expr *filter)
{
	struct program *p = c->p;
	int n = filter->kind == EXPR_AND ? filter->n : 1, rc;

	p->conjunct = arena_array(&p->arena, struct conjunct, n);
	for (int i = 0; i < n; i++) {
		const struct expr *x = filter->kind == EXPR_AND
		    ? filter->arg[i] : filter;
		struct conjunct *t = &p->conjunct[p->n_conjuncts];

		if (expr_is_true(x))
			continue;
		if ((rc = compile(c, x, &t->node)) != 0)
			return rc;
		t->can_fail = p->node[t->node].can_fail;
		p->n_conjuncts++;
	}
	for (int i = 1; i < p->n_conjuncts; i++) {
		struct conjunct t = p->conjunct[i];
		int k = i;

		for (; k > 0 && !t.can_fail && p->conjunct[k - 1].can_fail;
		    k--)
			p->conjunct[k] = p->conjunct[k - 1];
		p->conjunct[k] = t;
	}
	expr_inputs(filter, mark_need, p->filter_needs);
	return 0;
}

static int
compile_all(struct compiler *c, const struct expr *filter,
    struct expr *const *project, int n)
{
	struct program *p = c->p;
	int rc;

	if (filter != NULL && (rc = compile_filter(c, filter)) != 0)
		return rc;
	p->project = arena_array(&p->arena, int, MAX(n, 1));
	for (int i = 0; i < n; i++) {
		if ((rc = compile(c, project[i], &p->project[i])) != 0)
			return rc;
		p->n_project++;
		expr_inputs(project[i], mark_need, p->project_needs);
		if (project[i]->kind != EXPR_INPUT)
			expr_inputs(project[i], mark_need, p->computed);
	}
	mark_roots(p);
	return 0;
}

/* A small generator for random() and the like. */
static uint64_t
next_random(void *arg)
{
	uint64_t *s = arg, x;

	x = *s += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

int
program_compile(const struct expr *filter, struct expr *const *project,
    int n, const struct type *const *inputs, int n_inputs,
    const struct session_context *session, struct program **out,
    struct err *e)
{
	struct program *p = xcalloc(1, sizeof(*p));
	struct compiler c = { .p = p, .err = e };
	int rc;

	arena_init(&p->arena);
	arena_init(&p->scratch);
	p->errors = xcalloc(1, sizeof(*p->errors));
	if (session != NULL)
		p->random_state = hash_bytes(session->query_id.p,
		    session->query_id.n) + (uint64_t)session->start_micros;
	p->ev = (struct eval){ .session = session, .scratch = &p->scratch,
	    .random = next_random, .random_arg = &p->random_state,
	    .errors = p->errors };
	p->inputs = arena_dup(&p->arena, inputs, sizeof(*inputs) *
	    (size_t)n_inputs);
	p->n_inputs = n_inputs;
	p->filter_needs = arena_array(&p->arena, bool, n_inputs + 1);
	p->project_needs = arena_array(&p->arena, bool, n_inputs + 1);
	p->computed = arena_array(&p->arena, bool, n_inputs + 1);
	p->gathered = arena_array(&p->arena, struct vec *, n_inputs + 1);
	rc = compile_all(&c, filter, project, n);
	free(c.slots);
	if (rc != 0) {
		program_free(&p);
		return rc;
	}
	*out = p;
	return 0;
}

void
program_free(struct program **pp)
{
	struct program *p = *pp;

	*pp = NULL;
	if (p == NULL)
		return;
	program_end_page(p);
	for (int i = 0; i < p->n_nodes; i++) {
		struct node *x = &p->node[i];

		vec_drop(&x->value);
		vec_drop(&x->spare);
		vec_drop(&x->peel_result);
		if (x->bound != NULL && x->source->func->unprepare != NULL)
			x->source->func->unprepare(x->bound);
		in_set_free(&x->set);
		program_lambda_free(&x->lambda);
		program_free(&x->peel);
	}
	arena_release(&p->arena);
	arena_release(&p->scratch);
	free(p->errors);
	free(p);
}

bool
program_filter_needs(const struct program *p, int input)
{
	return p->filter_needs[input];
}

bool
program_needs(const struct program *p, int input)
{
	return p->filter_needs[input] || p->project_needs[input];
}
