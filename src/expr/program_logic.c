/* SPDX-License-Identifier: Apache-2.0
 * program_logic.c - the kinds that decide which rows are evaluated: AND, OR,
 * IF, COALESCE, TRY, and those around truth and NULL. */
#pragma GCC optimize("O3")
#include "base/check.h"
#include "expr/program.h"
#include "page/compare.h"

/* ---- AND, OR ---- */

enum { STATE_NULL = 2 };        /* beside 0 and 1 */

/* What part costs more than finding out which rows need it? */
enum { COST_NARROW = 8 };

static void
combine_plain(uint8_t *restrict state, const uint8_t *restrict b, uint32_t n,
    bool and)
{
	if (and)
		for (uint32_t i = 0; i < n; i++)
			state[i] = b[i] ? state[i] : 0;
	else
		for (uint32_t i = 0; i < n; i++)
			state[i] = b[i] ? 1 : state[i];
}

/* Three-valued: `decided` wins over NULL, NULL over the rest. */
static void
combine(uint8_t *state, const struct vec *v, const struct rows_sel *s,
    bool and)
{
	uint8_t decided = and ? 0 : 1;
	const struct vec *values = vec_values(v);
	const uint8_t *b = values->data;

	if (v->form == VEC_FLAT && v->valid == NULL && s->sel == NULL) {
		combine_plain(state, b, s->n, and);
		return;
	}
	for (uint32_t k = 0; k < s->n; k++) {
		uint32_t i = s->sel == NULL ? k : s->sel[k];

		if (vec_is_null(v, i)) {
			if (state[i] != decided)
				state[i] = STATE_NULL;
		} else if (b[vec_slot(v, i)] == decided) {
			state[i] = decided;
		}
	}
}

static int
put_states(struct program *p, struct node *x, const uint8_t *state,
    const struct context *c, struct err *e)
{
	struct vec *out = node_alloc(p, x, e);
	uint8_t *r, any = 0;
	uint64_t *valid;

	if (out == NULL)
		return -e->code;
	r = out->data;
	for (uint32_t i = 0; i < p->rows; i++) {
		r[i] = state[i] & 1;
		any |= state[i];
	}
	if (any & STATE_NULL) {
		valid = vec_make_nullable(&p->ev, out, e);
		if (valid == NULL) {
			vec_drop(&out);
			return -e->code;
		}
		for (uint32_t i = 0; i < p->rows; i++)
			if (state[i] & STATE_NULL)
				bit_clear(valid, i);
	}
	node_store(x, out, c);
	return 0;
}

static uint32_t
select_undecided(const uint8_t *state, uint8_t decided,
    const struct rows_sel *s, uint16_t *sel)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		uint16_t i = s->sel == NULL ? (uint16_t)k : s->sel[k];

		sel[n] = i;
		n += state[i] != decided;
	}
	return n;
}

int
eval_and_or(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	bool and = x->kind == EXPR_AND;
	uint8_t state[PAGE_ROWS], decided = and ? 0 : 1;
	uint16_t sel[PAGE_ROWS];
	struct context within = *c;
	struct vec *v;
	int rc;

	memset(state, !decided, p->rows);
	for (int k = 0; k < x->n; k++) {
		const struct node *a = &p->node[x->arg[k]];

		if (k > 0 && (a->can_fail || a->cost > COST_NARROW)) {
			uint32_t n = select_undecided(state, decided,
			    &within.rows, sel);

			if (n == 0)
				break;
			if (n < within.rows.n)
				within = context_within(p, c, sel, n);
		}
		if ((rc = node_eval(p, x->arg[k], &within, &v, e)) != 0)
			return rc;
		combine(state, v, &within.rows, and);
	}
	return put_states(p, x, state, c, e);
}

