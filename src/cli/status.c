/* SPDX-License-Identifier: Apache-2.0
 * status.c - counts, rates and messages as Trino's command line words them. */
#include "cli/status.h"

#include <stdio.h>

#include "base/check.h"
#include "cli/width.h"

/* Three digits, without zeros at the end: 1.5, 20.3, 473. */
static void
put_short(struct sbuf *to, double n)
{
	char text[64];
	int length = snprintf(text, sizeof(text), n < 10 ? "%.2f" : n < 100
	    ? "%.1f" : "%.0f", n);

	if (strchr(text, '.') != NULL) {
		while (text[length - 1] == '0')
			length--;
		if (text[length - 1] == '.')
			length--;
	}
	sbuf_add(to, text, (size_t)length);
}

static void
put_count(struct sbuf *to, double n)
{
	static const char *const units[] = { "", "K", "M", "B", "T", "Q" };
	size_t unit = 0;

	for (; n > 1000 && unit + 1 < ARRAY_LEN(units); unit++)
		n /= 1000;
	put_short(to, n);
	sbuf_addz(to, units[unit]);
}

static void
put_size(struct sbuf *to, double n)
{
	static const char *const units[] = { "B", "KB", "MB", "GB", "TB",
		"PB" };
	size_t unit = 0;

	for (; n >= 1024 && unit + 1 < ARRAY_LEN(units); unit++)
		n /= 1024;
	put_short(to, n);
	sbuf_addz(to, units[unit]);
}

static void
put_minutes(struct sbuf *to, int64_t ms)
{
	int64_t seconds = (ms + 500) / 1000;

	sbuf_addf(to, "%lld:%02d", (long long)(seconds / 60),
	    (int)(seconds % 60));
}

/* 1,234,567 */
static void
put_grouped(struct sbuf *to, int64_t n)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%lld", (long long)n);

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0 && text[i - 1] != '-')
			sbuf_addc(to, ',');
		sbuf_addc(to, text[i]);
	}
}

/* "[6.45M rows, 560MB] [473K rows/s, 41.1MB/s]" */
static void
put_work(struct sbuf *to, const struct client_stats *s)
{
	double seconds = (double)s->elapsed_ms / 1000;
	double rate = seconds > 0 ? 1 / seconds : 0;

	sbuf_addc(to, '[');
	put_count(to, (double)s->rows);
	sbuf_addz(to, " rows, ");
	put_size(to, (double)s->bytes);
	sbuf_addz(to, "] [");
	put_count(to, (double)(int64_t)((double)s->rows * rate));
	sbuf_addz(to, " rows/s, ");
	put_size(to, (double)(int64_t)((double)s->bytes * rate + 0.5));
	sbuf_addz(to, "/s]");
}

void
status_progress(struct sbuf *to, const struct client_batch *b)
{
	const struct client_stats *s = &b->stats;
	/* 100% looks odd while it still runs. */
	int percent = (int)MIN(s->progress, 99.0);

	put_minutes(to, s->elapsed_ms);
	sbuf_addf(to, " %s ", s->state);
	put_work(to, s);
	if (s->progress < 0)
		return;
	sbuf_addz(to, " [");
	for (int i = 0; i < 20; i++)
		sbuf_addc(to, i * 5 < percent ? '=' : i * 5 < percent + 5 ? '>'
		    : ' ');
	sbuf_addf(to, "] %d%%", percent);
}

void
status_summary(struct sbuf *to, const struct client_batch *b)
{
	const struct client_stats *s = &b->stats;

	if (s->nodes == 0 || s->splits == 0)
		return;
	sbuf_addf(to, "\nQuery %s, %s, ", b->query_id, s->state);
	put_grouped(to, s->nodes);
	sbuf_addf(to, " node%s\nSplits: ", s->nodes == 1 ? "" : "s");
	put_grouped(to, s->splits);
	sbuf_addz(to, " total, ");
	put_grouped(to, s->completed_splits);
	sbuf_addf(to, " done (%.2f%%)\n", MAX(s->progress, 0.0));
	if (s->elapsed_ms >= 60000)
		put_minutes(to, s->elapsed_ms);
	else
		sbuf_addf(to, "%.2f", (double)s->elapsed_ms / 1000);
	sbuf_addc(to, ' ');
	put_work(to, s);
	sbuf_addz(to, "\n\n");
}

void
status_update(struct sbuf *to, const struct client_batch *b)
{
	sbuf_addz(to, b->update_type);
	if (b->update_count >= 0)
		sbuf_addf(to, ": %lld row%s", (long long)b->update_count,
		    b->update_count == 1 ? "" : "s");
	sbuf_addc(to, '\n');
}

static struct str
line_of(struct str text, int number)
{
	ptrdiff_t end;

	for (;; number--) {
		end = str_find(text, '\n', 0);
		if (number <= 1 || end < 0)
			break;
		text.p += end + 1;
		text.n -= (size_t)end + 1;
	}
	if (end >= 0)
		text.n = (size_t)end;
	if (text.n > 0 && text.p[text.n - 1] == '\r')
		text.n--;
	return number > 1 ? (struct str){ "", 0 } : text;
}

/* The bytes of the first n characters. */
static struct str
first_characters(struct str s, int n)
{
	size_t i = 0;

	while (n > 0 && i < s.n) {
		i++;
		while (i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80)
			i++;
		n--;
	}
	return (struct str){ s.p, i };
}

void
status_failure(struct sbuf *to, const struct client_batch *b, struct str sql)
{
	const struct err *e = &b->error;
	char text[ERR_TEXT_MAX + 64];
	struct str line;
	size_t start;

	sbuf_addf(to, "Query %s failed: %s\n", b->query_id, err_message(e,
	    text, sizeof(text)));
	if (e->line > 0) {
		line = line_of(sql, e->line);
		start = to->n;
		sbuf_addf(to, "LINE %d: ", e->line);
		start = to->n - start;
		sbuf_adds(to, line);
		sbuf_addf(to, "\n%*s^\n", (int)start +
		    text_width(first_characters(line, e->column - 1)), "");
	}
	sbuf_addc(to, '\n');
}
