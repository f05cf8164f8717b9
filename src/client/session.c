/* SPDX-License-Identifier: Apache-2.0
 * session.c - what a client keeps between statements. */
#include <stdlib.h>

#include "client/client.h"

void
client_session_init(struct client_session *s)
{
	*s = (struct client_session){ .user = NULL };
}

static void
release_pairs(struct client_pairs *p)
{
	for (int i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].value);
	}
	free(p->v);
	*p = (struct client_pairs){ .v = NULL };
}

void
client_session_release(struct client_session *s)
{
	char **const fields[] = { &s->user, &s->original_user, &s->source, &s->catalog,
		&s->schema, &s->path, &s->time_zone, &s->transaction,
		&s->client_info, &s->client_tags, &s->trace_token,
		&s->language };

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		free(*fields[i]);
		*fields[i] = NULL;
	}
	release_pairs(&s->properties);
	release_pairs(&s->prepared);
	release_pairs(&s->roles);
}

void
client_session_set(char **field, const char *value)
{
	char *copy = value == NULL ? NULL : xstrdup(value);

	free(*field);
	*field = copy;
}

void
client_pairs_put(struct client_pairs *p, const char *name, const char *value)
{
	int at = 0;

	while (at < p->n && strcmp(p->v[at].name, name) != 0)
		at++;
	if (value == NULL) {
		if (at == p->n)
			return;
		free(p->v[at].name);
		free(p->v[at].value);
		p->v[at] = p->v[--p->n];
		return;
	}
	if (at == p->n) {
		if (p->n == p->cap) {
			p->cap = p->cap == 0 ? 4 : p->cap * 2;
			p->v = xrealloc(p->v, (size_t)p->cap *
			    sizeof(*p->v));
		}
		p->v[p->n++] = (struct client_pair){ xstrdup(name), NULL };
	}
	client_session_set(&p->v[at].value, value);
}

static void
apply_user(struct client_session *s, const struct client_batch *b)
{
	if (b->set_user != NULL) {
		if (s->original_user == NULL)
			client_session_set(&s->original_user, s->user);
		client_session_set(&s->user, b->set_user);
	}
	if (b->reset_user && s->original_user != NULL) {
		client_session_set(&s->user, s->original_user);
		client_session_set(&s->original_user, NULL);
	}
}

void
client_session_apply(struct client_session *s, const struct client_batch *b)
{
	if (b->set_catalog != NULL)
		client_session_set(&s->catalog, b->set_catalog);
	if (b->set_schema != NULL)
		client_session_set(&s->schema, b->set_schema);
	if (b->set_path != NULL)
		client_session_set(&s->path, b->set_path);
	apply_user(s, b);
	if (b->started_transaction != NULL)
		client_session_set(&s->transaction, b->started_transaction);
	if (b->clear_transaction)
		client_session_set(&s->transaction, NULL);
	for (int i = 0; i < b->n_set; i++)
		client_pairs_put(&s->properties, b->set[i].name,
		    b->set[i].value);
	for (int i = 0; i < b->n_clear; i++)
		client_pairs_put(&s->properties, b->clear[i], NULL);
	for (int i = 0; i < b->n_added; i++)
		client_pairs_put(&s->prepared, b->added[i].name,
		    b->added[i].value);
	for (int i = 0; i < b->n_deallocated; i++)
		client_pairs_put(&s->prepared, b->deallocated[i], NULL);
	for (int i = 0; i < b->n_roles; i++)
		client_pairs_put(&s->roles, b->roles[i].name,
		    b->roles[i].value);
}
