/* SPDX-License-Identifier: Apache-2.0
 * corpus.h - statements of every kind, for the tests of sql. */
#ifndef T_UNIT_SQL_CORPUS_H
#define T_UNIT_SQL_CORPUS_H

#include <stdbool.h>

#include "base/str.h"

/* A script: statements with semicolons between. */
extern const char corpus[];

/* Parses, copies, prints, parses and prints again: is it all the same?  True
 * also when the text is no statement, *parsed says which.  A difference is
 * printed as a TAP comment. */
bool round_trip(struct str sql, bool *parsed);

#endif