int
eval_not(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *v, *out;
	const uint8_t *b;
	uint8_t *r;
	int rc = node_eval_flat(p, x->arg[0], c, &v, e);

	if (rc != 0)
		return rc;
	b = v->data;
	if (v->form == VEC_CONST) {
		uint8_t flipped = !b[0];

		out = vec_new_const(x->type, vec_is_null(v, 0) ? NULL
		    : &flipped, p->rows, p->ev.account, e);
		if (out == NULL)
			return -e->code;
		node_store(x, out, c);
		return 0;
	}
	if ((out = node_alloc(p, x, e)) == NULL)
		return -e->code;
	r = out->data;
	for (uint32_t i = 0; i < p->rows; i++)
		r[i] = b[i] ^ 1;
	if (v->valid != NULL) {
		uint64_t *valid = vec_make_nullable(&p->ev, out, e);

		if (valid == NULL) {
			vec_drop(&out);
			return -e->code;
		}
		memcpy(valid, v->valid, bitmap_words(p->rows) * 8);
	}
	node_store(x, out, c);
	return 0;
}

/* ---- values from several parts ---- */

struct part {
	struct vec *v;          /* a reference */
	const uint16_t *sel;
	uint32_t n;
};

static void
drop_parts(struct part *part, int n)
{
	for (int i = 0; i < n; i++)
		vec_drop(&part[i].v);
}

/* Lists and rows: row by row. */
static int
merge_nested(struct program *p, struct node *x, const struct part *part,
    int n, struct vec **out, struct err *e)
{
	uint16_t which[PAGE_ROWS];
	struct vec_builder b;
	int rc = 0;

	memset(which, 0xff, p->rows * sizeof(*which));
	for (int k = 0; k < n; k++)
		for (uint32_t i = 0; i < part[k].n; i++)
			which[part[k].sel[i]] = (uint16_t)k;
	vec_builder_init(&b, x->type, p->ev.account);
	for (uint32_t i = 0; i < p->rows && rc == 0; i++)
		rc = which[i] == UINT16_MAX ? vec_builder_null(&b, e)
		    : vec_builder_row(&b, part[which[i]].v, i, e);
	if (rc == 0 && (*out = vec_builder_finish(&b, e)) == NULL)
		rc = -e->code;
	vec_builder_release(&b);
	return rc;
}

static int
merge_parts(struct program *p, struct node *x, const struct part *part,
    int n, const struct context *c, struct err *e)
{
	enum type_rep rep = x->type->rep;
	struct vec *out = NULL;
	int rc = 0;

	if (rep == REP_LIST || rep == REP_ROW) {
		rc = merge_nested(p, x, part, n, &out, e);
	} else {
		if ((out = node_alloc(p, x, e)) == NULL)
			return -e->code;
		for (int k = 0; k < n && rc == 0; k++)
			rc = copy_rows(p, out, part[k].v, &(struct rows_sel){
			    part[k].sel, part[k].n, p->rows }, e);
	}
	if (rc != 0) {
		vec_drop(&out);
		return rc;
	}
	node_store(x, out, c);
	return 0;
}

/* The rows of all that are not among some (both ascending). */
static uint32_t
rows_without(const struct rows_sel *all, const uint16_t *some, uint32_t n,
    uint16_t *out)
{
	uint32_t at = 0, k = 0;

	for (uint32_t i = 0; i < all->n; i++) {
		uint16_t row = all->sel == NULL ? (uint16_t)i : all->sel[i];

		if (at < n && some[at] == row)
			at++;
		else
			out[k++] = row;
	}
	return k;
}

/* One branch has all the rows: its value is the result. */
static int
take_branch(struct program *p, struct node *x, int branch,
    const struct context *c, struct err *e)
{
	struct vec *v;
	int rc = node_eval(p, branch, c, &v, e);

	if (rc == 0)
		node_store(x, vec_ref(v), c);
	return rc;
}

