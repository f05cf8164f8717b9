/* SPDX-License-Identifier: Apache-2.0
 * zone.c - zones by name and id, and their offsets. */
#include "type/time.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/check.h"
#include "type/zone_rules.h"
#include "type/zone_table.h"

enum { DAY = 86400 };

/* Every region's rules, once they were needed: immutable, published by one
 * atomic store, never freed.  The one mutable variable of this folder: an
 * offset is asked for deep inside kernels by an id in a value, where there is
 * no context to carry a cache, and what a slot will hold does not depend on
 * who fills it. */
static _Atomic(const struct zone_rules *) rules_cache[ZONE_REGIONS];

/* What a region has when the system has no file for it (a name of our table
 * that this system's tzdata does not know). */
static const struct zone_rules no_rules = { .n = 0 };

static const struct zone_rules *
rules_of(int region)
{
	const struct zone_rules *r = atomic_load_explicit(&rules_cache[region],
	    memory_order_acquire), *expected = NULL;
	struct zone_rules *loaded;

	if (likely(r != NULL))
		return r;
	loaded = zone_rules_load(zone_region_names[region]);
	r = loaded == NULL ? &no_rules : loaded;
	if (atomic_compare_exchange_strong(&rules_cache[region], &expected, r))
		return r;
	free(loaded);
	return expected;
}

uint32_t
zone_table_version(void)
{
	return ZONE_TABLE_VERSION;
}

int
zone_of_offset(int minutes)
{
	CHECK(minutes >= -ZONE_OFFSET_LIMIT && minutes <= ZONE_OFFSET_LIMIT);
	if (minutes == 0)
		return ZONE_UTC;
	return minutes + ZONE_OFFSET_LIMIT + (minutes < 0);
}

struct str
zone_name(int id)
{
	if (id >= ZONE_FIRST_REGION && id < ZONE_IDS)
		return str_of(zone_region_names[id - ZONE_FIRST_REGION]);
	if (id > 0 && id <= ZONE_OFFSETS)
		return (struct str){ zone_offset_names[id - 1], 6 };
	return STR("UTC");
}

