/* SPDX-License-Identifier: Apache-2.0
 * format.c - CSV, TSV, JSON, aligned, vertical and markdown tables. */
#include "cli/format.h"

#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "base/json.h"
#include "cli/cell.h"
#include "cli/width.h"

/* Tables measure so many rows before they print them. */
enum { ROWS_TO_MEASURE = 10000, BYTES_PER_LINE = 16 };

/* From LAYOUT_ALIGNED on rows wait to be measured. */
enum layout { LAYOUT_NULL, LAYOUT_CSV, LAYOUT_TSV, LAYOUT_JSON,
	LAYOUT_ALIGNED, LAYOUT_VERTICAL, LAYOUT_MARKDOWN, LAYOUT_AUTO };

static const struct format_kind {
	const char *name;
	enum layout layout;
	bool header, quote;
} kinds[] = {
	{ "CSV", LAYOUT_CSV, false, true },
	{ "CSV_HEADER", LAYOUT_CSV, true, true },
	{ "CSV_UNQUOTED", LAYOUT_CSV, false, false },
	{ "CSV_HEADER_UNQUOTED", LAYOUT_CSV, true, false },
	{ "TSV", LAYOUT_TSV, false, false },
	{ "TSV_HEADER", LAYOUT_TSV, true, false },
	{ "JSON", LAYOUT_JSON, false, false },
	{ "ALIGNED", LAYOUT_ALIGNED, true, false },
	{ "AUTO", LAYOUT_AUTO, true, false },
	{ "VERTICAL", LAYOUT_VERTICAL, false, false },
	{ "MARKDOWN", LAYOUT_MARKDOWN, true, false },
	{ "NULL", LAYOUT_NULL, false, false },
};

struct format {
	const struct format_kind *kind;
	enum layout layout;             /* the kind's, or what AUTO has chosen */
	int screen_width;
	int64_t count, printed;
	bool started;
	struct arena arena;
	const struct cell_type **types; /* of the columns */
	int *widths;
	/* Cells that wait. */
	struct arena rows;
	struct str *cells;
	int64_t n, cap;
	bool flushed;
};

struct format *
format_new(const char *name, int screen_width)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcasecmp(name, kinds[i].name) == 0) {
			struct format *f = xcalloc(1, sizeof(*f));

			f->kind = &kinds[i];
			f->layout = f->kind->layout == LAYOUT_AUTO
			    ? LAYOUT_ALIGNED : f->kind->layout;
			f->screen_width = screen_width;
			return f;
		}
	return NULL;
}

void
format_free(struct format **fp)
{
	struct format *f = *fp;

	*fp = NULL;
	if (f == NULL)
		return;
	arena_release(&f->arena);
	arena_release(&f->rows);
	free(f->cells);
	free(f);
}

int64_t
format_count(const struct format *f)
{
	return f->count;
}

/* The columns' types, once. */
static void
learn_columns(struct format *f, const struct client_batch *b)
{
	if (f->types != NULL || b->n_columns < 0)
		return;
	f->types = arena_array(&f->arena, const struct cell_type *,
	    b->n_columns + 1);
	for (int i = 0; i < b->n_columns; i++)
		f->types[i] = cell_type_parse(&f->arena, b->columns[i].type);
	f->widths = arena_array(&f->arena, int, b->n_columns + 1);
}

/* --- CSV, TSV, JSON --------------------------------------------------------------- */

/* Quotes are doubled even where none stand around a field, as Trino does. */
static void
put_csv(struct sbuf *to, struct str s, bool quote)
{
	size_t from = 0;
	ptrdiff_t at;

	if (quote)
		sbuf_addc(to, '"');
	for (; (at = str_find(s, '"', from)) >= 0; from = (size_t)at + 1) {
		sbuf_add(to, s.p + from, (size_t)at + 1 - from);
		sbuf_addc(to, '"');
	}
	sbuf_add(to, s.p + from, s.n - from);
	if (quote)
		sbuf_addc(to, '"');
}

