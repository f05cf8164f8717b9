/* SPDX-License-Identifier: Apache-2.0
 * parquet_footer.c - FileMetaData, read field by field.  Memory grows with
 * what was really there, never with what a count claims. */
#include <stdlib.h>

#include "base/check.h"
#include "fmt/parquet_footer.h"
#include "fmt/parquet_thrift.h"

struct footer {
	struct parquet_meta *m;
	struct thrift t;
	struct { struct parquet_element *v; int n, cap; } schema;
	bool has_schema, has_rows, has_groups, encrypted;
	int64_t rows;
	int n_orders;
	bool *orders;           /* by leaf: TypeDefinedOrder */
	struct err *e;
};

static int
bad(struct footer *f, const char *what)
{
	return err_set(f->e, ERR_HIVE_CANNOT_OPEN_SPLIT, "%s", what);
}

static void
read_unit(struct thrift *t, const struct thrift_field *in, int *unit)
{
	struct thrift_field f = { 0 };

	if (!thrift_enter(t, in))
		return;
	while (thrift_next(t, &f)) {
		*unit = f.id;
		thrift_skip(t, f.type);
	}
	thrift_leave(t);
}

/* The member struct of the LogicalType union. */
static void
read_logical_member(struct thrift *t, const struct thrift_field *in,
    struct parquet_element *el)
{
	struct thrift_field f = { 0 };
	int kind = in->id;

	if (!thrift_enter(t, in))
		return;
	while (thrift_next(t, &f)) {
		if (kind == 5 && f.id == 1)
			el->logical_scale = thrift_i32(t, &f);
		else if (kind == 5 && f.id == 2)
			el->logical_precision = thrift_i32(t, &f);
		else if ((kind == 7 || kind == 8) && f.id == 1)
			el->adjusted = thrift_bool(t, &f);
		else if ((kind == 7 || kind == 8) && f.id == 2)
			read_unit(t, &f, &el->unit);
		else if (kind == 10 && f.id == 1)
			el->bits = thrift_i8(t, &f);
		else if (kind == 10 && f.id == 2)
			el->is_signed = thrift_bool(t, &f);
		else
			thrift_skip(t, f.type);
	}
	thrift_leave(t);
}

static void
read_logical(struct thrift *t, const struct thrift_field *in,
    struct parquet_element *el)
{
	struct thrift_field f = { 0 };

	if (!thrift_enter(t, in))
		return;
	while (thrift_next(t, &f)) {
		el->logical = f.id;
		if (f.type == THRIFT_STRUCT)
			read_logical_member(t, &f, el);
		else
			thrift_skip(t, f.type);
	}
	thrift_leave(t);
}

static void
read_element(struct thrift *t, struct parquet_element *el)
{
	struct thrift_field f = { 0 };

	*el = (struct parquet_element){ .physical = -1, .width = INT32_MIN,
	    .repetition = -1, .converted = -1, .field_id = -1 };
	if (!thrift_enter_element(t))
		return;
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1:
			el->physical = thrift_i32(t, &f);
			if (el->physical < 0)
				el->physical = INT32_MAX;
			break;
		case 2:
			el->width = thrift_i32(t, &f);
			break;
		case 3:
			el->repetition = thrift_i32(t, &f);
			if (el->repetition < 0)
				el->repetition = INT32_MAX;
			break;
		case 4:
			el->name = thrift_binary(t, &f);
			break;
		case 5:
			el->n_children = thrift_i32(t, &f);
			break;
		case 6:
			el->converted = thrift_i32(t, &f);
			break;
		case 7:
			el->scale = thrift_i32(t, &f);
			break;
		case 8:
			el->precision = thrift_i32(t, &f);
			break;
		case 9:
			el->field_id = thrift_i32(t, &f);
			break;
		case 10:
			read_logical(t, &f, el);
			break;
		default:
			thrift_skip(t, f.type);
		}
	}
	thrift_leave(t);
}

static void
read_statistics(struct thrift *t, const struct thrift_field *in,
    struct parquet_chunk *c)
{
	struct thrift_field f = { 0 };

