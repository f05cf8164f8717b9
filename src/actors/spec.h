/* SPDX-License-Identifier: Apache-2.0
 * spec.h - the control frames between coordinator and workers: versioned
 * msgpack maps with small integer keys; unknown keys are skipped.
 *
 * Frames (key 0: version, key 1: kind):
 *   ANNOUNCE     worker -> coordinator, every second: who it is, its load
 *   TASK_CREATE  coordinator -> worker: struct task_spec
 *   TASK_UPDATE  coordinator -> worker: splits, dynamic filters
 *   TASK_ABORT   coordinator -> worker: end now and forget
 *   TASK_EVENT   worker -> coordinator: state and numbers of a task
 *   DRAIN        anybody -> worker: take no more tasks
 *   BATCH        several of them, to be taken in their order
 * Every frame is answered by an empty ANSWER or one with an error. */
#ifndef ACTORS_SPEC_H
#define ACTORS_SPEC_H

#include "actors/registry.h"
#include "base/mpack.h"
#include "conn/conn.h"
#include "frag/frag.h"

enum { CONTROL_VERSION = 1, CONTROL_MAX_FRAME = 16 << 20 };

enum control_kind {
	CONTROL_ANSWER, CONTROL_ANNOUNCE, CONTROL_TASK_CREATE,
	CONTROL_TASK_UPDATE, CONTROL_TASK_ABORT, CONTROL_TASK_EVENT,
	CONTROL_DRAIN, CONTROL_BATCH, CONTROL_KINDS
};

/* Where an exchange node of a task reads from. */
struct task_source {
	int node_id;            /* of the FRAG_EXCHANGE */
	struct str address, task;       /* data address; "": this node */
	int buffer;
};

struct task_spec {
	struct str task, query, user, catalog, schema, zone;
	struct str coordinator; /* control address for events */
	int stage, index, count, concurrency;
	int64_t start_micros;
	uint64_t limit_local, limit_global;
	struct str fragment;    /* frag_encode()'s bytes */
	int output;             /* enum frag_output */
	int consumers;
	struct str partition_map; /* 256 bytes for OUTPUT_HASH */
	int n_sources;
	struct task_source *sources;
};

struct task_splits {
	int node_id;
	bool no_more;
	int n;
	struct split *splits;
};

struct task_update {
	struct str task;
	int n;
	struct task_splits *splits;
	struct str filters;     /* domain_encode()d by dynamic filter id; n 0:
				 * none */
	int filter_id;
};

enum task_state { TASK_RUNNING, TASK_FLUSHING, TASK_FINISHED, TASK_FAILED,
    TASK_ABORTED };
const char *task_state_name(enum task_state s);

/* Of one plan node in one task. */
struct node_measure {
	int node_id;
	int64_t in_rows, in_bytes, out_rows, out_bytes, cpu_ns, wall_ns,
	    blocked_ns, memory, peak, physical_bytes, physical_rows, splits,
	    spilled, drivers;
};

struct task_event {
	struct str task, query, node;
	int stage, index;
	enum task_state state;
	struct err error;       /* TASK_FAILED */
	int wants_node;         /* a scan that wants splits; -1: none */
	int n;
	struct node_measure *nodes;
	int64_t memory, peak_memory;
	int filter_id;          /* a dynamic filter's domain; -1: none */
	struct str filter;

};

struct announce {
	struct str node, version, http, control, data, state;
	uint64_t incarnation;
	bool runs_tasks;
	int64_t memory, tasks, drivers;
	int64_t plan_version, zone_version;
};

/* Appends one frame.  */
void control_answer(struct sbuf *to, const struct err *e);      /* NULL: ok */
void control_announce(struct sbuf *to, const struct announce *a);
void control_task_create(struct sbuf *to, const struct task_spec *s);
void control_task_update(struct sbuf *to, const struct task_update *u);
void control_task_abort(struct sbuf *to, struct str task);
void control_task_event(struct sbuf *to, const struct task_event *v);
void control_drain(struct sbuf *to);
/* frames: msgpack bins, one after another. */
void control_batch(struct sbuf *to, const struct sbuf *frames);

/* Each checks version and kind; arrays and nothing else live in a, strings
 * point into the frame. */
int control_kind(struct str frame, enum control_kind *kind, struct err *e);
int control_read_answer(struct str frame, struct err *e);
int control_read_announce(struct str frame, struct announce *a,
    struct err *e);
int control_read_task_create(struct arena *a, struct str frame,
    struct task_spec *s, struct err *e);
int control_read_task_update(struct arena *a, struct str frame,
    struct task_update *u, struct err *e);
/* *frames is what control_batch() was given. */
int control_read_batch(struct str frame, struct mpack_reader *frames,
    struct err *e);
int control_read_task_abort(struct str frame, struct str *task,
    struct err *e);
int control_read_task_event(struct arena *a, struct str frame,
    struct task_event *v, struct err *e);

#endif
