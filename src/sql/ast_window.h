/* SPDX-License-Identifier: Apache-2.0
 * ast_window.h - windows, frames and row patterns; include sql/ast.h. */
#ifndef SQL_AST_WINDOW_H
#define SQL_AST_WINDOW_H

/* Row pattern recognition. */

enum rows_per_match {
	ROWS_DEFAULT, ROWS_ONE, ROWS_ALL_SHOW_EMPTY, ROWS_ALL_OMIT_EMPTY,
	ROWS_ALL_WITH_UNMATCHED,
};
enum pattern_search { SEARCH_DEFAULT, SEARCH_INITIAL, SEARCH_SEEK };

struct match_recognize_node {
	struct node node;
	struct node *relation;
	struct node_list partition_by;
	struct node *order_by;          /* ORDER_BY or NULL */
	struct node_list measures;      /* MEASURE */
	enum rows_per_match rows;
	struct skip_to_node *skip_to;   /* or NULL */
	enum pattern_search search;
	struct node *pattern;
	struct node_list subsets;       /* SUBSET */
	struct node_list definitions;   /* VARIABLE_DEFINITION */
};

/* value AS name (MEASURE), name AS value (VARIABLE_DEFINITION) */
struct measure_node {
	struct node node;
	struct node *value;
	struct ident_node *name;
};

enum skip_position {
	SKIP_PAST_LAST, SKIP_NEXT_ROW, SKIP_FIRST, SKIP_LAST,
};

struct skip_to_node {
	struct node node;
	enum skip_position position;
	struct ident_node *name;        /* FIRST, LAST (SKIP TO a is LAST a) */
};

struct subset_node {
	struct node node;
	struct ident_node *name;
	struct node_list list;          /* IDENT */
};

enum pattern_type {
	PATTERN_VARIABLE, PATTERN_EMPTY, PATTERN_PERMUTE,
	PATTERN_START, PATTERN_END,     /* ^ and $ */
	PATTERN_EXCLUDED,               /* {- .. -} */
	PATTERN_CONCAT, PATTERN_ALTERNATION, PATTERN_QUANTIFIED,
};

struct pattern_node {
	struct node node;
	enum pattern_type type;
	struct ident_node *name;        /* VARIABLE */
	struct node_list list;          /* all others' patterns */
	int64_t min, max;               /* QUANTIFIED; max -1: no bound */
	char quantifier;                /* '*', '+', '?', '{' */
	bool reluctant;
};

/* Windows. */

struct window_node {                    /* ( .. ) */
	struct node node;
	struct ident_node *base;        /* existing window or NULL */
	struct node_list partition_by;
	struct node *order_by;          /* ORDER_BY or NULL */
	struct window_frame_node *frame;        /* or NULL */
};

struct window_definition_node {
	struct node node;
	struct ident_node *name;
	struct window_node *window;
};

enum frame_type { FRAME_RANGE, FRAME_ROWS, FRAME_GROUPS };

/* EXCLUDE is Quern's own. */
enum frame_exclude {
	EXCLUDE_DEFAULT, EXCLUDE_NO_OTHERS, EXCLUDE_CURRENT_ROW,
	EXCLUDE_GROUP, EXCLUDE_TIES,
};

struct window_frame_node {
	struct node node;
	enum frame_type type;
	struct node *start;             /* FRAME_BOUND */
	struct node *end;               /* or NULL */
	enum frame_exclude exclude;
	struct node_list measures;
	struct skip_to_node *skip_to;
	enum pattern_search search;
	struct node *pattern;
	struct node_list subsets, definitions;
};

enum bound_type {
	BOUND_UNBOUNDED_PRECEDING, BOUND_PRECEDING, BOUND_CURRENT_ROW,
	BOUND_FOLLOWING, BOUND_UNBOUNDED_FOLLOWING,
};

struct frame_bound_node {
	struct node node;
	enum bound_type type;
	struct node *value;             /* PRECEDING, FOLLOWING */
};

#endif
