/* SPDX-License-Identifier: Apache-2.0
 * cell.c - prints JSON cells by their types. */
#include "cli/cell.h"

#include "base/json.h"
#include "client/json_cursor.h"

enum { DEPTH_MAX = 100 };

/* --- types -------------------------------------------------------------------------- */

struct type_list {
	struct cell_type *v;
	int n, cap;
};

static bool
is_one_of(struct str s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (str_ieq(s, str_of(*list)))
			return true;
	return false;
}

static enum cell_kind
kind_of(struct str base)
{
	static const char *const numbers[] = { "bigint", "integer",
		"smallint", "tinyint", "double", "real", "decimal", "number",
		NULL };

	if (is_one_of(base, numbers))
		return CELL_NUMBER;
	if (str_ieq(base, STR("varbinary")))
		return CELL_BINARY;
	if (str_ieq(base, STR("array")))
		return CELL_ARRAY;
	if (str_ieq(base, STR("map")))
		return CELL_MAP;
	return str_ieq(base, STR("row")) ? CELL_ROW : CELL_SCALAR;
}

/* Cuts the text before the next comma outside of parentheses and quotes. */
static bool
next_argument(struct str *rest, struct str *out)
{
	int depth = 0;
	bool quoted = false;
	size_t i;

	if (rest->n == 0)
		return false;
	for (i = 0; i < rest->n; i++) {
		char c = rest->p[i];

		if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '(')
			depth++;
		else if (!quoted && c == ')')
			depth--;
		else if (!quoted && c == ',' && depth == 0)
			break;
	}
	*out = str_trim((struct str){ rest->p, i });
	i += i < rest->n;
	rest->p += i;
	rest->n -= i;
	return true;
}

static const char *
unquoted(struct arena *a, struct str s)
{
	char *z = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		z[n++] = s.p[i];
		i += s.p[i] == '"' && i + 1 < s.n && s.p[i + 1] == '"';
	}
	z[n] = '\0';
	return z;
}

/* Takes a field's name off its type; NULL: it has none. */
static const char *
take_name(struct arena *a, struct str *field)
{
	static const char *const tails[] = { "with time zone",
		"without time zone", "day to second", "year to month",
		"precision", NULL };
	struct str name, tail;
	size_t i = 0;

	if (field->n > 0 && field->p[0] == '"') {
		for (i = 1; i < field->n; i++) {
			if (field->p[i] != '"')
				continue;
			if (i + 1 >= field->n || field->p[i + 1] != '"')
				break;
			i++;
		}
		name = (struct str){ field->p + 1, i - 1 };
		i += i < field->n;
	} else {
		while (i < field->n && strchr(" (", field->p[i]) == NULL)
			i++;
		name = (struct str){ field->p, i };
	}
	tail = str_trim((struct str){ field->p + i, field->n - i });
	if (tail.n == 0 || tail.p[0] == '(' || is_one_of(tail, tails))
		return NULL;
	*field = tail;
	return unquoted(a, name);
}

static struct cell_type
parse(struct arena *a, struct str text, int depth)
{
	struct { const char **v; int n, cap; } names = { 0 };
	struct type_list inner = { 0 };
	struct cell_type t = { .kind = CELL_SCALAR };
	ptrdiff_t open = str_find(text, '(', 0);
	struct str rest = { "", 0 }, argument;

	t.kind = kind_of(str_trim((struct str){ text.p, open < 0 ? text.n
	    : (size_t)open }));
	if (t.kind < CELL_ARRAY)
		return t;
	if (open >= 0 && text.p[text.n - 1] == ')')
		rest = (struct str){ text.p + open + 1,
			text.n - (size_t)open - 2 };
	while (depth < DEPTH_MAX && next_argument(&rest, &argument)) {
		if (t.kind == CELL_ROW)
			arena_push(a, &names, take_name(a, &argument));
		arena_push(a, &inner, parse(a, argument, depth + 1));
	}
	if (inner.n == 0 || (t.kind == CELL_ARRAY && inner.n != 1) ||
	    (t.kind == CELL_MAP && inner.n != 2))
		return (struct cell_type){ .kind = CELL_SCALAR };
	t.n = inner.n;
	t.inner = inner.v;
	t.names = names.v;
	return t;
}

const struct cell_type *
cell_type_parse(struct arena *a, const char *text)
{
	struct cell_type t = parse(a, str_trim(str_of(text)), 0);

	return arena_dup(a, &t, sizeof(t));
}

/* --- bytes -------------------------------------------------------------------------- */

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* "68 65 6c", a new line after every bytes_per_line bytes. */
static void
put_hex(struct sbuf *to, struct str base64, int bytes_per_line)
{
	static const char digits[] = "0123456789abcdef";
	unsigned bits = 0, have = 0;
	int n = 0;

	for (size_t i = 0; i < base64.n; i++) {
		int digit = base64_digit(base64.p[i]);

		if (digit < 0)
			continue;
		bits = bits << 6 | (unsigned)digit;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n > 0)
			sbuf_addc(to, bytes_per_line > 0 &&
			    n % bytes_per_line == 0 ? '\n' : ' ');
		sbuf_addc(to, digits[bits >> have >> 4 & 15]);
		sbuf_addc(to, digits[bits >> have & 15]);
		n++;
	}
}

