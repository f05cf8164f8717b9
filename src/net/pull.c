/* SPDX-License-Identifier: Apache-2.0
 * pull.c - pulls and their answers to bytes and back; see pull.h. */
#include "net/pull.h"

#include <endian.h>
#include <lz4.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/hash.h"

/* --- little-endian numbers --- */

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, 4);
	return p + 4;
}

static uint8_t *
put64(uint8_t *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, 8);
	return p + 8;
}

static uint32_t
get32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return le32toh(v);
}

static uint64_t
get64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return le64toh(v);
}

/* --- requests --- */

struct frame *
pull_request_write(struct transport *t, const struct pull_request *r)
{
	struct frame *f = frame_new(t, PULL_REQUEST_HEAD + r->task.n);
	uint8_t *p = f->p;

	CHECK(r->task.n <= PULL_TASK_MAX);
	p[0] = PULL_VERSION;
	p[1] = (uint8_t)r->kind;
	p[2] = r->flags;
	p[3] = (uint8_t)r->task.n;
	p = put32(p + 4, r->buffer);
	p = put64(p, r->token);
	p = put32(p, r->max_bytes);
	p = put32(p, r->wait_ms);
	memcpy(p, r->task.p, r->task.n);
	return f;
}

int
pull_request_read(const struct frame *f, struct pull_request *r,
    struct err *e)
{
	const uint8_t *p = f->p;

	if (f->n < PULL_REQUEST_HEAD || p[0] != PULL_VERSION ||
	    (p[1] != PULL_GET && p[1] != PULL_ABORT) ||
	    f->n != PULL_REQUEST_HEAD + (size_t)p[3])
		return err_set(e, ERR_PAGE_TRANSPORT_ERROR,
		    "Malformed request for pages");
	*r = (struct pull_request){
		.kind = p[1],
		.flags = p[2],
		.buffer = get32(p + 4),
		.token = get64(p + 8),
		.max_bytes = MIN(get32(p + 16), (uint32_t)PULL_BYTES_MAX),
		.wait_ms = get32(p + 20),
		.task = { (const char *)p + PULL_REQUEST_HEAD, p[3] },
	};
	return 0;
}

/* --- answers --- */

static void
head_write(struct frame *f, enum pull_status status, uint8_t flags,
    const struct out_batch *b, uint32_t plain)
{
	uint8_t *p = f->p;

	p[0] = PULL_VERSION;
	p[1] = (uint8_t)status;
	p[2] = flags;
	p[3] = 0;
	p = put32(p + 4, b == NULL ? 0 : (uint32_t)b->n);
	p = put64(p, b == NULL ? 0 : b->token);
	p = put64(p, b == NULL ? 0 : b->next);
	p = put64(p, hash_bytes(f->p + PULL_REPLY_HEAD,
	    f->n - PULL_REPLY_HEAD));
	p = put32(p, plain);
	put32(p, 0);
}

/* LZ4 of the plain items in f, or NULL when that saves less than a fifth. */
static struct frame *
compress(struct transport *t, const struct frame *f)
{
	int n = (int)(f->n - PULL_REPLY_HEAD), bound = n - n / 5, got;
	struct frame *z;

	if (n < 1024)
		return NULL;
	z = frame_new(t, PULL_REPLY_HEAD + (size_t)bound);
	got = LZ4_compress_fast((const char *)f->p + PULL_REPLY_HEAD,
	    (char *)z->p + PULL_REPLY_HEAD, n, bound, 1);
	if (got <= 0) {
		frame_drop(&z);
		return NULL;
	}
	z->n = PULL_REPLY_HEAD + (size_t)got;
	return z;
}

int
pull_reply_pages(struct transport *t, const struct out_batch *b, bool lz4,
    struct frame **out, struct err *e)
{
	struct str wire[OUT_BATCH_ITEMS];
	uint8_t flags = b->complete ? PULL_COMPLETE : 0, *p;
	struct frame *f, *z;
	size_t plain = 0;

	*out = NULL;
	for (int i = 0; i < b->n; i++) {
		int r = b->v[i]->kind->wire(b->v[i], &wire[i], e);

		if (r < 0)
			return r;
		plain += 4 + wire[i].n;
	}
	if (plain > PULL_BYTES_MAX)
		return err_set(e, ERR_PAGE_TOO_LARGE,
		    "A page of %zu bytes is too large to send", plain);
	f = frame_new(t, PULL_REPLY_HEAD + plain);
	p = f->p + PULL_REPLY_HEAD;
	for (int i = 0; i < b->n; i++) {
		p = put32(p, (uint32_t)wire[i].n);
		memcpy(p, wire[i].p, wire[i].n);
		p += wire[i].n;
	}
	z = lz4 ? compress(t, f) : NULL;
	if (z != NULL) {
		frame_drop(&f);
		f = z;
		flags |= PULL_LZ4;
	}
	head_write(f, PULL_PAGES, flags, b, (uint32_t)plain);
	*out = f;
	return 0;
}

