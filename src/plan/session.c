/* SPDX-License-Identifier: Apache-2.0
 * session.c - session properties: finding them, their SQL types, checks. */
#include <stdlib.h>

#include "plan/session.h"
#include "type/time.h"

const char *
session_property_type(const struct conf_item *item)
{
	switch (item->type) {
	case CONF_BOOL: return "boolean";
	case CONF_INT: return item->max > INT32_MAX ? "bigint" : "integer";
	case CONF_DOUBLE: return "double";
	default: return "varchar";
	}
}

const struct conf_item *
session_item_find(struct str name)
{
	for (int i = 0; i < session_items_n; i++)
		if (str_eq(str_of(session_items[i].name), name))
			return &session_items[i];
	return NULL;
}

static int
bad(struct err *e, const char *fmt, struct str value)
{
	return err_set(e, ERR_INVALID_SESSION_PROPERTY, fmt, STR_ARG(value));
}

/* "12.5MB" parts: a number, blanks, a unit. */
static bool
split_unit(struct str value, struct str *unit)
{
	size_t i = 0, digits = 0;

	while (i < value.n && value.p[i] == ' ')
		i++;
	for (; i < value.n && ((value.p[i] >= '0' && value.p[i] <= '9') ||
	    value.p[i] == '.'); i++)
		digits++;
	while (i < value.n && value.p[i] == ' ')
		i++;
	*unit = (struct str){ value.p + i, value.n - i };
	for (size_t k = 0; k < unit->n; k++)
		if (!((unit->p[k] | 32) >= 'a' && (unit->p[k] | 32) <= 'z'))
			return false;
	return digits > 0 && unit->n > 0;
}

static bool
one_of(struct str s, const char *const *v)
{
	for (; *v != NULL; v++)
		if (str_eq(s, str_of(*v)))
			return true;
	return false;
}

static int
check_duration(struct str value, struct err *e)
{
	static const char *const units[] = { "ns", "us", "ms", "s", "m", "h",
		"d", NULL };
	struct str unit;

	if (!split_unit(value, &unit))
		return bad(e, "duration is not a valid data duration string: "
		    "%.*s", value);
	return one_of(unit, units) ? 0 : bad(e, "Unknown time unit: %.*s",
	    unit);
}

static int
check_size(struct str value, struct err *e)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB", NULL };
	struct str unit;

	if (!split_unit(value, &unit))
		return bad(e, "size is not a valid data size string: %.*s",
		    value);
	return one_of(unit, units) ? 0 : bad(e, "Unknown unit: %.*s", unit);
}

static int
check_choice(const struct conf_item *item, struct str value, struct err *e)
{
	struct sbuf list = { 0 };
	const char *z = item->choices;
	int rc;

	for (const char *at = z; ; at++) {
		if (*at != '|' && *at != '\0')
			continue;
		if (str_ieq((struct str){ z, (size_t)(at - z) }, value)) {
			sbuf_release(&list);
			return 0;
		}
		sbuf_addf(&list, "%s%.*s", list.n > 0 ? ", " : "",
		    (int)(at - z), z);
		if (*at == '\0')
			break;
		z = at + 1;
	}
	rc = err_set(e, ERR_INVALID_SESSION_PROPERTY,
	    "Invalid value [%.*s]. Valid values: [%s]", STR_ARG(value),
	    sbuf_z(&list));
	sbuf_release(&list);
	return rc;
}

static int
check_power(const char *name, struct str value, struct err *e)
{
	long long v = strtoll(value.p, NULL, 10);

	if (v > 0 && (v & (v - 1)) == 0)
		return 0;
	return err_set(e, ERR_INVALID_SESSION_PROPERTY,
	    "%s must be a power of 2: %lld", name, v);
}

int
session_property_check(const struct conf_item *item, struct str value,
    struct err *e)
{
	if (strcmp(item->name, "task_concurrency") == 0)
		return check_power(item->name, value, e);
	if (strcmp(item->name, "time_zone_id") == 0) {
		if (zone_find(value) >= 0)
			return 0;
		return bad(e, "Time zone not supported: %.*s", value);
	}
	if (strcmp(item->name, "query_max_cpu_time") == 0)
		return check_duration(value, e);
	switch (item->type) {
	case CONF_DURATION: return check_duration(value, e);
	case CONF_SIZE: return check_size(value, e);
	case CONF_ENUM: return check_choice(item, value, e);
	default: return 0;
	}
}
