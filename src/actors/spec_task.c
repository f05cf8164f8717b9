/* SPDX-License-Identifier: Apache-2.0
 * spec_task.c - task descriptors, updates and events as frames. */
#include "actors/spec.h"
#include "actors/spec_priv.h"

void
control_task_create(struct sbuf *to, const struct task_spec *s)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_TASK_CREATE, 19);
	spec_put_str(&w, 2, s->task);
	spec_put_str(&w, 3, s->query);
	spec_put_str(&w, 4, s->user);
	spec_put_str(&w, 5, s->catalog);
	spec_put_str(&w, 6, s->schema);
	spec_put_str(&w, 7, s->zone);
	spec_put_str(&w, 8, s->coordinator);
	spec_put_int(&w, 9, s->stage);
	spec_put_int(&w, 10, s->index);
	spec_put_int(&w, 11, s->count);
	spec_put_int(&w, 12, s->concurrency);
	spec_put_int(&w, 13, s->start_micros);
	mpack_int(&w, 14);
	mpack_uint(&w, s->limit_local);
	mpack_int(&w, 15);
	mpack_uint(&w, s->limit_global);
	mpack_int(&w, 16);
	mpack_bin(&w, s->fragment);
	spec_put_int(&w, 17, s->output);
	spec_put_int(&w, 18, s->consumers);
	mpack_int(&w, 19);
	mpack_bin(&w, s->partition_map);
	mpack_int(&w, 20);
	mpack_array(&w, (uint32_t)s->n_sources);
	for (int i = 0; i < s->n_sources; i++) {
		mpack_array(&w, 4);
		mpack_int(&w, s->sources[i].node_id);
		mpack_str(&w, s->sources[i].address);
		mpack_str(&w, s->sources[i].task);
		mpack_int(&w, s->sources[i].buffer);
	}
}

/* An array of exactly n values follows. */
static int
get_tuple(struct mpack_reader *r, uint32_t n, struct err *e)
{
	uint32_t have;
	int rc = mpack_get_array(r, &have, e);

	if (rc == 0 && have < n)
		rc = mpack_error(r, e, "%u values where %u were expected",
		    have, n);
	return rc;
}

static int
get_int32(struct mpack_reader *r, int *out, struct err *e)
{
	int64_t v;
	int rc = mpack_get_int_in(r, INT32_MIN, INT32_MAX, &v, e);

	if (rc == 0)
		*out = (int)v;
	return rc;
}

static int
read_sources(struct arena *a, struct mpack_reader *r, struct task_spec *s,
    struct err *e)
{
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	if (rc != 0)
		return rc;
	s->sources = arena_array(a, struct task_source, n);
	s->n_sources = (int)n;
	for (uint32_t i = 0; i < n; i++) {
		struct task_source *t = &s->sources[i];

		if ((rc = get_tuple(r, 4, e)) != 0 ||
		    (rc = get_int32(r, &t->node_id, e)) != 0 ||
		    (rc = mpack_get_str(r, &t->address, e)) != 0 ||
		    (rc = mpack_get_str(r, &t->task, e)) != 0 ||
		    (rc = get_int32(r, &t->buffer, e)) != 0)
			return rc;
	}
	return 0;
}

static int
check_spec(const struct task_spec *s, struct err *e)
{
	bool map_wanted = s->output == OUTPUT_HASH;

	if (s->task.n == 0 || s->task.n > 90 || s->query.n == 0 ||
	    s->query.n > 60)
		return err_set(e, ERR_SERIALIZATION_ERROR,
		    "Task descriptor without a task or query id");
	if (s->consumers < 1 || s->consumers > 4096 || s->count < 1 ||
	    s->index < 0 || s->index >= s->count || s->concurrency < 1 ||
	    s->concurrency > 1024)
		return err_set(e, ERR_SERIALIZATION_ERROR,
		    "Task descriptor %.*s: counts out of range",
		    STR_ARG(s->task));
	if (map_wanted && s->partition_map.n != 256)
		return err_set(e, ERR_SERIALIZATION_ERROR,
		    "Task descriptor %.*s: partition map of %zu bytes",
		    STR_ARG(s->task), s->partition_map.n);
	for (size_t i = 0; map_wanted && i < 256; i++)
		if ((unsigned char)s->partition_map.p[i] >= s->consumers)
			return err_set(e, ERR_SERIALIZATION_ERROR,
			    "Task descriptor %.*s: partition %zu goes nowhere",
			    STR_ARG(s->task), i);
	return 0;
}

int
control_read_task_create(struct arena *a, struct str frame,
    struct task_spec *s, struct err *e)
{
	struct mpack_reader r;
	int64_t key;
	uint32_t n;
	int rc;

