/* SPDX-License-Identifier: Apache-2.0
 * server.c - libmicrohttpd without threads of its own: its epoll descriptor
 * in a loop's poll, its time-outs in a loop's timer.
 *
 * It is run from the timer at least every 250 ms, because after its
 * connection limit was hit it accepts again only when run. */
#include "http/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/log.h"
#include "http/server_priv.h"

enum {
	MAX_BODY = 16 << 20, CONNECTIONS = 4096, RUN_AGAIN_MS = 250,
	HEADER_MEMORY = 512 << 10, IDLE_SECONDS = 10,
};

static void
run_daemon(struct http_server *s)
{
	MHD_UNSIGNED_LONG_LONG ms = RUN_AGAIN_MS;

	if (s->running)
		return;
	s->running = true;
	do {
		s->again = false;
		MHD_run(s->daemon);
	} while (s->again);
	s->running = false;
	if (MHD_get_timeout(s->daemon, &ms) != MHD_YES || ms > RUN_AGAIN_MS)
		ms = RUN_AGAIN_MS;
	loop_timer_arm(s->timer, (int64_t)ms * 1000000);
}

static void
on_poll(void *arg, int events)
{
	run_daemon(arg);
}

static void
on_timer(void *arg)
{
	run_daemon(arg);
}

/* --- one request ------------------------------------------------------------- */

/* Two lengths, or a length and chunks, are how requests are smuggled. */
struct length_count {
	int lengths, encodings;
};

static enum MHD_Result
count_length(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct length_count *c = cls;

	c->lengths += strcasecmp(key, "Content-Length") == 0;
	c->encodings += strcasecmp(key, "Transfer-Encoding") == 0;
	return MHD_YES;
}

static struct exchange_state *
exchange_new_state(struct http_server *s, struct MHD_Connection *c,
    const char *url, const char *method)
{
	struct exchange_state *x = xcalloc(1, sizeof(*x));
	const union MHD_ConnectionInfo *info;
	struct length_count count = { 0 };

	x->server = s;
	x->connection = c;
	x->request.method = x->method;
	snprintf(x->method, sizeof(x->method), "%s", method);
	x->path = xstrdup(url);
	x->request.path = x->path;
	x->request.priv = x;
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info != NULL && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)
		    (const void *)info->client_addr)->sin_addr, x->remote,
		    sizeof(x->remote));
	x->request.remote = x->remote;
	MHD_get_connection_values(c, MHD_HEADER_KIND, count_length, &count);
	x->smuggled = count.lengths > 1 ||
	    (count.lengths > 0 && count.encodings > 0);
	return x;
}