static void
put_tsv(struct sbuf *to, struct str s)
{
	static const char special[] = "\b\f\n\r\t\\", names[] = "bfnrt\\";

	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] == '\0' ? NULL
		    : strchr(special, s.p[i]);

		if (s.p[i] == '\0') {
			sbuf_addz(to, "\\0");
		} else if (at != NULL) {
			sbuf_addc(to, '\\');
			sbuf_addc(to, names[at - special]);
		} else {
			sbuf_addc(to, s.p[i]);
		}
	}
}

static void
put_field(struct format *f, struct sbuf *to, struct str s)
{
	if (f->kind->layout == LAYOUT_CSV)
		put_csv(to, s, f->kind->quote);
	else
		put_tsv(to, s);
}

static void
put_separated(struct format *f, const struct client_batch *b,
    struct sbuf *to)
{
	char separator = f->kind->layout == LAYOUT_CSV ? ',' : '\t';
	struct sbuf text = { 0 };

	if (f->kind->header && !f->started) {
		for (int i = 0; i < b->n_columns; i++) {
			if (i > 0)
				sbuf_addc(to, separator);
			put_field(f, to, str_of(b->columns[i].name));
		}
		sbuf_addc(to, '\n');
	}
	for (int64_t r = 0; r < b->n_rows; r++) {
		for (int i = 0; i < b->n_columns; i++) {
			if (i > 0)
				sbuf_addc(to, separator);
			sbuf_clear(&text);
			cell_text(&text, f->types[i],
			    b->cells[r * b->n_columns + i], "", 0);
			put_field(f, to, sbuf_str(&text));
		}
		sbuf_addc(to, '\n');
	}
	sbuf_release(&text);
}

static void
put_json(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	for (int64_t r = 0; r < b->n_rows; r++) {
		sbuf_addc(to, '{');
		for (int i = 0; i < b->n_columns; i++) {
			if (i > 0)
				sbuf_addc(to, ',');
			json_quote(to, str_of(b->columns[i].name));
			sbuf_addc(to, ':');
			cell_json(to, f->types[i],
			    b->cells[r * b->n_columns + i]);
		}
		sbuf_addz(to, "}\n");
	}
}

/* --- tables -------------------------------------------------------------------------- */

/* Puts a '\\' before what Markdown would take for markup. */
static void
escape_markdown(struct sbuf *text)
{
	struct sbuf out = { 0 };

	for (size_t i = 0; i < text->n; i++) {
		char c = text->p[i];

		if (c == '\n') {
			sbuf_addz(&out, "<br>");
			continue;
		}
		if (c != '\0' && strchr("\\`*_{}[]<>()#+!|", c) != NULL)
			sbuf_addc(&out, '\\');
		sbuf_addc(&out, c);
	}
	sbuf_release(text);
	*text = out;
}

/* Keeps cells until the widest is known. */
static void
keep_cells(struct format *f, const struct client_batch *b)
{
	int64_t n = b->n_rows * b->n_columns;

	if (f->n + n > f->cap) {
		f->cap = MAX(f->cap * 2, f->n + n);
		f->cells = xrealloc(f->cells, sizeof(*f->cells) *
		    (size_t)f->cap);
	}
	for (int64_t i = 0; i < n; i++) {
		struct sbuf text = { 0 };

		cell_text(&text, f->types[i % b->n_columns], b->cells[i],
		    "NULL", BYTES_PER_LINE);
		if (f->kind->layout == LAYOUT_MARKDOWN)
			escape_markdown(&text);
		f->cells[f->n++] = arena_str(&f->rows, sbuf_str(&text));
		sbuf_release(&text);
	}
}

static void
repeat(struct sbuf *to, char c, int n)
{
	while (n-- > 0)
		sbuf_addc(to, c);
}

static void
put_padded(struct sbuf *to, struct str s, int width, bool right)
{
	int have = text_width(s);

	if (right)
		repeat(to, ' ', width - have);
	sbuf_adds(to, s);
	if (!right)
		repeat(to, ' ', width - have);
}

