/* SPDX-License-Identifier: Apache-2.0
 * http_batch.c - reads QueryResults and the session headers beside it. */
#include "client/http_batch.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/json_cursor.h"

struct stage_list {
	struct client_stage *v;
	int n, cap;
};

static const char *
text_or(struct str value, struct arena *a, const char *otherwise)
{
	const char *text = json_text(value, a);

	return text == NULL ? otherwise : text;
}

static void
read_signature(struct arena *a, struct json *j, struct client_column *out)
{
	const char *name;

	if (!json_open(j, '{')) {
		json_value(j);
		return;
	}
	while (json_member(j, a, &name)) {
		struct str v = json_value(j);

		if (strcmp(name, "rawType") == 0)
			out->raw_type = json_text(v, a);
	}
}

static void
read_column(struct arena *a, struct json *j, struct client_column *out)
{
	const char *name;

	if (!json_open(j, '{')) {
		j->bad = true;
		return;
	}
	while (json_member(j, a, &name)) {
		if (strcmp(name, "name") == 0)
			out->name = json_text(json_value(j), a);
		else if (strcmp(name, "type") == 0)
			out->type = json_text(json_value(j), a);
		else if (strcmp(name, "typeSignature") == 0)
			read_signature(a, j, out);
		else
			json_value(j);
	}
	if (out->name == NULL || out->type == NULL || out->raw_type == NULL)
		j->bad = true;
}

static void
read_columns(struct arena *a, struct json *j, struct client_batch *out)
{
	struct { struct client_column *v; int n, cap; } list = { 0 };
	bool first = true;

	if (!json_open(j, '[')) {
		json_value(j);
		return;
	}
	while (json_element(j, &first)) {
		struct client_column c = { .raw_type = "" };

		read_column(a, j, &c);
		arena_push(a, &list, c);
	}
	out->n_columns = list.n;
	out->columns = list.v;
}

/* Each row has as many cells as there are columns. */
static void
read_data(struct arena *a, struct json *j, struct client_batch *out)
{
	struct { struct str *v; int n, cap; } cells = { 0 };
	bool first = true;

	if (!json_open(j, '[')) {
		json_value(j);
		return;
	}
	while (json_element(j, &first)) {
		bool first_cell = true;

		if (!json_open(j, '['))
			j->bad = true;
		while (json_element(j, &first_cell))
			arena_push(a, &cells, json_value(j));
		out->n_rows++;
		if (j->bad || cells.n != out->n_rows * out->n_columns) {
			j->bad = true;
			out->n_rows = 0;
			return;
		}
	}
	out->cells = cells.v;
}

/* The message begins with the place, if there is one: "line 1:8: ". */
static void
set_error(struct err *out, enum err_code code, const char *text)
{
	int line, column, skip = 0;

	if (sscanf(text, "line %d:%d: %n", &line, &column, &skip) == 2 &&
	    skip > 0 && line > 0 && column > 0)
		err_set_at(out, code, line, column, "%s", text + skip);
	else
		err_set(out, code, "%s", text);
}

static void
read_error(struct arena *a, struct json *j, struct err *out)
{
	const char *name, *text = NULL, *code = NULL;

	if (!json_open(j, '{')) {
		json_value(j);
		return;
	}
	while (json_member(j, a, &name)) {
		struct str v = json_value(j);

		if (strcmp(name, "message") == 0)
			text = json_text(v, a);
		else if (strcmp(name, "errorName") == 0)
			code = json_text(v, a);
	}
	set_error(out, err_by_name(code == NULL ? "" : code), text == NULL
	    ? "" : text);
}

/* Their texts. */
static void
read_warnings(struct arena *a, struct json *j, struct client_batch *out)
{
	struct { const char **v; int n, cap; } list = { 0 };
	bool first = true;
	const char *name;

	if (!json_open(j, '[')) {
		json_value(j);
		return;
	}
	while (json_element(j, &first)) {
		if (!json_open(j, '{')) {
			j->bad = true;
			return;
		}
		while (json_member(j, a, &name)) {
			struct str v = json_value(j);

			if (strcmp(name, "message") == 0)
				arena_push(a, &list, text_or(v, a, ""));
		}
	}
	out->n_warnings = list.n;
	out->warnings = list.v;
}