static enum MHD_Result
queue_response(struct exchange_state *x)
{
	struct MHD_Response *r;
	enum MHD_Result rc;

	r = MHD_create_response_from_buffer(x->size, x->reply == NULL ? ""
	    : (void *)x->reply, MHD_RESPMEM_MUST_FREE * (x->reply != NULL));
	x->reply = NULL;
	CHECK(r != NULL);
	for (int i = 0; i < x->n_fields; i++)
		MHD_add_response_header(r, x->fields[i].name,
		    x->fields[i].value);
	rc = MHD_queue_response(x->connection, (unsigned)x->status, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result
on_access(void *cls, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **state)
{
	struct http_server *s = cls;
	struct exchange_state *x = *state;

	if (x == NULL) {
		*state = exchange_new_state(s, c, url, method);
		return MHD_YES;
	}
	if (x->answered)
		return queue_response(x);
	if (*size > 0) {
		if (x->body.n + *size > s->options.max_body)
			x->too_large = true;
		else
			sbuf_add(&x->body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (x->handled)
		return MHD_YES;
	x->handled = true;
	x->request.body = sbuf_str(&x->body);
	x->in_handler = true;
	if (x->smuggled)
		http_respond_text(&x->request, 400,
		    "Bad Request: more than one message length");
	else if (x->too_large)
		http_respond_text(&x->request, 413, "Request body of more "
		    "than %zu bytes", s->options.max_body);
	else
		s->options.handle(s->options.arg, &x->request);
	x->in_handler = false;
	if (x->answered)
		return queue_response(x);
	x->suspended = true;
	MHD_suspend_connection(c);
	return MHD_YES;
}

static void
free_exchange(struct exchange_state *x)
{
	for (int i = 0; i < x->n_fields; i++) {
		free(x->fields[i].name);
		free(x->fields[i].value);
	}
	while (x->kept != NULL) {
		struct kept *k = x->kept;

		x->kept = k->next;
		free(k);
	}
	free(x->fields);
	free(x->reply);
	free(x->path);
	sbuf_release(&x->joined);
	sbuf_release(&x->base);
	sbuf_release(&x->body);
	free(x);
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct exchange_state *x = *state;

	*state = NULL;
	if (x == NULL)
		return;
	if (x->handled && !x->answered &&
	    x->server->options.abandoned != NULL)
		x->server->options.abandoned(x->server->options.arg,
		    &x->request);
	free_exchange(x);
}

/* --- what handlers ask -------------------------------------------------------- */

/* A copy that lives as long as the request. */
static const char *
keep(struct exchange_state *x, struct str s)
{
	struct kept *k = xmalloc(sizeof(*k) + s.n + 1);

	if (s.n > 0)
		memcpy(k->text, s.p, s.n);
	k->text[s.n] = '\0';
	k->next = x->kept;
	x->kept = k;
	return k->text;
}

struct join {
	struct exchange_state *x;
	const char *name;
	bool found;
};

static enum MHD_Result
join_value(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct join *j = cls;

	if (strcasecmp(key, j->name) != 0)
		return MHD_YES;
	if (j->found)
		sbuf_addc(&j->x->joined, ',');
	j->found = true;
	sbuf_addz(&j->x->joined, value == NULL ? "" : value);
	return MHD_YES;
}

const char *
http_header(const struct http_request *r, const char *name)
{
	struct exchange_state *x = r->priv;
	struct join j = { x, name, false };

	sbuf_clear(&x->joined);
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, join_value,
	    &j);
	if (!j.found)
		return NULL;
	return keep(x, sbuf_str(&x->joined));
}

const char *
http_query(const struct http_request *r, const char *name)
{
	struct exchange_state *x = r->priv;

	return MHD_lookup_connection_value(x->connection,
	    MHD_GET_ARGUMENT_KIND, name);
}

const char *
http_base_uri(const struct http_request *r)
{
	struct exchange_state *x = r->priv;
	const struct http_options *o = &x->server->options;
	const char *host = http_header(r, "Host"), *proto = NULL, *port = NULL;

	if (o->process_forwarded) {
		const char *forwarded = http_header(r, "X-Forwarded-Host");

		proto = http_header(r, "X-Forwarded-Proto");
		port = http_header(r, "X-Forwarded-Port");
		if (forwarded != NULL)
			host = forwarded;
	}
	if (proto == NULL)
		proto = o->tls_cert != NULL ? "https" : "http";
	sbuf_clear(&x->base);
	sbuf_addf(&x->base, "%s://", proto);
	if (host == NULL)
		sbuf_addf(&x->base, "%s:%d", o->address, x->server->port);
	else
		sbuf_addz(&x->base, host);
	if (port != NULL && host != NULL && strchr(host, ':') == NULL)
		sbuf_addf(&x->base, ":%s", port);
	return sbuf_z(&x->base);
}

static void
add_field(struct exchange_state *x, const char *name, const char *value)
{
	x->fields = xrealloc(x->fields, (size_t)(x->n_fields + 1) *
	    sizeof(*x->fields));
	x->fields[x->n_fields].name = xstrdup(name);
	x->fields[x->n_fields].value = xstrdup(value);
	x->n_fields++;
}

static void
keep_response(struct exchange_state *x, const struct http_response *with)
{
	CHECK(!x->answered);
	x->status = with->status;
	x->reply = with->body;
	x->size = with->body == NULL ? 0 : with->size;
	if (x->size > 0 || with->content_type != NULL)
		add_field(x, "Content-Type", with->content_type != NULL
		    ? with->content_type : "text/plain;charset=utf-8");
	for (int i = 0; i < with->n_headers; i++)
		add_field(x, with->headers[i].name, with->headers[i].value);
	x->answered = true;
}

void
http_respond(struct http_request *r, const struct http_response *with)
{
	struct exchange_state *x = r->priv;

	keep_response(x, with);
	if (x->in_handler)
		return;
	CHECK(x->suspended);
	x->suspended = false;
	MHD_resume_connection(x->connection);
	if (x->server->running)
		x->server->again = true;
	else
		run_daemon(x->server);
}

void
http_respond_text(struct http_request *r, int status, const char *fmt, ...)
{
	struct sbuf b = { 0 };
	struct http_response with = { .status = status };
	va_list ap;

	va_start(ap, fmt);
	sbuf_vaddf(&b, fmt, ap);
	va_end(ap);
	with.size = b.n;
	with.body = sbuf_take(&b);
	http_respond(r, &with);
}

/* --- life ----------------------------------------------------------------------- */

static void
quiet(void *cls, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, ap);
	log_debug("http", "%s", text);
}

static int
bind_address(struct sockaddr_in *to, const struct http_options *o,
    struct err *e)
{
	*to = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)o->port) };
	if (inet_pton(AF_INET, o->address, &to->sin_addr) != 1)
		return err_set(e, ERR_CONFIGURATION_INVALID,
		    "http-server: '%s' is no IPv4 address", o->address);
	return 0;
}

struct http_server *
http_server_new(struct loop *on, const struct http_options *options,
    struct err *e)
{
	struct http_server *s = xcalloc(1, sizeof(*s));
	const union MHD_DaemonInfo *info;
	struct sockaddr_in address;
	unsigned flags = MHD_USE_EPOLL | MHD_USE_ITC |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

	s->options = *options;
	if (s->options.max_body == 0)
		s->options.max_body = MAX_BODY;
	if (s->options.max_connections == 0)
		s->options.max_connections = CONNECTIONS;
	if (bind_address(&address, options, e) != 0) {
		free(s);
		return NULL;
	}
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_access, s,
	    MHD_OPTION_EXTERNAL_LOGGER, quiet, s,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->options.max_connections,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MEMORY,
	    MHD_OPTION_END);
	if (s->daemon == NULL) {
		err_set(e, ERR_CONFIGURATION_UNAVAILABLE,
		    "http-server.http.port: cannot listen on %s:%d",
		    options->address, options->port);
		free(s);
		return NULL;
	}
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	s->port = info == NULL ? options->port : info->port;
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	CHECK(info != NULL);
	s->timer = loop_timer_new(on, on_timer, s);
	s->poll = loop_poll(on, info->listen_fd, LOOP_READ, on_poll, s, e);
	if (s->poll == NULL) {
		http_server_close(&s);
		return NULL;
	}
	run_daemon(s);
	return s;
}

int
http_server_port(const struct http_server *s)
{
	return s->port;
}

void
http_server_close(struct http_server **sp)
{
	struct http_server *s = *sp;

	*sp = NULL;
	if (s == NULL)
		return;
	if (s->poll != NULL)
		loop_poll_close(&s->poll);
	loop_timer_free(&s->timer);
	s->running = true;
	MHD_stop_daemon(s->daemon);
	free(s);
}
