/* SPDX-License-Identifier: Apache-2.0
 * program_eval.c - evaluating a node: the register first, then a dictionary's
 * base, then the kind's own rule. */
#include "base/check.h"
#include "expr/program.h"
#include "func/cast.h"

struct context
context_within(struct program *p, const struct context *c,
    const uint16_t *sel, uint32_t n)
{
	return (struct context){ .rows = { sel, n, p->rows }, .outer = c,
	    .id = ++p->next_context };
}

/* Was something computed in context `id` computed for all rows of c? */
static bool
covers(uint32_t id, const struct context *c)
{
	for (; c != NULL; c = c->outer)
		if (c->id == id)
			return true;
	return false;
}

/* May its memory be written again?  Nobody else may hold the vector or its
 * first buffer. */
static bool
reusable(const struct program *p, const struct node *x, const struct vec *v)
{
	size_t need = (size_t)p->rows * (size_t)rep_width(x->type->rep);

	return v->form == VEC_FLAT && v->type == x->type && v->n_bufs > 0 &&
	    v->data == v->bufs[0]->data && v->bufs[0]->size >= need &&
	    atomic_load_explicit(&v->refs, memory_order_acquire) == 1 &&
	    atomic_load_explicit(&v->bufs[0]->refs, memory_order_acquire) == 1;
}

struct vec *
node_alloc(struct program *p, struct node *x, struct err *e)
{
	struct vec *v = x->spare;
	enum type_rep rep = x->type->rep;

	x->spare = NULL;
	if (v != NULL && rep != REP_STR && rep != REP_LIST &&
	    rep != REP_ROW && reusable(p, x, v)) {
		while (v->n_bufs > 1)
			buf_drop(&v->bufs[--v->n_bufs]);
		v->n = p->rows;
		v->valid = NULL;
		return v;
	}
	vec_drop(&v);
	return vec_new_flat(x->type, p->rows, false, p->ev.account, e);
}

void
program_end_page(struct program *p)
{
	for (int i = 0; i < p->n_nodes; i++) {
		struct node *x = &p->node[i];

		vec_drop(&x->flat);
		if (x->result == NULL)
			continue;
		vec_drop(&x->spare);
		if (x->kind != EXPR_INPUT && x->kind != EXPR_CONST)
			x->spare = x->result;
		else
			vec_drop(&x->result);
		x->result = NULL;
	}
	eval_errors_clear(p->errors);
	if (p->scratch.blocks != NULL) {
		arena_release(&p->scratch);
		arena_init(&p->scratch);
	}
	p->in = NULL;
}

void
node_store(struct node *x, struct vec *v, const struct context *c)
{
	if (x->result != v)
		vec_drop(&x->result);
	x->result = v;
	x->context_id = c->id;
}

int
program_row_errors(struct program *p, struct err *e)
{
	if (p->errors->n == 0 || (p->try_depth > 0 && !p->errors->fatal))
		return 0;
	if (e != NULL)
		*e = p->errors->first;
	return -p->errors->first.code;
}

static int
eval_input(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	CHECK(p->in[x->input] != NULL);
	node_store(x, vec_ref(p->in[x->input]), c);
	x->context_id = 0;      /* good for the whole page */
	return 0;
}

/* No row wants it: any value will do. */
static int
eval_nothing(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *v = vec_new_null(x->type, p->rows, p->ev.account, e);

	if (v == NULL)
		return -e->code;
	node_store(x, v, c);
	return 0;
}

static int
eval_const(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *v = vec_retype(x->value, x->value->type);

	v->n = p->rows;
	node_store(x, v, c);
	x->context_id = 0;
	return 0;
}

static int
eval_kind(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	switch (x->kind) {
	case EXPR_CALL:
		return eval_call(p, x, c, e);
	case EXPR_CAST:
		return eval_cast(p, x, c, e);
	case EXPR_AND:
	case EXPR_OR:
		return eval_and_or(p, x, c, e);
	case EXPR_NOT:
		return eval_not(p, x, c, e);
	case EXPR_IF:
		return eval_if(p, x, c, e);
	case EXPR_COALESCE:
		return eval_coalesce(p, x, c, e);
	case EXPR_NULLIF:
		return eval_nullif(p, x, c, e);
	case EXPR_IN:
		return eval_in(p, x, c, e);
	case EXPR_IS_NULL:
		return eval_is_null(p, x, c, e);
	case EXPR_TRY:
		return eval_try(p, x, c, e);
	case EXPR_FIELD:
		return eval_field(p, x, c, e);
	case EXPR_ROW:
		return eval_row(p, x, c, e);
	case EXPR_ARRAY:
		return eval_array(p, x, c, e);
	default:
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "Expression of kind %d stands alone", x->kind);
	}
}

int
node_eval(struct program *p, int number, const struct context *c,
    struct vec **out, struct err *e)
{
	struct node *x = &p->node[number];
	int rc;

	if (x->result == NULL || !(x->context_id == 0 ||
	    covers(x->context_id, c))) {
		if (x->kind == EXPR_CONST) {
			rc = eval_const(p, x, c, e);
		} else if (x->kind == EXPR_INPUT) {
			rc = eval_input(p, x, c, e);
		} else if (c->rows.n == 0) {
			rc = eval_nothing(p, x, c, e);
		} else {
			rc = x->peel_root ? eval_peeled(p, x, c, e) : 0;
			if (rc == 0)
				rc = eval_kind(p, x, c, e);
		}
		if (rc < 0)
			return rc;
	}
	*out = x->result;
	return 0;
}

