/* SPDX-License-Identifier: Apache-2.0
 * fields.h - what the structs of the tree hold, as tables, so that comparing,
 * hashing, copying and walking need no code of each kind.  Private to sql. */
#ifndef SQL_FIELDS_H
#define SQL_FIELDS_H

#include "sql/ast.h"

enum field_type {
	FIELD_END, FIELD_NODE, FIELD_LIST, FIELD_STR,
	FIELD_INT,              /* int and enums */
	FIELD_BOOL,
	FIELD_CHAR, FIELD_INT64, FIELD_DOUBLE, FIELD_QUALIFIER,
	FIELD_SPELLING,         /* a struct str that does not count */
	FIELD_NOISE,            /* anything else that does not count */
};

struct field {
	enum field_type type;
	uint16_t offset;
};

struct node_layout {
	const char *name;       /* the kind's */
	const struct field *fields;     /* FIELD_END ends them */
	size_t size;            /* of the struct */
};

extern const struct node_layout node_layouts[NODE_KIND_COUNT];

#endif
