/* SPDX-License-Identifier: Apache-2.0
 * bind_window.c - calls with OVER: the window they name, its frame. */
#include "plan/binder.h"

/* What OVER comes to once names are followed. */
struct window_spec {
	const struct node_list *partition;
	const struct operands_node *order;
	const struct window_frame_node *frame;
	const struct node *at;
};

static int
find_definition(struct binder *b, struct expr_context *c,
    const struct ident_node *id, const struct window_node *before,
    const struct window_node **out)
{
	const struct node_list *l = c->window_definitions;

	for (int i = 0; l != NULL && i < l->n; i++) {
		const struct window_definition_node *d =
		    (const struct window_definition_node *)l->v[i];

		/* A definition sees those before it only. */
		if (d->window == before)
			break;
		if (str_eq(d->name->lower, id->lower)) {
			*out = d->window;
			return 0;
		}
	}
	return bind_error(b, &id->node, ERR_INVALID_WINDOW_REFERENCE,
	    "Cannot resolve WINDOW name %.*s", STR_ARG(id->value));
}

static int
resolve_window(struct binder *b, struct expr_context *c,
    const struct window_node *w, struct window_spec *out)
{
	const struct window_node *base;
	int rc;

	if (w->base != NULL) {
		if ((rc = find_definition(b, c, w->base, w, &base)) != 0)
			return rc;
		if (w->partition_by.n > 0)
			return bind_error(b, w->partition_by.v[0],
			    ERR_INVALID_PARTITION_BY,
			    "WINDOW specification with named WINDOW reference "
			    "cannot specify PARTITION BY");
		if ((rc = resolve_window(b, c, base, out)) != 0)
			return rc;
		if (out->order != NULL && w->order_by != NULL)
			return bind_error(b, w->order_by,
			    ERR_INVALID_ORDER_BY,
			    "Cannot specify ORDER BY if referenced named "
			    "WINDOW specifies ORDER BY");
		if (out->frame != NULL)
			return bind_error(b, &w->base->node,
			    ERR_INVALID_WINDOW_REFERENCE,
			    "Cannot reference named WINDOW containing frame "
			    "specification");
	}
	if (w->partition_by.n > 0)
		out->partition = &w->partition_by;
	if (w->order_by != NULL)
		out->order = (const struct operands_node *)w->order_by;
	if (w->frame != NULL)
		out->frame = w->frame;
	out->at = &w->node;
	return 0;
}

static int
resolve_over(struct binder *b, struct expr_context *c, const struct node *over,
    struct window_spec *out)
{
	const struct window_node *w;
	int rc;

	if (over->kind == NODE_WINDOW)
		return resolve_window(b, c, (const struct window_node *)over,
		    out);
	if ((rc = find_definition(b, c, (const struct ident_node *)over, NULL,
	    &w)) != 0)
		return rc;
	return resolve_window(b, c, w, out);
}

/* ---- frames ---- */

