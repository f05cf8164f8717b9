/* SPDX-License-Identifier: Apache-2.0
 * frag.c - names of the plan's nodes as EXPLAIN shows them. */
#include "frag/frag.h"

#include "base/check.h"

const char *
frag_kind_name(enum frag_kind kind)
{
	static const char *const names[FRAG_KINDS] = {
		[FRAG_SCAN] = "ScanFilterProject",
		[FRAG_VALUES] = "Values",
		[FRAG_PROJECT] = "FilterProject",
		[FRAG_AGGREGATE] = "Aggregate",
		[FRAG_JOIN] = "Join",
		[FRAG_CROSS] = "CrossJoin",
		[FRAG_SORT] = "Sort",
		[FRAG_TOPN] = "TopN",
		[FRAG_LIMIT] = "Limit",
		[FRAG_UNION] = "Union",
		[FRAG_EXCHANGE] = "RemoteSource",
		[FRAG_SINGLE_ROW] = "EnforceSingleRow",
		[FRAG_MARK_DISTINCT] = "MarkDistinct",
		[FRAG_ROW_ID] = "AssignUniqueId",
		[FRAG_GROUP_ID] = "GroupId",
		[FRAG_UNNEST] = "Unnest",
		[FRAG_WINDOW] = "Window",
		[FRAG_WRITER] = "TableWriter",
		[FRAG_FINISH] = "TableCommit",
	};

	CHECK(kind >= 0 && kind < FRAG_KINDS);
	return names[kind];
}

const char *
join_kind_name(enum join_kind kind)
{
	static const char *const names[] = {
		[JOIN_INNER] = "InnerJoin",
		[JOIN_LEFT] = "LeftJoin",
		[JOIN_RIGHT] = "RightJoin",
		[JOIN_FULL] = "FullJoin",
		[JOIN_SEMI] = "SemiJoin",
		[JOIN_ANTI] = "AntiJoin",
		[JOIN_ANTI_NULL] = "NullAwareAntiJoin",
		[JOIN_MARK] = "MarkJoin",
	};

	CHECK((size_t)kind < ARRAY_LEN(names));
	return names[kind];
}
