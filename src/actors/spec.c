/* SPDX-License-Identifier: Apache-2.0
 * spec.c - writing and reading announcements, answers, aborts; tasks are in
 * spec_task.c. */
#include "actors/spec.h"

#include "actors/spec_priv.h"

const char *
task_state_name(enum task_state s)
{
	static const char *const names[] = { "RUNNING", "FLUSHING",
		"FINISHED", "FAILED", "ABORTED" };

	return names[s];
}

void
spec_head(struct mpack_writer *w, enum control_kind kind, uint32_t pairs)
{
	mpack_map(w, pairs + 2);
	mpack_int(w, 0);
	mpack_int(w, CONTROL_VERSION);
	mpack_int(w, 1);
	mpack_int(w, kind);
}

void
spec_put_str(struct mpack_writer *w, int key, struct str s)
{
	mpack_int(w, key);
	mpack_str(w, s);
}

void
spec_put_int(struct mpack_writer *w, int key, int64_t v)
{
	mpack_int(w, key);
	mpack_int(w, v);
}

int
spec_open(struct mpack_reader *r, struct str frame, enum control_kind want,
    uint32_t *pairs, struct err *e)
{
	struct mpack_reader peek;
	enum control_kind kind;
	int rc;

	if ((rc = control_kind(frame, &kind, e)) != 0)
		return rc;
	if (kind != want)
		return err_set(e, ERR_SERIALIZATION_ERROR,
		    "Control frame of kind %d where %d was expected", kind,
		    want);
	if ((rc = mpack_open(&peek, frame, "control frame", e)) != 0 ||
	    (rc = mpack_get_map(&peek, pairs, e)) != 0)
		return rc;
	*r = peek;
	return 0;
}

int
control_kind(struct str frame, enum control_kind *kind, struct err *e)
{
	struct mpack_reader r;
	int64_t key, version = 0, k = -1;
	uint32_t n;
	int rc;

	if ((rc = mpack_open(&r, frame, "control frame", e)) != 0 ||
	    (rc = mpack_get_map(&r, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) != 0)
			return rc;
		if (key == 0)
			rc = mpack_get_int(&r, &version, e);
		else if (key == 1)
			rc = mpack_get_int_in(&r, 0, CONTROL_KINDS - 1, &k,
			    e);
		else
			rc = mpack_skip(&r, e);
		if (rc != 0)
			return rc;
	}
	if (version != CONTROL_VERSION || k < 0)
		return err_set(e, ERR_SERIALIZATION_ERROR,
		    "Control frame of version %lld, this node speaks %d",
		    (long long)version, CONTROL_VERSION);
	*kind = (enum control_kind)k;
	return 0;
}

void
control_answer(struct sbuf *to, const struct err *e)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_ANSWER, e == NULL ? 0 : 2);
	if (e == NULL)
		return;
	spec_put_str(&w, 2, str_of(err_name(e->code)));
	spec_put_str(&w, 3, str_of(e->text));
}

int
control_read_answer(struct str frame, struct err *e)
{
	struct mpack_reader r;
	struct str name = { 0 }, text = { 0 };
	uint32_t n;
	int64_t key;
	int rc;

	if ((rc = spec_open(&r, frame, CONTROL_ANSWER, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) != 0)
			return rc;
		rc = key == 2 ? mpack_get_str(&r, &name, e)
		    : key == 3 ? mpack_get_str(&r, &text, e)
		    : mpack_skip(&r, e);
	}
	if (rc == 0 && name.n > 0)
		rc = spec_error(name, text, e);
	return rc;
}

int
spec_error(struct str name, struct str text, struct err *e)
{
	char z[64];

	snprintf(z, sizeof(z), "%.*s", STR_ARG(name));
	return err_set(e, err_by_name(z), "%.*s", STR_ARG(text));
}