int
eval_if(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	uint16_t yes[PAGE_ROWS], no[PAGE_ROWS];
	struct part part[2] = { { .sel = yes }, { .sel = no } };
	struct context within;
	struct vec *v;
	int rc;

	if ((rc = node_filter(p, x->arg[0], c, yes, &part[0].n, e)) != 0)
		return rc;
	part[1].n = rows_without(&c->rows, yes, part[0].n, no);
	if (part[1].n == 0 || part[0].n == 0)
		return take_branch(p, x, x->arg[part[1].n == 0 ? 1 : 2], c, e);
	for (int k = 0; k < 2; k++) {
		within = context_within(p, c, part[k].sel, part[k].n);
		rc = node_eval(p, x->arg[1 + k], &within, &v, e);
		if (rc != 0)
			break;
		part[k].v = vec_ref(v);
	}
	if (rc == 0)
		rc = merge_parts(p, x, part, 2, c, e);
	drop_parts(part, 2);
	return rc;
}

int
eval_coalesce(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct part *part = arena_array(&p->scratch, struct part, x->n + 1);
	struct context within = *c;
	struct vec *v;
	int rc = 0, n = 0;

	for (int k = 0; k < x->n && within.rows.n > 0; k++) {
		uint16_t *sel = arena_alloc(&p->scratch,
		    sizeof(*sel) * PAGE_ROWS), *left;

		if ((rc = node_eval(p, x->arg[k], &within, &v, e)) != 0)
			break;
		if (k == 0 && !vec_may_be_null(v)) {
			node_store(x, vec_ref(v), c);
			return 0;
		}
		part[n].v = vec_ref(v);
		part[n].sel = sel;
		part[n++].n = select_valid(v, true, &within.rows, sel);
		left = arena_alloc(&p->scratch, sizeof(*left) * PAGE_ROWS);
		within = context_within(p, c, left, select_valid(v, false,
		    &within.rows, left));
	}
	if (rc == 0 && within.rows.n > 0) {
		part[n].v = vec_new_null(x->type, p->rows, p->ev.account, e);
		part[n].sel = within.rows.sel;
		part[n].n = within.rows.n;
		rc = part[n++].v == NULL ? -e->code : 0;
	}
	if (rc == 0)
		rc = merge_parts(p, x, part, n, c, e);
	drop_parts(part, n);
	return rc;
}

/* ---- */

/* Sets *bits (one a row): rows to become NULL. */
static void
rows_to_bits(const uint16_t *sel, uint32_t n, uint64_t *bits)
{
	memset(bits, 0, BITMAP_WORDS * 8);
	for (uint32_t k = 0; k < n; k++)
		bit_set(bits, sel[k]);
}

int
null_failed(struct program *p, struct vec **v, const uint64_t *failed,
    struct err *e)
{
	struct vec *flat = (*v)->form == VEC_FLAT ? vec_ref(*v)
	    : gather_flat(*v, &(struct rows_sel){ NULL, p->rows, p->rows },
	    p->ev.account, e), *out;
	uint64_t *valid, *old;

	if (flat == NULL)
		return -e->code;
	out = vec_retype(flat, flat->type);
	old = flat->valid;
	out->valid = NULL;
	valid = vec_make_nullable(&p->ev, out, e);
	for (uint32_t w = 0; w < bitmap_words(p->rows) && valid != NULL; w++)
		valid[w] = (old == NULL ? valid[w] : old[w]) & ~failed[w];
	vec_drop(&flat);
	vec_drop(v);
	*v = out;
	if (valid == NULL) {
		vec_drop(v);
		return -e->code;
	}
	return 0;
}

int
eval_nullif(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	uint64_t bits[BITMAP_WORDS];
	uint16_t sel[PAGE_ROWS];
	struct vec *v;
	uint32_t n;
	int rc = node_eval(p, x->arg[0], c, &v, e);

	if (rc != 0)
		return rc;
	v = vec_ref(v);
	if ((rc = node_filter(p, x->arg[1], c, sel, &n, e)) == 0 && n > 0) {
		rows_to_bits(sel, n, bits);
		rc = null_failed(p, &v, bits, e);
	}
	if (rc == 0)
		node_store(x, v, c);
	else
		vec_drop(&v);
	return rc;
}

