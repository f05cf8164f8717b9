/* SPDX-License-Identifier: Apache-2.0
 * address.h - uuid and ipaddress: 16 bytes in network order, as text. */
#ifndef TYPE_ADDRESS_H
#define TYPE_ADDRESS_H

#include "base/err.h"
#include "base/str.h"

void uuid_print(struct sbuf *to, const unsigned char uuid[16]);
/* INVALID_CAST_ARGUMENT with Trino's two texts. */
int uuid_parse(struct str text, unsigned char uuid[16], struct err *e);

/* IPv4 addresses lie mapped, as ::ffff:a.b.c.d. */
void ipaddress_print(struct sbuf *to, const unsigned char ip[16]);
bool ipaddress_is_v4(const unsigned char ip[16]);
/* False: no address. A scope ("%eth0") of an IPv6 address is dropped. */
bool ipaddress_parse(struct str text, unsigned char ip[16]);

#endif
