/* SPDX-License-Identifier: Apache-2.0
 * time_text.h - dates, times and timestamps as text, both ways. */
#ifndef TYPE_TIME_TEXT_H
#define TYPE_TIME_TEXT_H

#include "type/time.h"

/* plus: years beyond 9999 get a sign, as clients see them ("+12345-01-01");
 * CAST(d AS varchar) writes none. */
void date_print(struct sbuf *to, int64_t days, bool plus);
void time_print(struct sbuf *to, int64_t picos, int digits);
void time_tz_print(struct sbuf *to, struct long_time t, int digits);
/* Microseconds since 1970 and picoseconds of the microsecond. */
void timestamp_print(struct sbuf *to, int64_t micros, int picos, int digits);
/* A packed value and picoseconds of the millisecond. */
void timestamp_tz_print(struct sbuf *to, int64_t packed, int picos,
    int digits);

/* CAST(text AS date), DATE 'text'. */
bool date_parse(struct str text, int32_t *days);

/* CAST(text AS t) for t of the families date, time, timestamp, with or
 * without a zone: writes a flat value at out. zone: where a text without one
 * is; offset: the same for time with time zone, in minutes.
 * INVALID_CAST_ARGUMENT or NOT_SUPPORTED with Trino's texts. */
int time_cast_text(const struct type *t, struct str text, int zone,
    int offset, void *out, struct err *e);

/* TIME 'text' and TIMESTAMP 'text' (family TYPE_TIME or TYPE_TIMESTAMP):
 * finds the type, with a zone when the text has one and with as many digits,
 * and writes its value (16 bytes at most). INVALID_LITERAL,
 * NUMERIC_VALUE_OUT_OF_RANGE or NOT_SUPPORTED. */
int time_literal(struct arena *a, enum type_id family, struct str text,
    const struct type **t, void *out, struct err *e);

#endif