	if (!thrift_enter(t, in))
		return;
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1:
			c->max_old = thrift_binary(t, &f);
			break;
		case 2:
			c->min_old = thrift_binary(t, &f);
			break;
		case 3:
			c->nulls = thrift_i64(t, &f);
			break;
		case 4:
			c->distinct = thrift_i64(t, &f);
			break;
		case 5:
			c->max = thrift_binary(t, &f);
			break;
		case 6:
			c->min = thrift_binary(t, &f);
			break;
		case 7:
			c->max_exact = thrift_bool(t, &f);
			c->inexact_max = !c->max_exact;
			break;
		case 8:
			c->min_exact = thrift_bool(t, &f);
			c->inexact_min = !c->min_exact;
			break;
		default:
			thrift_skip(t, f.type);
		}
	}
	thrift_leave(t);
}

static bool
is_dictionary(int encoding)
{
	return encoding == PARQUET_PLAIN_DICTIONARY ||
	    encoding == PARQUET_RLE_DICTIONARY;
}

/* Are all data pages dictionary-encoded? */
static void
read_encoding_stats(struct thrift *t, const struct thrift_field *in,
    struct parquet_chunk *c)
{
	uint32_t n = thrift_list(t, in, THRIFT_STRUCT);

	c->paged = n > 0;
	c->all_dict = n > 0;
	for (uint32_t i = 0; i < n && t->bad == NULL; i++) {
		struct thrift_field f = { 0 };
		int type = -1, encoding = -1, count = 0;

		if (!thrift_enter_element(t))
			return;
		while (thrift_next(t, &f)) {
			if (f.id == 1)
				type = thrift_i32(t, &f);
			else if (f.id == 2)
				encoding = thrift_i32(t, &f);
			else if (f.id == 3)
				count = thrift_i32(t, &f);
			else
				thrift_skip(t, f.type);
		}
		thrift_leave(t);
		if ((type == 0 || type == 3) && count > 0 &&
		    !is_dictionary(encoding))
			c->all_dict = false;
	}
}

static void
read_encodings(struct thrift *t, const struct thrift_field *in,
    struct parquet_chunk *c)
{
	uint32_t n = thrift_list(t, in, THRIFT_I32);

	for (uint32_t i = 0; i < n && t->bad == NULL; i++) {
		int encoding = thrift_element_i32(t);

		if (encoding >= 0 && encoding < 32)
			c->encodings |= 1u << encoding;
	}
}

static void
read_chunk_meta(struct thrift *t, const struct thrift_field *in,
    struct parquet_chunk *c)
{
	struct thrift_field f = { 0 };

	if (!thrift_enter(t, in))
		return;
	c->has_meta = true;
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1:
			c->physical = thrift_i32(t, &f);
			break;
		case 2:
			read_encodings(t, &f, c);
			break;
		case 4:
			c->codec = thrift_i32(t, &f);
			break;
		case 5:
			c->values = thrift_i64(t, &f);
			break;
		case 7:
			c->size = thrift_i64(t, &f);
			break;
		case 9:
			c->data_offset = thrift_i64(t, &f);
			break;
		case 11:
			c->dict_offset = thrift_i64(t, &f);
			/* Negative ones are found by the check. */
			if (c->dict_offset < 0)
				c->dict_offset = INT64_MIN;
			break;
		case 12:
			read_statistics(t, &f, c);
			break;
		case 13:
			read_encoding_stats(t, &f, c);
			break;
		case 14:
			c->bloom = thrift_i64(t, &f);
			break;
		case 15:
			c->bloom_size = thrift_i32(t, &f);
			break;
		default:
			thrift_skip(t, f.type);
		}
	}
	thrift_leave(t);
}

static void
read_chunk(struct thrift *t, struct parquet_chunk *c)
{
	struct thrift_field f = { 0 };

	*c = (struct parquet_chunk){ .physical = -1, .codec = -1,
	    .values = -1, .data_offset = -1, .dict_offset = -1, .size = -1,
	    .nulls = -1, .distinct = -1 };
	if (!thrift_enter_element(t))
		return;
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1:
			c->elsewhere = thrift_binary(t, &f).n > 0;
			break;
		case 3:
			read_chunk_meta(t, &f, c);
			break;
		case 4:
			c->offset_index = thrift_i64(t, &f);
			break;
		case 5:
			c->offset_index_size = thrift_i32(t, &f);
			break;
		case 6:
			c->column_index = thrift_i64(t, &f);
			break;
		case 7:
			c->column_index_size = thrift_i32(t, &f);
			break;
		default:
			thrift_skip(t, f.type);
		}
	}
	thrift_leave(t);
}

