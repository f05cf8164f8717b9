/* SPDX-License-Identifier: Apache-2.0
 * parser.h - the state of a parse and what its parts call of each other.
 * Private to sql.
 *
 * A recursive descent over an array of tokens.  The first wrong token ends
 * the parse by a long jump to parser_run(); all memory is the arena's and
 * the parser's own, so nothing has to be unwound.  The text is then parsed
 * once more with `recording` on, when every token that was asked for in vain
 * at the furthest place is noted for "Expecting: ...". */
#ifndef SQL_PARSER_H
#define SQL_PARSER_H

#include <setjmp.h>

#include "base/err.h"
#include "sql/parse.h"
#include "sql/token.h"

/* Whole rules by whose names messages call what they expect. */
enum expect_rule {
	EXPECT_EXPRESSION = TK_COUNT, EXPECT_PREDICATE, EXPECT_IDENTIFIER,
	EXPECT_STRING, EXPECT_QUERY, EXPECT_TYPE, EXPECT_COUNT,
};

struct parser {
	struct arena *arena;
	struct str text;
	struct token_list tokens;
	const struct token *t;          /* the current one */
	int depth;
	int parameters;                 /* ? seen so far */
	const struct node *primary;     /* the last primary expression */
	bool in_nearest;                /* MATCH ends a relation */
	/* Where the text begins in an outer one: 1, 0 when there is none. */
	int outer_line, outer_column;
	struct err *e;
	jmp_buf out;
	/* Expectations. */
	bool recording;
	uint32_t furthest;              /* index of a token */
	uint32_t quiet;                 /* 1 + the token where a rule stands
					 * for all that it may begin with */
	uint8_t expected[EXPECT_COUNT];
};

/* parse.c: tokens, places, errors. */

/* Runs rule() over the whole text; *out is what it made.  arena, text and
 * outer_line are set, e may be; the rest is zero. */
int parser_run(struct parser *p, struct node *(*rule)(struct parser *p),
    struct node **out);
