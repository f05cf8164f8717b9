/* SPDX-License-Identifier: Apache-2.0
 * tables.c - the tables of the system connector and their columns, as
 * Trino's.  Tables without a fill function have no rows here. */
#include "base/check.h"
#include "conn/system/system.h"

static const struct type *const varchar_child[] = { TYPE(VARCHAR) };
static const struct type *const doubles[] = { TYPE(DOUBLE), TYPE(DOUBLE) };
static const struct type array_varchar = {
	.id = TYPE_ARRAY, .rep = REP_LIST, .n = 1, .child = varchar_child,
};
static const struct type map_doubles = {
	.id = TYPE_MAP, .rep = REP_LIST, .n = 2, .child = doubles,
};
static const struct type instant_9 = {
	.id = TYPE_TIMESTAMP_TZ, .rep = REP_LONG_TIME, .precision = 9,
};

#define V(n) { n, TYPE(VARCHAR), false }
#define I(n) { n, TYPE(BIGINT), false }
#define B(n) { n, TYPE(BOOLEAN), false }
#define F(n) { n, TYPE(DOUBLE), false }
#define T(n) { n, TYPE(TIMESTAMP_TZ), false }
#define T9(n) { n, &instant_9, false }
#define A(n) { n, &array_varchar, false }
#define M(n) { n, &map_doubles, false }
#define HIDDEN(n) { n, TYPE(VARCHAR), true }

static const struct sys_column applicable_roles[] = {
	V("grantee"), V("grantee_type"), V("role_name"), V("is_grantable"),
};

static const struct sys_column columns[] = {
	V("table_catalog"), V("table_schema"), V("table_name"),
	V("column_name"), I("ordinal_position"), V("column_default"),
	V("is_nullable"), V("data_type"), HIDDEN("comment"),
};

static const struct sys_column enabled_roles[] = {
	V("role_name"),
};

static const struct sys_column roles[] = {
	V("role_name"),
};

static const struct sys_column schemata[] = {
	V("catalog_name"), V("schema_name"),
};

static const struct sys_column table_privileges[] = {
	V("grantor"), V("grantor_type"), V("grantee"), V("grantee_type"),
	V("table_catalog"), V("table_schema"), V("table_name"),
	V("privilege_type"), V("is_grantable"), V("with_hierarchy"),
};

static const struct sys_column tables[] = {
	V("table_catalog"), V("table_schema"), V("table_name"),
	V("table_type"),
};

static const struct sys_column views[] = {
	V("table_catalog"), V("table_schema"), V("table_name"),
	V("view_definition"),
};

static const struct sys_column jdbc_attributes[] = {
	V("type_cat"), V("type_schem"), V("type_name"), V("attr_name"),
	I("data_type"), V("attr_type_name"), I("attr_size"),
	I("decimal_digits"), I("num_prec_radix"), I("nullable"), V("remarks"),
	V("attr_def"), I("sql_data_type"), I("sql_datetime_sub"),
	I("char_octet_length"), I("ordinal_position"), V("is_nullable"),
	V("scope_catalog"), V("scope_schema"), V("scope_table"),
	I("source_data_type"),
};

static const struct sys_column jdbc_catalogs[] = {
	V("table_cat"),
};

static const struct sys_column jdbc_columns[] = {
	V("table_cat"), V("table_schem"), V("table_name"), V("column_name"),
	I("data_type"), V("type_name"), I("column_size"), I("buffer_length"),
	I("decimal_digits"), I("num_prec_radix"), I("nullable"), V("remarks"),
	V("column_def"), I("sql_data_type"), I("sql_datetime_sub"),
	I("char_octet_length"), I("ordinal_position"), V("is_nullable"),
	V("scope_catalog"), V("scope_schema"), V("scope_table"),
	I("source_data_type"), V("is_autoincrement"), V("is_generatedcolumn"),
};

static const struct sys_column jdbc_procedure_columns[] = {
	V("procedure_cat"), V("procedure_schem"), V("procedure_name"),
	V("column_name"), I("column_type"), I("data_type"), V("type_name"),
	I("precision"), I("length"), I("scale"), I("radix"), I("nullable"),
	V("remarks"), V("column_def"), I("sql_data_type"),
	I("sql_datetime_sub"), I("char_octet_length"), I("ordinal_position"),
	V("is_nullable"), V("specific_name"),
};

