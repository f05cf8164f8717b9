/* SPDX-License-Identifier: Apache-2.0
 * format.c - CSV, TSV, JSON, aligned, vertical and markdown tables. */
#include "cli/format.h"

#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "client/json_cursor.h"
#include "cli/width.h"

enum { ALIGNED_ROWS = 10000 };

enum layout { LAYOUT_CSV, LAYOUT_TSV, LAYOUT_JSON, LAYOUT_ALIGNED,
	LAYOUT_VERTICAL, LAYOUT_MARKDOWN, LAYOUT_NULL };

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
	{ "AUTO", LAYOUT_ALIGNED, true, false },
	{ "VERTICAL", LAYOUT_VERTICAL, false, false },
	{ "MARKDOWN", LAYOUT_MARKDOWN, true, false },
	{ "NULL", LAYOUT_NULL, false, false },
};

struct format {
	const struct format_kind *kind;
	int64_t count;
	bool started;
	/* Aligned tables: cells that wait. */
	struct arena arena;
	struct str *cells;
	int64_t n, cap;                 /* cells */
	bool flushed;
	int *widths;
};

struct format *
format_new(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcasecmp(name, kinds[i].name) == 0) {
			struct format *f = xcalloc(1, sizeof(*f));

			f->kind = &kinds[i];
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
	free(f->cells);
	free(f->widths);
	free(f);
}

int64_t
format_count(const struct format *f)
{
	return f->count;
}

static void nested(struct sbuf *to, struct json *j);

/* Arrays as [a, b], objects as {k=v}: as Trino's command line shows them. */
static void
nested_list(struct sbuf *to, struct json *j, char open, char close)
{
	bool first = true, none = true;

	json_open(j, open);
	sbuf_addc(to, open);
	while (json_element(j, &first)) {
		if (!none)
			sbuf_addz(to, ", ");
		none = false;
		nested(to, j);
		if (open == '{' && j->at < j->end && *j->at == ':') {
			j->at++;
			sbuf_addc(to, '=');
			nested(to, j);
		}
	}
	sbuf_addc(to, close);
}

static void
nested(struct sbuf *to, struct json *j)
{
	struct str v;

	while (j->at < j->end && *j->at == ' ')
		j->at++;
	if (j->at < j->end && *j->at == '[') {
		nested_list(to, j, '[', ']');
		return;
	}
	if (j->at < j->end && *j->at == '{') {
		nested_list(to, j, '{', '}');
		return;
	}
	v = json_value(j);
	if (v.n > 0 && v.p[0] == '"')
		json_decode(to, v);
	else
		sbuf_adds(to, v);
}

void
format_cell(struct sbuf *to, struct str cell, const char *null)
{
	struct json j;

	if (str_eq(cell, STR("null"))) {
		sbuf_addz(to, null);
	} else if (cell.n > 0 && cell.p[0] == '"') {
		json_decode(to, cell);
	} else if (cell.n > 0 && (cell.p[0] == '[' || cell.p[0] == '{')) {
		j = json_of(cell);
		nested(to, &j);
	} else {
		sbuf_adds(to, cell);
	}
}

/* --- CSV, TSV, JSON --------------------------------------------------------------- */

static void
put_csv(struct sbuf *to, struct str s, bool quote)
{
	if (!quote) {
		sbuf_adds(to, s);
		return;
	}
	sbuf_addc(to, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			sbuf_addc(to, '"');
		sbuf_addc(to, s.p[i]);
	}
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

	if (f->kind->header && !f->started && b->n_columns > 0) {
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
			format_cell(&text, b->cells[r * b->n_columns + i],
			    "");
			put_field(f, to, sbuf_str(&text));
		}
		sbuf_addc(to, '\n');
	}
	sbuf_release(&text);
}

static void
quote_json(struct sbuf *to, const char *z)
{
	sbuf_addc(to, '"');
	for (; *z != '\0'; z++) {
		if (*z == '"' || *z == '\\')
			sbuf_addc(to, '\\');
		sbuf_addc(to, *z);
	}
	sbuf_addc(to, '"');
}