static const char *const bound_names[] = {
	[BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
	[BOUND_PRECEDING] = "PRECEDING", [BOUND_CURRENT_ROW] = "CURRENT ROW",
	[BOUND_FOLLOWING] = "FOLLOWING",
	[BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
};

static int
check_bounds(struct binder *b, const struct window_frame_node *f,
    enum bound_type start, enum bound_type end)
{
	if (start == BOUND_UNBOUNDED_FOLLOWING)
		return bind_error(b, &f->node, ERR_INVALID_WINDOW_FRAME,
		    "Window frame start cannot be UNBOUNDED FOLLOWING");
	if (end == BOUND_UNBOUNDED_PRECEDING)
		return bind_error(b, &f->node, ERR_INVALID_WINDOW_FRAME,
		    "Window frame end cannot be UNBOUNDED PRECEDING");
	if ((start == BOUND_CURRENT_ROW && end == BOUND_PRECEDING) ||
	    (start == BOUND_FOLLOWING && (end == BOUND_PRECEDING ||
	    end == BOUND_CURRENT_ROW)))
		return bind_error(b, &f->node, ERR_INVALID_WINDOW_FRAME,
		    "Window frame starting from %s cannot end with %s",
		    bound_names[start], bound_names[end]);
	return 0;
}

static bool
is_offset(enum bound_type t)
{
	return t == BOUND_PRECEDING || t == BOUND_FOLLOWING;
}

static bool
is_exact_integer(const struct type *t)
{
	return t->id == TYPE_TINYINT || t->id == TYPE_SMALLINT ||
	    t->id == TYPE_INTEGER || t->id == TYPE_BIGINT ||
	    (t->id == TYPE_DECIMAL && t->scale == 0);
}

static bool
is_range_type(const struct type *t)
{
	return is_exact_integer(t) || t->id == TYPE_DECIMAL ||
	    t->id == TYPE_REAL || t->id == TYPE_DOUBLE ||
	    t->id == TYPE_NUMBER || (t->id >= TYPE_DATE &&
	    t->id <= TYPE_INTERVAL_DS);
}

/* The value at which a RANGE frame ends: the sort key moved by the offset. */
static int
range_value(struct binder *b, const struct frame_bound_node *f,
    struct window_call *w, struct expr *offset, struct expr **out)
{
	struct expr *key = w->order_expr[0], *v[2] = { key, offset };
	bool back = (f->type == BOUND_PRECEDING) != w->order[0].descending;

	if (!is_range_type(key->type))
		return bind_error(b, NULL, ERR_TYPE_MISMATCH,
		    "Window frame of type RANGE PRECEDING or FOLLOWING "
		    "requires that sort item type be numeric, datetime or "
		    "interval (actual: %s)", bind_type_text(b, key->type));
	if (bind_call_named(b, f->value, back ? "-" : "+", v, 2, out) != 0)
		return bind_error(b, f->value, ERR_TYPE_MISMATCH,
		    "Window frame RANGE value type (%s) not compatible with "
		    "sort item type (%s)", bind_type_text(b, offset->type),
		    bind_type_text(b, key->type));
	*out = bind_coerce(b, *out, key->type);
	return 0;
}

static int
bind_bound(struct binder *b, struct expr_context *c,
    const struct window_frame_node *frame, const struct frame_bound_node *f,
    struct window_call *w, struct expr **out)
{
	bool start = (const struct node *)f == frame->start;
	struct expr *x;
	int rc;

	if (!is_offset(f->type))
		return 0;
	if ((rc = bind_expr(b, c, f->value, &x)) != 0)
		return rc;
	if (frame->type == FRAME_RANGE)
		return range_value(b, f, w, x, out);
	if (!is_exact_integer(x->type))
		return bind_error(b, f->value, ERR_TYPE_MISMATCH,
		    "Window frame %s %s value type must be exact numeric type "
		    "with scale 0 (actual %s)",
		    frame->type == FRAME_ROWS ? "ROWS" : "GROUPS",
		    start ? "start" : "end", bind_type_text(b, x->type));
	*out = bind_coerce(b, x, TYPE(BIGINT));
	return 0;
}

static int
bind_frame(struct binder *b, struct expr_context *c,
    const struct window_spec *spec, struct window_call *w)
{
	static const enum plan_frame_type types[] = {
		[FRAME_RANGE] = PLAN_FRAME_RANGE,
		[FRAME_ROWS] = PLAN_FRAME_ROWS,
		[FRAME_GROUPS] = PLAN_FRAME_GROUPS };
	static const enum plan_bound_type bounds[] = {
		[BOUND_UNBOUNDED_PRECEDING] = PLAN_UNBOUNDED_PRECEDING,
		[BOUND_PRECEDING] = PLAN_PRECEDING,
		[BOUND_CURRENT_ROW] = PLAN_CURRENT_ROW,
		[BOUND_FOLLOWING] = PLAN_FOLLOWING,
		[BOUND_UNBOUNDED_FOLLOWING] = PLAN_UNBOUNDED_FOLLOWING };
	const struct window_frame_node *f = spec->frame;
	const struct frame_bound_node *start, *end;
	enum bound_type end_type = BOUND_CURRENT_ROW;
	int rc;

	w->func.frame = (struct plan_frame){ PLAN_FRAME_RANGE,
		PLAN_UNBOUNDED_PRECEDING, PLAN_CURRENT_ROW, -1, -1 };
	if (f == NULL)
		return 0;
	if (f->pattern != NULL || f->measures.n > 0)
		return bind_unsupported(b, &f->node,
		    "Row pattern recognition in windows is");
	if (f->exclude != EXCLUDE_DEFAULT && f->exclude != EXCLUDE_NO_OTHERS)
		return bind_unsupported(b, &f->node, "EXCLUDE is");
	start = (const struct frame_bound_node *)f->start;
	end = (const struct frame_bound_node *)f->end;
	if (end != NULL)
		end_type = end->type;
	if ((rc = check_bounds(b, f, start->type, end_type)) != 0)
		return rc;
	if (f->type != FRAME_ROWS && (is_offset(start->type) ||
	    is_offset(end_type))) {
		const char *name = f->type == FRAME_RANGE ? "RANGE" : "GROUPS";

		if (w->n_order == 0)
			return bind_error(b, &f->node, ERR_MISSING_ORDER_BY,
			    "Window frame of type %s PRECEDING or FOLLOWING "
			    "requires ORDER BY", name);
		if (f->type == FRAME_RANGE && w->n_order != 1)
			return bind_error(b, spec->order == NULL ? NULL
			    : &spec->order->node, ERR_INVALID_ORDER_BY,
			    "Window frame of type RANGE PRECEDING or "
			    "FOLLOWING requires single sort item in ORDER BY "
			    "(actual: %d)", w->n_order);
	}
	w->func.frame.type = types[f->type];
	w->func.frame.start = bounds[start->type];
	w->func.frame.end = bounds[end_type];
	if ((rc = bind_bound(b, c, f, start, w, &w->start)) != 0 ||
	    (end != NULL && (rc = bind_bound(b, c, f, end, w,
	    &w->end)) != 0)) {
		if (b->err->line == 0 && spec->order != NULL)
			bind_place(b, ((struct sort_item_node *)
			    spec->order->list.v[0])->key);
		return rc;
	}
	return 0;
}

static int
bind_partition(struct binder *b, struct expr_context *c,
    const struct window_spec *spec, struct window_call *w)
{
	int rc;

	if (spec->partition == NULL)
		return 0;
	w->n_partition = spec->partition->n;
	if ((rc = bind_exprs(b, c, spec->partition, &w->partition)) != 0)
		return rc;
	for (int i = 0; i < w->n_partition; i++)
		if (!type_comparable(w->partition[i]->type))
			return bind_error(b, spec->partition->v[i],
			    ERR_TYPE_MISMATCH,
			    "%s is not comparable, and therefore cannot be "
			    "used in window function PARTITION BY",
			    bind_type_text(b, w->partition[i]->type));
	return 0;
}

static int
bind_window_order(struct binder *b, struct expr_context *c,
    const struct window_spec *spec, struct window_call *w)
{
	const struct operands_node *o = spec->order;
	int rc;

	if (o == NULL)
		return 0;
	w->n_order = o->list.n;
	w->order = arena_array(b->arena, struct plan_order, w->n_order);
	w->order_expr = arena_array(b->arena, struct expr *, w->n_order);
	for (int i = 0; i < w->n_order; i++) {
		const struct sort_item_node *s =
		    (const struct sort_item_node *)o->list.v[i];

		if ((rc = bind_expr(b, c, s->key, &w->order_expr[i])) != 0)
			return rc;
		if (!type_orderable(w->order_expr[i]->type))
			return bind_error(b, s->key, ERR_TYPE_MISMATCH,
			    "%s is not orderable, and therefore cannot be "
			    "used in window function ORDER BY",
			    bind_type_text(b, w->order_expr[i]->type));
		w->order[i] = bind_sort_item(s, -1);
	}
	return 0;
}

static bool
takes_frame(const char *name)
{
	return strcmp(name, "first_value") == 0 ||
	    strcmp(name, "last_value") == 0 || strcmp(name, "nth_value") == 0;
}

static int
check_call(struct binder *b, const struct call_node *n,
    const struct func_match *match, struct window_call *w,
    const struct window_spec *spec)
{
	const struct ident_node *id = (const struct ident_node *)
	    n->name->parts.v[n->name->parts.n - 1];

	if (match->func != NULL)
		return bind_error(b, NULL, ERR_FUNCTION_NOT_WINDOW,
		    "Not a window function: %.*s", STR_ARG(id->lower));
	if (match->window != NULL) {
		w->func.name = bind_str(b, id->lower);
		if (n->order_by != NULL)
			return bind_error(b, &n->node, ERR_NOT_SUPPORTED,
			    "Only aggregation window functions with ORDER BY "
			    "are supported");
		if (spec->frame != NULL && !takes_frame(w->func.name))
			return bind_error(b, &spec->frame->node,
			    ERR_INVALID_WINDOW_FRAME,
			    "Cannot specify window frame for %s function",
			    w->func.name);
		if (n->distinct)
			return bind_error(b, &n->node, ERR_NOT_SUPPORTED,
			    "DISTINCT in window function parameters not yet "
			    "supported: %s", bind_node_text(b, &n->node));
	}
	if (n->nulls != NULLS_DEFAULT && match->agg != NULL)
		return bind_error(b, &n->node,
		    ERR_NULL_TREATMENT_NOT_ALLOWED,
		    "Cannot specify null treatment clause for %.*s function",
		    STR_ARG(id->lower));
	return 0;
}

/* agg(x ORDER BY y) over a whole partition: the window itself is ordered. */
static int
order_window(struct binder *b, struct expr_context *c,
    const struct call_node *n, struct window_call *w,
    struct window_spec *spec)
{
	int rc;

	if (w->n_order > 0 || spec->frame != NULL)
		return bind_unsupported(b, n->order_by,
		    "ORDER BY in aggregates over ordered windows is");
	spec->order = (const struct operands_node *)n->order_by;
	if ((rc = bind_window_order(b, c, spec, w)) != 0)
		return rc;
	w->func.frame.type = PLAN_FRAME_ROWS;
	w->func.frame.end = PLAN_UNBOUNDED_FOLLOWING;
	return 0;
}

int
bind_window_call(struct binder *b, struct expr_context *c,
    struct node *node, struct expr **out)
{
	const struct call_node *n = (const struct call_node *)node;
	struct expr_context inner = *c;
	struct window_call w = { 0 };
	struct window_spec spec = { 0 };
	struct func_match match;
	int rc;

	if (c->in_window)
		return bind_error(b, node, ERR_NESTED_WINDOW,
		    "Cannot nest window functions or row pattern measures "
		    "inside window %s", c->in_window_args
		    ? "function arguments" : "specification");
	if (c->windows == NULL)
		return bind_error(b, node, ERR_EXPRESSION_NOT_SCALAR,
		    "Expression cannot contain window functions");
	inner.in_window = true;
	if ((rc = resolve_over(b, &inner, n->over, &spec)) != 0 ||
	    (rc = bind_partition(b, &inner, &spec, &w)) != 0 ||
	    (rc = bind_window_order(b, &inner, &spec, &w)) != 0)
		return rc;
	inner.in_window_args = true;
	if ((rc = bind_call_args(b, &inner, node, &match, &w.args)) != 0)
		return rc;
	inner.in_window_args = false;
	if (n->filter != NULL)
		return bind_error(b, c->grouping_query, ERR_NOT_SUPPORTED,
		    "FILTER is not yet supported for window functions");
	if ((rc = check_call(b, n, &match, &w, &spec)) != 0) {
		if (b->err->code == ERR_FUNCTION_NOT_WINDOW)
			bind_place(b, c->grouping_query);
		return rc;
	}
	if ((rc = bind_frame(b, &inner, &spec, &w)) != 0)
		return rc;
	if (n->order_by != NULL && (rc = order_window(b, &inner, n, &w,
	    &spec)) != 0)
		return rc;
	w.ast = node;
	w.partition_ast = spec.partition == NULL ? NULL : spec.partition->v;
	w.order_ast = spec.order == NULL ? NULL : spec.order->list.v;
	w.func.agg.func = match.agg;
	w.func.agg.n_args = match.n;
	w.func.agg.intermediate = match.intermediate;
	w.func.agg.result = match.result;
	w.func.agg.filter = -1;
	w.func.agg.distinct = n->distinct;
	w.func.ignore_nulls = n->nulls == NULLS_IGNORE;
	w.func.agg.symbol = plan_symbol_new(b->plan,
	    bind_str(b, ((struct ident_node *)
	    n->name->parts.v[n->name->parts.n - 1])->lower), match.result);
	arena_push(b->arena, c->windows, w);
	*out = plan_symbol_expr(b->plan, w.func.agg.symbol);
	return 0;
}
