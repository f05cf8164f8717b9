/* SPDX-License-Identifier: Apache-2.0
 * exchange.c - page streams end to end: in one process, over nng, and over a
 * simulated network that loses, doubles, cuts; nothing lost, nothing twice,
 * order kept, errors carried, memory given back. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "items.h"
#include "net/exchange.h"
#include "net/nng_transport.h"
#include "net/page_server.h"
#include "rt/sim.h"
#include "tap.h"

enum { TAG_GO = 1 };

/* A producer: a driver that fills an output buffer and says when it waits. */
struct producer {
	struct actor a;
	struct out_buffer *b;
	int consumers, items, made;
	size_t size;
};

static int
producer_init(struct actor *self, void *args, struct err *e)
{
	struct producer *p = (struct producer *)self, *from = args;

	p->b = out_buffer_ref(from->b);
	p->consumers = from->consumers;
	p->items = from->items;
	p->size = from->size;
	return 0;
}

static void
producer_receive(struct actor *self, struct msg **m)
{
	actor_ready(self);
}

static enum turn
producer_run(struct actor *self, int64_t quantum_ns)
{
	struct producer *p = (struct producer *)self;
	int64_t until = actor_clock(self) + quantum_ns;

	while (p->made < p->items) {
		struct wait *w = out_buffer_full(p->b);
		struct out_item *i;

		if (w != NULL) {
			actor_wake_on(self, w, TAG_GO);
			wait_drop(&w);
			return TURN_WAIT;
		}
		p->made++;
		i = number_item((uint64_t)p->made, p->size +
		    (size_t)(p->made * 37 % 100));
		out_buffer_add(p->b, p->made % p->consumers, &i);
		if (actor_clock(self) > until)
			return TURN_AGAIN;
	}
	out_buffer_finish(p->b);
	actor_gone(self);
	return TURN_WAIT;
}

static void
producer_release(struct actor *self)
{
	out_buffer_drop(&((struct producer *)self)->b);
}

static const struct actor_kind producer_kind = {
	.name = "producer", .size = sizeof(struct producer),
	.init = producer_init, .start = actor_ready,
	.receive = producer_receive, .run = producer_run,
	.release = producer_release,
};

/* A reader: a driver on an exchange. */
struct result {
	_Atomic uint64_t sum, count;
	atomic_int ended;       /* readers */
	atomic_int disorder, damaged;
	struct err err;
};

enum { SOURCES_MAX = 8 };

struct reader {
	struct actor a;
	struct exchange *x;
	struct result *r;
	uint64_t last[SOURCES_MAX];
	bool ordered;
};

static int
reader_init(struct actor *self, void *args, struct err *e)
{
	struct reader *r = (struct reader *)self, *from = args;

	r->x = from->x;
	r->r = from->r;
	r->ordered = from->ordered;
	return 0;
}

static void
reader_item(struct reader *r, struct exchange_item *i)
{
	uint64_t n = i->item != NULL ? ((struct number_item *)i->item)->number
	    : number_of(i->bytes);

	if (n == UINT64_MAX)
		r->r->damaged++;
	else if (r->ordered && n <= r->last[i->source])
		r->r->disorder++;
	r->last[i->source] = n;
	r->r->sum += n;
	r->r->count++;
	exchange_item_release(r->x, i);
}

static enum turn
reader_run(struct actor *self, int64_t quantum_ns)
{
	struct reader *r = (struct reader *)self;
	int64_t until = actor_clock(self) + quantum_ns;
	struct exchange_item item;
	struct wait *w;
	struct err e;

	for (;;) {
		switch (exchange_next(r->x, &item, &e)) {
		case EXCHANGE_ITEM:
			reader_item(r, &item);
			break;
		case EXCHANGE_EMPTY:
			w = exchange_wait(r->x);
			if (w == NULL)
				break;
			actor_wake_on(self, w, TAG_GO);
			wait_drop(&w);
			return TURN_WAIT;
		case EXCHANGE_FAILED:
			r->r->err = e;
			/* fall through */
		case EXCHANGE_DONE:
			r->r->ended++;
			actor_gone(self);
			return TURN_WAIT;
		}
		if (actor_clock(self) > until)
			return TURN_AGAIN;
	}
}

