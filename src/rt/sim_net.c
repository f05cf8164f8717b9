/* SPDX-License-Identifier: Apache-2.0
 * sim_net.c - the simulated network: requests and replies as packets that
 * take time, get lost, are doubled, or meet a cut or a dead node. */
#include "rt/sim_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/str.h"

#define BROKEN_AFTER_NS (INT64_C(10) * 1000000000)

enum { REQUESTS_FIRST = 16 };

/* One request asked by a node. */
struct request {
	uint64_t id;            /* generation << 32 | index; 0: free */
	uint32_t generation;
	int peer;
	actor_id reply_to;
	uint64_t tag;
	struct timer *timeout;  /* a packet to ourselves; NULL: none */
};

struct listener {
	struct listener *next;
	int port;
	size_t max_bytes;
	actor_id to;
};

struct sim_transport {
	struct transport t;
	int node;
	struct request *v;
	uint32_t n;
	struct listener *listeners;
	int next_port;
	struct call *calls;     /* received, not answered */
};

struct call {
	struct sim_transport *at;
	struct call *next, *prev;
	int asker;
	uint64_t asker_incarnation, request;
	char name[32];
};

/* A request, a reply or the news that there will be none. */
struct packet {
	struct timer t;
	struct sim *sim;
	int from, to, port;
	uint64_t incarnation;   /* of the asker */
	uint64_t request;
	bool is_reply;
	int rc;                 /* of a reply */
	const char *text;
	struct frame *body;
};

static void packet_fire(struct timer *t);

bool
sim_is_packet(const struct timer *t)
{
	return t->fire == packet_fire;
}

void
sim_packet_free(struct timer *t)
{
	struct packet *p = container_of(t, struct packet, t);

	frame_drop(&p->body);
	free(p);
}

static struct packet *
packet_new(struct sim *s, int from, int to)
{
	struct packet *p = xcalloc(1, sizeof(*p));

	p->t.fire = packet_fire;
	p->sim = s;
	p->from = from;
	p->to = to;
	return p;
}

static void
packet_post(struct packet *p, int64_t delay)
{
	p->t.at = p->sim->now + delay;
	timers_add(&p->sim->timers, &p->t);
}

static int64_t
delay(struct sim *s)
{
	return s->o.delay_min_ns + (int64_t)sim_below(s,
	    (uint64_t)(s->o.delay_max_ns - s->o.delay_min_ns) + 1);
}

/* --- the asker's side --- */

static struct request *
request_find(struct sim_transport *st, uint64_t id)
{
	uint32_t i = (uint32_t)id;

	return i < st->n && st->v[i].id == id ? &st->v[i] : NULL;
}

static struct request *
request_take(struct sim_transport *st)
{
	uint32_t i = 0;

	while (i < st->n && st->v[i].id != 0)
		i++;
	if (i == st->n) {
		uint32_t n = st->n == 0 ? REQUESTS_FIRST : st->n * 2;

		st->v = xrealloc(st->v, n * sizeof(*st->v));
		memset(st->v + st->n, 0, (n - st->n) * sizeof(*st->v));
		st->n = n;
	}
	st->v[i].id = (uint64_t)++st->v[i].generation << 32 | i;
	return &st->v[i];
}

static void
request_end(struct sim_transport *st, struct request *r, int rc,
    const char *text, struct frame **body)
{
	struct msg_reply *m = msg_reply_new(r->tag);

	m->rc = rc;
	if (rc != 0)
		snprintf(m->text, sizeof(m->text), "%s", text);
	else {
		m->body = *body;
		*body = NULL;
	}
	if (r->timeout != NULL) {
		timers_remove(&st->t.rt->sim->timers, r->timeout);
		sim_packet_free(r->timeout);
		r->timeout = NULL;
	}
	r->id = 0;
	actor_send(st->t.rt, r->reply_to, &(struct msg *){ &m->m });
}

/* A reply to ourselves that says the request has failed. */
static struct packet *
failure(struct sim_transport *st, uint64_t request, int rc, const char *text)
{
	struct sim *s = st->t.rt->sim;
	struct packet *p = packet_new(s, st->node, st->node);

	p->incarnation = s->node[st->node]->incarnation;
	p->request = request;
	p->is_reply = true;
	p->rc = rc;
	p->text = text;
	return p;
}

static bool
address_parse(const char *address, int *node, int *port)
{
	int n = 0;

	return sscanf(address, "sim://%d:%d%n", node, port, &n) == 2 &&
	    address[n] == '\0' && *node >= 0 && *port >= 0 && *port < 65536;
}

