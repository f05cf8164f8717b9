/* SPDX-License-Identifier: Apache-2.0
 * results.c - QueryResults as JSON, fields in Trino's order. */
#include "http/results.h"

#include <stdio.h>

#include "base/json.h"

unsigned
http_capabilities(const char *header)
{
	static const struct {
		const char *name;
		unsigned bit;
	} known[] = {
		{ "PARAMETRIC_DATETIME", CAP_PARAMETRIC_DATETIME },
		{ "NUMBER", CAP_NUMBER }, { "VARIANT", CAP_VARIANT },
		{ "VARIANT_BINARY", CAP_VARIANT_BINARY },
		{ "PATH", CAP_PATH },
		{ "SESSION_AUTHORIZATION", CAP_SESSION_AUTHORIZATION },
	};
	struct str rest = str_of(header == NULL ? "" : header);
	unsigned bits = 0;

	while (rest.n > 0) {
		ptrdiff_t comma = str_find(rest, ',', 0);
		size_t n = comma < 0 ? rest.n : (size_t)comma;
		struct str one = str_trim((struct str){ rest.p, n });

		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (str_ieq(one, str_of(known[i].name)))
				bits |= known[i].bit;
		n += comma >= 0;
		rest.p += n;
		rest.n -= n;
	}
	return bits;
}

static void
field(struct sbuf *to, const char *name)
{
	if (to->n > 0 && to->p[to->n - 1] != '{')
		sbuf_addc(to, ',');
	sbuf_addf(to, "\"%s\":", name);
}

static void
string_field(struct sbuf *to, const char *name, const char *value)
{
	field(to, name);
	json_quote(to, str_of(value));
}

static void
int_field(struct sbuf *to, const char *name, int64_t v)
{
	field(to, name);
	sbuf_addf(to, "%lld", (long long)v);
}

static void
bool_field(struct sbuf *to, const char *name, bool v)
{
	field(to, name);
	sbuf_addz(to, v ? "true" : "false");
}

static void
print_columns(struct sbuf *to, const struct results *r)
{
	field(to, "columns");
	sbuf_addc(to, '[');
	for (int i = 0; i < r->n_columns; i++) {
		struct sbuf text = { 0 };

		sbuf_addz(to, i > 0 ? ",{" : "{");
		string_field(to, "name", r->names[i]);
		results_type_text(&text, r->types[i], r->capabilities);
		field(to, "type");
		json_quote(to, sbuf_str(&text));
		sbuf_release(&text);
		field(to, "typeSignature");
		results_type_signature(to, r->types[i], r->capabilities);
		sbuf_addc(to, '}');
	}
	sbuf_addc(to, ']');
}

static void
print_data(struct sbuf *to, const struct results *r)
{
	bool any = false;

	for (int i = 0; i < r->n_pages; i++)
		any |= r->pages[i]->rows > 0;
	if (!any || r->n_columns <= 0)
		return;
	field(to, "data");
	sbuf_addc(to, '[');
	any = false;
	for (int i = 0; i < r->n_pages; i++) {
		if (r->pages[i]->rows == 0)
			continue;
		if (any)
			sbuf_addc(to, ',');
		any = true;
		results_print_rows(to, r->pages[i], r->types,
		    r->capabilities);
	}
	sbuf_addc(to, ']');
}

static void
print_stage(struct sbuf *to, const struct results_stage *s)
{
	char id[16];

	snprintf(id, sizeof(id), "%d", s->id);
	sbuf_addc(to, '{');
	string_field(to, "stageId", id);
	string_field(to, "state", s->state);
	bool_field(to, "done", s->done);
	int_field(to, "nodes", s->nodes);
	int_field(to, "totalSplits", s->splits);
	int_field(to, "queuedSplits", s->queued);
	int_field(to, "runningSplits", s->running);
	int_field(to, "completedSplits", s->completed);
	int_field(to, "cpuTimeMillis", s->cpu_ms);
	int_field(to, "wallTimeMillis", s->wall_ms);
	int_field(to, "processedRows", s->rows);
	int_field(to, "processedBytes", s->bytes);
	int_field(to, "physicalInputBytes", s->physical_bytes);
	int_field(to, "failedTasks", s->failed_tasks);
	bool_field(to, "coordinatorOnly", s->coordinator_only);
	field(to, "subStages");
	sbuf_addc(to, '[');
	for (int i = 0; i < s->n_children; i++) {
		if (i > 0)
			sbuf_addc(to, ',');
		print_stage(to, s->children[i]);
	}
	sbuf_addz(to, "]}");
}

