/* SPDX-License-Identifier: Apache-2.0
 * time.h - dates, times and zones.
 *
 * Zone ids are Trino's fixed table (0 = UTC, 1..1680 the offsets -14:00 to
 * +14:00 by minute, then the named ones): they travel in values and must be
 * the same on all nodes.  Their rules come from the system's tzdata, read
 * once a zone. */
#ifndef TYPE_TIME_H
#define TYPE_TIME_H

#include "type/type.h"

enum { ZONE_UTC = 0, ZONE_BITS = 12 };

/* Proleptic Gregorian, any year that fits. */
int64_t date_from_civil(int64_t year, int month, int day);
void date_to_civil(int64_t days, int64_t *year, int *month, int *day);
bool date_valid(int64_t year, int month, int day);

/* "America/New_York", "+05:30", "UTC", "UTC-3", ...: what AT TIME ZONE takes;
 * -1: no such zone. */
int zone_find(struct str name);
/* The same for the end of a timestamp's text, where fewer spellings are
 * allowed and a zone can be one that is known but not supported ("+15:00"). */
enum zone_status { ZONE_OK, ZONE_INVALID, ZONE_NOT_SUPPORTED };
enum zone_status zone_find_in_text(struct str name, int *id);
/* The id of an offset in minutes, -840 to 840. */
int zone_of_offset(int minutes);
struct str zone_name(int id);   /* "UTC" for 0, "+05:30" for offsets */
/* A number that changes when the table does. */
uint32_t zone_table_version(void);
/* Seconds east of UTC at an instant. Any thread. */
int zone_offset_at(int id, int64_t utc_seconds);
/* The longest known stretch from <= utc < to with one offset, for loops over
 * many values. */
struct zone_span {
	int64_t from, to;
	int offset;
};
struct zone_span zone_span_at(int id, int64_t utc_seconds);
/* Local wall time to UTC seconds: in a gap the time is shifted forward by
 * its length (*gap = true), in an overlap the earlier offset is taken. gap
 * may be NULL. */
int64_t zone_local_to_utc(int id, int64_t local_seconds, bool *gap);

static inline int64_t zoned_pack(int64_t millis_utc, int zone)
{ return (int64_t)((uint64_t)millis_utc << ZONE_BITS) | zone; }
static inline int64_t zoned_millis(int64_t packed)
{ return packed >> ZONE_BITS; }
static inline int zoned_zone(int64_t packed)
{ return (int)(packed & ((1 << ZONE_BITS) - 1)); }

#endif