int
node_eval_flat(struct program *p, int number, const struct context *c,
    struct vec **out, struct err *e)
{
	struct node *x = &p->node[number];
	struct vec *v;
	int rc = node_eval(p, number, c, out, e);

	if (rc != 0 || (*out)->form != VEC_DICT)
		return rc;
	if (x->flat == NULL || !covers(x->flat_context_id, c)) {
		v = gather_flat(*out, &c->rows, p->ev.account, e);
		if (v == NULL)
			return -e->code;
		vec_drop(&x->flat);
		x->flat = v;
		x->flat_context_id = c->id;
	}
	*out = x->flat;
	return 0;
}

/* ---- peeling ---- */

bool
expr_can_see_null(const struct expr *x)
{
	switch (x->kind) {
	case EXPR_CALL:
		if (x->func->flags & FUNC_NULL_CALLS)
			return true;
		break;
	case EXPR_INPUT:
	case EXPR_CONST:
	case EXPR_CAST:
	case EXPR_NOT:
	case EXPR_TRY:
	case EXPR_FIELD:
		break;
	case EXPR_IN:
		break;
	default:
		return true;
	}
	for (int i = 0; i < x->n; i++)
		if (expr_can_see_null(x->arg[i]))
			return true;
	return false;
}

static struct expr *
to_channel_0(void *arg, int input, const struct type *t)
{
	return expr_input(arg, 0, t);
}

static int
compile_peel(struct program *p, struct node *x, struct err *e)
{
	struct expr_pool pool;
	struct expr *copy;
	const struct type **types;

	expr_pool_init(&pool, &p->arena);
	copy = expr_map_inputs(&pool, x->source, to_channel_0, &pool);
	types = arena_array(&p->arena, const struct type *, 1);
	types[0] = p->inputs[x->only_input];
	return program_compile(NULL, &copy, 1, types, 1, p->ev.session,
	    &x->peel, e);
}

/* The node over the base, in slices of a page's size. */
static struct vec *
peel_base(struct program *p, struct node *x, struct vec *base, struct err *e)
{
	struct vec_builder b;
	struct vec *in, *out = NULL;
	int rc = 0;

	x->peel->ev.account = p->ev.account;
	if (base->n <= PAGE_ROWS) {
		if (program_run(x->peel, &base, base->n, &out, e) != 0)
			return NULL;
		in = vec_flatten(out, p->ev.account, e);
		vec_drop(&out);
		return in;
	}
	vec_builder_init(&b, x->type, p->ev.account);
	for (uint32_t from = 0; from < base->n && rc == 0;
	    from += PAGE_ROWS) {
		uint32_t n = MIN(base->n - from, PAGE_ROWS);

		in = vec_slice(base, from, n, p->ev.account, e);
		if (in == NULL) {
			rc = -1;
			break;
		}
		rc = program_run(x->peel, &in, n, &out, e);
		if (rc == 0)
			rc = vec_builder_rows(&b, out, NULL, 0, n, e);
		vec_drop(&in);
		vec_drop(&out);
	}
	if (rc == 0)
		out = vec_builder_finish(&b, e);
	vec_builder_release(&b);
	return out;
}

/* Has the base's value for this dictionary, or tries once to get it.  It is
 * worth it when the base is small, or comes again and again. */
static bool
peel_ready(struct program *p, struct node *x, const struct vec *in,
    uint32_t rows)
{
	struct err ignored;

	if (in->dict_id != 0 && in->dict_id == x->peel_id) {
		if (x->peel_result != NULL)
			return true;
		if (x->peel_seen < 0 || in->base->n > (uint32_t)++x->peel_seen
		    * rows)
			return false;
	} else {
		x->peel_seen = 1;
		x->peel_id = in->dict_id;
		vec_drop(&x->peel_result);
		if (in->base->n > rows)
			return false;
	}
	if (x->peel == NULL && compile_peel(p, x, &ignored) != 0)
		return false;
	x->peel_result = peel_base(p, x, in->base, &ignored);
	x->peel_result_id = vec_new_dict_id();
	if (x->peel_result == NULL)
		x->peel_seen = INT32_MIN / 2;   /* fails for some entry */
	return x->peel_result != NULL;
}

int
eval_peeled(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *in = p->in[x->only_input], *out;
	uint32_t words = bitmap_words(p->rows);

	/* A dictionary's own NULLs are no entries: only where NULL gives NULL
	 * the base's answers say all. */
	if (in->form != VEC_DICT || in->base->n == 0 ||
	    (in->valid != NULL && expr_can_see_null(x->source)) ||
	    !peel_ready(p, x, in, c->rows.n))
		return 0;
	out = vec_new_dict(x->peel_result, x->peel_result_id, p->rows,
	    p->ev.account, e);
	if (out == NULL)
		return -e->code;
	memcpy(out->data, in->data, sizeof(uint32_t) * (size_t)p->rows);
	if (in->valid != NULL) {
		uint64_t *valid = vec_make_nullable(&p->ev, out, e);

		if (valid == NULL) {
			vec_drop(&out);
			return -e->code;
		}
		memcpy(valid, in->valid, words * 8);
	}
	node_store(x, out, c);
	return 1;
}