static uint64_t
sim_ask(struct transport *t, const struct ask *a)
{
	struct sim_transport *st = (struct sim_transport *)t;
	struct sim *s = t->rt->sim;
	struct request *r = request_take(st);
	uint64_t id = r->id;
	struct packet *p;
	int node, port;

	r->reply_to = a->reply_to;
	r->tag = a->tag;
	r->timeout = NULL;
	r->peer = -1;
	if (!address_parse(a->peer, &node, &port) || node >= s->n_nodes) {
		frame_drop(&(struct frame *){ a->body });
		packet_post(failure(st, id, -ERR_REMOTE_HOST_GONE,
		    "no such address"), 1000);
		return id;
	}
	r->peer = node;
	if (a->timeout_ns > 0) {
		p = failure(st, id, -ERR_PAGE_TRANSPORT_TIMEOUT, "timed out");
		r->timeout = &p->t;
		packet_post(p, a->timeout_ns);
	}
	p = packet_new(s, st->node, node);
	p->port = port;
	p->incarnation = s->node[st->node]->incarnation;
	p->request = id;
	p->body = a->body;
	if (sim_chance(s, s->o.duplicate)) {
		struct packet *twin = packet_new(s, st->node, node);

		twin->port = port;
		twin->incarnation = p->incarnation;
		twin->request = id;
		twin->body = frame_ref(p->body);
		packet_post(twin, delay(s));
	}
	packet_post(p, delay(s));
	return id;
}

static void
sim_cancel(struct transport *t, uint64_t request)
{
	struct sim_transport *st = (struct sim_transport *)t;
	struct request *r = request_find(st, request);

	if (r != NULL)
		request_end(st, r, -ERR_USER_CANCELED, "cancelled", NULL);
}

/* A packet vanished: without a deadline the asker sees a broken connection
 * after a while, as with a real one. */
static void
lost(struct packet *p)
{
	struct sim *s = p->sim;
	int asker = p->is_reply ? p->to : p->from;
	struct sim_node *n = s->node[asker];
	struct request *r;

	sim_note(s, SIM_LOST, asker, p->request);
	if (n->rt == NULL || n->incarnation != p->incarnation ||
	    n->transport == NULL)
		return;
	r = request_find(n->transport, p->request);
	if (r == NULL || r->timeout != NULL)
		return;
	p = failure(n->transport, r->id, -ERR_REMOTE_HOST_GONE,
	    "the connection broke");
	r->timeout = &p->t;
	packet_post(p, BROKEN_AFTER_NS);
}

/* --- the answering side --- */

static struct packet *
reply_packet(struct call *c)
{
	struct packet *p = packet_new(c->at->t.rt->sim, c->at->node, c->asker);

	p->incarnation = c->asker_incarnation;
	p->request = c->request;
	p->is_reply = true;
	return p;
}

static void
call_free(struct call *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->at->calls = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	free(c);
}

static void
sim_answer(struct transport *t, struct call *c, struct frame *body)
{
	struct sim_transport *st = (struct sim_transport *)t;
	struct packet *p;

	if (t->rt->dead) {
		frame_drop(&body);
		call_free(c);
		return;
	}
	p = reply_packet(c);
	p->body = body;
	if (body == NULL) {
		p->rc = -ERR_REMOTE_HOST_GONE;
		p->text = "refused by the peer";
	}
	packet_post(p, delay(st->t.rt->sim));
	call_free(c);
}

static const char *
sim_asker(struct transport *t, struct call *c)
{
	return c->name;
}

static void
refuse(struct packet *p, const char *text)
{
	struct packet *r = packet_new(p->sim, p->to, p->from);

	r->incarnation = p->incarnation;
	r->request = p->request;
	r->is_reply = true;
	r->rc = -ERR_REMOTE_HOST_GONE;
	r->text = text;
	packet_post(r, delay(p->sim));
}

