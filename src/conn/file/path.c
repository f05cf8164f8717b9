/* SPDX-License-Identifier: Apache-2.0
 * path.c - from a name in SQL to files: patterns component by component,
 * directories walked, nothing outside the base path when confined. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "conn/file/file.h"

enum { MAX_FILES = 1000000, MAX_DEPTH = 64 };

struct walk {
	struct file_conn *c;
	struct env *env;
	struct arena *a;
	struct file_list *out;
	size_t fixed;           /* bytes of the path that the pattern fixes */
	struct err *e;
	int depth;
};

struct names {
	struct arena *a;
	char **v;
	int n, cap;
};

static int
keep_name(void *arg, const char *name)
{
	struct names *n = arg;

	arena_push(n->a, n, arena_strdup(n->a, name));
	return 0;
}

static int
by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static int
list_sorted(struct walk *w, const char *dir, struct names *out)
{
	int rc;

	*out = (struct names){ w->a, NULL, 0, 0 };
	rc = w->env->ops->list(w->env, *dir == '\0' ? "." : dir, keep_name,
	    out, w->e);
	if (rc == 0 && out->n > 0)
		qsort(out->v, (size_t)out->n, sizeof(*out->v), by_name);
	return rc;
}

static bool
has_pattern(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("*?[", s.p[i]) != NULL)
			return true;
	return false;
}

/* %41 and the like. */
static const char *
percent_decode(struct arena *a, struct str s)
{
	char *to = arena_alloc(a, s.n + 1), *at = to;

	for (size_t i = 0; i < s.n; i++) {
		unsigned v;

		if (s.p[i] == '%' && i + 2 < s.n + 0 &&
		    sscanf((char[]){ s.p[i + 1], s.p[i + 2], 0 }, "%2x", &v)
		    == 1) {
			*at++ = (char)v;
			i += 2;
		} else {
			*at++ = s.p[i];
		}
	}
	*at = '\0';
	return to;
}

/* Finds key=value components behind the fixed part. */
static void
find_parts(struct walk *w, struct file_name *f)
{
	struct str rest = str_of(f->path + w->fixed);
	int cap = 0;
	ptrdiff_t slash;

	while ((slash = str_find(rest, '/', 0)) >= 0) {
		struct str one = { rest.p, (size_t)slash };
		ptrdiff_t equals = str_find(one, '=', 0);

		rest.p += slash + 1;
		rest.n -= (size_t)slash + 1;
		if (equals <= 0)
			continue;
		if (f->n_parts == cap) {
			int cap2 = cap;

			f->keys = arena_grow(w->a, f->keys, &cap,
			    sizeof(*f->keys));
			f->values = arena_grow(w->a, f->values, &cap2,
			    sizeof(*f->values));
		}
		f->keys[f->n_parts] = percent_decode(w->a, (struct str){
		    one.p, (size_t)equals });
		f->values[f->n_parts] = percent_decode(w->a, (struct str){
		    one.p + equals + 1, one.n - (size_t)equals - 1 });
		if (strcmp(f->values[f->n_parts],
		    "__HIVE_DEFAULT_PARTITION__") == 0)
			f->values[f->n_parts] = NULL;
		f->n_parts++;
	}
}

static int
add_file(struct walk *w, const char *path, const struct env_stat *st)
{
	struct file_name f = { .path = path, .size = st->size,
		.mtime_ns = st->mtime_ns };

	if (w->out->n == MAX_FILES)
		return err_set(w->e, ERR_NOT_SUPPORTED,
		    "More than %d files match", MAX_FILES);
	find_parts(w, &f);
	arena_push(w->a, w->out, f);
	return 0;
}

static int match(struct walk *w, const char *at, struct str pattern);