static void
put_json(const struct client_batch *b, struct sbuf *to)
{
	for (int64_t r = 0; r < b->n_rows; r++) {
		sbuf_addc(to, '{');
		for (int i = 0; i < b->n_columns; i++) {
			if (i > 0)
				sbuf_addc(to, ',');
			quote_json(to, b->columns[i].name);
			sbuf_addc(to, ':');
			sbuf_adds(to, b->cells[r * b->n_columns + i]);
		}
		sbuf_addz(to, "}\n");
	}
}

/* --- tables -------------------------------------------------------------------------- */

static void
keep_cells(struct format *f, const struct client_batch *b)
{
	int64_t n = b->n_rows * b->n_columns;
	struct sbuf text = { 0 };

	if (f->n + n > f->cap) {
		f->cap = MAX(f->cap * 2, f->n + n);
		f->cells = xrealloc(f->cells, sizeof(*f->cells) *
		    (size_t)f->cap);
	}
	for (int64_t i = 0; i < n; i++) {
		sbuf_clear(&text);
		format_cell(&text, b->cells[i], "NULL");
		f->cells[f->n++] = arena_str(&f->arena, sbuf_str(&text));
	}
	sbuf_release(&text);
}

static void
spaces(struct sbuf *to, int n)
{
	while (n-- > 0)
		sbuf_addc(to, ' ');
}

