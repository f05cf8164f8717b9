/* SPDX-License-Identifier: Apache-2.0
 * parse.h - SQL text to tree: Trino 483's grammar and its error texts.
 *
 * All calls may come from any thread; they keep nothing but what they put in
 * the arena.  Errors are SYNTAX_ERROR with Trino's text and place, also when
 * nesting is deeper than SQL_DEPTH_MAX ("statement is too large ..").  The C
 * stack that a parse takes stays below a megabyte. */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "base/err.h"
#include "sql/ast.h"

enum {
	SQL_DEPTH_MAX = 1000,
	/* Left-deep chains may be longer: a + b + .., a || b || .. (calls of
	 * concat), joins and set operations.  Whoever walks a tree should
	 * follow their left sides in a loop. */
	SQL_CHAIN_MAX = 10000,
};

/* One statement, without a semicolon behind it.  The tree and its texts are
 * in the arena; text is not needed afterwards. */
int sql_parse(struct arena *a, struct str text, struct node **statement,
    struct err *e);
/* The same for the text of a string literal that stands at that place of an
 * outer statement (EXECUTE IMMEDIATE 'text'): all places refer to that. */
int sql_parse_at(struct arena *a, struct str text, int line, int column,
    struct node **statement, struct err *e);
int sql_parse_expression(struct arena *a, struct str text,
    struct node **expression, struct err *e);
/* "array(row(x bigint))", "timestamp(3) with time zone": a type node. */
int sql_parse_type(struct arena *a, struct str text, struct node **type,
    struct err *e);
/* "catalog.schema, schema": a SET_PATH node. */
int sql_parse_path(struct arena *a, struct str text, struct node **path,
    struct err *e);
/* The parameters (?) in the tree: the highest index plus one. */
int sql_parameter_count(const struct node *statement);

/* Cuts the first statement off *rest at a ';' outside of quotes, comments
 * and BEGIN .. END bodies; *statement has no ';' and no white space or
 * comments around.  True when a ';' was there; false: the text ended first
 * (*statement is what there is, maybe nothing; *rest is empty). */
bool sql_split(struct str *rest, struct str *statement);
/* Is the word one of Trino's reserved words (needs quotes as a name)? */
bool sql_is_reserved(struct str word);

#endif