/* A group whose chunks were all read. */
static int
add_group(struct footer *f, struct parquet_chunk *chunks, uint64_t rows)
{
	struct parquet_meta *m = f->m;
	struct parquet_group g = { .rows = rows, .first_row = m->rows,
	    .offset = UINT64_MAX };

	for (int i = 0; i < m->n_leaves; i++) {
		int64_t at = chunks[i].data_offset;

		if (chunks[i].dict_offset > 0 && chunks[i].dict_offset < at)
			at = chunks[i].dict_offset;
		if (at >= 0 && (uint64_t)at < g.offset)
			g.offset = (uint64_t)at;
		if (chunks[i].size > 0)
			g.bytes += (uint64_t)chunks[i].size;
	}
	if (rows > INT64_MAX - m->rows)
		return bad(f, "a row group has too many rows");
	m->rows += rows;
	if (m->n_groups == m->cap_groups) {
		m->groups = arena_grow(&m->arena, m->groups, &m->cap_groups,
		    sizeof(*m->groups));
		m->chunks = arena_grow(&m->arena, m->chunks, &m->cap_chunks,
		    sizeof(*m->chunks));
	}
	m->groups[m->n_groups] = g;
	m->chunks[m->n_groups++] = chunks;
	return 0;
}

static int
no_meta(struct footer *f, int leaf)
{
	return err_set(f->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
	    "column %s: the column chunk has no metadata",
	    f->m->leaves[leaf]->path);
}

static int
read_group(struct footer *f)
{
	struct parquet_chunk *chunks = NULL;
	struct parquet_meta *m = f->m;
	struct thrift_field field = { 0 };
	int64_t rows = -1, n = -1;

	if (!thrift_enter_element(&f->t))
		return 0;
	while (thrift_next(&f->t, &field)) {
		if (field.id == 1) {
			n = thrift_list(&f->t, &field, THRIFT_STRUCT);
			if (f->t.bad != NULL || n != m->n_leaves)
				break;
			chunks = arena_array(&m->arena,
			    struct parquet_chunk, n);
			for (int64_t i = 0; i < n && f->t.bad == NULL; i++) {
				read_chunk(&f->t, &chunks[i]);
				if (!chunks[i].has_meta && f->t.bad == NULL)
					return no_meta(f, (int)i);
			}
		} else if (field.id == 3) {
			rows = thrift_i64(&f->t, &field);
			if (rows < 0 && f->t.bad == NULL)
				return bad(f, "a row group has a negative "
				    "number of rows");
		} else {
			thrift_skip(&f->t, field.type);
		}
	}
	thrift_leave(&f->t);
	if (f->t.bad != NULL)
		return 0;
	if (n != m->n_leaves)
		return err_set(f->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "a row group has %lld columns, the schema %d",
		    (long long)MAX(n, 0), m->n_leaves);
	if (rows < 0)
		return bad(f, "a row group lacks its number of rows");
	return add_group(f, chunks, (uint64_t)rows);
}

static int
read_schema(struct footer *f, const struct thrift_field *in)
{
	uint32_t n = thrift_list(&f->t, in, THRIFT_STRUCT);

	f->has_schema = true;
	for (uint32_t i = 0; i < n && f->t.bad == NULL; i++) {
		struct parquet_element el;

		read_element(&f->t, &el);
		arena_push(&f->m->arena, &f->schema, el);
	}
	if (f->t.bad != NULL)
		return 0;
	return parquet_schema(f->m, f->schema.v, f->schema.n, f->e);
}

