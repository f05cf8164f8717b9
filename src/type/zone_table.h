/* SPDX-License-Identifier: Apache-2.0
 * zone_table.h - the fixed table of zone ids (private to zone*.c). */
#ifndef TYPE_ZONE_TABLE_H
#define TYPE_ZONE_TABLE_H

enum {
	ZONE_TABLE_VERSION = 1,
	ZONE_OFFSETS = 1680,            /* ids 1 to 1680 */
	ZONE_OFFSET_LIMIT = 840,        /* minutes, either way */
	ZONE_REGIONS = 549,             /* the ids after those */
	ZONE_FIRST_REGION = ZONE_OFFSETS + 1,
	ZONE_IDS = ZONE_FIRST_REGION + ZONE_REGIONS,
};

/* "-14:00" to "-00:01", "+00:01" to "+14:00". */
extern const char zone_offset_names[ZONE_OFFSETS][7];
/* Sorted bytewise. */
extern const char *const zone_region_names[ZONE_REGIONS];

#endif
