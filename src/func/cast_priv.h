/* SPDX-License-Identifier: Apache-2.0
 * cast_priv.h - the casts by family.  Private to func/.
 *
 * Each fills rows *s of out, a flat vector of the wanted type whose NULLs are
 * those of `in`; no row of *s is NULL in `in`, which is flat (or constant for
 * one row).  They record failed rows; their result is then NULL. */
#ifndef FUNC_CAST_PRIV_H
#define FUNC_CAST_PRIV_H

#include "func/cast.h"
#include "func/kernel.h"

struct cast_job {
	struct eval *ev;
	struct vec *in;
	struct vec *out;
	const struct rows_sel *s;
	struct err *e;
};

/* Among boolean, integers, real, double, decimal.  false: not among them. */
bool cast_number(const struct cast_job *j);
/* From and to number; *done: was it such a cast?  0 or an error. */
int cast_decimal_float(const struct cast_job *j, bool *done);
/* Among date, time, timestamp, with and without zones. */
bool cast_time(const struct cast_job *j);
/* To varchar, char, varbinary from anything but json; 0 or an error. */
int cast_to_text(const struct cast_job *j);
/* From varchar, char (varbinary to uuid, ipaddress and the like). */
int cast_from_text(const struct cast_job *j);
/* To and from json. */
int cast_to_json(const struct cast_job *j);
int cast_from_json(struct eval *ev, struct vec *in, const struct type *to,
    const struct rows_sel *s, struct vec **out, struct err *e);

/* "DECIMAL(5, 2)", "INTEGER": as messages of casts show types. */
void cast_type_upper(struct sbuf *to, const struct type *t);
/* Records "Cannot cast TYPE 'value' to TYPE" for row i. */
void cast_out_of_range(const struct cast_job *j, uint32_t i);

#endif
