/* SPDX-License-Identifier: Apache-2.0
 * print_special.c - predicates, CASE, CAST and the like, and types, as
 * text. */
#include "sql/printer.h"

static const char *const compare_texts[] = {
	"=", "<>", "<", "<=", ">", ">=",
};

/* A predicate without its value. */
static void
put_tail(struct sbuf *to, const struct node *n)
{
	static const char *const quantifiers[] = { "ALL", "ANY", "SOME" };
	static const char *const matches[] = {
		"", " SIMPLE", " PARTIAL", " FULL",
	};
	const struct compare_node *compare = (const void *)n;
	const struct between_node *between = (const void *)n;
	const struct in_list_node *list = (const void *)n;
	const struct in_query_node *query = (const void *)n;
	const struct quantified_node *quantified = (const void *)n;
	const struct match_node *match = (const void *)n;
	const struct like_node *like = (const void *)n;

	switch (n->kind) {
	case NODE_COMPARE:
		sbuf_addf(to, "%s ", compare_texts[compare->op]);
		put_expression(to, compare->right);
		break;
	case NODE_BETWEEN:
		put_if(to, between->negated, "NOT ");
		sbuf_addz(to, "BETWEEN ");
		put_if(to, between->symmetric, "SYMMETRIC ");
		put_if(to, between->asymmetric, "ASYMMETRIC ");
		put_expression(to, between->min);
		sbuf_addz(to, " AND ");
		put_expression(to, between->max);
		break;
	case NODE_IN_LIST:
		sbuf_addz(to, list->negated ? "NOT IN " : "IN ");
		put_parens(to, &list->list);
		break;
	case NODE_IN_QUERY:
		sbuf_addz(to, query->negated ? "NOT IN " : "IN ");
		put_expression(to, query->query);
		break;
	case NODE_LIKE:
		sbuf_addz(to, like->negated ? "NOT LIKE " : "LIKE ");
		put_expression(to, like->pattern);
		if (like->escape != NULL) {
			sbuf_addz(to, " ESCAPE ");
			put_expression(to, like->escape);
		}
		break;
	case NODE_QUANTIFIED:
		sbuf_addf(to, "%s %s ", compare_texts[quantified->op],
		    quantifiers[quantified->quantifier]);
		put_expression(to, quantified->query);
		break;
	default:
		sbuf_addf(to, "MATCH%s%s ", match->unique ? " UNIQUE" : "",
		    matches[match->type]);
		put_expression(to, match->query);
	}
}

static void
put_is_tail(struct sbuf *to, const struct node *n)
{
	static const char *const truths[] = { "TRUE", "FALSE", "UNKNOWN" };
	const struct compare_from_node *from = (const void *)n;
	const struct boolean_test_node *b = (const void *)n;

	switch (n->kind) {
	case NODE_IS_NULL:
		sbuf_addz(to, ((const struct test_node *)n)->negated
		    ? "IS NOT NULL" : "IS NULL");
		break;
	case NODE_BOOLEAN_TEST:
		sbuf_addf(to, "IS %s%s", b->negated ? "NOT " : "",
		    truths[b->truth]);
		break;
	case NODE_DISTINCT_FROM:
		sbuf_addz(to, from->negated ? "IS NOT DISTINCT FROM "
		    : "IS DISTINCT FROM ");
		put_expression(to, from->right);
		break;
	default:
		sbuf_addz(to, "OVERLAPS ");
		put_expression(to, from->right);
	}
}

/* The value that a predicate tests: NULL also when it stands in a WHEN. */
static const struct node *
tested_value(const struct node *n)
{
	switch (n->kind) {
	case NODE_COMPARE:
		return ((const struct compare_node *)n)->left;
	case NODE_BETWEEN:
		return ((const struct between_node *)n)->value;
	case NODE_IN_LIST:
		return ((const struct in_list_node *)n)->value;
	case NODE_IN_QUERY:
		return ((const struct in_query_node *)n)->value;
	case NODE_LIKE:
		return ((const struct like_node *)n)->value;
	case NODE_QUANTIFIED:
		return ((const struct quantified_node *)n)->value;
	case NODE_MATCH:
		return ((const struct match_node *)n)->value;
	case NODE_IS_NULL:
		return ((const struct test_node *)n)->value;
	case NODE_BOOLEAN_TEST:
		return ((const struct boolean_test_node *)n)->value;
	default:
		return ((const struct compare_from_node *)n)->left;
	}
}

