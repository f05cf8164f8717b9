/* SPDX-License-Identifier: Apache-2.0
 * query_submit.c - what clients call: submit, fetch, cancel. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "actors/query_priv.h"

static void
make_id(struct server *n, char *id)
{
	int64_t now = env_wall_ns(n->env) / 1000000000;
	time_t t = (time_t)now;
	struct tm tm;
	char date[32];

	gmtime_r(&t, &tm);
	strftime(date, sizeof(date), "%Y%m%d_%H%M%S", &tm);
	snprintf(id, 64, "%s_%05u_%s", date,
	    atomic_fetch_add(&n->next_query, 1) % 100000, n->id_suffix);
}

static void
copy_session(struct client_session *to, const struct client_session *from)
{
	client_session_init(to);
#define COPY(field) client_session_set(&to->field, from->field)
	COPY(user); COPY(source); COPY(catalog); COPY(schema); COPY(path);
	COPY(time_zone); COPY(transaction); COPY(client_info);
	COPY(client_tags); COPY(trace_token); COPY(language);
#undef COPY
	for (int i = 0; i < from->properties.n; i++)
		client_pairs_put(&to->properties, from->properties.v[i].name,
		    from->properties.v[i].value);
	for (int i = 0; i < from->prepared.n; i++)
		client_pairs_put(&to->prepared, from->prepared.v[i].name,
		    from->prepared.v[i].value);
	for (int i = 0; i < from->roles.n; i++)
		client_pairs_put(&to->roles, from->roles.v[i].name,
		    from->roles.v[i].value);
}

int
query_submit(struct server *n, const struct client_session *session,
    struct str sql, char *id, actor_id *actor, struct err *e)
{
	struct actor_place place = { .on = ON_EXCHANGE };
	struct query from = { .server = n };

	from.sql = xstrndup(sql.p, sql.n);
	copy_session(&from.session, session);
	from.created_ns = env_mono_ns(n->env);
	make_id(n, from.info.id);
	from.info.sql = from.sql;
	from.info.user = from.session.user;
	from.info.source = from.session.source;
	from.info.catalog = from.session.catalog;
	from.info.schema = from.session.schema;
	from.info.trace = from.session.trace_token;
	from.info.created = env_wall_ns(n->env) / 1000;
	from.info.state = QUERY_QUEUED;
	registry_query_put(n->registry, &from.info);
	memcpy(id, from.info.id, sizeof(from.info.id));
	*actor = actor_spawn(n->rt, &query_actor, &place, &from, e);
	return *actor == 0 ? -(int)e->code : 0;
}

static void
drop_fetch(struct msg *m)
{
	struct msg_fetch *f = (struct msg_fetch *)m;

	if (f->drop_arg != NULL)
		f->drop_arg(f->renderer.arg);
}

void
query_fetch(struct server *n, actor_id query, const struct msg_fetch *f)
{
	struct msg_fetch *own = msg_new(MSG_QUERY_FETCH, sizeof(*own),
	    drop_fetch);
	struct msg head = own->m, *m = &own->m;

	*own = *f;
	own->m = head;
	actor_send(n->rt, query, &m);
}

void
query_cancel(struct server *n, actor_id query, enum err_code code,
    const char *text)
{
	struct msg *m = msg_cancel_new(code, text);

	actor_send(n->rt, query, &m);
}