static const struct sys_column jdbc_procedures[] = {
	V("procedure_cat"), V("procedure_schem"), V("procedure_name"),
	V("remarks"), I("procedure_type"), V("specific_name"),
};

static const struct sys_column jdbc_pseudo_columns[] = {
	V("table_cat"), V("table_schem"), V("table_name"), V("column_name"),
	I("data_type"), I("column_size"), I("decimal_digits"),
	I("num_prec_radix"), V("column_usage"), V("remarks"),
	I("char_octet_length"), I("is_nullable"),
};

static const struct sys_column jdbc_schemas[] = {
	V("table_schem"), V("table_catalog"),
};

static const struct sys_column jdbc_super_tables[] = {
	V("table_cat"), V("table_schem"), V("table_name"),
	V("supertable_name"),
};

static const struct sys_column jdbc_super_types[] = {
	V("type_cat"), V("type_schem"), V("type_name"), V("supertype_cat"),
	V("supertype_schem"), V("supertype_name"),
};

static const struct sys_column jdbc_table_types[] = {
	V("table_type"),
};

static const struct sys_column jdbc_tables[] = {
	V("table_cat"), V("table_schem"), V("table_name"), V("table_type"),
	V("remarks"), V("type_cat"), V("type_schem"), V("type_name"),
	V("self_referencing_col_name"), V("ref_generation"),
};

static const struct sys_column jdbc_types[] = {
	V("type_name"), I("data_type"), I("precision"), V("literal_prefix"),
	V("literal_suffix"), V("create_params"), I("nullable"),
	B("case_sensitive"), I("searchable"), B("unsigned_attribute"),
	B("fixed_prec_scale"), B("auto_increment"), V("local_type_name"),
	I("minimum_scale"), I("maximum_scale"), I("sql_data_type"),
	I("sql_datetime_sub"), I("num_prec_radix"),
};

static const struct sys_column jdbc_udts[] = {
	V("type_cat"), V("type_schem"), V("type_name"), V("class_name"),
	V("data_type"), V("remarks"), V("base_type"),
};

static const struct sys_column properties[] = {
	V("catalog_name"), V("property_name"), V("default_value"), V("type"),
	V("description"),
};

static const struct sys_column metadata_catalogs[] = {
	V("catalog_name"), V("connector_id"), V("connector_name"), V("state"),
};

static const struct sys_column metadata_functions_authorization[] = {
	V("catalog"), V("schema"), V("name"), V("authorization_type"),
	V("authorization"),
};

static const struct sys_column metadata_materialized_views[] = {
	V("catalog_name"), V("schema_name"), V("name"), V("storage_catalog"),
	V("storage_schema"), V("storage_table"), V("freshness"),
	T9("last_fresh_time"), V("comment"), V("definition"),
};

static const struct sys_column metadata_schemas_authorization[] = {
	V("catalog"), V("schema"), V("authorization_type"),
	V("authorization"),
};

static const struct sys_column metadata_table_comments[] = {
	V("catalog_name"), V("schema_name"), V("table_name"), V("comment"),
};

static const struct sys_column metadata_tables_authorization[] = {
	V("catalog"), V("schema"), V("name"), V("authorization_type"),
	V("authorization"),
};

static const struct sys_column runtime_nodes[] = {
	V("node_id"), V("http_uri"), V("node_version"), B("coordinator"),
	V("state"),
};

static const struct sys_column runtime_optimizer_rule_stats[] = {
	V("rule_name"), I("invocations"), I("matches"), I("failures"),
	F("average_time"), M("time_distribution_percentiles"),
};

static const struct sys_column runtime_queries[] = {
	V("query_id"), V("state"), V("user"), V("source"), V("query"),
	A("resource_group_id"), I("queued_time_ms"), I("analysis_time_ms"),
	I("planning_time_ms"), T("created"), T("started"),
	T("last_heartbeat"), T("end"), V("error_type"), V("error_code"),
};

