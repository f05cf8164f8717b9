/* SPDX-License-Identifier: Apache-2.0
 * print_json.c - SQL/JSON functions and JSON_TABLE as text. */
#include "sql/printer.h"

static void
put_format(struct sbuf *to, enum json_format format)
{
	static const char *const texts[] = {
		"", " FORMAT JSON", " FORMAT JSON ENCODING UTF8",
		" FORMAT JSON ENCODING UTF16", " FORMAT JSON ENCODING UTF32",
	};

	sbuf_addz(to, texts[format]);
}

static const char *
behavior_text(enum json_behavior b)
{
	static const char *const texts[] = {
		"", "NULL", "ERROR", "EMPTY", "EMPTY ARRAY", "EMPTY OBJECT",
		"DEFAULT", "TRUE", "FALSE", "UNKNOWN",
	};

	return texts[b];
}

/* " DEFAULT 1 ON EMPTY", nothing when nothing was written */
static void
put_behavior(struct sbuf *to, enum json_behavior b,
    const struct node *fallback, const char *when)
{
	if (b == BEHAVIOR_DEFAULTED)
		return;
	sbuf_addf(to, " %s", behavior_text(b));
	if (fallback != NULL) {
		sbuf_addc(to, ' ');
		put_expression(to, fallback);
	}
	sbuf_addf(to, " ON %s", when);
}

static void
put_path(struct sbuf *to, const struct json_path_node *n)
{
	put_expression(to, n->input);
	put_format(to, n->format);
	sbuf_addz(to, ", ");
	put_expression(to, n->path);
	if (n->name != NULL) {
		sbuf_addz(to, " AS ");
		put_ident(to, n->name);
	}
	if (n->passing.n > 0) {
		sbuf_addz(to, " PASSING ");
		put_list(to, &n->passing);
	}
}

static void
put_returning(struct sbuf *to, const struct node *type,
    enum json_format format)
{
	if (type == NULL)
		return;
	sbuf_addz(to, " RETURNING ");
	put_type(to, type);
	put_format(to, format);
}

static void
put_wrapper(struct sbuf *to, enum json_wrapper wrapper,
    enum json_quotes quotes)
{
	static const char *const wrappers[] = {
		" WITHOUT ARRAY WRAPPER", " WITH CONDITIONAL ARRAY WRAPPER",
		" WITH UNCONDITIONAL ARRAY WRAPPER",
	};
	static const char *const texts[] = {
		"", " KEEP QUOTES ON SCALAR STRING",
		" OMIT QUOTES ON SCALAR STRING",
	};

	sbuf_addz(to, wrappers[wrapper]);
	sbuf_addz(to, texts[quotes]);
}

static void
put_member(struct sbuf *to, const struct json_member_node *n)
{
	if (n->key != NULL) {
		sbuf_addz(to, "KEY ");
		put_expression(to, n->key);
		sbuf_addz(to, " VALUE ");
	}
	put_expression(to, n->value);
	put_format(to, n->format);
}

static void
put_object(struct sbuf *to, const struct json_object_node *n)
{
	sbuf_addz(to, "JSON_OBJECT(");
	if (n->members.n > 0) {
		put_list(to, &n->members);
		sbuf_addz(to, n->absent_on_null ? " ABSENT ON NULL"
		    : " NULL ON NULL");
		sbuf_addz(to, n->unique_keys ? " WITH UNIQUE KEYS"
		    : " WITHOUT UNIQUE KEYS");
	}
	put_returning(to, n->returning, n->format);
	sbuf_addc(to, ')');
}

static void
put_array(struct sbuf *to, const struct json_array_node *n)
{
	sbuf_addz(to, "JSON_ARRAY(");
	if (n->members.n > 0) {
		put_list(to, &n->members);
		sbuf_addz(to, n->null_on_null ? " NULL ON NULL"
		    : " ABSENT ON NULL");
	}
	put_returning(to, n->returning, n->format);
	sbuf_addc(to, ')');
}

static void
put_value(struct sbuf *to, const struct json_value_node *n)
{
	sbuf_addz(to, "JSON_VALUE(");
	put_path(to, n->path);
	put_returning(to, n->returning, JSON_FORMAT_NONE);
	put_behavior(to, n->on_empty, n->empty_default, "EMPTY");
	put_behavior(to, n->on_error, n->error_default, "ERROR");
	sbuf_addc(to, ')');
}