int
eval_is_null(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *v, *out;
	uint8_t *r, same;
	int rc = node_eval(p, x->arg[0], c, &v, e);

	if (rc != 0)
		return rc;
	if (v->form == VEC_CONST || !vec_may_be_null(v)) {
		same = v->form == VEC_CONST && vec_is_null(v, 0);
		out = vec_new_const(x->type, &same, p->rows, p->ev.account,
		    e);
		if (out == NULL)
			return -e->code;
		node_store(x, out, c);
		return 0;
	}
	if ((out = node_alloc(p, x, e)) == NULL)
		return -e->code;
	r = out->data;
	if (v->form == VEC_FLAT)
		for (uint32_t i = 0; i < p->rows; i++)
			r[i] = !bit_get(v->valid, i);
	else
		for (uint32_t i = 0; i < p->rows; i++)
			r[i] = vec_is_null(v, i);
	node_store(x, out, c);
	return 0;
}

int
eval_try(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct eval_errors *saved = p->errors, *own;
	struct context within;
	struct vec *v;
	int rc;

	/* What is computed here hides errors: a context of its own. */
	within = context_within(p, c, c->rows.sel, c->rows.n);
	own = arena_zalloc(&p->scratch, sizeof(*own));
	own->quiet = 1;
	p->errors = p->ev.errors = own;
	p->try_depth++;
	rc = node_eval(p, x->arg[0], &within, &v, e);
	p->try_depth--;
	p->errors = p->ev.errors = saved;
	if (rc != 0)
		return rc;
	v = vec_ref(v);
	if (own->n > 0 && (rc = null_failed(p, &v, own->failed, e)) != 0) {
		vec_drop(&v);
		return rc;
	}
	node_store(x, v, c);
	return 0;
}

/* ---- IN ---- */

static int
eval_in_set(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	struct vec *v, *out;
	uint64_t *valid;
	const uint8_t *r;
	int rc = node_eval_flat(p, x->arg[0], c, &v, e);

	if (rc != 0)
		return rc;
	if ((out = node_alloc(p, x, e)) == NULL)
		return -e->code;
	in_set_test(x->set, v, &c->rows, out->data);
	r = out->data;
	if (vec_may_be_null(v) || in_set_has_null(x->set)) {
		valid = vec_make_nullable(&p->ev, out, e);
		if (valid == NULL) {
			vec_drop(&out);
			return -e->code;
		}
		for (uint32_t k = 0; k < c->rows.n; k++) {
			uint32_t i = c->rows.sel == NULL ? k : c->rows.sel[k];

			if (vec_is_null(v, i) || (!r[i] &&
			    in_set_has_null(x->set)))
				bit_clear(valid, i);
		}
	}
	node_store(x, out, c);
	return 0;
}

/* Items that are computed: compared one after the other, each only for the
 * rows that no item before has equalled. */
int
eval_in(struct program *p, struct node *x, const struct context *c,
    struct err *e)
{
	uint8_t state[PAGE_ROWS] = { 0 };
	uint16_t sel[PAGE_ROWS];
	struct context within = *c;
	struct vec *v, *item;
	int rc, equal;

	if (x->set != NULL)
		return eval_in_set(p, x, c, e);
	if ((rc = node_eval(p, x->arg[0], c, &v, e)) != 0)
		return rc;
	for (int k = 1; k < x->n; k++) {
		if ((rc = node_eval(p, x->arg[k], &within, &item, e)) != 0)
			return rc;
		for (uint32_t j = 0; j < within.rows.n; j++) {
			uint32_t i = within.rows.sel == NULL ? j
			    : within.rows.sel[j];

			equal = vec_is_null(v, i) || vec_is_null(item, i) ? -1
			    : vec_equal(v, i, item, i);
			if (equal != 0)
				state[i] = equal > 0 ? 1 : STATE_NULL;
		}
		within = context_within(p, c, sel, select_undecided(state, 1,
		    &within.rows, sel));
		if (within.rows.n == 0)
			break;
	}
	return put_states(p, x, state, c, e);
}
