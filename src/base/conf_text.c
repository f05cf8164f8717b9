/* SPDX-License-Identifier: Apache-2.0
 * conf_text.c - the syntax of Java properties: one NAME=VALUE a line, with
 * comments, continued lines, escapes, and ${ENV:NAME} and ${FILE:PATH} in
 * values.  Files are small and read at start. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/conf.h"

enum { FILE_MAX = 16 << 20 };

static int
read_file(const char *path, struct sbuf *out, struct err *e)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return err_set(e, ERR_CONFIGURATION_UNAVAILABLE,
		    "%s: %s", path, strerror(errno));
	do {
		n = fread(sbuf_reserve(out, 65536), 1, 65536, f);
		out->n += n;
	} while (n > 0 && out->n <= FILE_MAX);
	if (ferror(f) || out->n > FILE_MAX) {
		int rc = err_set(e, ERR_CONFIGURATION_UNAVAILABLE, "%s: %s",
		    path, ferror(f) ? "cannot be read" : "is too large");

		fclose(f);
		return rc;
	}
	fclose(f);
	return 0;
}

static int
substitute_one(struct sbuf *out, struct str what, struct err *e)
{
	struct sbuf z = { 0 };
	int rc = 0;

	if (str_starts(what, STR("ENV:"))) {
		const char *v;

		sbuf_add(&z, what.p + 4, what.n - 4);
		v = getenv(sbuf_z(&z));
		if (v == NULL)
			rc = err_set(e, ERR_CONFIGURATION_INVALID,
			    "Environment variable %s is not set", sbuf_z(&z));
		else
			sbuf_addz(out, v);
	} else if (str_starts(what, STR("FILE:"))) {
		struct sbuf text = { 0 };

		sbuf_add(&z, what.p + 5, what.n - 5);
		rc = read_file(sbuf_z(&z), &text, e);
		if (rc == 0)
			sbuf_adds(out, str_trim(sbuf_str(&text)));
		sbuf_release(&text);
	} else {
		rc = err_set(e, ERR_CONFIGURATION_INVALID,
		    "${%.*s}: must be ${ENV:NAME} or ${FILE:PATH}",
		    (int)MIN(what.n, 100), what.p);
	}
	sbuf_release(&z);
	return rc;
}

/* Replaces ${...}; what was put in is not looked at again. */
static int
substitute(struct sbuf *out, struct str value, struct err *e)
{
	size_t at = 0;

	while (at < value.n) {
		ptrdiff_t end;
		int rc;

		if (value.p[at] != '$' || at + 1 >= value.n ||
		    value.p[at + 1] != '{') {
			sbuf_addc(out, value.p[at++]);
			continue;
		}
		end = str_find(value, '}', at);
		if (end < 0)
			return err_set(e, ERR_CONFIGURATION_INVALID,
			    "${ without }");
		rc = substitute_one(out, (struct str){ value.p + at + 2,
		    (size_t)end - at - 2 }, e);
		if (rc != 0)
			return rc;
		at = (size_t)end + 1;
	}
	return 0;
}

static void
add_utf8(struct sbuf *b, unsigned c)
{
	if (c < 0x80) {
		sbuf_addc(b, (char)c);
	} else if (c < 0x800) {
		sbuf_addc(b, (char)(0xc0 | c >> 6));
		sbuf_addc(b, (char)(0x80 | (c & 63)));
	} else {
		sbuf_addc(b, (char)(0xe0 | c >> 12));
		sbuf_addc(b, (char)(0x80 | (c >> 6 & 63)));
		sbuf_addc(b, (char)(0x80 | (c & 63)));
	}
}