static const struct actor_kind reader_kind = {
	.name = "reader", .size = sizeof(struct reader), .init = reader_init,
	.start = actor_ready, .receive = producer_receive, .run = reader_run,
};

static uint64_t
sum_to(uint64_t n)
{
	return n * (n + 1) / 2;
}

static void
wait_ended(struct result *r, int n)
{
	for (int i = 0; i < 60000 && r->ended < n; i++)
		usleep(1000);
}

/* --- within one process --- */

static void
test_local(void)
{
	enum { SOURCES = 3, ITEMS = 20000, READERS = 2 };
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2 });
	struct exchange *x = exchange_new(rt, &(struct exchange_options){ 0 });
	struct out_buffer *b[SOURCES];
	struct result r = { 0 };

	for (int i = 0; i < SOURCES; i++) {
		b[i] = out_buffer_new(&(struct out_options){ .consumers = 1,
		    .max_bytes = 4000 });
		exchange_add(x, &(struct exchange_source){ .local = b[i] });
		actor_spawn(rt, &producer_kind, NULL, &(struct producer){
		    .b = b[i], .consumers = 1, .items = ITEMS, .size = 50 },
		    NULL);
	}
	exchange_no_more(x);
	for (int i = 0; i < READERS; i++)
		actor_spawn(rt, &reader_kind, NULL, &(struct reader){ .x = x,
		    .r = &r, .ordered = true }, NULL);
	wait_ended(&r, READERS);
	ok(r.ended == READERS && r.count == SOURCES * ITEMS &&
	    r.sum == SOURCES * sum_to(ITEMS) && r.disorder == 0,
	    "by pointer: three sources, two readers, all items once");
	for (int i = 0; i < SOURCES; i++) {
		ok(out_buffer_drained(b[i]), "source %d is drained", i);
		out_buffer_drop(&b[i]);
	}
	exchange_close(&x);
	rt_free(&rt);
}

/* --- over nng --- */

static void
test_nng(bool lz4)
{
	enum { SOURCES = 4, ITEMS = 3000 };
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 2,
	    .exchange = 1 });
	struct transport *t = nng_transport_new(rt, NULL);
	struct mem_node *node = mem_node_new(&(struct mem_node_options){ 0 });
	struct mem_pool *pool = mem_pool_new(node, "q", NULL);
	struct mem_account *account = mem_account_new(pool, "Exchange");
	struct sbuf address = { 0 };
	struct page_server_stats ps;
	struct exchange_stats xs;
	struct result r = { 0 };
	struct exchange *x;
	struct err e;
	char task[SOURCES][16];
	struct page_server *s = page_server_new(rt,
	    &(struct page_server_options){ .transport = t,
	    .address = "tcp://127.0.0.1:0", .compress = lz4 }, &address, &e);

	CHECK(s != NULL);
	x = exchange_new(rt, &(struct exchange_options){ .transport = t,
	    .account = account, .max_reply = 60000, .max_bytes = 300000,
	    .wait_ns = 50000000, .compress = lz4 });
	for (int i = 0; i < SOURCES; i++) {
		struct out_buffer *b = out_buffer_new(&(struct out_options){
		    .consumers = 1, .max_bytes = 200000 });

		snprintf(task[i], sizeof(task[i]), "q.0.%d", i);
		exchange_add(x, &(struct exchange_source){
		    .peer = sbuf_z(&address), .task = task[i] });
		/* The last is pulled before it is there. */
		if (i == SOURCES - 1)
			usleep(100000);
		page_server_add(s, task[i], b);
		actor_spawn(rt, &producer_kind, NULL, &(struct producer){
		    .b = b, .consumers = 1, .items = ITEMS, .size = 2000 },
		    NULL);
		out_buffer_drop(&b);
	}
	exchange_no_more(x);
	actor_spawn(rt, &reader_kind, NULL, &(struct reader){ .x = x,
	    .r = &r, .ordered = true }, NULL);
	wait_ended(&r, 1);
	ok(r.count == SOURCES * ITEMS && r.sum == SOURCES * sum_to(ITEMS) &&
	    r.disorder == 0 && r.damaged == 0,
	    "over nng%s: all items once, in order", lz4 ? " with LZ4" : "");
	exchange_stats(x, &xs);
	page_server_stats(s, &ps);
	ok(xs.peak_bytes <= 310000 && xs.sources_done == SOURCES &&
	    ps.items == SOURCES * ITEMS,
	    "within the queue's bytes (%d), %d pulls", (int)xs.peak_bytes,
	    (int)ps.pulls);
	for (int i = 0; i < SOURCES; i++)
		page_server_remove(s, task[i]);
	exchange_close(&x);
	x = exchange_new(rt, &(struct exchange_options){ .transport = t,
	    .account = account });
	exchange_add(x, &(struct exchange_source){ .peer = sbuf_z(&address),
	    .task = "q.0.0" });
	exchange_no_more(x);
	r.ended = 0;
	actor_spawn(rt, &reader_kind, NULL, &(struct reader){ .x = x,
	    .r = &r }, NULL);
	wait_ended(&r, 1);
	is_int(r.err.code, ERR_REMOTE_TASK_MISMATCH, "a task that is over");
	exchange_close(&x);
	page_server_free(&s);
	while (rt_actors(rt) > 0)
		usleep(1000);
	is_int((long long)mem_account_used(account), 0, "memory is back");
	transport_free(&t);
	rt_free(&rt);
	mem_account_drop(&account);
	mem_pool_drop(&pool);
	mem_node_drop(&node);
	sbuf_release(&address);
}