static void
read_stage(struct arena *a, struct json *j, struct stage_list *list,
    int depth)
{
	struct client_stage s = { .id = "", .state = "", .depth = depth };
	const char *name;
	int at = list->n;

	if (depth > 200 || !json_open(j, '{')) {
		json_value(j);
		return;
	}
	arena_push(a, list, s);
	while (json_member(j, a, &name)) {
		if (strcmp(name, "subStages") == 0 && json_open(j, '[')) {
			bool first = true;

			while (json_element(j, &first))
				read_stage(a, j, list, depth + 1);
			continue;
		}
		struct str v = json_value(j);
#define NUMBER(key, field) \
		if (strcmp(name, key) == 0) \
			list->v[at].field = (typeof(s.field))json_int(v, 0)
		if (strcmp(name, "stageId") == 0)
			list->v[at].id = text_or(v, a, "");
		if (strcmp(name, "state") == 0)
			list->v[at].state = text_or(v, a, "");
		NUMBER("nodes", nodes);
		NUMBER("totalSplits", splits);
		NUMBER("queuedSplits", queued);
		NUMBER("runningSplits", running);
		NUMBER("completedSplits", completed);
		NUMBER("cpuTimeMillis", cpu_ms);
		NUMBER("wallTimeMillis", wall_ms);
		NUMBER("processedRows", rows);
		NUMBER("processedBytes", bytes);
#undef NUMBER
	}
}

static void
read_stats(struct arena *a, struct json *j, struct client_stats *out)
{
	struct stage_list list = { 0 };
	const char *name;

	if (!json_open(j, '{')) {
		json_value(j);
		return;
	}
	while (json_member(j, a, &name)) {
		if (strcmp(name, "rootStage") == 0) {
			read_stage(a, j, &list, 0);
			continue;
		}
		struct str v = json_value(j);
#define NUMBER(key, field) \
		if (strcmp(name, key) == 0) \
			out->field = (typeof(out->field))json_int(v, 0)
		if (strcmp(name, "queued") == 0)
			out->queued = str_eq(v, STR("true"));
		if (strcmp(name, "scheduled") == 0)
			out->scheduled = str_eq(v, STR("true"));
		if (strcmp(name, "state") == 0)
			out->state = text_or(v, a, "");
		if (strcmp(name, "progressPercentage") == 0)
			out->progress = strtod(arena_strndup(a, v.p, v.n),
			    NULL);
		NUMBER("nodes", nodes);
		NUMBER("totalSplits", splits);
		NUMBER("queuedSplits", queued_splits);
		NUMBER("runningSplits", running_splits);
		NUMBER("completedSplits", completed_splits);
		NUMBER("cpuTimeMillis", cpu_ms);
		NUMBER("wallTimeMillis", wall_ms);
		NUMBER("queuedTimeMillis", queued_ms);
		NUMBER("elapsedTimeMillis", elapsed_ms);
		NUMBER("processedRows", rows);
		NUMBER("processedBytes", bytes);
		NUMBER("physicalInputBytes", physical_bytes);
		NUMBER("peakMemoryBytes", peak_bytes);
		NUMBER("spilledBytes", spilled_bytes);
#undef NUMBER
	}
	out->n_stages = list.n;
	out->stages = list.v;
}

/* --- session headers ------------------------------------------------------------- */

static char *
form_decode(struct arena *a, struct str s)
{
	char *to = arena_alloc(a, s.n + 1), *at = to;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '+') {
			*at++ = ' ';
		} else if (s.p[i] == '%' && i + 2 < s.n) {
			char hex[3] = { s.p[i + 1], s.p[i + 2], 0 };

			*at++ = (char)strtol(hex, NULL, 16);
			i += 2;
		} else {
			*at++ = s.p[i];
		}
	}
	*at = '\0';
	return to;
}

static struct client_pair
split_pair(struct arena *a, struct str value)
{
	ptrdiff_t equals = str_find(value, '=', 0);
	struct client_pair p;

	if (equals < 0)
		equals = (ptrdiff_t)value.n;
	p.name = form_decode(a, (struct str){ value.p, (size_t)equals });
	p.value = (size_t)equals == value.n ? arena_strdup(a, "")
	    : form_decode(a, (struct str){ value.p + equals + 1,
	    value.n - (size_t)equals - 1 });
	return p;
}

struct changes {
	struct { struct client_pair *v; int n, cap; } set, added, roles;
	struct { const char **v; int n, cap; } clear, deallocated;
};

