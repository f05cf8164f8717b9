/* SPDX-License-Identifier: Apache-2.0
 * err.c - error texts and the table of names behind err.h. */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int number;
	enum err_type type;
} errors[ERR_COUNT] = {
	{ "OK", 0, ERR_TYPE_USER },
#define ERR_ROW(name, number, type) { #name, number, ERR_TYPE_##type },
	ERR_LIST(ERR_ROW)
#undef ERR_ROW
};

int
err_vset(struct err *e, enum err_code code, const char *fmt, va_list ap)
{
	if (e != NULL) {
		e->code = code;
		e->line = e->column = 0;
		vsnprintf(e->text, sizeof(e->text), fmt, ap);
	}
	return -(int)code;
}

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, code, fmt, ap);
	va_end(ap);
	return -(int)code;
}

int
err_set_at(struct err *e, enum err_code code, int line, int column,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(e, code, fmt, ap);
	va_end(ap);
	if (e != NULL) {
		e->line = line;
		e->column = column;
	}
	return -(int)code;
}

void
err_wrap(struct err *e, const char *fmt, ...)
{
	char old[ERR_TEXT_MAX];
	va_list ap;
	size_t n;

	if (e == NULL)
		return;
	memcpy(old, e->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof(e->text) - n, ": %s", old);
}

const char *
err_message(const struct err *e, char *buf, int n)
{
	if (e->line > 0)
		snprintf(buf, (size_t)n, "line %d:%d: %s", e->line, e->column,
		    e->text);
	else
		snprintf(buf, (size_t)n, "%s", e->text);
	return buf;
}

const char *
err_name(enum err_code code)
{
	return (unsigned)code < ERR_COUNT ? errors[code].name : "UNKNOWN";
}

int
err_number(enum err_code code)
{
	return (unsigned)code < ERR_COUNT ? errors[code].number : 65536;
}

enum err_type
err_type(enum err_code code)
{
	return (unsigned)code < ERR_COUNT ? errors[code].type
	    : ERR_TYPE_INTERNAL;
}

const char *
err_type_name(enum err_type type)
{
	static const char *const names[] = { "USER_ERROR", "INTERNAL_ERROR",
		"INSUFFICIENT_RESOURCES", "EXTERNAL" };

	return names[type];
}

enum err_code
err_by_name(const char *name)
{
	for (int i = 1; i < ERR_COUNT; i++)
		if (strcmp(errors[i].name, name) == 0)
			return (enum err_code)i;
	return ERR_GENERIC_INTERNAL_ERROR;
}
