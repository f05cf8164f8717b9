/* SPDX-License-Identifier: Apache-2.0
 * kinds.h - the connectors that are built in. */
#ifndef CONN_KINDS_H
#define CONN_KINDS_H

#include "conn/conn.h"

extern const struct conn_kind conn_tpch;
extern const struct conn_kind conn_memory;
extern const struct conn_kind conn_blackhole;
extern const struct conn_kind conn_system;
extern const struct conn_kind conn_file;

#endif