static bool
put_predicate(struct sbuf *to, const struct node *n)
{
	const struct node *value;
	bool is = false;

	switch (n->kind) {
	case NODE_COMPARE: case NODE_BETWEEN: case NODE_IN_LIST:
	case NODE_IN_QUERY: case NODE_LIKE: case NODE_QUANTIFIED:
	case NODE_MATCH:
		break;
	case NODE_IS_NULL: case NODE_BOOLEAN_TEST: case NODE_DISTINCT_FROM:
	case NODE_OVERLAPS:
		is = true;
		break;
	default:
		return false;
	}
	value = tested_value(n);
	if (value != NULL) {
		sbuf_addc(to, '(');
		put_expression(to, value);
		sbuf_addc(to, ' ');
	}
	if (is)
		put_is_tail(to, n);
	else
		put_tail(to, n);
	put_if(to, value != NULL, ")");
	return true;
}

static void
put_case(struct sbuf *to, const struct case_node *n)
{
	int i;

	sbuf_addz(to, "(CASE");
	if (n->operand != NULL) {
		sbuf_addc(to, ' ');
		put_expression(to, n->operand);
	}
	for (i = 0; i < n->whens.n; i++) {
		sbuf_addc(to, ' ');
		put_expression(to, n->whens.v[i]);
	}
	if (n->otherwise != NULL) {
		sbuf_addz(to, " ELSE ");
		put_expression(to, n->otherwise);
	}
	sbuf_addz(to, " END)");
}

static void
put_current(struct sbuf *to, const struct current_node *n)
{
	static const char *const texts[] = {
		"current_date", "current_time", "current_timestamp",
		"localtime", "localtimestamp", "CURRENT_USER",
		"CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_PATH",
	};

	sbuf_addz(to, texts[n->what]);
	if (n->precision >= 0)
		sbuf_addf(to, "(%d)", n->precision);
}

static void
put_upper(struct sbuf *to, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		sbuf_addc(to, s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 32
		    : s.p[i]);
}

/* Calls with words between their arguments. */
static bool
put_word_call(struct sbuf *to, const struct node *n)
{
	static const char *const trims[] = { "BOTH ", "LEADING ",
	    "TRAILING " };
	const struct extract_node *extract = (const void *)n;
	const struct overlay_node *overlay = (const void *)n;
	const struct trim_node *trim = (const void *)n;
	const struct cast_node *cast = (const void *)n;

	switch (n->kind) {
	case NODE_CAST:
		sbuf_addz(to, cast->safe ? "TRY_CAST(" : "CAST(");
		put_expression(to, cast->value);
		sbuf_addz(to, " AS ");
		put_type(to, cast->type);
		break;
	case NODE_EXTRACT:
		sbuf_addz(to, "EXTRACT(");
		put_upper(to, extract->field->lower);
		sbuf_addz(to, " FROM ");
		put_expression(to, extract->value);
		break;
	case NODE_TRIM:
		sbuf_addf(to, "trim(%s", trims[trim->spec]);
		if (trim->chars != NULL) {
			put_expression(to, trim->chars);
			sbuf_addc(to, ' ');
		}
		sbuf_addz(to, "FROM ");
		put_expression(to, trim->value);
		break;
	case NODE_OVERLAY:
		sbuf_addz(to, "OVERLAY(");
		put_expression(to, overlay->value);
		sbuf_addz(to, " PLACING ");
		put_expression(to, overlay->replacement);
		sbuf_addz(to, " FROM ");
		put_expression(to, overlay->start);
		if (overlay->length != NULL) {
			sbuf_addz(to, " FOR ");
			put_expression(to, overlay->length);
		}
		break;
	default:
		return false;
	}
	sbuf_addc(to, ')');
	return true;
}

