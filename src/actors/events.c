/* SPDX-License-Identifier: Apache-2.0
 * events.c - queries' and nodes' changes as lines of JSON. */
#include "actors/events.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "net/text_server.h"

int
events_start(struct server *s, struct err *e)
{
	struct sbuf bound = { 0 };
	char where[128];

	server_bind_address(s, "events.port", where, sizeof(where));
	s->events = publisher_new(where, &bound, e);
	if (s->events == NULL)
		return -(int)e->code;
	free(s->events_address);
	s->events_address = sbuf_take(&bound);
	return 0;
}

void
events_stop(struct publisher **p)
{
	publisher_free(p);
}

static void
put(struct sbuf *b, const char *name, const char *value)
{
	sbuf_addf(b, ",\"%s\":", name);
	json_quote(b, str_of(value == NULL ? "" : value));
}

static void
head(struct server *s, struct sbuf *b, const char *what)
{
	sbuf_addf(b, "{\"time\":%lld,\"event\":\"%s\"",
	    (long long)(env_wall_ns(s->env) / 1000000), what);
}

static void
send(struct server *s, struct sbuf *b)
{
	sbuf_addz(b, "}\n");
	publisher_send(s->events, sbuf_str(b));
	sbuf_release(b);
}

void
events_query(struct server *s, const struct query_info *q)
{
	struct sbuf b = { 0 };

	if (s->events == NULL)
		return;
	head(s, &b, "query");
	put(&b, "id", q->id);
	put(&b, "state", query_state_name(q->state));
	put(&b, "user", q->user);
	put(&b, "source", q->source);
	put(&b, "sql", q->sql);
	sbuf_addf(&b, ",\"rows\":%lld,\"elapsedMillis\":%lld,"
	    "\"cpuMillis\":%lld", (long long)q->stats.output_rows,
	    (long long)q->stats.elapsed_ns / 1000000,
	    (long long)q->stats.cpu_ns / 1000000);
	if (q->error.code != ERR_OK) {
		put(&b, "error", err_name(q->error.code));
		put(&b, "message", q->error.text);
	}
	send(s, &b);
}

void
events_node(struct server *s, const char *node, const char *what,
    const char *why)
{
	struct sbuf b = { 0 };

	if (s->events == NULL)
		return;
	head(s, &b, "node");
	put(&b, "node", node);
	put(&b, "state", what);
	put(&b, "reason", why);
	send(s, &b);
}
