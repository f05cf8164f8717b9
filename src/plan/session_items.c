/* SPDX-License-Identifier: Apache-2.0
 * session_items.c - the session properties: Trino's names, types, defaults
 * and meanings, in the order of SHOW SESSION.  Those without a meaning are
 * not shown. */
#include "plan/session.h"

const struct conf_item session_items[] = {
	{ .name = "adaptive_filter_reordering_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Reorder conjunctive/disjunctive filter terms at runtime "
	    "based on observed selectivity and performance" },
	{ .name = "adaptive_partial_aggregation_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "When enabled, partial aggregation might be adaptively "
	    "turned off when it does not provide any performance gain" },
	{ .name = "adaptive_partial_aggregation_unique_rows_ratio_threshold", .type = CONF_DOUBLE,
	    .fallback = "0.8",
	    .help = "Ratio between aggregation output and input rows above "
	    "which partial aggregation might be adaptively turned off" },
	{ .name = "aggregation_operator_unspill_memory_limit", .type = CONF_SIZE,
	    .fallback = "4MB", .min = 0, .max = INT64_MAX,
	    .help = "How much memory should be allocated per aggregation "
	    "operator in unspilling process" },
	{ .name = "collect_plan_statistics_for_all_queries", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Collect plan statistics for non-EXPLAIN queries" },
	{ .name = "colocated_join", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Use a colocated join when possible" },
	{ .name = "columnar_filter_evaluation_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enables columnar evaluation of filters" },
	{ .name = "default_filter_factor_enabled", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "use a default filter factor for unknown filters in a "
	    "filter node" },
	{ .name = "determine_partition_count_for_write_enabled", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Determine the number of partitions based on amount of data"
	    " read and processed by the query for write queries" },
	{ .name = "dictionary_aggregation", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Enable optimization for aggregations on dictionaries" },
	{ .name = "distinct_aggregations_strategy", .type = CONF_ENUM,
	    .fallback = "",
	    .choices = "SINGLE_STEP|MARK_DISTINCT|PRE_AGGREGATE|"
	    "SPLIT_TO_SUBQUERIES|AUTOMATIC",
	    .help = "Strategy to use for distinct aggregations.. Possible "
	    "values: [SINGLE_STEP, MARK_DISTINCT, PRE_AGGREGATE, "
	    "SPLIT_TO_SUBQUERIES, AUTOMATIC]" },
	{ .name = "distributed_sort", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Parallelize sort across multiple nodes" },
	{ .name = "dynamic_row_filtering_selectivity_threshold", .type = CONF_DOUBLE,
	    .fallback = "0.7",
	    .help = "Avoid using dynamic row filters when fraction of rows "
	    "selected is above threshold" },
	{ .name = "enable_dynamic_filtering", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enable dynamic filtering" },
	{ .name = "enable_dynamic_row_filtering", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enable fine-grained filtering of rows in the scan operator"
	    " using dynamic filters" },
	{ .name = "enable_intermediate_aggregations", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Enable the use of intermediate aggregations" },
	{ .name = "enable_stats_calculator", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enable statistics calculator" },
	{ .name = "exchange_compression_codec", .type = CONF_ENUM,
	    .fallback = "NONE",
	    .choices = "NONE|LZ4|ZSTD",
	    .help = "Compression codec used for data in exchanges, supports "
	    "NONE, LZ4, ZSTD. Possible values: [NONE, LZ4, ZSTD]" },
	{ .name = "execution_policy", .type = CONF_STRING,
	    .fallback = "phased",
	    .help = "Policy used for scheduling query tasks" },
	{ .name = "fault_tolerant_execution_adaptive_join_reordering_enabled", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Reorder partitioned join based on run time stats in fault "
	    "tolerant execution" },
	{ .name = "fault_tolerant_execution_adaptive_query_planning_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enable adaptive query planning for the fault tolerant "
	    "execution" },
	{ .name = "filter_and_project_min_output_page_row_count", .type = CONF_INT,
	    .fallback = "256", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Experimental: Minimum output page row count for filter and"
	    " project operators" },
	{ .name = "filter_and_project_min_output_page_size", .type = CONF_SIZE,
	    .fallback = "500kB", .min = 0, .max = INT64_MAX,
	    .help = "Experimental: Minimum output page size for filter and "
	    "project operators" },
	{ .name = "filter_conjunction_independence_factor", .type = CONF_DOUBLE,
	    .fallback = "0.75",
	    .help = "Scales the strength of independence assumption for "
	    "selectivity estimates of the conjunction of multiple "
	    "filters" },
	{ .name = "force_spilling_join", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Force the usage of spliing join operator in favor of the "
	    "non-spilling one, even if spill is not enabled" },
	{ .name = "hide_inaccessible_columns", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "When enabled non-accessible columns are silently filtered "
	    "from results from SELECT * statements" },
	{ .name = "ignore_downstream_preferences", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Ignore Parent's PreferredProperties in AddExchange "
	    "optimizer" },
	{ .name = "ignore_stats_calculator_failures", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Ignore statistics calculator failures" },
	{ .name = "incremental_hash_array_load_factor_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Use smaller load factor for small hash arrays in order to "
	    "improve performance" },
	{ .name = "initial_splits_per_node", .type = CONF_INT,
	    .fallback = "4", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "The number of splits each node will run per task, "
	    "initially" },
	{ .name = "iterative_optimizer_timeout", .type = CONF_DURATION,
	    .fallback = "3.00m", .min = 0, .max = INT64_MAX,
	    .help = "Timeout for plan optimization in iterative optimizer" },
	{ .name = "join_distribution_type", .type = CONF_ENUM,
	    .fallback = "AUTOMATIC",
	    .choices = "BROADCAST|PARTITIONED|AUTOMATIC",
	    .help = "Join distribution type. Possible values: [BROADCAST, "
	    "PARTITIONED, AUTOMATIC]" },
	{ .name = "join_max_broadcast_table_size", .type = CONF_SIZE,
	    .fallback = "100MB", .min = 0, .max = INT64_MAX,
	    .help = "Maximum estimated size of a table that can be broadcast "
	    "when using automatic join type selection" },
	{ .name = "join_multi_clause_independence_factor", .type = CONF_DOUBLE,
	    .fallback = "0.25",
	    .help = "Scales the strength of independence assumption for "
	    "selectivity estimates of multi-clause joins" },
	{ .name = "join_partitioned_build_min_row_count", .type = CONF_INT,
	    .fallback = "1000000", .min = INT64_MIN, .max = INT64_MAX,
	    .help = "Minimum number of join build side rows required to use "
	    "partitioned join lookup" },
	{ .name = "join_reordering_strategy", .type = CONF_ENUM,
	    .fallback = "AUTOMATIC",
	    .choices = "NONE|ELIMINATE_CROSS_JOINS|AUTOMATIC",
	    .help = "Join reordering strategy. Possible values: [NONE, "
	    "ELIMINATE_CROSS_JOINS, AUTOMATIC]" },
	{ .name = "mark_distinct_strategy", .type = CONF_ENUM,
	    .fallback = "",
	    .choices = "NONE|ALWAYS|AUTOMATIC",
	    .help = "Deprecated. Strategy to use for distinct aggregations.. "
	    "Possible values: [NONE, ALWAYS, AUTOMATIC]" },
	{ .name = "max_drivers_per_task", .type = CONF_INT,
	    .fallback = "", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of drivers per task" },
	{ .name = "max_hash_partition_count", .type = CONF_INT,
	    .fallback = "100", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of partitions for distributed joins and "
	    "aggregations" },
	{ .name = "max_partial_top_n_memory", .type = CONF_SIZE,
	    .fallback = "16MB", .min = 0, .max = INT64_MAX,
	    .help = "Max memory size for partial Top N aggregations. This can "
	    "be turned off by setting it with '0'." },
	{ .name = "max_recursion_depth", .type = CONF_INT,
	    .fallback = "10", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum recursion depth for recursive common table "
	    "expression" },
	{ .name = "max_reordered_joins", .type = CONF_INT,
	    .fallback = "8", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "The maximum number of joins to reorder as one group in "
	    "cost-based join reordering" },
	{ .name = "max_tasks_waiting_for_execution_per_query", .type = CONF_INT,
	    .fallback = "10", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of tasks waiting to be scheduled per query."
	    " Split enumeration is paused by the scheduler when this "
	    "threshold is crossed" },
	{ .name = "max_tasks_waiting_for_node_per_query", .type = CONF_INT,
	    .fallback = "50", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum possible number of tasks waiting for node "
	    "allocation per query before scheduling of new tasks is "
	    "paused" },
	{ .name = "max_unacknowledged_splits_per_task", .type = CONF_INT,
	    .fallback = "2000", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of leaf splits awaiting delivery to a given"
	    " task" },
	{ .name = "max_writer_task_count", .type = CONF_INT,
	    .fallback = "100", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of tasks that will participate in writing "
	    "data" },
	{ .name = "merge_project_with_values", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Inline project expressions into values" },
	{ .name = "min_hash_partition_count", .type = CONF_INT,
	    .fallback = "4", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Minimum number of partitions for distributed joins and "
	    "aggregations" },
	{ .name = "min_hash_partition_count_for_write", .type = CONF_INT,
	    .fallback = "50", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Minimum number of partitions for distributed joins and "
	    "aggregations in write queries" },
	{ .name = "min_input_rows_per_task", .type = CONF_INT,
	    .fallback = "10000000", .min = INT64_MIN, .max = INT64_MAX,
	    .help = "Minimum input rows required per task. This will help "
	    "optimizer determine hash partition count for joins and "
	    "aggregations" },
	{ .name = "min_input_size_per_task", .type = CONF_SIZE,
	    .fallback = "5GB", .min = 0, .max = INT64_MAX,
	    .help = "Minimum input data size required per task. This will help "
	    "optimizer determine hash partition count for joins and "
	    "aggregations" },
	{ .name = "non_estimatable_predicate_approximation_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Approximate the cost of filters which cannot be accurately"
	    " estimated even with complete statistics" },
	{ .name = "optimize_duplicate_insensitive_joins", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Optimize duplicate insensitive joins" },
	{ .name = "optimize_metadata_queries", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Enable optimization for metadata queries" },
	{ .name = "optimize_top_n_ranking", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Use top N ranking optimization" },
	{ .name = "pre_aggregate_case_aggregations_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Pre-aggregate rows before GROUP BY with multiple CASE "
	    "aggregations on same column" },
	{ .name = "predicate_pushdown_use_table_properties", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Use table properties in predicate pushdown" },
	{ .name = "prefer_partial_aggregation", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Prefer splitting aggregations into partial and final "
	    "stages" },
	{ .name = "push_aggregation_through_outer_join", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Allow pushing aggregations below joins" },
	{ .name = "push_filter_into_values_max_row_count", .type = CONF_INT,
	    .fallback = "100", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of rows in values for which filter is "
	    "pushed down into values" },
	{ .name = "push_partial_aggregation_through_join", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Push partial aggregations below joins" },
	{ .name = "push_table_write_through_union", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Parallelize writes when using UNION ALL in queries that "
	    "write data" },
	{ .name = "query_max_cpu_time", .type = CONF_STRING,
	    .fallback = "1000000000.00d",
	    .help = "Maximum CPU time of a query" },
	{ .name = "query_max_execution_time", .type = CONF_DURATION,
	    .fallback = "100.00d", .min = 0, .max = INT64_MAX,
	    .help = "Maximum execution time of a query" },
	{ .name = "query_max_memory", .type = CONF_SIZE,
	    .fallback = "20GB", .min = 0, .max = INT64_MAX,
	    .help = "" },
	{ .name = "query_max_memory_per_node", .type = CONF_SIZE,
	    .fallback = "1GB", .min = 0, .max = INT64_MAX,
	    .help = "" },
	{ .name = "query_max_planning_time", .type = CONF_DURATION,
	    .fallback = "10.00m", .min = 0, .max = INT64_MAX,
	    .help = "Maximum planning time of a query" },
	{ .name = "query_max_run_time", .type = CONF_DURATION,
	    .fallback = "100.00d", .min = 0, .max = INT64_MAX,
	    .help = "Maximum run time of a query (includes the queueing time)" },
	{ .name = "query_max_scan_physical_bytes", .type = CONF_STRING,
	    .fallback = "",
	    .help = "Maximum scan physical bytes of a query" },
	{ .name = "query_max_total_memory", .type = CONF_SIZE,
	    .fallback = "40GB", .min = 0, .max = INT64_MAX,
	    .help = "" },
	{ .name = "query_max_write_physical_size", .type = CONF_STRING,
	    .fallback = "",
	    .help = "Maximum write physical size of a query" },
	{ .name = "query_priority", .type = CONF_INT,
	    .fallback = "1", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "The priority of queries. Larger numbers are higher "
	    "priority" },
	{ .name = "query_retry_attempts", .type = CONF_INT,
	    .fallback = "4", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of query retry attempts" },
	{ .name = "redistribute_writes", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Force parallel distributed writes" },
	{ .name = "remote_task_adaptive_update_request_size_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Experimental: Enable adaptive adjustment for size of "
	    "remote task update request" },
	{ .name = "remote_task_guaranteed_splits_per_request", .type = CONF_INT,
	    .fallback = "3", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Guaranteed splits per remote task request" },
	{ .name = "remote_task_max_request_size", .type = CONF_SIZE,
	    .fallback = "8MB", .min = 0, .max = INT64_MAX,
	    .help = "Experimental: Max size of remote task update request" },
	{ .name = "remote_task_request_size_headroom", .type = CONF_SIZE,
	    .fallback = "2MB", .min = 0, .max = INT64_MAX,
	    .help = "Experimental: Headroom for size of remote task update "
	    "request" },
	{ .name = "required_workers_count", .type = CONF_INT,
	    .fallback = "1", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Minimum number of active workers that must be available "
	    "before the query will start" },
	{ .name = "required_workers_max_wait_time", .type = CONF_DURATION,
	    .fallback = "5.00m", .min = 0, .max = INT64_MAX,
	    .help = "Maximum time to wait for minimum number of workers before "
	    "the query is failed" },
	{ .name = "resource_overcommit", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Use resources which are not guaranteed to be available to "
	    "the query" },
	{ .name = "retry_delay_scale_factor", .type = CONF_DOUBLE,
	    .fallback = "2.0",
	    .help = "Maximum delay before initiating a retry attempt. Delay "
	    "increases exponentially for each subsequent attempt "
	    "starting from 'retry_initial_delay'" },
	{ .name = "retry_initial_delay", .type = CONF_DURATION,
	    .fallback = "10.00s", .min = 0, .max = INT64_MAX,
	    .help = "Initial delay before initiating a retry attempt. Delay "
	    "increases exponentially for each subsequent attempt up to "
	    "'retry_max_delay'" },
	{ .name = "retry_max_delay", .type = CONF_DURATION,
	    .fallback = "1.00m", .min = 0, .max = INT64_MAX,
	    .help = "Maximum delay before initiating a retry attempt. Delay "
	    "increases exponentially for each subsequent attempt "
	    "starting from 'retry_initial_delay'" },
	{ .name = "retry_policy", .type = CONF_ENUM,
	    .fallback = "NONE",
	    .choices = "NONE|QUERY|TASK",
	    .help = "" },
	{ .name = "rewrite_filtering_semi_join_to_inner_join", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Rewrite semi join in filtering context to inner join" },
	{ .name = "scale_writers", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Scale out writers based on throughput (use minimum "
	    "necessary)" },
	{ .name = "skip_redundant_sort", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Skip redundant sort operations" },
	{ .name = "spatial_join", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Use spatial index for spatial join when possible" },
	{ .name = "spatial_partitioning_table_name", .type = CONF_STRING,
	    .fallback = "",
	    .help = "Name of the table containing spatial partitioning scheme" },
	{ .name = "spill_enabled", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Enable spilling" },
	{ .name = "split_concurrency_adjustment_interval", .type = CONF_DURATION,
	    .fallback = "100.00ms", .min = 0, .max = INT64_MAX,
	    .help = "Experimental: Interval between changes to the number of "
	    "concurrent splits per node" },
	{ .name = "spooling_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enable client spooling protocol" },
	{ .name = "spooling_unsupported_warning", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Generate warning when client lacks support for spooling "
	    "protocol" },
	{ .name = "statistics_precalculation_for_pushdown_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Enable statistics precalculation for pushdown" },
	{ .name = "table_scan_node_partitioning_min_bucket_to_task_ratio", .type = CONF_DOUBLE,
	    .fallback = "0.5",
	    .help = "Min table scan bucket to task ratio for which plan will be"
	    " adopted to node pre-partitioned tables" },
	{ .name = "task_concurrency", .type = CONF_INT,
	    .fallback = "4", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Default number of local parallel jobs per worker" },
	{ .name = "task_max_writer_count", .type = CONF_INT,
	    .fallback = "4", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of local parallel table writers per task "
	    "when either task writer scaling or preferred partitioning "
	    "is used" },
	{ .name = "task_min_writer_count", .type = CONF_INT,
	    .fallback = "2", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Minimum number of local parallel table writers per task "
	    "when preferred partitioning and task writer scaling are "
	    "not used" },
	{ .name = "task_retry_attempts_per_task", .type = CONF_INT,
	    .fallback = "4", .min = INT32_MIN, .max = INT32_MAX,
	    .help = "Maximum number of task retry attempts per single task" },
	{ .name = "task_scale_writers_enabled", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Scale the number of concurrent table writers per task "
	    "based on throughput" },
	{ .name = "task_scale_writers_max_writer_memory_percentage", .type = CONF_DOUBLE,
	    .fallback = "70.0",
	    .help = "Maximum percentage of memory per node that can be used by "
	    "concurrent writers within a task before stopping writer "
	    "scaling" },
	{ .name = "task_share_index_loading", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Share index join lookups and caching within a task" },
	{ .name = "time_zone_id", .type = CONF_STRING,
	    .fallback = "",
	    .help = "" },
	{ .name = "use_cost_based_partitioning", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "When enabled the cost based optimizer is used to determine"
	    " if repartitioning the output of an already partitioned "
	    "stage is necessary" },
	{ .name = "use_exact_partitioning", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "When enabled this forces data repartitioning unless the "
	    "partitioning of upstream stage matches exactly what "
	    "downstream stage expects" },
	{ .name = "use_legacy_window_filter_pushdown", .type = CONF_BOOL,
	    .fallback = "false",
	    .help = "Use legacy window filter pushdown optimizer" },
	{ .name = "use_preferred_write_partitioning", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Use preferred write partitioning" },
	{ .name = "use_table_scan_node_partitioning", .type = CONF_BOOL,
	    .fallback = "true",
	    .help = "Adapt plan to node pre-partitioned tables" },
	{ .name = "writer_scaling_min_data_processed", .type = CONF_SIZE,
	    .fallback = "120MB", .min = 0, .max = INT64_MAX,
	    .help = "Minimum amount of uncompressed output data processed by "
	    "writers before writer scaling can happen" },
};

const int session_items_n = sizeof(session_items) / sizeof(session_items[0]);
