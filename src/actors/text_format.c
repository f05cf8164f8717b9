/* SPDX-License-Identifier: Apache-2.0
 * text_format.c - TSV, CSV and JSON lines. */
#include "actors/text_format.h"

#include "base/json.h"
#include "page/compare.h"

bool
text_format_set(struct text_format *f, struct str name)
{
	if (str_ieq(name, STR("tsv")))
		f->kind = TEXT_TSV;
	else if (str_ieq(name, STR("csv")))
		f->kind = TEXT_CSV;
	else if (str_ieq(name, STR("json")))
		f->kind = TEXT_JSON;
	else
		return false;
	return true;
}

static void
put_tsv(struct sbuf *to, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '\t': sbuf_addz(to, "\\t"); break;
		case '\n': sbuf_addz(to, "\\n"); break;
		case '\r': sbuf_addz(to, "\\r"); break;
		case '\\': sbuf_addz(to, "\\\\"); break;
		default: sbuf_addc(to, s.p[i]);
		}
	}
}

static void
put_csv(struct sbuf *to, struct str s)
{
	bool quote = s.n == 0;

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = strchr("\",\n\r", s.p[i]) != NULL;
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
put_text(struct sbuf *to, const struct text_format *f, struct str s)
{
	if (f->kind == TEXT_CSV)
		put_csv(to, s);
	else
		put_tsv(to, s);
}

static void
put_cell(struct sbuf *to, const struct text_format *f, const struct vec *v,
    uint32_t row)
{
	struct sbuf json = { 0 };
	struct str s;

	if (vec_is_null(v, row)) {
		if (f->kind == TEXT_TSV)
			sbuf_addz(to, "\\N");
		return;
	}
	if (v->type->id == TYPE_VARCHAR || v->type->id == TYPE_CHAR ||
	    v->type->id == TYPE_JSON) {
		put_text(to, f, strview_str(vec_at(v, row)));
		return;
	}
	vec_print_json(&json, v, row);
	s = sbuf_str(&json);
	if (s.n >= 2 && s.p[0] == '"')
		s = (struct str){ s.p + 1, s.n - 2 };
	put_text(to, f, s);
	sbuf_release(&json);
}

static void
put_header(struct sbuf *to, struct text_format *f,
    const struct query_batch *b)
{
	if (!f->header || f->header_done || f->kind == TEXT_JSON ||
	    b->n_columns <= 0)
		return;
	f->header_done = true;
	for (int i = 0; i < b->n_columns; i++) {
		if (i > 0)
			sbuf_addc(to, f->kind == TEXT_CSV ? ',' : '\t');
		put_text(to, f, str_of(b->names[i]));
	}
	sbuf_addc(to, '\n');
}

static void
put_row(struct sbuf *to, const struct text_format *f,
    const struct query_batch *b, const struct page *p, uint32_t row)
{
	if (f->kind == TEXT_JSON)
		sbuf_addc(to, '{');
	for (int i = 0; i < p->n; i++) {
		if (f->kind == TEXT_JSON) {
			if (i > 0)
				sbuf_addc(to, ',');
			json_quote(to, str_of(b->names[i]));
			sbuf_addc(to, ':');
			vec_print_json(to, p->col[i], row);
			continue;
		}
		if (i > 0)
			sbuf_addc(to, f->kind == TEXT_CSV ? ',' : '\t');
		put_cell(to, f, p->col[i], row);
	}
	sbuf_addz(to, f->kind == TEXT_JSON ? "}\n" : "\n");
}

void
text_render(void *arg, const struct query_batch *b, struct sbuf *body,
    struct sbuf *head)
{
	struct text_format *f = arg;
	char text[ERR_TEXT_MAX + 64];
	long long rows = 0;

	if (b->error != NULL) {
		err_message(b->error, text, sizeof(text));
		sbuf_addf(body, "ERROR %s: %s\n", err_name(b->error->code),
		    text);
		return;
	}
	put_header(body, f, b);
	for (int i = 0; i < b->n_pages; i++) {
		for (uint32_t r = 0; r < b->pages[i]->rows; r++)
			put_row(body, f, b, b->pages[i], r);
		rows += b->pages[i]->rows;
	}
	sbuf_addf(head, "%lld", rows);
}
