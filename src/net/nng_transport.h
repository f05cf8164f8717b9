/* SPDX-License-Identifier: Apache-2.0
 * nng_transport.h - rt/transport.h over nng: REQ contexts for what we ask, a
 * raw REP socket for each address we listen on.
 *
 * nng's threads start with the first listen or ask, not before: an embedded
 * engine never calls either.  Nothing is resent; a broken pipe or a refused
 * connection ends the requests on it at once.  With a secret every frame
 * carries an HMAC-SHA256 over its bytes and a time stamp; frames without a
 * right one are dropped unanswered. */
#ifndef NET_NNG_TRANSPORT_H
#define NET_NNG_TRANSPORT_H

#include "rt/transport.h"

struct nng_options {
	/* cluster.internal-communication.shared-secret; n 0: frames are not
	 * authenticated.  Copied. */
	struct str secret;
	size_t max_reply;       /* bytes of a reply accepted; 0: 64 MiB */
	int64_t connect_ns;     /* how long a peer may be unreachable before
				 * requests to it fail; 0: 1 s */
};

struct transport *nng_transport_new(struct rt *rt,
    const struct nng_options *options);

#endif
