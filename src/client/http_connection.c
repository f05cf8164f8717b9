/* SPDX-License-Identifier: Apache-2.0
 * http_connection.c - requests and answers over one TCP connection. */
#include "client/http_connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/check.h"

enum { TIMEOUT_SECONDS = 60, MAX_HEAD = 1 << 20 };
static const size_t MAX_BODY = (size_t)1 << 30;

struct http_connection {
	char host[256], port[16];
	int fd;                         /* -1: closed */
	struct sbuf in;                 /* received, not yet used */
};

void
http_answer_release(struct http_answer *a)
{
	sbuf_release(&a->head);
	sbuf_release(&a->body);
}

struct http_connection *
http_connection_new(const char *base, struct err *e)
{
	struct http_connection *c = xcalloc(1, sizeof(*c));
	const char *host = base;

	c->fd = -1;
	if (strncmp(base, "http://", 7) == 0)
		host = base + 7;
	else if (strstr(base, "://") != NULL) {
		err_set(e, ERR_CONFIGURATION_INVALID,
		    "--server: only http:// is spoken: %s", base);
		free(c);
		return NULL;
	}
	snprintf(c->port, sizeof(c->port), "8080");
	if (sscanf(host, "[%255[^]]]:%15[0-9]", c->host, c->port) < 1 &&
	    sscanf(host, "%255[^:/]:%15[0-9]", c->host, c->port) < 1) {
		err_set(e, ERR_CONFIGURATION_INVALID,
		    "--server: no host in %s", base);
		free(c);
		return NULL;
	}
	return c;
}

static void
disconnect(struct http_connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	sbuf_clear(&c->in);
}

void
http_connection_free(struct http_connection **cp)
{
	struct http_connection *c = *cp;

	*cp = NULL;
	if (c == NULL)
		return;
	disconnect(c);
	sbuf_release(&c->in);
	free(c);
}

static int
dial(struct http_connection *c, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *at;
	struct timeval limit = { TIMEOUT_SECONDS, 0 };
	int rc = getaddrinfo(c->host, c->port, &hints, &list), one = 1;

	if (rc != 0)
		return err_set(e, ERR_REMOTE_HOST_GONE, "%s:%s: %s", c->host,
		    c->port, gai_strerror(rc));
	for (at = list; at != NULL && c->fd < 0; at = at->ai_next) {
		int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
		    sizeof(limit));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
		    sizeof(limit));
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
			c->fd = fd;
		else
			close(fd);
	}
	freeaddrinfo(list);
	if (c->fd < 0)
		return err_set(e, ERR_REMOTE_HOST_GONE,
		    "Error starting query: cannot connect to %s:%s: %s",
		    c->host, c->port, strerror(errno));
	return 0;
}

static bool
send_all(struct http_connection *c, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

/* Receives something more; false at the end or a failure. */
static bool
more(struct http_connection *c)
{
	char *to = sbuf_reserve(&c->in, 65536);
	ssize_t n;

	do
		n = recv(c->fd, to, 65536, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	c->in.n += (size_t)n;
	return true;
}

static void
consume(struct http_connection *c, size_t n)
{
	memmove(c->in.p, c->in.p + n, c->in.n - n);
	c->in.n -= n;
}

/* A line without its end; NULL: the connection ended. */
static bool
take_line(struct http_connection *c, struct sbuf *line)
{
	ptrdiff_t end;

	sbuf_clear(line);
	while ((end = str_find(sbuf_str(&c->in), '\n', 0)) < 0)
		if (c->in.n > MAX_HEAD || !more(c))
			return false;
	sbuf_add(line, c->in.p, (size_t)end);
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	consume(c, (size_t)end + 1);
	return true;
}

static bool
take_bytes(struct http_connection *c, struct sbuf *to, size_t n)
{
	if (n > MAX_BODY - MIN(to->n, MAX_BODY))
		return false;
	while (n > 0) {
		size_t part = MIN(n, c->in.n);

		if (part == 0) {
			if (!more(c))
				return false;
			continue;
		}
		sbuf_add(to, c->in.p, part);
		consume(c, part);
		n -= part;
	}
	return true;
}

static bool
take_chunks(struct http_connection *c, struct sbuf *to)
{
	struct sbuf line = { 0 };
	bool good = false;

	while (take_line(c, &line)) {
		size_t n = strtoull(sbuf_z(&line), NULL, 16);

		if (n == 0) {
			while ((good = take_line(c, &line)) && line.n > 0)
				;
			break;
		}
		if (!take_bytes(c, to, n) || !take_line(c, &line))
			break;
	}
	sbuf_release(&line);
	return good;
}

/* Reads one answer; false: the connection failed (nothing was received when
 * *any is false). */
static bool
take_answer(struct http_connection *c, bool no_body, struct http_answer *out,
    bool *any)
{
	struct sbuf line = { 0 };
	size_t length = 0;
	bool chunked = false, close_after = false, good;

	*any = false;
	do {
		good = take_line(c, &line);
		*any |= good;
		if (!good || sscanf(sbuf_z(&line), "HTTP/1.%*d %d",
		    &out->status) != 1) {
			sbuf_release(&line);
			return false;
		}
		while ((good = take_line(c, &line)) && line.n > 0) {
			const char *z = sbuf_z(&line);

			sbuf_addf(&out->head, "%s\r\n", z);
			if (strncasecmp(z, "Content-Length:", 15) == 0)
				length = strtoull(z + 15, NULL, 10);
			if (strncasecmp(z, "Transfer-Encoding:", 18) == 0)
				chunked = strcasestr(z, "chunked") != NULL;
			if (strncasecmp(z, "Connection:", 11) == 0)
				close_after = strcasestr(z, "close") != NULL;
		}
	} while (good && out->status == 100);
	sbuf_release(&line);
	if (good && !no_body && out->status != 204)
		good = chunked ? take_chunks(c, &out->body)
		    : take_bytes(c, &out->body, length);
	if (!good || close_after)
		disconnect(c);
	return good;
}

int
http_connection_ask(struct http_connection *c, const char *method,
    const char *path, struct str head, struct str body,
    struct http_answer *out, struct err *e)
{
	struct sbuf b = { 0 };
	bool good = false, any = false;

	sbuf_addf(&b, "%s %s HTTP/1.1\r\nHost: %s:%s\r\n", method, path,
	    c->host, c->port);
	sbuf_adds(&b, head);
	if (body.n > 0 || strcmp(method, "POST") == 0)
		sbuf_addf(&b, "Content-Length: %zu\r\n", body.n);
	sbuf_addz(&b, "\r\n");
	sbuf_adds(&b, body);
	*out = (struct http_answer){ .status = 0 };
	for (int attempt = 0; attempt < 2 && !good && !any; attempt++) {
		bool fresh = c->fd < 0;

		if (fresh && dial(c, e) != 0) {
			sbuf_release(&b);
			return -(int)e->code;
		}
		http_answer_release(out);
		good = send_all(c, sbuf_str(&b)) && take_answer(c,
		    strcmp(method, "HEAD") == 0, out, &any);
		if (!good)
			disconnect(c);
		if (fresh)
			break;
	}
	sbuf_release(&b);
	if (good)
		return 0;
	http_answer_release(out);
	return err_set(e, ERR_REMOTE_HOST_GONE,
	    "%s:%s has closed the connection or does not answer", c->host,
	    c->port);
}

const char *
http_path_of(const char *uri)
{
	const char *host = strstr(uri, "://");

	return host == NULL ? NULL : strchr(host + 3, '/');
}