static const struct sys_column runtime_tasks[] = {
	V("node_id"), V("task_id"), V("stage_id"), V("query_id"), V("state"),
	I("splits"), I("queued_splits"), I("running_splits"),
	I("completed_splits"), I("split_scheduled_time_ms"),
	I("split_cpu_time_ms"), I("split_blocked_time_ms"),
	I("internal_network_input_bytes"), I("processed_input_bytes"),
	I("processed_input_rows"), I("output_bytes"), I("output_rows"),
	I("physical_input_bytes"), I("physical_written_bytes"), T("created"),
	T("start"), T("last_heartbeat"), T("end"),
};

static const struct sys_column runtime_transactions[] = {
	V("transaction_id"), V("isolation_level"), B("read_only"),
	B("auto_commit_context"), T("create_time"), I("idle_time_secs"),
	V("written_catalog"), A("catalogs"),
};

#define TABLE(s, n, columns, fill) \
	{ s, n, columns, ARRAY_LEN(columns), fill }

const struct sys_table sys_all[] = {
	TABLE("information_schema", "applicable_roles", applicable_roles,
	    NULL),
	TABLE("information_schema", "columns", columns, sys_columns),
	TABLE("information_schema", "enabled_roles", enabled_roles, NULL),
	TABLE("information_schema", "roles", roles, NULL),
	TABLE("information_schema", "schemata", schemata, sys_schemata),
	TABLE("information_schema", "table_privileges", table_privileges,
	    NULL),
	TABLE("information_schema", "tables", tables, sys_tables),
	TABLE("information_schema", "views", views, sys_views),
	TABLE("jdbc", "attributes", jdbc_attributes, NULL),
	TABLE("jdbc", "catalogs", jdbc_catalogs, sys_jdbc_catalogs),
	TABLE("jdbc", "columns", jdbc_columns, sys_jdbc_columns),
	TABLE("jdbc", "procedure_columns", jdbc_procedure_columns, NULL),
	TABLE("jdbc", "procedures", jdbc_procedures, NULL),
	TABLE("jdbc", "pseudo_columns", jdbc_pseudo_columns, NULL),
	TABLE("jdbc", "schemas", jdbc_schemas, sys_jdbc_schemas),
	TABLE("jdbc", "super_tables", jdbc_super_tables, NULL),
	TABLE("jdbc", "super_types", jdbc_super_types, NULL),
	TABLE("jdbc", "table_types", jdbc_table_types, sys_jdbc_table_types),
	TABLE("jdbc", "tables", jdbc_tables, sys_jdbc_tables),
	TABLE("jdbc", "types", jdbc_types, sys_jdbc_types),
	TABLE("jdbc", "udts", jdbc_udts, NULL),
	TABLE("metadata", "analyze_properties", properties, NULL),
	TABLE("metadata", "catalogs", metadata_catalogs, sys_catalogs),
	TABLE("metadata", "column_properties", properties, NULL),
	TABLE("metadata", "functions_authorization", metadata_functions_authorization,
	    NULL),
	TABLE("metadata", "materialized_view_properties", properties, NULL),
	TABLE("metadata", "materialized_views", metadata_materialized_views,
	    NULL),
	TABLE("metadata", "schema_properties", properties, NULL),
	TABLE("metadata", "schemas_authorization", metadata_schemas_authorization,
	    NULL),
	TABLE("metadata", "table_comments", metadata_table_comments,
	    sys_table_comments),
	TABLE("metadata", "table_properties", properties,
	    sys_table_properties),
	TABLE("metadata", "tables_authorization", metadata_tables_authorization,
	    NULL),
	TABLE("runtime", "nodes", runtime_nodes, sys_nodes),
	TABLE("runtime", "optimizer_rule_stats", runtime_optimizer_rule_stats,
	    NULL),
	TABLE("runtime", "queries", runtime_queries, sys_queries),
	TABLE("runtime", "tasks", runtime_tasks, sys_tasks),
	TABLE("runtime", "transactions", runtime_transactions,
	    sys_transactions),
};
const int sys_all_n = ARRAY_LEN(sys_all);

const struct sys_table *
sys_find(const char *schema, const char *name)
{
	for (int i = 0; i < sys_all_n; i++)
		if (strcmp(sys_all[i].schema, schema) == 0 &&
		    strcmp(sys_all[i].name, name) == 0)
			return &sys_all[i];
	return NULL;
}
