noinst_LIBRARIES += libops.a
libops_a_SOURCES = \
	src/ops/agg.h \
	src/ops/agg_deferred.c \
	src/ops/agg_emit.c \
	src/ops/agg_merge.c \
	src/ops/agg_spill.c \
	src/ops/agg_update.c \
	src/ops/driver.c src/ops/driver.h \
	src/ops/gate.c src/ops/gate.h \
	src/ops/group_cache.c src/ops/group_cache.h \
	src/ops/group_table.c src/ops/group_table.h \
	src/ops/join.h \
	src/ops/join_filter.c \
	src/ops/join_output.c \
	src/ops/join_pairs.c \
	src/ops/join_probe.h \
	src/ops/join_probe_table.c \
	src/ops/join_table.c src/ops/join_table.h \
	src/ops/key_codec.c src/ops/key_codec.h \
	src/ops/key_store.c \
	src/ops/op.h \
	src/ops/op_agg.c \
	src/ops/op_exchange.c \
	src/ops/op_join_build.c \
	src/ops/op_join_probe.c \
	src/ops/op_limit.c \
	src/ops/op_mark_distinct.c \
	src/ops/op_merge.c \
	src/ops/op_output.c \
	src/ops/op_project.c \
	src/ops/op_scan.c \
	src/ops/op_simple.c \
	src/ops/op_sort.c \
	src/ops/op_topn.c \
	src/ops/op_unnest.c \
	src/ops/op_values.c \
	src/ops/op_window.c \
	src/ops/op_writer.c \
	src/ops/page_merge.c src/ops/page_merge.h \
	src/ops/page_store.c src/ops/page_store.h \
	src/ops/runtime_filter.c src/ops/runtime_filter.h \
	src/ops/run_merge.c src/ops/run_merge.h \
	src/ops/sort.c src/ops/sort.h \
	src/ops/sorted_input.c src/ops/sorted_input.h \
	src/ops/spill_read.c src/ops/spill_read.h \
	src/ops/task.c src/ops/task.h src/ops/task_priv.h \
	src/ops/task_build.c \
	src/ops/window.h \
	src/ops/window_agg.c \
	src/ops/window_value.c
