/* SPDX-License-Identifier: Apache-2.0
 * zone_rules.h - the offsets of one region over time (private to zone*.c),
 * as read from a TZif file (RFC 9636). */
#ifndef TYPE_ZONE_RULES_H
#define TYPE_ZONE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "type/time.h"

/* One change of a year: Mm.w.d, Jn or n of POSIX TZ. */
struct zone_change {
	enum { CHANGE_MONTH, CHANGE_JULIAN, CHANGE_DAY } kind;
	int month, week, day;
	int seconds;            /* local, may be negative or beyond a day */
};

struct zone_rules {
	int n;                  /* transitions */
	int first;              /* offset before the first */
	const int64_t *at;      /* UTC seconds, rising */
	const int32_t *offset;  /* from at[i] on */
	/* After the last transition. */
	bool has_tail, tail_dst;
	int tail_offset, tail_dst_offset;
	struct zone_change start, end;  /* of daylight saving time */
};

/* One malloc'd block that free() frees; NULL: damaged. */
struct zone_rules *zone_rules_parse(const void *file, size_t n);
/* The same from /usr/share/zoneinfo; NULL: not there or damaged. */
struct zone_rules *zone_rules_load(const char *name);

struct zone_span zone_rules_span(const struct zone_rules *r, int64_t utc);

#endif