static bool
put_operands(struct sbuf *to, const struct node *n)
{
	const struct operands_node *o = (const struct operands_node *)n;
	const struct binary_node *nullif = (const struct binary_node *)n;
	const struct if_node *i = (const struct if_node *)n;
	const struct array_node *array = (const struct array_node *)n;
	int k;

	switch (n->kind) {
	case NODE_COALESCE:
		sbuf_addz(to, "COALESCE");
		put_parens(to, &o->list);
		return true;
	case NODE_FORMAT:
		sbuf_addz(to, "format");
		put_parens(to, &o->list);
		return true;
	case NODE_GROUPING:
		sbuf_addz(to, "GROUPING ");
		put_parens(to, &o->list);
		return true;
	case NODE_ROW:
		sbuf_addz(to, "ROW");
		put_parens(to, &((const struct row_node *)n)->items);
		return true;
	case NODE_ARRAY:
		sbuf_addz(to, "ARRAY[");
		for (k = 0; k < array->items.n; k++) {
			put_if(to, k > 0, ",");
			put_expression(to, array->items.v[k]);
		}
		sbuf_addc(to, ']');
		return true;
	case NODE_NULLIF:
		put_list(to, &(struct node_list){
		    (struct node *[]){ nullif->left, nullif->right }, 2, 0 });
		return true;
	case NODE_IF:
		sbuf_addz(to, "IF");
		put_parens(to, &(struct node_list){ (struct node *[]){
		    i->condition, i->then, i->otherwise },
		    i->otherwise != NULL ? 3 : 2, 0 });
		return true;
	default:
		return false;
	}
}

void
put_special(struct sbuf *to, const struct node *n)
{
	const struct when_node *when = (const struct when_node *)n;
	const struct row_item_node *item = (const struct row_item_node *)n;
	const struct window_operation_node *op = (const void *)n;

	if (n->kind == NODE_NULLIF) {
		sbuf_addz(to, "NULLIF(");
		put_operands(to, n);
		sbuf_addc(to, ')');
		return;
	}
	if (put_predicate(to, n) || put_word_call(to, n)
	    || put_operands(to, n))
		return;
	switch (n->kind) {
	case NODE_SIMPLE_CASE:
	case NODE_SEARCHED_CASE:
		put_case(to, (const struct case_node *)n);
		break;
	case NODE_WHEN:
		sbuf_addz(to, "WHEN ");
		put_expression(to, when->condition);
		sbuf_addz(to, " THEN ");
		put_expression(to, when->result);
		break;
	case NODE_ROW_ITEM:
		put_expression(to, item->value);
		sbuf_addz(to, " AS ");
		put_ident(to, item->name);
		break;
	case NODE_CURRENT:
		put_current(to, (const struct current_node *)n);
		break;
	case NODE_WINDOW_OPERATION:
		put_ident(to, op->name);
		put_over(to, op->over);
		break;
	case NODE_ALL_ROWS:
		sbuf_addz(to, "ALL");
		break;
	default:
		put_statement(to, n, 0);
	}
}

void
put_qualifier(struct sbuf *to, const struct interval_qualifier *q)
{
	static const char *const fields[] = {
		"", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND",
	};

	sbuf_addz(to, fields[q->from]);
	if (q->precision >= 0) {
		sbuf_addf(to, "(%d", q->precision);
		if (q->to == FIELD_NONE && q->fraction >= 0)
			sbuf_addf(to, ", %d", q->fraction);
		sbuf_addc(to, ')');
	}
	if (q->to == FIELD_NONE)
		return;
	sbuf_addf(to, " TO %s", fields[q->to]);
	if (q->fraction >= 0)
		sbuf_addf(to, "(%d)", q->fraction);
}

void
put_type(struct sbuf *to, const struct node *n)
{
	const struct row_type_field_node *field = (const void *)n;
	const struct datetime_type_node *time = (const void *)n;
	const struct generic_type_node *type = (const void *)n;

	switch (n->kind) {
	case NODE_GENERIC_TYPE:
		put_ident(to, type->name);
		if (type->args.n > 0)
			put_parens(to, &type->args);
		break;
	case NODE_DATETIME_TYPE:
		sbuf_addz(to, time->timestamp ? "timestamp" : "time");
		if (time->precision != NULL) {
			sbuf_addc(to, '(');
			put_expression(to, time->precision);
			sbuf_addc(to, ')');
		}
		put_if(to, time->with_time_zone, " with time zone");
		break;
	case NODE_INTERVAL_TYPE:
		sbuf_addz(to, "INTERVAL ");
		put_qualifier(to,
		    &((const struct interval_type_node *)n)->qualifier);
		break;
	case NODE_ROW_TYPE:
		sbuf_addz(to, "ROW");
		put_parens(to, &((const struct row_type_node *)n)->fields);
		break;
	case NODE_ROW_TYPE_FIELD:
	case NODE_FUNCTION_PARAMETER:
		if (field->name != NULL) {
			put_ident(to, field->name);
			sbuf_addc(to, ' ');
		}
		put_type(to, field->type);
		break;
	default:
		put_expression(to, n);
	}
}
