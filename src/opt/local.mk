noinst_LIBRARIES += libopt.a
libopt_a_SOURCES = \
	src/opt/apply_group.c \
	src/opt/apply_mark.c \
	src/opt/build.h \
	src/opt/build_aggregate.c \
	src/opt/build_join.c \
	src/opt/build_piece.c \
	src/opt/build_rows.c \
	src/opt/build_scan.c \
	src/opt/decorrelate.c \
	src/opt/decorrelate.h \
	src/opt/distinct.c \
	src/opt/estimate.h \
	src/opt/explain.c \
	src/opt/explain.h \
	src/opt/explain_analyze.c \
	src/opt/expressions.c \
	src/opt/fragment.c \
	src/opt/graph.c \
	src/opt/graph.h \
	src/opt/infer.c \
	src/opt/infer.h \
	src/opt/limits.c \
	src/opt/opt.c \
	src/opt/opt.h \
	src/opt/pass.h \
	src/opt/prune.c \
	src/opt/pull.c \
	src/opt/pushdown.c \
	src/opt/reorder.c \
	src/opt/scans.c \
	src/opt/selectivity.c \
	src/opt/sets.c \
	src/opt/simplify.c \
	src/opt/stats.c
