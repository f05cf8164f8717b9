/* SPDX-License-Identifier: Apache-2.0
 * zone_rules.c - TZif files and the POSIX TZ string at their end, which says
 * what holds after the last transition.
 *
 * The files are the system's, yet every length is checked: a damaged one is
 * no zone, never a crash. */
#include "type/zone_rules.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
enum { FILE_MAX = 1 << 20, HEADER = 44, OFFSET_MAX = 26 * 3600, DAY = 86400 };

struct header {
	uint32_t isut, isstd, leap, times, types, chars;
};

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t
get64(const unsigned char *p)
{
	return (int64_t)((uint64_t)get32(p) << 32 | get32(p + 4));
}

static bool
read_header(const unsigned char *p, size_t n, struct header *h)
{
	if (n < HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	h->isut = get32(p + 20);
	h->isstd = get32(p + 24);
	h->leap = get32(p + 28);
	h->times = get32(p + 32);
	h->types = get32(p + 36);
	h->chars = get32(p + 40);
	return h->isut <= 256 && h->isstd <= 256 && h->leap <= 10000 &&
	    h->times <= 10000 && h->types >= 1 && h->types <= 256 &&
	    h->chars <= 10000;
}

static size_t
body_size(const struct header *h, size_t time_size)
{
	return h->times * (time_size + 1) + h->types * 6 + h->chars +
	    h->leap * (time_size + 4) + h->isstd + h->isut;
}

/* A cursor over the POSIX string; p == NULL once something was wrong. */
struct posix {
	const char *p, *end;
};

static bool
posix_is(struct posix *s, char c)
{
	if (s->p == NULL || s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static int
posix_number(struct posix *s, int max)
{
	int x = 0;
	bool any = false;

	for (; s->p != NULL && s->p < s->end && *s->p >= '0' && *s->p <= '9';
	    s->p++) {
		any = true;
		x = x * 10 + (*s->p - '0');
		if (x > max)
			s->p = s->end = NULL;
		if (s->p == NULL)
			return 0;
	}
	if (!any)
		s->p = NULL;
	return x;
}

static void
posix_name(struct posix *s)
{
	const char *start = s->p;

	if (posix_is(s, '<')) {
		while (s->p < s->end && *s->p != '>')
			s->p++;
		if (!posix_is(s, '>'))
			s->p = NULL;
		return;
	}
	while (s->p != NULL && s->p < s->end &&
	    ((*s->p | 32) >= 'a' && (*s->p | 32) <= 'z'))
		s->p++;
	if (s->p == start)
		s->p = NULL;
}

/* [+-]h[:m[:s]] in seconds */
static int
posix_time(struct posix *s)
{
	int sign = posix_is(s, '-') ? -1 : 1, x;

	if (sign > 0)
		posix_is(s, '+');
	x = posix_number(s, 167) * 3600;
	if (posix_is(s, ':'))
		x += posix_number(s, 59) * 60;
	if (posix_is(s, ':'))
		x += posix_number(s, 59);
	return sign * x;
}

static void
posix_change(struct posix *s, struct zone_change *c)
{
	c->seconds = 2 * 3600;
	if (!posix_is(s, ',')) {
		s->p = NULL;
	} else if (posix_is(s, 'M')) {
		c->kind = CHANGE_MONTH;
		c->month = posix_number(s, 12);
		if (!posix_is(s, '.'))
			s->p = NULL;
		c->week = posix_number(s, 5);
		if (!posix_is(s, '.'))
			s->p = NULL;
		c->day = posix_number(s, 6);
		if (c->month < 1 || c->week < 1)
			s->p = NULL;
	} else {
		c->kind = posix_is(s, 'J') ? CHANGE_JULIAN : CHANGE_DAY;
		c->day = posix_number(s, 365);
	}
	if (posix_is(s, '/'))
		c->seconds = posix_time(s);
}

static bool
parse_tail(struct zone_rules *r, const char *text, size_t n)
{
	struct posix s = { text, text + n };

	posix_name(&s);
	r->tail_offset = -posix_time(&s);
	if (s.p == NULL)
		return false;
	if (s.p < s.end) {
		r->tail_dst = true;
		posix_name(&s);
		r->tail_dst_offset = r->tail_offset + 3600;
		if (s.p != NULL && s.p < s.end && *s.p != ',')
			r->tail_dst_offset = -posix_time(&s);
		posix_change(&s, &r->start);
		posix_change(&s, &r->end);
	}
	r->has_tail = s.p != NULL && s.p == s.end;
	return r->has_tail;
}

/* p is the 64-bit body. */
static struct zone_rules *
read_body(const unsigned char *p, const struct header *h)
{
	const unsigned char *index = p + h->times * 8;
	const unsigned char *types = index + h->times;
	struct zone_rules *r = xcalloc(1, sizeof(*r) + h->times * 12);
	int64_t *at = (int64_t *)(r + 1);
	int32_t *offset = (int32_t *)(at + h->times);
	uint32_t i;

	r->at = at;
	r->offset = offset;
	r->n = (int)h->times;
	r->first = (int32_t)get32(types);
	for (i = 0; i < h->times; i++) {
		at[i] = get64(p + 8 * (size_t)i);
		if (index[i] >= h->types || (i > 0 && at[i] <= at[i - 1]))
			goto bad;
		offset[i] = (int32_t)get32(types + 6 * (size_t)index[i]);
		if (offset[i] > OFFSET_MAX || offset[i] < -OFFSET_MAX)
			goto bad;
	}
	if (r->first > OFFSET_MAX || r->first < -OFFSET_MAX)
		goto bad;
	return r;
bad:
	free(r);
	return NULL;
}

struct zone_rules *
zone_rules_parse(const void *file, size_t n)
{
	const unsigned char *p = file, *end = p + n;
	struct zone_rules *r;
	struct header h;
	size_t skip;

	/* The first body has 32-bit times and is there for old readers. */
	if (!read_header(p, n, &h) || p[4] < '2')
		return NULL;
	skip = HEADER + body_size(&h, 4);
	if (skip > n || !read_header(p + skip, n - skip, &h))
		return NULL;
	p += skip + HEADER;
	if (body_size(&h, 8) > (size_t)(end - p))
		return NULL;
	r = read_body(p, &h);
	if (r == NULL)
		return NULL;
	p += body_size(&h, 8);
	if (end - p > 2 && *p == '\n') {
		const unsigned char *line = memchr(p + 1, '\n',
		    (size_t)(end - p) - 1);

		if (line == NULL || !parse_tail(r, (const char *)p + 1,
		    (size_t)(line - p) - 1)) {
			free(r);
			return NULL;
		}
	}
	return r;
}

struct zone_rules *
zone_rules_load(const char *name)
{
	char path[256], *data = xmalloc(FILE_MAX);
	struct zone_rules *r = NULL;
	size_t n = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", ZONE_DIRECTORY, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		while (n < FILE_MAX &&
		    (got = read(fd, data + n, FILE_MAX - n)) > 0)
			n += (size_t)got;
		close(fd);
		r = zone_rules_parse(data, n);
	}
	free(data);
	return r;
}

/* The local second, counted from 1970, of a change in a year. */
static int64_t
change_at(const struct zone_change *c, int64_t year)
{
	int64_t day, first;
	int weekday;

	switch (c->kind) {
	case CHANGE_MONTH:
		first = date_from_civil(year, c->month, 1);
		weekday = (int)(((first + 4) % 7 + 7) % 7);
		day = first + (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
		while (c->week == 5 && !date_valid(year, c->month,
		    (int)(day - first) + 1))
			day -= 7;
		break;
	case CHANGE_JULIAN:
		/* 1..365, February 29 is never counted. */
		day = date_from_civil(year, 1, 1) + c->day - 1 +
		    (c->day >= 60 && date_valid(year, 2, 29));
		break;
	default:
		day = date_from_civil(year, 1, 1) + c->day;
		break;
	}
	return day * DAY + c->seconds;
}

static struct zone_span
tail_span(const struct zone_rules *r, int64_t utc, int64_t from)
{
	struct zone_span span = { from, INT64_MAX, r->tail_offset };
	int64_t year, start, end, days;
	int month, day;
	bool dst;

	if (!r->tail_dst)
		return span;
	days = (utc + r->tail_offset) / DAY -
	    ((utc + r->tail_offset) % DAY < 0);
	date_to_civil(days, &year, &month, &day);
	start = change_at(&r->start, year) - r->tail_offset;
	end = change_at(&r->end, year) - r->tail_dst_offset;
	if (start < end)
		dst = utc >= start && utc < end;
	else
		dst = utc >= start || utc < end;
	if (dst)
		span.offset = r->tail_dst_offset;
	/* Known are only this year's changes, and the year's end. */
	span.from = MAX(from, utc);
	span.to = utc + 1;
	if (utc >= MAX(start, end)) {
		span.from = MAX(from, MAX(start, end));
	} else if (utc >= MIN(start, end)) {
		span.from = MAX(from, MIN(start, end));
		span.to = MAX(start, end);
	} else {
		span.to = MIN(start, end);
	}
	return span;
}

struct zone_span
zone_rules_span(const struct zone_rules *r, int64_t utc)
{
	int low = 0, high = r->n;       /* the first transition after utc */

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (r->at[middle] <= utc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == r->n && r->has_tail)
		return tail_span(r, utc, low == 0 ? INT64_MIN : r->at[low - 1]);
	return (struct zone_span){
		.from = low == 0 ? INT64_MIN : r->at[low - 1],
		.to = low == r->n ? INT64_MAX : r->at[low],
		.offset = low == 0 ? r->first : r->offset[low - 1],
	};
}
