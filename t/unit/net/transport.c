/* SPDX-License-Identifier: Apache-2.0
 * transport.c - one suite for every transport, run over nng and over the
 * simulated network: replies, timeouts, cancels, refusals, late answers, the
 * gone; then what only nng has: secrets, hostile bytes. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "net/nng_transport.h"
#include "rt/rt.h"
#include "rt/sim.h"
#include "tap.h"

/* Requests begin with a letter: what the server is to do. */
enum { ECHO = 'e', HOLD = 'h', REFUSE = 'r', RELEASE = 'l' };

struct server {
	struct actor a;
	struct transport *t;
	struct listener *listener;
	struct call *held[200];
	struct frame *held_body[200];
	int n_held;
	const char *address;
	struct sbuf *bound;
	atomic_int *ready;
};

static int
server_init(struct actor *self, void *args, struct err *e)
{
	struct server *s = (struct server *)self, *from = args;

	s->t = from->t;
	s->address = from->address;
	s->bound = from->bound;
	s->ready = from->ready;
	return 0;
}

static void
server_start(struct actor *self)
{
	struct server *s = (struct server *)self;
	struct err e;

	s->listener = transport_listen(s->t, s->address, 8 << 20, self->id,
	    s->bound, &e);
	if (s->listener == NULL)
		diag("%s", e.text);
	CHECK(s->listener != NULL);
	atomic_store(s->ready, 1);
}

static void
server_receive(struct actor *self, struct msg **m)
{
	struct server *s = (struct server *)self;
	struct msg_request *r = (struct msg_request *)*m;

	if ((*m)->kind != MSG_REQUEST)
		return;
	switch (r->body->n == 0 ? ECHO : r->body->p[0]) {
	case HOLD:
		s->held[s->n_held] = r->call;
		s->held_body[s->n_held++] = r->body;
		r->call = NULL;
		r->body = NULL;
		return;
	case RELEASE:
		for (int i = 0; i < s->n_held; i++)
			transport_answer(s->t, &s->held[i],
			    &s->held_body[i]);
		s->n_held = 0;
		break;
	case REFUSE:
		return;         /* dropped with the message */
	}
	transport_answer(r->via, &r->call, &r->body);
}

static void
server_release(struct actor *self)
{
	struct server *s = (struct server *)self;

	for (int i = 0; i < s->n_held; i++)
		transport_answer(s->t, &s->held[i], &s->held_body[i]);
	transport_unlisten(s->t, &s->listener);
}

static const struct actor_kind server_kind = {
	.name = "server", .size = sizeof(struct server), .init = server_init,
	.start = server_start, .receive = server_receive,
	.release = server_release,
};

/* Counts replies by what they say. */
struct tally {
	atomic_int ok, gone, timeout, cancelled, wrong, all;
};

struct client {
	struct actor a;
	struct tally *tally;
};

static int
client_init(struct actor *self, void *args, struct err *e)
{
	((struct client *)self)->tally = args;
	return 0;
}

static void
client_receive(struct actor *self, struct msg **m)
{
	struct tally *t = ((struct client *)self)->tally;
	struct msg_reply *r = (struct msg_reply *)*m;

	if ((*m)->kind != MSG_REPLY)
		return;
	if (r->rc == 0) {
		/* The tag is the size that was sent. */
		if (r->body->n == r->tag &&
		    r->body->p[r->body->n - 1] == (uint8_t)r->tag)
			t->ok++;
		else
			t->wrong++;
	} else if (r->rc == -ERR_REMOTE_HOST_GONE && r->text[0] != '\0')
		t->gone++;
	else if (r->rc == -ERR_PAGE_TRANSPORT_TIMEOUT)
		t->timeout++;
	else if (r->rc == -ERR_USER_CANCELED)
		t->cancelled++;
	else
		t->wrong++;
	t->all++;
}

static const struct actor_kind client_kind = {
	.name = "client", .size = sizeof(struct client), .init = client_init,
	.receive = client_receive,
};

/* A pair of nodes of either sort. */
struct pair {
	struct sim *sim;
	struct rt *rt[2];
	struct transport *t[2];
	struct sbuf address;
	atomic_int ready;
	actor_id server, client;
	struct tally tally;
};

