/* SPDX-License-Identifier: Apache-2.0
 * cast.c - which explicit casts there are. */
#include "type/coerce.h"

#include "base/check.h"

#define TO(id) (UINT64_C(1) << TYPE_##id)
#define TO_INTEGERS (TO(TINYINT) | TO(SMALLINT) | TO(INTEGER) | TO(BIGINT))
#define TO_FLOATS (TO(REAL) | TO(DOUBLE))
#define TO_NUMBERS (TO(BOOLEAN) | TO_INTEGERS | TO_FLOATS | TO(DECIMAL) | \
	TO(NUMBER))
#define TO_TEXTS (TO(VARCHAR) | TO(JSON) | TO(VARIANT))
#define TO_NESTED (TO(ARRAY) | TO(MAP) | TO(ROW))
#define TO_STAMPS (TO(TIMESTAMP) | TO(TIMESTAMP_TZ))
#define TO_TIMES (TO(TIME) | TO(TIME_TZ) | TO_STAMPS)

/* Casts to the own family are not listed: there is always one. */
static const uint64_t casts[TYPE_IDS] = {
	[TYPE_BOOLEAN] = TO_NUMBERS | TO_TEXTS,
	[TYPE_TINYINT] = TO_NUMBERS | TO_TEXTS,
	[TYPE_SMALLINT] = TO_NUMBERS | TO_TEXTS,
	[TYPE_INTEGER] = TO_NUMBERS | TO_TEXTS,
	[TYPE_BIGINT] = TO_NUMBERS | TO_TEXTS,
	[TYPE_REAL] = TO_NUMBERS | TO_TEXTS,
	[TYPE_DOUBLE] = TO_NUMBERS | TO_TEXTS,
	[TYPE_DECIMAL] = TO_NUMBERS | TO_TEXTS,
	[TYPE_NUMBER] = TO_INTEGERS | TO_FLOATS | TO(DECIMAL) | TO(VARCHAR) |
	    TO(JSON),
	[TYPE_VARCHAR] = TO_NUMBERS | TO_TEXTS | TO(CHAR) | TO(VARBINARY) |
	    TO(DATE) | TO_TIMES | TO(UUID) | TO(IPADDRESS),
	[TYPE_CHAR] = TO(BOOLEAN) | TO_INTEGERS | TO_FLOATS | TO(NUMBER) |
	    TO(VARCHAR) | TO(VARBINARY) | TO(DATE) | TO_STAMPS,
	[TYPE_VARBINARY] = TO(VARIANT) | TO(UUID) | TO(IPADDRESS) |
	    TO(HYPERLOGLOG) | TO(SETDIGEST) | TO(QDIGEST) | TO(TDIGEST),
	[TYPE_JSON] = TO_NUMBERS | TO_TEXTS | TO_NESTED,
	[TYPE_VARIANT] = TO(BOOLEAN) | TO_INTEGERS | TO_FLOATS | TO(DECIMAL) |
	    TO(VARCHAR) | TO(VARBINARY) | TO(JSON) | TO(DATE) | TO(TIME) |
	    TO_STAMPS | TO(UUID) | TO_NESTED,
	[TYPE_DATE] = TO_TEXTS | TO_STAMPS,
	[TYPE_TIME] = TO(VARCHAR) | TO(VARIANT) | TO_TIMES,
	[TYPE_TIME_TZ] = TO(VARCHAR) | TO_TIMES,
	[TYPE_TIMESTAMP] = TO_TEXTS | TO(DATE) | TO_TIMES,
	[TYPE_TIMESTAMP_TZ] = TO(VARCHAR) | TO(VARIANT) | TO(DATE) | TO_TIMES,
	[TYPE_INTERVAL_YM] = TO(VARCHAR),
	[TYPE_INTERVAL_DS] = TO(VARCHAR),
	[TYPE_UUID] = TO(VARCHAR) | TO(VARBINARY) | TO(VARIANT),
	[TYPE_IPADDRESS] = TO(VARCHAR) | TO(VARBINARY),
	[TYPE_HYPERLOGLOG] = TO(VARBINARY) | TO(P4HYPERLOGLOG),
	[TYPE_P4HYPERLOGLOG] = TO(HYPERLOGLOG),
	[TYPE_SETDIGEST] = TO(VARBINARY) | TO(HYPERLOGLOG),
	[TYPE_QDIGEST] = TO(VARBINARY),
	[TYPE_TDIGEST] = TO(VARBINARY),
	[TYPE_ARRAY] = TO(JSON) | TO(VARIANT),
	[TYPE_MAP] = TO(JSON) | TO(VARIANT),
	[TYPE_ROW] = TO(JSON) | TO(VARIANT),
};

bool
type_can_cast(const struct type *from, const struct type *to)
{
	int i;

	if (to->id == TYPE_UNKNOWN || to->id == TYPE_FUNCTION)
		return from->id == to->id;
	if (from->id == TYPE_UNKNOWN)
		return true;
	if (from->id != to->id) {
		/* These two have only the cast to unbounded varchar. */
		if (to->id == TYPE_VARCHAR && to->length != TYPE_UNBOUNDED &&
		    (from->id == TYPE_IPADDRESS || from->id == TYPE_VARIANT))
			return false;
		return (casts[from->id] >> to->id & 1) != 0;
	}
	if (from->id == TYPE_QDIGEST)
		return type_equal(from, to);
	if (from->n != to->n)
		return false;
	for (i = 0; i < from->n; i++)
		if (!type_can_cast(from->child[i], to->child[i]))
			return false;
	return true;
}
