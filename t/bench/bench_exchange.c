/* SPDX-License-Identifier: Apache-2.0
 * bench_exchange.c - page streams between two processes on loopback: raw TCP,
 * bare nng REQ/REP, ours; the three in turn, several rounds.
 *
 *      bench_exchange [KiB a message] [MiB a run] [sources] */
#include <arpa/inet.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "net/exchange.h"
#include "net/nng_transport.h"
#include "net/page_server.h"

struct bench {
	size_t size;            /* of a message */
	long count;
	int streams;
	int to_client, from_server;     /* a pipe for the address */
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
say_address(struct bench *b, const char *z)
{
	char line[64] = "";

	snprintf(line, sizeof(line), "%s", z);
	CHECK(write(b->to_client, line, sizeof(line)) == sizeof(line));
}

static void
hear_address(struct bench *b, char line[64])
{
	CHECK(read(b->from_server, line, 64) == 64);
}

/* --- raw TCP: u64 length and bytes --- */

static void
tcp_server(struct bench *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM, 0), c, one = 1;
	char line[64];
	uint8_t *p = malloc(b->size);

	memset(p, 1, b->size);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(bind(s, (struct sockaddr *)&a, n) == 0 && listen(s, 1) == 0);
	CHECK(getsockname(s, (struct sockaddr *)&a, &n) == 0);
	snprintf(line, sizeof(line), "%d", ntohs(a.sin_port));
	say_address(b, line);
	c = accept(s, NULL, NULL);
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (long i = 0; i < b->count; i++)
		for (size_t at = 0; at < b->size;) {
			ssize_t r = write(c, p + at, b->size - at);

			CHECK(r > 0);
			at += (size_t)r;
		}
	CHECK(read(c, p, 1) >= 0);
	exit(0);
}

static void
tcp_client(struct bench *b, const char *address)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int c = socket(AF_INET, SOCK_STREAM, 0);
	uint8_t *p = malloc(b->size);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)atoi(address));
	CHECK(connect(c, (struct sockaddr *)&a, sizeof(a)) == 0);
	for (long i = 0; i < b->count; i++)
		for (size_t at = 0; at < b->size;) {
			ssize_t r = read(c, p + at, b->size - at);

			CHECK(r > 0);
			at += (size_t)r;
		}
	close(c);
	free(p);
}

/* --- bare nng: contexts, aio callbacks, bodies untouched --- */

struct slot {
	struct bench *b;
	nng_ctx ctx;
	nng_aio *aio;
	bool sending;
	atomic_long *left;
	sem_t *done;
};

static void
rep_cb(void *arg)
{
	struct slot *s = arg;
	nng_msg *m;

	if (nng_aio_result(s->aio) != 0)
		return;
	if (s->sending) {
		s->sending = false;
		nng_ctx_recv(s->ctx, s->aio);
		return;
	}
	nng_msg_free(nng_aio_get_msg(s->aio));
	nng_msg_alloc(&m, s->b->size);
	nng_aio_set_msg(s->aio, m);
	s->sending = true;
	nng_ctx_send(s->ctx, s->aio);
}

static void
nng_server(struct bench *b)
{
	struct slot *v = calloc(16, sizeof(*v));
	nng_socket s;
	nng_listener l;
	nng_sockaddr a;
	char line[64];

	CHECK(nng_rep0_open(&s) == 0 && nng_listen(s, "tcp://127.0.0.1:0", &l,
	    0) == 0 && nng_listener_get_addr(l, NNG_OPT_LOCADDR, &a) == 0);
	for (int i = 0; i < 16; i++) {
		v[i].b = b;
		nng_ctx_open(&v[i].ctx, s);
		nng_aio_alloc(&v[i].aio, rep_cb, &v[i]);
		nng_ctx_recv(v[i].ctx, v[i].aio);
	}
	snprintf(line, sizeof(line), "tcp://127.0.0.1:%d",
	    ntohs(a.s_in.sa_port));
	say_address(b, line);
	pause();
}

static void
req_send(struct slot *s)
{
	nng_msg *m;

	if (atomic_fetch_sub(s->left, 1) <= 0) {
		sem_post(s->done);
		return;
	}
	nng_msg_alloc(&m, 16);
	nng_aio_set_msg(s->aio, m);
	s->sending = true;
	nng_ctx_send(s->ctx, s->aio);
}

static void
req_cb(void *arg)
{
	struct slot *s = arg;

	CHECK(nng_aio_result(s->aio) == 0);
	if (s->sending) {
		s->sending = false;
		nng_ctx_recv(s->ctx, s->aio);
		return;
	}
	nng_msg_free(nng_aio_get_msg(s->aio));
	req_send(s);
}

static void
nng_client(struct bench *b, const char *address)
{
	struct slot v[16];
	atomic_long left = b->count;
	nng_socket s;
	sem_t done;

	sem_init(&done, 0, 0);
	CHECK(nng_req0_open(&s) == 0 && nng_dial(s, address, NULL, 0) == 0);
	for (int i = 0; i < b->streams; i++) {
		v[i] = (struct slot){ .b = b, .left = &left, .done = &done };
		nng_ctx_open(&v[i].ctx, s);
		nng_aio_alloc(&v[i].aio, req_cb, &v[i]);
		req_send(&v[i]);
	}
	for (int i = 0; i < b->streams; i++)
		sem_wait(&done);
	nng_close(s);
}

/* --- ours --- */

struct block {
	struct out_item item;
	struct str bytes;
};

static int
block_wire(struct out_item *item, struct str *bytes, struct err *e)
{
	*bytes = ((struct block *)item)->bytes;
	return 0;
}

static void
block_free(struct out_item *item)
{
	free(item);
}