/* --- simulated --- */

struct world {
	struct sim *sim;
	struct result r;
};

static bool
ended(void *arg)
{
	return ((struct world *)arg)->r.ended > 0;
}

enum { SIM_SOURCES = 3, SIM_ITEMS = 300 };

static uint64_t
run_sim(uint64_t seed, enum out_kind kind, bool *good)
{
	struct world w = { .sim = sim_new(&(struct sim_options){
	    .seed = seed, .lose = 4000, .duplicate = 6000 }) };
	struct page_server *s[SIM_SOURCES];
	struct out_buffer *b[SIM_SOURCES];
	struct rt *rt = rt_new_sim(w.sim, NULL);
	struct sbuf address = { 0 };
	struct exchange *x;
	uint64_t hash;
	struct err e;

	x = exchange_new(rt, &(struct exchange_options){
	    .transport = sim_transport(rt), .max_reply = 2000,
	    .max_bytes = 10000, .wait_ns = 100000000 });
	for (int i = 0; i < SIM_SOURCES; i++) {
		struct rt *n = rt_new_sim(w.sim, NULL);
		char own[32];

		snprintf(own, sizeof(own), "sim://%d:0", i + 1);
		sbuf_clear(&address);
		s[i] = page_server_new(n, &(struct page_server_options){
		    .transport = sim_transport(n), .address = own }, &address,
		    &e);
		b[i] = out_buffer_new(&(struct out_options){ .kind = kind,
		    .consumers = 1, .max_bytes = 5000 });
		page_server_add(s[i], "t", b[i]);
		actor_spawn(n, &producer_kind, NULL, &(struct producer){
		    .b = b[i], .consumers = 1, .items = SIM_ITEMS,
		    .size = 100 }, NULL);
		exchange_add(x, &(struct exchange_source){
		    .peer = sbuf_z(&address), .task = "t" });
	}
	exchange_no_more(x);
	actor_spawn(rt, &reader_kind, NULL, &(struct reader){ .x = x,
	    .r = &w.r, .ordered = true }, NULL);
	sim_run(w.sim, ended, &w, 20000000);
	sim_cut(w.sim, 0, 1, true);
	sim_cut(w.sim, 2, 0, true);
	sim_run(w.sim, ended, &w, INT64_C(2000000000));
	sim_cut(w.sim, -1, -1, false);
	*good = sim_run(w.sim, ended, &w, INT64_C(1000000000000)) &&
	    w.r.count == SIM_SOURCES * SIM_ITEMS && w.r.disorder == 0 &&
	    w.r.sum == SIM_SOURCES * sum_to(SIM_ITEMS) && w.r.damaged == 0 &&
	    w.r.err.code == 0;
	sim_advance(w.sim, INT64_C(60000000000));
	hash = sim_hash(w.sim);
	exchange_close(&x);
	for (int i = 0; i < SIM_SOURCES; i++) {
		page_server_free(&s[i]);
		out_buffer_drop(&b[i]);
	}
	sim_free(&w.sim);
	sbuf_release(&address);
	return hash;
}