/* Every file below a directory but hidden ones (. and _). */
static int
whole_directory(struct walk *w, const char *dir)
{
	struct names names;
	int rc = list_sorted(w, dir, &names);

	if (rc == 0 && ++w->depth > MAX_DEPTH)
		rc = err_set(w->e, ERR_NOT_SUPPORTED,
		    "%s: directories are nested too deeply", dir);
	for (int i = 0; i < names.n && rc == 0; i++) {
		const char *path = arena_printf(w->a, "%s/%s", dir,
		    names.v[i]);
		struct env_stat st;

		if (names.v[i][0] == '.' || names.v[i][0] == '_')
			continue;
		rc = w->env->ops->stat(w->env, path, &st, w->e);
		if (rc == 0 && st.is_dir)
			rc = whole_directory(w, path);
		else if (rc == 0 && st.is_regular)
			rc = add_file(w, path, &st);
	}
	w->depth--;
	return rc;
}

/* One more component is known: goes on with the rest of the pattern. */
static int
descend(struct walk *w, const char *at, const char *name, struct str rest)
{
	const char *path = *at == '\0' ? name : strcmp(at, "/") == 0
	    ? arena_printf(w->a, "/%s", name)
	    : arena_printf(w->a, "%s/%s", at, name);
	struct env_stat st;
	struct err e;

	if (w->env->ops->stat(w->env, path, &st, &e) != 0)
		return 0;
	if (rest.n > 0)
		return st.is_dir ? match(w, path, rest) : 0;
	if (st.is_dir)
		return whole_directory(w, path);
	return st.is_regular ? add_file(w, path, &st) : 0;
}

/* "**": this directory and all below. */
static int
match_deep(struct walk *w, const char *at, struct str rest)
{
	struct names names;
	int rc = rest.n == 0 ? whole_directory(w, at) : match(w, at, rest);

	if (rc != 0 || rest.n == 0)
		return rc;
	rc = list_sorted(w, at, &names);
	if (rc == 0 && ++w->depth > MAX_DEPTH)
		rc = err_set(w->e, ERR_NOT_SUPPORTED,
		    "%s: directories are nested too deeply", at);
	for (int i = 0; i < names.n && rc == 0; i++) {
		const char *path = arena_printf(w->a, "%s/%s", at,
		    names.v[i]);
		struct env_stat st;
		struct err e;

		if (names.v[i][0] != '.' &&
		    w->env->ops->stat(w->env, path, &st, &e) == 0 &&
		    st.is_dir)
			rc = match_deep(w, path, rest);
	}
	w->depth--;
	return rc;
}

static int
match(struct walk *w, const char *at, struct str pattern)
{
	ptrdiff_t slash;
	struct str head, rest = { 0 };
	struct names names;
	const char *z;
	int rc = 0;

	while (pattern.n > 0 && pattern.p[0] == '/') {
		pattern.p++;
		pattern.n--;
	}
	slash = str_find(pattern, '/', 0);
	head = slash < 0 ? pattern : (struct str){ pattern.p,
		(size_t)slash };
	if (slash >= 0)
		rest = (struct str){ pattern.p + slash + 1,
			pattern.n - (size_t)slash - 1 };
	if (head.n == 0)
		return whole_directory(w, at);
	if (str_eq(head, STR("**")))
		return match_deep(w, at, rest);
	z = arena_strndup(w->a, head.p, head.n);
	if (!has_pattern(head))
		return descend(w, at, z, rest);
	if (list_sorted(w, at, &names) != 0)
		return 0;       /* no directory: matches nothing */
	for (int i = 0; i < names.n && rc == 0; i++)
		if (fnmatch(z, names.v[i], FNM_PERIOD) == 0)
			rc = descend(w, at, names.v[i], rest);
	return rc;
}

