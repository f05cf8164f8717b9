/* SPDX-License-Identifier: Apache-2.0
 * http.c - the HTTP client against a server that says what it is told. */
#include "client/http_client.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/http_connection.h"
#include "tap.h"

enum { ANSWERS_MAX = 16 };

/* Answers request i with answers[i]; an answer that begins with '!' closes
 * the connection after it, one that is "" closes it without a word. */
struct server {
	int fd, port, n;
	const char *answers[ANSWERS_MAX];
	struct sbuf requests[ANSWERS_MAX];
	int taken, connections;
	pthread_t thread;
	char url[64];
};

/* Reads one request with its body. */
static bool
take_request(int fd, struct sbuf *to)
{
	size_t length = 0;
	const char *end, *field;
	char c;

	while (strstr(sbuf_z(to), "\r\n\r\n") == NULL) {
		if (recv(fd, &c, 1, 0) != 1)
			return false;
		sbuf_addc(to, c);
	}
	field = strstr(to->p, "Content-Length: ");
	if (field != NULL)
		length = strtoul(field + 16, NULL, 10);
	end = strstr(to->p, "\r\n\r\n") + 4;
	length -= to->n - (size_t)(end - to->p);
	while (length-- > 0) {
		if (recv(fd, &c, 1, 0) != 1)
			return false;
		sbuf_addc(to, c);
	}
	return true;
}

static void
send_slowly(int fd, const char *text)
{
	size_t n = strlen(text), part = n > 2000 ? n : 7;

	while (n > 0) {
		size_t now = n < part ? n : part;

		if (send(fd, text, now, MSG_NOSIGNAL) < 0)
			return;
		text += now;
		n -= now;
	}
}

static void *
serve(void *arg)
{
	struct server *s = arg;

	while (s->taken < s->n) {
		int fd = accept(s->fd, NULL, NULL);

		s->connections++;
		while (s->taken < s->n &&
		    take_request(fd, &s->requests[s->taken])) {
			const char *answer = s->answers[s->taken++];

			send_slowly(fd, *answer == '!' ? answer + 1 : answer);
			if (*answer == '!' || *answer == '\0' ||
			    strstr(answer, "Connection: close") != NULL)
				break;
		}
		close(fd);
	}
	return NULL;
}

static void
start(struct server *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	bind(s->fd, (struct sockaddr *)&at, sizeof(at));
	listen(s->fd, 8);
	getsockname(s->fd, (struct sockaddr *)&at, &length);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d",
	    ntohs(at.sin_port));
	while (s->n < ANSWERS_MAX && s->answers[s->n] != NULL)
		s->n++;
	pthread_create(&s->thread, NULL, serve, s);
}

static void
stop(struct server *s)
{
	if (s->thread != 0)
		pthread_join(s->thread, NULL);
	close(s->fd);
	for (int i = 0; i < s->n; i++)
		sbuf_release(&s->requests[i]);
}

static const struct str none = { "", 0 };

static int
get(struct http_connection *c, struct http_answer *a, struct err *e)
{
	return http_connection_ask(c, "GET", "/x", none, none, a, e);
}

#define BODY(text) "HTTP/1.1 200 OK\r\nContent-Length: " text

static void
test_bodies(void)
{
	static const struct { const char *answer; int status;
		const char *body, *name; } cases[] = {
		{ BODY("5\r\n\r\nhello"), 200, "hello", "Content-Length" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "5;x=y\r\nhello\r\nA \r\n, world!!!\r\n0\r\nT: v\r\n\r\n",
		    200, "hello, world!!!", "chunked" },
		{ "!HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello",
		    "until the end" },
		{ "!HTTP/1.0 404 Not Found\nContent-Length: 2\n\nno", 404,
		    "no", "HTTP/1.0, lines without returns" },
		{ "HTTP/1.1 204 No Content\r\n\r\n", 204, "", "204" },
		{ "HTTP/1.1 100 Continue\r\n\r\n" BODY("1\r\n\r\nx"), 200,
		    "x", "100 first" },
		{ BODY("0\r\n\r\n"), 200, "", "an empty body" },
	};
	struct server s = { .n = 0 };
	struct http_connection *c;
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		s.answers[i] = cases[i].answer;
	start(&s);
	c = http_connection_new(s.url, &e);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_answer a;
		int rc = get(c, &a, &e);

		ok(rc == 0 && a.status == cases[i].status, "%s: status",
		    cases[i].name);
		is_str(rc == 0 ? sbuf_z(&a.body) : e.text, cases[i].body,
		    cases[i].name);
		if (rc == 0)
			http_answer_release(&a);
	}
	http_connection_free(&c);
	is_int(s.connections, 3, "connections are kept");
	stop(&s);
}

