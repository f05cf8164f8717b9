/* SPDX-License-Identifier: Apache-2.0
 * ast_grant.h - statements about roles and privileges, and the nodes of SQL
 * routines; include sql/ast.h. */
#ifndef SQL_AST_GRANT_H
#define SQL_AST_GRANT_H

enum grant_verb { GRANT_GRANT, GRANT_REVOKE, GRANT_DENY };

/* Of privileges (object set) or of roles (object NULL). */
struct grant_node {
	struct node node;
	enum grant_verb verb;
	bool all;                       /* ALL PRIVILEGES */
	struct node_list names;         /* IDENT: roles or privileges, e.g.
					 * SELECT, CREATE BRANCH */
	struct grant_object_node *object;
	struct node_list grantees;      /* PRINCIPAL */
	bool option;                    /* GRANT or ADMIN OPTION */
	struct node *grantor;           /* PRINCIPAL or NULL */
	struct ident_node *catalog;     /* or NULL */
};

/* ON [BRANCH branch IN] [kind] name */
struct grant_object_node {
	struct node node;
	struct str kind;                /* as written, "" when absent */
	struct name_node *name;
	struct ident_node *branch;      /* or NULL */
};

enum principal_kind {
	PRINCIPAL_UNSPECIFIED, PRINCIPAL_USER, PRINCIPAL_ROLE,
	PRINCIPAL_CURRENT_USER, PRINCIPAL_CURRENT_ROLE,
};

struct principal_node {
	struct node node;
	enum principal_kind type;
	struct ident_node *name;        /* NULL for the last two */
};

enum set_role { SET_ROLE_ALL, SET_ROLE_NONE, SET_ROLE_NAME };

struct set_role_node {
	struct node node;
	enum set_role what;
	struct ident_node *role;
	struct ident_node *catalog;     /* or NULL */
};

/* Routines. */

struct function_node {
	struct node node;
	struct name_node *name;
	struct node_list parameters;    /* FUNCTION_PARAMETER */
	struct node *returns;           /* a type */
	struct node_list characteristics;
	struct node *body;              /* a control statement or NULL */
	bool has_definition;            /* AS $$ .. $$ */
	struct str definition;
};

enum characteristic_type {
	TRAIT_LANGUAGE, TRAIT_DETERMINISTIC, TRAIT_NOT_DETERMINISTIC,
	TRAIT_RETURNS_NULL_ON_NULL, TRAIT_CALLED_ON_NULL, TRAIT_SECURITY,
	TRAIT_COMMENT, TRAIT_PROPERTIES,
};

struct characteristic_node {
	struct node node;
	enum characteristic_type type;
	struct ident_node *language;
	enum view_security security;
	struct str comment;
	struct node_list properties;
};

struct declare_node {
	struct node node;
	struct node_list names;         /* IDENT */
	struct node *type;
	struct node *fallback;          /* DEFAULT or NULL */
};

struct compound_node {                  /* BEGIN .. END */
	struct node node;
	struct node_list declarations;  /* DECLARE */
	struct node_list statements;
};

/* IF: operand NULL, the branches are IF and ELSEIFs.  CASE: operand may be
 * NULL, the branches are WHENs. */
struct case_statement_node {
	struct node node;
	struct node *operand;
	struct node_list branches;      /* STATEMENT_BRANCH */
	bool has_else;
	struct node_list otherwise;
};

struct statement_branch_node {
	struct node node;
	struct node *condition;
	struct node_list statements;
};

/* LOOP: no condition.  WHILE condition DO.  REPEAT .. UNTIL condition. */
struct loop_node {
	struct node node;
	struct ident_node *label;       /* or NULL */
	struct node *condition;
	struct node_list statements;
};

#endif