static void
put_bytes(struct sbuf *to, struct str cell, int bytes_per_line)
{
	struct sbuf text = { 0 };

	json_decode(&text, cell);
	put_hex(to, sbuf_str(&text), bytes_per_line);
	sbuf_release(&text);
}

/* --- as text ------------------------------------------------------------------------- */

static bool
is_string(struct str cell)
{
	return cell.n > 0 && cell.p[0] == '"';
}

static void
put_list(struct sbuf *to, const struct cell_type *t, struct json *j,
    int bytes_per_line)
{
	bool first = true;

	for (int i = 0; json_element(j, &first); i++) {
		int k = t->kind == CELL_ARRAY ? 0 : i < t->n ? i : t->n - 1;

		if (i > 0)
			sbuf_addz(to, ", ");
		if (t->names != NULL && i < t->n && t->names[i] != NULL) {
			sbuf_addz(to, t->names[i]);
			sbuf_addc(to, '=');
		}
		cell_text(to, &t->inner[k], json_value(j), "NULL",
		    bytes_per_line);
	}
}

static void
put_map(struct sbuf *to, const struct cell_type *t, struct json *j,
    int bytes_per_line)
{
	struct str key;
	int n = 0;

	while (json_pair(j, &key)) {
		if (n++ > 0)
			sbuf_addz(to, ", ");
		cell_text(to, &t->inner[0], key, "NULL", bytes_per_line);
		sbuf_addc(to, '=');
		cell_text(to, &t->inner[1], json_value(j), "NULL",
		    bytes_per_line);
	}
}

void
cell_text(struct sbuf *to, const struct cell_type *t, struct str cell,
    const char *null, int bytes_per_line)
{
	struct json j = json_of(cell);

	if (str_eq(cell, STR("null"))) {
		sbuf_addz(to, null);
	} else if (is_string(cell)) {
		if (t->kind == CELL_BINARY)
			put_bytes(to, cell, bytes_per_line);
		else
			json_decode(to, cell);
	} else if ((t->kind == CELL_ARRAY || t->kind == CELL_ROW) &&
	    json_open(&j, '[')) {
		sbuf_addc(to, t->kind == CELL_ARRAY ? '[' : '{');
		put_list(to, t, &j, bytes_per_line);
		sbuf_addc(to, t->kind == CELL_ARRAY ? ']' : '}');
	} else if (t->kind == CELL_MAP && json_open(&j, '{')) {
		sbuf_addc(to, '{');
		put_map(to, t, &j, bytes_per_line);
		sbuf_addc(to, '}');
	} else {
		sbuf_adds(to, cell);
	}
}

/* --- as JSON ------------------------------------------------------------------------- */

static void
json_list(struct sbuf *to, const struct cell_type *t, struct json *j)
{
	bool first = true, named = t->names != NULL;

	for (int i = 0; named && i < t->n; i++)
		named = t->names[i] != NULL;
	sbuf_addc(to, named ? '{' : '[');
	for (int i = 0; json_element(j, &first); i++) {
		int k = t->kind == CELL_ARRAY ? 0 : i < t->n ? i : t->n - 1;

		if (i > 0)
			sbuf_addc(to, ',');
		if (named) {
			json_quote(to, str_of(t->names[k]));
			sbuf_addc(to, ':');
		}
		cell_json(to, &t->inner[k], json_value(j));
	}
	sbuf_addc(to, named ? '}' : ']');
}

static void
json_map(struct sbuf *to, const struct cell_type *t, struct json *j)
{
	struct str key;
	int n = 0;

	sbuf_addc(to, '{');
	while (json_pair(j, &key)) {
		if (n++ > 0)
			sbuf_addc(to, ',');
		cell_json(to, &t->inner[0], key);
		sbuf_addc(to, ':');
		cell_json(to, &t->inner[1], json_value(j));
	}
	sbuf_addc(to, '}');
}

void
cell_json(struct sbuf *to, const struct cell_type *t, struct str cell)
{
	struct json j = json_of(cell);

	if (t->kind == CELL_BINARY && is_string(cell)) {
		sbuf_addc(to, '"');
		put_bytes(to, cell, 0);
		sbuf_addc(to, '"');
	} else if ((t->kind == CELL_ARRAY || t->kind == CELL_ROW) &&
	    json_open(&j, '[')) {
		json_list(to, t, &j);
	} else if (t->kind == CELL_MAP && json_open(&j, '{')) {
		json_map(to, t, &j);
	} else {
		sbuf_adds(to, cell);
	}
}