void
put_json(struct sbuf *to, const struct node *n)
{
	const struct json_exists_node *exists = (const void *)n;
	const struct json_query_node *query = (const void *)n;
	const struct json_passing_node *passing = (const void *)n;

	switch (n->kind) {
	case NODE_JSON_EXISTS:
		sbuf_addz(to, "JSON_EXISTS(");
		put_path(to, exists->path);
		put_behavior(to, exists->on_error, NULL, "ERROR");
		sbuf_addc(to, ')');
		break;
	case NODE_JSON_VALUE:
		put_value(to, (const struct json_value_node *)n);
		break;
	case NODE_JSON_QUERY:
		sbuf_addz(to, "JSON_QUERY(");
		put_path(to, query->path);
		put_returning(to, query->returning, query->format);
		put_wrapper(to, query->wrapper, query->quotes);
		put_behavior(to, query->on_empty, NULL, "EMPTY");
		put_behavior(to, query->on_error, NULL, "ERROR");
		sbuf_addc(to, ')');
		break;
	case NODE_JSON_OBJECT:
		put_object(to, (const struct json_object_node *)n);
		break;
	case NODE_JSON_ARRAY:
		put_array(to, (const struct json_array_node *)n);
		break;
	case NODE_JSON_PATH:
		put_path(to, (const struct json_path_node *)n);
		break;
	case NODE_JSON_PASSING:
		put_expression(to, passing->value);
		put_format(to, passing->format);
		sbuf_addz(to, " AS ");
		put_ident(to, passing->name);
		break;
	default:
		put_member(to, (const struct json_member_node *)n);
	}
}

static void put_columns(struct sbuf *to, const struct node_list *l,
    int indent);

static void
put_column(struct sbuf *to, const struct json_column_node *n, int indent)
{
	put_indent(to, indent);
	if (n->column_type == JSON_COLUMN_NESTED) {
		sbuf_addz(to, "NESTED PATH ");
		put_expression(to, n->path);
		if (n->name != NULL) {
			sbuf_addz(to, " AS ");
			put_ident(to, n->name);
		}
		sbuf_addc(to, '\n');
		put_columns(to, &n->columns, indent + 1);
		return;
	}
	put_ident(to, n->name);
	if (n->column_type == JSON_COLUMN_ORDINALITY) {
		sbuf_addz(to, " FOR ORDINALITY");
		return;
	}
	sbuf_addc(to, ' ');
	put_type(to, n->type);
	put_format(to, n->format);
	if (n->path != NULL) {
		sbuf_addz(to, " PATH ");
		put_expression(to, n->path);
	}
	if (n->column_type == JSON_COLUMN_QUERY)
		put_wrapper(to, n->wrapper, n->quotes);
	put_behavior(to, n->on_empty, n->empty_default, "EMPTY");
	put_behavior(to, n->on_error, n->error_default, "ERROR");
}

static void
put_columns(struct sbuf *to, const struct node_list *l, int indent)
{
	int i;

	put_line(to, indent, "COLUMNS (\n");
	for (i = 0; i < l->n; i++) {
		put_if(to, i > 0, ",\n");
		put_column(to, (const struct json_column_node *)l->v[i],
		    indent + 1);
	}
	sbuf_addc(to, ')');
}

/* Inner plans stand in parentheses. */
static void
put_plan(struct sbuf *to, const struct json_plan_node *n)
{
	int i;

	switch (n->type) {
	case JSON_PLAN_DEFAULT:
		sbuf_addf(to, "%s, %s", n->inner ? "INNER" : "OUTER",
		    n->cross ? "CROSS" : "UNION");
		break;
	case JSON_PLAN_LEAF:
		put_ident(to, n->name);
		break;
	case JSON_PLAN_PARENT:
		put_plan(to, (const struct json_plan_node *)n->list.v[0]);
		sbuf_addz(to, n->inner ? " INNER (" : " OUTER (");
		put_plan(to, (const struct json_plan_node *)n->list.v[1]);
		sbuf_addc(to, ')');
		break;
	default:
		for (i = 0; i < n->list.n; i++) {
			put_if(to, i > 0, n->cross ? " CROSS " : " UNION ");
			sbuf_addc(to, '(');
			put_plan(to,
			    (const struct json_plan_node *)n->list.v[i]);
			sbuf_addc(to, ')');
		}
	}
}

void
put_json_table(struct sbuf *to, const struct json_table_node *n, int indent)
{
	const struct json_plan_node *plan;

	sbuf_addz(to, "JSON_TABLE (");
	put_path(to, n->path);
	sbuf_addc(to, '\n');
	put_columns(to, &n->columns, indent + 1);
	if (n->plan != NULL) {
		plan = (const struct json_plan_node *)n->plan;
		sbuf_addc(to, '\n');
		put_line(to, indent + 1, plan->type == JSON_PLAN_DEFAULT
		    ? "PLAN DEFAULT (" : "PLAN (");
		put_plan(to, plan);
		sbuf_addc(to, ')');
	}
	if (n->on_error != BEHAVIOR_DEFAULTED) {
		sbuf_addc(to, '\n');
		put_indent(to, indent + 1);
		sbuf_addf(to, "%s ON ERROR", behavior_text(n->on_error));
	}
	sbuf_addz(to, ")\n");
}
