noinst_LIBRARIES += libops.a
libops_a_SOURCES = \
	src/ops/driver.c src/ops/driver.h \
	src/ops/gate.c src/ops/gate.h \
	src/ops/op.h \
	src/ops/op_exchange.c \
	src/ops/op_limit.c \
	src/ops/op_output.c \
	src/ops/op_project.c \
	src/ops/op_scan.c \
	src/ops/op_values.c \
	src/ops/page_merge.c src/ops/page_merge.h \
	src/ops/runtime_filter.c src/ops/runtime_filter.h \
	src/ops/task.c src/ops/task.h src/ops/task_priv.h \
	src/ops/task_build.c