/* Drops "." and "..", doubled slashes; the path must be absolute. */
static char *
normalise(struct arena *a, const char *path)
{
	char *to = arena_alloc(a, strlen(path) + 2), *at = to;
	struct str rest = str_of(path);

	while (rest.n > 0) {
		ptrdiff_t slash = str_find(rest, '/', 0);
		size_t n = slash < 0 ? rest.n : (size_t)slash;

		if (n == 2 && memcmp(rest.p, "..", 2) == 0) {
			while (at > to && *--at != '/')
				;
		} else if (n > 0 && !(n == 1 && rest.p[0] == '.')) {
			*at++ = '/';
			memcpy(at, rest.p, n);
			at += n;
		}
		n += slash >= 0;
		rest.p += n;
		rest.n -= n;
	}
	if (at == to)
		*at++ = '/';
	*at = '\0';
	return to;
}

static bool
inside(const char *path, const char *base)
{
	size_t n = strlen(base);

	return strncmp(path, base, n) == 0 && (path[n] == '/' ||
	    path[n] == '\0' || (n > 0 && base[n - 1] == '/'));
}

/* The pattern as it is walked, and where walking starts. */
static int
resolve(struct file_conn *c, struct arena *a, const char *name,
    const char **out, struct err *e)
{
	const struct conn_world *w = c->c.world;
	bool dir = *name != '\0' && name[strlen(name) - 1] == '/';

	if (w->confine && w->base_path == NULL)
		return err_set(e, ERR_PERMISSION_DENIED, "Access Denied: "
		    "Cannot read file %s: file.base-path is not set", name);
	*out = name;
	if (w->base_path != NULL && *name != '/')
		*out = arena_printf(a, "%s/%s", w->base_path, name);
	if (w->confine) {
		*out = normalise(a, *out);
		if (!inside(*out, normalise(a, w->base_path)))
			return err_set(e, ERR_PERMISSION_DENIED, "Access "
			    "Denied: Cannot read file %s: it is outside "
			    "file.base-path", name);
		if (dir)
			*out = arena_printf(a, "%s/", *out);
	}
	return 0;
}

/* Links may lead out of the base path. */
static int
check_links(struct file_conn *c, const struct file_list *l, struct err *e)
{
	struct env *env = c->c.world->env;
	char *base, *real;
	int rc = 0;

	if (!c->c.world->confine || env->ops->real_path == NULL)
		return 0;
	rc = env->ops->real_path(env, c->c.world->base_path, &base, e);
	if (rc != 0)
		return rc;
	for (int i = 0; i < l->n && rc == 0; i++) {
		rc = env->ops->real_path(env, l->v[i].path, &real, e);
		if (rc != 0)
			break;
		if (!inside(real, base))
			rc = err_set(e, ERR_PERMISSION_DENIED, "Access "
			    "Denied: Cannot read file %s: it is outside "
			    "file.base-path", l->v[i].path);
		free(real);
	}
	free(base);
	return rc;
}

/* Bytes of the path before the first component with a pattern; all of a
 * directory's name. */
static size_t
fixed_part(const char *pattern)
{
	size_t fixed = 0;

	for (size_t i = 0; pattern[i] != '\0'; i++) {
		if (strchr("*?[", pattern[i]) != NULL)
			return fixed;
		if (pattern[i] == '/')
			fixed = i + 1;
	}
	return fixed;
}

int
file_list(struct file_conn *c, struct arena *a, const char *name,
    struct file_list *out, struct err *e)
{
	struct walk w = { .c = c, .env = c->c.world->env, .a = a, .out = out,
		.e = e };
	const char *path = NULL;
	struct env_stat st;
	struct err plain;
	int rc = resolve(c, a, name, &path, e);

	*out = (struct file_list){ .v = NULL };
	if (rc != 0)
		return rc;
	w.fixed = fixed_part(path);
	/* A file whose name looks like a pattern comes first. */
	if (w.env->ops->stat(w.env, path, &st, &plain) == 0 && st.is_regular)
		rc = add_file(&w, path, &st);
	else
		rc = match(&w, *path == '/' ? "/" : "", str_of(path));
	if (rc == 0 && out->n == 0)
		rc = err_set(e, ERR_NOT_FOUND, "No file matches '%s'", name);
	return rc != 0 ? rc : check_links(c, out, e);
}