static void
request_arrives(struct packet *p)
{
	struct sim_node *n = p->sim->node[p->to];
	struct sim_transport *st = n->transport;
	struct listener *l;
	struct call *c;
	struct msg_request *m;

	sim_note(p->sim, SIM_REQUEST, p->to, p->request);
	for (l = st == NULL ? NULL : st->listeners; l != NULL; l = l->next)
		if (l->port == p->port)
			break;
	if (n->rt == NULL || l == NULL) {
		refuse(p, "connection refused");
		return;
	}
	if (p->body->n > l->max_bytes) {
		refuse(p, "the request is too big");
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->at = st;
	c->next = st->calls;
	if (c->next != NULL)
		c->next->prev = c;
	st->calls = c;
	c->asker = p->from;
	c->asker_incarnation = p->incarnation;
	c->request = p->request;
	snprintf(c->name, sizeof(c->name), "sim://%d", p->from);
	m = msg_request_new(&st->t, c, p->body);
	p->body = NULL;
	actor_send(n->rt, l->to, &(struct msg *){ &m->m });
}

static void
reply_arrives(struct packet *p)
{
	struct sim_node *n = p->sim->node[p->to];
	struct request *r;

	sim_note(p->sim, SIM_REPLY, p->to, p->request);
	if (n->rt == NULL || n->incarnation != p->incarnation)
		return;
	r = request_find(n->transport, p->request);
	if (r == NULL)
		return;
	if (r->timeout == &p->t)
		r->timeout = NULL;      /* that is us */
	request_end(n->transport, r, p->rc, p->text, &p->body);
}

static void
packet_fire(struct timer *t)
{
	struct packet *p = container_of(t, struct packet, t);
	struct sim *s = p->sim;
	struct rt *to = s->node[p->to]->rt;

	if (to != NULL && to->frozen) {
		/* The kernel keeps it until the process goes on. */
		packet_post(p, 1000000);
		return;
	}
	if (p->from != p->to && (sim_is_cut(s, p->from, p->to) ||
	    sim_chance(s, s->o.lose)))
		lost(p);
	else if (p->is_reply)
		reply_arrives(p);
	else
		request_arrives(p);
	sim_packet_free(t);
}

/* --- the table --- */

static struct frame *
sim_frame_new(struct transport *t, size_t n)
{
	return frame_new_heap(n);
}

static struct listener *
sim_listen(struct transport *t, const char *address, size_t max_bytes,
    actor_id to, struct sbuf *bound, struct err *e)
{
	struct sim_transport *st = (struct sim_transport *)t;
	struct listener *l;
	int node, port;

	if (!address_parse(address, &node, &port) || node != st->node) {
		err_set(e, ERR_CONFIGURATION_INVALID,
		    "Cannot listen on %s", address);
		return NULL;
	}
	if (port == 0)
		port = st->next_port++;
	for (l = st->listeners; l != NULL; l = l->next)
		if (l->port == port) {
			err_set(e, ERR_CONFIGURATION_INVALID,
			    "Cannot listen on %s: Address in use", address);
			return NULL;
		}
	l = xcalloc(1, sizeof(*l));
	l->port = port;
	l->max_bytes = max_bytes;
	l->to = to;
	l->next = st->listeners;
	st->listeners = l;
	if (bound != NULL)
		sbuf_addf(bound, "sim://%d:%d", node, port);
	return l;
}

static void
sim_unlisten(struct transport *t, struct listener *l)
{
	struct sim_transport *st = (struct sim_transport *)t;
	struct listener **at = &st->listeners;

	while (*at != NULL && *at != l)
		at = &(*at)->next;
	if (*at == l) {
		*at = l->next;
		free(l);
	}
}

static void
sim_transport_free(struct transport *t)
{
	/* It belongs to the node and goes with it. */
}

struct transport *
sim_transport(struct rt *rt)
{
	static const struct transport_ops ops = {
		.frame_new = sim_frame_new,
		.listen = sim_listen,
		.unlisten = sim_unlisten,
		.ask = sim_ask,
		.cancel = sim_cancel,
		.answer = sim_answer,
		.asker = sim_asker,
		.free = sim_transport_free,
	};
	struct sim_node *n = rt->sim->node[rt->node];
	struct sim_transport *st = n->transport;

	if (st == NULL) {
		st = n->transport = xcalloc(1, sizeof(*st));
		st->t.ops = &ops;
		st->t.rt = rt;
		st->node = rt->node;
		st->next_port = 1000;
	}
	return &st->t;
}

void
sim_net_crash(struct sim *s, int node)
{
	struct sim_transport *st = s->node[node]->transport;

	for (int i = 0; i < s->n_nodes; i++) {
		struct sim_transport *o = s->node[i]->transport;

		if (o == NULL || o == st)
			continue;
		for (uint32_t j = 0; j < o->n; j++)
			if (o->v[j].id != 0 && o->v[j].peer == node)
				packet_post(failure(o, o->v[j].id,
				    -ERR_REMOTE_HOST_GONE,
				    "the connection broke"), delay(s));
	}
	if (st == NULL)
		return;
	for (uint32_t j = 0; j < st->n; j++)
		if (st->v[j].id != 0 && st->v[j].timeout != NULL) {
			timers_remove(&s->timers, st->v[j].timeout);
			sim_packet_free(st->v[j].timeout);
		}
	while (st->calls != NULL)
		call_free(st->calls);
	while (st->listeners != NULL)
		sim_unlisten(&st->t, st->listeners);
	free(st->v);
	free(st);
	s->node[node]->transport = NULL;
}

bool
sim_is_cut(const struct sim *s, int from, int to)
{
	return from < s->cut_n && to < s->cut_n &&
	    s->cut[from * s->cut_n + to] != 0;
}

void
sim_cut(struct sim *s, int from, int to, bool cut)
{
	int n = s->n_nodes;

	if (n > s->cut_n) {
		uint8_t *v = xcalloc((size_t)n * (size_t)n, 1);

		for (int i = 0; i < s->cut_n; i++)
			memcpy(v + i * n, s->cut + i * s->cut_n,
			    (size_t)s->cut_n);
		free(s->cut);
		s->cut = v;
		s->cut_n = n;
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			if ((from < 0 || i == from) && (to < 0 || j == to) &&
			    i != j)
				s->cut[i * s->cut_n + j] = cut;
}
