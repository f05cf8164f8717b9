/* SPDX-License-Identifier: Apache-2.0
 * print_window.c - windows, sort items and row patterns as text. */
#include "sql/printer.h"

void
put_sort_items(struct sbuf *to, const struct node_list *l)
{
	static const char *const nulls[] = {
		"", " NULLS FIRST", " NULLS LAST",
	};
	int i;

	for (i = 0; i < l->n; i++) {
		const struct sort_item_node *n
		    = (const struct sort_item_node *)l->v[i];

		put_if(to, i > 0, ", ");
		put_expression(to, n->key);
		sbuf_addz(to, n->descending ? " DESC" : " ASC");
		sbuf_addz(to, nulls[n->nulls]);
	}
}

void
put_order_by(struct sbuf *to, const struct node *n)
{
	sbuf_addz(to, "ORDER BY ");
	put_sort_items(to, &((const struct operands_node *)n)->list);
}

static void
put_bound(struct sbuf *to, const struct node *n)
{
	static const char *const texts[] = {
		"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW",
		" FOLLOWING", "UNBOUNDED FOLLOWING",
	};
	const struct frame_bound_node *b = (const struct frame_bound_node *)n;

	if (b->value != NULL)
		put_expression(to, b->value);
	sbuf_addz(to, texts[b->type]);
}

void
put_measure(struct sbuf *to, const struct node *n)
{
	const struct measure_node *m = (const struct measure_node *)n;

	put_expression(to, m->value);
	sbuf_addz(to, " AS ");
	put_ident(to, m->name);
}

void
put_definition(struct sbuf *to, const struct node *n)
{
	const struct measure_node *m = (const struct measure_node *)n;

	put_ident(to, m->name);
	sbuf_addz(to, " AS ");
	put_expression(to, m->value);
}

void
put_subset(struct sbuf *to, const struct node *n)
{
	const struct subset_node *s = (const struct subset_node *)n;

	put_ident(to, s->name);
	sbuf_addz(to, " = ");
	put_parens(to, &s->list);
}

/* a, b, .. by put(), after the text */
static void
put_each(struct sbuf *to, const char *text, const struct node_list *l,
    void (*put)(struct sbuf *to, const struct node *n))
{
	int i;

	for (i = 0; i < l->n; i++) {
		sbuf_addz(to, i == 0 ? text : ", ");
		put(to, l->v[i]);
	}
}

const char *
search_text(enum pattern_search search)
{
	return search == SEARCH_INITIAL ? "INITIAL" : "SEEK";
}

static void
put_frame(struct sbuf *to, const struct window_frame_node *n)
{
	static const char *const types[] = { "RANGE ", "ROWS ", "GROUPS " };
	static const char *const excludes[] = {
		"", " EXCLUDE NO OTHERS", " EXCLUDE CURRENT ROW",
		" EXCLUDE GROUP", " EXCLUDE TIES",
	};

	put_each(to, "MEASURES ", &n->measures, put_measure);
	put_if(to, n->measures.n > 0, " ");
	sbuf_addz(to, types[n->type]);
	put_if(to, n->end != NULL, "BETWEEN ");
	put_bound(to, n->start);
	if (n->end != NULL) {
		sbuf_addz(to, " AND ");
		put_bound(to, n->end);
	}
	sbuf_addz(to, excludes[n->exclude]);
	if (n->skip_to != NULL) {
		sbuf_addc(to, ' ');
		put_skip_to(to, n->skip_to);
	}
	if (n->search != SEARCH_DEFAULT)
		sbuf_addf(to, " %s", search_text(n->search));
	if (n->pattern != NULL) {
		sbuf_addz(to, " PATTERN(");
		put_pattern(to, (const struct pattern_node *)n->pattern);
		sbuf_addc(to, ')');
	}
	put_each(to, " SUBSET ", &n->subsets, put_subset);
	put_each(to, " DEFINE ", &n->definitions, put_definition);
}

void
put_window(struct sbuf *to, const struct window_node *n)
{
	const char *space = "";

	sbuf_addc(to, '(');
	if (n->base != NULL) {
		put_ident(to, n->base);
		space = " ";
	}
	if (n->partition_by.n > 0) {
		sbuf_addf(to, "%sPARTITION BY ", space);
		put_list(to, &n->partition_by);
		space = " ";
	}
	if (n->order_by != NULL) {
		sbuf_addz(to, space);
		put_order_by(to, n->order_by);
		space = " ";
	}
	if (n->frame != NULL) {
		sbuf_addz(to, space);
		put_frame(to, n->frame);
	}
	sbuf_addc(to, ')');
}

void
put_over(struct sbuf *to, const struct node *over)
{
	sbuf_addz(to, " OVER ");
	if (over->kind == NODE_WINDOW)
		put_window(to, (const struct window_node *)over);
	else
		put_expression(to, over);
}

void
put_skip_to(struct sbuf *to, const struct skip_to_node *n)
{
	static const char *const texts[] = {
		"PAST LAST ROW", "TO NEXT ROW", "TO FIRST ", "TO LAST ",
	};

	sbuf_addf(to, "AFTER MATCH SKIP %s", texts[n->position]);
	if (n->name != NULL)
		put_ident(to, n->name);
}

static void
put_quantifier(struct sbuf *to, const struct pattern_node *n)
{
	if (n->quantifier != '{') {
		sbuf_addc(to, n->quantifier);
	} else {
		sbuf_addf(to, "{%lld,", (long long)n->min);
		if (n->max >= 0)
			sbuf_addf(to, "%lld", (long long)n->max);
		sbuf_addc(to, '}');
	}
	put_if(to, n->reluctant, "?");
}

static void
put_patterns(struct sbuf *to, const struct pattern_node *n,
    const char *before, const char *between)
{
	int i;

	sbuf_addz(to, before);
	for (i = 0; i < n->list.n; i++) {
		put_if(to, i > 0, between);
		put_pattern(to, (const struct pattern_node *)n->list.v[i]);
	}
}

void
put_pattern(struct sbuf *to, const struct pattern_node *n)
{
	switch (n->type) {
	case PATTERN_VARIABLE:
		put_ident(to, n->name);
		return;
	case PATTERN_EMPTY:
		sbuf_addz(to, "()");
		return;
	case PATTERN_START:
		sbuf_addc(to, '^');
		return;
	case PATTERN_END:
		sbuf_addc(to, '$');
		return;
	case PATTERN_PERMUTE:
		put_patterns(to, n, "PERMUTE(", ", ");
		break;
	case PATTERN_EXCLUDED:
		put_patterns(to, n, "{-", "");
		sbuf_addz(to, "-}");
		return;
	case PATTERN_CONCAT:
		put_patterns(to, n, "(", " ");
		break;
	case PATTERN_ALTERNATION:
		put_patterns(to, n, "(", " | ");
		break;
	default:
		put_patterns(to, n, "(", "");
		put_quantifier(to, n);
	}
	sbuf_addc(to, ')');
}