static int
find_region(struct str name)
{
	int low = 0, high = ZONE_REGIONS;

	while (low < high) {
		int middle = low + (high - low) / 2;
		int c = str_cmp(str_of(zone_region_names[middle]), name);

		if (c == 0)
			return rules_of(middle) == &no_rules ? -1
			    : middle + ZONE_FIRST_REGION;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

/* The number of n digits at p; -1: others. */
static int
digits(const char *p, int n)
{
	int x = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		x = x * 10 + (*p - '0');
	}
	return x;
}

/* +h, +hh, +hhmm, +hh:mm, +hhmmss, +hh:mm:ss, at most 18 hours, in seconds;
 * INT32_MIN: not that. */
static int
java_offset(struct str s)
{
	int h, m = 0, sec = 0, total;

	if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
		return INT32_MIN;
	h = digits(s.p + 1, s.n == 2 ? 1 : 2);
	if (s.n == 5 || s.n == 7) {
		m = digits(s.p + 3, 2);
		sec = s.n == 7 ? digits(s.p + 5, 2) : 0;
	} else if ((s.n == 6 || s.n == 9) && s.p[3] == ':') {
		m = digits(s.p + 4, 2);
		if (s.n == 9)
			sec = s.p[6] == ':' ? digits(s.p + 7, 2) : -1;
	} else if (s.n > 3) {
		return INT32_MIN;
	}
	if (h < 0 || m < 0 || sec < 0 || m > 59 || sec > 59)
		return INT32_MIN;
	total = h * 3600 + m * 60 + sec;
	if (total > 18 * 3600)
		return INT32_MIN;
	return s.p[0] == '-' ? -total : total;
}

/* [+-]h[h][:m[m]] in minutes; INT32_MIN: not that. */
static int
loose_offset(struct str s)
{
	ptrdiff_t colon = str_find(s, ':', 0);
	size_t hn = (colon < 0 ? s.n : (size_t)colon) - 1, mn;
	int h, m = 0;

	if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-') || hn < 1 || hn > 2)
		return INT32_MIN;
	h = digits(s.p + 1, (int)hn);
	if (colon >= 0) {
		mn = s.n - (size_t)colon - 1;
		if (mn < 1 || mn > 2)
			return INT32_MIN;
		m = digits(s.p + colon + 1, (int)mn);
	}
	if (h < 0 || m < 0 || m > 59)
		return INT32_MIN;
	m += h * 60;
	return s.p[0] == '-' ? -m : m;
}

static bool
is_utc_name(struct str s, bool etc)
{
	static const char *const names[] = { "UTC", "UT", "UCT", "GMT", "GMT0",
	    "Universal", "Z", "Zulu", "Greenwich" };
	size_t i, n = etc ? 6 : ARRAY_LEN(names);

	for (i = 0; i < n; i++)
		if (str_eq(s, str_of(names[i])))
			return true;
	return false;
}

static struct str
after(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

int
zone_find(struct str name)
{
	bool etc = str_starts(name, STR("Etc/")), flip = false;
	struct str s = etc ? after(name, 4) : name;
	int minutes;

	if (is_utc_name(s, etc))
		return ZONE_UTC;
	if (name.n > 0 && (name.p[0] == '+' || name.p[0] == '-')) {
		int seconds = java_offset(name);

		if (seconds == INT32_MIN || seconds % 60 != 0)
			return -1;
		minutes = seconds / 60;
	} else {
		if (str_starts(s, STR("UTC")) || str_starts(s, STR("GMT"))) {
			/* Etc/GMT+3 is west of Greenwich. */
			flip = etc && s.p[0] == 'G';
			s = after(s, 3);
		} else if (str_starts(s, STR("UT"))) {
			s = after(s, 2);
		} else {
			return find_region(name);
		}
		minutes = loose_offset(s);
		if (minutes == INT32_MIN)
			return find_region(name);
	}
	if (minutes < -ZONE_OFFSET_LIMIT || minutes > ZONE_OFFSET_LIMIT)
		return -1;
	return zone_of_offset(flip ? -minutes : minutes);
}

/* Regions that Java knows and that have no id of their own. */
static bool
is_java_alias(struct str s)
{
	static const char *const system_v[] = { "AST4", "AST4ADT", "CST6",
	    "CST6CDT", "EST5", "EST5EDT", "HST10", "MST7", "MST7MDT", "PST8",
	    "PST8PDT", "YST9", "YST9YDT" };
	int minutes;
	size_t i;

	for (i = 0; str_starts(s, STR("SystemV/")) &&
	    i < ARRAY_LEN(system_v); i++)
		if (str_eq(after(s, 8), str_of(system_v[i])))
			return true;
	if (!str_starts(s, STR("Etc/")))
		return is_utc_name(s, false) && s.n > 1;
	s = after(s, 4);
	if (is_utc_name(s, false))
		return s.n > 2;
	if (!str_starts(s, STR("GMT")) || s.n > 6)
		return false;
	minutes = loose_offset(after(s, 3));
	return minutes != INT32_MIN && minutes <= 12 * 60 &&
	    minutes >= -14 * 60;
}

static bool
is_java_zone(struct str s)
{
	size_t prefix = 0;

	if (str_eq(s, STR("Z")) || is_java_alias(s))
		return true;
	if (str_starts(s, STR("UTC")) || str_starts(s, STR("GMT")))
		prefix = 3;
	else if (str_starts(s, STR("UT")))
		prefix = 2;
	if (s.n > prefix && (s.p[prefix] == '+' || s.p[prefix] == '-'))
		return java_offset(after(s, prefix)) != INT32_MIN;
	return find_region(s) >= 0;
}

enum zone_status
zone_find_in_text(struct str name, int *id)
{
	if (!is_java_zone(name))
		return ZONE_INVALID;
	*id = zone_find(name);
	return *id < 0 ? ZONE_NOT_SUPPORTED : ZONE_OK;
}

struct zone_span
zone_span_at(int id, int64_t utc_seconds)
{
	struct zone_span span = { INT64_MIN, INT64_MAX, 0 };

	if (id >= ZONE_FIRST_REGION && id < ZONE_IDS)
		return zone_rules_span(rules_of(id - ZONE_FIRST_REGION),
		    utc_seconds);
	if (id > 0 && id <= ZONE_OFFSETS)
		span.offset = (id - ZONE_OFFSET_LIMIT -
		    (id <= ZONE_OFFSET_LIMIT)) * 60;
	return span;
}

int
zone_offset_at(int id, int64_t utc_seconds)
{
	return zone_span_at(id, utc_seconds).offset;
}

int64_t
zone_local_to_utc(int id, int64_t local_seconds, bool *gap)
{
	int before, after_offset;
	int64_t first, second;

	if (gap != NULL)
		*gap = false;
	if (id < ZONE_FIRST_REGION)
		return local_seconds - zone_offset_at(id, 0);
	/* No two changes of a zone are within two days of each other, and
	 * none shifts by more than one. */
	before = zone_offset_at(id, local_seconds - DAY);
	after_offset = zone_offset_at(id, local_seconds + DAY);
	first = local_seconds - before;
	second = local_seconds - after_offset;
	if (before == after_offset || zone_offset_at(id, first) == before)
		return first;
	if (zone_offset_at(id, second) == after_offset)
		return second;
	if (gap != NULL)
		*gap = true;
	return first;
}
