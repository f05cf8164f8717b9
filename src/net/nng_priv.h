/* SPDX-License-Identifier: Apache-2.0
 * nng_priv.h - the insides of the nng transport: frames and their trailer
 * (nng_frame.c), what we ask (nng_ask.c), what we answer (nng_listen.c).
 *
 * nng's callbacks run on its own threads or within the call that starts an
 * operation, so no lock is held over any call of nng's. */
#ifndef NET_NNG_PRIV_H
#define NET_NNG_PRIV_H

#include <nng/nng.h>
#include <pthread.h>

#include "base/map.h"
#include "net/nng_transport.h"
#include "rt/rt.h"

enum {
	/* Behind each frame: i64 wall time, HMAC (both only with a secret),
	 * u8 status. */
	TRAIL_PLAIN = 1, TRAIL_HMAC = 32, TRAIL_SIGNED = 8 + TRAIL_HMAC + 1,
	STATUS_OK = 0, STATUS_REFUSED = 1,
	CALLS_MAX = 4096,       /* open at once on one listener */
};

struct nng_arena;

struct nng_transport {
	struct transport t;
	atomic_int refs;        /* the handle's, listeners', calls' */
	struct nng_options o;
	uint8_t key[32];        /* of the HMAC, from the secret */
	bool is_signed;
	struct nng_arena *arena;
	pthread_mutex_t lock;           /* the rest */
	pthread_cond_t quiet;           /* n_open == 0 */
	bool closed;
	struct map peers;               /* address to struct peer */
	struct peer *retired;           /* being closed */
	struct request **v;             /* by index of their id */
	uint32_t n, next_generation;
	int n_open;
	struct listener *listeners;
};

/* --- frames (nng_frame.c) --- */

struct frame *nng_frame_new(struct transport *t, size_t n);
/* Wraps a received message whose trailer was checked and cut. */
struct frame *nng_frame_of(nng_msg *m);
/* Makes a message of a frame: writes the trailer, moves or copies. */
nng_msg *frame_to_msg(struct nng_transport *t, struct frame *f,
    uint8_t status);
/* Checks and cuts the trailer; the status, or -1 (m is to be dropped). */
int msg_open(struct nng_transport *t, nng_msg *m);
void key_init(struct nng_transport *t, struct str secret);

/* --- where nng's big blocks come from (nng_arena.c) --- */

struct nng_arena *nng_arena_new(void);
void nng_arena_free(struct nng_arena **a);
/* This thread (one of nng's) allocates from it from now on. */
void nng_arena_stay(struct nng_arena *a);
/* The same for a while; pass what enter answered to leave. */
unsigned nng_arena_enter(struct nng_arena *a);
void nng_arena_leave(struct nng_arena *a, unsigned before);

/* --- asking, listening --- */

uint64_t nng_ask(struct transport *t, const struct ask *a);
void nng_cancel(struct transport *t, uint64_t request);
void peers_close(struct nng_transport *t);
void listeners_close(struct nng_transport *t);
struct listener *nng_listen_on(struct transport *t, const char *address,
    size_t max_bytes, actor_id to, struct sbuf *bound, struct err *e);
void nng_unlisten(struct transport *t, struct listener *l);
void nng_answer(struct transport *t, struct call *call, struct frame *body);
const char *nng_asker(struct transport *t, struct call *call);

void nng_transport_drop(struct nng_transport *t);

/* Closes on a thread of its own and calls then(arg) there, waits for that
 * at most so long (nng_close.c). */
void socket_close(nng_socket socket, void (*then)(void *arg), void *arg,
    int seconds);

#endif
