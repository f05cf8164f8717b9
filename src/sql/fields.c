/* SPDX-License-Identifier: Apache-2.0
 * fields.c - the tables of fields.h: a struct's members in their order. */
#include "sql/fields.h"

#include <stddef.h>

#define F(type, name, member) \
	{ FIELD_##type, offsetof(struct name##_node, member) }
#define END { FIELD_END, 0 }

static const struct field plain_fields[] = {
	END,
};
static const struct field ident_fields[] = {
	F(STR, ident, value), F(SPELLING, ident, lower),
	F(BOOL, ident, quoted), END,
};
static const struct field name_fields[] = {
	F(LIST, name, parts), END,
};
static const struct field unary_fields[] = {
	F(CHAR, unary, sign), F(NODE, unary, value), END,
};
static const struct field operands_fields[] = {
	F(LIST, operands, list), END,
};
static const struct field columns_fields[] = {
	F(LIST, columns, columns), END,
};
static const struct field boolean_literal_fields[] = {
	F(BOOL, boolean_literal, value), END,
};
static const struct field long_literal_fields[] = {
	F(INT64, long_literal, value), F(SPELLING, long_literal, text), END,
};
static const struct field double_literal_fields[] = {
	F(DOUBLE, double_literal, value), F(SPELLING, double_literal, text), END,
};
static const struct field text_literal_fields[] = {
	F(STR, text_literal, value), END,
};
static const struct field generic_literal_fields[] = {
	F(NODE, generic_literal, type), F(STR, generic_literal, value), END,
};
static const struct field parameter_fields[] = {
	F(INT, parameter, index), END,
};
static const struct field binary_fields[] = {
	F(CHAR, binary, op), F(NODE, binary, left), F(NODE, binary, right), END,
};
static const struct field logical_fields[] = {
	F(BOOL, logical, is_or), F(LIST, logical, terms), END,
};
static const struct field compare_fields[] = {
	F(INT, compare, op), F(NODE, compare, left),
	F(NODE, compare, right), END,
};
static const struct field between_fields[] = {
	F(BOOL, between, negated), F(BOOL, between, symmetric),
	F(NOISE, between, asymmetric), F(NODE, between, value),
	F(NODE, between, min), F(NODE, between, max), END,
};
static const struct field in_list_fields[] = {
	F(BOOL, in_list, negated), F(NODE, in_list, value),
	F(LIST, in_list, list), END,
};
static const struct field in_query_fields[] = {
	F(BOOL, in_query, negated), F(NODE, in_query, value),
	F(NODE, in_query, query), END,
};
static const struct field like_fields[] = {
	F(BOOL, like, negated), F(NODE, like, value),
	F(NODE, like, pattern), F(NODE, like, escape), END,
};
static const struct field test_fields[] = {
	F(BOOL, test, negated), F(NODE, test, value), END,
};
static const struct field boolean_test_fields[] = {
	F(BOOL, boolean_test, negated), F(INT, boolean_test, truth),
	F(NODE, boolean_test, value), END,
};
static const struct field compare_from_fields[] = {
	F(BOOL, compare_from, negated), F(NODE, compare_from, left),
	F(NODE, compare_from, right), END,
};
static const struct field quantified_fields[] = {
	F(INT, quantified, op), F(INT, quantified, quantifier),
	F(NODE, quantified, value), F(NODE, quantified, query), END,
};
static const struct field match_fields[] = {
	F(BOOL, match, unique), F(INT, match, type), F(NODE, match, value),
	F(NODE, match, query), END,
};
static const struct field row_fields[] = {
	F(LIST, row, items), END,
};
static const struct field row_item_fields[] = {
	F(NODE, row_item, value), F(NODE, row_item, name), END,
};
static const struct field array_fields[] = {
	F(LIST, array, items), END,
};
static const struct field subscript_fields[] = {
	F(NODE, subscript, base), F(NODE, subscript, index), END,
};
static const struct field dereference_fields[] = {
	F(NODE, dereference, base), F(NODE, dereference, field), END,
};
static const struct field call_fields[] = {
	F(NODE, call, name), F(LIST, call, args), F(BOOL, call, star),
	F(BOOL, call, distinct), F(INT, call, mode), F(INT, call, nulls),
	F(NODE, call, order_by), F(NODE, call, filter), F(NODE, call, over), END,
};
static const struct field argument_fields[] = {
	F(NODE, argument, name), F(NODE, argument, value), END,
};
static const struct field method_call_fields[] = {
	F(NODE, method_call, receiver), F(NODE, method_call, method),
	F(LIST, method_call, args), END,
};
static const struct field window_operation_fields[] = {
	F(NODE, window_operation, name), F(NODE, window_operation, over), END,
};
static const struct field lambda_fields[] = {
	F(LIST, lambda, params), F(NODE, lambda, body), END,
};
static const struct field case_fields[] = {
	F(NODE, case, operand), F(LIST, case, whens),
	F(NODE, case, otherwise), END,
};
static const struct field when_fields[] = {
	F(NODE, when, condition), F(NODE, when, result), END,
};
static const struct field if_fields[] = {
	F(NODE, if, condition), F(NODE, if, then), F(NODE, if, otherwise), END,
};
static const struct field cast_fields[] = {
	F(NODE, cast, value), F(NODE, cast, type), F(BOOL, cast, safe), END,
};
static const struct field extract_fields[] = {
	F(NODE, extract, field), F(NODE, extract, value), END,
};
static const struct field trim_fields[] = {
	F(INT, trim, spec), F(NODE, trim, chars), F(NODE, trim, value), END,
};
static const struct field overlay_fields[] = {
	F(NODE, overlay, value), F(NODE, overlay, replacement),
	F(NODE, overlay, start), F(NODE, overlay, length), END,
};
static const struct field current_fields[] = {
	F(INT, current, what), F(INT, current, precision), END,
};
static const struct field json_path_fields[] = {
	F(NODE, json_path, input), F(INT, json_path, format),
	F(NODE, json_path, path), F(NODE, json_path, name),
	F(LIST, json_path, passing), END,
};
static const struct field json_passing_fields[] = {
	F(NODE, json_passing, value), F(INT, json_passing, format),
	F(NODE, json_passing, name), END,
};
static const struct field json_exists_fields[] = {
	F(NODE, json_exists, path), F(INT, json_exists, on_error), END,
};
static const struct field json_value_fields[] = {
	F(NODE, json_value, path), F(NODE, json_value, returning),
	F(INT, json_value, on_empty), F(INT, json_value, on_error),
	F(NODE, json_value, empty_default),
	F(NODE, json_value, error_default), END,
};
static const struct field json_query_fields[] = {
	F(NODE, json_query, path), F(NODE, json_query, returning),
	F(INT, json_query, format), F(INT, json_query, wrapper),
	F(INT, json_query, quotes), F(INT, json_query, on_empty),
	F(INT, json_query, on_error), END,
};
static const struct field json_object_fields[] = {
	F(LIST, json_object, members), F(BOOL, json_object, absent_on_null),
	F(BOOL, json_object, unique_keys), F(NODE, json_object, returning),
	F(INT, json_object, format), END,
};
static const struct field json_array_fields[] = {
	F(LIST, json_array, members), F(BOOL, json_array, null_on_null),
	F(NODE, json_array, returning), F(INT, json_array, format), END,
};
static const struct field json_member_fields[] = {
	F(NODE, json_member, key), F(NODE, json_member, value),
	F(INT, json_member, format), END,
};
static const struct field generic_type_fields[] = {
	F(NODE, generic_type, name), F(LIST, generic_type, args), END,
};
static const struct field datetime_type_fields[] = {
	F(BOOL, datetime_type, timestamp),
	F(BOOL, datetime_type, with_time_zone),
	F(NODE, datetime_type, precision), END,
};
static const struct field interval_literal_fields[] = {
	F(BOOL, interval_literal, negative),
	F(STR, interval_literal, value),
	F(QUALIFIER, interval_literal, qualifier), END,
};
static const struct field interval_type_fields[] = {
	F(QUALIFIER, interval_type, qualifier), END,
};
static const struct field row_type_fields[] = {
	F(LIST, row_type, fields), END,
};
static const struct field row_type_field_fields[] = {
	F(NODE, row_type_field, name), F(NODE, row_type_field, type), END,
};
static const struct field json_table_fields[] = {
	F(NODE, json_table, path), F(LIST, json_table, columns),
	F(NODE, json_table, plan), F(INT, json_table, on_error), END,
};
static const struct field json_column_fields[] = {
	F(INT, json_column, column_type), F(NODE, json_column, name),
	F(NODE, json_column, type), F(NODE, json_column, path),
	F(INT, json_column, format), F(INT, json_column, wrapper),
	F(INT, json_column, quotes), F(INT, json_column, on_empty),
	F(INT, json_column, on_error), F(NODE, json_column, empty_default),
	F(NODE, json_column, error_default), F(LIST, json_column, columns), END,
};
static const struct field json_plan_fields[] = {
	F(INT, json_plan, type), F(BOOL, json_plan, inner),
	F(BOOL, json_plan, cross), F(NODE, json_plan, name),
	F(LIST, json_plan, list), END,
};
static const struct field query_fields[] = {
	F(LIST, query, session), F(LIST, query, functions),
	F(NODE, query, with), F(NODE, query, body),
	F(NODE, query, order_by), F(NODE, query, offset),
	F(NODE, query, limit), END,
};
static const struct field with_fields[] = {
	F(BOOL, with, recursive), F(LIST, with, queries), END,
};
static const struct field with_query_fields[] = {
	F(NODE, with_query, name), F(BOOL, with_query, has_columns),
	F(LIST, with_query, columns), F(NODE, with_query, query), END,
};
static const struct field session_property_fields[] = {
	F(NODE, session_property, name), F(NODE, session_property, value), END,
};
static const struct field query_spec_fields[] = {
	F(BOOL, query_spec, distinct), F(LIST, query_spec, items),
	F(NODE, query_spec, from), F(NODE, query_spec, where),
	F(NODE, query_spec, group_by), F(NODE, query_spec, having),
	F(LIST, query_spec, windows), F(NODE, query_spec, order_by),
	F(NODE, query_spec, offset), F(NODE, query_spec, limit), END,
};
static const struct field set_operation_fields[] = {
	F(INT, set_operation, op), F(BOOL, set_operation, distinct),
	F(NODE, set_operation, left), F(NODE, set_operation, right),
	F(NODE, set_operation, corresponding), END,
};
static const struct field single_column_fields[] = {
	F(NODE, single_column, value), F(NODE, single_column, alias), END,
};
static const struct field all_columns_fields[] = {
	F(NODE, all_columns, target), F(LIST, all_columns, aliases), END,
};
static const struct field group_by_fields[] = {
	F(BOOL, group_by, distinct), F(LIST, group_by, elements), END,
};
static const struct field grouping_sets_fields[] = {
	F(INT, grouping_sets, type), F(LIST, grouping_sets, sets), END,
};
static const struct field sort_item_fields[] = {
	F(NODE, sort_item, key), F(BOOL, sort_item, descending),
	F(INT, sort_item, nulls), END,
};
static const struct field fetch_first_fields[] = {
	F(NODE, fetch_first, count), F(BOOL, fetch_first, with_ties), END,
};
static const struct field table_fields[] = {
	F(NODE, table, name), F(NODE, table, period),
	F(NODE, table, branch), END,
};
static const struct field file_table_fields[] = {
	F(STR, file_table, path), END,
};
static const struct field query_period_fields[] = {
	F(BOOL, query_period, timestamp), F(NODE, query_period, end), END,
};
static const struct field aliased_fields[] = {
	F(NODE, aliased, relation), F(NODE, aliased, alias),
	F(BOOL, aliased, has_columns), F(LIST, aliased, columns), END,
};
static const struct field join_fields[] = {
	F(INT, join, type), F(BOOL, join, natural), F(NODE, join, left),
	F(NODE, join, right), F(NODE, join, on), F(LIST, join, using), END,
};
static const struct field sampled_fields[] = {
	F(NODE, sampled, relation), F(BOOL, sampled, system),
	F(NODE, sampled, percentage), END,
};
static const struct field unnest_fields[] = {
	F(LIST, unnest, list), F(BOOL, unnest, with_ordinality), END,
};
static const struct field nearest_fields[] = {
	F(NODE, nearest, relation), F(NODE, nearest, where),
	F(NODE, nearest, match), END,
};
static const struct field pivot_fields[] = {
	F(NODE, pivot, relation), F(LIST, pivot, aggregations),
	F(LIST, pivot, columns), F(LIST, pivot, values),
	F(NODE, pivot, group_by), END,
};
static const struct field pivot_values_fields[] = {
	F(LIST, pivot_values, list), F(NODE, pivot_values, alias), END,
};
static const struct field table_function_fields[] = {
	F(NODE, table_function, name), F(LIST, table_function, args),
	F(LIST, table_function, copartition),
	F(LIST, table_function, copartition_ends), END,
};
static const struct field table_argument_fields[] = {
	F(NODE, table_argument, relation),
	F(BOOL, table_argument, has_partition_by),
	F(LIST, table_argument, partition_by),
	F(INT, table_argument, empty), F(NODE, table_argument, order_by), END,
};
static const struct field descriptor_field_fields[] = {
	F(NODE, descriptor_field, name), F(NODE, descriptor_field, type), END,
};
static const struct field match_recognize_fields[] = {
	F(NODE, match_recognize, relation),
	F(LIST, match_recognize, partition_by),
	F(NODE, match_recognize, order_by),
	F(LIST, match_recognize, measures), F(INT, match_recognize, rows),
	F(NODE, match_recognize, skip_to), F(INT, match_recognize, search),
	F(NODE, match_recognize, pattern),
	F(LIST, match_recognize, subsets),
	F(LIST, match_recognize, definitions), END,
};
static const struct field measure_fields[] = {
	F(NODE, measure, value), F(NODE, measure, name), END,
};
static const struct field skip_to_fields[] = {
	F(INT, skip_to, position), F(NODE, skip_to, name), END,
};
static const struct field subset_fields[] = {
	F(NODE, subset, name), F(LIST, subset, list), END,
};
static const struct field pattern_fields[] = {
	F(INT, pattern, type), F(NODE, pattern, name),
	F(LIST, pattern, list), F(INT64, pattern, min),
	F(INT64, pattern, max), F(CHAR, pattern, quantifier),
	F(BOOL, pattern, reluctant), END,
};
static const struct field window_fields[] = {
	F(NODE, window, base), F(LIST, window, partition_by),
	F(NODE, window, order_by), F(NODE, window, frame), END,
};
static const struct field window_definition_fields[] = {
	F(NODE, window_definition, name),
	F(NODE, window_definition, window), END,
};
static const struct field window_frame_fields[] = {
	F(INT, window_frame, type), F(NODE, window_frame, start),
	F(NODE, window_frame, end), F(INT, window_frame, exclude),
	F(LIST, window_frame, measures), F(NODE, window_frame, skip_to),
	F(INT, window_frame, search), F(NODE, window_frame, pattern),
	F(LIST, window_frame, subsets), F(LIST, window_frame, definitions), END,
};
static const struct field frame_bound_fields[] = {
	F(INT, frame_bound, type), F(NODE, frame_bound, value), END,
};
static const struct field use_fields[] = {
	F(NODE, use, catalog), F(NODE, use, schema), END,
};
static const struct field named_fields[] = {
	F(BOOL, named, materialized), F(NODE, named, name), END,
};
static const struct field create_fields[] = {
	F(INT, create, object), F(BOOL, create, replace),
	F(BOOL, create, if_not_exists), F(NODE, create, name),
	F(LIST, create, elements), F(BOOL, create, has_columns),
	F(LIST, create, columns), F(BOOL, create, with_no_data),
	F(NODE, create, query), F(BOOL, create, has_comment),
	F(STR, create, comment), F(LIST, create, properties),
	F(INT, create, security), F(NODE, create, grace_period),
	F(INT, create, when_stale), F(NODE, create, connector),
	F(NODE, create, branch), F(NODE, create, from_branch),
	F(NODE, create, principal), F(NODE, create, catalog),
	F(NODE, create, function), END,
};
static const struct field column_definition_fields[] = {
	F(NODE, column_definition, name), F(NODE, column_definition, type),
	F(NODE, column_definition, fallback),
	F(BOOL, column_definition, not_null),
	F(BOOL, column_definition, has_comment),
	F(STR, column_definition, comment),
	F(LIST, column_definition, properties), END,
};
static const struct field like_clause_fields[] = {
	F(NODE, like_clause, name), F(BOOL, like_clause, including),
	F(BOOL, like_clause, excluding), END,
};
static const struct field property_fields[] = {
	F(NODE, property, name), F(NODE, property, value), END,
};
static const struct field drop_fields[] = {
	F(INT, drop, object), F(BOOL, drop, if_exists),
	F(BOOL, drop, cascade), F(NOISE, drop, restricted),
	F(NODE, drop, name), F(LIST, drop, parameters),
	F(NODE, drop, branch), F(NODE, drop, catalog), END,
};
static const struct field alter_fields[] = {
	F(INT, alter, object), F(INT, alter, action),
	F(BOOL, alter, if_exists), F(BOOL, alter, column_exists),
	F(STR, alter, kind_name), F(NODE, alter, name),
	F(NODE, alter, target), F(NODE, alter, column),
	F(NODE, alter, definition), F(NODE, alter, position),
	F(NODE, alter, type), F(NODE, alter, value),
	F(NODE, alter, principal), F(LIST, alter, properties), END,
};
static const struct field column_position_fields[] = {
	F(INT, column_position, where), F(NODE, column_position, after), END,
};
static const struct field insert_fields[] = {
	F(NODE, insert, table), F(BOOL, insert, has_columns),
	F(LIST, insert, columns), F(NODE, insert, query), END,
};
static const struct field delete_fields[] = {
	F(NODE, delete, table), F(NODE, delete, where), END,
};
static const struct field update_fields[] = {
	F(NODE, update, table), F(LIST, update, assignments),
	F(NODE, update, where), END,
};
static const struct field merge_fields[] = {
	F(NODE, merge, table), F(NODE, merge, alias),
	F(NODE, merge, source), F(NODE, merge, on), F(LIST, merge, cases), END,
};
static const struct field merge_case_fields[] = {
	F(INT, merge_case, action), F(NODE, merge_case, condition),
	F(LIST, merge_case, assignments), F(LIST, merge_case, columns),
	F(LIST, merge_case, values), END,
};
static const struct field comment_fields[] = {
	F(INT, comment, object), F(NODE, comment, name),
	F(BOOL, comment, has_comment), F(STR, comment, comment), END,
};
static const struct field analyze_fields[] = {
	F(NODE, analyze, name), F(LIST, analyze, properties), END,
};
static const struct field call_procedure_fields[] = {
	F(NODE, call_procedure, name), F(LIST, call_procedure, args), END,
};
static const struct field table_execute_fields[] = {
	F(NODE, table_execute, table), F(NODE, table_execute, procedure),
	F(LIST, table_execute, args), F(NODE, table_execute, where), END,
};
static const struct field explain_fields[] = {
	F(BOOL, explain, analyze), F(BOOL, explain, verbose),
	F(INT, explain, type), F(INT, explain, format),
	F(NODE, explain, statement), END,
};
static const struct field show_fields[] = {
	F(INT, show, what), F(NODE, show, name), F(NODE, show, query),
	F(NODE, show, object), F(BOOL, show, has_like),
	F(BOOL, show, has_escape), F(STR, show, like), F(STR, show, escape), END,
};
static const struct field start_transaction_fields[] = {
	F(BOOL, start_transaction, has_isolation),
	F(BOOL, start_transaction, has_access),
	F(BOOL, start_transaction, read_only),
	F(STR, start_transaction, isolation), END,
};
static const struct field prepare_fields[] = {
	F(NODE, prepare, name), F(NODE, prepare, statement), END,
};
static const struct field execute_fields[] = {
	F(NODE, execute, name), F(NODE, execute, text),
	F(LIST, execute, args), END,
};
static const struct field describe_fields[] = {
	F(BOOL, describe, output), F(NODE, describe, name),
	F(NODE, describe, query), END,
};
static const struct field grant_fields[] = {
	F(INT, grant, verb), F(BOOL, grant, all), F(LIST, grant, names),
	F(NODE, grant, object), F(LIST, grant, grantees),
	F(BOOL, grant, option), F(NODE, grant, grantor),
	F(NODE, grant, catalog), END,
};
static const struct field grant_object_fields[] = {
	F(STR, grant_object, kind), F(NODE, grant_object, name),
	F(NODE, grant_object, branch), END,
};
static const struct field principal_fields[] = {
	F(INT, principal, type), F(NODE, principal, name), END,
};
static const struct field set_role_fields[] = {
	F(INT, set_role, what), F(NODE, set_role, role),
	F(NODE, set_role, catalog), END,
};
static const struct field function_fields[] = {
	F(NODE, function, name), F(LIST, function, parameters),
	F(NODE, function, returns), F(LIST, function, characteristics),
	F(NODE, function, body), F(BOOL, function, has_definition),
	F(STR, function, definition), END,
};
static const struct field characteristic_fields[] = {
	F(INT, characteristic, type), F(NODE, characteristic, language),
	F(INT, characteristic, security), F(STR, characteristic, comment),
	F(LIST, characteristic, properties), END,
};
static const struct field declare_fields[] = {
	F(LIST, declare, names), F(NODE, declare, type),
	F(NODE, declare, fallback), END,
};
static const struct field compound_fields[] = {
	F(LIST, compound, declarations), F(LIST, compound, statements), END,
};
static const struct field case_statement_fields[] = {
	F(NODE, case_statement, operand), F(LIST, case_statement, branches),
	F(BOOL, case_statement, has_else),
	F(LIST, case_statement, otherwise), END,
};
static const struct field statement_branch_fields[] = {
	F(NODE, statement_branch, condition),
	F(LIST, statement_branch, statements), END,
};
static const struct field loop_fields[] = {
	F(NODE, loop, label), F(NODE, loop, condition),
	F(LIST, loop, statements), END,
};

#define LAYOUT(kind, name) [NODE_##kind] = { #kind, name##_fields, \
	sizeof(struct name##_node) },
const struct node_layout node_layouts[NODE_KIND_COUNT] = {
	NODE_KINDS(LAYOUT)
};