static int
read_groups(struct footer *f, const struct thrift_field *in)
{
	uint32_t n = thrift_list(&f->t, in, THRIFT_STRUCT);

	f->has_groups = true;
	if (!f->has_schema)
		return bad(f, "the footer lacks its schema");
	for (uint32_t i = 0; i < n && f->t.bad == NULL; i++) {
		int rc = read_group(f);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static void
read_properties(struct footer *f, const struct thrift_field *in)
{
	struct parquet_meta *m = f->m;
	struct { struct str *v; int n, cap; } keys = { 0 }, values = { 0 };
	uint32_t n = thrift_list(&f->t, in, THRIFT_STRUCT);

	for (uint32_t i = 0; i < n && f->t.bad == NULL; i++) {
		struct thrift_field field = { 0 };
		struct str key = { 0 }, value = { 0 };

		if (!thrift_enter_element(&f->t))
			return;
		while (thrift_next(&f->t, &field)) {
			if (field.id == 1)
				key = thrift_binary(&f->t, &field);
			else if (field.id == 2)
				value = thrift_binary(&f->t, &field);
			else
				thrift_skip(&f->t, field.type);
		}
		thrift_leave(&f->t);
		arena_push(&m->arena, &keys, key);
		arena_push(&m->arena, &values, value);
	}
	m->keys = keys.v;
	m->values = values.v;
	m->n_properties = keys.n;
}

/* A list of unions; member 1 is TypeDefinedOrder. */
static void
read_orders(struct footer *f, const struct thrift_field *in)
{
	uint32_t n = thrift_list(&f->t, in, THRIFT_STRUCT);

	if (f->t.bad != NULL)
		return;
	f->orders = arena_array(&f->m->arena, bool, n);
	f->n_orders = (int)n;
	for (uint32_t i = 0; i < n && f->t.bad == NULL; i++) {
		struct thrift_field field = { 0 };

		if (!thrift_enter_element(&f->t))
			return;
		while (thrift_next(&f->t, &field)) {
			f->orders[i] = field.id == 1;
			thrift_skip(&f->t, field.type);
		}
		thrift_leave(&f->t);
	}
}

static int
read_field(struct footer *f, const struct thrift_field *field)
{
	struct str s;

	switch (field->id) {
	case 2:
		return read_schema(f, field);
	case 3:
		f->rows = thrift_i64(&f->t, field);
		f->has_rows = true;
		break;
	case 4:
		return read_groups(f, field);
	case 5:
		read_properties(f, field);
		break;
	case 6:
		s = thrift_binary(&f->t, field);
		f->m->created_by = arena_strndup(&f->m->arena,
		    s.p == NULL ? "" : s.p, s.n);
		break;
	case 7:
		read_orders(f, field);
		break;
	case 8:
		f->encrypted = true;
		thrift_skip(&f->t, field->type);
		break;
	default:
		thrift_skip(&f->t, field->type);
	}
	return 0;
}

static int
finish(struct footer *f)
{
	if (f->encrypted)
		return err_set(f->e, ERR_NOT_SUPPORTED,
		    "the file is encrypted: not supported");
	if (!f->has_schema)
		return bad(f, "the footer lacks its schema");
	if (!f->has_groups)
		return bad(f, "the footer lacks its row groups");
	if (!f->has_rows)
		return bad(f, "the footer lacks its number of rows");
	if (f->rows < 0)
		return bad(f, "negative number of rows");
	if ((uint64_t)f->rows != f->m->rows)
		return err_set(f->e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "the footer says %lld rows, its row groups %llu",
		    (long long)f->rows, (unsigned long long)f->m->rows);
	for (int i = 0; i < f->m->n_leaves && i < f->n_orders; i++)
		f->m->leaves[i]->ordered = f->orders[i];
	return 0;
}

int
parquet_footer(struct parquet_meta *m, struct err *e)
{
	struct footer f = { .m = m, .e = e };
	struct thrift_field field = { 0 };
	int rc = 0;

	thrift_init(&f.t, m->footer, m->footer_size);
	while (rc == 0 && thrift_next(&f.t, &field))
		rc = read_field(&f, &field);
	if (rc == 0 && f.t.bad != NULL)
		return err_set(e, ERR_HIVE_CANNOT_OPEN_SPLIT,
		    "the footer cannot be parsed: %s", f.t.bad);
	return rc == 0 ? finish(&f) : rc;
}