static bool
is_number(const struct format *f, int column)
{
	return f->types[column]->kind == CELL_NUMBER;
}

/* Cuts the first line off; false: none is left (p is NULL then). */
static bool
next_line(struct str *rest, struct str *line)
{
	ptrdiff_t end;

	if (rest->p == NULL)
		return false;
	end = str_find(*rest, '\n', 0);
	*line = (struct str){ rest->p, end < 0 ? rest->n : (size_t)end };
	*rest = end < 0 ? (struct str){ NULL, 0 }
	    : (struct str){ rest->p + end + 1, rest->n - (size_t)end - 1 };
	return true;
}

/* The width of the widest line. */
static int
lines_width(struct str s)
{
	struct str line;
	int width = 0;

	while (next_line(&s, &line))
		width = MAX(width, text_width(line));
	return width;
}

static void
measure(struct format *f, const struct client_batch *b)
{
	for (int i = 0; i < b->n_columns; i++)
		f->widths[i] = MAX(1, text_width(str_of(b->columns[i].name)));
	for (int64_t i = 0; i < f->n; i++) {
		int *width = &f->widths[i % b->n_columns];

		*width = MAX(*width, lines_width(f->cells[i]));
	}
}

static void
put_aligned_header(struct format *f, const struct client_batch *b,
    struct sbuf *to)
{
	for (int i = 0; i < b->n_columns; i++) {
		const char *name = b->columns[i].name;
		int room = f->widths[i] - text_width(str_of(name));

		sbuf_addz(to, i > 0 ? "| " : " ");
		repeat(to, ' ', room / 2);
		sbuf_addz(to, name);
		repeat(to, ' ', room - room / 2 + 1);
	}
	sbuf_addc(to, '\n');
	for (int i = 0; i < b->n_columns; i++) {
		if (i > 0)
			sbuf_addc(to, '+');
		repeat(to, '-', f->widths[i] + 2);
	}
	sbuf_addc(to, '\n');
}

/* One row, which may take several lines; consumes the cells.  A '+' after a
 * line says that its cell goes on, unless the row is the only one. */
static void
put_aligned_row(struct format *f, int n, struct str *cells, struct sbuf *to,
    bool mark)
{
	bool more = true;

	while (more) {
		more = false;
		for (int i = 0; i < n; i++) {
			struct str line = { "", 0 };

			next_line(&cells[i], &line);
			sbuf_addz(to, i > 0 ? "| " : " ");
			put_padded(to, line, f->widths[i], is_number(f, i));
			sbuf_addc(to, mark && cells[i].p != NULL ? '+' : ' ');
			more |= cells[i].p != NULL;
		}
		sbuf_addc(to, '\n');
	}
}

static void
put_markdown_header(struct format *f, const struct client_batch *b,
    struct sbuf *to)
{
	for (int i = 0; i < b->n_columns; i++) {
		sbuf_addz(to, "| ");
		put_padded(to, str_of(b->columns[i].name), f->widths[i],
		    is_number(f, i));
		sbuf_addc(to, ' ');
	}
	sbuf_addz(to, "|\n");
	for (int i = 0; i < b->n_columns; i++) {
		sbuf_addz(to, "| ");
		repeat(to, '-', f->widths[i]);
		sbuf_addc(to, is_number(f, i) ? ':' : ' ');
	}
	sbuf_addz(to, "|\n");
}

static void
put_markdown_row(struct format *f, int n, const struct str *cells,
    struct sbuf *to)
{
	for (int i = 0; i < n; i++) {
		sbuf_addz(to, "| ");
		put_padded(to, cells[i], f->widths[i], is_number(f, i));
		sbuf_addc(to, ' ');
	}
	sbuf_addz(to, "|\n");
}

static void
put_vertical_row(struct format *f, const struct client_batch *b,
    struct str *cells, int values, struct sbuf *to)
{
	int names = 0, at;
	struct sbuf head = { 0 };
	struct str line;

