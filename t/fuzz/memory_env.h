/* SPDX-License-Identifier: Apache-2.0
 * memory_env.h - an environment with one file, which is a run of bytes: for
 * fuzzers and tests of format readers. */
#ifndef T_FUZZ_MEMORY_ENV_H
#define T_FUZZ_MEMORY_ENV_H

#include "base/env.h"

struct memory_env {
	struct env env;
	const uint8_t *bytes;   /* what every path holds; may be exchanged
				 * between opens */
	size_t n;
};

void memory_env_init(struct memory_env *m);

#endif
