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

enum { TIMEOUT_SECONDS = 60, MAX_HEAD = 1 << 20,
	MAX_BODY = 256 << 20 };

struct http_connection {
	char host[256], port[16];
	int fd;                         /* -1: closed */
	bool slow;                      /* the server did not answer in time */
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
	c->slow = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
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
	if (to->n > MAX_BODY || n > MAX_BODY - to->n)
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

/* All until the server closes. */
static bool
take_rest(struct http_connection *c, struct sbuf *to)
{
	do {
		if (!take_bytes(c, to, c->in.n))
			return false;
	} while (more(c));
	return !c->slow;
}

/* A number without a sign; what may follow it is up to the caller. */
static bool
read_size(const char *z, int base, size_t *out)
{
	char *end;

	while (*z == ' ' || *z == '\t')
		z++;
	if (*z == '-' || *z == '+')
		return false;
	*out = strtoull(z, &end, base);
	return end > z && strchr(" \t;", *end) != NULL;
}

static bool
take_chunks(struct http_connection *c, struct sbuf *to)
{
	struct sbuf line = { 0 };
	bool good = false;
	size_t n;

	while (take_line(c, &line) && read_size(sbuf_z(&line), 16, &n)) {
		if (n == 0) {
			while ((good = take_line(c, &line)) && line.n > 0)
				;
			break;
		}
		if (!take_bytes(c, to, n) || !take_line(c, &line) ||
		    line.n > 0)
			break;
	}
	sbuf_release(&line);
	return good;
}

enum body_kind { BODY_TO_END, BODY_LENGTH, BODY_CHUNKED };

struct answer_head {
	enum body_kind kind;
	size_t length;
	bool close;             /* the connection ends after it */
};

static bool
read_field(const char *z, struct answer_head *h)
{
	if (strncasecmp(z, "Content-Length:", 15) == 0) {
		if (h->kind == BODY_TO_END)
			h->kind = BODY_LENGTH;
		return read_size(z + 15, 10, &h->length);
	}
	if (strncasecmp(z, "Transfer-Encoding:", 18) == 0) {
		h->kind = BODY_CHUNKED;
		return strcasestr(z + 18, "chunked") != NULL;
	}
	if (strncasecmp(z, "Connection:", 11) == 0)
		h->close = strcasestr(z + 11, "close") != NULL;
	return true;
}

/* Reads status and fields; an interim answer (100) is stepped over. */
static bool
take_head(struct http_connection *c, struct http_answer *out,
    struct answer_head *h, bool *any)
{
	struct sbuf line = { 0 };
	bool good;
	int minor = 1;

	do {
		*h = (struct answer_head){ .kind = BODY_TO_END };
		sbuf_clear(&out->head);
		good = take_line(c, &line);
		*any |= good;
		good = good && sscanf(sbuf_z(&line), "HTTP/1.%d %d", &minor,
		    &out->status) == 2;
		h->close = minor == 0;
		while (good && (good = take_line(c, &line)) && line.n > 0) {
			good = out->head.n < MAX_HEAD &&
			    read_field(sbuf_z(&line), h);
			sbuf_addf(&out->head, "%s\r\n", sbuf_z(&line));
		}
	} while (good && out->status >= 100 && out->status < 200);
	sbuf_release(&line);
	return good;
}

/* Reads one answer; false: the connection failed (nothing was received when
 * *any is false). */
static bool
take_answer(struct http_connection *c, bool no_body, struct http_answer *out,
    bool *any)
{
	struct answer_head h;
	bool good = take_head(c, out, &h, any);

	if (good && !no_body && out->status != 204 && out->status != 304) {
		if (h.kind == BODY_CHUNKED) {
			good = take_chunks(c, &out->body);
		} else if (h.kind == BODY_LENGTH) {
			good = take_bytes(c, &out->body, h.length);
		} else {
			good = take_rest(c, &out->body);
			h.close = true;
		}
	}
	if (!good || h.close)
		disconnect(c);
	return good;
}

static void
put_request(const struct http_connection *c, struct sbuf *b,
    const char *method, const char *path)
{
	bool brackets = strchr(c->host, ':') != NULL;

	sbuf_addf(b, "%s %s HTTP/1.1\r\nHost: %s%s%s:%s\r\n", method, path,
	    brackets ? "[" : "", c->host, brackets ? "]" : "", c->port);
}

int
http_connection_ask(struct http_connection *c, const char *method,
    const char *path, struct str head, struct str body,
    struct http_answer *out, struct err *e)
{
	struct sbuf b = { 0 };
	bool good = false, any = false;

	put_request(c, &b, method, path);
	sbuf_adds(&b, head);
	if (body.n > 0 || strcmp(method, "POST") == 0)
		sbuf_addf(&b, "Content-Length: %zu\r\n", body.n);
	sbuf_addz(&b, "\r\n");
	sbuf_adds(&b, body);
	*out = (struct http_answer){ .status = 0 };
	c->slow = false;
	/* The server may have closed a connection that was idle: what failed
	 * on it before any answer came is sent once more on a new one. */
	for (bool fresh = false; !good && !any && !fresh && !c->slow;) {
		if (c->in.n > 0)
			disconnect(c);
		fresh = c->fd < 0;
		if (fresh && dial(c, e) != 0) {
			sbuf_release(&b);
			return -(int)e->code;
		}
		http_answer_release(out);
		good = send_all(c, sbuf_str(&b)) && take_answer(c,
		    strcmp(method, "HEAD") == 0, out, &any);
		if (!good)
			disconnect(c);
	}
	sbuf_release(&b);
	if (good)
		return 0;
	http_answer_release(out);
	if (c->slow)
		return err_set(e, ERR_REMOTE_HOST_GONE,
		    "%s:%s has not answered for %d s", c->host, c->port,
		    TIMEOUT_SECONDS);
	return err_set(e, ERR_REMOTE_HOST_GONE,
	    "%s:%s has closed the connection without an answer", c->host,
	    c->port);
}

const char *
http_path_of(const char *uri)
{
	const char *host = strstr(uri, "://");

	return host == NULL ? NULL : strchr(host + 3, '/');
}