void
control_announce(struct sbuf *to, const struct announce *a)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_ANNOUNCE, 13);
	spec_put_str(&w, 2, a->node);
	spec_put_str(&w, 3, a->version);
	spec_put_str(&w, 4, a->http);
	spec_put_str(&w, 5, a->control);
	spec_put_str(&w, 6, a->data);
	spec_put_str(&w, 7, a->state);
	mpack_int(&w, 8);
	mpack_uint(&w, a->incarnation);
	spec_put_int(&w, 9, a->runs_tasks);
	spec_put_int(&w, 10, a->memory);
	spec_put_int(&w, 11, a->tasks);
	spec_put_int(&w, 12, a->drivers);
	spec_put_int(&w, 13, a->plan_version);
	spec_put_int(&w, 14, a->zone_version);
}

int
control_read_announce(struct str frame, struct announce *a, struct err *e)
{
	struct mpack_reader r;
	int64_t key, runs = 0;
	uint32_t n;
	int rc;

	*a = (struct announce){ .memory = 0 };
	if ((rc = spec_open(&r, frame, CONTROL_ANNOUNCE, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) != 0)
			return rc;
		switch (key) {
		case 2: rc = mpack_get_str(&r, &a->node, e); break;
		case 3: rc = mpack_get_str(&r, &a->version, e); break;
		case 4: rc = mpack_get_str(&r, &a->http, e); break;
		case 5: rc = mpack_get_str(&r, &a->control, e); break;
		case 6: rc = mpack_get_str(&r, &a->data, e); break;
		case 7: rc = mpack_get_str(&r, &a->state, e); break;
		case 8: rc = mpack_get_uint(&r, &a->incarnation, e); break;
		case 9: rc = mpack_get_int(&r, &runs, e); break;
		case 10: rc = mpack_get_int(&r, &a->memory, e); break;
		case 11: rc = mpack_get_int(&r, &a->tasks, e); break;
		case 12: rc = mpack_get_int(&r, &a->drivers, e); break;
		case 13: rc = mpack_get_int(&r, &a->plan_version, e); break;
		case 14: rc = mpack_get_int(&r, &a->zone_version, e); break;
		default: rc = mpack_skip(&r, e);
		}
	}
	a->runs_tasks = runs != 0;
	if (rc == 0 && (a->node.n == 0 || a->node.n > 60 ||
	    a->control.n > 120 || a->data.n > 120 || a->http.n > 120 ||
	    a->version.n > 30))
		rc = err_set(e, ERR_SERIALIZATION_ERROR,
		    "Announcement with a missing or overlong name");
	return rc;
}

void
control_task_abort(struct sbuf *to, struct str task)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_TASK_ABORT, 1);
	spec_put_str(&w, 2, task);
}

int
control_read_task_abort(struct str frame, struct str *task, struct err *e)
{
	struct mpack_reader r;
	int64_t key;
	uint32_t n;
	int rc;

	*task = (struct str){ 0 };
	if ((rc = spec_open(&r, frame, CONTROL_TASK_ABORT, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) == 0)
			rc = key == 2 ? mpack_get_str(&r, task, e)
			    : mpack_skip(&r, e);
	}
	return rc;
}

void
control_drain(struct sbuf *to)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_DRAIN, 0);
}

void
control_batch(struct sbuf *to, const struct sbuf *frames)
{
	struct mpack_writer w = { to };

	spec_head(&w, CONTROL_BATCH, 1);
	mpack_int(&w, 2);
	mpack_bin(&w, sbuf_str(frames));
}

int
control_read_batch(struct str frame, struct mpack_reader *frames,
    struct err *e)
{
	struct mpack_reader r;
	struct str inner = { 0 };
	int64_t key;
	uint32_t n;
	int rc;

	if ((rc = spec_open(&r, frame, CONTROL_BATCH, &n, e)) != 0)
		return rc;
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		if ((rc = mpack_get_int(&r, &key, e)) == 0)
			rc = key == 2 ? mpack_get_bin(&r, &inner, e)
			    : mpack_skip(&r, e);
	}
	*frames = (struct mpack_reader){ (const unsigned char *)inner.p,
		(const unsigned char *)inner.p + inner.n, "control batch",
		inner.n };
	return rc;
}