static bool
tally_is(void *arg)
{
	struct { atomic_int *at; int n; } *w = arg;

	return *w->at >= w->n;
}

/* Until *at is n, or long enough. */
static bool
reached(struct pair *p, atomic_int *at, int n)
{
	struct { atomic_int *at; int n; } w = { at, n };

	if (p->sim != NULL)
		return sim_run(p->sim, tally_is, &w, INT64_C(100000000000));
	for (int i = 0; i < 60000 && *at < n; i++)
		usleep(1000);
	return *at >= n;
}

static uint64_t
ask(struct pair *p, int what, size_t size, int64_t timeout_ms)
{
	struct ask a = { .peer = sbuf_z(&p->address),
		.body = frame_new(p->t[1], size), .reply_to = p->client,
		.timeout_ns = timeout_ms * 1000000, .tag = size };

	memset(a.body->p, (int)(size & 0xff), size);
	if (size > 1)
		a.body->p[0] = (uint8_t)what;
	return transport_ask(p->t[1], &a);
}

static void
pair_open(struct pair *p, bool sim, const struct nng_options *o)
{
	struct server args = { .bound = &p->address, .ready = &p->ready };

	*p = (struct pair){ .sim = NULL };
	if (sim)
		p->sim = sim_new(&(struct sim_options){ .seed = 7 });
	for (int i = 0; i < 2; i++) {
		struct rt_options ro = { .workers = 1, .exchange = 1 };

		p->rt[i] = sim ? rt_new_sim(p->sim, &ro) : rt_new_loops(&ro);
		p->t[i] = sim ? sim_transport(p->rt[i])
		    : nng_transport_new(p->rt[i], o);
	}
	args.t = p->t[0];
	args.address = sim ? "sim://0:0" : "tcp://127.0.0.1:0";
	p->server = actor_spawn(p->rt[0], &server_kind, NULL, &args, NULL);
	p->client = actor_spawn(p->rt[1], &client_kind, NULL, &p->tally, NULL);
	CHECK(reached(p, &p->ready, 1));
}

static void
pair_close(struct pair *p)
{
	if (p->sim != NULL) {
		sim_free(&p->sim);
	} else {
		actor_stop(p->rt[0], p->server);
		actor_stop(p->rt[1], p->client);
		transport_free(&p->t[1]);
		while (rt_actors(p->rt[0]) > 0)
			usleep(1000);
		transport_free(&p->t[0]);
		rt_free(&p->rt[0]);
		rt_free(&p->rt[1]);
	}
	sbuf_release(&p->address);
}