/* The character(s) after a backslash at *at. */
static void
unescape(struct sbuf *b, struct str s, size_t *at)
{
	char c = s.p[(*at)++];
	unsigned code = 0;

	switch (c) {
	case 't':
		sbuf_addc(b, '\t');
		return;
	case 'n':
		sbuf_addc(b, '\n');
		return;
	case 'r':
		sbuf_addc(b, '\r');
		return;
	case 'f':
		sbuf_addc(b, '\f');
		return;
	case 'u':
		if (s.n - *at >= 4) {
			int i;

			for (i = 0; i < 4; i++) {
				char h = s.p[*at + (size_t)i];

				if (!isxdigit((unsigned char)h))
					break;
				code = code << 4 | (unsigned)(h <= '9' ?
				    h - '0' : (h | 32) - 'a' + 10);
			}
			if (i == 4) {
				*at += 4;
				add_utf8(b, code);
				return;
			}
		}
		sbuf_addc(b, 'u');
		return;
	default:
		sbuf_addc(b, c);
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

/* Splits one logical line (still escaped) into name and value. */
static void
split_line(struct str s, struct sbuf *name, struct sbuf *value)
{
	size_t at = 0;

	while (at < s.n && s.p[at] != '=' && s.p[at] != ':' &&
	    !is_blank(s.p[at])) {
		if (s.p[at] == '\\' && at + 1 < s.n) {
			at++;
			unescape(name, s, &at);
		} else {
			sbuf_addc(name, s.p[at++]);
		}
	}
	while (at < s.n && is_blank(s.p[at]))
		at++;
	if (at < s.n && (s.p[at] == '=' || s.p[at] == ':'))
		at++;
	while (at < s.n && is_blank(s.p[at]))
		at++;
	while (at < s.n) {
		if (s.p[at] == '\\' && at + 1 < s.n) {
			at++;
			unescape(value, s, &at);
		} else {
			sbuf_addc(value, s.p[at++]);
		}
	}
}

/* Joins continued lines from *at on into `line` (leading blanks dropped);
 * false at the end of the text. */
static bool
next_line(struct str text, size_t *at, int *number, struct sbuf *line)
{
	bool more;

	sbuf_clear(line);
	if (*at >= text.n)
		return false;
	do {
		size_t start = *at, end, slashes = 0;

		while (start < text.n && is_blank(text.p[start]))
			start++;
		end = start;
		while (end < text.n && text.p[end] != '\n' &&
		    text.p[end] != '\r')
			end++;
		*at = end;
		if (*at < text.n && text.p[*at] == '\r')
			++*at;
		if (*at < text.n && text.p[*at] == '\n')
			++*at;
		++*number;
		if (line->n == 0 && end > start && (text.p[start] == '#' ||
		    text.p[start] == '!'))
			return true;
		while (end - slashes > start &&
		    text.p[end - slashes - 1] == '\\')
			slashes++;
		more = slashes % 2 == 1;
		if (end - start > (more ? 1 : 0))
			sbuf_add(line, text.p + start,
			    end - start - (more ? 1 : 0));
	} while (more && *at < text.n);
	return true;
}

int
conf_each(struct str text, const char *file,
    int (*each)(void *arg, struct str name, struct str value, int line,
	struct err *e), void *arg, struct err *e)
{
	struct sbuf line = { 0 }, name = { 0 }, raw = { 0 }, value = { 0 };
	int number = 0, rc = 0;
	size_t at = 0;

	while (rc == 0) {
		int first = number + 1;

		if (!next_line(text, &at, &number, &line))
			break;
		if (line.n == 0)
			continue;
		sbuf_clear(&name);
		sbuf_clear(&raw);
		sbuf_clear(&value);
		split_line(sbuf_str(&line), &name, &raw);
		if (memchr(line.p, '\0', line.n) != NULL)
			rc = err_set(e, ERR_CONFIGURATION_INVALID,
			    "a NUL character");
		else if (name.n == 0)
			rc = err_set(e, ERR_CONFIGURATION_INVALID,
			    "a value without a name");
		else
			rc = substitute(&value, str_trim(sbuf_str(&raw)), e);
		if (rc != 0) {
			if (name.n > 0)
				err_wrap(e, "%s", sbuf_z(&name));
			err_wrap(e, "%s:%d", file == NULL ? "" : file, first);
			break;
		}
		rc = each(arg, sbuf_str(&name), sbuf_str(&value), first, e);
	}
	sbuf_release(&line);
	sbuf_release(&name);
	sbuf_release(&raw);
	sbuf_release(&value);
	return rc;
}

struct load {
	struct conf *c;
	const char *file;
};

static int
load_one(void *arg, struct str name, struct str value, int line,
    struct err *e)
{
	struct load *l = arg;

	return conf_set(l->c, name, value, l->file, line, e);
}

int
conf_load_text(struct conf *c, struct str text, const char *file,
    struct err *e)
{
	struct load l = { c, file };

	return conf_each(text, file, load_one, &l, e);
}

int
conf_load(struct conf *c, const char *file, struct err *e)
{
	struct sbuf text = { 0 };
	int rc = read_file(file, &text, e);

	if (rc == 0)
		rc = conf_load_text(c, sbuf_str(&text), file, e);
	sbuf_release(&text);
	return rc;
}
