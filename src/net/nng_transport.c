/* SPDX-License-Identifier: Apache-2.0
 * nng_transport.c - the table of functions of the nng transport, its making
 * and its end.  nng itself starts with the first socket. */
#include "net/nng_priv.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/check.h"

static void
nng_free_transport(struct transport *tt)
{
	struct nng_transport *t = (struct nng_transport *)tt;

	listeners_close(t);
	peers_close(t);
	nng_transport_drop(t);
}

void
nng_transport_drop(struct nng_transport *t)
{
	if (atomic_fetch_sub(&t->refs, 1) != 1)
		return;
	nng_arena_free(&t->arena);
	OPENSSL_cleanse(t->key, sizeof(t->key));
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->quiet);
	free(t);
}

struct transport *
nng_transport_new(struct rt *rt, const struct nng_options *options)
{
	static const struct transport_ops ops = {
		.frame_new = nng_frame_new,
		.listen = nng_listen_on,
		.unlisten = nng_unlisten,
		.ask = nng_ask,
		.cancel = nng_cancel,
		.answer = nng_answer,
		.asker = nng_asker,
		.free = nng_free_transport,
	};
	struct nng_transport *t = xcalloc(1, sizeof(*t));

	t->t.ops = &ops;
	t->t.rt = rt;
	atomic_init(&t->refs, 1);
	if (options != NULL)
		t->o = *options;
	key_init(t, t->o.secret);
	t->o.secret = (struct str){ 0 };
	if (t->o.max_reply == 0)
		t->o.max_reply = 64 << 20;
	if (t->o.connect_ns == 0)
		t->o.connect_ns = 1000000000;
	map_init(&t->peers);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->quiet, NULL);
	t->arena = nng_arena_new();
	return &t->t;
}