static void
suite(bool sim, const struct nng_options *o, const char *name)
{
	struct pair p;
	uint64_t id;
	int n = 0;

	pair_open(&p, sim, o);
	for (size_t size = 1; size < 6 << 20; size = size * 3 + 1, n++)
		ask(&p, ECHO, size, 30000);
	ok(reached(&p, &p.tally.ok, n), "%s: replies of many sizes", name);
	for (int i = 0; i < 150; i++)
		ask(&p, HOLD, 100 + (size_t)i, 0);
	for (int i = 0; i < 50; i++)
		ask(&p, ECHO, 1000, 30000);
	ok(reached(&p, &p.tally.ok, n + 50) && p.tally.all == n + 50,
	    "%s: requests that wait do not hold up others", name);
	/* No order between requests: ask until all were let go. */
	for (int i = 1; i < 50 && p.tally.ok < n + 50 + 150 + i; i++) {
		ask(&p, RELEASE, 5, 30000);
		reached(&p, &p.tally.ok, n + 50 + 150 + i > p.tally.ok + 1
		    ? p.tally.ok + 1 : n + 50 + 150 + i);
		if (!sim)
			usleep(20000);
		else
			sim_advance(p.sim, 20000000);
		if (p.tally.ok == n + 50 + 150 + i)
			break;
	}
	ok(p.tally.ok > n + 200 && p.tally.wrong == 0,
	    "%s: 150 late answers arrive", name);
	ask(&p, REFUSE, 10, 0);
	ok(reached(&p, &p.tally.gone, 1), "%s: a refused request ends", name);
	ask(&p, HOLD, 10, 50);
	ok(reached(&p, &p.tally.timeout, 1), "%s: a deadline", name);
	id = ask(&p, HOLD, 10, 0);
	if (sim)
		sim_advance(p.sim, 20000000);
	else
		usleep(20000);
	transport_cancel(p.t[1], id);
	ok(reached(&p, &p.tally.cancelled, 1), "%s: a cancel", name);
	transport_cancel(p.t[1], id);
	transport_cancel(p.t[1], 12345);
	id = ask(&p, HOLD, 10, 0);
	transport_cancel(p.t[1], id);
	ok(reached(&p, &p.tally.cancelled, 2), "%s: a cancel at once", name);
	ask(&p, ECHO, 9 << 20, 5000);
	ok(reached(&p, &p.tally.gone, 2) || p.tally.timeout == 2,
	    "%s: too big a request fails", name);
	n = p.tally.all;
	ask(&p, HOLD, 10, 0);
	if (sim) {
		sim_advance(p.sim, 20000000);
		sim_crash(&p.rt[0]);
	} else {
		usleep(50000);
		actor_stop(p.rt[0], p.server);
		while (rt_actors(p.rt[0]) > 0)
			usleep(1000);
		transport_free(&p.t[0]);
	}
	/* The deadline's call is still held there, but was ended here. */
	ok(reached(&p, &p.tally.all, n + 1),
	    "%s: the peer's end ends what it owed", name);
	n = p.tally.gone;
	ask(&p, ECHO, 10, 0);
	ok(reached(&p, &p.tally.gone, n + 1), "%s: nobody is there", name);
	is_int(p.tally.wrong, 0, "nothing else was answered");
	if (!sim)
		p.t[0] = nng_transport_new(p.rt[0], o);
	pair_close(&p);
}

/* --- nng alone --- */

static void
test_secrets(void)
{
	struct nng_options a = { .secret = STR("one secret") };
	struct nng_options b = { .secret = STR("another") };
	struct pair p;

	pair_open(&p, false, &a);
	transport_free(&p.t[1]);
	p.t[1] = nng_transport_new(p.rt[1], &b);
	ask(&p, ECHO, 10, 500);
	ok(reached(&p, &p.tally.timeout, 1),
	    "a request with another secret is not answered");
	transport_free(&p.t[1]);
	p.t[1] = nng_transport_new(p.rt[1], NULL);
	ask(&p, ECHO, 10, 500);
	ok(reached(&p, &p.tally.timeout, 2), "nor one with none");
	pair_close(&p);
}

static void
hostile(const char *address, const void *bytes, size_t n)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t r;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0) {
		r = send(fd, bytes, n, MSG_NOSIGNAL);
		(void)r;
	}
	close(fd);
}

static void
test_hostile(void)
{
	static const uint8_t huge[] = "\0SP\0\0\x30\0\0"
	    "\x7f\xff\xff\xff\xff\xff\xff\xff" "abc";
	static const uint8_t nothing[] = "\0SP\0\0\x30\0\0"
	    "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\x04\x80\0\0\0";
	struct pair p;

	pair_open(&p, false, NULL);
	for (int i = 0; i < 20; i++) {
		hostile(sbuf_z(&p.address), "GET / HTTP/1.1\r\n\r\n", 18);
		hostile(sbuf_z(&p.address), huge, sizeof(huge) - 1);
		hostile(sbuf_z(&p.address), nothing, sizeof(nothing) - 1);
		hostile(sbuf_z(&p.address), "", 0);
	}
	ask(&p, ECHO, 10, 30000);
	ok(reached(&p, &p.tally.ok, 1), "hostile peers do no harm");
	pair_close(&p);
}

int
main(void)
{
	static const struct nng_options secret = {
		.secret = { "shared", 6 } };

	suite(true, NULL, "sim");
	suite(false, NULL, "nng");
	suite(false, &secret, "nng with a secret");
	test_secrets();
	test_hostile();
	return tap_done();
}
