/* SPDX-License-Identifier: Apache-2.0
 * interval.h - intervals as text: INTERVAL '1 02:03' DAY TO MINUTE. */
#ifndef TYPE_INTERVAL_H
#define TYPE_INTERVAL_H

#include "base/err.h"
#include "base/str.h"

enum interval_field {
	INTERVAL_YEAR, INTERVAL_MONTH, INTERVAL_DAY, INTERVAL_HOUR,
	INTERVAL_MINUTE, INTERVAL_SECOND,
};

/* The text of an interval literal whose fields run from `from` to `to` (both
 * of year and month, or both of day to second): months or milliseconds.  A
 * sign before the literal is not in the text. INVALID_LITERAL. */
int interval_parse(struct str text, enum interval_field from,
    enum interval_field to, int64_t *out, struct err *e);

/* "1-2", "-0-3" */
void interval_ym_print(struct sbuf *to, int32_t months);
/* "1 02:03:04.567", "-0 00:00:01.500" */
void interval_ds_print(struct sbuf *to, int64_t millis);

#endif
