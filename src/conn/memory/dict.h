/* SPDX-License-Identifier: Apache-2.0
 * dict.h - the dictionary of a string column: one a table, column and node,
 * growing while rows are written, so that codes mean the same in all of its
 * segments.
 *
 * Any number of writers: entries never move or change, so they are read
 * without a lock once their code is known. */
#ifndef CONN_MEMORY_DICT_H
#define CONN_MEMORY_DICT_H

#include <pthread.h>

#include "page/vec.h"

/* Chunk k has DICT_CHUNK << k entries. */
enum { DICT_CHUNK = 64, DICT_CHUNKS = 11, DICT_MAX = 65536 };

struct dict;                    /* counted, any thread */

/* Entries are charged to the account.  type must outlive the dictionary and
 * all vectors of it. */
struct dict *dict_new(const struct type *type, struct mem_account *account);
struct dict *dict_ref(struct dict *d);
void dict_drop(struct dict **d);
uint32_t dict_size(const struct dict *d);
/* No more entries: the column has too many different values. */
void dict_close(struct dict *d);
bool dict_closed(const struct dict *d);
/* The text of a code that was seen by this thread. */
const struct strview *dict_at(const struct dict *d, uint32_t code);
/* All entries as a vector, its reference for the caller, and its identity;
 * both change when entries came since. */
struct vec *dict_vec(struct dict *d, uint64_t *id, struct err *e);

/* A writer's own index of a dictionary; one thread. */
struct dict_writer {
	struct dict *dict;
	uint32_t *slots;        /* 1 + code; 0: empty */
	uint32_t *hashes;       /* of the slots */
	uint32_t cap, n;
};

void dict_writer_init(struct dict_writer *w, struct dict *d);
void dict_writer_release(struct dict_writer *w);
/* The code of a text, made when it is new.  1: *code is set; 0: the
 * dictionary is closed; negative: memory refused. */
int dict_code(struct dict_writer *w, struct str s, uint32_t *code,
    struct err *e);

#endif
