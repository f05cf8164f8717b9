/* SPDX-License-Identifier: Apache-2.0
 * address.c - uuid and ipaddress texts. */
#include "type/address.h"

#include <arpa/inet.h>

#include "base/check.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

static bool
is_dash(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

void
uuid_print(struct sbuf *to, const unsigned char uuid[16])
{
	static const char hex[] = "0123456789abcdef";
	char *p = sbuf_reserve(to, 36);
	size_t i;

	for (i = 0; i < 36; i++) {
		if (is_dash(i)) {
			*p++ = '-';
			continue;
		}
		*p++ = hex[*uuid >> 4];
		*p++ = hex[*uuid++ & 15];
		i++;
	}
	to->n += 36;
}

/* Five groups of hexadecimal digits, whatever their lengths. */
static bool
looks_like_uuid(struct str s)
{
	int groups = 1, digits = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '-') {
			if (digits == 0)
				return false;
			groups++;
			digits = 0;
		} else if (hex_digit(s.p[i]) < 0 || ++digits > 16) {
			return false;
		}
	}
	return groups == 5 && digits > 0 && s.n < 36;
}

int
uuid_parse(struct str text, unsigned char uuid[16], struct err *e)
{
	size_t i;
	int n = 0;

	if (looks_like_uuid(text))
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Invalid UUID string length: %zu", text.n);
	for (i = 0; i < text.n && text.n == 36; i++) {
		int d = hex_digit(text.p[i]);

		if (is_dash(i) ? text.p[i] != '-' : d < 0)
			break;
		if (is_dash(i))
			continue;
		if (n % 2 == 0)
			uuid[n / 2] = (unsigned char)(d << 4);
		else
			uuid[n / 2] = (unsigned char)(uuid[n / 2] | d);
		n++;
	}
	if (n != 32)
		return err_set(e, ERR_INVALID_CAST_ARGUMENT,
		    "Cannot cast value to UUID: %.*s", STR_ARG(text));
	return 0;
}

bool
ipaddress_is_v4(const unsigned char ip[16])
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(ip, prefix, sizeof(prefix)) == 0;
}

void
ipaddress_print(struct sbuf *to, const unsigned char ip[16])
{
	int i, best = -1, length = 1, run = 0;
	unsigned part[8];

	if (ipaddress_is_v4(ip)) {
		sbuf_addf(to, "%u.%u.%u.%u", ip[12], ip[13], ip[14], ip[15]);
		return;
	}
	/* The longest run of two or more zeros, the first of equals. */
	for (i = 0; i < 8; i++) {
		part[i] = (unsigned)ip[2 * i] << 8 | ip[2 * i + 1];
		run = part[i] == 0 ? run + 1 : 0;
		if (run > length) {
			length = run;
			best = i - run + 1;
		}
	}
	for (i = 0; i < 8; i++) {
		if (i == best) {
			sbuf_addz(to, "::");
			i += length - 1;
			continue;
		}
		if (i > 0 && i != best + length)
			sbuf_addc(to, ':');
		sbuf_addf(to, "%x", part[i]);
	}
}

bool
ipaddress_parse(struct str text, unsigned char ip[16])
{
	ptrdiff_t scope = str_find(text, '%', 0);
	bool v6 = str_find(text, ':', 0) >= 0;
	char copy[64];

	if (v6 && scope >= 0)
		text.n = (size_t)scope;
	if (text.n >= sizeof(copy) || str_find(text, '\0', 0) >= 0)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (v6)
		return inet_pton(AF_INET6, copy, ip) == 1;
	memset(ip, 0, 10);
	ip[10] = ip[11] = 0xff;
	return inet_pton(AF_INET, copy, ip + 12) == 1;
}
