/* SPDX-License-Identifier: Apache-2.0
 * system_tables.h - what system.runtime tells of queries, tasks and nodes:
 * the registry as the system connector asks it. */
#ifndef ACTORS_SYSTEM_TABLES_H
#define ACTORS_SYSTEM_TABLES_H

#include "actors/server.h"

struct system_info;

struct system_info *system_tables_new(struct server *s);
void system_tables_free(struct system_info **t);

#endif