	*s = (struct task_spec){ .concurrency = 1 };
	if ((rc = spec_open(&r, frame, CONTROL_TASK_CREATE, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) != 0)
			return rc;
		switch (key) {
		case 2: rc = mpack_get_str(&r, &s->task, e); break;
		case 3: rc = mpack_get_str(&r, &s->query, e); break;
		case 4: rc = mpack_get_str(&r, &s->user, e); break;
		case 5: rc = mpack_get_str(&r, &s->catalog, e); break;
		case 6: rc = mpack_get_str(&r, &s->schema, e); break;
		case 7: rc = mpack_get_str(&r, &s->zone, e); break;
		case 8: rc = mpack_get_str(&r, &s->coordinator, e); break;
		case 9: rc = get_int32(&r, &s->stage, e); break;
		case 10: rc = get_int32(&r, &s->index, e); break;
		case 11: rc = get_int32(&r, &s->count, e); break;
		case 12: rc = get_int32(&r, &s->concurrency, e); break;
		case 13: rc = mpack_get_int(&r, &s->start_micros, e); break;
		case 14: rc = mpack_get_uint(&r, &s->limit_local, e); break;
		case 15: rc = mpack_get_uint(&r, &s->limit_global, e); break;
		case 16: rc = mpack_get_bin(&r, &s->fragment, e); break;
		case 17: rc = get_int32(&r, &s->output, e); break;
		case 18: rc = get_int32(&r, &s->consumers, e); break;
		case 19: rc = mpack_get_bin(&r, &s->partition_map, e); break;
		case 20: rc = read_sources(a, &r, s, e); break;
		default: rc = mpack_skip(&r, e);
		}
	}
	return rc != 0 ? rc : check_spec(s, e);
}

void
control_task_update(struct sbuf *to, const struct task_update *u)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_TASK_UPDATE, 4);
	spec_put_str(&w, 2, u->task);
	mpack_int(&w, 3);
	mpack_array(&w, (uint32_t)u->n);
	for (int i = 0; i < u->n; i++) {
		const struct task_splits *s = &u->splits[i];

		mpack_array(&w, 3);
		mpack_int(&w, s->node_id);
		mpack_bool(&w, s->no_more);
		mpack_array(&w, (uint32_t)s->n);
		for (int k = 0; k < s->n; k++) {
			mpack_array(&w, 3);
			mpack_bin(&w, s->splits[k].bytes);
			mpack_double(&w, s->splits[k].rows);
			mpack_uint(&w, s->splits[k].size);
		}
	}
	spec_put_int(&w, 4, u->filter_id);
	mpack_int(&w, 5);
	mpack_bin(&w, u->filters);
}

static int
read_splits(struct arena *a, struct mpack_reader *r, struct task_splits *s,
    struct err *e)
{
	uint32_t n;
	int rc;

	if ((rc = get_tuple(r, 3, e)) != 0 ||
	    (rc = get_int32(r, &s->node_id, e)) != 0 ||
	    (rc = mpack_get_bool(r, &s->no_more, e)) != 0 ||
	    (rc = mpack_get_array(r, &n, e)) != 0)
		return rc;
	s->splits = arena_array(a, struct split, n);
	s->n = (int)n;
	for (uint32_t i = 0; i < n; i++) {
		struct split *p = &s->splits[i];

		if ((rc = get_tuple(r, 3, e)) != 0 ||
		    (rc = mpack_get_bin(r, &p->bytes, e)) != 0 ||
		    (rc = mpack_get_double(r, &p->rows, e)) != 0 ||
		    (rc = mpack_get_uint(r, &p->size, e)) != 0)
			return rc;
	}
	return 0;
}

int
control_read_task_update(struct arena *a, struct str frame,
    struct task_update *u, struct err *e)
{
	struct mpack_reader r;
	int64_t key;
	uint32_t n, k;
	int rc;

	*u = (struct task_update){ .filter_id = -1 };
	if ((rc = spec_open(&r, frame, CONTROL_TASK_UPDATE, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) != 0)
			return rc;
		switch (key) {
		case 2: rc = mpack_get_str(&r, &u->task, e); break;
		case 3:
			if ((rc = mpack_get_array(&r, &k, e)) != 0)
				return rc;
			u->splits = arena_array(a, struct task_splits, k);
			u->n = (int)k;
			for (uint32_t j = 0; j < k && rc == 0; j++)
				rc = read_splits(a, &r, &u->splits[j], e);
			break;
		case 4: rc = get_int32(&r, &u->filter_id, e); break;
		case 5: rc = mpack_get_bin(&r, &u->filters, e); break;
		default: rc = mpack_skip(&r, e);
		}
	}
	return rc;
}

