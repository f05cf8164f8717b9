/* SPDX-License-Identifier: Apache-2.0
 * http_session.c - X-Trino-* request headers. */
#include "actors/http_session.h"

#include <stdlib.h>
#include <zstd.h>

#include "actors/http_slug.h"
#include "base/check.h"

enum { PREPARED_MAX = 16 << 20 };

static bool
bad_header(struct http_request *r, const char *name)
{
	http_respond_text(r, 400, "Error 400 Bad Request: Invalid %s header",
	    name);
	return false;
}

static void
set_trimmed(char **field, const char *value)
{
	struct str s;

	if (value == NULL)
		return;
	s = str_trim(str_of(value));
	if (s.n == 0)
		return;
	free(*field);
	*field = xstrndup(s.p, s.n);
}

static int
base64url(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' || c == '+' ? 62 : c == '_' || c == '/' ? 63 : -1;
}

/* "$zstd:" and base64url of a zstd frame that says its size. */
static bool
inflate(struct sbuf *value)
{
	static const char mark[] = "$zstd:";
	struct sbuf packed = { 0 }, plain = { 0 };
	unsigned long long size;
	uint32_t bits = 0;
	int have = 0;
	bool good = false;

	if (!str_starts(sbuf_str(value), str_of(mark)))
		return true;
	for (size_t i = sizeof(mark) - 1; i < value->n; i++) {
		int v = base64url(value->p[i]);

		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			sbuf_addc(&packed, (char)(bits >> have));
		}
	}
	size = ZSTD_getFrameContentSize(packed.p, packed.n);
	if (packed.n > 0 && size <= PREPARED_MAX) {
		char *to = sbuf_reserve(&plain, (size_t)size);

		if (ZSTD_decompress(to, (size_t)size, packed.p, packed.n) ==
		    size) {
			plain.n = (size_t)size;
			good = true;
		}
	}
	sbuf_release(&packed);
	sbuf_release(value);
	*value = plain;
	return good;
}

/* NAME=ENCODED,... */
static bool
read_pairs(struct http_request *r, const char *header,
    struct client_pairs *to, bool encoded_name)
{
	const char *text = http_header(r, header);
	struct str rest = str_of(text == NULL ? "" : text);
	bool good = true;

	while (rest.n > 0 && good) {
		ptrdiff_t comma = str_find(rest, ',', 0), equals;
		size_t n = comma < 0 ? rest.n : (size_t)comma;
		struct str item = str_trim((struct str){ rest.p, n }), name;
		struct sbuf key = { 0 }, value = { 0 };

		n += comma >= 0;
		rest.p += n;
		rest.n -= n;
		if (item.n == 0)
			continue;
		equals = str_find(item, '=', 0);
		if (equals < 0)
			return bad_header(r, header);
		name = str_trim((struct str){ item.p, (size_t)equals });
		if (encoded_name)
			http_form_decode(&key, name);
		else
			sbuf_adds(&key, name);
		http_form_decode(&value, str_trim((struct str){ item.p +
		    equals + 1, item.n - (size_t)equals - 1 }));
		good = inflate(&value);
		if (good)
			client_pairs_put(to, sbuf_z(&key), sbuf_z(&value));
		sbuf_release(&key);
		sbuf_release(&value);
	}
	return good || bad_header(r, header);
}

static bool
is_uuid(const char *z)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(form); i++) {
		if (form[i] == 'x' ? strchr("0123456789abcdefABCDEF", z[i]) ==
		    NULL || z[i] == '\0' : z[i] != form[i])
			return false;
	}
	return true;
}

/* Basic authentication's user, where nothing checks passwords. */
static void
read_user(struct http_request *r, struct client_session *s)
{
	set_trimmed(&s->user, http_header(r, "X-Trino-User"));
	if (s->user == NULL)
		set_trimmed(&s->user, http_header(r,
		    "X-Trino-Original-User"));
}

bool
http_session_read(struct http_request *r, struct client_session *s)
{
	const char *transaction = http_header(r, "X-Trino-Transaction-Id");

	read_user(r, s);
	if (s->user == NULL) {
		static const struct http_field challenge = {
			"WWW-Authenticate", "Basic realm=\"Trino\"" };
		static const char text[] = "Basic authentication or "
		    "X-Trino-Original-User or X-Trino-User must be sent";
		struct http_response with = { 401, NULL, 1, &challenge,
			xstrdup(text), sizeof(text) - 1 };

		http_respond(r, &with);
		return false;
	}
	set_trimmed(&s->source, http_header(r, "X-Trino-Source"));
	set_trimmed(&s->catalog, http_header(r, "X-Trino-Catalog"));
	set_trimmed(&s->schema, http_header(r, "X-Trino-Schema"));
	set_trimmed(&s->path, http_header(r, "X-Trino-Path"));
	set_trimmed(&s->time_zone, http_header(r, "X-Trino-Time-Zone"));
	set_trimmed(&s->language, http_header(r, "X-Trino-Language"));
	set_trimmed(&s->client_info, http_header(r, "X-Trino-Client-Info"));
	set_trimmed(&s->client_tags, http_header(r, "X-Trino-Client-Tags"));
	set_trimmed(&s->trace_token, http_header(r, "X-Trino-Trace-Token"));
	if (s->schema != NULL && s->catalog == NULL) {
		http_respond_text(r, 400, "Error 400 Bad Request: Schema is "
		    "set but catalog is not");
		return false;
	}
	if (transaction != NULL && *transaction != '\0' &&
	    strcasecmp(transaction, "NONE") != 0) {
		if (!is_uuid(transaction)) {
			http_respond_text(r, 400, "Error 400 Bad Request: "
			    "Invalid UUID string: %.100s", transaction);
			return false;
		}
		client_session_set(&s->transaction, transaction);
	}
	return read_pairs(r, "X-Trino-Session", &s->properties, false) &&
	    read_pairs(r, "X-Trino-Prepared-Statement", &s->prepared, true) &&
	    read_pairs(r, "X-Trino-Role", &s->roles, false);
}