static void
print_stats(struct sbuf *to, const struct results_stats *s)
{
	bool tree = s->root != NULL;

	field(to, "stats");
	sbuf_addc(to, '{');
	string_field(to, "state", s->state);
	bool_field(to, "queued", s->queued);
	bool_field(to, "scheduled", s->scheduled);
	if (tree && s->splits > 0) {
		field(to, "progressPercentage");
		sbuf_addf(to, "%.1f", 100.0 * s->completed_splits / s->splits);
		field(to, "runningPercentage");
		sbuf_addf(to, "%.1f", 100.0 * s->running_splits / s->splits);
	}
	int_field(to, "nodes", tree ? s->nodes : 0);
	int_field(to, "totalSplits", tree ? s->splits : 0);
	int_field(to, "queuedSplits", tree ? s->queued_splits : 0);
	int_field(to, "runningSplits", tree ? s->running_splits : 0);
	int_field(to, "completedSplits", tree ? s->completed_splits : 0);
	int_field(to, "planningTimeMillis", s->planning_ms);
	int_field(to, "cpuTimeMillis", s->cpu_ms);
	int_field(to, "wallTimeMillis", s->wall_ms);
	int_field(to, "queuedTimeMillis", s->queued_ms);
	int_field(to, "elapsedTimeMillis", s->elapsed_ms);
	int_field(to, "processedRows", s->rows);
	int_field(to, "processedBytes", s->bytes);
	int_field(to, "physicalInputBytes", s->physical_bytes);
	int_field(to, "physicalWrittenBytes", s->written_bytes);
	int_field(to, "peakMemoryBytes", s->peak_bytes);
	int_field(to, "spilledBytes", s->spilled_bytes);
	if (tree) {
		field(to, "rootStage");
		print_stage(to, s->root);
	}
	sbuf_addc(to, '}');
}

static void
print_error(struct sbuf *to, const struct err *e)
{
	char text[ERR_TEXT_MAX + 64];

	err_message(e, text, sizeof(text));
	field(to, "error");
	sbuf_addc(to, '{');
	string_field(to, "message", text);
	int_field(to, "errorCode", err_number(e->code));
	string_field(to, "errorName", err_name(e->code));
	string_field(to, "errorType", err_type_name(err_type(e->code)));
	if (e->line > 0) {
		field(to, "errorLocation");
		sbuf_addf(to, "{\"lineNumber\":%d,\"columnNumber\":%d}",
		    e->line, e->column);
	}
	field(to, "failureInfo");
	sbuf_addc(to, '{');
	string_field(to, "type", "io.trino.spi.TrinoException");
	string_field(to, "message", text);
	field(to, "suppressed");
	sbuf_addz(to, "[],\"stack\":[]");
	if (e->line > 0) {
		field(to, "errorLocation");
		sbuf_addf(to, "{\"lineNumber\":%d,\"columnNumber\":%d}",
		    e->line, e->column);
	}
	sbuf_addz(to, "}}");
}

void
results_print(struct sbuf *to, const struct results *r)
{
	sbuf_addc(to, '{');
	string_field(to, "id", r->id);
	string_field(to, "infoUri", r->info_uri);
	if (r->partial_cancel_uri != NULL)
		string_field(to, "partialCancelUri", r->partial_cancel_uri);
	if (r->next_uri != NULL)
		string_field(to, "nextUri", r->next_uri);
	if (r->n_columns >= 0)
		print_columns(to, r);
	print_data(to, r);
	print_stats(to, &r->stats);
	if (r->error != NULL)
		print_error(to, r->error);
	field(to, "warnings");
	sbuf_addz(to, "[]");
	if (r->update_type != NULL)
		string_field(to, "updateType", r->update_type);
	if (r->update_count >= 0)
		int_field(to, "updateCount", r->update_count);
	sbuf_addc(to, '}');
}