_Noreturn void parse_unexpected(struct parser *p);
/* An error of the parser's own with the place of a token or node. */
_Noreturn void parse_fail(struct parser *p, const struct token *t,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void parse_fail_node(struct parser *p, const struct node *n,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void parse_too_large(struct parser *p);
void parse_record(struct parser *p, int what);
/* Takes back what was asked for at this token: Trino does not list it. */
void parse_forget(struct parser *p);
/* From here on `rule` names all that is asked for at this token. */
void parse_enter(struct parser *p, enum expect_rule rule);

static inline const struct token *
parse_next(struct parser *p)
{
	return p->t++;
}

/* The kind of the token i further on (0: the current one). */
static inline enum token_kind
parse_peek(const struct parser *p, int i)
{
	const struct token *last = p->tokens.v + p->tokens.n - 1;

	return (enum token_kind)(i < last - p->t ? p->t[i].kind
	    : last->kind);
}

/* Is it this kind?  Notes the wish when not. */
static inline bool
parse_at(struct parser *p, enum token_kind kind)
{
	if (p->t->kind == kind)
		return true;
	if (p->recording)
		parse_record(p, (int)kind);
	return false;
}

static inline bool
parse_accept(struct parser *p, enum token_kind kind)
{
	if (!parse_at(p, kind))
		return false;
	p->t++;
	return true;
}

static inline void
parse_expect(struct parser *p, enum token_kind kind)
{
	if (!parse_accept(p, kind))
		parse_unexpected(p);
}

/* Both in a row, or nothing taken; the wish is for the first. */
bool parse_accept2(struct parser *p, enum token_kind a, enum token_kind b);
/* One of two kinds, else an error; true: the first. */
bool parse_either(struct parser *p, enum token_kind a, enum token_kind b);
/* IF [NOT] EXISTS */
bool parse_if_exists(struct parser *p);
bool parse_if_not_exists(struct parser *p);

/* A zeroed node that begins at the current token, its place that token's. */
void *parse_node_at(struct parser *p, enum node_kind kind, size_t size,
    const struct token *t);
/* Its last token is the one before the current; returns it. */
struct node *parse_end(struct parser *p, void *node);
/* Gives the node the start of `from`, and that token's place. */
void parse_start_at(struct parser *p, void *node, const struct node *from);
void parse_push(struct parser *p, struct node_list *l, void *node);

#define parse_new(p, KIND, name) \
	((struct name##_node *)parse_node_at((p), NODE_##KIND, \
	    sizeof(struct name##_node), (p)->t))
#define parse_new_at(p, KIND, name, token) \
	((struct name##_node *)parse_node_at((p), NODE_##KIND, \
	    sizeof(struct name##_node), (token)))

/* Was it (a, b), from that token on?  ROW(a, b) and ((a, b)) are not. */
static inline bool
parse_is_list(const struct node *value, const struct token *start)
{
	return value->kind == NODE_ROW && start->kind == '('
	    && value->line == (int)start->line
	    && value->column == (int)start->column;
}

/* Depth of nesting: on the way into and out of recursive rules. */
static inline void
parse_down(struct parser *p)
{
	if (++p->depth > SQL_DEPTH_MAX)
		parse_too_large(p);
}

static inline void
parse_up(struct parser *p)
{
	p->depth--;
}

/* names.c: identifiers, names, strings, lists of them. */
bool parse_is_name(const struct parser *p, int i);
bool parse_is_string(const struct parser *p, int i);
struct ident_node *parse_ident(struct parser *p);
/* [AS] name, when one stands here and is no clause; or NULL. */
struct ident_node *parse_alias(struct parser *p);
struct name_node *parse_name(struct parser *p);
/* A name of that one identifier. */
struct name_node *parse_name_of(struct parser *p, struct ident_node *id);
struct ident_node *parse_make_ident(struct parser *p, const char *value,
    bool quoted, const struct token *at);
/* A name made by us: concat, substr, ... */
struct name_node *parse_make_name(struct parser *p, const char *value,
    bool quoted, const struct token *at);
struct str parse_string_value(struct parser *p);
struct node *parse_string(struct parser *p);
/* '(' a, b, .. ')' with the '(' at hand. */
void parse_columns(struct parser *p, struct node_list *l);
/* Does a list '(' name [, name].. ')' stand i tokens further? */
bool parse_is_columns(const struct parser *p, int i);
/* COMMENT 'text' */
bool parse_comment(struct parser *p, struct str *text);

/* literal.c */
struct node *parse_number(struct parser *p);
struct node *parse_integer(struct parser *p);
struct node *parse_literal(struct parser *p);
struct node *parse_expect_literal(struct parser *p);
struct node *parse_interval(struct parser *p);
bool parse_is_interval(const struct parser *p);
int parse_small_integer(struct parser *p);

/* type.c */
struct node *parse_type(struct parser *p);
void parse_interval_qualifier(struct parser *p,
    struct interval_qualifier *q, bool literal);
/* [name] type, of rows and parameters. */
struct node *parse_type_field(struct parser *p, enum node_kind kind);

/* expr.c */
struct node *parse_expression(struct parser *p);
struct node *parse_value_expression(struct parser *p);
/* Goes on with an expression of which left was read as a value. */
struct node *parse_expression_from(struct parser *p, struct node *left);
/* A predicate without its left side (CASE .. WHEN > 5), or NULL. */
struct node *parse_predicate(struct parser *p, struct node *value);
bool parse_starts_expression(const struct parser *p, int i);
/* e, e, .. up to what is no comma. */
void parse_expressions(struct parser *p, struct node_list *l);
/* [ALL | DISTINCT]: is DISTINCT? */
bool parse_set_quantifier(struct parser *p);

/* primary.c, call.c, json.c */
struct node *parse_primary(struct parser *p);
struct node *parse_call(struct parser *p);
bool parse_is_call(const struct parser *p);
/* Arguments after the '(', the ')' included. */
void parse_arguments(struct parser *p, struct node_list *l);
struct node *parse_call_after(struct parser *p, struct name_node *name,
    const struct token *start, struct node *first);
struct node *parse_listagg(struct parser *p);
struct node *parse_json_function(struct parser *p);
struct node *parse_json_table(struct parser *p);
struct node *parse_special(struct parser *p);

/* window.c, pattern.c */
struct node *parse_over(struct parser *p);
bool parse_is_over(const struct parser *p);
struct window_node *parse_window(struct parser *p);
struct node *parse_window_definition(struct parser *p);
struct node *parse_match_recognize(struct parser *p, struct node *relation);
struct node *parse_pattern(struct parser *p);
void parse_measures(struct parser *p, struct node_list *l);
struct skip_to_node *parse_skip_to(struct parser *p);
enum pattern_search parse_search(struct parser *p);
void parse_subsets(struct parser *p, struct node_list *l);
void parse_definitions(struct parser *p, struct node_list *l);

/* query.c, select.c, relation.c */
struct query_node *parse_query(struct parser *p);
struct query_node *parse_root_query(struct parser *p, bool with_session);
struct query_node *parse_query_no_with(struct parser *p);
/* Goes on with a query whose first term was read as (query). */
struct query_node *parse_query_from(struct parser *p, struct node *first);
bool parse_starts_query(const struct parser *p, int i);
/* After a query in parentheses: does more of a query follow? */
bool parse_goes_on_as_query(const struct parser *p);
struct node *parse_query_spec(struct parser *p);
struct group_by_node *parse_group_by(struct parser *p);
struct node *parse_order_by(struct parser *p);
struct node *parse_sort_item(struct parser *p);
struct node *parse_subquery(struct parser *p, enum node_kind kind);
struct node *parse_relation(struct parser *p);

/* statement.c, create.c, alter.c, grant.c, routine.c */
struct node *parse_statement(struct parser *p);
void parse_properties(struct parser *p, struct node_list *l);
void parse_property_list(struct parser *p, struct node_list *l);
struct node *parse_column_definition(struct parser *p);
struct node *parse_create(struct parser *p);
struct node *parse_drop(struct parser *p);
struct node *parse_alter(struct parser *p);
struct node *parse_grant(struct parser *p);
struct node *parse_revoke(struct parser *p);
struct node *parse_principal(struct parser *p, bool grantor);
struct node *parse_grant_object(struct parser *p);
struct node *parse_show(struct parser *p);
struct node *parse_merge(struct parser *p);
struct node *parse_insert(struct parser *p);
struct node *parse_update(struct parser *p);
struct node *parse_delete(struct parser *p);
struct node *parse_function(struct parser *p);
struct node *parse_path_specification(struct parser *p);
void parse_parameters(struct parser *p, struct node_list *l);

#endif