struct frame *
pull_reply_error(struct transport *t, enum pull_status status,
    const struct err *e)
{
	const char *name = e == NULL ? "" : err_name(e->code);
	const char *text = e == NULL ? "" : e->text;
	size_t n = strlen(name) + 1, m = strlen(text);
	struct frame *f = frame_new(t, PULL_REPLY_HEAD + n + m);

	memcpy(f->p + PULL_REPLY_HEAD, name, n);
	memcpy(f->p + PULL_REPLY_HEAD + n, text, m);
	head_write(f, status, 0, NULL, 0);
	return f;
}

static int
corrupt(struct err *e, const char *what)
{
	return err_set(e, ERR_PAGE_TRANSPORT_ERROR,
	    "Malformed answer to a request for pages: %s", what);
}

static void
error_read(const char *p, size_t n, struct err *e)
{
	const char *nul = memchr(p, '\0', n);
	size_t name = nul == NULL ? n : (size_t)(nul - p);
	char *z = xstrndup(p, name);

	err_set(e, err_by_name(z), "%.*s",
	    nul == NULL ? 0 : (int)(n - name - 1), nul == NULL ? "" : nul + 1);
	free(z);
}

static int
decompress(struct pull_reply *r, uint32_t plain, struct err *e)
{
	struct frame *f;
	int got;

	if (plain > PULL_BYTES_MAX)
		return corrupt(e, "its size");
	f = frame_new_heap(plain);
	got = LZ4_decompress_safe(r->body.p, (char *)f->p, (int)r->body.n,
	    (int)plain);
	frame_drop(&r->frame);
	r->frame = f;
	r->body = (struct str){ (const char *)f->p, plain };
	return got == (int)plain ? 0 : corrupt(e, "its compression");
}

/* Each item lies within the body and they fill it. */
static bool
items_fit(const struct pull_reply *r)
{
	size_t at = 0;

	for (uint32_t i = 0; i < r->items; i++) {
		size_t n;

		if (r->body.n - at < 4)
			return false;
		n = get32(r->body.p + at);
		at += 4;
		if (r->body.n - at < n)
			return false;
		at += n;
	}
	return at == r->body.n;
}

static int
reply_check(struct pull_reply *r, struct err *e)
{
	const uint8_t *p = r->frame->p;
	size_t n = r->frame->n;
	uint32_t plain;
	bool lz4;
	int rc;

	if (n < PULL_REPLY_HEAD || p[0] != PULL_VERSION ||
	    p[1] > PULL_NO_TASK)
		return corrupt(e, "its head");
	if (get64(p + 24) != hash_bytes(p + PULL_REPLY_HEAD,
	    n - PULL_REPLY_HEAD))
		return corrupt(e, "its checksum");
	r->status = p[1];
	r->complete = (p[2] & PULL_COMPLETE) != 0;
	lz4 = (p[2] & PULL_LZ4) != 0;
	r->items = get32(p + 4);
	r->token = get64(p + 8);
	r->next = get64(p + 16);
	plain = get32(p + 32);
	r->body = (struct str){ (const char *)p + PULL_REPLY_HEAD,
		n - PULL_REPLY_HEAD };
	if (r->status != PULL_PAGES) {
		error_read(r->body.p, r->body.n, &r->err);
		return 0;
	}
	rc = lz4 ? decompress(r, plain, e) : 0;
	if (rc < 0)
		return rc;
	if (r->next - r->token != r->items || !items_fit(r))
		return corrupt(e, "its items");
	return 0;
}

int
pull_reply_read(struct frame **f, struct pull_reply *r, struct err *e)
{
	int rc;

	*r = (struct pull_reply){ .frame = *f };
	*f = NULL;
	rc = reply_check(r, e);
	if (rc < 0)
		frame_drop(&r->frame);
	return rc;
}

struct str
pull_reply_item(struct pull_reply *r)
{
	struct str s = { r->body.p + 4, get32(r->body.p) };

	r->body.p += 4 + s.n;
	r->body.n -= 4 + s.n;
	return s;
}
