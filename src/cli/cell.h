/* SPDX-License-Identifier: Apache-2.0
 * cell.h - a value of the client protocol as people read it: the JSON text of
 * a cell says less than its type does (rows are arrays, bytes are base64). */
#ifndef CLI_CELL_H
#define CLI_CELL_H

#include "base/arena.h"
#include "base/str.h"

/* The part of a type that matters for printing. */
struct cell_type {
	enum cell_kind { CELL_SCALAR, CELL_NUMBER, CELL_BINARY, CELL_ARRAY,
		CELL_MAP, CELL_ROW } kind;
	int n;                          /* inner types */
	const struct cell_type *inner;
	const char *const *names;       /* of a row's fields; NULL: none */
};

/* Reads a type as the protocol writes it: "map(varchar, row(a bigint))".
 * What it does not know is a scalar; too deep nesting too. */
const struct cell_type *cell_type_parse(struct arena *a, const char *text);

/* [a, b], {k=v}, {field=value, ...}, bytes as hex.  null stands for a cell
 * that is NULL (within others it is always NULL).  Bytes start a new line
 * after bytes_per_line; 0: never. */
void cell_text(struct sbuf *to, const struct cell_type *t, struct str cell,
    const char *null, int bytes_per_line);
/* JSON: rows whose fields have names are objects, bytes are hex. */
void cell_json(struct sbuf *to, const struct cell_type *t, struct str cell);

#endif
