/* SPDX-License-Identifier: Apache-2.0
 * token.h - what the lexer cuts a text into: kinds of tokens, the key words
 * and the lexer itself.  Private to sql. */
#ifndef SQL_TOKEN_H
#define SQL_TOKEN_H

#include <stdint.h>

#include "base/str.h"

/* X(WORD, may it be a name without quotes) - in order of the alphabet. */
#define KEYWORDS(X) \
	X(ABSENT, 1) X(ADD, 1) X(ADMIN, 1) X(AFTER, 1) X(ALL, 1) \
	X(ALTER, 0) X(ANALYZE, 1) X(AND, 0) X(ANY, 1) X(ARRAY, 1) X(AS, 0) \
	X(ASC, 1) X(ASYMMETRIC, 1) X(AT, 1) X(AUTHORIZATION, 1) X(AUTO, 0) \
	X(BEGIN, 1) X(BERNOULLI, 1) X(BETWEEN, 0) X(BOTH, 1) X(BRANCH, 1) \
	X(BRANCHES, 1) X(BY, 0) X(CALL, 1) X(CALLED, 1) X(CASCADE, 1) \
	X(CASE, 0) X(CAST, 0) X(CATALOG, 1) X(CATALOGS, 1) X(COLUMN, 1) \
	X(COLUMNS, 1) X(COMMENT, 1) X(COMMIT, 1) X(COMMITTED, 1) \
	X(CONDITIONAL, 1) X(CONSTRAINT, 0) X(COPARTITION, 1) \
	X(CORRESPONDING, 1) X(COUNT, 1) X(CREATE, 0) X(CROSS, 0) \
	X(CUBE, 0) X(CURRENT, 1) X(CURRENT_CATALOG, 0) X(CURRENT_DATE, 0) \
	X(CURRENT_PATH, 0) X(CURRENT_ROLE, 0) X(CURRENT_SCHEMA, 0) \
	X(CURRENT_TIME, 0) X(CURRENT_TIMESTAMP, 0) X(CURRENT_USER, 0) \
	X(DATA, 1) X(DATE, 1) X(DAY, 1) X(DEALLOCATE, 0) X(DECLARE, 1) \
	X(DEFAULT, 1) X(DEFINE, 1) X(DEFINER, 1) X(DELETE, 0) X(DENY, 1) \
	X(DESC, 1) X(DESCRIBE, 0) X(DESCRIPTOR, 1) X(DETERMINISTIC, 1) \
	X(DISTINCT, 0) X(DISTRIBUTED, 1) X(DO, 1) X(DOUBLE, 1) X(DROP, 0) \
	X(ELSE, 0) X(ELSEIF, 1) X(EMPTY, 1) X(ENCODING, 1) X(END, 0) \
	X(ERROR, 1) X(ESCAPE, 0) X(EXCEPT, 0) X(EXCLUDING, 1) \
	X(EXECUTE, 1) X(EXISTS, 0) X(EXPLAIN, 1) X(EXTRACT, 0) X(FAIL, 1) \
	X(FALSE, 0) X(FAST, 1) X(FETCH, 1) X(FILTER, 1) X(FINAL, 1) \
	X(FIRST, 1) X(FOLLOWING, 1) X(FOR, 0) X(FORMAT, 1) X(FORWARD, 1) \
	X(FROM, 0) X(FULL, 0) X(FUNCTION, 1) X(FUNCTIONS, 1) X(GRACE, 1) \
	X(GRANT, 1) X(GRANTED, 1) X(GRANTS, 1) X(GRAPHVIZ, 1) X(GROUP, 0) \
	X(GROUPING, 0) X(GROUPS, 1) X(HAVING, 0) X(HOUR, 1) X(IF, 1) \
	X(IGNORE, 1) X(IMMEDIATE, 1) X(IN, 0) X(INCLUDING, 1) \
	X(INITIAL, 1) X(INLINE, 1) X(INNER, 0) X(INPUT, 1) X(INSERT, 0) \
	X(INTERSECT, 0) X(INTERVAL, 1) X(INTO, 0) X(INVOKER, 1) X(IO, 1) \
	X(IS, 0) X(ISOLATION, 1) X(ITERATE, 1) X(JOIN, 0) X(JSON, 1) \
	X(JSON_ARRAY, 0) X(JSON_EXISTS, 0) X(JSON_OBJECT, 0) \
	X(JSON_QUERY, 0) X(JSON_TABLE, 0) X(JSON_VALUE, 0) X(KEEP, 1) \
	X(KEY, 1) X(KEYS, 1) X(LANGUAGE, 1) X(LAST, 1) X(LATERAL, 1) \
	X(LEADING, 1) X(LEAVE, 1) X(LEFT, 0) X(LEVEL, 1) X(LIKE, 0) \
	X(LIMIT, 1) X(LISTAGG, 0) X(LOCAL, 1) X(LOCALTIME, 0) \
	X(LOCALTIMESTAMP, 0) X(LOGICAL, 1) X(LOOP, 1) X(MAP, 1) \
	X(MATCH, 1) X(MATCHED, 1) X(MATCHES, 1) X(MATCH_RECOGNIZE, 1) \
	X(MATERIALIZED, 1) X(MEASURES, 1) X(MERGE, 1) X(MINUTE, 1) \
	X(MONTH, 1) X(NATURAL, 0) X(NEAREST, 1) X(NESTED, 1) X(NEXT, 1) \
	X(NFC, 1) X(NFD, 1) X(NFKC, 1) X(NFKD, 1) X(NO, 1) X(NONE, 1) \
	X(NORMALIZE, 0) X(NOT, 0) X(NULL, 0) X(NULLIF, 1) X(NULLS, 1) \
	X(OBJECT, 1) X(OF, 1) X(OFFSET, 1) X(OMIT, 1) X(ON, 0) X(ONE, 1) \
	X(ONLY, 1) X(OPTION, 1) X(OR, 0) X(ORDER, 0) X(ORDINALITY, 1) \
	X(OUTER, 0) X(OUTPUT, 1) X(OVER, 1) X(OVERFLOW, 1) X(OVERLAPS, 0) \
	X(OVERLAY, 1) X(PARTIAL, 1) X(PARTITION, 1) X(PARTITIONS, 1) \
	X(PASSING, 1) X(PAST, 1) X(PATH, 1) X(PATTERN, 1) X(PER, 1) \
	X(PERIOD, 1) X(PERMUTE, 1) X(PIVOT, 1) X(PLACING, 1) X(PLAN, 1) \
	X(POSITION, 1) X(PRECEDING, 1) X(PRECISION, 1) X(PREPARE, 0) \
	X(PRIVILEGES, 1) X(PROPERTIES, 1) X(PRUNE, 1) X(QUOTES, 1) \
	X(RANGE, 1) X(READ, 1) X(RECURSIVE, 0) X(REFRESH, 1) X(RENAME, 1) \
	X(REPEAT, 1) X(REPEATABLE, 1) X(REPLACE, 1) X(RESET, 1) \
	X(RESPECT, 1) X(RESTRICT, 1) X(RETURN, 1) X(RETURNING, 1) \
	X(RETURNS, 1) X(REVOKE, 1) X(RIGHT, 0) X(ROLE, 1) X(ROLES, 1) \
	X(ROLLBACK, 1) X(ROLLUP, 0) X(ROW, 1) X(ROWS, 1) X(RUNNING, 1) \
	X(SCALAR, 1) X(SCHEMA, 1) X(SCHEMAS, 1) X(SECOND, 1) \
	X(SECURITY, 1) X(SEEK, 1) X(SELECT, 0) X(SERIALIZABLE, 1) \
	X(SESSION, 1) X(SET, 1) X(SETS, 1) X(SHOW, 1) X(SIMPLE, 1) \
	X(SKIP, 0) X(SOME, 1) X(STALE, 1) X(START, 1) X(STATS, 1) \
	X(STRING, 1) X(SUBSET, 1) X(SUBSTRING, 1) X(SYMMETRIC, 1) \
	X(SYSTEM, 1) X(TABLE, 0) X(TABLES, 1) X(TABLESAMPLE, 1) X(TEXT, 1) \
	X(THEN, 0) X(TIES, 1) X(TIME, 1) X(TIMESTAMP, 1) X(TO, 1) \
	X(TRAILING, 1) X(TRANSACTION, 1) X(TRIM, 0) X(TRUE, 0) \
	X(TRUNCATE, 1) X(TRY_CAST, 1) X(TYPE, 1) X(UESCAPE, 0) \
	X(UNBOUNDED, 1) X(UNCOMMITTED, 1) X(UNCONDITIONAL, 1) X(UNION, 0) \
	X(UNIQUE, 1) X(UNKNOWN, 1) X(UNMATCHED, 1) X(UNNEST, 0) \
	X(UNTIL, 1) X(UPDATE, 1) X(USE, 1) X(USER, 1) X(USING, 0) \
	X(UTF16, 1) X(UTF32, 1) X(UTF8, 1) X(VALIDATE, 1) X(VALUE, 1) \
	X(VALUES, 0) X(VERBOSE, 1) X(VERSION, 1) X(VIEW, 1) X(WHEN, 0) \
	X(WHERE, 0) X(WHILE, 1) X(WINDOW, 1) X(WITH, 0) X(WITHIN, 1) \
	X(WITHOUT, 1) X(WORK, 1) X(WRAPPER, 1) X(WRITE, 1) X(YEAR, 1) \
	X(ZONE, 1)