static void
test_sim(void)
{
	static const enum out_kind kinds[] = { OUT_PARTITIONED, OUT_BROADCAST,
		OUT_ARBITRARY };
	bool good = true, same = true, g;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		uint64_t h = run_sim(seed, kinds[seed % 3], &g);

		if (!g)
			diag("seed %d: items lost, doubled or out of order",
			    (int)seed);
		good &= g;
		if (seed <= 20)
			same &= run_sim(seed, kinds[seed % 3], &g) == h;
	}
	ok(good, "100 seeds of losses, doubles and cuts: all items once, in "
	    "order");
	ok(same, "and the same again from the same seed");
}

static void
test_sim_failures(void)
{
	struct world w = { .sim = sim_new(&(struct sim_options){
	    .seed = 5 }) };
	struct rt *rt = rt_new_sim(w.sim, NULL), *n = rt_new_sim(w.sim, NULL);
	struct out_buffer *b = out_buffer_new(&(struct out_options){
	    .consumers = 1 });
	struct page_server *s = page_server_new(n,
	    &(struct page_server_options){ .transport = sim_transport(n),
	    .address = "sim://1:5" }, NULL, NULL);
	struct exchange_options o = { .transport = sim_transport(rt),
		.max_error_ns = INT64_C(30000000000) };
	struct exchange *x = exchange_new(rt, &o);
	struct err e;

	page_server_add(s, "t", b);
	exchange_add(x, &(struct exchange_source){ .peer = "sim://1:5",
	    .task = "t" });
	actor_spawn(rt, &reader_kind, NULL, &(struct reader){ .x = x,
	    .r = &w.r }, NULL);
	sim_run(w.sim, NULL, NULL, 50000000);
	err_set(&e, ERR_DIVISION_BY_ZERO, "Division by zero");
	out_buffer_fail(b, &e);
	ok(sim_run(w.sim, ended, &w, INT64_C(5000000000)) &&
	    w.r.err.code == ERR_DIVISION_BY_ZERO,
	    "a producer's error reaches the reader");
	is_str(w.r.err.text, "Division by zero", "with its text");
	exchange_close(&x);
	x = exchange_new(rt, &o);
	exchange_add(x, &(struct exchange_source){ .peer = "sim://1:5",
	    .task = "never" });
	w.r.ended = 0;
	actor_spawn(rt, &reader_kind, NULL, &(struct reader){ .x = x,
	    .r = &w.r }, NULL);
	sim_run(w.sim, NULL, NULL, INT64_C(5000000000));
	page_server_free(&s);
	sim_crash(&n);
	ok(sim_run(w.sim, ended, &w, INT64_C(100000000000)) &&
	    w.r.err.code == ERR_PAGE_TRANSPORT_TIMEOUT,
	    "a dead node is given up after a while");
	diag("%s", w.r.err.text);
	exchange_close(&x);
	sim_run(w.sim, NULL, NULL, INT64_C(1000000000));
	sim_free(&w.sim);
	out_buffer_drop(&b);
}

int
main(void)
{
	test_local();
	test_sim();
	test_sim_failures();
	test_nng(false);
	test_nng(true);
	return tap_done();
}