static const struct out_item_kind block_kind = { block_wire, block_free };

static void
post(void *arg)
{
	sem_post(arg);
}

static void
wait_token(struct wait *w)
{
	sem_t s;

	if (w == NULL)
		return;
	sem_init(&s, 0, 0);
	wait_then(w, post, &s);
	sem_wait(&s);
	wait_drop(&w);
}

struct producer {
	struct out_buffer *out;
	struct str bytes;
	long count;
};

static void *
produce(void *arg)
{
	struct producer *p = arg;

	for (long i = 0; i < p->count; i++) {
		struct block *k = malloc(sizeof(*k));
		struct out_item *item = &k->item;

		out_item_init(item, &block_kind, p->bytes.n, 1);
		k->bytes = p->bytes;
		wait_token(out_buffer_full(p->out));
		out_buffer_add(p->out, 0, &item);
	}
	out_buffer_finish(p->out);
	return NULL;
}

/* What a message of b->size holds when its head and trailer are in it. */
static size_t
payload(const struct bench *b)
{
	return b->size - 128;
}

static void
our_server(struct bench *b)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 1,
	    .exchange = 1 });
	struct transport *t = nng_transport_new(rt, NULL);
	struct sbuf address = { 0 };
	struct page_server *s = page_server_new(rt,
	    &(struct page_server_options){ .transport = t,
	    .address = "tcp://127.0.0.1:0" }, &address, NULL);
	struct producer *p = calloc((size_t)b->streams, sizeof(*p));
	char *bytes = malloc(b->size);

	memset(bytes, 1, b->size);
	for (int i = 0; i < b->streams; i++) {
		pthread_t thread;
		char task[16];

		p[i].out = out_buffer_new(&(struct out_options){
		    .consumers = 1, .max_bytes = 8 << 20 });
		p[i].bytes = (struct str){ bytes, payload(b) };
		p[i].count = b->count / b->streams;
		snprintf(task, sizeof(task), "t%d", i);
		page_server_add(s, task, p[i].out);
		pthread_create(&thread, NULL, produce, &p[i]);
	}
	say_address(b, sbuf_z(&address));
	pause();
}

static void
our_client(struct bench *b, const char *address)
{
	struct rt *rt = rt_new_loops(&(struct rt_options){ .workers = 1,
	    .exchange = 1 });
	struct transport *t = nng_transport_new(rt, NULL);
	struct exchange *x = exchange_new(rt, &(struct exchange_options){
	    .transport = t, .max_reply = payload(b) });
	struct exchange_item item;
	struct err e;
	long got = 0;

	for (int i = 0; i < b->streams; i++) {
		char task[16];

		snprintf(task, sizeof(task), "t%d", i);
		exchange_add(x, &(struct exchange_source){ .peer = address,
		    .task = task });
	}
	exchange_no_more(x);
	for (;;) {
		enum exchange_step r = exchange_next(x, &item, &e);

		if (r == EXCHANGE_ITEM) {
			got++;
			exchange_item_release(x, &item);
		} else if (r == EXCHANGE_EMPTY)
			wait_token(exchange_wait(x));
		else
			break;
	}
	CHECK(got == b->count / b->streams * b->streams);
	exchange_close(&x);
	while (rt_actors(rt) > 0)
		usleep(1000);
	transport_free(&t);
	rt_free(&rt);
}

/* Each side in a process of its own, for nng's threads never survive a
 * fork. */
static void
one(struct bench *b, const char *name, void (*server)(struct bench *),
    void (*client)(struct bench *, const char *))
{
	char address[64];
	int p[2], status;
	struct rusage u[2];
	pid_t s, c;

	CHECK(pipe(p) == 0);
	b->from_server = p[0];
	b->to_client = p[1];
	s = fork();
	if (s == 0)
		server(b);
	hear_address(b, address);
	getrusage(RUSAGE_CHILDREN, &u[0]);
	c = fork();
	if (c == 0) {
		double from = now();

		client(b, address);
		from = now() - from;
		printf("%-10s %5zu KiB  %6.2f GB/s", name, b->size >> 10,
		    (double)b->size * (double)b->count / from / 1e9);
		fflush(stdout);
		_exit(0);
	}
	waitpid(c, &status, 0);
	kill(s, SIGKILL);
	waitpid(s, NULL, 0);
	getrusage(RUSAGE_CHILDREN, &u[1]);
	printf("  %.2f cpu-s/GB\n", ((double)(u[1].ru_utime.tv_sec +
	    u[1].ru_stime.tv_sec - u[0].ru_utime.tv_sec -
	    u[0].ru_stime.tv_sec) + (double)(u[1].ru_utime.tv_usec +
	    u[1].ru_stime.tv_usec - u[0].ru_utime.tv_usec -
	    u[0].ru_stime.tv_usec) / 1e6) * 1e9 /
	    ((double)b->size * (double)b->count));
	fflush(stdout);
	close(p[0]);
	close(p[1]);
}

int
main(int argc, char **argv)
{
	struct bench b = { .size = 1 << 20, .streams = 4 };
	size_t mib = 4000;

	if (argc > 1)
		b.size = (size_t)atol(argv[1]) << 10;
	if (argc > 2)
		mib = (size_t)atol(argv[2]);
	if (argc > 3)
		b.streams = atoi(argv[3]);
	b.count = (long)((mib << 20) / b.size) / b.streams * b.streams;
	for (int round = 0; round < 4; round++) {
		one(&b, "raw TCP", tcp_server, tcp_client);
		one(&b, "bare nng", nng_server, nng_client);
		one(&b, "exchange", our_server, our_client);
	}
	return 0;
}
