/* SPDX-License-Identifier: Apache-2.0
 * catalog.c - the set of catalogs of a node, and the property files that
 * define them. */
#include "conn/catalog.h"

#include <stdlib.h>

#include "base/check.h"

struct catalog_set {
	pthread_mutex_t lock;
	struct map map;         /* name -> struct catalog */
};

struct catalog_set *
catalog_set_new(void)
{
	struct catalog_set *s = xcalloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	map_init(&s->map);
	return s;
}

void
catalog_set_free(struct catalog_set **sp)
{
	struct catalog_set *s = *sp;
	struct map_entry *entry;
	uint32_t at = 0;

	*sp = NULL;
	if (s == NULL)
		return;
	while ((entry = map_next(&s->map, &at)) != NULL) {
		struct catalog *c = entry->value;

		catalog_drop(&c);
	}
	map_release(&s->map);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int
catalog_set_add(struct catalog_set *s, const char *name, struct conn *conn,
    const char *properties, struct err *e)
{
	struct catalog *c = xcalloc(1, sizeof(*c));
	bool taken;

	atomic_init(&c->refs, 1);
	c->name = xstrdup(name);
	c->conn = conn;
	c->properties = xstrdup(properties == NULL ? "" : properties);
	pthread_mutex_lock(&s->lock);
	taken = map_get(&s->map, str_of(name)) != NULL;
	if (!taken)
		map_put(&s->map, str_of(name), c);
	pthread_mutex_unlock(&s->lock);
	if (!taken)
		return 0;
	c->conn = NULL; /* stays the caller's */
	catalog_drop(&c);
	return err_set(e, ERR_ALREADY_EXISTS, "Catalog '%s' already exists",
	    name);
}

int
catalog_set_drop(struct catalog_set *s, const char *name, struct err *e)
{
	struct catalog *c;

	pthread_mutex_lock(&s->lock);
	c = map_del(&s->map, str_of(name));
	pthread_mutex_unlock(&s->lock);
	if (c == NULL)
		return err_set(e, ERR_CATALOG_NOT_FOUND,
		    "Catalog '%s' not found", name);
	catalog_drop(&c);
	return 0;
}

/* A set is changed by none who holds it const, but its lock must be. */
static pthread_mutex_t *
set_lock(const struct catalog_set *s)
{
	return (pthread_mutex_t *)(uintptr_t)&s->lock;
}

struct catalog *
catalog_get(const struct catalog_set *s, const char *name)
{
	struct catalog *c;

	pthread_mutex_lock(set_lock(s));
	c = map_get(&s->map, str_of(name));
	if (c != NULL)
		atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	pthread_mutex_unlock(set_lock(s));
	return c;
}

void
catalog_drop(struct catalog **cp)
{
	struct catalog *c = *cp;

	*cp = NULL;
	if (c == NULL || atomic_fetch_sub_explicit(&c->refs, 1,
	    memory_order_acq_rel) != 1)
		return;
	conn_close(&c->conn);
	free(c->name);
	free(c->properties);
	free(c);
}

static int
by_name(const void *a, const void *b)
{
	const struct catalog *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

int
catalog_list(const struct catalog_set *s, struct arena *a,
    struct catalog ***out)
{
	struct map_entry *entry;
	uint32_t at = 0;
	int n = 0;

	pthread_mutex_lock(set_lock(s));
	*out = arena_array(a, struct catalog *, s->map.live + 1);
	while ((entry = map_next(&s->map, &at)) != NULL) {
		struct catalog *c = entry->value;

		atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
		(*out)[n++] = c;
	}
	pthread_mutex_unlock(set_lock(s));
	if (n > 1)
		qsort(*out, (size_t)n, sizeof(**out), by_name);
	return n;
}

/* --- files ---------------------------------------------------------------- */

enum { FILE_MAX = 1 << 20 };

static int
add_one(struct catalog_set *s, const struct conn_kind *kind, const char *name,
    struct str text, const char *file, const struct conn_world *world,
    struct err *e)
{
	struct conn *conn;
	char *copy;
	int rc = conn_open(kind, name, text, file, world, &conn, e);

	if (rc != 0)
		return rc;
	copy = xstrndup(text.p == NULL ? "" : text.p, text.n);
	rc = catalog_set_add(s, name, conn, copy, e);
	free(copy);
	if (rc != 0) {
		conn_close(&conn);
		err_wrap(e, "%s", file);
	}
	return rc;
}

struct find_name {
	struct sbuf name;
	int line;
};

static int
find_connector(void *arg, struct str name, struct str value, int line,
    struct err *e)
{
	struct find_name *f = arg;

	if (!str_eq(name, STR("connector.name")))
		return 0;
	sbuf_clear(&f->name);
	sbuf_adds(&f->name, value);
	f->line = line;
	return 0;
}

static int
add_text(struct catalog_set *s, const char *name, struct str text,
    const char *file, const struct conn_world *world, struct err *e)
{
	struct find_name f = { .line = 0 };
	const struct conn_kind *kind = NULL;
	struct sbuf known = { 0 };
	int rc = conf_each(text, file, find_connector, &f, e);

	if (rc != 0) {
		sbuf_release(&f.name);
		return rc;
	}
	if (f.line == 0) {
		rc = err_set(e, ERR_CONFIGURATION_INVALID,
		    "%s: connector.name is not set", file);
	} else if ((kind = conn_kind_find(sbuf_z(&f.name))) == NULL) {
		for (int i = 0; conn_kinds[i] != NULL; i++)
			sbuf_addf(&known, "%s%s", i == 0 ? "" : ", ",
			    conn_kinds[i]->name);
		rc = err_set(e, ERR_CONFIGURATION_INVALID, "%s:%d: "
		    "No factory for connector '%s'. Available factories: "
		    "[%s]", file, f.line, sbuf_z(&f.name), sbuf_z(&known));
	} else {
		/* A file takes the place of a default of its name. */
		(void)catalog_set_drop(s, name, NULL);
		rc = add_one(s, kind, name, text, file, world, e);
	}
	sbuf_release(&known);
	sbuf_release(&f.name);
	return rc;
}

static int
read_text(struct env *env, const char *path, struct sbuf *text,
    struct err *e)
{
	struct env_file *f;
	struct env_stat st;
	size_t got = 0;
	int rc = env->ops->open_read(env, path, &f, e);

	if (rc != 0)
		return rc;
	rc = env->ops->fstat(env, f, &st, e);
	if (rc == 0 && st.size > FILE_MAX)
		rc = err_set(e, ERR_CONFIGURATION_INVALID,
		    "%s: is too large for a catalog", path);
	if (rc == 0) {
		char *p = sbuf_reserve(text, (size_t)st.size);

		rc = env->ops->pread(env, f, p, (size_t)st.size, 0, &got, e);
		text->n += got;
	}
	env->ops->close(env, f);
	return rc;
}

struct file_list {
	struct arena *a;
	char **v;
	int n, cap;
};

static int
note_file(void *arg, const char *name)
{
	struct file_list *l = arg;
	struct str s = str_of(name);

	if (s.n > 11 && name[0] != '.' && str_ends(s, STR(".properties")))
		arena_push(l->a, l, arena_strdup(l->a, name));
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
load_dir(struct catalog_set *s, const char *dir,
    const struct conn_world *world, struct err *e)
{
	struct sbuf path = { 0 }, text = { 0 };
	struct file_list l = { 0 };
	struct arena a;
	int rc;

	arena_init(&a);
	l.a = &a;
	rc = world->env->ops->list(world->env, dir, note_file, &l, e);
	if (rc == 0 && l.n > 1)
		qsort(l.v, (size_t)l.n, sizeof(*l.v), by_text);
	for (int i = 0; rc == 0 && i < l.n; i++) {
		char *name = arena_strndup(&a, l.v[i],
		    strlen(l.v[i]) - strlen(".properties"));

		for (char *c = name; *c != '\0'; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c += 'a' - 'A';
		sbuf_clear(&path);
		sbuf_clear(&text);
		sbuf_addf(&path, "%s/%s", dir, l.v[i]);
		rc = read_text(world->env, sbuf_z(&path), &text, e);
		if (rc == 0)
			rc = add_text(s, name, sbuf_str(&text), sbuf_z(&path),
			    world, e);
	}
	sbuf_release(&path);
	sbuf_release(&text);
	arena_release(&a);
	return rc;
}

int
catalog_load(struct catalog_set *s, const char *dir,
    const struct conn_world *world, struct err *e)
{
	int rc = 0;

	for (int i = 0; rc == 0 && conn_kinds[i] != NULL; i++)
		rc = add_one(s, conn_kinds[i], conn_kinds[i]->name,
		    (struct str){ 0 }, "built in", world, e);
	if (rc == 0 && dir != NULL)
		rc = load_dir(s, dir, world, e);
	return rc;
}