static void
test_bad_answers(void)
{
	static const char *const cases[] = { "!nonsense\r\n\r\n",
		"!HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"!HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
		"!HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999"
		    "\r\n\r\nx",
		"!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "zz\r\n\r\n",
		"!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "5\r\nhel",
		"!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "2\r\nhello\r\n0\r\n\r\n",
		"!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "FFFFFFFFFFFFFFFF\r\nx",
		"!HTTP/1.1 200 OK\r\nX: y" };
	struct server s = { .n = 0 };
	struct http_connection *c;
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		s.answers[i] = cases[i];
	start(&s);
	c = http_connection_new(s.url, &e);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_answer a;

		ok(get(c, &a, &e) == -ERR_REMOTE_HOST_GONE,
		    "a bad answer is an error (%zu)", i);
	}
	http_connection_free(&c);
	stop(&s);
}

static void
test_reconnect(void)
{
	struct server s = { .answers = { "!" BODY("1\r\n\r\na"),
		BODY("1\r\n\r\nb"), "", BODY("1\r\n\r\nc"), "", "" } };
	struct http_connection *c;
	struct http_answer a;
	struct err e;

	start(&s);
	c = http_connection_new(s.url, &e);
	ok(get(c, &a, &e) == 0, "an answer, then the server hangs up");
	http_answer_release(&a);
	usleep(20000);
	ok(get(c, &a, &e) == 0, "the next one on a new connection");
	is_str(sbuf_z(&a.body), "b", "its body");
	http_answer_release(&a);
	ok(get(c, &a, &e) == 0, "hung up without an answer: asked again");
	is_str(sbuf_z(&a.body), "c", "its body");
	http_answer_release(&a);
	ok(get(c, &a, &e) == -ERR_REMOTE_HOST_GONE, "but only once");
	http_connection_free(&c);
	stop(&s);
	c = http_connection_new(s.url, &e);
	ok(get(c, &a, &e) == -ERR_REMOTE_HOST_GONE, "nobody there");
	ok(strstr(e.text, "cannot connect to 127.0.0.1:") != NULL,
	    "the message says so");
	http_connection_free(&c);
	ok(http_connection_new("https://x", &e) == NULL &&
	    http_connection_new("http://", &e) == NULL, "bad addresses");
	is_str(http_path_of("http://[::1]:80/v1/x?a"), "/v1/x?a", "a path");
	ok(http_path_of("http://x") == NULL && http_path_of("/x") == NULL,
	    "no path");
}

/* --- statements --------------------------------------------------------------------- */

static char *
json_answer(const char *headers, const char *json)
{
	struct sbuf b = { 0 };

	sbuf_addf(&b, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s",
	    headers, strlen(json), json);
	return sbuf_take(&b);
}

#define NEXT "\"nextUri\":\"http://elsewhere:1/v1/statement/x/1\","
#define STATS "\"stats\":{\"state\":\"RUNNING\",\"queued\":false," \
	"\"nodes\":2,\"totalSplits\":9,\"completedSplits\":3," \
	"\"progressPercentage\":33.3,\"processedRows\":7,\"rootStage\":{" \
	"\"stageId\":\"0\",\"state\":\"RUNNING\",\"subStages\":[{" \
	"\"stageId\":\"1\",\"state\":\"PLANNED\",\"subStages\":[]}]}}"
#define COLUMNS "\"columns\":[{\"name\":\"a\",\"type\":\"varchar(3)\"," \
	"\"typeSignature\":{\"rawType\":\"varchar\",\"arguments\":[" \
	"{\"kind\":\"LONG\",\"value\":3}]}},{\"name\":\"b\",\"type\":" \
	"\"bigint\",\"typeSignature\":{\"rawType\":\"bigint\"," \
	"\"arguments\":[]}}],"

static void
set_session(struct client_session *s)
{
	client_session_init(s);
	client_session_set(&s->user, "me");
	client_session_set(&s->catalog, "evil\r\nX-Bad: 1");
	client_session_set(&s->schema, "tiny");
	client_pairs_put(&s->properties, "p", "a b=c");
	client_pairs_put(&s->prepared, "s 1", "SELECT 1");
}

