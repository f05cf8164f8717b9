/* SPDX-License-Identifier: Apache-2.0
 * client_text.c - SQL over the client text socket.
 *
 *   [OPTIONS name=value ...\n]SQL    runs a statement
 *   CURSOR ID                        the next rows of an answer
 *   CLOSE ID                         no more are wanted
 *
 * Options: format (tsv, csv, json), header (true, false), catalog, schema,
 * user, limit (rows of one reply).  A reply is the rows and a last line:
 *   OK 25 rows
 *   MORE CURSOR ID 1000 rows         ask for the rest with CURSOR ID
 *   ERROR NAME: text                 alone, without rows */
#include "actors/client_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "actors/msg.h"
#include "actors/query.h"
#include "actors/text_format.h"
#include "base/check.h"
#include "net/text_server.h"

enum { DEFAULT_LIMIT = 10000, FETCH_BYTES = 1 << 20 };
static const int64_t FETCH_NS = INT64_C(1000000000);

struct text_session {
	char id[64];                    /* the query's */
	actor_id query;
	struct text_format format;
	int64_t limit;
	struct text_call *call;         /* waits for rows; NULL: a cursor */
	struct sbuf rows;               /* made, not yet sent */
	int64_t n;                      /* of them */
	bool fetching, done, failed, gone;
};

struct client_text {
	struct actor a;
	struct server *server;
	struct text_server *socket;
	struct map sessions;            /* query id -> text_session */
};

static void
answer_error(struct text_call **call, const char *name, const char *text)
{
	struct sbuf b = { 0 };

	sbuf_addf(&b, "ERROR %s: %s\n", name, text);
	text_answer(call, sbuf_str(&b));
	sbuf_release(&b);
}

static void
fetch(struct client_text *t, struct text_session *s)
{
	struct msg_fetch f = { .reply_to = t->a.id, .max_bytes = FETCH_BYTES,
		.wait_ns = FETCH_NS, .tag = (uint64_t)(uintptr_t)s,
		.renderer = { text_render, &s->format } };

	s->fetching = true;
	query_fetch(t->server, s->query, &f);
}

static void
forget(struct client_text *t, struct text_session *s)
{
	map_del(&t->sessions, str_of(s->id));
	sbuf_release(&s->rows);
	free(s);
}

/* Answers when there is enough, or all. */
static void
step(struct client_text *t, struct text_session *s)
{
	if (s->call == NULL || s->fetching)
		return;
	if (!s->done && s->n < s->limit && !s->gone) {
		fetch(t, s);
		return;
	}
	if (s->failed) {
		text_answer(&s->call, sbuf_str(&s->rows));
	} else if (s->done) {
		sbuf_addf(&s->rows, "OK %lld rows\n", (long long)s->n);
		text_answer(&s->call, sbuf_str(&s->rows));
	} else if (s->gone) {
		answer_error(&s->call, "ABANDONED_QUERY",
		    "the query has gone");
	} else {
		sbuf_addf(&s->rows, "MORE CURSOR %s %lld rows\n", s->id,
		    (long long)s->n);
		text_answer(&s->call, sbuf_str(&s->rows));
	}
	sbuf_clear(&s->rows);
	s->n = 0;
	if ((s->done || s->failed || s->gone) && s->gone)
		forget(t, s);
}

static void
take_batch(struct client_text *t, struct msg_batch *m)
{
	struct text_session *s = (struct text_session *)(uintptr_t)m->tag;
	long long rows = 0;

	s->fetching = false;
	s->done = m->done;
	if (m->failed) {
		s->failed = true;
		sbuf_clear(&s->rows);
	}
	sbuf_adds(&s->rows, sbuf_str(&m->body));
	if (m->head.n > 0)
		rows = atoll(sbuf_z(&m->head));
	s->n += rows;
	sbuf_release(&m->body);
	sbuf_release(&m->head);
	step(t, s);
}

/* --- requests ------------------------------------------------------------------- */

static bool
read_option(struct text_session *s, struct client_session *session,
    struct str name, struct str value)
{
	char *z = xstrndup(value.p, value.n);
	bool known = true;

	if (str_eq(name, STR("catalog")))
		client_session_set(&session->catalog, z);
	else if (str_eq(name, STR("schema")))
		client_session_set(&session->schema, z);
	else if (str_eq(name, STR("user")))
		client_session_set(&session->user, z);
	else if (str_eq(name, STR("limit")))
		s->limit = MAX(atoll(z), 1);
	else if (str_eq(name, STR("header")))
		s->format.header = str_eq(value, STR("true"));
	else if (str_eq(name, STR("format")))
		known = text_format_set(&s->format, value);
	else
		known = false;
	free(z);
	return known;
}

/* Reads "OPTIONS name=value ..." up to the line's end; *sql is the rest. */
static bool
read_options(struct text_session *s, struct client_session *session,
    struct str *sql, char *bad, size_t n)
{
	struct str line = *sql;
	ptrdiff_t end = str_find(line, '\n', 0);