/* A measure's numbers in their order on the wire. */
#define MEASURES(X) \
	X(in_rows) X(in_bytes) X(out_rows) X(out_bytes) X(cpu_ns) X(wall_ns) \
	X(blocked_ns) X(memory) X(peak) X(physical_bytes) X(physical_rows) \
	X(splits) X(spilled) X(drivers)
#define COUNT_ONE(name) + 1
enum { MEASURE_COUNT = 0 MEASURES(COUNT_ONE) };

void
control_task_event(struct sbuf *to, const struct task_event *v)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_TASK_EVENT, 14);
	spec_put_str(&w, 2, v->task);
	spec_put_str(&w, 3, v->query);
	spec_put_str(&w, 4, v->node);
	spec_put_int(&w, 5, v->stage);
	spec_put_int(&w, 6, v->index);
	spec_put_int(&w, 7, v->state);
	spec_put_str(&w, 8, v->state == TASK_FAILED
	    ? str_of(err_name(v->error.code)) : (struct str){ "", 0 });
	spec_put_str(&w, 9, v->state == TASK_FAILED ? str_of(v->error.text)
	    : (struct str){ "", 0 });
	spec_put_int(&w, 10, v->wants_node);
	mpack_int(&w, 11);
	mpack_array(&w, (uint32_t)v->n);
	for (int i = 0; i < v->n; i++) {
		mpack_array(&w, 1 + MEASURE_COUNT);
		mpack_int(&w, v->nodes[i].node_id);
#define PUT_MEASURE(name) mpack_int(&w, v->nodes[i].name);
		MEASURES(PUT_MEASURE)
#undef PUT_MEASURE
	}
	spec_put_int(&w, 12, v->memory);
	spec_put_int(&w, 13, v->peak_memory);
	spec_put_int(&w, 14, v->filter_id);
	mpack_int(&w, 15);
	mpack_bin(&w, v->filter);
}

static int
read_measures(struct arena *a, struct mpack_reader *r, struct task_event *v,
    struct err *e)
{
	uint32_t n;
	int rc = mpack_get_array(r, &n, e);

	if (rc != 0)
		return rc;
	v->nodes = arena_array(a, struct node_measure, n);
	v->n = (int)n;
	for (uint32_t i = 0; i < n; i++) {
		struct node_measure *m = &v->nodes[i];

		if ((rc = get_tuple(r, 1 + MEASURE_COUNT, e)) != 0 ||
		    (rc = get_int32(r, &m->node_id, e)) != 0)
			return rc;
#define GET_MEASURE(name) \
		if ((rc = mpack_get_int(r, &m->name, e)) != 0) \
			return rc;
		MEASURES(GET_MEASURE)
#undef GET_MEASURE
	}
	return 0;
}

int
control_read_task_event(struct arena *a, struct str frame,
    struct task_event *v, struct err *e)
{
	struct mpack_reader r;
	struct str name = { 0 }, text = { 0 };
	int64_t key, state = 0;
	uint32_t n;
	int rc;

	*v = (struct task_event){ .filter_id = -1, .wants_node = -1 };
	if ((rc = spec_open(&r, frame, CONTROL_TASK_EVENT, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) != 0)
			return rc;
		switch (key) {
		case 2: rc = mpack_get_str(&r, &v->task, e); break;
		case 3: rc = mpack_get_str(&r, &v->query, e); break;
		case 4: rc = mpack_get_str(&r, &v->node, e); break;
		case 5: rc = get_int32(&r, &v->stage, e); break;
		case 6: rc = get_int32(&r, &v->index, e); break;
		case 7:
			rc = mpack_get_int_in(&r, TASK_RUNNING, TASK_ABORTED,
			    &state, e);
			break;
		case 8: rc = mpack_get_str(&r, &name, e); break;
		case 9: rc = mpack_get_str(&r, &text, e); break;
		case 10: rc = get_int32(&r, &v->wants_node, e); break;
		case 11: rc = read_measures(a, &r, v, e); break;
		case 12: rc = mpack_get_int(&r, &v->memory, e); break;
		case 13: rc = mpack_get_int(&r, &v->peak_memory, e); break;
		case 14: rc = get_int32(&r, &v->filter_id, e); break;
		case 15: rc = mpack_get_bin(&r, &v->filter, e); break;
		default: rc = mpack_skip(&r, e);
		}
	}
	v->state = (enum task_state)state;
	if (rc == 0 && v->state == TASK_FAILED)
		spec_error(name, text, &v->error);
	return rc;
}
