/* SPDX-License-Identifier: Apache-2.0
 * table.c - the columns of many files, and the handle that carries them. */
#include <stdlib.h>

#include "base/check.h"
#include "conn/file/file.h"
#include "type/coerce.h"
#include "type/time.h"
#include "type/value.h"

/* Hidden columns, behind all others. */
static const struct {
	const char *name;
	enum file_column_kind kind;
} hidden[] = {
	{ "$path", COLUMN_PATH }, { "$file_size", COLUMN_SIZE },
	{ "$file_modified_time", COLUMN_MODIFIED },
};

struct columns {
	struct file_column *v;
	int n, cap;
	struct map by_name;             /* folded name -> 1 + index */
};

static struct str
folded(struct arena *a, const char *name)
{
	char *z = arena_strdup(a, name);

	for (char *c = z; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	return str_of(z);
}

static int
find(struct columns *c, struct str name)
{
	return (int)(intptr_t)map_get(&c->by_name, name) - 1;
}

static void
add(struct arena *a, struct columns *c, struct str key,
    struct file_column column)
{
	arena_push(a, c, column);
	map_put(&c->by_name, key, (void *)(intptr_t)c->n);
}

static bool
no_rows(const struct file_facts *f)
{
	return f->format == FILE_CSV && f->csv.no_rows;
}

/* Two columns of one file may differ by case alone: the second keeps its
 * own name and is found by exact spelling. */
static int
add_file(struct arena *a, struct columns *c, const struct file_facts *f,
    const char *path, struct err *e)
{
	struct map seen;
	int rc = 0;

	map_init(&seen);
	for (int i = 0; i < file_facts_columns(f) && rc == 0; i++) {
		const char *name = file_facts_name(f, i);
		const struct type *t = file_facts_type(f, i), *common;
		struct str key = folded(a, name);
		int at;

		if (map_put(&seen, key, &seen) != NULL)
			key = str_of(name);
		at = find(c, key);
		if (at < 0) {
			add(a, c, key, (struct file_column){ COLUMN_OF_FILE,
			    arena_strdup(a, name), type_copy(a, t),
			    no_rows(f) });
			continue;
		}
		if (no_rows(f))
			continue;
		common = c->v[at].undecided ? type_copy(a, t)
		    : type_common(a, c->v[at].type, t);
		c->v[at].undecided = false;
		/* Whatever is in a text file can be read as text. */
		if (common == NULL && f->format == FILE_CSV)
			common = TYPE(VARCHAR);
		if (common == NULL)
			rc = err_set(e, ERR_TYPE_MISMATCH, "Column '%s' is %s "
			    "in %s and %s in files before it", name,
			    type_name(a, t), path,
			    type_name(a, c->v[at].type));
		else
			c->v[at].type = common;
	}
	map_release(&seen);
	return rc;
}

bool
file_part_value(const struct type *t, const char *text, void *out)
{
	struct arena a = { 0 };
	struct err e;
	bool good;

	if (t->id == TYPE_VARCHAR) {
		struct strview v = strview_of(str_of(text));

		memcpy(out, &v, sizeof(v));
		return true;
	}
	good = value_parse(t, str_of(text), ZONE_UTC, &a, out, &e) == 0;
	arena_release(&a);
	return good;
}

static const struct type *
part_type(const struct file_list *l, const char *key)
{
	static const enum type_id tries[] = { TYPE_BIGINT, TYPE_DATE };
	char value[16];

	for (size_t k = 0; k < ARRAY_LEN(tries); k++) {
		const struct type *t = &type_simple[tries[k]];
		bool good = true, any = false;

		for (int i = 0; i < l->n && good; i++)
			for (int p = 0; p < l->v[i].n_parts && good; p++) {
				const char *text = l->v[i].values[p];

				if (strcmp(l->v[i].keys[p], key) != 0 ||
				    text == NULL)
					continue;
				any = true;
				good = file_part_value(t, text, value) &&
				    text[0] != ' ';
			}
		if (good && any)
			return t;
	}
	return TYPE(VARCHAR);
}

static void
add_parts(struct arena *a, struct columns *c, const struct file_list *l)
{
	for (int i = 0; i < l->n; i++)
		for (int p = 0; p < l->v[i].n_parts; p++) {
			const char *key = l->v[i].keys[p];
			struct str name = folded(a, key);
			int at = find(c, name);

			if (at >= 0) {
				if (c->v[at].kind != COLUMN_PART) {
					/* The directory says it better. */
					c->v[at].kind = COLUMN_PART;
					c->v[at].type = part_type(l, key);
				}
				continue;
			}
			add(a, c, name, (struct file_column){ COLUMN_PART,
			    arena_strdup(a, key), part_type(l, key), false });
		}
}

static struct str
write_handle(struct arena *a, const struct columns *c)
{
	struct sbuf b = { 0 };
	struct mpack_writer w = { &b };
	struct str out;

	mpack_array(&w, (uint32_t)c->n);
	for (int i = 0; i < c->n; i++) {
		mpack_array(&w, 3);
		mpack_int(&w, c->v[i].kind);
		mpack_str(&w, str_of(c->v[i].name));
		mpack_str(&w, str_of(type_name(a, c->v[i].type)));
	}
	out = arena_str(a, sbuf_str(&b));
	sbuf_release(&b);
	return out;
}

int
file_handle_read(struct arena *a, struct str handle, struct file_table *out,
    struct err *e)
{
	struct mpack_reader r;
	uint32_t n, k;
	int rc;

	if ((rc = mpack_open(&r, handle, "table handle", e)) != 0 ||
	    (rc = mpack_get_array(&r, &n, e)) != 0)
		return rc;
	out->n = (int)n;
	out->columns = arena_array(a, struct file_column, n);
	for (uint32_t i = 0; i < n; i++) {
		struct str name, type;
		int64_t kind;

		if ((rc = mpack_get_array(&r, &k, e)) != 0 ||
		    (rc = mpack_get_int_in(&r, 0, COLUMN_MODIFIED, &kind, e))
		    != 0 || (rc = mpack_get_str(&r, &name, e)) != 0 ||
		    (rc = mpack_get_str(&r, &type, e)) != 0 ||
		    (rc = type_parse(a, type, &out->columns[i].type, e)) != 0)
			return rc;
		out->columns[i].kind = (enum file_column_kind)kind;
		out->columns[i].name = arena_strndup(a, name.p, name.n);
	}
	return 0;
}

static struct conn_table *
make_table(struct arena *a, const char *schema, const char *name,
    const struct columns *c)
{
	struct conn_table *t = arena_new(a, struct conn_table);

	t->schema = arena_strdup(a, schema);
	t->name = arena_strdup(a, name);
	t->n = c->n;
	t->columns = arena_array(a, struct conn_column, c->n);
	for (int i = 0; i < c->n; i++) {
		t->columns[i].name = c->v[i].name;
		t->columns[i].type = c->v[i].type;
		t->columns[i].hidden = c->v[i].kind >= COLUMN_PATH;
		if (c->v[i].kind == COLUMN_PART)
			t->columns[i].extra = "partition key";
	}
	t->handle = write_handle(a, c);
	return t;
}

int
file_table_open(struct conn *conn, struct conn_tx *tx, struct arena *a,
    const char *schema, const char *name, struct conn_table **out,
    struct err *e)
{
	struct file_conn *c = (struct file_conn *)conn;
	struct fmt_io io = { .env = conn->world->env };
	struct columns columns = { .v = NULL };
	struct file_list l;
	int rc;

	*out = NULL;
	if (strcmp(schema, "path") != 0)
		return 0;
	rc = file_list(c, a, name, &l, e);
	map_init(&columns.by_name);
	for (int i = 0; i < l.n && rc == 0; i++) {
		struct file_facts *f;

		rc = file_facts_get(c, &io, l.v[i].path, &f, e);
		if (rc == 0) {
			rc = add_file(a, &columns, f, l.v[i].path, e);
			file_facts_drop(&f);
		}
	}
	if (rc == 0) {
		add_parts(a, &columns, &l);
		for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
			add(a, &columns, str_of(hidden[i].name),
			    (struct file_column){ hidden[i].kind,
			    hidden[i].name, hidden[i].kind == COLUMN_PATH
			    ? TYPE(VARCHAR) : hidden[i].kind == COLUMN_SIZE
			    ? TYPE(BIGINT) : TYPE(TIMESTAMP_TZ), false });
		*out = make_table(a, schema, name, &columns);
	}
	map_release(&columns.by_name);
	return rc;
}
