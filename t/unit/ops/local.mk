OPS_TEST_SOURCES = t/lib/task_run.c t/lib/task_run.h t/lib/frag_maker.c \
	t/lib/random_pages.c t/lib/random_pages.h
OPS_TEST_LIBS = libtap.a libops.a libfrag.a libconn.a libfmt.a libexpr.a \
	libfunc.a libpage.a libtype.a libmem.a librt.a libbase.a

check_PROGRAMS += t/unit/ops/agg
t_unit_ops_agg_SOURCES = t/unit/ops/agg.c $(OPS_TEST_SOURCES)
t_unit_ops_agg_LDADD = $(OPS_TEST_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += t/unit/ops/join
t_unit_ops_join_SOURCES = t/unit/ops/join.c $(OPS_TEST_SOURCES)
t_unit_ops_join_LDADD = $(OPS_TEST_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += t/unit/ops/sort
t_unit_ops_sort_SOURCES = t/unit/ops/sort.c $(OPS_TEST_SOURCES)
t_unit_ops_sort_LDADD = $(OPS_TEST_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += t/unit/ops/small
t_unit_ops_small_SOURCES = t/unit/ops/small.c $(OPS_TEST_SOURCES)
t_unit_ops_small_LDADD = $(OPS_TEST_LIBS) $(SYSTEM_LIBS)

check_PROGRAMS += t/unit/ops/spill
t_unit_ops_spill_SOURCES = t/unit/ops/spill.c $(OPS_TEST_SOURCES)
t_unit_ops_spill_LDADD = $(OPS_TEST_LIBS) $(SYSTEM_LIBS)
