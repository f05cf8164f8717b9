/* SPDX-License-Identifier: Apache-2.0
 * conf.h - typed settings: one table says name, type, range, default and
 * meaning; --help, quern.conf(5) and the sample file are made from it.
 *
 * Texts are Java properties as Trino's: NAME=VALUE a line, # and ! comments,
 * values may hold ${ENV:NAME} and ${FILE:PATH}.  The same parser reads
 * catalogs and session properties. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum conf_type {
	CONF_BOOL,              /* true, false */
	CONF_INT,               /* decimal, within min..max */
	CONF_DOUBLE,
	CONF_SIZE,              /* bytes: 64MB, 1.5GB, 100kB, 12B */
	CONF_DURATION,          /* ns: 5s, 10m, 200ms, 1h, 2d, 3us, 9ns */
	CONF_STRING,
	CONF_ENUM,              /* one of choices, case ignored */
};

struct conf_item {
	const char *name;       /* "query.max-memory" */
	enum conf_type type;
	const char *fallback;   /* the default as text; "" may mean unset */
	int64_t min, max;       /* INT, SIZE (bytes), DURATION (ns) */
	const char *choices;    /* ENUM: "NONE|QUERY|TASK" */
	const char *help;       /* one sentence or more, for the man page */
	bool secret;            /* never printed */
};

struct conf_value {
	union {
		bool b;
		int64_t i;      /* INT, SIZE in bytes, DURATION in ns */
		double d;
		const char *s;  /* STRING; ENUM: as spelt in choices */
	};
	const char *text;       /* as given, or the default */
	const char *file;       /* where it was set; NULL: default */
	int line;
};

/* The values of one table, in its order.  Read-only after loading. */
struct conf {
	const struct conf_item *items;
	int n;
	struct conf_value *v;
	struct arena arena;
};

/* All defaults; a default that does not parse is a broken table (CHECK). */
void conf_init(struct conf *c, const struct conf_item *items, int n);
void conf_release(struct conf *c);
/* CONFIGURATION_INVALID with "FILE:LINE: ..." and what is allowed, for a
 * wrong value, an unknown name or a name set twice in one file. */
int conf_set(struct conf *c, struct str name, struct str value,
    const char *file, int line, struct err *e);
int conf_load(struct conf *c, const char *file, struct err *e);
int conf_load_text(struct conf *c, struct str text, const char *file,
    struct err *e);

/* The setting must exist in the table with that type. */
const struct conf_value *conf_get(const struct conf *c, const char *name);
bool conf_bool(const struct conf *c, const char *name);
int64_t conf_int(const struct conf *c, const char *name);
double conf_double(const struct conf *c, const char *name);
const char *conf_string(const struct conf *c, const char *name);

/* Reads one value of the item's type into *out (strings into the arena).
 * what is allowed stands in the error's text. */
int conf_parse(const struct conf_item *item, struct str text,
    struct arena *a, struct conf_value *out, struct err *e);
/* Walks the NAME=VALUE lines of a properties text after substitution of
 * ${ENV:..} and ${FILE:..}; each() answers 0 or a negative code. */
int conf_each(struct str text, const char *file,
    int (*each)(void *arg, struct str name, struct str value, int line,
	struct err *e), void *arg, struct err *e);

/* "64MB" and the like, for messages: Trino's DataSize and Duration texts. */
void conf_print_size(struct sbuf *to, uint64_t bytes);  /* "12.34kB" */
void conf_print_duration(struct sbuf *to, int64_t ns);  /* "1.23ms" */

#endif