static void
check_request(struct server *s)
{
	const char *r = sbuf_z(&s->requests[0]);

	ok(strncmp(r, "POST /v1/statement HTTP/1.1\r\n", 29) == 0, "POST");
	ok(strstr(r, "\r\nX-Trino-User: me\r\n") != NULL, "the user");
	ok(strstr(r, "\r\nX-Trino-Schema: tiny\r\n") != NULL, "the schema");
	ok(strstr(r, "X-Bad") == NULL, "no header within a header");
	ok(strstr(r, "\r\nX-Trino-Session: p=a%20b%3Dc\r\n") != NULL,
	    "a property");
	ok(strstr(r, "\r\nX-Trino-Prepared-Statement: s%201=SELECT%201\r\n")
	    != NULL, "a prepared statement");
	ok(strstr(r, "\r\n\r\nSELECT x") != NULL, "the statement");
	ok(strncmp(sbuf_z(&s->requests[1]), "GET /v1/statement/x/1 ", 22) ==
	    0, "the next page, at this server");
}

static void
check_second(const struct client_batch *b)
{
	is_int(b->n_rows, 2, "rows");
	is_int(b->n_columns, 2, "columns");
	is_str(b->columns[0].type, "varchar(3)", "a type");
	is_str(b->columns[0].raw_type, "varchar", "a raw type");
	ok(str_eq(b->cells[2], STR("\"x,]\"")), "a cell");
	is_int(b->stats.nodes, 2, "nodes");
	is_int(b->stats.n_stages, 2, "stages");
	is_int(b->stats.stages[1].depth, 1, "depth of a stage");
	is_int(b->n_warnings, 1, "warnings");
	is_str(b->warnings[0], "take care", "a warning");
}

static void
check_last(const struct client_batch *b)
{
	ok(b->done && !b->failed, "the end");
	is_str(b->update_type, "SET SESSION", "update type");
	is_int(b->update_count, 5, "update count");
	is_str(b->set_catalog, "c", "Set-Catalog");
	ok(b->n_set == 2 && strcmp(b->set[1].name, "q") == 0 &&
	    strcmp(b->set[1].value, "x y=z") == 0, "Set-Session");
	ok(b->n_added == 1 && strcmp(b->added[0].name, "s 1") == 0,
	    "Added-Prepare");
	ok(b->clear_transaction && b->reset_user, "the flags");
	is_str(b->set_user, "bob", "Set-Authorization-User");
}

static void
test_statement(void)
{
	char *answers[] = {
		json_answer("", "{\"id\":\"q1\",\"infoUri\":\"u\"," NEXT STATS
		    "}"),
		json_answer("Connection: close\r\n", "{\"data\":[[null,1],"
		    "[\"x,]\",2]],\"id\":\"q1\"," NEXT COLUMNS "\"unknown\":"
		    "[{\"data\":1}],\"warnings\":[{\"warningCode\":{\"code\":"
		    "1},\"message\":\"take care\"}]," STATS "}"),
		json_answer("X-Trino-Set-Catalog: c\r\nx-trino-set-session:"
		    " p=1\r\nX-Trino-Set-Session: q=x+y%3Dz\r\nX-Trino-Added"
		    "-Prepare: s+1=SELECT+1\r\nX-Trino-Clear-Transaction-Id:"
		    " true\r\nX-Trino-Set-Authorization-User: bob\r\nX-Trino"
		    "-Reset-Authorization-User: true\r\n",
		    "{\"id\":\"q1\",\"columns\":[],\"data\":null,\"error\":"
		    "null,\"updateType\":\"SET SESSION\",\"updateCount\":5,"
		    "\"stats\":{\"state\":\"FINISHED\",\"rootStage\":null}}"),
	};
	struct server s = { .answers = { answers[0], "HTTP/1.1 503 Busy\r\n"
		"Content-Length: 4\r\n\r\nbusy", answers[1], answers[2] } };
	struct http_client_options o = { .server = s.url };
	const struct client_batch *b;
	struct client_session session;
	struct client_query *q;
	struct client *c;
	struct err e;

	start(&s);
	set_session(&session);
	c = http_client_new(&o, &e);
	ok(c->ops->submit(c, &session, STR("SELECT x"), &q, &e) == 0,
	    "submitted");
	ok(c->ops->next(q, &b, &e) == 0 && !b->done, "the first page");
	is_str(b->query_id, "q1", "the query");
	ok(c->ops->next(q, &b, &e) == 0, "the second, after a 503");
	check_second(b);
	ok(c->ops->next(q, &b, &e) == 0, "the third, after a hang-up");
	check_last(b);
	ok(c->ops->next(q, &b, &e) == 0 && b->done, "the end stays the end");
	c->ops->close(q);
	c->ops->free(c);
	client_session_release(&session);
	pthread_join(s.thread, NULL);
	s.thread = 0;
	check_request(&s);
	stop(&s);
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		free(answers[i]);
}