	for (int i = 0; i < b->n_columns; i++)
		names = MAX(names, text_width(str_of(b->columns[i].name)));
	sbuf_addf(&head, "-[ RECORD %lld ]", (long long)++f->printed);
	at = (int)head.n;
	if (names + 1 >= at) {
		repeat(&head, '-', names + 1 - at);
		sbuf_addc(&head, '+');
		at = names + 2;
	}
	repeat(&head, '-', names + values + 3 - at);
	sbuf_adds(to, sbuf_str(&head));
	sbuf_addc(to, '\n');
	sbuf_release(&head);
	for (int i = 0; i < b->n_columns; i++) {
		struct str name = str_of(b->columns[i].name);

		while (next_line(&cells[i], &line)) {
			put_padded(to, name, names, false);
			sbuf_addz(to, " | ");
			sbuf_adds(to, line);
			sbuf_addc(to, '\n');
			name.n = 0;
		}
	}
}

static void
flush_vertical(struct format *f, const struct client_batch *b,
    struct sbuf *to)
{
	int n = b->n_columns, values = 0;

	for (int64_t i = 0; i < f->n; i++)
		values = MAX(values, lines_width(f->cells[i]));
	for (int64_t i = 0; n > 0 && i + n <= f->n; i += n)
		put_vertical_row(f, b, &f->cells[i], values, to);
}

static void
flush_lines(struct format *f, const struct client_batch *b, struct sbuf *to,
    bool last)
{
	int n = b->n_columns;

	measure(f, b);
	if (!f->flushed && f->layout == LAYOUT_MARKDOWN)
		put_markdown_header(f, b, to);
	else if (!f->flushed)
		put_aligned_header(f, b, to);
	for (int64_t i = 0; i + n <= f->n; i += n)
		if (f->layout == LAYOUT_MARKDOWN)
			put_markdown_row(f, n, &f->cells[i], to);
		else
			put_aligned_row(f, n, &f->cells[i], to, !last ||
			    f->count > 1);
}

/* AUTO: records one below the other when the table is too wide. */
static void
choose_layout(struct format *f, const struct client_batch *b)
{
	int total = b->n_columns - 1;

	if (f->kind->layout != LAYOUT_AUTO || f->flushed)
		return;
	measure(f, b);
	for (int i = 0; i < b->n_columns; i++)
		total += f->widths[i] + 2;
	f->layout = total > f->screen_width ? LAYOUT_VERTICAL
	    : LAYOUT_ALIGNED;
}

/* Prints the cells that wait, in columns as wide as they need. */
static void
flush(struct format *f, const struct client_batch *b, struct sbuf *to,
    bool last)
{
	choose_layout(f, b);
	if (f->layout == LAYOUT_VERTICAL)
		flush_vertical(f, b, to);
	else if (b->n_columns > 0)
		flush_lines(f, b, to, last);
	f->flushed = true;
	f->n = 0;
	arena_release(&f->rows);
}

static bool
waits(const struct format *f)
{
	return f->kind->layout >= LAYOUT_ALIGNED;
}

void
format_rows(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	if (b->n_columns < 0)
		return;
	learn_columns(f, b);
	if (waits(f)) {
		keep_cells(f, b);
		f->count += b->n_rows;
		if (f->n >= (int64_t)ROWS_TO_MEASURE * MAX(b->n_columns, 1))
			flush(f, b, to, false);
		return;
	}
	if (f->kind->layout == LAYOUT_JSON)
		put_json(f, b, to);
	else if (f->kind->layout != LAYOUT_NULL)
		put_separated(f, b, to);
	f->started = true;
	f->count += b->n_rows;
}

void
format_end(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	if (!waits(f) || b->n_columns < 0)
		return;
	learn_columns(f, b);
	if (f->n > 0 || !f->flushed)
		flush(f, b, to, true);
	if (f->layout == LAYOUT_ALIGNED)
		sbuf_addf(to, "(%lld row%s)\n", (long long)f->count,
		    f->count == 1 ? "" : "s");
	else if (f->layout == LAYOUT_VERTICAL && f->count == 0)
		sbuf_addz(to, "(no rows)\n");
}