	if (!str_starts(line, STR("OPTIONS ")) || end < 0)
		return true;
	sql->p += end + 1;
	sql->n -= (size_t)end + 1;
	line = (struct str){ line.p + 8, (size_t)end - 8 };
	while ((line = str_trim(line)).n > 0) {
		ptrdiff_t space = str_find(line, ' ', 0), equals;
		struct str word = { line.p, space < 0 ? line.n
		    : (size_t)space };

		equals = str_find(word, '=', 0);
		if (equals < 0 || !read_option(s, session, (struct str){
		    word.p, (size_t)equals }, (struct str){ word.p + equals +
		    1, word.n - (size_t)equals - 1 })) {
			snprintf(bad, n, "%.*s", STR_ARG(word));
			return false;
		}
		line.p += word.n;
		line.n -= word.n;
	}
	return true;
}

static void
run_statement(struct client_text *t, struct msg_text_request *r)
{
	struct text_session *s = xcalloc(1, sizeof(*s));
	struct client_session session;
	struct str sql = { r->text, r->size };
	char bad[128];
	struct err e;

	s->limit = DEFAULT_LIMIT;
	s->format.header = true;
	client_session_init(&session);
	client_session_set(&session.user, "nngcat");
	client_session_set(&session.source, "nngcat");
	if (!read_options(s, &session, &sql, bad, sizeof(bad))) {
		err_set(&e, ERR_GENERIC_USER_ERROR, "unknown option %s", bad);
	} else {
		sql = str_trim(sql);
		if (sql.n > 0 && sql.p[sql.n - 1] == ';')
			sql.n--;
		if (query_submit(t->server, &session, sql, s->id, &s->query,
		    &e) == 0) {
			map_put(&t->sessions, str_of(s->id), s);
			actor_watch(&t->a, s->query);
			s->call = r->call;
			r->call = NULL;
			step(t, s);
			s = NULL;
		}
	}
	client_session_release(&session);
	if (s != NULL) {
		answer_error(&r->call, err_name(e.code), e.text);
		free(s);
	}
}

static void
use_cursor(struct client_text *t, struct msg_text_request *r, bool close)
{
	struct str id = str_trim((struct str){ r->text + (close ? 6 : 7),
		r->size - (close ? 6 : 7) });
	struct text_session *s = map_get(&t->sessions, id);

	if (s == NULL) {
		answer_error(&r->call, "NOT_FOUND", "no such cursor");
	} else if (close) {
		query_cancel(t->server, s->query, ERR_USER_CANCELED,
		    "Query was canceled");
		if (!s->fetching)
			fetch(t, s);    /* so that the query may go */
		text_answer(&r->call, STR("OK 0 rows\n"));
	} else if (s->call != NULL) {
		answer_error(&r->call, "GENERIC_USER_ERROR",
		    "the cursor is in use");
	} else {
		s->call = r->call;
		r->call = NULL;
		step(t, s);
	}
}

static void
take_request(struct client_text *t, struct msg_text_request *r)
{
	struct str text = { r->text, r->size };

	if (str_starts(text, STR("CURSOR ")))
		use_cursor(t, r, false);
	else if (str_starts(text, STR("CLOSE ")))
		use_cursor(t, r, true);
	else
		run_statement(t, r);
}

static void
query_gone(struct client_text *t, actor_id query)
{
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&t->sessions, &at)) != NULL) {
		struct text_session *s = e->value;

		if (s->query != query)
			continue;
		s->gone = true;
		s->fetching = false;
		if (s->call != NULL)
			step(t, s);
		else if (s->done || s->failed)
			forget(t, s);
		return;
	}
}

static void
text_receive(struct actor *self, struct msg **m)
{
	struct client_text *t = (struct client_text *)self;

	switch ((*m)->kind) {
	case MSG_TEXT_REQUEST:
		take_request(t, (struct msg_text_request *)*m);
		break;
	case MSG_QUERY_BATCH:
		take_batch(t, (struct msg_batch *)*m);
		break;
	case MSG_GONE:
		query_gone(t, (*m)->from);
		break;
	}
}

static int
text_init(struct actor *self, void *args, struct err *e)
{
	((struct client_text *)self)->server = args;
	map_init(&((struct client_text *)self)->sessions);
	return 0;
}

static void
text_release(struct actor *self)
{
	struct client_text *t = (struct client_text *)self;
	struct map_entry *e;
	uint32_t at = 0;

	while ((e = map_next(&t->sessions, &at)) != NULL) {
		struct text_session *s = e->value;

		if (s->call != NULL)
			text_answer(&s->call, (struct str){ "", 0 });
		sbuf_release(&s->rows);
		free(s);
	}
	map_release(&t->sessions);
}

static const struct actor_kind text_actor = {
	.name = "client-text",
	.size = sizeof(struct client_text),
	.init = text_init,
	.receive = text_receive,
	.release = text_release,
};

int
client_text_start(struct server *s, struct err *e)
{
	struct actor_place place = { .on = ON_CONTROL };
	actor_id id = actor_spawn(s->rt, &text_actor, &place, s, e);
	struct sbuf bound = { 0 };
	char where[128];

	CHECK(id != 0);
	server_bind_address(s, "client.port", where, sizeof(where));
	s->client_text = text_server_new(s->rt, where, id, &bound, e);
	if (s->client_text == NULL)
		return -(int)e->code;
	free(s->client_address);
	s->client_address = sbuf_take(&bound);
	return 0;
}

void
client_text_stop(struct text_server **t)
{
	text_server_free(t);
}
