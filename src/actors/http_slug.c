/* SPDX-License-Identifier: Apache-2.0
 * http_slug.c - MACs of tokens; form encoding. */
#include "actors/http_slug.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

void
http_slug(const unsigned char *key, int context, int64_t token, char *out)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	char text[48];
	unsigned n = 0;
	int size = snprintf(text, sizeof(text), "%d:%lld", context,
	    (long long)token);

	HMAC(EVP_sha1(), key, 16, (unsigned char *)text, (size_t)size, mac,
	    &n);
	*out++ = 'y';
	for (unsigned i = 0; i < 20; i++)
		out += sprintf(out, "%02x", i < n ? mac[i] : 0);
}

void
http_form_encode(struct sbuf *to, const char *z)
{
	for (; *z != '\0'; z++) {
		unsigned char c = (unsigned char)*z;

		if (isalnum(c) || c == '-' || c == '_' || c == '.' ||
		    c == '*')
			sbuf_addc(to, *z);
		else if (c == ' ')
			sbuf_addc(to, '+');
		else
			sbuf_addf(to, "%%%02X", c);
	}
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
http_form_decode(struct sbuf *to, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '+') {
			sbuf_addc(to, ' ');
		} else if (s.p[i] == '%' && i + 2 < s.n &&
		    hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			sbuf_addc(to, (char)(hex(s.p[i + 1]) << 4 |
			    hex(s.p[i + 2])));
			i += 2;
		} else {
			sbuf_addc(to, s.p[i]);
		}
	}
}