/* A token that is one ASCII character has that character as its kind. */
enum token_kind {
	TK_EOF = 128,
	TK_IDENT,               /* neither quoted nor a key word */
	TK_QUOTED,              /* "x" */
	TK_BACKQUOTED,          /* `x` */
	TK_DIGIT_IDENT,         /* 1abc */
	TK_STRING, TK_UNICODE_STRING, TK_DOLLAR_STRING, TK_BINARY,
	TK_INTEGER, TK_DECIMAL, TK_DOUBLE,
	TK_NE, TK_LE, TK_GE, TK_CONCAT,
	TK_ARROW,               /* -> */
	TK_NAMED,               /* => */
	TK_COLONS,              /* :: */
	TK_OPEN_EXCLUDE, TK_CLOSE_EXCLUDE,      /* {- and -} */
	TK_UNKNOWN,             /* a character that begins no token */
#define KEYWORD_ENUM(word, name) KW_##word,
	KEYWORDS(KEYWORD_ENUM)
#undef KEYWORD_ENUM
	TK_COUNT,
	TK_KEYWORDS = KW_ABSENT,        /* the first of them */
};

struct token {
	uint16_t kind;
	uint32_t at, len;       /* bytes in the text */
	uint32_t line, column;  /* from 1, in code points */
};

struct token_list {
	struct token *v;
	uint32_t n, cap;
};

/* All tokens of the text with a TK_EOF behind, comments and white space left
 * out.  The text begins at that place (1, 1 mostly).  Never fails: what is
 * no token is TK_UNKNOWN.  free() frees out->v. */
void sql_lex(struct str text, uint32_t line, uint32_t column,
    struct token_list *out);
/* The key word's kind, or TK_IDENT. */
enum token_kind keyword_find(struct str word);
/* May the token be an identifier (a plain, quoted or odd one, or a key word
 * that is not reserved)? */
bool token_is_name(enum token_kind kind);
/* "SELECT", "||", "<identifier>": how messages and texts name the kind. */
const char *token_kind_text(enum token_kind kind);
/* The length in bytes of the token at the text's start, its kind in *kind;
 * white space and comments: kind is 0.  The text must not be empty. */
uint32_t token_scan(struct str text, enum token_kind *kind);

#endif
