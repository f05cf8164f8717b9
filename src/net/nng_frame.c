/* SPDX-License-Identifier: Apache-2.0
 * nng_frame.c - frames on nng messages, and the trailer that every message
 * carries: a status, and with a secret the time and an HMAC-SHA256 over all
 * before it.
 *
 * The trailer is written into room that was reserved when the frame was made:
 * nng_msg_append() may copy, nng_msg_insert() overruns. */
#include "net/nng_priv.h"

#include <endian.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "base/check.h"

/* How far the clocks of nodes may differ, and how long a frame is good. */
#define FRESH_NS INT64_C(60000000000)

static size_t
trail_size(const struct nng_transport *t)
{
	return t->is_signed ? TRAIL_SIGNED : TRAIL_PLAIN;
}

static void
frame_free(struct frame *f)
{
	if (f->priv != NULL)
		nng_msg_free(f->priv);
	free(f);
}

static struct frame *
wrap(nng_msg *m, size_t n)
{
	struct frame *f = xmalloc(sizeof(*f));

	atomic_init(&f->refs, 1);
	f->p = nng_msg_body(m);
	f->n = n;
	f->free = frame_free;
	f->priv = m;
	return f;
}

struct frame *
nng_frame_new(struct transport *tt, size_t n)
{
	struct nng_transport *t = (struct nng_transport *)tt;
	unsigned before = nng_arena_enter(t->arena);
	nng_msg *m;

	CHECK(nng_msg_alloc(&m, n + trail_size(t)) == 0);
	nng_arena_leave(t->arena, before);
	return wrap(m, n);
}

struct frame *
nng_frame_of(nng_msg *m)
{
	return wrap(m, nng_msg_len(m));
}

void
key_init(struct nng_transport *t, struct str secret)
{
	static const char label[] = "quern frame 1";
	unsigned n = sizeof(t->key);

	t->is_signed = secret.n > 0;
	if (t->is_signed)
		CHECK(HMAC(EVP_sha256(), secret.p, (int)secret.n,
		    (const unsigned char *)label, sizeof(label) - 1, t->key,
		    &n) != NULL);
}

static void
sign(const struct nng_transport *t, const uint8_t *p, size_t n,
    uint8_t mac[TRAIL_HMAC])
{
	unsigned got = TRAIL_HMAC;

	CHECK(HMAC(EVP_sha256(), t->key, sizeof(t->key), p, n, mac, &got) !=
	    NULL);
}

/* Layout behind the n bytes: status, time, HMAC over all before it. */
static void
trail_write(struct nng_transport *t, uint8_t *p, size_t n, uint8_t status)
{
	uint64_t now;

	p[n] = status;
	if (!t->is_signed)
		return;
	now = htole64((uint64_t)env_wall_ns(rt_env(t->t.rt)));
	memcpy(p + n + 1, &now, 8);
	sign(t, p, n + 9, p + n + 9);
}

nng_msg *
frame_to_msg(struct nng_transport *t, struct frame *f, uint8_t status)
{
	size_t trail = trail_size(t);
	nng_msg *m = f->priv;

	/* Ours alone, and made by nng_frame_new(): no copy. */
	if (f->free != frame_free || atomic_load(&f->refs) != 1 ||
	    nng_msg_len(m) < f->n + trail || f->p != nng_msg_body(m)) {
		struct frame *copy = nng_frame_new(&t->t, f->n);

		memcpy(copy->p, f->p, f->n);
		frame_drop(&f);
		f = copy;
		m = f->priv;
	}
	trail_write(t, f->p, f->n, status);
	nng_msg_chop(m, nng_msg_len(m) - f->n - trail);
	f->priv = NULL;
	frame_drop(&f);
	return m;
}

int
msg_open(struct nng_transport *t, nng_msg *m)
{
	size_t trail = trail_size(t), n = nng_msg_len(m);
	const uint8_t *p = nng_msg_body(m);
	uint8_t mac[TRAIL_HMAC], status;

	if (n < trail)
		return -1;
	n -= trail;
	status = p[n];
	if (t->is_signed) {
		int64_t now = env_wall_ns(rt_env(t->t.rt)), then;
		uint64_t raw;

		sign(t, p, n + 9, mac);
		if (CRYPTO_memcmp(mac, p + n + 9, TRAIL_HMAC) != 0)
			return -1;
		memcpy(&raw, p + n + 1, 8);
		then = (int64_t)le64toh(raw);
		if (then > now + FRESH_NS || then < now - FRESH_NS)
			return -1;
	}
	nng_msg_chop(m, trail);
	return status;
}