static bool
is_numeric(const struct client_column *c)
{
	static const char *const types[] = { "bigint", "integer", "smallint",
		"tinyint", "double", "real", "decimal", "number" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (c->raw_type != NULL && strcmp(c->raw_type, types[i]) == 0)
			return true;
	return false;
}

/* One line of a cell, padded to the column's width; the last column is not
 * padded on the right. */
static void
put_padded(struct sbuf *to, struct str s, int width, bool right)
{
	int have = text_width(s);

	if (right)
		spaces(to, width - have);
	sbuf_adds(to, s);
	if (!right)
		spaces(to, width - have);
}

/* The k-th line of a text; p NULL when it has fewer. */
static struct str
line_of(struct str s, int k)
{
	for (;;) {
		ptrdiff_t end = str_find(s, '\n', 0);

		if (k == 0)
			return (struct str){ s.p, end < 0 ? s.n
			    : (size_t)end };
		if (end < 0)
			return (struct str){ NULL, 0 };
		s.p += end + 1;
		s.n -= (size_t)end + 1;
		k--;
	}
}

static void
widen(struct format *f, int column, struct str s)
{
	struct str line;

	for (int k = 0; (line = line_of(s, k)).p != NULL; k++)
		f->widths[column] = MAX(f->widths[column], text_width(line));
}

static void
put_centred(struct sbuf *to, const char *name, int width)
{
	int free_room = width - text_width(str_of(name));

	spaces(to, free_room / 2);
	sbuf_addz(to, name);
	spaces(to, free_room - free_room / 2);
}

static void
put_aligned_header(struct format *f, const struct client_batch *b,
    struct sbuf *to)
{
	bool markdown = f->kind->layout == LAYOUT_MARKDOWN;

	for (int i = 0; i < b->n_columns; i++) {
		sbuf_addz(to, markdown ? "| " : i > 0 ? "| " : " ");
		if (markdown)
			put_padded(to, str_of(b->columns[i].name),
			    f->widths[i], is_numeric(&b->columns[i]));
		else
			put_centred(to, b->columns[i].name, f->widths[i]);
		sbuf_addc(to, ' ');
	}
	sbuf_addz(to, markdown ? "|\n" : "\n");
	for (int i = 0; i < b->n_columns; i++) {
		bool right = is_numeric(&b->columns[i]);

		sbuf_addz(to, markdown ? "| " : i > 0 ? "+" : "");
		for (int k = markdown ? right : -2; k < f->widths[i]; k++)
			sbuf_addc(to, '-');
		if (markdown)
			sbuf_addz(to, right ? ": " : " ");
	}
	sbuf_addz(to, markdown ? "|\n" : "\n");
}

static void
put_aligned_row(struct format *f, const struct client_batch *b,
    const struct str *cells, struct sbuf *to)
{
	bool more = true;

	for (int k = 0; more; k++) {
		more = false;
		for (int i = 0; i < b->n_columns; i++) {
			struct str line = line_of(cells[i], k);
			bool goes_on = line_of(cells[i], k + 1).p != NULL;

			sbuf_addz(to, i > 0 ? "| " : " ");
			if (line.p == NULL)
				line.n = 0;
			put_padded(to, line, f->widths[i],
			    is_numeric(&b->columns[i]));
			sbuf_addc(to, goes_on ? '+' : ' ');
			more |= goes_on;
		}
		sbuf_addc(to, '\n');
	}
}

static void
put_markdown_row(struct format *f, const struct client_batch *b,
    const struct str *cells, struct sbuf *to)
{
	for (int i = 0; i < b->n_columns; i++) {
		sbuf_addz(to, "| ");
		put_padded(to, cells[i], f->widths[i],
		    is_numeric(&b->columns[i]));
		sbuf_addc(to, ' ');
	}
	sbuf_addz(to, "|\n");
}

/* Prints the cells that wait, with the widths known now. */
static void
flush_table(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	int n = b->n_columns;

	if (n <= 0)
		return;
	if (f->widths == NULL)
		f->widths = xcalloc((size_t)n, sizeof(*f->widths));
	for (int i = 0; i < n; i++)
		widen(f, i, str_of(b->columns[i].name));
	for (int64_t i = 0; i < f->n; i++)
		widen(f, (int)(i % n), f->cells[i]);
	if (!f->flushed)
		put_aligned_header(f, b, to);
	for (int64_t i = 0; i + n <= f->n; i += n) {
		if (f->kind->layout == LAYOUT_MARKDOWN)
			put_markdown_row(f, b, &f->cells[i], to);
		else
			put_aligned_row(f, b, &f->cells[i], to);
	}
	f->flushed = true;
	f->n = 0;
	arena_release(&f->arena);
}

static void
put_vertical(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	int width = 0, values = 0;
	struct sbuf text = { 0 };

	for (int i = 0; i < b->n_columns; i++)
		width = MAX(width, text_width(str_of(b->columns[i].name)));
	for (int64_t i = 0; i < b->n_rows * b->n_columns; i++) {
		sbuf_clear(&text);
		format_cell(&text, b->cells[i], "NULL");
		values = MAX(values, text_width(sbuf_str(&text)));
	}
	for (int64_t r = 0; r < b->n_rows; r++) {
		size_t at = to->n;

		sbuf_addf(to, "-[ RECORD %lld ]",
		    (long long)(f->count + r + 1));
		for (int k = (int)(to->n - at); k < width + values + 3; k++)
			sbuf_addc(to, k == width + 1 ? '+' : '-');
		sbuf_addc(to, '\n');
		for (int i = 0; i < b->n_columns; i++) {
			put_padded(to, str_of(b->columns[i].name), width,
			    false);
			sbuf_addz(to, " | ");
			format_cell(to, b->cells[r * b->n_columns + i],
			    "NULL");
			sbuf_addc(to, '\n');
		}
	}
	sbuf_release(&text);
}

void
format_rows(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	if (b->n_columns < 0 || b->failed)
		return;
	switch (f->kind->layout) {
	case LAYOUT_CSV:
	case LAYOUT_TSV:
		put_separated(f, b, to);
		break;
	case LAYOUT_JSON:
		put_json(b, to);
		break;
	case LAYOUT_VERTICAL:
		put_vertical(f, b, to);
		break;
	case LAYOUT_ALIGNED:
	case LAYOUT_MARKDOWN:
		keep_cells(f, b);
		if (f->n >= (int64_t)ALIGNED_ROWS * b->n_columns)
			flush_table(f, b, to);
		break;
	case LAYOUT_NULL:
		break;
	}
	f->started = true;
	f->count += b->n_rows;
}

void
format_end(struct format *f, const struct client_batch *b, struct sbuf *to)
{
	if ((f->kind->layout == LAYOUT_ALIGNED ||
	    f->kind->layout == LAYOUT_MARKDOWN) && !b->failed &&
	    (f->n > 0 || !f->flushed))
		flush_table(f, b, to);
}