static void
read_header(struct arena *a, struct str name, struct str value,
    struct client_batch *out, struct changes *c)
{
	const char *z = arena_strndup(a, value.p, value.n);

#define IS(text) str_ieq(name, STR("X-Trino-" text))
	if (IS("Set-Catalog"))
		out->set_catalog = z;
	else if (IS("Set-Schema"))
		out->set_schema = z;
	else if (IS("Set-Path"))
		out->set_path = z;
	else if (IS("Set-Authorization-User"))
		out->set_user = z;
	else if (IS("Reset-Authorization-User"))
		out->reset_user = true;
	else if (IS("Set-Role"))
		arena_push(a, &c->roles, split_pair(a, value));
	else if (IS("Started-Transaction-Id"))
		out->started_transaction = z;
	else if (IS("Clear-Transaction-Id"))
		out->clear_transaction = true;
	else if (IS("Set-Session"))
		arena_push(a, &c->set, split_pair(a, value));
	else if (IS("Added-Prepare"))
		arena_push(a, &c->added, split_pair(a, value));
	else if (IS("Clear-Session"))
		arena_push(a, &c->clear, z);
	else if (IS("Deallocated-Prepare"))
		arena_push(a, &c->deallocated, form_decode(a, value));
#undef IS
}

static void
read_headers(struct arena *a, struct str head, struct client_batch *out)
{
	struct changes c = { .set = { 0 } };

	while (head.n > 0) {
		ptrdiff_t end = str_find(head, '\n', 0), colon;
		struct str line = { head.p, end < 0 ? head.n
		    : (size_t)end + 1 };

		head.p += line.n;
		head.n -= line.n;
		colon = str_find(line, ':', 0);
		if (colon > 0)
			read_header(a, str_trim((struct str){ line.p,
			    (size_t)colon }), str_trim((struct str){ line.p +
			    colon + 1, line.n - (size_t)colon - 1 }), out,
			    &c);
	}
	out->n_set = c.set.n;
	out->set = c.set.v;
	out->n_added = c.added.n;
	out->added = c.added.v;
	out->n_roles = c.roles.n;
	out->roles = c.roles.v;
	out->n_clear = c.clear.n;
	out->clear = c.clear.v;
	out->n_deallocated = c.deallocated.n;
	out->deallocated = c.deallocated.v;
}

static void
read_member(struct arena *a, struct json *j, const char *name,
    struct client_batch *out)
{
	struct str v;

	if (strcmp(name, "columns") == 0) {
		read_columns(a, j, out);
	} else if (strcmp(name, "stats") == 0) {
		read_stats(a, j, &out->stats);
	} else if (strcmp(name, "warnings") == 0) {
		read_warnings(a, j, out);
	} else {
		v = json_value(j);
		if (strcmp(name, "id") == 0)
			out->query_id = json_text(v, a);
		else if (strcmp(name, "infoUri") == 0)
			out->info_uri = text_or(v, a, "");
		else if (strcmp(name, "updateType") == 0)
			out->update_type = json_text(v, a);
		else if (strcmp(name, "updateCount") == 0)
			out->update_count = json_int(v, -1);
		else if (strcmp(name, "error") == 0 && v.n > 0 &&
		    v.p[0] == '{') {
			struct json inner = json_of(v);

			out->failed = true;
			read_error(a, &inner, &out->error);
		}
	}
}

int
http_batch_read(struct arena *a, struct str body, struct str head,
    struct client_batch *out, const char **next, struct err *e)
{
	struct str data = { 0 };
	struct json j = json_of(arena_str(a, body));
	const char *name;

	*next = NULL;
	*out = (struct client_batch){ .query_id = NULL, .info_uri = "",
		.n_columns = -1, .update_count = -1,
		.stats = { .state = "", .progress = -1 } };
	j.bad = !json_open(&j, '{');
	while (json_member(&j, a, &name)) {
		/* Rows may come before the columns that explain them. */
		if (strcmp(name, "data") == 0)
			data = json_value(&j);
		else if (strcmp(name, "nextUri") == 0)
			*next = json_text(json_value(&j), a);
		else
			read_member(a, &j, name, out);
	}
	if (data.n > 0 && !j.bad) {
		struct json d = json_of(data);

		read_data(a, &d, out);
		j.bad = d.bad;
	}
	if (j.bad || out->query_id == NULL) {
		*out = (struct client_batch){ .query_id = "", .info_uri = "",
			.n_columns = -1, .update_count = -1, .done = true,
			.stats = { .state = "", .progress = -1 } };
		*next = NULL;
		return err_set(e, ERR_GENERIC_INTERNAL_ERROR,
		    "The server's answer is no QueryResults document");
	}
	read_headers(a, head, out);
	out->done = *next == NULL;
	return 0;
}