/* Submits against one answer and takes the first batch. */
static int
first_batch(const char *answer, struct client_batch *out, struct err *e)
{
	struct server s = { .answers = { answer } };
	struct http_client_options o = { .server = s.url };
	const struct client_batch *b;
	struct client_session session;
	struct client_query *q;
	struct client *c;
	int rc;

	start(&s);
	client_session_init(&session);
	c = http_client_new(&o, e);
	rc = c->ops->submit(c, &session, STR("SELECT x"), &q, e);
	if (rc == 0) {
		rc = c->ops->next(q, &b, e);
		*out = *b;
		c->ops->close(q);
	}
	c->ops->free(c);
	stop(&s);
	return rc;
}

static void
test_errors(void)
{
	static const char *const bad[] = { "", "[]", "nonsense", "{}",
		"{\"id\":1}", "{\"id\":\"q\"", "{\"id\":\"q\",\"data\":[[1]]}",
		"{\"id\":\"q\"," COLUMNS "\"data\":[[1]]}",
		"{\"id\":\"q\"," COLUMNS "\"data\":[[1],[2,3,4]]}",
		"{\"id\":\"q\"," COLUMNS "\"data\":[1,2]}",
		"{\"id\":\"q\",\"columns\":[1]}",
		"{\"id\":\"q\",\"columns\":[{\"name\":\"a\"}],\"stats\":{}}",
		"{\"id\":\"q\",\"stats\":{\"rootStage\":{\"subStages\":[[}" };
	struct client_batch b;
	struct err e;
	char *answer = json_answer("", "{\"id\":\"q\",\"stats\":{},\"error\":"
	    "{\"message\":\"line 2:8: Column 'x' cannot be resolved\","
	    "\"errorCode\":47,\"errorName\":\"COLUMN_NOT_FOUND\","
	    "\"errorLocation\":{\"lineNumber\":2,\"columnNumber\":8},"
	    "\"failureInfo\":{\"suppressed\":[],\"stack\":[\"a\"]}}}");

	ok(first_batch(answer, &b, &e) == 0 && b.failed && b.done,
	    "a statement that failed at once");
	is_str(b.error.text, "Column 'x' cannot be resolved", "its message");
	is_int(b.error.code, ERR_COLUMN_NOT_FOUND, "its code");
	ok(b.error.line == 2 && b.error.column == 8, "its place");
	free(answer);
	ok(first_batch("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n"
	    "gone", &b, &e) != 0, "404");
	is_str(e.text, "Error starting query at /v1/statement returned an "
	    "invalid response: 404: gone", "its message");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		answer = json_answer("", bad[i]);
		ok(first_batch(answer, &b, &e) != 0, "no document: %s",
		    bad[i]);
		free(answer);
	}
}

static void
test_deep_stages(void)
{
	struct sbuf json = { 0 };
	struct client_batch b;
	struct err e;
	char *answer;

	sbuf_addz(&json, "{\"id\":\"q\",\"stats\":{\"rootStage\":");
	for (int i = 0; i < 200000; i++)
		sbuf_addz(&json, "{\"subStages\":[");
	for (int i = 0; i < 200000; i++)
		sbuf_addz(&json, "]}");
	sbuf_addz(&json, "}}");
	answer = json_answer("", sbuf_z(&json));
	ok(first_batch(answer, &b, &e) == 0, "very deep stages");
	free(answer);
	sbuf_release(&json);
}

static void
test_cancel(void)
{
	char *first = json_answer("Connection: close\r\n",
	    "{\"id\":\"q1\"," NEXT STATS "}");
	/* The first answer hangs up: one connection at a time is served. */
	struct server s = { .answers = { first, "!HTTP/1.1 204 No Content"
		"\r\n\r\n" } };
	struct http_client_options o = { .server = s.url };
	struct client_session session;
	struct client_query *q;
	struct client *c;
	struct err e;

	start(&s);
	client_session_init(&session);
	c = http_client_new(&o, &e);
	c->ops->submit(c, &session, STR("SELECT 1"), &q, &e);
	c->ops->close(q);
	c->ops->free(c);
	pthread_join(s.thread, NULL);
	s.thread = 0;
	ok(strncmp(sbuf_z(&s.requests[1]), "DELETE /v1/statement/x/1 ", 25) ==
	    0, "closing a query that runs cancels it");
	stop(&s);
	free(first);
}

int
main(void)
{
	test_bodies();
	test_bad_answers();
	test_reconnect();
	test_statement();
	test_errors();
	test_deep_stages();
	test_cancel();
	return tap_done();
}
