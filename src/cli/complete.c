/* SPDX-License-Identifier: Apache-2.0
 * complete.c - what a word may become. */
#include "cli/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "client/json_cursor.h"

static const char *const keywords[] = { "ALTER", "ANALYZE", "AND", "AS",
	"BETWEEN", "BY", "CASE", "CAST", "CATALOGS", "COLUMNS", "CREATE",
	"CROSS", "CURRENT_DATE", "CURRENT_TIMESTAMP", "DELETE", "DESCRIBE",
	"DISTINCT", "DROP", "ELSE", "END", "EXCEPT", "EXECUTE", "EXISTS",
	"EXPLAIN", "FALSE", "FETCH", "FROM", "FULL", "FUNCTIONS", "GROUP",
	"HAVING", "IN", "INNER", "INSERT", "INTERSECT", "INTERVAL", "INTO",
	"IS", "JOIN", "LEFT", "LIKE", "LIMIT", "NOT", "NULL", "OFFSET", "ON",
	"OR", "ORDER", "OUTER", "PREPARE", "RESET", "RIGHT", "SCHEMA",
	"SCHEMAS", "SELECT", "SESSION", "SET", "SHOW", "TABLE", "TABLES",
	"THEN", "TRUE", "UNION", "UNNEST", "USE", "USING", "VALUES", "WHEN",
	"WHERE", "WITH" };

struct completion {
	struct client *client;
	const struct client_session *session;
	struct arena arena;
	struct { const char **v; int n, cap; } tables;
	bool known;
};

struct completion *
completion_new(struct client *c, const struct client_session *s)
{
	struct completion *x = xcalloc(1, sizeof(*x));

	x->client = c;
	x->session = s;
	return x;
}

void
completion_forget(struct completion *c)
{
	arena_release(&c->arena);
	c->tables.v = NULL;
	c->tables.n = c->tables.cap = 0;
	c->known = false;
}

void
completion_free(struct completion **cp)
{
	struct completion *c = *cp;

	*cp = NULL;
	completion_forget(c);
	free(c);
}

/* The first column of a statement's answer. */
static void
ask(struct completion *c, const char *sql)
{
	const struct client_batch *b;
	struct client_query *q;
	struct err e;

	if (c->client->ops->submit(c->client, c->session, str_of(sql), &q,
	    &e) != 0)
		return;
	do {
		if (c->client->ops->next(q, &b, &e) != 0 || b->failed)
			break;
		for (int64_t i = 0; i < b->n_rows; i++) {
			struct sbuf t = { 0 };

			json_decode(&t, b->cells[i * b->n_columns]);
			arena_push(&c->arena, &c->tables,
			    arena_strdup(&c->arena, sbuf_z(&t)));
			sbuf_release(&t);
		}
	} while (!b->done);
	c->client->ops->close(q);
}

static void
learn(struct completion *c)
{
	if (c->known)
		return;
	c->known = true;
	if (c->session->schema != NULL)
		ask(c, "SHOW TABLES");
	if (c->session->catalog != NULL)
		ask(c, "SHOW SCHEMAS");
	ask(c, "SHOW CATALOGS");
}

/* Keeps what all candidates share. */
static void
candidate(struct sbuf *common, int *n, const char *word)
{
	size_t i = 0;

	if ((*n)++ == 0) {
		sbuf_addz(common, word);
		return;
	}
	while (i < common->n && word[i] != '\0' &&
	    tolower((unsigned char)common->p[i]) ==
	    tolower((unsigned char)word[i]))
		i++;
	common->n = i;
}

unsigned char
completion_run(struct completion *c, EditLine *el)
{
	const LineInfo *line = el_line(el);
	const char *from = line->cursor;
	struct sbuf common = { 0 };
	size_t have;
	int n = 0;

	while (from > line->buffer && (isalnum((unsigned char)from[-1]) ||
	    from[-1] == '_'))
		from--;
	have = (size_t)(line->cursor - from);
	if (have == 0)
		return CC_ERROR;
	learn(c);
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (strncasecmp(keywords[i], from, have) == 0)
			candidate(&common, &n, keywords[i]);
	for (int i = 0; i < c->tables.n; i++)
		if (strncasecmp(c->tables.v[i], from, have) == 0)
			candidate(&common, &n, c->tables.v[i]);
	if (n == 0 || common.n <= have) {
		sbuf_release(&common);
		return CC_REFRESH_BEEP;
	}
	if (n == 1)
		sbuf_addc(&common, ' ');
	el_deletestr(el, (int)have);
	el_insertstr(el, sbuf_z(&common));
	sbuf_release(&common);
	return CC_REFRESH;
}
